/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the GIC's filter leaves alone: the machine's registers where there is
 * nothing to do, the caller's value where there is nothing to say, and sources
 * that are nobody's. Compartment 0 is the caller.
 */
#include <string.h>

#include "../../lib/arm64/gic_filter.h"
#include "../../lib/arm64/gic_registers.h"
#include "fake_gic.h"
#include "unit.h"

#define UNTOUCHED	0x1122334455667788ULL

static struct model model;
static struct gic_filter filter;
static unsigned int writes;

static void setup(void)
{
	fake_gic_reset(false);
	fake_gic_model(&model);
	gic_filter_init(&filter, &model, 5);
}

static bool put(uint64_t addr, unsigned int size, uint64_t value)
{
	return gic_filter_access(&filter, 0, addr, size, true, &value);
}

static uint32_t read32(uint64_t addr)
{
	uint64_t value = UNTOUCHED;

	CU_ASSERT(gic_filter_access(&filter, 0, addr, 4, false, &value));
	CU_ASSERT(value <= UINT32_MAX);
	return (uint32_t)value;
}

static void count_writes(size_t word, uint32_t changed)
{
	(void)word;
	(void)changed;
	writes++;
}

static void watch_writes(void)
{
	writes = 0;
	fake_gic_watch = count_writes;
}

/* The value that is written stays in the caller's hands. */
static void a_write_leaves_the_value(void)
{
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	unsigned int i, wrong = 0;
	uint64_t value;
	size_t word;

	setup();
	for (word = 0; word < FAKE_GIC_WORDS; word++)
		for (i = 0; i < 4; i++) {
			value = UNTOUCHED;
			gic_filter_access(&filter, 0, fake_gic_address(word),
					  sizes[i], true, &value);
			wrong += value != UNTOUCHED;
		}
	UNIT_ASSERT_INT(wrong, 0);
}

/* What is refused is not answered either. */
static void a_refused_read_leaves_the_value(void)
{
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	unsigned int i, wrong = 0, refused = 0;
	uint64_t value;
	size_t word;

	setup();
	for (word = 0; word < FAKE_GIC_WORDS; word++)
		for (i = 0; i < 4; i++) {
			value = UNTOUCHED;
			if (gic_filter_access(&filter, 0,
					      fake_gic_address(word), sizes[i],
					      false, &value))
				continue;
			refused++;
			wrong += value != UNTOUCHED;
		}
	CU_ASSERT(refused > 1000);
	UNIT_ASSERT_INT(wrong, 0);
}

static void a_read_writes_no_register(void)
{
	static const unsigned int sizes[] = { 1, 4, 8 };
	uint64_t value;
	unsigned int i;
	size_t word;

	setup();
	watch_writes();
	for (word = 0; word < FAKE_GIC_WORDS; word++)
		for (i = 0; i < 3; i++)
			gic_filter_access(&filter, 0, fake_gic_address(word),
					  sizes[i], false, &value);
	UNIT_ASSERT_INT(writes, 0);
}

static void a_switch_that_is_not_turned_writes_nothing(void)
{
	setup();
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, GICD_CTLR_GROUP1));
	watch_writes();
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, GICD_CTLR_GROUP1));
	UNIT_ASSERT_INT(writes, 0);
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, 0));
	CU_ASSERT(writes);
}

/* No more than is needed happens to registers that others use too. */
static void foreign_words_are_not_written(void)
{
	/* INTIDs 96 to 127, of which none is own. */
	static const uint64_t foreign[] = {
		GIC_IPRIORITYR + 96, GIC_ISENABLER + 12, GIC_ICPENDR + 12,
		GIC_ICFGR + 24,
	};
	unsigned int i;

	setup();
	watch_writes();
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		CU_ASSERT(put(FAKE_GICD + foreign[i], 4, ~0ULL));
	CU_ASSERT(put(FAKE_GICD + GIC_IPRIORITYR + 97, 1, ~0ULL));
	UNIT_ASSERT_INT(writes, 0);
}

