/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protection entries: exactly what is granted, in the order that makes smaller
 * entries decide, and never more of them than the best there is.
 */
#include <string.h>

#include <compartment/architecture.h>
#include <compartment/riscv/protection.h>

#include "manifest_fixture.h"
#include "unit.h"

#define PAGE		0x1000ULL
#define RAM		0x80000000ULL
#define ENTRIES_MAX	64
#define RWX	(PROTECTION_READ | PROTECTION_WRITE | PROTECTION_EXECUTE)
#define RW	(PROTECTION_READ | PROTECTION_WRITE)

static struct fixture fixture;
static struct model model;
static struct compartment_board board;
static struct protection_entry entries[ENTRIES_MAX];

/*
 * What a list grants at [base, base + size): the rights common to all of its
 * bytes, by the entries' own rule. 0 if it wraps.
 */
static unsigned int get_rights(const struct protection_entry *list,
			       unsigned int count, uint64_t base, uint64_t size)
{
	unsigned int rights = ~0U, i;
	uint64_t at = base, next, entry_last;

	if (!size || base + size - 1 < base)
		return 0;
	/* Each turn takes the bytes up to where the deciding entry may change. */
	for (;;) {
		next = base + size - 1;
		for (i = 0; i < count; i++) {
			entry_last = list[i].base + ((1ULL << list[i].order) - 1);
			if (list[i].base > at && list[i].base - 1 < next)
				next = list[i].base - 1;
			if (at < list[i].base || at > entry_last)
				continue;
			if (entry_last < next)
				next = entry_last;
			break;
		}
		rights &= i < count ? list[i].rights : 0;
		if (!rights || next == base + size - 1)
			return rights;
		at = next + 1;
	}
}

/* One compartment, one hart, RAM of `pages` pages, nothing else. */
static void start(unsigned int pages)
{
	memset(&model, 0, sizeof(model));
	memset(&board, 0, sizeof(board));
	model.board = &board;
	board.architecture = &architecture_riscv;
	board.granularity = 4;
	model.machine.ram[0] = (struct memory_range){ RAM, pages * PAGE };
	model.machine.ram_count = 1;
	model.machine.hart_count = 1;
	model.compartment_count = 1;
	model.compartments[0].hart_count = 1;
	model.compartments[0].memory_count = 1;
}

static void set_memory(unsigned int first, unsigned int count)
{
	model.compartments[0].memory[0] =
		(struct memory_range){ RAM + first * PAGE, count * PAGE };
}

static void add_window(unsigned int first, unsigned int count, bool writable)
{
	struct model_window *window = &model.windows[model.window_count++];

	window->range =
		(struct memory_range){ RAM + first * PAGE, count * PAGE };
	window->member_count = 1;
	window->members[0].compartment = 0;
	window->members[0].writable = writable;
}

static unsigned int list(void)
{
	return protection_list(&model, 0, 0, entries, ENTRIES_MAX);
}

static unsigned int expected_rights(unsigned int page)
{
	uint64_t address = RAM + page * PAGE;
	const struct memory_range *memory = &model.compartments[0].memory[0];
	unsigned int i;

	if (address - memory->base < memory->size)
		return RWX;
	for (i = 0; i < model.window_count; i++)
		if (address - model.windows[i].range.base <
		    model.windows[i].range.size)
			return model.windows[i].members[0].writable ?
			       RW : PROTECTION_READ;
	return 0;
}

static void check_exact(unsigned int count, unsigned int pages)
{
	unsigned int page, i;

	for (page = 0; page < pages; page++)
		if (get_rights(entries, count, RAM + page * PAGE,
				      PAGE) != expected_rights(page))
			CU_FAIL("a page has rights that nobody granted, or lacks some");
	for (i = 0; i < count; i++) {
		if (entries[i].base & ((1ULL << entries[i].order) - 1))
			CU_FAIL("an entry is not aligned to its size");
		if (i && (entries[i - 1].order > entries[i].order ||
			  (entries[i - 1].order == entries[i].order &&
			   entries[i - 1].base >= entries[i].base)))
			CU_FAIL("entries are not in order");
	}
}

/*
 * The fewest entries by exhaustion, for [first, first + count) in the block of
 * `size` pages at `at`, where larger entries already say `allowed`.
 */
