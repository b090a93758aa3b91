/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole virtio-mmio device: the register machine of lib/virtio, an owner that
 * serves real rings in a block of memory, and between both and the driver a
 * liar, with a knob for each way in which a device can misbehave. The owner
 * answers a request by copying what is readable to what is writable.
 *
 * The liar watches the driver, too: what the specification forbids a driver is
 * counted in `violations`. Hostile drivers go past it, to `machine`.
 */
#ifndef MMIO_DEVICE_H
#define MMIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/device.h>
#include <virtio/mmio_device.h>

#define MMIO_DEVICE_QUEUES	2u
#define MMIO_DEVICE_NUM		64u
#define MMIO_DEVICE_CONFIG	64u
#define MMIO_DEVICE_LIES	4u

/* The block: where it is on the bus, above 4 GiB so that high halves count. */
#define MMIO_DEVICE_BUS		UINT64_C(0x123450000)
#define MMIO_DEVICE_BYTES	0x10000u

struct mmio_device_queue {
	struct virtq_device vq;
	struct virtq_device_slot slots[MMIO_DEVICE_NUM];
	struct virtq_addresses at;
	unsigned int readies;		/* accepted by the owner */
	unsigned int stops;		/* asked of it */
	unsigned int notifies;
	uint16_t data;			/* of the last one */
	uint16_t held;			/* head of the request kept back */
	bool serving;
	bool holding;
};

struct mmio_device {
	struct virtio_mmio_device machine;
	struct virtio_mmio_device_config config;
	/* One more than the machine knows of: a canary that looks usable. */
	struct virtio_mmio_queue queues[MMIO_DEVICE_QUEUES + 1];
	struct mmio_device_queue owner[MMIO_DEVICE_QUEUES];
	uint8_t space[MMIO_DEVICE_CONFIG];
	unsigned char *memory;		/* MMIO_DEVICE_BYTES */
	struct virtio_region region;
	struct virtio_region_table table;
	struct virtq_segment segments[MMIO_DEVICE_NUM];
	unsigned int asked;		/* to make a queue ready */
	unsigned int driver_oks, resets, config_writes;
	unsigned int strays;		/* calls that must never come */
	unsigned int violations;

	/* The owner's knobs. */
	bool refuses_queues;
	bool holds;			/* takes requests, completes none */
	bool silent;			/* answers neither stop nor reset */
	bool breaks;			/* asks for a reset at DRIVER_OK */
	unsigned int slow_reads;	/* of Status, then it answers a reset */

	/* The liar's. */
	unsigned int config_changes;	/* during that many reads of it */
	unsigned int lie_count;
	struct {
		uint32_t offset, value;
	} lies[MMIO_DEVICE_LIES];
};

/* A well-behaved device, in reset; frees nothing that an earlier use took. */
void mmio_device_init(struct mmio_device *device, uint32_t id,
		      uint64_t features);
/* Show it anew after a change of `config`. */
void mmio_device_show(struct mmio_device *device);
void mmio_device_free(struct mmio_device *device);

/* From now on register @offset reads @value. */
void mmio_device_lie(struct mmio_device *device, uint32_t offset,
		     uint32_t value);

/* The two callbacks of virtio_mmio_bind_access(); context: the device. */
uint32_t mmio_device_read(void *context, uint32_t offset, unsigned int width);
void mmio_device_write(void *context, uint32_t offset, uint32_t value);

/* Try to complete the request that was kept back, whatever has happened since:
 * what virtq_device_push() says. Interrupts as usual. */
int mmio_device_complete(struct mmio_device *device, uint32_t index);

static inline void *mmio_device_at(struct mmio_device *device, uint32_t offset)
{
	return device->memory + offset;
}

#endif
