/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel's client endpoint as device files see it. */
#include <loopback/client.h>

static int check(void *ctx)
{
	struct loopback_client *client = ctx;

	loopback_client_check(client);
	switch (client->state) {
	case LOOPBACK_CLIENT_RUNNING:
		return LOOPBACK_OK;
	case LOOPBACK_CLIENT_DEAD:
		return LOOPBACK_ERR_PEER;
	case LOOPBACK_CLIENT_BROKEN:
		return LOOPBACK_ERR_PROTOCOL;
	default:
		return LOOPBACK_ERR_AGAIN;
	}
}

static bool is_running(void *ctx)
{
	return ((struct loopback_client *)ctx)->state ==
	       LOOPBACK_CLIENT_RUNNING;
}

static uint32_t get_epoch(void *ctx)
{
	return ((struct loopback_client *)ctx)->epoch;
}

static uint64_t get_features(void *ctx)
{
	return ((struct loopback_client *)ctx)->driver_features;
}

static struct virtq_driver *get_queue(void *ctx, unsigned int queue)
{
	return ((struct loopback_client *)ctx)->queue[queue].virtq;
}

static int read_config(void *ctx, void *buffer, uint32_t length)
{
	struct loopback_client *client = ctx;
	int ret;

	if (length > client->handshake.config_size)
		length = client->handshake.config_size;
	ret = loopback_client_read_config(client, 0, buffer, length);
	return ret ? ret : (int)length;
}

static bool get_address(void *ctx, const void *memory, uint64_t size,
			uint64_t *address)
{
	const struct loopback_client_config *config =
		&((struct loopback_client *)ctx)->config;
	uint64_t offset =
		(uint64_t)((uintptr_t)memory - (uintptr_t)config->pool);

	if (offset >= config->pool_size || size > config->pool_size - offset)
		return false;
	*address = config->pool_address + offset;
	return true;
}

static void break_device(void *ctx)
{
	struct loopback_client *client = ctx;

	client->state = LOOPBACK_CLIENT_BROKEN;
	client->peer_error = LOOPBACK_ERR_PROTOCOL;
}

static void notify(void *ctx, unsigned int queue)
{
	loopback_client_notify(ctx, queue);
}

struct loopback_client_transport
loopback_client_get_transport(struct loopback_client *client)
{
	return (struct loopback_client_transport){
		.check = check,
		.is_running = is_running,
		.get_epoch = get_epoch,
		.get_features = get_features,
		.get_queue = get_queue,
		.read_config = read_config,
		.get_address = get_address,
		.break_device = break_device,
		.notify = notify,
		.ctx = client,
	};
}
