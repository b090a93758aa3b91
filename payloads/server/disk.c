/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/memory.h>
#include <common/tree.h>
#include <virtio/mmio_driver.h>
#include "server.h"

#define DISK_ALIGN 4096

static struct virtio_mmio disk_device;
static struct virtq_driver disk_virtq;

static void disk_handle_interrupt(void *context)
{
	struct server_disk *disk = context;

	if (!virtio_mmio_ack_interrupt(&disk_device))
		return;
	disk->interrupted = true;
	disk->interrupts++;
}

static void disk_notify(void *context)
{
	(void)context;
	virtio_mmio_notify(&disk_device,
			   virtq_driver_notification(&disk_virtq, 0));
}

static const struct tree_device *disk_find(void)
{
	const struct tree_device *device = NULL;
	int error;

	while ((device = tree_find_device(&tree, device, "virtio,mmio"))) {
		error = virtio_mmio_bind(&disk_device,
					 (void *)(uintptr_t)device->reg.base,
					 VIRTIO_ID_BLOCK);
		if (!error)
			return device;
		if (error == VIRTIO_ERR_VERSION)
			print("%s is a legacy device: start QEMU with -global virtio-mmio.force-legacy=false\n",
			      device->name);
	}
	print("no virtio block device was granted\n");
	return NULL;
}

/*
 * One field of the configuration, from a value of this CPU's back to the
 * little-endian bytes that it is in the device (VirtIO 1.2, 2.5.1).
 */
static int disk_read_field(void *field, uint32_t offset, uint32_t size)
{
	uint8_t *bytes = field;
	uint64_t value;
	int error = virtio_mmio_read_config(&disk_device, offset, size, &value);

	for (uint32_t i = 0; !error && i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	return error;
}

#define DISK_READ(config, field)					\
	disk_read_field(&(config)->field,				\
			offsetof(struct virtio_blk_config, field),	\
			sizeof((config)->field))

static int disk_read_config(struct virtio_blk_config *config, uint64_t features)
{
	int error = DISK_READ(config, capacity);

	if (!error && features & VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX))
		error = DISK_READ(config, size_max);
	if (!error && features & VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX))
		error = DISK_READ(config, seg_max);
	if (!error && features & VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE))
		error = DISK_READ(config, blk_size);
	if (!error && features & VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD)) {
		error |= DISK_READ(config, max_discard_sectors);
		error |= DISK_READ(config, max_discard_seg);
		error |= DISK_READ(config, discard_sector_alignment);
	}
	if (!error && features & VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES)) {
		error |= DISK_READ(config, max_write_zeroes_sectors);
		error |= DISK_READ(config, max_write_zeroes_seg);
		error |= DISK_READ(config, write_zeroes_may_unmap);
	}
	return error;
}

static int disk_start_queue(uint16_t size)
{
	void *block = memory_take(virtq_layout_bytes(size), DISK_ALIGN);
	struct virtq_driver_slot *slots = memory_take(size * sizeof(*slots),
						      64);
	struct virtq_driver_config config = {
		.features = disk_device.features,
		.slots = slots,
	};
	struct virtq_addresses addresses;

	if (!block || !slots)
		return -1;
	config.ring = virtq_layout_ring(block, size);
	addresses = virtq_layout_addresses((uintptr_t)block, size);
	if (virtq_driver_init(&disk_virtq, &config) ||
	    virtio_mmio_setup_queue(&disk_device, 0, &addresses) ||
	    virtio_mmio_start(&disk_device))
		return -1;
	return 0;
}

static int disk_start_backend(struct server_disk *disk, uint16_t size)
{
	struct loopback_block_disk_config config = {
		.virtq = &disk_virtq,
		.queue_size = size,
		.slot_count = SERVER_DISK_SLOTS,
		.features = disk_device.features,
		.notify = disk_notify,
	};

	config.wires = memory_take(SERVER_DISK_SLOTS * sizeof(*config.wires),
				   64);
	config.slots = memory_take(SERVER_DISK_SLOTS * sizeof(*config.slots),
				   64);
	if (!config.wires || !config.slots ||
	    disk_read_config(&config.blk, config.features))
		return -1;
	config.wires_address = (uintptr_t)config.wires;
	return loopback_block_disk_init(&disk->backend, &config);
}

int server_disk_init(struct server_disk *disk)
{
	const struct tree_device *device = disk_find();
	uint64_t wanted = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			  VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |
			  LOOPBACK_BLOCK_DISK_FEATURES;
	uint32_t size;

	if (!device)
		return -1;
	if (virtio_mmio_negotiate(&disk_device, wanted, 0, NULL)) {
		print("%s refuses to negotiate\n", device->name);
		return -1;
	}
	size = virtio_mmio_queue_max(&disk_device, 0);
	if (size > SERVER_DISK_QUEUE_SIZE)
		size = SERVER_DISK_QUEUE_SIZE;
	if (!size || disk_start_queue(size) || disk_start_backend(disk, size)) {
		print("%s cannot be brought up\n", device->name);
		return -1;
	}
	if (irq_connect(device, disk_handle_interrupt, disk)) {
		print("%s has no interrupt\n", device->name);
		return -1;
	}
	print("disk %s: %lu bytes%s, interrupt %d through the %s\n",
	      device->name, disk->backend.backend.capacity * 512,
	      disk->backend.backend.read_only ? ", read-only" : "",
	      device->source, irq_get_name());
	return 0;
}

bool server_disk_poll(struct server_disk *disk)
{
	int ended;

	if (!disk->interrupted)
		return false;
	disk->interrupted = false;
	ended = loopback_block_disk_poll(&disk->backend);
	if (ended < 0) {
		/* Reset first: until then it may write to clients' buffers. */
		print("the disk broke its ring: it is given up\n");
		if (virtio_mmio_reset(&disk_device))
			firmware_end(true);
		loopback_block_disk_abort(&disk->backend);
	}
	return ended != 0;
}
