/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "channel_control.h"
#include "channel_resume.h"
#include "unit.h"

struct channel *resume_new_reset(struct block_memory *memory)
{
	struct channel *channel = channel_new_memory(memory);

	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_client_attach(&channel->client), LOOPBACK_OK);
	channel->control->client.state = virtio_le32(LOOPBACK_CLIENT_ADOPTING);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(channel_setup_queue(channel), LOOPBACK_OK);
	return channel;
}

struct channel *resume_new(struct block_memory *memory)
{
	struct channel *channel = resume_new_reset(memory);

	UNIT_ASSERT_INT(loopback_client_start(&channel->client,
					      LOOPBACK_BLOCK_CLIENT_FEATURES),
			LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_STARTED);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&channel->block),
			LOOPBACK_OK);
	return channel;
}

struct channel *resume_new_busy(struct block_memory *memory,
				unsigned int count)
{
	struct channel *channel = resume_new(memory);
	uintptr_t i;

	memory->hold = true;
	for (i = 0; i < count; i++)
		channel_submit(channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, (void *)i);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	return channel;
}

void resume_restart(struct channel *channel, struct block_memory *memory)
{
	block_memory_init(memory);
	channel->to_client_control = 0;
	channel->to_client_queue = 0;
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server), LOOPBACK_OK);
}

void resume_adopt(struct channel *channel)
{
	const struct loopback_server_line *line = &channel->control->server;

	CU_ASSERT_TRUE(loopback_is_continued(
		virtio_le64(line->resumed_from), virtio_le64(line->generation),
		channel->client.handshake.server_generation));
	channel->client.handshake.server_generation =
		virtio_le64(line->generation);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client), LOOPBACK_OK);
}

void resume_expect_ended(struct channel *channel, struct block_memory *memory,
			 unsigned int count)
{
	struct loopback_block_completion done;
	unsigned int seen = 0, ended = 0;

	while (!loopback_block_client_poll(&channel->block, &done)) {
		uintptr_t i = (uintptr_t)done.cookie;

		UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
		CU_ASSERT_EQUAL(memcmp(channel->pool + CHANNEL_DATA + i * 512,
				       &memory->data[i * 512], 512),
				0);
		seen |= 1u << i;
		ended++;
	}
	CU_ASSERT_EQUAL(ended, count);
	CU_ASSERT_EQUAL(seen, (1u << count) - 1);
}

void resume_expect_fresh(struct channel *channel, struct block_memory *memory)
{
	CU_ASSERT_EQUAL(channel->control->server.resumed_from, 0);
	CU_ASSERT_EQUAL(channel->server.status, 0);
	CU_ASSERT_EQUAL(virtio_le32(channel->control->answer[0].state),
			LOOPBACK_QUEUE_DISABLED);
	CU_ASSERT_EQUAL(channel->record->kept_from, 0);
	CU_ASSERT_EQUAL(channel->record->queue[0].ready, 0);
	UNIT_ASSERT_INT(loopback_client_poll(&channel->client),
			LOOPBACK_ERR_PEER);
	channel_run_client(channel);
	channel_recover(channel, memory);
}
