/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIC as one of two compartments sees it: what it may change, what it sees,
 * and what is refused. Compartment 0 is the caller.
 */
#include <string.h>

#include "../../lib/arm64/gic_filter.h"
#include "../../lib/arm64/gic_registers.h"
#include "fake_gic.h"
#include "unit.h"

static struct model model;
static struct gic_filter filter;
static uint32_t before[FAKE_GIC_WORDS];

static void setup_states(bool two_states)
{
	fake_gic_reset(two_states);
	fake_gic_model(&model);
	gic_filter_init(&filter, &model, 5);
}

static void setup(void)
{
	setup_states(false);
}

static bool put(uint64_t addr, unsigned int size, uint64_t value)
{
	return gic_filter_access(&filter, 0, addr, size, true, &value);
}

static void write32(uint64_t addr, uint32_t value)
{
	CU_ASSERT(put(addr, 4, value));
}

static bool get(uint64_t addr, unsigned int size, uint64_t *value)
{
	*value = 0x5555555555555555ULL;
	return gic_filter_access(&filter, 0, addr, size, false, value);
}

static uint64_t read_size(uint64_t addr, unsigned int size)
{
	uint64_t value;

	CU_ASSERT(get(addr, size, &value));
	return value;
}

static uint32_t read32(uint64_t addr)
{
	uint64_t value = read_size(addr, 4);

	CU_ASSERT(value <= UINT32_MAX);
	return value;
}

/* Whether INTID `intid` is compartment 0's. */
static bool is_own(unsigned int intid)
{
	return intid < 8 || intid == 27 || intid == 30 || intid == 33 ||
	       intid == 40 || intid == 95 || intid == FAKE_PLAYED ||
	       intid == FAKE_DOORBELL || intid == FAKE_DOORBELL + 1;
}

static bool is_doorbell(unsigned int intid)
{
	return intid >= FAKE_DOORBELL && intid < FAKE_DOORBELL + FAKE_HARTS;
}

/* Of `count` sources from `first` on, `width` bits each. */
static uint32_t own_mask(unsigned int first, unsigned int count, uint32_t bits,
			 unsigned int width)
{
	uint32_t mask = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (is_own(first + i))
			mask |= bits << width * i;
	return mask;
}

/* The bits of the fake's word at an offset that compartment 0 may change. */
static uint32_t may_change(bool distributor, uint32_t offset)
{
	uint32_t mask = 0;
	unsigned int i, intid;

	if (offset >= GIC_ISENABLER && offset < GIC_IPRIORITYR)
		mask = own_mask(offset % 0x80 * 8, 32, 1, 1);
	else if (offset >= GIC_IPRIORITYR && offset < GIC_IPRIORITYR + 0x400)
		mask = own_mask(offset - GIC_IPRIORITYR, 4, 0xff, 8);
	else if (distributor && offset >= GIC_ICFGR && offset < GIC_ICFGR_END)
		for (i = 0; i < 16; i++) {
			intid = (offset - GIC_ICFGR) * 4 + i;
			if (is_own(intid) && !is_doorbell(intid))
				mask |= 2U << 2 * i;
		}
	else if (distributor && offset >= GICD_IROUTER &&
		 offset < GICD_IROUTER + 8 * 1024) {
		intid = (offset - GICD_IROUTER) / 8;
		/* The other of the two own harts. */
		if (is_own(intid) && !is_doorbell(intid) && offset % 8 == 0)
			mask = 1;
	}
	intid = offset < GIC_IPRIORITYR ? offset % 0x80 * 8 :
		offset < GIC_ICFGR ? offset - GIC_IPRIORITYR : ~0U;
	/* SGIs and PPIs are in redistributors, all others are not. */
	if (offset < GIC_ICFGR && (intid >= 32) != distributor)
		return 0;
	return mask;
}

static uint32_t may_change_word(size_t word)
{
	uint64_t addr = fake_gic_address(word);

	if (addr < FAKE_GICR)
		return may_change(true, addr - FAKE_GICD);
	if (addr >= FAKE_RD(2) || (addr - FAKE_GICR) % FAKE_GICR_SIZE < 0x10000)
		return 0;
	return may_change(false, addr & 0xffff);
}

