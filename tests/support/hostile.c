/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile.h"
#include "unit.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define ALL	PEER_SPLIT
#define N	VIRTQ_DESC_F_NEXT
#define W	VIRTQ_DESC_F_WRITE

struct peer *hostile_start(uint64_t features)
{
	struct peer *peer = peer_new(NUM);

	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	return peer;
}

int hostile_pop(struct peer *peer)
{
	return virtq_device_pop(&peer->device, &peer->chain);
}

void hostile_serve_good(struct peer *peer)
{
	peer_desc(peer, 3, peer_bus(BUF), 16, N, 5);
	peer_desc(peer, 5, peer_bus(BUF + 512), 512, W, 0);
	peer_avail(peer, 3);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.head, 3);
	UNIT_ASSERT_INT(peer->chain.readable, 1);
	UNIT_ASSERT_INT(peer->chain.writable, 1);
	UNIT_ASSERT_INT(peer->chain.readable_len, 16);
	UNIT_ASSERT_INT(peer->chain.writable_len, 512);
	CU_ASSERT_PTR_EQUAL(peer->segments[0].pointer, peer_at(peer, BUF));
	UNIT_ASSERT_INT(peer->segments[1].addr, peer_bus(BUF + 512));
	CU_ASSERT_PTR_EQUAL(peer->segments[1].pointer,
			    peer_at(peer, BUF + 512));
	UNIT_ASSERT_INT(hostile_pop(peer), 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 3, 512), 0);
	virtq_device_publish(&peer->device);
	UNIT_ASSERT_INT(peer->ring.used->idx, peer->device.used_idx);
}

void hostile_expect_refusal(struct peer *peer, int error)
{
	uint16_t used = peer->ring.used->idx;

	UNIT_ASSERT_INT(hostile_pop(peer), error);
	UNIT_ASSERT_INT(hostile_pop(peer), error);
	UNIT_ASSERT_INT(virtq_device_error(&peer->device), error);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), error);
	CU_ASSERT_FALSE(virtq_device_publish(&peer->device));
	CU_ASSERT_FALSE(virtq_device_enable_notifications(&peer->device));
	UNIT_ASSERT_INT(peer->ring.used->idx, used);
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
	hostile_serve_good(peer);
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
}

void hostile_refuse_single(struct peer *peer, uint64_t addr, uint32_t len,
			   uint16_t flags, int error)
{
	peer_desc(peer, 0, addr, len, flags, 0);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, error);
}
