/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <common/tree.h>

void tree_read_hart(const void *blob, int node, struct tree_hart *hart)
{
	hart->isa = tree_read_string(blob, node, "riscv,isa");
	hart->plic_context = (int)tree_read_cell(blob, node,
						 "bulkhead,plic-context", ~0U);
	hart->imsic = tree_read_range(blob, node, "bulkhead,imsic", 0);
}

/* PLIC: the source alone; APLIC: its type too (1 and 2 are edges). */
void tree_read_source(const void *blob, int node, struct tree_device *device)
{
	int size;
	const fdt32_t *cells = fdt_getprop(blob, node, "interrupts", &size);

	device->source = (int)tree_read_cell(blob, node, "interrupts", ~0U);
	device->edge = cells && size >= 8 && fdt32_to_cpu(cells[1]) < 3;
}

uint64_t tree_read_timebase(const void *blob, int cpus)
{
	return tree_read_cell(blob, cpus, "timebase-frequency", 0);
}
