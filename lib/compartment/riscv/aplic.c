/* SPDX-License-Identifier: BSD-2-Clause */
/* The APLIC of the supervisor level, and what it calls the harts. */
#include <libfdt.h>

#include "riscv.h"
#include "../tree.h"

/* AIA specification, 4.5: the registers, and an IDC structure behind them */
#define APLIC_SIZE		0x4000ULL
#define APLIC_IDC_SIZE		32ULL
#define APLIC_SOURCES_MAX	1023U

void aplic_read(struct machine *machine, const void *tree, int node,
		struct compartment_report *report)
{
	uint32_t msi_parent = tree_u32(tree, node, "msi-parent", 0);
	uint32_t sources = tree_u32(tree, node, "riscv,num-sources", 0);
	int list = msi_parent ? fdt_node_offset_by_phandle(tree, msi_parent) :
				node;
	struct memory_range reg;
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i;
	int count;

	if (machine->aplic.size || riscv_is_m_level(tree, node))
		return;
	count = list < 0 ? -1 : tree_cells(tree, list, "interrupts-extended",
					   &cells);
	/* One that numbers harts otherwise would be aimed at wrong ones. */
	if (count < 2 || !sources || sources > APLIC_SOURCES_MAX ||
	    tree_u32(tree, list, "riscv,group-index-bits", 0) ||
	    !tree_reg(tree, node, 0, &reg) || reg.size < APLIC_SIZE +
	    (msi_parent ? 0 : (uint64_t)count / 2 * APLIC_IDC_SIZE)) {
		tree_error(report, tree, node, NULL,
			   "an APLIC must have sources, harts (without groups) and registers for them");
		return;
	}
	machine->aplic = reg;
	machine->aplic_sources = sources;
	machine->aplic_sends_msis = msi_parent;
	machine->controller = fdt_get_phandle(tree, node);
	for (i = 0; i < (unsigned int)count / 2; i++) {
		hart = riscv_find_target(machine, cells, i,
					 CAUSE_SUPERVISOR_EXTERNAL);
		if (hart)
			hart->aplic_index = (int)i;
	}
}
