/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side with VIRTIO_F_IN_ORDER (VirtIO 1.2, 2.7.9 and 2.8.8): what is
 * pushed too early does not reach the ring before its turn.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define W	VIRTQ_DESC_F_WRITE

static const struct peer_piece eight = { PEER_BUS + BUF, 8, W };

static void early_pushes_wait_for_their_turn(uint64_t features)
{
	struct peer *peer = hostile_start(features | HOSTILE_IN_ORDER);
	const struct peer_piece pair[2] = { { PEER_BUS + BUF, 8, 0 }, eight };
	struct virtq_device *vq = &peer->device;
	unsigned int round, i;
	uint16_t ids[4];

	for (round = 0; round < 3 * NUM; round++) {
		for (i = 0; i < 4; i++)
			ids[i] = hostile_accept(peer, pair, i % 2 + 1);
		/* The third, the fourth, then the first. */
		UNIT_ASSERT_INT(virtq_device_push(vq, ids[2], 32), 0);
		UNIT_ASSERT_INT(virtq_device_push(vq, ids[3], 33), 0);
		UNIT_ASSERT_INT(virtq_device_in_flight(vq), 2);
		CU_ASSERT_FALSE(virtq_device_publish(vq));
		hostile_expect_none_used(peer);
		UNIT_ASSERT_INT(virtq_device_push(vq, ids[0], 30), 0);
		virtq_device_publish(vq);
		hostile_expect_used(peer, ids[0], 30);
		hostile_expect_none_used(peer);
		/* The second lets go of all. */
		UNIT_ASSERT_INT(virtq_device_push(vq, ids[1], 31), 0);
		hostile_expect_none_used(peer);
		virtq_device_publish(vq);
		for (i = 1; i < 4; i++)
			hostile_expect_used(peer, ids[i], 30 + i);
		hostile_expect_none_used(peer);
		UNIT_ASSERT_INT(virtq_device_in_flight(vq), 0);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(early_pushes_wait_for_their_turn)

static void push_of_what_waits_is_refused(uint64_t features)
{
	struct peer *peer = hostile_start(features | HOSTILE_IN_ORDER);
	struct virtq_device *vq = &peer->device;
	uint16_t first = hostile_accept(peer, &eight, 1);
	uint16_t second = hostile_accept(peer, &eight, 1);

	UNIT_ASSERT_INT(virtq_device_push(vq, second, 1), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, second, 2),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, first, 3), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, first, 4),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_push(vq, second, 5),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 0);
	virtq_device_publish(vq);
	hostile_expect_used(peer, first, 3);
	hostile_expect_used(peer, second, 1);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(push_of_what_waits_is_refused)

/* Its used entry is still to come, so the driver may not use it again. */
static void case_4_id_that_waits_is_in_flight(uint64_t features)
{
	struct peer *peer = hostile_start(features | HOSTILE_IN_ORDER);
	uint16_t first = hostile_accept(peer, &eight, 1);
	uint16_t second = hostile_accept(peer, &eight, 1);

	CU_ASSERT_NOT_EQUAL(first, second);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, second, 8), 0);
	peer_post_id(peer, second, &eight, 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_REUSED);
	peer_free(peer);
}
HOSTILE_BOTH(case_4_id_that_waits_is_in_flight)

