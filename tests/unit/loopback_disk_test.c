/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block server over the backend that forwards to a real disk: the data
 * moves between the disk and the client's buffers, nobody else touches it.
 */
#include <stdlib.h>
#include <string.h>

#include "block_memory.h"
#include "channel.h"
#include "fake_disk.h"
#include "unit.h"

#define FEATURES                                \
	(VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) | \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) |   \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE))

struct machine {
	struct channel *channel;
	struct fake_disk *fake;
};

/* The pool exists before the disk, the backend before the server. */
static struct machine start(uint64_t features)
{
	static struct block_memory placeholder;
	struct machine machine;

	block_memory_init(&placeholder);
	machine.channel = channel_new(&placeholder.backend);
	machine.fake = fake_disk_new(machine.channel->pool, CHANNEL_BUS,
				     CHANNEL_POOL, features);
	machine.channel->backend = &machine.fake->disk.backend;
	channel_new_server(machine.channel);
	channel_run(machine.channel);
	machine.fake->notified = 0;
	return machine;
}

static void stop(struct machine *machine)
{
	channel_free(machine->channel);
	fake_disk_free(machine->fake);
}

/* Let disk and server work until nothing moves. */
static void settle(struct machine *machine)
{
	unsigned int rounds = 0;

	loopback_block_server_process(&machine->channel->block_server, 16);
	while (fake_disk_serve(machine->fake, 64) && rounds++ < 100) {
		CU_ASSERT_TRUE(loopback_block_disk_poll(&machine->fake->disk) >=
			       0);
		loopback_block_server_process(&machine->channel->block_server,
					      16);
	}
}

static int transfer(struct machine *machine, uint32_t type, uint64_t sector,
		    uint32_t length)
{
	struct loopback_block_completion done = { .result =
							  LOOPBACK_ERR_AGAIN };
	int ret = channel_submit(machine->channel, type, sector, CHANNEL_DATA,
				 length, NULL);

	if (ret)
		return ret;
	loopback_block_client_kick(&machine->channel->block);
	settle(machine);
	ret = loopback_block_client_poll(&machine->channel->block, &done);
	return ret ? ret : done.result;
}

static void moves_data(void)
{
	struct machine machine = start(FEATURES);
	uint8_t *data = machine.channel->pool + CHANNEL_DATA;

	CU_ASSERT_EQUAL(machine.channel->block.capacity, FAKE_DISK_SECTORS);
	CU_ASSERT_EQUAL(machine.channel->block.segment_max,
			FAKE_DISK_QUEUE - 2);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 10, 2048),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(memcmp(data, &machine.fake->data[10 * 512], 2048), 0);
	memset(data, 0x3c, 1024);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_OUT,
				 FAKE_DISK_SECTORS - 2, 1024),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(
		memcmp(data, &machine.fake->data[(FAKE_DISK_SECTORS - 2) * 512],
		       1024),
		0);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_FLUSH, 0, 0),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(machine.fake->flushes, 1);
	/* Answered by the server itself. */
	UNIT_ASSERT_INT(channel_do(machine.channel, VIRTIO_BLK_T_GET_ID, 0,
				   CHANNEL_DATA, 20),
			LOOPBACK_OK);
	CU_ASSERT_EQUAL(machine.fake->served, 3);
	stop(&machine);
}

static void passes_on_what_the_disk_can(void)
{
	struct machine machine =
		start(FEATURES | VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES) |
		      VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD));
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_WRITE_ZEROES,
					.sector = 8,
					.sectors = 64 };
	struct loopback_block_completion done;

	UNIT_ASSERT_INT(
		loopback_block_client_submit(&machine.channel->block, &io),
		LOOPBACK_OK);
	io.type = VIRTIO_BLK_T_DISCARD;
	UNIT_ASSERT_INT(
		loopback_block_client_submit(&machine.channel->block, &io),
		LOOPBACK_OK);
	loopback_block_client_kick(&machine.channel->block);
	settle(&machine);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	CU_ASSERT_EQUAL(machine.fake->zeroes, 2);
	CU_ASSERT_EQUAL(machine.fake->data[8 * 512 + 5], 0);
	stop(&machine);
}

static void offers_no_more_than_the_disk(void)
{
	struct machine machine = start(VIRTIO_FEATURE(VIRTIO_BLK_F_RO));

	CU_ASSERT_TRUE(machine.channel->block.read_only);
	CU_ASSERT_EQUAL(machine.channel->block.segment_max, 1);
	CU_ASSERT_FALSE(machine.channel->client.handshake.device_features &
			VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH));
	CU_ASSERT_FALSE(machine.channel->client.handshake.device_features &
			VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD));
	CU_ASSERT_FALSE(machine.channel->client.handshake.device_features &
			VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES));
	stop(&machine);
}

