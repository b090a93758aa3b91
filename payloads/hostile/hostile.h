/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile payload: tries everything that a compartment may not do, and
 * reports each group of attempts as one PASS or FAIL line. An attempt counts
 * as refused only if what refuses it was seen: the right fault, or the right
 * error. Cases by their numbers in docs/threat-model.md, "Attacks that are
 * tried".
 *
 * Ownership: all state is this payload's own.
 * Concurrency: one hart attempts; the second, where there is one, does what the
 * storms tell it to.
 * Trust: none; what the firmware says is compared with what must be.
 */
#ifndef HOSTILE_HOSTILE_H
#define HOSTILE_HOSTILE_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>

/* ---- Attempts (attempt.c) ---- */

struct attempt_totals {
	uint64_t refused;
	uint64_t through;
};

extern struct attempt_totals attempt_totals;

/* Opens a group; attempts belong to it until the next is opened or closed. */
void attempt_begin(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * One attempt. The first few of a group that got through are named on the
 * console by `what` and `number`.
 */
void attempt(bool refused, const char *what, uint64_t number);

/* Closes the group with its PASS or FAIL; a group without attempts fails. */
void attempt_end(void);

/* ---- What lies outside the grant (map.c) ---- */

typedef void (*map_visit)(void *context, uint64_t address);

/* Whether [address, address + size) touches anything granted. */
bool map_is_granted(uint64_t address, uint64_t size);

/*
 * Calls `visit` for addresses, multiples of 8, that are not granted: the edges
 * of everything granted, the board's devices, RAM and the rest of the map in
 * strides. Of the strides only every `coarse`-th (1: all).
 */
void map_walk(map_visit visit, void *context, unsigned int coarse);

/* ---- Groups, each one or more reports ---- */

void reach_run(void);		/* 31, 32, 37: loads, stores, fetches */
/* What only the architecture has: <arch>/groups.c. */
void architecture_run(void);
void calls_run(void);		/* 30: every call of every extension */
void doorbell_run(void);	/* 30, 37: the doorbell's calls */
void residue_check(void);	/* 36: call before anything else */
void residue_prepare(uint64_t life);	/* 36: call before the restart */
void storm_run(void);		/* 33 */
/* 33: ends this life, in a way of its own for each; see restart.c. */
void restart_run(uint64_t life) __attribute__((noreturn));
void restart_check(void);	/* 33: call before anything is printed */
void dma_run(void);		/* 35: only with a granted bus master */
/* That bus master reads a sector and interrupts; false if there is none. */
bool dma_interrupt(void);

#endif