static unsigned int writes;

static void watch(size_t word, uint32_t changed)
{
	writes++;
	if (changed & ~may_change_word(word))
		UNIT_ASSERT_INT(fake_gic_address(word), changed);
}

/* Every register at every width, whatever the others hold. */
static void a_write_changes_own_sources_only(void)
{
	static const uint64_t values[] = { ~0ULL, 0, 1 };
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	size_t word;
	unsigned int i, j;

	setup();
	for (word = 0; word < FAKE_GIC_WORDS; word++)
		if (word % 0x4000 >= 0x20 && word % 0x4000 < 0x1800)
			fake_gic_words[word] = 0x5ac3a53cU;
	fake_gic_watch = watch;
	writes = 0;
	for (word = 0; word < FAKE_GIC_WORDS; word++)
		for (i = 0; i < 4; i++)
			for (j = 0; j < 3; j++)
				put(fake_gic_address(word), sizes[i],
				    values[j]);
	CU_ASSERT(writes > 100);
}

/* The bits that compartment 0 may see at an offset of a frame of sources. */
static uint32_t may_see(bool distributor, uint32_t offset)
{
	unsigned int i, intid;
	uint32_t mask = 0;

	if (offset >= GIC_ICFGR && offset < GIC_ICFGR_END) {
		for (i = 0; i < 16; i++) {
			intid = (offset - GIC_ICFGR) * 4 + i;
			if (is_own(intid) && (intid >= 32) == distributor)
				mask |= 2U << 2 * i;
		}
		return mask;
	}
	if (!distributor || offset < GICD_IROUTER ||
	    offset >= GICD_IROUTER + 8 * 1024)
		return may_change(distributor, offset);
	intid = (offset - GICD_IROUTER) / 8;
	return intid >= 32 && is_own(intid) ? ~0U : 0;
}

static void a_read_shows_own_sources_only(void)
{
	static const uint64_t frames[] = {
		FAKE_GICD, FAKE_SGI(0), FAKE_SGI(1),
	};
	unsigned int i, seen = 0;
	uint32_t offset;

	setup();
	memset(fake_gic_words, 0xff, sizeof(fake_gic_words));
	memset(filter.own[0].enabled, 0xff, sizeof(filter.own[0].enabled));
	memcpy(before, fake_gic_words, sizeof(before));
	for (i = 0; i < 3; i++)
		for (offset = GIC_IGROUPR; offset < GIC_ID_FIRST; offset += 4) {
			uint32_t value = read32(frames[i] + offset);

			seen += value != 0;
			if (value & ~may_see(i == 0, offset))
				UNIT_ASSERT_INT(frames[i] + offset, value);
		}
	CU_ASSERT(seen > 30);
	UNIT_ASSERT_INT(memcmp(before, fake_gic_words, sizeof(before)), 0);
}

