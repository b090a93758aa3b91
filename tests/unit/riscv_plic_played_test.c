/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that the firmware plays, at the PLIC of a compartment: 50 to 52
 * of compartment 0, whose harts have contexts 1 and 3. 40 and 95 are real.
 */
#include "../../lib/riscv/plic_filter.h"
#include "../../lib/riscv/plic_registers.h"
#include "fake_irqchip.h"
#include "unit.h"

static struct model model;
static struct plic_filter filter;

static void put(uint64_t addr, uint32_t value)
{
	CU_ASSERT(plic_filter_access(&filter, 0, addr, true, &value));
}

static uint32_t get(uint64_t addr)
{
	uint32_t value = 0x55555555;

	CU_ASSERT(plic_filter_access(&filter, 0, addr, false, &value));
	return value;
}

static void set_priority(unsigned int source, uint32_t priority)
{
	put(FAKE_PLIC + 4 * source, priority);
}

static void set_enabled(unsigned int context, unsigned int source, bool enabled)
{
	uint64_t addr = FAKE_PLIC + PLIC_ENABLE + PLIC_ENABLE_STRIDE * context +
			source / 32 * 4;
	uint32_t word = get(addr) & ~(1U << source % 32);

	put(addr, word | (uint32_t)enabled << source % 32);
}

/* Everything that is own: priority 1, enabled at both contexts. */
static void setup(void)
{
	static const unsigned int own[] = { 1, 33, 40, 50, 51, 52, 95 };
	unsigned int i;

	fake_irqchip_reset(false);
	fake_irqchip_model(&model, false);
	plic_filter_init(&filter, &model);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		set_priority(own[i], 1);
		set_enabled(1, own[i], true);
		set_enabled(3, own[i], true);
	}
}

static uint32_t claim(unsigned int context)
{
	return get(FAKE_PAGE(context) + PLIC_CLAIM);
}

static void complete(unsigned int context, uint32_t source)
{
	put(FAKE_PAGE(context) + PLIC_CLAIM, source);
}

static void set_threshold(unsigned int context, uint32_t threshold)
{
	put(FAKE_PAGE(context) + PLIC_THRESHOLD, threshold);
}

/* Of the hart that has it. */
static enum plic_need need(unsigned int context)
{
	return plic_filter_get_need(&filter,
				    &model.machine.harts[context / 2]);
}

static bool is_pending(unsigned int source)
{
	return get(FAKE_PLIC + PLIC_PENDING + source / 32 * 4) >> source % 32 &
	       1;
}

static void raise(unsigned int source)
{
	plic_filter_raise(&filter, 0, source);
}

static void needs_nothing(void)
{
	setup();
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	CU_ASSERT(need(3) == PLIC_NEED_NOTHING);
	CU_ASSERT(need(5) == PLIC_NEED_NOTHING);
	fake_plic_wire(40, true);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
}

/* Real sources, those of others, and what nobody has. */
static void raises_played_ones_only(void)
{
	static const unsigned int others[] = { 0, 1, 40, 60, 70, 71, 2, ~0U };
	unsigned int i;

	setup();
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		raise(others[i]);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	CU_ASSERT(need(5) == PLIC_NEED_NOTHING);
	for (i = 0; i < 96; i++)
		CU_ASSERT(!is_pending(i));
	plic_filter_raise(&filter, 1, 50);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
}