/* Which registers are written at all, by the INTIDs that they are for. */
static void check_own_words(size_t word, uint32_t changed)
{
	uint64_t offset = fake_gic_address(word) - FAKE_GICD;
	unsigned int first, count;

	(void)changed;
	if (offset >= 0x10000 || offset >= GICD_IROUTER)
		return;
	if (offset < GIC_IPRIORITYR) {
		first = offset % GIC_BITS_SIZE * 8;
		count = 32;
	} else if (offset < GIC_ICFGR) {
		first = offset - GIC_IPRIORITYR;
		count = 4;
	} else {
		first = (offset - GIC_ICFGR) * 4;
		count = 16;
	}
	for (; count; count--, first++)
		if (first >= 32 && gic_filter_owns(&filter, 0, first))
			return;
	CU_FAIL("a register without own sources is written");
}

static void forwarding_and_clearing_write_own_words_only(void)
{
	setup();
	fake_gic_watch = check_own_words;
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, GICD_CTLR_GROUP1));
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, 0));
	gic_filter_clear(&filter, 0);
}

static void clearing_leaves_foreign_routes_and_doorbells(void)
{
	uint64_t routes = FAKE_GICD + GICD_IROUTER;
	unsigned int i;

	setup();
	for (i = 32; i < 32 * FAKE_WORDS; i++)
		gic_write64(routes + 8 * i, 3);
	gic_filter_clear(&filter, 0);
	for (i = 32; i < 32 * FAKE_WORDS; i++)
		UNIT_ASSERT_INT(gic_read64(routes + 8 * i),
				i == 33 || i == 40 || i == FAKE_PLAYED ||
				i == 95 ? 0 : 3);
}

static void pending_leaves_enables(void)
{
	setup();
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, GICD_CTLR_GROUP1));
	CU_ASSERT(put(FAKE_GICD + GIC_ISENABLER + 4, 4, 2));
	CU_ASSERT(put(FAKE_GICD + GIC_ISPENDR + 4, 4, 2));
	CU_ASSERT(put(FAKE_GICD + GIC_ICPENDR + 4, 4, 2));
	CU_ASSERT(put(FAKE_GICD + GIC_ISACTIVER + 4, 4, 2));
	CU_ASSERT(put(FAKE_GICD + GIC_ICACTIVER + 4, 4, 2));
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_ISENABLER + 4), 2);
	UNIT_ASSERT_INT(gic_read(FAKE_GICD + GIC_ISENABLER + 4), 2);
}

/* Tables of LPIs and their commands are 8 bytes wide, and not there. */
static void registers_of_lpis_are_wide_and_empty(void)
{
	static const uint32_t offsets[] = {
		GICR_SETLPIR, GICR_CLRLPIR, GICR_PROPBASER, GICR_PENDBASER,
		GICR_INVLPIR, GICR_INVALLR,
	};
	uint64_t value;
	unsigned int i;

	setup();
	watch_writes();
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		CU_ASSERT(put(FAKE_RD(0) + offsets[i], 8, ~0ULL));
		value = UNTOUCHED;
		CU_ASSERT(gic_filter_access(&filter, 0,
					    FAKE_RD(0) + offsets[i], 8, false,
					    &value));
		UNIT_ASSERT_INT(value, 0);
	}
	UNIT_ASSERT_INT(writes, 0);
}

/* Of the registers that identify the part, one tells the architecture. */
static void a_part_is_what_it_is(void)
{
	setup();
	gic_write(FAKE_GICD + GIC_PIDR2 - 8, 0x92);
	gic_write(FAKE_GICD + GIC_PIDR2 + 4, 0xff);
	gic_write(FAKE_RD(0) + GIC_PIDR2 - 8, 0x93);
	gic_write(FAKE_SGI(0) + GIC_PIDR2 - 8, 0x94);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_PIDR2 - 8), 0x92);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_PIDR2 + 4), 0xff);
	UNIT_ASSERT_INT(read32(FAKE_RD(0) + GIC_PIDR2 - 8), 0x93);
	UNIT_ASSERT_INT(read32(FAKE_SGI(0) + GIC_PIDR2 - 8), 0x94);
}

