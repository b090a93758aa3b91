/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/channel.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/memory.h>
#include <string.h>
#include <loopback/block.h>
#include <loopback/server.h>
#include "server.h"

/* Requests of one client between two looks at the others. */
#define SERVER_BUDGET 64

struct server_channel {
	struct channel channel;
	struct server_disk *disk;
	struct virtio_region regions[TREE_GRANTS_MAX];
	struct loopback_server endpoint;
	struct loopback_server_queue queue;
	struct loopback_block_server block;
	/* its budget ended before its requests */
	bool more;
	bool draining;
	bool done;
	/* it does not look at the control page any more */
	bool deaf;
};

static struct server_channel server_channels[TREE_CHANNELS_MAX];
static unsigned int server_channel_count;

static int server_channel_init_block(struct server_channel *sc,
				     uint16_t queue_size)
{
	uint64_t depth = tree_get_number(&tree, "depth", queue_size);
	struct loopback_block_server_config config = {
		.backend = &sc->disk->backend.backend,
		.slot_count = depth < queue_size ? depth : queue_size,
		.queue_size_max = queue_size,
	};
	const char *name = sc->channel.info->name;

	config.slots = memory_take(queue_size * sizeof(*config.slots), 64);
	config.segments = memory_take(LOOPBACK_BLOCK_SEGMENTS(queue_size) *
				      sizeof(*config.segments), 64);
	if (!config.slots || !config.segments)
		return LOOPBACK_ERR_INVALID;
	for (unsigned int i = 0; i < sizeof(config.id) && name[i]; i++)
		config.id[i] = name[i];
	return loopback_block_server_init(&sc->block, &config);
}

/* The client's memory, in place of a pool. */
static const struct virtio_region *
server_channel_map_grants(struct server_channel *sc)
{
	const struct tree_channel *info = sc->channel.info;

	for (unsigned int i = 0; i < info->grant_count; i++)
		sc->regions[i] = (struct virtio_region){
			.addr = info->grants[i].base,
			.size = info->grants[i].size,
			.base = (void *)(uintptr_t)info->grants[i].base,
			.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
		};
	return info->grant_count ? sc->regions : NULL;
}

static int server_channel_init_endpoint(struct server_channel *sc)
{
	const struct tree_channel *info = sc->channel.info;
	struct loopback_server_config config = {
		.control = (void *)(uintptr_t)info->control.base,
		.pool = (void *)(uintptr_t)info->pool.base,
		.pool_address = info->pool.base,
		.pool_size = info->pool.size,
		.regions = server_channel_map_grants(sc),
		.region_count = info->grant_count,
		.record = info->record.size ?
			  (void *)(uintptr_t)info->record.base : NULL,
		.record_size = info->record.size,
		.queue_size_max = info->queue_size,
		.queues = &sc->queue,
		.notify = sc->channel.notify,
	};

	config.slots = memory_take(
		info->queue_size * sizeof(*config.slots), 64);
	if (!config.slots)
		return LOOPBACK_ERR_INVALID;
	return loopback_server_init(&sc->endpoint, &config, &sc->block.device);
}

static int server_channel_init(struct server_channel *sc,
			       const struct tree_channel *info)
{
	struct loopback_server_transport transport;
	int error;

	if (channel_init(&sc->channel, info))
		return LOOPBACK_ERR_INVALID;
	error = server_channel_init_block(sc, info->queue_size);
	if (!error)
		error = server_channel_init_endpoint(sc);
	if (error)
		return error;
	transport = loopback_server_get_transport(&sc->endpoint);
	loopback_block_server_attach(&sc->block, &transport);
	if (tree_has_word(&tree, "silent"))
		return LOOPBACK_OK;
	error = loopback_server_publish(&sc->endpoint);
	/* What was rung and not taken has ended with the life before. */
	if (sc->endpoint.resumed_from)
		sc->channel.bits = 1ULL << LOOPBACK_BIT_CONTROL |
				   1ULL << LOOPBACK_BIT_QUEUE(0);
	return error;
}

static void server_channel_say(const struct server_channel *sc)
{
	const struct tree_channel *info = sc->channel.info;

	if (sc->endpoint.resumed_from) {
		print("resuming channel %s to %s, with %u requests in flight\n",
		      info->name, sc->channel.peer, sc->queue.again);
		return;
	}
	print("%s channel %s to %s, queue of %u%s\n",
	      tree_has_word(&tree, "silent") ? "silent on" : "serving",
	      info->name, sc->channel.peer, info->queue_size,
	      info->grant_count ? ", in all of its memory" : "");
}

