/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many block requests at once: order, doorbells, and what is full.
 */
#include <string.h>

#include "block_memory.h"
#include "channel.h"
#include "unit.h"

static struct block_memory memory;

static struct channel *start(void)
{
	struct channel *channel = channel_new(&memory.backend);

	channel_run(channel);
	return channel;
}

/* Eight reads, each with its number as cookie, at the backend. */
static struct channel *start_eight(void)
{
	struct channel *channel;
	uintptr_t i;

	block_memory_init(&memory);
	memory.hold = true;
	channel = start();
	for (i = 0; i < 8; i++)
		UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, i,
					       CHANNEL_DATA + i * 512, 512,
					       (void *)i),
				LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->to_server_queue, 0);
	loopback_block_client_kick(&channel->block);
	CU_ASSERT_EQUAL(channel->to_server_queue, 1);
	return channel;
}

static void ends_with_one_doorbell(void)
{
	struct loopback_block_completion done;
	struct channel *channel = start_eight();

	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 8);
	/* One when it started, one for the batch. */
	CU_ASSERT_EQUAL(memory.kicks, 2);
	while (memory.count)
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(channel->to_client_queue, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->to_client_queue, 1);
	channel_free(channel);
}

static void ends_in_any_order(void)
{
	struct loopback_block_completion done;
	struct channel *channel = start_eight();
	uintptr_t i, sum = 0;

	loopback_block_server_process(&channel->block_server, 16);
	block_memory_end(&memory, 7, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_IOERR);
	while (memory.count)
		block_memory_end(&memory, memory.count / 2, VIRTIO_BLK_S_OK);
	loopback_block_server_process(&channel->block_server, 16);

	for (i = 0; i < 8; i++) {
		UNIT_ASSERT_INT(
			loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
		UNIT_ASSERT_INT(done.result,
				done.cookie ? LOOPBACK_OK : LOOPBACK_ERR_IO);
		CU_ASSERT_EQUAL(done.length, done.cookie ? 512 : 0);
		if (i == 0)
			CU_ASSERT_PTR_EQUAL(done.cookie, (void *)7);
		sum += (uintptr_t)done.cookie;
	}
	CU_ASSERT_EQUAL(sum, 28);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	CU_ASSERT_EQUAL(loopback_block_client_count_busy(&channel->block), 0);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + 512,
			       &memory.data[512], 7 * 512),
			0);
	channel_free(channel);
}

static void batch_rings_once_for_many(void)
{
	struct loopback_block_completion done;
	struct channel *channel;
	unsigned int i;

	block_memory_init(&memory);
	memory.hold = true;
	channel = start();
	channel->block.config.batch = true;
	for (i = 0; i < 8; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i, CHANNEL_DATA, 512,
			       NULL);
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	loopback_block_server_process(&channel->block_server, 16);
	for (i = 0; i < 8; i++) {
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		loopback_block_server_process(&channel->block_server, 16);
	}
	CU_ASSERT_EQUAL(channel->to_client_queue, 1);
	for (i = 0; i < 8; i++)
		UNIT_ASSERT_INT(
			loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	channel_free(channel);
}

static void full_backend_keeps_the_request(void)
{
	struct loopback_block_completion done;
	struct channel *channel;
	unsigned int i, ended = 0;

	block_memory_init(&memory);
	memory.hold = true;
	memory.depth = 2;
	channel = start();
	for (i = 0; i < 8; i++)
		UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, i,
					       CHANNEL_DATA + i * 512, 512,
					       NULL),
				LOOPBACK_OK);
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 2);
	CU_ASSERT_EQUAL(memory.submits, 3);
	/* Asking again while it is full changes nothing. */
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 2);
	while (memory.count) {
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		loopback_block_server_process(&channel->block_server, 16);
		while (loopback_block_client_poll(&channel->block, &done) ==
		       LOOPBACK_OK) {
			UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
			ended++;
		}
	}
	CU_ASSERT_EQUAL(ended, 8);
	CU_ASSERT_EQUAL(
		memcmp(channel->pool + CHANNEL_DATA, memory.data, 8 * 512), 0);
	channel_free(channel);
}

static void few_server_slots_lose_nothing(void)
{
	struct loopback_block_completion done;
	struct channel *channel;
	unsigned int i, ended = 0;

	block_memory_init(&memory);
	memory.hold = true;
	channel = channel_new(&memory.backend);
	channel->server_slot_count = 3;
	channel_new_server(channel);
	channel_run(channel);
	for (i = 0; i < 10; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i, CHANNEL_DATA, 512,
			       NULL);
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 3);
	while (memory.count) {
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
		loopback_block_server_process(&channel->block_server, 16);
		while (loopback_block_client_poll(&channel->block, &done) ==
		       LOOPBACK_OK)
			ended++;
	}
	CU_ASSERT_EQUAL(ended, 10);
	channel_free(channel);
}

static void client_with_full_ring_says_busy(void)
{
	struct loopback_block_completion done;
	struct channel *channel;
	unsigned int i;

	block_memory_init(&memory);
	memory.hold = true;
	channel = start();
	for (i = 0; i < CHANNEL_SLOTS; i++)
		UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, i,
					       CHANNEL_DATA, 512, NULL),
				LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, NULL),
			LOOPBACK_ERR_BUSY);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 64);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	loopback_block_server_process(&channel->block_server, 64);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, NULL),
			LOOPBACK_OK);
	channel_free(channel);
}

static void budget_bounds_one_call(void)
{
	struct channel *channel;
	unsigned int i;

	block_memory_init(&memory);
	channel = start();
	for (i = 0; i < 10; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i, CHANNEL_DATA, 512,
			       NULL);
	loopback_block_client_kick(&channel->block);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 4),
		LOOPBACK_BLOCK_SERVER_MORE);
	CU_ASSERT_EQUAL(memory.submits, 4);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 4),
		LOOPBACK_BLOCK_SERVER_MORE);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 4),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.submits, 10);
	channel_free(channel);
}

static const struct unit_test tests[] = {
	UNIT_TEST(ends_with_one_doorbell),
	UNIT_TEST(ends_in_any_order),
	UNIT_TEST(batch_rings_once_for_many),
	UNIT_TEST(full_backend_keeps_the_request),
	UNIT_TEST(few_server_slots_lose_nothing),
	UNIT_TEST(client_with_full_ring_says_busy),
	UNIT_TEST(budget_bounds_one_call),
};

UNIT_MAIN("loopback_flow", tests)
