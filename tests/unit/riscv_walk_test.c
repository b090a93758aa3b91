/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's walk of a guest's page tables. The guest's memory is a few
 * pages; an entry anywhere else must never be read.
 */
#include <string.h>

#include "../../lib/riscv/walk.h"
#include "unit.h"

#define MEMORY		0x90000000ULL
#define PAGE		0x1000ULL
#define PAGES		8
#define ENTRIES		512

#define SV39		8ULL
#define SV57		10ULL

#define V		0x01ULL
#define R		0x02ULL
#define W		0x04ULL
#define X		0x08ULL
#define U		0x10ULL
#define G		0x20ULL
#define A		0x40ULL
#define D		0x80ULL
#define N		(1ULL << 63)
#define PBMT(n)		((uint64_t)(n) << 61)
#define LEAF		(V | R | W | X | A | D)
#define TO(addr)	((addr) >> 12 << 10)

static uint64_t memory[PAGES * ENTRIES];
static unsigned int reads, foreign;
/* Called, if set, behind each read. */
static void (*meanwhile)(void);

static bool read_entry(void *context, uint64_t addr, uint64_t *entry)
{
	CU_ASSERT(context == memory);
	CU_ASSERT(addr % 8 == 0);
	reads++;
	if (addr - MEMORY >= sizeof(memory)) {
		foreign++;
		return false;
	}
	*entry = memory[(addr - MEMORY) / 8];
	if (meanwhile)
		meanwhile();
	return true;
}

static struct walk walk;

/* Each level's table is a page; the leaf goes into the one of `depth`. */
static void setup(uint64_t mode)
{
	memset(memory, 0, sizeof(memory));
	memset(&walk, 0, sizeof(walk));
	walk.satp = mode << 60 | 0x1234ULL << 44 | MEMORY >> 12;
	walk.read = read_entry;
	walk.context = memory;
	reads = 0;
	foreign = 0;
	meanwhile = NULL;
}

static unsigned int get_levels(uint64_t mode)
{
	return 3 + mode - SV39;
}

static uint64_t *find_entry(uint64_t virt, unsigned int depth,
			    unsigned int level)
{
	return &memory[depth * ENTRIES + (virt >> (12 + 9 * level) & 511)];
}

/* Maps virt by `leaf` at `level`, through one table for each level above. */
static uint64_t *map(uint64_t mode, uint64_t virt, unsigned int level,
		     uint64_t leaf)
{
	unsigned int at = get_levels(mode) - 1, depth = 0;

	for (; at > level; at--, depth++)
		*find_entry(virt, depth, at) =
			TO(MEMORY + (depth + 1) * PAGE) | V;
	*find_entry(virt, depth, level) = leaf;
	return find_entry(virt, depth, level);
}

static bool is_refused(uint64_t virt)
{
	uint64_t phys = 0x1122334455667788;
	bool found = walk_translate(&walk, virt, &phys);

	CU_ASSERT(found || phys == 0x1122334455667788);
	return !found;
}

static uint64_t translate(uint64_t virt)
{
	uint64_t phys = 0;

	CU_ASSERT(walk_translate(&walk, virt, &phys));
	return phys;
}

static void bare_is_the_address_itself(void)
{
	setup(0);
	CU_ASSERT_EQUAL(translate(0), 0);
	CU_ASSERT_EQUAL(translate(0x8000000000001234), 0x8000000000001234);
	walk.user = true;
	CU_ASSERT_EQUAL(translate(MEMORY + 3), MEMORY + 3);
	UNIT_ASSERT_INT(reads, 0);
}

static void other_modes_are_refused(void)
{
	uint64_t mode;

	for (mode = 1; mode < 16; mode++) {
		if (mode >= SV39 && mode <= SV57)
			continue;
		setup(mode);
		CU_ASSERT(is_refused(0x1000));
		UNIT_ASSERT_INT(reads, 0);
	}
}

/* Every level of every mode, at the first and last place of its table. */
static void pages_of_every_size_are_found(void)
{
	const uint64_t target = 0xab000000000000;
	uint64_t mode, virt, size;
	unsigned int level, i;

	for (mode = SV39; mode <= SV57; mode++)
		for (level = 0; level < get_levels(mode); level++)
			for (i = 0; i < 2; i++) {
				size = PAGE << 9 * level;
				setup(mode);
				virt = i ? -size : size;
				map(mode, virt, level, TO(target) | LEAF);
				CU_ASSERT_EQUAL(translate(virt), target);
				CU_ASSERT_EQUAL(translate(virt + size - 1),
						target + size - 1);
				CU_ASSERT_EQUAL(translate(virt + size / 3),
						target + size / 3);
				UNIT_ASSERT_INT(reads, 3 * (get_levels(mode) -
							    level));
				UNIT_ASSERT_INT(foreign, 0);
			}
}

