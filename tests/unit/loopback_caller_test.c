/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the endpoints and the block device refuse of their own caller: each part
 * of each configuration missing or wrong once.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "fake_disk.h"
#include "unit.h"

static struct block_memory memory;

static void client_is_given_less(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_client_config good = channel->client.config;
	struct loopback_client_config bad[9];
	struct loopback_client client;
	unsigned int i;

	for (i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].control = NULL;
	bad[1].control = (char *)good.control + 32;
	bad[2].pool = NULL;
	bad[3].pool_size = 0;
	bad[4].pool_address = UINT64_MAX - CHANNEL_POOL + 2;
	bad[5].notify.control = NULL;
	bad[6].notify.queue = NULL;
	bad[7].pool_size = UINT64_MAX;
	bad[8].pool_size = 0;
	bad[8].pool_address = 0;
	for (i = 0; i < 9; i++)
		UNIT_ASSERT_INT(loopback_client_init(&client, &bad[i]),
				LOOPBACK_ERR_INVALID);
	/* The last byte of the bus is no wrap. */
	good.pool_address = UINT64_MAX - CHANNEL_POOL + 1;
	UNIT_ASSERT_INT(loopback_client_init(&client, &good), LOOPBACK_OK);
	channel_free(channel);
}

static void server_is_given_less(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_server_config good = channel->server.config;
	struct loopback_device *device = &channel->block_server.device;
	struct loopback_server_config bad[5];
	struct loopback_server server;
	unsigned int i;

	for (i = 0; i < 5; i++)
		bad[i] = good;
	bad[0].control = NULL;
	bad[1].queues = NULL;
	bad[2].slots = NULL;
	bad[3].notify.control = NULL;
	bad[4].notify.queue = NULL;
	for (i = 0; i < 5; i++)
		UNIT_ASSERT_INT(loopback_server_init(&server, &bad[i], device),
				LOOPBACK_ERR_INVALID);
	bad[0] = good;
	bad[0].queue_size_max = 2 * LOOPBACK_QUEUE_SIZE_MAX;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad[0], device),
			LOOPBACK_ERR_SIZE);
	bad[0] = good;
	bad[0].record = (char *)good.record + 4;
	bad[0].record_size = LOOPBACK_RECORD_SIZE(1);
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad[0], device),
			LOOPBACK_ERR_INVALID);
	channel_free(channel);
}

static void server_is_given_a_bad_device(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_server_config config = channel->server.config;
	struct loopback_device good = channel->block_server.device;
	/* Queues enough, lest too many fail for another reason. */
	struct loopback_server_queue queues[LOOPBACK_QUEUES_MAX + 1];
	struct loopback_device bad[7];
	struct loopback_server server;
	unsigned int i;

	config.record = NULL;
	config.queues = queues;
	for (i = 0; i < 7; i++)
		bad[i] = good;
	bad[0].queue_count = 0;
	bad[1].queue_count = LOOPBACK_QUEUES_MAX + 1;
	bad[2].config_size = LOOPBACK_CONFIG_SIZE + 1;
	bad[3].config = NULL;
	bad[4].start_queue = NULL;
	bad[5].stop_queue = NULL;
	bad[6].count_in_flight = NULL;
	for (i = 0; i < 7; i++)
		UNIT_ASSERT_INT(loopback_server_init(&server, &config, &bad[i]),
				LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, NULL),
			LOOPBACK_ERR_INVALID);
	/* No configuration at all is no error. */
	good.config = NULL;
	good.config_size = 0;
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, &good),
			LOOPBACK_OK);
	channel_free(channel);
}

/* Case 5: whatever lies in the pool, descriptors can name. */
static void private_memory_may_touch_the_pool_but_not_lie_in_it(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_server_config config = channel->server.config;
	struct loopback_device *device = &channel->block_server.device;
	size_t size = 2 * LOOPBACK_CONTROL_SIZE + CHANNEL_POOL;
	uint8_t *block = aligned_alloc(4096, size);
	struct loopback_server server;

	if (!block)
		abort();
	config.pool = block + LOOPBACK_CONTROL_SIZE;
	config.record = NULL;
	config.control = block;
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, device),
			LOOPBACK_OK);
	config.control = block + 64;
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, device),
			LOOPBACK_ERR_INVALID);
	config.control = block + size - LOOPBACK_CONTROL_SIZE;
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, device),
			LOOPBACK_OK);
	config.control = block + size - LOOPBACK_CONTROL_SIZE - 64;
	UNIT_ASSERT_INT(loopback_server_init(&server, &config, device),
			LOOPBACK_ERR_INVALID);
	free(block);
	channel_free(channel);
}

