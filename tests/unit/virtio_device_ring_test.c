/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side against hostile indices and laps, and what a latched queue
 * and a reset leave behind. The numbers in the names are those of the threat
 * model's list of cases; what comes before is in virtio_device_setup_test.c.
 */
#include <string.h>

#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define W	VIRTQ_DESC_F_WRITE
#define N	VIRTQ_DESC_F_NEXT
#define A	VIRTQ_DESC_F_AVAIL
#define U	VIRTQ_DESC_F_USED

static const struct peer_piece eight = { PEER_BUS + BUF, 8, W };

static void split_case_3_available_index_jumps(void)
{
	static const uint16_t jumps[] = { NUM + 1, 0x7fff, 0x8000, 0xffff };
	struct peer *peer = hostile_start(PEER_SPLIT);
	unsigned int i;

	for (i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		peer_set_avail_idx(peer, jumps[i]);
		hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	}
	hostile_serve_good(peer);
	peer_set_avail_idx(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

static void split_case_3_available_index_over_an_entry_in_flight(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);

	hostile_accept(peer, &eight, 1);
	peer_set_avail_idx(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);

	/* Of two in flight, over one of them. */
	hostile_accept(peer, &eight, 1);
	hostile_accept(peer, &eight, 1);
	peer_set_avail_idx(peer, 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

/* Split: past 65536. Packed: some thousand laps, in rings of any size. */
static void case_3_positions_wrap(uint64_t features)
{
	static const uint32_t sizes[] = { 16, 1, 2, 3, 7, 15 };
	const struct peer_piece pair[2] = { { PEER_BUS + BUF, 8, 0 }, eight };
	unsigned int s, i, wrong;

	for (s = 0; s < (features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) ?
			 sizeof(sizes) / sizeof(sizes[0]) : 3); s++) {
		struct peer *peer = peer_new(sizes[s]);

		wrong = peer_start_device(peer, features) != 0;
		for (i = 0; i < 0x10000 + 48; i++) {
			struct virtq_used_elem used = { 0 };
			uint16_t id = peer_post(peer, pair,
						(uint16_t)(i % 2 &&
							   sizes[s] > 1) + 1);

			wrong += hostile_pop(peer) != 1;
			wrong += virtq_device_push(&peer->device, id, i) != 0;
			virtq_device_publish(&peer->device);
			wrong += !peer_collect(peer, &used);
			wrong += used.id != id || used.len != i;
			wrong += peer_collect(peer, &used);
		}
		UNIT_ASSERT_INT(wrong, 0);
		peer_free(peer);
	}
}
HOSTILE_BOTH(case_3_positions_wrap)

/* Each pop finds one more; nothing is ever completed. */
static void split_case_3_available_index_runs_away(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);
	unsigned int i;

	for (i = 0; i < NUM; i++)
		hostile_accept(peer, &eight, 1);
	UNIT_ASSERT_INT(virtq_device_in_flight(&peer->device), NUM);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

/* Descriptors made available a second time before they were used. */
static void packed_case_3_driver_runs_away(void)
{
	const struct peer_piece pair[2] = { { PEER_BUS + BUF, 8, 0 }, eight };
	struct peer *peer = hostile_start(PEER_PACKED);
	uint16_t i;

	/* All in flight under half of the ids, and then one more. */
	for (i = 0; i < NUM / 2; i++) {
		peer_post_id(peer, i, pair, 2);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	}
	peer_post_id(peer, NUM - 1, &eight, 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);

	/* One descriptor is free, and the chain takes two. */
	for (i = 0; i < NUM / 2 - 1; i++) {
		peer_post_id(peer, i, pair, 2);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	}
	peer_post_id(peer, i, &eight, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	peer_post_id(peer, NUM - 1, pair, 2);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);

	/* What was used makes room, and no more than that. */
	for (i = 0; i < NUM / 2; i++) {
		peer_post_id(peer, i, pair, 2);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	}
	hostile_use(peer, 3, 8);
	peer_post_id(peer, NUM - 1, pair, 2);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	peer_post_id(peer, 3, &eight, 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

/* Of the four combinations one is available; which one, the lap decides. */
static void packed_case_3_stale_laps_are_not_available(void)
{
	static const uint16_t laps[] = { 0, A, U, A | U };
	struct peer *peer = hostile_start(PEER_PACKED);
	struct virtq_device *vq = &peer->device;
	unsigned int lap, i;
	int available;

	for (lap = 0; lap < 4; lap++) {
		for (i = 0; i < 4; i++) {
			available = laps[i] == peer_avail_lap(&peer->avail);
			peer_packed(peer, 0, peer_bus(BUF), 8, 0, laps[i]);
			UNIT_ASSERT_INT(virtq_device_has_available(vq),
					available);
			UNIT_ASSERT_INT(hostile_pop(peer), available);
			if (available)
				UNIT_ASSERT_INT(virtq_device_push(vq, 0, 0), 0);
			UNIT_ASSERT_INT(virtq_device_error(&peer->device), 0);
			/* The ring moved on by one: fill the lap. */
			if (available)
				break;
		}
		virtq_device_publish(&peer->device);
		hostile_expect_used(peer, 0, 0);
		peer_advance(peer, &peer->avail, 1);
		while (peer->avail.idx)
			hostile_use(peer, hostile_accept(peer, &eight, 1), 8);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}

/* Nobody looks at the laps inside a chain: the first descriptor counts. */
static void packed_laps_inside_a_chain_are_ignored(void)
{
	static const uint16_t laps[] = { 0, A, U, A | U };
	struct peer *peer = hostile_start(PEER_PACKED);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		peer_packed(peer, 1, peer_bus(BUF), 8, 0, W | laps[i]);
		peer_packed(peer, 0, peer_bus(BUF), 8, 0, N | A);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
		UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 2);
		UNIT_ASSERT_INT(peer_start_device(peer, PEER_PACKED), 0);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_4_same_id_twice_in_flight(uint64_t features)
{
	struct peer *peer = hostile_start(features);

	peer_post_id(peer, 5, &eight, 1);
	peer_post_id(peer, 5, &eight, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_REUSED);
	/* After its use it is as good as new. */
	peer_post_id(peer, 5, &eight, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	hostile_use(peer, 5, 8);
	peer_post_id(peer, 5, &eight, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	peer_post_id(peer, 5, &eight, 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_REUSED);
	peer_free(peer);
}
HOSTILE_BOTH(case_4_same_id_twice_in_flight)

static void case_4_head_of_another_queue(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer *other = hostile_start(features);

	/* The number means a buffer of this queue, here an empty one. */
	peer_post_id(other, 9, &eight, 1);
	UNIT_ASSERT_INT(hostile_pop(other), 1);
	peer_post_id(peer, 9, &(struct peer_piece){ 0 }, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 0);
	hostile_use(peer, 9, 0);
	hostile_expect_none_used(other);
	UNIT_ASSERT_INT(virtq_device_in_flight(&other->device), 1);
	hostile_use(other, 9, 8);
	hostile_serve_good(peer);
	hostile_serve_good(other);
	peer_free(peer);
	peer_free(other);
}
HOSTILE_BOTH(case_4_head_of_another_queue)

static void case_13_used_ring_scribbled(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	unsigned int i;

	/* With one in flight, and over what it was posted with. */
	uint16_t id = hostile_accept(peer, &eight, 1);

	memset(peer->ring.used, 0xa5, peer->packed ? 4 : virtq_used_bytes(NUM));
	for (i = 0; peer->packed && i < NUM; i++)
		peer_packed(peer, (uint16_t)i, 0xa5a5, 0xa5a5, 0xa5a5, 0x2525);
	hostile_use(peer, id, 8);
	for (i = 0; i < 3 * NUM; i++) {
		memset(peer->ring.used, 0xa5,
		       peer->packed ? 4 : virtq_used_bytes(NUM));
		hostile_serve_good(peer);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_13_used_ring_scribbled)

static void case_15_work_and_slots_are_bounded(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer *other = hostile_start(features);
	unsigned int i;

	for (i = 0; i < NUM; i++)
		peer_post(peer, &eight, 1);
	for (i = 0; i < NUM; i++)
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	/* Kicks without new work find none. */
	for (i = 0; i < 1000; i++) {
		UNIT_ASSERT_INT(hostile_pop(peer), 0);
		CU_ASSERT_FALSE(virtq_device_enable_notifications(
			&peer->device));
	}
	peer_post(peer, &eight, 1);
	CU_ASSERT_TRUE(hostile_pop(peer) < 0);
	hostile_serve_good(other);
	peer_free(peer);
	peer_free(other);
}
HOSTILE_BOTH(case_15_work_and_slots_are_bounded)

static void push_of_what_was_not_popped_is_refused(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct peer_piece pair[2] = { eight, eight };
	struct virtq_device *vq = &peer->device;
	uint16_t id;

	UNIT_ASSERT_INT(virtq_device_push(vq, NUM, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_push(vq, 0xffff, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_push(vq, 0, 0), VIRTIO_ERR_NOT_IN_FLIGHT);
	id = hostile_accept(peer, pair, 2);
	/* The tail of a chain is not its head. */
	UNIT_ASSERT_INT(virtq_device_push(vq, (uint16_t)(id + 1), 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	hostile_use(peer, id, 8);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_in_flight(vq), 0);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(push_of_what_was_not_popped_is_refused)

static void case_25_late_completion_after_a_reset(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	uint16_t id = hostile_accept(peer, &eight, 1);
	struct virtq_device *vq = &peer->device;

	virtq_device_latch(vq, VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), VIRTIO_ERR_NOT_IN_FLIGHT);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_25_late_completion_after_a_reset)

static void case_25_unpublished_is_dropped_by_a_reset(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	uint16_t id = hostile_accept(peer, &eight, 1);
	struct virtq_device *vq = &peer->device;

	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), 0);
	virtq_device_latch(vq, VIRTIO_ERR_NEEDS_RESET);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	/* The first error stays; one that is none is not taken. */
	virtq_device_latch(vq, VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(virtq_device_error(vq), VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	virtq_device_latch(vq, 0);
	UNIT_ASSERT_INT(virtq_device_error(vq), VIRTIO_ERR_INVALID);

	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	/* Exposed, not asked for, and dropped too. */
	id = hostile_accept(peer, &eight, 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), 0);
	virtq_device_expose(vq);
	virtq_device_latch(vq, VIRTIO_ERR_NEEDS_RESET);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_25_unpublished_is_dropped_by_a_reset)

/* What was served before is not lost to what was found after. */
static void case_27_pushed_before_a_bad_chain_is_published(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	uint16_t id = hostile_accept(peer, &eight, 1);

	UNIT_ASSERT_INT(virtq_device_push(&peer->device, id, 8), 0);
	peer_post(peer, &(struct peer_piece){ 0, 1, 0 }, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_RANGE);
	virtq_device_publish(&peer->device);
	hostile_expect_used(peer, id, 8);
	hostile_expect_none_used(peer);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_27_pushed_before_a_bad_chain_is_published)

/* After a bad chain and a reset every id and descriptor is there again. */
static void case_27_bad_chain_leaks_no_slot(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	unsigned int round, i;

	for (round = 0; round < 2 * NUM; round++) {
		for (i = 0; i < round % NUM; i++)
			hostile_accept(peer, &eight, 1);
		hostile_refuse_single(peer, 0, 1, 0, VIRTIO_ERR_RANGE);
	}
	for (i = 0; i < NUM; i++)
		hostile_accept(peer, &eight, 1);
	for (i = 0; i < NUM; i++)
		hostile_use(peer, (uint16_t)(i * 5 % NUM), i);
	UNIT_ASSERT_INT(virtq_device_in_flight(&peer->device), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_27_bad_chain_leaks_no_slot)

static const struct unit_test tests[] = {
	UNIT_TEST(split_case_3_available_index_jumps),
	UNIT_TEST(split_case_3_available_index_over_an_entry_in_flight),
	HOSTILE_TESTS(case_3_positions_wrap),
	UNIT_TEST(split_case_3_available_index_runs_away),
	UNIT_TEST(packed_case_3_driver_runs_away),
	UNIT_TEST(packed_case_3_stale_laps_are_not_available),
	UNIT_TEST(packed_laps_inside_a_chain_are_ignored),
	HOSTILE_TESTS(case_4_same_id_twice_in_flight),
	HOSTILE_TESTS(case_4_head_of_another_queue),
	HOSTILE_TESTS(case_13_used_ring_scribbled),
	HOSTILE_TESTS(case_15_work_and_slots_are_bounded),
	HOSTILE_TESTS(push_of_what_was_not_popped_is_refused),
	HOSTILE_TESTS(case_25_late_completion_after_a_reset),
	HOSTILE_TESTS(case_25_unpublished_is_dropped_by_a_reset),
	HOSTILE_TESTS(case_27_pushed_before_a_bad_chain_is_published),
	HOSTILE_TESTS(case_27_bad_chain_leaks_no_slot),
};

UNIT_MAIN("virtio_device_ring", tests)
