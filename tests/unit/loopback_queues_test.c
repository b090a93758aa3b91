/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device of two queues, driven by hand: what one queue may do to the other.
 */
#include <stdlib.h>
#include <string.h>

#include <loopback/server.h>

#include "unit.h"

#define BUS UINT64_C(0x91001000)
#define POOL 0x8000u
#define SIZE 8u
#define QUEUES 2u
#define STATUS_ALL                                          \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK)

struct fixture {
	struct loopback_control *control;
	uint8_t *pool;
	struct loopback_record *record;
	struct loopback_server server;
	/* Apart, so that the address sanitiser sees every step outside. */
	struct loopback_server_queue *queues;
	struct virtq_device_slot slots[QUEUES * SIZE];
	struct loopback_device device;
	unsigned int started[QUEUES], stopped[QUEUES], held[QUEUES];
};

static void start_queue(void *ctx, unsigned int queue)
{
	((struct fixture *)ctx)->started[queue]++;
}

static void stop_queue(void *ctx, unsigned int queue)
{
	((struct fixture *)ctx)->stopped[queue]++;
}

static unsigned int count_in_flight(void *ctx, unsigned int queue)
{
	return ((struct fixture *)ctx)->held[queue];
}

static void ring_control(void *ctx)
{
	(void)ctx;
}

static void ring_queue(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
}

/* A life of the server, with nothing of the last but the record. */
static void publish(struct fixture *fixture)
{
	struct loopback_server_config config;

	memset(fixture->started, 0, sizeof(fixture->started));
	fixture->device = (struct loopback_device){
		.device_id = VIRTIO_ID_CONSOLE,
		.queue_count = QUEUES,
		.start_queue = start_queue,
		.stop_queue = stop_queue,
		.count_in_flight = count_in_flight,
		.ctx = fixture,
	};
	config = (struct loopback_server_config){
		.control = fixture->control,
		.pool = fixture->pool,
		.pool_address = BUS,
		.pool_size = POOL,
		.record = fixture->record,
		.record_size = LOOPBACK_RECORD_SIZE(QUEUES),
		.queue_size_max = SIZE,
		.queues = fixture->queues,
		.slots = fixture->slots,
		.notify = { ring_control, ring_queue, NULL },
	};
	UNIT_ASSERT_INT(loopback_server_init(&fixture->server, &config,
					     &fixture->device),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_publish(&fixture->server), LOOPBACK_OK);
}

