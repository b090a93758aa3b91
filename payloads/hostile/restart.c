/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 33: how lives end. One hart asks for the restart while the other one is
 * in the middle of what could hold up the end, or undo it; in turns, for the
 * hart that asks is the one that carries it out:
 *
 *	fences		waits for the other's remote fences
 *	writes		has the firmware print thousands of lines; it must stop
 *			at the end of one, which the next life can tell
 *	starts		starts the hart that carries out the restart
 */
#include <stddef.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/memory.h>
#include <common/report.h>
#include <string.h>
#include <compartment/abi.h>
#include "harts.h"
#include "hostile.h"

#define LIFE_WRITES	6
#define WRITE_SIZE	4096	/* the most that one call writes */
#define PAD_LINE	64

static volatile bool restart_begun;
static volatile unsigned long restart_victim;

static void restart_fences(void *context)
{
	(void)context;
	for (;;) {
		harts_fence_all();
		restart_begun = true;
	}
}

/*
 * Every translation is looked up anew, in the firmware too: the longer a call
 * takes, the likelier it begins before the life ends and is carried out after.
 */
static void restart_starts(void *context)
{
	(void)context;
	for (;;) {
		harts_drop_translations();
		harts_start_at(restart_victim, (unsigned long)image_start, 0);
		restart_begun = true;
	}
}

static void restart_writes(void *context)
{
	for (;;)
		firmware_console_write(context, WRITE_SIZE, NULL);
}

static void restart_ask(void *context)
{
	(void)context;
	while (!restart_begun)
		;
	firmware_restart();
}

/* `act` on one hart, the restart on the other; odd lives ask on this one. */
static void restart_during(uint64_t life, unsigned long other,
			   void (*act)(void *))
{
	restart_victim = life % 2 ? hart_get_id() : other;
	/* In the first lives it spins, as residue.c left it. */
	if (other == HARTS_NONE ||
	    hart_start(other, life % 2 ? act : restart_ask, NULL))
		firmware_restart();
	if (life % 2)
		restart_ask(NULL);
	act(NULL);
}

/* Until the counter of written bytes is a multiple of WRITE_SIZE. */
static void restart_pad(void)
{
	static char line[PAD_LINE];
	uint64_t missing, part;

	memset(line, '.', sizeof(line));
	line[PAD_LINE - 1] = '\n';
	for (;;) {
		missing = -firmware_get_counter(
				COMPARTMENT_COUNTER_CONSOLE_BYTES) % WRITE_SIZE;
		if (!missing)
			return;
		part = missing < PAD_LINE ? missing : PAD_LINE;
		firmware_console_write(line + PAD_LINE - part, part, NULL);
	}
}

/* Firmware entries that are not the calling hart's own, since a start. */
struct restart_entries {
	uint64_t start, own;
};

static uint64_t restart_get_entries(struct restart_entries *entries)
{
	entries->own++;
	return firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES) -
	       entries->start - entries->own;
}

/*
 * Ends this life in the middle of a call by the other hart: half as far into it
 * as the one before took. An entry before the first call may be the start's.
 */
static void restart_while_writing(unsigned long other)
{
	static char lines[WRITE_SIZE];
	struct restart_entries entries = { .own = 1 }; /* for hart_start() */
	uint64_t before, begun;

	memset(lines, '\n', sizeof(lines));
	restart_pad();
	entries.start = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES);
	if (hart_start(other, restart_writes, lines))
		firmware_restart();
	while (restart_get_entries(&entries) < 2)
		;
	before = hart_get_time();
	while (restart_get_entries(&entries) < 3)
		;
	begun = hart_get_time();
	while (hart_get_time() - begun < (begun - before) / 2)
		;
	firmware_restart();
}

void restart_check(void)
{
	uint64_t bytes =
		firmware_get_counter(COMPARTMENT_COUNTER_CONSOLE_BYTES);

	if (firmware_get_life() != LIFE_WRITES + 1 ||
	    harts_find_other() == HARTS_NONE)
		return;
	report(bytes % WRITE_SIZE,
	       "storm: output that no longer matters is cut short");
}

void restart_run(uint64_t life)
{
	unsigned long other = harts_find_other();

	if (life == LIFE_WRITES && other != HARTS_NONE)
		restart_while_writing(other);
	restart_during(life, other, life < LIFE_WRITES ? restart_fences :
							 restart_starts);
	firmware_restart();
}
