/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/block.h>
#include <port/port.h>

#include "page.h"

#define SLOT_NONE	0xffffu
#define STATUS_UNSET	0xffu

static bool has_feature(const struct loopback_block_client *block,
			unsigned int bit)
{
	return block->features & VIRTIO_FEATURE(bit);
}

static struct virtq_driver *get_virtq(const struct loopback_block_client *block)
{
	return block->config.client->queue[block->config.queue].virtq;
}

int loopback_block_client_init(
	struct loopback_block_client *block,
	const struct loopback_block_client_config *config)
{
	const struct loopback_client_config *channel;
	uint64_t offset;
	uint16_t i;

	if (!config->client || config->queue >= LOOPBACK_QUEUES_MAX ||
	    !config->slots || !config->wires ||
	    (uintptr_t)config->wires % LOOPBACK_LINE_SIZE ||
	    !config->slot_count || config->slot_count == SLOT_NONE)
		return LOOPBACK_EINVAL;
	channel = &config->client->config;
	offset =
		(uint64_t)((uintptr_t)config->wires - (uintptr_t)channel->pool);
	if (offset >= channel->pool_size ||
	    channel->pool_size - offset <
		    config->slot_count * sizeof(config->wires[0]))
		return LOOPBACK_ERANGE;

	page_clear(block, sizeof(*block));
	block->config = *config;
	block->wires_address = channel->pool_address + offset;
	for (i = 0; i < config->slot_count; i++) {
		config->slots[i].busy = false;
		config->slots[i].next_free =
			i + 1u < config->slot_count ? i + 1u : SLOT_NONE;
	}
	return LOOPBACK_OK;
}

int loopback_block_client_read_config(struct loopback_block_client *block)
{
	struct loopback_client *client = block->config.client;
	struct virtio_blk_config blk = { 0 };
	uint32_t length = client->config_size < sizeof(blk) ?
				  client->config_size :
				  sizeof(blk);
	int ret;

	if (client->state != LOOPBACK_CLIENT_RUNNING)
		return LOOPBACK_ESTATE;
	ret = loopback_client_read_config(client, 0, &blk, length);
	if (ret)
		return ret;
	/* A field that the device left out reads as 0. */
	if (length < sizeof(blk.capacity))
		return LOOPBACK_EPROTO;

	block->features = client->driver_features;
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
		return LOOPBACK_EPROTO;
	return LOOPBACK_OK;
}

static int check_sectors(const struct loopback_block_client *block,
			 uint64_t sector, uint32_t sectors)
{
	if (!sectors || sector > block->capacity ||
	    sectors > block->capacity - sector)
		return LOOPBACK_ERANGE;
	return LOOPBACK_OK;
}

/* Sum of the data's lengths, or an error. */
static int check_data(const struct loopback_block_client *block,
		      const struct loopback_block_io *io, uint32_t *length)
{
	uint64_t total = 0;
	unsigned int i;

	if (io->data_count > block->segment_max)
		return LOOPBACK_EINVAL;
	for (i = 0; i < io->data_count; i++) {
		if (!io->data[i].length ||
		    io->data[i].length > block->segment_size_max)
			return LOOPBACK_EINVAL;
		total += io->data[i].length;
	}
	if (total > UINT32_MAX - sizeof(struct loopback_block_wire))
		return LOOPBACK_EINVAL;
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
			return LOOPBACK_EUNSUPPORTED;
		/* fall through */
	case VIRTIO_BLK_T_IN:
		if (!*length || *length % VIRTIO_BLK_SECTOR_SIZE)
			return LOOPBACK_EINVAL;
		return check_sectors(block, io->sector,
				     *length / VIRTIO_BLK_SECTOR_SIZE);
	case VIRTIO_BLK_T_FLUSH:
		if (!has_feature(block, VIRTIO_BLK_F_FLUSH))
			return LOOPBACK_EUNSUPPORTED;
		return *length ? LOOPBACK_EINVAL : LOOPBACK_OK;
	case VIRTIO_BLK_T_GET_ID:
		return *length == VIRTIO_BLK_ID_BYTES ? LOOPBACK_OK :
							LOOPBACK_EINVAL;
	case VIRTIO_BLK_T_DISCARD:
	case VIRTIO_BLK_T_WRITE_ZEROES:
		if (!max || block->read_only)
			return LOOPBACK_EUNSUPPORTED;
		if (*length || io->sectors > max ||
		    io->flags &
			    ~(discard ? 0 : VIRTIO_BLK_WRITE_ZEROES_F_UNMAP))
			return LOOPBACK_EINVAL;
		return check_sectors(block, io->sector, io->sectors);
	default:
		return LOOPBACK_EINVAL;
	}
}

static bool is_range_request(uint32_t type)
{
	return type == VIRTIO_BLK_T_DISCARD ||
	       type == VIRTIO_BLK_T_WRITE_ZEROES;
}

