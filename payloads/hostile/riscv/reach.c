/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: loads, stores and fetches over the whole physical map outside the
 * grant; with 32 (interrupt controllers are part of the map) and 37 (so are
 * the other compartments).
 */
#include <common/memory.h>
#include <common/report.h>
#include <csr.h>
#include "../hostile.h"
#include "access.h"
#include "paging.h"

#define COARSE 16

struct reach {
	const struct access_kind *kind;
	enum access_mode mode;
	uint64_t limit;		/* addresses from here on are left out; 0: none */
};

static const char *const mode_names[] = { "S-mode", "U-mode" };
static const char *const translation_names[] = { "bare", "Sv39" };

/* In the image, so granted: what has to succeed, or the rest proves nothing. */
static uint64_t reach_own[64] __attribute__((aligned(64)));

static void reach_try(void *context, uint64_t address)
{
	const struct reach *reach = context;

	if (reach->limit && address >= reach->limit)
		return;
	attempt(access_is_refused(reach->kind, reach->mode, address),
		reach->kind->name, address);
}

static void reach_walk(const struct access_kind *kind, enum access_mode mode,
		       enum access_translation translation, unsigned int coarse)
{
	struct reach reach = {
		.kind = kind,
		.mode = mode,
		.limit = translation == ACCESS_PAGED ? PAGING_ALL_SIZE : 0,
	};

	attempt_begin("reach: %s, %s, %s", kind->name, mode_names[mode],
		      translation_names[translation]);
	access_set_translation(translation);
	map_walk(reach_try, &reach, coarse);
	access_set_translation(ACCESS_BARE);
	attempt_end();
}

static void reach_check_own(const struct access_kind *kind,
			    enum access_mode mode,
			    enum access_translation translation)
{
	/* A `ret` in own memory: S-mode comes back, U-mode goes to its exit. */
	static const uint16_t code[2] __attribute__((aligned(4))) = {
		0x8082, 0x8082
	};
	uint64_t address = kind->fetch ? (uintptr_t)code :
					 (uintptr_t)reach_own;
	struct trap_record record;
	bool faulted;

	access_set_translation(translation);
	/* S-mode may not run what U-mode may, and sees its own as it is. */
	faulted = access_run(kind, mode, address, &record);
	access_set_translation(ACCESS_BARE);
	report(!faulted, "own memory: %s, %s, %s", kind->name, mode_names[mode],
	       translation_names[translation]);
}

static void reach_all_modes(const struct access_kind *kind,
			    unsigned int coarse)
{
	for (unsigned int t = ACCESS_BARE; t <= ACCESS_PAGED; t++) {
		for (unsigned int m = ACCESS_SUPERVISOR; m <= ACCESS_USER; m++) {
			reach_check_own(kind, m, t);
			reach_walk(kind, m, t, m || t ? coarse * COARSE :
							coarse);
		}
	}
}

/*
 * Across the ends of the own memory: one byte inside is not enough. For a
 * vector of unit stride, across its first element only: when a later one begins
 * the next page, QEMU 10.0 reads the first one's byte again instead of it.
 */
static void reach_straddle(const struct access_kind *kind)
{
	uint64_t base = tree.memory.base, end = base + tree.memory.size;

	for (unsigned int i = 1; i < kind->size; i++) {
		if (!map_is_granted(end, 8))
			attempt(access_is_refused(kind, ACCESS_SUPERVISOR,
						  end - i),
				kind->name, end - i);
		if (!map_is_granted(base - 8, 8))
			attempt(access_is_refused(kind, ACCESS_SUPERVISOR,
						  base - i),
				kind->name, base - i);
	}
}

static void reach_tables(void)
{
	attempt_begin("reach: page tables in foreign memory");
	access_set_translation(ACCESS_PAGED);
	for (unsigned int i = 0; i < map_sample_count; i++) {
		uint64_t table = map_samples[i] & ~4095ULL;

		if (map_is_granted(table, 4096) || table >> 56)
			continue;
		attempt(access_is_refused_by_table(&access_load, table),
			"walk for a load", table);
		attempt(access_is_refused_by_table(&access_store, table),
			"walk for a store", table);
		attempt(access_is_refused_by_table(&access_fetch, table),
			"walk for a fetch", table);
	}
	access_set_translation(ACCESS_BARE);
	attempt_end();
}

/* Only where S-mode may use it at all, which own memory shows. */
static void reach_cache_zero(void)
{
	struct trap_record record;

	if (access_run(&access_cache_zero, ACCESS_SUPERVISOR,
		       (uintptr_t)reach_own, &record))
		return;
	reach_walk(&access_cache_zero, ACCESS_SUPERVISOR, ACCESS_BARE, COARSE);
}

static void reach_extensions(void)
{
	reach_cache_zero();
	if (access_has('d')) {
		csr_set(CSR_SSTATUS, SSTATUS_FS);
		reach_check_own(&access_float_load, ACCESS_SUPERVISOR,
				ACCESS_BARE);
		reach_walk(&access_float_load, ACCESS_SUPERVISOR, ACCESS_BARE,
			   COARSE);
		reach_walk(&access_float_store, ACCESS_SUPERVISOR, ACCESS_BARE,
			   COARSE);
	}
	if (access_has('v')) {
		csr_set(CSR_SSTATUS, SSTATUS_VS);
		reach_check_own(&access_vector_load, ACCESS_SUPERVISOR,
				ACCESS_BARE);
		reach_walk(&access_vector_load, ACCESS_SUPERVISOR, ACCESS_BARE,
			   COARSE);
		reach_walk(&access_vector_store, ACCESS_SUPERVISOR,
			   ACCESS_BARE, COARSE);
		reach_walk(&access_vector_strided, ACCESS_SUPERVISOR,
			   ACCESS_BARE, COARSE);
		attempt_begin("reach: vectors across the end of own memory");
		reach_straddle(&access_vector_load);
		reach_straddle(&access_vector_store);
		reach_straddle(&access_vector_strided);
		attempt_end();
	}
}

void reach_run(void)
{
	if (!report(access_init(), "own memory: page tables"))
		return;
	reach_all_modes(&access_load, 1);
	reach_all_modes(&access_store, 1);
	reach_all_modes(&access_fetch, 1);
	for (unsigned int i = 0; i < access_kind_count; i++) {
		reach_check_own(&access_kinds[i], ACCESS_SUPERVISOR,
				ACCESS_BARE);
		reach_walk(&access_kinds[i], ACCESS_SUPERVISOR, ACCESS_BARE,
			   COARSE);
	}
	attempt_begin("reach: misaligned across the ends of own memory");
	reach_straddle(&access_load);
	reach_straddle(&access_store);
	attempt_end();
	reach_tables();
	reach_extensions();
}
