/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control page: publication, handshake, every word of it malformed once.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "unit.h"

static struct block_memory memory;

static void waits_for_publication(void)
{
	struct channel *channel = channel_new_memory(&memory);

	UNIT_ASSERT_INT(loopback_client_attach(&channel->client),
			LOOPBACK_ERR_NOT_READY);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_ERR_STATE);
	channel->control->server.state = virtio_le32(LOOPBACK_SERVER_STARTING);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client),
			LOOPBACK_ERR_NOT_READY);
	CU_ASSERT_EQUAL(channel->to_server_control, 0);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->to_client_control, 1);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server),
			LOOPBACK_ERR_STATE);
	channel_run_client(channel);
	CU_ASSERT_EQUAL(channel->to_server_control, 2);
	CU_ASSERT_EQUAL(channel->to_client_control, 3);
	channel_recover(channel, &memory);
}

static void header_is_not_believed(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_header *header = &channel->control->header;
	struct loopback_header good;
	struct {
		uint32_t *word, value;
		int error;
	} bad[] = {
		{ &header->magic, 0, LOOPBACK_ERR_VERSION },
		{ &header->version, 2, LOOPBACK_ERR_VERSION },
		{ &header->device_id, VIRTIO_ID_NET, LOOPBACK_ERR_DEVICE },
		{ &header->queue_count, 0, LOOPBACK_ERR_PROTOCOL },
		{ &header->queue_count, LOOPBACK_QUEUES_MAX + 1,
		  LOOPBACK_ERR_PROTOCOL },
		{ &header->queue_count, UINT32_MAX, LOOPBACK_ERR_PROTOCOL },
		{ &header->queue_size_max, 0, LOOPBACK_ERR_PROTOCOL },
		{ &header->queue_size_max, 48, LOOPBACK_ERR_PROTOCOL },
		{ &header->queue_size_max, 2048, LOOPBACK_ERR_PROTOCOL },
		{ &header->config_size, 257, LOOPBACK_ERR_PROTOCOL },
		{ &header->config_size, UINT32_MAX, LOOPBACK_ERR_PROTOCOL },
	};
	unsigned int i;

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	good = *header;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		*bad[i].word = virtio_le32(bad[i].value);
		UNIT_ASSERT_INT(loopback_client_attach(&channel->client),
				bad[i].error);
		CU_ASSERT_EQUAL(channel->client.state,
				LOOPBACK_CLIENT_DETACHED);
		*header = good;
	}
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void device_without_version_1_is_refused(void)
{
	struct channel *channel = channel_new_reset(&memory);

	channel->client.handshake.device_features &=
		~VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_ERR_FEATURES);
	channel->client.handshake.device_features |=
		VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	channel_recover(channel, &memory);
}

static void status_goes_step_by_step(void)
{
	struct channel *channel = channel_new_reset(&memory);
	uint64_t request;

	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	request = virtio_le64(channel->control->client.request);
	channel->control->client.request =
		virtio_le64(LOOPBACK_WORD(1, LOOPBACK_WORD_SEQUENCE(request)));
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server), 0);
	CU_ASSERT_EQUAL(channel_granted(channel), 1);
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(channel_request(channel, 3), 0);
	UNIT_ASSERT_INT(channel_request(channel, 11), 0);
	CU_ASSERT_EQUAL(channel_granted(channel), 11);
	/* Features are settled: what is written now comes too late. */
	channel->control->client.driver_features[0] = UINT64_MAX;
	UNIT_ASSERT_INT(
		loopback_block_server_process(&channel->block_server, 16),
		LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(channel_request(channel, 15), LOOPBACK_EVENT_STARTED);
	CU_ASSERT_EQUAL(channel_granted(channel), 15);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_LIVE);
	channel_recover(channel, &memory);
}

static void impossible_status_is_refused(void)
{
	/* 64, DEVICE_NEEDS_RESET, is the server's alone and no reset. */
	static const uint32_t bad[] = {
		2,	 4,	   5,
		7,	 8,	   9,
		10,	 12,	   14,
		64,	 15 | 16,  15 | 32,
		15 | 64, 64 | 128, 15 | 1u << 8,
		1u << 8, 1u << 31, 15 | 1u << 31,
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct channel *channel = channel_new_reset(&memory);

		UNIT_ASSERT_INT(channel_request(channel, bad[i]),
				LOOPBACK_EVENT_REFUSED);
		UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_STATUS);
		CU_ASSERT_EQUAL(channel_granted(channel),
				VIRTIO_STATUS_DEVICE_NEEDS_RESET);
		/* It stays refused, also what is right, until reset. */
		UNIT_ASSERT_INT(channel_request(channel, 1),
				LOOPBACK_EVENT_REFUSED);
		channel_adopt_request(channel);
		channel_recover(channel, &memory);
	}
}

