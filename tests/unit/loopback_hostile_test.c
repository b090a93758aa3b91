/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client without scruples against the block server: rings, addresses, storms.
 * Each case is served or refused; afterwards a good request succeeds, after a
 * reset where the ring was latched.
 */
#include <string.h>

#include "block_memory.h"
#include "channel_raw.h"
#include "unit.h"

static struct block_memory memory;

static void addresses_outside_the_pool(void)
{
	struct channel *probe = raw_start(&memory);
	/*
	 * Case 5 and 6: nowhere, the control page, the record and the server's
	 * memory by their own addresses, straddling, wrapping, too long.
	 */
	struct {
		uint64_t address;
		uint32_t length;
	} bad[] = {
		{ 0, 512 },
		{ channel_bus(0) - 0x1000, 512 },
		{ channel_bus(0) - 1, 512 },
		{ channel_bus(CHANNEL_POOL), 512 },
		{ channel_bus(CHANNEL_POOL) - 511, 512 },
		{ (uintptr_t)probe->control, 512 },
		{ (uintptr_t)probe->record, 512 },
		{ (uintptr_t)&probe->server, 512 },
		{ (uintptr_t)probe->pool, 512 },
		{ UINT64_MAX - 511, 512 },
		{ UINT64_MAX - 255, 512 },
		{ channel_bus(CHANNEL_DATA), UINT32_MAX },
		{ channel_bus(CHANNEL_DATA), UINT32_MAX - 511 },
		{ channel_bus(0), CHANNEL_POOL + 512 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct channel *channel = raw_start(&memory);

		raw_request(channel, VIRTIO_BLK_T_IN, 0, bad[i].address,
			    bad[i].length, RAW_WRITE);
		raw_latch(channel, &memory);
		channel = raw_start(&memory);
		raw_request(channel, VIRTIO_BLK_T_OUT, 0, bad[i].address,
			    bad[i].length, 0);
		raw_latch(channel, &memory);
	}
	channel_free(probe);
}

static void boundary_of_the_pool_is_legal(void)
{
	struct channel *channel = raw_start(&memory);

	raw_request(channel, VIRTIO_BLK_T_IN, 0,
		    channel_bus(CHANNEL_POOL - 512), 512, RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	raw_good_request(channel, &memory);
}

static void data_in_the_ring_itself(void)
{
	struct channel *channel = raw_start(&memory);

	/* Legal for the address check: the client ruins its own ring only. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_RING), 512,
		    RAW_WRITE);
	channel_avail(channel, 0);
	loopback_block_server_process(&channel->block_server, 16);
	loopback_block_server_process(&channel->block_server, 16);
	channel_new_client(channel);
	channel_run_client(channel);
	raw_good_request(channel, &memory);
}

static void chain_of_the_whole_queue(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	raw_header(channel, VIRTIO_BLK_T_IN, 0);
	channel_desc(channel, 0, channel_bus(RAW_HEADER), 16, RAW_NEXT, 1);
	for (i = 1; i < CHANNEL_QUEUE_SIZE - 1; i++)
		channel_desc(channel, i, channel_bus(CHANNEL_DATA + i * 512),
			     512, RAW_NEXT | RAW_WRITE, i + 1);
	channel_desc(channel, CHANNEL_QUEUE_SIZE - 1, channel_bus(RAW_STATUS),
		     1, RAW_WRITE, 0);
	memory.hold = true;
	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(memory.count, 1);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.hold = false;
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->pool[RAW_STATUS], VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + 512, memory.data,
			       14 * 512),
			0);

	/* One step further is a loop. */
	channel_desc(channel, CHANNEL_QUEUE_SIZE - 1, channel_bus(RAW_STATUS),
		     1, RAW_NEXT | RAW_WRITE, 1);
	memory.submits = 0;
	raw_latch(channel, &memory);
}

static void header_changes_after_the_check(void)
{
	struct channel *channel = raw_start(&memory);
	struct loopback_block_request *held;

	/* Case 12: what the backend got is what was judged. */
	memory.hold = true;
	raw_request(channel, VIRTIO_BLK_T_IN, 5, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	raw_header(channel, VIRTIO_BLK_T_OUT, UINT64_MAX);
	memset(channel->pool + CHANNEL_RING, 0xff,
	       virtq_desc_bytes(CHANNEL_QUEUE_SIZE));
	held = memory.held[0].request;
	CU_ASSERT_EQUAL(held->type, VIRTIO_BLK_T_IN);
	CU_ASSERT_EQUAL(held->sector, 5);
	CU_ASSERT_EQUAL(memory.held[0].segments[0].addr,
			channel_bus(CHANNEL_DATA));
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->pool[RAW_STATUS], VIRTIO_BLK_S_OK);
	memory.hold = false;
	raw_good_request(channel, &memory);
}

static void same_head_twice(void)
{
	struct channel *channel = raw_start(&memory);

	memory.hold = true;
	raw_request(channel, VIRTIO_BLK_T_IN, 5, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	channel_avail(channel, 0);
	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_PROTOCOL);
	/* What was taken before the latch ends, and writes nothing any more. */
	CU_ASSERT_EQUAL(memory.count, 1);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(channel->pool[RAW_STATUS], RAW_UNTOUCHED);
	CU_ASSERT_EQUAL(channel_used_idx(channel), 0);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	memory.hold = false;
	channel_new_client(channel);
	channel_run_client(channel);
	raw_good_request(channel, &memory);
}

static void completions_never_taken(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i, served = 0;

	/* Case 15: 70,000 requests, endless kicks, no completion taken. */
	raw_request(channel, VIRTIO_BLK_T_IN, 0, channel_bus(CHANNEL_DATA), 512,
		    RAW_WRITE);
	for (i = 0; i < 70000; i++) {
		channel_avail(channel, 0);
		if (i % 7 == 0)
			served += loopback_block_server_process(
					  &channel->block_server, 16) ==
				  LOOPBACK_OK;
	}
	CU_ASSERT_TRUE(served > 9000);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel_used_idx(channel), (uint16_t)70000);
	/* The doorbells a client gets are no more than it asked for. */
	CU_ASSERT_TRUE(channel->to_client_queue <= 2);
	raw_good_request(channel, &memory);
}

static void kicks_at_the_wrong_time(void)
{
	struct channel *channel;

	/* Case 24: before publication, before DRIVER_OK, after reset. */
	block_memory_init(&memory);
	channel = channel_new(&memory.backend);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	channel_run_client(channel);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	raw_request(channel, VIRTIO_BLK_T_OUT, 0, channel_bus(CHANNEL_DATA),
		    512, 0);
	channel_avail(channel, 0);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(memory.submits, 0);
	channel_new_client(channel);
	channel_run_client(channel);
	raw_good_request(channel, &memory);
}

static void malformed_requests_leak_no_slot(void)
{
	struct channel *channel = raw_start(&memory);
	unsigned int i;

	/* Case 27, more often than there are slots. */
	for (i = 0; i < 10 * CHANNEL_SLOTS; i++) {
		channel_desc(channel, 0, channel_bus(RAW_HEADER), i % 16, 0, 0);
		CU_ASSERT_EQUAL(raw_serve(channel), RAW_UNTOUCHED);
		raw_request(channel, VIRTIO_BLK_T_IN, UINT64_MAX,
			    channel_bus(CHANNEL_DATA), 512, RAW_WRITE);
		CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_IOERR);
	}
	raw_good_request(channel, &memory);
}

