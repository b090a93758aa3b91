/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doorbell for a payload: take, ring, mask. The firmware's side and every
 * error are specified in docs/sbi-doorbell.md, the numbers in <doorbell/abi.h>;
 * docs/smccc-abi.md says how AArch64 carries the same calls.
 *
 * Ownership: one pending page, in the payload's own image, for all links. A
 * handler's context stays its caller's and must live as long as the payload.
 * Concurrency: handlers run on the hart that called bell_init(), from
 * irq_poll() and irq_wait(); that hart alone connects and takes. Any hart may
 * ring.
 * Trust: the peer is not trusted: which bits it rings, and how often, means
 * nothing beyond "look at the shared memory".
 */
#ifndef COMMON_BELL_H
#define COMMON_BELL_H

#include <stdbool.h>
#include <stdint.h>
#include <compartment/abi.h>
#include <doorbell/abi.h>

/* `bits`: all that were rung since the last call, at least one. */
typedef void (*bell_handler)(void *context, unsigned int link, uint64_t bits);

/* The pending words, by link number; the firmware only ever ORs into them. */
extern uint64_t bell_page[DOORBELL_PAGE_SIZE / sizeof(uint64_t)];

/*
 * Registers the page for all links, towards the calling hart, whose interrupts
 * irq_init() has taken into use; with `software`, delivery is by software
 * interrupt even where the hart could have an interrupt that is the doorbell's
 * own. Returns 0 or an enum call_error.
 */
long bell_init(bool software);

/* Who handles `link`. Returns 0, or -1 when there is no such link. */
int bell_connect(unsigned int link, bell_handler handler, void *context);

/*
 * Rings `bits` at the peer of `link`. Orders every write before it to the
 * shared memory before the peer's view of the bits. Returns 0 or the call's
 * error.
 */
long bell_ring(unsigned int link, uint64_t bits);

/*
 * Replaces the mask of bits of `link` that stay pending without interrupting;
 * a pending bit that this uncovers interrupts. Returns 0 or the call's error.
 */
long bell_set_mask(unsigned int link, uint64_t mask);

/*
 * Gives the page back for all links: the firmware keeps what is rung from now
 * on until bell_init() is called again. Returns 0 or the call's error.
 */
long bell_unregister(void);

/* Takes all bits of `link`: an atomic swap with 0, no call. */
static inline uint64_t bell_take(unsigned int link)
{
	/*
	 * Acquire: pairs with the release half of the firmware's OR, so that
	 * what the peer wrote before it rang is seen by whoever takes the bits
	 * (docs/sbi-doorbell.md, 1, rule 7).
	 */
	return __atomic_exchange_n(&bell_page[link], 0, __ATOMIC_ACQUIRE);
}

/* State of the peer of `link` and how often it was started. */
long bell_get_peer(unsigned int link, enum compartment_state *state,
		   uint64_t *life);

#endif
