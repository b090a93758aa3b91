/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's life that continues the one before: what the client notices, and
 * which records are not gone on from. Where a life may end in between is tried
 * by tests/lives.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "unit.h"

static struct block_memory memory;

/* A client that adopts has been reset and is to start. */
static struct channel *resume_new_reset(void)
{
	struct channel *channel = channel_new_memory(&memory);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	channel->control->client.state = virtio_le32(LOOPBACK_CLIENT_ADOPTING);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	return channel;
}

static struct channel *resume_new(void)
{
	struct channel *channel = resume_new_reset();

	UNIT_ASSERT_INT(loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	return channel;
}

/* With `count` reads at the disk, of sectors 0 and on. */
static struct channel *resume_new_busy(unsigned int count)
{
	struct channel *channel = resume_new();
	uintptr_t i;

	memory.hold = true;
	for (i = 0; i < count; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, (void *)i);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	return channel;
}

/* The server dies and comes back with nothing but its record. */
static void restart(struct channel *channel)
{
	block_memory_init(&memory);
	channel->to_client_control = 0;
	channel->to_client_queue = 0;
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
}

/* What the client does that adopts. */
static void adopt(struct channel *channel)
{
	const struct loopback_server_line *line = &channel->control->server;

	CU_ASSERT_TRUE(loopback_is_continued(
		virtio_le64(line->resumed_from), virtio_le64(line->generation),
		channel->client.handshake.server_generation));
	channel->client.handshake.server_generation = virtio_le64(line->generation);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
}

/* `count` requests end, each once, with the data of its sector. */
static void expect_ended(struct channel *channel, unsigned int count)
{
	struct loopback_block_completion done;
	unsigned int seen = 0, ended = 0;

	while (!loopback_block_client_poll(&channel->block, &done)) {
		uintptr_t i = (uintptr_t)done.cookie;

		UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
		CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + i * 512,
				       &memory.data[i * 512], 512),
				0);
		seen |= 1u << i;
		ended++;
	}
	CU_ASSERT_EQUAL(ended, count);
	CU_ASSERT_EQUAL(seen, (1u << count) - 1);
}

/* The life that was restarted is one that continues nothing. */
static void expect_fresh(struct channel *channel)
{
	CU_ASSERT_EQUAL(channel->control->server.resumed_from, 0);
	CU_ASSERT_EQUAL(channel->server.status, 0);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_DISABLED);
	CU_ASSERT_EQUAL(channel->record->kept_from, 0);
	CU_ASSERT_EQUAL(channel->record->queue[0].ready, 0);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PEER);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void requests_end_in_the_next_life(void)
{
	struct channel *channel = resume_new_busy(5);
	uint64_t first = channel->server.generation;

	block_memory_end(&memory, 4, VIRTIO_BLK_S_OK);
	loopback_block_server_process(&channel->block_server, 16);
	/* Ended at the disk, and not shown. */
	block_memory_end(&memory, 1, VIRTIO_BLK_S_OK);
	restart(channel);
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
	adopt(channel);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.submits, 4);
	expect_ended(channel, 5);
	channel_recover(channel, &memory);
}

/* One that nobody has seen READY is followed by one that goes on, too. */
static void lives_in_a_row_are_continued(void)
{
	struct channel *channel = resume_new_busy(3);
	uint64_t first = channel->server.generation;
	int i;

	for (i = 0; i < 4; i++)
		restart(channel);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.resumed_from),
			first);
	CU_ASSERT_EQUAL(channel->server.generation, first + 4);
	adopt(channel);
	restart(channel);
	adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	expect_ended(channel, 3);
	channel_recover(channel, &memory);
}

static void new_requests_follow_the_old(void)
{
	struct channel *channel = resume_new_busy(3);

	channel_submit(channel, VIRTIO_BLK_T_IN, 3, CHANNEL_DATA + 3 * 512, 512,
		       (void *)3);
	loopback_block_client_kick(&channel->block);
	restart(channel);
	adopt(channel);
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
	expect_ended(channel, 4);
	channel_recover(channel, &memory);
}

static void request_is_answered_by_the_next_life(void)
{
	struct channel *channel = resume_new_reset();

	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	restart(channel);
	/* The former answer stands; the request names the former life. */
	CU_ASSERT_EQUAL(
		LOOPBACK_WORD_SEQUENCE(channel->client.handshake.request),
		LOOPBACK_WORD_SEQUENCE(virtio_le64(
			channel->control->server.acknowledge)) +
			1);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	adopt(channel);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_RUNNING);
	channel_recover(channel, &memory);
}

static void request_for_a_life_before_the_row_is_refused(void)
{
	struct channel *channel = resume_new();

	restart(channel);
	adopt(channel);
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
	struct channel *channel = resume_new_busy(3);

	restart(channel);
	adopt(channel);
	CU_ASSERT_EQUAL(channel->server_queue.again, 3);
	channel_recover(channel, &memory);
}

