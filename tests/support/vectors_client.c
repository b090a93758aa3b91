/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recording as the client reads it: finds the recorded server's words on the
 * page, makes the same requests, and takes the recorded completions.
 */
#include <string.h>

#include <loopback/client.h>

#include "vectors.h"

static struct replay {
	struct vectors_moment memory;
	struct loopback_client client;
	struct virtq_driver virtq;
	struct virtq_driver_slot slots[VECTORS_QUEUE_SIZE];
	struct loopback_block_client_slot block_slots[VECTORS_QUEUE_SIZE];
} replay;

static void notify_control(void *ctx)
{
	(void)ctx;
}

static void notify_queue(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
}

static int init(const struct vectors *vectors,
		struct loopback_block_client *block)
{
	struct loopback_client_config config = {
		.control = &replay.memory.control,
		.pool = replay.memory.pool,
		.pool_address = vectors->pool_address,
		.pool_size = VECTORS_POOL,
		.device_id = VIRTIO_ID_BLOCK,
		.notify = { notify_control, notify_queue, NULL },
	};
	struct loopback_block_client_config block_config = {
		.transport = loopback_client_get_transport(&replay.client),
		.wires = (void *)(replay.memory.pool + VECTORS_WIRES),
		.slots = replay.block_slots,
		.slot_count = VECTORS_QUEUE_SIZE,
	};
	int ret = loopback_client_init(&replay.client, &config);

	return ret ? ret : loopback_block_client_init(block, &block_config);
}

/* What the server wrote on the page, and nothing of the client's. */
static void replay_server(const struct loopback_control *recorded)
{
	struct loopback_control *control = &replay.memory.control;

	control->header = recorded->header;
	control->server = recorded->server;
	memcpy(control->config, recorded->config, sizeof(control->config));
	memcpy(control->answer, recorded->answer, sizeof(control->answer));
}

/* From the page to a device that runs. */
static int start(const struct loopback_control *recorded,
		 struct loopback_block_client *block)
{
	struct loopback_control *control = &replay.memory.control;
	struct loopback_client_queue_memory memory = {
		.size = VECTORS_QUEUE_SIZE,
		.ring = replay.memory.pool + VECTORS_RING,
		.virtq = &replay.virtq,
		.slots = replay.slots,
		.tables = (void *)(replay.memory.pool + VECTORS_TABLES),
		.table_entries = VECTORS_TABLE_ENTRIES,
	};
	int ret = loopback_client_attach(&replay.client);

	/* The recorded server's answer to a reset was overwritten since. */
	control->server.acknowledge = control->client.request;
	if (!ret)
		ret = loopback_client_poll(&replay.client);
	if (!ret)
		ret = loopback_client_setup_queue(&replay.client, 0, &memory);
	if (!ret)
		ret = loopback_client_start(&replay.client,
					    LOOPBACK_BLOCK_CLIENT_FEATURES);
	control->server.acknowledge = recorded->server.acknowledge;
	if (!ret)
		ret = loopback_client_poll(&replay.client);
	return ret ? ret : loopback_block_client_read_config(block);
}

static void emit_client(const struct loopback_block_client *block,
			struct vectors_values *values)
{
	const struct loopback_handshake *hs = &replay.client.handshake;

	vectors_emit(values, "server generation", 0, hs->server_generation);
	vectors_emit(values, "offered features", 0, hs->device_features);
	vectors_emit(values, "queues", 0, hs->queue_count);
	vectors_emit(values, "largest queue", 0, hs->queue_size_max);
	vectors_emit(values, "configuration bytes", 0, hs->config_size);
	vectors_emit(values, "capacity", 0, block->capacity);
	vectors_emit(values, "pieces", 0, block->segment_max);
	vectors_emit(values, "block size", 0, block->block_size);
	vectors_emit(values, "largest discard", 0, block->discard_max);
	vectors_emit(values, "largest zeroing", 0, block->write_zeroes_max);
	vectors_emit(values, "read-only", 0, block->read_only);
}

static void emit_completions(struct loopback_block_client *block,
			     struct vectors_values *values)
{
	struct loopback_block_completion done;
	int ret;

	while (!(ret = loopback_block_client_poll(block, &done))) {
		unsigned int index = (unsigned int)(uintptr_t)done.cookie;

		vectors_emit(values, "completion type", index, done.type);
		vectors_emit(values, "completion length", index, done.length);
		vectors_emit(values, "completion result", index,
			     (uint64_t)(int64_t)done.result);
	}
	vectors_emit(values, "client: no more", 0, (uint64_t)(int64_t)ret);
}

void vectors_decode_completions(const struct vectors *vectors,
				struct loopback_block_client *block,
				struct vectors_values *values)
{
	const struct vectors_moment *before =
		&vectors->moment[VECTORS_PUBLISHED];
	const struct vectors_moment *after =
		&vectors->moment[VECTORS_COMPLETED];
	int ret;

	memset(&replay, 0, sizeof(replay));
	ret = init(vectors, block);
	if (!ret) {
		replay_server(&before->control);
		ret = start(&before->control, block);
	}
	if (!ret)
		ret = vectors_submit(block, replay.memory.pool,
				     vectors->pool_address);
	vectors_emit(values, "client: start", 0, (uint64_t)(int64_t)ret);
	if (ret)
		return;
	emit_client(block, values);
	loopback_block_client_kick(block);
	vectors_emit_difference(values, "client: page, published",
				&replay.memory.control, &before->control,
				sizeof(before->control));
	vectors_emit_difference(values, "client: pool, published",
				replay.memory.pool, before->pool,
				sizeof(before->pool));
	replay_server(&after->control);
	vectors_emit_difference(values, "client: page, completed",
				&replay.memory.control, &after->control,
				sizeof(after->control));
	memcpy(replay.memory.pool, after->pool, sizeof(after->pool));
	emit_completions(block, values);
}
