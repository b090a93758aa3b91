/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that no device of the machine drives. A UART that the firmware
 * plays has one whenever its transmitter's interrupt is enabled, for the
 * transmitter is always empty (PC16550D data sheet, 8.6). At a PLIC, whose
 * pending bits cannot be written, they need the most: who claims one, when it
 * is due, where it is enabled.
 */
#include <stddef.h>
#include <common/hart.h>
#include <csr.h>
#include <plic_map.h>
#include "../harts.h"
#include "../hostile.h"
#include "groups.h"
#include "interrupts.h"

#define UART_IER	1
#define UART_IER_SENT	2U

#define RAISES		50U

const struct tree_device *played_find(void)
{
	return tree_find_device(&tree, NULL, "ns16550a");
}

void played_raise(const struct tree_device *device)
{
	volatile uint8_t *enables =
		(volatile uint8_t *)(uintptr_t)device->reg.base + UART_IER;

	*enables = 0;
	*enables = UART_IER_SENT;
}

struct played_plic {
	uint64_t base;
	unsigned int source, context;
	const struct tree_device *device;
};

static struct played_plic played;
static volatile uint32_t played_claimed;

static void played_enable(unsigned int context, bool enabled)
{
	uint64_t at = played.base + PLIC_ENABLE(context, played.source / 32);
	uint32_t bit = 1U << played.source % 32;

	interrupts_write(at, enabled ? bit : 0);
}

static uint32_t played_claim(void)
{
	return interrupts_read(played.base + PLIC_CLAIM(played.context));
}

static void played_complete(void)
{
	interrupts_write(played.base + PLIC_CLAIM(played.context),
			 played.source);
}

static bool played_is_pending(void)
{
	uint64_t at = played.base + PLIC_PENDING(played.source / 32);

	return interrupts_read(at) >> played.source % 32 & 1;
}

/* Of the hart; it follows what made it so at once. */
static bool played_is_due(void)
{
	return csr_read(CSR_SIP) & IRQ_EXTERNAL;
}

static void played_try_claims(void)
{
	attempt_begin("interrupts: the claim of one that nothing drives");
	attempt(!played_is_due() && !played_claim(), "before", 0);
	played_raise(played.device);
	attempt(played_is_due() && played_is_pending(), "raised", 0);
	attempt(played_claim() == played.source, "claim", 0);
	attempt(!played_is_due() && !played_is_pending(), "claimed", 0);
	attempt(!played_claim(), "second claim", 0);
	played_raise(played.device);
	attempt(played_is_pending() && !played_is_due() && !played_claim(),
		"raised while it is claimed", 0);
	played_complete();
	attempt(played_is_due() && played_claim() == played.source,
		"claim behind the completion", 0);
	played_complete();
	attempt(!played_is_due() && !played_claim(), "after", 0);
	attempt_end();
}

static void played_try_conditions(void)
{
	uint64_t threshold = played.base + PLIC_THRESHOLD(played.context);

	attempt_begin("interrupts: when one that nothing drives is due");
	played_enable(played.context, false);
	played_raise(played.device);
	attempt(played_is_pending() && !played_is_due() && !played_claim(),
		"disabled", 0);
	interrupts_write(threshold, 1);
	played_enable(played.context, true);
	attempt(!played_is_due() && !played_claim(), "below the threshold", 0);
	interrupts_write(threshold, 0);
	attempt(played_is_due(), "above the threshold", 0);
	interrupts_write(played.base + PLIC_PRIORITY(played.source), 0);
	attempt(!played_is_due() && !played_claim(), "priority 0", 0);
	interrupts_write(played.base + PLIC_PRIORITY(played.source), 1);
	attempt(played_is_due() && played_claim() == played.source,
		"priority 1", 0);
	played_enable(played.context, false);
	played_complete();
	played_enable(played.context, true);
	played_raise(played.device);
	attempt(!played_is_due() && !played_claim(),
		"completed where it is disabled", 0);
	played_complete();
	attempt(played_is_due() && played_claim() == played.source,
		"completed where it is enabled", 0);
	played_complete();
	attempt_end();
}

/* On the second hart, where alone it is enabled. */
static void played_take(void *context)
{
	const struct tree_hart *hart = context;
	uint64_t port = played.base + PLIC_CLAIM(hart->plic_context);
	uint64_t until = hart_get_time() + HARTS_PATIENCE * tree.timebase;

	interrupts_write(played.base + PLIC_THRESHOLD(hart->plic_context), 0);
	played_enable(hart->plic_context, true);
	while (!played_is_due() && hart_get_time() < until)
		;
	played_claimed = interrupts_read(port);
	interrupts_write(port, played_claimed);
	played_enable(hart->plic_context, false);
}

static void played_try_other(void)
{
	unsigned long other = harts_find_other();
	const struct tree_hart *hart = tree_find_hart(&tree, other);

	if (!hart)
		return;
	attempt_begin("interrupts: one that nothing drives at another hart");
	played_enable(played.context, false);
	/* Before the hart starts and while it runs: whichever it is. */
	for (unsigned int i = 0; i < RAISES; i++) {
		played_claimed = 0;
		if (i % 2)
			played_raise(played.device);
		attempt(!hart_start(other, played_take, (void *)hart), "start",
			i);
		if (!(i % 2))
			played_raise(played.device);
		attempt(harts_await_stop(other) &&
			played_claimed == played.source, "claim", i);
		attempt(!played_is_due(), "no interrupt here", i);
	}
	attempt_end();
}

void played_run(void)
{
	const struct tree_device *device = played_find();
	const struct tree_device *plic = tree_find_device(&tree, NULL,
							  "riscv,plic0");

	if (!device || !plic)
		return;
	played.base = plic->reg.base;
	played.device = device;
	played.source = (unsigned int)device->source;
	played.context = (unsigned int)
		tree_find_hart(&tree, hart_get_id())->plic_context;
	played_try_claims();
	played_try_conditions();
	played_try_other();
	interrupts_write(played.base + PLIC_PRIORITY(played.source), 0);
	played_enable(played.context, false);
}
