/* SPDX-License-Identifier: BSD-2-Clause */
/* /bulkhead of a compartment's tree: what it shares, and with whom. */
#include "builder.h"
#include "devicetree.h"

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
	builder_begin(builder, window->name);
	builder_put_range(builder, "reg", &window->range);
	builder_put_string(builder, "access",
		   access == MODEL_ACCESS_RW ? "rw" : "r");
	for (i = 0; i < window->member_count; i++) {
		name = builder->model->
			compartments[window->members[i].compartment].name;
		length = strlen(name) + 1;
		memcpy(members + used, name, length);
		used += length;
	}
	builder_put(builder, "members", members, used);
	builder_end(builder);
}

static void put_link(struct builder *builder, const struct model_link *link)
{
	unsigned int mine;

	for (mine = 0; mine < 2; mine++) {
		if (link->ends[mine] != builder->index)
			continue;
		builder_begin(builder, link->name);
		builder_put_u32(builder, "link", link->numbers[mine]);
		builder_put_string(builder, "peer", builder->model->
			   compartments[link->ends[1 - mine]].name);
		builder_end(builder);
	}
}

/* Where rings and buffers may lie. */
static void put_data(struct builder *builder,
		     const struct model_channel *channel)
{
	const struct model_compartment *client =
		&builder->model->compartments[channel->client];

	if (channel->data == MODEL_DATA_WINDOW) {
		builder_put_string(builder, "data", "window");
		builder_put_range(builder, "pool", &channel->pool.range);
		return;
	}
	builder_put_string(builder, "data", "grant");
	builder_put_ranges(builder, "memory", client->memory,
			   client->memory_count);
}

static void put_channel(struct builder *builder,
			const struct model_channel *channel)
{
	const struct model_link *link = &builder->model->links[channel->link];
	bool is_server = channel->server == builder->index;

	/* Behind a front end the client has a device, and no channel. */
	if (!is_server && (channel->client != builder->index ||
			   model_has_front_end(channel)))
		return;
	builder_begin(builder, channel->name);
	builder_put_string(builder, "role", is_server ? "server" : "client");
	builder_put_string(builder, "device", channel->device);
	builder_put_u32(builder, "link",
		link->numbers[link->ends[1] == builder->index]);
	builder_put_u32(builder, "bit", channel->bit);
	builder_put_range(builder, "control", &channel->control.range);
	put_data(builder, channel);
	if (is_server && channel->record.range.size)
		builder_put_range(builder, "record", &channel->record.range);
	builder_put_u32(builder, "queues", channel->queues);
	builder_put_u32(builder, "queue-size", channel->queue_size);
	builder_put_u32(builder, "publish-timeout-ms", channel->publish_timeout_ms);
	builder_end(builder);
}

void devicetree_put_bulkhead(struct builder *builder)
{
	const struct model *model = builder->model;
	unsigned int i;

	builder_begin(builder, "bulkhead");
	builder_put_string(builder, "compatible", "bulkhead,compartment-v1");
	builder_put_cell_sizes(builder, 2, 2);
	builder_begin(builder, "windows");
	builder_put_cell_sizes(builder, 2, 2);
	for (i = 0; i < model->window_count; i++)
		put_window(builder, &model->windows[i]);
	builder_end(builder);
	builder_begin(builder, "links");
	for (i = 0; i < model->link_count; i++)
		put_link(builder, &model->links[i]);
	builder_end(builder);
	builder_begin(builder, "channels");
	for (i = 0; i < model->channel_count; i++)
		put_channel(builder, &model->channels[i]);
	builder_end(builder);
	builder_begin(builder, "observes");
	for (i = 0; i < model->compartment_count; i++)
		if (builder->self->observes >> i & 1)
			builder_put_u32(builder, model->compartments[i].name, i);
	builder_end(builder);
	builder_end(builder);
}
