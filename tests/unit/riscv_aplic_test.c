/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The APLIC as one of two compartments sees it: what it may change, what it
 * sees, what is refused. Compartment 0 is the caller; its harts have indices 5
 * and 4. Interrupts, and what a restart leaves: riscv_aplic_arrival_test.c.
 */
#include <string.h>

#include "aplic_guest.h"
#include "unit.h"

static void domain_is_the_firmwares(void)
{
	aplic_setup(true);
	CU_ASSERT(fake_aplic.domaincfg == aplic_get(APLIC_DOMAINCFG));
	CU_ASSERT(aplic_get(APLIC_DOMAINCFG) == 0x80000104);
	aplic_put(APLIC_DOMAINCFG, 0);
	CU_ASSERT(fake_aplic.domaincfg & APLIC_DOMAINCFG_IE);
	aplic_setup(false);
	CU_ASSERT(aplic_get(APLIC_DOMAINCFG) == 0x80000100);
	aplic_put(APLIC_DOMAINCFG, ~0U);
	CU_ASSERT(fake_aplic.domaincfg == 0x80000100);
}

/* Everything is written with ones; nothing but the own ones changes. */
static void changes_own_only(void)
{
	struct fake_aplic before;
	unsigned int source, offset;

	aplic_setup(true);
	aplic_activate_foreign();
	before = fake_aplic;
	for (source = 1; source <= FAKE_SOURCES; source++)
		aplic_put(APLIC_SOURCECFG + 4 * source, APLIC_SM_EDGE_RISING);
	for (offset = 0; offset < FAKE_APLIC_SIZE; offset += 4)
		if (offset % 0x1000 / 4 > FAKE_SOURCES || offset >= 0x1000)
			aplic_put(offset, ~0U);
	for (source = 0; source < 2048; source++) {
		aplic_put(APLIC_SETIP + APLIC_NUM, source);
		aplic_put(APLIC_SETIE + APLIC_NUM, source);
		aplic_put(APLIC_SETIPNUM_LE, source);
		aplic_put(APLIC_SETIPNUM_BE, source << 24 |
			  (source >> 8) << 16);
	}
	for (source = 1; source <= FAKE_SOURCES; source++) {
		if (fake_owns(source))
			continue;
		CU_ASSERT(fake_aplic.sourcecfg[source] == APLIC_SM_EDGE_RISING);
		CU_ASSERT(fake_aplic.target[source] == aplic_target(2, 77));
		CU_ASSERT(!fake_bit(fake_aplic.pending, source));
		CU_ASSERT(!fake_bit(fake_aplic.enabled, source));
	}
	CU_ASSERT(!memcmp(before.idc, fake_aplic.idc, sizeof(before.idc)));
}

/* Nor are foreign ones taken off. */
static void clears_own_only(void)
{
	unsigned int source, word;

	aplic_setup(true);
	for (source = 1; source <= FAKE_SOURCES; source++)
		fake_aplic.sourcecfg[source] = APLIC_SM_EDGE_RISING;
	fake_aplic.domaincfg = APLIC_DOMAINCFG_DM;
	memset(fake_aplic.pending, 0xff, sizeof(fake_aplic.pending));
	memset(fake_aplic.enabled, 0xff, sizeof(fake_aplic.enabled));
	for (word = 0; word < 32; word++) {
		aplic_put(APLIC_IN_CLRIP + 4 * word, ~0U);
		aplic_put(APLIC_CLRIE + 4 * word, ~0U);
	}
	for (word = 0; word < FAKE_WORDS; word++) {
		CU_ASSERT(fake_aplic.pending[word] == ~fake_own_word(word));
		CU_ASSERT(fake_aplic.enabled[word] == ~fake_own_word(word));
	}
	memset(fake_aplic.pending, 0xff, sizeof(fake_aplic.pending));
	memset(fake_aplic.enabled, 0xff, sizeof(fake_aplic.enabled));
	for (source = 0; source < 1024; source++) {
		aplic_put(APLIC_IN_CLRIP + APLIC_NUM, source);
		aplic_put(APLIC_CLRIE + APLIC_NUM, source);
	}
	for (word = 0; word < FAKE_WORDS; word++) {
		CU_ASSERT(fake_aplic.pending[word] == ~fake_own_word(word));
		CU_ASSERT(fake_aplic.enabled[word] == ~fake_own_word(word));
	}
}

