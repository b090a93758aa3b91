/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block requests that no driver would make: each is refused with the status
 * that VirtIO names or served, and a good one succeeds right after.
 */
#include <string.h>

#include "block_memory.h"
#include "channel_raw.h"
#include "unit.h"

static struct block_memory memory;

static void zero_lengths(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	/* Case 7. No data at all. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA), 0,
		    RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* An empty piece in the middle, at an address that means nothing. */
	raw_request(channel, VIRTIO_BLK_T_IN, 1, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	channel_desc(channel, 2, 0, 0, RAW_NEXT | RAW_WRITE, 3);
	channel_desc(channel, 3, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	/* An empty status, an all-empty chain, one empty descriptor. */
	raw_request(channel, VIRTIO_BLK_T_FLUSH, 0, channel_bus(CHANNEL_DATA),
		    0, 0);
	channel_desc(channel, 2, channel_bus(RAW_STATUS), 0, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	CU_ASSERT_EQUAL(raw_used_length(channel), 0);
	for (i = 0; i < 3; i++)
		channel_desc(channel, i, 0, 0, i < 2 ? RAW_NEXT : 0, i + 1);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	channel_desc(channel, 0, 0, 0, 0, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	CU_ASSERT_EQUAL(memory.submits, 1);
	raw_good_request(channel, &memory);
}

static void header_and_status_in_the_wrong_memory(void)
{
	struct channel *channel = raw_start(&memory);

	/* Case 8. Readable after writable latches the ring. */
	raw_request(channel, VIRTIO_BLK_T_OUT, 0, channel_bus(CHANNEL_DATA),
		    512, 0);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16,
		     RAW_NEXT | RAW_WRITE, 1);
	raw_latch(channel, &memory);

	channel = raw_start(&memory);
	/* The whole request in writable memory: no header. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16,
		     RAW_NEXT | RAW_WRITE, 1);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* The status in readable memory: nobody to tell. */
	raw_request(channel, VIRTIO_BLK_T_OUT, 0, channel_bus(CHANNEL_DATA),
		    512, 0);
	channel_desc(channel, 2, channel_bus(RAW_STATUS), 1, 0, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	CU_ASSERT_EQUAL(raw_used_length(channel), 0);
	/* No status at all; a header and nothing else. */
	channel_desc(channel, 1, channel_bus(CHANNEL_DATA), 512, 0, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16, 0, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
	/* A header that is one byte short. */
	raw_header(channel, VIRTIO_BLK_T_FLUSH, 0);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 15, RAW_NEXT, 1);
	channel_desc(channel, 1, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(raw_used_length(channel), 1);
	raw_header(channel, 77, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* The status is the last byte of the data's own descriptor: legal. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(RAW_STATUS - 512),
		    513, RAW_WRITE);
	channel_desc(channel, 1, channel_bus(RAW_STATUS - 512), 513, RAW_WRITE,
		     0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(raw_used_length(channel), 513);
	raw_good_request(channel, &memory);
}

static void header_in_pieces(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	/* Case 9. Three pieces, the last together with the data. */
	memset(channel->pool + RAW_HEADER + 16, 0x77, 512);
	raw_header(channel, VIRTIO_BLK_T_OUT, 6);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 5, RAW_NEXT, 1);
	channel_desc(channel, 1, channel_bus(RAW_HEADER + 5), 6, RAW_NEXT, 2);
	channel_desc(channel, 2, channel_bus(RAW_HEADER + 11), 5 + 512,
		     RAW_NEXT, 3);
	channel_desc(channel, 3, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(memory.data[6 * 512], 0x77);
	CU_ASSERT_EQUAL(memory.data[7 * 512 - 1], 0x77);
	/* One byte each fills the queue; the status needs the table of one. */
	raw_header(channel, VIRTIO_BLK_T_FLUSH, 0);
	for (i = 0; i < 14; i++)
		channel_desc(channel, i, channel_bus(RAW_HEADER + i), 1,
			     RAW_NEXT, i + 1);
	channel_desc(channel, 14, channel_bus(RAW_HEADER + 14), 2, RAW_NEXT,
		     15);
	channel_desc(channel, 15, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(memory.flushes, 1);
	raw_good_request(channel, &memory);
}

/* Where a processor could not load a word of it at once. */
static void header_at_an_odd_address(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int offset;

	for (offset = 1; offset < 8; offset++) {
		raw_request(channel, VIRTIO_BLK_T_IN, offset,
			    channel_bus(CHANNEL_DATA), 512, RAW_WRITE);
		memmove(channel->pool + RAW_HEADER + offset,
			channel->pool + RAW_HEADER, 16);
		channel_desc(channel, 0, channel_bus(RAW_HEADER + offset), 16,
			     RAW_NEXT, 1);
		CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
		CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA,
				       &memory.data[offset * 512], 512),
				0);
	}
	raw_good_request(channel, &memory);
}

static void sectors_out_of_range(void)
{
	static const struct {
		uint64_t sector;
		uint32_t length;
	} bad[] = {
		{ BLOCK_MEMORY_SECTORS, 512 },
		{ BLOCK_MEMORY_SECTORS - 1, 1024 },
		{ UINT64_MAX, 512 },
		{ UINT64_MAX - 1, 1024 },
		{ UINT64_MAX / 512, 512 },
		{ (uint64_t)1 << 55, 512 },
		{ 0, 511 },
		{ 0, 513 },
		{ 0, 1 },
	};
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		raw_request(channel, VIRTIO_BLK_T_IN, bad[i].sector,
			    channel_bus(CHANNEL_DATA), bad[i].length,
			    RAW_WRITE);
		CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(raw_used_length(channel), 0);
		raw_request(channel, VIRTIO_BLK_T_OUT, bad[i].sector,
			    channel_bus(CHANNEL_DATA), bad[i].length, 0);
		CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	}
	CU_ASSERT_EQUAL(memory.submits, 0);
	raw_good_request(channel, &memory);
}

static void data_in_the_wrong_direction(void)
{
	struct channel *channel = raw_start(&memory);

	raw_request(channel, VIRTIO_BLK_T_OUT, 0, channel_bus(CHANNEL_DATA),
		    512, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA), 512,
		    0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_FLUSH, 0, channel_bus(CHANNEL_DATA),
		    512, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_FLUSH, 0, channel_bus(CHANNEL_DATA),
		    512, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0, channel_bus(CHANNEL_DATA),
		    20, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_DISCARD, 0, channel_bus(RAW_RANGE),
		    16, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* Both directions at once. */
	raw_request(channel, VIRTIO_BLK_T_OUT, 0, channel_bus(CHANNEL_DATA),
		    512, 0);
	channel_desc(channel, 2, channel_bus(CHANNEL_DATA), 512,
		     RAW_NEXT | RAW_WRITE, 3);
	channel_desc(channel, 3, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_header(channel, VIRTIO_BLK_T_DISCARD, 0);
	memcpy(channel->pool + RAW_RANGE,
	       &(struct virtio_blk_discard_write_zeroes){
		       .num_sectors = virtio_le32(1) },
	       16);
	channel_desc(channel, 1, channel_bus(RAW_RANGE), 16, RAW_NEXT, 2);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_header(channel, VIRTIO_BLK_T_WRITE_ZEROES, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* An answer asked for with something behind the header. */
	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0, channel_bus(CHANNEL_DATA),
		    20, RAW_WRITE);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 17, RAW_NEXT, 1);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	/* A read with data behind its header. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 17, RAW_NEXT, 1);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(memory.submits, 0);
	raw_good_request(channel, &memory);
}

static void unknown_types(void)
{
	static const uint32_t types[] = { 2,  3,  5,  7,	  9,	     10,
					  12, 14, 15, 0x80000000, UINT32_MAX };
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		raw_request(channel, types[i], 0, channel_bus(CHANNEL_DATA),
			    512, i % 2 ? RAW_WRITE : 0);
		CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_UNSUPP);
	}
	CU_ASSERT_EQUAL(memory.submits, 0);
	raw_good_request(channel, &memory);
}

static void get_id_of_any_size(void)
{
	struct channel *channel = raw_start(&memory);

	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0, channel_bus(CHANNEL_DATA),
		    19, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0, channel_bus(CHANNEL_DATA),
		    0x20000, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0, channel_bus(CHANNEL_DATA),
		    20, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(raw_used_length(channel), 21);
	/* In two pieces. */
	raw_request(channel, VIRTIO_BLK_T_GET_ID, 0,
		    channel_bus(CHANNEL_DATA + 100), 3, RAW_WRITE);
	channel_desc(channel, 2, channel_bus(CHANNEL_DATA + 103), 17,
		     RAW_NEXT | RAW_WRITE, 3);
	channel_desc(channel, 3, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_STRING_EQUAL((char *)channel->pool + CHANNEL_DATA + 100,
			       "bulkhead-test-disk");
	raw_good_request(channel, &memory);
}

static unsigned int zero_range(struct channel *channel, uint32_t type,
			       uint64_t sector, uint32_t sectors,
			       uint32_t flags, uint32_t length)
{
	struct virtio_blk_discard_write_zeroes range = {
		.sector = virtio_le64(sector),
		.num_sectors = virtio_le32(sectors),
		.flags = virtio_le32(flags),
	};

	memcpy(channel->pool + RAW_RANGE, &range, sizeof(range));
	raw_request(channel, type, 0, channel_bus(RAW_RANGE), length, 0);
	return raw_serve(channel);
}

static void ranges_to_discard(void)
{
	static const uint32_t types[] = { VIRTIO_BLK_T_DISCARD,
					  VIRTIO_BLK_T_WRITE_ZEROES };
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		uint32_t type = types[i];

		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 1, 0, 15),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 1, 0, 32),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 0, 0, 16),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 17, 0, 16),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type,
					   BLOCK_MEMORY_SECTORS - 1, 2, 0, 16),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type, UINT64_MAX, 2, 0, 16),
				VIRTIO_BLK_S_IOERR);
		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 1, 2, 16),
				VIRTIO_BLK_S_UNSUPP);
		CU_ASSERT_EQUAL(zero_range(channel, type, 0, 1, UINT32_MAX, 16),
				VIRTIO_BLK_S_UNSUPP);
	}
	CU_ASSERT_EQUAL(zero_range(channel, VIRTIO_BLK_T_DISCARD, 0, 1, 1, 16),
			VIRTIO_BLK_S_UNSUPP);
	CU_ASSERT_EQUAL(memory.submits, 0);
	CU_ASSERT_EQUAL(
		zero_range(channel, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 1, 16),
		VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(zero_range(channel, VIRTIO_BLK_T_DISCARD,
				   BLOCK_MEMORY_SECTORS - 2, 2, 0, 16),
			VIRTIO_BLK_S_OK);
	raw_good_request(channel, &memory);
}

