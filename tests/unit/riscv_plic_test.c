/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PLIC as one of two compartments sees it: what it may change, what it
 * sees, what is refused, and what a restart leaves. Compartment 0 is the caller.
 * Interrupts that the firmware plays: riscv_plic_played_test.c.
 */
#include <string.h>

#include "../../lib/riscv/plic_filter.h"
#include "../../lib/riscv/plic_registers.h"
#include "fake_irqchip.h"
#include "unit.h"

static struct model model;
static struct plic_filter filter;

static void setup(void)
{
	fake_irqchip_reset(false);
	fake_irqchip_model(&model, false);
	plic_filter_init(&filter, &model);
}

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

static uint64_t enable(unsigned int context, unsigned int word)
{
	return FAKE_PLIC + PLIC_ENABLE + PLIC_ENABLE_STRIDE * context + 4 * word;
}

static void knows_sources(void)
{
	struct irqchip_sources sources;
	unsigned int source;

	setup();
	irqchip_sources_read(&sources, &model, 0, FAKE_SOURCES);
	for (source = 0; source < 2048; source++)
		CU_ASSERT(irqchip_sources_own(&sources, source) ==
			  fake_owns(source));
	CU_ASSERT(!irqchip_sources_own(&sources, ~0U));
	CU_ASSERT(irqchip_sources_find_played(&sources, 52) >= 0);
	CU_ASSERT(irqchip_sources_find_played(&sources, 40) == -1);
	CU_ASSERT(irqchip_sources_find_played(&sources, 60) == -1);
	CU_ASSERT(sources.played_count == 3);
	irqchip_sources_read(&sources, &model, 1, FAKE_SOURCES);
	CU_ASSERT(irqchip_sources_own(&sources, 96));
	CU_ASSERT(irqchip_sources_own(&sources, 60));
	CU_ASSERT(!irqchip_sources_own(&sources, 71));
	CU_ASSERT(sources.played_count == 1);
}

/* What a machine does not have is nobody's, whatever its tree says. */
static void knows_sources_that_are_there(void)
{
	struct irqchip_sources sources;

	setup();
	model.devices[0].interrupts[0] = 0;
	model.devices[0].interrupts[1] = 1023;
	model.devices[1].interrupts[0] = 1024;
	model.channels[0].interrupt = 0;
	irqchip_sources_read(&sources, &model, 0, 50);
	CU_ASSERT(!irqchip_sources_own(&sources, 0));
	CU_ASSERT(!irqchip_sources_own(&sources, 1023));
	CU_ASSERT(irqchip_sources_own(&sources, 50));
	CU_ASSERT(!irqchip_sources_own(&sources, 52));
	CU_ASSERT(sources.played_count == 1);
	irqchip_sources_read(&sources, &model, 0, ~0U);
	CU_ASSERT(irqchip_sources_own(&sources, 1023));
	CU_ASSERT(!irqchip_sources_own(&sources, 1024));
}

/* Everything is written with ones; nothing but the own ones changes. */
static void changes_own_only(void)
{
	unsigned int i, word;
	uint64_t addr;

	setup();
	for (addr = FAKE_PLIC; addr < FAKE_PLIC + FAKE_PLIC_SHARED; addr += 4)
		put(addr, ~0U);
	for (i = 0; i <= FAKE_SOURCES; i++) {
		CU_ASSERT(fake_plic.priority[i] == (fake_owns(i) ? 7 : 0));
		CU_ASSERT(!fake_bit(fake_plic.pending, i));
	}
	for (i = 0; i < FAKE_CONTEXTS; i++)
		for (word = 0; word < FAKE_WORDS; word++)
			CU_ASSERT(fake_plic.enable[i][word] ==
				  (i == 1 || i == 3 ? fake_own_word(word) : 0));
}

/* Everything is set; nothing but the own ones shows. */
static void sees_own_only(void)
{
	unsigned int i, word;

	setup();
	memset(&fake_plic, 0xff, sizeof(fake_plic));
	for (i = 0; i < 1024; i++)
		CU_ASSERT(get(FAKE_PLIC + 4 * i) == (fake_owns(i) ? ~0U : 0));
	for (word = 0; word < 32; word++)
		CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING + 4 * word) ==
			  fake_own_word(word));
	for (i = 0; i < FAKE_CONTEXTS; i++)
		for (word = 0; word < 32; word++)
			CU_ASSERT(get(enable(i, word)) ==
				  (i == 1 || i == 3 ? fake_own_word(word) : 0));
	for (i = PLIC_PENDING_END; i < PLIC_ENABLE; i += 4)
		CU_ASSERT(get(FAKE_PLIC + i) == 0);
}

