/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vhost-user protocol on the wire, with the names of its specification (the
 * "Vhost-user Protocol" of the QEMU documentation). Both ends run on one
 * machine: integers are in its byte order.
 *
 * Ownership, concurrency: constants and plain structures. Trust: a message that
 * came from the other side is hostile until codec.h and session.h have looked
 * at it.
 */
#ifndef VHOST_USER_H
#define VHOST_USER_H

#include <stddef.h>
#include <stdint.h>

#include <virtio/features.h>

#define VHOST_USER_VERSION		1u
#define VHOST_USER_VERSION_MASK		3u
#define VHOST_USER_REPLY		(1u << 2)
#define VHOST_USER_NEED_REPLY		(1u << 3)

#define VHOST_USER_GET_FEATURES		1u
#define VHOST_USER_SET_FEATURES		2u
#define VHOST_USER_SET_OWNER		3u
#define VHOST_USER_RESET_OWNER		4u
#define VHOST_USER_SET_MEM_TABLE	5u
#define VHOST_USER_SET_LOG_BASE		6u
#define VHOST_USER_SET_VRING_NUM	8u
#define VHOST_USER_SET_VRING_ADDR	9u
#define VHOST_USER_SET_VRING_BASE	10u
#define VHOST_USER_GET_VRING_BASE	11u
#define VHOST_USER_SET_VRING_KICK	12u
#define VHOST_USER_SET_VRING_CALL	13u
#define VHOST_USER_SET_VRING_ERR	14u
#define VHOST_USER_GET_PROTOCOL_FEATURES 15u
#define VHOST_USER_SET_PROTOCOL_FEATURES 16u
#define VHOST_USER_GET_QUEUE_NUM	17u
#define VHOST_USER_SET_VRING_ENABLE	18u
#define VHOST_USER_GET_CONFIG		24u
#define VHOST_USER_SET_CONFIG		25u
#define VHOST_USER_GET_INFLIGHT_FD	31u
#define VHOST_USER_SET_INFLIGHT_FD	32u
#define VHOST_USER_GET_MAX_MEM_SLOTS	36u
#define VHOST_USER_ADD_MEM_REG		37u
#define VHOST_USER_REM_MEM_REG		38u

/* Among the virtio features: SET_PROTOCOL_FEATURES may follow. */
#define VHOST_USER_F_PROTOCOL_FEATURES	30

#define VHOST_USER_PROTOCOL_F_MQ		0
#define VHOST_USER_PROTOCOL_F_REPLY_ACK		3
#define VHOST_USER_PROTOCOL_F_CONFIG		9
#define VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD	12
#define VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS 15

#define VHOST_USER_FEATURE(bit)		(UINT64_C(1) << (bit))

/*
 * What the rings of either end can do here. Without VIRTIO_F_RING_PACKED: the
 * log of requests in flight exists for split rings alone, and a device that
 * could not survive its restart is neither offered nor accepted.
 */
#define VHOST_RING_FEATURES						\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

/* Rings of a device, and entries of one, that a back end serves. */
#define VHOST_RINGS_MAX			8u
#define VHOST_RING_SIZE_MAX		1024u

/* Payload of SET_VRING_KICK, _CALL, _ERR: the ring, and "no descriptor". */
#define VHOST_USER_VRING_IDX_MASK	0xffu
#define VHOST_USER_VRING_NOFD_MASK	(1u << 8)

/* As many as struct virtio_region_table holds. */
#define VHOST_USER_REGIONS_MAX		16u
/* Descriptors with one message: SET_MEM_TABLE has one for each region. */
#define VHOST_DESCRIPTORS_MAX		VHOST_USER_REGIONS_MAX
#define VHOST_USER_CONFIG_MAX		256u

/* SET_VRING_NUM, _BASE, _ENABLE, GET_VRING_BASE. */
struct vhost_vring_state {
	uint32_t index;
	uint32_t num;
};

/* User addresses, as in the memory table. */
struct vhost_vring_addr {
	uint32_t index;
	uint32_t flags;
	uint64_t desc_user_addr;
	uint64_t used_user_addr;
	uint64_t avail_user_addr;
	uint64_t log_guest_addr;
};

struct vhost_user_region {
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
	uint64_t mmap_offset;
};

struct vhost_user_memory {
	uint32_t nregions;
	uint32_t padding;
	struct vhost_user_region regions[VHOST_USER_REGIONS_MAX];
};

struct vhost_user_mem_reg {
	uint64_t padding;
	struct vhost_user_region region;
};

struct vhost_user_config {
	uint32_t offset;
	uint32_t size;
	uint32_t flags;
	uint8_t region[VHOST_USER_CONFIG_MAX];
};

struct vhost_user_inflight {
	uint64_t mmap_size;
	uint64_t mmap_offset;
	uint16_t num_queues;
	uint16_t queue_size;
	uint32_t padding;	/* some send it, some do not */
};

#define VHOST_USER_HEADER_SIZE		12u

struct vhost_user_message {
	uint32_t request;
	uint32_t flags;
	uint32_t size;		/* of the payload */
	union {
		uint64_t u64;
		struct vhost_vring_state state;
		struct vhost_vring_addr addr;
		struct vhost_user_memory memory;
		struct vhost_user_mem_reg mem_reg;
		struct vhost_user_config config;
		struct vhost_user_inflight inflight;
	} payload;
};

#define VHOST_USER_PAYLOAD_MAX	sizeof(struct vhost_user_memory)
#define VHOST_USER_MESSAGE_MAX	(VHOST_USER_HEADER_SIZE + \
				 VHOST_USER_PAYLOAD_MAX)

_Static_assert(sizeof(struct vhost_vring_addr) == 40, "vring address");
_Static_assert(sizeof(struct vhost_user_region) == 32, "memory region");
_Static_assert(sizeof(struct vhost_user_inflight) == 24, "inflight");

#endif
