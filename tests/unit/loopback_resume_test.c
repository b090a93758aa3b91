/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's life that continues the one before: what the client notices. Which
 * records are not gone on from is in loopback_record_test.c; where a life may
 * end in between is tried by tests/lives.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "channel_resume.h"
#include "unit.h"

static struct block_memory memory;

static void requests_end_in_the_next_life(void)
{
	struct channel *channel = resume_new_busy(&memory, 5);
	uint64_t first = channel->server.generation;

	block_memory_end(&memory, 4, VIRTIO_BLK_S_OK);
	loopback_block_server_process(&channel->block_server, 16);
	/* Ended at the disk, and not shown. */
	block_memory_end(&memory, 1, VIRTIO_BLK_S_OK);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.resumed_from),
			first);
	CU_ASSERT_EQUAL(channel->server.generation, first + 1);
	CU_ASSERT_EQUAL(virtio_le64(channel->record->generation), first + 1);
	CU_ASSERT_EQUAL(channel->server_queue.again, 4);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_LIVE);
	/* The ring for what was shown may have been owed. */
	CU_ASSERT_EQUAL(channel->to_client_control, 1);
	CU_ASSERT_EQUAL(channel->to_client_queue, 1);
	resume_adopt(channel);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.submits, 4);
	resume_expect_ended(channel, &memory, 5);
	channel_recover(channel, &memory);
}

/* One that nobody has seen READY is followed by one that goes on, too. */
static void lives_in_a_row_are_continued(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);
	uint64_t first = channel->server.generation;
	int i;

	for (i = 0; i < 4; i++)
		resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.resumed_from),
			first);
	CU_ASSERT_EQUAL(channel->server.generation, first + 4);
	resume_adopt(channel);
	resume_restart(channel, &memory);
	resume_adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	resume_expect_ended(channel, &memory, 3);
	channel_recover(channel, &memory);
}

static void new_requests_follow_the_old(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);

	channel_submit(channel, VIRTIO_BLK_T_IN, 3, CHANNEL_DATA + 3 * 512, 512,
		       (void *)3);
	loopback_block_client_kick(&channel->block);
	resume_restart(channel, &memory);
	resume_adopt(channel);
	memory.hold = true;
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 2),
		LOOPBACK_BLOCK_SERVER_MORE);
	CU_ASSERT_EQUAL(channel->server_queue.again, 1);
	/* What ends meanwhile does not count among those to be taken. */
	block_memory_end(&memory, 1, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 2);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.hold = false;
	loopback_block_server_process(&channel->block_server, 16);
	resume_expect_ended(channel, &memory, 4);
	channel_recover(channel, &memory);
}

static void request_is_answered_by_the_next_life(void)
{
	struct channel *channel = resume_new_reset(&memory);

	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	resume_restart(channel, &memory);
	/* The former answer stands; the request names the former life. */
	CU_ASSERT_EQUAL(
		LOOPBACK_WORD_SEQUENCE(channel->client.handshake.request),
		LOOPBACK_WORD_SEQUENCE(virtio_le64(
			channel->control->server.acknowledge)) +
			1);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	resume_adopt(channel);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_RUNNING);
	channel_recover(channel, &memory);
}

static void request_for_a_life_before_the_row_is_refused(void)
{
	struct channel *channel = resume_new(&memory);

	resume_restart(channel, &memory);
	resume_adopt(channel);
	channel->control->client.server_generation =
		virtio_le64(channel->server.resumed_from - 1);
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
			LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_STALE);
	channel->control->client.server_generation =
		virtio_le64(channel->server.generation + 1);
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
			LOOPBACK_EVENT_REFUSED);
	channel->control->client.server_generation =
		virtio_le64(channel->server.resumed_from);
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL), 0);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void reset_in_the_next_life_drops_the_old(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);

	resume_restart(channel, &memory);
	resume_adopt(channel);
	CU_ASSERT_EQUAL(channel->server_queue.again, 3);
	channel_recover(channel, &memory);
}

static void device_that_needs_a_reset_still_does(void)
{
	struct channel *channel = resume_new(&memory);

	channel_avail(channel, CHANNEL_QUEUE_SIZE);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.acknowledge),
			channel->client.handshake.request |
				VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_DISABLED);
	CU_ASSERT_EQUAL(channel->to_client_queue, 0);
	channel->client.handshake.server_generation = channel->server.generation;
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
			LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_PROTOCOL);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void configuration_counts_on(void)
{
	struct channel *channel = resume_new(&memory);
	struct loopback_server_line *line = &channel->control->server;
	uint32_t before = virtio_le32(line->config_generation);

	/* It died while it wrote. */
	line->config_generation = virtio_le32(before + 1);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(virtio_le32(line->config_generation), before + 4);
	resume_adopt(channel);
	channel_recover(channel, &memory);
}

/* A client that offers again what is in flight breaks its queue, as ever. */
static void head_twice_is_noticed(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);

	channel_avail(channel,
		      virtio_le16(channel_ring(channel).avail->ring[0]));
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(channel->server_queue.again, 3);
	memory.hold = true;
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	while (memory.count)
		block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.hold = false;
	channel->client.handshake.server_generation =
		channel->server.generation;
	channel_recover(channel, &memory);
}

/* A client that has reset the device, and has not looked whose answer it was. */
static void reset_does_not_shorten_the_row(void)
{
	struct channel *channel = resume_new(&memory);
	uint64_t features = channel->record->driver_features[0];
	uint64_t first = channel->server.generation;

	resume_restart(channel, &memory);
	channel->control->client.server_generation = virtio_le64(first);
	UNIT_ASSERT_INT(channel_request(channel, 0), LOOPBACK_EVENT_RESET);
	CU_ASSERT_EQUAL(virtio_le64(channel->record->kept_from), first);
	/* Written in another order, they would not fit the status for a time. */
	CU_ASSERT_EQUAL(channel->record->status, 0);
	CU_ASSERT_EQUAL(channel->record->driver_features[0], features);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.resumed_from),
			first);
	CU_ASSERT_EQUAL(channel->server.status, 0);
	channel->client.handshake.server_generation =
		channel->server.generation;
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

/* What the client changed meanwhile is checked as if it were new. */
static void descriptors_are_checked_anew(void)
{
	struct channel *channel = resume_new_busy(&memory, 2);
	unsigned int head;

	resume_restart(channel, &memory);
	for (head = 0; head < CHANNEL_QUEUE_SIZE; head++)
		channel_desc(channel, (uint16_t)head, CHANNEL_BUS - 1, 512, 0,
			     0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(memory.submits, 0);
	channel->client.handshake.server_generation = channel->server.generation;
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(requests_end_in_the_next_life),
	UNIT_TEST(lives_in_a_row_are_continued),
	UNIT_TEST(new_requests_follow_the_old),
	UNIT_TEST(request_is_answered_by_the_next_life),
	UNIT_TEST(request_for_a_life_before_the_row_is_refused),
	UNIT_TEST(reset_in_the_next_life_drops_the_old),
	UNIT_TEST(device_that_needs_a_reset_still_does),
	UNIT_TEST(configuration_counts_on),
	UNIT_TEST(head_twice_is_noticed),
	UNIT_TEST(reset_does_not_shorten_the_row),
	UNIT_TEST(descriptors_are_checked_anew),
};

UNIT_MAIN("loopback_resume", tests)
