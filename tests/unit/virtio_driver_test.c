/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver side against a hostile device, and its contract with its caller.
 * The numbers in the names are those of the threat model's list of cases.
 */
#include "../support/peer.h"
#include "../support/unit.h"

#define NUM	16u
#define ALL	PEER_SPLIT
#define PLAIN	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)

static int cookies[NUM];

static const struct virtq_segment segments[] = {
	{ .addr = PEER_BUS + PEER_BUFFERS, .len = 16 },
	{ .addr = PEER_BUS + PEER_BUFFERS + 512, .len = 512 },
	{ .addr = PEER_BUS + PEER_BUFFERS + 1024, .len = 1 },
};

static struct peer *start(uint64_t features)
{
	struct peer *peer = peer_new(NUM);

	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	return peer;
}

/* One readable and two writable segments; returns the head. */
static uint16_t add(struct peer *peer, unsigned int tag)
{
	uint16_t entry = peer->driver.avail_idx & (NUM - 1);

	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 2,
					 &cookies[tag]), 0);
	virtq_driver_publish(&peer->driver);
	return peer->ring.avail->ring[entry];
}

static void expect_completion(struct peer *peer, unsigned int tag, uint32_t len)
{
	struct virtq_completion done = { 0 };

	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), 1);
	CU_ASSERT_PTR_EQUAL(done.cookie, &cookies[tag]);
	UNIT_ASSERT_INT(done.len, len);
}

static void expect_no_completion(struct peer *peer)
{
	struct virtq_completion done;

	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), 0);
}

static void good_request(struct peer *peer)
{
	uint16_t head = add(peer, 3);

	peer_used(peer, head, 513);
	expect_completion(peer, 3, 513);
	expect_no_completion(peer);
}

/* The queue is latched with @error, gives back its buffers and restarts. */
static void expect_latch(struct peer *peer, int error, unsigned int in_flight)
{
	struct virtq_completion done;
	void *cookie;

	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), error);
	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), error);
	UNIT_ASSERT_INT(virtq_driver_error(&peer->driver), error);
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 2, NULL),
			error);
	CU_ASSERT_FALSE(virtq_driver_publish(&peer->driver));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(&peer->driver));
	for (; in_flight; in_flight--)
		CU_ASSERT_TRUE(virtq_driver_detach(&peer->driver, &cookie));
	CU_ASSERT_FALSE(virtq_driver_detach(&peer->driver, &cookie));
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	UNIT_ASSERT_INT(peer_start_driver(peer, ALL), 0);
	good_request(peer);
	UNIT_ASSERT_INT(peer_start_driver(peer, ALL), 0);
}

/* Every descriptor is on the free list, once. */
static void expect_distinct_heads(struct peer *peer)
{
	uint32_t seen = 0;
	unsigned int i;

	for (i = 0; i < NUM; i++) {
		uint16_t entry = peer->driver.avail_idx & (NUM - 1);

		UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 0,
						 NULL), 0);
		seen |= 1u << peer->ring.avail->ring[entry];
	}
	UNIT_ASSERT_INT(seen, (1u << NUM) - 1);
}

static void chain_is_written_as_specified(void)
{
	struct peer *peer = start(PLAIN);
	const struct virtq_desc *desc = peer->ring.desc;
	uint16_t head = add(peer, 0), next;

	UNIT_ASSERT_INT(peer->ring.avail->idx, 1);
	UNIT_ASSERT_INT(desc[head].addr, segments[0].addr);
	UNIT_ASSERT_INT(desc[head].len, 16);
	UNIT_ASSERT_INT(desc[head].flags, VIRTQ_DESC_F_NEXT);
	next = desc[head].next;
	UNIT_ASSERT_INT(desc[next].addr, segments[1].addr);
	UNIT_ASSERT_INT(desc[next].flags,
			VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE);
	next = desc[next].next;
	UNIT_ASSERT_INT(desc[next].len, 1);
	UNIT_ASSERT_INT(desc[next].flags, VIRTQ_DESC_F_WRITE);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM - 3);
	peer_free(peer);
}

static void nothing_is_visible_before_publish(void)
{
	struct peer *peer = start(PLAIN);
	unsigned int i;

	for (i = 0; i < 3; i++)
		UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 0,
						 NULL), 0);
	UNIT_ASSERT_INT(peer->ring.avail->idx, 0);
	CU_ASSERT_TRUE(virtq_driver_publish(&peer->driver));
	UNIT_ASSERT_INT(peer->ring.avail->idx, 3);
	CU_ASSERT_FALSE(virtq_driver_publish(&peer->driver));
	peer_free(peer);
}

