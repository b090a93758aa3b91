/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the linked bundle to compartments that run: move bundle and machine tree
 * out of the way, read and check the manifest, load everything, start it.
 */
#include <compartment/map.h>
#include <libfdt.h>
#include <partitioner/arch.h>
#include "present.h"

struct partitioner partitioner;

/* Inside the bundle it is not aligned as libfdt wants a tree to be. */
static char manifest_copy[MANIFEST_SIZE_MAX] __attribute__((aligned(8)));

void partitioner_stop(void)
{
	partitioner_print("nothing was started");
	arch_power_off(true);
}

/* The manifest in the bundle, copied; its size, or 0 with the reason said. */
static size_t manifest_load(struct bundle *bundle, const void *blob,
			    size_t size, struct compartment_report *report)
{
	struct bundle_image image;

	if (bundle_open(bundle, blob, size, report) ||
	    bundle_find_image(bundle, BUNDLE_MANIFEST, &image, report) ||
	    bundle_verify_image(&image, report))
		return 0;
	if (image.size > sizeof(manifest_copy)) {
		compartment_report_error(report, "/images/" BUNDLE_MANIFEST,
					 "data", "%lu bytes; at most %u are read",
					 image.size, MANIFEST_SIZE_MAX);
		return 0;
	}
	memcpy(manifest_copy, image.data, image.size);
	return image.size;
}

/*
 * The boot hart of `cold-boot`, or else of the first compartment. Only a
 * preference: nothing is checked yet, and whatever is wrong is said later, by
 * any hart.
 */
uint32_t partitioner_get_preferred_hart(const void *bundle, size_t size)
{
	const void *fdt = manifest_copy;
	const fdt32_t *cell;
	int len = 0, node = -1;
	struct bundle opened;

	size = manifest_load(&opened, bundle, size, NULL);
	/* Stops reads past the copy: nobody else has looked at its form. */
	if (!size || fdt_check_full(fdt, size))
		return NO_HART;
	cell = fdt_getprop(fdt, 0, "cold-boot", &len);
	if (cell && len == sizeof(*cell))
		node = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*cell));
	if (node < 0)
		node = fdt_first_subnode(fdt,
				fdt_path_offset(fdt, "/compartments"));
	/* If there is none, it has no properties. */
	cell = fdt_getprop(fdt, node, "boot-hart", &len);
	if (!cell)
		cell = fdt_getprop(fdt, node, "harts", &len);
	return cell && len >= (int)sizeof(*cell) ? fdt32_to_cpu(*cell) :
						   NO_HART;
}

/*
 * Moves tree and bundle to the top of the RAM that holds the firmware. The
 * stage before may have put the tree where the bundle is going: it goes first.
 */
static const void *copies_move(const struct machine *machine, void *bundle,
			       size_t size, const void *tree,
			       struct compartment_report *report)
{
	struct compartment_board *board = &partitioner.board;
	uint64_t tree_copy;

	if (board_place_copies(board, machine, size, fdt_totalsize(tree),
			       &tree_copy, report))
		partitioner_stop();
	memmove((void *)tree_copy, tree, fdt_totalsize(tree));
	memmove((void *)board->private.base, bundle, size);
	/* Stops whoever is granted that memory from reading all images. */
	memset(bundle, 0, size);
	return (const void *)tree_copy;
}

static void manifest_read(size_t size, const void *tree,
			  struct compartment_report *report)
{
	const void *blob = (const void *)partitioner.board.private.base;

	size = manifest_load(&partitioner.bundle, blob, size, report);
	if (!size ||
	    manifest_parse(&partitioner.model, manifest_copy, size, tree,
			   fdt_totalsize(tree), &partitioner.board, report) ||
	    manifest_check_bundle(&partitioner.model, &partitioner.bundle,
				  report))
		partitioner_stop();
}

static void harts_add(const struct machine *machine)
{
	struct hart *hart;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++) {
		hart = arch_hart_add(machine->harts[i].id);
		if (!hart)
			partitioner_fatal("hart %u of the machine's tree is not there, or one too many",
					  machine->harts[i].id);
		hart->compartment = COMPARTMENT_NONE;
		hart->coordinates = COMPARTMENT_NONE;
	}
}

static void partitions_setup(void)
{
	const struct model *model = &partitioner.model;
	unsigned int id, i;

	for (id = 0; id < model->compartment_count; id++) {
		const struct model_compartment *c = &model->compartments[id];

		console_line_init(&partitioner.partitions[id].line, c->name);
		for (i = 0; i < c->hart_count; i++)
			arch_hart_find(c->harts[i])->compartment = (int)id;
	}
}

const void *partitioner_prepare(void *bundle, size_t size, const void *tree)
{
	static struct machine machine;
	struct compartment_report report = { .line = partitioner_print_line };

	if (machine_parse(&machine, &partitioner.board, tree,
			  fdt_totalsize(tree), &report))
		partitioner_stop();
	tree = copies_move(&machine, bundle, size, tree, &report);
	manifest_read(size, tree, &report);
	harts_add(&partitioner.model.machine);
	partitions_setup();
	doorbell_setup();
	return tree;
}

void partitioner_load(void)
{
	const struct model *model = &partitioner.model;
	unsigned int i;

	map_print(model, partitioner_print_line, NULL);
	/* What a warm reset of the machine left there is nobody's. */
	for (i = 0; i < model->window_count; i++) {
		const struct memory_range *range = &model->windows[i].range;

		memset((void *)range->base, 0, range->size);
		arch_memory_publish(range->base, range->size);
	}
	present_channel_setup();
	for (i = 0; i < model->compartment_count; i++)
		if (!life_load(i))
			partitioner_stop();
}

int partitioner_start(void)
{
	const struct model *model = &partitioner.model;
	int own = COMPARTMENT_NONE;
	unsigned int id;

	partitioner.alive = model->compartment_count;
	for (id = 0; id < model->compartment_count; id++)
		lifecycle_mark_started(&partitioner.partitions[id].life);
	for (id = 0; id < model->compartment_count; id++) {
		const struct model_compartment *c = &model->compartments[id];

		if (c->boot_hart == arch_hart_this()->id)
			own = (int)id;
		else if (!arch_hart_start(c->boot_hart,
					  partitioner_get_entry(id),
					  partitioner_get_tree(id)))
			partitioner_fatal("%s: its boot hart does not start",
					  c->name);
	}
	return own;
}

uint64_t partitioner_get_entry(unsigned int compartment)
{
	return partitioner.model.compartments[compartment].memory[0].base;
}

uint64_t partitioner_get_tree(unsigned int compartment)
{
	const struct memory_range *memory =
		&partitioner.model.compartments[compartment].memory[0];

	return memory->base + memory->size - MODEL_TREE_SIZE;
}
