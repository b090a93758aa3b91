/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packed virtqueue as it lies in memory: VirtIO 1.2, 2.8, with its names.
 * Little-endian; every byte may be written by the peer at any moment.
 */
#ifndef VIRTIO_PACKED_H
#define VIRTIO_PACKED_H

#include <stdint.h>

#define PVIRTQ_DESC_ALIGN		16u
#define PVIRTQ_EVENT_SUPPRESS_ALIGN	4u

/* Besides VIRTQ_DESC_F_* of split.h (2.8.1). */
#define VIRTQ_DESC_F_AVAIL	(1u << 7)
#define VIRTQ_DESC_F_USED	(1u << 15)

/* The two low bits of pvirtq_event_suppress.flags (2.8.10). */
#define RING_EVENT_FLAGS_ENABLE		0u
#define RING_EVENT_FLAGS_DISABLE	1u
#define RING_EVENT_FLAGS_DESC		2u

/* A descriptor of the ring; in an indirect table `id` and all flags but
 * VIRTQ_DESC_F_WRITE mean nothing (2.8.7). */
struct pvirtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t id;
	uint16_t flags;
};

/* An offset with a wrap counter in bit 15, and RING_EVENT_FLAGS_*. */
struct pvirtq_event_suppress {
	uint16_t off_wrap;
	uint16_t flags;
};

#define PVIRTQ_WRAP	0x8000u

#endif