static void features_not_negotiated(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.flush = false;
	channel = channel_new(&memory.backend);
	channel_run(channel);
	CU_ASSERT_EQUAL(zero_range(channel, VIRTIO_BLK_T_DISCARD, 0, 1, 0, 16),
			VIRTIO_BLK_S_UNSUPP);
	CU_ASSERT_EQUAL(
		zero_range(channel, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0, 16),
		VIRTIO_BLK_S_UNSUPP);
	raw_request(channel, VIRTIO_BLK_T_FLUSH, 0, channel_bus(CHANNEL_DATA),
		    0, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_UNSUPP);
	raw_good_request(channel, &memory);
}

static void zeroing_a_read_only_disk(void)
{
	struct channel *channel;

	block_memory_init(&memory);
	memory.backend.read_only = true;
	memory.backend.discard_max = 16;
	memory.backend.write_zeroes_max = 16;
	channel = channel_new(&memory.backend);
	channel_run(channel);
	CU_ASSERT_EQUAL(zero_range(channel, VIRTIO_BLK_T_DISCARD, 0, 1, 0, 16),
			VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(
		zero_range(channel, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0, 16),
		VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(memory.submits, 0);
	raw_good_request(channel, &memory);
}

static void more_pieces_than_the_backend_takes(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	memory.backend.segment_max = 4;
	channel_new_server(channel);
	channel_new_client(channel);
	channel_run(channel);
	raw_header(channel, VIRTIO_BLK_T_IN, 0);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16, RAW_NEXT, 1);
	for (i = 1; i <= 5; i++)
		channel_desc(channel, i, channel_bus(CHANNEL_DATA), 512,
			     RAW_NEXT | RAW_WRITE, i + 1);
	channel_desc(channel, 6, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	memory.backend.segment_size_max = 512;
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA),
		    1024, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(memory.submits, 0);
	raw_good_request(channel, &memory);
}

/* The backend would take it, and it fits the ring: seg_max forbids it. */
static void more_pieces_than_were_offered(void)
{
	struct channel *channel = raw_start(&memory);
	uint32_t offered = virtio_le32(channel->block_server.blk.seg_max);
	unsigned int i;

	CU_ASSERT_EQUAL(offered, CHANNEL_QUEUE_SIZE - 2);
	CU_ASSERT_TRUE(offered < memory.backend.segment_max);
	raw_header(channel, VIRTIO_BLK_T_IN, 0);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16, RAW_NEXT, 1);
	for (i = 1; i <= offered; i++)
		channel_desc(channel, i, channel_bus(CHANNEL_DATA), 512,
			     RAW_NEXT | RAW_WRITE, i + 1);
	/* One more piece before the status, in the same descriptor. */
	channel_desc(channel, offered + 1, channel_bus(RAW_STATUS - 512), 513,
		     RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	CU_ASSERT_EQUAL(memory.submits, 0);
	channel_desc(channel, offered + 1, channel_bus(RAW_STATUS), 1,
		     RAW_WRITE, 0);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	memory.submits = 0;
	raw_good_request(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(zero_lengths),
	UNIT_TEST(header_and_status_in_the_wrong_memory),
	UNIT_TEST(header_in_pieces),
	UNIT_TEST(header_at_an_odd_address),
	UNIT_TEST(sectors_out_of_range),
	UNIT_TEST(data_in_the_wrong_direction),
	UNIT_TEST(unknown_types),
	UNIT_TEST(get_id_of_any_size),
	UNIT_TEST(ranges_to_discard),
	UNIT_TEST(features_not_negotiated),
	UNIT_TEST(zeroing_a_read_only_disk),
	UNIT_TEST(more_pieces_than_the_backend_takes),
	UNIT_TEST(more_pieces_than_were_offered),
};

UNIT_MAIN("loopback_request", tests)
