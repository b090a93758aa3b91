/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lifecycle of a compartment: loaded, started, ended or restarted, in an order
 * that leaves nothing of one life to the next and nothing half-done to peers.
 *
 * Ownership: the caller owns every struct lifecycle.
 *
 * Concurrency: any hart of a compartment may ask for the end of its life at
 * any time; exactly one becomes the coordinator and carries it out after it
 * has itself left the compartment. State and life are read by other harts.
 *
 * Trust: this is firmware state; guests reach it only through requests.
 */
#ifndef COMPARTMENT_LIFECYCLE_H
#define COMPARTMENT_LIFECYCLE_H

#include <compartment/abi.h>
#include <stdbool.h>
#include <stdint.h>

enum lifecycle_goal {
	LIFECYCLE_NONE = 0,
	LIFECYCLE_RESTART,	/* load the pristine image and start again */
	LIFECYCLE_END,		/* shut down in good order */
	LIFECYCLE_FAIL,		/* shut down because something failed */
};

struct lifecycle {
	uint32_t state;		/* enum compartment_state */
	uint32_t goal;		/* enum lifecycle_goal, while stopping */
	uint32_t life;		/* how many times it was started */
};

/* What the integrator does for compartment `id`, in the order of use. */
struct lifecycle_ops {
	/* Waits, bounded, until every hart is stopped; false if one is not. */
	bool (*wait_stopped)(void *ctx, unsigned int id);
	/*
	 * Brings every device to rest; false if one does not come to rest, or
	 * nobody knows how to, which rules out a restart but not an end.
	 */
	bool (*quiesce_devices)(void *ctx, unsigned int id);
	/* Ends doorbell registrations. */
	void (*clear_doorbells)(void *ctx, unsigned int id);
	/* Completes and disables interrupts of the harts. */
	void (*clear_interrupts)(void *ctx, unsigned int id);
	/* Rings the firmware's bit at all peers. */
	void (*tell_peers)(void *ctx, unsigned int id);
	/* Scrubs memory, copies and verifies the image; false on mismatch. */
	bool (*load)(void *ctx, unsigned int id);
	/* Starts the boot hart at the entry; false if it cannot be. */
	bool (*start)(void *ctx, unsigned int id);
	/* A compartment has ended for good. */
	void (*ended)(void *ctx, unsigned int id, bool failed);
};

/* State and life as GET_PEER returns them (docs/sbi-doorbell.md). */
uint64_t lifecycle_read(const struct lifecycle *lc);

/* Marks a loaded compartment as started for the first time. */
void lifecycle_mark_started(struct lifecycle *lc);

/*
 * Asks for the end of the present life. True if the caller is the coordinator
 * now: it sees to it that all harts stop and then calls lifecycle_finish().
 * False if the life is ending already: the caller only has to stop.
 */
bool lifecycle_begin(struct lifecycle *lc, enum lifecycle_goal goal);

/* Whether the present life is being ended. */
bool lifecycle_is_ending(const struct lifecycle *lc);

/*
 * Carries the goal out. Called once by the coordinator, from a hart that runs
 * no compartment any more.
 */
void lifecycle_finish(struct lifecycle *lc, const struct lifecycle_ops *ops,
		      void *ctx, unsigned int id);

#endif
