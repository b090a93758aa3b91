/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the checker has to know about the machine that the manifest is for.
 *
 * Two sources: `struct compartment_board`, facts of the firmware and the board
 * that no device tree tells, filled by the platform (or by the host command);
 * and `struct machine`, read from the machine's own device tree.
 *
 * Memory: both are the caller's. The machine points into the machine's tree.
 * Concurrency: none kept; each call works on the caller's structures alone, and
 * what is filled is constant, so any number of readers.
 * Trust: the machine's tree comes from the stage before the firmware and is
 * believed, but a malformed one is refused, never crashed on.
 */
#ifndef COMPARTMENT_BOARD_H
#define COMPARTMENT_BOARD_H

#include <compartment/error.h>

#define MACHINE_HARTS_MAX	32
#define MACHINE_RAM_MAX		4
#define BOARD_PAGE_SIZE		4096U
/* On RISC-V: entries of each hart that the firmware keeps (lib/riscv/pmp.c). */
#define BOARD_ENTRIES_KEPT	2
/* On arm64: translation tables that each compartment has. */
#define BOARD_TABLES		16

struct architecture;

/* Bytes [base, base + size); size 0 means none. base + size never wraps. */
struct memory_range {
	uint64_t base;
	uint64_t size;
};

/* How a device is brought to rest before its compartment is started again. */
enum device_reset {
	DEVICE_RESET_UNKNOWN = 0,	/* no known way: owner cannot restart */
	DEVICE_RESET_NONE_NEEDED,	/* it does nothing by itself */
	DEVICE_RESET_VIRTIO_MMIO,	/* write 0 to Status, read until 0 */
};

enum device_role {
	DEVICE_ROLE_PERIPHERAL = 0,
	DEVICE_ROLE_PLIC,
	DEVICE_ROLE_APLIC,
	DEVICE_ROLE_IMSIC,
	DEVICE_ROLE_FIRMWARE,		/* the firmware's own: never granted */
};

enum device_dma_nature {
	DEVICE_DMA_UNKNOWN = 0,		/* the manifest's word is believed */
	DEVICE_DMA_NEVER,		/* it cannot master the bus */
	DEVICE_DMA_MASTER,		/* it can: "none" is refused */
};

/* One row of what is known about devices, found by `compatible`. */
struct device_kind {
	const char *compatible;
	enum device_dma_nature dma;
	enum device_reset reset;
	enum device_role role;
};

struct compartment_board {
	const char *name;
	const struct architecture *architecture; /* <compartment/architecture.h> */
	/*
	 * What there is to protect memory with: RISC-V, protection entries of
	 * each hart; arm64, translation tables of each compartment
	 * (BOARD_TABLES).
	 */
	unsigned int protection_units;
	unsigned int protection_kept;	/* of these: BOARD_ENTRIES_KEPT, or 0 */
	uint64_t granularity;		/* bytes, power of two, 4 to a page */
	struct memory_range firmware;	/* all that lies before the bundle */
	struct memory_range private;	/* copies of bundle and machine tree */
	const struct device_kind *kinds;	/* the board's own rows */
	unsigned int kind_count;
	/*
	 * arm64: INTIDs of SPIs that no device drives: one for each hart's
	 * doorbell, then for devices that the firmware plays
	 */
	unsigned int doorbell_first, doorbell_count;
};

/* A hart of the machine and the pages by which it takes interrupts. */
struct machine_hart {
	uint32_t id;
	int node;			/* offset of cpu@N in the tree */
	int owner;			/* compartment's index, or -1 */
	uint32_t intc;			/* phandle of its own controller */
	int plic_context;		/* PLIC: S-level context, or -1 */
	struct memory_range plic_page;	/* that context's page, if any */
	struct memory_range imsic_page;	/* its S-level interrupt file, if any */
	/* What the S-level APLIC's target registers call it, or -1. */
	int aplic_index;
	struct memory_range redistributor; /* GICv3: its RD_base and SGI_base */
	uint32_t doorbell_interrupt;	/* GICv3: INTID of its own; 0: none */
};

struct machine {
	const void *tree;
	struct memory_range ram[MACHINE_RAM_MAX];
	unsigned int ram_count;
	struct machine_hart harts[MACHINE_HARTS_MAX];
	unsigned int hart_count;
	struct memory_range plic;	/* its shared registers, if any */
	unsigned int plic_sources;	/* highest source number (riscv,ndev) */
	/* RISC-V: phandle of the PLIC or S-level APLIC, which devices name */
	uint32_t controller;
	unsigned int imsic_identities;	/* riscv,num-ids of the S level, or 0 */
	struct memory_range aplic;	/* the S level's registers, if any */
	unsigned int aplic_sources;	/* riscv,num-sources */
	bool aplic_sends_msis;		/* else it has delivery structures */
	struct memory_range distributor;	/* of a GICv3, if any */
	/* GICv3: INTIDs that no doorbell has of the board's, and no device */
	unsigned int undriven_first, undriven_count;
};

/*
 * Read harts, RAM and interrupt pages from the machine's tree of at most
 * `size` bytes at `tree` (8-byte aligned, stays in place).
 * COMPARTMENT_ERR_MALFORMED: no usable tree.
 */
int machine_parse(struct machine *machine,
		  const struct compartment_board *board, const void *tree,
		  size_t size, struct compartment_report *report);

/* The machine's hart `id`, or NULL. */
const struct machine_hart *machine_find_hart(const struct machine *machine,
					     uint32_t id);

/* Whether [base, base + size) lies in one piece of RAM; false if it wraps. */
bool machine_contains_ram(const struct machine *machine, uint64_t base,
			  uint64_t size);

/*
 * Choose board->private: the end of the RAM piece that holds the firmware, in
 * whole pages, for the bundle (`bundle_size` bytes, linked right behind
 * board->firmware) at its base and the machine's tree behind it, at *tree.
 * COMPARTMENT_ERR_NO_SPACE: that would reach down into the linked bundle.
 */
int board_place_copies(struct compartment_board *board,
		       const struct machine *machine, uint64_t bundle_size,
		       uint64_t tree_size, uint64_t *tree,
		       struct compartment_report *report);

/*
 * What is known about the device at `node` of the machine's tree: the row of
 * the first of its compatible strings that has one, or NULL. A row of the
 * board's own goes before the one that all boards have.
 */
const struct device_kind *board_find_kind(const struct compartment_board *board,
					  const void *tree, int node);

#endif