static void broken_client_stops_no_other(void)
{
	struct channel *bad = raw_start(&memory), *good;

	/* Case 28: two channels over one backend. */
	good = channel_new(&memory.backend);
	channel_run(good);
	memory.hold = true;
	UNIT_ASSERT_INT(channel_submit(good, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA,
				       512, NULL),
			LOOPBACK_OK);
	loopback_block_client_kick(&good->block);
	UNIT_ASSERT_INT(loopback_block_server_process(&good->block_server, 16),
			LOOPBACK_OK);
	raw_request(bad, VIRTIO_BLK_T_IN, 0, 0, 512, RAW_WRITE);
	channel_avail(bad, 0);
	UNIT_ASSERT_INT(loopback_block_server_process(&bad->block_server, 16),
			LOOPBACK_ERR_PROTOCOL);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	memory.hold = false;
	UNIT_ASSERT_INT(loopback_block_server_process(&good->block_server, 16),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel_used_idx(good), 1);
	channel_free(bad);
	channel_new_client(good);
	channel_run_client(good);
	raw_good_request(good, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(addresses_outside_the_pool),
	UNIT_TEST(boundary_of_the_pool_is_legal),
	UNIT_TEST(data_in_the_ring_itself),
	UNIT_TEST(chain_of_the_whole_queue),
	UNIT_TEST(header_changes_after_the_check),
	UNIT_TEST(same_head_twice),
	UNIT_TEST(completions_never_taken),
	UNIT_TEST(kicks_at_the_wrong_time),
	UNIT_TEST(malformed_requests_leak_no_slot),
	UNIT_TEST(broken_client_stops_no_other),
};

UNIT_MAIN("loopback_hostile", tests)
