/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a device file needs of whatever carries its queues: the seam between
 * block.h and a channel (server.h, client.h) or vhost-user (vhost/session.h,
 * vhost/front.h), so that one device serves over all of them.
 *
 * Ownership: the structures are copied; `ctx` is the transport's and lives as
 * long as the device file uses it.
 * Concurrency: called on the thread that called the device file, never by two
 * at once for one device.
 * Trust: what pop returns was translated by the ring's device side and what it
 * holds is the peer's; completions are the ring's driver side's, bounded as
 * virtio/driver.h says. A transport adds no trust of its own.
 * Specification: VirtIO 1.2, 2.6.
 */
#ifndef LOOPBACK_TRANSPORT_H
#define LOOPBACK_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/device.h>
#include <virtio/driver.h>

/* The side that serves. */
struct loopback_server_transport {
	/*
	 * The live ring of a queue, or NULL: nothing may be taken or given, and
	 * of the other calls only get_features and break_queue are allowed.
	 * @queue is below the device's queue_count, here and below.
	 */
	struct virtq_device *(*get_queue)(void *ctx, unsigned int queue);
	/* The features that the driver accepted. */
	uint64_t (*get_features)(void *ctx);
	/*
	 * As virtq_device_pop() on a live queue. A transport that keeps a log
	 * of requests in flight has what is popped in it before this returns;
	 * one that goes on where a former life of the server stopped (vhost)
	 * hands out what that life left in flight before anything else.
	 */
	int (*pop)(void *ctx, unsigned int queue, struct virtq_chain *chain);
	/* As virtq_device_push() on a live queue; logged if there is a log. */
	int (*push)(void *ctx, unsigned int queue, uint16_t head, uint32_t len);
	/*
	 * Make visible what was pushed, forget it in the log, and notify the
	 * driver if it asked for that.
	 */
	void (*publish)(void *ctx, unsigned int queue);
	/*
	 * The driver broke the rules. The queue is no longer live, and the
	 * driver is told as far as the transport can: a channel shows it
	 * `error` (LOOPBACK_ERR_*), vhost reports what the ring knows itself.
	 */
	void (*break_queue)(void *ctx, unsigned int queue, int error);
	void *ctx;
};

/* The side that asks. */
struct loopback_client_transport {
	/*
	 * How is the device? LOOPBACK_OK: it runs. LOOPBACK_ERR_PEER: its life
	 * ended. LOOPBACK_ERR_PROTOCOL: it needs a reset. LOOPBACK_ERR_AGAIN:
	 * it is being reset or started.
	 */
	int (*check)(void *ctx);
	/* Did it run at the last check? Looks at private memory only. */
	bool (*is_running)(void *ctx);
	/* Changes whenever everything in flight has ended. */
	uint32_t (*get_epoch)(void *ctx);
	/* The features that were accepted at the last start. */
	uint64_t (*get_features)(void *ctx);
	/*
	 * The ring of a queue that the transport has, never NULL; what it holds
	 * counts only after a start.
	 */
	struct virtq_driver *(*get_queue)(void *ctx, unsigned int queue);
	/*
	 * Copy the first `length` bytes of device configuration, or as many as
	 * there are. Returns their number.
	 * Errors: a channel's are those of loopback_client_read_config();
	 * vhost's LOOPBACK_ERR_UNSUPPORTED (the back end has no configuration
	 * to read), LOOPBACK_ERR_PEER (it is gone).
	 */
	int (*read_config)(void *ctx, void *buffer, uint32_t length);
	/*
	 * What the device calls this memory. False: it reaches not all of it.
	 */
	bool (*get_address)(void *ctx, const void *memory, uint64_t size,
			    uint64_t *address);
	/* The device broke the ring: it needs a reset. */
	void (*break_device)(void *ctx);
	/* Kick a queue. */
	void (*notify)(void *ctx, unsigned int queue);
	void *ctx;
};

#endif
