/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's "virt" machine with cores of the Arm architecture: what no device tree
 * of it tells, for its firmware and for the host's checker.
 *
 * Memory: constant. Concurrency: none. Trust: our own word.
 */
#ifndef QEMU_VIRT_ARM64_FACTS_H
#define QEMU_VIRT_ARM64_FACTS_H

#include <compartment/board.h>

/* No device drives these SPIs. */
#define QEMU_VIRT_DOORBELL_FIRST	224
#define QEMU_VIRT_DOORBELL_COUNT	64

/* The firmware's own: the device that ends the machine is behind it. */
static const struct device_kind qemu_virt_kinds[] = {
	{ .compatible = "pci-host-ecam-generic", .dma = DEVICE_DMA_MASTER,
	  .reset = DEVICE_RESET_UNKNOWN, .role = DEVICE_ROLE_FIRMWARE },
};
#define QEMU_VIRT_KINDS							\
	(sizeof(qemu_virt_kinds) / sizeof(qemu_virt_kinds[0]))

#endif
