/* SPDX-License-Identifier: BSD-2-Clause */
/* The device side against a hostile driver. */
#include <string.h>

#include "hostile.h"

#define BUF	HOSTILE_BUFFER

struct peer *hostile_start(uint64_t features)
{
	struct peer *peer = peer_new(HOSTILE_NUM);

	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	return peer;
}

int hostile_pop(struct peer *peer)
{
	return virtq_device_pop(&peer->device, &peer->chain);
}

void hostile_expect_used(struct peer *peer, uint16_t id, uint32_t len)
{
	struct virtq_used_elem used = { .id = UINT32_MAX };

	CU_ASSERT_TRUE(peer_collect(peer, &used));
	UNIT_ASSERT_INT(used.id, id);
	UNIT_ASSERT_INT(used.len, len);
}

void hostile_expect_none_used(struct peer *peer)
{
	struct virtq_used_elem used;

	CU_ASSERT_FALSE(peer_collect(peer, &used));
}

void hostile_use(struct peer *peer, uint16_t id, uint32_t len)
{
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, id, len), 0);
	virtq_device_publish(&peer->device);
	hostile_expect_used(peer, id, len);
}

void hostile_serve_good(struct peer *peer)
{
	const struct peer_piece pieces[] = {
		{ peer_bus(BUF), 16, 0 },
		{ peer_bus(BUF + 512), 512, VIRTQ_DESC_F_WRITE },
	};
	uint16_t id = peer_post(peer, pieces, 2);

	CU_ASSERT_TRUE(virtq_device_has_available(&peer->device));
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.head, id);
	UNIT_ASSERT_INT(peer->chain.readable, 1);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	UNIT_ASSERT_INT(peer->chain.readable_len, 16);
	UNIT_ASSERT_INT(peer->chain.writable_len, 512);
	CU_ASSERT_PTR_EQUAL(peer->segments[0].pointer, peer_at(peer, BUF));
	UNIT_ASSERT_INT(peer->segments[1].addr, peer_bus(BUF + 512));
	CU_ASSERT_PTR_EQUAL(peer->segments[1].pointer,
			    peer_at(peer, BUF + 512));
	CU_ASSERT_FALSE(virtq_device_has_available(&peer->device));
	UNIT_ASSERT_INT(hostile_pop(peer), 0);
	hostile_use(peer, id, 512);
	hostile_expect_none_used(peer);
}

/* Everything that a latched queue may be asked; nothing moves. */
static void expect_dead_queue(struct peer *peer, int error)
{
	UNIT_ASSERT_INT(hostile_pop(peer), error);
	UNIT_ASSERT_INT(virtq_device_error(&peer->device), error);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), error);
	UNIT_ASSERT_INT(virtq_device_repop(&peer->device, 0, &peer->chain),
			error);
	CU_ASSERT_TRUE(virtq_device_has_available(&peer->device));
	CU_ASSERT_FALSE(virtq_device_publish(&peer->device));
	virtq_device_disable_notifications(&peer->device);
	CU_ASSERT_TRUE(virtq_device_enable_notifications(&peer->device));
}

void hostile_expect_refusal(struct peer *peer, int error)
{
	static unsigned char before[PEER_TABLES];

	memcpy(before, peer->memory, sizeof(before));
	UNIT_ASSERT_INT(hostile_pop(peer), error);
	expect_dead_queue(peer, error);
	CU_ASSERT_FALSE(memcmp(before, peer->memory, sizeof(before)));
	UNIT_ASSERT_INT(peer_start_device(peer, peer->features), 0);
	UNIT_ASSERT_INT(virtq_device_in_flight(&peer->device), 0);
	hostile_serve_good(peer);
	UNIT_ASSERT_INT(peer_start_device(peer, peer->features), 0);
}

void hostile_refuse(struct peer *peer, const struct peer_piece *pieces,
		    uint16_t count, int error)
{
	peer_post(peer, pieces, count);
	hostile_expect_refusal(peer, error);
}

void hostile_refuse_single(struct peer *peer, uint64_t addr, uint32_t len,
			   uint16_t flags, int error)
{
	hostile_refuse(peer, &(struct peer_piece){ addr, len, flags }, 1,
		       error);
}

uint16_t hostile_accept(struct peer *peer, const struct peer_piece *pieces,
			uint16_t count)
{
	uint16_t id = peer_post(peer, pieces, count);

	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.head, id);
	return id;
}