/* Everything is set; nothing but the own ones shows. */
static void sees_own_only(void)
{
	unsigned int source, word, offset;

	aplic_setup(true);
	memset(&fake_aplic, 0xff, sizeof(fake_aplic));
	for (source = 1; source < 1024; source++) {
		bool real = fake_owns(source) && (source < 50 || source > 52);

		CU_ASSERT(aplic_get(APLIC_SOURCECFG + 4 * source) == (real ?
								      ~0U : 0));
		CU_ASSERT(aplic_get(APLIC_TARGET + 4 * source) ==
			  (fake_owns(source) ? ~0U : 0));
	}
	for (word = 0; word < 32; word++) {
		CU_ASSERT(aplic_get(APLIC_SETIP + 4 * word) ==
			  fake_own_word(word));
		CU_ASSERT(aplic_get(APLIC_IN_CLRIP + 4 * word) ==
			  fake_own_word(word));
		CU_ASSERT(aplic_get(APLIC_SETIE + 4 * word) ==
			  fake_own_word(word));
		CU_ASSERT(aplic_get(APLIC_CLRIE + 4 * word) == 0);
	}
	for (offset = 0x1000; offset <= APLIC_TARGET; offset += 4)
		if (offset < APLIC_SETIP || offset >= 0x2000 ||
		    offset % 0x100 >= APLIC_BITS_SIZE)
			CU_ASSERT(aplic_get(offset) == 0);
	for (offset = APLIC_IDC; offset < FAKE_APLIC_SIZE; offset += 4)
		CU_ASSERT(aplic_get(offset) == 0);
}

/* What is written lies between registers, whatever it looks like. */
static void changes_nothing_between(void)
{
	static const uint32_t values[] = { 40, 1, 4, 5U << 18 | 1, ~0U };
	struct fake_aplic before;
	unsigned int i, offset;

	aplic_setup(false);
	for (i = 1; i <= FAKE_SOURCES; i++)
		aplic_put(APLIC_SOURCECFG + 4 * i, APLIC_SM_EDGE_RISING);
	before = fake_aplic;
	for (offset = 0x1000; offset < FAKE_APLIC_SIZE; offset += 4) {
		if ((offset >= APLIC_SETIP && offset < APLIC_CLRIE_END &&
		     (offset % 0x100 < APLIC_BITS_SIZE ||
		      offset % 0x100 == APLIC_NUM)) ||
		    offset == APLIC_SETIPNUM_LE ||
		    offset == APLIC_SETIPNUM_BE ||
		    (offset > APLIC_TARGET && offset < APLIC_IDC) ||
		    offset / 64 == (APLIC_IDC + 32 * 4) / 64)
			continue;
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			aplic_put(offset, values[i]);
		CU_ASSERT(!memcmp(&before, &fake_aplic, sizeof(before)));
	}
}

static void stays_inside(void)
{
	uint32_t value = 0;

	aplic_setup(true);
	CU_ASSERT(!aplic_filter_access(&aplic_filter, 0, FAKE_APLIC - 4, true,
				       &value));
	CU_ASSERT(!aplic_filter_access(&aplic_filter, 0,
				       FAKE_APLIC + FAKE_APLIC_SIZE, false,
				       &value));
	CU_ASSERT(!aplic_filter_access(&aplic_filter, 0, ~3ULL, true, &value));
}

static void configures_own_sources(void)
{
	uint32_t mode;

	aplic_setup(true);
	for (mode = 0; mode < 8; mode++) {
		aplic_put(APLIC_SOURCECFG + 4 * 40, mode | 0x3f8);
		CU_ASSERT(fake_aplic.sourcecfg[40] == mode);
		CU_ASSERT(aplic_get(APLIC_SOURCECFG + 4 * 40) == mode);
	}
	aplic_put(APLIC_SOURCECFG + 4 * 40, APLIC_SOURCECFG_D | 4);
	CU_ASSERT(fake_aplic.sourcecfg[40] == APLIC_SM_INACTIVE);
}

