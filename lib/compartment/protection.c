/* SPDX-License-Identifier: BSD-2-Clause */
/* What one hart may reach, as protection entries. */
#include <compartment/protection.h>

#include "cover.h"
#include "tree.h"

#define GRANTS_MAX	(MODEL_MEMORY_MAX + MODEL_WINDOWS_MAX +		\
			 MODEL_DEVICES_MAX * MODEL_REGS_MAX + 1 +	\
			 MODEL_HARTS_MAX)

struct grant {
	struct memory_range range;
	uint8_t rights;
	bool mmio;
};

struct grants {
	const struct model *model;
	struct grant list[GRANTS_MAX];	/* by base; no two overlap */
	unsigned int count;	/* GRANTS_MAX + 1: there was no room */
};

static void add_grant(struct grants *grants, const struct memory_range *range,
		      unsigned int rights, bool mmio)
{
	unsigned int i = grants->count;

	if (!range->size)
		return;
	/* Stops a grant from being dropped in silence, or the list overrun. */
	if (i >= GRANTS_MAX) {
		grants->count = GRANTS_MAX + 1;
		return;
	}
	for (; i && grants->list[i - 1].range.base > range->base; i--)
		grants->list[i] = grants->list[i - 1];
	grants->list[i].range = *range;
	grants->list[i].rights = (uint8_t)rights;
	grants->list[i].mmio = mmio;
	grants->count++;
}

/* Touching neighbours with the same rights are one range. */
static void join_grants(struct grants *grants)
{
	struct grant *last = grants->list, *next;
	unsigned int i, kept = grants->count ? 1 : 0;

	for (i = 1; i < grants->count; i++) {
		next = &grants->list[i];
		if (last->range.base + last->range.size == next->range.base &&
		    last->rights == next->rights && last->mmio == next->mmio) {
			last->range.size += next->range.size;
			continue;
		}
		last = &grants->list[kept++];
		*last = *next;
	}
	grants->count = kept;
}

static void collect_devices(struct grants *grants, unsigned int compartment)
{
	const struct model_device *device;
	unsigned int i, reg;

	for (i = 0; i < grants->model->device_count; i++) {
		device = &grants->model->devices[i];
		if (device->owner != compartment)
			continue;
		for (reg = 0; reg < device->reg_count; reg++)
			add_grant(grants, &device->regs[reg],
				  PROTECTION_READ | PROTECTION_WRITE, true);
	}
}

static void collect_interrupt_pages(struct grants *grants,
				    unsigned int compartment, uint32_t hart)
{
	const struct machine *machine = &grants->model->machine;
	const struct machine_hart *each;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++) {
		each = &machine->harts[i];
		if (each->owner != (int)compartment)
			continue;
		/* A foreign context page would let it claim foreign sources. */
		if (each->id == hart)
			add_grant(grants, &each->plic_page,
				  PROTECTION_READ | PROTECTION_WRITE, true);
		add_grant(grants, &each->imsic_page,
			  PROTECTION_READ | PROTECTION_WRITE, true);
	}
}

static void collect_grants(struct grants *grants, unsigned int compartment,
			   uint32_t hart)
{
	const struct model *model = grants->model;
	const struct model_compartment *self = &model->compartments[compartment];
	enum model_access access;
	unsigned int i;

	for (i = 0; i < self->memory_count; i++)
		add_grant(grants, &self->memory[i], PROTECTION_READ |
			  PROTECTION_WRITE | PROTECTION_EXECUTE, false);
	for (i = 0; i < model->window_count; i++) {
		access = model_window_access(&model->windows[i], compartment);
		/* Never executable: a member could make a peer run its code. */
		if (access != MODEL_ACCESS_NONE)
			add_grant(grants, &model->windows[i].range,
				  PROTECTION_READ |
				  (access == MODEL_ACCESS_RW ?
				   PROTECTION_WRITE : 0), false);
	}
	collect_devices(grants, compartment);
	collect_interrupt_pages(grants, compartment, hart);
}

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
	grants.count = 0;
	collect_grants(&grants, compartment, hart);
	if (grants.count > GRANTS_MAX)
		return PROTECTION_TOO_MANY;
	join_grants(&grants);
	for (i = 0; i < grants.count; i++) {
		cover.rights = grants.list[i].rights;
		cover.mmio = grants.list[i].mmio;
		cover_range(&cover, &grants.list[i].range);
	}
	sort_entries(out, cover.count < max ? cover.count : max);
	return cover.count;
}
