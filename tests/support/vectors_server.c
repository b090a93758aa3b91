/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recording as the server reads it: publishes the same device, is given the
 * words of the recorded client, one request word after the other, and serves
 * what is in its ring.
 */
#include <string.h>

#include <loopback/server.h>

#include "vectors.h"

#define DISK_RECORD	64u

static struct replay {
	struct vectors_moment memory;
	struct loopback_server server;
	struct loopback_server_queue queue;
	struct virtq_device_slot slots[VECTORS_QUEUE_SIZE];
	struct loopback_block_backend backend;
	struct loopback_block_server block;
	struct loopback_block_server_slot block_slots[VECTORS_QUEUE_SIZE];
	struct virtq_segment
		segments[LOOPBACK_BLOCK_SEGMENTS(VECTORS_QUEUE_SIZE)];
	const struct vectors *vectors;
	struct vectors_values *values;
	/* requests that came to the backend */
	unsigned int requests;
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

/* The byte at that offset of build/demo.img, a disk of numbered records. */
static uint8_t get_disk_byte(uint64_t offset)
{
	static const char text[] = "bulkhead demonstration disk, record ";
	unsigned int column = (unsigned int)(offset % DISK_RECORD), digit;
	uint64_t number = offset / DISK_RECORD;

	if (column < sizeof(text) - 1)
		return (uint8_t)text[column];
	if (column == DISK_RECORD - 1)
		return '\n';
	for (digit = DISK_RECORD - 2; digit > column; digit--)
		number /= 10;
	return (uint8_t)('0' + number % 10);
}

static void read_disk(const struct loopback_block_request *request)
{
	uint64_t offset = request->sector * VIRTIO_BLK_SECTOR_SIZE;
	unsigned int i;
	uint32_t j;

	for (i = 0; i < request->segment_count; i++)
		for (j = 0; j < request->segments[i].len; j++)
			((uint8_t *)request->segments[i].pointer)[j] =
				get_disk_byte(offset++);
}

static int take_request(struct loopback_block_backend *backend,
			struct loopback_block_request *request)
{
	struct vectors_values *values = replay.values;
	unsigned int index = ++replay.requests, i;

