/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our ring as the reference's harness drives it: one buffer at a time, each
 * visible at once, all checks on, every address translated. BENCH_FEATURES
 * chooses the format.
 *
 * What the harness would pass as buffer and cookie is one constant string. We
 * offer real memory instead, another piece for each buffer in flight, and check
 * that it comes back right: the device answers with a length that it computes
 * from where it was led, and the cookie counts. With BENCH_DATA a buffer is a
 * request and room for its answer, and the device reads the one and writes the
 * other; what is timed does not touch the bytes, as the reference does not.
 *
 * Each side's private state has its own cache lines. Sharing one line costs
 * more than all that is measured here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <virtio/device.h>
#include <virtio/driver.h>

#include "ringtest.h"

#define BUFFER_BYTES	64u
#define REQUEST_BYTES	16u
#define ANSWER_BYTES	(BUFFER_BYTES - REQUEST_BYTES)
#define APART		128u
/* Any address but the pointer's own: what is not translated cannot work. */
#define BUS_ADDRESS	UINT64_C(0x40000000)

static struct {
	struct virtq_driver vq;
	uint64_t buffers_addr;
	char *buffers;
	uint64_t added;
	uint64_t got;
	unsigned int mask;
} __attribute__((aligned(APART))) guest;

static struct {
	struct virtq_device vq;
	struct virtq_chain chain;
	struct virtq_segment segments[2];
	char *buffers;
	struct virtio_region region;
	struct virtio_region_table regions;
} __attribute__((aligned(APART))) host;

static void require(bool condition, const char *what)
{
	if (__builtin_expect(condition, true))
		return;
	fprintf(stderr, "ring: %s\n", what);
	exit(1);
}

static void *allocate(size_t bytes)
{
	/* Whole pages, so that nothing else is on any of these lines. */
	void *memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);

	require(memory, "out of memory");
	return memory;
}

static void start_guest(void *memory)
{
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(memory, ring_size),
		.features = BENCH_FEATURES,
		.slots = allocate(ring_size * sizeof(*config.slots)),
	};
	size_t before = virtq_layout_bytes(ring_size);

	guest.buffers = (char *)memory + before;
	guest.buffers_addr = BUS_ADDRESS + before;
	guest.mask = ring_size - 1;
	guest.added = 0;
	guest.got = 0;
	require(!virtq_driver_init(&guest.vq, &config), "no driver side");
}

static void start_host(void *memory, size_t bytes)
{
	struct virtq_device_config config = {
		.addresses = virtq_layout_addresses(BUS_ADDRESS, ring_size),
		.features = BENCH_FEATURES,
		.regions = &host.regions,
		.slots = allocate(ring_size * sizeof(*config.slots)),
	};

	host.region = (struct virtio_region){
		.addr = BUS_ADDRESS,
		.size = bytes,
		.base = memory,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	host.buffers = (char *)memory + virtq_layout_bytes(ring_size);
	host.chain.segments = host.segments;
	host.chain.capacity = 2;
	require(!virtio_region_table_init(&host.regions, &host.region, 1) &&
			!virtq_device_init(&host.vq, &config),
		"no device side");
}

void alloc_ring(void)
{
	size_t bytes = virtq_layout_bytes(ring_size) +
		       (size_t)ring_size * BUFFER_BYTES;
	void *memory = allocate(bytes);

	start_guest(memory);
	start_host(memory, bytes);
}

static uint64_t *word_of(char *buffers, unsigned int piece, unsigned int offset)
{
	return (void *)(buffers + piece * BUFFER_BYTES + offset);
}

/* What the device answers to a request, and how long it says that this is. */
static uint64_t answer_to(uint64_t request)
{
	return request * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static unsigned int answer_length(unsigned int piece)
{
	return sizeof(uint64_t) + piece % (ANSWER_BYTES - sizeof(uint64_t));
}

static int add_piece(unsigned int piece)
{
	uint64_t addr = guest.buffers_addr + piece * BUFFER_BYTES;
	void *cookie = (void *)(uintptr_t)(guest.added + 1);
#if BENCH_DATA
	const struct virtq_segment segments[] = {
		{ .addr = addr, .len = REQUEST_BYTES },
		{ .addr = addr + REQUEST_BYTES, .len = ANSWER_BYTES },
	};

	*word_of(guest.buffers, piece, 0) = guest.added;
	return virtq_driver_add(&guest.vq, segments, 1, 1, cookie);
#else
	const struct virtq_segment segment = { .addr = addr,
					       .len = BUFFER_BYTES };

	return virtq_driver_add(&guest.vq, &segment, 0, 1, cookie);
#endif
}

int add_inbuf(unsigned int len, void *buf, void *data)
{
	(void)len;
	(void)buf;
	(void)data;
	if (add_piece(guest.added & guest.mask))
		return -1;
	guest.added++;
	virtq_driver_expose(&guest.vq);
	return 0;
}

void *get_buf(unsigned int *len, void **buf)
{
	unsigned int piece = guest.got & guest.mask;
	struct virtq_completion done;
	int taken = virtq_driver_get(&guest.vq, &done);

	if (taken != 1) {
		require(!taken, "the driver side found an error");
		return NULL;
	}
	require((uintptr_t)done.cookie == guest.got + 1, "another cookie");
	require(done.len == answer_length(piece), "another buffer's length");
	if (BENCH_DATA)
		require(*word_of(guest.buffers, piece, REQUEST_BYTES) ==
				answer_to(guest.got),
			"another buffer's data");
	guest.got++;
	*len = done.len;
	*buf = guest.buffers + piece * BUFFER_BYTES;
	return done.cookie;
}

bool use_buf(unsigned int *len, void **buf)
{
	const struct virtq_segment *last;
	unsigned int piece;
	int taken = virtq_device_pop(&host.vq, &host.chain);

	if (taken <= 0) {
		require(!taken, "the device side found an error");
		return false;
	}
	last = &host.segments[host.chain.readable];
	piece = (unsigned int)((char *)last->pointer - host.buffers) /
		BUFFER_BYTES;
	if (BENCH_DATA)
		*(uint64_t *)last->pointer =
			answer_to(*(uint64_t *)host.segments[0].pointer);
	require(!virtq_device_push(&host.vq, host.chain.head,
				   answer_length(piece)),
		"the device side lost a buffer");
	virtq_device_expose(&host.vq);
	*len = last->len;
	*buf = last->pointer;
	return true;
}

/* Nothing is to come that would not be seen by looking. */
bool used_empty(void)
{
	return !virtq_driver_has_used(&guest.vq);
}

bool avail_empty(void)
{
	return !virtq_device_has_available(&host.vq);
}

void disable_call(void)
{
	virtq_driver_disable_callbacks(&guest.vq);
}

void disable_kick(void)
{
	virtq_device_disable_notifications(&host.vq);
}

/* True: nothing came meanwhile, so that waiting is safe. */
bool enable_call(void)
{
	return !virtq_driver_enable_callbacks(&guest.vq);
}

bool enable_kick(void)
{
	return !virtq_device_enable_notifications(&host.vq);
}

void kick_available(void)
{
	if (virtq_driver_publish(&guest.vq))
		kick();
}

void call_used(void)
{
	if (virtq_device_publish(&host.vq))
		call();
}
