/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end between a driver without scruples and a server that may
 * be good, may write any words to the control page, and comes, goes and comes
 * again.
 *
 * What must hold stands in front_watch.h; and: a server that answers always
 * lets a reset, and the end of a queue, come to an end; in the end a good life
 * of the server and a good driver are served, or, if there is none to come, the
 * driver finds no device.
 */
#include <string.h>

#include "disk.h"
#include "front_watch.h"

#define BUDGET		16u
#define SERVE_ROUNDS	16u
#define ANSWERS		6u
/* More come to nothing new, and take long. */
#define MOVES_MAX	64u

static struct watch watch;
static struct virtio_region region;
static struct fuzz_input *input;

static struct loopback_control *page(void)
{
	return watch.front.channel->control;
}

static struct loopback_server *server(void)
{
	return &watch.front.channel->server;
}

/* Whether instructions of the server's may run. */
static bool server_runs(void)
{
	return !watch.down;
}

/* ---- The guest ---- */

static const uint16_t registers[] = {
	VIRTIO_MMIO_DEVICE_FEATURES_SEL, VIRTIO_MMIO_DRIVER_FEATURES,
	VIRTIO_MMIO_DRIVER_FEATURES_SEL, VIRTIO_MMIO_QUEUE_SEL,
	VIRTIO_MMIO_QUEUE_NUM, VIRTIO_MMIO_QUEUE_READY,
	VIRTIO_MMIO_QUEUE_READY, VIRTIO_MMIO_QUEUE_NOTIFY,
	VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_STATUS, VIRTIO_MMIO_STATUS,
	VIRTIO_MMIO_QUEUE_DESC_LOW, VIRTIO_MMIO_QUEUE_DESC_HIGH,
	VIRTIO_MMIO_QUEUE_DRIVER_LOW, VIRTIO_MMIO_QUEUE_DEVICE_LOW,
	VIRTIO_MMIO_QUEUE_RESET, VIRTIO_MMIO_CONFIG,
	VIRTIO_MMIO_CONFIG_GENERATION, VIRTIO_MMIO_MAGIC_VALUE,
};

static const uint8_t statuses[] = { 0, 1, 3, 11, 15, 128, 64, 7, 143 };

static void write_any(uint8_t which)
{
	uint32_t offset = which < 0xe0 ?
		registers[which % (sizeof(registers) / 2)] :
		fuzz_u16(input) % LOOPBACK_CONTROL_SIZE;
	uint8_t kind = fuzz_u8(input);
	uint32_t value = kind % 8 ? kind / 8u : fuzz_u32(input);
	unsigned int width = 4;

	if (kind % 8 == 1)
		value = statuses[kind / 8 % sizeof(statuses)];
	if (which >= 0xc0) {
		width = 1u << kind % 4;
		offset += fuzz_below(input, 4);
	}
	watch_write(&watch, offset % LOOPBACK_CONTROL_SIZE, width, value);
}

static void put(uint32_t offset, uint32_t value)
{
	watch_write(&watch, offset, 4, value);
}

/* A driver's steps, up to those of the input's choice, over any queue. */
static void bring_up(uint8_t which)
{
	uint32_t features = 1u << VIRTIO_F_EVENT_IDX;
	uint32_t num = 1u << which % 8;
	uint32_t ring = CHANNEL_BUS + (which & 8 ? 0x100u * which : 0);
	struct virtq_addresses at = virtq_layout_addresses(ring, num);

	put(VIRTIO_MMIO_STATUS, 1);
	put(VIRTIO_MMIO_STATUS, 3);
	put(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	put(VIRTIO_MMIO_DRIVER_FEATURES, which & 16 ? features : 0);
	put(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	put(VIRTIO_MMIO_DRIVER_FEATURES,
	    watch.front.config.data_mode == LOOPBACK_DATA_GRANT ? 1 : 3);
	put(VIRTIO_MMIO_STATUS, 11);
	if (which & 32)
		put(VIRTIO_MMIO_STATUS, 15);
	put(VIRTIO_MMIO_QUEUE_SEL, which >> 6 & 1);
	put(VIRTIO_MMIO_QUEUE_NUM, num);
	put(VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)at.desc);
	put(VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)at.driver);
	put(VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)at.device);
	put(VIRTIO_MMIO_QUEUE_READY, 1);
	if (which & 128)
		put(VIRTIO_MMIO_STATUS, 15);
}