static void refuses_foreign_frames_and_odd_accesses(void)
{
	static const struct {
		uint64_t addr;
		unsigned int size;
	} refused[] = {
		{ FAKE_RD(2), 4 }, { FAKE_SGI(2) + GIC_ISENABLER, 4 },
		{ FAKE_RD(3) + GICR_TYPER, 8 }, { FAKE_RD(4), 4 },
		{ FAKE_GICD + 0x10000, 4 }, { FAKE_GICD - 4, 4 },
		{ FAKE_GICR - 4, 4 }, { 0, 4 }, { ~3ULL, 4 },
		{ FAKE_GICD + GICD_CTLR, 1 }, { FAKE_GICD + GICD_CTLR, 2 },
		{ FAKE_GICD + GICD_CTLR, 8 }, { FAKE_GICD + 2, 4 },
		{ FAKE_GICD + GICD_IROUTER + 8 * 33, 1 },
		{ FAKE_GICD + GICD_IROUTER + 8 * 33, 2 },
		{ FAKE_GICD + GICD_IROUTER + 8 * 33 + 4, 8 },
		{ FAKE_GICD + GIC_IPRIORITYR + 33, 2 },
		{ FAKE_GICD + GIC_IPRIORITYR + 33, 4 },
		{ FAKE_GICD + GIC_IPRIORITYR + 40, 2 },
		{ FAKE_GICD + GIC_IPRIORITYR + 40, 8 },
		{ FAKE_GICD + GIC_ISENABLER, 8 },
		{ FAKE_GICD + GIC_ISENABLER + 4, 1 },
		{ FAKE_RD(0) + GICR_CTLR, 8 }, { FAKE_RD(0) + GICR_WAKER, 1 },
		{ FAKE_RD(0) + GICR_TYPER + 4, 8 },
		{ FAKE_SGI(0) + GIC_ISENABLER, 8 },
		{ FAKE_SGI(0) + GIC_ISENABLER, 2 },
	};
	uint64_t value;
	unsigned int i;

	setup();
	/* A GICv4 has two frames more, for virtual LPIs. */
	model.machine.harts[1].redistributor.size *= 2;
	memcpy(before, fake_gic_words, sizeof(before));
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		CU_ASSERT(!put(refused[i].addr, refused[i].size, ~0ULL));
		CU_ASSERT(!get(refused[i].addr, refused[i].size, &value));
	}
	UNIT_ASSERT_INT(memcmp(before, fake_gic_words, sizeof(before)), 0);
}

static void shows_a_gicv3_without_lpis(void)
{
	setup();
	UNIT_ASSERT_INT(read32(FAKE_GICD + GICD_TYPER), 0x3480408);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GICD_IIDR), 0x43b);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_PIDR2), 0x3b);
	UNIT_ASSERT_INT(read32(FAKE_RD(1) + GIC_PIDR2), 0x3b);
	UNIT_ASSERT_INT(read32(FAKE_RD(1) + GICR_IIDR), 0x43b);
	UNIT_ASSERT_INT(read_size(FAKE_RD(1) + GICR_TYPER, 8), 0x100000110);
	UNIT_ASSERT_INT(read32(FAKE_RD(1) + GICR_TYPER), 0x110);
	UNIT_ASSERT_INT(read32(FAKE_RD(1) + GICR_TYPER + 4), 1);
	/* Awake, whatever the machine says; no tables. */
	gic_write(FAKE_RD(0) + GICR_WAKER, 6);
	gic_write64(FAKE_RD(0) + GICR_PROPBASER, ~0ULL);
	gic_write(FAKE_RD(0) + GICR_CTLR, 1 | GICR_CTLR_RWP);
	UNIT_ASSERT_INT(read32(FAKE_RD(0) + GICR_WAKER), 0);
	UNIT_ASSERT_INT(read_size(FAKE_RD(0) + GICR_PROPBASER, 8), 0);
	UNIT_ASSERT_INT(read32(FAKE_RD(0) + GICR_CTLR), GICR_CTLR_RWP);
}

static void group_switch_holds_enables_back(void)
{
	uint64_t enabled = FAKE_GICD + GIC_ISENABLER + 4;

	setup();
	UNIT_ASSERT_INT(read32(FAKE_GICD + GICD_CTLR), GICD_CTLR_ARE);
	write32(enabled, ~0U);
	write32(FAKE_SGI(1) + GIC_ISENABLER, ~0U);
	UNIT_ASSERT_INT(read32(enabled), 0x102);
	UNIT_ASSERT_INT(gic_read(enabled), 0);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(1) + GIC_ISENABLER), 0);
	/* The other compartment's are its own affair. */
	gic_write(enabled, 1U << 2);
	write32(FAKE_GICD + GICD_IIDR, ~0U);
	UNIT_ASSERT_INT(gic_read(enabled), 1U << 2);
	write32(FAKE_GICD + GICD_CTLR, GICD_CTLR_GROUP1);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GICD_CTLR),
			GICD_CTLR_ARE | GICD_CTLR_GROUP1);
	UNIT_ASSERT_INT(gic_read(enabled), 0x106);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(1) + GIC_ISENABLER), GIC_OWN_PRIVATE);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(2) + GIC_ISENABLER), 0);
	write32(enabled + 0x80, 2);
	UNIT_ASSERT_INT(gic_read(enabled), 0x104);
	write32(FAKE_GICD + GICD_CTLR, GICD_CTLR_GROUP0);
	UNIT_ASSERT_INT(gic_read(enabled), 4);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(1) + GIC_ISENABLER), 0);
	UNIT_ASSERT_INT(read32(enabled), 0x100);
	/* The machine's own switch stays where it is. */
	UNIT_ASSERT_INT(gic_read(FAKE_GICD + GICD_CTLR),
			GICD_CTLR_ARE | GICD_CTLR_DS);
}