static void addresses_are_as_long_as_can_be(void)
{
	const uint64_t last = ((1ULL << 44) - 1) << 12;

	setup(SV39);
	map(SV39, 0x5000, 0, TO(last) | LEAF);
	CU_ASSERT_EQUAL(translate(0x5678), last | 0x678);
}

static void only_canonical_addresses_are_there(void)
{
	static const unsigned int bits[] = { 39, 48, 57 };
	uint64_t mode, high;
	unsigned int bit;

	for (mode = SV39; mode <= SV57; mode++) {
		setup(mode);
		high = ~0ULL << (bits[mode - SV39] - 1);
		map(mode, 0x5000, 0, TO(0x123000ULL) | LEAF);
		map(mode, high, 0, TO(0x456000ULL) | LEAF);
		CU_ASSERT_EQUAL(translate(0x5000), 0x123000);
		CU_ASSERT_EQUAL(translate(high), 0x456000);
		reads = 0;
		for (bit = bits[mode - SV39] - 1; bit < 64; bit++) {
			CU_ASSERT(is_refused(0x5000 | 1ULL << bit));
			CU_ASSERT(is_refused(high & ~(1ULL << bit)));
		}
		UNIT_ASSERT_INT(reads, 0);
	}
}

static bool permits(uint64_t rights, bool user, bool write, bool sum, bool mxr)
{
	setup(SV39);
	map(SV39, 0x5000, 0, TO(0x123000ULL) | V | rights);
	walk.user = user;
	walk.write = write;
	walk.sum = sum;
	walk.mxr = mxr;
	return !is_refused(0x5000);
}

static void rights_are_those_of_hardware(void)
{
	unsigned int n;

	/* Bits of n: U, X, W, R; user, write, SUM, MXR */
	for (n = 0; n < 256; n++) {
		bool r = n & 1, w = n & 2, x = n & 4, u = n & 8;
		bool user = n & 16, write = n & 32, sum = n & 64, mxr = n & 128;
		bool expected = user ? u : !u || sum;

		expected = expected && (r || x) && (r || !w) &&
			   (write ? w : r || (mxr && x));
		UNIT_ASSERT_INT(permits((r ? R : 0) | (w ? W : 0) |
					(x ? X : 0) | (u ? U : 0), user, write,
					sum, mxr), expected);
	}
}

static void bits_of_a_leaf_are_judged(void)
{
	uint64_t *entry;
	unsigned int bit;

	setup(SV39);
	entry = map(SV39, 0x5000, 0, TO(0x123000ULL) | LEAF);
	*entry &= ~V;
	CU_ASSERT(is_refused(0x5000));
	for (bit = 54; bit < 61; bit++) {
		*entry = TO(0x123000ULL) | LEAF | 1ULL << bit;
		CU_ASSERT(is_refused(0x5000));
	}
	*entry = TO(0x123000ULL) | LEAF | PBMT(3);
	CU_ASSERT(is_refused(0x5000));
	/* Memory types, global, software's own, no accessed and dirty bits. */
	*entry = TO(0x123000ULL) | LEAF | PBMT(1);
	CU_ASSERT_EQUAL(translate(0x5000), 0x123000);
	*entry = TO(0x123000ULL) | LEAF | PBMT(2);
	CU_ASSERT_EQUAL(translate(0x5000), 0x123000);
	*entry = (TO(0x123000ULL) | LEAF | G | 0x300) & ~(A | D);
	CU_ASSERT_EQUAL(translate(0x5000), 0x123000);
}

static void bits_of_a_pointer_are_judged(void)
{
	static const uint64_t bits[] = {
		U, A, D, W, PBMT(1), PBMT(2), PBMT(3), N, 1ULL << 54,
		1ULL << 60,
	};
	uint64_t *entry;
	unsigned int i;

	setup(SV39);
	map(SV39, 0x5000, 0, TO(0x123000ULL) | LEAF);
	entry = find_entry(0x5000, 1, 1);
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		*entry ^= bits[i];
		CU_ASSERT(is_refused(0x5000));
		*entry ^= bits[i];
	}
	*entry |= G | 0x300;
	CU_ASSERT_EQUAL(translate(0x5000), 0x123000);
	*entry &= ~V;
	CU_ASSERT(is_refused(0x5000));
}

