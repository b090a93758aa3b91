/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/block.h>
#include <port/port.h>

#include "page.h"
#include "slot.h"
#include "wire.h"

static bool has_feature(const struct loopback_block_client *block,
			unsigned int bit)
{
	return block->features & VIRTIO_FEATURE(bit);
}

static struct loopback_block_wire *
get_wire(const struct loopback_block_client *block,
	 const struct loopback_block_client_slot *slot)
{
	return &block->config.wires[slot - block->config.slots];
}

static struct virtq_driver *get_virtq(const struct loopback_block_client *block)
{
	return block->config.transport.get_queue(block->config.transport.ctx,
						 block->config.queue);
}

static uint32_t get_epoch(const struct loopback_block_client *block)
{
	return block->config.transport.get_epoch(block->config.transport.ctx);
}

static bool is_running(const struct loopback_block_client *block)
{
	return block->config.transport.is_running(block->config.transport.ctx);
}

int loopback_block_client_init(
	struct loopback_block_client *block,
	const struct loopback_block_client_config *config)
{
	const struct loopback_client_transport *transport = &config->transport;
	uint64_t address;
	uint16_t i;

	if (!transport->ctx || !transport->get_address ||
	    config->queue >= LOOPBACK_QUEUES_MAX ||
	    !config->slots || !config->wires ||
	    (uintptr_t)config->wires % LOOPBACK_LINE_SIZE ||
	    !config->slot_count)
		return LOOPBACK_ERR_INVALID;
	if (!transport->get_address(
		    transport->ctx, config->wires,
		    config->slot_count * sizeof(config->wires[0]), &address))
		return LOOPBACK_ERR_RANGE;

	page_clear(block, sizeof(*block));
	block->config = *config;
	block->wires_address = address;
	for (i = config->slot_count; i-- > 0;) {
		config->slots[i].busy = false;
		slot_put(&block->free, &config->slots[i].free);
	}
	return LOOPBACK_OK;
}

int loopback_block_client_read_config(struct loopback_block_client *block)
{
	const struct loopback_client_transport *transport =
		&block->config.transport;
	struct virtio_blk_config blk = { 0 };
	int ret;

	if (!is_running(block))
		return LOOPBACK_ERR_STATE;
	ret = transport->read_config(transport->ctx, &blk, sizeof(blk));
	if (ret < 0)
		return ret;
	/* A field that the device left out reads as 0. */
	if ((size_t)ret < sizeof(blk.capacity))
		return LOOPBACK_ERR_PROTOCOL;

	block->features = transport->get_features(transport->ctx);
	block->capacity = virtio_le64(blk.capacity);
	block->read_only = has_feature(block, VIRTIO_BLK_F_RO);
	block->segment_max = has_feature(block, VIRTIO_BLK_F_SEG_MAX) ?
				     virtio_le32(blk.seg_max) :
				     1;
	if (block->segment_max > LOOPBACK_BLOCK_DATA_MAX)
		block->segment_max = LOOPBACK_BLOCK_DATA_MAX;
	block->segment_size_max = has_feature(block, VIRTIO_BLK_F_SIZE_MAX) ?
					  virtio_le32(blk.size_max) :
					  UINT32_MAX;
	block->block_size = has_feature(block, VIRTIO_BLK_F_BLK_SIZE) ?
				    virtio_le32(blk.blk_size) :
				    VIRTIO_BLK_SECTOR_SIZE;
	block->discard_max = has_feature(block, VIRTIO_BLK_F_DISCARD) ?
				     virtio_le32(blk.max_discard_sectors) :
				     0;
	block->write_zeroes_max =
		has_feature(block, VIRTIO_BLK_F_WRITE_ZEROES) ?
			virtio_le32(blk.max_write_zeroes_sectors) :
			0;
	if (!block->segment_max || !block->segment_size_max)
		return LOOPBACK_ERR_PROTOCOL;
	return LOOPBACK_OK;
}

static int check_sectors(const struct loopback_block_client *block,
			 uint64_t sector, uint32_t sectors)
{
	if (!sectors || sector > block->capacity ||
	    sectors > block->capacity - sector)
		return LOOPBACK_ERR_RANGE;
	return LOOPBACK_OK;
}

