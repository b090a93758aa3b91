/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue as it lies in memory: VirtIO 1.2, 2.7, with its names.
 *
 * Multi-byte fields are little-endian on the wire; virtio_le*() converts either
 * way. Everything here may be written by the peer at any moment: read a field
 * once (port_load()), convert, check, and use only the copy.
 */
#ifndef VIRTIO_RING_H
#define VIRTIO_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Feature bits that belong to the transport, not to a device (6). */
#define VIRTIO_F_INDIRECT_DESC		28
#define VIRTIO_F_EVENT_IDX		29
#define VIRTIO_F_VERSION_1		32
#define VIRTIO_F_ACCESS_PLATFORM	33
#define VIRTIO_F_RING_PACKED		34
#define VIRTIO_F_IN_ORDER		35
#define VIRTIO_F_ORDER_PLATFORM		36
#define VIRTIO_F_SR_IOV			37
#define VIRTIO_F_NOTIFICATION_DATA	38
#define VIRTIO_F_NOTIF_CONFIG_DATA	39
#define VIRTIO_F_RING_RESET		40

#define VIRTIO_FEATURE(bit)	(UINT64_C(1) << (bit))

/* The features that virtq_driver and virtq_device implement. */
#define VIRTQ_FEATURES							\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

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

#define VIRTQ_DESC_ALIGN	16u
#define VIRTQ_AVAIL_ALIGN	2u
#define VIRTQ_USED_ALIGN	4u

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

/* One queue's three parts as this side reaches them. */
struct virtq_ring {
	uint32_t num;
	struct virtq_desc *desc;
	struct virtq_avail *avail;
	struct virtq_used *used;
};

/* The same three parts as the bus names them. */
struct virtq_addresses {
	uint32_t num;
	uint64_t desc;
	uint64_t avail;
	uint64_t used;
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

/* Sizes of the parts in bytes, the event index word of 2.7.10 included. */
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

/* Offsets of the parts in one block aligned to 16, each part apart from the
 * next by whole cache lines, since different sides write them. */
#define VIRTQ_LAYOUT_LINE	64u

static inline size_t virtq_layout_avail(uint32_t num)
{
	return (virtq_desc_bytes(num) + VIRTQ_LAYOUT_LINE - 1) &
		~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

static inline size_t virtq_layout_used(uint32_t num)
{
	return (virtq_layout_avail(num) + virtq_avail_bytes(num) +
		VIRTQ_LAYOUT_LINE - 1) & ~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

static inline size_t virtq_layout_bytes(uint32_t num)
{
	return (virtq_layout_used(num) + virtq_used_bytes(num) +
		VIRTQ_LAYOUT_LINE - 1) & ~(size_t)(VIRTQ_LAYOUT_LINE - 1);
}

/* The three parts of a block laid out as above, here and on the bus. */
static inline struct virtq_ring virtq_layout_ring(void *block, uint32_t num)
{
	char *base = block;
	struct virtq_ring ring = {
		.num = num,
		.desc = (void *)base,
		.avail = (void *)(base + virtq_layout_avail(num)),
		.used = (void *)(base + virtq_layout_used(num)),
	};

	return ring;
}

static inline struct virtq_addresses virtq_layout_addresses(uint64_t addr,
							    uint32_t num)
{
	struct virtq_addresses addresses = {
		.num = num,
		.desc = addr,
		.avail = addr + virtq_layout_avail(num),
		.used = addr + virtq_layout_used(num),
	};

	return addresses;
}

/* Where the driver says after which used entry it wants a notification. */
static inline uint16_t *virtq_used_event(const struct virtq_ring *ring)
{
	return &ring->avail->ring[ring->num];
}

/* Where the device says after which available entry it wants one. */
static inline uint16_t *virtq_avail_event(const struct virtq_ring *ring)
{
	return (uint16_t *)(void *)&ring->used->ring[ring->num];
}

/*
 * Did an index that went from @old to @new pass the entry @event (2.7.10)? All
 * three wrap at 65536; a peer's nonsense in @event costs only its own wake-up.
 */
static inline bool virtq_need_event(uint16_t event, uint16_t new, uint16_t old)
{
	return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

#endif
