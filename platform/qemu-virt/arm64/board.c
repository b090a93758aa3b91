/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's "virt" machine with cores of the Arm architecture. */
#include <arm64/board.h>
#include <arm64/psci.h>
#include <libfdt.h>
#include <partitioner/arch.h>
#include <port/port.h>

#include "facts.h"

/* PCI Local Bus Specification 3.0, chapter 6; ECAM: 32 KiB for each slot */
#define PCI_SLOTS		32
#define PCI_SLOT_SHIFT		15
#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	(1U << 1)
#define PCI_BAR0		0x10
/* A row of `ranges` (IEEE 1275, PCI bus binding) */
#define PCI_RANGE_CELLS		7
#define PCI_RANGE_SPACE		0x03000000U
#define PCI_RANGE_MEMORY32	0x02000000U

/* Device 0x0011 of vendor 0x1b36: a byte that says that the guest panicked. */
#define PVPANIC_ID		0x00111b36U
#define PVPANIC_PANICKED	1
#define PVPANIC_SIZE		0x1000

static uint64_t pvpanic;	/* 0: there is none */

static uint64_t cells_to_address(const fdt32_t *cells)
{
	return (uint64_t)fdt32_to_cpu(cells[0]) << 32 | fdt32_to_cpu(cells[1]);
}

/* The last piece of the window of 32-bit addresses, as the bus knows it. */
static bool find_place(const void *tree, int node, uint32_t *bus, uint64_t *cpu)
{
	const fdt32_t *row;
	uint64_t last;
	int length;

	row = fdt_getprop(tree, node, "ranges", &length);
	for (; row && length >= PCI_RANGE_CELLS * (int)sizeof(*row);
	     row += PCI_RANGE_CELLS, length -= PCI_RANGE_CELLS * sizeof(*row)) {
		if ((fdt32_to_cpu(row[0]) & PCI_RANGE_SPACE) !=
		    PCI_RANGE_MEMORY32)
			continue;
		last = cells_to_address(row + 5) - PVPANIC_SIZE;
		*bus = (uint32_t)(cells_to_address(row + 1) + last);
		*cpu = cells_to_address(row + 3) + last;
		return true;
	}
	return false;
}

static void qemu_virt_init(const void *tree)
{
	uint64_t slot, cpu;
	const fdt32_t *reg;
	int node, length;
	unsigned int i;
	uint32_t bus;

	node = fdt_node_offset_by_compatible(tree, -1, "pci-host-ecam-generic");
	reg = fdt_getprop(tree, node, "reg", &length);
	if (!reg || length < 4 * (int)sizeof(*reg) ||
	    !find_place(tree, node, &bus, &cpu))
		return;
	for (i = 0; i < PCI_SLOTS && !pvpanic; i++) {
		slot = cells_to_address(reg) + ((uint64_t)i << PCI_SLOT_SHIFT);
		if (arch_device_read(slot) != PVPANIC_ID)
			continue;
		arch_device_write(slot + PCI_BAR0, bus);
		arch_device_write(slot + PCI_COMMAND, PCI_COMMAND_MEMORY);
		pvpanic = cpu;
	}
}

static void __attribute__((noreturn)) qemu_virt_power_off(bool failed)
{
	if (!failed)
		psci_forward(PSCI_SYSTEM_OFF, 0, 0, 0);
	else if (pvpanic)
		*(volatile uint8_t *)pvpanic = PVPANIC_PANICKED;
	else
		partitioner_print("no pvpanic-pci device: it stays on");
	for (;;)
		__asm__ volatile ("wfi");
}

static const struct arm64_board qemu_virt_board = {
	.name = "qemu-virt",
	.kinds = qemu_virt_kinds,
	.kind_count = QEMU_VIRT_KINDS,
	.doorbell_first = QEMU_VIRT_DOORBELL_FIRST,
	.doorbell_count = QEMU_VIRT_DOORBELL_COUNT,
	.init = qemu_virt_init,
	.power_off = qemu_virt_power_off,
};

const struct arm64_board *const board = &qemu_virt_board;
