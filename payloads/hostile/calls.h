/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls into the firmware that must come to nothing. What is called the same
 * everywhere is tried in calls.c and doorbell.c, the rest by the architecture
 * (<arch>/calls.c).
 *
 * Any hart may call; errors are an enum call_error.
 */
#ifndef HOSTILE_CALLS_H
#define HOSTILE_CALLS_H

#include <stdbool.h>
#include <common/firmware.h>
#include <common/tree.h>

/* Sets of acceptable answers */
#define CALLS_ANSWER(error)	(1U << -(error))
#define CALLS_ABSENT		CALLS_ANSWER(CALL_ERR_NOT_SUPPORTED)
#define CALLS_INVALID		CALLS_ANSWER(CALL_ERR_INVALID_PARAM)
#define CALLS_DENIED		CALLS_ANSWER(CALL_ERR_DENIED)
#define CALLS_ADDRESS		CALLS_ANSWER(CALL_ERR_INVALID_ADDRESS)
#define CALLS_NOTHING		CALLS_ANSWER(CALL_SUCCESS) /* for nobody */

#define CALLS_HARTS		64	/* ids from 0 on that are tried */

/* One attempt: refused if the answer is one of `accept`. */
void calls_judge(const char *what, unsigned int accept, long answer);

/* Values at the edges of what can be meant; from 2 on, none is small. */
extern const unsigned long calls_edges[];
extern const unsigned int calls_edge_count;

/* ---- By the architecture ---- */

/* Every call that only it has, and those that are not there. */
void calls_more(void);

/* Deliveries that no doorbell of that hart may have. */
typedef void (*calls_visit)(const char *what, unsigned long delivery);
void calls_visit_deliveries(const struct tree_hart *hart, calls_visit visit);

#endif
