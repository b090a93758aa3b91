/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of requests in flight: a back end that dies at any step is followed
 * by one that serves each request that was not shown as used, once, oldest
 * first, and none that was. A log that lies harms nobody else.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"
#include "vhost_fixture.h"

#define NUM	FIXTURE_RING_SIZE

static struct vhost_fixture fixture;
static struct loopback_server_transport transport;
static struct virtq_segment segments[NUM];
static int cookies[NUM];
static int log_fd;

/* A front end with a log and a ring on which nothing has happened yet. */
static void begin(void)
{
	log_fd = vhost_fixture_start_logged(&fixture);
	transport = vhost_session_get_transport(&fixture.session);
}

static void end(void)
{
	close(log_fd);
	vhost_fixture_end(&fixture);
}

/* Death and the next life: private state is gone, shared memory is not. */
static int revive(void)
{
	vhost_fixture_restart(&fixture);
	vhost_fixture_prepare_ring(&fixture);
	UNIT_ASSERT_INT(vhost_fixture_set_log(&fixture, log_fd), 0);
	fixture.signals = 0;
	transport = vhost_session_get_transport(&fixture.session);
	if (vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0,
			     fixture.event) < 0)
		return fixture.session.fault.error;
	vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_ENABLE, 0, 1);
	return VHOST_OK;
}

static uint16_t take(void)
{
	struct virtq_chain chain = { .segments = segments, .capacity = NUM };

	CU_ASSERT_EQUAL_FATAL(transport.pop(transport.ctx, 0, &chain), 1);
	return chain.head;
}

static bool nothing_to_take(void)
{
	struct virtq_chain chain = { .segments = segments, .capacity = NUM };

	return transport.pop(transport.ctx, 0, &chain) == 0;
}

static void give(uint16_t head)
{
	UNIT_ASSERT_INT(transport.push(transport.ctx, 0, head, 8), 0);
}

static void publish(void)
{
	transport.publish(transport.ctx, 0);
}

static void offer(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		vhost_fixture_offer(&fixture, &cookies[i]);
}

/* Each of @count cookies comes back exactly once. */
static void expect_all_back(unsigned int count)
{
	struct virtq_completion done;
	unsigned int seen = 0, got = 0;

	while (virtq_driver_get(&fixture.driver, &done) > 0) {
		seen |= 1u << ((int *)done.cookie - cookies);
		got++;
	}
	UNIT_ASSERT_INT(got, count);
	UNIT_ASSERT_INT(seen, (1u << count) - 1);
	UNIT_ASSERT_INT(virtq_driver_error(&fixture.driver), 0);
}

/* The next life finds this many to be taken again, and ends them. */
static void expect_again(const uint16_t *heads, unsigned int count)
{
	unsigned int i;

	UNIT_ASSERT_INT(fixture.session.rings[0].again_count, count);
	for (i = 0; i < count; i++)
		UNIT_ASSERT_INT(take(), heads[i]);
	CU_ASSERT(nothing_to_take());
	for (i = 0; i < count; i++)
		give(heads[i]);
	publish();
}

static void nothing_in_flight(void)
{
	begin();
	offer(3);
	UNIT_ASSERT_INT(revive(), 0);
	UNIT_ASSERT_INT(fixture.session.rings[0].again_count, 0);
	give(take());
	give(take());
	give(take());
	publish();
	expect_all_back(3);
	end();
}

static void taken_and_not_given_back(void)
{
	uint16_t heads[3];

	begin();
	offer(3);
	heads[0] = take();
	heads[1] = take();
	heads[2] = take();
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(heads, 3);
	expect_all_back(3);
	end();
}

static void oldest_first(void)
{
	uint16_t heads[4], order[4];

	begin();
	/* Move the heads about, so that order of arrival is not by number. */
	offer(4);
	heads[0] = take();
	heads[1] = take();
	heads[2] = take();
	heads[3] = take();
	give(heads[2]);
	give(heads[0]);
	give(heads[3]);
	give(heads[1]);
	publish();
	expect_all_back(4);
	offer(4);
	order[0] = take();
	order[1] = take();
	order[2] = take();
	order[3] = take();
	/* Two that are published leave a gap on either side. */
	give(order[1]);
	give(order[3]);
	publish();
	order[1] = order[2];
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(order, 2);
	expect_all_back(4);
	end();
}

static void given_back_but_not_published(void)
{
	uint16_t heads[2];

	begin();
	offer(2);
	heads[0] = take();
	heads[1] = take();
	give(heads[1]);
	/* The used entry is written, the used index is not. */
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(heads, 2);
	expect_all_back(2);
	end();
}

/* The used index is out, and the log does not know it yet. */
static void published_but_not_cleared(void)
{
	uint16_t heads[3];

	begin();
	offer(3);
	heads[0] = take();
	heads[1] = take();
	heads[2] = take();
	give(heads[2]);
	give(heads[0]);
	virtq_device_publish(&fixture.session.rings[0].virtq);
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(&heads[1], 1);
	expect_all_back(3);
	end();
}

