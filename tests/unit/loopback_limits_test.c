/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block client's limits, whatever configuration the server shows, and what
 * the client refuses because of them before the ring sees it.
 */
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "unit.h"

static struct block_memory memory;

/* A running channel whose disk can do everything. */
static struct channel *start(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.discard_max = 8;
	memory.backend.write_zeroes_max = 8;
	memory.backend.segment_size_max = 4096;
	channel = channel_new(&memory.backend);
	channel_run(channel);
	return channel;
}

/* The server shows another configuration; what the client makes of it. */
static int show(struct channel *channel, const struct virtio_blk_config *blk)
{
	UNIT_ASSERT_INT(loopback_server_update_config(&channel->server, blk),
			LOOPBACK_OK);
	return loopback_block_client_read_config(&channel->block);
}

/* Case 20. */
static void impossible_configurations_are_refused(void)
{
	struct channel *channel = start();
	struct virtio_blk_config good = channel->block_server.blk, bad = good;

	bad.seg_max = 0;
	UNIT_ASSERT_INT(show(channel, &bad), LOOPBACK_ERR_PROTOCOL);
	bad = good;
	bad.size_max = 0;
	UNIT_ASSERT_INT(show(channel, &bad), LOOPBACK_ERR_PROTOCOL);
	/* With a capacity and no more, the limits are 0. */
	channel->client.handshake.config_size = 8;
	UNIT_ASSERT_INT(show(channel, &good), LOOPBACK_ERR_PROTOCOL);
	channel->client.driver_features &=
		~(VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) |
		  VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX));
	UNIT_ASSERT_INT(show(channel, &good), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->block.capacity, BLOCK_MEMORY_SECTORS);
	CU_ASSERT_EQUAL(channel->block.segment_max, 1);
	CU_ASSERT_EQUAL(channel->block.discard_max, 0);
	/* A device that has not even a capacity. */
	channel->client.handshake.config_size = 7;
	UNIT_ASSERT_INT(show(channel, &good), LOOPBACK_ERR_PROTOCOL);
	channel->client.handshake.config_size = sizeof(good);
	channel_recover(channel, &memory);
}

/* Case 20: more pieces than the client has room for on its stack. */
static void more_pieces_than_the_client_can_build_are_cut(void)
{
	struct channel *channel = start();
	struct virtio_blk_config blk = channel->block_server.blk;

	blk.seg_max = virtio_le32(UINT32_MAX);
	UNIT_ASSERT_INT(show(channel, &blk), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->block.segment_max, LOOPBACK_BLOCK_DATA_MAX);
	UNIT_ASSERT_INT(show(channel, &channel->block_server.blk), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static int submit(struct channel *channel, uint32_t type,
		  const struct loopback_block_data *data, unsigned int count)
{
	struct loopback_block_io io = { .type = type,
					.data = data,
					.data_count = count };

	return loopback_block_client_submit(&channel->block, &io);
}

static void pieces_keep_to_the_limits(void)
{
	struct channel *channel = start();
	struct virtio_blk_config blk = channel->block_server.blk;
	struct loopback_block_data data[3] = {
		{ channel_bus(CHANNEL_DATA), 512 },
		{ channel_bus(CHANNEL_DATA + 512), 512 },
		{ channel_bus(CHANNEL_DATA + 1024), 512 },
	};

	blk.seg_max = virtio_le32(2);
	UNIT_ASSERT_INT(show(channel, &blk), LOOPBACK_OK);
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 3),
			LOOPBACK_ERR_INVALID);
	data[1].length = 4608;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 2),
			LOOPBACK_ERR_INVALID);
	/* Wrong data is said first, whatever else is wrong with the request. */
	channel->block.capacity = 0;
	data[1].length = 0;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 2),
			LOOPBACK_ERR_INVALID);
	channel->block.capacity = BLOCK_MEMORY_SECTORS;
	data[1].length = 4608;
	UNIT_ASSERT_INT(submit(channel, 77, data, 2), LOOPBACK_ERR_INVALID);
	channel->block.discard_max = 0;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_DISCARD, data, 2),
			LOOPBACK_ERR_INVALID);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	data[1].length = 4096;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 2), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

