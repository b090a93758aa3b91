/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The back end's state machine: the order of a good set-up, what is offered and
 * answered, and every class of message that ends a session, but for those of
 * one ring (vhost_session_ring). After each of those another session of the
 * same front end works, and no descriptor is left open.
 */
#include <string.h>

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

static void set_up_in_order(void)
{
	struct vhost_session *session = &fixture.session;
	int ret;

	vhost_fixture_init(&fixture);
	ret = vhost_fixture_empty(&fixture, VHOST_USER_GET_FEATURES);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.flags, 5);
	UNIT_ASSERT_INT(session->reply.size, 8);
	/* The device's bit, the ring's, and that of the protocol; not packed,
	 * which has no log of requests in flight here. */
	UNIT_ASSERT_INT(session->reply.payload.u64,
			1u << 3 | 1u << 28 | 1u << 29 | 1u << 30 | 1ull << 32);
	ret = vhost_fixture_empty(&fixture, VHOST_USER_GET_PROTOCOL_FEATURES);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.payload.u64,
			1u << 0 | 1u << 3 | 1u << 9 | 1u << 12 | 1u << 15);

	vhost_fixture_prepare_ring(&fixture);
	UNIT_ASSERT_INT(vhost_session_get_kick(session, 0), -1);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	ret = vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK, 0,
			       fixture.event);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_KICKS);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	ret = vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_ENABLE, 0, 1);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_KICKS | VHOST_EFFECT_SERVE);
	CU_ASSERT(vhost_fixture_is_live(&fixture, 0));
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 1));
	CU_ASSERT(vhost_session_get_kick(session, 0) >= 0);
	UNIT_ASSERT_INT(fixture.started, 1);

	ret = vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_ENABLE, 0, 0);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_KICKS);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	UNIT_ASSERT_INT(fixture.stopped, 1);
	vhost_fixture_state(&fixture, VHOST_USER_SET_VRING_ENABLE, 0, 1);
	ret = vhost_fixture_state(&fixture, VHOST_USER_GET_VRING_BASE, 0, 0);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_REPLY | VHOST_EFFECT_KICKS);
	UNIT_ASSERT_INT(session->reply.size, 8);
	UNIT_ASSERT_INT(session->reply.payload.state.index, 0);
	UNIT_ASSERT_INT(session->reply.payload.state.num, 0);
	CU_ASSERT(!vhost_fixture_is_live(&fixture, 0));
	UNIT_ASSERT_INT(fixture.stopped, 2);
	vhost_fixture_end(&fixture);
}

static void questions_are_answered(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_CONFIG,
		.flags = VHOST_USER_VERSION,
		.size = 12 + 10,
		.payload.config = { .offset = 55, .size = 10 },
	};
	struct vhost_session *session = &fixture.session;

	begin();
	UNIT_ASSERT_INT(vhost_fixture_empty(&fixture, VHOST_USER_GET_QUEUE_NUM),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.payload.u64, FIXTURE_QUEUES);
	UNIT_ASSERT_INT(vhost_fixture_empty(&fixture,
					    VHOST_USER_GET_MAX_MEM_SLOTS),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.payload.u64, VIRTIO_REGION_MAX);
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.size, 22);
	/* Five bytes are there; a longer structure's others are zero. */
	CU_ASSERT(!memcmp(session->reply.payload.config.region,
			  "\70\71\72\73\74\0\0\0\0\0", 10));
	vhost_fixture_end(&fixture);
}

static void acknowledgements_are_sent_when_asked_for(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_OWNER,
		.flags = VHOST_USER_VERSION | VHOST_USER_NEED_REPLY,
	};
	struct vhost_session *session = &fixture.session;

	begin();
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.request, VHOST_USER_SET_OWNER);
	UNIT_ASSERT_INT(session->reply.size, 8);
	UNIT_ASSERT_INT(session->reply.payload.u64, 0);
	/* One answer, not two. */
	message.request = VHOST_USER_GET_FEATURES;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	CU_ASSERT(session->reply.payload.u64 == session->features);
	/* Nothing of this configuration can be written: said, not punished. */
	message.request = VHOST_USER_SET_CONFIG;
	message.size = 12 + 1;
	message.payload.config.size = 1;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(session->reply.payload.u64, 1);
	message.flags = VHOST_USER_VERSION;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, NULL, 0), 0);
	vhost_fixture_end(&fixture);
}