static struct fixture *make(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		abort();
	fixture->control = aligned_alloc(4096, LOOPBACK_CONTROL_SIZE);
	fixture->pool = aligned_alloc(4096, POOL);
	fixture->record = calloc(1, LOOPBACK_RECORD_SIZE(QUEUES));
	fixture->queues = calloc(QUEUES, sizeof(*fixture->queues));
	if (!fixture->control || !fixture->pool || !fixture->record ||
	    !fixture->queues)
		abort();
	memset(fixture->control, 0, LOOPBACK_CONTROL_SIZE);
	memset(fixture->pool, 0, POOL);
	publish(fixture);
	fixture->control->client.state = virtio_le32(LOOPBACK_CLIENT_ADOPTING);
	fixture->control->client.server_generation =
		virtio_le64(fixture->server.generation);
	fixture->control->client.driver_features[0] =
		virtio_le64(VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	return fixture;
}

static void release(struct fixture *fixture)
{
	free(fixture->queues);
	free(fixture->record);
	free(fixture->control);
	free(fixture->pool);
	free(fixture);
}

static void set_queue(struct fixture *fixture, unsigned int queue,
		      uint64_t descriptor, uint64_t driver, uint64_t device)
{
	fixture->control->queue[queue] = (struct loopback_queue_request){
		.size = virtio_le32(SIZE),
		.ready = virtio_le32(1),
		.descriptor_area = virtio_le64(BUS + descriptor),
		.driver_area = virtio_le64(BUS + driver),
		.device_area = virtio_le64(BUS + device),
	};
}

/* The sequence numbers of the last request, and of the last that is answered */
static uint32_t asked(const struct fixture *fixture)
{
	return LOOPBACK_WORD_SEQUENCE(
		virtio_le64(fixture->control->client.request));
}

static uint32_t answered(const struct fixture *fixture)
{
	return LOOPBACK_WORD_SEQUENCE(
		virtio_le64(fixture->control->server.acknowledge));
}

static int request(struct fixture *fixture, uint32_t status)
{
	fixture->control->client.request =
		virtio_le64(LOOPBACK_WORD(status, asked(fixture) + 1));
	return loopback_server_poll_control(&fixture->server);
}

static uint32_t granted(const struct fixture *fixture)
{
	return LOOPBACK_WORD_STATUS(
		virtio_le64(fixture->control->server.acknowledge));
}

static uint32_t queue_state(const struct fixture *fixture, unsigned int queue)
{
	return virtio_le32(fixture->control->answer[queue].state);
}

static int queue_error(const struct fixture *fixture, unsigned int queue)
{
	return (int)virtio_le32(fixture->control->answer[queue].error);
}

static int server_error(const struct fixture *fixture)
{
	return (int)virtio_le32(fixture->control->server.error);
}

static void rings_of_two_queues_overlap(void)
{
	static const uint64_t bad[][3] = {
		{ 0x000, 0x1200, 0x1400 }, /* descriptors on descriptors */
		{ 0x1000, 0x400, 0x1400 }, /* available ring in the used ring */
		{ 0x1000, 0x1200,
		  0x1f0 }, /* used ring into the available ring */
		{ 0x1000, 0x1200, 0x07c }, /* used ring into the descriptors */
		{ 0x1000, 0x444, 0x1400 }, /* the event word counts too */
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fixture *fixture = make();

		set_queue(fixture, 0, 0x0, 0x200, 0x400);
		set_queue(fixture, 1, bad[i][0], bad[i][1], bad[i][2]);
		UNIT_ASSERT_INT(request(fixture, STATUS_ALL),
				LOOPBACK_EVENT_REFUSED);
		UNIT_ASSERT_INT(server_error(fixture), LOOPBACK_ERR_OVERLAP);
		UNIT_ASSERT_INT(queue_error(fixture, 1), LOOPBACK_ERR_OVERLAP);
		/* All or none: the good queue did not start either. */
		CU_ASSERT_EQUAL(fixture->started[0] + fixture->started[1], 0);
		CU_ASSERT_PTR_NULL(
			loopback_server_get_queue(&fixture->server, 0));
		UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
		set_queue(fixture, 1, 0x1000, 0x1200, 0x1400);
		UNIT_ASSERT_INT(request(fixture, STATUS_ALL),
				LOOPBACK_EVENT_STARTED);
		CU_ASSERT_EQUAL(fixture->started[0] + fixture->started[1], 2);
		release(fixture);
	}
}

static struct fixture *make_running(void)
{
	struct fixture *fixture = make();

	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	set_queue(fixture, 0, 0x0, 0x200, 0x400);
	set_queue(fixture, 1, 0x1000, 0x1200, 0x1400);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_STARTED);
	return fixture;
}

