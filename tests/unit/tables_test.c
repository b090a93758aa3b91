/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation tables of arm64: what an entry is, and how many tables a list
 * takes, against a look at every page.
 */
#include <string.h>

#include <compartment/arm64/tables.h>

#include "unit.h"

#define PAGE		0x1000ULL
#define MIB2		0x200000ULL
#define GIB		0x40000000ULL
/* The look at every page is over two entries of level 1. */
#define PAGES		(2 * GIB / PAGE)
#define GRANTS		24

static struct grant grants[GRANTS];
static unsigned int count;
static uint8_t owner[PAGES];	/* 0: nobody's; else 1 + the grant */

static void add(uint64_t base, uint64_t size)
{
	grants[count++].range =
		(struct memory_range){ .base = base, .size = size };
}

/* What becomes of a region, page by page. */
static enum table_entry look(uint64_t base, unsigned int order)
{
	const uint8_t *first = &owner[base / PAGE];
	uint64_t i, pages = (1ULL << order) / PAGE;
	bool any = *first;

	for (i = 1; i < pages; i++) {
		if (first[i] != *first)
			return TABLE_ENTRY_TABLE;
		any = any || first[i];
	}
	return any ? TABLE_ENTRY_BLOCK : TABLE_ENTRY_NONE;
}

static bool agrees(uint64_t base, unsigned int order, enum table_entry *entry)
{
	const struct grant *block;

	*entry = look(base, order);
	return table_entry_find(grants, count, base, order, &block) == *entry &&
	       (*entry == TABLE_ENTRY_BLOCK ?
			block == &grants[owner[base / PAGE] - 1] : !block);
}

static void check(void)
{
	unsigned int i, tables = 1;
	enum table_entry entry;
	uint64_t page, base;
	bool same = true;

	memset(owner, 0, sizeof(owner));
	for (i = 0; i < count; i++)
		for (page = 0; page < grants[i].range.size / PAGE; page++)
			owner[grants[i].range.base / PAGE + page] =
				(uint8_t)(i + 1);
	for (base = 0; base < 2 * GIB; base += GIB) {
		same = same && agrees(base, TABLES_ORDER_FIRST, &entry);
		tables += entry == TABLE_ENTRY_TABLE;
	}
	for (base = 0; base < 2 * GIB; base += MIB2) {
		same = same && agrees(base, TABLES_ORDER_FIRST -
				      TABLES_ORDER_STEP, &entry);
		tables += entry == TABLE_ENTRY_TABLE;
	}
	CU_ASSERT(same);
	UNIT_ASSERT_INT(table_count(grants, count), tables);
}

static void nothing(void)
{
	count = 0;
	UNIT_ASSERT_INT(table_count(grants, 0), 1);
	check();
}

static void shapes(void)
{
	static const struct {
		uint64_t base, size;
		unsigned int tables;
	} cases[] = {
		{ 0, PAGE, 3 }, { 0, MIB2, 2 }, { 0, GIB, 1 }, { 0, 2 * GIB, 1 },
		{ PAGE, MIB2, 4 }, { MIB2 - PAGE, PAGE, 3 },
		{ MIB2, GIB, 3 }, { GIB - PAGE, 2 * PAGE, 5 },
		{ GIB - MIB2, 2 * MIB2, 3 }, { PAGE, 2 * GIB - PAGE, 3 },
		{ PAGE, 2 * GIB - 2 * PAGE, 5 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		count = 0;
		add(cases[i].base, cases[i].size);
		UNIT_ASSERT_INT(table_count(grants, count), cases[i].tables);
		check();
	}
}

/* Two grants fill a region, but not one alone: other rights are elsewhere. */
static void filled_by_two(void)
{
	count = 0;
	add(0, MIB2 / 2);
	add(MIB2 / 2, MIB2 / 2);
	UNIT_ASSERT_INT(table_count(grants, count), 3);
	check();
	count = 0;
	add(0, GIB - PAGE);
	add(GIB - PAGE, PAGE + GIB);
	UNIT_ASSERT_INT(table_count(grants, count), 3);
	check();
}

static void highest(void)
{
	uint64_t end = 1ULL << TABLES_ADDRESS_BITS;
	const struct grant *block;

	count = 0;
	add(end - PAGE, PAGE);
	UNIT_ASSERT_INT(table_count(grants, count), 3);
	UNIT_ASSERT_INT(table_entry_find(grants, count, end - PAGE,
					 TABLES_ORDER_LAST, &block),
			TABLE_ENTRY_BLOCK);
	UNIT_ASSERT_INT(table_entry_find(grants, count, end - 2 * PAGE,
					 TABLES_ORDER_LAST, &block),
			TABLE_ENTRY_NONE);
}

/* Lists of all kinds, the same on every run: gaps and sizes of few pages, of
 * whole blocks, and of whole blocks and a bit. */
static void lists(void)
{
	uint64_t state = 1, at, size;
	unsigned int round, i, kind;

	for (round = 0; round < 40; round++) {
		at = 0;
		count = 0;
		for (i = 0; i < GRANTS; i++) {
			state = state * 6364136223846793005ULL + 1;
			kind = (unsigned int)(state >> 60);
			size = (1 + (state >> 33) % 40) * PAGE;
			if (kind & 1)
				size *= MIB2 / PAGE;
			if (kind & 2)
				size += ((state >> 20) % 3) * PAGE;
			if (kind & 4)
				at += ((state >> 25) % 600) * PAGE;
			if (kind & 8)
				at = (at + MIB2 - 1) / MIB2 * MIB2;
			if (at + size > 2 * GIB)
				break;
			add(at, size);
			at += size;
		}
		CU_ASSERT(count > 2);
		check();
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing), UNIT_TEST(shapes), UNIT_TEST(filled_by_two),
	UNIT_TEST(highest), UNIT_TEST(lists),
};
UNIT_MAIN("tables", tests)
