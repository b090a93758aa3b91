/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel whose control page is written by hand, and the proof at the end of
 * each test that a reset heals whatever was tried.
 */
#ifndef CHANNEL_CONTROL_H
#define CHANNEL_CONTROL_H

#include "block_memory.h"
#include "channel.h"

#define CHANNEL_STATUS_ALL                                  \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK)

/* Over a fresh memory backend: nothing published; or both ends run. */
struct channel *channel_new_memory(struct block_memory *memory);
struct channel *channel_new_running(struct block_memory *memory);
/* The client has been reset and has its queue; the rest is the test's. */
struct channel *channel_new_reset(struct block_memory *memory);

/* Write the next request word by hand; what the server reports of it. */
int channel_request(struct channel *channel, uint32_t status);

/* The last answer's status (asserted to be the last request's) and error. */
uint32_t channel_granted(const struct channel *channel);
int channel_reason(const struct channel *channel);

/* Reset and start, let a good request succeed, free all. */
void channel_recover(struct channel *channel, struct block_memory *memory);

#endif
