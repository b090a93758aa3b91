/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <string.h>
#include <common/tree.h>

#define CHANNEL_TIMEOUT_DEFAULT 1000	/* ms; docs/manifest.md */

struct tree tree;

uint64_t tree_read_cell(const void *blob, int node, const char *name,
			uint64_t otherwise)
{
	int size;
	const fdt32_t *cell = fdt_getprop(blob, node, name, &size);

	return cell && size >= 4 ? fdt32_to_cpu(*cell) : otherwise;
}

const char *tree_read_string(const void *blob, int node, const char *name)
{
	int size;
	const char *s = fdt_getprop(blob, node, name, &size);

	return s && size > 0 && !s[size - 1] ? s : "";
}

struct tree_range tree_read_range(const void *blob, int node,
				  const char *name, unsigned int index)
{
	struct tree_range range = { 0, 0 };
	int size;
	const fdt32_t *cell = fdt_getprop(blob, node, name, &size);

	if (cell && size >= 0 && (unsigned int)size / 16 > index) {
		cell += 4 * index;
		range.base = (uint64_t)fdt32_to_cpu(cell[0]) << 32 |
			     fdt32_to_cpu(cell[1]);
		range.size = (uint64_t)fdt32_to_cpu(cell[2]) << 32 |
			     fdt32_to_cpu(cell[3]);
	}
	return range;
}

/* In one cell or two. */
static unsigned long tree_read_id(const void *blob, int node)
{
	int size;
	const fdt32_t *cell = fdt_getprop(blob, node, "reg", &size);

	if (!cell || size < 4)
		return ~0UL;
	if (size < 8)
		return fdt32_to_cpu(cell[0]);
	return (unsigned long)fdt32_to_cpu(cell[0]) << 32 |
	       fdt32_to_cpu(cell[1]);
}

static int tree_read_harts(struct tree *tree)
{
	const void *blob = tree->blob;
	int cpus = fdt_path_offset(blob, "/cpus"), node;
	struct tree_hart *hart;

	if (cpus < 0)
		return -1;
	tree->timebase = tree_read_timebase(blob, cpus);
	fdt_for_each_subnode(node, blob, cpus) {
		if (strcmp(tree_read_string(blob, node, "device_type"), "cpu"))
			continue;
		if (tree->hart_count == HARTS_MAX)
			return -1;
		hart = &tree->harts[tree->hart_count++];
		hart->id = tree_read_id(blob, node);
		tree_read_hart(blob, node, hart);
	}
	return tree->hart_count ? 0 : -1;
}

static int tree_read_devices(struct tree *tree)
{
	const void *blob = tree->blob;
	int soc = fdt_path_offset(blob, "/soc"), node;
	struct tree_device *device;

	if (soc < 0)
		return 0;
	fdt_for_each_subnode(node, blob, soc) {
		if (tree->device_count == TREE_DEVICES_MAX)
			return -1;
		device = &tree->devices[tree->device_count++];
		device->name = fdt_get_name(blob, node, NULL);
		device->label = tree_read_string(blob, node, "bulkhead,name");
		device->compatible = fdt_getprop(blob, node, "compatible",
						 &device->compatible_size);
		device->reg = tree_read_range(blob, node, "reg", 0);
		tree_read_source(blob, node, device);
	}
	return 0;
}

static int tree_read_windows(struct tree *tree)
{
	const void *blob = tree->blob;
	int node, parent = fdt_path_offset(blob, "/bulkhead/windows");
	struct tree_window *window;

	if (parent < 0)
		return 0;
	fdt_for_each_subnode(node, blob, parent) {
		if (tree->window_count == TREE_WINDOWS_MAX)
			return -1;
		window = &tree->windows[tree->window_count++];
		window->name = fdt_get_name(blob, node, NULL);
		window->reg = tree_read_range(blob, node, "reg", 0);
		window->writable = !strcmp(tree_read_string(blob, node,
							    "access"), "rw");
	}
	return 0;
}

static int tree_read_links(struct tree *tree)
{
	const void *blob = tree->blob;
	int node, parent = fdt_path_offset(blob, "/bulkhead/links");
	struct tree_link *link;

	if (parent < 0)
		return 0;
	fdt_for_each_subnode(node, blob, parent) {
		if (tree->link_count == TREE_LINKS_MAX)
			return -1;
		link = &tree->links[tree->link_count++];
		link->name = fdt_get_name(blob, node, NULL);
		link->peer = tree_read_string(blob, node, "peer");
		link->number = tree_read_cell(blob, node, "link", ~0U);
	}
	return 0;
}

/*
 * In ascending order; what adjoins becomes one, so that a buffer may lie across
 * a seam which the client cannot see.
 */
static int tree_read_grants(const void *blob, int node,
			    struct tree_channel *channel)
{
	struct tree_range *last = NULL;

