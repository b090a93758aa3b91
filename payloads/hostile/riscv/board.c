/* SPDX-License-Identifier: BSD-2-Clause */
#include "../board.h"

#define PLIC_BASE	0x0c000000ULL
#define PLIC_CONTEXT(n)	(PLIC_BASE + 0x200000 + 0x1000ULL * (n))
#define PLIC_PAGE	0x1000

/* QEMU's virt machine; a stride visits each register page of an array. */
static const struct board_area board_areas[] = {
	{ 0x00001000, 0x8, 2 },		/* reset vector ROM */
	{ 0x00100000, 0x8, 1 },		/* test device: ends the machine */
	{ 0x00101000, 0x8, 4 },		/* real-time clock */
	{ 0x02000000, 0x8, 4 },		/* CLINT: msip */
	{ 0x02004000, 0x8, 8 },		/* CLINT: mtimecmp */
	{ 0x0200bff8, 0x8, 1 },		/* CLINT: mtime */
	{ 0x02f00000, 0x1000, 4 },	/* ACLINT: sswi */
	{ 0x03000000, 0x8, 2 },		/* PCI ports */
	{ 0x0c000000, 0x8, 64 },	/* PLIC: priorities; APLIC, M-level */
	{ 0x0c001000, 0x8, 8 },		/* PLIC: pending; APLIC: sourcecfg */
	{ 0x0c002000, 0x80, 16 },	/* PLIC: enables; APLIC: setipnum */
	{ 0x0c003000, 0x8, 8 },		/* APLIC: targets */
	{ 0x0c004000, 0x20, 8 },	/* APLIC: IDC */
	{ 0x0c200000, 0x1000, 16 },	/* PLIC: threshold, claim */
	{ 0x0d000000, 0x1000, 8 },	/* APLIC, S-level */
	{ 0x0d004000, 0x20, 8 },	/* APLIC, S-level: IDC */
	{ 0x10000000, 0x8, 1 },		/* UART */
	{ 0x10001000, 0x1000, 8 },	/* virtio-mmio */
	{ 0x10001050, 0x1000, 8 },	/* virtio-mmio: QueueNotify */
	{ 0x10100000, 0x8, 2 },		/* fw_cfg */
	{ 0x20000000, 0x1000000, 4 },	/* flash */
	{ 0x24000000, 0x1000, 8 },	/* IMSIC, M-level files */
	{ 0x28000000, 0x1000, 8 },	/* IMSIC, S-level files */
	{ 0x30000000, 0x1000000, 16 },	/* PCI configuration */
	{ 0x40000000, 0x4000000, 16 },	/* PCI memory */
};

const struct board board = {
	.ram_base = 0x80000000,
	.ram_end = 0xa0000000,
	.firmware = 0x80000000,
	.victim = 0x90000000,
	.high_last_bit = 55,
	.areas = board_areas,
	.area_count = sizeof(board_areas) / sizeof(board_areas[0]),
};

const uint64_t map_samples[] = {
	0x0, 0x1000, 0x00100000, 0x02000000, 0x0200bff8, 0x0c000000,
	0x0d000000, 0x10000000, 0x10001000, 0x10002000, 0x20000000,
	0x24000000, 0x30000000, 0x40000000, 0x80000000, 0x80001000,
	0x80040000, 0x80100000, 0x80200000, 0x8ffff000, 0x90000000,
	0x90001000, 0x90400000, 0x90800000, 0x91000000, 0x91001000,
	0x9fe00000, 0x9ffff000, 0x100000000, 0x8000000000000000,
	0xfffffffffffff000, 0xfffffffffffffff8,
};
const unsigned int map_sample_count = sizeof(map_samples) /
				      sizeof(map_samples[0]);

/* Each hart's interrupt file, and its context of the PLIC. */
bool board_get_range(unsigned int i, struct tree_range *range)
{
	const struct tree_hart *hart = &tree.harts[i / 2];

	if (i / 2 >= tree.hart_count)
		return false;
	*range = hart->imsic;
	if (i % 2) {
		range->base = PLIC_CONTEXT(hart->plic_context);
		range->size = hart->plic_context < 0 ? 0 : PLIC_PAGE;
	}
	return true;
}
