/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell core: links between compartments, each carrying 64 bits in either
 * direction, with pending words, masks and the decision to deliver.
 *
 * It knows no instruction set and no interrupt controller; how a pending word
 * is reached and how a hart is interrupted are four operations of the
 * integrator.
 *
 * Ownership: the caller owns all storage, including the array of sides, for as
 * long as the doorbell is used. Nothing is allocated.
 *
 * Concurrency: links are added by one thread before any other call. Afterwards
 * every function may be called by any number of harts at the same time. Each
 * end has a fair lock that is held for at most two accesses to pending words
 * and one deliver operation, so that no compartment can hold up another for
 * longer than that times the number of harts. Operations are called with the
 * lock held and must not call back, unless they say otherwise.
 *
 * Trust: compartment numbers come from the firmware and are trusted; link
 * numbers, addresses, harts, identities, masks and bits come from guests and
 * are checked here or by the operations. Pending words lie in guest memory:
 * what is read from them decides only whether their owner is interrupted.
 *
 * Interface: docs/sbi-doorbell.md.
 */
#ifndef DOORBELL_DOORBELL_H
#define DOORBELL_DOORBELL_H

#include <doorbell/abi.h>
#include <port/lock.h>
#include <stdbool.h>
#include <stdint.h>

enum doorbell_error {
	DOORBELL_OK = 0,
	DOORBELL_ERR_LINK = -1,		/* no such link of this compartment */
	DOORBELL_ERR_BITS = -2,		/* a bit that guests may not ring */
	DOORBELL_ERR_PAGE = -3,		/* pending page not in own memory */
	DOORBELL_ERR_TARGET = -4,	/* not an own hart, or bad identity */
	DOORBELL_ERR_FULL = -5,		/* no room for another link */
};

/* What a delivery interrupts, in words of the integrator's own. */
struct doorbell_target {
	void *hart;
	uint64_t interrupt;
};

/* Where rings of one link arrive at one of its two compartments. */
struct doorbell_end {
	struct port_lock lock;
	uint16_t compartment;	/* the receiver */
	uint16_t link;		/* its number for this link */
	bool registered;
	uint32_t hart;		/* target of deliveries */
	struct doorbell_end *peer;	/* the other end */
	struct doorbell_target target;	/* found at the registration */
	uint64_t word;		/* address of the pending word */
	uint64_t latched;	/* rung while nothing was registered */
	uint64_t mask;		/* set bits do not deliver */
	uint64_t taken;		/* bits that are the integrator's */
};

/* One compartment's links, by their numbers. */
struct doorbell_side {
	unsigned int count;
	struct doorbell_end ends[DOORBELL_LINKS_MAX];
};

struct doorbell_ops {
	/*
	 * ORs bits into the pending word at an address that check_page()
	 * approved, and returns its former value. Atomic against the owner's
	 * swap; earlier stores of the caller are visible to whoever sees the
	 * bits.
	 */
	uint64_t (*pending_or)(void *ctx, uint64_t word, uint64_t bits);
	/* Whether the page lies wholly in the compartment's own memory. */
	bool (*check_page)(void *ctx, unsigned int compartment, uint64_t page);
	/*
	 * Whether hart and identity can be delivered to by this compartment's
	 * rules; if so, fills in what deliver() is to be called with.
	 */
	bool (*find_target)(void *ctx, unsigned int compartment, uint64_t hart,
			    uint64_t identity, struct doorbell_target *target);
	/*
	 * Interrupts the target, after the pending word's update; returns
	 * whether it could (false for a stopped hart, whose start redelivers).
	 */
	bool (*deliver)(void *ctx, const struct doorbell_target *target);
	/*
	 * Takes bits of doorbell_take() that were rung for the compartment's
	 * link; returns whether that interrupted it. Called without a lock, so
	 * it may call back.
	 */
	bool (*take)(void *ctx, unsigned int compartment, uint64_t link,
		     uint64_t bits);
};

struct doorbell {
	const struct doorbell_ops *ops;
	void *ctx;
	struct doorbell_side *sides;
};

/* Starts with no links; compartments are numbered as `sides`, one for each. */
void doorbell_init(struct doorbell *db, const struct doorbell_ops *ops,
		   void *ctx, struct doorbell_side *sides, unsigned int count);

/*
 * Joins two different compartments. Each numbers its links from zero in the
 * order of these calls. DOORBELL_ERR_FULL if there is no room in either
 * compartment's pending page (DOORBELL_LINKS_MAX).
 */
int doorbell_add_link(struct doorbell *db, unsigned int one,
		      unsigned int other);

/*
 * Has bits that the peer rings at a compartment go to the integrator's take()
 * instead of the compartment: they are never pending. To be called before any
 * ring, for a link that is there.
 */
void doorbell_take(struct doorbell *db, unsigned int compartment,
		   uint64_t link, uint64_t bits);

/* Number of links that a compartment has. */
unsigned int doorbell_count(const struct doorbell *db,
			    unsigned int compartment);

/* The compartment at the far end, or DOORBELL_ERR_LINK. */
int doorbell_peer(const struct doorbell *db, unsigned int compartment,
		  uint64_t link);

/*
 * Registers the pending page, target and identity for one link or, with
 * DOORBELL_LINK_ALL, for all. Replaces an earlier registration; what was
 * pending there or latched here is pending in the new page afterwards and
 * delivered if unmasked. Nothing changes on error: DOORBELL_ERR_LINK,
 * DOORBELL_ERR_PAGE, DOORBELL_ERR_TARGET.
 */
int doorbell_register(struct doorbell *db, unsigned int compartment,
		      uint64_t link, uint64_t page, uint64_t hart,
		      uint64_t identity);

/*
 * Ends a registration (or all): after the return nothing is written to the
 * page any more, and rings are latched. DOORBELL_ERR_LINK.
 */
int doorbell_unregister(struct doorbell *db, unsigned int compartment,
			uint64_t link);

/*
 * Replaces the mask of incoming bits and delivers if that uncovers a pending
 * one. DOORBELL_ERR_LINK.
 */
int doorbell_set_mask(struct doorbell *db, unsigned int compartment,
		      uint64_t link, uint64_t mask);

/*
 * Rings bits at the peer. Returns 1 if that interrupted the peer, 0 if the
 * bits were masked, latched or pending already, DOORBELL_ERR_LINK, or
 * DOORBELL_ERR_BITS for the firmware's own bit.
 */
int doorbell_ring(struct doorbell *db, unsigned int compartment, uint64_t link,
		  uint64_t bits);

/* Rings the firmware's bit at every peer of a compartment. */
void doorbell_notify_peers(struct doorbell *db, unsigned int compartment);

/*
 * Forgets all that a compartment registered, masked or had latched. After the
 * return nothing is written to its memory or delivered to its harts until it
 * registers again.
 */
void doorbell_reset(struct doorbell *db, unsigned int compartment);

/*
 * A hart of the compartment has started: redelivers to it what is pending and
 * unmasked on the links that target it.
 */
void doorbell_hart_started(struct doorbell *db, unsigned int compartment,
			   uint32_t hart);

#endif
