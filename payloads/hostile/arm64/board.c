/* SPDX-License-Identifier: BSD-2-Clause */
#include "../board.h"
#include "gic.h"

/* QEMU's virt machine; a stride visits each register page of an array. */
static const struct board_area board_areas[] = {
	{ 0x00000000, 0x1000000, 8 },	/* flash */
	{ 0x08010000, 0x8, 4 },		/* a GICv2's CPU interface */
	{ 0x08020000, 0x8, 8 },		/* a GICv2's MSI frame */
	{ 0x08080000, 0x8, 16 },	/* ITS: control */
	{ 0x08080080, 0x8, 4 },		/* ITS: command queue */
	{ 0x08080100, 0x8, 8 },		/* ITS: tables */
	{ 0x08090040, 0x8, 1 },		/* ITS: translation */
	{ GICR_BASE, 0x10000, 18 },	/* redistributors, and one more */
	{ GICR_BASE + 0x70, 0x20000, 9 },	/* their LPI tables */
	{ GICR_BASE + 0x10080, 0x20000, 9 },	/* their groups */
	{ GICR_BASE + 0x10100, 0x20000, 9 },	/* their enables */
	{ GICR_BASE + 0x10200, 0x20000, 9 },	/* their pending bits */
	{ GICR_BASE + 0x10400, 0x20000, 9 },	/* their priorities */
	{ 0x09000000, 0x8, 8 },		/* UART */
	{ 0x09010000, 0x8, 4 },		/* real-time clock */
	{ 0x09020000, 0x8, 3 },		/* fw_cfg, with DMA */
	{ 0x09030000, 0x8, 4 },		/* GPIO: its key ends the machine */
	{ 0x09040000, 0x8, 4 },		/* UART of the secure world */
	{ 0x09050000, 0x1000, 4 },	/* SMMU */
	{ 0x09080000, 0x8, 4 },		/* GED, memory hotplug */
	{ 0x0a000000, 0x200, 32 },	/* virtio-mmio */
	{ 0x0a000050, 0x200, 32 },	/* virtio-mmio: QueueNotify */
	{ 0x0b000000, 0x8, 4 },		/* hotplugged processors */
	{ 0x0c000000, 0x100000, 4 },	/* platform bus */
	{ 0x10000000, 0x1000000, 46 },	/* PCI memory */
	{ 0x3efff000, 0x8, 2 },		/* PCI memory, its end */
	{ 0x3eff0000, 0x1000, 16 },	/* PCI ports */
	{ 0x4010000000, 0x8000, 32 },	/* PCI configuration */
	{ 0x8000000000, 0x10000000, 8 },	/* PCI memory, above 512 GiB */
};

const struct board board = {
	.ram_base = 0x40000000,
	.ram_end = 0x60000000,
	.firmware = 0x40200000,
	.victim = 0x50000000,
	/* 44 bits are what the smallest core that is tested has. */
	.high_last_bit = 43,
	.areas = board_areas,
	.area_count = sizeof(board_areas) / sizeof(board_areas[0]),
};

const uint64_t map_samples[] = {
	0x0, 0x1000, 0x04000000, 0x08010000, 0x08080000, 0x08090040,
	0x08800000, 0x09000000, 0x09010000, 0x09020000, 0x09030000,
	0x0a000000, 0x10000000, 0x3eff0000, 0x40000000, 0x40001000,
	0x40200000, 0x40201000, 0x40210000, 0x40400000, 0x4ffff000,
	0x50000000, 0x50001000, 0x50400000, 0x50800000, 0x51000000,
	0x51001000, 0x5fe00000, 0x5ffff000, 0x60000000, 0x4010000000,
	0x8000000000, 0x8000000000000000, 0xfffffffffffff000,
	0xfffffffffffffff8,
};
const unsigned int map_sample_count = sizeof(map_samples) /
				      sizeof(map_samples[0]);

/* The distributor, which is shared by source, and each hart's redistributor. */
bool board_get_range(unsigned int i, struct tree_range *range)
{
	if (i > tree.hart_count)
		return false;
	if (!i)
		*range = (struct tree_range){ GICD_BASE, GICD_SIZE };
	else
		*range = (struct tree_range){
			gic_get_redistributor(tree.harts[i - 1].id),
			GICR_SIZE
		};
	return true;
}
