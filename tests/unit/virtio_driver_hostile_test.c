/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver side against a hostile device, in both formats. The numbers in the
 * names are those of the threat model's list of cases; after each forged
 * completion a restart and a well-formed request must work. Batches of
 * VIRTIO_F_IN_ORDER are in virtio_driver_order_test.c.
 */
#include <string.h>

#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define A	VIRTQ_DESC_F_AVAIL
#define U	VIRTQ_DESC_F_USED

static void case_16_used_id_past_the_queue(uint64_t features)
{
	static const uint32_t bad[] = { NUM, NUM + 1, 0x7fff, 0x8000, 0xffff };
	static const uint32_t wide[] = { 0x10000, 0x80000000, UINT32_MAX };
	struct peer *peer = hostile_start_driver(features);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hostile_add(peer, 0);
		peer_complete(peer, bad[i], 1);
		hostile_expect_latch(peer, VIRTIO_ERR_HEAD, 1);
	}
	/* A split ring's id has 32 bits, and the low half is in flight. */
	for (i = 0; !peer->packed && i < sizeof(wide) / sizeof(wide[0]); i++) {
		peer_complete(peer, hostile_add(peer, 0) | wide[i], 1);
		hostile_expect_latch(peer, VIRTIO_ERR_HEAD, 1);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_16_used_id_past_the_queue)

static void case_16_used_id_of_nothing_in_flight(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	uint16_t id = hostile_add(peer, 0);

	/* Split: the second descriptor of the chain. */
	peer_complete(peer, id + 1u, 1);
	hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	hostile_add(peer, 0);
	peer_complete(peer, NUM - 1, 1);
	hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	peer_free(peer);
}
HOSTILE_BOTH(case_16_used_id_of_nothing_in_flight)

static void case_16_used_id_replayed(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	uint16_t id = hostile_add(peer, 0);

	hostile_add(peer, 1);
	peer_complete(peer, id, 1);
	peer_complete(peer, id, 1);
	hostile_expect_completion(peer, 0, 1);
	hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	peer_free(peer);
}
HOSTILE_BOTH(case_16_used_id_replayed)

static void case_17_used_length_is_clamped(uint64_t features)
{
	static const uint32_t lengths[][2] = {
		{ UINT32_MAX, HOSTILE_WRITABLE },
		{ 0x80000000, HOSTILE_WRITABLE },
		{ HOSTILE_WRITABLE + 1, HOSTILE_WRITABLE },
		{ HOSTILE_WRITABLE, HOSTILE_WRITABLE },
		{ 7, 7 },
		{ 0, 0 },
	};
	struct peer *peer = hostile_start_driver(features);
	unsigned int i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		peer_complete(peer, hostile_add(peer, i), lengths[i][0]);
		hostile_expect_completion(peer, i, lengths[i][1]);
	}
	/* Nothing was writable: whatever it says it wrote, it did not. */
	hostile_add_quietly(peer, 3, 0, 4);
	virtq_driver_publish(&peer->driver);
	peer_complete(peer, (uint32_t)peer_take(peer), 100);
	hostile_expect_completion(peer, 4, 0);
	hostile_add_quietly(peer, 0, 3, 5);
	virtq_driver_publish(&peer->driver);
	peer_complete(peer, (uint32_t)peer_take(peer), 1000);
	hostile_expect_completion(peer, 5, 16 + HOSTILE_WRITABLE);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_17_used_length_is_clamped)

static void split_case_18_used_index_jumps(void)
{
	struct peer *peer = hostile_start_driver(PEER_SPLIT);

	hostile_add(peer, 0);
	peer_set_used_idx(peer, 2);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 1);

	/* With nothing published at all. */
	hostile_add_quietly(peer, 1, 2, 0);
	peer_set_used_idx(peer, 1);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 1);

	hostile_complete_good(peer);
	peer_set_used_idx(peer, 0);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 0);

	peer_set_used_idx(peer, 0x8000);
	hostile_expect_latch(peer, VIRTIO_ERR_INDEX, 0);
	peer_free(peer);
}

/* A used descriptor of the wrong lap is none; so is one further on. */
static void packed_case_18_used_laps_forged(void)
{
	static const uint16_t laps[] = { 0, A, U, A | U };
	struct peer *peer = hostile_start_driver(PEER_PACKED);
	unsigned int round, i;
	uint16_t id, at;

	for (round = 0; round < 4 * NUM; round++) {
		id = hostile_add(peer, 0);
		at = peer->used.idx;
		for (i = 0; i < 4; i++) {
			if (laps[i] == peer_used_lap(&peer->used))
				continue;
			peer_packed(peer, at, 0, 1, id, laps[i]);
			hostile_expect_no_completion(peer);
		}
		/* In front of it, the right lap is of no use either. */
		peer_packed(peer, (uint16_t)((at + 1) % NUM), 0, 1, id,
			    peer_used_lap(&peer->used));
		hostile_expect_no_completion(peer);
		peer_complete(peer, id, 3);
		hostile_expect_completion(peer, 0, 3);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
		/* What would be the next used one, forged. */
		hostile_add(peer, 1);
		peer_complete(peer, id, 1);
		hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 1);
		/* From another place of the ring in each round. */
		for (i = 0; i < round; i++)
			hostile_complete_good(peer);
	}
	peer_free(peer);
}

