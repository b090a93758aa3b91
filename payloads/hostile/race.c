/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include "harts.h"
#include "race.h"

#define RACE_TURN_LOOKS	200000u	/* about a millisecond */
#define RACE_PAUSE_MASK	0x3ff	/* turns of an empty loop, at most */

static uint64_t race_number;

/* A linear congruential generator: any numbers without a rhythm will do. */
unsigned int race_next(void)
{
	race_number = race_number * 6364136223846793005ULL +
		      1442695040888963407ULL;
	return race_number >> 40;
}

static void race_pause(void)
{
	for (unsigned int n = race_next() & RACE_PAUSE_MASK; n; n--)
		__asm__ volatile ("nop");
}

static void race_spoil(void *context)
{
	struct race *race = context;

	while (!race->over) {
		*race->word = race->get_wrong(race);
		race_pause();
		*race->word = race->whole;
		race->turns++;
		race_pause();
	}
}

bool race_begin(struct race *race)
{
	unsigned long other = harts_find_other();

	race->over = false;
	return other != HARTS_NONE && !hart_start(other, race_spoil, race);
}

/* A hart that has just been stopped to drop translations is not in step yet. */
void race_await_turn(const struct race *race)
{
	unsigned int before = race->turns;

	for (unsigned int i = 0;
	     i < RACE_TURN_LOOKS && race->turns == before; i++)
		__asm__ volatile ("nop");
	race_pause();
}

bool race_end(struct race *race)
{
	race->over = true;
	return harts_await_stop(harts_find_other());
}
