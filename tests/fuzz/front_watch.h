/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end under observation: each call goes through here, with
 * the pages out of reach but while the front end has one open (by the address
 * sanitiser), and with claims behind it that a guest relies on:
 *
 * - what the guest reads is what the registers are;
 * - no more than one page open, nobody rung or interrupted meanwhile, no word
 *   of the server's changed, only a channel of the manifest asked for;
 * - no interrupt without a driver that is up, none missing for what is new;
 * - the server is rung for each request, and for queues that run;
 * - no reset and no end of a queue shown as long as the server, going by what
 *   it was asked and has answered, may still touch a ring of it;
 * - a write is held back only if it has to wait for the server.
 */
#ifndef FRONT_WATCH_H
#define FRONT_WATCH_H

#include "front.h"
#include "fuzz.h"

#define WATCH_UP		(VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_FAILED)

/* What the guest can see. */
struct watch_view {
	uint32_t status, interrupts, generation;
};

struct watch {
	struct front front;
	bool forges;	/* the server writes the front end's words, too */
	bool down, gone, closed;

	/* Of the present call. */
	bool calling;
	void *open;
	struct loopback_control before;		/* as it was opened */
	struct watch_view seen;			/* before the call */
	unsigned int opens, rings, interrupts;
	uint64_t bits;
	bool requested;

	/* Queues that the last request left running; those that the server may
	 * touch; the header of the life attached to. */
	uint32_t asked, used;
	struct loopback_header header;
};

/* Everything anew, of one watch: the front end knows of no server. The last
 * claims. */
void watch_init(struct watch *watch, uint32_t data_mode, uint32_t queues);
void watch_end_run(struct watch *watch);

/* The calls of frontend/channel.h. */
bool watch_write(struct watch *watch, uint32_t offset, unsigned int width,
		 uint32_t value);
void watch_used(struct watch *watch);
void watch_poll(struct watch *watch);
void watch_down(struct watch *watch);
void watch_up(struct watch *watch);
void watch_gone(struct watch *watch);
void watch_close(struct watch *watch);

/*
 * The driver of tests/support makes its writes through here: reset, set up and
 * started over whatever is there, one request from end to end. `serve` has both
 * sides look at their bells once.
 */
void watch_run_driver(struct watch *watch, void (*serve)(void));

/* ---- Between front_watch.c and front_calls.c ---- */
/* Before a call; it has returned, the pages can be reached; the claims. */
void watch_begin(struct watch *watch);
void watch_look(struct watch *watch);
void watch_check(struct watch *watch);
/* The last two. */
void watch_end(struct watch *watch);

static inline struct loopback_control *watch_get_page(struct watch *watch)
{
	return watch->front.channel->control;
}

static inline bool watch_is_up(const struct watch *watch, uint32_t status)
{
	return (status & WATCH_UP) == VIRTIO_STATUS_DRIVER_OK &&
	       !watch->front.fe.device.resetting;
}

#endif
