/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The physical map, as an attacker knows it from the board's manual.
 */
#include "hostile.h"

#define RAM_BASE	0x80000000ULL
#define RAM_END		0xa0000000ULL
#define RAM_STRIDE	0x10000ULL
#define LOW_STRIDE	0x100000ULL
#define HIGH_FIRST_BIT	33
#define HIGH_LAST_BIT	55
#define PLIC_BASE	0x0c000000ULL
#define PLIC_CONTEXT(n)	(PLIC_BASE + 0x200000 + 0x1000ULL * (n))
#define PLIC_PAGE	0x1000

struct map_device {
	uint64_t base;
	uint64_t stride;
	unsigned int count;
};

/* QEMU's virt machine; a stride visits each register page of an array. */
static const struct map_device map_devices[] = {
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

static bool map_overlaps(const struct tree_range *range, uint64_t address,
			 uint64_t size)
{
	if (!range->size)
		return false;
	if (address >= range->base)
		return address - range->base < range->size;
	return range->base - address < size;
}

bool map_is_granted(uint64_t address, uint64_t size)
{
	struct tree_range page = { .size = PLIC_PAGE };

	if (map_overlaps(&tree.memory, address, size))
		return true;
	for (unsigned int i = 0; i < tree.window_count; i++) {
		if (map_overlaps(&tree.windows[i].reg, address, size))
			return true;
	}
	for (unsigned int i = 0; i < tree.device_count; i++) {
		if (map_overlaps(&tree.devices[i].reg, address, size))
			return true;
	}
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (map_overlaps(&tree.harts[i].imsic, address, size))
			return true;
		if (tree.harts[i].plic_context < 0)
			continue;
		page.base = PLIC_CONTEXT(tree.harts[i].plic_context);
		if (map_overlaps(&page, address, size))
			return true;
	}
	return false;
}

static void map_try(map_visit visit, void *context, uint64_t address)
{
	if (!map_is_granted(address, 8))
		visit(context, address);
}

static void map_walk_edges(map_visit visit, void *context,
			   const struct tree_range *range)
{
	uint64_t end = range->base + range->size;

	for (unsigned int i = 1; i <= 4; i++) {
		map_try(visit, context, range->base - 8 * i);
		map_try(visit, context, end + 8 * (i - 1));
	}
	for (uint64_t size = 4096; size <= 0x10000000; size <<= 1) {
		map_try(visit, context, range->base - size);
		map_try(visit, context, end + size - 8);
	}
}

static void map_walk_strides(map_visit visit, void *context,
			     unsigned int coarse)
{
	/* Another place in each page: a region can be finer than a page. */
	uint64_t shift = 0;

	for (uint64_t a = RAM_BASE; a < RAM_END; a += RAM_STRIDE * coarse) {
		map_try(visit, context, a + shift);
		shift = (shift + 0x1238) & 0xfff8;
	}
	for (uint64_t a = 0; a < RAM_BASE; a += LOW_STRIDE * coarse)
		map_try(visit, context, a + (shift & 0xff8));
	for (unsigned int bit = HIGH_FIRST_BIT; bit <= HIGH_LAST_BIT; bit++)
		map_try(visit, context, 1ULL << bit);
}

void map_walk(map_visit visit, void *context, unsigned int coarse)
{
	map_walk_edges(visit, context, &tree.memory);
	for (unsigned int i = 0; i < tree.window_count; i++)
		map_walk_edges(visit, context, &tree.windows[i].reg);
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].imsic.size)
			map_walk_edges(visit, context, &tree.harts[i].imsic);
	}
	for (unsigned int i = 0;
	     i < sizeof(map_devices) / sizeof(map_devices[0]); i++) {
		const struct map_device *d = &map_devices[i];

		for (unsigned int n = 0; n < d->count; n++)
			map_try(visit, context, d->base + n * d->stride);
	}
	map_walk_strides(visit, context, coarse);
}
