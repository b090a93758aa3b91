/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vhost-user messages of a front end without scruples, with any descriptors,
 * through the codec to a session that serves a disk in memory, and the guest's
 * rings and files changed under it, down to their length.
 *
 * What must hold: each answer is one that a front end can read; a refusal says
 * why; what is served lies in the memory that was shared; no descriptor is left
 * over; the next front end, a good one, is served.
 */
#include <string.h>
#include <unistd.h>

#include "vhost_run.h"
#include "vhost_send.h"

static struct vhost_run *const run = &vhost_run;

/* Through the file, since the mapping ends where the file does. */
static void write_memory(uint32_t offset, const void *bytes, size_t len)
{
	FUZZ_REQUIRE(pwrite(run->fds[MEMORY], bytes, len, offset) ==
		     (ssize_t)len);
}

static void scribble(void)
{
	uint8_t bytes[16], shape = fuzz_u8(run->in);
	uint32_t offset = fuzz_u16(run->in);

	fuzz_copy(run->in, bytes, sizeof(bytes));
	if (!(shape & 1) || run->fds[LOG] < 0)
		write_memory(FIXTURE_RING + offset % 0x200, bytes,
			     1u + shape / 16);
	else if (pwrite(run->fds[LOG], bytes, 1u + shape / 16,
			offset % 256) < 0)
		return;		/* sealed: past its end */
}

/* One request, described and made available. */
static void offer(void)
{
	struct fuzz_input *in = run->in;
	uint8_t shape = fuzz_u8(in);
	struct virtio_blk_req_header header = {
		.type = virtio_le32(shape % 8), .sector = fuzz_u8(in),
	};
	struct virtq_desc chain[3] = {
		{ FIXTURE_GUEST + FIXTURE_DATA, 16, VIRTQ_DESC_F_NEXT, 1 },
		{ FIXTURE_GUEST + FIXTURE_DATA + 4096, 512,
		  VIRTQ_DESC_F_NEXT | (shape & 8 ? 0 : VIRTQ_DESC_F_WRITE), 2 },
		{ FIXTURE_GUEST + FIXTURE_DATA + 64, 1, VIRTQ_DESC_F_WRITE, 0 },
	};
	const uint32_t avail =
		FIXTURE_RING + (uint32_t)virtq_layout_driver(FIXTURE_RING_SIZE);
	uint16_t words[2 + FIXTURE_RING_SIZE] = { 0, fuzz_u8(in) };

	if (shape & 16)
		chain[1].addr = fuzz_address(in, FIXTURE_GUEST, FIXTURE_MEMORY);
	if (shape & 32)
		chain[1].len = fuzz_length(in);
	if (shape & 64)
		words[2] = fuzz_u16(in);
	write_memory(FIXTURE_DATA, &header, sizeof(header));
	write_memory(FIXTURE_RING, chain, sizeof(chain));
	write_memory(avail, words, sizeof(words));
}

static void serve(uint8_t which)
{
	unsigned int before = run->memory.submits;

	loopback_block_server_process(&run->server, 1u + which % 8);
	FUZZ_REQUIRE(run->memory.submits - before <= 2u + which % 8);
	FUZZ_REQUIRE(run->server.in_flight <= VHOST_RUN_SLOTS);
	if (vhost_session_is_lost(&run->fixture.session))
		vhost_run_judge(run->fixture.session.fault.error);
}

static void step(void)
{
	uint8_t op = fuzz_u8(run->in);
	uint8_t which = op / 16;

	switch (op % 16) {
	case 0: case 1: case 2: case 3:
		vhost_send_message();
		break;
	case 4:
		vhost_send_bytes();
		break;
	case 5:
		if (which & 1)
			vhost_send_features();
		else
			vhost_send_log(which & 2);
		break;
	case 6: case 7:
		vhost_send_ring();
		break;
	case 8: case 9:
		offer();
		break;
	case 10: case 11:
		serve(which);
		break;
	case 12: case 13:
		scribble();
		break;
	case 14:
		run->memory.hold = which & 1;
		if (run->memory.count && which & 2)
			block_memory_end(&run->memory,
					 which % run->memory.count,
					 VIRTIO_BLK_S_OK);
		break;
	case 15:
		if (which == 15)
			FUZZ_REQUIRE(!ftruncate(run->fds[MEMORY],
						fuzz_u16(run->in)));
		else if (which > 11)
			vhost_run_connect();
		break;
	}
}

static void expect_service(void)
{
	struct vhost_fixture *fixture = &run->fixture;
	struct virtio_blk_req_header header = { 0, 0, virtio_le64(1) };
	const uint64_t data = FIXTURE_GUEST + FIXTURE_DATA;
	const struct virtq_segment segments[] = {
		{ .addr = data, .len = sizeof(header) },
		{ .addr = data + 4096, .len = 512 },
		{ .addr = data + 64, .len = 1 },
	};
	struct virtq_completion done;

	FUZZ_REQUIRE(!ftruncate(fixture->memory_fd, FIXTURE_MEMORY));
	run->memory.hold = false;
	vhost_run_connect();
	vhost_fixture_start_driver(fixture);
	vhost_fixture_start_ring(fixture);
	memcpy(fixture->memory + FIXTURE_DATA, &header, sizeof(header));
	fixture->memory[FIXTURE_DATA + 64] = 77;
	FUZZ_REQUIRE(!virtq_driver_add(&fixture->driver, segments, 1, 2, run));
	virtq_driver_publish(&fixture->driver);
	loopback_block_server_process(&run->server, 4);
	FUZZ_REQUIRE(virtq_driver_get(&fixture->driver, &done) == 1);
	FUZZ_REQUIRE(done.cookie == run && done.len == 513);
	FUZZ_REQUIRE(!fixture->memory[FIXTURE_DATA + 64]);
	FUZZ_REQUIRE(!memcmp(fixture->memory + FIXTURE_DATA + 4096,
			     &run->memory.data[512], 512));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t first = fuzz_u8(&in);

	run->in = &in;
	vhost_run_set_up();
	if (first & 1)
		vhost_send_features();
	while (fuzz_left(&in))
		step();
	expect_service();
	vhost_run_tear_down();
	return 0;
}
