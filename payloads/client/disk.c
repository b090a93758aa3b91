/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/console.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/memory.h>
#include <string.h>
#include "client.h"

#define CLIENT_QUEUE 0

static const struct tree_channel *disk_find(void)
{
	for (unsigned int i = 0; i < tree.channel_count; i++) {
		if (!tree.channels[i].server &&
		    !strcmp(tree.channels[i].device, "block"))
			return &tree.channels[i];
	}
	return NULL;
}

static int disk_init_endpoint(struct client_disk *disk)
{
	const struct tree_channel *info = disk->channel.info;
	struct loopback_client_config config = {
		.control = (void *)(uintptr_t)info->control.base,
		.pool = (void *)(uintptr_t)info->pool.base,
		.pool_address = info->pool.base,
		.pool_size = info->pool.size,
		.device_id = VIRTIO_ID_BLOCK,
		.notify = disk->channel.notify,
	};

	return loopback_client_init(&disk->endpoint, &config);
}

/* The queue's and the requests' memory, taken once for all lives. */
static int disk_init_memory(struct client_disk *disk,
			    struct loopback_client_queue_memory *memory)
{
	uint32_t size = disk->channel.info->queue_size;
	struct loopback_block_client_config config = {
		.transport = loopback_client_get_transport(&disk->endpoint),
		.queue = CLIENT_QUEUE,
		.slot_count = size,
	};

	memory->size = size;
	memory->ring = channel_take_pool(&disk->channel,
					 virtq_layout_bytes(size), 64);
	memory->virtq = &disk->virtq;
	memory->slots = memory_take(size * sizeof(*memory->slots), 64);
	config.wires = channel_take_pool(&disk->channel,
					 size * sizeof(*config.wires), 64);
	config.slots = memory_take(size * sizeof(*config.slots), 64);
	/* Indirect tables: a request takes one descriptor of the ring. */
	memory->table_entries = 4;
	memory->tables = channel_take_pool(&disk->channel,
					   size * memory->table_entries *
					   sizeof(*memory->tables), 64);
	if (!memory->ring || !memory->slots || !memory->tables ||
	    !config.wires || !config.slots)
		return LOOPBACK_ERR_INVALID;
	return loopback_block_client_init(&disk->block, &config);
}

/* Repeats an endpoint's step until its answer is in. */
static int disk_await(struct client_disk *disk)
{
	int error;

	while ((error = loopback_client_poll(&disk->endpoint)) ==
	       LOOPBACK_ERR_AGAIN)
		client_disk_wait(disk);
	return error;
}

/* From the answer to a reset to a device that runs. */
static int disk_bring_up(struct client_disk *disk)
{
	static struct loopback_client_queue_memory memory;
	int error = disk_await(disk);

	if (error)
		return error;
	if (!memory.ring)
		error = disk_init_memory(disk, &memory);
	if (!error && memory.size > disk->endpoint.handshake.queue_size_max)
		error = LOOPBACK_ERR_SIZE;
	if (!error)
		error = loopback_client_setup_queue(&disk->endpoint,
						    CLIENT_QUEUE, &memory);
	if (!error)
		error = loopback_client_start(&disk->endpoint,
					      LOOPBACK_BLOCK_CLIENT_FEATURES);
	if (!error)
		error = disk_await(disk);
	while (!error) {
		error = loopback_block_client_read_config(&disk->block);
		if (error != LOOPBACK_ERR_AGAIN)
			break;
		client_disk_wait(disk);
		error = LOOPBACK_OK;
	}
	return error;
}

/* The server's compartment may come and go without a word on the page. */
static void disk_note_peer(struct client_disk *disk)
{
	if (!channel_take_peer(&disk->channel))
		return;
	if (disk->attachments &&
	    (channel_is_abandoned(&disk->channel) ||
	     disk->channel.peer_state == COMPARTMENT_STATE_RESTARTING ||
	     disk->channel.peer_life != disk->peer_life))
		loopback_client_peer_down(&disk->endpoint);
	disk->peer_life = disk->channel.peer_life;
}

