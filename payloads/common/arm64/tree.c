/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <common/tree.h>
#include <gicv3.h>
#include <sysreg.h>

/* Cells of the binding "arm,gic-v3": type, number, flags */
#define CELLS		3
#define TYPE_SPI	0
#define TYPE_PPI	1
#define FLAGS_EDGE	3	/* rising or falling; else a level */

void tree_read_hart(const void *blob, int node, struct tree_hart *hart)
{
	hart->doorbell = tree_read_cell(blob, node, "bulkhead,doorbell", 0);
}

void tree_read_source(const void *blob, int node, struct tree_device *device)
{
	int size;
	const fdt32_t *cells = fdt_getprop(blob, node, "interrupts", &size);
	uint32_t type, number;

	device->source = -1;
	device->edge = false;
	if (!cells || size < CELLS * 4)
		return;
	type = fdt32_to_cpu(cells[0]);
	number = fdt32_to_cpu(cells[1]);
	if (type == TYPE_SPI && number < GIC_SPI_END - GIC_SPI_FIRST)
		device->source = GIC_SPI_FIRST + number;
	else if (type == TYPE_PPI && number < GIC_SPI_FIRST - GIC_PPI_FIRST)
		device->source = GIC_PPI_FIRST + number;
	device->edge = fdt32_to_cpu(cells[2]) & FLAGS_EDGE;
}

uint64_t tree_read_timebase(const void *blob, int cpus)
{
	(void)blob;
	(void)cpus;
	return read_sysreg(cntfrq_el0);
}
