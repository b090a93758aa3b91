/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channel's client, with the block device's on it, against a server that
 * writes any words to the control page, the rings and the answers of requests.
 *
 * What must hold: every request submitted is handed back once, with no more
 * bytes than were asked for; polling ends; after the server's next life, a good
 * one, the client works again.
 */
#include <string.h>

#include "channel_control.h"
#include "disk.h"
#include "fuzz.h"

#define REQUESTS	64u

struct request {
	bool busy;
	uint32_t type;
	uint32_t length;
};

struct run {
	struct block_memory memory;
	struct channel *channel;
	struct fuzz_input *in;
	struct request requests[REQUESTS];
	unsigned int busy;
};

static struct run run;

static void submit(void)
{
	struct fuzz_input *in = run.in;
	struct loopback_block_data data[4];
	uint8_t shape = fuzz_u8(in);
	struct loopback_block_io io = {
		.type = shape % 16,
		.sector = fuzz_u8(in),
		.sectors = shape / 16,
		.data = data,
		.data_count = shape & 0x80 ? 4 : shape & 0x40 ? 1 : 0,
	};
	struct request *request = run.requests;
	uint64_t length = 0;
	unsigned int i;
	int result;

	while (request->busy)
		request++;
	for (i = 0; i < io.data_count; i++) {
		data[i].address = channel_bus(CHANNEL_DATA + 0x1000 * i);
		data[i].length = shape & 1 ? fuzz_length(in) :
					     512u * (fuzz_u8(in) % 8u + 1);
		length += data[i].length;
	}
	io.cookie = request;
	result = loopback_block_client_submit(&run.channel->block, &io);
	FUZZ_REQUIRE(result <= 0);
	if (result)
		return;
	FUZZ_REQUIRE(run.channel->client.state == LOOPBACK_CLIENT_RUNNING);
	*request = (struct request){ true, io.type, (uint32_t)length };
	run.busy++;
	FUZZ_REQUIRE(run.busy <= CHANNEL_SLOTS);
}

static int poll_block(void)
{
	struct loopback_block_completion done;
	struct request *request;
	int result = loopback_block_client_poll(&run.channel->block, &done);

	FUZZ_REQUIRE(result <= 0);
	if (result)
		return result;
	request = done.cookie;
	FUZZ_REQUIRE(request >= run.requests &&
		     request < run.requests + REQUESTS);
	FUZZ_REQUIRE(request->busy);
	FUZZ_REQUIRE(done.type == request->type);
	FUZZ_REQUIRE(done.length <= request->length);
	FUZZ_REQUIRE(done.result <= 0);
	request->busy = false;
	run.busy--;
	return LOOPBACK_OK;
}

static void check(void)
{
	FUZZ_REQUIRE(loopback_block_client_count_busy(&run.channel->block) ==
		     run.busy);
	FUZZ_REQUIRE(run.channel->client.handshake.queue_count <=
		     LOOPBACK_QUEUES_MAX);
	FUZZ_REQUIRE(run.channel->client.handshake.config_size <=
		     LOOPBACK_CONFIG_SIZE);
}

static int drain(void)
{
	unsigned int limit = run.busy;
	int result;

	while (!(result = poll_block()))
		FUZZ_REQUIRE(limit--);
	return result;
}

static void client_step(uint8_t op, uint8_t which)
{
	struct loopback_client *client = &run.channel->client;
	uint8_t bytes[LOOPBACK_CONFIG_SIZE];

	switch (op % 12) {
	case 0:
		loopback_client_attach(client);
		break;
	case 1: case 2:
		loopback_client_poll(client);
		break;
	case 3:
		channel_setup_queue(run.channel);
		break;
	case 4:
		loopback_client_start(client, LOOPBACK_BLOCK_CLIENT_FEATURES);
		break;
	case 5:
		loopback_block_client_read_config(&run.channel->block);
		break;
	case 6: case 7:
		submit();
		break;
	case 8:
		loopback_block_client_kick(&run.channel->block);
		break;
	case 9:
		if (which & 1)
			drain();
		else
			poll_block();
		break;
	case 10:
		if (which < 0x20)
			loopback_client_close(client);
		else if (which < 0x80)
			loopback_client_reset(client);
		else if (which < 0x90)
			loopback_client_peer_down(client);
		else
			loopback_client_check(client);
		break;
	case 11:
		loopback_client_read_config(client, which,
					    bytes, fuzz_u8(run.in));
		break;
	}
}

