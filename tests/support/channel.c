/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "unit.h"

static void ring_server_control(void *ctx)
{
	((struct channel *)ctx)->to_server_control++;
}

static void ring_server_queue(void *ctx, unsigned int queue)
{
	CU_ASSERT_EQUAL(queue, 0);
	((struct channel *)ctx)->to_server_queue++;
}

static void ring_client_control(void *ctx)
{
	((struct channel *)ctx)->to_client_control++;
}

static void ring_client_queue(void *ctx, unsigned int queue)
{
	CU_ASSERT_EQUAL(queue, 0);
	((struct channel *)ctx)->to_client_queue++;
}

static void *allocate(size_t size)
{
	void *memory = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);

	if (!memory)
		abort();
	return memset(memory, 0, size);
}

void channel_new_server(struct channel *channel)
{
	struct loopback_block_server_config block = {
		.backend = channel->backend,
		.slots = channel->server_slots,
		.slot_count = channel->server_slot_count,
		.segments = channel->segments,
		.queue_size_max = CHANNEL_QUEUE_SIZE,
		.id = "bulkhead-test-disk",
	};
	struct loopback_server_config config = {
		.control = channel->control,
		.pool = channel->pool,
		.pool_address = CHANNEL_BUS,
		.pool_size = CHANNEL_POOL,
		.regions = channel->regions,
		.region_count = channel->region_count,
		.record = channel->record,
		.record_size = LOOPBACK_RECORD_SIZE(1),
		.queue_size_max = CHANNEL_QUEUE_SIZE,
		.queues = &channel->server_queue,
		.slots = channel->device_slots,
		.notify = { ring_client_control, ring_client_queue, channel },
	};
	struct loopback_server_transport transport;

	memset(&channel->server_queue, 0, sizeof(channel->server_queue));
	memset(channel->server_slots, 0, sizeof(channel->server_slots));
	CU_ASSERT_EQUAL_FATAL(
		loopback_block_server_init(&channel->block_server, &block),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL_FATAL(
		loopback_server_init(&channel->server, &config,
				     &channel->block_server.device),
		LOOPBACK_OK);
	transport = loopback_server_get_transport(&channel->server);
	loopback_block_server_attach(&channel->block_server, &transport);
}

void channel_new_client(struct channel *channel)
{
	struct loopback_client_config config = {
		.control = channel->control,
		.pool = channel->pool,
		.pool_address = CHANNEL_BUS,
		.pool_size = CHANNEL_POOL,
		.device_id = VIRTIO_ID_BLOCK,
		.notify = { ring_server_control, ring_server_queue, channel },
	};
	struct loopback_block_client_config block = {
		.transport = loopback_client_get_transport(&channel->client),
		.wires = (void *)(channel->pool + CHANNEL_WIRES),
		.slots = channel->client_slots,
		.slot_count = CHANNEL_SLOTS,
	};

	CU_ASSERT_EQUAL_FATAL(loopback_client_init(&channel->client, &config),
			      LOOPBACK_OK);
	CU_ASSERT_EQUAL_FATAL(
		loopback_block_client_init(&channel->block, &block),
		LOOPBACK_OK);
}

struct channel *channel_new(struct loopback_block_backend *backend)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		abort();
	channel->control = allocate(LOOPBACK_CONTROL_SIZE);
	channel->pool = allocate(CHANNEL_POOL);
	channel->record = allocate(LOOPBACK_RECORD_SIZE(1));
	channel->backend = backend;
	channel->server_slot_count = CHANNEL_SLOTS;
	channel_new_server(channel);
	channel_new_client(channel);
	return channel;
}

void channel_free(struct channel *channel)
{
	free(channel->control);
	free(channel->pool);
	free(channel->record);
	free(channel);
}

int channel_setup_queue(struct channel *channel)
{
	struct loopback_client_queue_memory memory = {
		.size = CHANNEL_QUEUE_SIZE,
		.ring = channel->pool + CHANNEL_RING,
		.virtq = &channel->virtq,
		.slots = channel->virtq_slots,
		.tables = (void *)(channel->pool + CHANNEL_TABLES),
		.table_entries = 8,
	};

	return loopback_client_setup_queue(&channel->client, 0, &memory);
}

void channel_run_client(struct channel *channel)
{
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
}

void channel_run(struct channel *channel)
{
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	channel_run_client(channel);
}

struct channel *channel_start(struct loopback_block_backend *backend)
{
	struct channel *channel = channel_new(backend);

	channel_run(channel);
	return channel;
}

int channel_submit(struct channel *channel, uint32_t type, uint64_t sector,
		   uint32_t offset, uint32_t length, void *cookie)
{
	struct loopback_block_data data = { channel_bus(offset), length };
	struct loopback_block_io io = {
		.type = type,
		.sector = sector,
		.data = &data,
		.data_count = length ? 1 : 0,
		.cookie = cookie,
	};

	return loopback_block_client_submit(&channel->block, &io);
}

int channel_do(struct channel *channel, uint32_t type, uint64_t sector,
	       uint32_t offset, uint32_t length)
{
	struct loopback_block_completion done;
	int ret =
		channel_submit(channel, type, sector, offset, length, channel);

	if (ret)
		return ret;
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	ret = loopback_block_client_poll(&channel->block, &done);
	if (ret)
		return ret;
	CU_ASSERT_PTR_EQUAL(done.cookie, channel);
	return done.result;
}

struct virtq_ring channel_ring(struct channel *channel)
{
	return virtq_layout_ring(channel->pool + CHANNEL_RING,
				 CHANNEL_QUEUE_SIZE);
}

void channel_desc(struct channel *channel, uint16_t index, uint64_t address,
		  uint32_t length, uint16_t flags, uint16_t next)
{
	channel_ring(channel).desc[index] = (struct virtq_desc){
		.addr = virtio_le64(address),
		.len = virtio_le32(length),
		.flags = virtio_le16(flags),
		.next = virtio_le16(next),
	};
}

void channel_avail(struct channel *channel, uint16_t head)
{
	struct virtq_avail *avail = channel_ring(channel).avail;
	uint16_t idx = virtio_le16(avail->idx);

	avail->ring[idx % CHANNEL_QUEUE_SIZE] = virtio_le16(head);
	avail->idx = virtio_le16((uint16_t)(idx + 1));
}

uint16_t channel_used_idx(struct channel *channel)
{
	return virtio_le16(channel_ring(channel).used->idx);
}
