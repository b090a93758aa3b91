/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block device over a channel, or any other transport (transport.h): client
 * side, server side.
 *
 * Ownership: all memory is the caller's, named in the two configurations, kept
 * until the endpoint is closed (client) or stopped and drained (server).
 * Concurrency: one caller at a time per object, the same as its endpoint's.
 * Trust: neither side trusts the other; see client.h, server.h. What one side
 * reads of a request or its status it reads once.
 * Specification: VirtIO 1.2, 5.2.
 */
#ifndef LOOPBACK_BLOCK_H
#define LOOPBACK_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/block_backend.h>
#include <loopback/client.h>
#include <loopback/error.h>
#include <loopback/server.h>
#include <loopback/transport.h>
#include <virtio/blk.h>

/*
 * What the device reads and writes of one request besides its data. Lies in
 * memory the device reaches: in the pool for a client, in the server's own
 * memory for a real disk.
 */
struct loopback_block_wire {
	struct virtio_blk_req_header header;
	struct virtio_blk_discard_write_zeroes range;
	uint8_t status;
	uint8_t reserved[31];
};

_Static_assert(sizeof(struct loopback_block_wire) == 64,
	       "one line per request");

/* ---- Client ---- */

/* A piece of the caller's data by bus address: in the pool. */
struct loopback_block_data {
	uint64_t address;
	uint32_t length;
};

#define LOOPBACK_BLOCK_DATA_MAX	16u	/* pieces in one request */

struct loopback_block_io {
	/* VIRTIO_BLK_T_* */
	uint32_t type;
	/* unit 512 bytes; IN, OUT, DISCARD, WRITE_ZEROES */
	uint64_t sector;
	/* DISCARD, WRITE_ZEROES */
	uint32_t sectors;
	/* WRITE_ZEROES: VIRTIO_BLK_WRITE_ZEROES_F_UNMAP */
	uint32_t flags;
	/* IN, OUT, GET_ID; used only during submit */
	const struct loopback_block_data *data;
	unsigned int data_count;
	void *cookie;
};

struct loopback_block_completion {
	void *cookie;
	uint32_t type;
	/* bytes the device wrote to the data (IN, GET_ID) */
	uint32_t length;
	/*
	 * LOOPBACK_OK, LOOPBACK_ERR_IO, LOOPBACK_ERR_UNSUPPORTED,
	 * LOOPBACK_ERR_PEER (the server's life or the device's ended first),
	 * LOOPBACK_ERR_PROTOCOL (nonsense status or length).
	 */
	int result;
};

/* Private state of one request. */
struct loopback_block_client_slot {
	struct loopback_slot free;
	void *cookie;
	uint32_t type;
	uint32_t length;
	uint32_t epoch;
	bool busy;
};

struct loopback_block_client_config {
	/* loopback_client_get_transport(), or another's */
	struct loopback_client_transport transport;
	unsigned int queue;
	/* in the pool, `slot_count` of them, 64-byte aligned */
	struct loopback_block_wire *wires;
	/* private, `slot_count` of them */
	struct loopback_block_client_slot *slots;
	uint16_t slot_count;
	/*
	 * Ask for the doorbell only when three quarters of what is in flight
	 * has ended: fewer doorbells, later news. For throughput, not latency.
	 */
	bool batch;
};

struct loopback_block_client {
	struct loopback_block_client_config config;
	uint64_t wires_address;
	uint64_t capacity;
	uint64_t features;
	struct loopback_slot *free;
	uint16_t busy;
	/* epoch whose leftovers were handed back */
	uint32_t swept;
	uint32_t segment_max;
	uint32_t segment_size_max;
	uint32_t block_size;
	uint32_t discard_max;
	uint32_t write_zeroes_max;
	bool read_only;
};

/* Feature bits this client knows; pass to loopback_client_start. */
#define LOOPBACK_BLOCK_CLIENT_FEATURES                                  \
	(1ull << VIRTIO_BLK_F_SIZE_MAX | 1ull << VIRTIO_BLK_F_SEG_MAX | \
	 1ull << VIRTIO_BLK_F_RO | 1ull << VIRTIO_BLK_F_BLK_SIZE |      \
	 1ull << VIRTIO_BLK_F_FLUSH | 1ull << VIRTIO_BLK_F_DISCARD |    \
	 1ull << VIRTIO_BLK_F_WRITE_ZEROES)

/*
 * Prepare, once per client endpoint; no request may be in flight.
 * Errors: LOOPBACK_ERR_INVALID, LOOPBACK_ERR_RANGE (wires outside the pool).
 */
int loopback_block_client_init(
	struct loopback_block_client *block,
	const struct loopback_block_client_config *config);

/*
 * Read capacity, limits and features after loopback_client_poll said the device
 * runs; again after every new start and upon a configuration change.
 * Errors: LOOPBACK_ERR_STATE, LOOPBACK_ERR_AGAIN (retry upon the doorbell),
 * LOOPBACK_ERR_PROTOCOL (configuration no device may have).
 */