/* A completion of the hostile server's making. */
static void write_used(void)
{
	struct virtq_used *used = channel_ring(run.channel).used;
	uint16_t idx = virtio_le16(used->idx);

	used->ring[idx % CHANNEL_QUEUE_SIZE] = (struct virtq_used_elem){
		virtio_le32(fuzz_length(run.in)),
		virtio_le32(fuzz_length(run.in)),
	};
	used->idx = virtio_le16((uint16_t)(idx + 1));
}

static void write_answer(void)
{
	struct loopback_control *control = run.channel->control;
	uint8_t which = fuzz_u8(run.in);

	if (which & 1)
		control->server.acknowledge = control->client.request;
	else if (which & 2)
		control->server.acknowledge = LOOPBACK_WORD(
			which & 4 ? VIRTIO_STATUS_DEVICE_NEEDS_RESET : 0,
			LOOPBACK_WORD_SEQUENCE(control->client.request));
	if (which & 8)
		control->server.config_generation++;
	if (which & 16)
		control->server.error = fuzz_u32(run.in);
	if (which & 32)
		control->server.state = which / 64u;
}

static void server_step(uint8_t op, uint8_t which)
{
	struct channel *channel = run.channel;

	switch (op % 8) {
	case 0: case 1:
		loopback_server_poll_control(&channel->server);
		break;
	case 2:
		loopback_block_server_process(&channel->block_server,
					      1u + which % 16);
		break;
	case 3:
		write_answer();
		break;
	case 4:
		/* Header, server line, configuration, answers. */
		fuzz_scribble(run.in, channel->control,
			      which & 1 ? 0x80 : 0x400);
		break;
	case 5:
		write_used();
		break;
	case 6:
		fuzz_scribble(run.in, channel->pool +
			      (which & 1 ? CHANNEL_RING : CHANNEL_WIRES),
			      which & 2 ? CHANNEL_DATA : 0x400);
		break;
	case 7:
		fuzz_scribble(run.in, &channel->control->header,
			      sizeof(channel->control->header));
		break;
	}
}

/* The server's next life, and whatever state the client is in. */
static void recover(void)
{
	struct channel *channel = run.channel;

	disk_end_all(&run.memory, VIRTIO_BLK_S_OK);
	loopback_server_stop(&channel->server);
	channel_new_server(channel);
	FUZZ_REQUIRE(!loopback_server_publish(&channel->server));
	loopback_client_peer_down(&channel->client);
	drain();
	/* Given back by the end of the server's life, all of them. */
	FUZZ_REQUIRE(!run.busy);
	check();
	channel_run_client(channel);
	FUZZ_REQUIRE(channel_do(channel, VIRTIO_BLK_T_IN, 1, CHANNEL_DATA,
				512) == LOOPBACK_OK);
	FUZZ_REQUIRE(!memcmp(channel->pool + CHANNEL_DATA,
			     &run.memory.data[512], 512));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t first = fuzz_u8(&in), op, which;

	run.in = &in;
	memset(run.requests, 0, sizeof(run.requests));
	run.busy = 0;
	disk_init(&run.memory);
	run.memory.backend.discard_max = first & 2 ? 16 : 0;
	run.memory.backend.write_zeroes_max = first & 4 ? 16 : 0;
	run.channel = channel_new(&run.memory.backend);
	run.channel->block.config.batch = first & 8;
	if (first & 1)
		channel_run(run.channel);
	else
		FUZZ_REQUIRE(!loopback_server_publish(&run.channel->server));
	while (fuzz_left(&in)) {
		op = fuzz_u8(&in);
		which = fuzz_u8(&in);
		if (op & 1)
			server_step(op / 2, which);
		else
			client_step(op / 2, which);
		check();
	}
	recover();
	channel_free(run.channel);
	return 0;
}
