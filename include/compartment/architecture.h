/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is different about the description of a system from one architecture to
 * the next: lib/compartment/<architecture>/ provides it, the rest of
 * lib/compartment asks here and knows none. A firmware links its own; the
 * host's programs link all.
 *
 * A function that "may be NULL" is then one that does or finds nothing.
 *
 * Memory: constant. What a function is given is its caller's. Concurrency: none
 * kept. Trust: a machine's tree is believed but may be malformed; a tree here
 * has a sound structure, its contents may say anything.
 */
#ifndef COMPARTMENT_ARCHITECTURE_H
#define COMPARTMENT_ARCHITECTURE_H

#include <compartment/manifest.h>

#define ARCHITECTURE_PAGES_MAX	2	/* interrupt pages of one hart */

/* Inside lib/compartment: reader.h, builder.h; and <compartment/text.h>. */
struct reader;
struct builder;
struct text;

struct architecture {
	const char *name;

	/* ---- The machine ---- */

	/* What it adds to the devices that all boards know. */
	const struct device_kind *kinds;
	unsigned int kind_count;
	/* One past the last physical address that protection can name. */
	uint64_t address_end;
	/* Completes a hart, whose `id` and `node` are there, from its node. */
	void (*read_cpu)(struct machine_hart *hart, const void *tree,
			 struct compartment_report *report);
	/* Then: controllers of interrupts, timers, ways to start harts. */
	void (*read_interrupts)(struct machine *machine,
				const struct compartment_board *board,
				const void *tree,
				struct compartment_report *report);
	/*
	 * Range `index` of the machine's interrupt hardware that no manifest
	 * can name; false: no more. A size of 0 is none. What it is, in words.
	 */
	bool (*get_interrupt_range)(const struct machine *machine,
				    unsigned int index,
				    struct memory_range *range);
	const char *interrupt_range_name;
	/*
	 * Interrupt `index` of those that nothing in the machine drives, for
	 * devices that the firmware plays; 0: no more.
	 */
	uint32_t (*get_free_interrupt)(const struct machine *machine,
				       unsigned int index);

	/* ---- Devices ---- */

	/* Why nobody may have the device at `node`, or NULL. May be NULL. */
	const char *(*find_refusal)(const void *tree, int node,
				    const struct device_kind *kind);
	/*
	 * Completes a device of the manifest, whose registers have been read:
	 * which of them are granted, its interrupts. Reports at `node`.
	 */
	void (*read_device)(struct reader *reader, int node,
			    struct model_device *device);

	/*
	 * Adds to the model what shares the pages of its last device, which
	 * says whole-page, at `node`. May be NULL: protection parts any two.
	 */
	void (*add_neighbours)(struct reader *reader, int node);

	/* ---- Protection ---- */

	/* What is counted, and how to need less; as words. */
	const char *protection_unit;	/* "protection entries" */
	const char *protection_advice;
	/* All harts of a compartment have the same ones; else each its own. */
	bool protection_is_shared;
	/* How many of these hart `hart` needs, or GRANT_TOO_MANY. */
	unsigned int (*count_protection)(const struct model *model,
					 unsigned int compartment,
					 uint32_t hart);
	/*
	 * Pages that come with `hart`, for one of its compartment's harts, or
	 * for itself if `own`: how many. All but the first stay ranges of their
	 * own (grant.h: `alone`). May be NULL.
	 */
	unsigned int (*get_hart_pages)(const struct machine_hart *hart,
				       bool own, struct memory_range *pages);

	/* ---- The map ---- */

	/* How a hart takes interrupts: appends nothing if that is nothing. */
	void (*describe_hart)(const struct machine_hart *hart,
			      struct text *text);

	/* ---- A compartment's device tree ---- */

	/* The first four may be NULL. */
	void (*put_root_properties)(struct builder *builder);
	void (*put_root_nodes)(struct builder *builder);
	void (*put_cpus_properties)(struct builder *builder);
	void (*put_soc_nodes)(struct builder *builder);
	/* What the hart's node says but "reg", which is there. */
	void (*put_cpu)(struct builder *builder,
			const struct machine_hart *hart);
	/* Writes a property its own way; false: as it is. May be NULL. */
	bool (*put_device_property)(struct builder *builder,
				    const struct model_device *device,
				    const char *name);
	/*
	 * How a device that the firmware plays says that its interrupt is
	 * `interrupt`, an edge.
	 */
	void (*put_interrupt)(struct builder *builder, uint32_t interrupt);
};

extern const struct architecture architecture_riscv, architecture_arm64;

#endif
