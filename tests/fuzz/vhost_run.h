/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vhost-user session that serves a disk in memory, the fixture of
 * tests/support as its front end, and one descriptor of each kind to send.
 * There is one of it.
 */
#ifndef VHOST_RUN_H
#define VHOST_RUN_H

#include <loopback/block.h>

#include "disk.h"
#include "fuzz.h"
#include "vhost_fixture.h"

#define VHOST_RUN_SLOTS	4u

enum { MEMORY, EVENT, SMALL, LOG, NULL_DEVICE, PIPE_END, KINDS };

struct vhost_run {
	struct vhost_fixture fixture;
	struct block_memory memory;
	struct loopback_block_server server;
	struct loopback_block_server_slot slots[VHOST_RUN_SLOTS];
	struct virtq_segment
		segments[LOOPBACK_BLOCK_SEGMENTS(FIXTURE_QUEUE_SIZE_MAX)];
	struct fuzz_input *in;
	int fds[KINDS];		/* LOG: -1 until there is one */
	int pipe_read;
};

extern struct vhost_run vhost_run;

/* Tearing down claims that no descriptor is left. */
void vhost_run_set_up(void);
void vhost_run_tear_down(void);

/* A new connection: the device and the session are made anew. */
void vhost_run_connect(void);

/*
 * @result is what the session made of a message: an answer must be one that a
 * front end can read, an error must say why, and ends the connection.
 */
void vhost_run_judge(int result);

/* Up to @limit descriptors of the input's choice; the run's own. */
unsigned int vhost_run_pick_fds(int *fds, unsigned int limit);

#endif
