/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/block_backend_virtio.h>
#include <port/port.h>

#include "page.h"
#include "slot.h"
#include "wire.h"

static struct loopback_block_wire *
get_wire(const struct loopback_block_disk *disk,
	 const struct loopback_block_disk_slot *slot)
{
	return &disk->config.wires[slot - disk->config.slots];
}

/* Header, data as they came, status; no data is looked at. */
static int add_request(struct loopback_block_disk *disk,
		       const struct loopback_block_request *request,
		       struct loopback_block_disk_slot *slot)
{
	uint64_t wire =
		disk->config.wires_address +
		(slot - disk->config.slots) * sizeof(*disk->config.wires);
	struct virtq_segment small[3];
	unsigned int count = 0;

	if (wire_moves_sectors(request->type)) {
		bool writes = request->type == VIRTIO_BLK_T_IN;

		count = request->segment_count;
		request->segments[-1] = wire_header(wire);
		request->segments[count] = wire_status(wire);
		return virtq_driver_add(
			disk->config.virtq, &request->segments[-1],
			writes ? 1 : 1 + count, writes ? count + 1 : 1, slot);
	}
	small[count++] = wire_header(wire);
	if (wire_has_range(request->type))
		small[count++] = wire_range(wire);
	small[count] = wire_status(wire);
	return virtq_driver_add(disk->config.virtq, small, count, 1, slot);
}

static int submit(struct loopback_block_backend *backend,
		  struct loopback_block_request *request)
{
	struct loopback_block_disk *disk =
		(struct loopback_block_disk *)backend;
	struct loopback_block_disk_slot *slot =
		(struct loopback_block_disk_slot *)disk->free;
	int ret;

	if (disk->broken)
		return LOOPBACK_ERR_IO;
	if (!slot)
		return LOOPBACK_ERR_BUSY;
	wire_fill(get_wire(disk, slot), request->type, request->sector,
		  request->sectors, request->flags);
	ret = add_request(disk, request, slot);
	/*
	 * Full means that a completion will make room; what could never fit
	 * is another error.
	 */
	if (ret)
		return ret == VIRTIO_ERR_FULL ? LOOPBACK_ERR_BUSY :
						LOOPBACK_ERR_IO;
	slot_take(&disk->free);
	slot->request = request;
	disk->in_flight++;
	disk->dirty = true;
	return LOOPBACK_OK;
}

static void kick(struct loopback_block_backend *backend)
{
	struct loopback_block_disk *disk =
		(struct loopback_block_disk *)backend;

	if (!disk->dirty)
		return;
	disk->dirty = false;
	if (virtq_driver_publish(disk->config.virtq))
		disk->config.notify(disk->config.ctx);
}

static uint32_t limit_segments(const struct loopback_block_disk_config *config)
{
	uint32_t limit = config->queue_size - 2u;

	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX)) {
		uint32_t max = virtio_le32(config->blk.seg_max);

		return max < limit ? max : limit;
	}
	return 1;
}

static void fill_limits(struct loopback_block_disk *disk)
{
	const struct loopback_block_disk_config *config = &disk->config;
	struct loopback_block_backend *backend = &disk->backend;

	backend->capacity = virtio_le64(config->blk.capacity);
	backend->segment_max = limit_segments(config);
	backend->read_only = config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_RO);
	backend->flush = config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH);
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX))
		backend->segment_size_max = virtio_le32(config->blk.size_max);
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE))
		backend->block_size = virtio_le32(config->blk.blk_size);
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY)) {
		backend->topology = config->blk.topology;
		backend->has_topology = true;
	}
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD)) {
		backend->discard_max =
			virtio_le32(config->blk.max_discard_sectors);
		backend->discard_alignment =
			virtio_le32(config->blk.discard_sector_alignment);
	}
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES)) {
		backend->write_zeroes_max =
			virtio_le32(config->blk.max_write_zeroes_sectors);
		backend->write_zeroes_unmap =
			config->blk.write_zeroes_may_unmap;
	}
}

int loopback_block_disk_init(struct loopback_block_disk *disk,
			     const struct loopback_block_disk_config *config)
{
	uint16_t i;

	if (!config->virtq || config->queue_size < 4 || !config->wires ||
	    !config->slots || !config->slot_count || !config->notify)
		return LOOPBACK_ERR_INVALID;
	page_clear(disk, sizeof(*disk));
	disk->config = *config;
	disk->backend.submit = submit;
	disk->backend.kick = kick;
	fill_limits(disk);
	if (!disk->backend.segment_max)
		return LOOPBACK_ERR_INVALID;
	for (i = config->slot_count; i-- > 0;) {
		config->slots[i].request = NULL;
		slot_put(&disk->free, &config->slots[i].free);
	}
	return LOOPBACK_OK;
}

static void end_request(struct loopback_block_disk *disk,
			struct loopback_block_disk_slot *slot, uint8_t status)
{
	struct loopback_block_request *request = slot->request;

	slot->request = NULL;
	slot_put(&disk->free, &slot->free);
	disk->in_flight--;
	request->complete(request, status);
}

static void take_completion(struct loopback_block_disk *disk,
			    const struct virtq_completion *done)
{
	struct loopback_block_disk_slot *slot = done->cookie;
	const struct loopback_block_request *request = slot->request;
	uint8_t status = port_load(&get_wire(disk, slot)->status);
	uint32_t data = request->type == VIRTIO_BLK_T_IN ? request->length : 0;

	/*
	 * A disk that wrote less than it claims to have read would hand the
	 * client stale bytes as data.
	 */
	if (status != VIRTIO_BLK_S_OK || done->len < data + sizeof(status))
		status = VIRTIO_BLK_S_IOERR;
	end_request(disk, slot, status);
}

int loopback_block_disk_poll(struct loopback_block_disk *disk)
{
	struct virtq_completion done;
	int ret, ended = 0;

	if (disk->broken)
		return LOOPBACK_ERR_PROTOCOL;
	virtq_driver_disable_callbacks(disk->config.virtq);
	/* Nothing is added here, so this ends after what was in flight. */
	do {
		while ((ret = virtq_driver_get(disk->config.virtq, &done)) >
		       0) {
			take_completion(disk, &done);
			ended++;
		}
	} while (!ret && virtq_driver_enable_callbacks(disk->config.virtq));
	if (ret < 0) {
		disk->broken = true;
		return LOOPBACK_ERR_PROTOCOL;
	}
	return ended;
}

void loopback_block_disk_abort(struct loopback_block_disk *disk)
{
	uint16_t i;

	disk->broken = true;
	for (i = 0; i < disk->config.slot_count; i++)
		if (disk->config.slots[i].request)
			end_request(disk, &disk->config.slots[i],
				    VIRTIO_BLK_S_IOERR);
}