/* Sum of the data's lengths, or an error. */
static int check_data(const struct loopback_block_client *block,
		      const struct loopback_block_io *io, uint32_t *length)
{
	uint64_t total = 0;
	unsigned int i;

	if (io->data_count > block->segment_max)
		return LOOPBACK_ERR_INVALID;
	for (i = 0; i < io->data_count; i++) {
		if (!io->data[i].length ||
		    io->data[i].length > block->segment_size_max)
			return LOOPBACK_ERR_INVALID;
		total += io->data[i].length;
	}
	if (total > UINT32_MAX - sizeof(struct loopback_block_wire))
		return LOOPBACK_ERR_INVALID;
	*length = (uint32_t)total;
	return LOOPBACK_OK;
}

static int check_io(const struct loopback_block_client *block,
		    const struct loopback_block_io *io, uint32_t *length)
{
	bool discard = io->type == VIRTIO_BLK_T_DISCARD;
	uint32_t max = discard ? block->discard_max : block->write_zeroes_max;
	int ret = check_data(block, io, length);

	if (ret)
		return ret;
	switch (io->type) {
	case VIRTIO_BLK_T_OUT:
		if (block->read_only)
			return LOOPBACK_ERR_UNSUPPORTED;
		/* fall through */
	case VIRTIO_BLK_T_IN:
		if (!*length || *length % VIRTIO_BLK_SECTOR_SIZE)
			return LOOPBACK_ERR_INVALID;
		return check_sectors(block, io->sector,
				     *length / VIRTIO_BLK_SECTOR_SIZE);
	case VIRTIO_BLK_T_FLUSH:
		if (!has_feature(block, VIRTIO_BLK_F_FLUSH))
			return LOOPBACK_ERR_UNSUPPORTED;
		return *length ? LOOPBACK_ERR_INVALID : LOOPBACK_OK;
	case VIRTIO_BLK_T_GET_ID:
		return *length == VIRTIO_BLK_ID_BYTES ? LOOPBACK_OK :
							LOOPBACK_ERR_INVALID;
	case VIRTIO_BLK_T_DISCARD:
	case VIRTIO_BLK_T_WRITE_ZEROES:
		if (!max || block->read_only)
			return LOOPBACK_ERR_UNSUPPORTED;
		if (*length || io->sectors > max ||
		    io->flags &
			    ~(discard ? 0 : VIRTIO_BLK_WRITE_ZEROES_F_UNMAP))
			return LOOPBACK_ERR_INVALID;
		return check_sectors(block, io->sector, io->sectors);
	default:
		return LOOPBACK_ERR_INVALID;
	}
}

/* Whether the device writes the data. */
static bool is_read(uint32_t type)
{
	return type == VIRTIO_BLK_T_IN || type == VIRTIO_BLK_T_GET_ID;
}

static int add_request(struct loopback_block_client *block,
		       const struct loopback_block_io *io,
		       struct loopback_block_client_slot *slot)
{
	struct virtq_segment segments[LOOPBACK_BLOCK_DATA_MAX + 3];
	uint64_t wire =
		block->wires_address +
		(slot - block->config.slots) * sizeof(*block->config.wires);
	unsigned int count = 0, i;

	wire_fill(get_wire(block, slot), io->type, io->sector, io->sectors,
		  io->flags);
	segments[count++] = wire_header(wire);
	if (wire_has_range(io->type))
		segments[count++] = wire_range(wire);
	for (i = 0; i < io->data_count; i++)
		segments[count++] =
			(struct virtq_segment){ .addr = io->data[i].address,
						.len = io->data[i].length };
	segments[count++] = wire_status(wire);
	i = is_read(io->type) ? 1 : count - 1;
	return virtq_driver_add(get_virtq(block), segments, i, count - i, slot);
}

