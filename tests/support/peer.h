/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile peer: one block of shared memory with a ring in it, split or
 * packed, and raw access to every field of that ring, as a driver or a device
 * without scruples has it. Nothing here checks anything, and nothing asserts:
 * unit tests and fuzzers share it. Values are the host's; the ring's byte order
 * is looked after here.
 *
 * Layout: the block is PEER_BYTES long, appears on the bus at PEER_BUS, and
 * starts with the ring; peer_bus(offset) and peer_at(offset) name the bytes at
 * an offset in it. Memory around the block is not the peer's, and the address
 * sanitiser watches it.
 *
 * Most cases are the same in both formats: peer_post() and peer_collect() are a
 * raw driver, peer_take() and peer_complete() a raw device, for whichever was
 * negotiated. Start the side under test first; that also starts the raw one.
 */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#include <virtio/device.h>
#include <virtio/driver.h>
#include <virtio/ring.h>

#define PEER_BUS	UINT64_C(0x91000000)
#define PEER_BYTES	0x40000u
#define PEER_TABLES	0x10000u	/* the driver's indirect tables */
#define PEER_BUFFERS	0x20000u	/* from here on the test's alone */
#define PEER_NUM_MAX	2048u

/* All that a queue in use may have negotiated, of either format. */
#define PEER_SPLIT							\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))
#define PEER_PACKED	(PEER_SPLIT | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))

/* Part of a buffer; flags are VIRTQ_DESC_F_*, those of the lap excepted. */
struct peer_piece {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

/* Where a side goes on: a free-running index, or an offset and its lap. */
struct peer_place {
	uint16_t idx;
	bool wrap;		/* packed: the wrap counter, first true */
};

struct peer {
	unsigned char *memory;
	struct virtq_ring ring;
	struct virtq_addresses addresses;
	struct virtio_region regions[3];
	struct virtio_region_table table;

	uint64_t features;		/* of the side started last */

	/* The raw side's. */
	bool packed;
	struct peer_place avail;	/* the next that it posts, or takes */
	struct peer_place used;		/* the next it collects, or completes */
	uint16_t next_id;
	uint16_t lengths[PEER_NUM_MAX];	/* descriptors by id */

	/* What the other end, the one under test, needs; set up on demand. */
	struct virtq_device device;
	struct virtq_chain chain;
	struct virtq_segment segments[PEER_NUM_MAX];
	struct virtq_device_slot device_slots[PEER_NUM_MAX];
	struct virtq_driver driver;
	struct virtq_driver_slot slots[PEER_NUM_MAX];
	uint16_t table_entries;		/* 0: a driver without tables */
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
/* The device side once more on the ring as it is; the raw driver goes on. */
int peer_resume_device(struct peer *peer, uint64_t features,
		       const struct virtq_position *resume);
/* The driver side once more; the raw device stays where it is. */
int peer_restart_driver(struct peer *peer, uint64_t features);

/*
 * A raw driver, in either format. A buffer goes to the descriptors from @id on
 * (split), or to the next ones under the id @id (packed); NEXT is set in all
 * pieces but the last, in addition to their flags. Returns the id, which the
 * first function chooses.
 */
uint16_t peer_post(struct peer *peer, const struct peer_piece *pieces,
		   uint16_t count);
uint16_t peer_post_id(struct peer *peer, uint16_t id,
		      const struct peer_piece *pieces, uint16_t count);
/* An indirect table at @offset; split: linked in the order of the pieces. */
void peer_table(struct peer *peer, uint32_t offset,
		const struct peer_piece *pieces, uint16_t count);
/* Take the next used entry; false if there is none. */
bool peer_collect(struct peer *peer, struct virtq_used_elem *used);

/*
 * A raw device, in either format: the id of the next available buffer, or -1;
 * one used entry for a buffer, taken or not; one for all of @ids, which the
 * last of them names (VIRTIO_F_IN_ORDER).
 */
int peer_take(struct peer *peer);
void peer_complete(struct peer *peer, uint32_t id, uint32_t len);
void peer_complete_batch(struct peer *peer, const uint16_t *ids,
			 unsigned int count, uint32_t len);

/* Fields of the split ring. */
void peer_desc(struct peer *peer, uint16_t index, uint64_t addr, uint32_t len,
	       uint16_t flags, uint16_t next);
/* Write a descriptor anywhere, for indirect tables. */
void peer_desc_at(struct peer *peer, uint32_t offset, uint64_t addr,
		  uint32_t len, uint16_t flags, uint16_t next);
/* Write the next available entry and advance the index. */
void peer_avail(struct peer *peer, uint16_t head);
void peer_set_avail_idx(struct peer *peer, uint16_t idx);
void peer_set_avail_flags(struct peer *peer, uint16_t flags);
void peer_set_used_event(struct peer *peer, uint16_t event);
/* Write the next used entry and advance the index. */
void peer_used(struct peer *peer, uint32_t id, uint32_t len);
void peer_set_used_idx(struct peer *peer, uint16_t idx);
void peer_set_used_flags(struct peer *peer, uint16_t flags);
void peer_set_avail_event(struct peer *peer, uint16_t event);

struct virtq_desc peer_read_desc(const struct peer *peer, uint16_t index);
uint16_t peer_read_avail(const struct peer *peer, uint16_t entry);
uint16_t peer_read_avail_idx(const struct peer *peer);
uint16_t peer_read_avail_flags(const struct peer *peer);
uint16_t peer_read_used_event(const struct peer *peer);
struct virtq_used_elem peer_read_used(const struct peer *peer, uint16_t entry);
uint16_t peer_read_used_idx(const struct peer *peer);
uint16_t peer_read_used_flags(const struct peer *peer);
uint16_t peer_read_avail_event(const struct peer *peer);

/* Fields of the packed ring; all flags as given, those of the lap included. */
void peer_packed(struct peer *peer, uint16_t index, uint64_t addr, uint32_t len,
		 uint16_t id, uint16_t flags);
void peer_packed_at(struct peer *peer, uint32_t offset, uint64_t addr,
		    uint32_t len, uint16_t id, uint16_t flags);
void peer_set_driver_event(struct peer *peer, uint16_t off_wrap,
			   uint16_t flags);
void peer_set_device_event(struct peer *peer, uint16_t off_wrap,
			   uint16_t flags);

struct pvirtq_desc peer_read_packed(const struct peer *peer, uint16_t index);
struct pvirtq_event_suppress peer_read_driver_event(const struct peer *peer);
struct pvirtq_event_suppress peer_read_device_event(const struct peer *peer);

/* The flags that make a descriptor at @place available, or used, and the place
 * @count descriptors on. */
uint16_t peer_avail_lap(const struct peer_place *place);
uint16_t peer_used_lap(const struct peer_place *place);
void peer_advance(const struct peer *peer, struct peer_place *place,
		  uint32_t count);

#endif
