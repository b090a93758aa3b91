/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of a virtio device on a memory bus, version 2: VirtIO 1.2, 4.2.2.
 * All are 32 bits wide and little-endian, but those from CONFIG on, whose width
 * is that of the device's field.
 */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#define VIRTIO_MMIO_MAGIC_VALUE		0x000	/* R, 4.2.2 */
#define VIRTIO_MMIO_VERSION		0x004	/* R */
#define VIRTIO_MMIO_DEVICE_ID		0x008	/* R, 0: nothing here */
#define VIRTIO_MMIO_VENDOR_ID		0x00c	/* R */
#define VIRTIO_MMIO_DEVICE_FEATURES	0x010	/* R */
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL	0x014	/* W */
#define VIRTIO_MMIO_DRIVER_FEATURES	0x020	/* W */
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL	0x024	/* W */
#define VIRTIO_MMIO_QUEUE_SEL		0x030	/* W */
#define VIRTIO_MMIO_QUEUE_NUM_MAX	0x034	/* R */
#define VIRTIO_MMIO_QUEUE_NUM		0x038	/* W */
#define VIRTIO_MMIO_QUEUE_READY		0x044	/* RW */
#define VIRTIO_MMIO_QUEUE_NOTIFY	0x050	/* W */
#define VIRTIO_MMIO_INTERRUPT_STATUS	0x060	/* R */
#define VIRTIO_MMIO_INTERRUPT_ACK	0x064	/* W */
#define VIRTIO_MMIO_STATUS		0x070	/* RW, writing 0 resets */
#define VIRTIO_MMIO_QUEUE_DESC_LOW	0x080	/* W */
#define VIRTIO_MMIO_QUEUE_DESC_HIGH	0x084	/* W */
#define VIRTIO_MMIO_QUEUE_DRIVER_LOW	0x090	/* W, available ring */
#define VIRTIO_MMIO_QUEUE_DRIVER_HIGH	0x094	/* W */
#define VIRTIO_MMIO_QUEUE_DEVICE_LOW	0x0a0	/* W, used ring */
#define VIRTIO_MMIO_QUEUE_DEVICE_HIGH	0x0a4	/* W */
#define VIRTIO_MMIO_SHM_SEL		0x0ac	/* W */
#define VIRTIO_MMIO_SHM_LEN_LOW		0x0b0	/* R */
#define VIRTIO_MMIO_SHM_LEN_HIGH	0x0b4	/* R */
#define VIRTIO_MMIO_SHM_BASE_LOW	0x0b8	/* R */
#define VIRTIO_MMIO_SHM_BASE_HIGH	0x0bc	/* R */
#define VIRTIO_MMIO_QUEUE_RESET		0x0c0	/* RW */
#define VIRTIO_MMIO_CONFIG_GENERATION	0x0fc	/* R */
#define VIRTIO_MMIO_CONFIG		0x100	/* RW */

#define VIRTIO_MMIO_MAGIC		0x74726976u	/* "virt" */
#define VIRTIO_MMIO_VERSION_2		2u

#define VIRTIO_MMIO_INT_USED		1u	/* a buffer was used */
#define VIRTIO_MMIO_INT_CONFIG		2u	/* configuration changed */

#endif
