/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv3 as a machine's tree describes it (device tree binding
 * "arm,gic-v3"; INTIDs and frames: Arm IHI 0069).
 */
#include <libfdt.h>

#include "arm64.h"
#include "../builder.h"
#include "../reader.h"

#define REDISTRIBUTOR_SIZE	0x20000ULL	/* RD_base and SGI_base */
#define FRAME_ALIGNMENT		0x10000ULL
#define REGIONS_MAX		8

/*
 * Cells of an interrupt: kind, number, flags; a fourth is 0 for an SPI, and
 * what comes behind means nothing yet.
 */
#define CELLS_MIN		3U
#define CELLS_MAX		8U
#define KIND_SPI		0U
#define FLAGS_EDGE_RISING	1U
#define SPI_FIRST		32U
#define SPI_COUNT		988U

int gicv3_find(const void *tree)
{
	int node = fdt_node_offset_by_compatible(tree, -1, GIC_COMPATIBLE);

	while (node >= 0 && !tree_is_enabled(tree, node))
		node = fdt_node_offset_by_compatible(tree, node,
						     GIC_COMPATIBLE);
	return node;
}

/* Cores of the machine, on or off, whose affinity is below `id`. */
static unsigned int count_cores_below(const void *tree, uint32_t id)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node, count;
	unsigned int below = 0;
	const uint8_t *reg;

	fdt_for_each_subnode(node, tree, cpus) {
		count = tree_cells(tree, node, "reg", &reg);
		if (tree_is(tree, node, "device_type", "cpu") && count > 0 &&
		    tree_cell(reg, (unsigned int)count - 1) < id)
			below++;
	}
	return below;
}

/* Bytes from one core's frames to the next core's; 0: none that can be. */
static uint64_t read_stride(const void *tree, int gic)
{
	uint64_t stride = REDISTRIBUTOR_SIZE;
	const uint8_t *cells;

	switch (tree_cells(tree, gic, "redistributor-stride", &cells)) {
	case 1:
		stride = tree_cell(cells, 0);
		break;
	case 2:
		stride = tree_cell_pair(cells, 0);
		break;
	}
	return stride < REDISTRIBUTOR_SIZE || stride % FRAME_ALIGNMENT ? 0 :
									 stride;
}

/*
 * Frames lie in the order of affinities through all regions. That is how they
 * are laid out, not what the tree says: the firmware compares GICR_TYPER of each
 * hart's before it starts anything (lib/arm64/gic.c).
 */
static bool find_redistributor(const void *tree, int gic, unsigned int position,
			       struct memory_range *range)
{
	uint32_t regions = tree_u32(tree, gic, "#redistributor-regions", 1);
	uint64_t stride = read_stride(tree, gic);
	struct memory_range reg;
	unsigned int i;

	if (!stride || regions > REGIONS_MAX)
		return false;
	for (i = 1; i <= regions && tree_reg(tree, gic, i, &reg); i++) {
		if (reg.base % FRAME_ALIGNMENT)
			return false;
		if (position < reg.size / stride) {
			range->base = reg.base + position * stride;
			range->size = REDISTRIBUTOR_SIZE;
			return true;
		}
		position -= (unsigned int)(reg.size / stride);
	}
	return false;
}

void gicv3_read(struct machine *machine, const struct compartment_board *board,
		const void *tree, struct compartment_report *report)
{
	int gic = gicv3_find(tree);
	struct machine_hart *hart;
	struct memory_range reg;
	unsigned int i;
	uint32_t cells;

	if (gic < 0) {
		compartment_report_error(report, "machine: /", NULL,
					 "no " GIC_COMPATIBLE " there; QEMU has one with gic-version=3");
		return;
	}
	cells = tree_u32(tree, gic, "#interrupt-cells", 0);
	if (cells < CELLS_MIN || cells > CELLS_MAX ||
	    !fdt_get_phandle(tree, gic)) {
		tree_error(report, tree, gic, "#interrupt-cells",
			   "must be %u to %u, and the node have a phandle",
			   CELLS_MIN, CELLS_MAX);
		return;
	}
	if (!tree_is_mapped_directly(tree, gic) ||
	    !tree_reg(tree, gic, 0, &reg) || reg.size < GICV3_DISTRIBUTOR_SIZE ||
	    reg.base % FRAME_ALIGNMENT) {
		tree_error(report, tree, gic, "reg",
			   "must begin with the distributor, of 0x%lx bytes, aligned to that",
			   (unsigned long)GICV3_DISTRIBUTOR_SIZE);
		return;
	}
	machine->distributor = reg;
	if (machine->hart_count < board->doorbell_count) {
		machine->undriven_first = board->doorbell_first +
					  machine->hart_count;
		machine->undriven_count = board->doorbell_count -
					  machine->hart_count;
	}
	for (i = 0; i < machine->hart_count; i++) {
		hart = &machine->harts[i];
		if (i < board->doorbell_count)
			hart->doorbell_interrupt = board->doorbell_first + i;
		if (!find_redistributor(tree, gic,
					count_cores_below(tree, hart->id),
					&hart->redistributor))
			tree_error(report, tree, gic, "reg",
				   "no redistributor for hart %u", hart->id);
	}
}

