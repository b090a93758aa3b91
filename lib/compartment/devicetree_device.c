/* SPDX-License-Identifier: BSD-2-Clause */
/* A compartment's devices in its own tree, and the clocks they name. */
#include "devicetree.h"
#include "tree.h"

static bool is_fixed_clock(const void *tree, int node)
{
	return node >= 0 &&
	       !fdt_node_check_compatible(tree, node, "fixed-clock") &&
	       !tree_u32(tree, node, "#clock-cells", 1);
}

/* Others need a driver, and their controller is nobody's. */
bool devicetree_has_fixed_clocks(const void *tree, int node)
{
	const uint8_t *cells;
	int i, count = tree_cells(tree, node, "clocks", &cells);

	for (i = 0; i < count; i++)
		if (!is_fixed_clock(tree, fdt_node_offset_by_phandle(tree,
				tree_cell(cells, (unsigned int)i))))
			return false;
	return count > 0;
}

static bool names_clock(const void *tree, int node, uint32_t phandle)
{
	const uint8_t *cells;
	int i, count = tree_cells(tree, node, "clocks", &cells);

	for (i = 0; i < count; i++)
		if (tree_cell(cells, (unsigned int)i) == phandle)
			return devicetree_has_fixed_clocks(tree, node);
	return false;
}

static bool is_clock_used(const struct builder *builder, int clock)
{
	const struct model *model = builder->model;
	const void *tree = model->machine.tree;
	uint32_t phandle = fdt_get_phandle(tree, clock);
	unsigned int i;

	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].owner == builder->index &&
		    names_clock(tree, model->devices[i].node, phandle))
			return true;
	return builder->self->console == MODEL_CONSOLE_UART &&
	       names_clock(tree, tree_find_console(tree), phandle);
}

void devicetree_put_clocks(struct builder *builder)
{
	const void *tree = builder->model->machine.tree;
	bool begun = false;
	int node;

	for (node = fdt_next_node(tree, -1, NULL); node >= 0;
	     node = fdt_next_node(tree, node, NULL)) {
		if (!is_fixed_clock(tree, node) ||
		    !is_clock_used(builder, node))
			continue;
		if (!begun)
			builder_begin(builder, "clocks");
		begun = true;
		builder_begin(builder, fdt_get_name(tree, node, NULL));
		builder_copy_properties(builder, node, NULL);
		builder_end(builder);
	}
	if (begun)
		builder_end(builder);
}

static void put_device(struct builder *builder,
		       const struct model_device *device)
{
	const struct architecture *architecture =
		builder->model->board->architecture;
	const void *tree = builder->model->machine.tree, *value;
	bool clocks = devicetree_has_fixed_clocks(tree, device->node);
	const char *name;
	int each, length;

	builder_begin(builder, fdt_get_name(tree, device->node, NULL));
	fdt_for_each_property_offset(each, tree, device->node) {
		value = fdt_getprop_by_offset(tree, each, &name, &length);
		if (!value) {
			builder->error = length;
			return;
		}
		/* Nobody has the controller of other clocks. */
		if (!clocks && (!strcmp(name, "clocks") ||
				!strcmp(name, "clock-names")))
			continue;
		if (!architecture->put_device_property ||
		    !architecture->put_device_property(builder, device, name))
			builder_put(builder, name, value, (size_t)length);
	}
	if (!device->neighbour)
		builder_put_string(builder, "bulkhead,name", device->name);
	builder_end(builder);
}

void devicetree_put_soc(struct builder *builder)
{
	const struct model *model = builder->model;
	const struct architecture *architecture = model->board->architecture;
	unsigned int i;

	builder_begin(builder, "soc");
	builder_put_string(builder, "compatible", "simple-bus");
	builder_put(builder, "ranges", NULL, 0);
	builder_put_cell_sizes(builder, 2, 2);
	if (architecture->put_soc_nodes)
		architecture->put_soc_nodes(builder);
	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].owner == builder->index)
			put_device(builder, &model->devices[i]);
	devicetree_put_presented(builder);
	builder_end(builder);
}
