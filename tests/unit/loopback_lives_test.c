/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lives of both ends: restarts, resets and stops with requests in flight, the
 * generations that tell lives apart, the record.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "unit.h"

static struct block_memory memory;

static void failed_driver_stops_the_queue(void)
{
	struct channel *channel = channel_new_running(&memory);

	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL |
							 VIRTIO_STATUS_FAILED),
			0);
	CU_ASSERT_EQUAL(channel_granted(channel),
			CHANNEL_STATUS_ALL | VIRTIO_STATUS_FAILED);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void request_for_an_earlier_life_is_refused(void)
{
	struct channel *channel = channel_new_reset(&memory);

	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	channel_add64(&channel->control->client.server_generation, -1);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_STALE);
	CU_ASSERT_EQUAL(channel_granted(channel), 0);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_REFUSED);
	channel_add64(&channel->control->client.server_generation, 1);
	channel_recover(channel, &memory);
}

static void new_client_life_must_begin_with_a_reset(void)
{
	struct channel *channel = channel_new_running(&memory);

	channel_add64(&channel->control->client.generation, 1);
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
			LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_STALE);
	/* The whole client restarts, without a word to the server. */
	channel_new_client(channel);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void client_restarts_with_requests_in_flight(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_block_completion done;
	uint16_t used;

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 2, CHANNEL_DATA, 512, NULL);
	channel_submit(channel, VIRTIO_BLK_T_IN, 3, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_EQUAL(memory.count, 2);

	channel_new_client(channel);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	/* Not acknowledged while a disk may still write to old buffers. */
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_AGAIN);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_DRAINING);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	used = channel_used_idx(channel);
	memset(channel->pool + CHANNEL_WIRES, 0xee, 4096);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	/* The late completions wrote neither ring nor status. */
	CU_ASSERT_EQUAL(channel_used_idx(channel), used);
	CU_ASSERT_EQUAL(
		channel->pool[CHANNEL_WIRES +
			      offsetof(struct loopback_block_wire, status)],
		0xee);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	memory.hold = false;
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void reset_drops_a_request_that_waits_for_room(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_block_completion done;
	unsigned int ended = 0;

	memory.hold = true;
	memory.depth = 1;
	channel_submit(channel, VIRTIO_BLK_T_IN, 2, CHANNEL_DATA, 512, NULL);
	channel_submit(channel, VIRTIO_BLK_T_IN, 3, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_PTR_NOT_NULL(channel->block_server.pending);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	CU_ASSERT_PTR_NULL(channel->block_server.pending);
	/* Still in flight for the client: nobody acknowledged anything. */
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_AGAIN);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	while (loopback_block_client_poll(&channel->block, &done) ==
	       LOOPBACK_OK) {
		UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
		ended++;
	}
	CU_ASSERT_EQUAL(ended, 2);
	memory.hold = false;
	channel_recover(channel, &memory);
}

static void queue_can_be_disabled_alone(void)
{
	struct channel *channel = channel_new_running(&memory);

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 2, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	channel->control->queue[0].ready = 0;
	UNIT_ASSERT_INT(channel_request(channel, CHANNEL_STATUS_ALL),
			LOOPBACK_EVENT_DRAINING);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	CU_ASSERT_EQUAL(channel_granted(channel), CHANNEL_STATUS_ALL);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_DISABLED);
	memory.hold = false;
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void server_restarts_with_requests_in_flight(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_block_completion done;
	uint64_t generation = channel->server.generation;
	uintptr_t i, seen = 0;

	memory.hold = true;
	for (i = 0; i < 5; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, (void *)i);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	block_memory_end(&memory, 4, VIRTIO_BLK_S_OK);
	loopback_block_server_process(&channel->block_server, 16);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->record->queue[0].in_flight[0] != 0, 1);

	/* The server dies and comes back with nothing but its record. */
	block_memory_init(&memory);
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->server.generation, generation + 1);
	CU_ASSERT_EQUAL(channel->record->queue[0].in_flight[0], 0);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, (void *)4),
			LOOPBACK_OK);
	while (loopback_block_client_poll(&channel->block, &done) ==
	       LOOPBACK_OK) {
		UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
		seen |= 1u << (uintptr_t)done.cookie;
	}
	CU_ASSERT_EQUAL(seen, 0x1f);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(channel_submit(channel, VIRTIO_BLK_T_IN, 0,
				       CHANNEL_DATA, 512, NULL),
			LOOPBACK_ERR_STATE);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void peer_down_ends_everything_at_once(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_block_completion done;

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_client_peer_down(&channel->client);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_PEER);
	memory.hold = false;
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void scrubbed_client_line_makes_no_old_answer_new(void)
{
	struct channel *channel = channel_new_reset(&memory);

	/* Request 1 was answered. The client comes back to a line of zeroes. */
	memset(&channel->control->client, 0, sizeof(channel->control->client));
	channel_new_client(channel);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void server_stops_in_order(void)
{
	struct channel *channel = channel_new_running(&memory);

	loopback_server_stop(&channel->server);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client),
			LOOPBACK_ERR_NOT_READY);
	channel_new_server(channel);
	channel_run(channel);
	channel_recover(channel, &memory);
}

