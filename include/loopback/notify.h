/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an endpoint rings its peer: two callbacks, filled in by whoever embeds
 * the endpoint (a compartment: the doorbell call; a host process: an eventfd; a
 * test: a counter).
 *
 * The endpoint has ordered all its stores to shared memory before it calls, so
 * a callback needs no barrier of its own. A callback must not call back into
 * the endpoint; it may be called with nothing new for the peer to see.
 */
#ifndef LOOPBACK_NOTIFY_H
#define LOOPBACK_NOTIFY_H

struct loopback_notify {
	/* Ring LOOPBACK_BIT_CONTROL. */
	void (*control)(void *ctx);
	/* Ring LOOPBACK_BIT_QUEUE(queue). */
	void (*queue)(void *ctx, unsigned int queue);
	void *ctx;
};

#endif
