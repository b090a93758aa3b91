/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record that a server's next life finds: which it goes on from, and which
 * it leaves alone.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "channel_resume.h"
#include "unit.h"

static struct block_memory memory;

/* A client that does not adopt has reused its memory. */
static void native_client_is_not_gone_on_with(void)
{
	struct channel *channel = channel_new_running(&memory);

	resume_restart(channel, &memory);
	resume_expect_fresh(channel, &memory);
}

static void life_that_stopped_is_not_continued(void)
{
	struct channel *channel = resume_new(&memory);

	loopback_server_stop(&channel->server);
	resume_restart(channel, &memory);
	resume_expect_fresh(channel, &memory);
}

static void closed_channel_is_not_continued(void)
{
	struct channel *channel = resume_new(&memory);

	UNIT_ASSERT_INT(loopback_client_close(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET | LOOPBACK_EVENT_CLOSED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	resume_restart(channel, &memory);
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
		struct channel *channel = resume_new_busy(&memory, 3);

		spoil_record(channel, way);
		resume_restart(channel, &memory);
		resume_expect_fresh(channel, &memory);
	}
}

/* The end of the numbers is no row. */
static void numbers_that_begin_anew_continue_nothing(void)
{
	struct channel *channel = resume_new(&memory);

	channel->record->generation = UINT64_MAX;
	channel->record->kept_from = virtio_le64(7);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(channel->control->server.resumed_from, 0);
	channel_free(channel);
}

/*
 * Died between mark and count: the entry is taken anew. The entry lies in the
 * client's memory, and may say anything.
 */
static void mark_without_a_count_is_taken_anew(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);
	struct loopback_record_queue *queue = &channel->record->queue[0];

	queue->progress = virtio_le64(LOOPBACK_PROGRESS(2, 0, 0));
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(channel->server_queue.again, 2);
	resume_adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	resume_expect_ended(channel, &memory, 3);
	channel_recover(channel, &memory);

	channel = resume_new_busy(&memory, 3);
	queue = &channel->record->queue[0];
	queue->progress = virtio_le64(LOOPBACK_PROGRESS(2, 0, 0));
	/* Would be looked up far behind the record's end. */
	channel_ring(channel).avail->ring[2] = 0xffff;
	resume_restart(channel, &memory);
	resume_expect_fresh(channel, &memory);
}

/* Died between the used index and the log of it. */
static void batch_that_was_shown_is_not_served_again(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);
	struct loopback_record_queue *queue = &channel->record->queue[0];
	struct loopback_record_queue before;

	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	block_memory_end(&memory, 1, VIRTIO_BLK_S_OK);
	before = *queue;
	loopback_block_server_process(&channel->block_server, 16);
	*queue = before;
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(channel->server_queue.again, 1);
	CU_ASSERT_EQUAL(queue->staged[0], 0);
	CU_ASSERT_EQUAL(virtio_le64(queue->progress),
			LOOPBACK_PROGRESS(3, 2, 0));
	resume_adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_EQUAL(memory.submits, 1);
	resume_expect_ended(channel, &memory, 3);
	channel_recover(channel, &memory);
}

/* What a life left marked as staged, and had counted as used. */
static void stale_marks_of_a_batch_are_cleared(void)
{
	struct channel *channel = resume_new_busy(&memory, 3);

	channel->record->queue[0].staged[0] = virtio_le64(7);
	resume_restart(channel, &memory);
	CU_ASSERT_EQUAL(channel->record->queue[0].staged[0], 0);
	CU_ASSERT_EQUAL(channel->server_queue.again, 3);
	resume_adopt(channel);
	loopback_block_server_process(&channel->block_server, 16);
	resume_expect_ended(channel, &memory, 3);
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(native_client_is_not_gone_on_with),
	UNIT_TEST(life_that_stopped_is_not_continued),
	UNIT_TEST(closed_channel_is_not_continued),
	UNIT_TEST(record_that_does_not_fit_is_left),
	UNIT_TEST(numbers_that_begin_anew_continue_nothing),
	UNIT_TEST(mark_without_a_count_is_taken_anew),
	UNIT_TEST(batch_that_was_shown_is_not_served_again),
	UNIT_TEST(stale_marks_of_a_batch_are_cleared),
};

UNIT_MAIN("loopback_record", tests)
