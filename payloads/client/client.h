/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client payload's parts: the disk that it reaches through its channel,
 * transfers of many requests over it, and a benchmark.
 *
 * Ownership: all memory is taken once, at the start, and never given back.
 * Concurrency: one hart runs all of it; whatever waits, waits in wfi for a
 * doorbell.
 * Trust: the server is not trusted: a request that it refuses or garbles is an
 * error of that request, and its end is one of all that are in flight.
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
	/* bytes */
	uint64_t size;
	/* the server's life attached to */
	uint64_t peer_life;
	unsigned int attachments;
	/* let completions gather (depth > 1) */
	bool batch;
};

/*
 * Finds the block channel of which this compartment is the client, waits for
 * its server and brings the device up. Returns 0 or an enum loopback_error,
 * after saying what is wrong.
 */
int client_disk_open(struct client_disk *disk);

/*
 * After LOOPBACK_ERR_PEER: waits for the server's next life and brings the
 * device up again. Returns LOOPBACK_ERR_PEER when there will be none, or
 * LOOPBACK_ERR_NOT_READY, after saying so, when a server that runs has
 * published nothing for as long as the channel's publish-timeout-ms.
 */
int client_disk_attach(struct client_disk *disk);

/*
 * After LOOPBACK_ERR_PROTOCOL: resets the device, which ends what is in flight
 * with LOOPBACK_ERR_PEER, and brings it up again.
 */
int client_disk_reset(struct client_disk *disk);

/* Sleeps until the doorbell rings, and takes note of what it says. */
void client_disk_wait(struct client_disk *disk);

/* One completion, as loopback_block_client_poll(). */
int client_disk_poll(struct client_disk *disk,
		     struct loopback_block_completion *completion);

/* Says goodbye to the server, and waits until it has let go of the pool. */
void client_disk_close(struct client_disk *disk);

/* A run over consecutive bytes of the disk in requests of one size. */
struct client_transfer {
	/* VIRTIO_BLK_T_IN or _OUT */
	uint32_t type;
	/* bytes, multiples of CLIENT_SECTOR */
	uint64_t offset;
	uint64_t length;
	/* offsets return to 0 here; 0: never */
	uint64_t wrap;
	/* the last request may be shorter */
	uint32_t request_bytes;
	/* requests in flight, 1 to CLIENT_DEPTH_MAX */
	unsigned int depth;
	/* in the pool: depth * request_bytes */
	unsigned char *buffers;
	/*
	 * Fills a request's buffer before a write, looks at it after a read;
	 * in the order of offsets. NULL: nobody does. A negative result of
	 * `look` ends the transfer with that error.
	 */
	void (*fill)(void *context, uint64_t offset, void *data, uint32_t size);
	int (*look)(void *context, uint64_t offset, const void *data,
		    uint32_t size);
	void *context;
	/* Results: requests that ended well, and that were started again. */
	uint64_t requests;
	uint64_t retries;
};

/*
 * A transfer outlives this many ends of the server, and of rings that make no
 * sense.
 */
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
