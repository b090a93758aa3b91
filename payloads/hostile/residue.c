/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 36: a life leaves as much behind as it can, the next one looks for it.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/memory.h>
#include <common/report.h>
#include <common/tree.h>
#include <doorbell/abi.h>
#include <libfdt.h>
#include "harts.h"
#include "hostile.h"
#include "leftover.h"

#define PATTERN			0x7265736964756573ULL
#define LATER			20	/* fractions of a second */

/* The first byte behind the device tree. */
static uint64_t residue_get_tail(void)
{
	return ((uintptr_t)tree.blob + fdt_totalsize(tree.blob) + 7) & ~7ULL;
}

static void residue_fill(uint64_t from, uint64_t to)
{
	for (uint64_t a = (from + 7) & ~7ULL; a + 8 <= to; a += 8)
		*(volatile uint64_t *)(uintptr_t)a = PATTERN;
}

/* How the second hart is left: writing wherever it can, or as one of these. */
static const struct leftover_way *residue_way;
static volatile bool residue_begun;

static void residue_leave_other(void *page)
{
	leftover_leave();
	residue_begun = true;
	residue_way->leave(page);
}

/* With interrupts off and never asking anybody anything. */
void residue_spin(volatile uint64_t *page)
{
	for (uint64_t spins = 0;; spins++)
		page[spins % (DOORBELL_PAGE_SIZE / 8)] = PATTERN;
}

void residue_prepare(uint64_t life)
{
	unsigned long other = harts_find_other();
	uint64_t base, size = memory_get_free(&base);
	uint64_t page = (base + DOORBELL_PAGE_SIZE - 1) &
			~(uint64_t)(DOORBELL_PAGE_SIZE - 1);
	unsigned int left;

	residue_fill(base, base + size);
	residue_fill(residue_get_tail(), tree.memory.base + tree.memory.size);
	firmware_call(DOORBELL_EID, DOORBELL_FID_REGISTER, DOORBELL_LINK_ALL,
		      page, hart_get_id(), DOORBELL_DELIVERY_SOFTWARE, NULL);
	firmware_call(DOORBELL_EID, DOORBELL_FID_SET_MASK, 0, ~0UL, 0, 0, NULL);
	leftover_leave_interrupts();
	left = leftover_leave();
	report(left, "residue: %u control and status registers are left", left);
	if (other == HARTS_NONE)
		return;
	residue_way = &leftover_ways[(life - 1) % leftover_way_count];
	report(!hart_start(other, residue_leave_other,
			   (void *)(uintptr_t)page),
	       "residue: a second hart is left %s", residue_way->name);
	while (!residue_begun)
		;
}

/* Looks for `value`, or with 0 for anything but it. */
static bool residue_is_clear_of(uint64_t value, uint64_t from, uint64_t to)
{
	uint64_t found;

	for (uint64_t a = (from + 7) & ~7ULL; a + 8 <= to; a += 8) {
		found = *(volatile uint64_t *)(uintptr_t)a;
		if (value ? found != value : !found)
			continue;
		print("residue: %p holds 0x%lx\n", (void *)(uintptr_t)a, found);
		return false;
	}
	return true;
}

/* Behind the tree there may be what was left of building it, no more. */
static bool residue_memory_is_clear(void)
{
	uint64_t base, size = memory_get_free(&base);

	return residue_is_clear_of(0, base, base + size) &&
	       residue_is_clear_of(PATTERN, residue_get_tail(),
				   tree.memory.base + tree.memory.size);
}

static void residue_wait(void)
{
	uint64_t until = hart_get_time() + tree.timebase / LATER;

	while (hart_get_time() < until)
		__asm__ volatile ("nop");
}

static void residue_check_leftover(void *context)
{
	*(volatile bool *)context = leftover_is_clear();
}

bool leftover_is_fresh(const struct leftover_entry *entry)
{
	uint64_t any = 0;

	for (unsigned int i = 0; i < LEFTOVER_FOUND; i++)
		any |= entry->found[i];
	return !any;
}

/* Stopped so far; its first instructions look, then it looks in earnest. */
static void residue_check_other(unsigned long other)
{
	static struct leftover_entry entry;
	static bool clear;

	report(harts_is_stopped(other), "residue: the second hart is stopped");
	if (!report(!harts_start_at(other, (unsigned long)leftover_enter,
				    (unsigned long)&entry) &&
		    harts_await_stop(other) &&
		    !hart_start(other, residue_check_leftover, &clear) &&
		    harts_await_stop(other),
		    "residue: the second hart starts and stops"))
		return;
	report(*(volatile uint64_t *)&entry.done && leftover_is_fresh(&entry),
	       "residue: the second hart starts afresh");
	report(*(volatile bool *)&clear,
	       "residue: no register of the second hart");
}

void residue_check(void)
{
	unsigned long other = harts_find_other();

	report(leftover_is_clear(), "residue: no register");
	leftover_check_interrupts();
	report(residue_memory_is_clear(), "residue: no memory");
	if (other != HARTS_NONE)
		residue_check_other(other);
	/* What still runs, or still knows an address, shows itself. */
	residue_wait();
	report(residue_memory_is_clear(), "residue: no memory, later");
	report(!leftover_is_interrupted(), "residue: no interrupt, later");
}
