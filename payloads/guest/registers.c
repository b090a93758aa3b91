/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every register at its edges: VirtIO 1.2, 4.2.2, as <virtio/mmio_device.h>
 * says what becomes of an access that breaks the rules.
 */
#include <string.h>
#include <common/report.h>
#include "guest.h"

#define PAGE		4096U
#define ONES		(~0ULL)

/* Everything that a driver can see of the device. */
struct view {
	uint32_t words[PAGE / 4];
};

static struct view before, after;

static void view_take(const struct guest_disk *disk, struct view *view)
{
	for (uint32_t i = 0; i < PAGE / 4; i++)
		view->words[i] = guest_read(disk, 4 * i);
	/* An interrupt of a completion that was polled may come any time. */
	view->words[VIRTIO_MMIO_INTERRUPT_STATUS / 4] = 0;
}

/* Whether nothing has changed since `before` was taken. */
static bool view_is_same(const struct guest_disk *disk)
{
	view_take(disk, &after);
	return !memcmp(&before, &after, sizeof(before));
}

static bool is_writable(uint32_t offset)
{
	static const uint32_t writable[] = {
		VIRTIO_MMIO_DEVICE_FEATURES_SEL, VIRTIO_MMIO_DRIVER_FEATURES,
		VIRTIO_MMIO_DRIVER_FEATURES_SEL, VIRTIO_MMIO_QUEUE_SEL,
		VIRTIO_MMIO_QUEUE_NUM, VIRTIO_MMIO_QUEUE_READY,
		VIRTIO_MMIO_QUEUE_NOTIFY, VIRTIO_MMIO_INTERRUPT_ACK,
		VIRTIO_MMIO_STATUS, VIRTIO_MMIO_QUEUE_DESC_LOW,
		VIRTIO_MMIO_QUEUE_DESC_HIGH, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
		VIRTIO_MMIO_QUEUE_DRIVER_HIGH, VIRTIO_MMIO_QUEUE_DEVICE_LOW,
		VIRTIO_MMIO_QUEUE_DEVICE_HIGH, VIRTIO_MMIO_SHM_SEL,
		VIRTIO_MMIO_QUEUE_RESET,
	};

	for (unsigned int i = 0; i < sizeof(writable) / sizeof(writable[0]);
	     i++) {
		if (offset == writable[i])
			return true;
	}
	return false;
}

static void test_constants(struct guest_disk *disk)
{
	uint32_t beyond = 0;

	report(guest_read(disk, VIRTIO_MMIO_MAGIC_VALUE) == VIRTIO_MMIO_MAGIC &&
		       guest_read(disk, VIRTIO_MMIO_VERSION) ==
			       VIRTIO_MMIO_VERSION_2 &&
		       guest_read(disk, VIRTIO_MMIO_DEVICE_ID) ==
			       VIRTIO_ID_BLOCK,
	       "registers: magic, version 2, a block device");
	report(!~(guest_read(disk, VIRTIO_MMIO_SHM_LEN_LOW) &
		  guest_read(disk, VIRTIO_MMIO_SHM_LEN_HIGH)),
	       "registers: no shared memory region");
	for (uint32_t at = VIRTIO_MMIO_CONFIG +
			   sizeof(struct virtio_blk_config);
	     at < PAGE; at += 4)
		beyond |= guest_read(disk, at);
	report(!beyond, "registers: nothing behind the configuration");
}

static void test_write_only(struct guest_disk *disk)
{
	uint32_t read = 0;

	for (uint32_t at = 0; at < VIRTIO_MMIO_CONFIG; at += 4) {
		if (!is_writable(at) || at == VIRTIO_MMIO_STATUS ||
		    at == VIRTIO_MMIO_QUEUE_READY ||
		    at == VIRTIO_MMIO_QUEUE_RESET)
			continue;
		read |= guest_read(disk, at);
	}
	report(!read, "registers: write-only ones read as 0");
}

static void test_read_only(struct guest_disk *disk)
{
	unsigned int faults = 0;

	view_take(disk, &before);
	for (uint32_t at = 0; at < PAGE; at += 4) {
		if (!is_writable(at))
			faults += guest_store_faults(disk->device->reg.base +
							     at, 4, ONES);
	}
	report(!faults && view_is_same(disk),
	       "registers: stores to what is read-only, or nothing, change nothing");
}

/* The device is in use: each of these could end it, or its queue. */
static void test_widths(struct guest_disk *disk)
{
	static const unsigned int widths[] = { 1, 2, 8 };
	static const uint64_t values[] = { 0, ONES };
	uint64_t base = disk->device->reg.base;
	unsigned int faults, w, v;

	for (w = 0; w < 3; w++) {
		faults = 0;
		view_take(disk, &before);
		for (v = 0; v < 2; v++) {
			for (uint32_t at = 0; at < PAGE; at += widths[w])
				faults += guest_store_faults(base + at,
							     widths[w],
							     values[v]);
		}
		report(!faults && view_is_same(disk),
		       "registers: stores of %u bytes change nothing",
		       widths[w]);
	}
}

static void test_misaligned(struct guest_disk *disk)
{
	static const unsigned int widths[] = { 2, 4, 8 };
	uint64_t base = disk->device->reg.base, value;
	unsigned int through = 0, w;

	view_take(disk, &before);
	for (w = 0; w < 3; w++) {
		for (uint32_t at = 0; at < VIRTIO_MMIO_CONFIG + 64; at++) {
			if (at % widths[w] == 0)
				continue;
			through += !guest_store_faults(base + at, widths[w], 0);
			/* A load may fault; it changes nothing. */
			guest_load_faults(base + at, widths[w], &value);
		}
	}
	report(!through && view_is_same(disk),
	       "registers: misaligned stores are faults and change nothing");
	through = 0;
	for (uint32_t at = 0; at < VIRTIO_MMIO_CONFIG + 64; at += 4)
		through += !guest_swap_faults(base + at, 0);
	report(!through && view_is_same(disk),
	       "registers: atomic accesses are faults and change nothing");
}