static void requests_need_their_feature(void)
{
	static const uint32_t cases[] = {
		VHOST_USER_GET_QUEUE_NUM, VHOST_USER_GET_MAX_MEM_SLOTS,
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		vhost_fixture_init(&fixture);
		expect_refused(vhost_fixture_empty(&fixture, cases[i]),
			       VHOST_ERR_REQUEST, "SET_PROTOCOL_FEATURES");
	}
}

static void acknowledgement_needs_its_feature(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_OWNER,
		.flags = VHOST_USER_VERSION | VHOST_USER_NEED_REPLY,
	};

	vhost_fixture_init(&fixture);
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_HEADER, "REPLY_ACK");
}

static void unknown_request(void)
{
	struct vhost_user_message message = { .request = 200, .flags = 1 };

	begin();
	/* As if the codec had let it through. */
	expect_refused(vhost_session_handle(&fixture.session, &message, NULL,
					    0),
		       VHOST_ERR_REQUEST, "request 200");
	begin();
	message.request = VHOST_USER_SET_LOG_BASE;
	expect_refused(vhost_session_handle(&fixture.session, &message, NULL,
					    0),
		       VHOST_ERR_REQUEST, "request 6");
}

static void features_not_offered(void)
{
	begin();
	expect_refused(vhost_fixture_u64(&fixture, VHOST_USER_SET_FEATURES,
					 1ull << 32 | 1ull << 34),
		       VHOST_ERR_VALUE, "0x400000000 was not offered");
	begin();
	expect_refused(vhost_fixture_u64(&fixture, VHOST_USER_SET_FEATURES, 8),
		       VHOST_ERR_VALUE, "legacy");
	begin();
	expect_refused(vhost_fixture_u64(
			       &fixture, VHOST_USER_SET_PROTOCOL_FEATURES,
			       1u << 16),
		       VHOST_ERR_VALUE, "0x10000 was not offered");
}

static void surplus_descriptors(void)
{
	struct vhost_user_message message = { .request = VHOST_USER_SET_OWNER,
					      .flags = 1 };
	int fds[2 * VHOST_DESCRIPTORS_MAX];
	unsigned int i;

	begin();
	for (i = 0; i < 2 * VHOST_DESCRIPTORS_MAX; i++)
		fds[i] = fixture.event;
	expect_refused(vhost_fixture_send(&fixture, &message, fds, 1),
		       VHOST_ERR_DESCRIPTORS, "came with 1 descriptors");
	begin();
	message.request = VHOST_USER_SET_VRING_CALL;
	message.size = 8;
	expect_refused(vhost_fixture_send(&fixture, &message, fds, 2),
		       VHOST_ERR_DESCRIPTORS, "came with 2 descriptors");
	begin();
	expect_refused(vhost_fixture_send(&fixture, &message, fds,
					  2 * VHOST_DESCRIPTORS_MAX),
		       VHOST_ERR_DESCRIPTORS, "came with 32 descriptors");
}

