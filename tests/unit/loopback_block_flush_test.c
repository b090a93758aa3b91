/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that did not negotiate VIRTIO_BLK_F_FLUSH: the server flushes what
 * it writes, before it says that it is written.
 */
#include "block_memory.h"
#include "channel.h"
#include "unit.h"

static struct block_memory memory;

/* Reset, and start with @features. */
static void restart(struct channel *channel, uint64_t features)
{
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, features),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
}

#define WITHOUT_FLUSH	(LOOPBACK_BLOCK_CLIENT_FEATURES & \
			 ~VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH))

static struct channel *start_without_flush(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.write_zeroes_max = 8;
	channel = channel_start(&memory.backend);
	restart(channel, WITHOUT_FLUSH);
	UNIT_ASSERT_INT(channel_do(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	return channel;
}

static void serve(struct channel *channel)
{
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
}

static void expect_nothing_ended(struct channel *channel)
{
	struct loopback_block_completion done;

	serve(channel);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
}

static void expect_ended(struct channel *channel, int result)
{
	struct loopback_block_completion done;

	serve(channel);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, result);
}

/* VirtIO 1.2, 5.2.6.2: such a write is stable once it is completed. */
static void write_without_flush_is_flushed_first(void)
{
	struct loopback_block_io zeroes = { .type = VIRTIO_BLK_T_WRITE_ZEROES,
					    .sectors = 4 };
	struct channel *channel = start_without_flush();

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512, NULL);
	expect_nothing_ended(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	expect_nothing_ended(channel);
	CU_ASSERT_EQUAL_FATAL(memory.count, 1);
	CU_ASSERT_EQUAL(memory.held[0].request->type, VIRTIO_BLK_T_FLUSH);
	CU_ASSERT_EQUAL(memory.held[0].request->segment_count, 0);
	CU_ASSERT_EQUAL(channel->block_server.in_flight, 1);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	expect_ended(channel, LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.flushes, 1);
	/* A flush that fails has lost the write. */
	loopback_block_client_submit(&channel->block, &zeroes);
	expect_nothing_ended(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	expect_nothing_ended(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_IOERR);
	expect_ended(channel, LOOPBACK_ERR_IO);
	/* A write that failed needs none, and neither does a read. */
	channel_submit(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512, NULL);
	expect_nothing_ended(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_IOERR);
	expect_ended(channel, LOOPBACK_ERR_IO);
	memory.hold = false;
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.flushes, 1);
	/* One that ends within its submit. */
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.flushes, 2);
	channel_free(channel);
}

/* A backend without room for the flush, and another request waiting, too. */
static void flush_waits_for_room(void)
{
	struct channel *channel = start_without_flush();
	unsigned int ended = 0, turn;

	memory.hold = true;
	memory.depth = 1;
	for (turn = 0; turn < 3; turn++)
		channel_submit(channel, VIRTIO_BLK_T_OUT, turn, CHANNEL_DATA,
			       512, NULL);
	for (turn = 0; turn < 6; turn++) {
		struct loopback_block_completion done;

		serve(channel);
		while (loopback_block_client_poll(&channel->block, &done) ==
		       LOOPBACK_OK) {
			UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
			ended++;
		}
		CU_ASSERT(ended <= memory.flushes);
		CU_ASSERT_EQUAL_FATAL(memory.count, 1);
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	}
	expect_ended(channel, LOOPBACK_OK);
	CU_ASSERT_EQUAL(ended, 2);
	CU_ASSERT_EQUAL(memory.flushes, 3);
	CU_ASSERT_EQUAL(channel->block_server.in_flight, 0);
	channel_free(channel);
}

