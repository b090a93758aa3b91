/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "mmio_device.h"

static struct mmio_device_queue *owner_queue(struct mmio_device *device,
					     uint32_t index)
{
	if (index < MMIO_DEVICE_QUEUES)
		return &device->owner[index];
	device->strays++;
	return NULL;
}

static uint32_t echo(const struct virtq_chain *chain)
{
	unsigned char bytes[256];
	uint32_t have = 0, done = 0, i, n;

	for (i = 0; i < chain->readable; i++) {
		n = chain->segments[i].len;
		if (n > sizeof(bytes) - have)
			n = sizeof(bytes) - have;
		memcpy(bytes + have, chain->segments[i].pointer, n);
		have += n;
	}
	for (; i < (uint32_t)chain->readable + chain->writable; i++) {
		n = chain->segments[i].len;
		if (n > have - done)
			n = have - done;
		memcpy(chain->segments[i].pointer, bytes + done, n);
		done += n;
	}
	return done;
}

static void serve(struct mmio_device *device, uint32_t index)
{
	struct mmio_device_queue *queue = &device->owner[index];
	struct virtq_chain chain = {
		.segments = device->segments,
		.capacity = MMIO_DEVICE_NUM,
	};

	do {
		virtq_device_disable_notifications(&queue->vq);
		while (virtq_device_pop(&queue->vq, &chain) > 0) {
			if (device->holds) {
				queue->held = chain.head;
				queue->holding = true;
				continue;
			}
			virtq_device_push(&queue->vq, chain.head, echo(&chain));
		}
		if (virtq_device_publish(&queue->vq))
			virtio_mmio_device_used(&device->machine);
	} while (!virtq_device_error(&queue->vq) &&
		 virtq_device_enable_notifications(&queue->vq));
}

int mmio_device_complete(struct mmio_device *device, uint32_t index)
{
	struct mmio_device_queue *queue = &device->owner[index];
	int error = virtq_device_push(&queue->vq, queue->held, 0);

	queue->holding = false;
	virtq_device_publish(&queue->vq);
	virtio_mmio_device_used(&device->machine);
	return error;
}

static int owner_queue_ready(void *context, uint32_t index,
			     const struct virtq_addresses *at,
			     uint64_t features)
{
	struct mmio_device *device = context;
	struct mmio_device_queue *queue = owner_queue(device, index);
	struct virtq_device_config config = {
		.addresses = *at,
		.features = features,
		.regions = &device->table,
	};
	int error;

	device->asked++;
	if (!queue || device->refuses_queues)
		return VIRTIO_ERR_NO_QUEUE;
	/* Else the slots would be overrun. */
	if (at->num > MMIO_DEVICE_NUM || queue->serving)
		abort();
	config.slots = queue->slots;
	error = virtq_device_init(&queue->vq, &config);
	if (error)
		return error;
	queue->at = *at;
	queue->readies++;
	queue->serving = true;
	return 0;
}

static void let_go(struct mmio_device_queue *queue)
{
	queue->serving = false;
	virtq_device_latch(&queue->vq, VIRTIO_ERR_NEEDS_RESET);
}

static void owner_queue_stop(void *context, uint32_t index)
{
	struct mmio_device *device = context;
	struct mmio_device_queue *queue = owner_queue(device, index);

	if (!queue)
		return;
	device->strays += !queue->serving;
	queue->stops++;
	let_go(queue);
	if (!device->silent)
		virtio_mmio_device_queue_stop_done(&device->machine, index);
}

static void owner_notify(void *context, uint32_t index, uint16_t data)
{
	struct mmio_device *device = context;
	struct mmio_device_queue *queue = owner_queue(device, index);

	if (!queue)
		return;
	device->strays += !queue->serving || !device->driver_oks;
	queue->notifies++;
	queue->data = data;
	serve(device, index);
}

static void owner_driver_ok(void *context)
{
	struct mmio_device *device = context;
	uint32_t i;

	device->driver_oks++;
	for (i = 0; i < MMIO_DEVICE_QUEUES; i++) {
		if (device->owner[i].serving)
			serve(device, i);
	}
	if (device->breaks)
		virtio_mmio_device_needs_reset(&device->machine);
}

static void owner_reset(void *context)
{
	struct mmio_device *device = context;
	uint32_t i;

	device->resets++;
	device->driver_oks = 0;
	for (i = 0; i < MMIO_DEVICE_QUEUES; i++) {
		if (device->owner[i].serving)
			let_go(&device->owner[i]);
	}
	if (!device->silent && !device->slow_reads)
		virtio_mmio_device_reset_done(&device->machine);
}

static uint32_t owner_read_config(void *context, uint32_t offset,
				  unsigned int width)
{
	struct mmio_device *device = context;
	uint32_t value = 0;

	while (width--)
		value = value << 8 | device->space[offset + width];
	return value;
}

static void owner_write_config(void *context, uint32_t offset,
			       unsigned int width, uint32_t value)
{
	struct mmio_device *device = context;
	unsigned int i;

	device->config_writes++;
	for (i = 0; i < width; i++)
		device->space[offset + i] = (uint8_t)(value >> 8 * i);
	/* The machine promises a value of that width. */
	device->strays += width < 4 && value >> 8 * width;
}

