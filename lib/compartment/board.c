/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known about devices, by compatible string. */
#include <libfdt.h>
#include <compartment/board.h>

#include "tree.h"

#define KIND(compatible_, dma_, reset_, role_)				\
	{ .compatible = (compatible_), .dma = DEVICE_DMA_##dma_,	\
	  .reset = DEVICE_RESET_##reset_, .role = DEVICE_ROLE_##role_ }

static const struct device_kind device_kinds_common[] = {
	KIND("virtio,mmio", MASTER, VIRTIO_MMIO, PERIPHERAL),
	KIND("ns16550a", NEVER, UNKNOWN, PERIPHERAL),
	KIND("google,goldfish-rtc", NEVER, UNKNOWN, PERIPHERAL),
	KIND("cfi-flash", NEVER, UNKNOWN, PERIPHERAL),
	KIND("qemu,fw-cfg-mmio", MASTER, UNKNOWN, PERIPHERAL),
	KIND("pci-host-ecam-generic", MASTER, UNKNOWN, PERIPHERAL),
	KIND("sifive,plic-1.0.0", NEVER, PLIC, PLIC),
	KIND("riscv,plic0", NEVER, PLIC, PLIC),
	KIND("riscv,aplic", NEVER, APLIC, APLIC),
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

#define KINDS_COMMON						\
	(sizeof(device_kinds_common) / sizeof(device_kinds_common[0]))

static uint64_t round_to_pages(uint64_t size)
{
	return (size + BOARD_PAGE_SIZE - 1) & ~(BOARD_PAGE_SIZE - 1ULL);
}

int board_place_copies(struct compartment_board *board,
		       const struct machine *machine, uint64_t bundle_size,
		       uint64_t tree_size, uint64_t *tree,
		       struct compartment_report *report)
{
	const struct memory_range *firmware = &board->firmware;
	uint64_t low = firmware->base + firmware->size + bundle_size;
	uint64_t size = round_to_pages(bundle_size) + round_to_pages(tree_size);
	uint64_t end = 0;
	unsigned int i;

	for (i = 0; i < machine->ram_count; i++)
		if (firmware->base - machine->ram[i].base <
		    machine->ram[i].size)
			end = machine->ram[i].base + machine->ram[i].size;
	/* A copy over the linked bundle would destroy what it copies. */
	if (end < low || end - low < size) {
		compartment_report_error(report, "machine: /memory", "reg",
					 "too little memory: RAM ends at 0x%lx; copies of the bundle and the machine's tree need 0x%lx bytes beyond 0x%lx",
					 end, size, low);
		return COMPARTMENT_ERR_NO_SPACE;
	}
	board->private.base = end - size;
	board->private.size = size;
	*tree = end - round_to_pages(tree_size);
	return COMPARTMENT_OK;
}

static const struct device_kind *find_kind(const struct device_kind *kinds,
					   unsigned int count,
					   const char *compatible)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(kinds[i].compatible, compatible))
			return &kinds[i];
	return NULL;
}

const struct device_kind *board_find_kind(const struct compartment_board *board,
					  const void *tree, int node)
{
	const struct device_kind *kind = NULL;
	const char *compatible;
	int index;

	for (index = 0; !kind; index++) {
		compatible = fdt_stringlist_get(tree, node, "compatible", index,
						NULL);
		if (!compatible)
			return NULL;
		kind = find_kind(board->kinds, board->kind_count, compatible);
		if (!kind)
			kind = find_kind(device_kinds_common, KINDS_COMMON,
					 compatible);
	}
	return kind;
}
