/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arithmetic of the packed format that both sides do: offsets that wrap at a
 * size of any number, and the laps that tell a fresh descriptor from a stale
 * one (2.8.1).
 */
#ifndef VIRTIO_PACKED_PRIVATE_H
#define VIRTIO_PACKED_PRIVATE_H

#include <port/port.h>
#include <virtio/ring.h>

/* The two flags as an available and as a used descriptor of the first lap have
 * them; on each next lap both are the other way round. */
#define PACKED_LAP_AVAIL	VIRTQ_DESC_F_AVAIL
#define PACKED_LAP_USED		(VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED)

/* Move an offset on by @count, at most @num. */
static inline void packed_advance(uint16_t *idx, uint16_t *lap, uint32_t num,
				  uint32_t count)
{
	uint32_t next = *idx + count;

	if (next >= num) {
		next -= num;
		*lap ^= PACKED_LAP_USED;
	}
	*idx = (uint16_t)next;
}

/*
 * An offset with the wrap counter above it. The AVAIL flag is the counter, of
 * available and of used descriptors alike.
 */
static inline uint16_t packed_position(uint16_t idx, uint16_t lap)
{
	return lap & VIRTQ_DESC_F_AVAIL ? (uint16_t)(idx | PVIRTQ_WRAP) : idx;
}

/*
 * Does the peer, whose wish is @event, want to hear of the last @count
 * descriptors up to @position (2.8.10)? After a full barrier, so that the order
 * of the two loads does not matter: a wish that this misses in part was written
 * by a peer that has yet to look for what was exposed.
 */
static inline bool packed_wants(const struct virtq_ring *ring,
				const struct pvirtq_event_suppress *event,
				bool event_idx, uint16_t position,
				uint16_t count)
{
	uint16_t flags = virtio_le16(port_load(&event->flags)) & 3;
	uint16_t idx = position & (uint16_t)~PVIRTQ_WRAP;
	uint16_t off_wrap, off;

	if (flags != RING_EVENT_FLAGS_DESC || !event_idx)
		return flags != RING_EVENT_FLAGS_DISABLE;
	off_wrap = virtio_le16(port_load(&event->off_wrap));
	off = off_wrap & (uint16_t)~PVIRTQ_WRAP;
	/* An event on the other lap is behind, not ahead. */
	if ((off_wrap ^ position) & PVIRTQ_WRAP)
		off -= (uint16_t)ring->num;
	return virtq_need_event(off, idx, (uint16_t)(idx - count));
}

#endif
