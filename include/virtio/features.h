/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feature bits of the transport and the ring (VirtIO 1.2, 6), and the rules of
 * negotiation (2.2, 3.1.1) for both sides.
 *
 * Memory: none is kept. Concurrency: pure functions. Trust: a set of bits read
 * from the other side is hostile until one of these has looked at it.
 */
#ifndef VIRTIO_FEATURES_H
#define VIRTIO_FEATURES_H

#include <stdint.h>

#include <virtio/error.h>

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
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |				\
	 VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |				\
	 VIRTIO_FEATURE(VIRTIO_F_IN_ORDER) |				\
	 VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA))

/* Bits that mean the same for every device type (2.2). */
#define VIRTIO_TRANSPORT_BITS						\
	(VIRTIO_FEATURE(50) - VIRTIO_FEATURE(24))

/*
 * Those of them that can be negotiated with this library. Of the others some
 * belong to another transport, some to no specification yet, and
 * ORDER_PLATFORM promises barriers that the rings do not make.
 */
#define VIRTIO_TRANSPORT_FEATURES					\
	(VIRTQ_FEATURES |						\
	 VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM) |			\
	 VIRTIO_FEATURE(VIRTIO_F_RING_RESET))

/*
 * What a device type says of its own bits (the "feature bit requirements" of
 * 5.x): @feature requires at least one of @one_of, a set. A table may name a
 * feature more than once and ends with an empty `one_of`; NULL is no table.
 */
struct virtio_feature_rule {
	uint64_t one_of;
	unsigned int feature;		/* a bit number below 64 */
};

/*
 * The driver's choice (2.2.1): of @offered what it wants or requires, less the
 * features that require another which was not chosen, and never a bit of the
 * transport that this library does not know, even if it is wanted.
 * VIRTIO_F_VERSION_1 is always both wanted and required (6.1).
 *
 * Returns 0 with the choice in @chosen, or VIRTIO_ERR_FEATURES if a required
 * one cannot be had; then @chosen is left alone.
 */
int virtio_features_choose(uint64_t offered, uint64_t wanted, uint64_t required,
			   const struct virtio_feature_rule *rules,
			   uint64_t *chosen);

/*
 * The device's verdict on what a driver accepted (2.2.2): 0 if every bit was
 * offered, all of @required and VIRTIO_F_VERSION_1 are there, and so is what
 * they require; else VIRTIO_ERR_FEATURES. @required is for what a device cannot
 * work without, such as VIRTIO_F_ACCESS_PLATFORM (6.2).
 */
int virtio_features_judge(uint64_t accepted, uint64_t offered,
			  uint64_t required,
			  const struct virtio_feature_rule *rules);

#endif
