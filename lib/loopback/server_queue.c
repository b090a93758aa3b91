/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/server.h>
#include <virtio/device.h>

#include "page.h"
#include "server_private.h"

struct area {
	uint64_t address;
	uint64_t size;
};

static void queue_areas(const struct loopback_queue_request *queue,
			struct area areas[3])
{
	areas[0] = (struct area){ queue->descriptor_area,
				  virtq_desc_bytes(queue->size) };
	areas[1] = (struct area){ queue->driver_area,
				  virtq_avail_bytes(queue->size) };
	areas[2] = (struct area){ queue->device_area,
				  virtq_used_bytes(queue->size) };
}

static bool areas_overlap(const struct area *a, const struct area *b)
{
	return a->address < b->address ? b->address - a->address < a->size :
					 a->address - b->address < b->size;
}

/*
 * Stops a client that lays one queue's used ring over another's descriptors to
 * make the server rewrite what it has checked. Both areas lie in the pool.
 */
static bool queue_overlaps_others(struct loopback_server *server,
				  unsigned int queue)
{
	struct area mine[3], theirs[3];
	unsigned int other, i, j;

	queue_areas(&server->config.queues[queue].area, mine);
	for (other = 0; other < server->device->queue_count; other++) {
		if (other == queue ||
		    server->config.queues[other].state != LOOPBACK_QUEUE_LIVE)
			continue;
		queue_areas(&server->config.queues[other].area, theirs);
		for (i = 0; i < 3; i++)
			for (j = 0; j < 3; j++)
				if (areas_overlap(&mine[i], &theirs[j]))
					return true;
	}
	return false;
}

static int convert_ring_error(int error)
{
	switch (error) {
	case VIRTIO_OK:
		return LOOPBACK_OK;
	case VIRTIO_ERR_QUEUE_SIZE:
		return LOOPBACK_ERR_SIZE;
	case VIRTIO_ERR_ALIGNMENT:
		return LOOPBACK_ERR_ALIGNMENT;
	case VIRTIO_ERR_RANGE:
		return LOOPBACK_ERR_RANGE;
	case VIRTIO_ERR_OVERLAP:
		return LOOPBACK_ERR_OVERLAP;
	default:
		return LOOPBACK_ERR_INVALID;
	}
}

int loopback_queue_start(struct loopback_server *server, unsigned int queue,
			 const struct virtq_position *resume)
{
	struct loopback_server_queue *own = &server->config.queues[queue];
	struct virtq_device_config config = {
		.features = server->driver_features,
		.regions = &server->regions,
		.slots = server->config.slots +
			 (size_t)queue * server->config.queue_size_max,
		.resume = resume,
	};
	int ret;

	/* Stops a size that the private arrays have no room for. */
	if (own->area.size > server->config.queue_size_max)
		return LOOPBACK_ERR_SIZE;
	config.addresses.num = own->area.size;
	config.addresses.desc = own->area.descriptor_area;
	config.addresses.driver = own->area.driver_area;
	config.addresses.device = own->area.device_area;
	ret = convert_ring_error(virtq_device_init(&own->virtq, &config));
	if (ret)
		return ret;
	return queue_overlaps_others(server, queue) ? LOOPBACK_ERR_OVERLAP :
						      LOOPBACK_OK;
}

static int queue_bring_up(struct loopback_server *server, unsigned int queue)
{
	const struct loopback_queue_request *shared =
		&server->control->queue[queue];
	struct loopback_server_queue *own = &server->config.queues[queue];
	int ret;

	/*
	 * The one time these words are read; a later change by the client
	 * changes nothing until the queue has been down.
	 */
	own->area.size = page_load32(&shared->size);
	own->area.descriptor_area = page_load64(&shared->descriptor_area);
	own->area.driver_area = page_load64(&shared->driver_area);
	own->area.device_area = page_load64(&shared->device_area);
	ret = loopback_queue_start(server, queue, NULL);
	if (ret)
		return ret;
	own->again = 0;
	own->state = LOOPBACK_QUEUE_LIVE;
	loopback_record_queue_up(server, queue);
	return LOOPBACK_OK;
}

/* Each queue's `ready` word, loaded once; bit q of `ready` is queue q's. */
static int read_ready(struct loopback_server *server, uint32_t *ready)
{
	unsigned int queue;

	*ready = 0;
	for (queue = 0; queue < server->device->queue_count; queue++) {
		uint32_t word =
			page_load32(&server->control->queue[queue].ready);

		/* Stops a value without a meaning from passing for 1. */
		if (word > 1) {
			page_store32(&server->control->answer[queue].error,
				     (uint32_t)LOOPBACK_ERR_INVALID);
			return LOOPBACK_ERR_INVALID;
		}
		*ready |= word << queue;
	}
	return LOOPBACK_OK;
}