static void callers_mistakes_change_nothing(void)
{
	static const struct virtq_segment empty = { .addr = PEER_BUS };
	static const struct virtq_segment huge[] = {
		{ .addr = PEER_BUS, .len = UINT32_MAX },
		{ .addr = PEER_BUS, .len = 1 },
	};
	struct peer *peer = start(PLAIN);
	struct virtq_driver *vq = &peer->driver;
	unsigned int i;

	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 0, 0, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, NUM, 1, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, ~0u, 2, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, &empty, 1, 0, NULL),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_add(vq, huge, 1, 1, NULL),
			VIRTIO_ERR_LENGTH);
	for (i = 0; i < NUM / 3; i++)
		add(peer, i);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 2, NULL),
			VIRTIO_ERR_FULL);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL), 0);
	UNIT_ASSERT_INT(virtq_driver_free(vq), 0);
	UNIT_ASSERT_INT(virtq_driver_error(vq), 0);
	peer_free(peer);
}

static void bad_configurations_are_refused(void)
{
	struct peer *peer = peer_new(NUM);
	struct virtq_driver_config good = {
		.ring = peer->ring, .features = ALL, .slots = peer->slots,
		.tables = peer_at(peer, PEER_BUFFERS),
		.tables_addr = peer_bus(PEER_BUFFERS), .table_entries = 4,
	}, bad;
	struct virtq_driver *vq = &peer->driver;

	bad = good;
	bad.ring.num = 12;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_QUEUE_SIZE);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 2, NULL),
			VIRTIO_ERR_QUEUE_SIZE);
	CU_ASSERT_FALSE(virtq_driver_publish(vq));
	bad.ring.num = 65536;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_QUEUE_SIZE);
	bad = good;
	bad.slots = NULL;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_INVALID);
	bad = good;
	bad.ring.used = NULL;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_INVALID);
	bad = good;
	bad.ring.desc = peer_at(peer, 8);
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_ALIGNMENT);
	bad = good;
	bad.tables_addr += 8;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_ALIGNMENT);
	bad = good;
	bad.table_entries = 0;
	UNIT_ASSERT_INT(virtq_driver_init(vq, &bad), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtq_driver_init(vq, &good), 0);
	good_request(peer);
	peer_free(peer);
}

static void case_16_used_id_past_the_queue(void)
{
	static const uint32_t bad[] = { NUM, 0x10000, 0x80000000, UINT32_MAX };
	struct peer *peer = start(ALL);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		add(peer, 0);
		peer_used(peer, bad[i], 1);
		expect_latch(peer, VIRTIO_ERR_HEAD, 1);
	}
	/* The low half would be a head in flight. */
	peer_used(peer, 0x10000u | add(peer, 0), 1);
	expect_latch(peer, VIRTIO_ERR_HEAD, 1);
	peer_free(peer);
}

static void case_16_used_id_that_is_no_head(void)
{
	struct peer *peer = start(ALL);
	uint16_t head = add(peer, 0);

	peer_used(peer, peer->ring.desc[head].next, 1);
	expect_latch(peer, VIRTIO_ERR_REUSED, 1);

	add(peer, 0);
	peer_used(peer, NUM - 1, 1);
	expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	peer_free(peer);
}

static void case_16_used_id_replayed(void)
{
	struct peer *peer = start(ALL);
	uint16_t head;

	head = add(peer, 0);
	add(peer, 1);
	peer_used(peer, head, 1);
	peer_used(peer, head, 1);
	expect_completion(peer, 0, 1);
	expect_latch(peer, VIRTIO_ERR_REUSED, 1);
	peer_free(peer);
}

static void case_17_used_length_is_clamped(void)
{
	struct peer *peer = start(ALL);
	uint16_t head;

	peer_used(peer, add(peer, 0), UINT32_MAX);
	expect_completion(peer, 0, 513);
	peer_used(peer, add(peer, 1), 514);
	expect_completion(peer, 1, 513);
	peer_used(peer, add(peer, 2), 7);
	expect_completion(peer, 2, 7);
	peer_used(peer, add(peer, 2), 0);
	expect_completion(peer, 2, 0);

	/* Nothing was writable: whatever it says it wrote, it did not. */
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 3, 0,
					 &cookies[4]), 0);
	virtq_driver_publish(&peer->driver);
	head = peer->ring.avail->ring[4];
	peer_used(peer, head, 100);
	expect_completion(peer, 4, 0);

	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 0, 3,
					 &cookies[5]), 0);
	virtq_driver_publish(&peer->driver);
	peer_used(peer, peer->ring.avail->ring[5], 1000);
	expect_completion(peer, 5, 529);
	good_request(peer);
	peer_free(peer);
}

static void case_18_used_index_jumps(void)
{
	struct peer *peer = start(ALL);

	add(peer, 0);
	peer_set_used_idx(peer, 2);
	expect_latch(peer, VIRTIO_ERR_INDEX, 1);

	/* With nothing published at all. */
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 2, NULL),
			0);
	peer_set_used_idx(peer, 1);
	expect_latch(peer, VIRTIO_ERR_INDEX, 1);

	good_request(peer);
	peer_set_used_idx(peer, 0);
	expect_latch(peer, VIRTIO_ERR_INDEX, 0);

	peer_set_used_idx(peer, 0x8000);
	expect_latch(peer, VIRTIO_ERR_INDEX, 0);
	peer_free(peer);
}

