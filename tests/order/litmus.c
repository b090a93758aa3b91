/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model against what is known of the processors: the classic shapes of two
 * threads. The outcome that only reordering explains must be found if nothing
 * orders, and must not if all is ordered that the shape needs.
 */
#include <string.h>

#include "litmus.h"
#include "order.h"

/* Whatever orders here is this one site. */
static struct order_site site;
static struct order_site *const ordered = &site;

static struct {
	uint32_t x;
	uint32_t y;
} words;

/* Results, and which threads are through; all that is not in `words`. */
static struct {
	uint32_t read[4];
	bool done[2];
} seen;

static uint32_t load(const uint32_t *p, struct order_site *how)
{
	return (uint32_t)order_access(ORDER_LOAD, p, sizeof(*p), 0, how);
}

static void store(uint32_t *p, uint32_t value, struct order_site *how)
{
	order_access(ORDER_STORE, p, sizeof(*p), value, how);
}

static void outcome(unsigned int thread, bool reordered)
{
	seen.done[thread] = true;
	order_check(!seen.done[!thread] || !reordered, "reordered");
}

/* Message passing: the flag is seen and the message is not. */
static bool message(void)
{
	return seen.read[0] == 1 && seen.read[1] == 0;
}

static void message_write(void)
{
	store(&words.x, 1, NULL);
	store(&words.y, 1, ordered);
	outcome(0, message());
}

static void message_read(void)
{
	seen.read[0] = load(&words.y, ordered);
	seen.read[1] = load(&words.x, NULL);
	outcome(1, message());
}

static void message_read_barrier(void)
{
	seen.read[0] = load(&words.y, NULL);
	order_barrier(ORDER_READ_BARRIER, ordered);
	seen.read[1] = load(&words.x, NULL);
	outcome(1, message());
}

static void message_write_barrier(void)
{
	store(&words.x, 1, NULL);
	order_barrier(ORDER_FULL_BARRIER, ordered);
	store(&words.y, 1, NULL);
	outcome(0, message());
}

/* The message goes with an exchange of a counter. */
static void message_write_swap(void)
{
	store(&words.x, 1, NULL);
	order_access(ORDER_SWAP, &words.y, sizeof(words.y), 1, ordered);
	outcome(0, message());
}

static void message_read_or(void)
{
	seen.read[0] = (uint32_t)order_access(ORDER_OR, &words.y,
					      sizeof(words.y), 2, ordered);
	seen.read[1] = load(&words.x, NULL);
	outcome(1, message());
}

/* Store buffering: neither sees the other's store. */
static bool buffered(void)
{
	return seen.read[0] == 0 && seen.read[1] == 0;
}

static void buffer_first(void)
{
	store(&words.x, 1, NULL);
	order_barrier(ORDER_FULL_BARRIER, ordered);
	seen.read[0] = load(&words.y, NULL);
	outcome(0, buffered());
}

static void buffer_second(void)
{
	store(&words.y, 1, NULL);
	order_barrier(ORDER_FULL_BARRIER, ordered);
	seen.read[1] = load(&words.x, NULL);
	outcome(1, buffered());
}

/* Load buffering: each sees what the other stores after its load. */
static bool early(void)
{
	return seen.read[0] == 1 && seen.read[1] == 1;
}

static void early_first(void)
{
	seen.read[0] = load(&words.x, NULL);
	store(&words.y, 1, ordered);
	outcome(0, early());
}

static void early_second(void)
{
	seen.read[1] = load(&words.y, ordered);
	store(&words.x, 1, NULL);
	outcome(1, early());
}

/* A store after a load goes before the one that the load's flag followed. */
static bool overtaken(void)
{
	return seen.read[0] == 1 && order_last(&words.x, sizeof(words.x)) == 2;
}

static void overtake_first(void)
{
	store(&words.x, 2, NULL);
	store(&words.y, 1, ordered);
	outcome(0, overtaken());
}

static void overtake_second(void)
{
	seen.read[0] = load(&words.y, ordered);
	store(&words.x, 1, NULL);
	outcome(1, overtaken());
}

