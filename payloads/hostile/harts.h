/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second hart of the compartment, as the first one sees it, and what one
 * hart can do to all of its compartment. The lower half is implemented by the
 * architecture (<arch>/harts.c).
 *
 * Any hart may call; errors are an enum call_error.
 */
#ifndef HOSTILE_HARTS_H
#define HOSTILE_HARTS_H

#include <stdbool.h>

#define HARTS_NONE	(~0UL)
#define HARTS_PATIENCE	20	/* seconds */

/* A hart of ours that is not the caller, or HARTS_NONE. */
unsigned long harts_find_other(void);

/* False if it has not stopped within HARTS_PATIENCE. */
bool harts_await_stop(unsigned long hart);

/* ---- By the architecture ---- */

bool harts_is_stopped(unsigned long hart);

/* Starts whatever hart at whatever address, as common/hart.c would not. */
long harts_start_at(unsigned long hart, unsigned long entry,
		    unsigned long argument);
/* What the firmware says to whoever asks for the hart's state. */
long harts_ask(unsigned long hart);

/*
 * All harts of the compartment, the caller's too, drop translations; look for
 * new instructions; are interrupted.
 */
long harts_fence_all(void);
long harts_fence_instructions(void);
long harts_interrupt_all(void);

/* The calling one drops its own. */
void harts_drop_translations(void);

/* Sleeps until another hart interrupts, and forgets that it did. */
void harts_sleep(void);

#endif
