// SPDX-License-Identifier: BSD-2-Clause
/* What is known about devices, by compatible string. */
#include <libfdt.h>
#include <compartment/board.h>

#include "tree.h"

#define KIND(compatible_, dma_, reset_, role_)				\
	{ .compatible = (compatible_), .dma = DEVICE_DMA_##dma_,	\
	  .reset = DEVICE_RESET_##reset_, .role = DEVICE_ROLE_##role_ }

const struct device_kind device_kinds_common[] = {
	KIND("virtio,mmio", MASTER, VIRTIO_MMIO, PERIPHERAL),
	KIND("ns16550a", NEVER, UNKNOWN, PERIPHERAL),
	KIND("google,goldfish-rtc", NEVER, UNKNOWN, PERIPHERAL),
	KIND("cfi-flash", NEVER, UNKNOWN, PERIPHERAL),
	KIND("qemu,fw-cfg-mmio", MASTER, UNKNOWN, PERIPHERAL),
	KIND("pci-host-ecam-generic", MASTER, UNKNOWN, PERIPHERAL),
	KIND("sifive,plic-1.0.0", NEVER, PLIC, PLIC),
	KIND("riscv,plic0", NEVER, PLIC, PLIC),
	KIND("riscv,aplic", NEVER, APLIC, APLIC),
	KIND("riscv,imsics", NEVER, IMSIC, IMSIC),
	/* Machine-level interrupts and timers, and the machine's power. */
	KIND("sifive,clint0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,clint0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,aclint-mswi", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,aclint-mtimer", NEVER, UNKNOWN, FIRMWARE),
	KIND("sifive,test1", NEVER, UNKNOWN, FIRMWARE),
	KIND("sifive,test0", NEVER, UNKNOWN, FIRMWARE),
	KIND("riscv,iommu", MASTER, UNKNOWN, FIRMWARE),
};

const unsigned int device_kinds_common_count =
	sizeof(device_kinds_common) / sizeof(device_kinds_common[0]);

const struct device_kind *board_find_kind(const struct compartment_board *board,
					  const void *tree, int node)
{
	const struct device_kind *kinds = device_kinds_common;
	unsigned int i, count = device_kinds_common_count;
	const char *compatible;
	int index;

	if (board && board->kinds) {
		kinds = board->kinds;
		count = board->kind_count;
	}
	for (index = 0; ; index++) {
		compatible = fdt_stringlist_get(tree, node, "compatible", index,
						NULL);
		if (!compatible)
			return NULL;
		for (i = 0; i < count; i++)
			if (!strcmp(kinds[i].compatible, compatible))
				return &kinds[i];
	}
}
