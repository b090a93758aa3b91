/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What instrumented sources call: each check of theirs is a mutant with a
 * number, and at most one of them is disabled in a run.
 *
 * The environment says what a run is: MUTANT=<number> disables that one;
 * MUTANT_DECISIVE=<file> writes the numbers of those that ever decided
 * anything, one per line, when the program exits. Any thread may call these.
 */
#ifndef MUTANT_H
#define MUTANT_H

#define MUTANT_MAX 65536u

/* @value, but false if @number is disabled. Decides something if true. */
_Bool mutant_never(unsigned int number, _Bool value);
/* @value, but true if @number is disabled. Decides something if false. */
_Bool mutant_always(unsigned int number, _Bool value);

#endif
