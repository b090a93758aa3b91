/* SPDX-License-Identifier: BSD-2-Clause */
/* What one hart may reach, as protection entries. */
#include <compartment/riscv/protection.h>

#include "cover.h"
#include "../tree.h"

struct grants {
	const struct model *model;
	struct grant list[GRANTS_MAX];
	unsigned int count;
};

/*
 * A block may be allowed and then denied in part only if it lies in RAM, away
 * from the firmware (whose own access a deny entry could take under Smepmp),
 * and has at most one grant in it (whose rights the block would overrule).
 */
static bool is_clean(const void *context, uint64_t base, unsigned int order)
{
	const struct grants *grants = context;
	const struct compartment_board *board = grants->model->board;
	struct memory_range block = { .base = base, .size = 1ULL << order };
	unsigned int i, touched = 0;

	if (!machine_contains_ram(&grants->model->machine, base, block.size) ||
	    range_overlaps(&block, &board->firmware) ||
	    range_overlaps(&block, &board->private))
		return false;
	for (i = 0; i < grants->count; i++)
		touched += range_overlaps(&block, &grants->list[i].range);
	return touched <= 1;
}

static bool is_before(const struct protection_entry *a,
		      const struct protection_entry *b)
{
	return a->order != b->order ? a->order < b->order : a->base < b->base;
}

static void sort_entries(struct protection_entry *list, unsigned int count)
{
	struct protection_entry entry;
	unsigned int i, at;

	for (i = 1; i < count; i++) {
		entry = list[i];
		for (at = i; at && is_before(&entry, &list[at - 1]); at--)
			list[at] = list[at - 1];
		list[at] = entry;
	}
}

unsigned int protection_list(const struct model *model,
			     unsigned int compartment, uint32_t hart,
			     struct protection_entry *out, unsigned int max)
{
	struct grants grants;
	struct cover cover = {
		.is_clean = is_clean, .context = &grants,
		.out = out, .max = max,
	};
	unsigned int i;

	grants.model = model;
	grants.count = grant_list(model, compartment, hart, grants.list,
				  GRANTS_MAX);
	if (grants.count == GRANT_TOO_MANY)
		return PROTECTION_TOO_MANY;
	for (i = 0; i < grants.count; i++) {
		cover.rights = grants.list[i].rights;
		cover.mmio = grants.list[i].mmio;
		cover_range(&cover, &grants.list[i].range);
	}
	sort_entries(out, cover.count < max ? cover.count : max);
	return cover.count;
}