static void test_selectors(struct guest_disk *disk)
{
	static const uint32_t queues[] = { 1, 31, 32, 0x10000, 0x80000000,
					   0xffffffff };
	uint32_t seen = 0, i;

	for (i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		guest_write(disk, VIRTIO_MMIO_QUEUE_SEL, queues[i]);
		seen |= guest_read(disk, VIRTIO_MMIO_QUEUE_NUM_MAX) |
			guest_read(disk, VIRTIO_MMIO_QUEUE_READY);
		guest_write(disk, VIRTIO_MMIO_QUEUE_NUM, 8);
		for (uint32_t at = VIRTIO_MMIO_QUEUE_DESC_LOW;
		     at <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH; at += 4)
			guest_write(disk, at, 0);
		guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 1);
		seen |= guest_read(disk, VIRTIO_MMIO_QUEUE_READY);
		guest_write(disk, VIRTIO_MMIO_QUEUE_READY, 0);
		guest_write(disk, VIRTIO_MMIO_QUEUE_RESET, 1);
		seen |= guest_read(disk, VIRTIO_MMIO_QUEUE_RESET);
		guest_write(disk, VIRTIO_MMIO_QUEUE_NOTIFY, queues[i]);
	}
	guest_write(disk, VIRTIO_MMIO_QUEUE_SEL, 0);
	report(!seen && guest_read(disk, VIRTIO_MMIO_QUEUE_READY) == 1 &&
		       guest_disk_works(disk),
	       "registers: a queue that is not there has no register");

	seen = 0;
	for (i = 2; i < 36; i++) {
		guest_write(disk, VIRTIO_MMIO_DEVICE_FEATURES_SEL,
			    i < 34 ? i : i == 34 ? 0x80000000 : 0xffffffff);
		seen |= guest_read(disk, VIRTIO_MMIO_DEVICE_FEATURES);
	}
	guest_write(disk, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	report(!seen && guest_read(disk, VIRTIO_MMIO_DEVICE_FEATURES) & 1,
	       "registers: no features beyond the first 64");
}

/* Frozen, or without the feature that it belongs to. */
static void test_in_use(struct guest_disk *disk)
{
	static const uint32_t frozen[] = {
		VIRTIO_MMIO_QUEUE_NUM, VIRTIO_MMIO_QUEUE_DESC_LOW,
		VIRTIO_MMIO_QUEUE_DESC_HIGH, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
		VIRTIO_MMIO_QUEUE_DRIVER_HIGH, VIRTIO_MMIO_QUEUE_DEVICE_LOW,
		VIRTIO_MMIO_QUEUE_DEVICE_HIGH, VIRTIO_MMIO_DRIVER_FEATURES,
		VIRTIO_MMIO_SHM_SEL, VIRTIO_MMIO_INTERRUPT_ACK,
		VIRTIO_MMIO_QUEUE_RESET, VIRTIO_MMIO_QUEUE_READY,
	};
	static const uint32_t values[] = { 1, 3, 0xfffffff0 };

	view_take(disk, &before);
	for (unsigned int i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++) {
		for (unsigned int v = 0; v < 3; v++)
			guest_write(disk, frozen[i], values[v]);
	}
	report(view_is_same(disk) && guest_disk_works(disk),
	       "registers: those of a queue in use are frozen");
}

static void test_configuration(struct guest_disk *disk)
{
	uint64_t base = disk->device->reg.base + VIRTIO_MMIO_CONFIG;
	uint64_t wide, narrow;
	bool same = true;

	for (unsigned int at = 0; at < sizeof(struct virtio_blk_config);
	     at += 4) {
		wide = *(volatile uint32_t *)(uintptr_t)(base + at);
		narrow = 0;
		for (unsigned int i = 0; i < 4; i++)
			narrow |= (uint64_t)*(volatile uint8_t *)(uintptr_t)
				   (base + at + i) << 8 * i;
		same &= wide == narrow;
		for (unsigned int i = 0; i < 4; i += 2)
			same &= *(volatile uint16_t *)(uintptr_t)
				 (base + at + i) ==
				(uint16_t)(wide >> 8 * i);
	}
	report(same, "registers: the configuration reads alike by 1, 2, 4 bytes");
	for (unsigned int width = 1; width <= 4; width *= 2) {
		view_take(disk, &before);
		same = true;
		for (uint32_t at = 0; at < PAGE - VIRTIO_MMIO_CONFIG;
		     at += width)
			same &= !guest_store_faults(base + at, width, ONES);
		report(same && view_is_same(disk),
		       "registers: the configuration is not writable by %u bytes",
		       width);
	}
}

void guest_test_registers(struct guest_disk *disk)
{
	if (!report(!guest_disk_start(disk) && guest_disk_works(disk),
		    "registers: the device starts"))
		return;
	test_constants(disk);
	test_write_only(disk);
	test_read_only(disk);
	test_widths(disk);
	test_misaligned(disk);
	test_selectors(disk);
	test_in_use(disk);
	test_configuration(disk);
	report(guest_disk_works(disk), "registers: the device still works");
}
