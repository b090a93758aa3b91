/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64: a GICv3, PSCI, the generic timer, and translation tables. */
#include <libfdt.h>
#include <compartment/arm64/tables.h>
#include <compartment/text.h>

#include "arm64.h"
#include "../kind.h"
#include "../tree.h"

/* Where a compartment's timers interrupt: PPIs 14 and 11 (INTIDs 30 and 27). */
#define KIND_PPI		1U
#define TIMER_PHYSICAL		1U	/* position among its interrupts */
#define TIMER_PHYSICAL_PPI	14U
#define TIMER_VIRTUAL		2U
#define TIMER_VIRTUAL_PPI	11U

static const struct device_kind kinds[] = {
	KIND(GIC_COMPATIBLE, NEVER, UNKNOWN, FIRMWARE),
	KIND("arm,gic-v3-its", MASTER, UNKNOWN, FIRMWARE),
	KIND("arm,armv7-timer-mem", NEVER, UNKNOWN, FIRMWARE),
	KIND("arm,smmu-v3", MASTER, UNKNOWN, FIRMWARE),
};

static void read_cpu(struct machine_hart *hart, const void *tree,
		     struct compartment_report *report)
{
	const uint8_t *reg;
	int count = tree_cells(tree, hart->node, "reg", &reg);

	/* MPIDR_EL1: Aff3 is the first of two cells; the rest is Aff2 to 0. */
	if ((count == 2 && tree_cell(reg, 0)) || hart->id >> 24)
		tree_error(report, tree, hart->node, "reg",
			   "an affinity of level 3 is not supported");
}

static bool is_ppi(const uint8_t *cells, unsigned int index, uint32_t number)
{
	return tree_cell(cells, index) == KIND_PPI &&
	       tree_cell(cells, index + 1) == number;
}

static void check_timer(const void *tree, unsigned int stride,
			struct compartment_report *report)
{
	int timer = fdt_node_offset_by_compatible(tree, -1, TIMER_COMPATIBLE);
	const uint8_t *cells;
	int count;

	if (timer < 0) {
		compartment_report_error(report, "machine: /", NULL,
					 "no " TIMER_COMPATIBLE " there");
		return;
	}
	count = tree_cells(tree, timer, "interrupts", &cells);
	if (count < (int)(stride * (TIMER_VIRTUAL + 1)) ||
	    !is_ppi(cells, stride * TIMER_PHYSICAL, TIMER_PHYSICAL_PPI) ||
	    !is_ppi(cells, stride * TIMER_VIRTUAL, TIMER_VIRTUAL_PPI))
		tree_error(report, tree, timer, "interrupts",
			   "must have PPI %u second and PPI %u third: those are what compartments get",
			   TIMER_PHYSICAL_PPI, TIMER_VIRTUAL_PPI);
}

/* The firmware starts and stops cores by calls of the one below it. */
static void check_psci(const void *tree, struct compartment_report *report)
{
	int psci = fdt_node_offset_by_compatible(tree, -1, "arm,psci-1.0");

	if (psci < 0)
		psci = fdt_node_offset_by_compatible(tree, -1, "arm,psci-0.2");
	if (psci < 0)
		compartment_report_error(report, "machine: /", NULL,
					 "no arm,psci-1.0 or arm,psci-0.2 there");
	else if (!tree_is(tree, psci, "method", "smc"))
		tree_error(report, tree, psci, "method",
			   "must be \"smc\": the firmware runs at EL2; QEMU does that with virtualization=on");
}

static void read_interrupts(struct machine *machine,
			    const struct compartment_board *board,
			    const void *tree, struct compartment_report *report)
{
	gicv3_read(machine, board, tree, report);
	if (!machine->distributor.size)
		return;
	check_timer(tree, tree_u32(tree, gicv3_find(tree), "#interrupt-cells",
				   0), report);
	check_psci(tree, report);
}

static bool get_interrupt_range(const struct machine *machine,
				unsigned int index, struct memory_range *range)
{
	if (index > machine->hart_count)
		return false;
	*range = index ? machine->harts[index - 1].redistributor :
			 machine->distributor;
	return true;
}

static unsigned int count_protection(const struct model *model,
				     unsigned int compartment, uint32_t hart)
{
	struct grant grants[GRANTS_MAX];
	unsigned int count = grant_list(model, compartment, hart, grants,
					GRANTS_MAX);

	return count == GRANT_TOO_MANY ? GRANT_TOO_MANY :
					 table_count(grants, count);
}

static void describe_hart(const struct machine_hart *hart, struct text *text)
{
	if (hart->doorbell_interrupt)
		text_append(text, "doorbell of hart %u: interrupt %u", hart->id,
			    hart->doorbell_interrupt);
}

const struct architecture architecture_arm64 = {
	.name = "arm64",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.address_end = 1ULL << TABLES_ADDRESS_BITS,
	.read_cpu = read_cpu,
	.read_interrupts = read_interrupts,
	.get_interrupt_range = get_interrupt_range,
	.get_free_interrupt = gicv3_get_free_interrupt,
	.interrupt_range_name = "the interrupt controller",
	.read_device = gicv3_read_device,
	.add_neighbours = arm64_add_neighbours,
	.protection_unit = "translation tables",
	.protection_advice = "ranges that begin and end at multiples of 2 MiB, or lie in the same 2 MiB, take fewer",
	.protection_is_shared = true,
	.count_protection = count_protection,
	.describe_hart = describe_hart,
	.put_root_properties = arm64_put_root_properties,
	.put_root_nodes = arm64_put_root_nodes,
	.put_cpu = arm64_put_cpu,
	.put_interrupt = gicv3_put_interrupt,
};
