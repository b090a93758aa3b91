/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile peer: one block of shared memory with a split ring in it, and raw
 * access to every field of that ring, as a driver or a device without scruples
 * has it. Nothing here checks anything. Unit tests and fuzzers share it.
 *
 * Layout: the block is PEER_BYTES long, appears on the bus at PEER_BUS, and
 * starts with the ring; peer_bus(offset) and peer_at(offset) name the bytes at
 * an offset in it. Memory around the block is not the peer's, and the address
 * sanitiser watches it.
 */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#include <virtio/device.h>
#include <virtio/driver.h>
#include <virtio/ring.h>

#define PEER_BUS	UINT64_C(0x91000000)
#define PEER_BYTES	0x40000u
#define PEER_BUFFERS	0x20000u	/* from here on the test's alone */
#define PEER_NUM_MAX	2048u

/* All that a queue in use may have negotiated, of either format. */
#define PEER_SPLIT							\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))
#define PEER_PACKED	(PEER_SPLIT | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))

struct peer {
	unsigned char *memory;
	struct virtq_ring ring;
	struct virtq_addresses addresses;
	struct virtio_region regions[3];
	struct virtio_region_table table;
	uint16_t avail_idx;	/* of the raw driver */
	uint16_t used_idx;	/* of the raw device */

	/* What the other end, the one under test, needs; set up on demand. */
	struct virtq_device device;
	struct virtq_chain chain;
	struct virtq_segment segments[PEER_NUM_MAX];
	struct virtq_device_slot device_slots[PEER_NUM_MAX];
	struct virtq_driver driver;
	struct virtq_driver_slot slots[PEER_NUM_MAX];
};

/* A fresh block with a zeroed ring of @num entries; aborts if out of memory. */
struct peer *peer_new(uint32_t num);
void peer_free(struct peer *peer);

static inline uint64_t peer_bus(uint32_t offset)
{
	return PEER_BUS + offset;
}

static inline void *peer_at(struct peer *peer, uint32_t offset)
{
	return peer->memory + offset;
}

/* Start, or after a latch restart, the side under test with @features. */
int peer_start_device(struct peer *peer, uint64_t features);
int peer_start_driver(struct peer *peer, uint64_t features);

/* The raw driver. */
void peer_desc(struct peer *peer, uint16_t index, uint64_t addr, uint32_t len,
	       uint16_t flags, uint16_t next);
/* Write a descriptor anywhere, for indirect tables. */
void peer_desc_at(struct peer *peer, uint32_t offset, uint64_t addr,
		  uint32_t len, uint16_t flags, uint16_t next);
/* Write the next available entry and advance the index. */
void peer_avail(struct peer *peer, uint16_t head);
void peer_set_avail_idx(struct peer *peer, uint16_t idx);
void peer_set_used_event(struct peer *peer, uint16_t event);

/* The raw device. */
void peer_used(struct peer *peer, uint32_t id, uint32_t len);
void peer_set_used_idx(struct peer *peer, uint16_t idx);
void peer_set_avail_event(struct peer *peer, uint16_t event);

#endif
