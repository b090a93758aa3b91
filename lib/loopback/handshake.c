/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's words on the control page; the contract is in the header. */
#include <loopback/handshake.h>

#include "page.h"

#define CONFIG_TRIES 8

static int check_header(const struct loopback_handshake *hs, uint32_t magic,
			uint32_t version, bool device_fits)
{
	if (magic != LOOPBACK_MAGIC || version != LOOPBACK_VERSION)
		return LOOPBACK_ERR_VERSION;
	if (!device_fits)
		return LOOPBACK_ERR_DEVICE;
	/* Stops counts and sizes that would index past our own arrays. */
	if (!hs->queue_count || hs->queue_count > LOOPBACK_QUEUES_MAX ||
	    !virtq_size_is_valid(hs->queue_size_max) ||
	    hs->queue_size_max > LOOPBACK_QUEUE_SIZE_MAX ||
	    hs->config_size > LOOPBACK_CONFIG_SIZE)
		return LOOPBACK_ERR_PROTOCOL;
	return LOOPBACK_OK;
}

int loopback_handshake_read(struct loopback_handshake *hs,
			    const struct loopback_control *control,
			    uint32_t device_id)
{
	const struct loopback_header *header = &control->header;
	uint32_t magic, version, device;

	/*
	 * Acquire: the header as it was when the server said READY. Pairs with
	 * the release in loopback_server_publish() (docs/channel.md, 4.1).
	 */
	if (page_load32_acquire(&control->server.state) !=
	    LOOPBACK_SERVER_READY)
		return LOOPBACK_ERR_NOT_READY;
	hs->server_generation = page_load64(&control->server.generation);
	hs->resumed_from = page_load64(&control->server.resumed_from);
	magic = page_load32(&header->magic);
	version = page_load32(&header->version);
	device = page_load32(&header->device_id);
	hs->queue_count = page_load32(&header->queue_count);
	hs->queue_size_max = page_load32(&header->queue_size_max);
	hs->data_mode = page_load32(&header->data_mode);
	hs->config_size = page_load32(&header->config_size);
	hs->device_features = page_load64(&header->device_features[0]);
	/*
	 * The header before a second look at the life it belongs to. Pairs with
	 * the full barrier in loopback_server_publish().
	 */
	port_read_barrier();
	if (!loopback_handshake_is_current(hs, control))
		return LOOPBACK_ERR_NOT_READY;
	return check_header(hs, magic, version, device == device_id);
}

void loopback_handshake_attach(struct loopback_handshake *hs,
			       struct loopback_control *control)
{
	uint64_t acknowledge;

	page_store64(&control->client.generation,
		     page_load64(&control->client.generation) + 1);
	page_store64(&control->client.server_generation, hs->server_generation);
	/* A sequence number that neither word on the page carries. */
	hs->request = page_load64(&control->client.request);
	acknowledge = page_load64(&control->server.acknowledge);
	if (LOOPBACK_WORD_SEQUENCE(hs->request) + 1 ==
	    LOOPBACK_WORD_SEQUENCE(acknowledge))
		hs->request = acknowledge;
}

bool loopback_handshake_adopt(struct loopback_handshake *hs,
			      struct loopback_control *control,
			      const struct loopback_handshake *next)
{
	if (!loopback_is_continued(next->resumed_from, next->server_generation,
				   hs->server_generation))
		return false;
	/* Rings and features were agreed upon with what the former offered. */
	if (next->device_features != hs->device_features ||
	    next->queue_count != hs->queue_count ||
	    next->queue_size_max != hs->queue_size_max ||
	    next->config_size != hs->config_size)
		return false;
	hs->server_generation = next->server_generation;
	page_store64(&control->client.server_generation, hs->server_generation);
	return true;
}

void loopback_handshake_abandon(struct loopback_control *control)
{
	page_store32(&control->client.state, LOOPBACK_CLIENT_ABSENT);
}

bool loopback_handshake_is_current(const struct loopback_handshake *hs,
				   const struct loopback_control *control)
{
	return page_load32(&control->server.state) == LOOPBACK_SERVER_READY &&
	       page_load64(&control->server.generation) ==
		       hs->server_generation;
}

void loopback_handshake_request(struct loopback_handshake *hs,
				struct loopback_control *control,
				uint32_t status)
{
	hs->request = LOOPBACK_WORD(status,
				    LOOPBACK_WORD_SEQUENCE(hs->request) + 1);
	/*
	 * Release: features, queues and generations before the word that
	 * commits them. Pairs with the acquire in
	 * loopback_server_poll_control() (docs/channel.md, 4.2).
	 */
	page_store64_release(&control->client.request, hs->request);
	/*
	 * The word before the bell: a server that took the bell and then
	 * reads the word must find it. Pairs with the swap that takes it.
	 */
	port_full_barrier();
}

void loopback_handshake_reset(struct loopback_handshake *hs,
			      struct loopback_control *control,
			      enum loopback_client_presence presence)
{
	page_store32(&control->client.state, presence);
	loopback_handshake_request(hs, control, 0);
}

int loopback_handshake_get_answer(const struct loopback_handshake *hs,
				  const struct loopback_control *control)
{
	/*
	 * Acquire: what the server wrote to the rings before it answered a
	 * reset is over. Pairs with the release in loopback_server_answer().
	 */
	uint64_t acknowledge =
		page_load64_acquire(&control->server.acknowledge);

	if (LOOPBACK_WORD_SEQUENCE(acknowledge) !=
	    LOOPBACK_WORD_SEQUENCE(hs->request))
		return LOOPBACK_ERR_AGAIN;
	return acknowledge == hs->request ? LOOPBACK_OK : LOOPBACK_ERR_REFUSED;
}

void loopback_handshake_set_features(struct loopback_control *control,
				     uint64_t features)
{
	page_store64(&control->client.driver_features[0], features);
	page_store64(&control->client.driver_features[1], 0);
}

void loopback_handshake_set_queue(struct loopback_control *control,
				  unsigned int queue,
				  const struct virtq_addresses *at)
{
	struct loopback_queue_request *shared = &control->queue[queue];

	if (at) {
		page_store32(&shared->size, at->num);
		page_store64(&shared->descriptor_area, at->desc);
		page_store64(&shared->driver_area, at->driver);
		page_store64(&shared->device_area, at->device);
	}
	page_store32(&shared->ready, at ? 1 : 0);
}

void loopback_handshake_clear_queues(struct loopback_control *control)
{
	unsigned int queue;

	for (queue = 0; queue < LOOPBACK_QUEUES_MAX; queue++)
		loopback_handshake_set_queue(control, queue, NULL);
}

uint32_t loopback_handshake_get_size(const struct loopback_handshake *hs,
				     const struct loopback_control *control,
				     unsigned int queue)
{
	uint32_t size = page_load32(&control->answer[queue].size_max);

	/* Drivers of split rings take it for a power of two (2.7). */
	return virtq_size_is_valid(size) && size <= hs->queue_size_max ? size :
									 0;
}

int loopback_handshake_read_config(const struct loopback_control *control,
				   uint32_t offset, void *buffer,
				   uint32_t length)
{
	uint32_t before, i;
	int tries;

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
			return LOOPBACK_OK;
		port_relax();
	}
	return LOOPBACK_ERR_AGAIN;
}