/* A tree may list more registers behind the distributor's frame. */
static void only_the_distributors_frame_is_there(void)
{
	static const uint32_t offsets[] = { 0, 8, 0x40, 0xffe8, 0x2ffe8 };
	unsigned int i;
	uint64_t value;

	setup();
	model.machine.distributor.size = 0x40000;
	watch_writes();
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		uint64_t addr = FAKE_GICD + GIC_FRAME_SIZE + offsets[i];

		value = UNTOUCHED;
		CU_ASSERT(!gic_filter_access(&filter, 0, addr, 4, false,
					     &value));
		CU_ASSERT(value == UNTOUCHED);
		CU_ASSERT(!put(addr, 4, ~0ULL));
	}
	UNIT_ASSERT_INT(writes, 0);
	read32(FAKE_GICD + GIC_FRAME_SIZE - 4);
}

/* A hart of no compartment has a doorbell that is nobody's. */
static void a_spare_harts_doorbell_is_nobodys(void)
{
	unsigned int c;

	fake_gic_reset(false);
	fake_gic_model(&model);
	model.machine.harts[3].owner = -1;
	gic_filter_init(&filter, &model, 5);
	for (c = 0; c < 2; c++)
		CU_ASSERT(!gic_filter_owns(&filter, c, FAKE_DOORBELL + 3));
	CU_ASSERT(gic_filter_owns(&filter, 1, FAKE_DOORBELL + 2));
}

/*
 * Numbers that are no SPI's, though a device's node names them: private ones,
 * and those that the architecture keeps for itself.
 */
static void a_device_has_no_private_or_special_source(void)
{
	static const unsigned int intids[] = { 20, 1020, 1023 };
	unsigned int i;

	fake_gic_reset(false);
	fake_gic_model(&model);
	gic_write(FAKE_GICD + GICD_TYPER, GICD_TYPER_LINES);
	for (i = 0; i < 3; i++)
		model.devices[0].interrupts[1 + i] = intids[i];
	model.devices[0].interrupt_count = 4;
	gic_filter_init(&filter, &model, 5);
	CU_ASSERT(put(FAKE_GICD + GICD_CTLR, 4, GICD_CTLR_GROUP1));
	watch_writes();
	CU_ASSERT(put(FAKE_GICD + GIC_ISENABLER, 4, ~0ULL));
	CU_ASSERT(put(FAKE_GICD + GIC_ISENABLER + 4 * 31, 4, ~0ULL));
	UNIT_ASSERT_INT(writes, 0);
	for (i = 0; i < 3; i++)
		CU_ASSERT(!gic_filter_owns(&filter, 0, intids[i]));
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_write_leaves_the_value),
	UNIT_TEST(a_refused_read_leaves_the_value),
	UNIT_TEST(a_read_writes_no_register),
	UNIT_TEST(a_switch_that_is_not_turned_writes_nothing),
	UNIT_TEST(foreign_words_are_not_written),
	UNIT_TEST(forwarding_and_clearing_write_own_words_only),
	UNIT_TEST(clearing_leaves_foreign_routes_and_doorbells),
	UNIT_TEST(pending_leaves_enables),
	UNIT_TEST(registers_of_lpis_are_wide_and_empty),
	UNIT_TEST(a_part_is_what_it_is),
	UNIT_TEST(only_the_distributors_frame_is_there),
	UNIT_TEST(a_spare_harts_doorbell_is_nobodys),
	UNIT_TEST(a_device_has_no_private_or_special_source),
};
UNIT_MAIN("gic_limits", tests)