static void case_19_descriptors_rewritten_by_the_device(void)
{
	struct peer *peer = start(ALL);
	unsigned int round, i;
	uint16_t head;

	for (round = 0; round < 3 * NUM; round++) {
		head = add(peer, 0);
		for (i = 0; i < NUM; i++)
			peer_desc(peer, (uint16_t)i, UINT64_MAX, UINT32_MAX,
				  0xffff, (uint16_t)(round * 7 + i));
		peer_used(peer, head, 1);
		expect_completion(peer, 0, 1);
		UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	}
	good_request(peer);
	expect_distinct_heads(peer);
	peer_free(peer);
}

static void available_ring_scribbled_by_the_device(void)
{
	struct peer *peer = start(ALL);
	uint16_t head = add(peer, 0);
	unsigned int i;

	for (i = 0; i < virtq_avail_bytes(NUM); i++)
		((unsigned char *)peer->ring.avail)[i] = 0x5a;
	peer_used(peer, head, 2);
	expect_completion(peer, 0, 2);
	add(peer, 1);
	UNIT_ASSERT_INT(peer->ring.avail->idx, 2);
	peer_free(peer);
}

static void completion_out_of_order(void)
{
	struct peer *peer = start(ALL);
	uint16_t heads[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		heads[i] = add(peer, i);
	for (i = 0; i < 4; i++)
		peer_used(peer, heads[(i * 3 + 1) % 4], i);
	for (i = 0; i < 4; i++)
		expect_completion(peer, (i * 3 + 1) % 4, i);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	peer_free(peer);
}

static void buffer_used_before_it_was_published(void)
{
	struct peer *peer = start(ALL);
	uint16_t first = add(peer, 0);

	/* Gains the device nothing: it may read the descriptors anyway. */
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, segments, 1, 2,
					 &cookies[1]), 0);
	peer_used(peer, peer->ring.avail->ring[1], 1);
	expect_completion(peer, 1, 1);
	virtq_driver_publish(&peer->driver);
	peer_used(peer, first, 1);
	expect_completion(peer, 0, 1);
	UNIT_ASSERT_INT(virtq_driver_free(&peer->driver), NUM);
	good_request(peer);
	peer_free(peer);
}

static void notification_by_flag(void)
{
	struct peer *peer = start(PLAIN);
	struct virtq_driver *vq = &peer->driver;

	peer->ring.used->flags = virtio_le16(VIRTQ_USED_F_NO_NOTIFY);
	add(peer, 0);
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL), 0);
	CU_ASSERT_FALSE(virtq_driver_publish(vq));
	peer->ring.used->flags = 0;
	UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL), 0);
	CU_ASSERT_TRUE(virtq_driver_publish(vq));

	virtq_driver_disable_callbacks(vq);
	UNIT_ASSERT_INT(peer->ring.avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(vq));
	UNIT_ASSERT_INT(peer->ring.avail->flags, 0);
	peer_used(peer, 0, 1);
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(vq));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks_delayed(vq));
	peer_free(peer);
}

static void notification_by_event_index(void)
{
	struct peer *peer = start(ALL);
	struct virtq_driver *vq = &peer->driver;
	unsigned int i;

	peer_set_avail_event(peer, 2);
	for (i = 0; i < 4; i++) {
		UNIT_ASSERT_INT(virtq_driver_add(vq, segments, 1, 0, NULL), 0);
		UNIT_ASSERT_INT(virtq_driver_publish(vq), i == 2);
	}
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(vq));
	UNIT_ASSERT_INT(*virtq_used_event(&peer->ring), 0);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(vq));
	UNIT_ASSERT_INT(*virtq_used_event(&peer->ring), 3);
	peer_used(peer, 0, 0);
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(vq));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(vq));
	for (i = 1; i < 4; i++)
		peer_used(peer, i, 0);
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks_delayed(vq));
	peer_free(peer);
}

static const struct unit_test tests[] = {
	UNIT_TEST(chain_is_written_as_specified),
	UNIT_TEST(nothing_is_visible_before_publish),
	UNIT_TEST(callers_mistakes_change_nothing),
	UNIT_TEST(bad_configurations_are_refused),
	UNIT_TEST(case_16_used_id_past_the_queue),
	UNIT_TEST(case_16_used_id_that_is_no_head),
	UNIT_TEST(case_16_used_id_replayed),
	UNIT_TEST(case_17_used_length_is_clamped),
	UNIT_TEST(case_18_used_index_jumps),
	UNIT_TEST(case_19_descriptors_rewritten_by_the_device),
	UNIT_TEST(available_ring_scribbled_by_the_device),
	UNIT_TEST(completion_out_of_order),
	UNIT_TEST(buffer_used_before_it_was_published),
	UNIT_TEST(notification_by_flag),
	UNIT_TEST(notification_by_event_index),
};

UNIT_MAIN("virtio_driver", tests)
