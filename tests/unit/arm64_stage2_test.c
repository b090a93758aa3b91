/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 2 tables, walked as the processor walks them: exactly what is granted,
 * with the attributes that each kind of grant has, in as many tables as were
 * counted.
 */
#include <string.h>

#include "../../lib/arm64/stage2_table.h"
#include "unit.h"

#define KIB4		0x1000ULL
#define MIB2		0x200000ULL
#define GIB		0x40000000ULL
#define RAM		0x40000000ULL
#define ADDRESS_END	(1ULL << 39)
#define TABLES		64U
#define RWX	(PROTECTION_READ | PROTECTION_WRITE | PROTECTION_EXECUTE)
#define RW	(PROTECTION_READ | PROTECTION_WRITE)

/* Stage 2 descriptors, read here by their bits alone. */
#define ATTRIBUTES(desc)	((desc) >> 2 & 0xf)
#define ACCESS(desc)		((desc) >> 6 & 3)
#define SHAREABLE(desc)		((desc) >> 8 & 3)
#define ACCESSED(desc)		((desc) >> 10 & 1)
#define EXECUTE_NEVER(desc)	((desc) >> 53 & 3)
#define ADDRESS(desc)		((desc) & 0xfffffffff000ULL)

static stage2_table tables[TABLES] __attribute__((aligned(4096)));

static bool build(const struct grant *grants, unsigned int count,
		  unsigned int max)
{
	memset(tables, 0, sizeof(tables));
	return stage2_table_build(tables, max, grants, count);
}

/* The last descriptor on the way to an address, 0 if one is not valid. */
static uint64_t walk(uint64_t addr, unsigned int *order)
{
	const stage2_table *table = &tables[0];
	uint64_t desc;

	for (*order = 30;; *order -= 9) {
		desc = (*table)[addr >> *order & 511];
		if (!(desc & 1))
			return 0;
		/* A block; at the last level a page, where 01 is reserved. */
		if (*order == 12)
			return desc & 2 ? desc : 0;
		if (!(desc & 2))
			return desc;
		table = (const stage2_table *)(uintptr_t)ADDRESS(desc);
	}
}

static unsigned int get_rights(uint64_t addr)
{
	unsigned int order, rights = 0;
	uint64_t desc = walk(addr, &order);

	if (!desc)
		return 0;
	CU_ASSERT_EQUAL(ADDRESS(desc) | (addr & ((1ULL << order) - 1)), addr);
	CU_ASSERT_EQUAL(ACCESSED(desc), 1);
	if (ACCESS(desc) & 1)
		rights |= PROTECTION_READ;
	if (ACCESS(desc) & 2)
		rights |= PROTECTION_WRITE;
	if (!EXECUTE_NEVER(desc))
		rights |= PROTECTION_EXECUTE;
	return rights;
}

static unsigned int get_order(uint64_t addr)
{
	unsigned int order;

	return walk(addr, &order) ? order : 0;
}

/* Around [base, base + size): the rights inside, none outside. */
static void assert_alone(uint64_t base, uint64_t size, unsigned int rights)
{
	CU_ASSERT_EQUAL(get_rights(base), rights);
	CU_ASSERT_EQUAL(get_rights(base + size / 2), rights);
	CU_ASSERT_EQUAL(get_rights(base + size - 1), rights);
	if (base)
		CU_ASSERT_EQUAL(get_rights(base - 1), 0);
	if (base + size < ADDRESS_END)
		CU_ASSERT_EQUAL(get_rights(base + size), 0);
}

static void nothing_is_granted_by_itself(void)
{
	uint64_t addr;

	CU_ASSERT_TRUE(build(NULL, 0, 1));
	for (addr = 0; addr < ADDRESS_END; addr += GIB)
		CU_ASSERT_EQUAL(get_rights(addr), 0);
}

static void largest_blocks_are_used(void)
{
	const struct grant grants[] = {
		{ { 2 * GIB - MIB2 - KIB4, GIB + 2 * MIB2 + 2 * KIB4 }, RWX,
		  false, false },
	};

	CU_ASSERT_TRUE_FATAL(build(grants, 1, TABLES));
	assert_alone(grants[0].range.base, grants[0].range.size, RWX);
	CU_ASSERT_EQUAL(get_order(2 * GIB - MIB2 - 1), 12);
	CU_ASSERT_EQUAL(get_order(2 * GIB - MIB2), 21);
	CU_ASSERT_EQUAL(get_order(2 * GIB), 30);
	CU_ASSERT_EQUAL(get_order(3 * GIB), 21);
	CU_ASSERT_EQUAL(get_order(3 * GIB + MIB2), 12);
}

