/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: reading flattened trees that may say anything.
 * libfdt keeps a structurally sound blob from being overrun; these add types.
 *
 * Memory: what is returned points into the tree. Concurrency: none kept.
 * Trust: the tree's structure after tree_check(), never its contents.
 */
#ifndef LIB_COMPARTMENT_TREE_H
#define LIB_COMPARTMENT_TREE_H

#include <libfdt.h>
#include <compartment/board.h>

#define TREE_PATH_MAX	96
/* One past the last physical address that any machine may have. */
#define TREE_ADDRESS_MAX	(1ULL << 56)

/*
 * Whether `tree` is a complete blob of at most `size` bytes, said to be
 * `role` in the report. Everything else here wants a tree that passed.
 */
bool tree_check(const void *tree, size_t size, const char *role,
		struct compartment_report *report);

/* A node's path, or its end if it is too long; returns `path`. */
const char *tree_path(const void *tree, int node, char path[TREE_PATH_MAX]);

/* Report an error at a node, naming its path. */
void tree_error(struct compartment_report *report, const void *tree, int node,
		const char *property, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The property as 32-bit cells: its count of cells, or -1: absent or ragged. */
int tree_cells(const void *tree, int node, const char *property,
	       const uint8_t **cells);
uint32_t tree_cell(const uint8_t *cells, unsigned int index);
uint64_t tree_cell_pair(const uint8_t *cells, unsigned int index);

/* The property as one cell, or `fallback`. */
uint32_t tree_u32(const void *tree, int node, const char *property,
		  uint32_t fallback);

/* The property as exactly one NUL-terminated string, or NULL. */
const char *tree_string(const void *tree, int node, const char *property);

/* Whether node `node` has string `value` as property `property`. */
bool tree_is(const void *tree, int node, const char *property,
	     const char *value);

/* Whether the node is not switched off by its `status`. */
bool tree_is_enabled(const void *tree, int node);

/* The interrupt controller that a node's `interrupts` are of, or 0. */
uint32_t tree_interrupt_parent(const void *tree, int node);

/* The node that /chosen says the console is, or a negative number. */
int tree_find_console(const void *tree);

/*
 * Entry `index` of `reg`. False if there is none, if it is not of one or two
 * cells each, or if it is empty or passes TREE_ADDRESS_MAX.
 */
bool tree_reg(const void *tree, int node, unsigned int index,
	      struct memory_range *range);

/*
 * Range `index` of the parent's addresses that bus `node` passes on to its
 * children as other ones. False if there is none; an empty one is skipped over
 * by its size of 0.
 */
bool tree_bus_range(const void *tree, int node, unsigned int index,
		    struct memory_range *range);

/* Whether `reg` is a physical address: no bus on the way changes it. */
bool tree_is_mapped_directly(const void *tree, int node);

/* Whether `a` and `b` have a byte in common. */
static inline bool range_overlaps(const struct memory_range *a,
				  const struct memory_range *b)
{
	return a->size && b->size && (a->base - b->base < b->size ||
				      b->base - a->base < a->size);
}

#endif