/* Case 6: a sum of lengths that passes 2^32. */
static void lengths_do_not_wrap(void)
{
	struct channel *channel = start();
	struct loopback_block_data data[2] = {
		{ channel_bus(CHANNEL_DATA), UINT32_MAX - 511 },
		{ channel_bus(CHANNEL_DATA), 1024 },
	};

	channel->block.segment_size_max = UINT32_MAX;
	channel->block.capacity = UINT64_MAX;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 2),
			LOOPBACK_ERR_INVALID);
	/* Not by what is left of the sum: that would be a range. */
	channel->block.capacity = 0;
	UNIT_ASSERT_INT(submit(channel, VIRTIO_BLK_T_IN, data, 2),
			LOOPBACK_ERR_INVALID);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	channel_recover(channel, &memory);
}

static void requests_without_meaning_are_refused(void)
{
	struct channel *channel = start();
	struct loopback_block_data data = { channel_bus(CHANNEL_DATA), 512 };
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_DISCARD };

	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_RANGE);
	io.sectors = 1;
	io.data = &data;
	io.data_count = 1;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_INVALID);
	io.data_count = 0;
	channel->block.read_only = true;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_UNSUPPORTED);
	channel->block.read_only = false;
	channel->block.features &= ~VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH);
	io.type = VIRTIO_BLK_T_FLUSH;
	UNIT_ASSERT_INT(loopback_block_client_submit(&channel->block, &io),
			LOOPBACK_ERR_UNSUPPORTED);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	channel_recover(channel, &memory);
}

static void full_ring_says_busy(void)
{
	struct channel *channel = channel_new_reset(&memory);
	unsigned int i;

	/* Three descriptors each: five of them in a ring of sixteen. */
	channel->client.queue[0].tables = NULL;
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	for (i = 0; i < 5; i++)
		UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
					       CHANNEL_DATA, 512, NULL),
				LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, NULL),
			LOOPBACK_ERR_BUSY);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 5);
	channel_recover(channel, &memory);
}

/* Case 20: the server's limits allow what its queue can never hold. */
static void request_longer_than_the_ring_is_refused(void)
{
	struct channel *channel = start();
	struct loopback_block_data data[LOOPBACK_BLOCK_DATA_MAX];
	struct virtio_blk_config blk = channel->block_server.blk;
	unsigned int i;

	blk.seg_max = virtio_le32(LOOPBACK_BLOCK_DATA_MAX);
	UNIT_ASSERT_INT(show(channel, &blk), LOOPBACK_OK);
	for (i = 0; i < LOOPBACK_BLOCK_DATA_MAX; i++)
		data[i] =
			(struct loopback_block_data){ channel_bus(CHANNEL_DATA),
						      512 };
	UNIT_ASSERT_INT(
		submit(channel, VIRTIO_BLK_T_IN, data, LOOPBACK_BLOCK_DATA_MAX),
		LOOPBACK_ERR_INVALID);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	channel_recover(channel, &memory);
}

/* Case 18. */
static void latched_ring_takes_no_request(void)
{
	struct channel *channel = start();
	struct virtq_completion done;

	channel_ring(channel).used->idx = virtio_le16(900);
	CU_ASSERT_TRUE(virtq_driver_get(&channel->virtq, &done) < 0);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, NULL),
			LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	channel_recover(channel, &memory);
}

static void kick_without_news_rings_nothing(void)
{
	struct channel *channel = start();

	channel->to_server_queue = 0;
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	CU_ASSERT_EQUAL(channel->to_server_queue, 1);
	loopback_block_client_kick(&channel->block);
	CU_ASSERT_EQUAL(channel->to_server_queue, 1);
	/* Nor while the device is being reset. */
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_server_process(&channel->block_server, 16);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	loopback_block_client_kick(&channel->block);
	CU_ASSERT_EQUAL(channel->to_server_queue, 1);
	channel_recover(channel, &memory);
}

static void budget_that_is_used_up_says_more(void)
{
	struct channel *channel = start();

	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	channel_submit(channel, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	/* Nobody has looked whether there is a third. */
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 2),
		LOOPBACK_BLOCK_SERVER_MORE);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 2),
		LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(impossible_configurations_are_refused),
	UNIT_TEST(more_pieces_than_the_client_can_build_are_cut),
	UNIT_TEST(pieces_keep_to_the_limits),
	UNIT_TEST(lengths_do_not_wrap),
	UNIT_TEST(requests_without_meaning_are_refused),
	UNIT_TEST(full_ring_says_busy),
	UNIT_TEST(request_longer_than_the_ring_is_refused),
	UNIT_TEST(latched_ring_takes_no_request),
	UNIT_TEST(kick_without_news_rings_nothing),
	UNIT_TEST(budget_that_is_used_up_says_more),
};

UNIT_MAIN("loopback_limits", tests)
