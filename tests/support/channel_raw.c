/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "channel_raw.h"
#include "unit.h"

struct channel *raw_start(struct block_memory *memory)
{
	struct channel *channel;

	block_memory_init(memory);
	memory->backend.discard_max = 16;
	memory->backend.write_zeroes_max = 16;
	channel = channel_new(&memory->backend);
	channel_run(channel);
	channel->pool[RAW_STATUS] = RAW_UNTOUCHED;
	return channel;
}

void raw_header(struct channel *channel, uint32_t type, uint64_t sector)
{
	struct virtio_blk_req_header value = { virtio_le32(type), 0xffffffff,
					       virtio_le64(sector) };

	memcpy(channel->pool + RAW_HEADER, &value, sizeof(value));
}

unsigned int raw_serve(struct channel *channel)
{
	uint16_t used = channel_used_idx(channel);

	channel->pool[RAW_STATUS] = RAW_UNTOUCHED;
	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel_used_idx(channel), (uint16_t)(used + 1));
	CU_ASSERT_EQUAL(channel->block_server.in_flight, 0);
	return channel->pool[RAW_STATUS];
}

uint32_t raw_used_length(struct channel *channel)
{
	struct virtq_used *used = channel_ring(channel).used;

	return virtio_le32(
		used->ring[(uint16_t)(channel_used_idx(channel) - 1) %
			   CHANNEL_QUEUE_SIZE]
			.len);
}

void raw_request(struct channel *channel, uint32_t type, uint64_t sector,
		 uint64_t address, uint32_t length, uint16_t data_flags)
{
	raw_header(channel, type, sector);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16, RAW_NEXT, 1);
	channel_desc(channel, 1, address, length, RAW_NEXT | data_flags, 2);
	channel_desc(channel, 2, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
}

void raw_good_request(struct channel *channel, struct block_memory *memory)
{
	memset(channel->pool + CHANNEL_DATA, 0, 512);
	raw_request(channel, VIRTIO_BLK_T_IN, 5, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(raw_used_length(channel), 513);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA,
			       &memory->data[5 * 512], 512),
			0);
	channel_free(channel);
}

void raw_latch(struct channel *channel, struct block_memory *memory)
{
	uint16_t used = channel_used_idx(channel);

	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_BROKEN);
	CU_ASSERT_TRUE(virtio_le64(channel->control->server.acknowledge) &
		       VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(channel_used_idx(channel), used);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory->submits, 0);
	raw_good_request(channel, memory);
}
