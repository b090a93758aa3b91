/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver without scruples does to a device side, and the end. */
#include <string.h>

#include "ring_device.h"
#include "ring_device_model.h"

#define BUFFERS		PEER_BUFFERS

static struct peer_piece read_piece(struct fuzz_input *in)
{
	struct peer_piece piece;

	piece.addr = fuzz_address(in, PEER_BUS, PEER_BYTES);
	piece.len = fuzz_length(in);
	piece.flags = fuzz_u8(in);
	if (piece.flags & 0x40)
		piece.addr = HUGE_BUS + piece.addr % 0x10000;
	if (piece.flags & 0x80)
		piece.flags = fuzz_u16(in);
	else
		piece.flags &= VIRTQ_DESC_F_WRITE;
	return piece;
}

static void post(struct device_run *run)
{
	struct fuzz_input *in = run->in;
	struct peer_piece pieces[16];
	unsigned int i, count = 1 + fuzz_below(in, 16);
	uint8_t kind = fuzz_u8(in);
	uint32_t table = BUFFERS + 16u * fuzz_u8(in);

	if (count > run->peer->ring.num)
		count = run->peer->ring.num;
	for (i = 0; i < count; i++)
		pieces[i] = read_piece(in);
	if (kind & 1) {
		peer_table(run->peer, table, pieces, (uint16_t)count);
		pieces[0] = (struct peer_piece){
			peer_bus(table), 16u * count, VIRTQ_DESC_F_INDIRECT
		};
		if (kind & 2)
			pieces[0].len = fuzz_length(in);
		if (kind & 8)
			pieces[0].flags |= fuzz_u16(in);
		count = 1;
	}
	if (kind & 4)
		peer_post_id(run->peer, fuzz_u16(in), pieces, (uint16_t)count);
	else
		peer_post(run->peer, pieces, (uint16_t)count);
}

static void write_descriptor(struct device_run *run)
{
	struct fuzz_input *in = run->in;
	uint16_t index = fuzz_u8(in) % run->peer->ring.num;
	struct peer_piece piece = read_piece(in);
	uint16_t word = fuzz_u8(in);

	if (run->peer->packed)
		peer_packed(run->peer, index, piece.addr, piece.len, word,
			    piece.flags | (uint16_t)(fuzz_u8(in) << 8));
	else
		peer_desc(run->peer, index, piece.addr, piece.len,
			  piece.flags | fuzz_below(in, 8), word);
}

static void write_events(struct device_run *run)
{
	struct fuzz_input *in = run->in;
	uint16_t value = fuzz_u16(in), flags = fuzz_u8(in);

	if (run->peer->packed) {
		peer_set_driver_event(run->peer, value, flags);
	} else {
		peer_set_avail_flags(run->peer, flags);
		peer_set_used_event(run->peer, value);
	}
}

static void set_avail_idx(struct device_run *run)
{
	uint16_t idx = (uint16_t)(run->peer->avail.idx +
				  (int8_t)fuzz_u8(run->in));

	if (!run->peer->packed)
		peer_set_avail_idx(run->peer, idx);
	run->peer->avail.idx = run->peer->packed ?
		(uint16_t)(idx % run->peer->ring.num) : idx;
}

/* The driver at rest: nothing new can come but what fits the ring. */
static void drain(struct device_run *run)
{
	unsigned int popped = 0;

	while (device_model_pop(run) > 0)
		FUZZ_REQUIRE(++popped <= run->peer->ring.num);
	if (virtq_device_error(&run->peer->device))
		return;
	FUZZ_REQUIRE(!virtq_device_has_available(&run->peer->device));
	FUZZ_REQUIRE(!virtq_device_enable_notifications(&run->peer->device));
}

/* A queue of the driver's own choice is refused, or lies in the regions. */
static void restart_elsewhere(struct device_run *run)
{
	struct fuzz_input *in = run->in;
	struct virtq_addresses saved = run->peer->addresses;
	struct virtq_addresses at = {
		.num = fuzz_u16(in) % (NUM_MAX + 2),
		.desc = fuzz_address(in, PEER_BUS, PEER_BYTES),
		.driver = fuzz_address(in, PEER_BUS, PEER_BYTES),
		.device = fuzz_address(in, PEER_BUS, PEER_BYTES),
	};
	struct virtq_segment desc = { .addr = at.desc, .len = 16 };
	unsigned int pops = 2 * NUM_MAX;

	if (at.num > NUM_MAX)
		at.num = 0;
	run->peer->addresses = at;
	device_model_forget(run);
	if (!peer_resume_device(run->peer, run->features, NULL)) {
		FUZZ_REQUIRE(at.num);
		FUZZ_REQUIRE(!(at.desc % 16));
		desc.pointer = run->peer->device.ring.desc;
		while (pops-- && virtq_device_pop(&run->peer->device,
						  &run->peer->chain) > 0) {
			device_model_check_segment(run->peer, &desc,
						   run->peer->packed);
			virtq_device_push(&run->peer->device,
					  run->peer->chain.head, 1);
		}
		virtq_device_publish(&run->peer->device);
	} else {
		FUZZ_REQUIRE(virtq_device_error(&run->peer->device));
	}
	run->peer->addresses = saved;
	/* The next input must not find what this one had written there. */
	device_model_forget_huge();
	device_model_start(run);
}