static void client_closes(void)
{
	struct channel *channel = channel_new_running(&memory);

	UNIT_ASSERT_INT(loopback_client_close(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_close(&channel->client),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_AGAIN);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET | LOOPBACK_EVENT_CLOSED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_DETACHED);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void every_life_has_a_generation_of_its_own(void)
{
	struct channel *channel = channel_new_memory(&memory);
	uint64_t last = 0;
	int i;

	for (i = 0; i < 4; i++) {
		channel_new_server(channel);
		UNIT_ASSERT_INT(loopback_server_publish(&channel->server),
				LOOPBACK_OK);
		CU_ASSERT_EQUAL(channel->server.generation, last + 1);
		last = channel->server.generation;
	}
	/* The client forges the value that would come next. */
	channel->control->server.generation = virtio_le64(last + 1);
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->server.generation, last + 2);
	/* Without a record, and at the end of the numbers. */
	memset(channel->record, 0xff, sizeof(*channel->record));
	channel->control->server.generation = UINT64_MAX;
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->server.generation, 1);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

/* Case 26: memory that holds something else is no record. */
static void record_of_another_form_is_not_believed(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_record *record = channel->record;

	channel->control->server.generation = virtio_le64(5);
	record->magic = virtio_le32(LOOPBACK_RECORD_MAGIC + 1);
	record->version = virtio_le32(LOOPBACK_RECORD_VERSION);
	record->generation = virtio_le64(77);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->server.generation, 6);
	channel_new_server(channel);
	record->magic = virtio_le32(LOOPBACK_RECORD_MAGIC);
	record->version = virtio_le32(LOOPBACK_RECORD_VERSION + 1);
	record->generation = virtio_le64(77);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->server.generation, 7);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void server_works_without_a_record(void)
{
	struct channel *channel = channel_new_memory(&memory);

	free(channel->record);
	channel->record = NULL;
	channel_new_server(channel);
	channel_run(channel);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

/* What a life left marked and did not count was never used. */
static void marks_without_a_count_are_not_forgotten(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_record_queue *log = &channel->record->queue[0];

	log->in_flight[0] = virtio_le64(1);
	log->staged[0] = virtio_le64(1);
	loopback_server_log_published(&channel->server, 0);
	CU_ASSERT_EQUAL(virtio_le64(log->in_flight[0]), 1);
	log->in_flight[0] = 0;
	log->staged[0] = 0;
	channel_recover(channel, &memory);
}

static void record_follows_the_queue(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_record_queue *log = &channel->record->queue[0];

	CU_ASSERT_EQUAL(virtio_le32(log->ready), 1);
	CU_ASSERT_EQUAL(virtio_le64(log->descriptor_area),
			channel_bus(CHANNEL_RING));
	CU_ASSERT_EQUAL(virtio_le32(channel->record->status),
			CHANNEL_STATUS_ALL);
	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	channel_submit(channel, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_EQUAL(virtio_le64(log->progress), LOOPBACK_PROGRESS(2, 0, 0));
	CU_ASSERT_EQUAL(__builtin_popcountll(log->in_flight[0]), 2);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(virtio_le64(log->progress), LOOPBACK_PROGRESS(2, 0, 1));
	CU_ASSERT_EQUAL(__builtin_popcountll(log->in_flight[0]), 2);
	loopback_block_server_process(&channel->block_server, 16);
	CU_ASSERT_EQUAL(virtio_le64(log->progress), LOOPBACK_PROGRESS(2, 1, 0));
	CU_ASSERT_EQUAL(__builtin_popcountll(log->in_flight[0]), 1);
	CU_ASSERT_EQUAL(log->staged[0], 0);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.hold = false;
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(failed_driver_stops_the_queue),
	UNIT_TEST(request_for_an_earlier_life_is_refused),
	UNIT_TEST(new_client_life_must_begin_with_a_reset),
	UNIT_TEST(client_restarts_with_requests_in_flight),
	UNIT_TEST(reset_drops_a_request_that_waits_for_room),
	UNIT_TEST(queue_can_be_disabled_alone),
	UNIT_TEST(server_restarts_with_requests_in_flight),
	UNIT_TEST(peer_down_ends_everything_at_once),
	UNIT_TEST(scrubbed_client_line_makes_no_old_answer_new),
	UNIT_TEST(server_stops_in_order),
	UNIT_TEST(client_closes),
	UNIT_TEST(every_life_has_a_generation_of_its_own),
	UNIT_TEST(record_of_another_form_is_not_believed),
	UNIT_TEST(server_works_without_a_record),
	UNIT_TEST(marks_without_a_count_are_not_forgotten),
	UNIT_TEST(record_follows_the_queue),
};

UNIT_MAIN("loopback_lives", tests)