/* All that a device can write of a descriptor. */
static void rewrite_descriptors(struct peer *peer, unsigned int round)
{
	uint16_t i;

	for (i = 0; i < NUM; i++) {
		if (!peer->packed)
			peer_desc(peer, i, UINT64_MAX, UINT32_MAX, 0xffff,
				  (uint16_t)(round * 7 + i));
		else
			peer_packed(peer, i, UINT64_MAX, UINT32_MAX,
				    (uint16_t)(round * 7 + i),
				    peer_avail_lap(&peer->used));
	}
}

/* Every id is free, once: all of them go out and are not alike. */
static void expect_distinct_ids(struct peer *peer)
{
	uint32_t seen = 0;
	unsigned int i;

	for (i = 0; i < NUM; i++) {
		hostile_add_quietly(peer, 1, 0, i);
		virtq_driver_publish(&peer->driver);
		seen |= 1u << peer_take(peer);
	}
	UNIT_ASSERT_INT(seen, (1u << NUM) - 1);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), 0);
}

static void case_19_descriptors_rewritten_by_the_device(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	unsigned int round;
	uint16_t id;

	for (round = 0; round < 3 * NUM; round++) {
		id = hostile_add(peer, round % NUM);
		rewrite_descriptors(peer, round);
		peer_complete(peer, id, 1);
		hostile_expect_completion(peer, round % NUM, 1);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	}
	hostile_complete_good(peer);
	expect_distinct_ids(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_19_descriptors_rewritten_by_the_device)

static void case_19_driver_area_scribbled_by_the_device(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	unsigned int round;
	uint16_t id;

	for (round = 0; round < 3 * NUM; round++) {
		id = hostile_add(peer, 0);
		memset(peer->ring.avail, 0x5a,
		       peer->packed ? 4 : virtq_avail_bytes(NUM));
		peer_complete(peer, id, 2);
		hostile_expect_completion(peer, 0, 2);
	}
	hostile_complete_good(peer);
	if (!peer->packed)
		UNIT_ASSERT_INT(peer_read_avail_idx(peer), 3 * NUM + 1);
	peer_free(peer);
}
HOSTILE_BOTH(case_19_driver_area_scribbled_by_the_device)

static void case_19_tables_rewritten_by_the_device(uint64_t features)
{
	struct peer *peer = peer_new(NUM);
	unsigned int round;
	uint16_t id;

	peer->table_entries = 4;
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	for (round = 0; round < 3 * NUM; round++) {
		id = hostile_add(peer, 0);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM - 1);
		memset(peer_at(peer, PEER_TABLES), 0xa5, NUM * 4 * 16);
		peer_complete(peer, id, UINT32_MAX);
		hostile_expect_completion(peer, 0, HOSTILE_WRITABLE);
	}
	hostile_complete_good(peer);
	expect_distinct_ids(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_19_tables_rewritten_by_the_device)

/* Gains the device nothing: it may read the descriptors anyway. */
static void buffer_used_before_it_was_published(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	uint16_t first = hostile_add(peer, 0), second = 3;

	/* The id that an honest device would see: of the next free slot. */
	if (peer->packed)
		second = 1;
	peer->lengths[second] = 3;
	hostile_add_quietly(peer, 1, 2, 1);
	peer_complete(peer, second, 1);
	hostile_expect_completion(peer, 1, 1);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(&peer->driver));
	virtq_driver_publish(&peer->driver);
	UNIT_ASSERT_INT(peer_take(peer), second);
	peer_complete(peer, first, 1);
	hostile_expect_completion(peer, 0, 1);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(buffer_used_before_it_was_published)

/* What was exposed is not asked about, what was not stays hidden. */
static void latched_queue_shows_and_asks_nothing(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);

	hostile_add_quietly(peer, 1, 2, 0);
	virtq_driver_expose(&peer->driver);
	hostile_add_quietly(peer, 1, 2, 1);
	peer_complete(peer, NUM - 1, 0);
	hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 2);
	/* Nor if that is all there was, and the device wants to hear of it. */
	if (peer->packed)
		peer_set_device_event(peer, 0, RING_EVENT_FLAGS_ENABLE);
	else
		peer_set_avail_event(peer, 0);
	hostile_add_quietly(peer, 1, 2, 0);
	virtq_driver_expose(&peer->driver);
	peer_complete(peer, NUM - 1, 0);
	hostile_expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	peer_free(peer);
}
HOSTILE_BOTH(latched_queue_shows_and_asks_nothing)

