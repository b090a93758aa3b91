/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compartment's own device tree, read once into plain structures.
 *
 * The tree is the firmware's word and is trusted; what does not fit is an
 * error all the same. All addresses are physical. Names point into the tree,
 * which nobody may overwrite.
 */
#ifndef COMMON_TREE_H
#define COMMON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <common/hart.h>
#include <common/tree_range.h>
#include <tree_hart.h>

#define TREE_CHANNELS_MAX	8
#define TREE_WINDOWS_MAX	8
#define TREE_LINKS_MAX		16
#define TREE_DEVICES_MAX	32
/* ranges of memory that a channel's client may have */
#define TREE_GRANTS_MAX		4

struct tree_device {
	const char *name;
	/* in the manifest; "": it came along with another */
	const char *label;
	/* string list */
	const void *compatible;
	int compatible_size;
	struct tree_range reg;
	/* wired interrupt, or -1, and what signals it */
	int source;
	bool edge;
};

struct tree_window {
	const char *name;
	struct tree_range reg;
	bool writable;
};

struct tree_link {
	const char *name;
	const char *peer;
	unsigned int number;
};

struct tree_channel {
	const char *name;
	const char *device;
	/* this compartment serves it */
	bool server;
	unsigned int link;
	/* first of its doorbell bits */
	unsigned int bit;
	unsigned int queues;
	unsigned int queue_size;
	/* how long a client may wait for its server; ms */
	unsigned int publish_timeout;
	struct tree_range control;
	struct tree_range pool;
	/* server only */
	struct tree_range record;
	/* server only: in place of the pool, the client's memory, joined */
	struct tree_range grants[TREE_GRANTS_MAX];
	unsigned int grant_count;
};

struct tree {
	const void *blob;
	/* the compartment's */
	const char *name;
	const char *bootargs;
	/* ticks per second */
	uint64_t timebase;
	struct tree_range memory;
	unsigned int hart_count, device_count;
	unsigned int window_count, link_count, channel_count;
	struct tree_hart harts[HARTS_MAX];
	struct tree_device devices[TREE_DEVICES_MAX];
	struct tree_window windows[TREE_WINDOWS_MAX];
	struct tree_link links[TREE_LINKS_MAX];
	struct tree_channel channels[TREE_CHANNELS_MAX];
};

/* Filled before payload_main() runs, constant afterwards. */
extern struct tree tree;

/* Returns 0, or -1 when `blob` is no compartment's tree or does not fit. */
int tree_init(struct tree *tree, const void *blob);

/* The next device after `last` (NULL: the first) that is `compatible`. */
const struct tree_device *tree_find_device(const struct tree *tree,
					   const struct tree_device *last,
					   const char *compatible);

/* The hart's entry, or NULL when it is not this compartment's. */
const struct tree_hart *tree_find_hart(const struct tree *tree,
				       unsigned long id);

/* Whether `word` stands alone in the boot arguments. */
bool tree_has_word(const struct tree *tree, const char *word);

/* The number in `key=number` of the boot arguments, or `otherwise`. */
uint64_t tree_get_number(const struct tree *tree, const char *key,
			 uint64_t otherwise);

/*
 * What stands behind `key=` in the boot arguments up to the next space, its
 * length in *length; NULL: there is none.
 */
const char *tree_get_string(const struct tree *tree, const char *key,
			    size_t *length);

/*
 * Properties of the node at offset `node`: the first cell, or `otherwise`; a
 * string, or ""; the `index`-th address and size of two cells each, or a size
 * of 0.
 */
uint64_t tree_read_cell(const void *blob, int node, const char *name,
			uint64_t otherwise);
const char *tree_read_string(const void *blob, int node, const char *name);
struct tree_range tree_read_range(const void *blob, int node,
				  const char *name, unsigned int index);

/*
 * Provided by the architecture: what its binding says about a hart beyond the
 * id, about a device's wired interrupt (source and edge), and the clock's ticks
 * per second. <tree_hart.h> is the architecture's too: struct tree_hart, with
 * `id`.
 */
void tree_read_hart(const void *blob, int node, struct tree_hart *hart);
void tree_read_source(const void *blob, int node, struct tree_device *device);
uint64_t tree_read_timebase(const void *blob, int cpus);

#endif
