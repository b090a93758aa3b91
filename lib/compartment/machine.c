/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as its device tree describes it: harts and RAM. */
#include <libfdt.h>
#include <compartment/architecture.h>

#include "tree.h"

static void read_cpu(struct machine *machine,
		     const struct compartment_board *board, const void *tree,
		     int node, struct compartment_report *report)
{
	struct machine_hart *hart = &machine->harts[machine->hart_count];
	const uint8_t *reg;
	int count;

	count = tree_cells(tree, node, "reg", &reg);
	if (count < 1 || count > 2) {
		tree_error(report, tree, node, "reg", "must be the hart's id");
		return;
	}
	if (machine->hart_count == MACHINE_HARTS_MAX) {
		tree_error(report, tree, node, NULL, "more than %u harts",
			   MACHINE_HARTS_MAX);
		return;
	}
	hart->id = tree_cell(reg, (unsigned int)count - 1);
	if (machine_find_hart(machine, hart->id)) {
		tree_error(report, tree, node, "reg", "hart %u is there twice",
			   hart->id);
		return;
	}
	hart->node = node;
	hart->owner = -1;
	board->architecture->read_cpu(hart, tree, report);
	machine->hart_count++;
}

static void read_cpus(struct machine *machine,
		      const struct compartment_board *board, const void *tree,
		      struct compartment_report *report)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node;

	if (cpus < 0)
		return;
	fdt_for_each_subnode(node, tree, cpus)
		if (tree_is(tree, node, "device_type", "cpu") &&
		    tree_is_enabled(tree, node))
			read_cpu(machine, board, tree, node, report);
}

static void read_ram(struct machine *machine, const void *tree,
		     struct compartment_report *report)
{
	struct memory_range range;
	unsigned int index;
	int node;

	fdt_for_each_subnode(node, tree, 0) {
		if (!tree_is(tree, node, "device_type", "memory"))
			continue;
		for (index = 0; tree_reg(tree, node, index, &range); index++) {
			if (machine->ram_count == MACHINE_RAM_MAX) {
				tree_error(report, tree, node, "reg",
					   "more than %u pieces of RAM",
					   MACHINE_RAM_MAX);
				return;
			}
			machine->ram[machine->ram_count++] = range;
		}
	}
}

int machine_parse(struct machine *machine,
		  const struct compartment_board *board, const void *tree,
		  size_t size, struct compartment_report *report)
{
	struct compartment_report none = { 0 };
	unsigned int before;

	if (!report)
		report = &none;
	before = report->errors;
	memset(machine, 0, sizeof(*machine));
	if (!tree_check(tree, size, "machine's tree", report))
		return COMPARTMENT_ERR_MALFORMED;
	machine->tree = tree;
	read_cpus(machine, board, tree, report);
	read_ram(machine, tree, report);
	board->architecture->read_interrupts(machine, board, tree, report);
	if (!machine->hart_count)
		compartment_report_error(report, "machine: /cpus", NULL,
					 "no hart there");
	if (!machine->ram_count)
		compartment_report_error(report, "machine: /memory", "reg",
					 "no RAM there");
	return report->errors == before ? COMPARTMENT_OK :
					  COMPARTMENT_ERR_MALFORMED;
}

const struct machine_hart *machine_find_hart(const struct machine *machine,
					     uint32_t id)
{
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].id == id)
			return &machine->harts[i];
	return NULL;
}

bool machine_contains_ram(const struct machine *machine, uint64_t base,
			  uint64_t size)
{
	const struct memory_range *ram;
	unsigned int i;

	for (i = 0; i < machine->ram_count; i++) {
		ram = &machine->ram[i];
		/* No sum here: a base and size that wrap must not pass. */
		if (base - ram->base < ram->size &&
		    size <= ram->size - (base - ram->base))
			return true;
	}
	return false;
}