/* Both give everything back, in whatever state the queue is. */
static void case_25_reset_with_buffers_in_flight(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	unsigned int round, i;
	void *cookie, *seen[5];

	for (round = 0; round < 2 * NUM; round++) {
		for (i = 0; i < 3; i++)
			hostile_add(peer, i);
		hostile_add_quietly(peer, 1, 2, 3);
		for (i = 0; i < 4; i++)
			CU_ASSERT_TRUE(virtq_driver_detach(&peer->driver,
							   &seen[i]));
		CU_ASSERT_FALSE(virtq_driver_detach(&peer->driver, &cookie));
		CU_ASSERT_PTR_NOT_EQUAL(seen[0], seen[1]);
		CU_ASSERT_PTR_NOT_EQUAL(seen[2], seen[3]);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
		UNIT_ASSERT_INT(virtq_driver_error(&peer->driver),
				VIRTIO_ERR_NEEDS_RESET);
		CU_ASSERT_FALSE(virtq_driver_publish(&peer->driver));
		UNIT_ASSERT_INT(virtq_driver_add(&peer->driver,
						 hostile_segments, 1, 2, NULL),
				VIRTIO_ERR_NEEDS_RESET);
		/* A completion that comes too late is of no queue. */
		peer_complete(peer, 0, 1);
		UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
		hostile_expect_no_completion(peer);
		for (i = 0; i < round % NUM; i++)
			hostile_complete_good(peer);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_25_reset_with_buffers_in_flight)

/* Straight from work to a new start, as if nothing had been. */
static void case_25_restart_forgets_everything(uint64_t features)
{
	const uint64_t plain = features & ~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	struct peer *peer = hostile_start_driver(plain);
	struct virtq_driver *vq = &peer->driver;
	void *cookie;
	uint16_t id;

	/* Added and not exposed; exposed and not asked about. */
	hostile_add_quietly(peer, 1, 2, 0);
	UNIT_ASSERT_INT(peer_start_driver(peer, plain), 0);
	CU_ASSERT_FALSE(virtq_driver_publish(vq));
	UNIT_ASSERT_INT(peer_take(peer), -1);
	CU_ASSERT_FALSE(virtq_driver_detach(vq, &cookie));
	UNIT_ASSERT_INT(peer_start_driver(peer, plain), 0);
	hostile_add_quietly(peer, 1, 2, 0);
	virtq_driver_expose(vq);
	UNIT_ASSERT_INT(peer_start_driver(peer, plain), 0);
	CU_ASSERT_FALSE(virtq_driver_publish(vq));
	UNIT_ASSERT_INT(peer_take(peer), -1);
	/* Seen to be used, and not taken. */
	id = hostile_add(peer, 0);
	peer_complete(peer, id, 1);
	peer_complete(peer, hostile_add(peer, 1), 1);
	hostile_expect_completion(peer, 0, 1);
	UNIT_ASSERT_INT(peer_start_driver(peer, plain), 0);
	hostile_expect_no_completion(peer);
	/* And what had been asked of the device before. */
	virtq_driver_disable_callbacks(vq);
	UNIT_ASSERT_INT(peer_start_driver(peer, plain), 0);
	virtq_driver_disable_callbacks(vq);
	UNIT_ASSERT_INT(peer->packed ? peer_read_driver_event(peer).flags :
				       peer_read_avail_flags(peer), 1);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_25_restart_forgets_everything)

static const struct unit_test tests[] = {
	HOSTILE_TESTS(case_16_used_id_past_the_queue),
	HOSTILE_TESTS(case_16_used_id_of_nothing_in_flight),
	HOSTILE_TESTS(case_16_used_id_replayed),
	HOSTILE_TESTS(case_17_used_length_is_clamped),
	UNIT_TEST(split_case_18_used_index_jumps),
	UNIT_TEST(packed_case_18_used_laps_forged),
	HOSTILE_TESTS(case_19_descriptors_rewritten_by_the_device),
	HOSTILE_TESTS(case_19_driver_area_scribbled_by_the_device),
	HOSTILE_TESTS(case_19_tables_rewritten_by_the_device),
	HOSTILE_TESTS(buffer_used_before_it_was_published),
	HOSTILE_TESTS(latched_queue_shows_and_asks_nothing),
	HOSTILE_TESTS(case_25_reset_with_buffers_in_flight),
	HOSTILE_TESTS(case_25_restart_forgets_everything),
};

UNIT_MAIN("virtio_driver_hostile", tests)