/* The ring full of chains, pushed last one first, and ids of no order. */
static void every_order_of_pushing_comes_out_in_order(uint64_t features)
{
	struct peer *peer = hostile_start(features | HOSTILE_IN_ORDER);
	struct virtq_device *vq = &peer->device;
	unsigned int step, i;
	uint16_t id;

	for (step = 1; step < NUM; step += 2) {
		for (i = 0; i < NUM; i++) {
			peer_post_id(peer, (uint16_t)((7 * i + step) % NUM),
				     &eight, 1);
			UNIT_ASSERT_INT(hostile_pop(peer), 1);
		}
		for (i = NUM; i-- > 0;) {
			id = (uint16_t)((7 * (i * step % NUM) + step) % NUM);
			UNIT_ASSERT_INT(virtq_device_push(vq, id, id), 0);
		}
		virtq_device_publish(vq);
		for (i = 0; i < NUM; i++) {
			id = (uint16_t)((7 * i + step) % NUM);
			hostile_expect_used(peer, id, id);
		}
		hostile_expect_none_used(peer);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(every_order_of_pushing_comes_out_in_order)

static void case_25_what_waits_is_dropped_by_a_reset(uint64_t features)
{
	struct peer *peer = hostile_start(features | HOSTILE_IN_ORDER);
	struct virtq_device *vq = &peer->device;
	uint16_t first = hostile_accept(peer, &eight, 1);
	uint16_t second = hostile_accept(peer, &eight, 1);

	UNIT_ASSERT_INT(virtq_device_push(vq, second, 8), 0);
	virtq_device_latch(vq, VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(peer_start_device(peer, peer->features), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, first, 8),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_25_what_waits_is_dropped_by_a_reset)

/* What waits has no used entry yet, so it is taken again. */
static void split_case_26_resume_in_order(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT | HOSTILE_IN_ORDER);
	struct virtq_device *vq = &peer->device;
	struct virtq_position position;
	uint16_t ids[4], i;

	hostile_serve_good(peer);
	for (i = 0; i < 4; i++)
		ids[i] = hostile_accept(peer, &eight, 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, ids[2], 8), 0);
	hostile_use(peer, ids[0], 8);
	position = virtq_device_position(vq);
	UNIT_ASSERT_INT((uint16_t)(position.avail - position.used), 3);
	UNIT_ASSERT_INT(peer_resume_device(peer, peer->features, &position), 0);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 3);
	for (i = 1; i < 4; i++)
		UNIT_ASSERT_INT(virtq_device_repop(vq, ids[i], &peer->chain),
				1);
	UNIT_ASSERT_INT(virtq_device_push(vq, ids[3], 3), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, ids[1], 1), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, ids[2], 2), 0);
	virtq_device_publish(vq);
	for (i = 1; i < 4; i++)
		hostile_expect_used(peer, ids[i], i);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void packed_case_26_resume_in_order(void)
{
	struct peer *peer = hostile_start(PEER_PACKED | HOSTILE_IN_ORDER);
	struct virtq_device *vq = &peer->device;
	struct virtq_position position;
	unsigned int round;
	uint16_t ids[4], i;

	for (round = 0; round < NUM; round++) {
		for (i = 0; i < 4; i++)
			ids[i] = hostile_accept(peer, &eight, 1);
		UNIT_ASSERT_INT(virtq_device_push(vq, ids[2], 8), 0);
		hostile_use(peer, ids[0], 8);
		position = virtq_device_position(vq);
		position.avail = position.used;
		UNIT_ASSERT_INT(peer_resume_device(peer, peer->features,
						   &position), 0);
		for (i = 1; i < 4; i++) {
			UNIT_ASSERT_INT(hostile_pop(peer), 1);
			UNIT_ASSERT_INT(peer->chain.head, ids[i]);
		}
		for (i = 3; i; i--)
			UNIT_ASSERT_INT(virtq_device_push(vq, ids[i], i), 0);
		virtq_device_publish(vq);
		for (i = 1; i < 4; i++)
			hostile_expect_used(peer, ids[i], i);
		hostile_serve_good(peer);
	}
	peer_free(peer);
}

static const struct unit_test tests[] = {
	HOSTILE_TESTS(early_pushes_wait_for_their_turn),
	HOSTILE_TESTS(push_of_what_waits_is_refused),
	HOSTILE_TESTS(case_4_id_that_waits_is_in_flight),
	HOSTILE_TESTS(every_order_of_pushing_comes_out_in_order),
	HOSTILE_TESTS(case_25_what_waits_is_dropped_by_a_reset),
	UNIT_TEST(split_case_26_resume_in_order),
	UNIT_TEST(packed_case_26_resume_in_order),
};

UNIT_MAIN("virtio_device_order", tests)
