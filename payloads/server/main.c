/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves the machine's virtio block disk to every channel that names this
 * compartment as its server; ends when every client has.
 *
 * Boot arguments:
 *	ssip		take doorbells as software interrupts
 *	restart-after=N	restart in the middle of work: once N requests of this
 *			life have ended and others are at the disk; later lives
 *			look at what is left in the interrupt controller
 *	restarts=N	how often to do so (1)
 *	silent		publish nothing
 *	bench		print what `make bench` collects
 */
#include <common/console.h>
#include <common/bell.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/report.h>
#include <common/string.h>
#include <common/tree.h>
#include "server.h"

static struct server_disk server_disk;

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
	if (server_disk_init(&server_disk) ||
	    server_channels_init(&server_disk))
		firmware_end(true);
}

static void server_report(void)
{
	struct server_totals totals = server_channels_count();

	print("all clients are done: %lu requests, %lu refused, %lu disk interrupts, %lu data bytes copied\n",
	      totals.requests, totals.refused, server_disk.interrupts,
	      copy_bytes);
	if (tree_has_word(&tree, "bench"))
		print("bench: server_bytes_copied %lu bytes\n", copy_bytes);
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
	uint64_t lifetime;
	bool more = true;

	server_init();
	lifetime = server_get_lifetime();
	while (!server_channels_are_done()) {
		if (more)
			irq_poll();
		else
			irq_wait();
		more = server_channels_poll(server_disk_poll(&server_disk));
		server_restart_if_due(lifetime);
	}
	server_channels_stop();
	server_report();
	firmware_end(false);
}
