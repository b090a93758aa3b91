/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of a driver side, whatever its device writes:
 * - each buffer comes back once at most, by completion or by detaching, and
 *   detaching gives back all that are left;
 * - no completion claims more than was writable;
 * - with the device at rest there are at most as many as are in flight;
 * - after a reset it works as if nothing had been.
 */
#include <string.h>

#include "peer.h"
#include "ring_driver.h"

#define NUM_MAX		256u
#define TABLE_ENTRIES	8u

/* A buffer of the model; its address is its cookie. */
struct buffer {
	bool in_flight;
	uint32_t writable_len;
	uint16_t descriptors;
};

struct run {
	struct peer *peer;
	struct fuzz_input *in;
	uint64_t features;
	struct buffer buffers[NUM_MAX];
	unsigned int in_flight;
	unsigned int descriptors;
	uint16_t last_taken;
};

static void start(struct run *run)
{
	FUZZ_REQUIRE(!peer_start_driver(run->peer, run->features));
	memset(run->buffers, 0, sizeof(run->buffers));
	run->in_flight = 0;
	run->descriptors = 0;
	FUZZ_REQUIRE(virtq_driver_free(&run->peer->driver) ==
		     run->peer->ring.num);
}

static void check_counts(const struct run *run)
{
	FUZZ_REQUIRE(virtq_driver_free(&run->peer->driver) +
		     run->descriptors == run->peer->ring.num);
}

/* @cookie came back. */
static struct buffer *end_buffer(struct run *run, void *cookie)
{
	struct buffer *buffer = cookie;

	FUZZ_REQUIRE(buffer >= run->buffers &&
		     buffer < run->buffers + NUM_MAX);
	FUZZ_REQUIRE(buffer->in_flight);
	buffer->in_flight = false;
	run->in_flight--;
	run->descriptors -= buffer->descriptors;
	check_counts(run);
	return buffer;
}

static struct buffer *free_buffer(struct run *run)
{
	unsigned int i;

	for (i = 0; i < NUM_MAX; i++) {
		if (!run->buffers[i].in_flight)
			return &run->buffers[i];
	}
	return NULL;
}

/* What the driver must say of these segments. */
static int expect_add(const struct run *run, const struct virtq_segment *all,
		      unsigned int count, unsigned int descriptors)
{
	uint64_t sum = 0;
	unsigned int i;

	if (!count || count > run->peer->ring.num)
		return VIRTIO_ERR_INVALID;
	for (i = 0; i < count; i++) {
		if (!all[i].len)
			return VIRTIO_ERR_INVALID;
		sum += all[i].len;
	}
	if (sum > UINT32_MAX)
		return VIRTIO_ERR_LENGTH;
	return descriptors > virtq_driver_free(&run->peer->driver) ?
		VIRTIO_ERR_FULL : VIRTIO_OK;
}

static void add(struct run *run)
{
	struct fuzz_input *in = run->in;
	struct virtq_driver *vq = &run->peer->driver;
	struct virtq_segment segments[16];
	uint8_t shape = fuzz_u8(in);
	unsigned int readable = shape % 8, writable = shape / 8 % 8, i;
	unsigned int count = readable + writable;
	struct buffer *buffer = free_buffer(run);
	bool table = run->peer->table_entries && count > 1 &&
		     count <= run->peer->table_entries &&
		     run->features & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	unsigned int descriptors = table ? 1 : count;
	uint32_t writable_len = 0;
	int result, expected;

	for (i = 0; i < count; i++) {
		segments[i].addr = peer_bus(PEER_BUFFERS) + 64u * i;
		segments[i].len = shape & 0x80 ? fuzz_length(in) :
						 1u + fuzz_u8(in);
		if (i >= readable)
			writable_len += segments[i].len;
	}
	expected = virtq_driver_error(vq);
	if (!expected)
		expected = expect_add(run, segments, count, descriptors);
	if (!buffer && !expected)
		return;
	result = virtq_driver_add(vq, segments, readable, writable, buffer);
	FUZZ_REQUIRE(result == expected);
	if (result) {
		check_counts(run);
		return;
	}
	*buffer = (struct buffer){ true, writable_len, (uint16_t)descriptors };
	run->in_flight++;
	run->descriptors += descriptors;
	check_counts(run);
}

