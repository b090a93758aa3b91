/* SPDX-License-Identifier: BSD-2-Clause */
/* A compartment's own device tree, written from the model front to back. */
#include <compartment/devicetree.h>

#include "devicetree.h"

#define DEVICETREE_ROOM		4096

static void put_cpu(struct builder *builder, const struct machine_hart *hart)
{
	const void *tree = builder->model->machine.tree;

	builder_begin(builder, fdt_get_name(tree, hart->node, NULL));
	builder_put_u32(builder, "reg", hart->id);
	builder->model->board->architecture->put_cpu(builder, hart);
	builder_end(builder);
}

static void put_cpus(struct builder *builder)
{
	const struct architecture *architecture =
		builder->model->board->architecture;
	const struct machine *machine = &builder->model->machine;
	unsigned int i;

	builder_begin(builder, "cpus");
	builder_put_cell_sizes(builder, 1, 0);
	if (architecture->put_cpus_properties)
		architecture->put_cpus_properties(builder);
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)builder->index)
			put_cpu(builder, &machine->harts[i]);
	builder_end(builder);
}

static void put_memory(struct builder *builder)
{
	unsigned int i;

	for (i = 0; i < builder->self->memory_count; i++) {
		builder_begin_at(builder, "memory",
				 builder->self->memory[i].base);
		builder_put_string(builder, "device_type", "memory");
		builder_put_range(builder, "reg", &builder->self->memory[i]);
		builder_end(builder);
	}
}

static void put_chosen(struct builder *builder)
{
	const struct memory_range *initrd = &builder->self->initrd_range;

	builder_begin(builder, "chosen");
	builder_put_string(builder, "bootargs", builder->self->bootargs);
	devicetree_put_stdout(builder);
	if (initrd->size) {
		builder_put_u64(builder, "linux,initrd-start", initrd->base);
		builder_put_u64(builder, "linux,initrd-end",
				initrd->base + initrd->size);
	}
	builder_end(builder);
}

/*
 * A boot loader hands the tree on with words of its own. U-Boot puts them in
 * where the tree lies, and does not look whether there is room behind it.
 */
static int leave_room(void *tree, size_t size)
{
	const size_t used = fdt_totalsize(tree);

	if (size < used + DEVICETREE_ROOM)
		return -FDT_ERR_NOSPACE;
	memset((char *)tree + used, 0, DEVICETREE_ROOM);
	fdt_set_totalsize(tree, (uint32_t)(used + DEVICETREE_ROOM));
	return 0;
}

int devicetree_build(const struct model *model, unsigned int compartment,
		     void *buffer, size_t size)
{
	const struct architecture *architecture = model->board->architecture;
	struct builder builder = {
		.model = model, .self = &model->compartments[compartment],
		.index = compartment, .fdt = buffer,
	};

	if (size > MODEL_TREE_SIZE)
		size = MODEL_TREE_SIZE;
	builder.error = fdt_create(buffer, (int)size);
	if (!builder.error)
		builder.error = fdt_finish_reservemap(buffer);
	builder_begin(&builder, "");
	builder_put_string(&builder, "compatible", "bulkhead,compartment");
	builder_put_string(&builder, "model", builder.self->name);
	builder_put_cell_sizes(&builder, 2, 2);
	if (architecture->put_root_properties)
		architecture->put_root_properties(&builder);
	put_chosen(&builder);
	put_cpus(&builder);
	put_memory(&builder);
	devicetree_put_pools(&builder);
	if (architecture->put_root_nodes)
		architecture->put_root_nodes(&builder);
	devicetree_put_clocks(&builder);
	devicetree_put_soc(&builder);
	devicetree_put_bulkhead(&builder);
	builder_end(&builder);
	if (!builder.error)
		builder.error = fdt_finish(buffer);
	if (!builder.error)
		builder.error = leave_room(buffer, size);
	if (builder.error)
		return builder.error == -FDT_ERR_NOSPACE ?
		       COMPARTMENT_ERR_NO_SPACE : COMPARTMENT_ERR_MALFORMED;
	return (int)fdt_totalsize(buffer);
}
