/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side against hostile descriptors, in both formats. The numbers in
 * the names are those of the threat model's list of cases; after each refusal a
 * reset and a well-formed request must work. Tables are in
 * virtio_device_indirect_test.c.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define W	VIRTQ_DESC_F_WRITE
#define N	VIRTQ_DESC_F_NEXT

static void split_case_1_descriptor_loops(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);

	peer_desc(peer, 0, peer_bus(BUF), 16, N, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);

	peer_desc(peer, 0, peer_bus(BUF), 16, N, 1);
	peer_desc(peer, 1, peer_bus(BUF), 16, N, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}

/* All descriptors of the ring, and one byte in each. */
static void fill_pieces(struct peer_piece *pieces, uint32_t len)
{
	unsigned int i;

	for (i = 0; i < NUM; i++)
		pieces[i] = (struct peer_piece){ peer_bus(BUF + 7 * i), len,
						 0 };
}

static void case_1_chain_without_end(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece pieces[NUM];

	/* Split: a loop through all. Packed: round and round the ring. */
	fill_pieces(pieces, 1);
	pieces[NUM - 1].flags = N;
	hostile_refuse(peer, pieces, NUM, VIRTIO_ERR_TOO_LONG);
	/* Of empty descriptors, which use up no segment. */
	fill_pieces(pieces, 0);
	pieces[NUM - 1].flags = N;
	hostile_refuse(peer, pieces, NUM, VIRTIO_ERR_TOO_LONG);
	/* Not from the start of the ring. */
	hostile_serve_good(peer);
	hostile_refuse(peer, pieces, NUM, VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}
HOSTILE_BOTH(case_1_chain_without_end)

static void case_1_longest_chain_is_legal(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece pieces[NUM];
	unsigned int round;
	uint16_t id;

	fill_pieces(pieces, 1);
	for (round = 0; round < 5; round++) {
		id = hostile_accept(peer, pieces, NUM);
		UNIT_ASSERT_INT(peer->chain.readable, NUM);
		hostile_use(peer, id, 0);
		hostile_serve_good(peer);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_1_longest_chain_is_legal)

static void chain_beyond_the_capacity_is_refused(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece pieces[NUM];

	fill_pieces(pieces, 1);
	peer->chain.capacity = 2;
	peer->segments[2].len = 4711;
	hostile_refuse(peer, pieces, 3, VIRTIO_ERR_TOO_LONG);
	UNIT_ASSERT_INT(peer->segments[2].len, 4711);
	hostile_accept(peer, pieces, 2);
	peer_free(peer);
}
HOSTILE_BOTH(chain_beyond_the_capacity_is_refused)

static const uint16_t past_the_queue[] = { NUM, NUM + 1, 0x7fff, 0x8000,
					   0xffff };

static void case_2_head_past_the_queue(uint64_t features)
{
	const struct peer_piece piece = { peer_bus(BUF), 1, 0 };
	struct peer *peer = hostile_start(features);
	unsigned int i;

	for (i = 0; i < sizeof(past_the_queue) / sizeof(uint16_t); i++) {
		peer_post_id(peer, past_the_queue[i], &piece, 1);
		hostile_expect_refusal(peer, VIRTIO_ERR_HEAD);
	}
	peer_post_id(peer, NUM - 1, &piece, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	hostile_use(peer, NUM - 1, 0);
	peer_free(peer);
}
HOSTILE_BOTH(case_2_head_past_the_queue)

static void split_case_2_next_past_the_queue(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);
	unsigned int i;

	for (i = 0; i < sizeof(past_the_queue) / sizeof(uint16_t); i++) {
		peer_desc(peer, 0, peer_bus(BUF), 1, N, past_the_queue[i]);
		peer_avail(peer, 0);
		hostile_expect_refusal(peer, VIRTIO_ERR_NEXT);
	}
	peer_free(peer);
}

static void packed_case_2_id_is_that_of_the_last_descriptor(void)
{
	struct peer *peer = hostile_start(PEER_PACKED);

	peer_packed(peer, 1, peer_bus(BUF), 1, 5, VIRTQ_DESC_F_AVAIL);
	peer_packed(peer, 0, peer_bus(BUF), 1, 0xffff, N | VIRTQ_DESC_F_AVAIL);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.head, 5);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	hostile_use(peer, 5, 0);

	peer_start_device(peer, PEER_PACKED);
	peer_packed(peer, 1, peer_bus(BUF), 1, NUM, VIRTQ_DESC_F_AVAIL);
	peer_packed(peer, 0, peer_bus(BUF), 1, 5, N | VIRTQ_DESC_F_AVAIL);
	hostile_expect_refusal(peer, VIRTIO_ERR_HEAD);
	peer_free(peer);
}

static void case_5_addresses_outside_the_grant(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct peer_piece bad[] = {
		{ 0, 16, 0 },
		{ 0x10001000, 4, 0 },	/* a device's registers */
		{ PEER_BUS - 1, 1, 0 },
		{ PEER_BUS - 1, 2, 0 },
		{ PEER_BUS + PEER_BYTES, 1, 0 },
		{ PEER_BUS + PEER_BYTES - 1, 2, 0 },
		/* Where this side itself lies, by its own address. */
		{ (uint64_t)(uintptr_t)&peer->device, 16, 0 },
		{ (uint64_t)(uintptr_t)peer->memory, 16, 0 },
	};
	struct peer_piece pair[2] = { { peer_bus(BUF), 16, 0 } };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hostile_refuse_single(peer, bad[i].addr, bad[i].len, 0,
				      VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, bad[i].addr, bad[i].len, W,
				      VIRTIO_ERR_RANGE);
		/* Behind a good one. */
		pair[1] = bad[i];
		hostile_refuse(peer, pair, 2, VIRTIO_ERR_RANGE);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_5_addresses_outside_the_grant)

static void case_5_last_byte_is_legal(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct peer_piece last = { PEER_BUS + PEER_BYTES - 16, 16, W };
	uint16_t id = hostile_accept(peer, &last, 1);

	CU_ASSERT_PTR_EQUAL((char *)peer->segments[0].pointer + 16,
			    peer->memory + PEER_BYTES);
	hostile_use(peer, id, 16);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_5_last_byte_is_legal)

/* Its own window to ruin: what we write there we never believe. */
static void case_5_buffer_inside_the_ring(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct peer_piece parts[] = {
		{ peer->addresses.desc, 64, W },
		{ peer->addresses.device, 64, W },
	};
	unsigned int i;
	uint16_t id;

	for (i = 0; i < 2; i++) {
		id = hostile_accept(peer, &parts[i], 1);
		__builtin_memset(peer->segments[0].pointer, 0x7f, 64);
		hostile_use(peer, id, 64);
		hostile_serve_good(peer);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_5_buffer_inside_the_ring)

static void case_5_holes_and_rights(uint64_t features)
{
	static _Alignas(64) char other[0x1000], fixed[0x1000];
	struct peer *peer = peer_new(NUM);
	const uint64_t end = PEER_BUS + PEER_BYTES;
	const struct peer_piece legal = { end + 0x2000, 16, 0 };
	uint16_t id;

	peer->regions[1] = (struct virtio_region){ end, 0x1000, other, 3 };
	peer->regions[2] = (struct virtio_region){ end + 0x2000, 0x1000, fixed,
						   VIRTIO_REGION_READ };
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 3), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_refuse_single(peer, end - 8, 16, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0xff8, 16, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0xff8, 0x1010, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0x2000, 16, W, VIRTIO_ERR_RANGE);
	id = hostile_accept(peer, &legal, 1);
	CU_ASSERT_PTR_EQUAL(peer->segments[0].pointer, fixed);
	hostile_use(peer, id, 0);
	peer->regions[1].rights = VIRTIO_REGION_WRITE;
	hostile_refuse_single(peer, end, 16, 0, VIRTIO_ERR_RANGE);
	peer_free(peer);
}
HOSTILE_BOTH(case_5_holes_and_rights)

static void case_6_wrapping_ranges(uint64_t features)
{
	struct peer *peer = hostile_start(features);

	hostile_refuse_single(peer, UINT64_MAX, 2, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, UINT64_MAX - 15, 32, W, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, peer_bus(BUF), UINT32_MAX, 0,
			      VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, UINT64_MAX - 0xff, UINT32_MAX, W,
			      VIRTIO_ERR_RANGE);
	peer_free(peer);
}
HOSTILE_BOTH(case_6_wrapping_ranges)

static void case_6_total_passes_32_bits(uint64_t features)
{
	const uint64_t big = UINT64_C(0x200000000);
	const struct peer_piece pieces[] = {
		{ big, 0x80000000, 0 },
		{ big, 0x7fffffff, W },
		{ big, 1, W },
	};
	struct peer *peer = peer_new(NUM);

	/* Never touched; only its size matters here. */
	peer->regions[1] = (struct virtio_region){
		.addr = big,
		.size = 0x80000000,
		.base = (void *)(uintptr_t)0x10000000,
		.rights = 3,
	};
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 2), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_refuse(peer, pieces, 3, VIRTIO_ERR_LENGTH);
	hostile_accept(peer, pieces, 2);
	UNIT_ASSERT_INT(peer->chain.readable_len, 0x80000000);
	UNIT_ASSERT_INT(peer->chain.writable_len, 0x7fffffff);
	peer_free(peer);
}
HOSTILE_BOTH(case_6_total_passes_32_bits)