static void passes_own_values(void)
{
	setup();
	put(FAKE_PLIC + 4 * 40, 5);
	CU_ASSERT(fake_plic.priority[40] == 5);
	CU_ASSERT(get(FAKE_PLIC + 4 * 40) == 5);
	put(enable(3, 1), 1U << 8 | 1U << 9);
	CU_ASSERT(fake_plic.enable[3][1] == 1U << 8);
	put(enable(3, 1), 0);
	CU_ASSERT(fake_plic.enable[3][1] == 0);
	fake_plic_wire(40, true);
	fake_plic_wire(2, true);
	CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING + 4) == 1U << 8);
	CU_ASSERT(get(FAKE_PLIC + PLIC_PENDING) == 0);
}

static void has_own_contexts_only(void)
{
	unsigned int context, offset;
	uint32_t value = 0;

	setup();
	memset(fake_plic.enable, 0xff, sizeof(fake_plic.enable));
	for (context = 0; context < FAKE_CONTEXTS; context++) {
		bool own = context == 1 || context == 3;

		fake_plic.threshold[context] = 6;
		for (offset = 0; offset < 0x1000; offset += 4) {
			value = 1;
			CU_ASSERT(plic_filter_access(&filter, 0,
				FAKE_PAGE(context) + offset, false, &value) ==
				own);
			CU_ASSERT(value == (!own ? 1 : offset ? 0 : 6));
			value = 2;
			CU_ASSERT(plic_filter_access(&filter, 0,
				FAKE_PAGE(context) + offset, true, &value) ==
				own);
		}
		CU_ASSERT(fake_plic.threshold[context] == (own ? 2 : 6));
	}
	CU_ASSERT(!plic_filter_access(&filter, 0, FAKE_PLIC - 4, false,
				      &value));
	CU_ASSERT(!plic_filter_access(&filter, 0, FAKE_PLIC + FAKE_PLIC_SHARED,
				      false, &value));
	CU_ASSERT(!plic_filter_access(&filter, 0, FAKE_PAGE(FAKE_CONTEXTS),
				      true, &value));
}

/* A hart that the PLIC does not serve has no context, not the one at 0. */
static void knows_harts_without_context(void)
{
	uint32_t value = ~0U;

	setup();
	model.machine.harts[1].plic_context = -1;
	model.machine.harts[1].plic_page.size = 0;
	model.machine.harts[1].plic_page.base = 0;
	put(enable(3, 1), ~0U);
	put(enable(0, 1), ~0U);
	CU_ASSERT(fake_plic.enable[3][1] == 0);
	CU_ASSERT(fake_plic.enable[0][1] == 0);
	CU_ASSERT(!plic_filter_access(&filter, 0, 0, true, &value));
	CU_ASSERT(plic_filter_get_need(&filter, &model.machine.harts[1]) ==
		  PLIC_NEED_NOTHING);
	plic_filter_clear(&filter, 0);
	/* Nor is there one by which sources could be cleared. */
	model.machine.harts[0].plic_page.size = 0;
	fake_accesses = 0;
	plic_filter_clear(&filter, 0);
	CU_ASSERT(fake_accesses == 0);
}

/* A tree that promises more than a PLIC can have. */
static void knows_the_end_of_a_context(void)
{
	struct fake_plic before;

	setup();
	memset(fake_plic.enable, 0xff, sizeof(fake_plic.enable));
	before = fake_plic;
	model.machine.plic_sources = 5000;
	plic_filter_clear(&filter, 0);
	CU_ASSERT(!memcmp(before.enable[2], fake_plic.enable[2],
			  sizeof(before.enable[2])));
	CU_ASSERT(!memcmp(before.enable[4], fake_plic.enable[4],
			  sizeof(before.enable[4]) * (FAKE_CONTEXTS - 4)));
}

