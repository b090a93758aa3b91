/* SPDX-License-Identifier: BSD-2-Clause */
/* A compartment's own device tree, written from the model front to back. */
#include <libfdt.h>
#include <compartment/devicetree.h>

#include "report.h"
#include "tree.h"

#define NODE_NAME_MAX	32
/* Stands for "no interrupt" in interrupts-extended (device tree bindings). */
#define CONTEXT_ABSENT	0xffffffffU

/*
 * A tree in the making. libfdt's first error stays, and later calls do
 * nothing, so that a builder reads as the tree does.
 */
struct builder {
	const struct model *model;
	const struct model_compartment *self;
	unsigned int index;
	void *fdt;
	int error;
};

static void begin(struct builder *builder, const char *name)
{
	if (!builder->error)
		builder->error = fdt_begin_node(builder->fdt, name);
}

static void end(struct builder *builder)
{
	if (!builder->error)
		builder->error = fdt_end_node(builder->fdt);
}

static void put(struct builder *builder, const char *name, const void *value,
		size_t size)
{
	if (!builder->error)
		builder->error = fdt_property(builder->fdt, name, value,
					      (int)size);
}

static void put_string(struct builder *builder, const char *name,
		       const char *value)
{
	put(builder, name, value, strlen(value) + 1);
}

static void put_u32(struct builder *builder, const char *name, uint32_t value)
{
	fdt32_t cell = cpu_to_fdt32(value);

	put(builder, name, &cell, sizeof(cell));
}

static void put_range(struct builder *builder, const char *name,
		      const struct memory_range *range)
{
	fdt64_t pair[2] = {
		cpu_to_fdt64(range->base), cpu_to_fdt64(range->size)
	};

	put(builder, name, pair, sizeof(pair));
}

static void put_cell_sizes(struct builder *builder, uint32_t address_cells,
			   uint32_t size_cells)
{
	put_u32(builder, "#address-cells", address_cells);
	put_u32(builder, "#size-cells", size_cells);
}

/* All properties of a node of the machine's tree, as they are, but `except`. */
static void copy_properties(struct builder *builder, int node,
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
			put(builder, name, value, (size_t)length);
	}
}

static void put_cpu(struct builder *builder, const struct machine_hart *hart)
{
	const void *tree = builder->model->machine.tree;
	int child;

	begin(builder, fdt_get_name(tree, hart->node, NULL));
	copy_properties(builder, hart->node, NULL);
	if (hart->plic_context >= 0)
		put_u32(builder, "bulkhead,plic-context",
			(uint32_t)hart->plic_context);
	if (hart->imsic_page.size)
		put_range(builder, "bulkhead,imsic", &hart->imsic_page);
	fdt_for_each_subnode(child, tree, hart->node) {
		if (!fdt_getprop(tree, child, "interrupt-controller", NULL))
			continue;
		begin(builder, fdt_get_name(tree, child, NULL));
		copy_properties(builder, child, NULL);
		end(builder);
	}
	end(builder);
}

static void put_cpus(struct builder *builder)
{
	const struct machine *machine = &builder->model->machine;
	unsigned int i;

	begin(builder, "cpus");
	put_cell_sizes(builder, 1, 0);
	put_u32(builder, "timebase-frequency", (uint32_t)machine->timebase);
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)builder->index)
			put_cpu(builder, &machine->harts[i]);
	end(builder);
}

static void put_memory(struct builder *builder)
{
	char name[NODE_NAME_MAX];
	unsigned int i;

	for (i = 0; i < builder->self->memory_count; i++) {
		struct text text = { .buffer = name, .size = sizeof(name) };

		text_append(&text, "memory@%lx", builder->self->memory[i].base);
		begin(builder, name);
		put_string(builder, "device_type", "memory");
		put_range(builder, "reg", &builder->self->memory[i]);
		end(builder);
	}
}

static bool is_own_intc(const struct builder *builder, uint32_t phandle)
{
	const struct machine *machine = &builder->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].intc == phandle)
			return machine->harts[i].owner == (int)builder->index;
	return true;
}

/*
 * A controller's list of harts. Positions are context numbers, so foreign harts
 * stay as absent ones: their phandles do not exist in this tree.
 */
static void put_targets(struct builder *builder, int node)
{
	const struct machine_hart *boot =
		machine_find_hart(&builder->model->machine,
				  builder->self->boot_hart);
	const uint8_t *cells;
	void *place;
	int i, count;
	fdt32_t pair[2];

	count = tree_cells(builder->model->machine.tree, node,
			   "interrupts-extended", &cells);
	if (count < 2 || builder->error)
		return;
	builder->error = fdt_property_placeholder(builder->fdt,
						  "interrupts-extended",
						  count / 2 * 8, &place);
	for (i = 0; i < count / 2 && !builder->error; i++) {
		pair[0] = cpu_to_fdt32(tree_cell(cells, 2 * (unsigned int)i));
		pair[1] = cpu_to_fdt32(tree_cell(cells,
						 2 * (unsigned int)i + 1));
		if (!is_own_intc(builder, fdt32_to_cpu(pair[0]))) {
			pair[0] = cpu_to_fdt32(boot->intc);
			pair[1] = cpu_to_fdt32(CONTEXT_ABSENT);
		}
		memcpy((uint8_t *)place + 8 * i, pair, sizeof(pair));
	}
}

