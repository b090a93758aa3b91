// SPDX-License-Identifier: BSD-2-Clause
// Where QEMU's virt machine for RISC-V keeps what the manifests grant.

// Two cells: an address that far into RAM.
#define RAM_AT(offset)		0x0 (0x80000000 + (offset))

#define DISK			"/soc/virtio_mmio@10001000"
// The one beside it, in a page of its own.
#define DISK_NEIGHBOUR		"/soc/virtio_mmio@10003000"
#define SECOND_DISK		"/soc/virtio_mmio@10002000"
#define FLASH			"/flash@20000000"

// What a compartment says to have a UART.
#define PLAYED_UART		console = "uart";
