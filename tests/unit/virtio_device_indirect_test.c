/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side against hostile indirect tables, in both formats. The numbers
 * in the names are those of the threat model's list of cases.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define TABLE	HOSTILE_TABLE
#define W	VIRTQ_DESC_F_WRITE
#define N	VIRTQ_DESC_F_NEXT
#define I	VIRTQ_DESC_F_INDIRECT

static const struct peer_piece byte = { PEER_BUS + BUF, 1, 0 };

/* A table of @count bytes at TABLE, as one piece of a chain. */
static struct peer_piece table_of_bytes(struct peer *peer, uint16_t count)
{
	struct peer_piece pieces[2 * NUM];
	uint16_t i;

	for (i = 0; i < count; i++)
		pieces[i] = byte;
	peer_table(peer, TABLE, pieces, count);
	return (struct peer_piece){ peer_bus(TABLE), count * 16u, I };
}

static void split_case_1_loop_in_a_table(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);

	peer_desc_at(peer, TABLE, peer_bus(BUF), 16, N, 0);
	hostile_refuse_single(peer, peer_bus(TABLE), 16, I,
			      VIRTIO_ERR_TOO_LONG);
	peer_desc_at(peer, TABLE, peer_bus(BUF), 16, N, 1);
	peer_desc_at(peer, TABLE + 16, peer_bus(BUF), 16, N, 0);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
			      VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}

static void case_1_ring_named_as_its_own_table(uint64_t features)
{
	struct peer *peer = hostile_start(features);

	hostile_refuse_single(peer, peer->addresses.desc, NUM * 16, I,
			      VIRTIO_ERR_INDIRECT);
	peer_free(peer);
}
HOSTILE_BOTH(case_1_ring_named_as_its_own_table)

static void case_1_longest_table_is_legal_one_more_is_not(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece table = table_of_bytes(peer, NUM);
	uint16_t id = hostile_accept(peer, &table, 1);

	UNIT_ASSERT_INT(peer->chain.readable, NUM);
	hostile_use(peer, id, 0);
	table = table_of_bytes(peer, NUM + 1);
	hostile_refuse(peer, &table, 1, VIRTIO_ERR_TOO_LONG);
	/* Of empty entries, which use up no segment. */
	__builtin_memset(peer_at(peer, TABLE), 0, 16 * 2 * NUM);
	if (!peer->packed) {
		peer_desc_at(peer, TABLE, 0, 0, N, 1);
		peer_desc_at(peer, TABLE + 16, 0, 0, N, 0);
	}
	hostile_refuse_single(peer, peer_bus(TABLE), 16 * 2 * NUM, I,
			      VIRTIO_ERR_TOO_LONG);
	peer_free(peer);
}
HOSTILE_BOTH(case_1_longest_table_is_legal_one_more_is_not)

static void table_beyond_the_capacity_is_refused(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece table = table_of_bytes(peer, 3);

	peer->chain.capacity = 2;
	peer->segments[2].len = 4711;
	hostile_refuse(peer, &table, 1, VIRTIO_ERR_TOO_LONG);
	UNIT_ASSERT_INT(peer->segments[2].len, 4711);
	peer_free(peer);
}
HOSTILE_BOTH(table_beyond_the_capacity_is_refused)

static void split_case_2_next_past_the_table(void)
{
	static const uint16_t bad[] = { 2, 3, NUM, 0x7fff, 0xffff };
	struct peer *peer = hostile_start(PEER_SPLIT);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		peer_desc_at(peer, TABLE, peer_bus(BUF), 1, N, bad[i]);
		hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
				      VIRTIO_ERR_NEXT);
	}
	peer_free(peer);
}

static void case_5_entry_outside_the_grant(uint64_t features)
{
	const struct peer_piece bad[] = {
		{ 0, 16, 0 },
		{ PEER_BUS + PEER_BYTES - 1, 2, W },
		{ UINT64_MAX, 2, W },
		{ PEER_BUS, UINT32_MAX, 0 },
	};
	struct peer *peer = hostile_start(features);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		peer_table(peer, TABLE, &bad[i], 1);
		hostile_refuse_single(peer, peer_bus(TABLE), 16, I,
				      VIRTIO_ERR_RANGE);
	}
	peer_free(peer);
}
HOSTILE_BOTH(case_5_entry_outside_the_grant)

