/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "unit.h"

#define BUDGET		16u
#define SECTOR		512u
#define WIRE(n)		(CHANNEL_WIRES + 64u * (n))
#define DATA(n)		(CHANNEL_DATA + SECTOR * (n))

static struct loopback_control *open_control(void *ctx)
{
	struct front *front = ctx;

	CU_ASSERT_FALSE_FATAL(front->open);
	front->open = true;
	front->opens++;
	return front->channel->control;
}

static void *open_image(void *ctx)
{
	open_control(ctx);
	return ((struct front *)ctx)->image;
}

static void close_page(void *ctx)
{
	struct front *front = ctx;

	CU_ASSERT_TRUE_FATAL(front->open);
	front->open = false;
}

static void ring(void *ctx, uint64_t bits)
{
	struct front *front = ctx;

	CU_ASSERT_FALSE(front->open);
	front->rung |= bits;
	front->rings++;
}

static void interrupt(void *ctx)
{
	struct front *front = ctx;

	CU_ASSERT_FALSE(front->open);
	/* Whoever takes it finds out why. */
	CU_ASSERT_NOT_EQUAL(front->image[VIRTIO_MMIO_INTERRUPT_STATUS], 0);
	front->interrupts++;
}

static const struct frontend_channel_ops ops = {
	.open_control = open_control,
	.open_image = open_image,
	.close = close_page,
	.ring = ring,
	.interrupt = interrupt,
};

void front_init(struct front *front)
{
	memset(front->image, 0, LOOPBACK_CONTROL_SIZE);
	memset(&front->fe, 0, sizeof(front->fe));
	frontend_channel_init(&front->fe, &front->config);
}

void front_make(struct front *front, uint32_t data_mode)
{
	memset(front, 0, sizeof(*front));
	front->channel = channel_new_memory(&front->memory);
	front->image = aligned_alloc(LOOPBACK_CONTROL_SIZE,
				     LOOPBACK_CONTROL_SIZE);
	if (!front->image)
		abort();
	front->config = (struct frontend_channel_config){
		.ops = &ops,
		.ctx = front,
		.device_id = VIRTIO_ID_BLOCK,
		.data_mode = data_mode,
		.queue_count = 1,
	};
	front_init(front);
}

void front_free(struct front *front)
{
	channel_free(front->channel);
	free(front->image);
}

static bool hear_server(struct front *front)
{
	struct channel *channel = front->channel;
	bool heard = channel->to_client_control || channel->to_client_queue;

	if (channel->to_client_queue)
		frontend_channel_used(&front->fe);
	if (channel->to_client_control)
		frontend_channel_poll(&front->fe);
	channel->to_client_control = 0;
	channel->to_client_queue = 0;
	return heard;
}

void front_serve(struct front *front)
{
	unsigned int rounds = 0;
	uint64_t rung;

	do {
		CU_ASSERT_FATAL(rounds++ < 100);
		rung = front->rung;
		front->rung = 0;
		if (front->deaf || !front->channel->server.published)
			continue;
		if (rung & 1u << LOOPBACK_BIT_CONTROL ||
		    front->channel->server.draining)
			loopback_server_poll_control(&front->channel->server);
		loopback_block_server_process(&front->channel->block_server,
					      BUDGET);
	} while (hear_server(front) || front->rung);
}

void front_publish(struct front *front)
{
	UNIT_ASSERT_INT(loopback_server_publish(&front->channel->server),
			LOOPBACK_OK);
	/* Bells that the life before heard are lost: it looks by itself. */
	front->rung |= 1u << LOOPBACK_BIT_CONTROL;
	front_serve(front);
}

void front_restart_server(struct front *front)
{
	bool hold = front->memory.hold;

	block_memory_init(&front->memory);
	front->memory.hold = hold;
	front->channel->to_client_control = 0;
	front->channel->to_client_queue = 0;
	front->rung = 0;
	channel_new_server(front->channel);
	front_publish(front);
}

void front_replace_server(struct front *front)
{
	memset(front->channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	front_restart_server(front);
}

/* ---- The guest ---- */

uint32_t front_read(struct front *front, uint32_t offset)
{
	uint32_t value;

	memcpy(&value, front->image + offset, sizeof(value));
	return virtio_le32(value);
}

bool front_try(struct front *front, uint32_t offset, uint32_t value)
{
	bool done = frontend_channel_write(&front->fe, offset, 4, value);
	unsigned int wrong = 0;
	uint32_t at;

	CU_ASSERT_FALSE(front->open);
	for (at = 0; at < LOOPBACK_CONTROL_SIZE; at += 4)
		wrong += front_read(front, at) !=
			 virtio_mmio_device_read(&front->fe.device, at, 4);
	UNIT_ASSERT_INT(wrong, 0);
	front->holds += !done;
	return done;
}

bool front_write(struct front *front, uint32_t offset, uint32_t value)
{
	unsigned int tries;

	for (tries = 0; tries < FRONT_TRIES; tries++) {
		if (front_try(front, offset, value))
			return true;
		front_serve(front);
	}
	return false;
}

static uint32_t driver_read(void *context, uint32_t offset, unsigned int width)
{
	struct front *front = context;
	uint32_t value = front_read(front, offset & ~3u);

	return value >> 8 * (offset & 3) & (uint32_t)((1ull << 8 * width) - 1);
}

static void driver_write(void *context, uint32_t offset, uint32_t value)
{
	struct front *front = context;

	front->held |= !front_write(front, offset, value);
}

int front_set_up_queue(struct front *front)
{
	void *ring = front->channel->pool + CHANNEL_RING;
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(ring, CHANNEL_QUEUE_SIZE),
		.features = front->mmio.features,
		.slots = front->slots,
	};
	struct virtq_addresses at = virtq_layout_addresses(
		CHANNEL_BUS + CHANNEL_RING, CHANNEL_QUEUE_SIZE);
	int error = virtq_driver_init(&front->virtq, &config);

	return error ? error : virtio_mmio_setup_queue(&front->mmio, 0, &at);
}