static void status_bits_are_not_taken_back(void)
{
	static const uint32_t bad[] = { 1, 2, 3, 7, 11, 13, 14, 64, 15 | 64 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct channel *channel = channel_new_running(&memory);

		UNIT_ASSERT_INT(channel_request(channel, bad[i]),
				LOOPBACK_EVENT_REFUSED);
		UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_STATUS);
		CU_ASSERT_EQUAL(channel_granted(channel),
				CHANNEL_STATUS_ALL |
					VIRTIO_STATUS_DEVICE_NEEDS_RESET);
		channel_adopt_request(channel);
		channel_recover(channel, &memory);
	}
}

static void features_not_offered_are_refused(void)
{
	uint64_t bad[][2] = {
		{ 0, 0 },
		{ VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH), 0 },
		{ VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			  VIRTIO_FEATURE(VIRTIO_F_RING_PACKED),
		  0 },
		{ VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			  VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD),
		  0 },
		{ VIRTIO_FEATURE(VIRTIO_F_VERSION_1), 1 },
		{ UINT64_MAX, UINT64_MAX },
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct channel *channel = channel_new_reset(&memory);

		UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
				LOOPBACK_OK);
		channel->control->client.driver_features[0] =
			virtio_le64(bad[i][0]);
		channel->control->client.driver_features[1] =
			virtio_le64(bad[i][1]);
		UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
				LOOPBACK_EVENT_REFUSED);
		UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_FEATURES);
		CU_ASSERT_EQUAL(channel_granted(channel),
				VIRTIO_STATUS_ACKNOWLEDGE |
					VIRTIO_STATUS_DRIVER);
		UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
				LOOPBACK_ERR_REFUSED);
		channel_recover(channel, &memory);
	}
}

static void configuration_is_read_whole(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct virtio_blk_config blk = channel->block_server.blk;
	uint8_t bytes[16];

	channel->control->server.config_generation |= virtio_le32(1);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_ERR_AGAIN);
	channel_add32(&channel->control->server.config_generation, 1);
	UNIT_ASSERT_INT(
		loopback_client_read_config(&channel->client, 70, bytes, 3),
		LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(loopback_client_read_config(&channel->client,
						    UINT32_MAX, bytes, 2),
			LOOPBACK_ERR_RANGE);
	blk.capacity = virtio_le64(99);
	UNIT_ASSERT_INT(loopback_server_update_config(&channel->server, &blk),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->block.capacity, 99);
	channel_recover(channel, &memory);
}

static void request_storm_is_one_at_a_time(void)
{
	struct channel *channel = channel_new_running(&memory);
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		channel->control->client.request = virtio_le64(
			LOOPBACK_WORD(i * 2654435761u >> 24, i + 100));
		loopback_server_poll_control(&channel->server);
		loopback_block_server_process(&channel->block_server, 4);
	}
	channel_new_client(channel);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void client_is_told_nonsense(void)
{
	struct channel *channel = channel_new_running(&memory);

	/* An answer to a question never asked. */
	channel_add64(&channel->control->server.acknowledge, (uint64_t)1 << 32);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_BROKEN);
	channel->control->server.error = virtio_le32(77);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	channel->control->server.acknowledge =
		virtio_le64(channel->client.handshake.request | 1);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_REFUSED);
	UNIT_ASSERT_INT(channel->client.peer_error, LOOPBACK_ERR_PROTOCOL);
	channel_recover(channel, &memory);
}

static void initialisation_checks_the_caller(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_server_config good = channel->server.config, bad = good;
	struct loopback_device device = channel->block_server.device;
	struct loopback_server server;

	bad.control = channel->pool + 0x1000;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_INVALID);
	bad.control = (char *)channel->control + 8;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.record = channel->pool;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.record_size--;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_INVALID);
	bad = good;
	bad.queue_size_max = 24;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_SIZE);
	bad = good;
	bad.pool_address += 8;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_ALIGNMENT);
	bad = good;
	bad.pool_size = -CHANNEL_BUS + 1;
	UNIT_ASSERT_INT(loopback_server_init(&server, &bad, &device),
			LOOPBACK_ERR_INVALID);
	device.queue_count = LOOPBACK_QUEUES_MAX + 1;
	UNIT_ASSERT_INT(loopback_server_init(&server, &good, &device),
			LOOPBACK_ERR_INVALID);
	channel_free(channel);
}

static const struct unit_test tests[] = {
	UNIT_TEST(waits_for_publication),
	UNIT_TEST(header_is_not_believed),
	UNIT_TEST(device_without_version_1_is_refused),
	UNIT_TEST(status_goes_step_by_step),
	UNIT_TEST(impossible_status_is_refused),
	UNIT_TEST(status_bits_are_not_taken_back),
	UNIT_TEST(features_not_offered_are_refused),
	UNIT_TEST(configuration_is_read_whole),
	UNIT_TEST(request_storm_is_one_at_a_time),
	UNIT_TEST(client_is_told_nonsense),
	UNIT_TEST(initialisation_checks_the_caller),
};

UNIT_MAIN("loopback_control", tests)
