/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client payload's parts: the disk that it reaches through its channel,
 * transfers of many requests over it, and a benchmark.
 *
 * One hart runs all of it; whatever waits, waits in wfi for a doorbell. The
 * server is not trusted: a request that it refuses or garbles is an error of
 * that request, and its end is one of all that are in flight.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <common/channel.h>
#include <loopback/block.h>

#define CLIENT_DEPTH_MAX	32
#define CLIENT_SECTOR		512

struct client_disk {
	struct channel channel;
	struct loopback_client endpoint;
	struct loopback_block_client block;
	struct virtq_driver virtq;
	uint64_t size;			/* bytes */
	uint64_t peer_life;		/* the server's life attached to */
	unsigned int attachments;
	bool batch;			/* let completions gather (depth > 1) */
};

/*
 * Finds the block channel of which this compartment is the client, waits for
 * its server and brings the device up. Returns 0 or an enum loopback_error,
 * after saying what is wrong.
 */
int client_disk_open(struct client_disk *disk);

/*
 * After LOOPBACK_EPEER: waits for the server's next life and brings the device
 * up again. Returns LOOPBACK_EPEER when there will be none.
 */
int client_disk_attach(struct client_disk *disk);

/* Sleeps until the doorbell rings, and takes note of what it says. */
void client_disk_wait(struct client_disk *disk);

/* One completion, as loopback_block_client_poll(). */
int client_disk_poll(struct client_disk *disk,
		     struct loopback_block_completion *completion);

/* Says goodbye to the server, and waits until it has let go of the pool. */
void client_disk_close(struct client_disk *disk);

/* A run over consecutive bytes of the disk in requests of one size. */
struct client_transfer {
	uint32_t type;			/* VIRTIO_BLK_T_IN or _OUT */
	uint64_t offset;		/* bytes, a multiple of CLIENT_SECTOR */
	uint64_t length;		/* bytes, a multiple of CLIENT_SECTOR */
	uint64_t wrap;			/* offsets return to 0 here; 0: never */
	uint32_t request_bytes;		/* the last request may be shorter */
	unsigned int depth;		/* requests in flight, 1 .. CLIENT_DEPTH_MAX */
	unsigned char *buffers;		/* in the pool: depth * request_bytes */
	/*
	 * Fills a request's buffer before a write, looks at it after a read;
	 * in the order of offsets. NULL: nobody does. A negative result of
	 * `look` ends the transfer with that error.
	 */
	void (*fill)(void *context, uint64_t offset, void *data, uint32_t size);
	int (*look)(void *context, uint64_t offset, const void *data,
		    uint32_t size);
	void *context;
	/* Results. */
	uint64_t requests;		/* ended well */
	uint64_t retries;		/* started again after the server's end */
};

/* A server that restarts more often than this in one transfer gives it up. */
#define CLIENT_RESTARTS_MAX	64

/* Returns 0 or the enum loopback_error that ended it. */
int client_transfer_run(struct client_disk *disk,
			struct client_transfer *transfer);

/* A request without sectors: VIRTIO_BLK_T_FLUSH, or _GET_ID into the pool. */
int client_request_run(struct client_disk *disk, uint32_t type, void *data,
		       uint32_t size);

/* Bytes of pool for data, given out once, at the first call. */
unsigned char *client_get_buffers(struct client_disk *disk, uint64_t *size);

/* Reads at depth 1 and 32; prints `bench: <name> <value> <unit>` lines. */
int client_bench_run(struct client_disk *disk, bool software);

#endif