static void pending_and_active_are_the_machines(void)
{
	setup();
	write32(FAKE_GICD + GIC_ISPENDR + 28, ~0U);
	UNIT_ASSERT_INT(gic_read(FAKE_GICD + GIC_ISPENDR + 28), 3);
	gic_write(FAKE_GICD + GIC_ISPENDR + 28, ~0U);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_ICPENDR + 28), 3);
	write32(FAKE_GICD + GIC_ICPENDR + 28, ~0U);
	UNIT_ASSERT_INT(gic_read(FAKE_GICD + GIC_ISPENDR + 28), ~3U);
	write32(FAKE_SGI(0) + GIC_ISACTIVER, ~0U);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(0) + GIC_ISACTIVER), GIC_OWN_PRIVATE);
}

static void priorities_stay_in_the_lower_half(void)
{
	uint64_t at = FAKE_GICD + GIC_IPRIORITYR + 32;

	setup();
	gic_write(at, 0x11223344);
	CU_ASSERT(put(at + 1, 1, 0xa0));
	UNIT_ASSERT_INT(gic_read(at), 0x1122d044);
	UNIT_ASSERT_INT(read_size(at + 1, 1), 0xa0);
	UNIT_ASSERT_INT(read_size(at + 2, 1), 0);
	UNIT_ASSERT_INT(read32(at), 0xa000);
	write32(at, 0);
	UNIT_ASSERT_INT(gic_read(at), 0x11228044);
	/* A byte is one source's, with own ones beside it. */
	at = FAKE_SGI(0) + GIC_IPRIORITYR;
	write32(at, 0x60402010);
	CU_ASSERT(put(at + 1, 1, 0xffffffffffffff80ULL));
	UNIT_ASSERT_INT(read32(at), 0x60408010);
	UNIT_ASSERT_INT(read_size(at + 1, 1), 0x80);
	at = FAKE_GICD + GIC_IPRIORITYR + 32;
	/* With two states the machine itself does that; 0 is the stop's. */
	setup_states(true);
	write32(at, ~0U);
	UNIT_ASSERT_INT(gic_read(at), 0xff00);
	write32(at, 0);
	UNIT_ASSERT_INT(gic_read(at), 0x1000);
	UNIT_ASSERT_INT(gic_priority_to_machine(&filter, 0x20), 0x20);
}

static void triggers_of_doorbells_stay(void)
{
	uint64_t config = FAKE_GICD + GIC_ICFGR;

	setup();
	gic_write(config + FAKE_DOORBELL / 4, 0xaa);
	write32(config + FAKE_DOORBELL / 4, 0);
	UNIT_ASSERT_INT(gic_read(config + FAKE_DOORBELL / 4), 0xaa);
	UNIT_ASSERT_INT(read32(config + FAKE_DOORBELL / 4), 0xa);
	write32(config + 8, ~0U);
	UNIT_ASSERT_INT(gic_read(config + 8), 0x20008);
	write32(FAKE_SGI(0) + GIC_ICFGR + 4, ~0U);
	UNIT_ASSERT_INT(gic_read(FAKE_SGI(0) + GIC_ICFGR + 4), 0);
}