static int get(struct run *run)
{
	struct virtq_driver *vq = &run->peer->driver;
	struct virtq_completion done;
	int result = virtq_driver_get(vq, &done);

	if (result <= 0) {
		FUZZ_REQUIRE(result == virtq_driver_error(vq));
		return result;
	}
	FUZZ_REQUIRE(result == 1);
	FUZZ_REQUIRE(done.len <= end_buffer(run, done.cookie)->writable_len);
	return result;
}

/* The device at rest. */
static void drain(struct run *run)
{
	struct virtq_driver *vq = &run->peer->driver;
	unsigned int limit = run->in_flight;

	while (get(run) > 0)
		FUZZ_REQUIRE(limit--);
	if (virtq_driver_error(vq)) {
		FUZZ_REQUIRE(virtq_driver_has_used(vq));
		FUZZ_REQUIRE(virtq_driver_enable_callbacks(vq));
		return;
	}
	FUZZ_REQUIRE(!virtq_driver_has_used(vq));
	FUZZ_REQUIRE(!virtq_driver_enable_callbacks(vq));
}

static void reset(struct run *run)
{
	void *cookie;

	while (virtq_driver_detach(&run->peer->driver, &cookie))
		end_buffer(run, cookie);
	FUZZ_REQUIRE(!run->in_flight);
	FUZZ_REQUIRE(!run->descriptors);
	start(run);
}

static void device_take(struct run *run)
{
	int id = peer_take(run->peer);

	if (id >= 0)
		run->last_taken = (uint16_t)id;
}

static void device_batch(struct run *run, unsigned int count)
{
	uint16_t ids[8];
	unsigned int i, taken = 0;
	int id;

	for (i = 0; i < count; i++) {
		id = peer_take(run->peer);
		if (id < 0)
			break;
		ids[taken++] = (uint16_t)id;
	}
	if (taken)
		peer_complete_batch(run->peer, ids, taken,
				    fuzz_length(run->in));
}

static void write_used(struct run *run)
{
	struct fuzz_input *in = run->in;
	uint32_t id = fuzz_length(in), len = fuzz_length(in);

	if (run->peer->packed)
		peer_packed(run->peer,
			    (uint16_t)(fuzz_u8(in) % run->peer->ring.num),
			    fuzz_u8(in), len, (uint16_t)id, fuzz_u16(in));
	else
		peer_used(run->peer, id, len);
}

static void write_events(struct run *run)
{
	uint16_t value = fuzz_u16(run->in), flags = fuzz_u8(run->in);

	if (run->peer->packed) {
		peer_set_device_event(run->peer, value, flags);
	} else {
		peer_set_used_flags(run->peer, flags);
		peer_set_avail_event(run->peer, value);
	}
}

static void set_used_idx(struct run *run)
{
	uint16_t idx = (uint16_t)(run->peer->used.idx +
				  (int8_t)fuzz_u8(run->in));

	if (run->peer->packed) {
		run->peer->used.idx = (uint16_t)(idx % run->peer->ring.num);
		return;
	}
	peer_set_used_idx(run->peer, idx);
	run->peer->used.idx = idx;
}

