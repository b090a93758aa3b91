/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second hart that changes a table or an instruction while the first one uses
 * it, in turns of any length.
 *
 * Ownership: the caller's; it stays until race_end(). Concurrency: one hart
 * begins and ends one race at a time; race_next() is for both.
 */
#ifndef HOSTILE_RACE_H
#define HOSTILE_RACE_H

#include <stdbool.h>
#include <stdint.h>

struct race {
	volatile uint64_t *word;	/* which it changes */
	uint64_t whole;
	uint64_t (*get_wrong)(const struct race *race);
	volatile unsigned int turns;
	volatile bool over;
};

/* Any number. */
unsigned int race_next(void);

/* Whether the second hart runs; race_end() in either case. */
bool race_begin(struct race *race);
/* Waits, bounded, until it has changed the word, and a little longer. */
void race_await_turn(const struct race *race);
/* Whether it has stopped; the word is whole again. */
bool race_end(struct race *race);

#endif
