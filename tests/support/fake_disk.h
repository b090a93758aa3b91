/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio-blk disk over an array, as the disk backend sees one: a queue whose
 * device side runs when the test says so. It reaches its driver's memory by bus
 * address only, through a region table, like a bus master that was granted
 * exactly those ranges.
 */
#ifndef FAKE_DISK_H
#define FAKE_DISK_H

#include <stdint.h>

#include <loopback/block_backend_virtio.h>
#include <virtio/device.h>

#define FAKE_DISK_SECTORS	128u
#define FAKE_DISK_QUEUE	8u
#define FAKE_DISK_SLOTS	4u
#define FAKE_DISK_RING_BUS	UINT64_C(0x90010000)
#define FAKE_DISK_WIRES_BUS	UINT64_C(0x90020000)

struct fake_disk {
	/* The device. */
	uint8_t data[FAKE_DISK_SECTORS * 512];
	struct virtq_device device;
	struct virtio_region regions[3];
	struct virtio_region_table table;
	struct virtq_device_slot device_slots[FAKE_DISK_QUEUE];
	struct virtq_segment segments[FAKE_DISK_QUEUE];
	unsigned int notified; /* QueueNotify writes */
	unsigned int served, flushes, zeroes;
	uint8_t status; /* ends requests with this */
	uint32_t cut; /* bytes missing from used.len */

	/* Its driver's memory. */
	uint8_t *ring;
	struct loopback_block_wire *wires;
	struct virtq_driver virtq;
	struct virtq_driver_slot virtq_slots[FAKE_DISK_QUEUE];
	struct loopback_block_disk_slot slots[FAKE_DISK_SLOTS];
	struct loopback_block_disk_config config;
	struct loopback_block_disk disk;
};

/* A live disk whose clients' pool is at `pool`; aborts if out of memory. */
struct fake_disk *fake_disk_new(void *pool, uint64_t pool_address,
				uint64_t pool_size, uint64_t features);
void fake_disk_free(struct fake_disk *fake);

/* Both sides anew, as after a reset of the disk. */
void fake_disk_restart(struct fake_disk *fake);

/* Serve up to `count` requests; returns how many there were. */
unsigned int fake_disk_serve(struct fake_disk *fake, unsigned int count);

#endif
