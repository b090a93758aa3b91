/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/client.h>

#include "page.h"

#define STATUS_RUNNING                                      \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK)
#define CONFIG_TRIES 8

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

static void send_request(struct loopback_client *client, uint32_t status)
{
	client->request = LOOPBACK_WORD(
		status, LOOPBACK_WORD_SEQUENCE(client->request) + 1);
	/*
	 * Release: features, queues and generations before the word that
	 * commits them. Pairs with the acquire in
	 * loopback_server_poll_control() (docs/channel.md, 4.2).
	 */
	page_store64_release(&client->control->client.request, client->request);
	/*
	 * The word before the bell: a server that took the bell and then
	 * reads the word must find it. Pairs with the swap that takes it.
	 */
	port_full_barrier();
	client->config.notify.control(client->config.notify.ctx);
}

static void send_reset(struct loopback_client *client,
		       enum loopback_client_presence presence)
{
	unsigned int queue;

	for (queue = 0; queue < LOOPBACK_QUEUES_MAX; queue++)
		page_store32(&client->control->queue[queue].ready, 0);
	page_store32(&client->control->client.state, presence);
	send_request(client, 0);
}

/* The server's life and its header, all of one life. */
static int read_header(struct loopback_client *client,
		       struct loopback_header *copy)
{
	const struct loopback_control *control = client->control;
	const struct loopback_header *header = &control->header;

	/*
	 * Acquire: the header as it was when the server said READY. Pairs with
	 * the release in loopback_server_publish() (docs/channel.md, 4.1).
	 */
	if (page_load32_acquire(&control->server.state) !=
	    LOOPBACK_SERVER_READY)
		return LOOPBACK_ERR_NOT_READY;
	client->server_generation = page_load64(&control->server.generation);
	copy->magic = page_load32(&header->magic);
	copy->version = page_load32(&header->version);
	copy->device_id = page_load32(&header->device_id);
	copy->queue_count = page_load32(&header->queue_count);
	copy->queue_size_max = page_load32(&header->queue_size_max);
	copy->config_size = page_load32(&header->config_size);
	copy->device_features[0] = page_load64(&header->device_features[0]);
	/*
	 * The header before a second look at the life it belongs to. Pairs with
	 * the full barrier in loopback_server_publish().
	 */
	port_read_barrier();
	if (page_load32(&control->server.state) != LOOPBACK_SERVER_READY ||
	    page_load64(&control->server.generation) !=
		    client->server_generation)
		return LOOPBACK_ERR_NOT_READY;
	return LOOPBACK_OK;
}

static int check_header(const struct loopback_client *client,
			const struct loopback_header *header)
{
	if (header->magic != LOOPBACK_MAGIC ||
	    header->version != LOOPBACK_VERSION)
		return LOOPBACK_ERR_VERSION;
	if (header->device_id != client->config.device_id)
		return LOOPBACK_ERR_DEVICE;
	/* Stops counts and sizes that would index past our own arrays. */
	if (!header->queue_count || header->queue_count > LOOPBACK_QUEUES_MAX ||
	    !virtq_size_is_valid(header->queue_size_max) ||
	    header->queue_size_max > LOOPBACK_QUEUE_SIZE_MAX ||
	    header->config_size > LOOPBACK_CONFIG_SIZE)
		return LOOPBACK_ERR_PROTOCOL;
	return LOOPBACK_OK;
}