void loopback_queue_announce(struct loopback_server *server,
			     unsigned int queue)
{
	page_store32(&server->control->answer[queue].error, 0);
	page_store32(&server->control->answer[queue].state,
		     LOOPBACK_QUEUE_LIVE);
	server->device->start_queue(server->device->ctx, queue);
}

static int bring_up(struct loopback_server *server, uint32_t ready)
{
	struct loopback_server_queue *queues = server->config.queues;
	unsigned int queue;
	uint32_t started = 0;
	int ret = LOOPBACK_OK;

	for (queue = 0; queue < server->device->queue_count && !ret; queue++) {
		if (!(ready >> queue & 1) ||
		    queues[queue].state != LOOPBACK_QUEUE_DISABLED)
			continue;
		ret = queue_bring_up(server, queue);
		if (ret)
			page_store32(&server->control->answer[queue].error,
				     (uint32_t)ret);
		else
			started |= 1u << queue;
	}

	for (queue = 0; queue < server->device->queue_count; queue++) {
		if (!(started >> queue & 1))
			continue;
		if (!ret) {
			loopback_queue_announce(server, queue);
			continue;
		}
		queues[queue].state = LOOPBACK_QUEUE_DISABLED;
		loopback_record_queue_down(server, queue);
	}
	return ret;
}

void loopback_queues_stop(struct loopback_server *server, uint32_t keep)
{
	unsigned int queue;

	for (queue = 0; queue < server->device->queue_count; queue++) {
		struct loopback_server_queue *own =
			&server->config.queues[queue];

		if (keep >> queue & 1 ||
		    own->state == LOOPBACK_QUEUE_DISABLED ||
		    own->state == LOOPBACK_QUEUE_DRAINING)
			continue;
		if (own->state == LOOPBACK_QUEUE_LIVE)
			server->device->stop_queue(server->device->ctx, queue);
		own->state = LOOPBACK_QUEUE_DRAINING;
		page_store32(&server->control->answer[queue].state,
			     LOOPBACK_QUEUE_DRAINING);
	}
}

int loopback_queues_follow(struct loopback_server *server)
{
	uint32_t ready;
	int ret = read_ready(server, &ready);

	if (ret)
		return ret;
	loopback_queues_stop(server, ready);
	return bring_up(server, ready);
}

bool loopback_queues_drain(struct loopback_server *server)
{
	unsigned int queue;
	bool done = true;

	for (queue = 0; queue < server->device->queue_count; queue++) {
		struct loopback_server_queue *own =
			&server->config.queues[queue];

		if (own->state != LOOPBACK_QUEUE_DRAINING)
			continue;
		/*
		 * Stops memory the client is about to reuse from being written
		 * by a request of before the reset.
		 */
		if (server->device->count_in_flight(server->device->ctx,
						    queue)) {
			done = false;
			continue;
		}
		own->state = LOOPBACK_QUEUE_DISABLED;
		loopback_record_queue_down(server, queue);
		page_store32(&server->control->answer[queue].state,
			     LOOPBACK_QUEUE_DISABLED);
		page_store32(&server->control->answer[queue].error, 0);
	}
	return done;
}

struct virtq_device *loopback_server_get_queue(struct loopback_server *server,
					       unsigned int queue)
{
	if (!server->published || queue >= server->device->queue_count ||
	    server->config.queues[queue].state != LOOPBACK_QUEUE_LIVE)
		return NULL;
	return &server->config.queues[queue].virtq;
}

void loopback_server_break_queue(struct loopback_server *server,
				 unsigned int queue, int error)
{
	struct loopback_server_queue *own = &server->config.queues[queue];

	if (own->state != LOOPBACK_QUEUE_LIVE)
		return;
	server->device->stop_queue(server->device->ctx, queue);
	own->state = LOOPBACK_QUEUE_BROKEN;
	page_store32(&server->control->answer[queue].error, (uint32_t)error);
	page_store32(&server->control->answer[queue].state,
		     LOOPBACK_QUEUE_BROKEN);
	loopback_server_answer(
		server, server->status | VIRTIO_STATUS_DEVICE_NEEDS_RESET,
		server->answered, error);
}

void loopback_server_notify(struct loopback_server *server, unsigned int queue)
{
	server->config.notify.queue(server->config.notify.ctx, queue);
}
