/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How interrupts get through the APLIC to one of two compartments: those that
 * the firmware plays, delivery structures, and what a restart leaves.
 * Compartment 0 is the caller; its harts have indices 5 and 4.
 */
#include <string.h>

#include "aplic_guest.h"
#include "unit.h"

/* ---- Played sources ---- */

static void played_sources_are_held_detached(void)
{
	static const uint32_t seen[8] = { 0, 1, 0, 0, 4, 5, 6, 7 };
	uint32_t mode;

	aplic_setup(true);
	CU_ASSERT(aplic_get(APLIC_SOURCECFG + 4 * 51) == 0);
	for (mode = 0; mode < 8; mode++) {
		aplic_put(APLIC_SOURCECFG + 4 * 51, mode);
		CU_ASSERT(aplic_get(APLIC_SOURCECFG + 4 * 51) == seen[mode]);
		CU_ASSERT(fake_aplic.sourcecfg[51] ==
			  (seen[mode] ? APLIC_SM_DETACHED : APLIC_SM_INACTIVE));
	}
}

/* As at a wire: not if it is off, not if nobody is attached to it. */
static void raises_as_an_edge(void)
{
	uint32_t mode;

	for (mode = 0; mode < 8; mode++) {
		aplic_setup(true);
		aplic_use(51, mode, aplic_target(0, 3));
		aplic_filter_raise(&aplic_filter, 0, 51);
		CU_ASSERT(fake_messages == (mode >= APLIC_SM_EDGE_RISING));
		if (fake_messages)
			CU_ASSERT(fake_message == aplic_target(0, 3));
	}
	aplic_filter_raise(&aplic_filter, 0, 51);
	CU_ASSERT(fake_messages == 2);
}

/* Not enabled yet: it stays pending until it is. */
static void raises_before_it_is_enabled(void)
{
	aplic_setup(true);
	aplic_put(APLIC_SOURCECFG + 4 * 51, APLIC_SM_EDGE_RISING);
	aplic_put(APLIC_TARGET + 4 * 51, aplic_target(1, 4));
	aplic_filter_raise(&aplic_filter, 0, 51);
	CU_ASSERT(fake_messages == 0);
	CU_ASSERT(aplic_get(APLIC_SETIP + 4) == 1U << 19);
	aplic_put(APLIC_SETIE + 4, 1U << 19);
	CU_ASSERT(fake_messages == 1 && fake_message == aplic_target(1, 4));
}

static void raises_played_ones_only(void)
{
	aplic_setup(true);
	aplic_use(40, APLIC_SM_EDGE_RISING, aplic_target(0, 3));
	fake_aplic.sourcecfg[60] = APLIC_SM_DETACHED;
	fake_aplic.target[60] = aplic_target(2, 8);
	fake_set_bit(fake_aplic.enabled, 60, true);
	aplic_filter_raise(&aplic_filter, 0, 40);
	aplic_filter_raise(&aplic_filter, 0, 60);
	aplic_filter_raise(&aplic_filter, 0, 0);
	aplic_filter_raise(&aplic_filter, 0, ~0U);
	CU_ASSERT(fake_messages == 0);
}

/*
 * A guest that takes it for a level has the controller look again at the end
 * of each: the level is low, or it would never end.
 */
static void levels_are_low(void)
{
	uint32_t mode;

	for (mode = APLIC_SM_EDGE_RISING; mode < 8; mode++) {
		unsigned int each = mode <= APLIC_SM_EDGE_FALLING;

		aplic_setup(true);
		aplic_use(51, mode, aplic_target(0, 3));
		aplic_put(APLIC_SETIPNUM_LE, 51);
		CU_ASSERT(fake_messages == each);
		aplic_put(APLIC_SETIPNUM_BE, 51U << 24);
		aplic_put(APLIC_SETIP + APLIC_NUM, 51);
		CU_ASSERT(fake_messages == 3 * each);
		aplic_put(APLIC_SETIP + 4, 1U << 19 | 1U << 8);
		CU_ASSERT(fake_messages == 4 * each);
	}
	/* The machine knows what a real level is. */
	aplic_use(40, 6, aplic_target(0, 3));
	aplic_put(APLIC_SETIPNUM_LE, 40);
	CU_ASSERT(fake_messages == 1);
	/* Off, it can be taken off. */
	aplic_filter_raise(&aplic_filter, 0, 51);
	aplic_put(APLIC_CLRIE + APLIC_NUM, 51);
	aplic_filter_raise(&aplic_filter, 0, 51);
	CU_ASSERT(aplic_get(APLIC_SETIP + 4) & 1U << 19);
	aplic_put(APLIC_IN_CLRIP + APLIC_NUM, 51);
	CU_ASSERT(!(aplic_get(APLIC_SETIP + 4) & 1U << 19));
	aplic_filter_raise(&aplic_filter, 0, 51);
	aplic_put(APLIC_IN_CLRIP + 4, 1U << 19);
	CU_ASSERT(!(aplic_get(APLIC_SETIP + 4) & 1U << 19));
	aplic_put(APLIC_SETIE + 4, 1U << 19);
	CU_ASSERT(aplic_get(APLIC_SETIE + 4) & 1U << 19);
	aplic_put(APLIC_CLRIE + 4, 1U << 19);
	CU_ASSERT(!(aplic_get(APLIC_SETIE + 4) & 1U << 19));
}

/* ---- Delivery structures ---- */