/* A chain of the driver's making in a ring that lies where it should. */
static void offer(uint8_t which)
{
	struct channel *channel = watch.front.channel;
	struct virtio_blk_req_header header = {
		.type = virtio_le32(which % 8 ? VIRTIO_BLK_T_IN : which / 8),
		.sector = virtio_le64(which),
	};

	memcpy(channel->pool + CHANNEL_WIRES, &header, sizeof(header));
	channel_desc(channel, 0, channel_bus(CHANNEL_WIRES), 16, 1, 1);
	channel_desc(channel, 1, channel_bus(CHANNEL_DATA), 512, 3, 2);
	channel_desc(channel, 2, channel_bus(CHANNEL_WIRES) + 64, 1, 2, 0);
	channel_avail(channel, 0);
	put(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

/* ---- The server ---- */

static void hear(void)
{
	struct channel *channel = watch.front.channel;
	unsigned int queue = channel->to_client_queue;
	unsigned int control = channel->to_client_control;

	channel->to_client_queue = channel->to_client_control = 0;
	if (queue)
		watch_used(&watch);
	if (control)
		watch_poll(&watch);
}

/* A good server, on whatever page the other has left. */
static void serve(void)
{
	struct channel *channel = watch.front.channel;
	uint64_t rung = watch.front.rung;

	watch.front.rung = 0;
	if (!server_runs() || !server()->published)
		return;
	if (rung & 1u << LOOPBACK_BIT_CONTROL || server()->draining)
		loopback_server_poll_control(server());
	loopback_block_server_process(&channel->block_server, BUDGET);
	hear();
}

/* The word that answers what was asked last, or would if it were another. */
static void answer(uint8_t which)
{
	struct loopback_server_line *line = &page()->server;

	line->acknowledge = page()->client.request;
	if (which & 1)
		line->acknowledge ^= 1u << which / 16;
	if (which & 2)
		line->acknowledge += UINT64_C(1) << 32;
	if (which & 4)
		line->acknowledge = LOOPBACK_WORD(which / 16,
			LOOPBACK_WORD_SEQUENCE(line->acknowledge));
	watch_poll(&watch);
}

/* Another life by the words alone. */
static void claim_life(uint8_t which)
{
	struct loopback_server_line *line = &page()->server;

	line->generation += which % 4;
	line->resumed_from = which & 4 ? page()->client.server_generation :
					 which / 64u;
	if (which & 8) {
		page()->header.queue_count = which / 16u;
		page()->answer[1].size_max = CHANNEL_QUEUE_SIZE;
	}
	if (which & 16)
		page()->header.data_mode ^= which / 32u;
	line->state = LOOPBACK_SERVER_READY;
	watch_poll(&watch);
}

static void change_space(uint8_t which)
{
	page()->server.config_generation += which % 4;
	page()->config[which / 4] ^= which;
	watch_poll(&watch);
}

/* Its memory is new, but for the record, if that is kept. */
static void begin_life(bool resume)
{
	struct channel *channel = watch.front.channel;

	disk_init(&watch.front.memory);
	channel->to_client_control = channel->to_client_queue = 0;
	watch.front.rung = 0;
	if (!resume)
		memset(channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	channel_new_server(channel);
	FUZZ_REQUIRE(!loopback_server_publish(server()));
	/* Bells that the life before heard are lost: it looks by itself. */
	watch.front.rung |= 1u << LOOPBACK_BIT_CONTROL;
}

static void scribble(uint8_t which)
{
	struct loopback_control *control = page();

	if (which & 1)
		fuzz_scribble(input, &control->server, sizeof(control->server));
	else if (which & 2)
		fuzz_scribble(input, &control->header, sizeof(control->header));
	else if (which & 4 || !watch.forges)
		fuzz_scribble(input, control->config,
			      sizeof(control->config) +
			      (which & 8 ? 16 : sizeof(control->answer)));
	else
		fuzz_scribble(input, control, sizeof(*control));
	if (which & 0x40)
		control->server.state = LOOPBACK_SERVER_READY;
	if (which & 0x80)
		watch_poll(&watch);
}

static void server_step(uint8_t op, uint8_t which)
{
	switch (op % 8) {
	case 0: case 1: case 2:
		serve();
		break;
	case 3:
		answer(which);
		break;
	case 4:
		claim_life(which);
		break;
	case 5:
		change_space(which);
		break;
	case 6:
		scribble(which);
		break;
	case 7:
		begin_life(which & 1);
		if (which & 2)
			serve();
		break;
	}
}

/* ---- Both ---- */

/*
 * A write that may be held back, made again as the guest does, with a server
 * that answers in between.
 */
static void insist(uint32_t offset)
{
	unsigned int answers = 0;

	while (!watch_write(&watch, offset, 4, 0)) {
		/* That it is over has to be found out, by its end. */
		if (watch.gone || watch.forges || watch.down)
			return;
		FUZZ_REQUIRE(answers++ < ANSWERS);
		page()->server.state = LOOPBACK_SERVER_READY;
		answer(0);
	}
}

static void end_server(uint8_t which)
{
	switch (which % 8) {
	case 0: case 1: case 2:
		watch_down(&watch);
		break;
	case 3: case 4: case 5:
		if (watch.down) {
			watch_up(&watch);
			begin_life(which & 8);
		}
		break;
	case 6:
		if (which & 0x80)
			watch_gone(&watch);
		break;
	case 7:
		/* The guest's last words. */
		if (which & 0x80 &&
		    watch_write(&watch, VIRTIO_MMIO_STATUS, 4, 0))
			watch_close(&watch);
		break;
	}
}

static void guest_step(uint8_t op, uint8_t which)
{
	if (watch.closed)
		return;
	switch (op % 8) {
	case 0: case 1: case 2:
		write_any(which);
		break;
	case 3:
		bring_up(which);
		break;
	case 4:
		offer(which);
		break;
	case 5:
		put(VIRTIO_MMIO_INTERRUPT_ACK, which % 4);
		break;
	case 6:
		insist(which & 1 ? VIRTIO_MMIO_STATUS :
				   VIRTIO_MMIO_QUEUE_READY);
		break;
	case 7:
		fuzz_scribble(input, watch.front.channel->pool,
			      which & 1 ? 0x400 : CHANNEL_DATA);
		break;
	}
}

static void step(void)
{
	uint8_t op = fuzz_u8(input), which = fuzz_u8(input);

	switch (op % 8) {
	case 0: case 1: case 2: case 3:
		guest_step(op / 8, which);
		break;
	case 4: case 5:
		if (server_runs())
			server_step(op / 8, which);
		break;
	case 6:
		/* Bells may come late. */
		if (which & 1)
			watch_used(&watch);
		else
			watch_poll(&watch);
		break;
	case 7:
		/* No news of it follow those that it is gone. */
		if (!watch.gone)
			end_server(which);
		break;
	}
}

/* ---- The end ---- */

/* Without the word that it is down, who waits for it waits for ever. */
static void end_without_server(void)
{
	bool reset = watch_write(&watch, VIRTIO_MMIO_STATUS, 4, 0);

	FUZZ_REQUIRE(reset || !watch.down);
	if (reset)
		FUZZ_REQUIRE(!front_read(&watch.front, VIRTIO_MMIO_DEVICE_ID));
}

static void end_with_good_ones(void)
{
	unsigned int rounds;

	if (!watch.down)
		watch_down(&watch);
	watch_up(&watch);
	memset(watch.front.channel->pool, 0, CHANNEL_DATA);
	begin_life(false);
	for (rounds = 0; watch.front.rung; rounds++) {
		FUZZ_REQUIRE(rounds < SERVE_ROUNDS);
		serve();
	}
	if (watch.closed) {
		FUZZ_REQUIRE(page()->client.state == LOOPBACK_CLIENT_CLOSED);
		return;
	}
	watch_run_driver(&watch, serve);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t first = fuzz_u8(&in);
	unsigned int moves = 0;
	bool grant = first & 1;

	input = &in;
	watch_init(&watch, grant ? LOOPBACK_DATA_GRANT : LOOPBACK_DATA_WINDOW,
		   first & 2 ? 2 : 1);
	watch.forges = (first & 12) == 12;
	if (grant) {
		region = (struct virtio_region){
			.addr = CHANNEL_BUS, .size = CHANNEL_POOL,
			.base = watch.front.channel->pool,
			.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
		};
		watch.front.channel->regions = &region;
		watch.front.channel->region_count = 1;
	}
	if (!(first & 16))
		begin_life(false);
	if (first & 32) {
		serve();
		bring_up((first & 64) | 0xb4);
		serve();
	}
	while (fuzz_left(&in) && moves++ < MOVES_MAX)
		step();
	if (watch.gone)
		end_without_server();
	else
		end_with_good_ones();
	watch_end_run(&watch);
	return 0;
}
