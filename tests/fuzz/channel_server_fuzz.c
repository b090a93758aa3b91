/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channel's server against a client that writes any words to the control
 * page and the pool, at any time.
 *
 * What must hold: a queue is live only where the pool is, and never larger than
 * promised; while a reset is answered nothing is in flight; a well-behaved life
 * of the client after the hostile one is served. The client can spoil the
 * server's own words on the page, too: then what serves is the server's next
 * life.
 */
#include <string.h>

#include "channel_control.h"
#include "channel_raw.h"
#include "disk.h"
#include "fuzz.h"

struct run {
	struct block_memory memory;
	struct channel *channel;
	struct fuzz_input *in;
	bool spoiled;		/* words that the server writes */
};

static struct run run;

static void check(void)
{
	const struct loopback_server_queue *queue = &run.channel->server_queue;
	const struct virtq_device *virtq =
		loopback_server_get_queue(&run.channel->server, 0);
	const uint8_t *pool = run.channel->pool;
	size_t num;

	FUZZ_REQUIRE(run.channel->block_server.in_flight <= CHANNEL_SLOTS);
	FUZZ_REQUIRE(run.channel->block_server.in_flight >= run.memory.count);
	FUZZ_REQUIRE(!loopback_server_get_queue(&run.channel->server, 1));
	if (!virtq)
		return;
	num = virtq->ring.num;
	FUZZ_REQUIRE(queue->state == LOOPBACK_QUEUE_LIVE);
	FUZZ_REQUIRE(num && num <= CHANNEL_QUEUE_SIZE);
	FUZZ_REQUIRE((const uint8_t *)virtq->ring.desc >= pool);
	FUZZ_REQUIRE((const uint8_t *)virtq->ring.desc +
		     virtq_desc_bytes((uint32_t)num) <= pool + CHANNEL_POOL);
	FUZZ_REQUIRE((const uint8_t *)virtq->ring.used >= pool);
	FUZZ_REQUIRE((const uint8_t *)virtq->ring.used +
		     virtq_used_bytes((uint32_t)num) <= pool + CHANNEL_POOL);
}

static void poll_control(void)
{
	int events = loopback_server_poll_control(&run.channel->server);

	if (events < 0) {
		FUZZ_REQUIRE(events == LOOPBACK_ERR_STATE);
		return;
	}
	if (events & LOOPBACK_EVENT_RESET)
		FUZZ_REQUIRE(!run.channel->block_server.in_flight);
}

/* Ask for a status in the client's place, with the next sequence number. */
static void request(uint8_t which)
{
	static const uint8_t statuses[] = { 0, 1, 3, 11, 15, 143, 128, 64 };
	struct loopback_control *control = run.channel->control;

	if (which & 0x10)
		control->client.generation++;
	if (!(which & 0x20))
		control->client.server_generation =
			run.channel->server.generation;
	if (which & 0x40)
		control->client.driver_features[0] =
			fuzz_u64(run.in) | VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	control->client.request = LOOPBACK_WORD(
		statuses[which % sizeof(statuses)],
		LOOPBACK_WORD_SEQUENCE(control->client.request) + 1);
	if (!(which & 0x80))
		poll_control();
}

static void describe_queue(void)
{
	struct fuzz_input *in = run.in;
	uint8_t which = fuzz_u8(in);
	struct loopback_queue_request *queue =
		&run.channel->control->queue[which & 1];
	uint32_t num = 1u << which / 2 % 8;
	struct virtq_addresses at = virtq_layout_addresses(
		channel_bus(64u * fuzz_u8(in)), num);

	queue->size = num;
	queue->ready = !(which & 0x80);
	queue->descriptor_area = at.desc;
	queue->driver_area = at.driver;
	queue->device_area = at.device;
	if (which & 0x40)
		queue->device_area = fuzz_address(in, CHANNEL_BUS,
						  CHANNEL_POOL);
	if (which & 0x20)
		queue->descriptor_area = fuzz_address(in, CHANNEL_BUS,
						      CHANNEL_POOL);
}

/* Reset, a queue as the input describes it, DRIVER_OK. */
static void start_over(void)
{
	request(0x10);
	describe_queue();
	request(fuzz_u8(run.in) & 0x40 ? 0x44 : 4);
}

static void scribble_control(void)
{
	struct loopback_control before = *run.channel->control;
	const struct loopback_control *now = run.channel->control;

	fuzz_scribble(run.in, run.channel->control, 0x480);
	if (memcmp(&before.header, &now->header, sizeof(now->header)) ||
	    memcmp(&before.server, &now->server, sizeof(now->server)) ||
	    memcmp(before.config, now->config, sizeof(now->config)) ||
	    memcmp(before.answer, now->answer, sizeof(now->answer)))
		run.spoiled = true;
}

static void next_life(void)
{
	disk_end_all(&run.memory, VIRTIO_BLK_S_OK);
	loopback_server_stop(&run.channel->server);
	channel_new_server(run.channel);
	FUZZ_REQUIRE(!loopback_server_publish(&run.channel->server));
	run.spoiled = false;
}

static void offer(void)
{
	raw_header(run.channel, fuzz_below(run.in, 6), fuzz_u8(run.in));
	channel_desc(run.channel, 0, channel_bus(RAW_HEADER), 16, RAW_NEXT, 1);
	channel_desc(run.channel, 1, channel_bus(CHANNEL_DATA), 512,
		     RAW_NEXT | RAW_WRITE, 2);
	channel_desc(run.channel, 2, channel_bus(RAW_STATUS), 1, RAW_WRITE, 0);
	channel_avail(run.channel, 0);
}

static void step(void)
{
	uint8_t op = fuzz_u8(run.in);

	switch (op % 16) {
	case 0: case 1: case 2:
		request(fuzz_u8(run.in));
		break;
	case 3: case 4:
		describe_queue();
		break;
	case 5:
		poll_control();
		break;
	case 6: case 7:
		loopback_block_server_process(&run.channel->block_server,
					      1u + op / 16);
		break;
	case 8:
		offer();
		break;
	case 9:
		if (run.memory.count)
			block_memory_end(&run.memory,
					 op / 16 % run.memory.count,
					 VIRTIO_BLK_S_OK);
		break;
	case 10: case 11:
		scribble_control();
		break;
	case 12:
		fuzz_scribble(run.in, run.channel->pool, 0x400);
		break;
	case 13:
		if (op & 0x40)
			start_over();
		else if (op & 0x10)
			next_life();
		else if (op & 0x20)
			loopback_server_stop(&run.channel->server);
		break;
	case 14:
		run.memory.hold = op & 0x10;
		break;
	case 15:
		loopback_server_update_config(&run.channel->server,
					      &run.channel->block_server.blk);
		break;
	}
	check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	run.in = &in;
	run.spoiled = false;
	disk_init(&run.memory);
	run.channel = channel_new(&run.memory.backend);
	if (fuzz_u8(&in) & 1)
		channel_run(run.channel);
	while (fuzz_left(&in))
		step();
	disk_end_all(&run.memory, VIRTIO_BLK_S_OK);
	poll_control();
	/* What the hostile client asked for last, and what stopped. */
	if (run.spoiled || !run.channel->server.published)
		next_life();
	poll_control();
	channel_new_client(run.channel);
	channel_recover(run.channel, &run.memory);
	return 0;
}