static void one_queue_breaks_while_the_other_drains(void)
{
	struct fixture *fixture = make_running();

	fixture->held[0] = 1;
	fixture->control->queue[0].ready = 0;
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_DRAINING);
	loopback_server_break_queue(&fixture->server, 1, LOOPBACK_ERR_PROTOCOL);
	/* The break is no answer to the request that still waits. */
	CU_ASSERT_EQUAL(answered(fixture) + 1, asked(fixture));
	CU_ASSERT_EQUAL(granted(fixture),
			STATUS_ALL | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	fixture->held[0] = 0;
	UNIT_ASSERT_INT(loopback_server_poll_control(&fixture->server), 0);
	CU_ASSERT_EQUAL(answered(fixture), asked(fixture));
	CU_ASSERT_EQUAL(granted(fixture),
			STATUS_ALL | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	CU_ASSERT_EQUAL(granted(fixture), 0);
	release(fixture);
}

static void broken_queue_leaves_the_other_alone(void)
{
	struct fixture *fixture = make_running();

	loopback_server_break_queue(&fixture->server, 0, LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(queue_state(fixture, 0), LOOPBACK_QUEUE_BROKEN);
	CU_ASSERT_PTR_NULL(loopback_server_get_queue(&fixture->server, 0));
	CU_ASSERT_PTR_NOT_NULL(loopback_server_get_queue(&fixture->server, 1));
	CU_ASSERT_PTR_NULL(loopback_server_get_queue(&fixture->server, QUEUES));
	/* Each is stopped exactly once, whatever stops it first. */
	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	CU_ASSERT_EQUAL(fixture->stopped[0], 1);
	CU_ASSERT_EQUAL(fixture->stopped[1], 1);
	release(fixture);
}

static void queue_can_come_back_alone(void)
{
	struct fixture *fixture = make_running();

	fixture->control->queue[1].ready = 0;
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	CU_ASSERT_EQUAL(queue_state(fixture, 1), LOOPBACK_QUEUE_DISABLED);
	set_queue(fixture, 1, 0x2000, 0x2200, 0x2400);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	CU_ASSERT_EQUAL(queue_state(fixture, 1), LOOPBACK_QUEUE_LIVE);
	CU_ASSERT_EQUAL(fixture->started[0], 1);
	CU_ASSERT_EQUAL(fixture->started[1], 2);
	release(fixture);
}

static void queue_comes_back_below_the_other(void)
{
	struct fixture *fixture = make_running();

	fixture->control->queue[0].ready = 0;
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	set_queue(fixture, 0, 0x800, 0xa00, 0xc00);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	CU_ASSERT_EQUAL(queue_state(fixture, 0), LOOPBACK_QUEUE_LIVE);
	CU_ASSERT_EQUAL(fixture->started[0], 2);
	release(fixture);
}

/* Case 21. */
static void first_queue_that_fails_stops_them_all(void)
{
	struct fixture *fixture = make();

	set_queue(fixture, 0, 0x8, 0x200, 0x400);
	set_queue(fixture, 1, 0x1000, 0x1200, 0x1400);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(server_error(fixture), LOOPBACK_ERR_ALIGNMENT);
	CU_ASSERT_EQUAL(fixture->started[0] + fixture->started[1], 0);
	CU_ASSERT_PTR_NULL(loopback_server_get_queue(&fixture->server, 1));
	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	set_queue(fixture, 0, 0x0, 0x200, 0x400);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_STARTED);
	release(fixture);
}

static void only_ready_queues_start(void)
{
	struct fixture *fixture = make();

	set_queue(fixture, 0, 0x0, 0x200, 0x400);
	set_queue(fixture, 1, 0x1000, 0x1200, 0x1400);
	fixture->control->queue[1].ready = 0;
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_STARTED);
	CU_ASSERT_EQUAL(fixture->started[0], 1);
	CU_ASSERT_EQUAL(fixture->started[1], 0);
	CU_ASSERT_PTR_NULL(loopback_server_get_queue(&fixture->server, 1));
	/* A queue that never was up is nothing to wait for. */
	fixture->held[1] = 1;
	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	CU_ASSERT_EQUAL(fixture->stopped[0], 1);
	CU_ASSERT_EQUAL(fixture->stopped[1], 0);
	release(fixture);
}

