/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves the machine's virtio block disk to every channel that names this
 * compartment as its server; ends when every client has.
 *
 * Boot arguments:
 *	ssip		take doorbells as software interrupts
 *	restart-after=N	restart once, in the middle of work, after N requests
 *	bench		print what `make bench` collects
 */
#include <common/console.h>
#include <common/doorbell.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/string.h>
#include <common/tree.h>
#include "server.h"

static struct server_disk server_disk;

static void server_init(void)
{
	if (irq_init(&tree))
		firmware_end(true);
	if (doorbell_init(tree_has_word(&tree, "ssip"))) {
		print("the firmware refused the doorbell page\n");
		firmware_end(true);
	}
	if (server_disk_init(&server_disk) ||
	    server_channels_init(&server_disk))
		firmware_end(true);
}

static void server_report(void)
{
	uint64_t refused, requests = server_channels_count(&refused);

	print("all clients are done: %lu requests, %lu refused, %lu disk interrupts, %lu data bytes copied\n",
	      requests, refused, server_disk.interrupts, copy_bytes);
	if (tree_has_word(&tree, "bench"))
		print("bench: server_bytes_copied %lu bytes\n", copy_bytes);
}

void payload_main(void)
{
	uint64_t restart_after = tree_get_number(&tree, "restart-after", 0);
	uint64_t refused;
	bool more = true;

	server_init();
	if (firmware_get_life() > 1)
		restart_after = 0;
	while (!server_channels_are_done()) {
		if (more)
			irq_poll();
		else
			irq_wait();
		more = server_channels_poll(server_disk_poll(&server_disk));
		if (restart_after &&
		    server_channels_count(&refused) >= restart_after) {
			print("restarting after %lu requests\n", restart_after);
			firmware_restart();
		}
	}
	server_report();
	firmware_end(false);
}
