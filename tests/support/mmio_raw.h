/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver without scruples for the device of mmio_device.h: bare registers and
 * the proof that the device survives. For tests of the register machine; each
 * test program has its own `device` and `guest`.
 */
#ifndef MMIO_RAW_H
#define MMIO_RAW_H

#include "mmio_guest.h"
#include "unit.h"

#define VERSION_1	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define PACKED		VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)
#define RESET		VIRTIO_FEATURE(VIRTIO_F_RING_RESET)
#define DATA		VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA)

#define ACKNOWLEDGE	VIRTIO_STATUS_ACKNOWLEDGE
#define DRIVER		VIRTIO_STATUS_DRIVER
#define FEATURES_OK	VIRTIO_STATUS_FEATURES_OK
#define DRIVER_OK	VIRTIO_STATUS_DRIVER_OK
#define NEEDS_RESET	VIRTIO_STATUS_DEVICE_NEEDS_RESET
#define FAILED		VIRTIO_STATUS_FAILED
#define UP		(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK)

/* The same test with a split ring and with a packed one. */
#define BOTH_FORMATS(name)						\
	static void name##_split(void)					\
	{								\
		name(0);						\
	}								\
	static void name##_packed(void)					\
	{								\
		name(PACKED);						\
	}

#define BOTH_TESTS(name)						\
	UNIT_TEST(name##_split), UNIT_TEST(name##_packed)

static struct mmio_device device;
static struct mmio_guest guest;
static struct virtio_mmio_device *const machine = &device.machine;

static inline uint32_t r(uint32_t offset)
{
	return virtio_mmio_device_read(machine, offset, 4);
}

static inline bool w(uint32_t offset, uint32_t value)
{
	return virtio_mmio_device_write(machine, offset, 4, value);
}

/* A fresh device that offers all there is. */
static inline void fresh(void)
{
	mmio_device_free(&device);
	mmio_device_init(&device, VIRTIO_ID_BLOCK, VIRTIO_TRANSPORT_FEATURES);
}

static inline void raw_features(uint64_t features)
{
	w(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	w(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	w(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	w(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
}

/* A fresh device, up to FEATURES_OK. */
static inline void negotiated(uint64_t features)
{
	fresh();
	raw_features(features | VERSION_1);
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS),
			ACKNOWLEDGE | DRIVER | FEATURES_OK);
}

/* The ring's place as the guest uses it, into the selected queue. */
static inline void raw_addresses(struct virtq_addresses at)
{
	w(VIRTIO_MMIO_QUEUE_NUM, at.num);
	w(VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)at.desc);
	w(VIRTIO_MMIO_QUEUE_DESC_HIGH, (uint32_t)(at.desc >> 32));
	w(VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)at.driver);
	w(VIRTIO_MMIO_QUEUE_DRIVER_HIGH, (uint32_t)(at.driver >> 32));
	w(VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)at.device);
	w(VIRTIO_MMIO_QUEUE_DEVICE_HIGH, (uint32_t)(at.device >> 32));
}

/* A fresh device with a guest on it that works. */
static inline void guest_up(uint64_t features)
{
	fresh();
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device,
					    VERSION_1 | features), 0);
	CU_ASSERT_TRUE(mmio_guest_request(&guest));
}

/* Nothing has harmed the guest that is up. */
static inline void expect_service(void)
{
	CU_ASSERT_TRUE(mmio_guest_request(&guest));
	UNIT_ASSERT_INT(device.strays, 0);
}

/* After a reset the device serves again. */
static inline void expect_recovery(uint64_t features)
{
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device,
					    VERSION_1 | features), 0);
	expect_service();
}

#endif