static void case_8_readable_after_writable_in_a_table(uint64_t features)
{
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 8, W },
		{ peer_bus(BUF), 8, 0 },
	};
	struct peer *peer = hostile_start(features);

	peer_table(peer, TABLE, pieces, 2);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I, VIRTIO_ERR_ORDER);
	peer_free(peer);
}
HOSTILE_BOTH(case_8_readable_after_writable_in_a_table)

static void case_10_not_negotiated(uint64_t features)
{
	const uint64_t without =
		features & ~VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	struct peer *peer = hostile_start(without);
	struct peer_piece table = table_of_bytes(peer, 2);

	hostile_refuse(peer, &table, 1, VIRTIO_ERR_FLAGS);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_accept(peer, &table, 1);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_not_negotiated)

static void case_10_nested(uint64_t features)
{
	const struct peer_piece nested[] = {
		byte, { peer_bus(TABLE + 0x1000), 16, I },
	};
	struct peer *peer = hostile_start(features);

	peer_table(peer, TABLE + 0x1000, &byte, 1);
	peer_table(peer, TABLE, &nested[1], 1);
	hostile_refuse_single(peer, peer_bus(TABLE), 16, I,
			      VIRTIO_ERR_INDIRECT);
	peer_table(peer, TABLE, nested, 2);
	hostile_refuse_single(peer, peer_bus(TABLE), 32, I,
			      VIRTIO_ERR_INDIRECT);
	/* Itself. */
	peer_table(peer, TABLE, &(struct peer_piece){ peer_bus(TABLE), 16, I },
		   1);
	hostile_refuse_single(peer, peer_bus(TABLE), 16, I,
			      VIRTIO_ERR_INDIRECT);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_nested)

static void case_10_with_next(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct peer_piece chain[2] = { table_of_bytes(peer, 2), byte };

	hostile_refuse(peer, chain, 2, VIRTIO_ERR_INDIRECT);
	chain[0].flags = I | N;
	hostile_refuse(peer, chain, 1, VIRTIO_ERR_INDIRECT);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_with_next)

static void case_10_bad_sizes_and_addresses(uint64_t features)
{
	static const uint32_t sizes[] = { 0,  1,  8,	  15,
					  17, 40, 0x1001, UINT32_MAX };
	struct peer *peer = hostile_start(features);
	const uint64_t table = table_of_bytes(peer, 4).addr;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		hostile_refuse_single(peer, table, sizes[i], I,
				      VIRTIO_ERR_INDIRECT);
	/* Eight is what a descriptor's loads need. */
	for (i = 1; i < 8; i++)
		hostile_refuse_single(peer, table + i, 32, I,
				      VIRTIO_ERR_INDIRECT);
	hostile_refuse_single(peer, 0, 32, I, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, peer_bus(PEER_BYTES - 16), 32, I,
			      VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, table, 0xfffffff0, I, VIRTIO_ERR_RANGE);
	hostile_refuse_single(peer, UINT64_MAX - 15, 32, I, VIRTIO_ERR_RANGE);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_bad_sizes_and_addresses)

static void case_10_table_in_write_only_memory(uint64_t features)
{
	static _Alignas(64) char memory[0x1000];
	const uint64_t addr = PEER_BUS + PEER_BYTES;
	struct peer *peer = peer_new(NUM);

	peer->regions[1] = (struct virtio_region){ addr, 0x1000, memory,
						   VIRTIO_REGION_WRITE };
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 2), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_refuse_single(peer, addr, 16, I, VIRTIO_ERR_RANGE);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_table_in_write_only_memory)

static void case_10_legal_tables(uint64_t features)
{
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 16, 0 },
		{ peer_bus(BUF + 32), 16, W },
	};
	struct peer *peer = hostile_start(features);
	struct peer_piece table = { peer_bus(TABLE), 32, I | W };
	uint16_t id;

	/* The table's own WRITE bit says nothing. */
	peer_table(peer, TABLE, pieces, 2);
	id = hostile_accept(peer, &table, 1);
	UNIT_ASSERT_INT(peer->chain.readable, 1);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	CU_ASSERT_PTR_EQUAL(peer->segments[1].pointer, peer_at(peer, BUF + 32));
	hostile_use(peer, id, 16);
	/* Alignment to eight is all that allocators promise. */
	peer_table(peer, TABLE + 0x108, pieces, 2);
	table.addr = peer_bus(TABLE + 0x108);
	id = hostile_accept(peer, &table, 1);
	hostile_use(peer, id, 16);
	/* One that ends where the memory does. */
	peer_table(peer, PEER_BYTES - 32, pieces, 2);
	table.addr = peer_bus(PEER_BYTES - 32);
	id = hostile_accept(peer, &table, 1);
	hostile_use(peer, id, 16);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_10_legal_tables)