/* Where it is enabled, every hart sees it; the first that claims has it. */
static void goes_to_whom_claims_first(void)
{
	setup();
	raise(51);
	CU_ASSERT(is_pending(51));
	CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING) == 0);
	CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING + 4) == 1U << (51 - 32));
	CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING + 8) == 0);
	CU_ASSERT(need(1) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(need(3) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(need(5) == PLIC_NEED_NOTHING);
	CU_ASSERT(claim(3) == 51);
	CU_ASSERT(!is_pending(51));
	CU_ASSERT(need(3) == PLIC_NEED_TRAP);
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	CU_ASSERT(claim(1) == 0);
	CU_ASSERT(claim(3) == 0);
	complete(3, 51);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	CU_ASSERT(need(3) == PLIC_NEED_NOTHING);
	CU_ASSERT(claim(3) == 0);
}

/* An edge is remembered while the one before is being handled. */
static void waits_for_completion(void)
{
	setup();
	raise(50);
	raise(50);
	CU_ASSERT(claim(1) == 50);
	raise(50);
	CU_ASSERT(is_pending(50));
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	CU_ASSERT(need(3) == PLIC_NEED_TRAP);
	CU_ASSERT(claim(1) == 0);
	CU_ASSERT(claim(3) == 0);
	complete(1, 50);
	CU_ASSERT(need(1) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(need(3) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(claim(1) == 50);
	complete(1, 50);
	CU_ASSERT(claim(1) == 0);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
}

/* As a PLIC does: at any context, if it is enabled there. */
static void completes_where_it_is_enabled(void)
{
	setup();
	raise(50);
	CU_ASSERT(claim(1) == 50);
	set_enabled(1, 50, false);
	complete(1, 50);
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	complete(1, 51);
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	CU_ASSERT(need(3) == PLIC_NEED_TRAP);
	complete(3, 50);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	/* A second completion is none. */
	raise(50);
	complete(3, 50);
	CU_ASSERT(claim(3) == 50);
}

static void obeys_enables(void)
{
	setup();
	set_enabled(1, 50, false);
	raise(50);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	CU_ASSERT(need(3) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(claim(1) == 0);
	set_enabled(1, 50, true);
	CU_ASSERT(need(1) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(claim(1) == 50);
}

/* While it may become due without a trap, the page stays away. */
static void obeys_thresholds(void)
{
	setup();
	set_priority(50, 3);
	set_threshold(1, 3);
	raise(50);
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	CU_ASSERT(claim(1) == 0);
	set_threshold(1, 2);
	CU_ASSERT(need(1) == PLIC_NEED_INTERRUPT);
	CU_ASSERT(claim(1) == 50);
	complete(1, 50);
	/* Priority 0 is never. */
	set_priority(50, 0);
	set_threshold(1, 0);
	raise(50);
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
	CU_ASSERT(claim(1) == 0);
}

static void played_ones_in_order(void)
{
	setup();
	raise(51);
	raise(52);
	raise(50);
	CU_ASSERT(claim(1) == 50);
	CU_ASSERT(claim(3) == 51);
	raise(51);
	CU_ASSERT(claim(3) == 52);
	CU_ASSERT(claim(3) == 0);
	complete(1, 50);
	complete(3, 51);
	complete(3, 52);
	set_priority(52, 2);
	raise(52);
	CU_ASSERT(claim(1) == 52);
	CU_ASSERT(claim(1) == 51);
}

static void real_ones_in_order(void)
{
	setup();
	fake_plic_wire(40, true);
	fake_plic_wire(95, true);
	raise(50);
	/* The same priority: by number. */
	CU_ASSERT(claim(1) == 40);
	CU_ASSERT(claim(1) == 50);
	CU_ASSERT(claim(1) == 95);
	CU_ASSERT(claim(1) == 0);
	fake_plic_wire(40, false);
	complete(1, 40);
	complete(1, 50);
	complete(1, 95);
	/* 95 came again, and is more urgent. */
	set_priority(95, 2);
	raise(50);
	CU_ASSERT(claim(1) == 95);
	set_priority(40, 2);
	set_priority(50, 3);
	fake_plic_wire(40, true);
	CU_ASSERT(claim(1) == 50);
	CU_ASSERT(claim(1) == 40);
}

/* What is real and more urgent, but disabled here, masked or elsewhere. */
static void is_not_outdone_by_what_is_not_due(void)
{
	setup();
	set_priority(1, 7);
	set_enabled(1, 1, false);
	fake_plic_wire(1, true);
	raise(50);
	CU_ASSERT(claim(1) == 50);
	complete(1, 50);
	/* 33 is more urgent and not pending; 40 is pending and less urgent. */
	set_priority(33, 7);
	set_priority(50, 2);
	fake_plic_wire(40, true);
	raise(50);
	CU_ASSERT(claim(1) == 50);
	complete(1, 50);
	CU_ASSERT(claim(1) == 40);
	raise(50);
	set_enabled(1, 1, true);
	fake_plic_rival = 3;
	/* The other hart was faster with that one. */
	CU_ASSERT(claim(1) == 50);
	CU_ASSERT(fake_bit(fake_plic.claimed, 1));
}

/* At other contexts nothing is to be claimed by these. */
static void foreign_harts_have_none(void)
{
	uint32_t value = 0;

	setup();
	CU_ASSERT(plic_filter_access(&filter, 1, FAKE_PLIC + 4 * 50, true,
				     &value));
	CU_ASSERT(fake_plic.priority[50] == 1);
	raise(50);
	CU_ASSERT(plic_filter_access(&filter, 1, FAKE_PAGE(5) + PLIC_CLAIM,
				     false, &value));
	CU_ASSERT(value == 0);
	CU_ASSERT(claim(1) == 50);
	value = 50;
	CU_ASSERT(plic_filter_access(&filter, 1, FAKE_PAGE(5) + PLIC_CLAIM,
				     true, &value));
	CU_ASSERT(need(1) == PLIC_NEED_TRAP);
}

static void clear_forgets_both(void)
{
	setup();
	raise(50);
	raise(51);
	CU_ASSERT(claim(1) == 50);
	raise(50);
	plic_filter_raise(&filter, 1, 60);
	plic_filter_clear(&filter, 0);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	set_priority(50, 1);
	set_priority(51, 1);
	set_enabled(1, 50, true);
	set_enabled(1, 51, true);
	CU_ASSERT(need(1) == PLIC_NEED_NOTHING);
	CU_ASSERT(!is_pending(50));
	raise(50);
	CU_ASSERT(claim(1) == 50);
	/* The other compartment's stays. */
	CU_ASSERT(filter.own[1].pending == 1);
}

static const struct unit_test tests[] = {
	UNIT_TEST(needs_nothing),
	UNIT_TEST(raises_played_ones_only),
	UNIT_TEST(goes_to_whom_claims_first),
	UNIT_TEST(waits_for_completion),
	UNIT_TEST(completes_where_it_is_enabled),
	UNIT_TEST(obeys_enables),
	UNIT_TEST(obeys_thresholds),
	UNIT_TEST(played_ones_in_order),
	UNIT_TEST(real_ones_in_order),
	UNIT_TEST(is_not_outdone_by_what_is_not_due),
	UNIT_TEST(foreign_harts_have_none),
	UNIT_TEST(clear_forgets_both),
};

UNIT_MAIN("riscv_plic_played", tests)