static uint64_t disk_get_limit(const struct client_disk *disk)
{
	return hart_get_time() + disk->channel.info->publish_timeout *
				 tree.timebase / 1000;
}

/*
 * Sleeps until something happens, or the time `limit` within which the server
 * has to publish is over, which is an error. It begins anew with a life of the
 * server's, the loading of which is the firmware's time and not the server's.
 */
static int disk_wait_published(struct client_disk *disk, uint64_t *limit)
{
	uint64_t life = disk->channel.peer_life;

	irq_wait_until(*limit);
	disk_note_peer(disk);
	if (disk->channel.peer_life != life)
		*limit = disk_get_limit(disk);
	if (hart_get_time() < *limit)
		return LOOPBACK_OK;
	print("channel %s: gave up waiting, %s has published nothing for %u ms\n",
	      disk->channel.info->name, disk->channel.peer,
	      disk->channel.info->publish_timeout);
	return LOOPBACK_ERR_NOT_READY;
}

int client_disk_attach(struct client_disk *disk)
{
	uint64_t limit = disk_get_limit(disk);
	int error;

	for (;;) {
		disk_note_peer(disk);
		/* Its page may say READY for ever: nobody changes it. */
		if (channel_is_abandoned(&disk->channel))
			return LOOPBACK_ERR_PEER;
		error = loopback_client_attach(&disk->endpoint);
		if (!error)
			error = disk_bring_up(disk);
		if (error != LOOPBACK_ERR_NOT_READY &&
		    error != LOOPBACK_ERR_PEER)
			break;
		if (error == LOOPBACK_ERR_NOT_READY &&
		    disk_wait_published(disk, &limit))
			break;
	}
	if (!error) {
		disk->attachments++;
		disk->size = disk->block.capacity * CLIENT_SECTOR;
	}
	return error;
}

int client_disk_reset(struct client_disk *disk)
{
	int error = loopback_client_reset(&disk->endpoint);

	return error ? error : disk_bring_up(disk);
}

int client_disk_open(struct client_disk *disk)
{
	const struct tree_channel *info = disk_find();
	int error = LOOPBACK_ERR_INVALID;

	if (!info) {
		print("no block channel with this compartment as its client\n");
		return error;
	}
	if (!channel_init(&disk->channel, info))
		error = disk_init_endpoint(disk);
	if (!error)
		error = client_disk_attach(disk);
	if (error)
		print("channel %s: %s (%d)\n", info->name,
		      channel_get_error(error), error);
	return error;
}

void client_disk_wait(struct client_disk *disk)
{
	irq_wait();
	disk_note_peer(disk);
}

int client_disk_poll(struct client_disk *disk,
		     struct loopback_block_completion *completion)
{
	int result;

	if (channel_take(&disk->channel, LOOPBACK_BIT_CONTROL))
		loopback_client_poll(&disk->endpoint);
	channel_take(&disk->channel, LOOPBACK_BIT_QUEUE(CLIENT_QUEUE));
	do {
		result = loopback_block_client_poll(&disk->block, completion);
	} while (result == LOOPBACK_ERR_AGAIN && disk->batch &&
		 loopback_block_client_count_busy(&disk->block) &&
		 virtq_driver_enable_callbacks_delayed(&disk->virtq));
	return result;
}

void client_disk_close(struct client_disk *disk)
{
	if (loopback_client_close(&disk->endpoint))
		return;
	disk_await(disk);
}

unsigned char *client_get_buffers(struct client_disk *disk, uint64_t *size)
{
	static unsigned char *buffers;
	static uint64_t bytes;

	if (!buffers) {
		bytes = channel_get_free(&disk->channel) & ~4095ULL;
		bytes -= bytes ? 4096 : 0; /* alignment */
		buffers = channel_take_pool(&disk->channel, bytes, 4096);
	}
	*size = buffers ? bytes : 0;
	return buffers;
}
