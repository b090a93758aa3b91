/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: a compartment's device tree in the making. libfdt's
 * first error stays, and later calls do nothing, so that a builder reads as the
 * tree does. Properties of a node come before its subnodes.
 *
 * Memory: the buffer behind `fdt` is the caller's. Concurrency: one builder at a
 * time. Trust: the machine's tree may break under way; that is an error.
 */
#ifndef LIB_COMPARTMENT_BUILDER_H
#define LIB_COMPARTMENT_BUILDER_H

#include <libfdt.h>
#include <compartment/architecture.h>

/* One for each hart of a compartment, or for each piece of its memory. */
#define BUILDER_RANGES_MAX	MODEL_HARTS_MAX

struct builder {
	const struct model *model;
	const struct model_compartment *self;
	unsigned int index;		/* of self */
	void *fdt;
	int error;
};

void builder_begin(struct builder *builder, const char *name);
/* A node whose name is `name`@`address`. */
void builder_begin_at(struct builder *builder, const char *name,
		      uint64_t address);
void builder_end(struct builder *builder);

void builder_put(struct builder *builder, const char *name, const void *value,
		 size_t size);
void builder_put_string(struct builder *builder, const char *name,
			const char *value);
void builder_put_u32(struct builder *builder, const char *name,
		     uint32_t value);
void builder_put_u64(struct builder *builder, const char *name,
		     uint64_t value);
/* Base and size, two cells each; of at most BUILDER_RANGES_MAX. */
void builder_put_range(struct builder *builder, const char *name,
		       const struct memory_range *range);
void builder_put_ranges(struct builder *builder, const char *name,
			const struct memory_range *ranges, unsigned int count);
void builder_put_cell_sizes(struct builder *builder, uint32_t address_cells,
			    uint32_t size_cells);

/*
 * All properties of a node of the machine's tree, as they are, but those of
 * `except` (NULL: none; ends with NULL); or one of them, if it is there.
 */
void builder_copy_properties(struct builder *builder, int node,
			     const char *const *except);
void builder_copy(struct builder *builder, int node, const char *name);

#endif