static int add_request(struct loopback_block_client *block,
		       const struct loopback_block_io *io, uint16_t index)
{
	struct virtq_segment segments[LOOPBACK_BLOCK_DATA_MAX + 3];
	struct loopback_block_wire *wire = &block->config.wires[index];
	uint64_t address = block->wires_address + index * sizeof(*wire);
	bool writes =
		io->type == VIRTIO_BLK_T_IN || io->type == VIRTIO_BLK_T_GET_ID;
	unsigned int count = 0, i;

	wire->header.type = virtio_le32(io->type);
	wire->header.reserved = 0;
	wire->header.sector = virtio_le64(
		io->type == VIRTIO_BLK_T_IN || io->type == VIRTIO_BLK_T_OUT ?
			io->sector :
			0);
	wire->status = STATUS_UNSET;
	segments[count++] = (struct virtq_segment){
		.addr = address + offsetof(struct loopback_block_wire, header),
		.len = sizeof(wire->header),
	};
	if (is_range_request(io->type)) {
		wire->range.sector = virtio_le64(io->sector);
		wire->range.num_sectors = virtio_le32(io->sectors);
		wire->range.flags = virtio_le32(io->flags);
		segments[count++] = (struct virtq_segment){
			.addr = address +
				offsetof(struct loopback_block_wire, range),
			.len = sizeof(wire->range),
		};
	}
	for (i = 0; i < io->data_count; i++)
		segments[count++] =
			(struct virtq_segment){ .addr = io->data[i].address,
						.len = io->data[i].length };
	segments[count++] = (struct virtq_segment){
		.addr = address + offsetof(struct loopback_block_wire, status),
		.len = sizeof(wire->status),
	};
	i = writes ? 1 : count - 1;
	return virtq_driver_add(get_virtq(block), segments, i, count - i,
				&block->config.slots[index]);
}

int loopback_block_client_submit(struct loopback_block_client *block,
				 const struct loopback_block_io *io)
{
	struct loopback_block_client_slot *slot;
	uint32_t length;
	uint16_t index = block->free;
	int ret;

	if (block->config.client->state != LOOPBACK_CLIENT_RUNNING)
		return LOOPBACK_ESTATE;
	ret = check_io(block, io, &length);
	if (ret)
		return ret;
	if (index == SLOT_NONE)
		return LOOPBACK_EBUSY;
	switch (add_request(block, io, index)) {
	case VIRTIO_OK:
		break;
	case VIRTIO_ERR_FULL:
		return LOOPBACK_EBUSY;
	case VIRTIO_ERR_INVALID:
	case VIRTIO_ERR_LENGTH:
		return LOOPBACK_EINVAL;
	default:
		return LOOPBACK_EPROTO;
	}
	slot = &block->config.slots[index];
	block->free = slot->next_free;
	block->busy++;
	slot->cookie = io->cookie;
	slot->type = io->type;
	slot->length =
		io->type == VIRTIO_BLK_T_IN || io->type == VIRTIO_BLK_T_GET_ID ?
			length :
			0;
	slot->epoch = block->config.client->epoch;
	slot->busy = true;
	return LOOPBACK_OK;
}

void loopback_block_client_kick(struct loopback_block_client *block)
{
	if (block->config.client->state == LOOPBACK_CLIENT_RUNNING &&
	    virtq_driver_publish(get_virtq(block)))
		loopback_client_notify(block->config.client,
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
	slot->next_free = block->free;
	block->free = (uint16_t)(slot - block->config.slots);
	block->busy--;
}

static void complete(struct loopback_block_client *block,
		     const struct virtq_completion *done,
		     struct loopback_block_completion *completion)
{
	struct loopback_block_client_slot *slot = done->cookie;
	uint8_t status = port_load(
		&block->config.wires[slot - block->config.slots].status);
	uint32_t length = 0;
	int result;

	switch (status) {
	case VIRTIO_BLK_S_OK:
		/* Stops stale bytes from passing as data: the status lies
		 * behind the data, so a length that ends before it is a lie. */
		result = done->len == slot->length + sizeof(status) ?
				 LOOPBACK_OK :
				 LOOPBACK_EPROTO;
		length = result ? 0 : slot->length;
		break;
	case VIRTIO_BLK_S_IOERR:
		result = LOOPBACK_EIO;
		break;
	case VIRTIO_BLK_S_UNSUPP:
		result = LOOPBACK_EUNSUPPORTED;
		break;
	default:
		result = LOOPBACK_EPROTO;
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

		if (!slot->busy || slot->epoch == block->config.client->epoch)
			continue;
		hand_back(block, slot, LOOPBACK_EPEER, 0, completion);
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
	struct loopback_client *client = block->config.client;
	struct virtq_completion done;
	int ret;

	loopback_client_check(client);
	if (block->swept != client->epoch) {
		if (sweep(block, completion))
			return LOOPBACK_OK;
		block->swept = client->epoch;
	}
	if (client->state == LOOPBACK_CLIENT_DEAD)
		return LOOPBACK_EPEER;
	if (client->state != LOOPBACK_CLIENT_RUNNING)
		return client->state == LOOPBACK_CLIENT_BROKEN ?
			       LOOPBACK_EPROTO :
			       LOOPBACK_EAGAIN;

	ret = virtq_driver_get(get_virtq(block), &done);
	if (!ret && enable_callbacks(block))
		ret = virtq_driver_get(get_virtq(block), &done);
	if (!ret)
		return LOOPBACK_EAGAIN;
	if (ret < 0) {
		client->state = LOOPBACK_CLIENT_BROKEN;
		client->peer_error = LOOPBACK_EPROTO;
		return LOOPBACK_EPROTO;
	}
	complete(block, &done, completion);
	return LOOPBACK_OK;
}

unsigned int
loopback_block_client_count_busy(const struct loopback_block_client *block)
{
	return block->busy;
}