uint32_t gicv3_get_free_interrupt(const struct machine *machine,
				  unsigned int index)
{
	return index < machine->undriven_count ?
		       machine->undriven_first + index : 0;
}

void gicv3_put_interrupt(struct builder *builder, uint32_t interrupt)
{
	const void *tree = builder->model->machine.tree;
	fdt32_t cells[CELLS_MAX] = {
		cpu_to_fdt32(KIND_SPI), cpu_to_fdt32(interrupt - SPI_FIRST),
		cpu_to_fdt32(FLAGS_EDGE_RISING),
	};

	builder_put(builder, "interrupts", cells, sizeof(cells[0]) *
		    tree_u32(tree, gicv3_find(tree), "#interrupt-cells", 0));
}

/*
 * Stops a device from having an interrupt that is not its own: one of each
 * core, one whose distributor registers are not filtered, a doorbell.
 */
static const char *find_flaw(const struct compartment_board *board,
			     const uint8_t *cells)
{
	uint32_t number = tree_cell(cells, 1);

	if (tree_cell(cells, 0) != KIND_SPI || number >= SPI_COUNT)
		return "is no shared peripheral interrupt; only such can be granted";
	if (SPI_FIRST + number - board->doorbell_first < board->doorbell_count)
		return "is kept for doorbells, and for devices that the firmware plays";
	return NULL;
}

static void add_interrupt(struct reader *reader, int node,
			  struct model_device *device, const uint8_t *cells)
{
	const char *flaw = find_flaw(reader->model->board, cells);

	if (flaw)
		refuse(reader, node, "path", "%s: its interrupt <%u %u> %s",
		       device->path, tree_cell(cells, 0), tree_cell(cells, 1),
		       flaw);
	else if (device->interrupt_count == MODEL_INTERRUPTS_MAX)
		refuse(reader, node, "path", "%s has more than %u interrupts",
		       device->path, MODEL_INTERRUPTS_MAX);
	else
		device->interrupts[device->interrupt_count++] =
			SPI_FIRST + tree_cell(cells, 1);
}

void gicv3_read_device(struct reader *reader, int node,
		       struct model_device *device)
{
	const void *tree = reader->model->machine.tree;
	int gic = gicv3_find(tree), count;
	unsigned int stride = tree_u32(tree, gic, "#interrupt-cells", 0), i;
	const uint8_t *cells;
	bool is_direct;

	/* A bus that hands interrupts on has more than its node tells. */
	if (fdt_getprop(tree, device->node, "interrupt-map", NULL) ||
	    fdt_getprop(tree, device->node, "interrupts-extended", NULL)) {
		refuse(reader, node, "path",
		       "%s: interrupt-map and interrupts-extended are not followed; only devices with interrupts of the GICv3 can be granted",
		       device->path);
		return;
	}
	count = tree_cells(tree, device->node, "interrupts", &cells);
	if (count <= 0)
		return;
	is_direct = tree_interrupt_parent(tree, device->node) ==
		    fdt_get_phandle(tree, gic);
	if (!is_direct || (unsigned int)count % stride) {
		refuse(reader, node, "path",
		       "%s: its interrupts are not the GICv3's, of %u cells each",
		       device->path, stride);
		return;
	}
	for (i = 0; i < (unsigned int)count / stride; i++)
		add_interrupt(reader, node, device, cells + 4 * i * stride);
}
