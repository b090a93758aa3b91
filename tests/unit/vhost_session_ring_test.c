/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings of a session: what sets one up, stops and breaks it, and every
 * message about one that ends the session.
 */
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "unit.h"
#include "vhost_fixture.h"

static struct vhost_fixture fixture;

static void expect_refused(int result, int error, const char *text)
{
	vhost_fixture_expect_refused(&fixture, result, error, text);
}

static void begin(void)
{
	vhost_fixture_init(&fixture);
	vhost_fixture_prepare_ring(&fixture);
}

static void rings_start_enabled_without_the_protocol_bit(void)
{
	begin();
	vhost_fixture_u64(&fixture, VHOST_USER_SET_FEATURES,
			  VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	UNIT_ASSERT_INT(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK,
					 0, fixture.event),
			VHOST_EFFECT_KICKS | VHOST_EFFECT_SERVE);
	CU_ASSERT(vhost_fixture_is_live(&fixture, 0));
	vhost_fixture_end(&fixture);
}

static void descriptors_of_the_wrong_kind(void)
{
	int fd, ret;

	begin();
	/* Regular files are readable for ever. */
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0,
					fixture.memory_fd),
		       VHOST_ERR_DESCRIPTORS, "neither an event descriptor");
	begin();
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_ERR, 0,
					fixture.memory_fd),
		       VHOST_ERR_DESCRIPTORS, "neither an event descriptor");
	/* As nameless as an event descriptor, and something else. */
	begin();
	fd = epoll_create1(EPOLL_CLOEXEC);
	ret = vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0, fd);
	close(fd);
	expect_refused(ret, VHOST_ERR_DESCRIPTORS,
		       "neither an event descriptor");
	begin();
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	ret = vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_CALL, 0, fd);
	close(fd);
	expect_refused(ret, VHOST_ERR_DESCRIPTORS,
		       "neither an event descriptor");
}

static void no_call_descriptor_is_allowed(void)
{
	begin();
	UNIT_ASSERT_INT(vhost_fixture_u64(&fixture, VHOST_USER_SET_VRING_CALL,
					  VHOST_USER_VRING_NOFD_MASK), 0);
	UNIT_ASSERT_INT(fixture.session.rings[0].call, -1);
	vhost_fixture_end(&fixture);
}

static void ring_sizes(void)
{
	static const uint32_t bad[] = { 0, 3, 7, 100, 512, 1u << 16, 1u << 31,
					UINT32_MAX };
	uint32_t size;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		expect_refused(vhost_fixture_state(&fixture,
						   VHOST_USER_SET_VRING_NUM, 0,
						   bad[i]),
			       VHOST_ERR_VALUE, "a power of two up to 256");
	}
	begin();
	for (size = 1; size <= FIXTURE_QUEUE_SIZE_MAX; size *= 2)
		UNIT_ASSERT_INT(vhost_fixture_state(&fixture,
						    VHOST_USER_SET_VRING_NUM,
						    1, size), 0);
	vhost_fixture_end(&fixture);
}

static void ring_index_out_of_range(void)
{
	static const uint32_t states[] = {
		VHOST_USER_SET_VRING_NUM, VHOST_USER_SET_VRING_BASE,
		VHOST_USER_GET_VRING_BASE, VHOST_USER_SET_VRING_ENABLE,
	};
	static const uint32_t fds[] = {
		VHOST_USER_SET_VRING_KICK, VHOST_USER_SET_VRING_CALL,
		VHOST_USER_SET_VRING_ERR,
	};
	static const uint32_t indices[] = { FIXTURE_QUEUES, 7, 8, 255, 256,
					    UINT32_MAX };
	unsigned int i, j;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 6; j++) {
			begin();
			expect_refused(vhost_fixture_state(&fixture, states[i],
							   indices[j], 1),
				       VHOST_ERR_VALUE, "the device has 2");
		}
	for (i = 0; i < 3; i++)
		for (j = 0; j < 4; j++) {
			begin();
			expect_refused(vhost_fixture_fd(&fixture, fds[i],
							indices[j],
							fixture.event),
				       VHOST_ERR_VALUE, "the device has 2");
		}
	begin();
	expect_refused(vhost_fixture_addr(&fixture, 2, 0, FIXTURE_USER,
					  FIXTURE_USER, FIXTURE_USER),
		       VHOST_ERR_VALUE, "the device has 2");
	begin();
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_CALL,
					1u << 9, fixture.event),
		       VHOST_ERR_VALUE, "bits are set");
}