static void missing_descriptors(void)
{
	struct vhost_user_region region = vhost_fixture_region();
	struct vhost_user_message message = vhost_fixture_table(&region, 1);

	begin();
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_DESCRIPTORS, "1 regions with 0 descriptors");
	begin();
	expect_refused(vhost_fixture_u64(&fixture, VHOST_USER_SET_VRING_CALL,
					 0),
		       VHOST_ERR_DESCRIPTORS, "no descriptor came with it");
	begin();
	expect_refused(vhost_fixture_u64(&fixture, VHOST_USER_SET_VRING_KICK,
					 VHOST_USER_VRING_NOFD_MASK),
		       VHOST_ERR_DESCRIPTORS, "polled");
	begin();
	expect_refused(vhost_fixture_fd(&fixture, VHOST_USER_SET_VRING_KICK,
					VHOST_USER_VRING_NOFD_MASK,
					fixture.event),
		       VHOST_ERR_DESCRIPTORS, "denies");
	begin();
	message.request = VHOST_USER_SET_INFLIGHT_FD;
	message.size = 24;
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_DESCRIPTORS, "came with 0 descriptors");
	begin();
	message.request = VHOST_USER_ADD_MEM_REG;
	message.size = 40;
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_DESCRIPTORS, "came with 0 descriptors");
}

static void config_out_of_range(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_CONFIG,
		.flags = VHOST_USER_VERSION,
		.size = 12 + 2,
		.payload.config = { .offset = 255, .size = 2 },
	};

	begin();
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_VALUE, "past the 256");
	begin();
	message.payload.config.offset = UINT32_MAX;
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_VALUE, "past the 256");
	begin();
	message.request = VHOST_USER_SET_CONFIG;
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_VALUE, "past the 256");
}

/* A device knows its own type's features, and nothing of the rings. */
static void rings_are_not_the_devices_to_offer(void)
{
	vhost_fixture_init(&fixture);
	fixture.device.features |= VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |
				   VIRTIO_FEATURE(VIRTIO_F_IN_ORDER) |
				   VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	vhost_fixture_restart(&fixture);
	UNIT_ASSERT_INT(vhost_fixture_empty(&fixture, VHOST_USER_GET_FEATURES),
			VHOST_EFFECT_REPLY);
	UNIT_ASSERT_INT(fixture.session.reply.payload.u64,
			1u << 3 | 1u << 28 | 1u << 29 | 1u << 30 | 1ull << 32);
	vhost_fixture_end(&fixture);
}

static void init_refuses_what_does_not_fit(void)
{
	struct vhost_session_config config;
	struct vhost_session *session = &fixture.session;
	struct loopback_device device;

	vhost_fixture_init(&fixture);
	config = session->config;
#define REFUSED(field, value)						\
	do {								\
		struct vhost_session_config bad = config;		\
		bad.field = value;					\
		UNIT_ASSERT_INT(vhost_session_init(session, &bad),	\
				VHOST_ERR_INVALID);			\
	} while (0)
	REFUSED(device, NULL);
	REFUSED(signal, NULL);
	REFUSED(report, NULL);
	REFUSED(queue_size_max, 0);
	REFUSED(queue_size_max, 100);
	REFUSED(queue_size_max, 2048);
	fixture.device.queue_count = 0;
	REFUSED(queue_size_max, 256);
	fixture.device.queue_count = VHOST_RINGS_MAX + 1;
	REFUSED(queue_size_max, 256);
	fixture.device.queue_count = 1;
	fixture.device.config_size = VHOST_USER_CONFIG_MAX + 1;
	REFUSED(queue_size_max, 256);
	fixture.device.config_size = 0;
	device = fixture.device;
	device.count_in_flight = NULL;
	REFUSED(device, &device);
	vhost_fixture_end(&fixture);
}

static const struct unit_test tests[] = {
	UNIT_TEST(set_up_in_order),
	UNIT_TEST(questions_are_answered),
	UNIT_TEST(acknowledgements_are_sent_when_asked_for),
	UNIT_TEST(requests_need_their_feature),
	UNIT_TEST(acknowledgement_needs_its_feature),
	UNIT_TEST(unknown_request),
	UNIT_TEST(features_not_offered),
	UNIT_TEST(surplus_descriptors),
	UNIT_TEST(missing_descriptors),
	UNIT_TEST(config_out_of_range),
	UNIT_TEST(rings_are_not_the_devices_to_offer),
	UNIT_TEST(init_refuses_what_does_not_fit),
};

UNIT_MAIN("vhost_session", tests)
