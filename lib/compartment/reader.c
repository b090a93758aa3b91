/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed, reporting access to the manifest's properties. */
#include <libfdt.h>

#include "reader.h"

/* A table of the model, its entries all beginning with their name. */
struct table {
	const char *kind;
	char *entries;
	size_t stride;
	size_t source_at;
	unsigned int *count;
	unsigned int max;
};

#define TABLE(kind_, type_, entries_, count_, max_)			\
	((struct table){ .kind = (kind_), .entries = (char *)(entries_),\
			 .stride = sizeof(struct type_),		\
			 .source_at = offsetof(struct type_, source),	\
			 .count = &(count_), .max = (max_) })

const char *const manifest_read_nothing[] = { NULL };

static struct table get_table(struct model *model, enum manifest_kind kind)
{
	switch (kind) {
	case KIND_COMPARTMENT:
		return TABLE("compartment", model_compartment,
			     model->compartments, model->compartment_count,
			     MODEL_COMPARTMENTS_MAX);
	case KIND_DEVICE:
		return TABLE("device", model_device, model->devices,
			     model->device_count, MODEL_DEVICES_MAX);
	case KIND_WINDOW:
		return TABLE("window", model_window, model->windows,
			     model->window_count, MODEL_WINDOWS_MAX);
	case KIND_LINK:
		return TABLE("link", model_link, model->links,
			     model->link_count, MODEL_LINKS_MAX);
	default:
		return TABLE("channel", model_channel, model->channels,
			     model->channel_count, MODEL_CHANNELS_MAX);
	}
}

static struct model_source *get_source(const struct table *table,
				       unsigned int index)
{
	return (struct model_source *)(table->entries + index * table->stride +
				       table->source_at);
}

