/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver side with VIRTIO_F_IN_ORDER (VirtIO 1.2, 2.7.9 and 2.8.8): one
 * used entry may stand for many buffers; and what a hostile device can make of
 * that, in both formats.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM

/* Four buffers in flight, tags 0 to 3. */
static void add_four(struct peer *peer, uint16_t *ids)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		ids[i] = hostile_add(peer, i);
}

static void batches_come_back_one_by_one(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	unsigned int round, i, first;
	uint16_t ids[4];

	for (round = 0; round < 4 * NUM; round++) {
		add_four(peer, ids);
		/* One alone, then the rest at once; or all four at once. */
		first = round % 2;
		if (first) {
			peer_complete(peer, ids[0], 9);
			hostile_expect_completion(peer, 0, 9);
			hostile_expect_no_completion(peer);
		}
		peer_complete_batch(peer, ids + first, 4 - first, 5);
		/* Of those before the last nothing is known: all of it. */
		for (i = first; i < 3; i++)
			hostile_expect_completion(peer, i, HOSTILE_WRITABLE);
		hostile_expect_completion(peer, 3, 5);
		hostile_expect_no_completion(peer);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	}
	peer_free(peer);
}
HOSTILE_BOTH(batches_come_back_one_by_one)

/* Of the ring full of chains of any length, so that no descriptor is free. */
static void batches_of_a_full_ring(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	struct virtq_segment all[NUM];
	unsigned int length, round, count, i;
	uint16_t ids[NUM];

	for (i = 0; i < NUM; i++)
		all[i] = hostile_segments[0];
	for (length = 1; length <= NUM; length++) {
		for (round = 0; round < 2 * NUM; round++) {
			struct virtq_completion done = { 0 };

			count = NUM / length;
			for (i = 0; i < count; i++) {
				UNIT_ASSERT_INT(virtq_driver_add(
					&peer->driver, all, length, 0,
					&ids[i]), 0);
				virtq_driver_publish(&peer->driver);
				ids[i] = (uint16_t)peer_take(peer);
			}
			peer_complete_batch(peer, ids, count / 2 + 1, 0);
			if (count / 2 + 1 < count)
				peer_complete_batch(peer, ids + count / 2 + 1,
						    count - count / 2 - 1, 0);
			for (i = 0; i < count; i++) {
				UNIT_ASSERT_INT(virtq_driver_get(&peer->driver,
								 &done), 1);
				CU_ASSERT_PTR_EQUAL(done.cookie, &ids[i]);
			}
			hostile_expect_no_completion(peer);
		}
	}
	peer_free(peer);
}
HOSTILE_BOTH(batches_of_a_full_ring)

/* While a batch is being returned there is work, whatever the ring says. */
static void callbacks_wait_for_the_end_of_a_batch(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	uint16_t ids[4];

	add_four(peer, ids);
	peer_complete_batch(peer, ids, 3, 5);
	hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
	CU_ASSERT_TRUE(virtq_driver_has_used(&peer->driver));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(&peer->driver));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks_delayed(&peer->driver));
	/* What the device writes in between counts for nothing. */
	if (peer->packed)
		peer_packed(peer, 0, 0, 0, 0xffff, 0);
	hostile_expect_completion(peer, 1, HOSTILE_WRITABLE);
	hostile_expect_completion(peer, 2, 5);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&peer->driver));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(&peer->driver));
	peer_complete(peer, ids[3], 1);
	hostile_expect_completion(peer, 3, 1);
	peer_free(peer);
}
HOSTILE_BOTH(callbacks_wait_for_the_end_of_a_batch)

static void case_16_batch_that_ends_past_the_queue(uint64_t features)
{
	static const uint32_t bad[] = { NUM, 0x7fff, 0x8000, 0xffff };
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	uint16_t ids[4];
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		add_four(peer, ids);
		peer_complete(peer, bad[i], 1);
		hostile_expect_latch(peer, VIRTIO_ERR_HEAD, 4);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_16_batch_that_ends_past_the_queue)

