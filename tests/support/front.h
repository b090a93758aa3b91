/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel behind a front end, in one process: the server end of channel.h
 * over an array, the front end, and a guest with a virtio-mmio driver that
 * reads the register image and has its writes go through the front end, again
 * as long as that holds them back.
 *
 * Whoever breaks the contract of the operations (opens twice, rings with a page
 * open) fails the test. After each access the image is compared with the
 * registers that it stands for.
 */
#ifndef FRONT_H
#define FRONT_H

#include <frontend/channel.h>
#include <virtio/mmio_driver.h>

#include "block_memory.h"
#include "channel_control.h"

/* Tries of a write, with the server served in between. */
#define FRONT_TRIES	8u
#define FRONT_FEATURES	(VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM) | \
			 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

struct front {
	struct block_memory memory;
	struct channel *channel;
	struct frontend_channel fe;
	struct frontend_channel_config config;
	uint8_t *image;
	/* What was rung and not looked at; how often the guest was interrupted. */
	uint64_t rung;
	unsigned int rings, interrupts;
	unsigned int opens;
	bool open;
	bool deaf;		/* the server looks at nothing */
	bool held;		/* the last write was given up */
	unsigned int holds;	/* how often one was held back */

	struct virtio_mmio mmio;
	struct virtq_driver virtq;
	struct virtq_driver_slot slots[CHANNEL_QUEUE_SIZE];
	unsigned int ended;	/* requests, with the right data */
};

/* Nothing published. */
void front_make(struct front *front, uint32_t data_mode);
void front_free(struct front *front);
/* The front end anew, with another configuration. */
void front_init(struct front *front);

/* In window mode: published, the driver up. */
void front_make_running(struct front *front);

/* The server's present life is published and known to the front end. */
void front_publish(struct front *front);
/* Both sides look at their bells, until none is left. */
void front_serve(struct front *front);
/* The server's life ends without a word; the next one begins. */
void front_restart_server(struct front *front);
/* One that continues nothing: its record is gone. */
void front_replace_server(struct front *front);

/* A word of the image. */
uint32_t front_read(struct front *front, uint32_t offset);
uint32_t front_get_status(struct front *front);
/* Writes a register; false if it was still held back after FRONT_TRIES. */
bool front_write(struct front *front, uint32_t offset, uint32_t value);
/* One try, and nobody is served. */
bool front_try(struct front *front, uint32_t offset, uint32_t value);

/* Bind and negotiate, set up queue 0, or both and start; 0 or the driver's
 * error. */
int front_negotiate(struct front *front);
int front_set_up_queue(struct front *front);
int front_bring_up(struct front *front);
/* Read a sector: offered, and the queue notified. */
void front_offer(struct front *front, unsigned int sector);
/* `count` reads that stay at the disk; both sides have heard of them. */
void front_hold(struct front *front, unsigned int count);
/* Takes what has ended, checks the data. */
void front_take(struct front *front);
/* One request from end to end, with its interrupt. */
void front_request(struct front *front, unsigned int sector);
/* Free after the proof that a driver that resets it is served. */
void front_end(struct front *front);

#endif
