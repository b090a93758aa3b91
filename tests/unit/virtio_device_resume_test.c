/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side started again on a ring that a former life of it left: case
 * 26 of the threat model's list.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define W	VIRTQ_DESC_F_WRITE

static const struct peer_piece eight = { PEER_BUS + BUF, 8, W };

/* @count chains of eight bytes are served, so that what follows is anywhere. */
static void serve_some(struct peer *peer, unsigned int count)
{
	while (count--)
		hostile_use(peer, hostile_accept(peer, &eight, 1), 8);
}

static void case_26_position_is_where_to_go_on(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct virtq_position position;
	unsigned int round;

	for (round = 0; round < 5 * NUM; round++) {
		serve_some(peer, 1);
		position = virtq_device_position(&peer->device);
		UNIT_ASSERT_INT(position.avail, position.used);
		UNIT_ASSERT_INT(peer_resume_device(peer, features, &position),
				0);
		UNIT_ASSERT_INT(virtq_device_position(&peer->device).used,
				position.used);
		UNIT_ASSERT_INT(hostile_pop(peer), 0);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_26_position_is_where_to_go_on)

/* What a former life had asked for is taken back, or nobody would kick. */
static void case_26_stale_wish_is_taken_back(uint64_t features)
{
	struct peer *peer = hostile_start(
		features & ~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX));
	struct virtq_position position;

	serve_some(peer, 3);
	virtq_device_disable_notifications(&peer->device);
	UNIT_ASSERT_INT(peer->packed ? peer_read_device_event(peer).flags :
				       peer_read_used_flags(peer), 1);
	position = virtq_device_position(&peer->device);
	UNIT_ASSERT_INT(peer_resume_device(peer, peer->features, &position), 0);
	UNIT_ASSERT_INT(peer->packed ? peer_read_device_event(peer).flags :
				       peer_read_used_flags(peer), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_26_stale_wish_is_taken_back)

static void split_case_26_resume_takes_what_was_in_flight(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);
	struct virtq_device *vq = &peer->device;
	struct virtq_position position;
	uint16_t ids[3], i;

	peer_set_avail_idx(peer, 0xfffe);
	peer_set_used_idx(peer, 0xfffe);
	position = (struct virtq_position){ 0xfffe, 0xfffe };
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &position), 0);
	for (i = 0; i < 3; i++)
		ids[i] = hostile_accept(peer, &eight, 1);
	position = virtq_device_position(vq);
	UNIT_ASSERT_INT(position.avail, 1);
	UNIT_ASSERT_INT(position.used, 0xfffe);
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &position), 0);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 3);
	UNIT_ASSERT_INT(hostile_pop(peer), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, ids[0], 8),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	for (i = 0; i < 3; i++) {
		UNIT_ASSERT_INT(virtq_device_repop(vq, ids[2 - i],
						   &peer->chain), 1);
		UNIT_ASSERT_INT(peer->chain.head, ids[2 - i]);
		UNIT_ASSERT_INT(peer->chain.writable_len, 8);
	}
	/* No more than were in flight, and no harm done. */
	UNIT_ASSERT_INT(virtq_device_repop(vq, 9, &peer->chain),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_device_error(vq), 0);
	for (i = 0; i < 3; i++)
		hostile_use(peer, ids[i], 8);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

/* In order, what is older has to be taken again before anything new. */
static void split_case_26_resume_in_order(void)
{
	const uint64_t features = PEER_SPLIT |
				  VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	struct peer *peer = hostile_start(features);
	struct virtq_device *vq = &peer->device;
	struct virtq_position position;
	uint16_t first, second;

	first = hostile_accept(peer, &eight, 1);
	position = virtq_device_position(vq);
	second = peer_post(peer, &eight, 1);
	UNIT_ASSERT_INT(peer_resume_device(peer, features, &position), 0);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_device_error(vq), 0);
	UNIT_ASSERT_INT(virtq_device_repop(vq, first, &peer->chain), 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, second, 8), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, first, 8), 0);
	virtq_device_publish(vq);
	hostile_expect_used(peer, first, 8);
	hostile_expect_used(peer, second, 8);
	peer_free(peer);
}

/* The driver may have rewritten what was in flight. */
static void split_case_26_repop_checks_anew(void)
{
	const struct virtq_position resume = { .avail = 2, .used = 0 };
	struct peer *peer = hostile_start(PEER_SPLIT);
	struct virtq_device *vq = &peer->device;

	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume), 0);
	UNIT_ASSERT_INT(virtq_device_repop(vq, NUM, &peer->chain),
			VIRTIO_ERR_HEAD);
	UNIT_ASSERT_INT(virtq_device_error(vq), VIRTIO_ERR_HEAD);
	UNIT_ASSERT_INT(virtq_device_repop(vq, 0, &peer->chain),
			VIRTIO_ERR_HEAD);
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume), 0);
	UNIT_ASSERT_INT(virtq_device_repop(vq, 4, &peer->chain), 1);
	UNIT_ASSERT_INT(virtq_device_repop(vq, 4, &peer->chain),
			VIRTIO_ERR_REUSED);
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume), 0);
	peer_desc(peer, 4, 0, 8, 0, 0);
	UNIT_ASSERT_INT(virtq_device_repop(vq, 4, &peer->chain),
			VIRTIO_ERR_RANGE);
	hostile_expect_refusal(peer, VIRTIO_ERR_RANGE);
	peer_free(peer);
}