static void put_device(struct builder *builder,
		       const struct model_device *device)
{
	const void *tree = builder->model->machine.tree;
	bool is_controller = device->role == DEVICE_ROLE_PLIC ||
			     device->role == DEVICE_ROLE_APLIC;

	begin(builder, fdt_get_name(tree, device->node, NULL));
	copy_properties(builder, device->node,
			is_controller ? "interrupts-extended" : NULL);
	if (is_controller)
		put_targets(builder, device->node);
	put_string(builder, "bulkhead,name", device->name);
	end(builder);
}

static void put_soc(struct builder *builder)
{
	const struct model *model = builder->model;
	unsigned int i;

	begin(builder, "soc");
	put_string(builder, "compatible", "simple-bus");
	put(builder, "ranges", NULL, 0);
	put_cell_sizes(builder, 2, 2);
	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].owner == builder->index)
			put_device(builder, &model->devices[i]);
	end(builder);
}

static void put_window(struct builder *builder,
		       const struct model_window *window)
{
	enum model_access access = model_window_access(window, builder->index);
	char members[MODEL_COMPARTMENTS_MAX * MODEL_NAME_MAX];
	const char *name;
	size_t used = 0, length;
	unsigned int i;

	if (access == MODEL_ACCESS_NONE)
		return;
	begin(builder, window->name);
	put_range(builder, "reg", &window->range);
	put_string(builder, "access",
		   access == MODEL_ACCESS_RW ? "rw" : "r");
	for (i = 0; i < window->member_count; i++) {
		name = builder->model->
			compartments[window->members[i].compartment].name;
		length = strlen(name) + 1;
		memcpy(members + used, name, length);
		used += length;
	}
	put(builder, "members", members, used);
	end(builder);
}

static void put_link(struct builder *builder, const struct model_link *link)
{
	unsigned int mine;

	for (mine = 0; mine < 2; mine++) {
		if (link->ends[mine] != builder->index)
			continue;
		begin(builder, link->name);
		put_u32(builder, "link", link->numbers[mine]);
		put_string(builder, "peer", builder->model->
			   compartments[link->ends[1 - mine]].name);
		end(builder);
	}
}

static void put_channel(struct builder *builder,
			const struct model_channel *channel)
{
	const struct model_link *link = &builder->model->links[channel->link];
	bool is_server = channel->server == builder->index;

	if (!is_server && channel->client != builder->index)
		return;
	begin(builder, channel->name);
	put_string(builder, "role", is_server ? "server" : "client");
	put_string(builder, "device", channel->device);
	put_u32(builder, "link",
		link->numbers[link->ends[1] == builder->index]);
	put_u32(builder, "bit", channel->bit);
	put_range(builder, "control", &channel->control.range);
	put_range(builder, "pool", &channel->pool.range);
	if (is_server && channel->record.range.size)
		put_range(builder, "record", &channel->record.range);
	put_u32(builder, "queues", channel->queues);
	put_u32(builder, "queue-size", channel->queue_size);
	put_string(builder, "data", "window");
	put_u32(builder, "publish-timeout-ms", channel->publish_timeout_ms);
	end(builder);
}

static void put_bulkhead(struct builder *builder)
{
	const struct model *model = builder->model;
	unsigned int i;

	begin(builder, "bulkhead");
	put_string(builder, "compatible", "bulkhead,compartment-v1");
	put_cell_sizes(builder, 2, 2);
	begin(builder, "windows");
	put_cell_sizes(builder, 2, 2);
	for (i = 0; i < model->window_count; i++)
		put_window(builder, &model->windows[i]);
	end(builder);
	begin(builder, "links");
	for (i = 0; i < model->link_count; i++)
		put_link(builder, &model->links[i]);
	end(builder);
	begin(builder, "channels");
	for (i = 0; i < model->channel_count; i++)
		put_channel(builder, &model->channels[i]);
	end(builder);
	begin(builder, "observes");
	for (i = 0; i < model->compartment_count; i++)
		if (builder->self->observes >> i & 1)
			put_u32(builder, model->compartments[i].name, i);
	end(builder);
	end(builder);
}

int devicetree_build(const struct model *model, unsigned int compartment,
		     void *buffer, size_t size)
{
	struct builder builder = {
		.model = model, .self = &model->compartments[compartment],
		.index = compartment, .fdt = buffer,
	};

	builder.error = fdt_create(buffer, size > MODEL_TREE_SIZE ?
				   (int)MODEL_TREE_SIZE : (int)size);
	if (!builder.error)
		builder.error = fdt_finish_reservemap(buffer);
	begin(&builder, "");
	put_string(&builder, "compatible", "bulkhead,compartment");
	put_string(&builder, "model", builder.self->name);
	put_cell_sizes(&builder, 2, 2);
	begin(&builder, "chosen");
	put_string(&builder, "bootargs", builder.self->bootargs);
	end(&builder);
	put_cpus(&builder);
	put_memory(&builder);
	put_soc(&builder);
	put_bulkhead(&builder);
	end(&builder);
	if (!builder.error)
		builder.error = fdt_finish(buffer);
	if (builder.error)
		return builder.error == -FDT_ERR_NOSPACE ?
		       COMPARTMENT_ERR_NO_SPACE : COMPARTMENT_ERR_MALFORMED;
	return (int)fdt_totalsize(buffer);
}
