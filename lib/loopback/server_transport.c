/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's server endpoint as device files see it. The log calls stand where
 * server.h says: taken before a backend sees a request, staged before the used
 * element is written, forgotten once the used index is visible.
 */
#include <loopback/server.h>

#include "server_private.h"

static struct virtq_device *get_queue(void *ctx, unsigned int queue)
{
	return loopback_server_get_queue(ctx, queue);
}

static uint64_t get_features(void *ctx)
{
	return ((struct loopback_server *)ctx)->driver_features;
}

static int pop(void *ctx, unsigned int queue, struct virtq_chain *chain)
{
	struct loopback_server *server = ctx;
	struct loopback_server_queue *own = &server->config.queues[queue];
	int ret;

	if (own->again)
		return loopback_server_pop_again(server, queue, chain);
	ret = virtq_device_pop(&own->virtq, chain);
	if (ret > 0)
		loopback_server_log_taken(ctx, queue, chain->head);
	return ret;
}

static int push(void *ctx, unsigned int queue, uint16_t head, uint32_t len)
{
	struct virtq_device *virtq = loopback_server_get_queue(ctx, queue);

	loopback_server_log_staged(ctx, queue, head);
	return virtq_device_push(virtq, head, len);
}

static void publish(void *ctx, unsigned int queue)
{
	struct virtq_device *virtq = loopback_server_get_queue(ctx, queue);
	bool notify = virtq_device_publish(virtq);

	loopback_server_log_published(ctx, queue);
	if (notify)
		loopback_server_notify(ctx, queue);
}

static void break_queue(void *ctx, unsigned int queue, int error)
{
	loopback_server_break_queue(ctx, queue, error);
}

struct loopback_server_transport
loopback_server_get_transport(struct loopback_server *server)
{
	return (struct loopback_server_transport){
		.get_queue = get_queue,
		.get_features = get_features,
		.pop = pop,
		.push = push,
		.publish = publish,
		.break_queue = break_queue,
		.ctx = server,
	};
}