int loopback_client_attach(struct loopback_client *client)
{
	struct loopback_control *control = client->control;
	struct loopback_header header;
	uint64_t acknowledge;
	int ret;

	if (client->state != LOOPBACK_CLIENT_DETACHED &&
	    client->state != LOOPBACK_CLIENT_DEAD)
		return LOOPBACK_ERR_STATE;
	ret = read_header(client, &header);
	if (!ret)
		ret = check_header(client, &header);
	if (ret)
		return ret;
	client->queue_count = header.queue_count;
	client->queue_size_max = header.queue_size_max;
	client->config_size = header.config_size;
	client->device_features = header.device_features[0];

	page_store64(&control->client.generation,
		     page_load64(&control->client.generation) + 1);
	page_store64(&control->client.server_generation,
		     client->server_generation);
	/* A sequence number that neither word on the page carries. */
	client->request = page_load64(&control->client.request);
	acknowledge = page_load64(&control->server.acknowledge);
	if (LOOPBACK_WORD_SEQUENCE(client->request) + 1 ==
	    LOOPBACK_WORD_SEQUENCE(acknowledge))
		client->request = acknowledge;
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
	const struct loopback_server_line *line = &client->control->server;

	if (client->state == LOOPBACK_CLIENT_DETACHED)
		return LOOPBACK_ERR_STATE;
	if (client->state != LOOPBACK_CLIENT_DEAD &&
	    (page_load32(&line->state) != LOOPBACK_SERVER_READY ||
	     page_load64(&line->generation) != client->server_generation))
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
	uint64_t acknowledge;
	bool answered;
	int ret;

	ret = loopback_client_check(client);
	if (ret)
		return ret;
	if (client->state == LOOPBACK_CLIENT_BROKEN)
		return LOOPBACK_ERR_PROTOCOL;
	/*
	 * Acquire: what the server wrote to the rings before it answered a
	 * reset is over. Pairs with the release in loopback_server_answer().
	 */
	acknowledge = page_load64_acquire(&client->control->server.acknowledge);
	answered = LOOPBACK_WORD_SEQUENCE(acknowledge) ==
		   LOOPBACK_WORD_SEQUENCE(client->request);

	switch (client->state) {
	case LOOPBACK_CLIENT_RESETTING:
	case LOOPBACK_CLIENT_CLOSING:
		if (!answered)
			return LOOPBACK_ERR_AGAIN;
		if (acknowledge != client->request)
			return break_down(client, LOOPBACK_ERR_REFUSED);
		client->epoch++;
		client->state = client->state == LOOPBACK_CLIENT_CLOSING ?
					LOOPBACK_CLIENT_DETACHED :
					LOOPBACK_CLIENT_RESET;
		return LOOPBACK_OK;
	case LOOPBACK_CLIENT_STARTING:
		if (!answered)
			return LOOPBACK_ERR_AGAIN;
		if (acknowledge != client->request)
			return break_down(client, LOOPBACK_ERR_REFUSED);
		client->state = LOOPBACK_CLIENT_RUNNING;
		return LOOPBACK_OK;
	default:
		if (acknowledge != client->request)
			return break_down(client, LOOPBACK_ERR_PROTOCOL);
		return LOOPBACK_OK;
	}
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
	if (queue >= client->queue_count || !memory->ring || !memory->virtq ||
	    !memory->slots)
		return LOOPBACK_ERR_INVALID;
	if (!virtq_size_is_valid(memory->size) ||
	    memory->size > client->queue_size_max)
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
	struct loopback_queue_request *shared = &client->control->queue[queue];
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
	if (queue >= client->queue_count ||
	    memory->size > client->queue_size_max)
		return LOOPBACK_ERR_SIZE;
	if (virtq_driver_init(memory->virtq, &config))
		return LOOPBACK_ERR_INVALID;
	page_store32(&shared->size, memory->size);
	page_store64(&shared->descriptor_area, addresses.desc);
	page_store64(&shared->driver_area, addresses.driver);
	page_store64(&shared->device_area, addresses.device);
	page_store32(&shared->ready, 1);
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
	if (!(client->device_features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
		return LOOPBACK_ERR_FEATURES;
	client->driver_features = client->device_features & (features | always);
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
	page_store64(&client->control->client.driver_features[0],
		     client->driver_features);
	page_store64(&client->control->client.driver_features[1], 0);
	client->state = LOOPBACK_CLIENT_STARTING;
	send_request(client, STATUS_RUNNING);
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
	const struct loopback_control *control = client->control;
	uint32_t before, i;
	int tries;
	int ret = loopback_client_check(client);

	if (ret)
		return ret;
	if (offset > client->config_size ||
	    length > client->config_size - offset)
		return LOOPBACK_ERR_RANGE;
	for (tries = 0; tries < CONFIG_TRIES; tries++) {
		/*
		 * Acquire: bytes no older than this generation. Pairs with the
		 * release in write_config() (VirtIO 1.2, 2.5.2).
		 */
		before =
			page_load32_acquire(&control->server.config_generation);
		for (i = 0; i < length; i++)
			((uint8_t *)buffer)[i] =
				port_load(&control->config[offset + i]);
		/*
		 * The bytes before the second look. Pairs with the full barrier
		 * in write_config().
		 */
		port_read_barrier();
		if (!(before & 1) &&
		    page_load32(&control->server.config_generation) == before)
			return loopback_client_check(client);
		port_relax();
	}
	return LOOPBACK_ERR_AGAIN;
}

void loopback_client_notify(struct loopback_client *client, unsigned int queue)
{
	client->config.notify.queue(client->config.notify.ctx, queue);
}
