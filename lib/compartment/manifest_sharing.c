// SPDX-License-Identifier: BSD-2-Clause
/* /windows, /links and /channels: what compartments have in common. */
#include <libfdt.h>

#include "reader.h"

#define QUEUES_MAX	32
#define QUEUE_SIZE_MAX	1024
#define TIMEOUT_MAX_MS	600000
#define TIMEOUT_MS	1000

static void read_member(struct reader *reader, int node,
			struct model_window *window, unsigned int position,
			uint32_t phandle)
{
	struct model_member *member = &window->members[window->member_count];
	const char *access = fdt_stringlist_get(reader->fdt, node, "access",
						(int)position, NULL);

	if (!access || (strcmp(access, "r") && strcmp(access, "rw"))) {
		read_error(reader, node, "access",
			   "member %u has \"%s\"; must be \"r\" or \"rw\"",
			   position, access ? access : "");
		return;
	}
	if (!find_reference(reader, node, "members", phandle, COMPARTMENT,
			    &member->compartment))
		return;
	if (model_window_access(window, member->compartment))
		read_error(reader, node, "members",
			   "compartment %s is there twice",
			   reader->model->compartments[member->compartment].name);
	member->writable = !strcmp(access, "rw");
	window->member_count++;
}

void read_windows(struct reader *reader, int parent)
{
	static const char *const known[] = { "reg", "members", "access", NULL };
	struct model_window *window;
	unsigned int i, count;
	const uint8_t *cells;
	int node;

	read_words(reader, parent, read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		window = read_entry(reader, node, WINDOW, known, read_nothing);
		if (!window)
			return;
		if (read_cells(reader, node, "reg", MANDATORY, 4, 4, &cells))
			read_range(reader, node, "reg", cells, &window->range);
		count = read_cells(reader, node, "members", MANDATORY, 1,
				   MODEL_COMPARTMENTS_MAX, &cells);
		if (count && fdt_stringlist_count(reader->fdt, node, "access")
			     != (int)count) {
			read_error(reader, node, "access",
				   "must have one \"r\" or \"rw\" for each of the %u members",
				   count);
			continue;
		}
		for (i = 0; i < count; i++)
			read_member(reader, node, window, i,
				    tree_cell(cells, i));
	}
}

/* Each end counts the links that name it, in the order of the manifest. */
static void read_ends(struct reader *reader, int node, struct model_link *link)
{
	struct model *model = reader->model;
	unsigned int *ends = link->ends;
	const uint8_t *cells;

	if (!read_cells(reader, node, "between", MANDATORY, 2, 2, &cells) ||
	    !find_reference(reader, node, "between", tree_cell(cells, 0),
			    COMPARTMENT, &ends[0]) ||
	    !find_reference(reader, node, "between", tree_cell(cells, 1),
			    COMPARTMENT, &ends[1]))
		return;
	if (ends[0] == ends[1])
		read_error(reader, node, "between",
			   "both ends are compartment %s; a link joins two",
			   model->compartments[ends[0]].name);
	link->numbers[0] = model->compartments[ends[0]].link_count++;
	link->numbers[1] = model->compartments[ends[1]].link_count++;
}

void read_links(struct reader *reader, int parent)
{
	static const char *const known[] = { "between", NULL };
	struct model_link *link;
	int node;

	read_words(reader, parent, read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		link = read_entry(reader, node, LINK, known, read_nothing);
		if (!link)
			return;
		read_ends(reader, node, link);
	}
}

/* <&window offset [size]>; without a size, `size` or else all that is left. */
static void read_piece(struct reader *reader, int node, const char *property,
		       enum read_need need, unsigned int low, uint64_t size,
		       struct model_piece *piece)
{
	const struct memory_range *range;
	const uint8_t *cells;
	unsigned int count, window;
	uint32_t offset;

	count = read_cells(reader, node, property, need, low, 3, &cells);
	if (!count || !find_reference(reader, node, property,
				      tree_cell(cells, 0), WINDOW, &window))
		return;
	range = &reader->model->windows[window].range;
	offset = tree_cell(cells, 1);
	if (!range->size)
		return;
	if (offset % MODEL_PAGE_SIZE) {
		read_error(reader, node, property,
			   "offset 0x%x must be a multiple of 0x%x", offset,
			   MODEL_PAGE_SIZE);
		return;
	}
	if (count == 3)
		size = tree_cell(cells, 2);
	else if (!size && offset < range->size)
		size = range->size - offset;
	/* Stops a channel from naming memory that its window does not grant. */
	if (!size || offset >= range->size || size > range->size - offset) {
		read_error(reader, node, property,
			   "0x%lx bytes at 0x%x do not lie inside window %s of 0x%lx bytes",
			   size, offset, reader->model->windows[window].name,
			   range->size);
		return;
	}
	piece->window = window;
	piece->range.base = range->base + offset;
	piece->range.size = size;
}

static void read_queues(struct reader *reader, int node,
			struct model_channel *channel)
{
	static const char *const modes[] = { "window", NULL };
	uint32_t size = 0;

	read_u32(reader, node, "queues", MANDATORY, 1, QUEUES_MAX,
		 &channel->queues);
	read_u32(reader, node, "queue-size", MANDATORY, 1, QUEUE_SIZE_MAX,
		 &size);
	if (size & (size - 1))
		read_error(reader, node, "queue-size",
			   "is %u; must be a power of two (VirtIO 1.2, 2.7)",
			   size);
	channel->queue_size = size;
	read_u32(reader, node, "bit", OPTIONAL, 0, 63, &channel->bit);
	channel->publish_timeout_ms = TIMEOUT_MS;
	read_u32(reader, node, "publish-timeout-ms", OPTIONAL, 1,
		 TIMEOUT_MAX_MS, &channel->publish_timeout_ms);
	if (tree_is(reader->fdt, node, "data", "grant"))
		read_error(reader, node, "data",
			   "\"grant\": this firmware does not act on it yet; say \"window\"");
	else
		read_word(reader, node, "data", OPTIONAL, modes);
}

void read_channels(struct reader *reader, int parent)
{
	static const char *const known[] = {
		"device", "server", "client", "link", "control", "pool",
		"record", "queues", "queue-size", "data", "bit",
		"publish-timeout-ms", NULL
	};
	static const char *const devices[] = { "block", NULL };
	struct model_channel *channel;
	int node;

	read_words(reader, parent, read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		channel = read_entry(reader, node, CHANNEL, known,
				     read_nothing);
		if (!channel)
			return;
		read_word(reader, node, "device", MANDATORY, devices);
		channel->device = devices[0];
		read_reference(reader, node, "server", MANDATORY, COMPARTMENT,
			       &channel->server);
		read_reference(reader, node, "client", MANDATORY, COMPARTMENT,
			       &channel->client);
		read_reference(reader, node, "link", MANDATORY, LINK,
			       &channel->link);
		read_piece(reader, node, "control", MANDATORY, 2,
			   MODEL_PAGE_SIZE, &channel->control);
		read_piece(reader, node, "pool", MANDATORY, 3, 0,
			   &channel->pool);
		read_piece(reader, node, "record", OPTIONAL, 2, 0,
			   &channel->record);
		read_queues(reader, node, channel);
	}
}
