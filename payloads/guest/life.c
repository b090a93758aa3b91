/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device's life at its edges: status (VirtIO 1.2, 2.1 and 3.1.1), kicks,
 * resets; hostile cases 24 and 25.
 */
#include <string.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/report.h>
#include "guest.h"

#define CANARY		0xa5
#define QUIET_MS	20	/* in which what must not happen would */
#define BROKEN_MS	5000	/* within which it is known, a bound only */

static uint32_t status_set(struct guest_disk *disk, uint32_t status)
{
	guest_write(disk, VIRTIO_MMIO_STATUS, status);
	return virtio_mmio_status(&disk->mmio);
}

static void write_features(struct guest_disk *disk, uint64_t features)
{
	guest_write(disk, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	guest_write(disk, VIRTIO_MMIO_DRIVER_FEATURES, features);
	guest_write(disk, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	guest_write(disk, VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
}

static void test_status(struct guest_disk *disk)
{
	const uint32_t up = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
	bool right = !virtio_mmio_reset(&disk->mmio);

	/* ACKNOWLEDGE is of use to nobody, and some drivers leave it out. */
	right &= !status_set(disk, VIRTIO_STATUS_DRIVER_OK) &&
		 !status_set(disk, VIRTIO_STATUS_FEATURES_OK) &&
		 !status_set(disk, VIRTIO_STATUS_DEVICE_NEEDS_RESET) &&
		 !status_set(disk, ~(up | VIRTIO_STATUS_FAILED));
	report(right, "life: a step of the status cannot be left out");

	right = status_set(disk, VIRTIO_STATUS_ACKNOWLEDGE) ==
			VIRTIO_STATUS_ACKNOWLEDGE &&
		status_set(disk, up) == up &&
		status_set(disk, VIRTIO_STATUS_ACKNOWLEDGE) == up &&
		status_set(disk, up | VIRTIO_STATUS_DEVICE_NEEDS_RESET) == up;
	report(right, "life: a bit of the status cannot be taken back");

	write_features(disk, ~0ULL);
	right = status_set(disk, up | VIRTIO_STATUS_FEATURES_OK) == up;
	write_features(disk, 0);
	right &= status_set(disk, up | VIRTIO_STATUS_FEATURES_OK) == up;
	write_features(disk, disk->mmio.features);
	right &= status_set(disk, up | VIRTIO_STATUS_FEATURES_OK) ==
		 (up | VIRTIO_STATUS_FEATURES_OK);
	report(right,
	       "life: features not offered, or without what is required");

	right = (status_set(disk, VIRTIO_STATUS_FAILED) &
		 status_set(disk, 0xf) & VIRTIO_STATUS_FAILED) != 0;
	report(right && !status_set(disk, 0),
	       "life: FAILED stays until the reset");
}

/* A while in which nothing of this device may happen. */
static bool is_quiet(struct guest_disk *disk)
{
	uint64_t limit = hart_get_time() + QUIET_MS * tree.timebase / 1000;
	uint64_t interrupts = disk->interrupts;

	while (hart_get_time() < limit) {
		irq_poll();
		if (disk->interrupts != interrupts ||
		    virtq_driver_has_used(&disk->virtq))
			return false;
	}
	return true;
}

static void test_kicks(struct guest_disk *disk)
{
	int slot;

	if (!report(!guest_disk_negotiate(disk) && !guest_disk_set_up(disk),
		    "life: the device is set up but for DRIVER_OK"))
		return;
	guest_disk_submit(disk, 0, VIRTIO_BLK_T_IN, 0, 512);
	virtq_driver_publish(&disk->virtq);
	guest_write(disk, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	report(is_quiet(disk), "life: nothing is served before DRIVER_OK");
	/* It was told of the buffer too early: this is the time to look. */
	virtio_mmio_start(&disk->mmio);
	slot = guest_disk_await(disk);
	report(!slot && !disk->wires[0].status,
	       "life: what was available before is served from DRIVER_OK on");
	for (uint32_t queue = 0; queue < 64; queue++)
		guest_write(disk, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
	for (unsigned int i = 0; i < 4096; i++)
		guest_write(disk, VIRTIO_MMIO_QUEUE_NOTIFY, i % 2 ? 0 : ~0U);
	report(is_quiet(disk) && guest_disk_works(disk),
	       "life: kicks for nothing do nothing");
}

/* Asked for each time, with one in flight at a time. */
static void test_interrupts(struct guest_disk *disk)
{
	uint64_t begin, last;
	bool right = true;

	is_quiet(disk);		/* nothing of before is under way */
	begin = disk->interrupts;
	for (unsigned int i = 0; right && i < 256; i++) {
		last = disk->interrupts;
		right = !virtq_driver_enable_callbacks(&disk->virtq) &&
			!guest_disk_submit(disk, 0, VIRTIO_BLK_T_IN, 512 * i,
					   512);
		guest_disk_kick(disk);
		while (right && disk->interrupts == last)
			irq_wait();
		right = right && !guest_disk_poll(disk);
	}
	report(right && disk->interrupts - begin == 256,
	       "life: 256 requests one by one are 256 interrupts");
	report(!guest_read(disk, VIRTIO_MMIO_INTERRUPT_STATUS),
	       "life: an interrupt that was acknowledged is over");
}

static void fill_flight(struct guest_disk *disk, uint32_t type)
{
	for (unsigned int slot = 0; slot < GUEST_DEPTH; slot++)
		guest_disk_submit(disk, slot, type, slot * GUEST_REQUEST_BYTES,
				  GUEST_REQUEST_BYTES);
	guest_disk_kick(disk);
}

static bool is_filled(const void *data, uint64_t size)
{
	const unsigned char *bytes = data;

	while (size && bytes[size - 1] == CANARY)
		size--;
	return !size;
}

/* With requests in flight: when the store is done, nothing is any more. */
static bool reset_in_flight(struct guest_disk *disk)
{
	uint64_t ring = virtq_layout_bytes(disk->queue_size);
	uint64_t wires = GUEST_DEPTH * sizeof(*disk->wires);
	uint64_t data = GUEST_DEPTH * GUEST_REQUEST_BYTES, limit;

	fill_flight(disk, VIRTIO_BLK_T_IN);
	guest_write(disk, VIRTIO_MMIO_STATUS, 0);
	if (virtio_mmio_status(&disk->mmio) ||
	    guest_read(disk, VIRTIO_MMIO_INTERRUPT_STATUS))
		return false;
	memset(disk->ring, CANARY, ring);
	memset(disk->wires, CANARY, wires);
	memset(disk->data, CANARY, data);
	limit = hart_get_time() + QUIET_MS * tree.timebase / 1000;
	/* An interrupt of before the reset is stale, which is no fault. */
	while (hart_get_time() < limit)
		irq_poll();
	return is_filled(disk->ring, ring) && is_filled(disk->wires, wires) &&
	       is_filled(disk->data, data);
}

static void test_reset_in_flight(struct guest_disk *disk)
{
	bool right = true;

	for (unsigned int i = 0; right && i < 8; i++)
		right = !guest_disk_start(disk) && reset_in_flight(disk);
	report(right,
	       "life: nothing is written after a reset with requests in flight");
	report(!guest_disk_start(disk) && guest_disk_works(disk),
	       "life: and the device works again");
}

/* The ring's index runs away: the device has to say so, and to survive it. */
static void test_broken_ring(struct guest_disk *disk)
{
	struct virtq_ring ring = virtq_layout_ring(disk->ring,
						   disk->queue_size);
	uint64_t limit = hart_get_time() + BROKEN_MS * tree.timebase / 1000;

	disk->causes = 0;
	*(volatile uint16_t *)&ring.avail->idx = virtio_le16(
		virtio_le16(ring.avail->idx) + 2 * disk->queue_size);
	guest_write(disk, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	while (!(disk->causes & VIRTIO_MMIO_INT_CONFIG) &&
	       hart_get_time() < limit)
		irq_poll();
	report(disk->causes & VIRTIO_MMIO_INT_CONFIG &&
		       virtio_mmio_status(&disk->mmio) &
			       VIRTIO_STATUS_DEVICE_NEEDS_RESET,
	       "life: a ring that makes no sense needs a reset, and interrupts");
	report(!guest_disk_start(disk) && guest_disk_works(disk),
	       "life: which helps");
}

static void test_many(struct guest_disk *disk, unsigned int resets)
{
	unsigned int i = 0;

	while (i < resets && !guest_disk_start(disk) &&
	       !guest_disk_request(disk, VIRTIO_BLK_T_IN, 0, 512))
		i++;
	report(i == resets, "life: %u resets, each with a life after it",
	       resets);
}

void guest_test_life(struct guest_disk *disk, unsigned int resets)
{
	test_status(disk);
	test_kicks(disk);
	test_interrupts(disk);
	test_reset_in_flight(disk);
	test_broken_ring(disk);
	test_many(disk, resets);
}