static void routes_lead_to_own_harts(void)
{
	uint64_t route = FAKE_GICD + GICD_IROUTER + 8 * 33;

	setup();
	CU_ASSERT(put(route, 8, 1));
	UNIT_ASSERT_INT(gic_read64(route), 1);
	CU_ASSERT(put(route, 8, 2));
	CU_ASSERT(put(route, 8, 1ULL << 31));
	CU_ASSERT(put(route, 8, 1ULL << 32));
	write32(route, 3);
	write32(route + 4, 1);
	UNIT_ASSERT_INT(gic_read64(route), 1);
	UNIT_ASSERT_INT(read32(route + 4), 0);
	write32(route, 0);
	UNIT_ASSERT_INT(read_size(route, 8), 0);
	/* A doorbell belongs to its hart. */
	route = FAKE_GICD + GICD_IROUTER + 8 * (FAKE_DOORBELL + 1);
	gic_write64(route, 1);
	CU_ASSERT(put(route, 8, 0));
	UNIT_ASSERT_INT(gic_read64(route), 1);
	UNIT_ASSERT_INT(read_size(route, 8), 1);
	UNIT_ASSERT_INT(read_size(route + 8, 8), 0);
}

static void clearing_leaves_nothing(void)
{
	static const unsigned int kinds[] = {
		GIC_ISENABLER, GIC_ISPENDR, GIC_ISACTIVER,
	};
	unsigned int i, word;

	setup();
	for (i = 0; i < 3; i++)
		for (word = 0; word < FAKE_WORDS; word++) {
			gic_write(FAKE_SGI(1) + kinds[i] + 4 * word, ~0U);
			gic_write(FAKE_GICD + kinds[i] + 4 * word, ~0U);
		}
	write32(FAKE_GICD + GICD_CTLR, GICD_CTLR_GROUP1);
	write32(FAKE_GICD + GIC_ISENABLER + 4, ~0U);
	write32(FAKE_GICD + GIC_ICFGR + 8, ~0U);
	write32(FAKE_GICD + GIC_IPRIORITYR + 32, ~0U);
	CU_ASSERT(put(FAKE_GICD + GICD_IROUTER + 8 * 33, 8, 1));
	write32(FAKE_SGI(1) + GIC_ISENABLER, ~0U);
	gic_filter_clear(&filter, 0);
	gic_filter_clear_hart(&filter, 1);
	for (i = 0; i < 3; i++) {
		for (word = 1; word < FAKE_WORDS; word++)
			UNIT_ASSERT_INT(gic_read(FAKE_GICD + kinds[i] +
						 4 * word),
					~own_mask(32 * word, 32, 1, 1));
		UNIT_ASSERT_INT(gic_read(FAKE_SGI(1) + kinds[i]),
				~GIC_OWN_PRIVATE);
	}
	UNIT_ASSERT_INT(read32(FAKE_GICD + GICD_CTLR), GICD_CTLR_ARE);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_ISENABLER + 4), 0);
	UNIT_ASSERT_INT(read32(FAKE_SGI(1) + GIC_ISENABLER), 0);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_ICFGR + 8), 0);
	UNIT_ASSERT_INT(read32(FAKE_GICD + GIC_IPRIORITYR + 32), 0);
	UNIT_ASSERT_INT(read_size(FAKE_GICD + GICD_IROUTER + 8 * 33, 8), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_write_changes_own_sources_only),
	UNIT_TEST(a_read_shows_own_sources_only),
	UNIT_TEST(refuses_foreign_frames_and_odd_accesses),
	UNIT_TEST(shows_a_gicv3_without_lpis),
	UNIT_TEST(group_switch_holds_enables_back),
	UNIT_TEST(pending_and_active_are_the_machines),
	UNIT_TEST(priorities_stay_in_the_lower_half),
	UNIT_TEST(triggers_of_doorbells_stay),
	UNIT_TEST(routes_lead_to_own_harts),
	UNIT_TEST(clearing_leaves_nothing),
};
UNIT_MAIN("gic_filter", tests)
