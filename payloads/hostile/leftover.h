/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a life leaves in the registers of the calling hart and in its interrupt
 * controller, and whether the next one finds any of it. Implemented by the
 * architecture (<arch>/leftover*.c).
 *
 * One hart at a time.
 */
#ifndef HOSTILE_LEFTOVER_H
#define HOSTILE_LEFTOVER_H

#include <stdbool.h>
#include <stdint.h>

/* Leaves all it can; returns in how many control and status registers. */
unsigned int leftover_leave(void);

/* Before the hart takes any trap. Names on the console what is not clear. */
bool leftover_is_clear(void);

/* Leaves interrupts pending and enabled, and reports that they are. */
void leftover_leave_interrupts(void);

/* Reports whether any is; translation, which is the hart's too. */
void leftover_check_interrupts(void);

/* Whether one is pending that nobody asked for since. */
bool leftover_is_interrupted(void);

/*
 * Ways to leave a hart for who ends this life; `page` is its own memory, which
 * the firmware was told to ring in.
 */
struct leftover_way {
	const char *name;
	void (*leave)(volatile uint64_t *page);
};

extern const struct leftover_way leftover_ways[];
extern const unsigned int leftover_way_count;

/* The first instructions of a hart: keeps what it finds, and stops. */
#define LEFTOVER_FOUND	8

struct leftover_entry {
	uint64_t done;
	uint64_t found[LEFTOVER_FOUND];	/* registers; all 0 in a fresh hart */
};

/* An entry point, with a struct leftover_entry as its argument. */
void leftover_enter(void);

/* ---- residue.c ---- */

/* A way: scribbles over the page for ever. */
void residue_spin(volatile uint64_t *page) __attribute__((noreturn));
/* Whether the entry kept nothing but zeroes. */
bool leftover_is_fresh(const struct leftover_entry *entry);

#endif
