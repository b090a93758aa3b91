/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block requests of a client without scruples, through the block server, on a
 * disk in memory that may be slow, full or broken.
 *
 * What must hold: the backend is given only requests that its contract allows;
 * no more are in flight than there are slots; after a reset the device serves.
 */
#include <stdlib.h>
#include <string.h>

#include "channel_control.h"
#include "channel_raw.h"
#include "disk.h"
#include "fuzz.h"

#define DATA_BYTES	(CHANNEL_POOL - CHANNEL_DATA)

struct run {
	struct block_memory memory;
	struct channel *channel;
	struct fuzz_input *in;
	int (*submit)(struct loopback_block_backend *backend,
		      struct loopback_block_request *request);
};

static struct run run;

static void check_data(const struct loopback_block_request *request)
{
	bool data = request->type == VIRTIO_BLK_T_IN ||
		    request->type == VIRTIO_BLK_T_OUT;
	uint64_t sum = 0, offset;
	unsigned int i;

	FUZZ_REQUIRE(request->segment_count <=
		     run.memory.backend.segment_max);
	FUZZ_REQUIRE(data || !request->segment_count);
	for (i = 0; i < request->segment_count; i++) {
		const struct virtq_segment *segment = &request->segments[i];

		offset = segment->addr - CHANNEL_BUS;
		FUZZ_REQUIRE(offset < CHANNEL_POOL);
		FUZZ_REQUIRE(segment->len <= CHANNEL_POOL - offset);
		FUZZ_REQUIRE(segment->pointer == run.channel->pool + offset);
		sum += segment->len;
	}
	FUZZ_REQUIRE(sum == request->length);
	FUZZ_REQUIRE(!data || request->length == request->sectors * 512ull);
}

/* The contract of block_backend.h, seen from the backend. */
static int check_submit(struct loopback_block_backend *backend,
			struct loopback_block_request *request)
{
	unsigned int i;

	FUZZ_REQUIRE(run.channel->block_server.in_flight <=
		     run.channel->server_slot_count);
	for (i = 0; i < run.memory.count; i++)
		FUZZ_REQUIRE(run.memory.held[i].request != request);
	check_data(request);
	switch (request->type) {
	case VIRTIO_BLK_T_DISCARD:
		FUZZ_REQUIRE(request->sectors <= backend->discard_max);
		break;
	case VIRTIO_BLK_T_WRITE_ZEROES:
		FUZZ_REQUIRE(request->sectors <= backend->write_zeroes_max);
		break;
	case VIRTIO_BLK_T_FLUSH:
		return run.submit(backend, request);
	default:
		FUZZ_REQUIRE(request->type == VIRTIO_BLK_T_IN ||
			     request->type == VIRTIO_BLK_T_OUT);
	}
	FUZZ_REQUIRE(!backend->read_only || request->type == VIRTIO_BLK_T_IN);
	FUZZ_REQUIRE(request->sector <= backend->capacity);
	FUZZ_REQUIRE(request->sectors <= backend->capacity - request->sector);
	return run.submit(backend, request);
}

static void set_up(uint8_t knobs)
{
	disk_init(&run.memory);
	run.submit = run.memory.backend.submit;
	run.memory.backend.submit = check_submit;
	run.memory.backend.read_only = knobs & 1;
	run.memory.backend.flush = !(knobs & 2);
	run.memory.backend.discard_max = knobs & 4 ? 0 : 16;
	run.memory.backend.write_zeroes_max = knobs & 8 ? 0 : 16;
	run.memory.backend.write_zeroes_unmap = knobs & 16;
	run.memory.backend.segment_size_max = knobs & 32 ? 1024 : 0;
	run.memory.hold = knobs & 64;
	run.memory.depth = knobs & 128 ? 2 : BLOCK_MEMORY_DEPTH;
	run.channel = channel_new(&run.memory.backend);
	channel_run(run.channel);
}

static void write_header(uint32_t offset)
{
	static const uint8_t types[] = {
		VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_FLUSH,
		VIRTIO_BLK_T_GET_ID, VIRTIO_BLK_T_DISCARD,
		VIRTIO_BLK_T_WRITE_ZEROES,
	};
	uint8_t kind = fuzz_u8(run.in);
	struct virtio_blk_req_header header = {
		.type = virtio_le32(types[kind % sizeof(types)]),
		.sector = virtio_le64(fuzz_u8(run.in)),
	};

	if (kind & 0x80)
		fuzz_copy(run.in, &header, sizeof(header));
	memcpy(run.channel->pool + offset, &header, sizeof(header));
}

