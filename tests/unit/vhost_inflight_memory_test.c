/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of the log of requests in flight: how much is made, what is
 * refused of a front end's, and which ring has one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "vhost_fixture.h"

#define NUM	FIXTURE_RING_SIZE

static struct vhost_fixture fixture;
static int log_fd;

/* A front end with a log and a ring on which nothing has happened yet. */
static void begin(void)
{
	log_fd = vhost_fixture_start_logged(&fixture);
}

static void end(void)
{
	close(log_fd);
	vhost_fixture_end(&fixture);
}

static int set_log(uint64_t size, uint64_t offset, uint16_t queues,
		   uint16_t queue_size, int fd)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_INFLIGHT_FD,
		.flags = VHOST_USER_VERSION,
		.size = 24,
		.payload.inflight = { size, offset, queues, queue_size, 0 },
	};

	vhost_fixture_restart(&fixture);
	vhost_fixture_prepare_ring(&fixture);
	return vhost_fixture_send(&fixture, &message, &fd, 1);
}

static void bad_memory_for_a_log(void)
{
	uint64_t bytes = vhost_inflight_bytes(1, NUM);
	uint64_t most = vhost_inflight_bytes(1, FIXTURE_QUEUE_SIZE_MAX);
	int fd;

	begin();
	UNIT_ASSERT_INT(set_log(bytes - 1, 0, 1, NUM, log_fd), VHOST_ERR_VALUE);
	CU_ASSERT(strstr(fixture.session.fault.text, "take 192") != NULL);
	UNIT_ASSERT_INT(set_log(bytes, 0, 2, NUM, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(bytes, 0, 1, 2 * NUM, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(bytes, 0, 0, NUM, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(bytes, 0, 1, 0, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(1u << 30, 0, 3, NUM, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(1u << 30, 0, 1, 512, log_fd), VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(set_log(most + 1, 0, 1, NUM, log_fd), VHOST_ERR_MEMORY);
	UNIT_ASSERT_INT(set_log(bytes, 4096, 1, NUM, log_fd), VHOST_ERR_MEMORY);
	UNIT_ASSERT_INT(set_log(bytes, 8, 1, NUM, log_fd), VHOST_ERR_MEMORY);
	UNIT_ASSERT_INT(set_log(bytes, UINT64_MAX - 4095, 1, NUM, log_fd),
			VHOST_ERR_MEMORY);
	/* Memory that could be taken away again. */
	UNIT_ASSERT_INT(set_log(bytes, 0, 1, NUM, fixture.memory_fd),
			VHOST_ERR_MEMORY);
	CU_ASSERT(strstr(fixture.session.fault.text, "not sealed") != NULL);
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	UNIT_ASSERT_INT(set_log(bytes, 0, 1, NUM, fd), VHOST_ERR_MEMORY);
	close(fd);
	UNIT_ASSERT_INT(set_log(bytes, 0, 1, NUM, log_fd), VHOST_OK);
	UNIT_ASSERT_INT(fixture.session.inflight.queue_size, NUM);
	UNIT_ASSERT_INT(set_log(most, 0, 1, 1, log_fd), VHOST_OK);
	UNIT_ASSERT_INT(fixture.session.inflight.queue_size,
			FIXTURE_QUEUE_SIZE_MAX);
	/* More than the most was not made here: its message says the size. */
	fd = vhost_inflight_create(2, FIXTURE_QUEUE_SIZE_MAX,
				   &fixture.session.fault);
	UNIT_ASSERT_INT(set_log(most + 64, 0, 1, NUM, fd), VHOST_OK);
	UNIT_ASSERT_INT(fixture.session.inflight.queue_size, NUM);
	close(fd);
	end();
}

static void log_is_made_to_measure(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_INFLIGHT_FD,
		.flags = VHOST_USER_VERSION,
		.size = 20,
		.payload.inflight = { .num_queues = 2, .queue_size = 256 },
	};
	const struct vhost_user_inflight *reply =
		&fixture.session.reply.payload.inflight;
	int seals;

	begin();
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	/* As long as it was asked. */
	UNIT_ASSERT_INT(fixture.session.reply.size, 20);
	UNIT_ASSERT_INT(reply->mmap_size, 2 * (64 + 256 * 16));
	/* And with room for the largest ring, whatever size is named. */
	message.payload.inflight.queue_size = 1;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(reply->mmap_size, 2 * (64 + 256 * 16));
	UNIT_ASSERT_INT(reply->queue_size, 1);
	seals = fcntl(fixture.session.reply_fd, F_GET_SEALS);
	CU_ASSERT(seals > 0 && seals & F_SEAL_SHRINK);
	message.payload.inflight.queue_size = 257;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_ERR_VALUE);
	message.payload.inflight.queue_size = 0;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_ERR_VALUE);
	message.payload.inflight.queue_size = 8;
	message.payload.inflight.num_queues = 3;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_ERR_VALUE);
	end();
}

/* No front end gets that far: a caller that asks for too much is told. */
static void log_of_no_ring(void)
{
	static struct vhost_inflight_queue log;
	struct vhost_fault fault;
	uint64_t counter;
	uint16_t head;

	UNIT_ASSERT_INT(vhost_inflight_resume(&log, VHOST_RING_SIZE_MAX + 1, 0,
					      0, &head, &counter, &fault),
			VHOST_ERR_INVALID);
	UNIT_ASSERT_INT(log.version, 0);
}

static void log_is_not_taken_from_a_running_ring(void)
{
	begin();
	UNIT_ASSERT_INT(vhost_fixture_set_log(&fixture, log_fd),
			VHOST_ERR_ORDER);
	end();
}

static void rings_without_a_log(void)
{
	static const struct vhost_inflight none;

	CU_ASSERT_PTR_NULL(vhost_inflight_get_queue(&none, 0));
	begin();
	CU_ASSERT_PTR_NOT_NULL(vhost_inflight_get_queue(
		&fixture.session.inflight, 0));
	/* It was made for one ring. */
	CU_ASSERT_PTR_NULL(vhost_inflight_get_queue(&fixture.session.inflight,
						    1));
	end();
}

static void ring_larger_than_its_log(void)
{
	begin();
	vhost_fixture_restart(&fixture);
	vhost_fixture_prepare_ring(&fixture);
	UNIT_ASSERT_INT(vhost_fixture_set_log(&fixture, log_fd), 0);
	vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_NUM, 0, 2 * NUM);
	UNIT_ASSERT_INT(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK,
					 0, fixture.event), VHOST_ERR_VALUE);
	CU_ASSERT(strstr(fixture.session.fault.text, "said 8") != NULL);
	end();
}

