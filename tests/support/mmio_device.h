/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A register file as a virtio-mmio device shows it to a driver, with a knob for
 * each way in which it can misbehave. It checks the driver, too: what the
 * specification forbids is counted in `violations`.
 */
#ifndef MMIO_DEVICE_H
#define MMIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/mmio_driver.h>

#define MMIO_DEVICE_QUEUES	2u
#define MMIO_DEVICE_CONFIG	64u

struct mmio_device_queue {
	uint32_t max, num, ready;
	uint32_t low[3], high[3];	/* descriptors, driver, device */
};

struct mmio_device {
	uint32_t magic, version, id;
	uint64_t features;		/* offered */
	uint64_t accepted;
	uint32_t status, features_sel, driver_sel, queue_sel;
	uint32_t interrupt_status, last_notify;
	unsigned int notifies, resets, violations;
	uint8_t config[MMIO_DEVICE_CONFIG];
	uint32_t generation;
	struct mmio_device_queue queues[MMIO_DEVICE_QUEUES];

	/* Misbehaviour. */
	bool refuses_features;		/* clears FEATURES_OK */
	bool never_resets;		/* status does not become 0 */
	unsigned int slow_reset;	/* reads until it does */
	bool never_ready;		/* queue ready reads 0 */
	bool needs_reset;		/* as soon as DRIVER_OK is set */
	unsigned int config_changes;	/* during that many reads of it */
	unsigned int slow_left;
};

void mmio_device_init(struct mmio_device *device, uint32_t id,
		      uint64_t features);

/* The two callbacks of virtio_mmio_bind_access(); context: the device. */
uint32_t mmio_device_read(void *context, uint32_t offset, unsigned int width);
void mmio_device_write(void *context, uint32_t offset, uint32_t value);

#endif