static void kicks_once_per_batch(void)
{
	struct machine machine = start(FEATURES);
	struct loopback_block_completion done;
	unsigned int i;

	/* Two descriptors of frame and one of data each: two fit the ring. */
	for (i = 0; i < 2; i++)
		channel_submit(machine.channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, NULL);
	loopback_block_client_kick(&machine.channel->block);
	loopback_block_server_process(&machine.channel->block_server, 16);
	CU_ASSERT_EQUAL(machine.fake->notified, 1);
	UNIT_ASSERT_INT(fake_disk_serve(machine.fake, 64), 2);
	UNIT_ASSERT_INT(loopback_block_disk_poll(&machine.fake->disk), 2);
	CU_ASSERT_EQUAL(machine.channel->to_client_queue, 0);
	loopback_block_server_process(&machine.channel->block_server, 16);
	CU_ASSERT_EQUAL(machine.channel->to_client_queue, 1);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	stop(&machine);
}

static void full_disk_queue_loses_nothing(void)
{
	struct machine machine = start(FEATURES);
	struct loopback_block_completion done;
	unsigned int i, ended = 0;

	for (i = 0; i < 12; i++)
		UNIT_ASSERT_INT(channel_submit(machine.channel, VIRTIO_BLK_T_IN,
					       i, CHANNEL_DATA + i * 512, 512,
					       NULL),
				LOOPBACK_OK);
	loopback_block_client_kick(&machine.channel->block);
	loopback_block_server_process(&machine.channel->block_server, 16);
	CU_ASSERT_EQUAL(machine.fake->disk.in_flight, 2);
	CU_ASSERT_PTR_NOT_NULL(machine.channel->block_server.pending);
	settle(&machine);
	while (loopback_block_client_poll(&machine.channel->block, &done) ==
	       LOOPBACK_OK) {
		UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
		ended++;
	}
	CU_ASSERT_EQUAL(ended, 12);
	CU_ASSERT_EQUAL(machine.fake->disk.in_flight, 0);
	CU_ASSERT_EQUAL(memcmp(machine.channel->pool + CHANNEL_DATA,
			       machine.fake->data, 12 * 512),
			0);
	stop(&machine);
}

static void largest_request_fits_an_empty_ring(void)
{
	struct machine machine = start(FEATURES);
	struct loopback_block_data data[FAKE_DISK_QUEUE - 2];
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_IN,
					.sector = 1,
					.data = data,
					.data_count = FAKE_DISK_QUEUE - 2 };
	struct loopback_block_completion done;
	unsigned int i;

	for (i = 0; i < FAKE_DISK_QUEUE - 2; i++)
		data[i] = (struct loopback_block_data){
			channel_bus(CHANNEL_DATA + i * 512), 512
		};
	UNIT_ASSERT_INT(
		loopback_block_client_submit(&machine.channel->block, &io),
		LOOPBACK_OK);
	loopback_block_client_kick(&machine.channel->block);
	settle(&machine);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
	CU_ASSERT_EQUAL(memcmp(machine.channel->pool + CHANNEL_DATA,
			       &machine.fake->data[512], 6 * 512),
			0);
	stop(&machine);
}

static void disk_errors_reach_the_client(void)
{
	struct machine machine = start(FEATURES);

	machine.fake->status = VIRTIO_BLK_S_IOERR;
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_ERR_IO);
	machine.fake->status = VIRTIO_BLK_S_UNSUPP;
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_OUT, 0, 512),
			LOOPBACK_ERR_IO);
	machine.fake->status = 99;
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_ERR_IO);
	machine.fake->status = VIRTIO_BLK_S_OK;
	machine.fake->cut = 100;
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_ERR_IO);
	machine.fake->cut = 0;
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_OK);
	stop(&machine);
}

static void broken_disk_ends_in_errors(void)
{
	struct machine machine = start(FEATURES);
	struct loopback_block_completion done;

	channel_submit(machine.channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512,
		       NULL);
	loopback_block_client_kick(&machine.channel->block);
	loopback_block_server_process(&machine.channel->block_server, 16);
	virtq_layout_ring(machine.fake->ring, FAKE_DISK_QUEUE).used->idx =
		virtio_le16(4711);
	UNIT_ASSERT_INT(loopback_block_disk_poll(&machine.fake->disk),
			LOOPBACK_ERR_PROTOCOL);
	loopback_block_server_process(&machine.channel->block_server, 16);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_ERR_AGAIN);
	/* Only once it can write no more is the client told. */
	loopback_block_disk_abort(&machine.fake->disk);
	loopback_block_server_process(&machine.channel->block_server, 16);
	UNIT_ASSERT_INT(
		loopback_block_client_poll(&machine.channel->block, &done),
		LOOPBACK_OK);
	UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_IO);
	UNIT_ASSERT_INT(
		channel_do(machine.channel, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
		LOOPBACK_ERR_IO);
	fake_disk_restart(machine.fake);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_OK);
	stop(&machine);
}