static void device_that_needs_a_reset_still_does(void)
{
	struct channel *channel = resume_new();

	channel_avail(channel, CHANNEL_QUEUE_SIZE);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	restart(channel);
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
	struct channel *channel = resume_new();
	struct loopback_server_line *line = &channel->control->server;
	uint32_t before = virtio_le32(line->config_generation);

	/* It died while it wrote. */
	line->config_generation = virtio_le32(before + 1);
	restart(channel);
	CU_ASSERT_EQUAL(virtio_le32(line->config_generation), before + 4);
	adopt(channel);
	channel_recover(channel, &memory);
}

/* A client that does not adopt has reused its memory. */
static void native_client_is_not_gone_on_with(void)
{
	struct channel *channel = channel_new_running(&memory);

	restart(channel);
	expect_fresh(channel);
}

static void life_that_stopped_is_not_continued(void)
{
	struct channel *channel = resume_new();

	loopback_server_stop(&channel->server);
	restart(channel);
	expect_fresh(channel);
}

static void closed_channel_is_not_continued(void)
{
	struct channel *channel = resume_new();

	UNIT_ASSERT_INT(loopback_client_close(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET | LOOPBACK_EVENT_CLOSED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	restart(channel);
	CU_ASSERT_EQUAL(channel->control->server.resumed_from, 0);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

/* Each way in which a record can fail to fit. */
static void spoil_record(struct channel *channel, unsigned int way)
{
	struct loopback_record *record = channel->record;
	struct loopback_record_queue *queue = &record->queue[0];

	switch (way) {
	case 0:
		record->magic = 0;
		break;
	case 1:
		record->version = virtio_le32(LOOPBACK_RECORD_VERSION + 1);
		break;
	case 2:
		record->queue_count = virtio_le32(2);
		break;
	case 3:
		channel_add32(&record->status, 0x100);
		break;
	case 4:
		record->driver_features[0] |=
			virtio_le64(VIRTIO_FEATURE(VIRTIO_F_IN_ORDER));
		break;
	case 5:
		record->driver_features[0] &=
			virtio_le64(~VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
		break;
	case 6:
		record->kept_from = virtio_le64(channel->server.generation + 1);
		break;
	case 7:
		queue->size = virtio_le32(2 * CHANNEL_QUEUE_SIZE);
		break;
	case 8:
		queue->size = virtio_le32(CHANNEL_QUEUE_SIZE - 1);
		break;
	case 9:
		queue->descriptor_area = virtio_le64(CHANNEL_BUS - 4096);
		break;
	case 10:
		queue->device_area = queue->descriptor_area;
		break;
	case 11: /* a mark that is not counted, and no entry is of */
		queue->in_flight[0] |= virtio_le64(1ull << 15);
		break;
	case 12: /* behind the queue's end */
		queue->in_flight[1] = virtio_le64(1);
		break;
	case 13: /* one is not marked */
		queue->in_flight[0] &= virtio_le64(virtio_le64(
			queue->in_flight[0]) - 1);
		break;
	case 14: /* more taken than there can be */
		queue->progress = virtio_le64(
			LOOPBACK_PROGRESS(CHANNEL_QUEUE_SIZE + 1, 0, 0));
		break;
	case 15: /* a used index that was never written */
		channel_ring(channel).used->idx = virtio_le16(1);
		break;
	case 16: /* nor one of the batch's middle */
		queue->progress = virtio_le64(LOOPBACK_PROGRESS(3, 0, 2));
		channel_ring(channel).used->idx = virtio_le16(1);
		break;
	case 17: /* two too many, though one is the next entry's */
		queue->in_flight[0] |= virtio_le64(3ull << 14);
		channel_ring(channel).avail->ring[3] = virtio_le16(15);
		break;
	case 19: /* as many as were taken, one of them behind the end */
		queue->in_flight[1] = virtio_le64(1);
		queue->progress = virtio_le64(LOOPBACK_PROGRESS(4, 0, 0));
		break;
	case 20: /* not counted, and the next entry is of another */
		queue->in_flight[0] |= virtio_le64(1ull << 15);
		channel_avail(channel, 14);
		break;
	case 18: /* the client has done without an answer meanwhile */
		channel->control->client.state =
			virtio_le32(LOOPBACK_CLIENT_ABSENT);
		break;
	}
}

static void record_that_does_not_fit_is_left(void)
{
	unsigned int way;

	for (way = 0; way < 21; way++) {
		struct channel *channel = resume_new_busy(3);

		spoil_record(channel, way);
		restart(channel);
		expect_fresh(channel);
	}
}

/* The end of the numbers is no row. */
static void numbers_that_begin_anew_continue_nothing(void)
{
	struct channel *channel = resume_new();

	channel->record->generation = UINT64_MAX;
	channel->record->kept_from = virtio_le64(7);
	restart(channel);
	CU_ASSERT_EQUAL(channel->control->server.resumed_from, 0);
	channel_free(channel);
}

/*
 * Died between mark and count: the entry is taken anew. The entry lies in the
 * client's memory, and may say anything.
 */
static void mark_without_a_count_is_taken_anew(void)
{
	struct channel *channel = resume_new_busy(3);
	struct loopback_record_queue *queue = &channel->record->queue[0];

	queue->progress = virtio_le64(LOOPBACK_PROGRESS(2, 0, 0));
	restart(channel);
	CU_ASSERT_EQUAL(channel->server_queue.again, 2);
	adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	expect_ended(channel, 3);
	channel_recover(channel, &memory);

	channel = resume_new_busy(3);
	queue = &channel->record->queue[0];
	queue->progress = virtio_le64(LOOPBACK_PROGRESS(2, 0, 0));
	/* Would be looked up far behind the record's end. */
	channel_ring(channel).avail->ring[2] = 0xffff;
	restart(channel);
	expect_fresh(channel);
}

/* Died between the used index and the log of it. */
static void batch_that_was_shown_is_not_served_again(void)
{
	struct channel *channel = resume_new_busy(3);
	struct loopback_record_queue *queue = &channel->record->queue[0];
	struct loopback_record_queue before;

	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 1, VIRTIO_BLK_S_OK);
	before = *queue;
	loopback_block_server_process(&channel->block_server, 16);
	*queue = before;
	restart(channel);
	CU_ASSERT_EQUAL(channel->server_queue.again, 1);
	CU_ASSERT_EQUAL(queue->staged[0], 0);
	CU_ASSERT_EQUAL(virtio_le64(queue->progress),
			LOOPBACK_PROGRESS(3, 2, 0));
	adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_EQUAL(memory.submits, 1);
	expect_ended(channel, 3);
	channel_recover(channel, &memory);
}

/* A client that offers again what is in flight breaks its queue, as ever. */
static void head_twice_is_noticed(void)
{
	struct channel *channel = resume_new_busy(3);

	channel_avail(channel,
		      virtio_le16(channel_ring(channel).avail->ring[0]));
	restart(channel);
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
	struct channel *channel = resume_new();
	uint64_t features = channel->record->driver_features[0];
	uint64_t first = channel->server.generation;

	restart(channel);
	channel->control->client.server_generation = virtio_le64(first);
	UNIT_ASSERT_INT(channel_request(channel, 0), LOOPBACK_EVENT_RESET);
	CU_ASSERT_EQUAL(virtio_le64(channel->record->kept_from), first);
	/* Written in another order, they would not fit the status for a time. */
	CU_ASSERT_EQUAL(channel->record->status, 0);
	CU_ASSERT_EQUAL(channel->record->driver_features[0], features);
	restart(channel);
	CU_ASSERT_EQUAL(virtio_le64(channel->control->server.resumed_from),
			first);
	CU_ASSERT_EQUAL(channel->server.status, 0);
	channel->client.handshake.server_generation =
		channel->server.generation;
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

/* What a life left marked as staged, and had counted as used. */
static void stale_marks_of_a_batch_are_cleared(void)
{
	struct channel *channel = resume_new_busy(3);

	channel->record->queue[0].staged[0] = virtio_le64(7);
	restart(channel);
	CU_ASSERT_EQUAL(channel->record->queue[0].staged[0], 0);
	CU_ASSERT_EQUAL(channel->server_queue.again, 3);
	adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	expect_ended(channel, 3);
	channel_recover(channel, &memory);
}

/* What the client changed meanwhile is checked as if it were new. */
static void descriptors_are_checked_anew(void)
{
	struct channel *channel = resume_new_busy(2);
	unsigned int head;

	restart(channel);
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
	UNIT_TEST(native_client_is_not_gone_on_with),
	UNIT_TEST(life_that_stopped_is_not_continued),
	UNIT_TEST(closed_channel_is_not_continued),
	UNIT_TEST(record_that_does_not_fit_is_left),
	UNIT_TEST(numbers_that_begin_anew_continue_nothing),
	UNIT_TEST(mark_without_a_count_is_taken_anew),
	UNIT_TEST(batch_that_was_shown_is_not_served_again),
	UNIT_TEST(head_twice_is_noticed),
	UNIT_TEST(reset_does_not_shorten_the_row),
	UNIT_TEST(stale_marks_of_a_batch_are_cleared),
	UNIT_TEST(descriptors_are_checked_anew),
};

UNIT_MAIN("loopback_resume", tests)
