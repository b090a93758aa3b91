/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server payload's two halves: the real disk below, the channels above.
 *
 * Ownership: all memory is taken once, at the start, and never given back.
 * Concurrency: one hart runs all of it.
 * Trust: the disk is trusted as the manifest's `dma` word says; no client is.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <loopback/block_backend_virtio.h>

#define SERVER_DISK_QUEUE_SIZE	256
#define SERVER_DISK_SLOTS	64

struct server_disk {
	struct loopback_block_disk backend;
	uint64_t interrupts;
	/* since server_disk_poll() */
	bool interrupted;
};

/*
 * Finds the granted virtio block device, brings it up and takes its interrupt.
 * Returns 0, or -1 after saying what is wrong.
 */
int server_disk_init(struct server_disk *disk);

/*
 * If the disk has interrupted: ends what it has completed. Returns whether it
 * ended anything.
 */
bool server_disk_poll(struct server_disk *disk);

/* Publishes every block channel that this compartment serves. 0 or -1. */
int server_channels_init(struct server_disk *disk);

/*
 * One turn for each channel; `completed`: the disk has ended requests. Returns
 * whether a channel wants another turn before the next interrupt.
 */
bool server_channels_poll(bool completed);

/* Whether every client has closed its channel or ended. */
bool server_channels_are_done(void);

struct server_totals {
	/* ended so far, and those of them that were refused */
	uint64_t requests;
	uint64_t refused;
	/* at the disk */
	unsigned int in_flight;
};

/* Sums over all channels. */
struct server_totals server_channels_count(void);

/*
 * Ends this life of every channel in order; nothing may be at the disk any
 * more.
 */
void server_channels_stop(void);

#endif
