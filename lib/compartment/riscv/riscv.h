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
/* The registers of the PLIC at `node` that all of its contexts share. */
bool plic_get_shared(const void *tree, int node, struct memory_range *range);
/* Each hart's context and its page. */
void plic_read(struct machine *machine, const void *tree, int node,
	       struct compartment_report *report);

/* ---- imsic.c ---- */
/* Each hart's interrupt file. */
void imsic_read(struct machine *machine, const void *tree, int node,
		struct compartment_report *report);
/* Whether an interrupt controller serves M-mode (also) at its children. */
bool riscv_is_m_level(const void *tree, int node);

/* ---- riscv_tree.c: of struct architecture ---- */
void riscv_put_cpus_properties(struct builder *builder);
void riscv_put_cpu(struct builder *builder, const struct machine_hart *hart);
bool riscv_put_device_property(struct builder *builder,
			       const struct model_device *device,
			       const char *name);

#endif
