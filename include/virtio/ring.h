/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both formats of a virtqueue share: its three parts, where they lie, and
 * byte order (VirtIO 1.2, 2.6). The formats themselves are split.h and packed.h.
 *
 * Everything in a ring may be written by the peer at any moment: read a field
 * once (port_load()), convert, check, and use only the copy.
 */
#ifndef VIRTIO_RING_H
#define VIRTIO_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <virtio/features.h>
#include <virtio/packed.h>
#include <virtio/split.h>

/* Device status (2.1). */
#define VIRTIO_STATUS_ACKNOWLEDGE	1u
#define VIRTIO_STATUS_DRIVER		2u
#define VIRTIO_STATUS_DRIVER_OK		4u
#define VIRTIO_STATUS_FEATURES_OK	8u
#define VIRTIO_STATUS_DEVICE_NEEDS_RESET 64u
#define VIRTIO_STATUS_FAILED		128u

/* Device types used here (5). */
#define VIRTIO_ID_NET		1
#define VIRTIO_ID_BLOCK		2
#define VIRTIO_ID_CONSOLE	3
#define VIRTIO_ID_ENTROPY	4

#define VIRTQ_SIZE_MAX		32768u

/*
 * One queue's three parts as this side reaches them: descriptor, driver and
 * device area. Which names apply is VIRTIO_F_RING_PACKED's to say.
 */
struct virtq_ring {
	uint32_t num;
	union {
		struct virtq_desc *desc;
		struct pvirtq_desc *packed;
	};
	union {
		struct virtq_avail *avail;
		struct pvirtq_event_suppress *driver_event;
	};
	union {
		struct virtq_used *used;
		struct pvirtq_event_suppress *device_event;
	};
};

/* The same three parts as the bus names them. */
struct virtq_addresses {
	uint32_t num;
	uint64_t desc;
	uint64_t driver;
	uint64_t device;
};

/*
 * How far the device side is: what it takes next and what it uses next. Split:
 * the two indices. Packed: the two ring offsets, each with its wrap counter in
 * bit 15 (PVIRTQ_WRAP).
 */
struct virtq_position {
	uint16_t avail;
	uint16_t used;
};

static inline uint16_t virtio_le16(uint16_t value)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
		value : __builtin_bswap16(value);
}

static inline uint32_t virtio_le32(uint32_t value)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
		value : __builtin_bswap32(value);
}

static inline uint64_t virtio_le64(uint64_t value)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
		value : __builtin_bswap64(value);
}

/* Is @num a size that a split virtqueue may have (2.7)? */
static inline bool virtq_size_is_valid(uint32_t num)
{
	return num && num <= VIRTQ_SIZE_MAX && !(num & (num - 1));
}

/* The same for either format: a packed one need not be a power of two (2.8). */
static inline bool virtq_size_is_valid_for(uint32_t num, uint64_t features)
{
	if (features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))
		return num && num <= VIRTQ_SIZE_MAX;
	return virtq_size_is_valid(num);
}

/*
 * Offsets of the parts in one block aligned to 64, each part apart from the
 * next by whole cache lines, since different sides write them. A block for a
 * split ring holds a packed one of the same size as well, at the same offsets.
 */
#define VIRTQ_LAYOUT_LINE	64u

static inline size_t virtq_layout_driver(uint32_t num)
{
	return (virtq_desc_bytes(num) + VIRTQ_LAYOUT_LINE - 1) &
		~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

static inline size_t virtq_layout_device(uint32_t num)
{
	return (virtq_layout_driver(num) + virtq_avail_bytes(num) +
		VIRTQ_LAYOUT_LINE - 1) & ~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

static inline size_t virtq_layout_bytes(uint32_t num)
{
	return (virtq_layout_device(num) + virtq_used_bytes(num) +
		VIRTQ_LAYOUT_LINE - 1) & ~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

/* The three parts of a block laid out as above, here and on the bus. */
static inline struct virtq_ring virtq_layout_ring(void *block, uint32_t num)
{
	char *base = block;
	struct virtq_ring ring = {
		.num = num,
		.desc = (void *)base,
		.avail = (void *)(base + virtq_layout_driver(num)),
		.used = (void *)(base + virtq_layout_device(num)),
	};

	return ring;
}

static inline struct virtq_addresses virtq_layout_addresses(uint64_t addr,
							    uint32_t num)
{
	struct virtq_addresses addresses = {
		.num = num,
		.desc = addr,
		.driver = addr + virtq_layout_driver(num),
		.device = addr + virtq_layout_device(num),
	};

	return addresses;
}

/* Where a split ring's driver says after which used entry it wants a
 * notification. */
static inline uint16_t *virtq_used_event(const struct virtq_ring *ring)
{
	return &ring->avail->ring[ring->num];
}

/* Where its device says after which available entry it wants one. */
static inline uint16_t *virtq_avail_event(const struct virtq_ring *ring)
{
	return (uint16_t *)(void *)&ring->used->ring[ring->num];
}

/*
 * Did an index that went from @old to @new pass the entry @event (2.7.7, 2.7.10)? All
 * three wrap at 65536; a peer's nonsense in @event costs only its own wake-up.
 */
static inline bool virtq_need_event(uint16_t event, uint16_t new, uint16_t old)
{
	return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

#endif
