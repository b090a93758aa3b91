/* SPDX-License-Identifier: BSD-2-Clause */
/* /compartments: who gets which harts and memory, and runs what. */
#include <libfdt.h>

#include "reader.h"

#define BOOTARGS_MAX	1024

static void read_harts(struct reader *reader, int node, unsigned int index)
{
	struct model_compartment *self = &reader->model->compartments[index];
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i, count;
	uint32_t id;

	count = manifest_read_cells(reader, node, "harts", NEED_MANDATORY, 1,
				    MODEL_HARTS_MAX, &cells);
	for (i = 0; i < count; i++) {
		id = tree_cell(cells, i);
		hart = (struct machine_hart *)
			machine_find_hart(&reader->model->machine, id);
		if (!hart) {
			refuse(reader, node, "harts",
			       "hart %u is not in this machine, which has %u",
			       id, reader->model->machine.hart_count);
			continue;
		}
		/* Two owners of one hart would have one set of entries. */
		if (hart->owner >= 0) {
			refuse(reader, node, "harts",
			       "hart %u already belongs to compartment %s; a hart has one owner",
			       id,
			       reader->model->compartments[hart->owner].name);
			continue;
		}
		hart->owner = (int)index;
		self->harts[self->hart_count++] = id;
	}
	if (!self->hart_count)
		return;
	self->boot_hart = self->harts[0];
	manifest_read_u32(reader, node, "boot-hart", NEED_OPTIONAL, 0, ~0U,
			  &self->boot_hart);
	for (i = 0; i < self->hart_count; i++)
		if (self->harts[i] == self->boot_hart)
			return;
	refuse(reader, node, "boot-hart",
	       "hart %u is not among the compartment's harts", self->boot_hart);
}

static void read_memory(struct reader *reader, int node,
			struct model_compartment *self)
{
	const uint8_t *cells;
	unsigned int i, count;

	count = manifest_read_cells(reader, node, "memory", NEED_MANDATORY, 4,
				    4 * MODEL_MEMORY_MAX, &cells);
	if (count % 4) {
		refuse(reader, node, "memory",
		       "%u cells; each range is a base and a size of 2 cells each",
		       count);
		return;
	}
	for (i = 0; i < count / 4; i++)
		manifest_read_range(reader, node, "memory", cells + 16 * i,
				    &self->memory[i]);
	self->memory_count = count / 4;
	if (count && self->memory[0].size &&
	    self->memory[0].size <= MODEL_TREE_SIZE)
		refuse(reader, node, "memory",
		       "the first range must be larger than 0x%x, which its device tree takes",
		       MODEL_TREE_SIZE);
}

/* The name of one of the bundle's images. */
static void read_image(struct reader *reader, int node, const char *property,
		       enum manifest_need need, char *image)
{
	const char *text = manifest_read_string(reader, node, property, need,
						MODEL_IMAGE_MAX);
	size_t i;

	for (i = 0; text && text[i]; i++)
		image[i] = text[i];
}

static void read_properties(struct reader *reader, int node,
			    unsigned int index)
{
	static const char *const restarts[] = { "always", "never", NULL };
	static const char *const consoles[] = { "uart", "calls", NULL };
	struct model_compartment *self = &reader->model->compartments[index];
	const char *text;

	read_harts(reader, node, index);
	read_memory(reader, node, self);
	read_image(reader, node, "image", NEED_MANDATORY, self->image);
	read_image(reader, node, "initrd", NEED_OPTIONAL, self->initrd);
	manifest_read_u32(reader, node, "criticality", NEED_OPTIONAL, 0, ~0U,
			  &self->criticality);
	self->restart = MODEL_RESTART_NEVER;
	if (manifest_read_word(reader, node, "restart", NEED_OPTIONAL,
			       restarts) == 0)
		self->restart = MODEL_RESTART_ALWAYS;
	text = manifest_read_string(reader, node, "bootargs", NEED_OPTIONAL,
				    BOOTARGS_MAX);
	self->bootargs = text ? text : "";
	if (manifest_read_word(reader, node, "console", NEED_OPTIONAL,
			       consoles) == 0)
		manifest_read_uart(reader, node, self);
}

static void read_observes(struct reader *reader,
			  struct model_compartment *self)
{
	const uint8_t *cells;
	unsigned int i, seen, count;

	count = manifest_read_cells(reader, self->source.node, "observes",
				    NEED_OPTIONAL, 1, MODEL_COMPARTMENTS_MAX,
				    &cells);
	for (i = 0; i < count; i++)
		if (manifest_find_reference(reader, self->source.node,
					    "observes", tree_cell(cells, i),
					    KIND_COMPARTMENT, &seen))
			self->observes |= 1U << seen;
}

void manifest_read_compartments(struct reader *reader, int parent)
{
	static const char *const known[] = {
		"harts", "boot-hart", "memory", "image", "criticality",
		"restart", "bootargs", "observes", "initrd", "console", NULL
	};
	static const char *const children[] = { "devices", NULL };
	struct model *model = reader->model;
	unsigned int i;
	int node, devices;

	manifest_read_words(reader, parent, manifest_read_nothing, NULL);
	fdt_for_each_subnode(node, reader->fdt, parent) {
		if (!manifest_read_entry(reader, node, KIND_COMPARTMENT, known,
					 children))
			break;
		i = model->compartment_count - 1;
		read_properties(reader, node, i);
		devices = fdt_subnode_offset(reader->fdt, node, "devices");
		if (devices >= 0)
			manifest_read_devices(reader, devices, i);
	}
	if (!model->compartment_count)
		refuse(reader, parent, NULL,
		       "no compartment; a system has at least one");
	/* Phandles of later nodes are known only now. */
	for (i = 0; i < model->compartment_count; i++)
		read_observes(reader, &model->compartments[i]);
}
