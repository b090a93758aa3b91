/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <string.h>
#include <common/irq.h>
#include <common/memory.h>
#include "guest.h"

#define DISK_FEATURES							\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |				\
	 VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH))
#define DISK_ALIGN	4096
#define SEGMENTS	3	/* header, data, status */

static void disk_handle_interrupt(void *context)
{
	struct guest_disk *disk = context;
	uint32_t causes = virtio_mmio_ack_interrupt(&disk->mmio);

	disk->interrupts += causes != 0;
	disk->causes |= causes;
}

/* What the device's node names as the only memory that it reaches. */
static struct tree_range disk_find_pool(const struct tree_device *device)
{
	const void *blob = tree.blob;
	int node = fdt_subnode_offset(blob, fdt_path_offset(blob, "/soc"),
				      device->name);
	uint32_t phandle = tree_read_cell(blob, node, "memory-region", 0);

	if (!phandle)
		return (struct tree_range){ 0, 0 };
	node = fdt_node_offset_by_phandle(blob, phandle);
	return tree_read_range(blob, node, "reg", 0);
}

static void *disk_take(struct guest_disk *disk, uint64_t size)
{
	uint64_t base = disk->pool.base;

	if (!base)
		return memory_take(size, DISK_ALIGN);
	size = (size + DISK_ALIGN - 1) & ~(uint64_t)(DISK_ALIGN - 1);
	if (size > disk->pool.size)
		return NULL;
	disk->pool.base += size;
	disk->pool.size -= size;
	return (void *)(uintptr_t)base;
}

static bool disk_take_memory(struct guest_disk *disk)
{
	disk->ring = disk_take(disk, virtq_layout_bytes(disk->queue_size));
	disk->wires = disk_take(disk, GUEST_DEPTH * sizeof(*disk->wires));
	disk->data = disk_take(disk, GUEST_DEPTH * GUEST_REQUEST_BYTES);
	disk->slots = memory_take(disk->queue_size * sizeof(*disk->slots), 64);
	return disk->ring && disk->wires && disk->data && disk->slots;
}

static void *disk_registers(const struct tree_device *device)
{
	return (void *)(uintptr_t)device->reg.base;
}

bool guest_disk_is_there(const struct tree_device *device)
{
	struct virtio_mmio mmio;

	return !virtio_mmio_bind(&mmio, disk_registers(device),
				 VIRTIO_ID_BLOCK);
}

int guest_disk_open(struct guest_disk *disk, const struct tree_device *device)
{
	uint32_t size;
	int error = virtio_mmio_bind(&disk->mmio, disk_registers(device),
				     VIRTIO_ID_BLOCK);

	if (error)
		return error;
	disk->device = device;
	disk->pool = disk_find_pool(device);
	size = virtio_mmio_queue_max(&disk->mmio, 0);
	if (size < SEGMENTS * GUEST_DEPTH)
		return VIRTIO_ERR_QUEUE_SIZE;
	/* Small, so that its indices come round. */
	disk->queue_size = 4 * GUEST_DEPTH;
	if (!disk_take_memory(disk) ||
	    irq_connect(device, disk_handle_interrupt, disk))
		return VIRTIO_ERR_INVALID;
	return VIRTIO_OK;
}

int guest_disk_negotiate(struct guest_disk *disk)
{
	uint64_t required = 0;

	/* With a pool the device must not take addresses for physical ones. */
	if (disk->pool.base)
		required = VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	return virtio_mmio_negotiate(&disk->mmio, DISK_FEATURES, required,
				     NULL);
}

int guest_disk_set_up(struct guest_disk *disk)
{
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(disk->ring, disk->queue_size),
		.features = disk->mmio.features,
		.slots = disk->slots,
	};
	struct virtq_addresses at =
		virtq_layout_addresses((uintptr_t)disk->ring, disk->queue_size);
	int error = virtq_driver_init(&disk->virtq, &config);

	return error ? error : virtio_mmio_setup_queue(&disk->mmio, 0, &at);
}

int guest_disk_start(struct guest_disk *disk)
{
	uint64_t sectors = 0;
	int error = guest_disk_negotiate(disk);

	if (!error)
		error = virtio_mmio_read_config(
				&disk->mmio,
				offsetof(struct virtio_blk_config, capacity),
				sizeof(sectors), &sectors);
	if (!error)
		error = guest_disk_set_up(disk);
	if (!error)
		error = virtio_mmio_start(&disk->mmio);
	disk->size = sectors * VIRTIO_BLK_SECTOR_SIZE;
	return error;
}

unsigned char *guest_disk_data(struct guest_disk *disk, unsigned int slot)
{
	return disk->data + slot * GUEST_REQUEST_BYTES;
}

int guest_disk_submit(struct guest_disk *disk, unsigned int slot, uint32_t type,
		      uint64_t offset, uint32_t bytes)
{
	struct guest_wire *wire = &disk->wires[slot];
	struct virtq_segment segments[SEGMENTS] = {
		{ .addr = (uintptr_t)&wire->header,
		  .len = sizeof(wire->header) },
	};
	unsigned int count = 1, readable;

	wire->header.type = virtio_le32(type);
	wire->header.reserved = 0;
	wire->header.sector = virtio_le64(offset / VIRTIO_BLK_SECTOR_SIZE);
	wire->status = 0xff;
	if (bytes) {
		segments[count].addr = (uintptr_t)guest_disk_data(disk, slot);
		segments[count++].len = bytes;
	}
	readable = type == VIRTIO_BLK_T_OUT ? count : 1;
	segments[count].addr = (uintptr_t)&wire->status;
	segments[count++].len = 1;
	return virtq_driver_add(&disk->virtq, segments, readable,
				count - readable, wire);
}

void guest_disk_kick(struct guest_disk *disk)
{
	if (virtq_driver_publish(&disk->virtq))
		virtio_mmio_notify(&disk->mmio,
				   virtq_driver_notification(&disk->virtq, 0));
}

int guest_disk_poll(struct guest_disk *disk)
{
	struct virtq_completion completion;
	int result = virtq_driver_get(&disk->virtq, &completion);

	if (result <= 0)
		return result ? result : GUEST_NOTHING;
	return (int)((struct guest_wire *)completion.cookie - disk->wires);
}

void guest_disk_sleep(struct guest_disk *disk)
{
	if (!virtq_driver_enable_callbacks(&disk->virtq))
		irq_wait();
}

int guest_disk_await(struct guest_disk *disk)
{
	int slot;

	while ((slot = guest_disk_poll(disk)) == GUEST_NOTHING)
		guest_disk_sleep(disk);
	return slot;
}

int guest_disk_request(struct guest_disk *disk, uint32_t type, uint64_t offset,
		       uint32_t bytes)
{
	int result = guest_disk_submit(disk, 0, type, offset, bytes);

	if (result)
		return result;
	guest_disk_kick(disk);
	result = guest_disk_await(disk);
	if (result < 0)
		return result;
	return result ? VIRTIO_ERR_HEAD : disk->wires[0].status;
}

bool guest_disk_works(struct guest_disk *disk)
{
	return !guest_disk_request(disk, VIRTIO_BLK_T_IN, 0, 4096) &&
	       !guest_disk_request(disk, VIRTIO_BLK_T_FLUSH, 0, 0);
}
