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
#include <stdint.h>
#include <common/hart.h>

#define TREE_CHANNELS_MAX	8
#define TREE_WINDOWS_MAX	8
#define TREE_LINKS_MAX		16
#define TREE_DEVICES_MAX	16

struct tree_range {
	uint64_t base;
	uint64_t size;
};

struct tree_hart {
	unsigned long id;
	/* supervisor context, or -1 */
	int plic_context;
	/* supervisor-level page; size 0: none */
	struct tree_range imsic;
};

struct tree_device {
	const char *name;
	/* string list */
	const void *compatible;
	int compatible_size;
	struct tree_range reg;
	/* wired interrupt, or -1 */
	int source;
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
};

struct tree {
	const void *blob;
	/* the compartment's */
	const char *name;
	const char *bootargs;
	/* the first hart's, "" if unknown */
	const char *isa;
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

#endif
