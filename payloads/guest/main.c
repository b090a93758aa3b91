/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Uses its virtio-mmio disks and its UART as an operating system would, and
 * then as none should.
 *
 * Boot arguments:
 *	work		only as an operating system would
 *	rounds=N	times to write and verify the pattern (1)
 *	resets=N	resets of each disk (100)
 *	disks=N		how many there have to be (1)
 *	absent		they are described, but nobody serves them
 *	deaf		whoever serves them answers no reset in its first life
 *	restart		restart once, with requests in flight
 *	echo		answer what is typed, and do nothing else
 *	bench		measure for `make bench-guest`, and do nothing else
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/memory.h>
#include <common/report.h>
#include "guest.h"

#define RESETS_DEFAULT	100
#define RETURN_SECONDS	20	/* for a server's next life */

static struct guest_disk guest_disks[GUEST_DISKS_MAX];

/* Returns how many there are. */
static unsigned int open_disks(void)
{
	const struct tree_device *device = NULL;
	unsigned int count = 0;

	while ((device = tree_find_device(&tree, device, "virtio,mmio")) &&
	       count < GUEST_DISKS_MAX) {
		/* The slot of a disk that was not plugged in. */
		if (!guest_disk_is_there(device))
			continue;
		if (!report(!guest_disk_open(&guest_disks[count], device),
			    "%s opens, interrupt %d", device->name,
			    device->source))
			continue;
		count++;
	}
	return count;
}

static void test_absent(void)
{
	const struct tree_device *device =
		tree_find_device(&tree, NULL, "virtio,mmio");
	uint64_t base = device ? device->reg.base : 0;
	volatile uint32_t *registers = (void *)(uintptr_t)base;
	bool empty;

	if (!report(device != NULL, "absent: it is described"))
		return;
	report(registers[VIRTIO_MMIO_MAGIC_VALUE / 4] == VIRTIO_MMIO_MAGIC &&
		       registers[VIRTIO_MMIO_VERSION / 4] ==
			       VIRTIO_MMIO_VERSION_2 &&
		       !registers[VIRTIO_MMIO_DEVICE_ID / 4],
	       "absent: nobody serves it, and it says so by device 0");
	registers[VIRTIO_MMIO_STATUS / 4] = VIRTIO_STATUS_ACKNOWLEDGE;
	registers[VIRTIO_MMIO_QUEUE_NOTIFY / 4] = 0;
	registers[VIRTIO_MMIO_STATUS / 4] = 0;
	empty = !registers[VIRTIO_MMIO_STATUS / 4] &&
		!registers[VIRTIO_MMIO_QUEUE_NUM_MAX / 4];
	report(empty, "absent: stores to it end, and a reset too");
}

/* The firmware ends the server: the reset is over, and a device comes back. */
static void test_deaf(struct guest_disk *disk)
{
	uint64_t limit;

	if (!report(!guest_disk_start(disk) && guest_disk_works(disk),
		    "deaf: the device works"))
		return;
	guest_write(disk, VIRTIO_MMIO_STATUS, 0);
	report(!guest_read(disk, VIRTIO_MMIO_STATUS),
	       "deaf: a reset that nobody answers is over");
	limit = hart_get_time() + RETURN_SECONDS * tree.timebase;
	while (!guest_disk_is_there(disk->device) && hart_get_time() < limit)
		;
	report(!guest_disk_start(disk) && guest_disk_works(disk),
	       "deaf: the next life of the server serves");
}

/* What is free was zeroed, and nothing late was written there. */
static bool memory_is_zero(void)
{
	uint64_t base, size = memory_get_free(&base);
	const uint64_t *words = (void *)(uintptr_t)base;

	for (uint64_t i = 0; i < size / 8; i++) {
		if (words[i])
			return false;
	}
	return true;
}

static void restart_in_flight(struct guest_disk *disk)
{
	if (!report(!guest_disk_start(disk) && guest_disk_works(disk),
		    "restart: the device works"))
		return;
	for (unsigned int slot = 0; slot < GUEST_DEPTH; slot++)
		guest_disk_submit(disk, slot, VIRTIO_BLK_T_IN,
				  slot * GUEST_REQUEST_BYTES,
				  GUEST_REQUEST_BYTES);
	guest_disk_kick(disk);
	print("restarting with %u requests in flight\n", GUEST_DEPTH);
	firmware_restart();
}

static void test_next_life(const struct tree_device *device)
{
	volatile uint32_t *registers = (void *)(uintptr_t)device->reg.base;

	report(!registers[VIRTIO_MMIO_STATUS / 4] &&
		       !registers[VIRTIO_MMIO_INTERRUPT_STATUS / 4] &&
		       !registers[VIRTIO_MMIO_QUEUE_READY / 4],
	       "restart: the device is as after a reset");
	report(memory_is_zero(), "restart: nothing late is in our memory");
}

static void test_disks(unsigned int count)
{
	unsigned int resets = tree_get_number(&tree, "resets", RESETS_DEFAULT);

	guest_test_work(guest_disks, count,
			tree_get_number(&tree, "rounds", 1));
	if (tree_has_word(&tree, "work"))
		return;
	for (unsigned int i = 0; i < count; i++) {
		guest_test_registers(&guest_disks[i]);
		guest_test_queue(&guest_disks[i]);
		guest_test_life(&guest_disks[i], resets);
	}
	/* Whatever was done to one has left the others as they were. */
	for (unsigned int i = 0; i < count; i++)
		report(guest_disk_works(&guest_disks[i]), "%s works at the end",
		       guest_disks[i].device->name);
}

static void run(void)
{
	bool again = tree_has_word(&tree, "restart");
	unsigned int count;

	if (tree_has_word(&tree, "absent")) {
		test_absent();
		return;
	}
	if (again && firmware_get_life() > 1)
		test_next_life(tree_find_device(&tree, NULL, "virtio,mmio"));
	count = open_disks();
	if (!report(count == tree_get_number(&tree, "disks", 1),
		    "%u disks, interrupts through the %s", count,
		    irq_get_name()))
		return;
	if (tree_has_word(&tree, "bench")) {
		report(guest_bench(guest_disks, count), "bench");
		return;
	}
	if (again && firmware_get_life() == 1)
		restart_in_flight(&guest_disks[0]);
	if (tree_has_word(&tree, "deaf"))
		test_deaf(&guest_disks[0]);
	test_disks(count);
	for (unsigned int i = 0; i < count; i++)
		virtio_mmio_reset(&guest_disks[i].mmio);
}

void payload_main(void)
{
	if (irq_init(&tree))
		firmware_end(true);
	if (tree_has_word(&tree, "echo")) {
		guest_echo();
	} else {
		run();
		guest_test_uart();
	}
	print("%u passed, %u failed\n", report_totals.passed,
	      report_totals.failed);
	print(report_totals.failed ? "failed\n" : "done\n");
	firmware_end(report_totals.failed != 0);
}
