/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: refused vector accesses under a mask, on every hart at once. What
 * the firmware does about one must not depend on the mask, nor go beyond the
 * hart's own stack: what lies below it is the next hart's, and below the last
 * one's the firmware's data.
 */
#include <common/hart.h>
#include <string.h>
#include <csr.h>
#include "../access.h"
#include "../board.h"
#include "../harts.h"
#include "../hostile.h"
#include "extensions.h"
#include "groups.h"

#define VECTOR_TRIES	400
#define VECTOR_FENCES	8	/* one fence for so many tries: they take long */

struct vector_count {
	volatile uint64_t refused;
	volatile uint64_t through;
};

static void vector_attack(void *context)
{
	struct vector_count *count = context;

	csr_set(CSR_SSTATUS, SSTATUS_VS);
	for (unsigned int i = 0; i < VECTOR_TRIES; i++) {
		uint64_t address = map_samples[i / 2 % map_sample_count];
		const struct access_kind *kind =
			i % 2 ? &access_vector_masked_store :
				&access_vector_masked_load;

		if (map_is_granted(address, kind->size))
			continue;
		/* A fence: in the firmware, on its stack, as long as can be. */
		if (access_is_refused(kind, ACCESS_KERNEL, address) &&
		    (i % VECTOR_FENCES || !harts_fence_all()))
			count->refused++;
		else
			count->through++;
	}
}

static void vector_add(const struct vector_count *count, unsigned long hart)
{
	for (uint64_t i = 0; i < count->refused; i++)
		attempt(true, "hart", hart);
	for (uint64_t i = 0; i < count->through; i++)
		attempt(false, "hart", hart);
}

void vector_run(void)
{
	static struct vector_count counts[2];
	unsigned long other = harts_find_other();

	if (!access_has('v'))
		return;
	attempt_begin("reach: masked vectors of all harts at once");
	if (other != HARTS_NONE &&
	    hart_start(other, vector_attack, &counts[1]))
		attempt(false, "no start of hart", other);
	vector_attack(&counts[0]);
	if (other != HARTS_NONE && !harts_await_stop(other))
		attempt(false, "no end of hart", other);
	vector_add(&counts[0], hart_get_id());
	if (other != HARTS_NONE)
		vector_add(&counts[1], other);
	attempt_end();
}
