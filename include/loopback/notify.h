/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an endpoint rings its peer: two callbacks, filled in by whoever embeds
 * the endpoint (a compartment: the doorbell call; a host process: an eventfd; a
 * test: a counter).
 *
 * Ownership: the structure is copied at init; `ctx` is the caller's and must
 * live as long as the endpoint.
 * Concurrency: called on whichever thread called the endpoint, never by two at
 * once for one endpoint. The endpoint has ordered all its stores to shared
 * memory before it calls, so a callback needs no barrier of its own. It must
 * not call back into the endpoint.
 * Trust: a ring carries nothing: it may find nothing new for the peer to see,
 * and what a peer makes of it is the peer's affair. A ring that fails is no
 * error of the endpoint's: the peer's end is noticed otherwise.
 * Specification: docs/channel.md, 3.
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
