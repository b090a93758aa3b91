/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 31 by instructions that not every hart has. */
#include <csr.h>
#include "../access.h"
#include "../hostile.h"
#include "extensions.h"

/* Only where S-mode may use it at all, which own memory shows. */
static void reach_cache_zero(void)
{
	struct trap_record record;

	if (access_run(&access_cache_zero, ACCESS_KERNEL,
		       (uintptr_t)reach_own, &record))
		return;
	reach_walk(&access_cache_zero, ACCESS_KERNEL, ACCESS_FIRST,
		   REACH_COARSE);
}

static void reach_floats(void)
{
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	reach_check_own(&access_float_load, ACCESS_KERNEL, ACCESS_FIRST);
	reach_walk(&access_float_load, ACCESS_KERNEL, ACCESS_FIRST,
		   REACH_COARSE);
	reach_walk(&access_float_store, ACCESS_KERNEL, ACCESS_FIRST,
		   REACH_COARSE);
}

static void reach_vectors(void)
{
	static const struct access_kind *const kinds[] = {
		&access_vector_load, &access_vector_store,
		&access_vector_strided,
	};

	csr_set(CSR_SSTATUS, SSTATUS_VS);
	reach_check_own(kinds[0], ACCESS_KERNEL, ACCESS_FIRST);
	for (unsigned int i = 0; i < 3; i++)
		reach_walk(kinds[i], ACCESS_KERNEL, ACCESS_FIRST, REACH_COARSE);
	/*
	 * Across the first element of a unit stride only: when a later one
	 * begins the next page, QEMU 10.0 reads the first one's byte again
	 * instead of it.
	 */
	attempt_begin("reach: vectors across the end of own memory");
	for (unsigned int i = 0; i < 3; i++)
		reach_straddle(kinds[i]);
	attempt_end();
}

void reach_more(void)
{
	reach_cache_zero();
	if (access_has('d'))
		reach_floats();
	if (access_has('v'))
		reach_vectors();
}
