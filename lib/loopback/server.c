/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/server.h>

#include "page.h"
#include "server_private.h"

static int check_device(const struct loopback_device *device)
{
	if (!device || !device->queue_count ||
	    device->queue_count > LOOPBACK_QUEUES_MAX ||
	    device->config_size > LOOPBACK_CONFIG_SIZE ||
	    (device->config_size && !device->config) || !device->start_queue ||
	    !device->stop_queue || !device->count_in_flight)
		return LOOPBACK_ERR_INVALID;
	return LOOPBACK_OK;
}

/* Which memory descriptors may name. */
static int map_data(struct loopback_server *server)
{
	const struct loopback_server_config *config = &server->config;
	int ret;

	server->pool = (struct virtio_region){
		.addr = config->pool_address,
		.size = config->pool_size,
		.base = config->pool,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	ret = config->region_count ?
		      virtio_region_table_init(&server->regions,
					       config->regions,
					       config->region_count) :
		      virtio_region_table_init(&server->regions, &server->pool,
					       1);
	if (!ret)
		return LOOPBACK_OK;
	return ret == VIRTIO_ERR_ALIGNMENT ? LOOPBACK_ERR_ALIGNMENT :
					     LOOPBACK_ERR_INVALID;
}

/* Stops a record or control page that a descriptor could name. */
static bool is_in_data(const struct loopback_server *server, const void *memory,
		       size_t size)
{
	uintptr_t start = (uintptr_t)memory;
	unsigned int i;

	for (i = 0; i < server->regions.count; i++) {
		const struct virtio_region *region =
			&server->regions.regions[i];
		uintptr_t base = (uintptr_t)region->base;

		if (start < base ? base - start < size :
				   start - base < region->size)
			return true;
	}
	return false;
}

int loopback_server_init(struct loopback_server *server,
			 const struct loopback_server_config *config,
			 const struct loopback_device *device)
{
	unsigned int queue;
	int ret = check_device(device);

	if (ret)
		return ret;
	if (!config->control ||
	    (uintptr_t)config->control % LOOPBACK_LINE_SIZE ||
	    !config->queues || !config->slots || !config->notify.control ||
	    !config->notify.queue)
		return LOOPBACK_ERR_INVALID;
	if (!virtq_size_is_valid(config->queue_size_max) ||
	    config->queue_size_max > LOOPBACK_QUEUE_SIZE_MAX)
		return LOOPBACK_ERR_SIZE;
	if (config->record &&
	    (config->record_size < LOOPBACK_RECORD_SIZE(device->queue_count) ||
	     (uintptr_t)config->record % sizeof(uint64_t)))
		return LOOPBACK_ERR_INVALID;

	page_clear(server, sizeof(*server));
	server->config = *config;
	server->device = device;
	server->control = config->control;
	server->record = config->record;
	server->features = device->features | LOOPBACK_FEATURES;
	ret = map_data(server);
	if (ret)
		return ret;
	if (is_in_data(server, config->control, LOOPBACK_CONTROL_SIZE) ||
	    (config->record &&
	     is_in_data(server, config->record, config->record_size)))
		return LOOPBACK_ERR_INVALID;
	for (queue = 0; queue < device->queue_count; queue++)
		config->queues[queue].state = LOOPBACK_QUEUE_DISABLED;
	return LOOPBACK_OK;
}

static void write_config(struct loopback_server *server, const uint8_t *config)
{
	struct loopback_control *control = server->control;
	uint32_t i;

	page_store32(&control->server.config_generation,
		     ++server->config_generation);
	/*
	 * Odd before the first byte. Pairs with the read barrier in
	 * loopback_client_read_config() (VirtIO 1.2, 2.5.2).
	 */
	port_full_barrier();
	for (i = 0; i < server->device->config_size; i++)
		port_store(&control->config[i], config[i]);
	/* Even after the last byte. Pairs with the acquire there. */
	page_store32_release(&control->server.config_generation,
			     ++server->config_generation);
}

static void write_header(struct loopback_server *server)
{
	struct loopback_header *header = &server->control->header;
	uint32_t queue;

	page_store32(&header->magic, LOOPBACK_MAGIC);
	page_store32(&header->version, LOOPBACK_VERSION);
	page_store32(&header->device_id, server->device->device_id);
	page_store32(&header->vendor_id, LOOPBACK_VENDOR_ID);
	page_store32(&header->queue_count, server->device->queue_count);
	page_store32(&header->queue_size_max, server->config.queue_size_max);
	page_store32(&header->data_mode, server->config.region_count ?
						 LOOPBACK_DATA_GRANT :
						 LOOPBACK_DATA_WINDOW);
	page_store32(&header->config_size, server->device->config_size);
	page_store64(&header->device_features[0], server->features);
	page_store64(&header->device_features[1], 0);
	page_store64(&header->reserved[0], 0);
	page_store64(&header->reserved[1], 0);

	for (queue = 0; queue < LOOPBACK_QUEUES_MAX; queue++) {
		struct loopback_queue_answer *answer =
			&server->control->answer[queue];

		page_store32(&answer->size_max,
			     queue < server->device->queue_count ?
				     server->config.queue_size_max :
				     0);
		page_store32(&answer->state, LOOPBACK_QUEUE_DISABLED);
		page_store32(&answer->error, 0);
		page_store32(&answer->reserved, 0);
	}
}

/* Choose the life's generation: it continues the one before, or is its own. */
static bool begin_life(struct loopback_server *server)
{
	struct loopback_server_line *line = &server->control->server;
	uint64_t page_generation = page_load64(&line->generation);
	bool resumed = loopback_server_resume(server, page_generation);

	if (!resumed) {
		server->generation =
			loopback_record_begin(server, page_generation);
		server->resumed_from = 0;
		server->kept_from = 0;
		server->status = 0;
		page_store32(&line->error, 0);
	}
	page_store64(&line->generation, server->generation);
	page_store64(&line->resumed_from, server->resumed_from);
	return resumed;
}

/* The word that stands when the life begins. */
static void answer_first(struct loopback_server *server, bool resumed)
{
	struct loopback_server_line *line = &server->control->server;
	uint64_t former = page_load64(&line->acknowledge);

	/*
	 * A life that continues another has said what that one said, and finds
	 * a request that it did not answer when it looks for one. A request
	 * that any other finds was meant for an earlier life: it is answered
	 * with status 0, which is the truth. Release: the new generation before
	 * the answer. Pairs with the acquire in loopback_client_poll(), which
	 * then looks at the generation again.
	 */
	server->handled = resumed ?
				  former :
				  page_load64(&server->control->client.request);
	server->answered = LOOPBACK_WORD_SEQUENCE(server->handled);
	server->last_error = (int)page_load32(&line->error);
	page_store64_release(&line->acknowledge,
			     LOOPBACK_WORD(server->status, server->answered));
}

/* A ring that the life before owed is made up for by one that is not needed. */
static void ring_live_queues(struct loopback_server *server)
{
	unsigned int queue;

	for (queue = 0; queue < server->device->queue_count; queue++)
		if (loopback_server_get_queue(server, queue))
			loopback_server_notify(server, queue);
}

int loopback_server_publish(struct loopback_server *server)
{
	struct loopback_server_line *line = &server->control->server;
	unsigned int queue;
	bool resumed;

	if (server->published)
		return LOOPBACK_ERR_STATE;
	page_store32(&line->state, LOOPBACK_SERVER_STARTING);
	/*
	 * The state before all that follows: a client that catches a word of
	 * the new life finds the state or the generation changed. Pairs with
	 * the read barrier in loopback_client_attach().
	 */
	port_full_barrier();

	resumed = begin_life(server);
	/* Even, and not what the client has seen. */
	server->config_generation =
		(page_load32(&line->config_generation) + 1) & ~1u;
	write_header(server);
	for (queue = 0; queue < server->device->queue_count; queue++)
		if (server->config.queues[queue].state == LOOPBACK_QUEUE_LIVE)
			loopback_queue_announce(server, queue);
	write_config(server, server->device->config);
	answer_first(server, resumed);

	server->published = true;
	/*
	 * Release: all of the above before READY. Pairs with the acquire in
	 * loopback_client_attach() (docs/channel.md, 4.1).
	 */
	page_store32_release(&line->state, LOOPBACK_SERVER_READY);
	/* The state before the bell, as in loopback_server_answer(). */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
	ring_live_queues(server);
	return LOOPBACK_OK;
}

int loopback_server_update_config(struct loopback_server *server,
				  const void *config)
{
	if (!server->published)
		return LOOPBACK_ERR_STATE;
	write_config(server, config);
	/* The generation before the bell, as in loopback_server_answer(). */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
	return LOOPBACK_OK;
}

void loopback_server_stop(struct loopback_server *server)
{
	if (!server->published)
		return;
	loopback_queues_stop(server, 0);
	server->published = false;
	/* Its client's requests end here: the next life must not go on. */
	server->kept_from = 0;
	loopback_record_status(server);
	page_store32_release(&server->control->server.state,
			     LOOPBACK_SERVER_STOPPED);
	/* The state before the bell, as in loopback_server_answer(). */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
}