/* The used index is read before the ring as a whole is judged. */
static void used_ring_in_the_wrong_place(void)
{
	static const uint64_t places[] = {
		FIXTURE_USER + FIXTURE_MEMORY - 2,
		FIXTURE_USER + FIXTURE_RING + 4097,
	};
	unsigned int i;

	begin();
	for (i = 0; i < 2; i++) {
		vhost_fixture_restart(&fixture);
		vhost_fixture_prepare_ring(&fixture);
		UNIT_ASSERT_INT(vhost_fixture_set_log(&fixture, log_fd), 0);
		vhost_fixture_addr(&fixture, 0, 0, FIXTURE_USER + FIXTURE_RING,
				   FIXTURE_USER + FIXTURE_RING + 2048,
				   places[i]);
		UNIT_ASSERT_INT(vhost_fixture_fd(&fixture,
						 VHOST_USER_SET_VRING_KICK, 0,
						 fixture.event),
				VHOST_ERR_MEMORY);
		CU_ASSERT(strstr(fixture.session.fault.text,
				 i ? "not aligned" : "in one memory region") !=
			  NULL);
	}
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(bad_memory_for_a_log),
	UNIT_TEST(log_is_made_to_measure),
	UNIT_TEST(log_of_no_ring),
	UNIT_TEST(log_is_not_taken_from_a_running_ring),
	UNIT_TEST(rings_without_a_log),
	UNIT_TEST(ring_larger_than_its_log),
	UNIT_TEST(used_ring_in_the_wrong_place),
};

UNIT_MAIN("vhost_inflight_memory", tests)
