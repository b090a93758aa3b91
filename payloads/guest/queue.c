/* SPDX-License-Identifier: BSD-2-Clause */
/* Set-up of a queue at its edges: VirtIO 1.2, 4.2.3.2; hostile cases 21-23. */
#include <common/hart.h>
#include <common/report.h>
#include "guest.h"

#define SECONDS_MAX	5	/* for an answer that is due at once */

/* Writes everything but QueueReady. */
static void write_queue(struct guest_disk *disk, uint32_t num,
			const struct virtq_addresses *at)
{
	guest_write(disk, VIRTIO_MMIO_QUEUE_SEL, 0);
	guest_write(disk, VIRTIO_MMIO_QUEUE_NUM, num);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DESC_LOW, at->desc);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DESC_HIGH, at->desc >> 32);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DRIVER_LOW, at->driver);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DRIVER_HIGH, at->driver >> 32);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DEVICE_LOW, at->device);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DEVICE_HIGH, at->device >> 32);
}

static bool is_ready(struct guest_disk *disk)
{
	return guest_read(disk, VIRTIO_MMIO_QUEUE_READY) != 0;
}

/* Whether QueueReady stays 0 with that. */
static bool is_refused(struct guest_disk *disk, uint32_t num,
		       const struct virtq_addresses *at)
{
	write_queue(disk, num, at);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
	return !is_ready(disk);
}

static void test_sizes(struct guest_disk *disk,
		       const struct virtq_addresses *at)
{
	uint32_t max = guest_read(disk, VIRTIO_MMIO_QUEUE_NUM_MAX);
	const uint32_t wrong[] = { 0, 3, max - 1, max + 1, 2 * max, 0x8000,
				   0x10000, 0x80000000, 0xffffffff };
	bool refused = max > 2;

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refused &= is_refused(disk, wrong[i], at);
	report(refused, "queue: sizes that cannot be are refused");
}

static void test_ready(struct guest_disk *disk,
		       const struct virtq_addresses *at)
{
	bool refused;

	guest_write(disk, VIRTIO_MMIO_QUEUE_SEL, 0);
	guest_write(disk, VIRTIO_MMIO_QUEUE_NUM, disk->queue_size);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
	refused = !is_ready(disk);
	/* Two of three addresses. */
	guest_write(disk, VIRTIO_MMIO_QUEUE_DESC_LOW, at->desc);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DRIVER_LOW, at->driver);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
	refused &= !is_ready(disk);
	report(refused, "queue: none is ready without its addresses");

	write_queue(disk, disk->queue_size, at);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 2);
	refused = !is_ready(disk);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 0x80000000);
	refused &= !is_ready(disk);
	report(refused, "queue: QueueReady means something as 0 and 1 alone");
}

/* The registers take any address; the device then has to refuse to run. */
static bool is_unusable(struct guest_disk *disk,
			const struct virtq_addresses *at)
{
	uint64_t limit;
	uint32_t status;

	if (guest_disk_negotiate(disk))
		return false;
	write_queue(disk, disk->queue_size, at);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
	status = virtio_mmio_status(&disk->mmio) | VIRTIO_STATUS_DRIVER_OK;
	guest_write(disk, VIRTIO_MMIO_STATUS, status);
	limit = hart_get_time() + SECONDS_MAX * tree.timebase;
	while (hart_get_time() < limit) {
		if (virtio_mmio_status(&disk->mmio) &
		    VIRTIO_STATUS_DEVICE_NEEDS_RESET)
			return true;
	}
	return false;
}

static void test_addresses(struct guest_disk *disk,
			   const struct virtq_addresses *good)
{
	/* Of nobody, the firmware, a device, the end of everything. */
	static const uint64_t wrong[] = { 0, 0x80000000, 0x10000000,
					  0xfffffffffffff000 };
	struct virtq_addresses at;
	bool refused = true;

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		at = *good;
		at.desc = wrong[i];
		refused &= is_unusable(disk, &at);
		at = *good;
		at.driver = wrong[i];
		refused &= is_unusable(disk, &at);
		at = *good;
		at.device = wrong[i];
		refused &= is_unusable(disk, &at);
	}
	report(refused, "queue: parts in memory that is not ours need a reset");

	at = *good;
	at.desc += 8;
	refused = is_unusable(disk, &at);
	at = *good;
	at.device = at.driver;
	refused &= is_unusable(disk, &at);
	/* In the registers' own page: what serves it must not reach that. */
	at = *good;
	at.device = disk->device->reg.base;
	refused &= is_unusable(disk, &at);
	report(refused, "queue: misaligned, overlapping or in the device: as well");
	report(!guest_disk_start(disk) && guest_disk_works(disk),
	       "queue: after a reset the device works");
}

/* Once it is ready it stays as it is. */
static void test_change(struct guest_disk *disk,
			const struct virtq_addresses *at)
{
	struct virtq_addresses elsewhere = { 0 };

	if (!report(!guest_disk_negotiate(disk) && !guest_disk_set_up(disk),
		    "queue: it is set up"))
		return;
	write_queue(disk, 8, &elsewhere);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
	write_queue(disk, 3, &elsewhere);
	report(is_ready(disk) && !virtio_mmio_start(&disk->mmio) &&
		       guest_disk_works(disk),
	       "queue: it stays where it was when it became ready");
	/* High halves after low ones, and again: torn writes. */
	if (guest_disk_negotiate(disk))
		return;
	write_queue(disk, disk->queue_size, &elsewhere);
	write_queue(disk, disk->queue_size, at);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DESC_HIGH, 0xffffffff);
	guest_write(disk, VIRTIO_MMIO_QUEUE_DESC_HIGH, at->desc >> 32);
	report(!guest_disk_set_up(disk) && !virtio_mmio_start(&disk->mmio) &&
		       guest_disk_works(disk),
	       "queue: the last address written counts");
}

/* QueueReady 0 in use: the device lets go of it, and only of it. */
static void test_stop(struct guest_disk *disk)
{
	uint32_t status = virtio_mmio_status(&disk->mmio);
	bool stopped;

	guest_write(disk, VIRTIO_MMIO_QUEUE_SEL, 0);
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 0);
	stopped = !is_ready(disk) &&
		  virtio_mmio_status(&disk->mmio) == status;
	guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 0);
	report(stopped && !is_ready(disk),
	       "queue: one that is not ready any more reads so at once");
	report(!guest_disk_start(disk) && guest_disk_works(disk),
	       "queue: it comes back after a reset");
}

void guest_test_queue(struct guest_disk *disk)
{
	struct virtq_addresses at =
		virtq_layout_addresses((uintptr_t)disk->ring, disk->queue_size);

	if (!report(!virtio_mmio_reset(&disk->mmio), "queue: the device resets"))
		return;
	report(is_refused(disk, disk->queue_size, &at),
	       "queue: none is ready before the features are settled");
	if (guest_disk_negotiate(disk))
		return;
	test_ready(disk, &at);
	test_sizes(disk, &at);
	test_addresses(disk, &at);
	test_change(disk, &at);
	test_stop(disk);
}
