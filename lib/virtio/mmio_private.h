/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mmio_device.c asks of mmio_queue.c: the registers that QueueSel aims and
 * QueueNotify. None is written while the device is in reset or has been given
 * up.
 */
#ifndef VIRTIO_MMIO_PRIVATE_H
#define VIRTIO_MMIO_PRIVATE_H

#include <virtio/mmio_device.h>

/* Put the registers of a queue that nobody serves back to rest. */
void virtio_mmio_queue_clear(struct virtio_mmio_queue *queue);

/* QueueNumMax, QueueReady or QueueReset of the selected queue. */
uint32_t virtio_mmio_queue_read(const struct virtio_mmio_device *dev,
				uint32_t offset);

/* Any offset; those of other registers are ignored. Returns what
 * virtio_mmio_device_write() does. */
bool virtio_mmio_queue_write(struct virtio_mmio_device *dev, uint32_t offset,
			     uint32_t value);

void virtio_mmio_queue_notify(struct virtio_mmio_device *dev, uint32_t value);

#endif
