// SPDX-License-Identifier: BSD-2-Clause
// Where QEMU's virt machine for RISC-V keeps what the manifests grant.
// One of AIA_NONE, AIA_APLIC and AIA_APLIC_IMSIC is defined.

// Two cells: an address that far into RAM.
#define RAM_AT(offset)		0x0 (0x80000000 + (offset))

#define DISK			"/soc/virtio_mmio@10001000"
// The one beside it, in a page of its own.
#define DISK_NEIGHBOUR		"/soc/virtio_mmio@10003000"
#define SECOND_DISK		"/soc/virtio_mmio@10002000"
#define FLASH			"/flash@20000000"

#ifdef AIA_NONE
#define INTERRUPT_CONTROLLER	"/soc/plic@c000000"
#else
#define INTERRUPT_CONTROLLER	"/soc/interrupt-controller@d000000"
#endif

// Whose registers are not filtered by source: one compartment owns them all.
#define GRANT_OF_INTERRUPT_CONTROLLER					\
	interrupts {							\
		path = INTERRUPT_CONTROLLER;				\
		dma = "none";						\
	};
