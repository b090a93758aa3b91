/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/memory.h>
#include <common/tree.h>
#include <string.h>
#include "server.h"

#define DISK_ALIGN 4096

static struct server_disk disks[SERVER_DISKS_MAX];
static unsigned int disk_count;

static void disk_handle_interrupt(void *context)
{
	struct server_disk *disk = context;

	if (!virtio_mmio_ack_interrupt(&disk->device))
		return;
	disk->interrupted = true;
	disk->interrupts++;
}

static void disk_notify(void *context)
{
	struct server_disk *disk = context;

	virtio_mmio_notify(&disk->device,
			   virtq_driver_notification(&disk->virtq, 0));
}

/* Whether a disk is there that can be driven. */
static bool disk_bind(struct server_disk *disk,
		      const struct tree_device *device)
{
	int error = virtio_mmio_bind(&disk->device,
				     (void *)(uintptr_t)device->reg.base,
				     VIRTIO_ID_BLOCK);

	if (error == VIRTIO_ERR_VERSION)
		print("%s is a legacy device: start QEMU with -global virtio-mmio.force-legacy=false\n",
		      device->name);
	return !error;
}

/*
 * One field of the configuration, from a value of this CPU's back to the
 * little-endian bytes that it is in the device (VirtIO 1.2, 2.5.1).
 */
static int disk_read_field(struct server_disk *disk, void *field,
			   uint32_t offset, uint32_t size)
{
	uint8_t *bytes = field;
	uint64_t value;
	int error = virtio_mmio_read_config(&disk->device, offset, size, &value);

	for (uint32_t i = 0; !error && i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	return error;
}

#define DISK_READ(disk, config, field)					\
	disk_read_field(disk, &(config)->field,				\
			offsetof(struct virtio_blk_config, field),	\
			sizeof((config)->field))

static int disk_read_topology(struct server_disk *disk,
			      struct virtio_blk_config *config)
{
	return DISK_READ(disk, config, topology.physical_block_exp) |
	       DISK_READ(disk, config, topology.alignment_offset) |
	       DISK_READ(disk, config, topology.min_io_size) |
	       DISK_READ(disk, config, topology.opt_io_size);
}

static int disk_read_config(struct server_disk *disk,
			    struct virtio_blk_config *config)
{
	uint64_t features = disk->device.features;
	int error = DISK_READ(disk, config, capacity);

	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX))
		error |= DISK_READ(disk, config, size_max);
	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX))
		error |= DISK_READ(disk, config, seg_max);
	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE))
		error |= DISK_READ(disk, config, blk_size);
	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY))
		error |= disk_read_topology(disk, config);
	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD)) {
		error |= DISK_READ(disk, config, max_discard_sectors);
		error |= DISK_READ(disk, config, max_discard_seg);
		error |= DISK_READ(disk, config, discard_sector_alignment);
	}
	if (features & VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES)) {
		error |= DISK_READ(disk, config, max_write_zeroes_sectors);
		error |= DISK_READ(disk, config, max_write_zeroes_seg);
		error |= DISK_READ(disk, config, write_zeroes_may_unmap);
	}
	return error;
}

static int disk_start_queue(struct server_disk *disk, uint16_t size)
{
	void *block = memory_take(virtq_layout_bytes(size), DISK_ALIGN);
	struct virtq_driver_slot *slots = memory_take(size * sizeof(*slots),
						      64);
	struct virtq_driver_config config = {
		.features = disk->device.features,
		.slots = slots,
	};
	struct virtq_addresses addresses;

	if (!block || !slots)
		return -1;
	config.ring = virtq_layout_ring(block, size);
	addresses = virtq_layout_addresses((uintptr_t)block, size);
	if (virtq_driver_init(&disk->virtq, &config) ||
	    virtio_mmio_setup_queue(&disk->device, 0, &addresses) ||
	    virtio_mmio_start(&disk->device))
		return -1;
	return 0;
}

