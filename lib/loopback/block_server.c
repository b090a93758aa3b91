/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block device as its client sees it: configuration, the queue's loop, and
 * how a request ends. What a request may say is judged in block_request.c.
 */
#include <loopback/block.h>
#include <port/port.h>

#include "block_private.h"
#include "page.h"
#include "slot.h"

#define QUEUE 0u

static void fill_config(struct loopback_block_server *block)
{
	const struct loopback_block_backend *backend = block->config.backend;
	uint32_t pieces = block->config.queue_size_max > 2 ?
				  block->config.queue_size_max - 2u :
				  1;
	uint64_t features = VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) |
			    VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE);

	block->segment_max =
		pieces < backend->segment_max ? pieces : backend->segment_max;
	if (backend->segment_size_max)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX);
	if (backend->has_topology)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY);
	if (backend->read_only)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_RO);
	if (backend->flush)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH);
	if (backend->discard_max)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD);
	if (backend->write_zeroes_max)
		features |= VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES);

	block->device.features = features;
	block->blk.capacity = virtio_le64(backend->capacity);
	block->blk.size_max = virtio_le32(backend->segment_size_max);
	block->blk.seg_max = virtio_le32(block->segment_max);
	block->blk.blk_size =
		virtio_le32(backend->block_size ? backend->block_size :
						  VIRTIO_BLK_SECTOR_SIZE);
	block->blk.topology = backend->topology;
	block->blk.num_queues = virtio_le16(1);
	block->blk.max_discard_sectors = virtio_le32(backend->discard_max);
	block->blk.max_discard_seg = virtio_le32(backend->discard_max ? 1 : 0);
	block->blk.discard_sector_alignment = virtio_le32(
		backend->discard_alignment ? backend->discard_alignment : 1);
	block->blk.max_write_zeroes_sectors =
		virtio_le32(backend->write_zeroes_max);
	block->blk.max_write_zeroes_seg =
		virtio_le32(backend->write_zeroes_max ? 1 : 0);
	block->blk.write_zeroes_may_unmap = backend->write_zeroes_unmap;
}

static void release_slot(struct loopback_block_server *block,
			 struct loopback_block_server_slot *slot)
{
	slot_put(&block->free, &slot->free);
}

static void start_queue(void *ctx, unsigned int queue)
{
	struct loopback_block_server *block = ctx;

	(void)queue;
	block->unpublished = false;
}

static struct loopback_block_server_slot *
take_slot(struct loopback_slot **list)
{
	struct loopback_block_server_slot *slot =
		(struct loopback_block_server_slot *)*list;

	slot_take(list);
	return slot;
}

static void stop_queue(void *ctx, unsigned int queue)
{
	struct loopback_block_server *block = ctx;

	(void)queue;
	while (block->unstable)
		release_slot(block, take_slot(&block->unstable));
	if (block->pending)
		release_slot(block, block->pending);
	block->pending = NULL;
}

static unsigned int count_in_flight(void *ctx, unsigned int queue)
{
	(void)queue;
	return ((struct loopback_block_server *)ctx)->in_flight;
}

int loopback_block_server_init(
	struct loopback_block_server *block,
	const struct loopback_block_server_config *config)
{
	uint16_t i;

	if (!config->backend || !config->backend->segment_max ||
	    !config->backend->submit || !config->backend->kick ||
	    !config->slots || !config->slot_count || !config->segments ||
	    !virtq_size_is_valid(config->queue_size_max))
		return LOOPBACK_ERR_INVALID;
	page_clear(block, sizeof(*block));
	block->config = *config;
	for (i = config->slot_count; i-- > 0;)
		slot_put(&block->free, &config->slots[i].free);
	block->device = (struct loopback_device){
		.device_id = VIRTIO_ID_BLOCK,
		.queue_count = 1,
		.config_size = sizeof(block->blk),
		.config = &block->blk,
		.start_queue = start_queue,
		.stop_queue = stop_queue,
		.count_in_flight = count_in_flight,
		.ctx = block,
	};
	fill_config(block);
	return LOOPBACK_OK;
}

void loopback_block_server_attach(
	struct loopback_block_server *block,
	const struct loopback_server_transport *transport)
{
	block->transport = *transport;
}

static struct virtq_device *get_queue(struct loopback_block_server *block)
{
	return block->transport.get_queue(block->transport.ctx, QUEUE);
}

void loopback_block_end(struct loopback_block_server *block,
			struct loopback_block_server_slot *slot, uint8_t status)
{
	uint32_t written = slot->written;

	/*
	 * No queue: stopped since. Stops a late completion from writing into
	 * a ring and a status byte that the client is about to reuse; the queue
	 * does not come back before the last of them (server_queue.c waits for
	 * count_in_flight(), vhost's session.c for vhost_session_is_busy()).
	 */
	if (get_queue(block)) {
		if (status != VIRTIO_BLK_S_OK) {
			block->refused++;
			/*
			 * Only the status byte was written, and unless it comes
			 * first there is no true prefix to claim (2.7.8.2).
			 */
			written = slot->status && written == sizeof(status) ?
					  written :
					  0;
		}
		if (slot->status)
			port_store(slot->status, status);
		block->transport.push(block->transport.ctx, QUEUE, slot->head,
				      written);
		block->unpublished = true;
		block->requests++;
	}
	release_slot(block, slot);
}

