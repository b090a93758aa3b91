/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whole-page: what else has registers in the pages of a device's. All of it
 * goes to the device's owner, and becomes devices of the model, so that it
 * is brought to rest, told on the map, and given to nobody else.
 */
#include <libfdt.h>
#include <compartment/grant.h>

#include "arm64.h"
#include "../reader.h"

/* What is looked for: nodes in `pages`, for a device that says whole-page. */
struct search {
	struct reader *reader;
	int source;		/* the device's node in the manifest */
	unsigned int device;	/* whose registers lie in `pages` */
	struct memory_range pages;
};

static const struct model_device *find_by_node(const struct model *model,
					       int node)
{
	unsigned int i;

	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].node == node)
			return &model->devices[i];
	return NULL;
}

/* Whether the neighbour may be granted at all, and to this owner. */
static bool is_free(const struct search *search, int node)
{
	const struct model *model = search->reader->model;
	const struct model_device *other = find_by_node(model, node);
	const char *name = fdt_get_name(model->machine.tree, node, NULL);
	const char *refusal;

	if (other) {
		if (other->owner != model->devices[search->device].owner)
			refuse(search->reader, search->source, "whole-page",
			       "would grant %s too, which already belongs to compartment %s",
			       name, model->compartments[other->owner].name);
		return false;
	}
	refusal = manifest_find_refusal(search->reader, node,
					board_find_kind(model->board,
							model->machine.tree,
							node));
	if (refusal)
		refuse(search->reader, search->source, "whole-page",
		       "would grant %s too: %s", name, refusal);
	return !refusal;
}

static void add_neighbour(const struct search *search, int node)
{
	struct model *model = search->reader->model;
	const struct model_device *from = &model->devices[search->device];
	struct model_device *device = &model->devices[model->device_count];

	if (model->device_count == MODEL_DEVICES_MAX) {
		refuse(search->reader, search->source, "whole-page",
		       "more than %u devices, with those that come in whole pages",
		       MODEL_DEVICES_MAX);
		return;
	}
	model->device_count++;
	device->neighbour = true;
	device->whole_page = true;
	device->source.node = search->source;
	device->owner = from->owner;
	device->dma = from->dma;
	device->node = node;
	device->path = fdt_get_name(model->machine.tree, node, NULL);
	manifest_describe_device(search->reader, device);
	manifest_read_registers(search->reader, search->source, device);
	manifest_check_dma(search->reader, search->source, device);
}

static bool has_registers(const void *tree, int node,
			  const struct memory_range *pages)
{
	struct memory_range reg;
	unsigned int i;

	for (i = 0; tree_reg(tree, node, i, &reg); i++)
		if (range_overlaps(&reg, pages))
			return tree_is_mapped_directly(tree, node);
	return false;
}

/* Stops devices from being granted whose addresses a bus has changed. */
static bool is_passed_on(const void *tree, int node,
			 const struct memory_range *pages)
{
	struct memory_range range;
	unsigned int i;

	for (i = 0; tree_bus_range(tree, node, i, &range); i++)
		if (range_overlaps(&range, pages))
			return tree_is_mapped_directly(tree, node);
	return false;
}

static void search_pages(const struct search *search)
{
	const struct model *model = search->reader->model;
	const void *tree = model->machine.tree;
	int node;

	for (node = fdt_next_node(tree, 0, NULL); node >= 0;
	     node = fdt_next_node(tree, node, NULL)) {
		if (node == model->devices[search->device].node)
			continue;
		if (is_passed_on(tree, node, &search->pages))
			refuse(search->reader, search->source, "whole-page",
			       "would grant what bus %s passes on at 0x%lx, of which nothing is known",
			       fdt_get_name(tree, node, NULL),
			       search->pages.base);
		if (has_registers(tree, node, &search->pages) &&
		    is_free(search, node))
			add_neighbour(search, node);
	}
}

static bool is_inside(const struct memory_range *inner,
		      const struct memory_range *outer)
{
	return inner->base >= outer->base &&
	       inner->base + inner->size <= outer->base + outer->size;
}

/* Whether the pages of a device from `first` on, before this one, are these. */
static bool was_searched(const struct search *search, unsigned int first)
{
	const struct model_device *device;
	struct memory_range pages;
	unsigned int i;

	for (; first < search->device; first++) {
		device = &search->reader->model->devices[first];
		for (i = 0; i < device->reg_count; i++) {
			pages = grant_device_range(device, i);
			if (is_inside(&search->pages, &pages))
				return true;
		}
	}
	return false;
}

/* A neighbour may reach into further pages, and has its own neighbours there. */
void arm64_add_neighbours(struct reader *reader, int source)
{
	const struct model *model = reader->model;
	const unsigned int first = model->device_count - 1;
	struct search search = { .reader = reader, .source = source };
	const struct model_device *device;
	unsigned int i;

	for (search.device = first; search.device < model->device_count;
	     search.device++) {
		device = &model->devices[search.device];
		for (i = 0; i < device->reg_count; i++) {
			search.pages = grant_device_range(device, i);
			if (!was_searched(&search, first))
				search_pages(&search);
		}
	}
}