static void aborted_disk_takes_nothing(void)
{
	struct machine machine = start(FEATURES);

	loopback_block_disk_abort(&machine.fake->disk);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_ERR_IO);
	CU_ASSERT_EQUAL(machine.fake->served, 0);
	stop(&machine);
}

static void few_disk_slots_lose_nothing(void)
{
	struct machine machine = start(FEATURES);
	struct loopback_block_completion done;
	unsigned int i, ended = 0;

	machine.fake->config.slot_count = 1;
	fake_disk_restart(machine.fake);
	for (i = 0; i < 3; i++)
		channel_submit(machine.channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, NULL);
	loopback_block_client_kick(&machine.channel->block);
	loopback_block_server_process(&machine.channel->block_server, 16);
	CU_ASSERT_EQUAL(machine.fake->disk.in_flight, 1);
	settle(&machine);
	while (loopback_block_client_poll(&machine.channel->block, &done) ==
	       LOOPBACK_OK) {
		UNIT_ASSERT_INT(done.result, LOOPBACK_OK);
		ended++;
	}
	CU_ASSERT_EQUAL(ended, 3);
	stop(&machine);
}

static void disk_that_is_busy_is_not_kicked(void)
{
	struct machine machine = start(FEATURES);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		channel_submit(machine.channel, VIRTIO_BLK_T_IN, i,
			       CHANNEL_DATA + i * 512, 512, NULL);
		loopback_block_client_kick(&machine.channel->block);
		loopback_block_server_process(&machine.channel->block_server,
					      16);
	}
	/* It asked for the first one only. */
	CU_ASSERT_EQUAL(machine.fake->notified, 1);
	settle(&machine);
	CU_ASSERT_EQUAL(machine.fake->served, 2);
	stop(&machine);
}

/* Case 18: a ring that broke is not looked at again. */
static void broken_disk_stays_broken(void)
{
	struct machine machine = start(FEATURES);
	struct virtq_used *used =
		virtq_layout_ring(machine.fake->ring, FAKE_DISK_QUEUE).used;

	used->idx = virtio_le16(4711);
	UNIT_ASSERT_INT(loopback_block_disk_poll(&machine.fake->disk),
			LOOPBACK_ERR_PROTOCOL);
	used->idx = 0;
	/* As if the ring had been set up anew without the backend. */
	machine.fake->virtq.error = VIRTIO_OK;
	UNIT_ASSERT_INT(loopback_block_disk_poll(&machine.fake->disk),
			LOOPBACK_ERR_PROTOCOL);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_ERR_IO);
	fake_disk_restart(machine.fake);
	UNIT_ASSERT_INT(transfer(&machine, VIRTIO_BLK_T_IN, 0, 512),
			LOOPBACK_OK);
	stop(&machine);
}

static void late_disk_completion_touches_nothing(void)
{
	struct machine machine = start(FEATURES);
	struct channel *channel = machine.channel;

	channel_submit(channel, VIRTIO_BLK_T_IN, 0, CHANNEL_DATA, 512, NULL);
	loopback_block_client_kick(&channel->block);
	loopback_block_server_process(&channel->block_server, 16);
	UNIT_ASSERT_INT(loopback_client_reset(&channel->client), LOOPBACK_OK);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_DRAINING);
	UNIT_ASSERT_INT(fake_disk_serve(machine.fake, 64), 1);
	memset(channel->pool + CHANNEL_WIRES, 0xee, 64);
	UNIT_ASSERT_INT(loopback_block_disk_poll(&machine.fake->disk), 1);
	CU_ASSERT_EQUAL(
		channel->pool[CHANNEL_WIRES +
			      offsetof(struct loopback_block_wire, status)],
		0xee);
	CU_ASSERT_EQUAL(channel_used_idx(channel), 0);
	UNIT_ASSERT_INT(loopback_server_poll_control(&channel->server),
			LOOPBACK_EVENT_RESET);
	stop(&machine);
}

static const struct unit_test tests[] = {
	UNIT_TEST(moves_data),
	UNIT_TEST(passes_on_what_the_disk_can),
	UNIT_TEST(offers_no_more_than_the_disk),
	UNIT_TEST(kicks_once_per_batch),
	UNIT_TEST(full_disk_queue_loses_nothing),
	UNIT_TEST(largest_request_fits_an_empty_ring),
	UNIT_TEST(disk_errors_reach_the_client),
	UNIT_TEST(broken_disk_ends_in_errors),
	UNIT_TEST(aborted_disk_takes_nothing),
	UNIT_TEST(few_disk_slots_lose_nothing),
	UNIT_TEST(disk_that_is_busy_is_not_kicked),
	UNIT_TEST(broken_disk_stays_broken),
	UNIT_TEST(late_disk_completion_touches_nothing),
};

UNIT_MAIN("loopback_disk", tests)
