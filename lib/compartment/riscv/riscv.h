/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment/riscv: what its files ask of each other.
 *
 * Memory and concurrency: nothing is kept. Trust: a tree after tree_check().
 */
#ifndef LIB_COMPARTMENT_RISCV_H
#define LIB_COMPARTMENT_RISCV_H

#include <compartment/architecture.h>

/* Causes of an interrupt at a hart (privileged specification, mcause) */
#define CAUSE_SUPERVISOR_EXTERNAL	9
#define CAUSE_MACHINE_EXTERNAL		11

/*
 * The hart behind entry `index` of a controller's interrupts-extended (`cells`)
 * if that is its interrupt `cause`, else NULL.
 */
struct machine_hart *riscv_find_target(struct machine *machine,
				       const uint8_t *cells,
				       unsigned int index, uint32_t cause);

/* ---- plic.c ---- */
/* What all contexts of the PLIC at `node` share; each hart's, and its page. */
void plic_read(struct machine *machine, const void *tree, int node,
	       struct compartment_report *report);

/* ---- aplic.c ---- */
/* The registers of the APLIC at `node`, if it is the supervisor level's. */
void aplic_read(struct machine *machine, const void *tree, int node,
		struct compartment_report *report);

/* ---- source.c ---- */
/* Of struct architecture; the interrupts of a device of the manifest. */
uint32_t riscv_get_free_interrupt(const struct machine *machine,
				  unsigned int index);
void riscv_read_device(struct reader *reader, int node,
		       struct model_device *device);

/* ---- imsic.c ---- */
/* Each hart's interrupt file. */
void imsic_read(struct machine *machine, const void *tree, int node,
		struct compartment_report *report);
/* Whether an interrupt controller serves M-mode (also) at its children. */
bool riscv_is_m_level(const void *tree, int node);

/* ---- riscv_tree.c, irq_tree.c: of struct architecture ---- */
void riscv_put_cpus_properties(struct builder *builder);
void riscv_put_soc_nodes(struct builder *builder);
void riscv_put_interrupt(struct builder *builder, uint32_t interrupt);
void riscv_put_cpu(struct builder *builder, const struct machine_hart *hart);
bool riscv_put_device_property(struct builder *builder,
			       const struct model_device *device,
			       const char *name);

#endif
