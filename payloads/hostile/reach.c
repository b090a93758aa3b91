/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: loads, stores and fetches over the whole physical map outside the
 * grant; with 32 (interrupt controllers are part of the map) and 37 (so are
 * the other compartments).
 */
#include <common/memory.h>
#include <common/report.h>
#include "access.h"
#include "board.h"
#include "hostile.h"

struct reach {
	const struct access_kind *kind;
	enum access_mode mode;
	uint64_t limit;		/* addresses from here on are left out; 0: none */
};

/* In the image, so granted. */
uint64_t reach_own[64] __attribute__((aligned(64)));

static void reach_try(void *context, uint64_t address)
{
	const struct reach *reach = context;

	if (reach->limit && address >= reach->limit)
		return;
	attempt(access_is_refused(reach->kind, reach->mode, address),
		reach->kind->name, address);
}

void reach_walk(const struct access_kind *kind, enum access_mode mode,
		unsigned int translation, unsigned int coarse)
{
	struct reach reach = {
		.kind = kind,
		.mode = mode,
		.limit = access_get_limit(translation),
	};

	attempt_begin("reach: %s, %s, %s", kind->name, access_mode_names[mode],
		      access_translation_names[translation]);
	access_set_translation(translation);
	map_walk(reach_try, &reach, coarse);
	access_reset_translation();
	attempt_end();
}

void reach_check_own(const struct access_kind *kind, enum access_mode mode,
		     unsigned int translation)
{
	/* Kernel mode comes back, user mode goes to its exit. */
	uint64_t address = kind->fetch ? (uintptr_t)access_code_return :
					 (uintptr_t)reach_own;
	struct trap_record record;
	bool faulted;

	access_set_translation(translation);
	faulted = access_run(kind, mode, address, &record);
	access_reset_translation();
	report(!faulted, "own memory: %s, %s, %s", kind->name,
	       access_mode_names[mode], access_translation_names[translation]);
}

static void reach_all_modes(const struct access_kind *kind)
{
	for (unsigned int t = 0; t < access_translation_count; t++) {
		for (unsigned int m = 0; m < ACCESS_MODES; m++) {
			if (!access_is_possible(m, t))
				continue;
			reach_check_own(kind, m, t);
			reach_walk(kind, m, t, m || t ? REACH_COARSE : 1);
		}
	}
}

/* One byte inside is not enough. */
void reach_straddle(const struct access_kind *kind)
{
	uint64_t base = tree.memory.base, end = base + tree.memory.size;

	access_set_translation(access_translation_misaligned);
	for (unsigned int i = 1; i < kind->size; i++) {
		if (!map_is_granted(end, 8))
			attempt(access_is_refused(kind, ACCESS_KERNEL,
						  end - i),
				kind->name, end - i);
		if (!map_is_granted(base - 8, 8))
			attempt(access_is_refused(kind, ACCESS_KERNEL,
						  base - i),
				kind->name, base - i);
	}
	access_reset_translation();
}

static void reach_tables(void)
{
	attempt_begin("reach: page tables in foreign memory");
	access_set_translation(access_translation_paged);
	for (unsigned int i = 0; i < map_sample_count; i++) {
		uint64_t table = map_samples[i] & ~4095ULL;

		if (map_is_granted(table, 4096) || !access_can_hang(table))
			continue;
		attempt(access_is_refused_by_table(&access_load, table),
			"walk for a load", table);
		attempt(access_is_refused_by_table(&access_store, table),
			"walk for a store", table);
		attempt(access_is_refused_by_table(&access_fetch, table),
			"walk for a fetch", table);
	}
	access_reset_translation();
	attempt_end();
}

void reach_run(void)
{
	if (!report(access_init(), "own memory: page tables"))
		return;
	reach_all_modes(&access_load);
	reach_all_modes(&access_store);
	reach_all_modes(&access_fetch);
	for (unsigned int i = 0; i < access_kind_count; i++) {
		reach_check_own(&access_kinds[i], ACCESS_KERNEL, ACCESS_FIRST);
		reach_walk(&access_kinds[i], ACCESS_KERNEL, ACCESS_FIRST,
			   REACH_COARSE);
	}
	attempt_begin("reach: misaligned across the ends of own memory");
	reach_straddle(&access_load);
	reach_straddle(&access_store);
	attempt_end();
	reach_tables();
	reach_more();
}
