/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's walk of a guest's page tables, against tables that may be
 * anything and change between two reads.
 *
 * What must hold: a walk reads what the specification says, an entry of a table
 * after the other and each once, nothing after one that it may not, and comes
 * to the end that hardware would with those entries.
 */
#include "../../lib/riscv/walk.h"
#include "fuzz.h"

#define LEVELS_MAX	5u

struct memory {
	struct fuzz_input *in;
	uint64_t addr[LEVELS_MAX], entry[LEVELS_MAX];
	unsigned int reads;
	bool refused;
};

/* An entry that may have been anything else a moment before. */
static uint64_t read_entry_value(struct fuzz_input *in)
{
	uint8_t kind = fuzz_u8(in);
	uint64_t value = fuzz_u32(in);

	switch (kind % 8) {
	case 0:
		return value << 32 | fuzz_u32(in);
	case 1: case 2:
		return value << 10 | 1;
	case 3:
		return value << 10 | fuzz_u8(in);
	case 4:		/* a superpage, perhaps */
		return value << 28 | 0xc7 | kind / 8;
	case 5:		/* Svnapot, Svpbmt, reserved */
		return value << 14 | 8u << 10 | 0xc7 | 1ULL << 63 |
		       (uint64_t)(kind / 8) << 58;
	default:
		return value << 10 | 0xc1 | fuzz_u8(in) % 16 * 2;
	}
}

static bool memory_read(void *context, uint64_t addr, uint64_t *entry)
{
	struct memory *memory = context;

	FUZZ_REQUIRE(memory->reads < LEVELS_MAX);
	FUZZ_REQUIRE(!memory->refused);
	FUZZ_REQUIRE(addr % 8 == 0);
	memory->addr[memory->reads] = addr;
	if (fuzz_u8(memory->in) % 16 == 15) {
		memory->refused = true;
		memory->reads++;
		/* Nobody may go by what stands there. */
		*entry = 0xdeadbeefcf;
		return false;
	}
	*entry = read_entry_value(memory->in);
	memory->entry[memory->reads++] = *entry;
	return true;
}

static bool bit(uint64_t word, unsigned int n)
{
	return word >> n & 1;
}

/* Where a leaf leads to, with the offset into it; false if hardware refuses. */
static bool reach(const struct walk *walk, uint64_t pte, unsigned int level,
		  uint64_t virt, uint64_t *phys)
{
	uint64_t ppn = pte << 10 >> 20, low = virt & 0xfff, part;
	unsigned int i;

	if (bit(pte, 4) ? !walk->user && !walk->sum : walk->user)
		return false;
	if (walk->write ? !bit(pte, 2)
			: !bit(pte, 1) && !(walk->mxr && bit(pte, 3)))
		return false;
	for (i = 0; i < level; i++) {
		if (ppn >> 9 * i & 511)
			return false;
		part = virt >> (12 + 9 * i) & 511;
		ppn |= part << 9 * i;
	}
	if (bit(pte, 63)) {
		/* 64 KiB, the only size there is. */
		if (level || (ppn & 15) != 8)
			return false;
		ppn = (ppn & ~15ULL) | (virt >> 12 & 15);
	}
	*phys = ppn << 12 | low;
	return true;
}

/* The algorithm of the specification, over the entries that were read. */
static bool replay(const struct walk *walk, const struct memory *memory,
		   uint64_t virt, uint64_t *phys)
{
	unsigned int levels = (unsigned int)(walk->satp >> 60) - 5, n;
	uint64_t table = walk->satp << 20 >> 20, pte, index;

	for (n = 0; n < levels; n++) {
		index = virt >> (12 + 9 * (levels - 1 - n)) & 511;
		FUZZ_REQUIRE(n < memory->reads);
		FUZZ_REQUIRE(memory->addr[n] == (table << 12) + index * 8);
		if (memory->refused && n == memory->reads - 1)
			return false;
		pte = memory->entry[n];
		if (!bit(pte, 0) || (bit(pte, 2) && !bit(pte, 1)) ||
		    pte << 3 >> 57 || (bit(pte, 61) && bit(pte, 62)))
			return false;
		if (bit(pte, 1) || bit(pte, 3)) {
			FUZZ_REQUIRE(n == memory->reads - 1);
			return reach(walk, pte, levels - 1 - n, virt, phys);
		}
		if (bit(pte, 4) || bit(pte, 6) || bit(pte, 7) || pte >> 61)
			return false;
		table = pte << 10 >> 20;
	}
	return false;
}

/* Mostly those that the mode has. */
static uint64_t read_virtual(struct fuzz_input *in, uint8_t kind, uint64_t mode)
{
	uint64_t virt = fuzz_u64(in);
	unsigned int unused = 64 - (12 + 9 * (unsigned int)(mode - 5));

	if (kind & 0x80 || mode < 8 || mode > 10)
		return virt;
	return (uint64_t)((int64_t)(virt << unused) >> unused);
}

static bool is_canonical(uint64_t virt, unsigned int levels)
{
	uint64_t top = virt >> (12 + 9 * levels - 1);

	return !top || top == ~0ULL >> (12 + 9 * levels - 1);
}

static void try_walk(struct fuzz_input *in, uint8_t kind)
{
	static const uint8_t modes[] = { 8, 9, 10, 8, 9, 10, 0, 11 };
	const uint64_t unset = 0x1122334455667788;
	uint64_t mode = kind & 0x40 ? fuzz_u8(in) % 16 : modes[kind & 7];
	struct memory memory = { .in = in };
	struct walk walk = {
		.satp = mode << 60 | fuzz_u64(in) >> 4,
		.user = kind & 8, .write = kind & 16, .sum = kind & 32,
		.read = memory_read, .context = &memory,
	};
	uint64_t virt = read_virtual(in, kind, mode);
	uint64_t phys = unset, expected = unset;
	bool found;

	walk.mxr = fuzz_u8(in) & 1;
	found = walk_translate(&walk, virt, &phys);
	FUZZ_REQUIRE(found || phys == unset);
	if (!mode) {
		FUZZ_REQUIRE(found && phys == virt && !memory.reads);
	} else if (mode < 8 || mode > 10 ||
		   !is_canonical(virt, (unsigned int)mode - 5)) {
		FUZZ_REQUIRE(!found && !memory.reads);
	} else {
		FUZZ_REQUIRE(memory.reads <= mode - 5);
		FUZZ_REQUIRE(replay(&walk, &memory, virt, &expected) == found);
		FUZZ_REQUIRE(phys == expected);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	while (fuzz_left(&in))
		try_walk(&in, fuzz_u8(&in));
	return 0;
}
