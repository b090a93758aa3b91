/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver and a device that pass buffers to and fro through the real ring
 * code, and claim of each one that nothing of it came early, late or stale.
 */
#ifndef ORDER_RING_H
#define ORDER_RING_H

#include "order.h"

/* What the two do. All requests have the same shape. */
struct ring_case {
	const char *name;
	uint64_t features;
	uint16_t num;		/* entries of the ring */
	uint8_t requests;	/* until both are done */
	uint8_t ahead;		/* so many at most are in flight */
	uint8_t readable;	/* segments of a request */
	uint8_t writable;
	bool batches;		/* add many, publish once; push alike */
	bool exposes;		/* expose each, publish once */
	bool backwards;		/* the device uses the last first */
	bool delayed;		/* the driver asks for a late interrupt */
	bool polls;		/* nobody sleeps, nobody is notified */
};

extern const struct ring_case ring_cases[];
extern const unsigned int ring_case_count;

struct order_result ring_explore(const struct ring_case *ring, bool trace);

#endif
