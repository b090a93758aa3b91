/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: reading the manifest's nodes into the model.
 *
 * Every manifest_read_*() reports what is wrong with its property and leaves
 * the value alone then, so that the rest can be read for more errors.
 *
 * Memory: the model points into the manifest. Concurrency: one reader at a
 * time. Trust: the manifest has passed tree_check(); its contents are input.
 */
#ifndef LIB_COMPARTMENT_READER_H
#define LIB_COMPARTMENT_READER_H

#include <compartment/manifest.h>

#include "tree.h"

struct reader {
	struct model *model;
	const void *fdt;	/* the manifest */
	struct compartment_report *report;
};

enum manifest_need { NEED_OPTIONAL, NEED_MANDATORY };
enum manifest_kind {
	KIND_COMPARTMENT, KIND_DEVICE, KIND_WINDOW, KIND_LINK, KIND_CHANNEL,
};

#define refuse(reader_, node_, property_, ...)			\
	tree_error((reader_)->report, (reader_)->fdt, node_, property_,	\
		   __VA_ARGS__)

/*
 * Refuse properties that are not in `known`, and children that are not in
 * `children` (NULL: any child); both end with NULL.
 */
void manifest_read_words(struct reader *reader, int node,
			 const char *const *known, const char *const *children);
extern const char *const manifest_read_nothing[]; /* an empty list */

/*
 * Take the next entry of the model's table of that kind for `node`, read the
 * node's name and check its words. NULL: the table is full.
 */
void *manifest_read_entry(struct reader *reader, int node,
			  enum manifest_kind kind, const char *const *known,
			  const char *const *children);

/* One cell in [low, high]. */
void manifest_read_u32(struct reader *reader, int node, const char *property,
		       enum manifest_need need, uint32_t low, uint32_t high,
		       uint32_t *value);

/* One non-empty string of less than `size` characters, or NULL. */
const char *manifest_read_string(struct reader *reader, int node,
				 const char *property, enum manifest_need need,
				 size_t size);

/*
 * The index of a property's string among `words` (ends with NULL), or -1.
 * The message offers the first two.
 */
int manifest_read_word(struct reader *reader, int node, const char *property,
		       enum manifest_need need, const char *const *words);

/* A property of `low` to `high` cells: their number, else 0. */
unsigned int manifest_read_cells(struct reader *reader, int node,
				 const char *property, enum manifest_need need,
				 unsigned int low, unsigned int high,
				 const uint8_t **cells);

/* A base and a size of two cells each, as whole pages. */
void manifest_read_range(struct reader *reader, int node, const char *property,
			 const uint8_t *cells, struct memory_range *range);

/* The index of the entry that has this phandle, or that a property names. */
bool manifest_find_reference(struct reader *reader, int node,
			     const char *property, uint32_t phandle,
			     enum manifest_kind kind, unsigned int *index);
bool manifest_read_reference(struct reader *reader, int node,
			     const char *property, enum manifest_need need,
			     enum manifest_kind kind, unsigned int *index);

/* The parts of the manifest; each takes all nodes below `parent`. */
void manifest_read_compartments(struct reader *reader, int parent);
void manifest_read_devices(struct reader *reader, int parent,
			   unsigned int owner);
/* What a device of the manifest, or one beside it, is made of. */
const char *manifest_find_refusal(const struct reader *reader, int node,
				  const struct device_kind *kind);
void manifest_describe_device(const struct reader *reader,
			      struct model_device *device);
void manifest_read_registers(struct reader *reader, int node,
			     struct model_device *device);
void manifest_check_dma(struct reader *reader, int node,
			const struct model_device *device);
/* A compartment's UART, which the firmware plays. */
void manifest_read_uart(struct reader *reader, int node,
			struct model_compartment *self);
void manifest_read_windows(struct reader *reader, int parent);
void manifest_read_links(struct reader *reader, int parent);
void manifest_read_channels(struct reader *reader, int parent);

/* The rules that join nodes; each reports all breaches it finds. */
void manifest_check_placement(const struct reader *reader);
void manifest_check_devices(const struct reader *reader);
void manifest_check_channels(const struct reader *reader);
void manifest_check_protection(const struct reader *reader);
/* Gives each device that the firmware plays an interrupt. */
void manifest_assign_interrupts(const struct reader *reader);

#endif