static const struct virtio_mmio_device_ops owner_ops = {
	.queue_ready = owner_queue_ready,
	.queue_stop = owner_queue_stop,
	.notify = owner_notify,
	.driver_ok = owner_driver_ok,
	.reset = owner_reset,
	.read_config = owner_read_config,
	.write_config = owner_write_config,
};

void mmio_device_show(struct mmio_device *device)
{
	if (virtio_mmio_device_init(&device->machine, &device->config))
		abort();
}

void mmio_device_init(struct mmio_device *device, uint32_t id,
		      uint64_t features)
{
	unsigned int i;

	memset(device, 0, sizeof(*device));
	device->memory = aligned_alloc(4096, MMIO_DEVICE_BYTES);
	if (!device->memory)
		abort();
	memset(device->memory, 0, MMIO_DEVICE_BYTES);
	device->region.addr = MMIO_DEVICE_BUS;
	device->region.size = MMIO_DEVICE_BYTES;
	device->region.base = device->memory;
	device->region.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE;
	if (virtio_region_table_init(&device->table, &device->region, 1))
		abort();
	for (i = 0; i <= MMIO_DEVICE_QUEUES; i++)
		device->queues[i].num_max = MMIO_DEVICE_NUM;
	for (i = 0; i < MMIO_DEVICE_CONFIG; i++)
		device->space[i] = (uint8_t)(i + 1);
	device->config.ops = &owner_ops;
	device->config.context = device;
	device->config.queues = device->queues;
	device->config.queue_count = MMIO_DEVICE_QUEUES;
	device->config.device_id = id;
	device->config.vendor_id = 0x64726176;
	device->config.config_bytes = MMIO_DEVICE_CONFIG;
	device->config.features = features;
	mmio_device_show(device);
}

void mmio_device_free(struct mmio_device *device)
{
	free(device->memory);
	device->memory = NULL;
}

void mmio_device_lie(struct mmio_device *device, uint32_t offset,
		     uint32_t value)
{
	if (device->lie_count == MMIO_DEVICE_LIES)
		abort();
	device->lies[device->lie_count].offset = offset;
	device->lies[device->lie_count].value = value;
	device->lie_count++;
}

static bool is_readable(uint32_t offset)
{
	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
	case VIRTIO_MMIO_VERSION:
	case VIRTIO_MMIO_DEVICE_ID:
	case VIRTIO_MMIO_VENDOR_ID:
	case VIRTIO_MMIO_DEVICE_FEATURES:
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
	case VIRTIO_MMIO_QUEUE_READY:
	case VIRTIO_MMIO_INTERRUPT_STATUS:
	case VIRTIO_MMIO_STATUS:
	case VIRTIO_MMIO_QUEUE_RESET:
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return true;
	}
	return offset >= VIRTIO_MMIO_CONFIG &&
	       offset < VIRTIO_MMIO_CONFIG + MMIO_DEVICE_CONFIG;
}

uint32_t mmio_device_read(void *context, uint32_t offset, unsigned int width)
{
	struct mmio_device *device = context;
	uint32_t value;
	unsigned int i;

	device->violations += !is_readable(offset) || offset % width ||
			      (offset < VIRTIO_MMIO_CONFIG && width != 4);
	for (i = 0; i < device->lie_count; i++) {
		if (device->lies[i].offset == offset)
			return device->lies[i].value;
	}
	if (offset == VIRTIO_MMIO_STATUS && device->slow_reads &&
	    !--device->slow_reads)
		virtio_mmio_device_reset_done(&device->machine);
	value = virtio_mmio_device_read(&device->machine, offset, width);
	if (offset >= VIRTIO_MMIO_CONFIG && device->config_changes) {
		device->config_changes--;
		device->space[offset - VIRTIO_MMIO_CONFIG]++;
		virtio_mmio_device_config_changed(&device->machine);
	}
	return value;
}

/* What a driver must not write (2.1.1, 2.2.1, 3.1.1, 4.2.2.2). */
static bool is_violation(const struct mmio_device *device, uint32_t offset,
			 uint32_t value)
{
	const struct virtio_mmio_device *machine = &device->machine;
	uint32_t sel = machine->driver_features_sel;

	switch (offset) {
	case VIRTIO_MMIO_STATUS:
		return value && machine->status & ~value;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		return machine->status & VIRTIO_STATUS_FEATURES_OK ||
		       sel > 1 ||
		       (uint64_t)value << 32 * sel & ~device->config.features;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		return !(machine->status & VIRTIO_STATUS_DRIVER_OK);
	case VIRTIO_MMIO_INTERRUPT_ACK:
		/* Of nothing it is allowed, but costs a guest a trap. */
		return !value || value & ~(VIRTIO_MMIO_INT_USED |
					   VIRTIO_MMIO_INT_CONFIG);
	case VIRTIO_MMIO_QUEUE_NUM:
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		return virtio_mmio_device_read(machine,
					       VIRTIO_MMIO_QUEUE_READY, 4);
	case VIRTIO_MMIO_QUEUE_RESET:
		return !(machine->accepted &
			 VIRTIO_FEATURE(VIRTIO_F_RING_RESET));
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
	case VIRTIO_MMIO_QUEUE_SEL:
	case VIRTIO_MMIO_QUEUE_READY:
		return false;
	}
	return true;
}

void mmio_device_write(void *context, uint32_t offset, uint32_t value)
{
	struct mmio_device *device = context;

	device->violations += is_violation(device, offset, value);
	virtio_mmio_device_write(&device->machine, offset, 4, value);
}