int loopback_block_client_read_config(struct loopback_block_client *block);

/*
 * Build a request and make it available; loopback_block_client_kick tells the
 * server. Data pieces must lie in the pool: the server refuses others.
 * Errors: LOOPBACK_ERR_INVALID (type, missing or surplus data, length no
 * multiple of 512, more pieces or bytes than the device takes),
 * LOOPBACK_ERR_RANGE (past the capacity), LOOPBACK_ERR_UNSUPPORTED (feature not
 * negotiated; write to a read-only device), LOOPBACK_ERR_BUSY (no free slot or
 * ring full: after a completion there is room), LOOPBACK_ERR_STATE (not
 * running).
 */
int loopback_block_client_submit(struct loopback_block_client *block,
				 const struct loopback_block_io *io);

/* After a batch of submits: ring the doorbell if the server asked for it. */
void loopback_block_client_kick(struct loopback_block_client *block);

/*
 * Take one completion. Call until it returns LOOPBACK_ERR_AGAIN: then nothing
 * has ended, and the server will ring the queue's bit when something does
 * (notify enabled and checked again, so no wake-up is lost).
 * LOOPBACK_OK: *completion is filled.
 * Errors: LOOPBACK_ERR_AGAIN; LOOPBACK_ERR_PROTOCOL (the server broke the ring;
 * the device needs loopback_client_reset, what is in flight ends then).
 * When the server's life has ended, each request in flight is handed back with
 * result LOOPBACK_ERR_PEER, then LOOPBACK_ERR_PEER is returned.
 */
int loopback_block_client_poll(struct loopback_block_client *block,
			       struct loopback_block_completion *completion);

/* Requests submitted and not handed back yet. */
unsigned int
loopback_block_client_count_busy(const struct loopback_block_client *block);

/* ---- Server ---- */

/* Room for the longest chain, and one entry on either side for the backend. */
#define LOOPBACK_BLOCK_SEGMENTS(queue_size_max)	((queue_size_max) + 2u)

/* Private state of one request. */
struct loopback_block_server_slot {
	struct loopback_slot free;
	struct loopback_block_request request;
	/* in the pool */
	uint8_t *status;
	/* bytes reported as written when it ends well */
	uint32_t written;
	uint16_t head;
};

struct loopback_block_server_config {
	struct loopback_block_backend *backend;
	/* `slot_count` of them: requests in flight */
	struct loopback_block_server_slot *slots;
	uint16_t slot_count;
	/* LOOPBACK_BLOCK_SEGMENTS(queue_size_max) of them */
	struct virtq_segment *segments;
	/* as in struct loopback_server_config */
	uint16_t queue_size_max;
	/* VIRTIO_BLK_T_GET_ID's answer */
	char id[VIRTIO_BLK_ID_BYTES];
};

struct loopback_block_server {
	struct loopback_block_server_config config;
	/* pass to loopback_server_init */
	struct loopback_device device;
	/* set by loopback_block_server_attach */
	struct loopback_server_transport transport;
	struct virtio_blk_config blk;
	/* as offered: data pieces in one request */
	uint32_t segment_max;
	struct loopback_slot *free;
	/* at the backend */
	uint16_t in_flight;
	/* the backend had no room for it */
	struct loopback_block_server_slot *pending;
	/* writes that have ended at the backend and need a flush to be stable */
	struct loopback_slot *unstable;
	bool unpublished;
	/* statistics: ended, and those of them that failed */
	uint64_t requests;
	uint64_t refused;
};

#define LOOPBACK_BLOCK_SERVER_MORE	1	/* positive: not an error */

/*
 * Prepare a block device of one queue over a backend and fill in `device` for
 * loopback_server_init.
 * Errors: LOOPBACK_ERR_INVALID.
 */
int loopback_block_server_init(
	struct loopback_block_server *block,
	const struct loopback_block_server_config *config);

/*
 * Tie to what carries the queue, between loopback_server_init and _publish:
 * loopback_server_get_transport(), or another's.
 */
void loopback_block_server_attach(
	struct loopback_block_server *block,
	const struct loopback_server_transport *transport);

/*
 * Serve: make the completions since the last call visible (one index update,
 * at most one doorbell), then take up to `budget` new requests and kick the
 * backend once. Call upon the queue's doorbell bit, after
 * LOOPBACK_EVENT_STARTED, and after the backend was polled.
 * LOOPBACK_OK: nothing more to do until the next doorbell or completion.
 * LOOPBACK_BLOCK_SERVER_MORE: the budget ended first; call again after the
 * other clients had their turn.
 * Errors: LOOPBACK_ERR_PROTOCOL (the client broke the ring; the queue is
 * latched and the client told), LOOPBACK_ERR_STATE (queue not live).
 */
int loopback_block_server_process(struct loopback_block_server *block,
				  unsigned int budget);

#endif
