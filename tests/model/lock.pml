/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fair lock of include/port/lock.h: one holder at a time, and whoever waits
 * gets it, however often the others take it.
 *
 * Mirrors port_lock_acquire() (a ticket, drawn by an atomic addition, and
 * waiting for it to be called) and port_lock_release().
 *
 * Shown: mutual exclusion (assertion); with the claim `served`, on a machine on
 * which every hart goes on (weak fairness), hart 0 never waits for ever.
 *
 * Abstracted: three harts; tickets wrap at four, not 2^32; sequential memory
 * (the acquire and release of the lock are compiler built-ins that the thread
 * sanitiser checks).
 */
#define HARTS 3
#define TICKETS 4

byte next, owner, inside;
bool waiting, holding;	/* hart 0 */

proctype hart(byte id)
{
	byte ticket;

end:	do
	:: waiting = waiting || id == 0;
#ifdef UNFAIR
		atomic { owner == 0 -> owner = 1 };
#else
#ifdef DRAW_IN_TWO
		ticket = next;
		next = (ticket + 1) % TICKETS;
#else
		atomic { ticket = next; next = (next + 1) % TICKETS };
#endif
		owner == ticket;
#endif
		atomic {
			inside++;
			assert(inside == 1);
			holding = id == 0;
			waiting = waiting && id != 0
		};
		atomic { inside--; holding = false };
#ifdef UNFAIR
		owner = 0
#else
		owner = (owner + 1) % TICKETS;
		ticket = 0
#endif
	od
}

init {
	atomic {
		run hart(0);
		run hart(1);
		run hart(2)
	}
}

ltl served { [] (waiting -> <> holding) }
