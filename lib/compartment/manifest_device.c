/* SPDX-License-Identifier: BSD-2-Clause */
/* /compartments/<name>/devices: a node of the machine's tree, and its DMA. */
#include <libfdt.h>

#include "machine.h"
#include "reader.h"

#define DEVICE_PATH_MAX	128

static bool is_console(const void *tree, int node)
{
	int chosen = fdt_path_offset(tree, "/chosen"), length = 0;
	const char *path;

	if (chosen < 0)
		return false;
	path = tree_string(tree, chosen, "stdout-path");
	while (path && path[length] && path[length] != ':')
		length++;
	return length && fdt_path_offset_namelen(tree, path, length) == node;
}

/* Whether `reg` is a physical address: no bus on the way changes it. */
static bool is_mapped_directly(const void *tree, int node)
{
	int bus = fdt_parent_offset(tree, node), length;

	for (; bus > 0; bus = fdt_parent_offset(tree, bus))
		if (!fdt_getprop(tree, bus, "ranges", &length) || length)
			return false;
	return bus == 0;
}

/* The reason why nobody may have this device, or NULL. */
static const char *find_refusal(const void *tree, int node,
				const struct device_kind *kind)
{
	if (!tree_is_enabled(tree, node))
		return "the machine's tree has it disabled";
	if (is_console(tree, node))
		return "it is the firmware's console; compartments use the SBI debug console";
	if (!is_mapped_directly(tree, node))
		return "its bus translates addresses, so its registers cannot be confined";
	if (!kind)
		return NULL;
	/* Machine-level interrupts would let their owner stop the firmware. */
	if (kind->role == DEVICE_ROLE_FIRMWARE)
		return "it belongs to the firmware and cannot be granted";
	if ((kind->role == DEVICE_ROLE_APLIC ||
	     kind->role == DEVICE_ROLE_IMSIC) && machine_is_m_level(tree, node))
		return "it is the machine level of the interrupt controller, the firmware's own; grant the supervisor level";
	if (kind->role == DEVICE_ROLE_IMSIC)
		return "interrupt files go to the owners of their harts; no grant is needed";
	return NULL;
}

static void read_registers(struct reader *reader, int node,
			   struct model_device *device)
{
	const void *tree = reader->model->machine.tree;
	uint64_t granularity = reader->model->board->granularity;
	struct memory_range *reg;
	unsigned int index;

	while (device->reg_count < MODEL_REGS_MAX &&
	       tree_reg(tree, device->node, device->reg_count,
			&device->regs[device->reg_count]))
		device->reg_count++;
	if (tree_reg(tree, device->node, MODEL_REGS_MAX,
		     &(struct memory_range){ 0 }))
		refuse(reader, node, "path", "%s has more than %u ranges",
		       device->path, MODEL_REGS_MAX);
	/* The rest of a PLIC are pages of single contexts. */
	if (device->role == DEVICE_ROLE_PLIC)
		device->reg_count = machine_plic_shared(tree, device->node,
							&device->regs[0]);
	if (!device->reg_count)
		refuse(reader, node, "path", "%s has no registers of its own",
		       device->path);
	for (index = 0; index < device->reg_count; index++) {
		reg = &device->regs[index];
		if ((reg->base | reg->size) & (granularity - 1))
			refuse(reader, node, "path",
			       "0x%lx + 0x%lx is finer than protection can be set: multiples of 0x%lx",
			       reg->base, reg->size, granularity);
	}
}

static void read_dma(struct reader *reader, int node,
		     struct model_device *device)
{
	static const char *const words[] = { "none", "trusted", "iommu", NULL };
	const struct device_kind *kind = device->kind;
	int word;

	/* PMP does not confine DMA: a bus master must never pass unnoticed. */
	if (!fdt_getprop(reader->fdt, node, "dma", NULL)) {
		refuse(reader, node, "dma",
		       "undeclared bus master: say \"none\" if the device does no DMA, else \"trusted\"");
		return;
	}
	word = manifest_read_word(reader, node, "dma", NEED_MANDATORY, words);
	device->dma = word == 1 ? MODEL_DMA_TRUSTED : MODEL_DMA_NONE;
	if (word == 2)
		refuse(reader, node, "dma",
		       "\"iommu\" is refused: this version drives no IOMMU; say \"trusted\" or leave it out");
	if (word == 0 && kind && kind->dma == DEVICE_DMA_MASTER)
		refuse(reader, node, "dma",
		       "\"none\", but %s is a bus master: say \"trusted\" or leave it out",
		       kind->compatible);
	if (word == 0 && !kind)
		compartment_report_warning(reader->report, device->path, "dma",
					   "\"none\" is believed: nothing is known about %s",
					   device->compatible);
}

static bool find_device(struct reader *reader, int node,
			struct model_device *device)
{
	const struct model *model = reader->model;
	const void *tree = model->machine.tree;
	const struct model_device *other;
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
	device->kind = board_find_kind(model->board, tree, device->node);
	device->role = device->kind ? device->kind->role :
				      DEVICE_ROLE_PERIPHERAL;
	device->reset = device->kind ? device->kind->reset :
				       DEVICE_RESET_UNKNOWN;
	device->compatible = fdt_stringlist_get(tree, device->node,
						"compatible", 0, NULL);
	if (!device->compatible)
		device->compatible = "";
	refusal = find_refusal(tree, device->node, device->kind);
	if (refusal)
		refuse(reader, node, "path", "%s: %s", device->path, refusal);
	for (other = model->devices; other < device; other++)
		if (other->node == device->node)
			refuse(reader, node, "path",
			       "%s already belongs to compartment %s; %s",
			       device->path,
			       model->compartments[other->owner].name,
			       device->role != DEVICE_ROLE_PERIPHERAL ?
				       "an interrupt controller has one owner" :
				       "a device has one owner");
	return !refusal;
}

void manifest_read_devices(struct reader *reader, int parent,
			   unsigned int owner)
{
	static const char *const known[] = { "path", "dma", NULL };
	struct model_device *device;
	int node;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		device = manifest_read_entry(reader, node, KIND_DEVICE, known,
					     manifest_read_nothing);
		if (!device)
			return;
		device->owner = owner;
		if (find_device(reader, node, device))
			read_registers(reader, node, device);
		if (device->path)
			read_dma(reader, node, device);
	}
}
