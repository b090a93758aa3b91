/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition map, line by line. */
#include <compartment/architecture.h>
#include <compartment/grant.h>
#include <compartment/map.h>
#include <compartment/text.h>

struct map {
	const struct model *model;
	compartment_line_fn line;
	void *context;
	struct text text;
};

static void end_line(struct map *map)
{
	map->line(map->context, map->text.buffer);
	map->text.used = 0;
	map->text.buffer[0] = '\0';
}

static const char *name_of(const struct map *map, unsigned int compartment)
{
	return map->model->compartments[compartment].name;
}

static void add_range(struct map *map, const struct memory_range *range)
{
	text_append(&map->text, "0x%lx-0x%lx (%lu KiB)",
		    range->base,
		    (range->base + range->size - 1),
		    (range->size >> 10));
}

static void print_head(struct map *map)
{
	const struct model *model = map->model;
	unsigned int i, parked = 0;

	text_append(&map->text, "system: %s",
		    *model->title ? model->title : "(untitled)");
	end_line(map);
	for (i = 0; i < model->machine.hart_count; i++)
		parked += model->machine.harts[i].owner < 0;
	text_append(&map->text,
		    "board: %s, %u harts of which %u parked, %u %s per %s",
		    model->board->name, model->machine.hart_count, parked,
		    model->board->protection_units,
		    model->board->architecture->protection_unit,
		    model->board->architecture->protection_is_shared ?
		    "compartment" : "hart");
	if (model->board->protection_kept)
		text_append(&map->text, ", %u kept by the firmware",
			    model->board->protection_kept);
	end_line(map);
	text_append(&map->text, "firmware: ");
	add_range(map, &model->board->firmware);
	if (model->board->private.size) {
		text_append(&map->text, ", private copies ");
		add_range(map, &model->board->private);
	}
	end_line(map);
}

static const char *describe_dma(const struct model_device *device)
{
	return device->dma == MODEL_DMA_TRUSTED ?
	       "dma trusted: could reach all memory" : "no dma";
}

/* Devices that came with `device`, how many. */
static unsigned int count_neighbours(const struct model *model,
				     const struct model_device *device)
{
	const struct model_device *end = &model->devices[model->device_count];
	unsigned int count = 0;

	while (++device < end && device->neighbour)
		count++;
	return count;
}

static void print_neighbours(struct map *map, const struct model_device *device)
{
	unsigned int i, count = count_neighbours(map->model, device);

	if (!count)
		return;
	text_append(&map->text,
		    "    its pages also hold %u other device%s, granted with it:",
		    count, count == 1 ? "" : "s");
	for (i = 1; i <= count; i++)
		text_append(&map->text, " %s", device[i].path);
	end_line(map);
}

/* The path comes last: whatever its length, it cuts nothing off. */
static void print_device(struct map *map, const struct model_device *device)
{
	struct memory_range range;
	unsigned int i;

	text_append(&map->text, "  device %s: ", device->name);
	for (i = 0; i < device->reg_count; i++) {
		range = grant_device_range(device, i);
		add_range(map, &range);
		text_append(&map->text, ", ");
	}
	for (i = 0; i < device->interrupt_count; i++)
		text_append(&map->text, "interrupt %u, ",
			    device->interrupts[i]);
	text_append(&map->text, "%s, %s", describe_dma(device), device->path);
	end_line(map);
	print_neighbours(map, device);
}

/* Granted without a word in the manifest: they follow the harts. */
static void print_hart_interrupts(struct map *map,
				  const struct model_compartment *self)
{
	unsigned int i;

	for (i = 0; i < self->hart_count; i++) {
		text_append(&map->text, "  ");
		map->model->board->architecture->describe_hart(
			machine_find_hart(&map->model->machine, self->harts[i]),
			&map->text);
		if (map->text.used > 2)
			end_line(map);
		map->text.used = 0;
	}
}

static void print_grants(struct map *map, unsigned int index)
{
	const struct model *model = map->model;
	const struct model_compartment *self = &model->compartments[index];
	unsigned int i;

	for (i = 0; i < self->memory_count; i++) {
		text_append(&map->text, "  memory: ");
		add_range(map, &self->memory[i]);
		end_line(map);
	}
	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].owner == index &&
		    !model->devices[i].neighbour)
			print_device(map, &model->devices[i]);
	print_hart_interrupts(map, self);
	if (self->uart.size) {
		text_append(&map->text,
			    "  UART that the firmware plays: 0x%lx, interrupt %u",
			    self->uart.base, self->uart_interrupt);
		end_line(map);
	}
}