static void superpages_are_aligned(void)
{
	unsigned int level, bit;
	uint64_t *entry;

	for (level = 1; level < 5; level++) {
		setup(SV57);
		entry = map(SV57, 0, level, LEAF);
		for (bit = 0; bit < 44; bit++) {
			*entry = LEAF | 1ULL << (10 + bit);
			UNIT_ASSERT_INT(is_refused(0), bit < 9 * level);
		}
	}
}

static void contiguous_pages_have_one_size(void)
{
	uint64_t *entry;
	unsigned int low;

	setup(SV39);
	entry = map(SV39, 0x7abc, 0, 0);
	for (low = 0; low < 16; low++) {
		*entry = TO(0x120000ULL + low * PAGE) | LEAF | N;
		if (low == 8)
			CU_ASSERT_EQUAL(translate(0x7abc), 0x127abc)
		else
			CU_ASSERT(is_refused(0x7abc));
	}
	/* Not of superpages, whatever they encode. */
	setup(SV39);
	entry = map(SV39, 0, 1, LEAF | N | TO(0x8000ULL));
	CU_ASSERT(is_refused(0));
	*entry = LEAF | N;
	CU_ASSERT(is_refused(0));
	*entry = LEAF;
	CU_ASSERT_EQUAL(translate(0x1234), 0x1234);
}

/* A table anywhere else is asked for, and never read. */
static void tables_elsewhere_are_refused(void)
{
	static const uint64_t places[] = {
		0, 0x80000000, MEMORY - PAGE, MEMORY + PAGES * PAGE,
		0xffffffffff000,
	};
	unsigned int i, depth;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (depth = 0; depth < 2; depth++) {
			setup(SV39);
			map(SV39, 0x5000, 0, TO(0x123000ULL) | LEAF);
			*find_entry(0x5000, depth, 2 - depth) =
				TO(places[i]) | V;
			CU_ASSERT(is_refused(0x5000));
			UNIT_ASSERT_INT(foreign, 1);
			UNIT_ASSERT_INT(reads, depth + 2);
		}
		setup(SV39);
		walk.satp = SV39 << 60 | places[i] >> 12;
		CU_ASSERT(is_refused(0x5000));
		UNIT_ASSERT_INT(foreign, 1);
		UNIT_ASSERT_INT(reads, 1);
	}
}

static void loops_end(void)
{
	uint64_t mode;
	unsigned int i;

	for (mode = SV39; mode <= SV57; mode++) {
		setup(mode);
		for (i = 0; i < PAGES * ENTRIES; i++)
			memory[i] = TO(MEMORY) | V;
		CU_ASSERT(is_refused(0x5000));
		UNIT_ASSERT_INT(reads, get_levels(mode));
	}
}

/* The entry that was read turns, in an instant, into another. */
static void spoil_all(void)
{
	unsigned int i;

	for (i = 0; i < PAGES * ENTRIES; i++)
		memory[i] = TO(0xdead000ULL) | LEAF;
}

static void each_entry_is_read_once(void)
{
	setup(SV39);
	map(SV39, 0x40000000, 2, TO(0x40000000ULL) | LEAF);
	meanwhile = spoil_all;
	CU_ASSERT_EQUAL(translate(0x40001234), 0x40001234);
	/* What it was is what counts, also of a pointer. */
	setup(SV39);
	map(SV39, 0x5000, 0, TO(0x123000ULL) | LEAF);
	*find_entry(0x5000, 0, 2) = TO(0x80000000ULL) | V;
	meanwhile = spoil_all;
	CU_ASSERT(is_refused(0x5000));
	UNIT_ASSERT_INT(foreign, 1);
}

static const struct unit_test tests[] = {
	UNIT_TEST(bare_is_the_address_itself),
	UNIT_TEST(other_modes_are_refused),
	UNIT_TEST(pages_of_every_size_are_found),
	UNIT_TEST(addresses_are_as_long_as_can_be),
	UNIT_TEST(only_canonical_addresses_are_there),
	UNIT_TEST(rights_are_those_of_hardware),
	UNIT_TEST(bits_of_a_leaf_are_judged),
	UNIT_TEST(bits_of_a_pointer_are_judged),
	UNIT_TEST(superpages_are_aligned),
	UNIT_TEST(contiguous_pages_have_one_size),
	UNIT_TEST(tables_elsewhere_are_refused),
	UNIT_TEST(loops_end),
	UNIT_TEST(each_entry_is_read_once),
};
UNIT_MAIN("riscv_walk", tests)