int server_channels_init(void)
{
	const struct tree_channel *info = tree.channels;
	struct server_channel *sc;
	int error;

	for (; info < tree.channels + tree.channel_count; info++) {
		if (!info->server || strcmp(info->device, "block"))
			continue;
		sc = &server_channels[server_channel_count];
		sc->disk = server_disks_choose(server_channel_count++);
		if (!sc->disk) {
			print("channel %s: no such disk\n", info->name);
			return -1;
		}
		error = server_channel_init(sc, info);
		if (error) {
			print("channel %s: %s (%d)\n", info->name,
			      channel_get_error(error), error);
			return -1;
		}
		server_channel_say(sc);
	}
	if (!server_channel_count)
		print("no block channel to serve\n");
	return server_channel_count ? 0 : -1;
}

/*
 * A client that has ended says nothing more; what it left in flight is let run
 * out like that of one that closed. One that restarts attaches again. For one
 * that adopts the firmware speaks, which closes.
 */
static void server_channel_note_peer(struct server_channel *sc)
{
	if (!channel_take_peer(&sc->channel) ||
	    !channel_is_abandoned(&sc->channel) || sc->done ||
	    sc->endpoint.kept_from || sc->endpoint.closing)
		return;
	print("%s has ended without closing %s\n", sc->channel.peer,
	      sc->channel.info->name);
	sc->done = true;
}

/* Returns whether the queue has to be looked at. */
static bool server_channel_poll_control(struct server_channel *sc)
{
	int events;

	if (sc->deaf)
		return false;
	events = loopback_server_poll_control(&sc->endpoint);
	if (events < 0)
		return false;
	sc->draining = events & LOOPBACK_EVENT_DRAINING;
	if (events & LOOPBACK_EVENT_REFUSED)
		print("channel %s: refused the client's request (%d)\n",
		      sc->channel.info->name, sc->endpoint.last_error);
	if (events & LOOPBACK_EVENT_STARTED) {
		sc->done = false;
		sc->deaf = tree_has_word(&tree, "deaf") &&
			   firmware_get_life() == 1;
	}
	if (events & LOOPBACK_EVENT_CLOSED)
		sc->done = true;
	return events & LOOPBACK_EVENT_STARTED;
}

static void server_channel_poll(struct server_channel *sc)
{
	bool completed = sc->disk->completed;
	bool work = sc->more || completed;
	int result;

	if (channel_take(&sc->channel, LOOPBACK_BIT_QUEUE(0)))
		work = true;
	if (channel_take(&sc->channel, LOOPBACK_BIT_CONTROL) ||
	    (sc->draining && completed))
		work |= server_channel_poll_control(sc);
	/* Behind the control page, on which the client may have closed. */
	server_channel_note_peer(sc);
	if (!work)
		return;
	result = loopback_block_server_process(&sc->block, SERVER_BUDGET);
	sc->more = result == LOOPBACK_BLOCK_SERVER_MORE;
	if (result == LOOPBACK_ERR_PROTOCOL)
		print("channel %s: %s broke the ring; stopped until its reset\n",
		      sc->channel.info->name, sc->channel.peer);
}

bool server_channels_poll(void)
{
	bool more = false;

	for (unsigned int i = 0; i < server_channel_count; i++) {
		server_channel_poll(&server_channels[i]);
		more |= server_channels[i].more;
	}
	return more;
}

bool server_channels_are_done(void)
{
	for (unsigned int i = 0; i < server_channel_count; i++) {
		const struct server_channel *sc = &server_channels[i];

		if (!sc->done || sc->draining || sc->block.in_flight)
			return false;
	}
	return true;
}

struct server_totals server_channels_count(void)
{
	struct server_totals totals = { 0 };

	for (unsigned int i = 0; i < server_channel_count; i++) {
		const struct loopback_block_server *block =
			&server_channels[i].block;

		totals.requests += block->requests;
		totals.refused += block->refused;
		totals.in_flight += block->in_flight;
	}
	return totals;
}

void server_channels_stop(void)
{
	for (unsigned int i = 0; i < server_channel_count; i++)
		loopback_server_stop(&server_channels[i].endpoint);
}