static void print_observes(struct map *map,
			   const struct model_compartment *self)
{
	unsigned int i;

	if (!self->observes)
		return;
	text_append(&map->text, "  observes:");
	for (i = 0; i < map->model->compartment_count; i++)
		if (self->observes >> i & 1)
			text_append(&map->text, " %s", name_of(map, i));
	end_line(map);
}

static void print_compartment(struct map *map, unsigned int index)
{
	const struct model_compartment *self = &map->model->compartments[index];
	unsigned int i;

	text_append(&map->text, "compartment %s: on hart%s", self->name,
		    self->hart_count == 1 ? "" : "s");
	for (i = 0; i < self->hart_count; i++)
		text_append(&map->text, " %u", self->harts[i]);
	text_append(&map->text,
		    ", image %s%s%s, criticality %u, restart %s, %u of %u %s",
		    self->image, *self->initrd ? ", initrd " : "",
		    self->initrd, self->criticality,
		    self->restart == MODEL_RESTART_ALWAYS ? "always" : "never",
		    self->protection_units,
		    map->model->board->protection_units -
		    map->model->board->protection_kept,
		    map->model->board->architecture->protection_unit);
	end_line(map);
	print_grants(map, index);
	print_observes(map, self);
}

static void print_window(struct map *map, const struct model_window *window)
{
	unsigned int i;

	text_append(&map->text, "window %s: ", window->name);
	add_range(map, &window->range);
	for (i = 0; i < window->member_count; i++)
		text_append(&map->text, ", %s %s",
			    name_of(map, window->members[i].compartment),
			    window->members[i].writable ? "rw" : "r");
	end_line(map);
}

/* Whether a compartment that waits for its servers so waits for that one. */
static bool is_awaited(const struct model *model, unsigned int waiting,
		       unsigned int server)
{
	uint32_t awaited = 1U << waiting, before;
	const struct model_channel *channel;

	do {
		before = awaited;
		for (channel = model->channels;
		     channel < model->channels + model->channel_count;
		     channel++)
			if (model_has_front_end(channel) &&
			    awaited >> channel->client & 1)
				awaited |= 1U << channel->server;
	} while (awaited != before);
	return awaited >> server & 1;
}

static void print_channel(struct map *map, const struct model_channel *channel)
{
	const struct model *model = map->model;

	text_append(&map->text,
		    "channel %s: %s from %s to %s, link %s bits %u-%u, %u queue%s of %u",
		    channel->name, channel->device,
		    name_of(map, channel->server),
		    name_of(map, channel->client),
		    model->links[channel->link].name, channel->bit,
		    channel->bit + channel->queues, channel->queues,
		    channel->queues == 1 ? "" : "s", channel->queue_size);
	if (channel->data == MODEL_DATA_WINDOW)
		text_append(&map->text, ", window %s",
			    model->windows[channel->pool.window].name);
	if (channel->record.range.size)
		text_append(&map->text, ", record %s",
			    model->windows[channel->record.window].name);
	end_line(map);
	if (model_has_front_end(channel)) {
		text_append(&map->text,
			    "  the firmware plays its device for %s: 0x%lx, interrupt %u",
			    name_of(map, channel->client),
			    channel->registers.range.base, channel->interrupt);
		end_line(map);
		if (is_awaited(model, channel->server, channel->client)) {
			text_append(&map->text,
				    "  in a circle: at boot %s waits for %s, which waits for it, up to %u ms",
				    name_of(map, channel->client),
				    name_of(map, channel->server),
				    channel->publish_timeout_ms);
			end_line(map);
		}
	}
	if (channel->data == MODEL_DATA_GRANT) {
		text_append(&map->text,
			    "  data grant: %s could read and write all memory of %s",
			    name_of(map, channel->server),
			    name_of(map, channel->client));
		end_line(map);
	}
}

void map_print(const struct model *model, compartment_line_fn line,
	       void *context)
{
	char buffer[COMPARTMENT_LINE_MAX];
	struct map map = {
		.model = model, .line = line, .context = context,
		.text = { .buffer = buffer, .size = sizeof(buffer) },
	};
	const struct model_link *link;
	unsigned int i;

	buffer[0] = '\0';
	print_head(&map);
	for (i = 0; i < model->compartment_count; i++)
		print_compartment(&map, i);
	for (i = 0; i < model->window_count; i++)
		print_window(&map, &model->windows[i]);
	for (i = 0; i < model->link_count; i++) {
		link = &model->links[i];
		text_append(&map.text,
			    "link %s: %s (number %u) with %s (number %u)",
			    link->name, name_of(&map, link->ends[0]),
			    link->numbers[0], name_of(&map, link->ends[1]),
			    link->numbers[1]);
		end_line(&map);
	}
	for (i = 0; i < model->channel_count; i++)
		print_channel(&map, &model->channels[i]);
}
