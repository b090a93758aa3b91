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

/*
 * Words of the page are little-endian on every host. What is written there, and
 * compared with what is read, goes through virtio_le32() and virtio_le64(),
 * unless it reads the same in both orders. Sums, which may wrap:
 */
static inline void channel_add32(uint32_t *word, uint32_t value)
{
	*word = virtio_le32(virtio_le32(*word) + value);
}

static inline void channel_add64(uint64_t *word, uint64_t value)
{
	*word = virtio_le64(virtio_le64(*word) + value);
}

/* Write the next request word by hand; what the server reports of it. */
int channel_request(struct channel *channel, uint32_t status);
/* The client endpoint goes on from the last request word on the page. */
void channel_adopt_request(struct channel *channel);

/* The last answer's status (asserted to be the last request's) and error. */
uint32_t channel_granted(const struct channel *channel);
int channel_reason(const struct channel *channel);

/* Reset and start, let a good request succeed, free all. */
void channel_recover(struct channel *channel, struct block_memory *memory);

#endif
