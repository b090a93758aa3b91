/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver side against a hostile device. */
#include <string.h>

#include "hostile.h"

static int cookies[HOSTILE_NUM];

const struct virtq_segment hostile_segments[3] = {
	{ .addr = PEER_BUS + HOSTILE_BUFFER, .len = 16 },
	{ .addr = PEER_BUS + HOSTILE_BUFFER + 512, .len = 512 },
	{ .addr = PEER_BUS + HOSTILE_BUFFER + 1024, .len = 1 },
};

struct peer *hostile_start_driver(uint64_t features)
{
	struct peer *peer = peer_new(HOSTILE_NUM);

	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	return peer;
}

void hostile_add_quietly(struct peer *peer, unsigned int readable,
			 unsigned int writable, unsigned int tag)
{
	UNIT_ASSERT_INT(virtq_driver_add(&peer->driver, hostile_segments,
					 readable, writable, &cookies[tag]), 0);
}

uint16_t hostile_add(struct peer *peer, unsigned int tag)
{
	int id;

	hostile_add_quietly(peer, 1, 2, tag);
	virtq_driver_publish(&peer->driver);
	id = peer_take(peer);
	CU_ASSERT_TRUE(id >= 0);
	return (uint16_t)id;
}

void hostile_expect_completion(struct peer *peer, unsigned int tag,
			       uint32_t len)
{
	struct virtq_completion done = { 0 };

	CU_ASSERT_TRUE(virtq_driver_has_used(&peer->driver));
	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), 1);
	UNIT_ASSERT_INT((int *)done.cookie - cookies, tag);
	UNIT_ASSERT_INT(done.len, len);
}

void hostile_expect_no_completion(struct peer *peer)
{
	struct virtq_completion done;

	CU_ASSERT_FALSE(virtq_driver_has_used(&peer->driver));
	UNIT_ASSERT_INT(virtq_driver_get(&peer->driver, &done), 0);
}

void hostile_complete_good(struct peer *peer)
{
	uint16_t id = hostile_add(peer, 3);

	peer_complete(peer, id, HOSTILE_WRITABLE);
	hostile_expect_completion(peer, 3, HOSTILE_WRITABLE);
	hostile_expect_no_completion(peer);
}

/* Everything that a latched queue may be asked; nothing moves. */
static void expect_dead_queue(struct peer *peer, int error)
{
	static unsigned char before[PEER_TABLES];
	struct virtq_driver *vq = &peer->driver;
	struct virtq_completion done;

	memcpy(before, peer->memory, sizeof(before));
	UNIT_ASSERT_INT(virtq_driver_get(vq, &done), error);
	UNIT_ASSERT_INT(virtq_driver_error(vq), error);
	UNIT_ASSERT_INT(virtq_driver_add(vq, hostile_segments, 1, 2, NULL),
			error);
	CU_ASSERT_TRUE(virtq_driver_has_used(vq));
	virtq_driver_expose(vq);
	CU_ASSERT_FALSE(virtq_driver_publish(vq));
	virtq_driver_disable_callbacks(vq);
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(vq));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks_delayed(vq));
	CU_ASSERT_FALSE(memcmp(before, peer->memory, sizeof(before)));
}

void hostile_expect_latch(struct peer *peer, int error, unsigned int in_flight)
{
	struct virtq_driver *vq = &peer->driver;
	struct virtq_completion done;
	void *cookie;

	UNIT_ASSERT_INT(virtq_driver_get(vq, &done), error);
	expect_dead_queue(peer, error);
	for (; in_flight; in_flight--)
		CU_ASSERT_TRUE(virtq_driver_detach(vq, &cookie));
	CU_ASSERT_FALSE(virtq_driver_detach(vq, &cookie));
	UNIT_ASSERT_INT(virtq_driver_free(vq), peer->ring.num);
	UNIT_ASSERT_INT(peer_start_driver(peer, peer->features), 0);
	hostile_complete_good(peer);
	UNIT_ASSERT_INT(peer_start_driver(peer, peer->features), 0);
}