static void driver_step(struct run *run, unsigned int op, unsigned int which)
{
	struct virtq_driver *vq = &run->peer->driver;

	switch (op) {
	case 0: case 1: case 2:
		add(run);
		break;
	case 3:
		virtq_driver_publish(vq);
		break;
	case 4:
		virtq_driver_expose(vq);
		break;
	case 5: case 6:
		get(run);
		break;
	case 7:
		if (which & 1)
			virtq_driver_disable_callbacks(vq);
		else if (which & 2)
			virtq_driver_enable_callbacks_delayed(vq);
		else
			virtq_driver_enable_callbacks(vq);
		FUZZ_REQUIRE((virtq_driver_notification(vq, 7) & 0xffff) == 7);
		break;
	case 8:
		drain(run);
		break;
	case 9:
		if (which < 0x40)
			reset(run);
		break;
	}
}

static void device_step(struct run *run, unsigned int op, unsigned int which)
{
	struct fuzz_input *in = run->in;
	struct peer *peer = run->peer;

	switch (op) {
	case 0: case 1:
		device_take(run);
		break;
	case 2: case 3:
		peer_complete(peer, run->last_taken, fuzz_length(in));
		break;
	case 4:
		peer_complete(peer, fuzz_length(in), fuzz_length(in));
		break;
	case 5:
		device_batch(run, 1 + which % 8);
		break;
	case 6:
		write_used(run);
		break;
	case 7:
		set_used_idx(run);
		break;
	case 8:
		write_events(run);
		break;
	case 9:
		fuzz_scribble(in, peer->memory,
			      (uint32_t)virtq_layout_bytes(peer->ring.num));
		if (peer->table_entries && which & 1)
			fuzz_scribble(in, peer->memory + PEER_TABLES, 0x1000);
		break;
	}
}

static void expect_service(struct run *run)
{
	struct peer *peer = run->peer;
	const struct virtq_segment segments[] = {
		{ .addr = peer_bus(PEER_BUFFERS), .len = 16 },
		{ .addr = peer_bus(PEER_BUFFERS + 512), .len = 512 },
	};
	unsigned int skip = peer->ring.num < 2, rounds;
	struct virtq_completion done;
	int id;

	for (rounds = 0; rounds < 3; rounds++) {
		FUZZ_REQUIRE(!virtq_driver_add(&peer->driver, segments + skip,
					       1 - skip, 1, &rounds));
		virtq_driver_publish(&peer->driver);
		FUZZ_REQUIRE(!virtq_driver_get(&peer->driver, &done));
		id = peer_take(peer);
		FUZZ_REQUIRE(id >= 0);
		peer_complete(peer, (uint32_t)id, 500);
		FUZZ_REQUIRE(virtq_driver_get(&peer->driver, &done) == 1);
		FUZZ_REQUIRE(done.cookie == &rounds && done.len == 500);
	}
	FUZZ_REQUIRE(virtq_driver_free(&peer->driver) == peer->ring.num);
}

void ring_driver_run(struct fuzz_input *in, uint64_t format)
{
	static struct run run;
	uint8_t features = fuzz_u8(in), set_up = fuzz_u8(in);
	uint32_t num = 1u << set_up % 9;
	unsigned int op, which;

	if (!run.peer)
		run.peer = peer_new(NUM_MAX);
	run.in = in;
	run.last_taken = 0;
	run.features = format | VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	if (features & 1)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	if (features & 2)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	if (features & 4)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	if (features & 8)
		run.features |= VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA);
	run.peer->table_entries = features & 16 ? TABLE_ENTRIES : 0;
	if (format && set_up & 0x40)
		num = 1 + fuzz_u8(in);
	memset(run.peer->memory, 0, PEER_BYTES);
	run.peer->ring = virtq_layout_ring(run.peer->memory, num);
	run.peer->addresses = virtq_layout_addresses(PEER_BUS, num);
	start(&run);
	while (fuzz_left(in)) {
		op = fuzz_u8(in);
		which = fuzz_u8(in);
		if (op & 1)
			device_step(&run, op / 2 % 10, which);
		else
			driver_step(&run, op / 2 % 10, which);
	}
	drain(&run);
	reset(&run);
	expect_service(&run);
}
