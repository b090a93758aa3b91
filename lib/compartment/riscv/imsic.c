/* SPDX-License-Identifier: BSD-2-Clause */
/* The AIA: interrupt files of harts, and which level a controller serves. */
#include <libfdt.h>

#include "riscv.h"
#include "../tree.h"

/* AIA specification, 3.5, "Memory region for an interrupt file" */
#define IMSIC_PAGE_SIZE		0x1000ULL
#define IMSIC_GUEST_BITS_MAX	6

/* An IMSIC's files lie one after the other through all of its ranges. */
static bool find_imsic_page(const void *tree, int node, uint64_t offset,
			    struct memory_range *page)
{
	struct memory_range reg;
	unsigned int index;

	for (index = 0; tree_reg(tree, node, index, &reg); index++) {
		if (offset < reg.size) {
			page->base = reg.base + offset;
			page->size = IMSIC_PAGE_SIZE;
			return !(page->base % IMSIC_PAGE_SIZE) &&
			       reg.size - offset >= IMSIC_PAGE_SIZE;
		}
		offset -= reg.size;
	}
	return false;
}

void imsic_read(struct machine *machine, const void *tree, int node,
		struct compartment_report *report)
{
	uint32_t guest_bits = tree_u32(tree, node, "riscv,guest-index-bits", 0);
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i;
	int count;

	count = tree_cells(tree, node, "interrupts-extended", &cells);
	for (i = 0; count > 0 && i < (unsigned int)count / 2; i++) {
		hart = riscv_find_target(machine, cells, i,
					 CAUSE_SUPERVISOR_EXTERNAL);
		if (!hart || hart->imsic_page.size)
			continue;
		machine->imsic_identities =
			tree_u32(tree, node, "riscv,num-ids", 0);
		if (guest_bits > IMSIC_GUEST_BITS_MAX ||
		    !find_imsic_page(tree, node,
				     (uint64_t)i * IMSIC_PAGE_SIZE << guest_bits,
				     &hart->imsic_page)) {
			hart->imsic_page.size = 0;
			tree_error(report, tree, node, "reg",
				   "no page for the interrupt file of hart %u",
				   hart->id);
			return;
		}
	}
}

bool riscv_is_m_level(const void *tree, int node)
{
	const uint8_t *cells;
	unsigned int hops;
	int count, i;

	/* An APLIC in MSI mode names its IMSIC instead of harts. */
	for (hops = 0; node >= 0 && hops < 2; hops++) {
		if (fdt_getprop(tree, node, "riscv,children", NULL))
			return true;
		count = tree_cells(tree, node, "interrupts-extended", &cells);
		for (i = 0; i < count / 2; i++)
			if (tree_cell(cells, 2 * (unsigned int)i + 1) ==
			    CAUSE_MACHINE_EXTERNAL)
				return true;
		node = fdt_node_offset_by_phandle(tree,
				tree_u32(tree, node, "msi-parent", 0));
	}
	return false;
}
