/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules about places: what may lie where, and how much protection it takes. */
#include <compartment/architecture.h>
#include <compartment/grant.h>
#include <compartment/text.h>

#include "reader.h"

/* One thing that occupies addresses. */
struct place {
	struct memory_range range;		/* size 0: nothing is there */
	const struct model_source *source;	/* NULL: not the manifest's */
	const char *property;
	const char *what;			/* "memory of", ... */
	const char *name;
	const struct model_device *device;	/* whose registers, or NULL */
};

/* Place `index` of those the manifest cannot move; false: no more. */
static bool get_fixed_place(const struct model *model, unsigned int index,
			    struct place *place)
{
	const struct architecture *architecture = model->board->architecture;

	*place = (struct place){ .what = architecture->interrupt_range_name,
				 .name = "" };
	if (index >= 2)
		return architecture->get_interrupt_range(&model->machine,
							 index - 2,
							 &place->range);
	place->range = index ? model->board->private : model->board->firmware;
	place->what = "the firmware";
	place->name = index ? "'s copies" : "";
	return true;
}

static struct place get_device_place(const struct model *model,
				     unsigned int index)
{
	const struct model_device *device =
		&model->devices[index / MODEL_REGS_MAX];
	struct place place = {
		.source = &device->source, .property = "path",
		.what = "device ", .name = device->path, .device = device,
	};

	if (index % MODEL_REGS_MAX < device->reg_count)
		place.range = grant_device_range(device,
						 index % MODEL_REGS_MAX);
	return place;
}

/* Place `index` of those the manifest makes; false: no more. */
static bool get_place(const struct model *model, unsigned int index,
		      struct place *place)
{
	const struct model_compartment *compartment;
	const struct model_window *window;

	if (index < MODEL_MEMORY_MAX * model->compartment_count) {
		compartment = &model->compartments[index / MODEL_MEMORY_MAX];
		*place = (struct place){
			compartment->memory[index % MODEL_MEMORY_MAX],
			&compartment->source, "memory", "memory of ",
			compartment->name, NULL
		};
		return true;
	}
	index -= MODEL_MEMORY_MAX * model->compartment_count;
	if (index < model->window_count) {
		window = &model->windows[index];
		*place = (struct place){ window->range, &window->source, "reg",
					 "window ", window->name, NULL };
		return true;
	}
	index -= model->window_count;
	if (index >= MODEL_REGS_MAX * model->device_count)
		return false;
	*place = get_device_place(model, index);
	return true;
}

/*
 * Memory and windows are RAM as a whole. Registers are no RAM at all: stops RAM
 * from being granted under a device's name, which would spare it the rules of
 * memory: it would not be scrubbed, and what it carries over no map would tell.
 */
static void check_ram(const struct reader *reader, const struct place *place)
{
	const struct machine *machine = &reader->model->machine;
	const struct memory_range *ram = machine->ram;
	unsigned int i;

	for (i = 0; place->device && i < machine->ram_count; i++)
		if (range_overlaps(&ram[i], &place->range))
			refuse(reader, place->source->node, place->property,
			       "its registers overlap RAM at 0x%lx; only devices are granted by path",
			       ram[i].base);
	if (!place->device && !machine_contains_ram(machine, place->range.base,
						    place->range.size))
		refuse(reader, place->source->node, place->property,
		       "0x%lx..0x%lx is outside RAM, which is 0x%lx..0x%lx",
		       place->range.base,
		       place->range.base + place->range.size - 1, ram->base,
		       ram->base + ram->size - 1);
}

static void check_reach(const struct reader *reader, const struct place *place)
{
	const struct architecture *architecture =
		reader->model->board->architecture;

	if (place->range.base + place->range.size > architecture->address_end)
		refuse(reader, place->source->node, place->property,
		       "0x%lx..0x%lx is too high: %s reach to 0x%lx",
		       place->range.base,
		       place->range.base + place->range.size - 1,
		       architecture->protection_unit,
		       architecture->address_end - 1);
}