static void case_7_empty_descriptors(uint64_t features)
{
	/* An empty one between two full ones, at an address of its liking. */
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 8, 0 },
		{ UINT64_MAX, 0, 0 },
		{ peer_bus(BUF), 8, W },
	};
	const struct peer_piece empty = { peer_bus(BUF), 0, W }, zero = { 0 };
	struct peer *peer = hostile_start(features);
	uint16_t ids[3];

	ids[0] = hostile_accept(peer, pieces, 3);
	UNIT_ASSERT_INT(peer->chain.readable, 1);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	ids[1] = hostile_accept(peer, &empty, 1);
	UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 0);
	ids[2] = hostile_accept(peer, &zero, 1);
	UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 0);
	UNIT_ASSERT_INT(peer->chain.readable_len + peer->chain.writable_len, 0);
	hostile_use(peer, ids[2], 0);
	hostile_use(peer, ids[1], 0);
	hostile_use(peer, ids[0], 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_7_empty_descriptors)

static void case_8_readable_after_writable(uint64_t features)
{
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 8, 0 },
		{ peer_bus(BUF), 8, W },
		{ peer_bus(BUF), 8, 0 },
		{ peer_bus(BUF), 8, W },
	};
	struct peer *peer = hostile_start(features);

	hostile_refuse(peer, &pieces[1], 2, VIRTIO_ERR_ORDER);
	hostile_refuse(peer, pieces, 4, VIRTIO_ERR_ORDER);
	peer_free(peer);
}
HOSTILE_BOTH(case_8_readable_after_writable)

