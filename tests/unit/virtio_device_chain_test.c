/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side against hostile descriptors. The numbers in the names are
 * those of the threat model's list of cases; after each refusal a reset and a
 * well-formed request must work.
 */
#include "../support/hostile.h"
#include "../support/unit.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define ALL	PEER_SPLIT
#define W	VIRTQ_DESC_F_WRITE
#define TABLE	HOSTILE_TABLE
#define N	VIRTQ_DESC_F_NEXT
#define I	VIRTQ_DESC_F_INDIRECT
#define PLAIN	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)

static void case_1_descriptor_loops(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 16, N, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);

	peer_desc(peer, 0, peer_bus(BUF), 16, N, 1);
	peer_desc(peer, 1, peer_bus(BUF), 16, N, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);

	peer_desc_at(peer, TABLE, peer_bus(BUF), 16, N, 1);
	peer_desc_at(peer, TABLE + 16, peer_bus(BUF), 16, N, 0);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
			      VIRTIO_ERR_TOO_LONG);

	/* Of empty descriptors, which use up no segment. */
	peer_desc(peer, 0, 0, 0, N, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}

static void case_1_ring_named_as_its_own_table(void)
{
	struct peer *peer = hostile_start(ALL);

	hostile_refuse_single(peer, peer_bus(0), NUM * 16, I,
			      VIRTIO_ERR_INDIRECT);
	peer_free(peer);
}

static void case_1_longest_chain_is_legal_one_more_is_not(void)
{
	struct peer *peer = hostile_start(ALL);
	uint16_t i;

	for (i = 0; i < NUM; i++)
		peer_desc(peer, i, peer_bus(BUF + i), 1, i < NUM - 1 ? N : 0,
			  (uint16_t)(i + 1));
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, NUM);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), 0);
	virtq_device_publish(&peer->device);

	for (i = 0; i <= NUM; i++)
		peer_desc_at(peer, TABLE + 16u * i, peer_bus(BUF + i), 1,
			     i < NUM - 1 ? N : 0, (uint16_t)(i + 1));
	peer_desc(peer, 1, peer_bus(TABLE), NUM * 16, I, 0);
	peer_avail(peer, 1);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, NUM);

	peer_desc_at(peer, TABLE + 16 * (NUM - 1), peer_bus(BUF), 1, N, NUM);
	peer_desc(peer, 2, peer_bus(TABLE), (NUM + 1) * 16, I, 0);
	peer_avail(peer, 2);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}

static void chain_beyond_the_capacity_is_refused(void)
{
	struct peer *peer = hostile_start(ALL);
	uint16_t i;

	peer->chain.capacity = 2;
	peer->segments[2].len = 4711;
	for (i = 0; i < 3; i++)
		peer_desc(peer, i, peer_bus(BUF), 1, i < 2 ? N : 0,
			  (uint16_t)(i + 1));
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_TOO_LONG);
	UNIT_ASSERT_INT(peer->segments[2].len, 4711);
	peer_free(peer);
}

static void case_2_head_or_next_past_the_queue(void)
{
	static const uint16_t bad[] = { NUM, NUM + 1, 0x7fff, 0xffff };
	struct peer *peer = hostile_start(ALL);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		peer_avail(peer, bad[i]);
		hostile_expect_refusal(peer, VIRTIO_ERR_HEAD);

		peer_desc(peer, 0, peer_bus(BUF), 1, N, bad[i]);
		peer_avail(peer, 0);
		hostile_expect_refusal(peer, VIRTIO_ERR_NEXT);

		peer_desc_at(peer, TABLE, peer_bus(BUF), 1, N, bad[i]);
		hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
				      VIRTIO_ERR_NEXT);
	}
	peer_desc_at(peer, TABLE, peer_bus(BUF), 1, N, 2);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I, VIRTIO_ERR_NEXT);
	peer_free(peer);
}

static void case_5_addresses_outside_the_grant(void)
{
	struct peer *peer = hostile_start(ALL);
	uint16_t flags;

	for (flags = 0; flags <= W; flags += W) {
		hostile_refuse_single(peer, 0, 16, flags, VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, 0x10001000, 4, flags,
				      VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, PEER_BUS - 1, 1, flags,
				      VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, PEER_BUS - 1, 2, flags,
				      VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, PEER_BUS + PEER_BYTES, 1, flags,
				      VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, PEER_BUS + PEER_BYTES - 1, 2, flags,
				      VIRTIO_ERR_RANGE);
		/* Where this side itself lies, by its own address. */
		hostile_refuse_single(peer, (uint64_t)(uintptr_t)&peer->device,
				      16, flags, VIRTIO_ERR_RANGE);
		hostile_refuse_single(peer, (uint64_t)(uintptr_t)peer->memory,
				      16, flags, VIRTIO_ERR_RANGE);
	}
	peer_free(peer);
}

