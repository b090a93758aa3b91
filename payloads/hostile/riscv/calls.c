/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 30: every function of every SBI extension, present or absent, with its
 * arguments at their edges, as far as ../calls.c and ../doorbell.c do not try it.
 */
#include <common/hart.h>
#include <doorbell/abi.h>
#include <sbi.h>
#include "../board.h"
#include "../calls.h"
#include "../hostile.h"

#define FUNCTION_SCAN	16

#define ABSENT		CALLS_ABSENT
#define INVALID		CALLS_INVALID
#define ADDRESS		CALLS_ADDRESS
#define NOTHING		CALLS_NOTHING

static void call_try(const char *what, unsigned int accept,
		     unsigned long extension, unsigned long function,
		     unsigned long a0, unsigned long a1, unsigned long a2,
		     unsigned long a3)
{
	calls_judge(what, accept,
		    sbi_call(extension, function, a0, a1, a2, a3, ~0UL,
			     ~0UL).error);
}

static const unsigned long absent[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8,	/* legacy */
	SBI_EXT_PMU, SBI_EXT_SUSP, SBI_EXT_CPPC, SBI_EXT_NACL, SBI_EXT_STA,
	SBI_EXT_DBTR, SBI_EXT_SSE, SBI_EXT_FWFT, SBI_EXT_MPXY,
	SBI_EXT_VENDOR, SBI_EXT_VENDOR + 0x10, SBI_EXT_VENDOR + 0xffffff,
	SBI_EXT_FIRMWARE, SBI_EXT_FIRMWARE + 1, SBI_EXT_FIRMWARE + 0xffffff,
	SBI_EXT_EXPERIMENTAL, DOORBELL_EID - 1, DOORBELL_EID + 1,
	COMPARTMENT_EID - 1, COMPARTMENT_EID + 1, SBI_EXT_EXPERIMENTAL + 0xffffff,
	0x0f, 0x11, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000010, ~0UL,
};

static void calls_absent(void)
{
	attempt_begin("calls: extensions that are not there");
	for (unsigned int e = 0; e < sizeof(absent) / sizeof(absent[0]); e++) {
		for (unsigned int f = 0; f < FUNCTION_SCAN; f++) {
			call_try("zeroes", ABSENT, absent[e], f, 0, 0, 0, 0);
			call_try("ones", ABSENT, absent[e], f, ~0UL, ~0UL,
				 ~0UL, ~0UL);
			call_try("firmware's memory", ABSENT, absent[e], f,
				 0x80000000, 0x80000000, 0, 0x80000000);
		}
		call_try("function ~0", ABSENT, absent[e], ~0UL, 0, 0, 0, 0);
		attempt(!sbi_call(SBI_EXT_BASE, SBI_BASE_PROBE_EXTENSION,
				  absent[e], 0, 0, 0, 0, 0).value,
			"probe", absent[e]);
	}
	attempt_end();
}

static void calls_beyond(void)
{
	static const struct {
		unsigned long extension;
		unsigned long first;
	} beyond[] = {
		{ SBI_EXT_BASE, 7 }, { SBI_EXT_TIME, 1 }, { SBI_EXT_IPI, 1 },
		{ SBI_EXT_RFENCE, 7 }, { SBI_EXT_HSM, 4 }, { SBI_EXT_SRST, 1 },
		{ SBI_EXT_DBCN, 3 }, { DOORBELL_EID, DOORBELL_FID_COUNT },
		{ COMPARTMENT_EID, 2 },
	};

	attempt_begin("calls: functions that are not there");
	for (unsigned int i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		for (unsigned int f = 0; f < FUNCTION_SCAN; f++)
			call_try("function", ABSENT, beyond[i].extension,
				 beyond[i].first + f, 0, 0, 0, 0);
		call_try("function ~0", ABSENT, beyond[i].extension, ~0UL,
			 ~0UL, ~0UL, ~0UL, ~0UL);
		call_try("function 2^32", ABSENT, beyond[i].extension,
			 1UL << 32, 0, 0, 0, 0);
	}
	attempt_end();
}

static void calls_suspend(void)
{
	attempt_begin("calls: resuming from suspension in foreign memory");
	for (unsigned int i = 0; i < map_sample_count; i++) {
		if (!map_is_granted(map_samples[i], 4))
			call_try("suspend", ADDRESS | INVALID | ABSENT,
				 SBI_EXT_HSM, SBI_HSM_HART_SUSPEND, 0x80000000,
				 map_samples[i], 0, 0);
	}
	for (unsigned long type = 1; type < 0x80000000; type <<= 1)
		call_try("reserved suspend type", INVALID | ABSENT, SBI_EXT_HSM,
			 SBI_HSM_HART_SUSPEND, type, 0, 0, 0);
	attempt_end();
}

/* What a mask of foreign harts may come to: nothing, or an error. */
static void calls_masks(void)
{
	unsigned long foreign = ~0UL;

	for (unsigned int i = 0; i < tree.hart_count; i++)
		foreign &= ~(1UL << tree.harts[i].id);
	attempt_begin("calls: interrupts and fences for foreign harts");
	for (unsigned int i = 0; i < calls_edge_count; i++) {
		unsigned long base = calls_edges[i];
		unsigned long mask = base ? ~0UL : foreign;

		if (base == 1)
			mask = foreign >> 1;
		/* A base of ~0 means the caller's own harts: no attack. */
		if (base == ~0UL)
			continue;
		call_try("interrupt", INVALID | NOTHING, SBI_EXT_IPI, 0, mask,
			 base, 0, 0);
		for (unsigned int f = 0; f <= SBI_RFENCE_HFENCE_LAST; f++)
			call_try("fence", INVALID | NOTHING | ABSENT,
				 SBI_EXT_RFENCE, f, mask, base, 0, ~0UL);
	}
	attempt_end();
}

static void calls_reset(void)
{
	attempt_begin("calls: reserved reset types and reasons");
	for (unsigned int bit = 2; bit < 64; bit++) {
		call_try("type", INVALID | ABSENT, SBI_EXT_SRST, 0, 1UL << bit,
			 0, 0, 0);
		call_try("reason", INVALID | ABSENT, SBI_EXT_SRST, 0,
			 SBI_SRST_SHUTDOWN, 1UL << bit, 0, 0);
	}
	call_try("type", INVALID | ABSENT, SBI_EXT_SRST, 0, 3, 0, 0, 0);
	call_try("type", INVALID | ABSENT, SBI_EXT_SRST, 0, ~0UL, 0, 0, 0);
	call_try("reason", INVALID | ABSENT, SBI_EXT_SRST, 0,
		 SBI_SRST_COLD_REBOOT, ~0UL, 0, 0);
	attempt_end();
}

void calls_more(void)
{
	calls_absent();
	calls_beyond();
	calls_suspend();
	calls_masks();
	calls_reset();
}

void calls_visit_deliveries(const struct tree_hart *hart, calls_visit visit)
{
	for (unsigned int bit = 11; bit < 64; bit++)
		visit("identity", 1UL << bit);
	visit("identity", ~0UL);
	if (!hart->imsic.size)
		visit("identity without a file", 1);
}
