/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every test of the device side does with the hostile peer: see a bad
 * request refused, and a good one served right after.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "peer.h"

#define HOSTILE_NUM	16u		/* entries of the ring */
#define HOSTILE_BUFFER	PEER_BUFFERS
#define HOSTILE_TABLE	(PEER_BUFFERS + 0x8000)

/* A peer with the device side started on it. */
struct peer *hostile_start(uint64_t features);

/* Pop into the peer's chain. */
int hostile_pop(struct peer *peer);

/* One well-formed request is served and seen used. */
void hostile_serve_good(struct peer *peer);

/*
 * The next pop fails with @error, the queue is latched with it and writes
 * nothing; a reset, with all features negotiated, brings service back.
 */
void hostile_expect_refusal(struct peer *peer, int error);

/* The same for a chain of this one descriptor. */
void hostile_refuse_single(struct peer *peer, uint64_t addr, uint32_t len,
			   uint16_t flags, int error);

#endif
