/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/client.h>

#include "page.h"

int loopback_client_init(struct loopback_client *client,
			 const struct loopback_client_config *config)
{
	if (!config->control ||
	    (uintptr_t)config->control % LOOPBACK_LINE_SIZE || !config->pool ||
	    !config->pool_size ||
	    config->pool_address + config->pool_size - 1 <
		    config->pool_address ||
	    !config->notify.control || !config->notify.queue)
		return LOOPBACK_ERR_INVALID;
	page_clear(client, sizeof(*client));
	client->config = *config;
	client->control = config->control;
	return LOOPBACK_OK;
}

static void ring_control(struct loopback_client *client)
{
	client->config.notify.control(client->config.notify.ctx);
}

static void send_reset(struct loopback_client *client,
		       enum loopback_client_presence presence)
{
	loopback_handshake_clear_queues(client->control);
	loopback_handshake_reset(&client->handshake, client->control, presence);
	ring_control(client);
}

int loopback_client_attach(struct loopback_client *client)
{
	struct loopback_handshake next = client->handshake;
	int ret;

	if (client->state != LOOPBACK_CLIENT_DETACHED &&
	    client->state != LOOPBACK_CLIENT_DEAD)
		return LOOPBACK_ERR_STATE;
	/* Stops counts that were refused from being there for any later call. */
	ret = loopback_handshake_read(&next, client->control,
				      client->config.device_id);
	if (ret)
		return ret;
	client->handshake = next;
	loopback_handshake_attach(&client->handshake, client->control);
	client->state = LOOPBACK_CLIENT_RESETTING;
	send_reset(client, LOOPBACK_CLIENT_ATTACHED);
	return LOOPBACK_OK;
}

void loopback_client_peer_down(struct loopback_client *client)
{
	if (client->state == LOOPBACK_CLIENT_DETACHED ||
	    client->state == LOOPBACK_CLIENT_DEAD)
		return;
	client->state = LOOPBACK_CLIENT_DEAD;
	client->epoch++;
}

int loopback_client_check(struct loopback_client *client)
{
	if (client->state == LOOPBACK_CLIENT_DETACHED)
		return LOOPBACK_ERR_STATE;
	if (client->state != LOOPBACK_CLIENT_DEAD &&
	    !loopback_handshake_is_current(&client->handshake, client->control))
		loopback_client_peer_down(client);
	return client->state == LOOPBACK_CLIENT_DEAD ? LOOPBACK_ERR_PEER :
						       LOOPBACK_OK;
}

static int break_down(struct loopback_client *client, int error)
{
	int reason = (int)page_load32(&client->control->server.error);

	/*
	 * An answer that makes no sense may be the first word of a new life,
	 * whose generation and state were written before it.
	 */
	if (loopback_client_check(client))
		return LOOPBACK_ERR_PEER;
	/* Stops a made-up reason from looking like success. */
	client->peer_error = reason < 0 && reason >= LOOPBACK_ERR_UNSUPPORTED ?
				     reason :
				     LOOPBACK_ERR_PROTOCOL;
	client->state = LOOPBACK_CLIENT_BROKEN;
	return error;
}

int loopback_client_poll(struct loopback_client *client)
{
	int ret;

	ret = loopback_client_check(client);
	if (ret)
		return ret;
	if (client->state == LOOPBACK_CLIENT_BROKEN)
		return LOOPBACK_ERR_PROTOCOL;
	ret = loopback_handshake_get_answer(&client->handshake,
					    client->control);

	if (client->state == LOOPBACK_CLIENT_RUNNING ||
	    client->state == LOOPBACK_CLIENT_RESET)
		/* Nothing is outstanding: another word is the server's own. */
		return ret ? break_down(client, LOOPBACK_ERR_PROTOCOL) : ret;
	if (ret)
		return ret == LOOPBACK_ERR_AGAIN ? ret :
						   break_down(client, ret);
	if (client->state == LOOPBACK_CLIENT_STARTING) {
		client->state = LOOPBACK_CLIENT_RUNNING;
		return ret;
	}
	client->epoch++;
	client->state = client->state == LOOPBACK_CLIENT_CLOSING ?
				LOOPBACK_CLIENT_DETACHED :
				LOOPBACK_CLIENT_RESET;
	return ret;
}

static bool in_pool(const struct loopback_client *client, const void *memory,
		    uint64_t size)
{
	uint64_t offset =
		(uint64_t)((uintptr_t)memory - (uintptr_t)client->config.pool);

	return offset < client->config.pool_size &&
	       size <= client->config.pool_size - offset;
}

static uint64_t pool_address(const struct loopback_client *client,
			     const void *memory)
{
	return client->config.pool_address +
	       ((uintptr_t)memory - (uintptr_t)client->config.pool);
}

