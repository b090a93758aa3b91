/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Uses the block device that another compartment serves: reads all of it,
 * writes and verifies a pattern at its end, measures.
 *
 * Boot arguments:
 *	ssip		take doorbells as software interrupts
 *	depth=N		requests in flight, 1 to 32 (8)
 *	requests=N	requests to measure (once over the disk)
 *	rounds=N	times to write and verify the pattern (1)
 *	read-only	write nothing
 *	verify		read all of the disk again at the end
 *	bench		measure for `make bench` and do nothing else
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <string.h>
#include "steps.h"

#define DEPTH_DEFAULT 8

static struct client_disk client_disk;

static int client_introduce(struct client_disk *disk)
{
	char id[VIRTIO_BLK_ID_BYTES + 1] = "";
	uint64_t size;
	unsigned char *buffer = client_get_buffers(disk, &size);
	int error = LOOPBACK_ERR_INVALID;

	if (size >= VIRTIO_BLK_ID_BYTES)
		error = client_request_run(disk, VIRTIO_BLK_T_GET_ID, buffer,
					   VIRTIO_BLK_ID_BYTES);
	if (!error)
		memcpy(id, buffer, VIRTIO_BLK_ID_BYTES);
	for (unsigned int i = 0; id[i]; i++) {
		/* The server's words do not get to drive a terminal. */
		if (id[i] < ' ' || id[i] > '~')
			id[i] = '?';
	}
	print("channel %s to %s: block device '%s' of %lu bytes%s\n",
	      disk->channel.info->name, disk->channel.peer, id, disk->size,
	      disk->block.read_only ? ", read-only" : "");
	return error;
}

static int client_write(struct client_disk *disk, unsigned int depth)
{
	if (tree_has_word(&tree, "read-only"))
		return LOOPBACK_OK;
	if (disk->block.read_only) {
		print("the disk is read-only: nothing written\n");
		return LOOPBACK_OK;
	}
	return client_step_pattern(disk, depth,
				   tree_get_number(&tree, "rounds", 1));
}

static int client_run(struct client_disk *disk)
{
	uint64_t depth = tree_get_number(&tree, "depth", DEPTH_DEFAULT);
	uint64_t requests = tree_get_number(&tree, "requests", 0);
	int error = client_introduce(disk);

	if (depth < 1 || depth > CLIENT_DEPTH_MAX)
		depth = DEPTH_DEFAULT;
	if (error)
		return error;
	if (tree_has_word(&tree, "bench"))
		return client_bench_run(disk, tree_has_word(&tree, "ssip"));
	error = client_step_digest(disk, depth);
	if (!error)
		error = client_write(disk, depth);
	if (!error)
		error = client_step_measure(disk, depth, requests);
	if (!error && tree_has_word(&tree, "verify"))
		error = client_step_digest(disk, depth);
	return error;
}

void payload_main(void)
{
	int error;

	if (irq_init(&tree))
		firmware_end(true);
	if (bell_init(tree_has_word(&tree, "ssip"))) {
		print("the firmware refused the doorbell page\n");
		firmware_end(true);
	}
	error = client_disk_open(&client_disk);
	if (!error) {
		error = client_run(&client_disk);
		client_disk_close(&client_disk);
	}
	print(error ? "failed\n" : "done\n");
	firmware_end(error != 0);
}
