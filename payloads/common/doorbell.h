/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doorbell for a payload: take, ring, mask. The firmware's side and every
 * error are specified in docs/sbi-doorbell.md, the numbers in <doorbell/abi.h>.
 *
 * One pending page, in the payload's own image, for all links. Handlers run on
 * the hart that called doorbell_init(), from irq_poll() and irq_wait(). Any
 * hart may ring.
 *
 * The peer is not trusted: which bits it rings, and how often, means nothing
 * beyond "look at the shared memory".
 */
#ifndef COMMON_DOORBELL_H
#define COMMON_DOORBELL_H

#include <stdbool.h>
#include <stdint.h>
#include <compartment/abi.h>
#include <doorbell/abi.h>

/* `bits`: all that were rung since the last call, at least one. */
typedef void (*doorbell_handler)(void *context, unsigned int link,
				 uint64_t bits);

/* The pending words, by link number; the firmware only ever ORs into them. */
extern uint64_t doorbell_page[DOORBELL_PAGE_SIZE / sizeof(uint64_t)];

/*
 * Registers the page for all links, towards the calling hart, whose interrupts
 * irq_init() has taken into use; with `software`, delivery is by software
 * interrupt even where messages would do. Returns 0 or an enum firmware_error.
 */
long doorbell_init(bool software);

/* Who handles `link`. Returns 0, or -1 when there is no such link. */
int doorbell_connect(unsigned int link, doorbell_handler handler,
		     void *context);

/*
 * Rings `bits` at the peer of `link`. Orders every write before it to the
 * shared memory before the peer's view of the bits. Returns 0 or
 * the call's error.
 */
long doorbell_ring(unsigned int link, uint64_t bits);

/* How many times this payload has rung, all harts, successful or not. */
uint64_t doorbell_get_rings(void);

/* Takes all bits of `link`: an atomic swap with 0, no call. */
static inline uint64_t doorbell_take(unsigned int link)
{
	/*
	 * Acquire: pairs with the release half of the firmware's OR, so that
	 * what the peer wrote before it rang is seen by whoever takes the bits
	 * (docs/sbi-doorbell.md, "Memory ordering").
	 */
	return __atomic_exchange_n(&doorbell_page[link], 0, __ATOMIC_ACQUIRE);
}

/* State of the peer of `link` and how often it was started. */
long doorbell_get_peer(unsigned int link, enum compartment_state *state,
		       uint64_t *life);

#endif
