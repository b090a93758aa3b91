/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves the virtio block disks of this compartment to the channels that name it
 * as their server, the first to the first and so on, and the last to all that
 * are left; ends when every client has.
 *
 * Boot arguments:
 *	ssip		take doorbells as software interrupts
 *	restart-after=N	restart in the middle of work: once N requests of this
 *			life have ended and others are at the disk; later lives
 *			look at what is left in the interrupt controller
 *	restarts=N	how often to do so (1)
 *	disks=A,B	the disks of the channels in turn, by manifest name
 *	depth=N		requests of a client at the disk (its queue's size)
 *	silent		publish nothing
 *	late=N		publish N ms after the start
 *	deaf		the first life answers no client once it has started
 *	bench		print what `make bench` collects
 */
#include <common/console.h>
#include <common/bell.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/report.h>
#include <string.h>
#include <common/tree.h>
#include "server.h"

static void server_wait(void)
{
	uint64_t until = hart_get_time() +
			 tree_get_number(&tree, "late", 0) * tree.timebase /
				 1000;

	while (hart_get_time() < until)
		irq_wait_until(until);
}

static void server_init(void)
{
	if (firmware_get_life() > 1)
		report(irq_is_clear(&tree),
		       "residue: the interrupt controller is clear");
	if (irq_init(&tree))
		firmware_end(true);
	if (bell_init(tree_has_word(&tree, "ssip"))) {
		print("the firmware refused the doorbell page\n");
		firmware_end(true);
	}
	if (server_disks_init())
		firmware_end(true);
	server_wait();
	if (server_channels_init())
		firmware_end(true);
}

static void server_report(void)
{
	struct server_totals totals = server_channels_count();

	print("all clients are done: %lu requests, %lu refused, %lu disk interrupts, %lu data bytes copied\n",
	      totals.requests, totals.refused,
	      server_disks_count_interrupts(), copy_bytes);
}

/* What the firmware was entered for without being called: interrupts. */
static uint64_t server_get_uncalled(void)
{
	uint64_t entries = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES);

	return entries - firmware_get_calls();
}

static void server_report_bench(uint64_t uncalled)
{
	uint64_t interrupts = server_disks_count_interrupts();

	print("bench: server_bytes_copied %lu bytes\n", copy_bytes);
	/* Software interrupts cost entries too, for doorbells. */
	if (!interrupts || tree_has_word(&tree, "ssip"))
		return;
	print("bench: external_interrupts %lu interrupts\n", interrupts);
	print("bench: external_interrupt_entries %lu.%03lu entries\n",
	      uncalled / interrupts, uncalled * 1000 / interrupts % 1000);
}

/* Requests of this life after which it ends; 0: it does not. */
static uint64_t server_get_lifetime(void)
{
	if (firmware_get_life() > tree_get_number(&tree, "restarts", 1))
		return 0;
	return tree_get_number(&tree, "restart-after", 0);
}

/* In the middle of work: what is at the disk ends with this life. */
static void server_restart_if_due(uint64_t lifetime)
{
	struct server_totals totals = server_channels_count();

	if (!lifetime || totals.requests < lifetime || !totals.in_flight)
		return;
	print("restarting after %lu requests, with %u at the disk\n",
	      totals.requests, totals.in_flight);
	irq_leave_residue();
	firmware_restart();
}

void payload_main(void)
{
	uint64_t lifetime, uncalled;
	bool more = true;

	server_init();
	uncalled = server_get_uncalled();
	lifetime = server_get_lifetime();
	while (!server_channels_are_done()) {
		if (more)
			irq_poll();
		else
			irq_wait();
		server_disks_poll();
		more = server_channels_poll();
		server_restart_if_due(lifetime);
	}
	uncalled = server_get_uncalled() - uncalled;
	server_channels_stop();
	server_report();
	if (tree_has_word(&tree, "bench"))
		server_report_bench(uncalled);
	firmware_end(false);
}
