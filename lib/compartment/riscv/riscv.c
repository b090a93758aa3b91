/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V: PLIC, APLIC and IMSIC, and protection entries. */
#include <libfdt.h>
#include <compartment/riscv/protection.h>
#include <compartment/text.h>

#include "riscv.h"
#include "../kind.h"
#include "../reader.h"

static const struct device_kind kinds[] = {
	KIND("sifive,plic-1.0.0", NEVER, UNKNOWN, PLIC),
	KIND("riscv,plic0", NEVER, UNKNOWN, PLIC),
	KIND("riscv,aplic", NEVER, UNKNOWN, APLIC),
	KIND("riscv,imsics", NEVER, UNKNOWN, IMSIC),
	/* Machine-level interrupts and timers, and the machine's power. */
	KIND("sifive,clint0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,clint0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,aclint-mswi", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,aclint-mtimer", NEVER, UNKNOWN, FIRMWARE),
	KIND("sifive,test1", NEVER, UNKNOWN, FIRMWARE),
	KIND("sifive,test0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,iommu", MASTER, UNKNOWN, FIRMWARE),
};

static void read_cpu(struct machine_hart *hart, const void *tree,
		     struct compartment_report *report)
{
	int child;

	(void)report;
	hart->plic_context = -1;
	hart->aplic_index = -1;
	fdt_for_each_subnode(child, tree, hart->node)
		if (fdt_getprop(tree, child, "interrupt-controller", NULL))
			hart->intc = fdt_get_phandle(tree, child);
}

struct machine_hart *riscv_find_target(struct machine *machine,
				       const uint8_t *cells,
				       unsigned int index, uint32_t cause)
{
	uint32_t phandle = tree_cell(cells, 2 * index);
	unsigned int i;

	if (tree_cell(cells, 2 * index + 1) != cause || !phandle)
		return NULL;
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].intc == phandle)
			return &machine->harts[i];
	return NULL;
}

static void read_interrupts(struct machine *machine,
			    const struct compartment_board *board,
			    const void *tree, struct compartment_report *report)
{
	const struct device_kind *kind;
	int node;

	for (node = fdt_next_node(tree, -1, NULL); node >= 0;
	     node = fdt_next_node(tree, node, NULL)) {
		kind = board_find_kind(board, tree, node);
		if (!kind || !tree_is_enabled(tree, node))
			continue;
		if (kind->role == DEVICE_ROLE_PLIC)
			plic_read(machine, tree, node, report);
		else if (kind->role == DEVICE_ROLE_APLIC)
			aplic_read(machine, tree, node, report);
		else if (kind->role == DEVICE_ROLE_IMSIC)
			imsic_read(machine, tree, node, report);
	}
}

static bool get_interrupt_range(const struct machine *machine,
				unsigned int index, struct memory_range *range)
{
	const struct machine_hart *hart;

	if (index / 2 > machine->hart_count)
		return false;
	if (index < 2) {
		*range = index ? machine->aplic : machine->plic;
		return true;
	}
	hart = &machine->harts[index / 2 - 1];
	*range = index % 2 ? hart->imsic_page : hart->plic_page;
	return true;
}

static const char *find_refusal(const void *tree, int node,
				const struct device_kind *kind)
{
	switch (kind->role) {
	case DEVICE_ROLE_PLIC:
	case DEVICE_ROLE_APLIC:
	case DEVICE_ROLE_IMSIC:
		break;
	default:
		return NULL;
	}
	/* Machine-level interrupts would let their owner stop the firmware. */
	if (kind->role != DEVICE_ROLE_PLIC && riscv_is_m_level(tree, node))
		return "it is the machine level of the interrupt controller, the firmware's own";
	if (kind->role == DEVICE_ROLE_IMSIC)
		return "interrupt files go to the owners of their harts; no grant is needed";
	return "the firmware filters it by source: a compartment has the interrupts of its devices; no grant is needed";
}

static unsigned int count_protection(const struct model *model,
				     unsigned int compartment, uint32_t hart)
{
	return protection_list(model, compartment, hart, NULL, 0);
}

static unsigned int get_hart_pages(const struct machine_hart *hart, bool own,
				   struct memory_range *pages)
{
	pages[0] = hart->imsic_page;
	pages[1] = hart->plic_page;
	/* A foreign context page would let it claim foreign sources. */
	return own ? 2 : 1;
}

static void describe_hart(const struct machine_hart *hart, struct text *text)
{
	if (hart->imsic_page.size)
		text_append(text, "interrupt file of hart %u: 0x%lx", hart->id,
			    hart->imsic_page.base);
	else if (hart->plic_page.size)
		text_append(text, "PLIC context of hart %u: 0x%lx", hart->id,
			    hart->plic_page.base);
}

const struct architecture architecture_riscv = {
	.name = "riscv",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.address_end = TREE_ADDRESS_MAX,
	.read_cpu = read_cpu,
	.read_interrupts = read_interrupts,
	.get_interrupt_range = get_interrupt_range,
	.get_free_interrupt = riscv_get_free_interrupt,
	.interrupt_range_name = "the interrupt controller",
	.find_refusal = find_refusal,
	.read_device = riscv_read_device,
	.protection_unit = "protection entries",
	.protection_advice = "fewer or adjoining ranges of power-of-two sizes, aligned to their size, take fewer",
	.count_protection = count_protection,
	.get_hart_pages = get_hart_pages,
	.describe_hart = describe_hart,
	.put_cpus_properties = riscv_put_cpus_properties,
	.put_soc_nodes = riscv_put_soc_nodes,
	.put_cpu = riscv_put_cpu,
	.put_device_property = riscv_put_device_property,
	.put_interrupt = riscv_put_interrupt,
};