/* All in flight come back, none of them twice, and then it is over. */
static void case_16_batch_that_ends_with_none_in_flight(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	uint16_t ids[4], forged[5];
	unsigned int i;

	add_four(peer, ids);
	for (i = 0; i < 4; i++)
		forged[i] = ids[i];
	forged[4] = NUM - 1;
	/* Split: an index that says no more than there is. */
	peer_complete_batch(peer, forged + 1, 4, 1);
	for (i = 0; i < 4; i++)
		hostile_expect_completion(peer, i, HOSTILE_WRITABLE);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 0);
	/* The same with nothing in flight at all. */
	if (peer->packed) {
		peer_complete(peer, 0, 1);
		hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 0);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_16_batch_that_ends_with_none_in_flight)

/* An id that was in flight before, as a batch of its own. */
static void case_16_batch_replayed(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	uint16_t ids[4];

	add_four(peer, ids);
	peer_complete_batch(peer, ids, 2, 1);
	peer_complete(peer, ids[0], 1);
	hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
	hostile_expect_completion(peer, 1, 1);
	/* Taken for a batch that ends beyond the last one in flight. */
	hostile_expect_completion(peer, 2, HOSTILE_WRITABLE);
	if (peer->packed)
		hostile_expect_completion(peer, 3, HOSTILE_WRITABLE);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, !peer->packed);
	peer_free(peer);
}
HOSTILE_BOTH(case_16_batch_replayed)

/* The entry names one further on than the index counts. */
static void split_case_18_batch_beyond_the_used_index(void)
{
	struct peer *peer = hostile_start_driver(PEER_SPLIT | HOSTILE_IN_ORDER);
	uint16_t ids[4];

	add_four(peer, ids);
	peer_used(peer, ids[2], 1);
	hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 3);
	peer_free(peer);
}

static void split_case_18_used_index_jumps_in_order(void)
{
	struct peer *peer = hostile_start_driver(PEER_SPLIT | HOSTILE_IN_ORDER);
	uint16_t ids[4];

	add_four(peer, ids);
	peer_set_used_idx(peer, 5);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 4);
	peer_set_used_idx(peer, 0xffff);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 0);
	peer_free(peer);
}

/* A batch that runs into what the device has not been shown. */
static void batch_over_what_was_not_published(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	uint16_t ids[2];

	ids[0] = hostile_add(peer, 0);
	hostile_add_quietly(peer, 1, 2, 1);
	ids[1] = peer->packed ? 1 : 3;
	peer->lengths[ids[1]] = 3;
	if (!peer->packed) {
		peer_complete_batch(peer, ids, 2, 1);
		hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 2);
	} else {
		/* Its own harm: the buffer goes back as it was. */
		peer_complete_batch(peer, ids, 2, 1);
		hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
		hostile_expect_completion(peer, 1, 1);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
		UNIT_ASSERT_INT(peer_start_driver(peer, peer->features), 0);
	}
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(batch_over_what_was_not_published)

static void case_25_reset_in_the_middle_of_a_batch(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features | HOSTILE_IN_ORDER);
	unsigned int round, i;
	uint16_t ids[4];
	void *cookie;

	for (round = 0; round < 2 * NUM; round++) {
		add_four(peer, ids);
		peer_complete_batch(peer, ids, 3, 5);
		hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
		for (i = 0; i < 3; i++)
			CU_ASSERT_TRUE(virtq_driver_detach(&peer->driver,
							   &cookie));
		CU_ASSERT_FALSE(virtq_driver_detach(&peer->driver, &cookie));
		UNIT_ASSERT_INT(peer_start_driver(peer, peer->features), 0);
		hostile_expect_no_completion(peer);
		hostile_complete_good(peer);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_25_reset_in_the_middle_of_a_batch)

static const struct unit_test tests[] = {
	HOSTILE_TESTS(batches_come_back_one_by_one),
	HOSTILE_TESTS(batches_of_a_full_ring),
	HOSTILE_TESTS(callbacks_wait_for_the_end_of_a_batch),
	HOSTILE_TESTS(case_16_batch_that_ends_past_the_queue),
	HOSTILE_TESTS(case_16_batch_that_ends_with_none_in_flight),
	HOSTILE_TESTS(case_16_batch_replayed),
	UNIT_TEST(split_case_18_batch_beyond_the_used_index),
	UNIT_TEST(split_case_18_used_index_jumps_in_order),
	HOSTILE_TESTS(batch_over_what_was_not_published),
	HOSTILE_TESTS(case_25_reset_in_the_middle_of_a_batch),
};

UNIT_MAIN("virtio_driver_order", tests)
