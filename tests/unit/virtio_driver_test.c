/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver side's contract with its caller, in both formats: what it writes
 * into the ring and what it refuses. A hostile device is in
 * virtio_driver_hostile_test.c.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define W	VIRTQ_DESC_F_WRITE
#define N	VIRTQ_DESC_F_NEXT
#define I	VIRTQ_DESC_F_INDIRECT
#define A	VIRTQ_DESC_F_AVAIL
#define U	VIRTQ_DESC_F_USED

static const struct virtq_segment *const segments = hostile_segments;

static void split_chain_is_written_as_specified(void)
{
	struct peer *peer = hostile_start_driver(PEER_SPLIT);
	uint16_t head = hostile_add(peer, 0);
	struct virtq_desc desc = peer_read_desc(peer, head);

	UNIT_ASSERT_INT(peer_read_avail_idx(peer), 1);
	UNIT_ASSERT_INT(desc.addr, segments[0].addr);
	UNIT_ASSERT_INT(desc.len, 16);
	UNIT_ASSERT_INT(desc.flags, N);
	desc = peer_read_desc(peer, desc.next);
	UNIT_ASSERT_INT(desc.addr, segments[1].addr);
	UNIT_ASSERT_INT(desc.flags, N | W);
	desc = peer_read_desc(peer, desc.next);
	UNIT_ASSERT_INT(desc.len, 1);
	UNIT_ASSERT_INT(desc.flags, W);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM - 3);
	peer_free(peer);
}

static void packed_chain_is_written_as_specified(void)
{
	static const uint16_t flags[] = { N, N | W, W };
	struct peer *peer = hostile_start_driver(PEER_PACKED);
	struct pvirtq_desc desc;
	unsigned int round, i;
	uint16_t id;

	/* Through the end of the ring, where the lap changes. */
	for (round = 0; round < 3 * NUM; round++) {
		struct peer_place place = peer->avail;

		id = hostile_add(peer, 0);
		for (i = 0; i < 3; i++) {
			desc = peer_read_packed(peer, place.idx);
			UNIT_ASSERT_INT(desc.addr, segments[i].addr);
			UNIT_ASSERT_INT(desc.len, segments[i].len);
			UNIT_ASSERT_INT(desc.flags,
					flags[i] | peer_avail_lap(&place));
			peer_advance(peer, &place, 1);
		}
		UNIT_ASSERT_INT(desc.id, id);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM - 3);
		peer_complete(peer, id, 1);
		hostile_expect_completion(peer, 0, 1);
	}
	peer_free(peer);
}

static void table_is_written_as_specified(uint64_t features)
{
	static const uint16_t flags[] = { 0, W, W };
	struct peer *peer = peer_new(NUM);
	const struct virtq_desc *table;
	uint32_t offset;
	uint16_t i, id;

	peer->table_entries = 3;
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_add(peer, 0);
	id = hostile_add(peer, 1);
	/* At the same place in either: address and length. */
	UNIT_ASSERT_INT(peer_read_desc(peer, 1).addr,
			peer_bus(PEER_TABLES) + id * 48u);
	UNIT_ASSERT_INT(peer_read_desc(peer, 1).len, 48);
	if (peer->packed)
		UNIT_ASSERT_INT(peer_read_packed(peer, 1).flags, I | A);
	else
		UNIT_ASSERT_INT(peer_read_desc(peer, 1).flags, I);
	for (i = 0; i < 3; i++) {
		offset = PEER_TABLES + id * 48u + i * 16u;
		table = peer_at(peer, offset);
		UNIT_ASSERT_INT(virtio_le64(table->addr), segments[i].addr);
		UNIT_ASSERT_INT(virtio_le32(table->len), segments[i].len);
		if (peer->packed) {
			/* In this format the flags come last. */
			UNIT_ASSERT_INT(virtio_le16(table->next), flags[i]);
			continue;
		}
		UNIT_ASSERT_INT(virtio_le16(table->flags),
				flags[i] | (i < 2 ? N : 0));
		if (i < 2)
			UNIT_ASSERT_INT(virtio_le16(table->next), i + 1);
	}
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM - 2);
	peer_free(peer);
}
HOSTILE_BOTH(table_is_written_as_specified)

/* One segment needs no table, four do not fit one, and tables that were not
 * negotiated are not used. */
