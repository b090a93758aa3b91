/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A well-behaved driver for the device of mmio_device.h: brings it up and makes
 * requests of it, as the proof that it still serves.
 *
 * Its queue is the device's first; queue n's ring lies at n * MMIO_GUEST_RING
 * in the device's block, the buffers from MMIO_GUEST_BUFFERS on.
 */
#ifndef MMIO_GUEST_H
#define MMIO_GUEST_H

#include <virtio/driver.h>
#include <virtio/mmio_driver.h>

#include "mmio_device.h"

#define MMIO_GUEST_RING		0x2000u
#define MMIO_GUEST_BUFFERS	0x8000u
#define MMIO_GUEST_NUM		16u

struct mmio_guest {
	struct mmio_device *device;
	struct virtio_mmio dev;
	struct virtq_driver vq;
	struct virtq_driver_slot slots[MMIO_DEVICE_NUM];
	unsigned int requests;
};

/* Bind, reset, negotiate, set up queue 0 and start. Returns 0 or the error of
 * the first step that fails. */
int mmio_guest_bring_up(struct mmio_guest *guest, struct mmio_device *device,
			uint64_t features);

/* Set up queue 0, fresh or after its reset. */
int mmio_guest_set_up_queue(struct mmio_guest *guest);

/* Offer one request and notify if the device wants that; false: cannot. */
bool mmio_guest_offer(struct mmio_guest *guest);

/* One request from offer to interrupt and completion; true: the right bytes
 * came back. Other completions must not be outstanding. */
bool mmio_guest_request(struct mmio_guest *guest);

#endif
