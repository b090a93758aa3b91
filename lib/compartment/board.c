/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known about devices, by compatible string. */
#include <libfdt.h>
#include <compartment/architecture.h>

#include "kind.h"
#include "tree.h"

static const struct device_kind device_kinds_common[] = {
	KIND("virtio,mmio", MASTER, VIRTIO_MMIO, PERIPHERAL),
	KIND("ns16550a", NEVER, UNKNOWN, PERIPHERAL),
	KIND("google,goldfish-rtc", NEVER, UNKNOWN, PERIPHERAL),
	KIND("cfi-flash", NEVER, UNKNOWN, PERIPHERAL),
	KIND("qemu,fw-cfg-mmio", MASTER, UNKNOWN, PERIPHERAL),
	KIND("pci-host-ecam-generic", MASTER, UNKNOWN, PERIPHERAL),
	KIND("arm,pl011", NEVER, UNKNOWN, PERIPHERAL),
	KIND("arm,pl031", NEVER, UNKNOWN, PERIPHERAL),
	KIND("arm,pl061", NEVER, UNKNOWN, PERIPHERAL),
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
	const struct memory_range *ram = machine->ram;
	uint64_t end;
	unsigned int i;

	for (i = 0; i < machine->ram_count; i++)
		if (firmware->base - machine->ram[i].base <
		    machine->ram[i].size)
			ram = &machine->ram[i];
	end = ram->base + ram->size;
	/* A copy over the linked bundle would destroy what it copies. */
	if (firmware->base - ram->base >= ram->size || end < low ||
	    end - low < size) {
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
			kind = find_kind(board->architecture->kinds,
					 board->architecture->kind_count,
					 compatible);
		if (!kind)
			kind = find_kind(device_kinds_common, KINDS_COMMON,
					 compatible);
	}
	return kind;
}
