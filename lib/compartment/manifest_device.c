/* SPDX-License-Identifier: BSD-2-Clause */
/* /compartments/<name>/devices: a node of the machine's tree, and its DMA. */
#include <libfdt.h>
#include <compartment/architecture.h>
#include <compartment/grant.h>

#include "reader.h"

#define DEVICE_PATH_MAX	128

const char *manifest_find_refusal(const struct reader *reader, int node,
				  const struct device_kind *kind)
{
	const struct architecture *architecture =
		reader->model->board->architecture;
	const void *tree = reader->model->machine.tree;

	if (!tree_is_enabled(tree, node))
		return "the machine's tree has it disabled";
	if (tree_find_console(tree) == node)
		return "it is the firmware's console; compartments write there by call";
	if (!tree_is_mapped_directly(tree, node))
		return "its bus translates addresses, so its registers cannot be confined";
	if (!kind)
		return NULL;
	if (kind->role == DEVICE_ROLE_FIRMWARE)
		return "it belongs to the firmware and cannot be granted";
	return architecture->find_refusal ?
	       architecture->find_refusal(tree, node, kind) : NULL;
}

void manifest_describe_device(const struct reader *reader,
			      struct model_device *device)
{
	const void *tree = reader->model->machine.tree;
	const struct device_kind *kind =
		board_find_kind(reader->model->board, tree, device->node);

	device->kind = kind;
	device->role = kind ? kind->role : DEVICE_ROLE_PERIPHERAL;
	device->reset = kind ? kind->reset : DEVICE_RESET_UNKNOWN;
	device->compatible = fdt_stringlist_get(tree, device->node,
						"compatible", 0, NULL);
	if (!device->compatible)
		device->compatible = "";
}

void manifest_read_registers(struct reader *reader, int node,
			     struct model_device *device)
{
	const void *tree = reader->model->machine.tree;

	while (device->reg_count < MODEL_REGS_MAX &&
	       tree_reg(tree, device->node, device->reg_count,
			&device->regs[device->reg_count]))
		device->reg_count++;
	if (tree_reg(tree, device->node, MODEL_REGS_MAX,
		     &(struct memory_range){ 0 }))
		refuse(reader, node, "path", "%s has more than %u ranges",
		       device->path, MODEL_REGS_MAX);
	reader->model->board->architecture->read_device(reader, node, device);
	if (!device->reg_count)
		refuse(reader, node, "path", "%s has no registers of its own",
		       device->path);
}

static bool is_coarse(const struct compartment_board *board,
		      const struct memory_range *range)
{
	return !((range->base | range->size) & (board->granularity - 1));
}

/*
 * Stops a device from bringing others along that nobody has named, where
 * protection cannot part them.
 */
static void check_registers(struct reader *reader, int node,
			    struct model_device *device)
{
	const struct compartment_board *board = reader->model->board;
	bool can = board->architecture->add_neighbours;
	bool has_word = fdt_getprop(reader->fdt, node, "whole-page", NULL);
	struct memory_range range;
	unsigned int i;

	for (i = 0; i < device->reg_count; i++)
		if (!is_coarse(board, &device->regs[i]))
			device->whole_page = can && has_word;
	for (i = 0; i < device->reg_count; i++) {
		range = grant_device_range(device, i);
		if (!is_coarse(board, &range))
			refuse(reader, node, "path",
			       "0x%lx + 0x%lx is finer than protection can be set: multiples of 0x%lx%s",
			       range.base, range.size, board->granularity,
			       has_word || !can ? "" :
			       "; whole-page grants the rest of the page too, with every device there");
	}
}

void manifest_check_dma(struct reader *reader, int node,
			const struct model_device *device)
{
	const struct device_kind *kind = device->kind;

	if (device->dma != MODEL_DMA_NONE)
		return;
	if (kind && kind->dma == DEVICE_DMA_MASTER)
		refuse(reader, node, "dma",
		       "\"none\", but %s%s is a bus master: say \"trusted\" or leave it out",
		       device->neighbour ? "whole-page grants it too: " : "",
		       device->neighbour ? device->path : kind->compatible);
	if (!kind)
		compartment_report_warning(reader->report, device->path, "dma",
					   "\"none\" is believed: nothing is known about %s",
					   device->compatible);
}

static bool read_dma(struct reader *reader, int node,
		     struct model_device *device)
{
	static const char *const words[] = { "none", "trusted", "iommu", NULL };
	int word;

	/* Nothing confines DMA: a bus master must never pass unnoticed. */
	if (!fdt_getprop(reader->fdt, node, "dma", NULL)) {
		refuse(reader, node, "dma",
		       "undeclared bus master: say \"none\" if the device does no DMA, else \"trusted\"");
		return false;
	}
	word = manifest_read_word(reader, node, "dma", NEED_MANDATORY, words);
	device->dma = word == 1 ? MODEL_DMA_TRUSTED : MODEL_DMA_NONE;
	if (word == 2)
		refuse(reader, node, "dma",
		       "\"iommu\" is refused: this version drives no IOMMU; say \"trusted\" or leave it out");
	return word == 0 || word == 1;
}

/* A device has one owner, also one that came with another. */
static bool check_owner(struct reader *reader, int node,
			const struct model_device *device)
{
	const struct model *model = reader->model;
	const struct model_device *other = model->devices;

	while (other < device && other->node != device->node)
		other++;
	if (other == device)
		return true;
	refuse(reader, node, "path",
	       "%s already belongs to compartment %s%s; a device has one owner",
	       device->path, model->compartments[other->owner].name,
	       other->neighbour ? ", by whole-page of another device" : "");
	return false;
}

static bool find_device(struct reader *reader, int node,
			struct model_device *device)
{
	const void *tree = reader->model->machine.tree;
	const char *refusal;

	device->path = manifest_read_string(reader, node, "path",
					    NEED_MANDATORY, DEVICE_PATH_MAX);
	if (!device->path)
		return false;
	device->node = fdt_path_offset(tree, device->path);
	if (device->path[0] != '/' || device->node <= 0) {
		refuse(reader, node, "path",
		       "%s: no such node in the machine's device tree",
		       device->path);
		return false;
	}
	manifest_describe_device(reader, device);
	refusal = manifest_find_refusal(reader, device->node, device->kind);
	if (refusal)
		refuse(reader, node, "path", "%s: %s", device->path, refusal);
	return check_owner(reader, node, device) && !refusal;
}

void manifest_read_devices(struct reader *reader, int parent,
			   unsigned int owner)
{
	static const char *const known[] = {
		"path", "dma", "whole-page", NULL
	};
	struct model_device *device;
	bool is_found, has_dma;
	int node, length;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		device = manifest_read_entry(reader, node, KIND_DEVICE, known,
					     manifest_read_nothing);
		if (!device)
			return;
		device->owner = owner;
		if (fdt_getprop(reader->fdt, node, "whole-page", &length) &&
		    length)
			refuse(reader, node, "whole-page",
			       "has a value; the word alone says it");
		is_found = find_device(reader, node, device);
		if (is_found) {
			manifest_read_registers(reader, node, device);
			check_registers(reader, node, device);
		}
		has_dma = device->path && read_dma(reader, node, device);
		if (has_dma)
			manifest_check_dma(reader, node, device);
		if (is_found && has_dma && device->whole_page)
			reader->model->board->architecture->
				add_neighbours(reader, node);
	}
}
