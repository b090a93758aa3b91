/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 32 at a PLIC: sources and contexts of others. */
#include <stddef.h>
#include <common/hart.h>
#include <common/probe.h>
#include <plic_map.h>
#include "../hostile.h"
#include "interrupts.h"

#define CONTEXTS		(2 * INTERRUPTS_HARTS)
#define ROUNDS			20U	/* the others work meanwhile */

static bool plic_is_own_context(unsigned int context)
{
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].plic_context == (int)context)
			return true;
	}
	return false;
}

static void plic_try_sources(uint64_t base)
{
	attempt_begin("interrupts: foreign sources of the PLIC");
	for (unsigned int s = 0; s < INTERRUPTS_SOURCES; s++) {
		if (interrupts_is_own(s))
			continue;
		interrupts_write(base + PLIC_PRIORITY(s), 7);
		attempt(!interrupts_read(base + PLIC_PRIORITY(s)), "priority",
			s);
	}
	for (unsigned int word = 0; word < INTERRUPTS_SOURCES / 32; word++) {
		interrupts_write(base + PLIC_PENDING(word), ~0U);
		attempt(!(interrupts_read(base + PLIC_PENDING(word)) &
			  ~interrupts_get_own(word)), "pending", word);
	}
	attempt_end();
}

static void plic_try_enables(uint64_t base)
{
	attempt_begin("interrupts: foreign sources and contexts, enabled");
	for (unsigned int context = 0; context < CONTEXTS; context++) {
		for (unsigned int word = 0; word < 32; word++) {
			uint64_t at = base + PLIC_ENABLE(context, word);
			uint32_t own = plic_is_own_context(context) ?
				       interrupts_get_own(word) : 0;

			interrupts_write(at, ~0U);
			attempt(interrupts_read(at) == own, "enable", at);
			interrupts_write(at, 0);
			attempt(!interrupts_read(at), "disable", at);
		}
	}
	attempt_end();
}

static void plic_try_contexts(uint64_t base)
{
	uint64_t value;

	attempt_begin("interrupts: claims and thresholds of foreign contexts");
	for (unsigned int context = 0; context < CONTEXTS; context++) {
		if (plic_is_own_context(context))
			continue;
		for (unsigned int offset = 0; offset < 0x1000; offset += 0x3fc) {
			uint64_t at = base + PLIC_CONTEXT(context) + offset;

			attempt(!probe_load(at, 4, &value), "load", at);
			attempt(!probe_store(at, 4, 1), "store", at);
		}
		attempt(!probe_load(base + PLIC_CLAIM(context), 4, &value),
			"claim", context);
	}
	attempt_end();
}

/*
 * Completes what others may be in the middle of. That they go on, in spite of
 * it, is what their own lines say; here it must bring nothing.
 */
static void plic_try_completions(uint64_t base, unsigned int context)
{
	uint64_t port = base + PLIC_CLAIM(context);

	attempt_begin("interrupts: claiming and completing those of others");
	interrupts_write(base + PLIC_THRESHOLD(context), 0);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		for (unsigned int s = 0; s < INTERRUPTS_SOURCES; s++) {
			uint32_t claimed;

			if (interrupts_is_own(s))
				continue;
			interrupts_write(port, s);
			claimed = interrupts_read(port);
			attempt(!claimed || interrupts_is_own(claimed), "claim",
				claimed);
		}
	}
	attempt_end();
}

void plic_run(void)
{
	const struct tree_device *plic = tree_find_device(&tree, NULL,
							  "riscv,plic0");
	const struct tree_hart *hart = tree_find_hart(&tree, hart_get_id());
	uint64_t addresses[3];

	if (!plic || hart->plic_context < 0)
		return;
	addresses[0] = plic->reg.base + PLIC_PRIORITY(2);
	addresses[1] = plic->reg.base + PLIC_PENDING(0);
	addresses[2] = plic->reg.base + PLIC_ENABLE(hart->plic_context, 0);
	plic_try_sources(plic->reg.base);
	plic_try_enables(plic->reg.base);
	plic_try_contexts(plic->reg.base);
	plic_try_completions(plic->reg.base, hart->plic_context);
	interrupts_try_widths("PLIC", addresses, 3);
}
