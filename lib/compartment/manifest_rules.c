/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules about places: what may lie where, and how many entries it takes. */
#include <compartment/protection.h>

#include "reader.h"

/* One thing that occupies addresses. */
struct place {
	struct memory_range range;		/* size 0: nothing is there */
	const struct model_source *source;	/* NULL: not the manifest's */
	const char *property;
	const char *what;			/* "memory of", ... */
	const char *name;
};

#define PLACES_FIXED	(2 + 2 * MACHINE_HARTS_MAX)

static unsigned int count_places(const struct model *model)
{
	return PLACES_FIXED + MODEL_MEMORY_MAX * model->compartment_count +
	       model->window_count + MODEL_REGS_MAX * model->device_count;
}

/* Place `index` of all: what the manifest cannot move comes first. */
static struct place get_place(const struct model *model, unsigned int index)
{
	const struct machine_hart *hart;
	const struct model_compartment *compartment;
	const struct model_window *window;
	const struct model_device *device;

	if (index < 2)
		return (struct place){
			index ? model->board->private : model->board->firmware,
			NULL, NULL, "the firmware", index ? "'s copies" : ""
		};
	if (index < PLACES_FIXED) {
		hart = &model->machine.harts[index / 2 - 1];
		return (struct place){
			index % 2 ? hart->imsic_page : hart->plic_page,
			NULL, NULL, "a hart's interrupt page", ""
		};
	}
	index -= PLACES_FIXED;
	if (index < MODEL_MEMORY_MAX * model->compartment_count) {
		compartment = &model->compartments[index / MODEL_MEMORY_MAX];
		return (struct place){
			compartment->memory[index % MODEL_MEMORY_MAX],
			&compartment->source, "memory", "memory of ",
			compartment->name
		};
	}
	index -= MODEL_MEMORY_MAX * model->compartment_count;
	if (index < model->window_count) {
		window = &model->windows[index];
		return (struct place){ window->range, &window->source, "reg",
				       "window ", window->name };
	}
	index -= model->window_count;
	device = &model->devices[index / MODEL_REGS_MAX];
	return (struct place){ device->regs[index % MODEL_REGS_MAX],
			       &device->source, "path", "device ",
			       device->path };
}

/*
 * Memory and windows are RAM as a whole. Registers are no RAM at all: stops RAM
 * from being granted under a device's name, which would spare it the rules of
 * memory: it would not be scrubbed, and what it carries over no map would tell.
 */
static void check_ram(const struct reader *reader, const struct place *place,
		      bool is_device)
{
	const struct machine *machine = &reader->model->machine;
	const struct memory_range *ram = machine->ram;
	unsigned int i;

	for (i = 0; is_device && i < machine->ram_count; i++)
		if (range_overlaps(&ram[i], &place->range))
			refuse(reader, place->source->node, place->property,
			       "its registers overlap RAM at 0x%lx; only devices are granted by path",
			       ram[i].base);
	if (!is_device && !machine_contains_ram(machine, place->range.base,
						place->range.size))
		refuse(reader, place->source->node, place->property,
		       "0x%lx..0x%lx is outside RAM, which is 0x%lx..0x%lx",
		       place->range.base,
		       place->range.base + place->range.size - 1, ram->base,
		       ram->base + ram->size - 1);
}

void manifest_check_placement(const struct reader *reader)
{
	unsigned int count = count_places(reader->model), i, k;
	unsigned int devices = count - MODEL_REGS_MAX *
			       reader->model->device_count;
	struct place place, other;

	for (k = PLACES_FIXED; k < count; k++) {
		place = get_place(reader->model, k);
		if (!place.range.size)
			continue;
		check_ram(reader, &place, k >= devices);
		/* One byte in two places would be shared without a window. */
		for (i = 0; i < k; i++) {
			other = get_place(reader->model, i);
			if (!range_overlaps(&other.range, &place.range))
				continue;
			refuse(reader, place.source->node, place.property,
			       "0x%lx..0x%lx overlaps 0x%lx..0x%lx, which is %s%s; each needs its own addresses",
			       place.range.base,
			       place.range.base + place.range.size - 1,
			       other.range.base,
			       other.range.base + other.range.size - 1,
			       other.what, other.name);
		}
	}
}

/* The owner of a trusted bus master holds the fate of all that DMA reaches. */
static void warn_dma(const struct reader *reader,
		     const struct model_device *device)
{
	const struct model_compartment *each = reader->model->compartments;
	const struct model_compartment *end =
		each + reader->model->compartment_count;
	const struct model_compartment *owner = &each[device->owner];
	const struct model_compartment *highest = owner;
	char path[TREE_PATH_MAX];

	for (; each < end; each++)
		if (each->criticality > highest->criticality)
			highest = each;
	if (device->dma != MODEL_DMA_TRUSTED || highest == owner)
		return;
	tree_path(reader->fdt, device->source.node, path);
	compartment_report_warning(reader->report, path, "dma",
				   "\"trusted\" lets %s, of criticality %u, reach all memory of %s, of criticality %u",
				   owner->name, owner->criticality,
				   highest->name, highest->criticality);
}

void manifest_check_devices(const struct reader *reader)
{
	const struct model *model = reader->model;
	const struct model_device *device;
	unsigned int i;

	for (i = 0; i < model->device_count; i++) {
		device = &model->devices[i];
		/* A device at work would write into its owner's next life. */
		if (device->reset == DEVICE_RESET_UNKNOWN &&
		    model->compartments[device->owner].restart ==
		    MODEL_RESTART_ALWAYS)
			refuse(reader, device->source.node, "path",
			       "no reset method is known for %s, so its owner cannot be restarted: say restart = \"never\"",
			       device->compatible);
		warn_dma(reader, device);
	}
}

void manifest_check_entries(const struct reader *reader)
{
	struct model *model = reader->model;
	unsigned int available =
		model->board->entries > model->board->entries_kept ?
		model->board->entries - model->board->entries_kept : 0;
	struct model_compartment *self;
	unsigned int i, k, needed;

	for (i = 0; i < model->compartment_count; i++) {
		self = &model->compartments[i];
		for (k = 0; k < self->hart_count; k++) {
			needed = protection_list(model, i, self->harts[k],
						 NULL, 0);
			if (needed > self->entries)
				self->entries = needed;
			if (needed > available)
				refuse(reader, self->source.node, "harts",
				       "hart %u needs %u protection entries, %u are available; fewer or adjoining ranges of power-of-two sizes, aligned to their size, take fewer",
				       self->harts[k], needed, available);
		}
	}
}
