/* SPDX-License-Identifier: BSD-2-Clause */
/* The PLIC: what its contexts share, and which page is whose. */
#include <libfdt.h>

#include "riscv.h"
#include "../tree.h"

/* PLIC specification 1.0.0, chapter 3, "Memory Map" */
#define PLIC_ENABLE_BASE	0x2000ULL
#define PLIC_ENABLE_STRIDE	0x80ULL
#define PLIC_SHARED_MIN		0x4000ULL
#define PLIC_CONTEXT_BASE	0x200000ULL
#define PLIC_CONTEXT_STRIDE	0x1000ULL

/* The registers that all of its contexts share. */
static bool get_shared(const void *tree, int node, struct memory_range *range)
{
	const uint8_t *cells;
	int count = tree_cells(tree, node, "interrupts-extended", &cells);
	struct memory_range reg;
	uint64_t end, size = PLIC_SHARED_MIN;

	if (count < 2 || !tree_reg(tree, node, 0, &reg))
		return false;
	end = PLIC_ENABLE_BASE + (uint64_t)count / 2 * PLIC_ENABLE_STRIDE;
	while (size < end)
		size *= 2;
	/* A context's page in the shared piece would be everybody's. */
	if (size > PLIC_CONTEXT_BASE || size > reg.size)
		return false;
	range->base = reg.base;
	range->size = size;
	return true;
}

void plic_read(struct machine *machine, const void *tree, int node,
	       struct compartment_report *report)
{
	struct memory_range reg, shared, page;
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i;
	int count;

	if (!get_shared(tree, node, &shared)) {
		tree_error(report, tree, node, "interrupts-extended",
			   "contexts and registers of the PLIC do not fit each other");
		return;
	}
	tree_reg(tree, node, 0, &reg);
	if (!machine->plic.size) {
		machine->plic = shared;
		machine->plic_sources = tree_u32(tree, node, "riscv,ndev", 0);
		machine->controller = fdt_get_phandle(tree, node);
	}
	count = tree_cells(tree, node, "interrupts-extended", &cells);
	for (i = 0; i < (unsigned int)count / 2; i++) {
		hart = riscv_find_target(machine, cells, i,
					 CAUSE_SUPERVISOR_EXTERNAL);
		page.base = reg.base + PLIC_CONTEXT_BASE +
			    i * PLIC_CONTEXT_STRIDE;
		page.size = PLIC_CONTEXT_STRIDE;
		if (!hart || hart->plic_page.size)
			continue;
		if (page.base + page.size > reg.base + reg.size) {
			tree_error(report, tree, node, "reg",
				   "context %u of hart %u lies outside", i,
				   hart->id);
			return;
		}
		hart->plic_context = (int)i;
		hart->plic_page = page;
	}
}
