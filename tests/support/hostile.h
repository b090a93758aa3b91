/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of either side do with the hostile peer: see a bad request or
 * a forged completion refused, and a good one served right after. Most tests
 * take the features, so that one text is a test of each format.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "peer.h"
#include "unit.h"

#define HOSTILE_NUM	16u		/* entries of the ring */
#define HOSTILE_BUFFER	PEER_BUFFERS
#define HOSTILE_TABLE	(PEER_BUFFERS + 0x8000)

#define HOSTILE_IN_ORDER	VIRTIO_FEATURE(VIRTIO_F_IN_ORDER)

/* static void case_1(uint64_t features), to be run in both formats. */
#define HOSTILE_BOTH(test)						\
	static void split_##test(void)					\
	{								\
		test(PEER_SPLIT);					\
	}								\
	static void packed_##test(void)					\
	{								\
		test(PEER_PACKED);					\
	}

#define HOSTILE_TESTS(test)						\
	UNIT_TEST(split_##test), UNIT_TEST(packed_##test)

/* A peer with the device side started on it. */
struct peer *hostile_start(uint64_t features);

/* Pop into the peer's chain. */
int hostile_pop(struct peer *peer);

/* Push and publish the chain @id, and see it used in the ring. */
void hostile_use(struct peer *peer, uint16_t id, uint32_t len);

/* The next used entry in the ring is this; then there is none. */
void hostile_expect_used(struct peer *peer, uint16_t id, uint32_t len);
void hostile_expect_none_used(struct peer *peer);

/* One well-formed request is served and seen used. */
void hostile_serve_good(struct peer *peer);

/*
 * The next pop fails with @error, the queue is latched with it and writes
 * nothing; a reset brings service back.
 */
void hostile_expect_refusal(struct peer *peer, int error);

/* The same for a chain of these pieces, and of this one. */
void hostile_refuse(struct peer *peer, const struct peer_piece *pieces,
		    uint16_t count, int error);
void hostile_refuse_single(struct peer *peer, uint64_t addr, uint32_t len,
			   uint16_t flags, int error);

/* A chain of these pieces is popped; returns its id. */
uint16_t hostile_accept(struct peer *peer, const struct peer_piece *pieces,
			uint16_t count);

/* The buffer that hostile_add() offers: 16 readable bytes, 513 writable. */
extern const struct virtq_segment hostile_segments[3];
#define HOSTILE_WRITABLE	513u

/* A peer with the driver side started on it. */
struct peer *hostile_start_driver(uint64_t features);

/* Add and publish one buffer under the cookie number @tag, below HOSTILE_NUM;
 * the raw device takes it. Returns its id. */
uint16_t hostile_add(struct peer *peer, unsigned int tag);

/* The same of @readable and @writable of hostile_segments, unpublished. */
void hostile_add_quietly(struct peer *peer, unsigned int readable,
			 unsigned int writable, unsigned int tag);

void hostile_expect_completion(struct peer *peer, unsigned int tag,
			       uint32_t len);
void hostile_expect_no_completion(struct peer *peer);

/* One buffer goes to the device and comes back. */
void hostile_complete_good(struct peer *peer);

/* The next get fails with @error, the queue is latched and gives back the
 * @in_flight buffers, and works again after a restart. */
void hostile_expect_latch(struct peer *peer, int error, unsigned int in_flight);

#endif
