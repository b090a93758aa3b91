/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second hart changes a table between the processor's walk and the one for
 * the firmware. Whatever each of them finds: what is done is done where one of
 * the entries says, and what is not ends in the fault of the other entry.
 */
#include "../board.h"
#include "../hostile.h"
#include "../race.h"
#include "extensions.h"
#include "walk.h"

#define RACE_TRIES	2000	/* of each kind, at each level */
/* To drop translations stops the other core too, which then is out of step. */
#define RACE_TRIES_KEPT	16	/* before they are dropped */
#define RACE_UNTOUCHED	0xdec0U	/* in own memory: none of the values */
#define RACE_NO_LEVEL	4U
#define RACE_NO_FAULT	0x40U

struct race_kind {
	const char *what;
	uint64_t (*get_wrong)(const struct race *race);
	unsigned int status;	/* of the fault of such an entry */
	unsigned int level;	/* in it; 0: the entry's own */
};

static uint64_t race_page[WALK_PAGE / 8] __attribute__((aligned(WALK_PAGE)));
static uint64_t race_table[WALK_PAGE / 8] __attribute__((aligned(WALK_PAGE)));

static bool race_is_leaf(const struct race *race)
{
	return race->word == walk_get_entry(WALK_LEVEL_LAST, ACCESS_KERNEL);
}

static uint64_t race_get_none(const struct race *race)
{
	return race->whole & ~WALK_VALID;
}

static uint64_t race_get_read_only(const struct race *race)
{
	return race->whole | (race_is_leaf(race) ? WALK_READ_ONLY :
						   WALK_TABLE_READ_ONLY);
}

static uint64_t race_get_foreign(const struct race *race)
{
	uint64_t page;

	do
		page = map_samples[race_next() % map_sample_count] &
		       ~(WALK_PAGE - 1);
	while (map_is_granted(page, WALK_PAGE) || !access_can_hang(page));
	return page | (race_is_leaf(race) ? WALK_LEAF : WALK_TABLE);
}

static uint64_t race_get_own(const struct race *race)
{
	return race_is_leaf(race) ? race_table[0] :
				    (uintptr_t)race_table | WALK_TABLE;
}

static const struct race_kind race_kinds[] = {
	{ "none", race_get_none, WALK_TRANSLATION, 0 },
	{ "read-only", race_get_read_only, WALK_PERMISSION, WALK_LEVEL_LAST },
	{ "foreign", race_get_foreign, STATUS_EXTERNAL, RACE_NO_LEVEL },
	{ "own memory", race_get_own, RACE_NO_FAULT, RACE_NO_LEVEL },
};

struct race_access {
	const struct walk_register *reg;
	bool own;		/* the wrong entry leads to own memory */
	unsigned int status;	/* of the fault that may be the answer */
	unsigned int value;	/* number of the one that is stored */
};

/* Where the entry that leads to own memory has the register. */
static volatile uint32_t *race_get_instead(const struct walk_register *reg)
{
	return (uint32_t *)race_page + reg->at % WALK_PAGE / sizeof(uint32_t);
}

static bool race_is_refused(const struct race_access *access, uint64_t address,
			    bool store, const struct trap_record *record)
{
	/*
	 * One walk finds the register, in memory that is only read, the other
	 * one what needs no help: it is refused all the same.
	 */
	if (access->own && !access->reg->loads)
		return walk_is_fault(record, address, store, STATUS_EXTERNAL);
	return walk_is_fault(record, address, store, access->status);
}

static void race_load(const struct race_access *access)
{
	const struct walk_register *reg = access->reg;
	uint64_t address = walk_name(ACCESS_KERNEL, reg->seen), value = 0;
	uint32_t before = walk_read(reg);
	struct trap_record record;

	*race_get_instead(reg) = RACE_UNTOUCHED;
	if (walk_access(walk_load, ACCESS_KERNEL, address, &value, &record))
		attempt(value == before ||
			(access->own && value == RACE_UNTOUCHED),
			"loaded", value);
	else
		attempt(race_is_refused(access, address, false, &record),
			"a load's fault", record.cause);
}

/* It is in one place if it was carried out, and in none if it was not. */
static void race_store(const struct race_access *access)
{
	const struct walk_register *reg = access->reg;
	uint64_t address = walk_name(ACCESS_KERNEL, reg->at);
	uint64_t value = reg->values[access->value];
	volatile uint32_t *own = race_get_instead(reg);
	uint32_t before = walk_read(reg), after;
	struct trap_record record;
	bool done, there, here;

	*own = RACE_UNTOUCHED;
	done = walk_access(walk_store, ACCESS_KERNEL, address, &value,
			   &record);
	after = walk_read(reg);
	there = after == reg->shown[access->value] && *own == RACE_UNTOUCHED;
	here = access->own && after == before && *own == (uint32_t)value;
	if (done)
		attempt(there || here, "stored elsewhere", after);
	else
		attempt(race_is_refused(access, address, true, &record) &&
			after == before && *own == RACE_UNTOUCHED,
			"a store's fault", record.cause);
}

static void race_run(const struct walk_register *reg,
		     const struct race_kind *kind, unsigned int level)
{
	static struct race race;
	struct race_access access = {
		.reg = reg,
		.own = kind->get_wrong == race_get_own,
		.status = kind->status,
	};

	if (kind->level != RACE_NO_LEVEL)
		access.status |= kind->level ? kind->level : level;
	race = (struct race){
		.word = walk_get_entry(level, ACCESS_KERNEL),
		.whole = *walk_get_entry(level, ACCESS_KERNEL),
		.get_wrong = kind->get_wrong,
	};
	attempt(race_begin(&race), "no second hart at", level);
	for (unsigned int i = 0; i < RACE_TRIES; i++) {
		if (!(i % RACE_TRIES_KEPT)) {
			walk_drop();
			race_await_turn(&race);
		}
		access.value = i % WALK_VALUES;
		race_store(&access);
		if (reg->loads)
			race_load(&access);
	}
	attempt(race_end(&race), "no end of it at", level);
	walk_mend(reg);
	attempt(walk_is_good(reg, ACCESS_KERNEL) &&
		walk_is_good(reg, ACCESS_USER), "behind it", level);
}

void walk_race(const struct walk_register *reg)
{
	/* Cached, as this hart has it too. */
	race_table[0] = (uintptr_t)race_page |
			(WALK_LEAF & ~WALK_UNCACHED);
	for (unsigned int i = 0; i < sizeof(race_kinds) / sizeof(race_kinds[0]);
	     i++) {
		attempt_begin("walk: %s and back by another hart, %s",
			      race_kinds[i].what, reg->name);
		for (unsigned int level = WALK_LEVEL_FIRST;
		     level <= WALK_LEVEL_LAST; level++)
			race_run(reg, &race_kinds[i], level);
		attempt_end();
	}
}
