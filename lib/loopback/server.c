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

/* Stops a record or control page that every descriptor could name. */
static bool in_pool(const struct loopback_server_config *config,
		    const void *memory, size_t size)
{
	uintptr_t pool = (uintptr_t)config->pool, start = (uintptr_t)memory;

	return start < pool ? pool - start < size :
			      start - pool < config->pool_size;
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
	    in_pool(config, config->control, LOOPBACK_CONTROL_SIZE) ||
	    !config->queues || !config->slots || !config->notify.control ||
	    !config->notify.queue)
		return LOOPBACK_ERR_INVALID;
	if (!virtq_size_is_valid(config->queue_size_max) ||
	    config->queue_size_max > LOOPBACK_QUEUE_SIZE_MAX)
		return LOOPBACK_ERR_SIZE;
	if (config->record &&
	    (config->record_size < LOOPBACK_RECORD_SIZE(device->queue_count) ||
	     in_pool(config, config->record, config->record_size) ||
	     (uintptr_t)config->record % sizeof(uint64_t)))
		return LOOPBACK_ERR_INVALID;

	page_clear(server, sizeof(*server));
	server->config = *config;
	server->device = device;
	server->control = config->control;
	server->record = config->record;
	server->features = device->features | LOOPBACK_FEATURES;
	server->region = (struct virtio_region){
		.addr = config->pool_address,
		.size = config->pool_size,
		.base = config->pool,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	ret = virtio_region_table_init(&server->regions, &server->region, 1);
	if (ret)
		return ret == VIRTIO_ERR_ALIGNMENT ? LOOPBACK_ERR_ALIGNMENT :
						     LOOPBACK_ERR_INVALID;
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
	page_store32(&header->data_mode, LOOPBACK_DATA_WINDOW);
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

int loopback_server_publish(struct loopback_server *server)
{
	struct loopback_server_line *line = &server->control->server;

	if (server->published)
		return LOOPBACK_ERR_STATE;
	page_store32(&line->state, LOOPBACK_SERVER_STARTING);
	/*
	 * The state before all that follows: a client that catches a word of
	 * the new life finds the state or the generation changed. Pairs with
	 * the read barrier in loopback_client_attach().
	 */
	port_full_barrier();

	server->generation =
		loopback_record_begin(server, page_load64(&line->generation));
	page_store64(&line->generation, server->generation);
	page_store64(&line->resumed_from, 0);
	page_store32(&line->error, 0);
	write_header(server);
	write_config(server, server->device->config);

	/*
	 * A request that stands here was meant for an earlier life: answer it
	 * with status 0, which is the truth, and wait for the next. Release:
	 * the new generation before the answer. Pairs with the acquire in
	 * loopback_client_poll(), which then looks at the generation again.
	 */
	server->handled = page_load64(&server->control->client.request);
	server->answered = LOOPBACK_WORD_SEQUENCE(server->handled);
	page_store64_release(&line->acknowledge,
			     LOOPBACK_WORD(0, server->answered));

	server->published = true;
	/*
	 * Release: all of the above before READY. Pairs with the acquire in
	 * loopback_client_attach() (docs/channel.md, 4.1).
	 */
	page_store32_release(&line->state, LOOPBACK_SERVER_READY);
	/* The state before the bell, as in loopback_server_answer(). */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
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
	page_store32_release(&server->control->server.state,
			     LOOPBACK_SERVER_STOPPED);
	/* The state before the bell, as in loopback_server_answer(). */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
}