/* Still no room for the request that waits: the flush comes behind it. */
static void flush_passes_no_request_that_waits(void)
{
	struct loopback_block_completion done;
	struct channel *channel = start_without_flush();
	unsigned int i, ended = 0;

	memory.hold = true;
	memory.depth = 2;
	for (i = 0; i < 3; i++)
		channel_submit(channel, VIRTIO_BLK_T_OUT, i, CHANNEL_DATA, 512,
			       NULL);
	serve(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.fail = LOOPBACK_ERR_BUSY;
	serve(channel);
	CU_ASSERT_PTR_NOT_NULL(channel->block_server.pending);
	CU_ASSERT_PTR_NOT_NULL(channel->block_server.unstable);
	CU_ASSERT_EQUAL(memory.count, 1);
	for (i = 0; i < 8 && ended < 3; i++) {
		serve(channel);
		while (memory.count)
			block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		serve(channel);
		while (loopback_block_client_poll(&channel->block, &done) ==
		       LOOPBACK_OK) {
			UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
			ended++;
		}
	}
	CU_ASSERT_EQUAL(ended, 3);
	CU_ASSERT_EQUAL(memory.flushes, 3);
	channel_free(channel);
}

/* Two flushes to ask for, and no room for the first: neither is forgotten. */
static void flush_without_room_is_not_passed(void)
{
	struct loopback_block_completion done;
	struct channel *channel = start_without_flush();
	unsigned int i, ended = 0;

	memory.hold = true;
	for (i = 0; i < 2; i++)
		channel_submit(channel, VIRTIO_BLK_T_OUT, i, CHANNEL_DATA, 512,
			       NULL);
	expect_nothing_ended(channel);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.fail = LOOPBACK_ERR_BUSY;
	expect_nothing_ended(channel);
	CU_ASSERT_PTR_NOT_NULL(channel->block_server.pending);
	for (i = 0; i < 4; i++) {
		serve(channel);
		while (memory.count)
			block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		serve(channel);
		while (loopback_block_client_poll(&channel->block, &done) ==
		       LOOPBACK_OK)
			ended++;
	}
	CU_ASSERT_EQUAL(ended, 2);
	CU_ASSERT_EQUAL(memory.flushes, 2);
	channel_free(channel);
}

/* A write that ends after the reset ends there: nobody asks for its flush. */
static void late_write_is_not_flushed(void)
{
	struct channel *channel = start_without_flush();

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512, NULL);
	serve(channel);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	CU_ASSERT_PTR_NULL(channel->block_server.unstable);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	channel_free(channel);
}

/* A reset before the flush was asked for: it is dropped, its slot is not. */
static void reset_drops_a_flush_that_waits(void)
{
	struct loopback_block_completion done;
	struct channel *channel = start_without_flush();
	unsigned int i;

	for (i = 0; i < 2 * CHANNEL_SLOTS; i++) {
		memory.hold = true;
		channel_submit(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512,
			       NULL);
		serve(channel);
		CU_ASSERT_EQUAL_FATAL(memory.count, 1);
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		memory.hold = false;
		restart(channel, WITHOUT_FLUSH);
		UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block,
							   &done),
				LOOPBACK_OK);
		UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
		CU_ASSERT_PTR_NULL(channel->block_server.unstable);
		CU_ASSERT_EQUAL(memory.flushes, 0);
	}
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.flushes, 1);
	channel_free(channel);
}

/* Nothing to flush: nothing is asked for. */
static void disk_without_a_cache_is_not_flushed(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.flush = false;
	channel = channel_start(&memory.backend);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_OUT, 1, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.submits, 1);
	channel_free(channel);
}



static const struct unit_test tests[] = {
	UNIT_TEST(write_without_flush_is_flushed_first),
	UNIT_TEST(flush_waits_for_room),
	UNIT_TEST(flush_passes_no_request_that_waits),
	UNIT_TEST(flush_without_room_is_not_passed),
	UNIT_TEST(late_write_is_not_flushed),
	UNIT_TEST(reset_drops_a_flush_that_waits),
	UNIT_TEST(disk_without_a_cache_is_not_flushed),
};

UNIT_MAIN("loopback_block_flush", tests)
