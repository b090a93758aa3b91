/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls in every state that they do not belong to, and a server that changes
 * between two looks.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel_control.h"
#include "page_hook.h"
#include "unit.h"

static struct block_memory memory;

static void nothing_but_attach_works_when_detached(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_client *client = &channel->client;
	struct loopback_client_queue_memory queue = { .size = 0 };
	uint8_t byte;

	UNIT_ASSERT_INT(loopback_client_check(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_poll(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 0, &queue),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_reset(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_close(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_read_config(client, 0, &byte, 0),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(
		channel_submit(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0, NULL),
		LOOPBACK_ERR_STATE);
	loopback_block_client_kick(&channel->block);
	/* The end of a server that was never known ends nothing. */
	loopback_client_peer_down(client);
	CU_ASSERT_EQUAL(client->state, LOOPBACK_CLIENT_DETACHED);
	CU_ASSERT_EQUAL(client->epoch, 0);
	CU_ASSERT_EQUAL(channel->to_server_control, 0);
	CU_ASSERT_EQUAL(channel->to_server_queue, 0);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void running_client_is_not_set_up_again(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_client *client = &channel->client;
	uint64_t request = channel->control->client.request;

	UNIT_ASSERT_INT(loopback_client_attach(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(client->state, LOOPBACK_CLIENT_RUNNING);
	CU_ASSERT_EQUAL(channel->control->client.request, request);
	channel_recover(channel, &memory);
}

static void closing_client_only_waits(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_client *client = &channel->client;

	UNIT_ASSERT_INT(loopback_client_close(client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_close(client), LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(loopback_client_reset(client), LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->client.state),
			LOOPBACK_CLIENT_CLOSED);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET | LOOPBACK_EVENT_CLOSED);
	UNIT_ASSERT_INT(loopback_client_poll(client), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void reset_is_over_once(void)
{
	struct channel *channel = channel_new_reset(&memory);
	uint32_t epoch = channel->client.epoch;

	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_RESET);
	CU_ASSERT_EQUAL(channel->client.epoch, epoch);
	/* Another word than the one asked for is the server's own. */
	channel->control->server.acknowledge = virtio_le64(77);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PROTOCOL);
	channel_recover(channel, &memory);
}

/* Case 26: what a dead server's client may still call. */
static void dead_server_is_asked_nothing(void)
{
	struct channel *channel = channel_new_reset(&memory);
	struct loopback_client *client = &channel->client;
	uint32_t epoch = client->epoch;
	uint64_t request;
	uint8_t byte = 77;

	loopback_server_stop(&channel->server);
	request = channel->control->client.request;
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_PEER);
	CU_ASSERT_EQUAL(client->state, LOOPBACK_CLIENT_DEAD);
	/* It dies once, however often that is said. */
	loopback_client_peer_down(client);
	UNIT_ASSERT_INT(loopback_client_check(client), LOOPBACK_ERR_PEER);
	CU_ASSERT_EQUAL(client->epoch, epoch + 1);
	UNIT_ASSERT_INT(loopback_client_reset(client), LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_client_read_config(client, 0, &byte, 1),
			LOOPBACK_ERR_PEER);
	CU_ASSERT_EQUAL(byte, 77);
	UNIT_ASSERT_INT(loopback_client_close(client), LOOPBACK_ERR_PEER);
	CU_ASSERT_EQUAL(client->state, LOOPBACK_CLIENT_DEAD);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->client.state),
			LOOPBACK_CLIENT_CLOSED);
	CU_ASSERT_EQUAL(channel->control->client.request, request);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

static void broken_device_stays_broken_until_reset(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_block_completion done;

	/* A reason that no server may give. */
	channel->control->server.error = virtio_le32((uint32_t)-1000);
	channel_add64(&channel->control->server.acknowledge, 1);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(channel->client.peer_error, LOOPBACK_ERR_PROTOCOL);
	/* Also once the server has taken it back. */
	channel_add64(&channel->control->server.acknowledge, -1);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(loopback_block_client_poll(&channel->block, &done),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(
		channel_submit(channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0, NULL),
		LOOPBACK_ERR_STATE);
	channel_recover(channel, &memory);
}

static void start_needs_a_queue(void)
{
	struct channel *channel = channel_new_memory(&memory);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(channel->client.state, LOOPBACK_CLIENT_RESET);
	/* Features are not settled, so nor is what the bytes mean. */
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_ERR_STATE);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

/* A server's next life, whose header is as @queues and @size say. */
static void attach_to_next_life(struct channel *channel, uint32_t queues,
				uint32_t size)
{
	loopback_server_stop(&channel->server);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	channel->control->header.queue_count = virtio_le32(queues);
	channel->control->header.queue_size_max = virtio_le32(size);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
}

/* Case 26. */
static void next_life_that_offers_less_gets_no_old_queue(void)
{
	struct channel *channel = channel_new_reset(&memory);
	struct loopback_client *client = &channel->client;
	struct loopback_client_queue_memory second = client->queue[0];
	static struct virtq_driver_slot slots[CHANNEL_QUEUE_SIZE];
	static struct virtq_driver virtq;

	attach_to_next_life(channel, 1, CHANNEL_QUEUE_SIZE / 2);
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_SIZE);
	CU_ASSERT_EQUAL(channel->control->queue[0].ready, 0);

	attach_to_next_life(channel, 2, CHANNEL_QUEUE_SIZE);
	second.ring = channel->pool + CHANNEL_DATA;
	second.virtq = &virtq;
	second.slots = slots;
	second.tables = NULL;
	UNIT_ASSERT_INT(loopback_client_setup_queue(client, 1, &second),
			LOOPBACK_OK);
	attach_to_next_life(channel, 1, CHANNEL_QUEUE_SIZE);
	UNIT_ASSERT_INT(loopback_client_start(client, 0), LOOPBACK_ERR_SIZE);
	CU_ASSERT_EQUAL(channel->control->queue[1].ready, 0);
	client->queue[1].ring = NULL;
	channel_recover(channel, &memory);
}

/* Case 26: twice in a row, before the server is done with the first. */
static void client_restarts_while_the_server_drains(void)
{
	struct channel *channel = channel_new_running(&memory);
	unsigned int i;

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 2, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	for (i = 0; i < 3; i++) {
		channel_new_client(channel);
		UNIT_ASSERT_INT(loopback_client_attach(&channel->client),
				LOOPBACK_OK);
		UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
				LOOPBACK_EVENT_DRAINING);
		/* Nothing is granted while a disk may still write. */
		UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
				LOOPBACK_ERR_AGAIN);
	}
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	memory.hold = false;
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	/* It was the last life's reset that was acknowledged. */
	UNIT_ASSERT_INT(loopback_client_start(&channel->client, 0),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	channel_recover(channel, &memory);
}

/* Case 25: a request that would be refused at once, during a reset. */
static void nothing_is_answered_while_the_server_drains(void)
{
	struct channel *channel = channel_new_running(&memory);
	uint64_t acknowledge;

	memory.hold = true;
	channel_submit(channel, VIRTIO_BLK_T_IN, 2, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	acknowledge = channel->control->server.acknowledge;
	channel_add64(&channel->control->client.server_generation, -1);
	UNIT_ASSERT_INT(channel_request(channel, 1), LOOPBACK_EVENT_DRAINING);
	CU_ASSERT_EQUAL(channel->control->server.acknowledge, acknowledge);
	block_memory_end(&memory, 0, VIRTIO_BLK_S_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET | LOOPBACK_EVENT_REFUSED);
	memory.hold = false;
	channel_add64(&channel->control->client.server_generation, 1);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void features_are_looked_at_when_they_are_settled(void)
{
	struct channel *channel = channel_new_reset(&memory);

	channel->control->client.driver_features[0] = UINT64_MAX;
	UNIT_ASSERT_INT(channel_request(channel, 1), 0);
	UNIT_ASSERT_INT(channel_request(channel, 3), 0);
	UNIT_ASSERT_INT(channel_request(channel, 11), LOOPBACK_EVENT_REFUSED);
	UNIT_ASSERT_INT(channel_reason(channel), LOOPBACK_ERR_FEATURES);
	channel_adopt_request(channel);
	channel_recover(channel, &memory);
}

static void stopped_server_is_quiet(void)
{
	struct channel *channel = channel_new_memory(&memory);
	uint8_t config[LOOPBACK_CONFIG_SIZE] = { 0 };

	loopback_server_stop(&channel->server);
	UNIT_ASSERT_INT(loopback_server_update_config(&channel->server, config),
			LOOPBACK_ERR_STATE);
	CU_ASSERT_EQUAL(channel->to_client_control, 0);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->server.state),
			LOOPBACK_SERVER_DOWN);
	CU_ASSERT_EQUAL(channel->control->server.config_generation, 0);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

/* The page as the server left it, in memory that is split at @split. */
static struct loopback_control *split_page(const struct channel *channel,
					   size_t split)
{
	struct loopback_control *copy = page_hook_new(sizeof(*copy), split);

	memcpy(copy, channel->control, sizeof(*copy));
	return copy;
}

static void new_life(void *ctx)
{
	struct loopback_control *control = ctx;

	channel_add64(&control->server.generation, 1);
}

static void going_down(void *ctx)
{
	struct loopback_control *control = ctx;

	control->server.state = virtio_le32(LOOPBACK_SERVER_STOPPED);
}

/* Case 12: the header must be of the life that it was read for. */
static void server_restarts_while_its_header_is_read(void)
{
	struct channel *channel = channel_new_memory(&memory);
	struct loopback_client client = channel->client;
	struct loopback_control *copy;

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	copy = split_page(channel, offsetof(struct loopback_control, server));
	client.control = copy;
	page_hook_before_split(new_life, copy);
	UNIT_ASSERT_INT(loopback_client_attach(&client),
			LOOPBACK_ERR_NOT_READY);
	CU_ASSERT_EQUAL(client.state, LOOPBACK_CLIENT_DETACHED);
	page_hook_before_split(going_down, copy);
	UNIT_ASSERT_INT(loopback_client_attach(&client),
			LOOPBACK_ERR_NOT_READY);
	CU_ASSERT_EQUAL(client.state, LOOPBACK_CLIENT_DETACHED);
	page_hook_free();
	channel_run_client(channel);
	channel_recover(channel, &memory);
}

static void new_configuration(void *ctx)
{
	struct loopback_control *control = ctx;

	channel_add32(&control->server.config_generation, 2);
	control->config[7] = 5;
	control->config[8] = 5;
}

/* Cases 12 and 20: bytes of two configurations are never handed out as one. */
static void configuration_changes_while_it_is_read(void)
{
	struct channel *channel = channel_new_running(&memory);
	struct loopback_client client = channel->client;
	struct loopback_control *copy;
	uint8_t bytes[2] = { 0 };

	copy = split_page(channel,
			  offsetof(struct loopback_control, config) + 8);
	client.control = copy;
	page_hook_after_split(new_configuration, copy);
	UNIT_ASSERT_INT(loopback_client_read_config(&client, 7, bytes, 2),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(bytes[0], 5);
	UNIT_ASSERT_INT(bytes[1], 5);
	page_hook_free();
	channel_recover(channel, &memory);
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing_but_attach_works_when_detached),
	UNIT_TEST(running_client_is_not_set_up_again),
	UNIT_TEST(closing_client_only_waits),
	UNIT_TEST(reset_is_over_once),
	UNIT_TEST(dead_server_is_asked_nothing),
	UNIT_TEST(broken_device_stays_broken_until_reset),
	UNIT_TEST(start_needs_a_queue),
	UNIT_TEST(next_life_that_offers_less_gets_no_old_queue),
	UNIT_TEST(client_restarts_while_the_server_drains),
	UNIT_TEST(nothing_is_answered_while_the_server_drains),
	UNIT_TEST(features_are_looked_at_when_they_are_settled),
	UNIT_TEST(stopped_server_is_quiet),
	UNIT_TEST(server_restarts_while_its_header_is_read),
	UNIT_TEST(configuration_changes_while_it_is_read),
};

UNIT_MAIN("loopback_states", tests)
