/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a tree front to back, errors kept for the end. */
#include <compartment/text.h>

#include "builder.h"

#define NODE_NAME_MAX	48

void builder_begin(struct builder *builder, const char *name)
{
	if (!builder->error)
		builder->error = fdt_begin_node(builder->fdt, name);
}

void builder_begin_at(struct builder *builder, const char *name,
		      uint64_t address)
{
	char buffer[NODE_NAME_MAX];
	struct text text = { .buffer = buffer, .size = sizeof(buffer) };

	text_append(&text, "%s@%lx", name, address);
	builder_begin(builder, buffer);
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

void builder_put_u64(struct builder *builder, const char *name, uint64_t value)
{
	fdt64_t pair = cpu_to_fdt64(value);

	builder_put(builder, name, &pair, sizeof(pair));
}

void builder_put_range(struct builder *builder, const char *name,
		       const struct memory_range *range)
{
	builder_put_ranges(builder, name, range, 1);
}

void builder_put_ranges(struct builder *builder, const char *name,
			const struct memory_range *ranges, unsigned int count)
{
	fdt64_t pairs[2 * BUILDER_RANGES_MAX];
	unsigned int i;

	_Static_assert(MODEL_MEMORY_MAX <= BUILDER_RANGES_MAX,
		       "a compartment's memory would not fit");
	for (i = 0; i < count; i++) {
		pairs[2 * i] = cpu_to_fdt64(ranges[i].base);
		pairs[2 * i + 1] = cpu_to_fdt64(ranges[i].size);
	}
	builder_put(builder, name, pairs, 2 * count * sizeof(pairs[0]));
}

void builder_put_cell_sizes(struct builder *builder, uint32_t address_cells,
			    uint32_t size_cells)
{
	builder_put_u32(builder, "#address-cells", address_cells);
	builder_put_u32(builder, "#size-cells", size_cells);
}

void builder_copy_properties(struct builder *builder, int node,
			     const char *const *except)
{
	static const char *const nothing[] = { NULL };
	const void *tree = builder->model->machine.tree, *value;
	const char *name;
	int each, length;

	const char *const *left_out;

	fdt_for_each_property_offset(each, tree, node) {
		value = fdt_getprop_by_offset(tree, each, &name, &length);
		if (!value) {
			builder->error = length;
			return;
		}
		left_out = except ? except : nothing;
		while (*left_out && strcmp(*left_out, name))
			left_out++;
		if (!*left_out)
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