static unsigned int fewest(unsigned int first, unsigned int count,
			   unsigned int at, unsigned int size, bool allowed)
{
	unsigned int without, with;

	if (at >= first && at + size <= first + count)
		return !allowed;
	if (at >= first + count || at + size <= first)
		return allowed;
	without = fewest(first, count, at, size / 2, allowed) +
		  fewest(first, count, at + size / 2, size / 2, allowed);
	with = 1 + fewest(first, count, at, size / 2, !allowed) +
	       fewest(first, count, at + size / 2, size / 2, !allowed);
	return with < without ? with : without;
}

static void every_range(void)
{
	const unsigned int pages = 64;
	unsigned int first, count, needed;

	start(pages);
	for (first = 0; first < pages; first++) {
		for (count = 1; first + count <= pages; count++) {
			set_memory(first, count);
			needed = list();
			check_exact(needed, pages);
			if (needed != fewest(first, count, 0, pages, false))
				CU_FAIL("not the fewest entries");
		}
	}
	CU_PASS("");
}

/* 7 pages of 8: one entry and one denied page over it. */
static void deny_entry(void)
{
	start(16);
	set_memory(0, 7);
	UNIT_ASSERT_INT(list(), 2);
	UNIT_ASSERT_INT(entries[0].rights, 0);
	UNIT_ASSERT_INT(entries[0].base, RAM + 7 * PAGE);
	UNIT_ASSERT_INT(entries[1].rights, RWX);
	UNIT_ASSERT_INT(entries[1].order, 15);
}

/* The larger entry may not touch anything that is not its own. */
static void deny_only_where_clean(void)
{
	start(16);
	set_memory(0, 7);
	board.firmware = (struct memory_range){ RAM + 7 * PAGE, PAGE };
	UNIT_ASSERT_INT(list(), 3);
	check_exact(3, 16);
	board.firmware.size = 0;
	board.private = (struct memory_range){ RAM + 7 * PAGE, PAGE };
	UNIT_ASSERT_INT(list(), 3);
	board.private.size = 0;
	add_window(7, 1, false);
	UNIT_ASSERT_INT(list(), 4);
	check_exact(4, 16);
	model.window_count = 0;
	model.machine.ram[0].size = 7 * PAGE;
	UNIT_ASSERT_INT(list(), 3);
}

/* Two ranges in one block, all places and sizes. */
static void two_ranges(void)
{
	const unsigned int pages = 16;
	unsigned int a, an, b, bn, count;

	for (a = 0; a < pages; a++)
		for (an = 1; a + an <= pages; an++)
			for (b = a + an; b < pages; b++)
				for (bn = 1; b + bn <= pages; bn++) {
					start(pages);
					set_memory(a, an);
					add_window(b, bn, bn & 1);
					count = list();
					CU_ASSERT_FATAL(count <= ENTRIES_MAX);
					check_exact(count, pages);
				}
	CU_PASS("");
}

static void neighbours_join(void)
{
	start(16);
	set_memory(15, 1);
	add_window(0, 4, true);
	add_window(4, 4, true);
	UNIT_ASSERT_INT(list(), 2);
	model.windows[1].members[0].writable = false;
	UNIT_ASSERT_INT(list(), 3);
	check_exact(3, 16);
}

/* Counting and listing agree, and a list that is too short is not overrun. */
static void too_short(void)
{
	struct protection_entry guard = { .base = 1, .order = 1, .rights = 1 };
	unsigned int max, needed;

	start(64);
	set_memory(1, 21);
	needed = list();
	UNIT_ASSERT_INT(protection_list(&model, 0, 0, NULL, 0), needed);
	for (max = 0; max < needed; max++) {
		entries[max] = guard;
		UNIT_ASSERT_INT(protection_list(&model, 0, 0, entries, max),
				needed);
		UNIT_ASSERT_INT(entries[max].base, guard.base);
	}
}

/* More grants than a list has room for must not pass as fewer. */
static void too_many(void)
{
	const unsigned int fit = (GRANTS_MAX - 1 - MODEL_WINDOWS_MAX) / 2;
	unsigned int i;

	start(64);
	set_memory(0, 1);
	for (i = 0; i < MODEL_WINDOWS_MAX; i++)
		add_window(2 + 2 * i, 1, true);
	for (i = 0; i < MODEL_DEVICES_MAX; i++) {
		model.devices[i].reg_count = 2;
		model.devices[i].regs[0] =
			(struct memory_range){ 4 * i * PAGE, PAGE };
		model.devices[i].regs[1] =
			(struct memory_range){ (4 * i + 2) * PAGE, PAGE };
	}
	model.device_count = fit;
	UNIT_ASSERT_INT(list(), 1 + MODEL_WINDOWS_MAX + 2 * fit);
	model.device_count = fit + 1;
	UNIT_ASSERT_INT(list(), PROTECTION_TOO_MANY);
}