/* One byte in two places would be shared without a window. */
static void check_overlap(const struct reader *reader,
			  const struct place *place, const struct place *other)
{
	if (!range_overlaps(&other->range, &place->range))
		return;
	/* Pages that were granted whole, to one owner. */
	if (place->device && other->device && place->device->whole_page &&
	    other->device->whole_page &&
	    place->device->owner == other->device->owner)
		return;
	refuse(reader, place->source->node, place->property,
	       "0x%lx..0x%lx overlaps 0x%lx..0x%lx, which is %s%s; each needs its own addresses",
	       place->range.base, place->range.base + place->range.size - 1,
	       other->range.base, other->range.base + other->range.size - 1,
	       other->what, other->name);
}

void manifest_check_placement(const struct reader *reader)
{
	const struct model *model = reader->model;
	struct place place, other;
	unsigned int i, k;

	for (k = 0; get_place(model, k, &place); k++) {
		if (!place.range.size)
			continue;
		check_ram(reader, &place);
		check_reach(reader, &place);
		for (i = 0; get_fixed_place(model, i, &other); i++)
			check_overlap(reader, &place, &other);
		for (i = 0; i < k; i++) {
			get_place(model, i, &other);
			check_overlap(reader, &place, &other);
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

/*
 * Two owners of one interrupt could each hold back what is the other's, or
 * learn when it comes.
 */
static void check_interrupts(const struct reader *reader,
			     const struct model_device *device)
{
	const struct model *model = reader->model;
	const struct model_device *other;
	unsigned int i, k;

	for (other = model->devices; other < device; other++) {
		if (other->owner == device->owner)
			continue;
		for (i = 0; i < device->interrupt_count; i++)
			for (k = 0; k < other->interrupt_count; k++)
				if (device->interrupts[i] ==
				    other->interrupts[k])
					refuse(reader, device->source.node,
					       "path",
					       "%s has interrupt %u, as has %s of compartment %s; devices with a common interrupt have one owner",
					       device->path,
					       device->interrupts[i],
					       other->path,
					       model->compartments[other->owner].name);
	}
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
			       device->neighbour ? device->path :
						   device->compatible);
		check_interrupts(reader, device);
		if (!device->neighbour)
			warn_dma(reader, device);
	}
}

/*
 * What the hart needs, if there is as much; else 0, and the refusal is said: of
 * the hart, or of the compartment where all its harts have the same.
 */
static unsigned int check_hart(const struct reader *reader, unsigned int index,
			       uint32_t hart)
{
	const struct model *model = reader->model;
	const struct compartment_board *board = model->board;
	const struct architecture *architecture = board->architecture;
	unsigned int available =
		board->protection_units > board->protection_kept ?
		board->protection_units - board->protection_kept : 0;
	unsigned int needed =
		architecture->count_protection(model, index, hart);
	int node = model->compartments[index].source.node;
	const char *property = "harts";
	char name[sizeof("hart 4294967295 ")] = "";
	struct text who = { .buffer = name, .size = sizeof(name) };

	if (needed <= available)
		return needed;
	if (architecture->protection_is_shared)
		property = NULL;
	else
		text_append(&who, "hart %u ", hart);
	if (needed == GRANT_TOO_MANY)
		refuse(reader, node, property,
		       "%sis granted more than %u separate ranges; fewer or adjoining ones are needed",
		       name, GRANTS_MAX);
	else
		refuse(reader, node, property,
		       "%sneeds %u %s, %u are available; %s", name, needed,
		       architecture->protection_unit, available,
		       architecture->protection_advice);
	return 0;
}

void manifest_check_protection(const struct reader *reader)
{
	struct model *model = reader->model;
	struct model_compartment *self;
	unsigned int i, k, count, needed;

	for (i = 0; i < model->compartment_count; i++) {
		self = &model->compartments[i];
		count = model->board->architecture->protection_is_shared ?
			1 : self->hart_count;
		for (k = 0; k < count; k++) {
			needed = check_hart(reader, i, self->harts[k]);
			if (needed > self->protection_units)
				self->protection_units = needed;
		}
	}
}
