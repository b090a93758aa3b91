/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant mode: the rings and buffers lie anywhere in the client's memory, which
 * has several ranges, and nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "channel_raw.h"
#include "unit.h"

/* The client's second range; between the two lies a hole. */
#define FAR_BUS		(CHANNEL_BUS + 2 * CHANNEL_POOL)
#define FAR_SIZE	0x2000u

static struct block_memory memory;
static uint8_t *far_memory;
static struct virtio_region regions[2];

static struct channel *grant_new(void)
{
	struct channel *channel = channel_new_memory(&memory);

	far_memory = aligned_alloc(4096, FAR_SIZE);
	if (!far_memory)
		abort();
	memset(far_memory, RAW_UNTOUCHED, FAR_SIZE);
	regions[0] = (struct virtio_region){ CHANNEL_BUS, CHANNEL_POOL,
					     channel->pool, 3 };
	regions[1] = (struct virtio_region){ FAR_BUS, FAR_SIZE, far_memory, 3 };
	channel->regions = regions;
	channel->region_count = 2;
	channel_new_server(channel);
	return channel;
}

static struct channel *grant_run(void)
{
	struct channel *channel = grant_new();

	channel_run(channel);
	channel->pool[RAW_STATUS] = RAW_UNTOUCHED;
	return channel;
}

static void header_says_which_mode(void)
{
	struct channel *channel = grant_run();

	CU_ASSERT_EQUAL(virtio_le32(channel->control->header.data_mode),
			LOOPBACK_DATA_GRANT);
	channel_free(channel);
	free(far_memory);
	channel = channel_new_running(&memory);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->header.data_mode),
			LOOPBACK_DATA_WINDOW);
	channel_free(channel);
}

static void data_may_lie_in_any_range(void)
{
	struct channel *channel = grant_run();

	raw_request(channel, VIRTIO_BLK_T_IN, 7, FAR_BUS + FAR_SIZE - 512, 512,
		    RAW_WRITE);
	CU_ASSERT_EQUAL(raw_serve(channel), VIRTIO_BLK_S_OK);
	CU_ASSERT_EQUAL(memcmp(far_memory + FAR_SIZE - 512,
			       &memory.data[7 * 512], 512),
			0);
	CU_ASSERT_EQUAL(far_memory[FAR_SIZE - 513], RAW_UNTOUCHED);
	raw_good_request(channel, &memory);
	free(far_memory);
}

/* Case 5: past a range's end, in the hole, in what is nobody's. */
static void data_outside_breaks_the_queue(void)
{
	const uint64_t outside[] = {
		FAR_BUS + FAR_SIZE - 511,	FAR_BUS - 1,
		CHANNEL_BUS + CHANNEL_POOL - 1, CHANNEL_BUS + CHANNEL_POOL,
		CHANNEL_BUS - 1,		0,
	};
	unsigned int i;

	for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		struct channel *channel = grant_run();

		raw_request(channel, VIRTIO_BLK_T_IN, 7, outside[i], 512,
			    RAW_WRITE);
		raw_latch(channel, &memory);
		free(far_memory);
	}
}

static void ring_may_lie_in_any_range(void)
{
	struct channel *channel = grant_new();
	struct loopback_queue_request *queue = &channel->control->queue[0];
	struct virtq_addresses far_ring = virtq_layout_addresses(FAR_BUS, 16);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	queue->descriptor_area = virtio_le64(far_ring.desc);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	CU_ASSERT_PTR_EQUAL(channel->server_queue.virtq.ring.desc, far_memory);
	/* The hole holds no ring. */
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	queue->device_area = virtio_le64(FAR_BUS - 4096);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_RANGE);
	channel_free(channel);
	free(far_memory);
}

/* What lies in a granted range, descriptors can name. */
static void private_memory_must_not_be_granted(void)
{
	struct channel *channel = grant_new();
	struct loopback_server_config good = channel->server.config;
	struct loopback_server_config bad = good;
	struct loopback_device *device = &channel->block_server.device;
	struct virtio_region wrong[2] = { regions[0], regions[1] };
	struct loopback_server server;

	UNIT_ASSERT_INT(loopback_server_init(&server, &good, device),
			LOOPBACK_OK);
	bad.control = far_memory + 4096;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.record = far_memory + FAR_SIZE - 64;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.regions = wrong;
	wrong[1].addr += 8;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_ERR_ALIGNMENT);
	wrong[1].addr = CHANNEL_BUS;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.region_count = VIRTIO_REGION_MAX + 1;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_ERR_INVALID);
	/* What was the pool is no way round. */
	bad = good;
	bad.regions = &regions[1];
	bad.region_count = 1;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, device),
			LOOPBACK_OK);
	CU_ASSERT_PTR_NULL(virtio_region_translate(&server.regions, CHANNEL_BUS,
						   1, VIRTIO_REGION_READ));
	channel_free(channel);
	free(far_memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(header_says_which_mode),
	UNIT_TEST(data_may_lie_in_any_range),
	UNIT_TEST(data_outside_breaks_the_queue),
	UNIT_TEST(ring_may_lie_in_any_range),
	UNIT_TEST(private_memory_must_not_be_granted),
};

UNIT_MAIN("loopback_grant", tests)
