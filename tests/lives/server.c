/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <port/port.h>

#include "lives.h"

static struct loopback_record *record;
static struct block_memory disk;

/* Of one life. */
static struct loopback_server server;
static struct loopback_server_queue server_queue;
static struct loopback_block_server block;
static struct loopback_block_server_slot block_slots[LIVES_QUEUE];
static struct virtq_segment segments[LOOPBACK_BLOCK_SEGMENTS(LIVES_QUEUE)];
static struct virtq_device_slot device_slots[LIVES_QUEUE];
static bool more;

static jmp_buf death;
static bool counting;
static unsigned long stores, lifetime;

void server_count_store(void)
{
	if (!counting)
		return;
	if (++stores != lifetime)
		return;
	counting = false;
	longjmp(death, 1);
}

void server_set_lifetime(unsigned long count)
{
	stores = 0;
	lifetime = count;
}

unsigned long server_count_stores(void)
{
	return stores;
}

void server_forget_all(void)
{
	/* Only these are ever written. */
	static uint8_t pristine[LIVES_REQUESTS * VIRTIO_BLK_SECTOR_SIZE];

	if (!record) {
		record = malloc(LOOPBACK_RECORD_SIZE(1));
		if (!record)
			abort();
		block_memory_init(&disk);
		disk.hold = true;
		memcpy(pristine, disk.data, sizeof(pristine));
	}
	memset(record, 0, LOOPBACK_RECORD_SIZE(1));
	memcpy(disk.data, pristine, sizeof(pristine));
	disk.count = 0;
}

uint8_t *server_get_sector(uint64_t sector)
{
	return &disk.data[sector * VIRTIO_BLK_SECTOR_SIZE];
}

static void ring_control(void *ctx)
{
	(void)ctx;
	channel.to_client.control = true;
}

static void ring_queue(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
	channel.to_client.queue = true;
}

static void init(void)
{
	struct loopback_block_server_config block_config = {
		.backend = &disk.backend,
		.slots = block_slots,
		.slot_count = LIVES_QUEUE,
		.segments = segments,
		.queue_size_max = LIVES_QUEUE,
	};
	struct loopback_server_config config = {
		.control = channel.control,
		.pool = channel.pool,
		.pool_address = LIVES_BUS,
		.pool_size = LIVES_POOL,
		.record = record,
		.record_size = LOOPBACK_RECORD_SIZE(1),
		.queue_size_max = LIVES_QUEUE,
		.queues = &server_queue,
		.slots = device_slots,
		.notify = { ring_control, ring_queue, NULL },
	};
	struct loopback_server_transport transport;

	memset(&server, 0xee, sizeof(server));
	memset(&server_queue, 0xee, sizeof(server_queue));
	memset(&block, 0xee, sizeof(block));
	if (loopback_block_server_init(&block, &block_config) ||
	    loopback_server_init(&server, &config, &block.device))
		abort();
	transport = loopback_server_get_transport(&server);
	loopback_block_server_attach(&block, &transport);
	more = false;
}

/*
 * What was at the disk ends with the life, as its device is reset: every other
 * request has done its work, and none is heard of again.
 */
static void die(void)
{
	struct block_memory_held *held;
	unsigned int i;

	for (i = 0; i < disk.count; i += 2) {
		held = &disk.held[i];
		if (held->request->type == VIRTIO_BLK_T_OUT)
			memcpy(server_get_sector(held->request->sector),
			       held->segments[0].pointer,
			       held->segments[0].len);
	}
	disk.count = 0;
	/* The pending words lie in memory that is scrubbed. */
	channel.to_server = (struct lives_bells){ false, false };
}

bool server_begin(void)
{
	init();
	if (setjmp(death)) {
		die();
		return false;
	}
	counting = true;
	if (loopback_server_publish(&server))
		abort();
	counting = false;
	channel.to_server = (struct lives_bells){ true, true };
	return true;
}

static void process(void)
{
	int ret = loopback_block_server_process(&block, 2);

	more = ret == LOOPBACK_BLOCK_SERVER_MORE;
	if (ret == LOOPBACK_ERR_PROTOCOL)
		lives_fail("the server finds the ring broken");
}

static void work(bool *idle)
{
	int events = 0;

	*idle = false;
	if (channel.to_server.control || server.draining) {
		channel.to_server.control = false;
		events = loopback_server_poll_control(&server);
		if (events & LOOPBACK_EVENT_REFUSED)
			lives_fail("the server refused a request");
	}
	if (events & LOOPBACK_EVENT_STARTED)
		channel.to_server.queue = true;
	if (channel.to_server.queue || more) {
		channel.to_server.queue = false;
		process();
	} else if (disk.count) {
		/* The youngest first. */
		block_memory_end(&disk, disk.count - 1, VIRTIO_BLK_S_OK);
		/* Two of them at once where there are two. */
		if (disk.count)
			block_memory_end(&disk, 0, VIRTIO_BLK_S_OK);
		process();
	} else if (!events) {
		*idle = true;
	}
}

bool server_step(bool *idle)
{
	if (setjmp(death)) {
		die();
		return false;
	}
	counting = true;
	work(idle);
	counting = false;
	return true;
}
