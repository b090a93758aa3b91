/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server payload's two halves: the real disks below, the channels above.
 *
 * Ownership: all memory is taken once, at the start, and never given back.
 * Concurrency: one hart runs all of it.
 * Trust: a disk is trusted as the manifest's `dma` word says; no client is.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <loopback/block_backend_virtio.h>
#include <virtio/mmio_driver.h>

/* As many as irq_connect() takes. */
#define SERVER_DISKS_MAX	4
/* Several requests of as many pieces as the disk takes in one. */
#define SERVER_DISK_QUEUE_SIZE	1024
#define SERVER_DISK_SLOTS	256

struct server_disk {
	struct loopback_block_disk backend;
	struct virtio_mmio device;
	struct virtq_driver virtq;
	/* its name in the manifest */
	const char *label;
	uint64_t interrupts;
	/* since server_disks_poll() */
	bool interrupted;
	/* in the last server_disks_poll() requests ended */
	bool completed;
};

/*
 * Finds the granted virtio block devices, brings them up and takes their
 * interrupts. Returns 0, or -1 after saying what is wrong: one of them that
 * fails, or none at all.
 */
int server_disks_init(void);

/*
 * The disk of the `index`-th channel: of the boot argument `disks`, names in
 * the manifest with commas between them, the `index`-th (NULL: none, or no such
 * disk). Without that argument the `index`-th disk, or the last.
 */
struct server_disk *server_disks_choose(unsigned int index);

/* For each disk that has interrupted: ends what it has completed. */
void server_disks_poll(void);

/* Interrupts of all disks. */
uint64_t server_disks_count_interrupts(void);

/* Publishes every block channel that this compartment serves. 0 or -1. */
int server_channels_init(void);

/*
 * One turn for each channel, behind server_disks_poll(). Returns whether a
 * channel wants another turn before the next interrupt.
 */
bool server_channels_poll(void);

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
