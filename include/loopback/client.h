/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Client endpoint of a channel: finds the published device, negotiates, sets up
 * queues in the pool, notices when the server's life ends.
 *
 * Ownership: the caller owns every object and every byte of memory handed in,
 * and keeps them until it has closed the endpoint; nothing is allocated.
 * Concurrency: one caller at a time per endpoint. The server runs concurrently,
 * on the other side of the control page and the pool.
 * Trust: the server is not trusted. A lying server can make requests fail or
 * never end; it cannot make the endpoint touch memory outside the structures
 * it was given, loop without bound, or hand out results longer than asked for.
 * Specification: docs/channel.md, 4 and 6; VirtIO 1.2, 3.1.1.
 *
 * Nothing here waits. The order of calls, each repeated upon the channel's
 * doorbell while it returns what is named in brackets:
 *
 *	loopback_client_init
 *	loopback_client_attach		[LOOPBACK_ERR_NOT_READY: no server yet]
 *	loopback_client_poll		[LOOPBACK_ERR_AGAIN: not reset yet]
 *	loopback_client_setup_queue	once per queue
 *	loopback_client_start
 *	loopback_client_poll		[LOOPBACK_ERR_AGAIN: not started yet]
 *	... the device's own calls (block.h); _poll upon the control bit
 *	loopback_client_close
 *
 * LOOPBACK_ERR_PEER from any call: the server's life ended. Requests in flight
 * end with that error (the device's poll hands each back); then start again
 * with loopback_client_attach.
 */
#ifndef LOOPBACK_CLIENT_H
#define LOOPBACK_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loopback/error.h>
#include <loopback/handshake.h>
#include <loopback/layout.h>
#include <loopback/notify.h>
#include <loopback/transport.h>
#include <virtio/driver.h>
#include <virtio/ring.h>

enum loopback_client_state {
	/* initialised or closed */
	LOOPBACK_CLIENT_DETACHED,
	/* status 0 requested, not acknowledged */
	LOOPBACK_CLIENT_RESETTING,
	/* the server touches none of our rings */
	LOOPBACK_CLIENT_RESET,
	/* DRIVER_OK requested, not acknowledged */
	LOOPBACK_CLIENT_STARTING,
	LOOPBACK_CLIENT_RUNNING,
	/* the device needs a reset */
	LOOPBACK_CLIENT_BROKEN,
	/* the server's life ended */
	LOOPBACK_CLIENT_DEAD,
	/* closed, not acknowledged */
	LOOPBACK_CLIENT_CLOSING,
};

struct loopback_client_config {
	/* control page, LOOPBACK_CONTROL_SIZE bytes, 64-byte aligned */
	void *control;
	/* where the pool is mapped here */
	void *pool;
	/* its address on the bus: what descriptors carry */
	uint64_t pool_address;
	uint64_t pool_size;
	/* VirtIO device type wanted */
	uint32_t device_id;
	struct loopback_notify notify;
};

/* Memory for one queue, all the caller's. */
struct loopback_client_queue_memory {
	/* power of two, at most the server's maximum */
	uint32_t size;
	/* in the pool, 64-byte aligned, virtq_layout_bytes(size) bytes */
	void *ring;
	/* private */
	struct virtq_driver *virtq;
	/* private, `size` of them */
	struct virtq_driver_slot *slots;
	/*
	 * Optional: indirect tables in the pool, as struct virtq_driver_config
	 * describes them. Used only if `tables` is set.
	 */
	struct virtq_desc *tables;
	uint16_t table_entries;
};

struct loopback_client {
	struct loopback_client_config config;
	enum loopback_client_state state;
	struct loopback_handshake handshake;
	uint64_t driver_features;
	struct loopback_control *control;
	/* changes whenever everything in flight has ended */
	uint32_t epoch;
	int peer_error;
	struct loopback_client_queue_memory queue[LOOPBACK_QUEUES_MAX];
};

/*
 * Prepare an endpoint; touches no shared memory.
 * Errors: LOOPBACK_ERR_INVALID (null or misaligned pointer, missing callback,
 * pool that wraps).
 */
int loopback_client_init(struct loopback_client *client,
			 const struct loopback_client_config *config);

/*
 * Read what the server published, check it, and request a reset so that no
 * former life of this client leaves anything behind. Allowed when detached or
 * dead. On success what the handshake says of the header is valid.
 * Errors: LOOPBACK_ERR_NOT_READY (retry upon the doorbell),
 * LOOPBACK_ERR_VERSION, LOOPBACK_ERR_DEVICE, LOOPBACK_ERR_PROTOCOL (a header no
 * server may publish), LOOPBACK_ERR_STATE.
 */
int loopback_client_attach(struct loopback_client *client);

/*
 * Take note of the server's answers. Call upon LOOPBACK_BIT_CONTROL, and
 * whenever the caller wants to know.
 * LOOPBACK_OK: nothing is outstanding (state is RESET or RUNNING, or DETACHED
 * after a close).
 * Errors: LOOPBACK_ERR_AGAIN (still waiting), LOOPBACK_ERR_REFUSED (start
 * refused, peer_error says why; state BROKEN), LOOPBACK_ERR_PROTOCOL (device
 * needs reset; state BROKEN), LOOPBACK_ERR_PEER (state DEAD),
 * LOOPBACK_ERR_STATE (detached).
 */
int loopback_client_poll(struct loopback_client *client);

/*
 * Give a queue its memory. State RESET only; the memory is kept over a reset of
 * the device and over the server's lives, so once is enough, and a second call
 * replaces it.
 * Errors: LOOPBACK_ERR_INVALID (index, null), LOOPBACK_ERR_SIZE,
 * LOOPBACK_ERR_ALIGNMENT, LOOPBACK_ERR_RANGE (ring or tables not wholly in the
 * pool), LOOPBACK_ERR_STATE.
 */
int loopback_client_setup_queue(
	struct loopback_client *client, unsigned int queue,
	const struct loopback_client_queue_memory *memory);

/*
 * Request features and DRIVER_OK in one step. `features` is masked by what the
 * device offers; VIRTIO_F_VERSION_1, VIRTIO_F_EVENT_IDX, VIRTIO_F_INDIRECT_DESC
 * and VIRTIO_F_ACCESS_PLATFORM are taken whenever offered. State RESET only, at
 * least one queue set up. The rings are made empty.
 * Errors: LOOPBACK_ERR_FEATURES (device without VERSION_1), LOOPBACK_ERR_SIZE (a
 * queue larger than this server's maximum), LOOPBACK_ERR_INVALID (the memory of
 * a queue does not do), LOOPBACK_ERR_STATE, LOOPBACK_ERR_PEER.
 */
int loopback_client_start(struct loopback_client *client, uint64_t features);

/*
 * Request a reset. Requests in flight end (with LOOPBACK_ERR_PEER) when
 * loopback_client_poll returns LOOPBACK_OK, not before: until then the server
 * may still write to their buffers.
 * Errors: LOOPBACK_ERR_STATE, LOOPBACK_ERR_PEER.
 */
int loopback_client_reset(struct loopback_client *client);

/*
 * Is the server's life that we attached to still the current one? Two loads;
 * the device's poll calls it first.
 * Errors: LOOPBACK_ERR_PEER, LOOPBACK_ERR_STATE (detached).
 */
int loopback_client_check(struct loopback_client *client);

/*
 * The firmware said (doorbell bit 63 and the peer-state call) that the server's
 * compartment has ended. Everything in flight ends; state DEAD.
 */
void loopback_client_peer_down(struct loopback_client *client);

/*
 * Copy `length` bytes of device configuration at `offset`, all from one
 * configuration generation.
 * Errors: LOOPBACK_ERR_RANGE, LOOPBACK_ERR_AGAIN (kept changing: retry upon the
 * doorbell), LOOPBACK_ERR_STATE (not attached), LOOPBACK_ERR_PEER.
 */
int loopback_client_read_config(struct loopback_client *client, uint32_t offset,
				void *buffer, uint32_t length);

/*
 * Say that this client is done: requests a reset and marks itself closed. The
 * memory may be reused once the server has acknowledged
 * (loopback_client_poll returns LOOPBACK_OK) or is gone (LOOPBACK_ERR_PEER).
 * Errors: LOOPBACK_ERR_STATE (never attached, or closing already),
 * LOOPBACK_ERR_PEER (nobody is left to say it to).
 */
int loopback_client_close(struct loopback_client *client);

/* Ring the doorbell of a queue; device files call it when the ring says so. */
void loopback_client_notify(struct loopback_client *client, unsigned int queue);

/* The endpoint as a device file takes it. */
struct loopback_client_transport
loopback_client_get_transport(struct loopback_client *client);

#endif
