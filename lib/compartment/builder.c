/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a tree front to back, errors kept for the end. */
#include "builder.h"

void builder_begin(struct builder *builder, const char *name)
{
	if (!builder->error)
		builder->error = fdt_begin_node(builder->fdt, name);
}

void builder_end(struct builder *builder)
{
	if (!builder->error)
		builder->error = fdt_end_node(builder->fdt);
}

void builder_put(struct builder *builder, const char *name, const void *value,
		 size_t size)
{
	if (!builder->error)
		builder->error = fdt_property(builder->fdt, name, value,
					      (int)size);
}

void builder_put_string(struct builder *builder, const char *name,
			const char *value)
{
	builder_put(builder, name, value, strlen(value) + 1);
}

void builder_put_u32(struct builder *builder, const char *name, uint32_t value)
{
	fdt32_t cell = cpu_to_fdt32(value);

	builder_put(builder, name, &cell, sizeof(cell));
}

void builder_put_range(struct builder *builder, const char *name,
		       const struct memory_range *range)
{
	fdt64_t pair[2] = {
		cpu_to_fdt64(range->base), cpu_to_fdt64(range->size)
	};

	builder_put(builder, name, pair, sizeof(pair));
}

void builder_put_cell_sizes(struct builder *builder, uint32_t address_cells,
			    uint32_t size_cells)
{
	builder_put_u32(builder, "#address-cells", address_cells);
	builder_put_u32(builder, "#size-cells", size_cells);
}

void builder_copy_properties(struct builder *builder, int node,
			     const char *except)
{
	const void *tree = builder->model->machine.tree, *value;
	const char *name;
	int each, length;

	fdt_for_each_property_offset(each, tree, node) {
		value = fdt_getprop_by_offset(tree, each, &name, &length);
		if (!value) {
			builder->error = length;
			return;
		}
		if (!except || strcmp(name, except))
			builder_put(builder, name, value, (size_t)length);
	}
}

void builder_copy(struct builder *builder, int node, const char *name)
{
	const void *value;
	int length;

	value = fdt_getprop(builder->model->machine.tree, node, name, &length);
	if (value)
		builder_put(builder, name, value, (size_t)length);
}
