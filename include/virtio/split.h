/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue as it lies in memory: VirtIO 1.2, 2.7, with its names.
 * Little-endian; every byte may be written by the peer at any moment.
 */
#ifndef VIRTIO_SPLIT_H
#define VIRTIO_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#define VIRTQ_DESC_ALIGN	16u
#define VIRTQ_AVAIL_ALIGN	2u
#define VIRTQ_USED_ALIGN	4u

/* Flags of a descriptor, in the packed ring too. */
#define VIRTQ_DESC_F_NEXT	1u
#define VIRTQ_DESC_F_WRITE	2u
#define VIRTQ_DESC_F_INDIRECT	4u

#define VIRTQ_AVAIL_F_NO_INTERRUPT	1u
#define VIRTQ_USED_F_NO_NOTIFY		1u

struct virtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

struct virtq_avail {
	uint16_t flags;
	uint16_t idx;
	uint16_t ring[];	/* then used_event */
};

struct virtq_used_elem {
	uint32_t id;
	uint32_t len;
};

struct virtq_used {
	uint16_t flags;
	uint16_t idx;
	struct virtq_used_elem ring[];	/* then avail_event */
};

/* Sizes of the parts in bytes, the event index words of 2.7.7 and 2.7.10 included. */
static inline size_t virtq_desc_bytes(uint32_t num)
{
	return sizeof(struct virtq_desc) * num;
}

static inline size_t virtq_avail_bytes(uint32_t num)
{
	return sizeof(struct virtq_avail) + 2 * (size_t)num + 2;
}

static inline size_t virtq_used_bytes(uint32_t num)
{
	return sizeof(struct virtq_used) +
		sizeof(struct virtq_used_elem) * num + 2;
}

#endif