static void case_5_last_byte_is_legal(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, PEER_BUS + PEER_BYTES - 16, 16, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	CU_ASSERT_PTR_EQUAL((char *)peer->segments[0].pointer + 16,
			    peer->memory + PEER_BYTES);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 16), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_5_buffer_inside_the_ring(void)
{
	struct peer *peer = hostile_start(ALL);

	/* Its own window to ruin: what we write there we never believe. */
	peer_desc(peer, 0, peer->addresses.device, 512, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	__builtin_memset(peer->segments[0].pointer, 0xff, 64);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 64), 0);
	virtq_device_publish(&peer->device);
	UNIT_ASSERT_INT(peer->ring.used->idx, 1);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_5_holes_and_rights(void)
{
	static _Alignas(64) char other[0x1000], fixed[0x1000];
	struct peer *peer = peer_new(NUM);
	uint64_t end = PEER_BUS + PEER_BYTES;

	peer->regions[1] = (struct virtio_region){ end, 0x1000, other, 3 };
	peer->regions[2] = (struct virtio_region){ end + 0x2000, 0x1000, fixed,
						   VIRTIO_REGION_READ };
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 3), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
	hostile_refuse_single(peer, end - 8, 16, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0xff8, 16, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0xff8, 0x1010, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, end + 0x2000, 16, W, VIRTIO_ERR_RANGE);
	peer_desc(peer, 0, end + 0x2000, 16, 0, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	CU_ASSERT_PTR_EQUAL(peer->segments[0].pointer, fixed);
	peer_free(peer);
}

static void case_6_wrapping_ranges(void)
{
	struct peer *peer = hostile_start(ALL);

	hostile_refuse_single(peer, UINT64_MAX, 2, 0, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, UINT64_MAX - 15, 32, W, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, peer_bus(BUF), UINT32_MAX, 0,
			      VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, UINT64_MAX - 0xff, UINT32_MAX, W,
			      VIRTIO_ERR_RANGE);
	peer_free(peer);
}

static void case_6_total_passes_32_bits(void)
{
	struct peer *peer = peer_new(NUM);
	const uint64_t big = UINT64_C(0x200000000);

	/* Never touched; only its size matters here. */
	peer->regions[1] = (struct virtio_region){
		.addr = big,
		.size = big,
		.base = (void *)(uintptr_t)big,
		.rights = 3,
	};
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 2), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
	peer_desc(peer, 0, big, UINT32_MAX, N, 1);
	peer_desc(peer, 1, big, 1, W, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_LENGTH);

	peer_desc(peer, 0, big, UINT32_MAX - 1, N, 1);
	peer_desc(peer, 1, big, 1, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable_len, UINT32_MAX - 1);
	UNIT_ASSERT_INT(peer->chain.writable_len, 1);
	peer_free(peer);
}

static void case_7_empty_descriptors(void)
{
	struct peer *peer = hostile_start(ALL);

	/* An empty one between two full ones, at an address of its liking. */
	peer_desc(peer, 0, peer_bus(BUF), 8, N, 1);
	peer_desc(peer, 1, UINT64_MAX, 0, N, 2);
	peer_desc(peer, 2, peer_bus(BUF), 8, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, 1);
	UNIT_ASSERT_INT(peer->chain.writable, 1);

	/* A chain of one, and the all-zero chain of untouched descriptors. */
	peer_desc(peer, 5, peer_bus(BUF), 0, W, 0);
	peer_avail(peer, 5);
	peer_avail(peer, 6);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.head, 6);
	UNIT_ASSERT_INT(peer->chain.readable_len + peer->chain.writable_len, 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 6, 0), 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 5, 0), 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_8_readable_after_writable(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 8, N | W, 1);
	peer_desc(peer, 1, peer_bus(BUF), 8, 0, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_ORDER);
	peer_free(peer);
}