static void odd_values(void)
{
	begin();
	expect_refused(vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_BASE,
					   0, 1u << 16),
		       VHOST_ERR_VALUE, "16 bits");
	begin();
	expect_refused(vhost_fixture_state(&fixture,
					   VHOST_USER_SET_VRING_ENABLE, 0, 2),
		       VHOST_ERR_VALUE, "neither 0");
	begin();
	expect_refused(vhost_fixture_addr(&fixture, 0, 1, FIXTURE_USER,
					  FIXTURE_USER, FIXTURE_USER),
		       VHOST_ERR_VALUE, "no logging");
}

static void kick_before_set_up(void)
{
	vhost_fixture_init(&fixture);
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0,
					fixture.event),
		       VHOST_ERR_ORDER, "come first");
	/* Ring 1 has neither size nor addresses. */
	begin();
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 1,
					fixture.event),
		       VHOST_ERR_ORDER, "come first");
}

static void running_ring_is_not_rebuilt(void)
{
	static const uint32_t states[] = {
		VHOST_USER_SET_VRING_NUM, VHOST_USER_SET_VRING_BASE,
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		vhost_fixture_init(&fixture);
		vhost_fixture_start_ring(&fixture);
		expect_refused(vhost_fixture_state(&fixture, states[i], 0, 8),
			       VHOST_ERR_ORDER, "GET_VRING_BASE stops it");
	}
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	expect_refused(vhost_fixture_addr(&fixture, 0, 0, FIXTURE_USER,
					  FIXTURE_USER, FIXTURE_USER),
		       VHOST_ERR_ORDER, "GET_VRING_BASE stops it");
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	expect_refused(vhost_fixture_u64(&fixture, VHOST_USER_SET_FEATURES,
					 VIRTIO_FEATURE(VIRTIO_F_VERSION_1)),
		       VHOST_ERR_ORDER, "is running");
}

static void bad_ring_addresses(void)
{
	const uint64_t user = FIXTURE_USER, end = user + FIXTURE_MEMORY;
	const struct {
		uint64_t desc, avail, used;
		const char *text;
	} cases[] = {
		{ user - 1, user + 4096, user + 8192, "no region" },
		{ user, end, user + 8192, "no region" },
		{ user, user + 4096, UINT64_MAX, "no region" },
		{ 0, user + 4096, user + 8192, "no region" },
		{ end - 16, user + 4096, user + 8192, "in one memory region" },
		{ user, end - 2, user + 8192, "in one memory region" },
		{ user, user + 4096, end - 4, "in one memory region" },
		{ user + 8, user + 4096, user + 8192, "not aligned" },
		{ user, user + 4097, user + 8192, "not aligned" },
		{ user, user + 4096, user + 8194, "not aligned" },
		{ user, user + 64, user + 8192, "share bytes" },
		{ user, user + 4096, user, "share bytes" },
		{ user, user + 4096, user + 4096, "share bytes" },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		ret = vhost_fixture_addr(&fixture, 0, 0, cases[i].desc,
					 cases[i].avail, cases[i].used);
		if (!ret)
			ret = vhost_fixture_fd(&fixture,
					       VHOST_USER_SET_VRING_KICK, 0,
					       fixture.event);
		expect_refused(ret, VHOST_ERR_MEMORY, cases[i].text);
	}
}

static void reset_owner_stops_the_rings(void)
{
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	UNIT_ASSERT_INT(vhost_fixture_empty(&fixture, VHOST_USER_RESET_OWNER),
			VHOST_EFFECT_KICKS);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	UNIT_ASSERT_INT(vhost_session_get_kick(&fixture.session, 0), -1);
	vhost_fixture_end(&fixture);
}