static int disk_start_backend(struct server_disk *disk, uint16_t size)
{
	struct loopback_block_disk_config config = {
		.virtq = &disk->virtq,
		.queue_size = size,
		.slot_count = SERVER_DISK_SLOTS,
		.features = disk->device.features,
		.notify = disk_notify,
		.ctx = disk,
	};

	config.wires = memory_take(SERVER_DISK_SLOTS * sizeof(*config.wires),
				   64);
	config.slots = memory_take(SERVER_DISK_SLOTS * sizeof(*config.slots),
				   64);
	if (!config.wires || !config.slots ||
	    disk_read_config(disk, &config.blk))
		return -1;
	config.wires_address = (uintptr_t)config.wires;
	return loopback_block_disk_init(&disk->backend, &config);
}

static int disk_init(struct server_disk *disk, const struct tree_device *device)
{
	uint64_t wanted = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			  VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |
			  LOOPBACK_BLOCK_DISK_FEATURES;
	uint32_t size;

	if (virtio_mmio_negotiate(&disk->device, wanted, 0, NULL)) {
		print("%s refuses to negotiate\n", device->name);
		return -1;
	}
	size = virtio_mmio_queue_max(&disk->device, 0);
	if (size > SERVER_DISK_QUEUE_SIZE)
		size = SERVER_DISK_QUEUE_SIZE;
	if (!size || disk_start_queue(disk, size) ||
	    disk_start_backend(disk, size)) {
		print("%s cannot be brought up\n", device->name);
		return -1;
	}
	if (irq_connect(device, disk_handle_interrupt, disk)) {
		print("%s has no interrupt\n", device->name);
		return -1;
	}
	disk->label = device->label;
	print("disk %s: %lu bytes%s, interrupt %d through the %s\n",
	      device->name, disk->backend.backend.capacity * 512,
	      disk->backend.backend.read_only ? ", read-only" : "",
	      device->source, irq_get_name());
	return 0;
}

int server_disks_init(void)
{
	const struct tree_device *device = NULL;

	while ((device = tree_find_device(&tree, device, "virtio,mmio"))) {
		/* What only shares a page with a disk is not ours to drive. */
		if (!device->label[0] || !disk_bind(&disks[disk_count], device))
			continue;
		if (disk_init(&disks[disk_count], device))
			return -1;
		if (++disk_count == SERVER_DISKS_MAX)
			break;
	}
	if (!disk_count)
		print("no virtio block device was granted\n");
	return disk_count ? 0 : -1;
}

/* Item `index` of a list with commas, and its length; NULL: it has none. */
static const char *disk_find_item(const char *list, const char *end,
				  unsigned int index, size_t *length)
{
	for (;; list++) {
		for (*length = 0; list + *length < end && list[*length] != ',';)
			(*length)++;
		if (!index--)
			return list;
		list += *length;
		if (list == end)
			return NULL;
	}
}

struct server_disk *server_disks_choose(unsigned int index)
{
	size_t length;
	const char *names = tree_get_string(&tree, "disks", &length);

	if (!names)
		return &disks[index < disk_count ? index : disk_count - 1];
	names = disk_find_item(names, names + length, index, &length);
	for (unsigned int i = 0; names && i < disk_count; i++) {
		if (!strncmp(disks[i].label, names, length) &&
		    !disks[i].label[length])
			return &disks[i];
	}
	return NULL;
}

static void disk_poll(struct server_disk *disk)
{
	int ended;

	disk->completed = false;
	if (!disk->interrupted)
		return;
	disk->interrupted = false;
	ended = loopback_block_disk_poll(&disk->backend);
	disk->completed = ended != 0;
	if (ended < 0) {
		/* Reset first: until then it may write to clients' buffers. */
		print("the disk broke its ring: it is given up\n");
		if (virtio_mmio_reset(&disk->device))
			firmware_end(true);
		loopback_block_disk_abort(&disk->backend);
	}
}

void server_disks_poll(void)
{
	for (unsigned int i = 0; i < disk_count; i++)
		disk_poll(&disks[i]);
}

uint64_t server_disks_count_interrupts(void)
{
	uint64_t interrupts = 0;

	for (unsigned int i = 0; i < disk_count; i++)
		interrupts += disks[i].interrupts;
	return interrupts;
}
