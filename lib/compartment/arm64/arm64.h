/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment/arm64: what its files ask of each other.
 *
 * Memory and concurrency: nothing is kept. Trust: a tree after tree_check().
 */
#ifndef LIB_COMPARTMENT_ARM64_H
#define LIB_COMPARTMENT_ARM64_H

#include <compartment/architecture.h>

#define GIC_COMPATIBLE		"arm,gic-v3"
/* A distributor's registers, whatever else the binding's `reg` lists there */
#define GICV3_DISTRIBUTOR_SIZE	0x10000ULL
#define TIMER_COMPATIBLE	"arm,armv8-timer"

/* ---- gicv3.c: the binding "arm,gic-v3" ---- */
/* The node of the machine's GICv3, or a negative number. */
int gicv3_find(const void *tree);
/* Distributor, the harts' redistributors and doorbells. */
void gicv3_read(struct machine *machine, const struct compartment_board *board,
		const void *tree, struct compartment_report *report);
/* Of struct architecture: what the board says that no device drives. */
uint32_t gicv3_get_free_interrupt(const struct machine *machine,
				  unsigned int index);
void gicv3_put_interrupt(struct builder *builder, uint32_t interrupt);
/* The INTIDs of a device of the manifest, and why it cannot be granted. */
void gicv3_read_device(struct reader *reader, int node,
		       struct model_device *device);

/* ---- neighbour.c: of struct architecture ---- */
void arm64_add_neighbours(struct reader *reader, int source);

/* ---- arm64_tree.c: of struct architecture ---- */
void arm64_put_root_properties(struct builder *builder);
void arm64_put_root_nodes(struct builder *builder);
void arm64_put_cpu(struct builder *builder, const struct machine_hart *hart);

#endif
