/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often the firmware is entered while disks work, and for how long:
 * interrupts of real ones cost nothing of it; those of the firmware's own
 * devices, and the stores to their registers, do.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/irq.h>
#include "guest.h"

#define BENCH_ROUNDS	1024
#define BENCH_BYTES	4096
#define BENCH_SCALE	1000	/* printed with three decimals */

static uint64_t bench_entries(void)
{
	return firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES) -
	       firmware_get_calls();
}

static bool bench_round(struct guest_disk *disks, unsigned int count,
			uint64_t offset)
{
	uint64_t last[GUEST_DISKS_MAX];
	unsigned int i;

	for (i = 0; i < count; i++) {
		last[i] = disks[i].interrupts;
		if (virtq_driver_enable_callbacks(&disks[i].virtq) ||
		    guest_disk_submit(&disks[i], 0, VIRTIO_BLK_T_IN, offset,
				      BENCH_BYTES))
			return false;
		guest_disk_kick(&disks[i]);
	}
	for (i = 0; i < count; i++) {
		while (disks[i].interrupts == last[i])
			irq_wait();
		if (guest_disk_poll(&disks[i]))
			return false;
	}
	return true;
}

/* One request of each disk at a time, as many interrupts as requests. */
static bool bench_run(const char *name, struct guest_disk *disks,
		      unsigned int count)
{
	uint64_t instructions = firmware_get_counter(
		COMPARTMENT_COUNTER_INSTRUCTIONS);
	uint64_t entries = bench_entries(), scaled;

	for (unsigned int i = 0; i < BENCH_ROUNDS; i++) {
		if (!bench_round(disks, count, i * BENCH_BYTES))
			return false;
	}
	entries = bench_entries() - entries;
	instructions = firmware_get_counter(COMPARTMENT_COUNTER_INSTRUCTIONS) -
		       instructions;
	scaled = entries * BENCH_SCALE / (BENCH_ROUNDS * count);
	print("bench: firmware_entries_per_%s %lu.%03lu entries\n", name,
	      scaled / BENCH_SCALE, scaled % BENCH_SCALE);
	print("bench: firmware_instructions_per_%s %lu instructions\n", name,
	      instructions / (BENCH_ROUNDS * count));
	return true;
}

bool guest_bench(struct guest_disk *disks, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (guest_disk_start(&disks[i]))
			return false;
	}
	if (count == 1)
		return bench_run("external_interrupt", disks, 1);
	/* In the order of the tree: the machine's own comes first. */
	return bench_run("interrupt_beside_virtual", disks, 1) &&
	       bench_run("request_virtual", disks + 1, 1) &&
	       bench_run("request_mixed", disks, 2);
}