int loopback_block_client_submit(struct loopback_block_client *block,
				 const struct loopback_block_io *io)
{
	struct loopback_block_client_slot *slot =
		(struct loopback_block_client_slot *)block->free;
	uint32_t length;
	int ret;

	if (!is_running(block))
		return LOOPBACK_ERR_STATE;
	ret = check_io(block, io, &length);
	if (ret)
		return ret;
	if (!slot)
		return LOOPBACK_ERR_BUSY;
	switch (add_request(block, io, slot)) {
	case VIRTIO_OK:
		break;
	case VIRTIO_ERR_FULL:
		return LOOPBACK_ERR_BUSY;
	case VIRTIO_ERR_INVALID:
	case VIRTIO_ERR_LENGTH:
		return LOOPBACK_ERR_INVALID;
	default:
		return LOOPBACK_ERR_PROTOCOL;
	}
	slot_take(&block->free);
	block->busy++;
	slot->cookie = io->cookie;
	slot->type = io->type;
	slot->length = is_read(io->type) ? length : 0;
	slot->epoch = get_epoch(block);
	slot->busy = true;
	return LOOPBACK_OK;
}

void loopback_block_client_kick(struct loopback_block_client *block)
{
	if (is_running(block) && virtq_driver_publish(get_virtq(block)))
		block->config.transport.notify(block->config.transport.ctx,
					       block->config.queue);
}

static void hand_back(struct loopback_block_client *block,
		      struct loopback_block_client_slot *slot, int result,
		      uint32_t length,
		      struct loopback_block_completion *completion)
{
	*completion = (struct loopback_block_completion){
		.cookie = slot->cookie,
		.type = slot->type,
		.length = length,
		.result = result,
	};
	slot->busy = false;
	slot_put(&block->free, &slot->free);
	block->busy--;
}

static void complete(struct loopback_block_client *block,
		     const struct virtq_completion *done,
		     struct loopback_block_completion *completion)
{
	struct loopback_block_client_slot *slot = done->cookie;
	uint8_t status = port_load(&get_wire(block, slot)->status);
	uint32_t length = 0;
	int result;

	switch (status) {
	case VIRTIO_BLK_S_OK:
		/*
		 * Stops stale bytes from passing as data: the status lies
		 * behind the data, so a length that ends before it is a lie.
		 */
		result = done->len == slot->length + sizeof(status) ?
				 LOOPBACK_OK :
				 LOOPBACK_ERR_PROTOCOL;
		length = result ? 0 : slot->length;
		break;
	case VIRTIO_BLK_S_IOERR:
		result = LOOPBACK_ERR_IO;
		break;
	case VIRTIO_BLK_S_UNSUPP:
		result = LOOPBACK_ERR_UNSUPPORTED;
		break;
	default:
		result = LOOPBACK_ERR_PROTOCOL;
		break;
	}
	hand_back(block, slot, result, length, completion);
}

/* Hand back one request that a former epoch left behind. */
static bool sweep(struct loopback_block_client *block,
		  struct loopback_block_completion *completion)
{
	uint16_t i;

	for (i = 0; block->busy && i < block->config.slot_count; i++) {
		struct loopback_block_client_slot *slot =
			&block->config.slots[i];

		if (!slot->busy || slot->epoch == get_epoch(block))
			continue;
		hand_back(block, slot, LOOPBACK_ERR_PEER, 0, completion);
		return true;
	}
	return false;
}

static bool enable_callbacks(struct loopback_block_client *block)
{
	return block->config.batch ?
		       virtq_driver_enable_callbacks_delayed(get_virtq(block)) :
		       virtq_driver_enable_callbacks(get_virtq(block));
}

int loopback_block_client_poll(struct loopback_block_client *block,
			       struct loopback_block_completion *completion)
{
	const struct loopback_client_transport *transport =
		&block->config.transport;
	struct virtq_completion done;
	int state = transport->check(transport->ctx);
	int ret;

	if (block->swept != get_epoch(block)) {
		if (sweep(block, completion))
			return LOOPBACK_OK;
		block->swept = get_epoch(block);
	}
	if (state)
		return state;

	ret = virtq_driver_get(get_virtq(block), &done);
	if (!ret && enable_callbacks(block))
		ret = virtq_driver_get(get_virtq(block), &done);
	if (!ret)
		return LOOPBACK_ERR_AGAIN;
	if (ret < 0) {
		transport->break_device(transport->ctx);
		return LOOPBACK_ERR_PROTOCOL;
	}
	complete(block, &done, completion);
	return LOOPBACK_OK;
}

unsigned int
loopback_block_client_count_busy(const struct loopback_block_client *block)
{
	return block->busy;
}