/* Case 28: a queue breaks once, however often that is said. */
static void broken_queue_breaks_once(void)
{
	struct fixture *fixture = make_running();

	loopback_server_break_queue(&fixture->server, 1, LOOPBACK_ERR_PROTOCOL);
	loopback_server_break_queue(&fixture->server, 1, LOOPBACK_ERR_RANGE);
	CU_ASSERT_EQUAL(fixture->stopped[1], 1);
	UNIT_ASSERT_INT(queue_error(fixture, 1), LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(request(fixture, 0), LOOPBACK_EVENT_RESET);
	loopback_server_break_queue(&fixture->server, 1, LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(granted(fixture), 0);
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), LOOPBACK_EVENT_STARTED);
	release(fixture);
}

/* The next life has the queues that were up, and no other. */
static void queues_are_resumed_each_by_itself(void)
{
	struct fixture *fixture = make_running();

	fixture->control->queue[0].ready = 0;
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	/* What is ready now has not been asked for. */
	fixture->control->queue[0].ready = virtio_le32(1);
	publish(fixture);
	CU_ASSERT_EQUAL(queue_state(fixture, 0), LOOPBACK_QUEUE_DISABLED);
	CU_ASSERT_EQUAL(queue_state(fixture, 1), LOOPBACK_QUEUE_LIVE);
	CU_ASSERT_EQUAL(fixture->started[0], 0);
	CU_ASSERT_EQUAL(fixture->started[1], 1);
	CU_ASSERT_PTR_NULL(loopback_server_get_queue(&fixture->server, 0));
	CU_ASSERT_PTR_NOT_NULL(loopback_server_get_queue(&fixture->server, 1));
	UNIT_ASSERT_INT(request(fixture, STATUS_ALL), 0);
	CU_ASSERT_EQUAL(queue_state(fixture, 0), LOOPBACK_QUEUE_LIVE);
	release(fixture);
}

/* All or none: a device of which a part is left is another device. */
static void one_queue_that_cannot_be_resumed_stops_them_all(void)
{
	unsigned int bad;

	for (bad = 0; bad < QUEUES; bad++) {
		struct fixture *fixture = make_running();

		fixture->record->queue[bad].size = virtio_le32(3);
		publish(fixture);
		CU_ASSERT_EQUAL(fixture->control->server.resumed_from, 0);
		CU_ASSERT_EQUAL(fixture->started[0] + fixture->started[1], 0);
		CU_ASSERT_EQUAL(queue_state(fixture, 0),
				LOOPBACK_QUEUE_DISABLED);
		CU_ASSERT_EQUAL(queue_state(fixture, 1),
				LOOPBACK_QUEUE_DISABLED);
		CU_ASSERT_PTR_NULL(
			loopback_server_get_queue(&fixture->server, 0));
		CU_ASSERT_PTR_NULL(
			loopback_server_get_queue(&fixture->server, 1));
		release(fixture);
	}
}

static void resumed_rings_must_not_overlap(void)
{
	struct fixture *fixture = make_running();

	fixture->record->queue[1].descriptor_area =
		fixture->record->queue[0].descriptor_area;
	publish(fixture);
	CU_ASSERT_EQUAL(fixture->control->server.resumed_from, 0);
	release(fixture);
}

static const struct unit_test tests[] = {
	UNIT_TEST(rings_of_two_queues_overlap),
	UNIT_TEST(one_queue_breaks_while_the_other_drains),
	UNIT_TEST(broken_queue_leaves_the_other_alone),
	UNIT_TEST(queue_can_come_back_alone),
	UNIT_TEST(queue_comes_back_below_the_other),
	UNIT_TEST(first_queue_that_fails_stops_them_all),
	UNIT_TEST(only_ready_queues_start),
	UNIT_TEST(queues_are_resumed_each_by_itself),
	UNIT_TEST(one_queue_that_cannot_be_resumed_stops_them_all),
	UNIT_TEST(resumed_rings_must_not_overlap),
	UNIT_TEST(broken_queue_breaks_once),
};

UNIT_MAIN("loopback_queues", tests)
