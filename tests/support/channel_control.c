/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "channel_control.h"
#include "unit.h"

struct channel *channel_new_memory(struct block_memory *memory)
{
	block_memory_init(memory);
	return channel_new(&memory->backend);
}

struct channel *channel_new_running(struct block_memory *memory)
{
	struct channel *channel = channel_new_memory(memory);

	channel_run(channel);
	return channel;
}

struct channel *channel_new_reset(struct block_memory *memory)
{
	struct channel *channel = channel_new_memory(memory);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	return channel;
}

int channel_request(struct channel *channel, uint32_t status)
{
	uint64_t request = virtio_le64(channel->control->client.request);

	channel->control->client.request = virtio_le64(
		LOOPBACK_WORD(status, LOOPBACK_WORD_SEQUENCE(request) + 1));
	return loopback_server_poll_control(&channel->server);
}

void channel_adopt_request(struct channel *channel)
{
	channel->client.handshake.request =
		virtio_le64(channel->control->client.request);
}

uint32_t channel_granted(const struct channel *channel)
{
	uint64_t request = virtio_le64(channel->control->client.request);
	uint64_t answer = virtio_le64(channel->control->server.acknowledge);

	CU_ASSERT_EQUAL(LOOPBACK_WORD_SEQUENCE(answer),
			LOOPBACK_WORD_SEQUENCE(request));
	return LOOPBACK_WORD_STATUS(answer);
}

int channel_reason(const struct channel *channel)
{
	return (int)virtio_le32(channel->control->server.error);
}

void channel_recover(struct channel *channel, struct block_memory *memory)
{
	struct loopback_block_completion done;

	if (channel->client.state == LOOPBACK_CLIENT_DETACHED ||
	    loopback_client_reset(&channel->client)) {
		channel_run_client(channel);
	} else {
		loopback_server_poll_control(&channel->server);
		UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
				LOOPBACK_OK);
		UNIT_ASSERT_INT(
			loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
		UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
				LOOPBACK_EVENT_STARTED);
		UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
				LOOPBACK_OK);
		UNIT_ASSERT_INT(
			loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	}
	while (loopback_block_client_poll(&channel->block, &done) ==
	       LOOPBACK_OK)
		UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
	UNIT_ASSERT_INT(
		channel_do(channel, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA, 512),
		LOOPBACK_OK);
	CU_ASSERT_EQUAL(
		memcmp(channel->pool + CHANNEL_DATA, &memory->data[512], 512),
		0);
	channel_free(channel);
}
