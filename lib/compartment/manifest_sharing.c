/* SPDX-License-Identifier: BSD-2-Clause */
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
		refuse(reader, node, "access",
		       "member %u has \"%s\"; must be \"r\" or \"rw\"",
		       position, access ? access : "");
		return;
	}
	if (!manifest_find_reference(reader, node, "members", phandle,
				     KIND_COMPARTMENT, &member->compartment))
		return;
	if (model_window_access(window, member->compartment))
		refuse(reader, node, "members", "compartment %s is there twice",
		       reader->model->compartments[member->compartment].name);
	member->writable = !strcmp(access, "rw");
	window->member_count++;
}

void manifest_read_windows(struct reader *reader, int parent)
{
	static const char *const known[] = { "reg", "members", "access", NULL };
	struct model_window *window;
	unsigned int i, count;
	const uint8_t *cells;
	int node;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		window = manifest_read_entry(reader, node, KIND_WINDOW, known,
					     manifest_read_nothing);
		if (!window)
			return;
		if (manifest_read_cells(reader, node, "reg", NEED_MANDATORY, 4,
					4, &cells))
			manifest_read_range(reader, node, "reg", cells,
					    &window->range);
		count = manifest_read_cells(reader, node, "members",
					    NEED_MANDATORY, 1,
					    MODEL_COMPARTMENTS_MAX, &cells);
		if (count && fdt_stringlist_count(reader->fdt, node, "access")
			     != (int)count) {
			refuse(reader, node, "access",
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

	if (!manifest_read_cells(reader, node, "between", NEED_MANDATORY, 2, 2,
				 &cells) ||
	    !manifest_find_reference(reader, node, "between", tree_cell(cells, 0),
				     KIND_COMPARTMENT, &ends[0]) ||
	    !manifest_find_reference(reader, node, "between", tree_cell(cells, 1),
				     KIND_COMPARTMENT, &ends[1]))
		return;
	if (ends[0] == ends[1])
		refuse(reader, node, "between",
		       "both ends are compartment %s; a link joins two",
		       model->compartments[ends[0]].name);
	link->numbers[0] = model->compartments[ends[0]].link_count++;
	link->numbers[1] = model->compartments[ends[1]].link_count++;
}

void manifest_read_links(struct reader *reader, int parent)
{
	static const char *const known[] = { "between", NULL };
	struct model_link *link;
	int node;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		link = manifest_read_entry(reader, node, KIND_LINK, known,
					   manifest_read_nothing);
		if (!link)
			return;
		read_ends(reader, node, link);
	}
}

/* <&window offset [size]>; without a size, `size` or else all that is left. */
static void read_piece(struct reader *reader, int node, const char *property,
		       enum manifest_need need, unsigned int low, uint64_t size,
		       struct model_piece *piece)
{
	const struct memory_range *range;
	const uint8_t *cells;
	unsigned int count, window;
	uint32_t offset;

	count = manifest_read_cells(reader, node, property, need, low, 3,
				    &cells);
	if (!count ||
	    !manifest_find_reference(reader, node, property,
				     tree_cell(cells, 0), KIND_WINDOW, &window))
		return;
	range = &reader->model->windows[window].range;
	offset = tree_cell(cells, 1);
	if (!range->size)
		return;
	if (offset % MODEL_PAGE_SIZE) {
		refuse(reader, node, property,
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
		refuse(reader, node, property,
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
	uint32_t size = 0;

	manifest_read_u32(reader, node, "queues", NEED_MANDATORY, 1, QUEUES_MAX,
			  &channel->queues);
	manifest_read_u32(reader, node, "queue-size", NEED_MANDATORY, 1,
			  QUEUE_SIZE_MAX, &size);
	if (size & (size - 1))
		refuse(reader, node, "queue-size",
		       "is %u; must be a power of two (VirtIO 1.2, 2.7)", size);
	channel->queue_size = size;
	manifest_read_u32(reader, node, "bit", NEED_OPTIONAL, 0, 63,
			  &channel->bit);
	channel->publish_timeout_ms = TIMEOUT_MS;
	manifest_read_u32(reader, node, "publish-timeout-ms", NEED_OPTIONAL, 1,
			  TIMEOUT_MAX_MS, &channel->publish_timeout_ms);
}

/* Where it lies: pages that firmware, server and client meet in. */
static void read_pieces(struct reader *reader, int node,
			struct model_channel *channel)
{
	static const char *const modes[] = { "window", "grant", NULL };

	if (manifest_read_word(reader, node, "data", NEED_OPTIONAL, modes) == 1)
		channel->data = MODEL_DATA_GRANT;
	read_piece(reader, node, "control", NEED_MANDATORY, 2, MODEL_PAGE_SIZE,
		   &channel->control);
	read_piece(reader, node, "pool", channel->data == MODEL_DATA_GRANT ?
		   NEED_OPTIONAL : NEED_MANDATORY, 3, 0, &channel->pool);
	read_piece(reader, node, "record", NEED_OPTIONAL, 2, 0,
		   &channel->record);
	read_piece(reader, node, "registers", NEED_OPTIONAL, 2, MODEL_PAGE_SIZE,
		   &channel->registers);
}

void manifest_read_channels(struct reader *reader, int parent)
{
	static const char *const known[] = {
		"device", "server", "client", "link", "control", "pool",
		"record", "registers", "queues", "queue-size", "data", "bit",
		"publish-timeout-ms", NULL
	};
	static const char *const devices[] = { "block", NULL };
	struct model_channel *channel;
	int node;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		channel = manifest_read_entry(reader, node, KIND_CHANNEL, known,
					      manifest_read_nothing);
		if (!channel)
			return;
		manifest_read_word(reader, node, "device", NEED_MANDATORY,
				   devices);
		channel->device = devices[0];
		manifest_read_reference(reader, node, "server", NEED_MANDATORY,
					KIND_COMPARTMENT, &channel->server);
		manifest_read_reference(reader, node, "client", NEED_MANDATORY,
					KIND_COMPARTMENT, &channel->client);
		manifest_read_reference(reader, node, "link", NEED_MANDATORY,
					KIND_LINK, &channel->link);
		read_pieces(reader, node, channel);
		read_queues(reader, node, channel);
	}
}