	(void)backend;
	vectors_emit(values, "request type", index, request->type);
	vectors_emit(values, "request sector", index, request->sector);
	vectors_emit(values, "request sectors", index, request->sectors);
	vectors_emit(values, "request flags", index, request->flags);
	vectors_emit(values, "request length", index, request->length);
	for (i = 0; i < request->segment_count; i++) {
		const struct virtq_segment *segment = &request->segments[i];

		vectors_emit(values, "request piece at", index,
			     segment->addr - replay.vectors->pool_address);
		vectors_emit(values, "request piece bytes", index,
			     segment->len);
	}
	if (request->type == VIRTIO_BLK_T_IN)
		read_disk(request);
	request->complete(request, VIRTIO_BLK_S_OK);
	return LOOPBACK_OK;
}

static void kick(struct loopback_block_backend *backend)
{
	(void)backend;
}

/* A device of the limits that the recorded one had. */
static int init_device(const struct loopback_block_client *limits)
{
	struct loopback_block_server_config config = {
		.backend = &replay.backend,
		.slots = replay.block_slots,
		.slot_count = VECTORS_QUEUE_SIZE,
		.segments = replay.segments,
		.queue_size_max = VECTORS_QUEUE_SIZE,
		.id = VECTORS_ID,
	};

	replay.backend = (struct loopback_block_backend){
		.capacity = limits->capacity,
		.segment_max = limits->segment_max,
		.block_size = limits->block_size,
		.has_topology = true,
		.flush = true,
		.discard_max = limits->discard_max,
		.write_zeroes_max = limits->write_zeroes_max,
		.write_zeroes_unmap = true,
		.submit = take_request,
		.kick = kick,
	};
	return loopback_block_server_init(&replay.block, &config);
}

static int init_server(void)
{
	struct loopback_server_config config = {
		.control = &replay.memory.control,
		.pool = replay.memory.pool,
		.pool_address = replay.vectors->pool_address,
		.pool_size = VECTORS_POOL,
		.queue_size_max = VECTORS_QUEUE_SIZE,
		.queues = &replay.queue,
		.slots = replay.slots,
		.notify = { notify_control, notify_queue, NULL },
	};
	struct loopback_server_transport transport;
	int ret = loopback_server_init(&replay.server, &config,
				       &replay.block.device);

	if (ret)
		return ret;
	transport = loopback_server_get_transport(&replay.server);
	loopback_block_server_attach(&replay.block, &transport);
	return loopback_server_publish(&replay.server);
}

/* The recorded client's words, up to its reset and then up to its start. */
static void replay_client(void)
{
	const struct loopback_control *recorded =
		&replay.vectors->moment[VECTORS_PUBLISHED].control;
	struct loopback_control *control = &replay.memory.control;
	uint64_t request = virtio_le64(recorded->client.request);
	struct vectors_values *values = replay.values;

	control->client = recorded->client;
	memcpy(control->queue, recorded->queue, sizeof(control->queue));
	control->client.request = virtio_le64(
		LOOPBACK_WORD(0, LOOPBACK_WORD_SEQUENCE(request) - 1));
	vectors_emit(values, "server: events of reset", 0,
		     loopback_server_poll_control(&replay.server));
	control->client.request = recorded->client.request;
	vectors_emit(values, "server: events of start", 0,
		     loopback_server_poll_control(&replay.server));
	/* It was asked for a look, which it counts. */
	loopback_server_poll_control(&replay.server);
}

static void emit_server(void)
{
	const struct loopback_server *server = &replay.server;
	const struct loopback_queue_request *area = &replay.queue.area;
	struct vectors_values *values = replay.values;
	uint64_t pool = replay.vectors->pool_address;

	vectors_emit(values, "client generation", 0, server->client_generation);
	vectors_emit(values, "accepted features", 0, server->driver_features);
	vectors_emit(values, "status", 0, server->status);
	vectors_emit(values, "queue size", 0, area->size);
	vectors_emit(values, "descriptor area at", 0,
		     area->descriptor_area - pool);
	vectors_emit(values, "driver area at", 0, area->driver_area - pool);
	vectors_emit(values, "device area at", 0, area->device_area - pool);
}

static void serve(void)
{
	const struct vectors_moment *after =
		&replay.vectors->moment[VECTORS_COMPLETED];
	struct vectors_values *values = replay.values;
	struct virtq_position position;

	vectors_emit(values, "server: serving", 0,
		     (uint64_t)loopback_block_server_process(
			     &replay.block, VECTORS_QUEUE_SIZE));
	position = virtq_device_position(&replay.queue.virtq);
	vectors_emit(values, "requests taken", 0, position.avail);
	vectors_emit(values, "requests used", 0, position.used);
	vectors_emit(values, "requests refused", 0, replay.block.refused);
	/* And for another. */
	loopback_server_poll_control(&replay.server);
	vectors_emit_difference(values, "server: page, completed",
				&replay.memory.control, &after->control,
				sizeof(after->control));
	vectors_emit_difference(values, "server: pool, completed",
				replay.memory.pool, after->pool,
				sizeof(after->pool));
}

void vectors_decode_requests(const struct vectors *vectors,
			     const struct loopback_block_client *limits,
			     struct vectors_values *values)
{
	const struct vectors_moment *before =
		&vectors->moment[VECTORS_PUBLISHED];

	memset(&replay, 0, sizeof(replay));
	replay.vectors = vectors;
	replay.values = values;
	memcpy(replay.memory.pool, before->pool, sizeof(before->pool));
	if (init_device(limits) || init_server()) {
		vectors_emit(values, "server: cannot publish this device", 0,
			     0);
		return;
	}
	replay_client();
	vectors_emit_difference(values, "server: page, published",
				&replay.memory.control, &before->control,
				sizeof(before->control));
	emit_server();
	/* Its queue is up, or the events have said that it is not. */
	if (loopback_server_get_queue(&replay.server, 0))
		serve();
}