int front_negotiate(struct front *front)
{
	uint64_t required = front->config.data_mode == LOOPBACK_DATA_WINDOW ?
			VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM) : 0;
	int error = virtio_mmio_bind_access(&front->mmio, driver_read,
					    driver_write, front,
					    VIRTIO_ID_BLOCK);

	front->held = false;
	if (!error)
		error = virtio_mmio_negotiate(&front->mmio, FRONT_FEATURES,
					      required, NULL);
	return error;
}

int front_bring_up(struct front *front)
{
	int error = front_negotiate(front);

	if (!error)
		error = front_set_up_queue(front);
	if (!error)
		error = virtio_mmio_start(&front->mmio);
	return error;
}

void front_offer(struct front *front, unsigned int sector)
{
	uint8_t *pool = front->channel->pool;
	struct virtio_blk_req_header *header =
		(void *)(pool + WIRE(sector % CHANNEL_QUEUE_SIZE));
	struct virtq_segment segments[] = {
		{ .addr = channel_bus(WIRE(sector % CHANNEL_QUEUE_SIZE)),
		  .len = sizeof(*header) },
		{ .addr = channel_bus(DATA(sector % CHANNEL_QUEUE_SIZE)),
		  .len = SECTOR },
		{ .addr = channel_bus(WIRE(sector % CHANNEL_QUEUE_SIZE) + 48),
		  .len = 1 },
	};

	header->type = virtio_le32(VIRTIO_BLK_T_IN);
	header->sector = virtio_le64(sector);
	pool[WIRE(sector % CHANNEL_QUEUE_SIZE) + 48] = 0xee;
	memset(pool + DATA(sector % CHANNEL_QUEUE_SIZE), 0xee, SECTOR);
	virtq_driver_enable_callbacks(&front->virtq);
	UNIT_ASSERT_INT(virtq_driver_add(&front->virtq, segments, 1, 2,
					 (void *)(uintptr_t)(sector + 1)), 0);
	if (virtq_driver_publish(&front->virtq))
		virtio_mmio_notify(&front->mmio, virtq_driver_notification(
							 &front->virtq, 0));
}

void front_take(struct front *front)
{
	const uint8_t *pool = front->channel->pool;
	struct virtq_completion done;
	unsigned int sector;

	while (virtq_driver_get(&front->virtq, &done) == 1) {
		sector = (unsigned int)(uintptr_t)done.cookie - 1;
		UNIT_ASSERT_INT(pool[WIRE(sector % CHANNEL_QUEUE_SIZE) + 48],
				VIRTIO_BLK_S_OK);
		CU_ASSERT_EQUAL(memcmp(pool + DATA(sector % CHANNEL_QUEUE_SIZE),
				       &front->memory.data[sector * SECTOR],
				       SECTOR), 0);
		front->ended++;
	}
}

void front_request(struct front *front, unsigned int sector)
{
	unsigned int interrupts = front->interrupts, ended = front->ended;

	front_offer(front, sector);
	front_serve(front);
	UNIT_ASSERT_INT(front->interrupts, interrupts + 1);
	CU_ASSERT_TRUE(virtio_mmio_ack_interrupt(&front->mmio) &
		       VIRTIO_MMIO_INT_USED);
	UNIT_ASSERT_INT(front_read(front, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	front_take(front);
	UNIT_ASSERT_INT(front->ended, ended + 1);
}

void front_end(struct front *front)
{
	front->deaf = false;
	front->memory.hold = false;
	UNIT_ASSERT_INT(front_bring_up(front), 0);
	CU_ASSERT_FALSE(front->held);
	front_request(front, 3);
	front_free(front);
}

void front_make_running(struct front *front)
{
	front_make(front, LOOPBACK_DATA_WINDOW);
	front_publish(front);
	UNIT_ASSERT_INT(front_bring_up(front), 0);
}

void front_hold(struct front *front, unsigned int count)
{
	unsigned int i;

	front->memory.hold = true;
	for (i = 0; i < count; i++)
		front_offer(front, i);
	front_serve(front);
}

uint32_t front_get_status(struct front *front)
{
	return front_read(front, VIRTIO_MMIO_STATUS);
}
