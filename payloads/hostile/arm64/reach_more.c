/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 31 by what AArch64 has beyond plain loads and stores. */
#include <sysreg.h>
#include "../board.h"
#include "../hostile.h"
#include "extensions.h"

#define CPACR_FPEN	(3UL << 20)
#define HAS_ATOMICS	2
#define HAS_NO_VECTORS	15

static void reach_kinds(const struct access_kind *kinds, unsigned int count,
			unsigned int translation)
{
	for (unsigned int i = 0; i < count; i++) {
		reach_check_own(&kinds[i], ACCESS_KERNEL, translation);
		reach_walk(&kinds[i], ACCESS_KERNEL, translation, REACH_COARSE);
	}
}

static void reach_zero(void)
{
	reach_kinds(&access_zero, 1, ACCESS_FIRST);
	reach_check_own(&access_zero, ACCESS_USER, ACCESS_ELSEWHERE);
	reach_walk(&access_zero, ACCESS_USER, ACCESS_ELSEWHERE, REACH_COARSE);
}

static void reach_ends(bool vectors)
{
	attempt_begin("reach: pairs and vectors across the ends of own memory");
	for (unsigned int i = 0; i < access_kind_count; i++) {
		if (access_kinds[i].size > 8)
			reach_straddle(&access_kinds[i]);
	}
	for (unsigned int i = 0; vectors && i < access_vector_count; i++)
		reach_straddle(&access_vectors[i]);
	attempt_end();
}

/*
 * They may be refused, or do nothing that can be seen. What they must not do,
 * throw away what a neighbour stored, shows itself in that one's work.
 */
static void reach_try_hint(void *context, uint64_t address)
{
	const struct access_kind *kind = context;
	struct trap_record record;

	if (address >= access_get_limit(ACCESS_FIRST))
		return;
	attempt(!access_run(kind, ACCESS_KERNEL, address, &record) ||
		access_is_right(kind, &record), kind->name, address);
}

static void reach_hints(void)
{
	attempt_begin("reach: cache maintenance, prefetch, translation");
	access_set_translation(ACCESS_FIRST);
	for (unsigned int i = 0; i < access_hint_count; i++)
		map_walk(reach_try_hint, (void *)&access_hints[i],
			 REACH_COARSE);
	access_reset_translation();
	attempt_end();
}

void reach_more(void)
{
	bool vectors = (read_sysreg(id_aa64pfr0_el1) >> 16 & 15) !=
		       HAS_NO_VECTORS;

	reach_kinds(access_unprivileged, access_unprivileged_count, ACCESS_OFF);
	if ((read_sysreg(id_aa64isar0_el1) >> EXTENSIONS_ATOMICS & 15) >=
	    HAS_ATOMICS)
		reach_kinds(access_atomics, access_atomic_count, ACCESS_FIRST);
	if (vectors) {
		write_sysreg(cpacr_el1, CPACR_FPEN);
		isb();
		reach_kinds(access_vectors, access_vector_count, ACCESS_FIRST);
	}
	reach_zero();
	reach_ends(vectors);
	reach_hints();
}
