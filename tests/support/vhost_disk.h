/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vhost-user-blk back end in a thread of its own, over an image in a file,
 * and the front end that drives it, joined by a socket pair: all that
 * loopback-serve and loopback-connect are made of.
 */
#ifndef VHOST_DISK_H
#define VHOST_DISK_H

#include <pthread.h>
#include <stdatomic.h>

#include <loopback/block.h>
#include <vhost/block_file.h>
#include <vhost/front.h>
#include <vhost/loop.h>

#define DISK_SECTORS	2048u
#define DISK_QUEUE_SIZE	128u
#define DISK_DEPTH	16u
#define DISK_BUFFER	16384u
/* Bounds every wait: only a failure ever takes that long. */
#define DISK_WAIT	30000

struct vhost_disk {
	char path[64];
	struct vhost_block_file file;
	/* The file, with requests that never end on demand. */
	struct loopback_block_backend backend;
	atomic_uint swallow_from;	/* this request on; 0: none */
	atomic_uint flushes;

	/* the back end */
	struct vhost_session session;
	struct loopback_block_server server;
	struct loopback_block_server_slot server_slots[DISK_DEPTH];
	struct virtq_segment segments[LOOPBACK_BLOCK_SEGMENTS(DISK_QUEUE_SIZE)];
	pthread_t thread;
	int connection;
	int stop_fd;
	int result;
	struct vhost_fault fault;
	char report[160];
	int open_fds;		/* before everything */

	/* the front end */
	struct vhost_front front;
	struct loopback_block_client client;
	struct loopback_block_client_slot client_slots[DISK_DEPTH];
	char *buffers[DISK_DEPTH];
};

/* An image of DISK_SECTORS zeroed sectors, and nothing running. */
void vhost_disk_init(struct vhost_disk *disk, bool read_only);
/* Closes everything and asserts that no descriptor is left. */
void vhost_disk_end(struct vhost_disk *disk);

/* From the @from-th request on (1: the next), none ever ends; 0: all do. */
void vhost_disk_swallow(struct vhost_disk *disk, unsigned int from);

/* Start the back end; returns the front end's end of its connection. */
int vhost_disk_serve(struct vhost_disk *disk);
/* Wait for the end of the session, or ask for it; returns how it ended. */
int vhost_disk_join(struct vhost_disk *disk);
int vhost_disk_stop(struct vhost_disk *disk);

/* Back end, front end, client: ready for requests. */
void vhost_disk_start(struct vhost_disk *disk);
/* The front end goes; asserts that the back end sees an orderly end. */
void vhost_disk_leave(struct vhost_disk *disk);

/* A request on buffer @buffer, and the wait for any completion. */
int vhost_disk_submit(struct vhost_disk *disk, uint32_t type, uint64_t sector,
		      uint32_t length, unsigned int buffer);
int vhost_disk_await(struct vhost_disk *disk,
		     struct loopback_block_completion *done);
/* Both; returns the request's result. */
int vhost_disk_do(struct vhost_disk *disk, uint32_t type, uint64_t sector,
		  uint32_t length, unsigned int buffer);
/* Which buffer that was for; asserts that there is one. */
unsigned int vhost_disk_buffer_of(const struct vhost_disk *disk,
				  const struct loopback_block_completion *done);

/* What run @run of a test writes from @sector on, and whether that is there. */
void vhost_disk_fill(char *data, uint64_t sector, uint32_t length,
		     unsigned int run);
bool vhost_disk_is_pattern(const char *data, uint64_t sector, uint32_t length,
			   unsigned int run);
/* Does the image hold it, or zeroes? At most DISK_BUFFER bytes. */
bool vhost_disk_holds(const struct vhost_disk *disk, uint64_t sector,
		      uint32_t length, unsigned int run);
bool vhost_disk_is_zero(const struct vhost_disk *disk, uint64_t sector,
			uint32_t length);

#endif
