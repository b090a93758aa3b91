/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Server endpoint of a channel: publishes a device on the control page, answers
 * the client's requests, brings its queues up and down, keeps the record.
 *
 * Ownership: the caller owns every object and byte handed in, for as long as
 * the server runs; nothing is allocated.
 * Concurrency: one caller at a time per endpoint. The client runs concurrently.
 * Trust: the client is not trusted with anything. It reaches the pool and the
 * control page; every word of theirs is loaded once, validated, and only then
 * used. Descriptors are translated over a region table that holds the pool (or
 * what of the client's memory was granted) and nothing else, so no ring can
 * name the control page, the record or the server's own memory. A client can
 * break its own queues, never the server.
 * Specification: docs/channel.md, 4 and 6; VirtIO 1.2, 2.1, 2.4, 3.1.
 */
#ifndef LOOPBACK_SERVER_H
#define LOOPBACK_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loopback/error.h>
#include <loopback/layout.h>
#include <loopback/notify.h>
#include <loopback/transport.h>
#include <virtio/device.h>
#include <virtio/region.h>
#include <virtio/ring.h>

/* What loopback_server_poll_control reports: a set of these. */

/* DRIVER_OK granted: queues are live; process them now. */
#define LOOPBACK_EVENT_STARTED	(1 << 0)
/* A reset was acknowledged. */
#define LOOPBACK_EVENT_RESET	(1 << 1)
/* The client said that it is done, and was acknowledged. */
#define LOOPBACK_EVENT_CLOSED	(1 << 2)
/* A request was refused; see last_error. */
#define LOOPBACK_EVENT_REFUSED	(1 << 3)
/* The answer waits for requests in flight; poll again when one ends. */
#define LOOPBACK_EVENT_DRAINING	(1 << 4)

/*
 * A device type, seen from the channel. block.h fills one in.
 */
struct loopback_device {
	uint32_t device_id;
	/* 1 to LOOPBACK_QUEUES_MAX */
	uint32_t queue_count;
	/* 0 to LOOPBACK_CONFIG_SIZE */
	uint32_t config_size;
	/* little-endian, as VirtIO lays it out */
	const void *config;
	/* device type's bits; the transport's are added */
	uint64_t features;
	/* The queue is live. Called before the client is told. */
	void (*start_queue)(void *ctx, unsigned int queue);
	/*
	 * Take nothing more from the queue and push nothing more to it; what
	 * is at a backend may end later and is then dropped.
	 */
	void (*stop_queue)(void *ctx, unsigned int queue);
	/* Requests of this queue that a backend may still write memory for. */
	unsigned int (*count_in_flight)(void *ctx, unsigned int queue);
	void *ctx;
};

struct loopback_server_config {
	/* control page, 64-byte aligned */
	void *control;
	/* window mode: where the pool is mapped here */
	void *pool;
	/* its address on the bus */
	uint64_t pool_address;
	uint64_t pool_size;
	/*
	 * Grant mode: instead of the pool, `region_count` ranges of the
	 * client's memory, at most VIRTIO_REGION_MAX; the server keeps the
	 * pointer. Window mode: NULL and 0.
	 */
	const struct virtio_region *regions;
	unsigned int region_count;
	/*
	 * server-private, or NULL: then generations are only as good as the
	 * page
	 */
	void *record;
	/* at least LOOPBACK_RECORD_SIZE(queue_count) */
	size_t record_size;
	/* power of two, at most LOOPBACK_QUEUE_SIZE_MAX */
	uint16_t queue_size_max;
	/* private, one per queue of the device */
	struct loopback_server_queue *queues;
	/* private, queue_size_max per queue of the device */
	struct virtq_device_slot *slots;
	struct loopback_notify notify;
};

/* Private to the endpoint and the device files. */
struct loopback_server_queue {
	enum loopback_queue_state state;
	struct loopback_queue_request area;
	struct virtq_device virtq;
	/* chains of the life before that are to be taken again: how many */
	uint16_t again;
	/* and the first head that may be one of them */
	uint16_t again_head;
};

struct loopback_server {
	struct loopback_server_config config;
	const struct loopback_device *device;
	/* window mode: the pool */
	struct virtio_region pool;
	struct virtio_region_table regions;
	struct loopback_record *record;
	struct loopback_control *control;
	uint64_t features;
	uint64_t driver_features;
	uint64_t generation;
	/* first generation that this life continues, that the next may; or 0 */
	uint64_t resumed_from;
	uint64_t kept_from;
	/* last request word that was taken up */
	uint64_t handled;
	/* sequence number of the last answer */
	uint32_t answered;
	uint64_t client_generation;
	/* granted device status */
	uint32_t status;
	/* granted once draining is over */
	uint32_t next_status;
	uint32_t liveness;
	uint32_t config_generation;
	bool published;
	bool draining;
	bool closing;
	int last_error;
};

/*
 * Prepare an endpoint for `device`; touches neither page nor record.
 * Errors: LOOPBACK_ERR_INVALID (null or misaligned pointer, missing callback,
 * queue count, pool or region that wraps or is refused by
 * virtio_region_table_init(), control page or record in one, record too small),
 * LOOPBACK_ERR_SIZE, LOOPBACK_ERR_ALIGNMENT (pool or region and its address
 * differ modulo 16).
 */
int loopback_server_init(struct loopback_server *server,
			 const struct loopback_server_config *config,
			 const struct loopback_device *device);

/*
 * Begin a new life: choose its generation, write header, features and
 * configuration, say READY, ring the control bit. If the record says that the
 * client adopts (LOOPBACK_CLIENT_ADOPTING) and describes a device that fits
 * this one, the life before is continued: queues are live at once, what was in
 * flight is taken again, and the bits of the live queues are rung too. The
 * caller then goes on as if every bit of the channel had been rung.
 * Errors: LOOPBACK_ERR_STATE (published already).
 */
int loopback_server_publish(struct loopback_server *server);

/*
 * Answer the client. Call upon LOOPBACK_BIT_CONTROL, and after requests ended
 * while LOOPBACK_EVENT_DRAINING was reported. Bounded work; returns a set of
 * LOOPBACK_EVENT_* (0: nothing new).
 * Errors: LOOPBACK_ERR_STATE (not published).
 */
int loopback_server_poll_control(struct loopback_server *server);

/*
 * Replace the device configuration (same size as at init); the client sees a
 * new configuration generation and gets the control bit.
 * Errors: LOOPBACK_ERR_STATE.
 */
int loopback_server_update_config(struct loopback_server *server,
				  const void *config);

/*
 * End this life in order: queues stop, state STOPPED, control bit. The client
 * ends its requests with an error. Requests still at a backend must be waited
 * for by the caller before it reuses or gives up the pool.
 */
void loopback_server_stop(struct loopback_server *server);

/* Used by device files. */

/* The live ring of a queue, or NULL. */
struct virtq_device *loopback_server_get_queue(struct loopback_server *server,
					       unsigned int queue);

/*
 * A ring broke its rules: latch the queue until reset, set DEVICE_NEEDS_RESET,
 * tell the client. `error` goes to the page.
 */
void loopback_server_break_queue(struct loopback_server *server,
				 unsigned int queue, int error);

/* Ring the doorbell of a queue. */
void loopback_server_notify(struct loopback_server *server, unsigned int queue);

/*
 * The in-flight log. A head is logged before it reaches a backend, staged
 * before its used element is written, and forgotten after the used index is
 * visible. No-ops without a record.
 */
void loopback_server_log_taken(struct loopback_server *server,
			       unsigned int queue, uint16_t head);
void loopback_server_log_staged(struct loopback_server *server,
				unsigned int queue, uint16_t head);
void loopback_server_log_published(struct loopback_server *server,
				   unsigned int queue);

/* All of these as a device file takes them. */
struct loopback_server_transport
loopback_server_get_transport(struct loopback_server *server);

#endif
