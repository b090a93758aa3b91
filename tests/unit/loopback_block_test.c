/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block device end to end: client, channel, server, a backend in memory.
 */
#include <string.h>

#include "block_memory.h"
#include "channel.h"
#include "unit.h"

static struct block_memory memory;

static void reads_configuration(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.segment_max = 5;
	memory.backend.block_size = 4096;
	channel = channel_start(&memory.backend);
	CU_ASSERT_EQUAL(channel->block.capacity, BLOCK_MEMORY_SECTORS);
	CU_ASSERT_EQUAL(channel->block.segment_max, 5);
	CU_ASSERT_EQUAL(channel->block.segment_size_max, UINT32_MAX);
	CU_ASSERT_EQUAL(channel->block.block_size, 4096);
	CU_ASSERT_FALSE(channel->block.read_only);
	channel_free(channel);
}

static void reads_and_writes(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 3, CHANNEL_DATA, 1024),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA,
			       &memory.data[3 * 512], 1024),
			0);
	memset(channel->pool + CHANNEL_DATA, 0x5a, 512);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_OUT,
				   BLOCK_MEMORY_SECTORS - 1, CHANNEL_DATA, 512),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.data[BLOCK_MEMORY_SECTORS * 512 - 1], 0x5a);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.flushes, 1);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_GET_ID, 0, CHANNEL_DATA, 20),
		LOOPBACK_OK);
	CU_ASSERT_STRING_EQUAL((char *)channel->pool + CHANNEL_DATA,
			       "bulkhead-test-disk");
	/* Up to the last byte of the pool. */
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_IN, 0,
				   CHANNEL_POOL - 512, 512),
			LOOPBACK_OK);
	channel_free(channel);
}

static void scatters_over_pieces(void)
{
	struct loopback_block_data data[3] = {
		{ channel_bus(CHANNEL_DATA + 0x100), 100 },
		{ channel_bus(CHANNEL_DATA + 0x1000), 400 },
		{ channel_bus(CHANNEL_DATA + 0x2000), 12 },
	};
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_IN,
					.sector = 7,
					.data = data,
					.data_count = 3 };
	struct loopback_block_completion done;
	struct channel *channel;

	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_OK);
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	CU_ASSERT_EQUAL(done.length, 512);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + 0x100,
			       &memory.data[7 * 512], 100),
			0);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + 0x1000,
			       &memory.data[7 * 512 + 100], 400),
			0);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + 0x2000,
			       &memory.data[7 * 512 + 500], 12),
			0);
	channel_free(channel);
}

static void zeroes_and_discards(void)
{
	struct loopback_block_io io = {
		.type = VIRTIO_BLK_T_WRITE_ZEROES,
		.sector = 9,
		.sectors = 4,
		.flags = VIRTIO_BLK_WRITE_ZEROES_F_UNMAP
	};
	struct loopback_block_completion done;
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.discard_max = 8;
	memory.backend.write_zeroes_max = 8;
	channel = channel_start(&memory.backend);
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_OK);
	io.type = VIRTIO_BLK_T_DISCARD;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_INVALID);
	io.flags = 0;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_OK);
	io.sectors = 9;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_INVALID);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.zeroes, 1);
	CU_ASSERT_EQUAL(memory.discards, 1);
	CU_ASSERT_EQUAL(memory.data[9 * 512 + 77], 0);
	channel_free(channel);
}

static void client_refuses_before_the_ring(void)
{
	struct loopback_block_data data[LOOPBACK_BLOCK_DATA_MAX + 1];
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_IN,
					.data = data,
					.data_count =
						LOOPBACK_BLOCK_DATA_MAX + 1 };
	struct channel *channel;
	unsigned int i;

	for (i = 0; i <= LOOPBACK_BLOCK_DATA_MAX; i++)
		data[i] =
			(struct loopback_block_data){ channel_bus(CHANNEL_DATA),
						      512 };
	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 0),
		LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 511),
		LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_IN,
				   BLOCK_MEMORY_SECTORS, CHANNEL_DATA, 512),
			LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_IN,
				   BLOCK_MEMORY_SECTORS - 1, CHANNEL_DATA,
				   1024),
			LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_IN, UINT64_MAX,
				   CHANNEL_DATA, 512),
			LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_FLUSH, 0, CHANNEL_DATA, 512),
		LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_GET_ID, 0, CHANNEL_DATA, 19),
		LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_DISCARD, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	UNIT_ASSERT_INT(channel_do(channel, 77, 0, 0, 0), LOOPBACK_ERR_INVALID);
	CU_ASSERT_EQUAL(memory.submits, 0);
	channel_free(channel);
}

static void refuses_writes_to_read_only(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.read_only = true;
	memory.backend.flush = false;
	channel = channel_start(&memory.backend);
	CU_ASSERT_TRUE(channel->block.read_only);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_OUT, 0, CHANNEL_DATA, 512),
		LOOPBACK_ERR_UNSUPPORTED);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	/* And a client that does not care. */
	channel->block.read_only = false;
	channel->block.features |= VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_OUT, 0, CHANNEL_DATA, 512),
		LOOPBACK_ERR_IO);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	CU_ASSERT_EQUAL(memory.submits, 0);
	channel_free(channel);
}

static void failing_backend_is_an_io_error(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	memory.fail = LOOPBACK_ERR_IO;
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_ERR_IO);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->block_server.in_flight, 0);
	channel_free(channel);
}

static void client_believes_no_impossible_completion(void)
{
	struct loopback_block_completion done;
	struct loopback_block_wire *wires;
	struct channel *channel;

	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	wires = (void *)(channel->pool + CHANNEL_WIRES);
	/* A status that does not exist. */
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	wires[0].status = 77;
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PROTOCOL);
	/* Success with fewer bytes than asked for. */
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	channel_ring(channel).used->ring[1].len = virtio_le32(300);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(done.length, 0);
	channel_free(channel);
}

static void one_reset_heals_an_impossible_ring(void)
{
	struct loopback_block_completion done;
	struct channel *channel;

	block_memory_init(&memory);
	channel = channel_start(&memory.backend);
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	channel_ring(channel).used->idx = virtio_le16(900);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	channel_free(channel);
}

static const struct unit_test tests[] = {
	UNIT_TEST(reads_configuration),
	UNIT_TEST(reads_and_writes),
	UNIT_TEST(scatters_over_pieces),
	UNIT_TEST(zeroes_and_discards),
	UNIT_TEST(client_refuses_before_the_ring),
	UNIT_TEST(refuses_writes_to_read_only),
	UNIT_TEST(failing_backend_is_an_io_error),
	UNIT_TEST(client_believes_no_impossible_completion),
	UNIT_TEST(one_reset_heals_an_impossible_ring),
};

UNIT_MAIN("loopback_block", tests)