static void split_case_10_legal_links(void)
{
	struct peer *peer = hostile_start(PEER_SPLIT);
	const struct peer_piece chain[] = {
		{ peer_bus(BUF), 16, 0 }, { peer_bus(TABLE), 48, I },
	};
	const struct peer_piece sparse = { peer_bus(TABLE), 16000, I };
	uint16_t id;

	/* Direct descriptors first, then a table; one entry is left out. */
	peer_desc_at(peer, TABLE, peer_bus(BUF + 16), 16, N, 2);
	peer_desc_at(peer, TABLE + 32, peer_bus(BUF + 32), 16, W, 0);
	id = hostile_accept(peer, chain, 2);
	UNIT_ASSERT_INT(peer->chain.readable, 2);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	CU_ASSERT_PTR_EQUAL(peer->segments[2].pointer, peer_at(peer, BUF + 32));
	hostile_use(peer, id, 16);
	/* A table larger than the queue with a short chain in it. */
	peer_desc_at(peer, TABLE, peer_bus(BUF), 16, N, 999);
	peer_desc_at(peer, TABLE + 999 * 16, peer_bus(BUF), 16, 0, 0);
	id = hostile_accept(peer, &sparse, 1);
	UNIT_ASSERT_INT(peer->chain.readable, 2);
	hostile_use(peer, id, 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void packed_case_10_table_in_the_middle_of_a_chain(void)
{
	struct peer *peer = hostile_start(PEER_PACKED);
	struct peer_piece chain[3] = { byte, table_of_bytes(peer, 2), byte };

	hostile_refuse(peer, chain, 2, VIRTIO_ERR_INDIRECT);
	hostile_refuse(peer, chain, 3, VIRTIO_ERR_INDIRECT);
	/* The piece before it may be an empty one. */
	chain[0].len = 0;
	hostile_refuse(peer, chain, 2, VIRTIO_ERR_INDIRECT);
	peer_free(peer);
}

/* Of an entry's flags only WRITE means something, its id nothing (2.8.7). */
static void packed_case_10_flags_of_entries_are_ignored(void)
{
	static const uint16_t flags[] = {
		N, VIRTQ_DESC_F_AVAIL, VIRTQ_DESC_F_USED, 0x0078, 0x7f00,
	};
	struct peer *peer = hostile_start(PEER_PACKED);
	const struct peer_piece table = { peer_bus(TABLE), 32, I };
	unsigned int i;
	uint16_t id;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		peer_packed_at(peer, TABLE, peer_bus(BUF), 8, 0xffff, flags[i]);
		peer_packed_at(peer, TABLE + 16, peer_bus(BUF + 8), 8, 0xffff,
			       flags[i] | W);
		id = hostile_accept(peer, &table, 1);
		UNIT_ASSERT_INT(peer->chain.readable_len, 8);
		UNIT_ASSERT_INT(peer->chain.writable_len, 8);
		hostile_use(peer, id, 8);
	}
	hostile_serve_good(peer);
	peer_free(peer);
}

static const struct unit_test tests[] = {
	UNIT_TEST(split_case_1_loop_in_a_table),
	HOSTILE_TESTS(case_1_ring_named_as_its_own_table),
	HOSTILE_TESTS(case_1_longest_table_is_legal_one_more_is_not),
	HOSTILE_TESTS(table_beyond_the_capacity_is_refused),
	UNIT_TEST(split_case_2_next_past_the_table),
	HOSTILE_TESTS(case_5_entry_outside_the_grant),
	HOSTILE_TESTS(case_8_readable_after_writable_in_a_table),
	HOSTILE_TESTS(case_10_not_negotiated),
	HOSTILE_TESTS(case_10_nested),
	HOSTILE_TESTS(case_10_with_next),
	HOSTILE_TESTS(case_10_bad_sizes_and_addresses),
	HOSTILE_TESTS(case_10_table_in_write_only_memory),
	HOSTILE_TESTS(case_10_legal_tables),
	UNIT_TEST(split_case_10_legal_links),
	UNIT_TEST(packed_case_10_table_in_the_middle_of_a_chain),
	UNIT_TEST(packed_case_10_flags_of_entries_are_ignored),
};

UNIT_MAIN("virtio_device_indirect", tests)