/* ...or knows half of it. */
static void published_and_half_cleared(void)
{
	struct vhost_inflight_queue *log;
	uint16_t heads[3];

	begin();
	log = vhost_inflight_get_queue(&fixture.session.inflight, 0);
	offer(3);
	heads[0] = take();
	heads[1] = take();
	heads[2] = take();
	give(heads[0]);
	give(heads[1]);
	virtq_device_publish(&fixture.session.rings[0].virtq);
	log->desc[heads[1]].inflight = 0;
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(&heads[2], 1);
	expect_all_back(3);
	end();
}

/* A batch that a former life staged and never published is staged anew. */
static void staged_twice(void)
{
	uint16_t heads[2];

	begin();
	offer(2);
	heads[0] = take();
	heads[1] = take();
	give(heads[0]);
	give(heads[1]);
	UNIT_ASSERT_INT(revive(), 0);
	UNIT_ASSERT_INT(take(), heads[0]);
	UNIT_ASSERT_INT(take(), heads[1]);
	give(heads[1]);
	virtq_device_publish(&fixture.session.rings[0].virtq);
	UNIT_ASSERT_INT(revive(), 0);
	expect_again(heads, 1);
	expect_all_back(2);
	end();
}

/*
 * Death between showing a completion and telling of it: the driver's event
 * lies behind what the next life will publish, so only that life's first
 * notification wakes it.
 */
static void lost_notification_is_made_good(void)
{
	begin();
	offer(1);
	give(take());
	virtq_device_publish(&fixture.session.rings[0].virtq);
	UNIT_ASSERT_INT(revive(), 0);
	CU_ASSERT(fixture.signals > 0);
	expect_all_back(1);
	end();
}

static void many_lives_lose_nothing(void)
{
	unsigned int life, lap, served = 0;
	uint16_t heads[4];

	begin();
	for (life = 0; life < 300; life++) {
		offer(4);
		for (lap = 0; lap < 4; lap++)
			heads[lap] = take();
		for (lap = 0; lap < life % 5; lap++)
			give(heads[(lap + life) % 4]);
		if (life % 3 == 0)
			publish();
		else if (life % 3 == 1)
			virtq_device_publish(
				&fixture.session.rings[0].virtq);
		UNIT_ASSERT_INT(revive(), 0);
		while (vhost_session_is_busy(&fixture.session)) {
			give(take());
			served++;
		}
		publish();
		expect_all_back(4);
	}
	/* Every life left some undone, or this would have shown nothing. */
	CU_ASSERT(served > 300);
	end();
}

/* What a liar may write into the log, and what becomes of it. */
static void log_that_lies(void)
{
	struct vhost_inflight_queue *log;
	unsigned int i;

	begin();
	offer(2);
	take();
	log = mmap(NULL, vhost_inflight_bytes(1, NUM), PROT_READ | PROT_WRITE,
		   MAP_SHARED, log_fd, 0);
	CU_ASSERT_FATAL(log != MAP_FAILED);
	log->version = 2;
	UNIT_ASSERT_INT(revive(), VHOST_ERR_VALUE);
	log->version = 1;
	log->desc_num = 2 * NUM;
	UNIT_ASSERT_INT(revive(), VHOST_ERR_VALUE);
	log->desc_num = NUM;
	/* A used index that no batch explains. */
	log->used_idx = 20000;
	UNIT_ASSERT_INT(revive(), VHOST_ERR_VALUE);
	/* A batch whose list leads out of the log, or in a circle. */
	log->used_idx = (uint16_t)-NUM;
	log->last_batch_head = 60000;
	UNIT_ASSERT_INT(revive(), 0);
	log->used_idx = (uint16_t)-NUM;
	log->last_batch_head = 3;
	log->desc[3].next = 3;
	UNIT_ASSERT_INT(revive(), 0);
	/* Everything in flight, all of it arrived at once: the driver made
	 * two of these, the rest is a request of nothing. */
	for (i = 0; i < NUM; i++) {
		log->desc[i].inflight = 0xff;
		log->desc[i].counter = UINT64_MAX;
	}
	UNIT_ASSERT_INT(revive(), 0);
	UNIT_ASSERT_INT(fixture.session.rings[0].again_count, NUM);
	/* And after the truth has come back, requests are served. */
	memset(log, 0, vhost_inflight_bytes(1, NUM));
	UNIT_ASSERT_INT(revive(), 0);
	give(take());
	give(take());
	publish();
	expect_all_back(2);
	munmap(log, vhost_inflight_bytes(1, NUM));
	end();
}



static const struct unit_test tests[] = {
	UNIT_TEST(nothing_in_flight),
	UNIT_TEST(taken_and_not_given_back),
	UNIT_TEST(oldest_first),
	UNIT_TEST(given_back_but_not_published),
	UNIT_TEST(published_but_not_cleared),
	UNIT_TEST(published_and_half_cleared),
	UNIT_TEST(staged_twice),
	UNIT_TEST(lost_notification_is_made_good),
	UNIT_TEST(many_lives_lose_nothing),
	UNIT_TEST(log_that_lies),
};

UNIT_MAIN("vhost_inflight", tests)