static void case_9_header_in_single_bytes(void)
{
	struct peer *peer = hostile_start(ALL);
	uint16_t i;

	for (i = 0; i < NUM; i++)
		peer_desc(peer, i, peer_bus(BUF + 7u * i), 1,
			  i < NUM - 1 ? N : 0, (uint16_t)(i + 1));
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, NUM);
	UNIT_ASSERT_INT(peer->chain.readable_len, NUM);
	for (i = 0; i < NUM; i++)
		CU_ASSERT_PTR_EQUAL(peer->segments[i].pointer,
				    peer_at(peer, BUF + 7u * i));
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_10_indirect_abuse(void)
{
	struct peer *peer = hostile_start(PLAIN);

	hostile_refuse_single(peer, peer_bus(TABLE), 32, I, VIRTIO_ERR_FLAGS);
	/* From here on hostile_expect_refusal() has negotiated everything. */
	peer_desc_at(peer, TABLE, peer_bus(TABLE), 32, I, 0);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
			      VIRTIO_ERR_INDIRECT);
	/* The rest with a table that would do. */
	peer_desc_at(peer, TABLE, peer_bus(BUF), 16, 0, 0);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I | N,
			      VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, peer_bus(TABLE), 0, I, VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, peer_bus(TABLE), 8, I, VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, peer_bus(TABLE), 40, I,
			      VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, peer_bus(TABLE + 4), 32, I,
			      VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, 0, 32, I, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, peer_bus(PEER_BYTES - 16), 32, I,
			      VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, peer_bus(TABLE), 0xfffffff0, I,
			      VIRTIO_ERR_RANGE);
	peer_free(peer);
}

static void case_10_legal_indirect_chains(void)
{
	struct peer *peer = hostile_start(ALL);

	/* Direct descriptors first, then a table; its WRITE bit is ignored. */
	peer_desc(peer, 0, peer_bus(BUF), 16, N, 1);
	peer_desc(peer, 1, peer_bus(TABLE), 48, I | W, 0);
	peer_desc_at(peer, TABLE, peer_bus(BUF + 16), 16, N, 2);
	peer_desc_at(peer, TABLE + 32, peer_bus(BUF + 32), 16, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, 2);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	CU_ASSERT_PTR_EQUAL(peer->segments[2].pointer, peer_at(peer, BUF + 32));
	/* Alignment to eight is all that allocators promise. */
	peer_desc_at(peer, TABLE + 0x108, peer_bus(BUF), 16, 0, 0);
	peer_desc(peer, 2, peer_bus(TABLE + 0x108), 16, I, 0);
	peer_avail(peer, 2);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	/* A table larger than the queue with a short chain in it. */
	peer_desc_at(peer, TABLE + 0x200, peer_bus(BUF), 16, N, 999);
	peer_desc_at(peer, TABLE + 0x200 + 999 * 16, peer_bus(BUF), 16, 0, 0);
	peer_desc(peer, 4, peer_bus(TABLE + 0x200), 16000, I, 0);
	peer_avail(peer, 4);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable, 2);
	peer_free(peer);
}

static void case_11_unknown_flags(void)
{
	struct peer *peer = hostile_start(ALL);
	unsigned int bit;

	for (bit = 3; bit < 16; bit++)
		hostile_refuse_single(peer, peer_bus(BUF), 8,
				      (uint16_t)(1u << bit), VIRTIO_ERR_FLAGS);
	peer_free(peer);
}

static void case_12_changes_after_the_pop_change_nothing(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 8, N, 1);
	peer_desc(peer, 1, peer_bus(BUF + 8), 8, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	peer_desc(peer, 0, 0, UINT32_MAX, W | N, 0xffff);
	peer_desc(peer, 1, 0, UINT32_MAX, I, 0xffff);
	UNIT_ASSERT_INT(peer->segments[0].len, 8);
	UNIT_ASSERT_INT(peer->segments[1].addr, peer_bus(BUF + 8));
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static const struct unit_test tests[] = {
	UNIT_TEST(case_1_descriptor_loops),
	UNIT_TEST(case_1_ring_named_as_its_own_table),
	UNIT_TEST(case_1_longest_chain_is_legal_one_more_is_not),
	UNIT_TEST(chain_beyond_the_capacity_is_refused),
	UNIT_TEST(case_2_head_or_next_past_the_queue),
	UNIT_TEST(case_5_addresses_outside_the_grant),
	UNIT_TEST(case_5_last_byte_is_legal),
	UNIT_TEST(case_5_buffer_inside_the_ring),
	UNIT_TEST(case_5_holes_and_rights),
	UNIT_TEST(case_6_wrapping_ranges),
	UNIT_TEST(case_6_total_passes_32_bits),
	UNIT_TEST(case_7_empty_descriptors),
	UNIT_TEST(case_8_readable_after_writable),
	UNIT_TEST(case_9_header_in_single_bytes),
	UNIT_TEST(case_10_indirect_abuse),
	UNIT_TEST(case_10_legal_indirect_chains),
	UNIT_TEST(case_11_unknown_flags),
	UNIT_TEST(case_12_changes_after_the_pop_change_nothing),
};

UNIT_MAIN("virtio_device_chain", tests)