	for (unsigned int i = 0;; i++) {
		struct tree_range range = tree_read_range(blob, node, "memory",
							  i);

		if (!range.size)
			return 0;
		if (last && last->base + last->size == range.base) {
			last->size += range.size;
			continue;
		}
		if (channel->grant_count == TREE_GRANTS_MAX)
			return -1;
		last = &channel->grants[channel->grant_count++];
		*last = range;
	}
}

static int tree_read_channels(struct tree *tree)
{
	const void *blob = tree->blob;
	int node, parent = fdt_path_offset(blob, "/bulkhead/channels");
	struct tree_channel *channel;

	if (parent < 0)
		return 0;
	fdt_for_each_subnode(node, blob, parent) {
		if (tree->channel_count == TREE_CHANNELS_MAX)
			return -1;
		channel = &tree->channels[tree->channel_count++];
		channel->name = fdt_get_name(blob, node, NULL);
		channel->device = tree_read_string(blob, node, "device");
		channel->server = !strcmp(tree_read_string(blob, node, "role"),
					  "server");
		channel->link = tree_read_cell(blob, node, "link", ~0U);
		channel->bit = tree_read_cell(blob, node, "bit", 0);
		channel->queues = tree_read_cell(blob, node, "queues", 1);
		channel->queue_size = tree_read_cell(blob, node, "queue-size",
						     0);
		channel->publish_timeout =
			tree_read_cell(blob, node, "publish-timeout-ms",
				       CHANNEL_TIMEOUT_DEFAULT);
		channel->control = tree_read_range(blob, node, "control", 0);
		channel->pool = tree_read_range(blob, node, "pool", 0);
		channel->record = tree_read_range(blob, node, "record", 0);
		if (tree_read_grants(blob, node, channel))
			return -1;
	}
	return 0;
}

static int tree_read_memory(struct tree *tree)
{
	const void *blob = tree->blob;
	int node;

	fdt_for_each_subnode(node, blob, 0) {
		if (strcmp(tree_read_string(blob, node, "device_type"),
			   "memory"))
			continue;
		tree->memory = tree_read_range(blob, node, "reg", 0);
		return tree->memory.size ? 0 : -1;
	}
	return -1;
}

int tree_init(struct tree *tree, const void *blob)
{
	memset(tree, 0, sizeof(*tree));
	if (fdt_check_header(blob))
		return -1;
	tree->blob = blob;
	tree->name = tree_read_string(blob, 0, "model");
	tree->bootargs = tree_read_string(blob,
					  fdt_path_offset(blob, "/chosen"),
					  "bootargs");
	if (tree_read_memory(tree) || tree_read_harts(tree) ||
	    tree_read_devices(tree) || tree_read_windows(tree) ||
	    tree_read_links(tree) || tree_read_channels(tree))
		return -1;
	return 0;
}

const struct tree_device *tree_find_device(const struct tree *tree,
					   const struct tree_device *last,
					   const char *compatible)
{
	const struct tree_device *device = last ? last + 1 : tree->devices;

	for (; device < tree->devices + tree->device_count; device++) {
		if (device->compatible &&
		    fdt_stringlist_contains(device->compatible,
					    device->compatible_size,
					    compatible))
			return device;
	}
	return NULL;
}

const struct tree_hart *tree_find_hart(const struct tree *tree,
				       unsigned long id)
{
	for (unsigned int i = 0; i < tree->hart_count; i++) {
		if (tree->harts[i].id == id)
			return &tree->harts[i];
	}
	return NULL;
}

static const char *tree_find_word(const struct tree *tree, const char *word,
				  char end)
{
	size_t length = strlen(word);
	const char *s = tree->bootargs;

	while (*s) {
		if (!strncmp(s, word, length) &&
		    (s[length] == end || (end == ' ' && !s[length])))
			return s + length;
		while (*s && *s != ' ')
			s++;
		while (*s == ' ')
			s++;
	}
	return NULL;
}

bool tree_has_word(const struct tree *tree, const char *word)
{
	return tree_find_word(tree, word, ' ') != NULL;
}

uint64_t tree_get_number(const struct tree *tree, const char *key,
			 uint64_t otherwise)
{
	const char *s = tree_find_word(tree, key, '=');
	uint64_t number = 0;

	if (!s || s[1] < '0' || s[1] > '9')
		return otherwise;
	for (s++; *s >= '0' && *s <= '9'; s++)
		number = number * 10 + *s - '0';
	return number;
}

const char *tree_get_string(const struct tree *tree, const char *key,
			    size_t *length)
{
	const char *s = tree_find_word(tree, key, '=');

	if (!s)
		return NULL;
	for (s++, *length = 0; s[*length] && s[*length] != ' ';)
		(*length)++;
	return s;
}