/* Claims and completions of real sources, when the page is not the guest's. */
static void claims_for_the_guest(void)
{
	setup();
	put(FAKE_PLIC + 4 * 40, 1);
	put(FAKE_PLIC + 4 * 95, 2);
	put(enable(1, 1), ~0U);
	put(enable(1, 2), ~0U);
	fake_plic_wire(40, true);
	fake_plic_wire(95, true);
	CU_ASSERT(get(FAKE_PAGE(1) + PLIC_CLAIM) == 95);
	CU_ASSERT(get(FAKE_PAGE(1) + PLIC_CLAIM) == 40);
	CU_ASSERT(get(FAKE_PAGE(1) + PLIC_CLAIM) == 0);
	fake_plic_wire(40, false);
	put(FAKE_PAGE(1) + PLIC_CLAIM, 40);
	CU_ASSERT(!fake_bit(fake_plic.claimed, 40));
	CU_ASSERT(fake_bit(fake_plic.claimed, 95));
}

static void completes_own_only(void)
{
	setup();
	memset(fake_plic.enable, 0xff, sizeof(fake_plic.enable));
	fake_set_bit(fake_plic.claimed, 2, true);
	fake_set_bit(fake_plic.claimed, 70, true);
	put(FAKE_PAGE(1) + PLIC_CLAIM, 2);
	put(FAKE_PAGE(1) + PLIC_CLAIM, 70);
	put(FAKE_PAGE(1) + PLIC_CLAIM, ~0U);
	CU_ASSERT(fake_bit(fake_plic.claimed, 2));
	CU_ASSERT(fake_bit(fake_plic.claimed, 70));
}

/* Both compartments use all they have; one ends. */
static void clear_leaves_nothing_own(void)
{
	struct fake_plic before;
	unsigned int i, word;

	setup();
	memset(&fake_plic.priority, 1, sizeof(fake_plic.priority));
	memset(&fake_plic.pending, 0xff, sizeof(fake_plic.pending));
	for (i = 0; i < FAKE_CONTEXTS; i++) {
		fake_plic.threshold[i] = 3;
		for (word = 0; word < FAKE_WORDS; word++)
			fake_plic.enable[i][word] = i == 1 ?
				fake_own_word(word) :
						    i == 3 ? 0 :
						    ~fake_own_word(word);
	}
	/* One that is claimed, and enabled nowhere. */
	fake_set_bit(fake_plic.enable[1], 40, false);
	for (i = 1; i <= FAKE_SOURCES; i += 3)
		fake_set_bit(fake_plic.claimed, i, true);
	for (i = 1; i <= FAKE_SOURCES; i++)
		if (fake_bit(fake_plic.claimed, i))
			fake_set_bit(fake_plic.pending, i, false);
	before = fake_plic;
	plic_filter_clear(&filter, 0);
	for (i = 1; i <= FAKE_SOURCES; i++) {
		bool own = fake_owns(i);

		CU_ASSERT(fake_plic.priority[i] ==
			  (own ? 0 : before.priority[i]));
		CU_ASSERT(fake_bit(fake_plic.pending, i) ==
			  (!own && fake_bit(before.pending, i)));
		CU_ASSERT(fake_bit(fake_plic.claimed, i) ==
			  (!own && fake_bit(before.claimed, i)));
	}
	for (i = 0; i < FAKE_CONTEXTS; i++) {
		bool own = i == 1 || i == 3;

		CU_ASSERT(fake_plic.threshold[i] == (own ? 0 : 3));
		for (word = 0; word < FAKE_WORDS; word++)
			CU_ASSERT(fake_plic.enable[i][word] ==
				  (own ? 0 : before.enable[i][word]));
	}
}

/* A wire that stays up comes again after every completion. */
static void clear_ends(void)
{
	setup();
	fake_plic_wire(1, true);
	fake_plic_wire(95, true);
	plic_filter_clear(&filter, 0);
	CU_ASSERT(!fake_bit(fake_plic.claimed, 1));
	CU_ASSERT(!fake_bit(fake_plic.claimed, 95));
	CU_ASSERT(fake_plic.priority[1] == 0);
	CU_ASSERT(fake_accesses < 100);
}

static const struct unit_test tests[] = {
	UNIT_TEST(knows_sources),
	UNIT_TEST(knows_sources_that_are_there),
	UNIT_TEST(changes_own_only),
	UNIT_TEST(sees_own_only),
	UNIT_TEST(passes_own_values),
	UNIT_TEST(has_own_contexts_only),
	UNIT_TEST(knows_harts_without_context),
	UNIT_TEST(knows_the_end_of_a_context),
	UNIT_TEST(claims_for_the_guest),
	UNIT_TEST(completes_own_only),
	UNIT_TEST(clear_leaves_nothing_own),
	UNIT_TEST(clear_ends),
};

UNIT_MAIN("riscv_plic", tests)
