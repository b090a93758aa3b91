/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 30: functions that every architecture has, with their arguments at their
 * edges. The doorbell's are in doorbell.c.
 */
#include <common/firmware.h>
#include <common/hart.h>
#include <common/memory.h>
#include "board.h"
#include "calls.h"
#include "harts.h"
#include "hostile.h"

const unsigned long calls_edges[] = {
	0, 1, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff, ~0xfffUL,
	~0UL, 0x80000000, 0x90000000,
};
const unsigned int calls_edge_count = sizeof(calls_edges) /
				      sizeof(calls_edges[0]);

void calls_judge(const char *what, unsigned int accept, long answer)
{
	bool ok = answer <= 0 && answer > -16 && (accept >> -answer & 1);

	attempt(ok, what, ok ? 0 : (unsigned long)answer);
}

static void calls_harts(void)
{
	unsigned long own = (unsigned long)image_start;

	attempt_begin("calls: starting and asking foreign harts");
	for (unsigned long h = 0; h < CALLS_HARTS; h++) {
		if (tree_find_hart(&tree, h))
			continue;
		calls_judge("start", CALLS_INVALID, harts_start_at(h, own, 0));
		calls_judge("status", CALLS_INVALID, harts_ask(h));
	}
	for (unsigned int i = 2; i < calls_edge_count; i++) {
		calls_judge("start", CALLS_INVALID,
			    harts_start_at(calls_edges[i], own, 0));
		calls_judge("status", CALLS_INVALID,
			    harts_ask(calls_edges[i]));
	}
	attempt_end();
}

static void calls_start_address(void)
{
	unsigned long other = harts_find_other();

	if (other == HARTS_NONE)
		return;
	attempt_begin("calls: starting an own hart in foreign memory");
	for (unsigned int i = 0; i < map_sample_count; i++) {
		if (!map_is_granted(map_samples[i], 4))
			calls_judge("start", CALLS_ADDRESS,
				    harts_start_at(other, map_samples[i], 0));
	}
	attempt_end();
}

static void calls_console_try(unsigned long size, unsigned long low,
			      unsigned long high)
{
	calls_judge("write", CALLS_INVALID,
		    firmware_call(CONSOLE_EID, CONSOLE_FID_WRITE, size, low,
				  high, ~0UL, NULL));
	calls_judge("read into", CALLS_INVALID,
		    firmware_call(CONSOLE_EID, CONSOLE_FID_READ, size, low,
				  high, ~0UL, NULL));
}

static void calls_buffers(void)
{
	unsigned long own = (unsigned long)image_start;
	unsigned long end = tree.memory.base + tree.memory.size;

	attempt_begin("calls: console with foreign or wrapped buffers");
	for (unsigned int i = 0; i < map_sample_count; i++) {
		if (map_is_granted(map_samples[i], 16))
			continue;
		calls_console_try(16, map_samples[i], 0);
		calls_console_try(1, map_samples[i], 0);
		/* Sizes that carry address + size back into own memory. */
		calls_console_try(own - map_samples[i], map_samples[i], 0);
		calls_console_try(-map_samples[i], map_samples[i], 0);
	}
	for (unsigned int i = 2; i < calls_edge_count; i++)
		calls_console_try(calls_edges[i], own, 0);
	calls_console_try(-own, own, 0);
	calls_console_try(-own + 16, own, 0);
	calls_console_try(16, end - 8, 0);
	calls_console_try(16, tree.memory.base - 8, 0);
	calls_console_try(tree.memory.size + 1, tree.memory.base, 0);
	calls_console_try(16, own, 1);
	calls_console_try(16, own, ~0UL);
	calls_console_try(16, own, own);
	attempt_end();
}

static void calls_try_counter(unsigned int accept, unsigned long compartment,
			      unsigned long counter)
{
	calls_judge("counter", accept,
		    firmware_call(COMPARTMENT_EID, COMPARTMENT_FID_GET_COUNTER,
				  compartment, counter, ~0UL, ~0UL, NULL));
}

static void calls_counters(void)
{
	unsigned long self = 0;

	firmware_call(COMPARTMENT_EID, COMPARTMENT_FID_GET_SELF, 0, 0, 0, 0,
		      &self);
	self &= COMPARTMENT_STATE_MASK;
	attempt_begin("calls: counters of other compartments");
	for (unsigned long c = 0; c < CALLS_HARTS; c++) {
		for (unsigned int n = 0; c != self &&
		     n < COMPARTMENT_COUNTER_COUNT; n++)
			calls_try_counter(CALLS_INVALID | CALLS_DENIED, c, n);
	}
	for (unsigned int i = 2; i < calls_edge_count; i++)
		calls_try_counter(CALLS_INVALID, COMPARTMENT_SELF,
				  calls_edges[i]);
	calls_try_counter(CALLS_INVALID, COMPARTMENT_SELF,
			  COMPARTMENT_COUNTER_COUNT);
	attempt_end();
}

void calls_run(void)
{
	calls_more();
	calls_harts();
	calls_start_address();
	calls_buffers();
	calls_counters();
}
