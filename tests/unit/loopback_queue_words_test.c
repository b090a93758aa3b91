/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words with which a client sets up its queue, each malformed once, and
 * when they are looked at.
 */
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "unit.h"

static struct block_memory memory;

static void client_checks_its_own_queue(void)
{
	struct channel *channel = channel_new_reset(&memory);
	struct loopback_client_queue_memory good = channel->client.queue[0],
					    bad = good;

	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 1, &good),
			LOOPBACK_ERR_INVALID);
	bad.size = 12;
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_SIZE);
	bad.size = 2 * CHANNEL_QUEUE_SIZE;
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_SIZE);
	bad = good;
	bad.ring = (char *)bad.ring + 16;
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_ALIGNMENT);
	bad.ring = channel->pool + CHANNEL_POOL - 64;
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_RANGE);
	bad.ring = channel->pool - 4096;
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_RANGE);
	bad = good;
	bad.tables = (void *)(channel->pool + CHANNEL_POOL - 64);
	UNIT_ASSERT_INT(loopback_client_setup_queue(&channel->client, 0, &bad),
			LOOPBACK_ERR_RANGE);
	channel_recover(channel, &memory);
}

/* One queue's words, areas as offsets in the pool, and why they are refused. */
static const struct queue_words {
	uint32_t size, ready;
	uint64_t descriptor, driver, device;
	int error;
} bad_words[] = {
	{ 0, 1, 0, 0x200, 0x400, LOOPBACK_ERR_SIZE },
	{ 12, 1, 0, 0x200, 0x400, LOOPBACK_ERR_SIZE },
	{ 32, 1, 0, 0x200, 0x400, LOOPBACK_ERR_SIZE },
	{ 0x10010, 1, 0, 0x200, 0x400, LOOPBACK_ERR_SIZE },
	{ UINT32_MAX, 1, 0, 0x200, 0x400, LOOPBACK_ERR_SIZE },
	{ 16, 2, 0, 0x200, 0x400, LOOPBACK_ERR_INVALID },
	{ 16, UINT32_MAX, 0, 0x200, 0x400, LOOPBACK_ERR_INVALID },
	{ 16, 1, 8, 0x200, 0x400, LOOPBACK_ERR_ALIGNMENT },
	{ 16, 1, 0, 0x201, 0x400, LOOPBACK_ERR_ALIGNMENT },
	{ 16, 1, 0, 0x200, 0x402, LOOPBACK_ERR_ALIGNMENT },
	{ 16, 1, 0, 0xf0, 0x400, LOOPBACK_ERR_OVERLAP },
	{ 16, 1, 0, 0x200, 0x210, LOOPBACK_ERR_OVERLAP },
	{ 16, 1, 0x400, 0x200, 0x400, LOOPBACK_ERR_OVERLAP },
	{ 16, 1, -CHANNEL_BUS, 0x200, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, -(uint64_t)16, 0x200, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, -(uint64_t)0x1000, 0x200, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, CHANNEL_POOL - 16, 0x200, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, CHANNEL_POOL, 0x200, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, 0, CHANNEL_POOL - 2, 0x400, LOOPBACK_ERR_RANGE },
	{ 16, 1, 0, 0x200, CHANNEL_POOL - 64, LOOPBACK_ERR_RANGE },
	{ 16, 1, 0, 0x200, UINT64_MAX - CHANNEL_BUS - 3, LOOPBACK_ERR_RANGE },
};

static void write_words(struct channel *channel,
			const struct queue_words *words)
{
	channel->control->queue[0] = (struct loopback_queue_request){
		.size = virtio_le32(words->size),
		.ready = virtio_le32(words->ready),
		.descriptor_area =
			virtio_le64(channel_bus(0) + words->descriptor),
		.driver_area = virtio_le64(channel_bus(0) + words->driver),
		.device_area = virtio_le64(channel_bus(0) + words->device),
	};
}

/* The request was refused, and everybody knows why. */
static void assert_refused(struct channel *channel, int error)
{
	UNIT_ASSERT_INT(channel_reason(channel), error);
	UNIT_ASSERT_INT((int)virtio_le32(channel->control->answer[0].error),
			error);
	CU_ASSERT_TRUE(channel_granted(channel) &
		       VIRTIO_STATUS_DEVICE_NEEDS_RESET);
}

static void server_checks_every_queue_word(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(bad_words) / sizeof(bad_words[0]); i++) {
		struct channel *channel = channel_new_reset(&memory);

		UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
				LOOPBACK_OK);
		write_words(channel, &bad_words[i]);
		UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
				LOOPBACK_EVENT_REFUSED);
		assert_refused(channel, bad_words[i].error);
		CU_ASSERT_FALSE(channel_granted(channel) &
				VIRTIO_STATUS_DRIVER_OK);
		UNIT_ASSERT_INT(loopback_block_server_process(
					&channel->block_server, 16),
				LOOPBACK_ERR_STATE);
		UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
				LOOPBACK_ERR_REFUSED);
		UNIT_ASSERT_INT(channel->client.peer_error, bad_words[i].error);
		channel_recover(channel, &memory);
	}
}

static void ready_is_0_or_1_also_while_live(void)
{
	static const uint32_t bad[] = { 2, 3, 1u << 8, 1u << 31, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct channel *channel = channel_new_running(&memory);

		channel->control->queue[0].ready = virtio_le32(bad[i]);
		UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
				LOOPBACK_EVENT_REFUSED);
		assert_refused(channel, LOOPBACK_ERR_INVALID);
		/* Neither stopped nor started anew. */
		CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
				LOOPBACK_QUEUE_LIVE);
		channel_adopt_request(channel);
		channel_recover(channel, &memory);
	}
}

static void rings_may_end_at_the_pool(void)
{
	struct channel *channel = channel_new_reset(&memory);
	struct loopback_client_queue_memory queue = channel->client.queue[0];
	size_t bytes = virtq_layout_bytes(CHANNEL_QUEUE_SIZE);

	queue.ring = channel->pool + CHANNEL_POOL - bytes;
	UNIT_ASSERT_INT(
		loopback_client_setup_queue(&channel->client, 0, &queue),
		LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void queue_words_are_dead_while_live(void)
{
	struct channel *channel = channel_new_running(&memory);

	memset(&channel->control->queue[0], 0xff,
	       sizeof(channel->control->queue[0]));
	channel->control->queue[0].ready = virtio_le32(1);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	/* Not even a request makes a live queue look at them. */
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL), 0);
	CU_ASSERT_EQUAL(channel_granted(channel), CHANNEL_STATUS_ALL);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(client_checks_its_own_queue),
	UNIT_TEST(server_checks_every_queue_word),
	UNIT_TEST(ready_is_0_or_1_also_while_live),
	UNIT_TEST(rings_may_end_at_the_pool),
	UNIT_TEST(queue_words_are_dead_while_live),
};

UNIT_MAIN("loopback_queue_words", tests)