/* Two words, both written by both: the first store of each is the last. */
static bool crossed(void)
{
	return order_last(&words.x, sizeof(words.x)) == 1 &&
	       order_last(&words.y, sizeof(words.y)) == 1;
}

static void cross_first(void)
{
	store(&words.x, 1, NULL);
	order_barrier(ORDER_FULL_BARRIER, ordered);
	store(&words.y, 2, NULL);
	outcome(0, crossed());
}

static void cross_second(void)
{
	store(&words.y, 1, NULL);
	order_barrier(ORDER_FULL_BARRIER, ordered);
	store(&words.x, 2, NULL);
	outcome(1, crossed());
}

/* One word read twice never goes back, and two exchanges never both come
 * first, whether anything orders or not. */
static void twice_write(void)
{
	store(&words.x, 1, NULL);
}

static void twice_read(void)
{
	seen.read[0] = load(&words.x, NULL);
	seen.read[1] = load(&words.x, NULL);
	order_check(seen.read[0] <= seen.read[1], "reordered");
}

static void swap_first(void)
{
	seen.read[0] = (uint32_t)order_access(ORDER_SWAP, &words.x,
					      sizeof(words.x), 1, NULL);
	outcome(0, buffered());
}

static void swap_second(void)
{
	seen.read[1] = (uint32_t)order_access(ORDER_SWAP, &words.x,
					      sizeof(words.x), 1, NULL);
	outcome(1, buffered());
}

/* A wait that nothing ends is found, one that has an end is not blamed. */
static void sleep_first(void)
{
	if (load(&words.x, NULL) == 0)
		order_wait();
}

static void sleep_second(void)
{
	store(&words.x, 1, NULL);
	order_notify();
}

static void sleep_alone(void)
{
	store(&words.x, 1, NULL);
}

static const struct {
	const char *name;
	void (*thread[2])(void);
	const char *weak;	/* what is found if nothing orders */
	const char *strong;	/* and if all is ordered */
} shapes[] = {
	{ "message passing, release and acquire",
	  { message_write, message_read }, "reordered", NULL },
	{ "message passing, release and read barrier",
	  { message_write, message_read_barrier }, "reordered", NULL },
	{ "message passing, full barrier and acquire",
	  { message_write_barrier, message_read }, "reordered", NULL },
	{ "message passing, exchanges",
	  { message_write_swap, message_read_or }, "reordered", NULL },
	{ "store buffering, full barriers",
	  { buffer_first, buffer_second }, "reordered", NULL },
	{ "load buffering, release and acquire",
	  { early_first, early_second }, "reordered", NULL },
	{ "a store overtakes, release and acquire",
	  { overtake_first, overtake_second }, "reordered", NULL },
	{ "crossed stores, full barriers",
	  { cross_first, cross_second }, "reordered", NULL },
	{ "one word read twice", { twice_write, twice_read }, NULL, NULL },
	{ "two exchanges of one word", { swap_first, swap_second }, NULL,
	  NULL },
	{ "a wait with a notification", { sleep_first, sleep_second }, NULL,
	  NULL },
	{ "a wait without one", { sleep_first, sleep_alone }, ORDER_LOST,
	  ORDER_LOST },
};

const unsigned int litmus_count = sizeof(shapes) / sizeof(shapes[0]);

const char *litmus_name(unsigned int shape)
{
	return shapes[shape].name;
}

const char *litmus_expected(unsigned int shape, bool weak)
{
	const char *failure = weak ? shapes[shape].weak : shapes[shape].strong;

	return failure ? failure : "in order";
}

bool litmus_explore(unsigned int shape, bool weak)
{
	const struct order_search search = {
		.thread = { shapes[shape].thread[0], shapes[shape].thread[1] },
		.shared = &words,
		.shared_size = sizeof(words),
		.private = &seen,
		.private_size = sizeof(seen),
	};
	const char *failure;

	site.weak = weak;
	memset(&words, 0, sizeof(words));
	memset(&seen, 0, sizeof(seen));
	failure = order_explore(&search, false).failure;
	return !strcmp(litmus_expected(shape, weak),
		       failure ? failure : "in order");
}