static unsigned int rights_at(unsigned int compartment, uint32_t hart,
			      uint64_t base, uint64_t size)
{
	unsigned int count = protection_list(&fixture.model, compartment, hart,
					     entries, ENTRIES_MAX);

	CU_ASSERT_FATAL(count <= ENTRIES_MAX);
	return get_rights(entries, count, base, size);
}

static void grants(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x90000000, 0x400000), RWX);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x8ffff000, 0x1000), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x90400000, 1), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x91000000, 0x400000), RW);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x90800000, 0x1000), RW);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x90800000, 0x1000), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x10001000, 0x1000), RW);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x10001000, 0x1000), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x80000000, 1), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0x2000000, 1), 0);
}

static void plic_pages(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	/* The shared registers are the firmware's. */
	UNIT_ASSERT_INT(rights_at(0, 0, 0xd000000, 4), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0xd002080, 4), 0);
	/* Context 1 is hart 0's S level, 3 hart 1's; M levels are nobody's. */
	UNIT_ASSERT_INT(rights_at(0, 0, 0xd201000, 0x1000), RW);
	UNIT_ASSERT_INT(rights_at(0, 0, 0xd200000, 4), 0);
	UNIT_ASSERT_INT(rights_at(0, 0, 0xd203000, 4), 0);
	UNIT_ASSERT_INT(rights_at(1, 1, 0xd203000, 0x1000), RW);
	/* Not even a fellow hart of the compartment has another's. */
	UNIT_ASSERT_INT(rights_at(2, 2, 0xd205000, 0x1000), RW);
	UNIT_ASSERT_INT(rights_at(2, 2, 0xd207000, 4), 0);
	UNIT_ASSERT_INT(rights_at(2, 3, 0xd207000, 0x1000), RW);
}

static void imsic_pages(void)
{
	fixture_init(&fixture, FIXTURE_IMSIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x28001000, 0x1000), RW);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x28000000, 4), 0);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x28002000, 4), 0);
	UNIT_ASSERT_INT(rights_at(1, 1, 0x24001000, 4), 0);
	/* Both harts' files in one entry. */
	UNIT_ASSERT_INT(rights_at(2, 2, 0x28002000, 0x2000), RW);
	UNIT_ASSERT_INT(rights_at(2, 3, 0x28002000, 0x2000), RW);
	UNIT_ASSERT_INT(protection_list(&fixture.model, 2, 2, entries,
					ENTRIES_MAX), 2);
}

static void rights_edges(void)
{
	static const struct protection_entry some[] = {
		{ .base = 0x1000, .order = 12, .rights = 0 },
		{ .base = 0x0000, .order = 13, .rights = RW },
		{ .base = 0x2000, .order = 13, .rights = PROTECTION_READ },
	};

	UNIT_ASSERT_INT(get_rights(some, 3, 0, 0x1000), RW);
	UNIT_ASSERT_INT(get_rights(some, 3, 0, 0x1001), 0);
	UNIT_ASSERT_INT(get_rights(some, 3, 0x1000, 1), 0);
	UNIT_ASSERT_INT(get_rights(some, 3, 0x2000, 0x2000),
			PROTECTION_READ);
	UNIT_ASSERT_INT(get_rights(some, 3, 0x3fff, 2), 0);
	UNIT_ASSERT_INT(get_rights(some, 3, 0x2000, 0), 0);
	UNIT_ASSERT_INT(get_rights(some, 3, 0x2000, ~0ULL), 0);
	UNIT_ASSERT_INT(get_rights(some, 3, ~0ULL, 2), 0);
	UNIT_ASSERT_INT(get_rights(some, 0, 0, 1), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(every_range), UNIT_TEST(deny_entry),
	UNIT_TEST(deny_only_where_clean), UNIT_TEST(two_ranges),
	UNIT_TEST(neighbours_join), UNIT_TEST(too_short),
	UNIT_TEST(too_many), UNIT_TEST(grants),
	UNIT_TEST(plic_pages), UNIT_TEST(imsic_pages), UNIT_TEST(rights_edges),
};
UNIT_MAIN("protection", tests)