static bool is_among(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

void manifest_read_words(struct reader *reader, int node,
			 const char *const *known, const char *const *children)
{
	/* Words of the architecture that a later firmware will know. */
	static const char *const later[] = { "watchdog", "manages", NULL };
	const char *name;
	int each;

	fdt_for_each_property_offset(each, reader->fdt, node) {
		if (!fdt_getprop_by_offset(reader->fdt, each, &name, NULL))
			break;
		if (is_among(name, later))
			refuse(reader, node, name,
			       "this firmware does not act on it yet; leave it out");
		else if (!is_among(name, known) && strcmp(name, "phandle"))
			refuse(reader, node, name,
			       "unknown property; docs/manifest.md lists those of this node");
	}
	if (!children)
		return;
	fdt_for_each_subnode(each, reader->fdt, node) {
		name = fdt_get_name(reader->fdt, each, NULL);
		if (!name || !is_among(name, children))
			refuse(reader, each, NULL,
			       "unknown node; docs/manifest.md lists those that may be here");
	}
}

/* 1 to 15 characters of a-z, 0-9 and "-" */
static void read_name(struct reader *reader, int node, char *name)
{
	int length, i;
	const char *from = fdt_get_name(reader->fdt, node, &length);
	bool is_good = from && length > 0 && length < MODEL_NAME_MAX;

	for (i = 0; is_good && i < length; i++) {
		is_good = (from[i] >= 'a' && from[i] <= 'z') ||
			  (from[i] >= '0' && from[i] <= '9') || from[i] == '-';
		name[i] = from[i];
	}
	if (!is_good)
		refuse(reader, node, NULL,
		       "a name must have 1 to %u characters of a-z, 0-9 and \"-\"",
		       MODEL_NAME_MAX - 1);
}

void *manifest_read_entry(struct reader *reader, int node,
			  enum manifest_kind kind, const char *const *known,
			  const char *const *children)
{
	struct table table = get_table(reader->model, kind);
	int parent = fdt_parent_offset(reader->fdt, node);
	unsigned int i, index = *table.count;
	char *entry = table.entries + index * table.stride;

	if (index == table.max) {
		refuse(reader, node, NULL, "more than %u %ss", table.max,
		       table.kind);
		return NULL;
	}
	++*table.count;
	get_source(&table, index)->node = node;
	get_source(&table, index)->phandle = fdt_get_phandle(reader->fdt, node);
	manifest_read_words(reader, node, known, children);
	read_name(reader, node, entry);
	for (i = 0; i < index; i++)
		if (!strcmp(table.entries + i * table.stride, entry) &&
		    fdt_parent_offset(reader->fdt, get_source(&table, i)->node)
		    == parent)
			refuse(reader, node, NULL, "another %s has this name",
			       table.kind);
	return entry;
}

/* Whether the property is there; a missing mandatory one is reported. */
static bool has_property(struct reader *reader, int node, const char *property,
			 enum manifest_need need)
{
	if (fdt_getprop(reader->fdt, node, property, NULL))
		return true;
	if (need == NEED_MANDATORY)
		refuse(reader, node, property,
		       "missing; this property is mandatory");
	return false;
}

void manifest_read_u32(struct reader *reader, int node, const char *property,
		       enum manifest_need need, uint32_t low, uint32_t high,
		       uint32_t *value)
{
	const uint8_t *cells;
	uint32_t found;

	if (!manifest_read_cells(reader, node, property, need, 1, 1, &cells))
		return;
	found = tree_cell(cells, 0);
	if (found < low || found > high)
		refuse(reader, node, property, "is %u; must be %u to %u", found,
		       low, high);
	else
		*value = found;
}

const char *manifest_read_string(struct reader *reader, int node,
				 const char *property, enum manifest_need need,
				 size_t size)
{
	const char *value;

	if (!has_property(reader, node, property, need))
		return NULL;
	value = tree_string(reader->fdt, node, property);
	if (value && *value && strlen(value) < size)
		return value;
	refuse(reader, node, property,
	       "must be one string of 1 to %lu characters", size - 1);
	return NULL;
}

int manifest_read_word(struct reader *reader, int node, const char *property,
		       enum manifest_need need, const char *const *words)
{
	const char *value;
	int index;

	if (!has_property(reader, node, property, need))
		return -1;
	value = tree_string(reader->fdt, node, property);
	for (index = 0; value && words[index]; index++)
		if (!strcmp(words[index], value))
			return index;
	refuse(reader, node, property, "is \"%s\"; must be \"%s\"%s%s%s",
	       value ? value : "", words[0], words[1] ? " or \"" : "",
	       words[1] ? words[1] : "", words[1] ? "\"" : "");
	return -1;
}

unsigned int manifest_read_cells(struct reader *reader, int node,
				 const char *property, enum manifest_need need,
				 unsigned int low, unsigned int high,
				 const uint8_t **cells)
{
	int count;

	if (!has_property(reader, node, property, need))
		return 0;
	count = tree_cells(reader->fdt, node, property, cells);
	if (count >= (int)low && count <= (int)high)
		return (unsigned int)count;
	if (low == high)
		refuse(reader, node, property, "must be %u cell%s", low,
		       low == 1 ? "" : "s");
	else
		refuse(reader, node, property, "must be %u to %u cells", low,
		       high);
	return 0;
}

void manifest_read_range(struct reader *reader, int node, const char *property,
			 const uint8_t *cells, struct memory_range *range)
{
	uint64_t base = tree_cell_pair(cells, 0);
	uint64_t size = tree_cell_pair(cells, 2);

	if (!size)
		refuse(reader, node, property, "size 0; must be whole pages");
	else if (base + size < base)
		refuse(reader, node, property,
		       "0x%lx + 0x%lx wraps around the end of the address space",
		       base, size);
	else if ((base | size) % MODEL_PAGE_SIZE)
		refuse(reader, node, property,
		       "base 0x%lx and size 0x%lx must be multiples of 0x%x",
		       base, size, MODEL_PAGE_SIZE);
	else
		*range = (struct memory_range){ .base = base, .size = size };
}

bool manifest_find_reference(struct reader *reader, int node,
			     const char *property, uint32_t phandle,
			     enum manifest_kind kind, unsigned int *index)
{
	struct table table = get_table(reader->model, kind);
	unsigned int i;

	for (i = 0; phandle && i < *table.count; i++) {
		if (get_source(&table, i)->phandle != phandle)
			continue;
		*index = i;
		return true;
	}
	refuse(reader, node, property,
	       "phandle %u is no %s of this manifest; write &label of a node in /%ss",
	       phandle, table.kind, table.kind);
	return false;
}

bool manifest_read_reference(struct reader *reader, int node,
			     const char *property, enum manifest_need need,
			     enum manifest_kind kind, unsigned int *index)
{
	const uint8_t *cells;

	return manifest_read_cells(reader, node, property, need, 1, 1,
				   &cells) &&
	       manifest_find_reference(reader, node, property,
				       tree_cell(cells, 0), kind, index);
}