static void kinds_have_their_attributes(void)
{
	const struct grant grants[] = {
		{ { 0x0a000000, KIB4 }, RW, true, false },
		{ { RAM, MIB2 }, RWX, false, false },
		{ { RAM + MIB2, KIB4 }, RW, false, false },
		{ { RAM + MIB2 + KIB4, KIB4 }, PROTECTION_READ, false, false },
		/* A device is never run, whatever a list says. */
		{ { 2 * GIB, KIB4 }, RWX, true, false },
		{ { 3 * GIB, KIB4 }, PROTECTION_WRITE, true, false },
	};
	unsigned int order;
	uint64_t desc;

	CU_ASSERT_TRUE_FATAL(build(grants, 6, TABLES));
	CU_ASSERT_EQUAL(get_rights(0x0a000000), RW);
	CU_ASSERT_EQUAL(get_rights(RAM), RWX);
	CU_ASSERT_EQUAL(get_rights(RAM + MIB2), RW);
	CU_ASSERT_EQUAL(get_rights(RAM + MIB2 + KIB4), PROTECTION_READ);
	CU_ASSERT_EQUAL(get_rights(2 * GIB), RW);
	CU_ASSERT_EQUAL(get_rights(3 * GIB), PROTECTION_WRITE);

	desc = walk(0x0a000000, &order);
	CU_ASSERT_EQUAL(ATTRIBUTES(desc), 1);	/* Device-nGnRE */
	CU_ASSERT_EQUAL(EXECUTE_NEVER(desc), 2);
	desc = walk(RAM, &order);
	CU_ASSERT_EQUAL(ATTRIBUTES(desc), 15);	/* write-back */
	CU_ASSERT_EQUAL(SHAREABLE(desc), 3);	/* inner */
	desc = walk(RAM + MIB2, &order);
	CU_ASSERT_EQUAL(ATTRIBUTES(desc), 15);
	CU_ASSERT_EQUAL(EXECUTE_NEVER(desc), 2);
}

static void ends_of_the_address_space_are_reached(void)
{
	const struct grant grants[] = {
		{ { 0, KIB4 }, RWX, false, false },
		{ { ADDRESS_END - KIB4, KIB4 }, RW, true, false },
	};

	CU_ASSERT_TRUE_FATAL(build(grants, 2, TABLES));
	assert_alone(0, KIB4, RWX);
	assert_alone(ADDRESS_END - KIB4, KIB4, RW);
}

static void neighbours_keep_their_own_rights(void)
{
	const struct grant grants[] = {
		{ { RAM, KIB4 }, RWX, false, false },
		{ { RAM + KIB4, MIB2 - KIB4 }, PROTECTION_READ, false, false },
		{ { RAM + MIB2, MIB2 }, RW, false, false },
	};

	CU_ASSERT_TRUE_FATAL(build(grants, 3, TABLES));
	CU_ASSERT_EQUAL(get_rights(RAM - 1), 0);
	CU_ASSERT_EQUAL(get_rights(RAM + KIB4 - 1), RWX);
	CU_ASSERT_EQUAL(get_rights(RAM + KIB4), PROTECTION_READ);
	CU_ASSERT_EQUAL(get_rights(RAM + MIB2 - 1), PROTECTION_READ);
	CU_ASSERT_EQUAL(get_rights(RAM + MIB2), RW);
	CU_ASSERT_EQUAL(get_rights(RAM + 2 * MIB2 - 1), RW);
	CU_ASSERT_EQUAL(get_rights(RAM + 2 * MIB2), 0);
}

/* What the checker accepted fits, and one table less does not. */
static void tables_are_as_many_as_counted(void)
{
	static const struct {
		struct grant grants[3];
		unsigned int count, tables;
	} cases[] = {
		{ { { { RAM, GIB }, RWX, false, false } }, 1, 1 },
		{ { { { RAM + MIB2, MIB2 }, RWX, false, false } }, 1, 2 },
		{ { { { RAM + MIB2, KIB4 }, RWX, false, false } }, 1, 3 },
		{ { { { RAM + MIB2 - KIB4, 2 * KIB4 }, RWX, false, false } }, 1, 4 },
		{ { { { RAM - KIB4, 2 * KIB4 }, RWX, false, false } }, 1, 5 },
		{ { { { 0x0a000000, KIB4 }, RW, true, false },
		    { { RAM, MIB2 }, RWX, false, false },
		    { { RAM + MIB2, KIB4 }, RW, false, false } }, 3, 5 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		UNIT_ASSERT_INT(table_count(cases[i].grants, cases[i].count),
				cases[i].tables);
		CU_ASSERT_TRUE(build(cases[i].grants, cases[i].count,
				     cases[i].tables));
		CU_ASSERT_FALSE(build(cases[i].grants, cases[i].count,
				      cases[i].tables - 1));
	}
}

static void withdrawal_leaves_nothing_and_is_undone(void)
{
	const struct grant grants[] = {
		{ { 0x0a000000, KIB4 }, RW, true, false },
		{ { RAM, MIB2 }, RWX, false, false },
		{ { 2 * GIB, GIB }, RWX, false, false },
	};
	static stage2_table before[TABLES];
	unsigned int i;

	CU_ASSERT_TRUE_FATAL(build(grants, 3, TABLES));
	memcpy(before, tables, sizeof(tables));
	stage2_table_withdraw(&tables[0]);
	for (i = 0; i < STAGE2_TABLE_ENTRIES; i++)
		CU_ASSERT_EQUAL(tables[0][i] & 1, 0);
	CU_ASSERT_EQUAL(get_rights(0x0a000000), 0);
	CU_ASSERT_EQUAL(get_rights(2 * GIB), 0);
	/* Twice is as once: more than one core may ask for it. */
	stage2_table_withdraw(&tables[0]);
	stage2_table_grant(&tables[0]);
	CU_ASSERT_EQUAL(memcmp(before, tables, sizeof(tables)), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing_is_granted_by_itself),
	UNIT_TEST(largest_blocks_are_used),
	UNIT_TEST(kinds_have_their_attributes),
	UNIT_TEST(ends_of_the_address_space_are_reached),
	UNIT_TEST(neighbours_keep_their_own_rights),
	UNIT_TEST(tables_are_as_many_as_counted),
	UNIT_TEST(withdrawal_leaves_nothing_and_is_undone),
};

UNIT_MAIN("arm64 stage 2", tests)