int loopback_client_setup_queue(
	struct loopback_client *client, unsigned int queue,
	const struct loopback_client_queue_memory *memory)
{
	if (client->state != LOOPBACK_CLIENT_RESET)
		return LOOPBACK_ERR_STATE;
	if (queue >= client->handshake.queue_count || !memory->ring ||
	    !memory->virtq || !memory->slots)
		return LOOPBACK_ERR_INVALID;
	if (!virtq_size_is_valid(memory->size) ||
	    memory->size > client->handshake.queue_size_max)
		return LOOPBACK_ERR_SIZE;
	if ((uintptr_t)memory->ring % VIRTQ_LAYOUT_LINE ||
	    pool_address(client, memory->ring) % VIRTQ_DESC_ALIGN ||
	    (uintptr_t)memory->tables % VIRTQ_DESC_ALIGN)
		return LOOPBACK_ERR_ALIGNMENT;
	if (!in_pool(client, memory->ring, virtq_layout_bytes(memory->size)) ||
	    (memory->tables &&
	     !in_pool(client, memory->tables,
		      virtq_desc_bytes(memory->table_entries) * memory->size)))
		return LOOPBACK_ERR_RANGE;
	client->queue[queue] = *memory;
	return LOOPBACK_OK;
}

static int start_queue(struct loopback_client *client, unsigned int queue)
{
	const struct loopback_client_queue_memory *memory =
		&client->queue[queue];
	struct virtq_addresses addresses = virtq_layout_addresses(
		pool_address(client, memory->ring), memory->size);
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(memory->ring, memory->size),
		.features = client->driver_features,
		.slots = memory->slots,
		.tables = memory->tables,
		.tables_addr = memory->tables ?
				       pool_address(client, memory->tables) :
				       0,
		.table_entries = memory->table_entries,
	};

	/* This life may offer less than the one the memory was given for. */
	if (queue >= client->handshake.queue_count ||
	    memory->size > client->handshake.queue_size_max)
		return LOOPBACK_ERR_SIZE;
	if (virtq_driver_init(memory->virtq, &config))
		return LOOPBACK_ERR_INVALID;
	loopback_handshake_set_queue(client->control, queue, &addresses);
	return LOOPBACK_OK;
}

int loopback_client_start(struct loopback_client *client, uint64_t features)
{
	uint64_t always = LOOPBACK_FEATURES;
	unsigned int queue, started = 0;
	int ret;

	if (client->state != LOOPBACK_CLIENT_RESET)
		return LOOPBACK_ERR_STATE;
	ret = loopback_client_check(client);
	if (ret)
		return ret;
	if (!(client->handshake.device_features &
	      VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
		return LOOPBACK_ERR_FEATURES;
	client->driver_features =
		client->handshake.device_features & (features | always);
	for (queue = 0; queue < LOOPBACK_QUEUES_MAX; queue++) {
		if (!client->queue[queue].ring)
			continue;
		ret = start_queue(client, queue);
		if (ret)
			return ret;
		started++;
	}
	if (!started)
		return LOOPBACK_ERR_STATE;
	loopback_handshake_set_features(client->control,
					client->driver_features);
	client->state = LOOPBACK_CLIENT_STARTING;
	loopback_handshake_request(&client->handshake, client->control,
				   LOOPBACK_STATUS_RUNNING);
	ring_control(client);
	return LOOPBACK_OK;
}

int loopback_client_reset(struct loopback_client *client)
{
	int ret;

	if (client->state == LOOPBACK_CLIENT_CLOSING)
		return LOOPBACK_ERR_STATE;
	ret = loopback_client_check(client);
	if (ret)
		return ret;
	client->state = LOOPBACK_CLIENT_RESETTING;
	send_reset(client, LOOPBACK_CLIENT_ATTACHED);
	return LOOPBACK_OK;
}

int loopback_client_close(struct loopback_client *client)
{
	if (client->state == LOOPBACK_CLIENT_DETACHED ||
	    client->state == LOOPBACK_CLIENT_CLOSING)
		return LOOPBACK_ERR_STATE;
	if (loopback_client_check(client)) {
		page_store32(&client->control->client.state,
			     LOOPBACK_CLIENT_CLOSED);
		return LOOPBACK_ERR_PEER;
	}
	client->state = LOOPBACK_CLIENT_CLOSING;
	send_reset(client, LOOPBACK_CLIENT_CLOSED);
	return LOOPBACK_OK;
}

int loopback_client_read_config(struct loopback_client *client, uint32_t offset,
				void *buffer, uint32_t length)
{
	int ret = loopback_client_check(client);

	if (ret)
		return ret;
	if (offset > client->handshake.config_size ||
	    length > client->handshake.config_size - offset)
		return LOOPBACK_ERR_RANGE;
	ret = loopback_handshake_read_config(client->control, offset, buffer,
					     length);
	return ret ? ret : loopback_client_check(client);
}

void loopback_client_notify(struct loopback_client *client, unsigned int queue)
{
	client->config.notify.queue(client->config.notify.ctx, queue);
}