static void case_9_header_in_single_bytes(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece pieces[NUM];
	uint16_t i, id;

	fill_pieces(pieces, 1);
	id = hostile_accept(peer, pieces, NUM);
	UNIT_ASSERT_INT(peer->chain.readable, NUM);
	UNIT_ASSERT_INT(peer->chain.readable_len, NUM);
	for (i = 0; i < NUM; i++) {
		CU_ASSERT_PTR_EQUAL(peer->segments[i].pointer,
				    peer_at(peer, BUF + 7u * i));
		UNIT_ASSERT_INT(peer->segments[i].len, 1);
	}
	hostile_use(peer, id, 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_9_header_in_single_bytes)

static void case_11_unknown_flags(uint64_t features)
{
	const struct peer_piece good = { peer_bus(BUF), 8, 0 };
	struct peer *peer = hostile_start(features);
	unsigned int bit;

	for (bit = 3; bit < 16; bit++) {
		struct peer_piece pieces[2] = { good, good };

		/* In a packed ring these two are the lap's. */
		if (peer->packed && (1u << bit & (VIRTQ_DESC_F_AVAIL |
						  VIRTQ_DESC_F_USED)))
			continue;
		pieces[1].flags = (uint16_t)(1u << bit);
		hostile_refuse(peer, &pieces[1], 1, VIRTIO_ERR_FLAGS);
		hostile_refuse(peer, pieces, 2, VIRTIO_ERR_FLAGS);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_11_unknown_flags)

static void case_12_changes_after_the_pop_change_nothing(uint64_t features)
{
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 8, 0 },
		{ peer_bus(BUF + 8), 8, W },
	};
	struct peer *peer = hostile_start(features);
	uint16_t id = hostile_accept(peer, pieces, 2), i;

	for (i = 0; i < 2; i++) {
		if (peer->packed)
			peer_packed(peer, i, 0, UINT32_MAX, 0xffff, 0xffff);
		else
			peer_desc(peer, i, 0, UINT32_MAX, 0xffff, 0xffff);
	}
	UNIT_ASSERT_INT(peer->segments[0].len, 8);
	CU_ASSERT_PTR_EQUAL(peer->segments[0].pointer, peer_at(peer, BUF));
	UNIT_ASSERT_INT(peer->segments[1].addr, peer_bus(BUF + 8));
	hostile_use(peer, id, 8);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_12_changes_after_the_pop_change_nothing)

static const struct unit_test tests[] = {
	UNIT_TEST(split_case_1_descriptor_loops),
	HOSTILE_TESTS(case_1_chain_without_end),
	HOSTILE_TESTS(case_1_longest_chain_is_legal),
	HOSTILE_TESTS(chain_beyond_the_capacity_is_refused),
	HOSTILE_TESTS(case_2_head_past_the_queue),
	UNIT_TEST(split_case_2_next_past_the_queue),
	UNIT_TEST(packed_case_2_id_is_that_of_the_last_descriptor),
	HOSTILE_TESTS(case_5_addresses_outside_the_grant),
	HOSTILE_TESTS(case_5_last_byte_is_legal),
	HOSTILE_TESTS(case_5_buffer_inside_the_ring),
	HOSTILE_TESTS(case_5_holes_and_rights),
	HOSTILE_TESTS(case_6_wrapping_ranges),
	HOSTILE_TESTS(case_6_total_passes_32_bits),
	HOSTILE_TESTS(case_7_empty_descriptors),
	HOSTILE_TESTS(case_8_readable_after_writable),
	HOSTILE_TESTS(case_9_header_in_single_bytes),
	HOSTILE_TESTS(case_11_unknown_flags),
	HOSTILE_TESTS(case_12_changes_after_the_pop_change_nothing),
};

UNIT_MAIN("virtio_device_chain", tests)
