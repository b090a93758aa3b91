/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loopback channel of the compartment's tree, tied to the doorbell: collects
 * the bits that were rung for it, rings the peer, hands out its pool.
 *
 * Ownership: the caller's structure, which must live as long as the payload;
 * its pool is the channel's, and what is taken of it never comes back.
 * Concurrency: bits are collected in irq_poll() and irq_wait() and stay until
 * taken; one hart does both.
 * Trust: the tree's numbers are the firmware's word. The peer's bits mean
 * "look" and nothing else; that it has ended is believed of the firmware only.
 * A ring that fails (the peer has ended) is not an error here: the peer's state
 * says so too.
 */
#ifndef COMMON_CHANNEL_H
#define COMMON_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <common/bell.h>
#include <common/tree.h>
#include <loopback/layout.h>
#include <loopback/notify.h>

struct channel {
	const struct tree_channel *info;
	/* the other compartment's name */
	const char *peer;
	/* for the endpoint's configuration */
	struct loopback_notify notify;
	/* rung and not taken, from bit 0 */
	uint64_t bits;
	bool peer_changed;
	enum compartment_state peer_state;
	/* how often the peer was started */
	uint64_t peer_life;
	/* first byte not handed out */
	uint64_t pool_next;
	struct channel *next;
};

/*
 * After bell_init(). The channel is linked into a list and must stay.
 * Returns 0, or -1 when the tree's numbers make no sense.
 */
int channel_init(struct channel *channel, const struct tree_channel *info);

/* Whether LOOPBACK_BIT_* `bit` was rung since the last call. */
bool channel_take(struct channel *channel, unsigned int bit);

/*
 * Whether the firmware has said since the last call that the peer's state or
 * life changed, which it counts as saying once at the start; peer_state and
 * peer_life are then what they are now.
 */
bool channel_take_peer(struct channel *channel);

/* Whether the peer, by peer_state, has ended for good. */
bool channel_is_abandoned(const struct channel *channel);

/* As memory_take(), out of the channel's pool. */
void *channel_take_pool(struct channel *channel, size_t size, size_t align);

/* Bytes of the pool not handed out. */
uint64_t channel_get_free(const struct channel *channel);

/* An enum loopback_error in words. */
const char *channel_get_error(int error);

#endif