static void split_case_26_positions_that_cannot_be(void)
{
	struct virtq_position resume = { .avail = NUM + 1, .used = 0 };
	struct peer *peer = hostile_start(PEER_SPLIT);

	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INVALID);
	resume = (struct virtq_position){ .avail = 5, .used = 6 };
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume),
			VIRTIO_ERR_INVALID);
	/* It may be that the driver is not where it was. */
	resume.avail = resume.used;
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_SPLIT, &resume), 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

/* Pushed in order: the first not pushed is popped again, on either lap. */
static void packed_case_26_resume_pops_again(void)
{
	struct peer *peer = hostile_start(PEER_PACKED);
	const struct peer_piece pair[2] = { { PEER_BUS + BUF, 8, 0 }, eight };
	struct virtq_position position;
	unsigned int round;
	uint16_t ids[3], i;

	for (round = 0; round < 2 * NUM; round++) {
		for (i = 0; i < 3; i++)
			ids[i] = hostile_accept(peer, pair, 2);
		hostile_use(peer, ids[0], 8);
		position = virtq_device_position(&peer->device);
		CU_ASSERT_NOT_EQUAL(position.avail, position.used);
		UNIT_ASSERT_INT(peer_resume_device(peer, PEER_PACKED,
						   &position),
				VIRTIO_ERR_INVALID);
		position.avail = position.used;
		UNIT_ASSERT_INT(peer_resume_device(peer, PEER_PACKED,
						   &position), 0);
		UNIT_ASSERT_INT(virtq_device_in_flight(&peer->device), 0);
		UNIT_ASSERT_INT(virtq_device_repop(&peer->device, ids[1],
						   &peer->chain),
				VIRTIO_ERR_INVALID);
		for (i = 1; i < 3; i++) {
			UNIT_ASSERT_INT(hostile_pop(peer), 1);
			UNIT_ASSERT_INT(peer->chain.head, ids[i]);
		}
		UNIT_ASSERT_INT(hostile_pop(peer), 0);
		hostile_use(peer, ids[1], 8);
		hostile_use(peer, ids[2], 8);
		serve_some(peer, 1);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}

/* Whatever is in flight: a used descriptor may lie over it. */
static void packed_case_26_nothing_is_taken_again(void)
{
	struct peer *peer = hostile_start(PEER_PACKED);
	struct virtq_device *vq = &peer->device;
	uint16_t id = hostile_accept(peer, &eight, 1);

	UNIT_ASSERT_INT(virtq_device_repop(vq, id, &peer->chain),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_device_repop(vq, (uint16_t)(id + 1),
					   &peer->chain), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_device_error(vq), 0);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 1);
	hostile_use(peer, id, 8);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void packed_case_26_positions_that_cannot_be(void)
{
	static const uint16_t bad[] = { NUM, NUM | PVIRTQ_WRAP, 0x7fff,
					0xffff };
	struct peer *peer = hostile_start(PEER_PACKED);
	struct virtq_position resume;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		resume = (struct virtq_position){ bad[i], bad[i] };
		UNIT_ASSERT_INT(peer_resume_device(peer, PEER_PACKED, &resume),
				VIRTIO_ERR_INVALID);
		UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INVALID);
	}
	/* The same offset on the other lap is another place. */
	resume = (struct virtq_position){ 3, 3 | PVIRTQ_WRAP };
	UNIT_ASSERT_INT(peer_resume_device(peer, PEER_PACKED, &resume),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(peer_start_device(peer, PEER_PACKED), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static const struct unit_test tests[] = {
	HOSTILE_TESTS(case_26_position_is_where_to_go_on),
	HOSTILE_TESTS(case_26_stale_wish_is_taken_back),
	UNIT_TEST(split_case_26_resume_takes_what_was_in_flight),
	UNIT_TEST(split_case_26_resume_in_order),
	UNIT_TEST(split_case_26_repop_checks_anew),
	UNIT_TEST(split_case_26_positions_that_cannot_be),
	UNIT_TEST(packed_case_26_resume_pops_again),
	UNIT_TEST(packed_case_26_nothing_is_taken_again),
	UNIT_TEST(packed_case_26_positions_that_cannot_be),
};

UNIT_MAIN("virtio_device_resume", tests)