static void step(struct device_run *run)
{
	struct fuzz_input *in = run->in;
	struct virtq_device *vq = &run->peer->device;
	uint8_t op = fuzz_u8(in);
	unsigned int which = fuzz_u8(in);

	switch (op % 20) {
	case 0: case 1: case 2: case 3:
		post(run);
		break;
	case 4: case 5: case 6:
		device_model_pop(run);
		break;
	case 7: case 8:
		if (run->count)
			device_model_push(run,
					  run->taken[which % run->count].head,
					  fuzz_length(in));
		break;
	case 9:
		device_model_push(run, fuzz_u16(in), fuzz_length(in));
		break;
	case 10:
		virtq_device_publish(vq);
		break;
	case 11:
		virtq_device_expose(vq);
		break;
	case 12:
		if (which & 1)
			virtq_device_disable_notifications(vq);
		else
			virtq_device_enable_notifications(vq);
		break;
	case 13:
		write_descriptor(run);
		break;
	case 14:
		fuzz_scribble(in, run->peer->memory,
			      (uint32_t)virtq_layout_bytes(
				      run->peer->ring.num));
		break;
	case 15:
		write_events(run);
		break;
	case 16:
		set_avail_idx(run);
		break;
	case 17:
		drain(run);
		break;
	case 18:
		device_model_resume(run);
		break;
	case 19:
		if (which < 0x20)
			virtq_device_latch(vq, -(int)which);
		else if (which < 0x60)
			restart_elsewhere(run);
		else if (which < 0x80)
			device_model_start(run);
		else
			fuzz_scribble(in, run->peer->memory + BUFFERS, 0x1000);
		break;
	}
}

/* After a reset: from here on the driver is a good one. */
static void expect_service(struct device_run *run)
{
	struct peer *peer = run->peer;
	const struct peer_piece pieces[] = {
		{ peer_bus(READ_ONLY), 16, 0 },
		{ peer_bus(WRITE_ONLY), 512, VIRTQ_DESC_F_WRITE },
	};
	unsigned int skip = peer->ring.num < 2, rounds;
	struct virtq_used_elem used;
	uint16_t id;

	peer->chain.capacity = PEER_NUM_MAX;
	device_model_start(run);
	for (rounds = 0; rounds < 3; rounds++) {
		id = peer_post(peer, pieces + skip, (uint16_t)(2 - skip));
		FUZZ_REQUIRE(device_model_pop(run) == 1);
		FUZZ_REQUIRE(peer->chain.head == id);
		FUZZ_REQUIRE(peer->chain.readable == 1 - skip);
		FUZZ_REQUIRE(peer->chain.writable_len == 512);
		FUZZ_REQUIRE(!device_model_pop(run));
		device_model_push(run, id, 512);
		virtq_device_publish(&peer->device);
		FUZZ_REQUIRE(peer_collect(peer, &used));
		FUZZ_REQUIRE(used.id == id && used.len == 512);
		FUZZ_REQUIRE(!peer_collect(peer, &used));
	}
}

void ring_device_run(struct fuzz_input *in, uint64_t format)
{
	static struct device_run run;
	uint8_t features = fuzz_u8(in), set_up = fuzz_u8(in);
	uint32_t num = 1u << set_up % 9;

	if (!run.peer)
		run.peer = peer_new(NUM_MAX);
	run.in = in;
	run.features = format | VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	if (features & 1)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	if (features & 2)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	if (features & 4)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	if (format && set_up & 0x40)
		num = 1 + fuzz_u8(in);
	memset(run.peer->memory, 0, PEER_BYTES);
	run.peer->ring = virtq_layout_ring(run.peer->memory, num);
	run.peer->addresses = virtq_layout_addresses(PEER_BUS, num);
	run.peer->chain.capacity =
		features & 0x10 ? 1u + features / 32u : PEER_NUM_MAX;
	device_model_set_regions(run.peer, features & 8);
	device_model_start(&run);
	while (fuzz_left(in))
		step(&run);
	drain(&run);
	expect_service(&run);
}