static void tables_are_used_where_they_help(uint64_t features)
{
	struct virtq_segment four[4] = { segments[0], segments[0], segments[0],
					 segments[0] };
	struct peer *peer = peer_new(NUM);
	struct virtq_driver *vq = &peer->driver;

	peer->table_entries = 3;
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	UNIT_ASSERT_INT(virtq_driver_add(vq, four, 1, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_add(vq, four, 4, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_free(vq), NUM - 5);
	UNIT_ASSERT_INT(virtq_driver_add(vq, four, 3, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_free(vq), NUM - 6);
	virtq_driver_publish(vq);
	CU_ASSERT_FALSE((peer->packed ? peer_read_packed(peer, 0).flags :
					peer_read_desc(peer, 0).flags) & I);
	UNIT_ASSERT_INT(peer_start_driver(
		peer, features & ~VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC)), 0);
	UNIT_ASSERT_INT(virtq_driver_add(vq, four, 3, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_free(vq), NUM - 3);
	peer_free(peer);
}
HOSTILE_BOTH(tables_are_used_where_they_help)

static void nothing_is_visible_before_publish(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	unsigned int round, i;
	int ids[3];

	for (round = 0; round < 2 * NUM; round++) {
		for (i = 0; i < 3; i++)
			hostile_add_quietly(peer, 1, 0, i);
		UNIT_ASSERT_INT(peer_take(peer), -1);
		virtq_driver_publish(&peer->driver);
		for (i = 0; i < 3; i++) {
			ids[i] = peer_take(peer);
			CU_ASSERT_TRUE(ids[i] >= 0);
		}
		UNIT_ASSERT_INT(peer_take(peer), -1);
		CU_ASSERT_FALSE(virtq_driver_publish(&peer->driver));
		for (i = 0; i < 3; i++) {
			peer_complete(peer, (uint32_t)ids[i], 0);
			hostile_expect_completion(peer, i, 0);
		}
	}
	peer_free(peer);
}
HOSTILE_BOTH(nothing_is_visible_before_publish)

static void callers_mistakes_change_nothing(uint64_t features)
{
	static const struct virtq_segment empty[] = {
		{ .addr = PEER_BUS, .len = 1 }, { .addr = PEER_BUS },
	};
	static const struct virtq_segment huge[] = {
		{ .addr = PEER_BUS, .len = UINT32_MAX },
		{ .addr = PEER_BUS, .len = 1 },
	};
	struct peer *peer = hostile_start_driver(features);
	struct virtq_driver *vq = &peer->driver;
	unsigned int i;

	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 0, 0, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, NUM, 1, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, NUM, NULL),
			VIRTIO_ERR_INVALID);
	/* Sums that wrap. */
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, ~0u, 2, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 2, ~0u, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, empty, 1, 1, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, huge, 1, 1, NULL),
			VIRTIO_ERR_LENGTH);
	UNIT_ASSERT_INT(virtq_driver_free(vq), NUM);
	for (i = 0; i < NUM / 3; i++)
		hostile_add(peer, i);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 2, NULL),
			VIRTIO_ERR_FULL);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_free(vq), 0);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL),
			VIRTIO_ERR_FULL);
	UNIT_ASSERT_INT(virtq_driver_error(vq), 0);
	peer_free(peer);
}
HOSTILE_BOTH(callers_mistakes_change_nothing)

static void expect_refused_config(struct peer *peer,
				  const struct virtq_driver_config *config,
				  int error)
{
	struct virtq_completion done;

	UNIT_ASSERT_INT(virtq_driver_init(&peer->driver, config), error);
	UNIT_ASSERT_INT(virtq_driver_error(&peer->driver), error);
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 2, NULL),
			error);
	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), error);
	CU_ASSERT_FALSE(virtq_driver_publish(&peer->driver));
}

static void bad_sizes_are_refused(uint64_t features)
{
	static const uint32_t bad[] = { 0, 0x8001, 0x10000, UINT32_MAX };
	struct peer *peer = peer_new(NUM);
	struct virtq_driver_config config = {
		.ring = peer->ring, .features = features, .slots = peer->slots,
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		config.ring.num = bad[i];
		expect_refused_config(peer, &config, VIRTIO_ERR_QUEUE_SIZE);
	}
	config.ring.num = 12;
	if (features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))
		UNIT_ASSERT_INT(virtq_driver_init(&peer->driver, &config), 0);
	else
		expect_refused_config(peer, &config, VIRTIO_ERR_QUEUE_SIZE);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(bad_sizes_are_refused)

