/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices that the firmware plays, in the tree of the compartment they are for. */
#include <compartment/text.h>

#include "devicetree.h"
#include "tree.h"

#define STDOUT_MAX	128

static bool is_client(const struct builder *builder,
		      const struct model_channel *channel)
{
	return model_has_front_end(channel) &&
	       channel->client == builder->index;
}

static bool has_pool(const struct builder *builder,
		     const struct model_channel *channel)
{
	return is_client(builder, channel) && channel->pool.range.size;
}

/* The pool of channel `index`: numbers that no node of the machine has. */
static uint32_t get_pool_phandle(struct builder *builder, unsigned int index)
{
	uint32_t highest = 0;

	if (!builder->error)
		builder->error = fdt_find_max_phandle(
			builder->model->machine.tree, &highest);
	if (highest > FDT_MAX_PHANDLE - MODEL_CHANNELS_MAX)
		builder->error = -FDT_ERR_NOPHANDLES;
	return highest + 1 + index;
}

/* The console's path, with what the machine's own says behind a colon. */
void devicetree_put_stdout(struct builder *builder)
{
	const void *tree = builder->model->machine.tree;
	char path[STDOUT_MAX];
	struct text text = { .buffer = path, .size = sizeof(path) };
	const char *options;

	if (builder->self->console != MODEL_CONSOLE_UART)
		return;
	options = tree_string(tree, fdt_path_offset(tree, "/chosen"),
			      "stdout-path");
	while (*options && *options != ':')
		options++;
	text_append(&text, "/soc/%s%s",
		    fdt_get_name(tree, tree_find_console(tree), NULL), options);
	builder_put_string(builder, "stdout-path", path);
}

/*
 * Pools of window mode. Linux wants a restricted-dma-pool inside of what a
 * memory node says, and takes it out of its own use.
 */
void devicetree_put_pools(struct builder *builder)
{
	const struct model *model = builder->model;
	const struct model_channel *channel;
	unsigned int i, count = 0;

	for (i = 0; i < model->channel_count; i++) {
		channel = &model->channels[i];
		if (!has_pool(builder, channel))
			continue;
		count++;
		builder_begin_at(builder, "memory", channel->pool.range.base);
		builder_put_string(builder, "device_type", "memory");
		builder_put_range(builder, "reg", &channel->pool.range);
		builder_end(builder);
	}
	if (!count)
		return;
	builder_begin(builder, "reserved-memory");
	builder_put_cell_sizes(builder, 2, 2);
	builder_put(builder, "ranges", NULL, 0);
	for (i = 0; i < model->channel_count; i++) {
		channel = &model->channels[i];
		if (!has_pool(builder, channel))
			continue;
		builder_begin_at(builder, "restricted-dma-pool",
				 channel->pool.range.base);
		builder_put_string(builder, "compatible",
				   "restricted-dma-pool");
		builder_put_range(builder, "reg", &channel->pool.range);
		builder_put_u32(builder, "phandle",
				get_pool_phandle(builder, i));
		builder_end(builder);
	}
	builder_end(builder);
}

static void put_interrupt(struct builder *builder, uint32_t interrupt)
{
	builder->model->board->architecture->put_interrupt(builder, interrupt);
}

/* As the machine has it, but for the interrupt. */
static void put_uart(struct builder *builder)
{
	static const char *const except[] = {
		"reg", "interrupts", "interrupts-extended", "interrupt-parent",
		"clocks", "clock-names", NULL
	};
	const void *tree = builder->model->machine.tree;
	int uart = tree_find_console(tree);
	bool clocks = devicetree_has_fixed_clocks(tree, uart);

	builder_begin(builder, fdt_get_name(tree, uart, NULL));
	builder_copy_properties(builder, uart, except);
	if (clocks) {
		builder_copy(builder, uart, "clocks");
		builder_copy(builder, uart, "clock-names");
	}
	builder_put_range(builder, "reg", &builder->self->uart);
	put_interrupt(builder, builder->self->uart_interrupt);
	builder_end(builder);
}

/* Device tree binding "virtio,mmio" */
static void put_front_end(struct builder *builder, unsigned int index)
{
	const struct model_channel *channel = &builder->model->channels[index];

	builder_begin_at(builder, "virtio_mmio", channel->registers.range.base);
	builder_put_string(builder, "compatible", "virtio,mmio");
	builder_put_range(builder, "reg", &channel->registers.range);
	put_interrupt(builder, channel->interrupt);
	builder_put(builder, "dma-coherent", NULL, 0);
	if (has_pool(builder, channel))
		builder_put_u32(builder, "memory-region",
				get_pool_phandle(builder, index));
	builder_put_string(builder, "bulkhead,name", channel->name);
	builder_end(builder);
}

void devicetree_put_presented(struct builder *builder)
{
	const struct model *model = builder->model;
	unsigned int i;

	if (builder->self->console == MODEL_CONSOLE_UART)
		put_uart(builder);
	for (i = 0; i < model->channel_count; i++)
		if (is_client(builder, &model->channels[i]))
			put_front_end(builder, i);
}