/*
 * A write that has ended well, of a driver that was offered a flush and did not
 * accept it: it must be stable before it is reported (VirtIO 1.2, 5.2.6.2).
 * Stops a driver from being told of data that a power failure then takes away.
 */
static bool needs_flush(struct loopback_block_server *block,
			const struct loopback_block_request *request,
			uint8_t status)
{
	return (request->type == VIRTIO_BLK_T_OUT ||
		request->type == VIRTIO_BLK_T_WRITE_ZEROES) &&
	       status == VIRTIO_BLK_S_OK && block->config.backend->flush &&
	       get_queue(block) &&
	       !loopback_block_is_negotiated(block, VIRTIO_BLK_F_FLUSH);
}

static void complete(struct loopback_block_request *request, uint8_t status)
{
	struct loopback_block_server *block = request->server;
	struct loopback_block_server_slot *slot =
		&block->config.slots[request->slot];

	block->in_flight--;
	/* Not from here: this may be within a submit or the backend's poll. */
	if (needs_flush(block, request, status))
		slot_put(&block->unstable, &slot->free);
	else
		loopback_block_end(block, slot, status);
}

/* One index update and at most one doorbell for all that has ended. */
static void publish(struct loopback_block_server *block)
{
	if (!block->unpublished)
		return;
	block->unpublished = false;
	block->transport.publish(block->transport.ctx, QUEUE);
}

/* False: no room; the request waits as `pending` and nothing is lost. */
static bool submit(struct loopback_block_server *block,
		   struct loopback_block_server_slot *slot)
{
	int ret;

	block->pending = NULL;
	block->in_flight++;
	ret = block->config.backend->submit(block->config.backend,
					    &slot->request);
	if (!ret)
		return true;
	block->in_flight--;
	if (ret == LOOPBACK_ERR_BUSY) {
		block->pending = slot;
		return false;
	}
	loopback_block_end(block, slot, VIRTIO_BLK_S_IOERR);
	return true;
}

static void prepare(struct loopback_block_server *block,
		    struct loopback_block_server_slot *slot)
{
	slot->request = (struct loopback_block_request){
		.complete = complete,
		.server = block,
		.slot = (uint32_t)(slot - block->config.slots),
	};
}

/* False: no room in the backend. */
static bool take(struct loopback_block_server *block, struct virtq_chain *chain)
{
	struct loopback_block_server_slot *slot = take_slot(&block->free);
	unsigned int verdict;

	prepare(block, slot);
	slot->head = chain->head;
	slot->status = NULL;
	slot->written = 0;
	verdict = loopback_block_parse(block, slot, chain);
	if (verdict == BLOCK_SUBMIT)
		return submit(block, slot);
	loopback_block_end(block, slot, (uint8_t)verdict);
	return true;
}

/* Ask for the next flush that needs_flush() found. False: no room for it. */
static bool flush_write(struct loopback_block_server *block)
{
	struct loopback_block_server_slot *slot = take_slot(&block->unstable);

	prepare(block, slot);
	slot->request.type = VIRTIO_BLK_T_FLUSH;
	return submit(block, slot);
}

int loopback_block_server_process(struct loopback_block_server *block,
				  unsigned int budget)
{
	struct virtq_device *virtq = get_queue(block);
	struct virtq_chain chain = {
		.segments = block->config.segments + 1,
		.capacity = block->config.queue_size_max,
	};
	bool room;
	int ret = 1;

	if (!virtq)
		return LOOPBACK_ERR_STATE;
	publish(block);
	room = !block->pending || submit(block, block->pending);
	while (room && block->unstable)
		room = flush_write(block);
	virtq_device_disable_notifications(virtq);
	while (room && budget && block->free) {
		ret = block->transport.pop(block->transport.ctx, QUEUE, &chain);
		if (ret <= 0)
			break;
		budget--;
		room = take(block, &chain);
	}
	while (room && block->unstable)
		room = flush_write(block);
	block->config.backend->kick(block->config.backend);
	publish(block);
	if (ret < 0) {
		block->transport.break_queue(block->transport.ctx, QUEUE,
					     LOOPBACK_ERR_PROTOCOL);
		return LOOPBACK_ERR_PROTOCOL;
	}
	/* Out of room: a completion brings the caller back, not a kick. */
	if (block->pending || !block->free)
		return LOOPBACK_OK;
	if (ret)
		return LOOPBACK_BLOCK_SERVER_MORE;
	return virtq_device_enable_notifications(virtq) ?
		       LOOPBACK_BLOCK_SERVER_MORE :
		       LOOPBACK_OK;
}