static void block_client_is_given_less(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_block_client_config good = channel->block.config;
	struct loopback_block_client_config bad[7];
	struct loopback_block_client block;
	unsigned int i;

	for (i = 0; i < 7; i++)
		bad[i] = good;
	bad[0].transport.ctx = NULL;
	bad[1].transport.get_address = NULL;
	bad[2].queue = LOOPBACK_QUEUES_MAX;
	bad[3].slots = NULL;
	bad[4].wires = NULL;
	bad[5].wires = (void *)(channel->pool + CHANNEL_WIRES + 8);
	bad[6].slot_count = 0;
	for (i = 0; i < 7; i++)
		UNIT_ASSERT_INT(loopback_block_client_init(&block, &bad[i]),
				LOOPBACK_ERR_INVALID);

	/* The wires are what the device writes to: all of them in the pool. */
	bad[0] = good;
	bad[0].wires = (void *)(channel->pool + CHANNEL_POOL);
	UNIT_ASSERT_INT(loopback_block_client_init(&block, &bad[0]),
			LOOPBACK_ERR_RANGE);
	bad[0].wires = (void *)((uintptr_t)channel->pool + CHANNEL_POOL + 4096);
	UNIT_ASSERT_INT(loopback_block_client_init(&block, &bad[0]),
			LOOPBACK_ERR_RANGE);
	bad[0].wires = (void *)(channel->pool + CHANNEL_POOL -
				(CHANNEL_SLOTS - 1) * sizeof(*bad[0].wires));
	UNIT_ASSERT_INT(loopback_block_client_init(&block, &bad[0]),
			LOOPBACK_ERR_RANGE);
	bad[0].wires = (void *)(channel->pool + CHANNEL_POOL -
				CHANNEL_SLOTS * sizeof(*bad[0].wires));
	UNIT_ASSERT_INT(loopback_block_client_init(&block, &bad[0]),
			LOOPBACK_OK);
	channel_free(channel);
}

static void block_server_is_given_less(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_block_server_config good = channel->block_server.config;
	struct loopback_block_server_config bad[8];
	struct loopback_block_backend backends[3] = { memory.backend,
						      memory.backend,
						      memory.backend };
	struct loopback_block_server block;
	unsigned int i;

	for (i = 0; i < 8; i++)
		bad[i] = good;
	for (i = 0; i < 3; i++)
		bad[i].backend = &backends[i];
	backends[0].segment_max = 0;
	backends[1].submit = NULL;
	backends[2].kick = NULL;
	bad[3].backend = NULL;
	bad[4].slots = NULL;
	bad[5].slot_count = 0;
	bad[6].segments = NULL;
	bad[7].queue_size_max = 24;
	for (i = 0; i < 8; i++)
		UNIT_ASSERT_INT(loopback_block_server_init(&block, &bad[i]),
				LOOPBACK_ERR_INVALID);
	channel_free(channel);
}

static void disk_backend_is_given_less(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct fake_disk *fake =
		fake_disk_new(channel->pool, CHANNEL_BUS, CHANNEL_POOL,
			      VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX));
	struct loopback_block_disk_config good = fake->config, bad[7];
	struct loopback_block_disk disk;
	unsigned int i;

	for (i = 0; i < 7; i++)
		bad[i] = good;
	bad[0].virtq = NULL;
	bad[1].queue_size = 3;
	bad[2].wires = NULL;
	bad[3].slots = NULL;
	bad[4].slot_count = 0;
	bad[5].notify = NULL;
	bad[6].blk.seg_max = 0;
	for (i = 0; i < 7; i++)
		UNIT_ASSERT_INT(loopback_block_disk_init(&disk, &bad[i]),
				LOOPBACK_ERR_INVALID);
	/* A header, one piece of data, a status: that much must fit. */
	good.queue_size = 4;
	UNIT_ASSERT_INT(loopback_block_disk_init(&disk, &good), LOOPBACK_OK);
	UNIT_ASSERT_INT(disk.backend.segment_max, 2);
	fake_disk_free(fake);
	channel_free(channel);
}

static void queue_memory_is_checked(void)
{
	struct channel *channel = channel_new_reset(&memory);
	struct loopback_client *client = &channel->client;
	struct loopback_client_queue_memory good = client->queue[0], bad[5];
	unsigned int i;

	for (i = 0; i < 5; i++)
		bad[i] = good;
	bad[0].ring = NULL;
	bad[1].virtq = NULL;
	bad[2].slots = NULL;
	bad[3].size = 0;
	bad[4].tables = (void *)(channel->pool + CHANNEL_TABLES + 8);
	for (i = 0; i < 3; i++)
		UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &bad[i]),
				LOOPBACK_ERR_INVALID);
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &bad[3]),
			LOOPBACK_ERR_SIZE);
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &bad[4]),
			LOOPBACK_ERR_ALIGNMENT);
	/* Aligned here, but not as the device sees it. */
	client->config.pool_address += 8;
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &good),
			LOOPBACK_ERR_ALIGNMENT);
	client->config.pool_address -= 8;

	/* What the ring itself refuses is refused when it starts. */
	good.table_entries = 0;
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &good),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_INVALID);
	CU_ASSERT_EQUAL(client->state, LOOPBACK_CLIENT_RESET);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(client_is_given_less),
	UNIT_TEST(server_is_given_less),
	UNIT_TEST(server_is_given_a_bad_device),
	UNIT_TEST(private_memory_may_touch_the_pool_but_not_lie_in_it),
	UNIT_TEST(block_client_is_given_less),
	UNIT_TEST(block_server_is_given_less),
	UNIT_TEST(disk_backend_is_given_less),
	UNIT_TEST(queue_memory_is_checked),
};

UNIT_MAIN("loopback_caller", tests)