static void missing_or_misaligned_parts_are_refused(uint64_t features)
{
	struct peer *peer = peer_new(NUM);
	const struct virtq_driver_config good = {
		.ring = peer->ring, .features = features, .slots = peer->slots,
		.tables = peer_at(peer, PEER_TABLES),
		.tables_addr = peer_bus(PEER_TABLES), .table_entries = 4,
	};
	struct virtq_driver_config bad[11];
	unsigned int i;

	for (i = 0; i < 11; i++)
		bad[i] = good;
	bad[0].slots = NULL;
	bad[1].ring.desc = NULL;
	bad[2].ring.avail = NULL;
	bad[3].ring.used = NULL;
	bad[4].table_entries = 0;
	for (i = 0; i < 5; i++)
		expect_refused_config(peer, &bad[i], VIRTIO_ERR_INVALID);
	bad[5].ring.desc = peer_at(peer, 8);
	bad[6].ring.avail = (void *)((char *)good.ring.avail + 1);
	bad[7].ring.used = (void *)((char *)good.ring.used + 2);
	bad[8].tables_addr += 8;
	bad[9].tables = peer_at(peer, PEER_TABLES + 8);
	for (i = 5; i < 10; i++)
		expect_refused_config(peer, &bad[i], VIRTIO_ERR_ALIGNMENT);
	/* The event suppression structure wants more than an available ring. */
	bad[10].ring.avail = (void *)((char *)good.ring.avail + 2);
	if (features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))
		expect_refused_config(peer, &bad[10], VIRTIO_ERR_ALIGNMENT);
	else
		UNIT_ASSERT_INT(virtq_driver_init(&peer->driver, &bad[10]), 0);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(missing_or_misaligned_parts_are_refused)

/* What was there before is nobody's completion and nobody's wish. */
static void start_clears_the_ring(uint64_t features)
{
	struct peer *peer = peer_new(NUM);
	size_t i, stale = 0;

	__builtin_memset(peer->memory, 0xff, PEER_BYTES);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	for (i = 0; i < (peer->packed ? NUM * 16 : virtq_desc_bytes(NUM)); i++)
		stale += ((unsigned char *)peer->ring.desc)[i] != 0;
	for (i = 0; i < (peer->packed ? 4 : virtq_avail_bytes(NUM)); i++)
		stale += ((unsigned char *)peer->ring.avail)[i] != 0;
	for (i = 0; i < (peer->packed ? 4 : virtq_used_bytes(NUM)); i++)
		stale += ((unsigned char *)peer->ring.used)[i] != 0;
	UNIT_ASSERT_INT(stale, 0);
	hostile_expect_no_completion(peer);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(start_clears_the_ring)

static void completion_out_of_order(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	unsigned int round, i;
	uint16_t ids[4];

	for (round = 0; round < 3 * NUM; round++) {
		for (i = 0; i < 4; i++)
			ids[i] = hostile_add(peer, i);
		for (i = 0; i < 4; i++)
			peer_complete(peer, ids[(i * 3 + 1) % 4], i);
		for (i = 0; i < 4; i++)
			hostile_expect_completion(peer, (i * 3 + 1) % 4, i);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	}
	peer_free(peer);
}
HOSTILE_BOTH(completion_out_of_order)

/*
 * The ring full of chains of any length, completed last one first: every id in
 * flight is another one, and every cookie comes back once.
 */
static void full_ring_of_chains_in_any_order(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	struct virtq_segment all[NUM];
	unsigned int length, round, count, i;
	uint16_t ids[NUM];

	for (i = 0; i < NUM; i++)
		all[i] = segments[0];
	for (length = 1; length <= NUM; length++) {
		for (round = 0; round < 2 * NUM; round++) {
			uint32_t seen = 0;

			count = NUM / length;
			for (i = 0; i < count; i++) {
				UNIT_ASSERT_INT(virtq_driver_add(
					&peer->driver, all, length, 0,
					&ids[i]), 0);
				virtq_driver_publish(&peer->driver);
				ids[i] = (uint16_t)peer_take(peer);
				CU_ASSERT_FALSE(seen & 1u << ids[i]);
				seen |= 1u << ids[i];
			}
			while (count--) {
				struct virtq_completion done = { 0 };

				peer_complete(peer, ids[count], 0);
				UNIT_ASSERT_INT(virtq_driver_get(&peer->driver,
								 &done), 1);
				CU_ASSERT_PTR_EQUAL(done.cookie, &ids[count]);
			}
			UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
		}
	}
	peer_free(peer);
}
HOSTILE_BOTH(full_ring_of_chains_in_any_order)

static const struct unit_test tests[] = {
	UNIT_TEST(split_chain_is_written_as_specified),
	UNIT_TEST(packed_chain_is_written_as_specified),
	HOSTILE_TESTS(table_is_written_as_specified),
	HOSTILE_TESTS(tables_are_used_where_they_help),
	HOSTILE_TESTS(nothing_is_visible_before_publish),
	HOSTILE_TESTS(callers_mistakes_change_nothing),
	HOSTILE_TESTS(bad_sizes_are_refused),
	HOSTILE_TESTS(missing_or_misaligned_parts_are_refused),
	HOSTILE_TESTS(start_clears_the_ring),
	HOSTILE_TESTS(completion_out_of_order),
	HOSTILE_TESTS(full_ring_of_chains_in_any_order),
};

UNIT_MAIN("virtio_driver", tests)
