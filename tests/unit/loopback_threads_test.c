/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Client and server in two threads that share nothing but the control page and
 * the pool. The doorbells order nothing, so that the thread sanitiser sees only
 * the ordering that the channel itself makes. The server ends and starts again
 * in between.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "block_memory.h"
#include "channel.h"
#include "unit.h"

#define REQUESTS 3000u
#define LIVES 5u
#define DEPTH 6u

static struct block_memory memory;
static atomic_bool finished;

/* The counters of the fixture would be a race of their own. */
static void quiet_control(void *ctx)
{
	(void)ctx;
}

static void quiet_queue(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
}

static void *serve(void *argument)
{
	struct channel *channel = argument;
	unsigned int life;

	for (life = 0; life < LIVES; life++) {
		unsigned int ended = 0;

		if (life) {
			loopback_server_stop(&channel->server);
			channel_new_server(channel);
			channel->server.config.notify =
				(struct loopback_notify){ quiet_control,
							  quiet_queue, NULL };
		}
		loopback_server_publish(&channel->server);
		while (ended < REQUESTS / LIVES || life == LIVES - 1) {
			loopback_server_poll_control(&channel->server);
			loopback_block_server_process(&channel->block_server,
						      3);
			ended = (unsigned int)channel->block_server.requests;
			if (atomic_load_explicit(&finished,
						 memory_order_relaxed))
				return NULL;
			sched_yield();
		}
	}
	return NULL;
}

static void connect(struct channel *channel)
{
	int ret;

	while (loopback_client_attach(&channel->client) ==
	       LOOPBACK_ERR_NOT_READY)
		sched_yield();
	while ((ret = loopback_client_poll(&channel->client)) ==
	       LOOPBACK_ERR_AGAIN)
		sched_yield();
	if (ret || channel_setup_queue(channel) ||
	    loopback_client_start(&channel->client, UINT64_MAX))
		return;
	while ((ret = loopback_client_poll(&channel->client)) ==
	       LOOPBACK_ERR_AGAIN)
		sched_yield();
	if (!ret)
		loopback_block_client_read_config(&channel->block);
}

/* Sector i of the first DEPTH, in data page i, is written or read. */
static void submit_all(struct channel *channel, bool write,
		       const uint8_t *expected)
{
	uintptr_t i;

	for (i = 0; i < DEPTH; i++) {
		memset(channel->pool + CHANNEL_DATA + i * 512,
		       write ? expected[i] : 0, 512);
		channel_submit(
			channel, write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN, i,
			(uint32_t)(CHANNEL_DATA + i * 512), 512, (void *)i);
	}
	loopback_block_client_kick(&channel->block);
}

/* Takes all that was submitted; returns how many ended well. */
static unsigned int take_all(struct channel *channel, bool write,
			     const uint8_t *expected)
{
	struct loopback_block_completion done;
	unsigned int ok = 0;

	while (loopback_block_client_count_busy(&channel->block)) {
		uintptr_t i;

		if (loopback_block_client_poll(&channel->block, &done)) {
			sched_yield();
			continue;
		}
		if (done.result) {
			CU_ASSERT_EQUAL(done.result, LOOPBACK_ERR_PEER);
			continue;
		}
		ok++;
		i = (uintptr_t)done.cookie;
		if (!write)
			CU_ASSERT_EQUAL(
				channel->pool[CHANNEL_DATA + i * 512 + 511],
				expected[i]);
	}
	return ok;
}

/* A write and a later read of a sector agree, whoever served them. */
static void works_across_lives(void)
{
	static uint8_t expected[DEPTH];
	struct channel *channel;
	unsigned int ok = 0, turn = 0, ended, i;
	pthread_t thread;

	block_memory_init(&memory);
	atomic_store(&finished, false);
	channel = channel_new(&memory.backend);
	channel->server.config.notify =
		(struct loopback_notify){ quiet_control, quiet_queue, NULL };
	channel->client.config.notify =
		(struct loopback_notify){ quiet_control, quiet_queue, NULL };
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, serve, channel), 0);

	while (ok < REQUESTS) {
		bool write = turn++ % 2 == 0;

		while (channel->client.state != LOOPBACK_CLIENT_RUNNING)
			connect(channel);
		for (i = 0; write && i < DEPTH; i++)
			expected[i] = (uint8_t)(turn + i);
		submit_all(channel, write, expected);
		ended = take_all(channel, write, expected);
		ok += ended;
		/* What a lost write did is unknown: write first. */
		if (ended < DEPTH)
			turn = 0;
	}
	atomic_store(&finished, true);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(channel->server.generation, LIVES);
	channel_free(channel);
}

#define CHANGES 200000u

static void *change_config(void *argument)
{
	struct channel *channel = argument;
	struct virtio_blk_config blk;
	unsigned int i;

	for (i = 0; i < CHANGES; i++) {
		memset(&blk, (int)i, sizeof(blk));
		loopback_server_update_config(&channel->server, &blk);
	}
	atomic_store(&finished, true);
	return NULL;
}

/* All bytes of what is read belong to one generation. */
static void configuration_is_never_torn(void)
{
	uint8_t bytes[sizeof(struct virtio_blk_config)];
	struct channel *channel;
	unsigned int torn = 0, whole = 0, i;
	pthread_t thread;

	block_memory_init(&memory);
	atomic_store(&finished, false);
	channel = channel_new(&memory.backend);
	channel_run(channel);
	memset(bytes, 0, sizeof(bytes));
	loopback_server_update_config(&channel->server, bytes);
	channel->server.config.notify =
		(struct loopback_notify){ quiet_control, quiet_queue, NULL };
	CU_ASSERT_EQUAL_FATAL(
		pthread_create(&thread, NULL, change_config, channel), 0);
	while (!atomic_load(&finished) || !whole) {
		if (loopback_client_read_config(&channel->client, 0, bytes,
						sizeof(bytes)))
			continue;
		whole++;
		for (i = 1; i < sizeof(bytes); i++)
			torn += bytes[i] != bytes[0];
	}
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(torn, 0);
	channel_free(channel);
}

static const struct unit_test tests[] = {
	UNIT_TEST(works_across_lives),
	UNIT_TEST(configuration_is_never_torn),
};

UNIT_MAIN("loopback_threads", tests)
