/* SPDX-License-Identifier: BSD-2-Clause */
/* What one hart may reach, range by range. */
#include <compartment/architecture.h>
#include <compartment/grant.h>

#include "tree.h"

struct grants {
	const struct model *model;
	struct grant *list;	/* by base; no two touch that are alike */
	unsigned int max;
	unsigned int count;	/* max + 1: there was no room */
};

struct memory_range grant_device_range(const struct model_device *device,
				       unsigned int index)
{
	struct memory_range range = device->regs[index];
	uint64_t mask = MODEL_PAGE_SIZE - 1;
	uint64_t end = (range.base + range.size + mask) & ~mask;

	if (device->whole_page) {
		range.base &= ~mask;
		range.size = end - range.base;
	}
	return range;
}

/* Whether `next`, which does not begin before `last`, continues it. */
static bool is_joined(const struct grant *last, const struct grant *next)
{
	return next->range.base <= last->range.base + last->range.size &&
	       next->rights == last->rights && next->mmio == last->mmio &&
	       !next->alone && !last->alone;
}

static void extend(struct grant *last, const struct grant *next)
{
	uint64_t end = next->range.base + next->range.size;

	if (end > last->range.base + last->range.size)
		last->range.size = end - last->range.base;
}

static void insert_grant(struct grants *grants, struct grant grant)
{
	unsigned int at = grants->count, i;

	if (!grant.range.size || grants->count > grants->max)
		return;
	while (at && grants->list[at - 1].range.base > grant.range.base)
		at--;
	if (at && is_joined(&grants->list[at - 1], &grant)) {
		extend(&grants->list[--at], &grant);
	} else if (grants->count == grants->max) {
		/* Stops a grant from being dropped in silence. */
		grants->count++;
		return;
	} else {
		for (i = grants->count++; i > at; i--)
			grants->list[i] = grants->list[i - 1];
		grants->list[at] = grant;
	}
	/* What it reaches now is part of it. */
	while (at + 1 < grants->count &&
	       is_joined(&grants->list[at], &grants->list[at + 1])) {
		extend(&grants->list[at], &grants->list[at + 1]);
		grants->count--;
		for (i = at + 1; i < grants->count; i++)
			grants->list[i] = grants->list[i + 1];
	}
}

static void add_grant(struct grants *grants, const struct memory_range *range,
		      unsigned int rights, bool mmio)
{
	insert_grant(grants, (struct grant){
		.range = *range, .rights = (uint8_t)rights, .mmio = mmio,
	});
}

static void add_devices(struct grants *grants, unsigned int compartment)
{
	const struct model_device *device;
	struct memory_range range;
	unsigned int i, reg;

	for (i = 0; i < grants->model->device_count; i++) {
		device = &grants->model->devices[i];
		if (device->owner != compartment)
			continue;
		for (reg = 0; reg < device->reg_count; reg++) {
			range = grant_device_range(device, reg);
			add_grant(grants, &range,
				  PROTECTION_READ | PROTECTION_WRITE, true);
		}
	}
}

static void add_hart_pages(struct grants *grants, unsigned int compartment,
			   uint32_t hart)
{
	const struct architecture *architecture =
		grants->model->board->architecture;
	const struct machine *machine = &grants->model->machine;
	struct memory_range pages[ARCHITECTURE_PAGES_MAX];
	const struct machine_hart *each;
	unsigned int i, k, count;

	if (!architecture->get_hart_pages)
		return;
	for (i = 0; i < machine->hart_count; i++) {
		each = &machine->harts[i];
		if (each->owner != (int)compartment)
			continue;
		count = architecture->get_hart_pages(each, each->id == hart,
						     pages);
		for (k = 0; k < count; k++)
			insert_grant(grants, (struct grant){
				.range = pages[k], .mmio = true, .alone = k,
				.rights = PROTECTION_READ | PROTECTION_WRITE,
			});
	}
}

/* Never executable, nor anybody's but the server's that needs it. */
static void add_granted_memory(struct grants *grants, unsigned int server)
{
	const struct model *model = grants->model;
	const struct model_channel *channel = model->channels;
	const struct model_channel *end = channel + model->channel_count;
	const struct model_compartment *client;
	unsigned int i;

	for (; channel < end; channel++) {
		if (channel->server != server ||
		    channel->data != MODEL_DATA_GRANT)
			continue;
		client = &model->compartments[channel->client];
		for (i = 0; i < client->memory_count; i++)
			add_grant(grants, &client->memory[i],
				  PROTECTION_READ | PROTECTION_WRITE, false);
	}
}

unsigned int grant_list(const struct model *model, unsigned int compartment,
			uint32_t hart, struct grant *out, unsigned int max)
{
	const struct model_compartment *self = &model->compartments[compartment];
	struct grants grants = { .model = model, .list = out, .max = max };
	enum model_access access;
	unsigned int i;

	for (i = 0; i < self->memory_count; i++)
		add_grant(&grants, &self->memory[i], PROTECTION_READ |
			  PROTECTION_WRITE | PROTECTION_EXECUTE, false);
	for (i = 0; i < model->window_count; i++) {
		access = model_window_access(&model->windows[i], compartment);
		/* Never executable: a member could make a peer run its code. */
		if (access != MODEL_ACCESS_NONE)
			add_grant(&grants, &model->windows[i].range,
				  PROTECTION_READ |
				  (access == MODEL_ACCESS_RW ?
				   PROTECTION_WRITE : 0), false);
	}
	add_granted_memory(&grants, compartment);
	add_devices(&grants, compartment);
	add_hart_pages(&grants, compartment, hart);
	return grants.count > max ? GRANT_TOO_MANY : grants.count;
}