static void broken_ring_rests_until_its_reset(void)
{
	struct virtq_segment segments[8];
	struct virtq_chain chain = { .segments = segments, .capacity = 8 };
	struct loopback_server_transport transport;

	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	transport = vhost_session_get_transport(&fixture.session);
	/* A ring that is not live cannot break. */
	transport.break_queue(transport.ctx, 1, LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(fixture.reports, 0);
	CU_ASSERT_PTR_NULL(transport.get_queue(transport.ctx, VHOST_RINGS_MAX));

	vhost_fixture_start_driver(&fixture);
	vhost_fixture_offer(&fixture, NULL);
	fixture.driver.ring.avail->ring[0] = 99;
	CU_ASSERT(transport.pop(transport.ctx, 0, &chain) < 0);
	transport.break_queue(transport.ctx, 0, LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(fixture.reports, 1);
	CU_ASSERT(strstr(fixture.report, "a descriptor that does not exist") !=
		  NULL);
	UNIT_ASSERT_INT(fixture.stopped, 1);
	/* Neither a kick, nor enabling, nor memory brings it back. */
	UNIT_ASSERT_INT(vhost_session_get_kick(&fixture.session, 0), -1);
	vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_ENABLE, 0, 1);
	vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0, fixture.event);
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), 0);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	/* A reset does. */
	vhost_fixture_state(&fixture, VHOST_USER_GET_VRING_BASE, 0, 0);
	vhost_fixture_start_driver(&fixture);
	vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0, fixture.event);
	CU_ASSERT(vhost_fixture_is_live(&fixture, 0));
	vhost_fixture_offer(&fixture, NULL);
	UNIT_ASSERT_INT(transport.pop(transport.ctx, 0, &chain), 1);
	vhost_fixture_end(&fixture);
}

/* Replaced descriptors are closed, those of a dead session too. */
static void descriptors_are_replaced(void)
{
	unsigned int i;

	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	for (i = 0; i < 20; i++) {
		CU_ASSERT(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK,
					   0, fixture.event) >= 0);
		CU_ASSERT(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_CALL,
					   0, fixture.event) >= 0);
		CU_ASSERT(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_ERR,
					   0, fixture.event) >= 0);
		close(vhost_fixture_make_log(&fixture));
	}
	/* Three of the ring; memory and event are the fixture's own. */
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), fixture.open_fds + 2 + 3);
	vhost_fixture_end(&fixture);
}

/* What it had at a backend may still write: no memory goes before. */
static void broken_ring_is_busy_while_its_requests_are(void)
{
	struct loopback_server_transport transport;
	struct virtq_segment segments[FIXTURE_RING_SIZE];
	struct virtq_chain chain = { .segments = segments,
				     .capacity = FIXTURE_RING_SIZE };
	int cookie, ret;

	vhost_fixture_init(&fixture);
	vhost_fixture_prepare_ring(&fixture);
	vhost_fixture_start_driver(&fixture);
	vhost_fixture_start_ring(&fixture);
	transport = vhost_session_get_transport(&fixture.session);
	vhost_fixture_offer(&fixture, &cookie);
	UNIT_ASSERT_INT(transport.pop(transport.ctx, 0, &chain), 1);
	fixture.at_backend = 1;
	transport.break_queue(transport.ctx, 0, LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	CU_ASSERT(vhost_session_is_busy(&fixture.session));
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), VHOST_ERR_BUSY);
	ret = vhost_fixture_state(&fixture, VHOST_USER_GET_VRING_BASE, 0, 0);
	UNIT_ASSERT_INT(ret, VHOST_ERR_BUSY);
	fixture.at_backend = 0;
	CU_ASSERT(!vhost_session_is_busy(&fixture.session));
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), 0);
	vhost_fixture_end(&fixture);
}

static const struct unit_test tests[] = {
	UNIT_TEST(rings_start_enabled_without_the_protocol_bit),
	UNIT_TEST(descriptors_of_the_wrong_kind),
	UNIT_TEST(no_call_descriptor_is_allowed),
	UNIT_TEST(ring_sizes),
	UNIT_TEST(ring_index_out_of_range),
	UNIT_TEST(odd_values),
	UNIT_TEST(kick_before_set_up),
	UNIT_TEST(running_ring_is_not_rebuilt),
	UNIT_TEST(bad_ring_addresses),
	UNIT_TEST(reset_owner_stops_the_rings),
	UNIT_TEST(broken_ring_rests_until_its_reset),
	UNIT_TEST(descriptors_are_replaced),
	UNIT_TEST(broken_ring_is_busy_while_its_requests_are),
};

UNIT_MAIN("vhost_session_ring", tests)
