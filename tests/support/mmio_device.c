/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mmio_device.h"

void mmio_device_init(struct mmio_device *device, uint32_t id,
		      uint64_t features)
{
	unsigned int i;

	memset(device, 0, sizeof(*device));
	device->magic = VIRTIO_MMIO_MAGIC;
	device->version = VIRTIO_MMIO_VERSION_2;
	device->id = id;
	device->features = features;
	for (i = 0; i < MMIO_DEVICE_QUEUES; i++)
		device->queues[i].max = 64;
	for (i = 0; i < MMIO_DEVICE_CONFIG; i++)
		device->config[i] = (uint8_t)(i + 1);
}

static struct mmio_device_queue *selected(struct mmio_device *device)
{
	return device->queue_sel < MMIO_DEVICE_QUEUES ?
		&device->queues[device->queue_sel] : NULL;
}

static uint32_t read_status(struct mmio_device *device)
{
	if (device->slow_left && --device->slow_left == 0)
		device->status = 0;
	return device->status;
}

static uint32_t read_config(struct mmio_device *device, uint32_t at,
			    unsigned int width)
{
	uint32_t value = 0;

	if (at + width > MMIO_DEVICE_CONFIG || at % width) {
		device->violations++;
		return 0;
	}
	memcpy(&value, &device->config[at], width);
	if (device->config_changes) {
		device->config_changes--;
		device->generation++;
		device->config[at]++;
	}
	return value;
}

uint32_t mmio_device_read(void *context, uint32_t offset, unsigned int width)
{
	struct mmio_device *device = context;
	struct mmio_device_queue *queue = selected(device);

	if (offset >= VIRTIO_MMIO_CONFIG)
		return read_config(device, offset - VIRTIO_MMIO_CONFIG, width);
	if (width != 4)
		device->violations++;
	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return device->magic;
	case VIRTIO_MMIO_VERSION:
		return device->version;
	case VIRTIO_MMIO_DEVICE_ID:
		return device->id;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return (uint32_t)(device->features >>
				  (device->features_sel ? 32 : 0));
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return queue ? queue->max : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return queue && !device->never_ready ? queue->ready : 0;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return device->interrupt_status;
	case VIRTIO_MMIO_STATUS:
		return read_status(device);
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return device->generation;
	}
	device->violations++;	/* not readable */
	return 0;
}

static void reset(struct mmio_device *device)
{
	unsigned int i;

	device->resets++;
	if (device->never_resets)
		return;
	device->accepted = 0;
	for (i = 0; i < MMIO_DEVICE_QUEUES; i++)
		device->queues[i].ready = 0;
	device->slow_left = device->slow_reset;
	if (!device->slow_left)
		device->status = 0;
}

static void write_status(struct mmio_device *device, uint32_t value)
{
	if (!value) {
		reset(device);
		return;
	}
	/* Bits are only ever added (2.1.1). */
	device->violations += (device->status & ~value) != 0;
	if (device->refuses_features)
		value &= ~VIRTIO_STATUS_FEATURES_OK;
	if (device->needs_reset && (value & VIRTIO_STATUS_DRIVER_OK))
		value |= VIRTIO_STATUS_DEVICE_NEEDS_RESET;
	device->status = value;
}

static void write_features(struct mmio_device *device, uint32_t value)
{
	unsigned int shift = device->driver_sel ? 32 : 0;

	/* After FEATURES_OK the choice stands (3.1.1). */
	device->violations += (device->status & VIRTIO_STATUS_FEATURES_OK) != 0;
	device->accepted &= ~((uint64_t)UINT32_MAX << shift);
	device->accepted |= (uint64_t)value << shift;
	device->violations += (device->accepted & ~device->features) != 0;
}

static void write_queue(struct mmio_device *device, uint32_t offset,
			uint32_t value)
{
	struct mmio_device_queue *queue = selected(device);
	uint32_t part = (offset - VIRTIO_MMIO_QUEUE_DESC_LOW) / 16;

	if (!queue || (queue->ready && offset != VIRTIO_MMIO_QUEUE_READY)) {
		device->violations++;
		return;
	}
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		queue->num = value;
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		queue->ready = value;
		break;
	default:
		if (offset % 16)
			queue->high[part] = value;
		else
			queue->low[part] = value;
	}
}

void mmio_device_write(void *context, uint32_t offset, uint32_t value)
{
	struct mmio_device *device = context;

	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		device->features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		device->driver_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		write_features(device, value);
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		device->queue_sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		device->notifies++;
		device->last_notify = value;
		/* Not before DRIVER_OK (3.1.1). */
		device->violations +=
			!(device->status & VIRTIO_STATUS_DRIVER_OK);
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		device->violations += (value & ~device->interrupt_status) != 0;
		device->interrupt_status &= ~value;
		break;
	case VIRTIO_MMIO_STATUS:
		write_status(device, value);
		break;
	case VIRTIO_MMIO_QUEUE_NUM:
	case VIRTIO_MMIO_QUEUE_READY:
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		write_queue(device, offset, value);
		break;
	default:
		device->violations++;	/* not writable */
	}
}