static void has_own_delivery_structures_only(void)
{
	unsigned int index, offset;

	aplic_setup(false);
	for (index = 0; index < FAKE_INDICES; index++) {
		bool own = index == 4 || index == 5;
		uint32_t *idc = fake_aplic.idc[index];

		for (offset = 0; offset < 32; offset += 4) {
			bool there = offset <= 8 || offset == 0x18;
			uint32_t at = APLIC_IDC + 32 * index + offset;

			idc[offset / 4] = 0x11;
			if (offset != APLIC_IDC_CLAIMI)
				CU_ASSERT(aplic_get(at) == (own && there ?
							    0x11 : 0));
			aplic_put(at, 0x22);
			CU_ASSERT(idc[offset / 4] ==
				  (own && offset <= 8 ? 0x22 : 0x11));
		}
	}
}

static void claims_for_the_guest(void)
{
	aplic_setup(false);
	aplic_use(40, APLIC_SM_EDGE_RISING, aplic_target(1, 2));
	aplic_use(51, APLIC_SM_EDGE_RISING, aplic_target(1, 3));
	fake_aplic.sourcecfg[2] = APLIC_SM_EDGE_RISING;
	fake_aplic.target[2] = aplic_target(2, 1);
	fake_set_bit(fake_aplic.enabled, 2, true);
	fake_set_bit(fake_aplic.pending, 2, true);
	aplic_put(APLIC_SETIPNUM_LE, 40);
	aplic_filter_raise(&aplic_filter, 0, 51);
	CU_ASSERT(aplic_get(APLIC_IDC + 32 * 4 + APLIC_IDC_CLAIMI) ==
		  (40U << 16 | 2));
	CU_ASSERT(aplic_get(APLIC_IDC + 32 * 4 + APLIC_IDC_CLAIMI) ==
		  (51U << 16 | 3));
	CU_ASSERT(aplic_get(APLIC_IDC + 32 * 4 + APLIC_IDC_CLAIMI) == 0);
	CU_ASSERT(aplic_get(APLIC_IDC + 32 * 3 + APLIC_IDC_CLAIMI) == 0);
	CU_ASSERT(fake_bit(fake_aplic.pending, 2));
}

/* ---- The end of a life ---- */

static void clear_leaves_nothing_own(void)
{
	struct fake_aplic before;
	unsigned int sends_msis, i;

	for (sends_msis = 0; sends_msis < 2; sends_msis++) {
		aplic_setup(sends_msis);
		fake_aplic.domaincfg = 0;
		for (i = 1; i <= FAKE_SOURCES; i++)
			aplic_put(APLIC_SOURCECFG + 4 * i, 5);
		aplic_activate_foreign();
		for (i = 1; i <= FAKE_SOURCES; i++)
			if (fake_owns(i))
				aplic_put(APLIC_TARGET + 4 * i,
					  aplic_target(1, 9));
		memset(fake_aplic.pending, 0xff, sizeof(fake_aplic.pending));
		memset(fake_aplic.enabled, 0xff, sizeof(fake_aplic.enabled));
		memset(fake_aplic.idc, 0x11, sizeof(fake_aplic.idc));
		before = fake_aplic;
		aplic_filter_clear(&aplic_filter, 0);
		for (i = 1; i <= FAKE_SOURCES; i++) {
			CU_ASSERT(fake_bit(fake_aplic.pending, i) ==
				  !fake_owns(i));
			CU_ASSERT(fake_bit(fake_aplic.enabled, i) ==
				  !fake_owns(i));
			CU_ASSERT(fake_aplic.sourcecfg[i] ==
				  (fake_owns(i) ? 0 : 4));
			CU_ASSERT(fake_aplic.target[i] ==
				  (fake_owns(i) ? aplic_target(0, !sends_msis) :
						  aplic_target(2, 77)));
			if (i < 1024)
				CU_ASSERT(aplic_get(APLIC_SOURCECFG + 4 * i) ==
					  0);
		}
		for (i = 0; i < FAKE_INDICES; i++) {
			bool own = !sends_msis && (i == 4 || i == 5);

			CU_ASSERT(fake_aplic.idc[i][0] ==
				  (own ? 0 : before.idc[i][0]));
			CU_ASSERT(fake_aplic.idc[i][1] ==
				  (own ? 0 : before.idc[i][1]));
			CU_ASSERT(fake_aplic.idc[i][2] ==
				  (own ? 0 : before.idc[i][2]));
		}
		CU_ASSERT(fake_aplic.domaincfg == before.domaincfg);
	}
}

/* A hart that the APLIC does not serve has no delivery structure. */
static void clear_knows_harts_without_index(void)
{
	unsigned int usual;

	aplic_setup(false);
	fake_accesses = 0;
	aplic_filter_clear(&aplic_filter, 0);
	usual = fake_accesses;
	aplic_model.machine.harts[1].aplic_index = -1;
	fake_accesses = 0;
	aplic_filter_clear(&aplic_filter, 0);
	CU_ASSERT(fake_accesses == usual - 3);
	CU_ASSERT(aplic_get(APLIC_IDC + 32 * 4) == 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(played_sources_are_held_detached),
	UNIT_TEST(raises_as_an_edge),
	UNIT_TEST(raises_before_it_is_enabled),
	UNIT_TEST(raises_played_ones_only),
	UNIT_TEST(levels_are_low),
	UNIT_TEST(has_own_delivery_structures_only),
	UNIT_TEST(claims_for_the_guest),
	UNIT_TEST(clear_leaves_nothing_own),
	UNIT_TEST(clear_knows_harts_without_index),
};

UNIT_MAIN("riscv_aplic_arrival", tests)
