// SPDX-License-Identifier: BSD-2-Clause
// Where QEMU's virt machine for AArch64 keeps what the manifests grant.

// Two cells: an address that far into RAM.
#define RAM_AT(offset)		0x0 (0x40000000 + (offset))

// Eight devices share a page of registers; both disks are the first of theirs.
#define DISK			"/virtio_mmio@a000000"
#define DISK_NEIGHBOUR		"/virtio_mmio@a000200"
#define SECOND_DISK		"/virtio_mmio@a001000"
#define FLASH			"/flash@0"

// What a compartment says to have a UART: the machine's own is none to play.
#define PLAYED_UART
