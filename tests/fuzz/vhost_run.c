/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vhost/guard.h>

#include "vhost_run.h"

struct vhost_run vhost_run;
static struct vhost_run *const run = &vhost_run;

static void signal_fd(void *ctx, int fd)
{
	uint64_t one = 1;

	(void)ctx;
	/* It may be anything by now, and full: as vhost_loop_signal(). */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

static void report(void *ctx, const char *line)
{
	(void)ctx;
	FUZZ_REQUIRE(*line);
}

void vhost_run_connect(void)
{
	struct loopback_block_server_config block = {
		.backend = &run->memory.backend,
		.slots = run->slots,
		.slot_count = VHOST_RUN_SLOTS,
		.segments = run->segments,
		.queue_size_max = FIXTURE_QUEUE_SIZE_MAX,
		.id = "a disk of the fuzzer",
	};
	struct vhost_session_config config = {
		.device = &run->server.device,
		.queue_size_max = FIXTURE_QUEUE_SIZE_MAX,
		.signal = signal_fd,
		.report = report,
	};
	struct vhost_session *session = &run->fixture.session;
	struct loopback_server_transport transport;
	bool hold = run->memory.hold;

	/* The owner waits for its backend before the memory goes away. */
	disk_end_all(&run->memory, VIRTIO_BLK_S_OK);
	run->memory.hold = hold;
	vhost_session_close(session);
	FUZZ_REQUIRE(!loopback_block_server_init(&run->server, &block));
	FUZZ_REQUIRE(!vhost_session_init(session, &config));
	transport = vhost_session_get_transport(session);
	loopback_block_server_attach(&run->server, &transport);
}

void vhost_run_set_up(void)
{
	static bool guarded;
	int ends[2];

	if (!guarded) {
		FUZZ_REQUIRE(!vhost_guard_install());
		guarded = true;
	}
	vhost_fixture_init(&run->fixture);
	run->fds[MEMORY] = run->fixture.memory_fd;
	run->fds[EVENT] = run->fixture.event;
	run->fds[SMALL] = memfd_create("small", MFD_CLOEXEC);
	run->fds[LOG] = -1;
	run->fds[NULL_DEVICE] = open("/dev/null", O_RDWR | O_CLOEXEC);
	FUZZ_REQUIRE(!pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	run->pipe_read = ends[0];
	run->fds[PIPE_END] = ends[1];
	FUZZ_REQUIRE(!ftruncate(run->fds[SMALL], 5000));
	disk_init(&run->memory);
	vhost_run_connect();
}

void vhost_run_tear_down(void)
{
	unsigned int i;

	disk_end_all(&run->memory, VIRTIO_BLK_S_OK);
	vhost_session_close(&run->fixture.session);
	for (i = SMALL; i < KINDS; i++) {
		if (run->fds[i] >= 0)
			close(run->fds[i]);
	}
	close(run->pipe_read);
	vhost_fixture_end(&run->fixture);
}

/* What the session wants sent must be what its front end can read. */
static void take_reply(void)
{
	struct vhost_session *session = &run->fixture.session;
	uint8_t bytes[VHOST_USER_MESSAGE_MAX];
	struct vhost_user_message message;
	struct vhost_fault fault;
	size_t len;

	len = vhost_user_encode(&session->reply, bytes);
	FUZZ_REQUIRE(len >= VHOST_USER_HEADER_SIZE && len <= sizeof(bytes));
	FUZZ_REQUIRE(!vhost_user_decode_header(&message, bytes,
					       VHOST_USER_BACK_END, &fault));
	FUZZ_REQUIRE(message.size == len - VHOST_USER_HEADER_SIZE);
	FUZZ_REQUIRE(!vhost_user_decode_payload(&message,
						bytes + VHOST_USER_HEADER_SIZE,
						VHOST_USER_BACK_END, &fault));
	if (session->reply_fd < 0)
		return;
	if (run->fds[LOG] >= 0)
		close(run->fds[LOG]);
	run->fds[LOG] = session->reply_fd;
	session->reply_fd = -1;
}

void vhost_run_judge(int result)
{
	const struct vhost_session *session = &run->fixture.session;

	if (result == VHOST_ERR_BUSY) {
		FUZZ_REQUIRE(vhost_session_is_busy(session));
		return;
	}
	if (result < 0) {
		FUZZ_REQUIRE(session->fault.error == result);
		FUZZ_REQUIRE(
			memchr(session->fault.text, '\0', VHOST_FAULT_TEXT));
		FUZZ_REQUIRE(*session->fault.text);
		vhost_run_connect();
		return;
	}
	if (result & VHOST_EFFECT_REPLY)
		take_reply();
	else
		FUZZ_REQUIRE(session->reply_fd < 0);
}

unsigned int vhost_run_pick_fds(int *fds, unsigned int limit)
{
	unsigned int count = 0;
	uint8_t kind;

	while (count < limit) {
		kind = fuzz_u8(run->in);
		if (run->fds[kind % KINDS] < 0)
			break;
		fds[count++] = run->fds[kind % KINDS];
	}
	return count;
}
