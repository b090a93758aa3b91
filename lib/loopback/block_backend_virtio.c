/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/block_backend_virtio.h>
#include <port/port.h>

#include "page.h"

#define SLOT_NONE	0xffffu
#define STATUS_UNSET	0xffu

static uint64_t wire_address(const struct loopback_block_disk *disk,
			     uint16_t index)
{
	return disk->config.wires_address +
	       index * sizeof(struct loopback_block_wire);
}

static struct virtq_segment frame(const struct loopback_block_disk *disk,
				  uint16_t index, uint32_t offset,
				  uint32_t length)
{
	return (struct virtq_segment){
		.addr = wire_address(disk, index) + offset, .len = length
	};
}

static void fill_wire(struct loopback_block_wire *wire,
		      const struct loopback_block_request *request)
{
	bool data = request->type == VIRTIO_BLK_T_IN ||
		    request->type == VIRTIO_BLK_T_OUT;

	wire->header.type = virtio_le32(request->type);
	wire->header.reserved = 0;
	wire->header.sector = virtio_le64(data ? request->sector : 0);
	wire->range.sector = virtio_le64(request->sector);
	wire->range.num_sectors = virtio_le32(request->sectors);
	wire->range.flags = virtio_le32(request->flags);
	wire->status = STATUS_UNSET;
}

/* Header, data as they came, status; no data is looked at. */
static int add_request(struct loopback_block_disk *disk,
		       struct loopback_block_request *request, uint16_t index)
{
	struct virtq_segment header =
		frame(disk, index, offsetof(struct loopback_block_wire, header),
		      sizeof(struct virtio_blk_req_header));
	struct virtq_segment status = frame(
		disk, index, offsetof(struct loopback_block_wire, status), 1);
	void *cookie = &disk->config.slots[index];
	struct virtq_segment small[3];
	unsigned int count = 0;

	if (request->type == VIRTIO_BLK_T_IN ||
	    request->type == VIRTIO_BLK_T_OUT) {
		bool writes = request->type == VIRTIO_BLK_T_IN;

		count = request->segment_count;
		request->segments[-1] = header;
		request->segments[count] = status;
		return virtq_driver_add(
			disk->config.virtq, &request->segments[-1],
			writes ? 1 : 1 + count, writes ? count + 1 : 1, cookie);
	}
	small[count++] = header;
	if (request->type != VIRTIO_BLK_T_FLUSH)
		small[count++] =
			frame(disk, index,
			      offsetof(struct loopback_block_wire, range),
			      sizeof(struct virtio_blk_discard_write_zeroes));
	small[count] = status;
	return virtq_driver_add(disk->config.virtq, small, count, 1, cookie);
}

static int submit(struct loopback_block_backend *backend,
		  struct loopback_block_request *request)
{
	struct loopback_block_disk *disk =
		(struct loopback_block_disk *)backend;
	struct loopback_block_disk_slot *slot;
	uint16_t index = disk->free;
	int ret;

	if (disk->broken)
		return LOOPBACK_EIO;
	if (index == SLOT_NONE)
		return LOOPBACK_EBUSY;
	fill_wire(&disk->config.wires[index], request);
	ret = add_request(disk, request, index);
	/* Full means that a completion will make room; what could never fit
	 * is another error. */
	if (ret)
		return ret == VIRTIO_ERR_FULL ? LOOPBACK_EBUSY : LOOPBACK_EIO;
	slot = &disk->config.slots[index];
	disk->free = slot->next_free;
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
	if (!virtq_driver_publish(disk->config.virtq))
		return;
	disk->kicks++;
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
	if (config->features & VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD))
		backend->discard_max =
			virtio_le32(config->blk.max_discard_sectors);
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
	    !config->slots || !config->slot_count ||
	    config->slot_count == SLOT_NONE || !config->notify)
		return LOOPBACK_EINVAL;
	page_clear(disk, sizeof(*disk));
	disk->config = *config;
	disk->backend.submit = submit;
	disk->backend.kick = kick;
	fill_limits(disk);
	if (!disk->backend.segment_max)
		return LOOPBACK_EINVAL;
	for (i = 0; i < config->slot_count; i++) {
		config->slots[i].request = NULL;
		config->slots[i].next_free =
			i + 1u < config->slot_count ? i + 1u : SLOT_NONE;
	}
	return LOOPBACK_OK;
}

static void end_request(struct loopback_block_disk *disk,
			struct loopback_block_disk_slot *slot, uint8_t status)
{
	struct loopback_block_request *request = slot->request;

	slot->request = NULL;
	slot->next_free = disk->free;
	disk->free = (uint16_t)(slot - disk->config.slots);
	disk->in_flight--;
	request->complete(request, status);
}

static void take_completion(struct loopback_block_disk *disk,
			    const struct virtq_completion *done)
{
	struct loopback_block_disk_slot *slot = done->cookie;
	const struct loopback_block_request *request = slot->request;
	uint8_t status = port_load(
		&disk->config.wires[slot - disk->config.slots].status);
	uint32_t data = request->type == VIRTIO_BLK_T_IN ? request->length : 0;

	/* A disk that wrote less than it claims to have read would hand the
	 * client stale bytes as data. */
	if (status != VIRTIO_BLK_S_OK || done->len < data + sizeof(status))
		status = VIRTIO_BLK_S_IOERR;
	end_request(disk, slot, status);
}

int loopback_block_disk_poll(struct loopback_block_disk *disk)
{
	struct virtq_completion done;
	int ret, ended = 0;

	if (disk->broken)
		return LOOPBACK_EPROTO;
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
		return LOOPBACK_EPROTO;
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