/* A whole request, right but for what the input wants wrong. */
static void post(void)
{
	struct fuzz_input *in = run.in;
	struct channel *channel = run.channel;
	uint8_t shape = fuzz_u8(in);
	uint16_t head = fuzz_u8(in) % CHANNEL_QUEUE_SIZE, at = head, next;
	uint32_t header = RAW_HEADER + 64u * head;
	unsigned int pieces = shape % 8, i;
	struct virtio_blk_discard_write_zeroes range = {
		.sector = virtio_le64(fuzz_u8(in)),
		.num_sectors = virtio_le32(fuzz_u8(in) % 32u),
		.flags = virtio_le32(shape / 64u),
	};

	write_header(header);
	memcpy(channel->pool + RAW_RANGE, &range, sizeof(range));
	for (i = 0; i < pieces + 2; i++, at = next) {
		uint64_t address = channel_bus(CHANNEL_DATA + 0x1000 * i);
		uint32_t len = 512u * (fuzz_u8(in) % 16u);
		uint16_t flags = RAW_NEXT | (shape & 8 ? RAW_WRITE : 0);

		if (!i) {
			address = channel_bus(header);
			len = 16;
			flags = RAW_NEXT;
		} else if (i == pieces + 1) {
			address = channel_bus(RAW_STATUS + head);
			len = 1;
			flags = RAW_WRITE;
		} else if (shape & 16) {
			address = channel_bus(RAW_RANGE);
			len = sizeof(range);
		}
		if (shape & 32 && fuzz_u8(in) & 1) {
			address = fuzz_address(in, CHANNEL_BUS, CHANNEL_POOL);
			len = fuzz_length(in);
			flags ^= fuzz_below(in, 8);
		}
		next = (uint16_t)((at + 1) % CHANNEL_QUEUE_SIZE);
		channel_desc(channel, at, address, len, flags, next);
	}
	channel_avail(channel, head);
}

static void end_held(unsigned int which, uint8_t status)
{
	if (run.memory.count)
		block_memory_end(&run.memory, which % run.memory.count,
				 status);
}

static void step(void)
{
	struct fuzz_input *in = run.in;
	uint8_t op = fuzz_u8(in);
	uint8_t which = op / 16;
	uint64_t before = run.channel->block_server.requests;
	unsigned int budget;

	switch (op % 16) {
	case 0: case 1: case 2: case 3: case 4:
		post();
		break;
	case 5: case 6: case 7:
		budget = 1u + which;
		loopback_block_server_process(&run.channel->block_server,
					      budget);
		/* What waited for room comes on top of the budget. */
		FUZZ_REQUIRE(run.channel->block_server.requests - before <=
			     budget + 1);
		break;
	case 8: case 9:
		end_held(which, VIRTIO_BLK_S_OK);
		break;
	case 10:
		end_held(which, VIRTIO_BLK_S_IOERR);
		break;
	case 11:
		run.memory.fail = which & 1 ? LOOPBACK_ERR_IO :
			run.memory.count ? LOOPBACK_ERR_BUSY : 0;
		break;
	case 12:
		fuzz_scribble(in, run.channel->pool + CHANNEL_RING,
			      (uint32_t)virtq_layout_bytes(CHANNEL_QUEUE_SIZE));
		break;
	case 13:
		fuzz_scribble(in, run.channel->pool + RAW_HEADER, 0x800);
		break;
	case 14:
		fuzz_scribble(in, run.channel->pool + CHANNEL_DATA,
			      DATA_BYTES);
		break;
	case 15:
		channel_avail(run.channel, fuzz_u8(in));
		break;
	}
	FUZZ_REQUIRE(run.memory.count <= CHANNEL_SLOTS);
	FUZZ_REQUIRE(run.channel->block_server.in_flight <= CHANNEL_SLOTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	run.in = &in;
	set_up(fuzz_u8(&in));
	while (fuzz_left(&in))
		step();
	disk_end_all(&run.memory, VIRTIO_BLK_S_OK);
	channel_recover(run.channel, &run.memory);
	return 0;
}