static void targets_own_harts_only(void)
{
	unsigned int index;

	aplic_setup(true);
	aplic_put(APLIC_SOURCECFG + 4 * 40, APLIC_SM_EDGE_RISING);
	for (index = 0; index < 64; index++) {
		uint32_t value = index << APLIC_TARGET_HART_SHIFT | 9;
		bool own = index == 4 || index == 5;

		aplic_put(APLIC_TARGET + 4 * 40, aplic_target(0, 1));
		aplic_put(APLIC_TARGET + 4 * 40, value);
		CU_ASSERT(aplic_get(APLIC_TARGET + 4 * 40) ==
			  (own ? value : aplic_target(0, 1)));
		CU_ASSERT(fake_aplic.target[40] ==
			  (own ? value : aplic_target(0, 1)));
	}
	/* Files of a hart's guests. */
	for (index = 0; index < 6; index++)
		aplic_put(APLIC_TARGET + 4 * 40, aplic_target(0, 7) |
			  0x1000U << index);
	CU_ASSERT(fake_aplic.target[40] == aplic_target(0, 1));
	/* Without messages these bits are none. */
	aplic_setup(false);
	aplic_put(APLIC_SOURCECFG + 4 * 40, APLIC_SM_EDGE_RISING);
	aplic_put(APLIC_TARGET + 4 * 40, aplic_target(1, 7) | 0x1000);
	CU_ASSERT(fake_aplic.target[40] == (aplic_target(1, 7) | 0x1000));
}

/* What a source that was inactive has for a target nobody knows. */
static void activation_brings_an_own_target(void)
{
	unsigned int sends_msis, source;

	for (sends_msis = 0; sends_msis < 2; sends_msis++) {
		aplic_setup(sends_msis);
		fake_aplic.target[40] = aplic_target(3, 5);
		fake_aplic.target[50] = aplic_target(3, 5);
		fake_aplic.target[95] = aplic_target(1, 5);
		for (source = 40; source < 96; source++)
			aplic_put(APLIC_SOURCECFG + 4 * source,
				  APLIC_SM_EDGE_RISING);
		CU_ASSERT(fake_aplic.target[40] == aplic_target(0,
								!sends_msis));
		CU_ASSERT(fake_aplic.target[50] == aplic_target(0,
								!sends_msis));
		CU_ASSERT(fake_aplic.target[95] == aplic_target(1, 5));
	}
	/* One that stays inactive has none. */
	fake_aplic.target[40] = 0;
	aplic_put(APLIC_SOURCECFG + 4 * 40, 0);
	CU_ASSERT(fake_aplic.target[40] == 0);
}

static void sends_messages(void)
{
	aplic_setup(true);
	aplic_use(40, APLIC_SM_EDGE_RISING, aplic_target(1, 9));
	aplic_put(APLIC_SETIP + APLIC_NUM, 40);
	CU_ASSERT(fake_messages == 1 && fake_message == aplic_target(1, 9));
	aplic_put(APLIC_SETIPNUM_LE, 40);
	CU_ASSERT(fake_messages == 2);
	aplic_put(APLIC_SETIPNUM_BE, 40U << 24);
	CU_ASSERT(fake_messages == 3);
	aplic_put(APLIC_SETIP + 4, 1U << 8);
	CU_ASSERT(fake_messages == 4);
	/* A message of one's own choice, to anybody. */
	aplic_put(APLIC_TARGET, aplic_target(0, 9));
	CU_ASSERT(fake_messages == 4);
}

static const struct unit_test tests[] = {
	UNIT_TEST(domain_is_the_firmwares),
	UNIT_TEST(changes_own_only),
	UNIT_TEST(clears_own_only),
	UNIT_TEST(sees_own_only),
	UNIT_TEST(changes_nothing_between),
	UNIT_TEST(stays_inside),
	UNIT_TEST(configures_own_sources),
	UNIT_TEST(targets_own_harts_only),
	UNIT_TEST(activation_brings_an_own_target),
	UNIT_TEST(sends_messages),
};

UNIT_MAIN("riscv_aplic", tests)
