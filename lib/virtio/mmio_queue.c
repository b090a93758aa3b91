/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of a queue, device side: from rest to ready and back. */
#include <stddef.h>

#include "mmio_private.h"

enum queue_state {
	QUEUE_REST,
	QUEUE_READY,
	QUEUE_STOPPING,		/* QueueReady 0 was written */
	QUEUE_RESETTING,	/* QueueReset 1 was written */
};

/* virtio_mmio_queue.written with the low halves of all three addresses. */
#define WROTE_ALL	7u

void virtio_mmio_queue_clear(struct virtio_mmio_queue *queue)
{
	queue->addresses = (struct virtq_addresses){ 0 };
	queue->written = 0;
	queue->state = QUEUE_REST;
}

void virtio_mmio_device_queue_stop_done(struct virtio_mmio_device *dev,
					uint32_t index)
{
	struct virtio_mmio_queue *queue;

	/* The index may be a server's word, and so may be that it is over. */
	if (index >= dev->config.queue_count)
		return;
	queue = &dev->config.queues[index];
	if (queue->state == QUEUE_STOPPING || queue->state == QUEUE_RESETTING)
		virtio_mmio_queue_clear(queue);
}

/* The queue that the registers are about, NULL if there is none: each access
 * asks here, so a selector out of range reaches no memory. */
static struct virtio_mmio_queue *
selected_queue(const struct virtio_mmio_device *dev)
{
	struct virtio_mmio_queue *queue;

	if (dev->queue_sel >= dev->config.queue_count)
		return NULL;
	queue = &dev->config.queues[dev->queue_sel];
	return queue->num_max ? queue : NULL;
}

uint32_t virtio_mmio_queue_read(const struct virtio_mmio_device *dev,
				uint32_t offset)
{
	const struct virtio_mmio_queue *queue = selected_queue(dev);

	if (!queue)
		return 0;
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return queue->num_max;
	case VIRTIO_MMIO_QUEUE_READY:
		return queue->state != QUEUE_REST;
	default:
		return queue->state == QUEUE_RESETTING;
	}
}

static void queue_enable(struct virtio_mmio_device *dev,
			 struct virtio_mmio_queue *queue)
{
	/* Before, the format of the ring is not known. */
	if (!(dev->status & VIRTIO_STATUS_FEATURES_OK))
		return;
	/* Another start would replace the rings of requests in flight. */
	if (queue->state != QUEUE_REST)
		return;
	/* Zero may be somebody's memory, though the driver named none. */
	if (queue->written != WROTE_ALL)
		return;
	/* The owner's private arrays have num_max entries. */
	if (queue->addresses.num > queue->num_max)
		return;
	if (!virtq_size_is_valid_for(queue->addresses.num, dev->accepted))
		return;
	if (dev->config.ops->queue_ready(dev->config.context, dev->queue_sel,
					 &queue->addresses, dev->accepted))
		return;
	queue->state = QUEUE_READY;
}

static void queue_disable(struct virtio_mmio_device *dev,
			  struct virtio_mmio_queue *queue,
			  enum queue_state state)
{
	/* The owner is asked once, and only of queues that it serves. */
	if (queue->state != QUEUE_READY)
		return;
	queue->state = (uint8_t)state;
	dev->config.ops->queue_stop(dev->config.context, dev->queue_sel);
}

static void write_address(struct virtio_mmio_queue *queue, uint32_t offset,
			  uint32_t value)
{
	uint32_t part = (offset - VIRTIO_MMIO_QUEUE_DESC_LOW) / 16;
	uint64_t *const parts[] = {
		&queue->addresses.desc, &queue->addresses.driver,
		&queue->addresses.device,
	};

	if (offset % 16) {
		*parts[part] = (uint64_t)value << 32 | (uint32_t)*parts[part];
	} else {
		*parts[part] = *parts[part] >> 32 << 32 | value;
		queue->written |= (uint8_t)(1u << part);
	}
}

static void write_setup(struct virtio_mmio_queue *queue, uint32_t offset,
			uint32_t value)
{
	/* A ring must not move under those who serve it. */
	if (queue->state != QUEUE_REST)
		return;
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		queue->addresses.num = value;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		write_address(queue, offset, value);
		break;
	}
}

bool virtio_mmio_queue_write(struct virtio_mmio_device *dev, uint32_t offset,
			     uint32_t value)
{
	struct virtio_mmio_queue *queue = selected_queue(dev);

	if (!queue)
		return true;
	if (offset == VIRTIO_MMIO_QUEUE_READY) {
		if (value == 1)
			queue_enable(dev, queue);
		else if (value == 0)
			queue_disable(dev, queue, QUEUE_STOPPING);
		return value || queue->state != QUEUE_STOPPING;
	}
	if (offset != VIRTIO_MMIO_QUEUE_RESET)
		write_setup(queue, offset, value);
	else if (value == 1 && (dev->accepted &
				VIRTIO_FEATURE(VIRTIO_F_RING_RESET)))
		queue_disable(dev, queue, QUEUE_RESETTING);
	return true;
}

void virtio_mmio_queue_notify(struct virtio_mmio_device *dev, uint32_t value)
{
	uint32_t index = value;
	uint16_t data = 0;

	/* Nobody has asked for buffers of a driver that is not up (3.1.1). */
	if (!(dev->status & VIRTIO_STATUS_DRIVER_OK))
		return;
	if (dev->accepted & VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA)) {
		index = value & 0xffff;
		data = (uint16_t)(value >> 16);
	}
	if (index >= dev->config.queue_count)
		return;
	/* A queue at rest has no ring to look at. */
	if (dev->config.queues[index].state != QUEUE_READY)
		return;
	dev->config.ops->notify(dev->config.context, index, data);
}
