/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware makes of a guest's loads and stores: every one that is
 * meant to be known, put together field by field, and nothing else, which for
 * the compressed ones is all other numbers of 16 bits.
 */
#include <string.h>

#include "../../lib/riscv/decode.h"
#include "unit.h"

enum {
	FORM_CL,		/* a register of eight and an offset */
	FORM_SP,		/* any register, from the stack pointer */
};

/* One compressed instruction, its fields at the bits where they are. */
struct compressed {
	uint16_t match;
	int form;
	bool write, sign;
	unsigned int width;
	/* bit n of the offset is bit at[n] of the instruction; 0: is 0 */
	unsigned int at[9];
};

static const struct compressed compressed[] = {
	{ 0x4000, FORM_CL, false, true, 4, { 0, 0, 6, 10, 11, 12, 5 } },
	{ 0x6000, FORM_CL, false, true, 8, { 0, 0, 0, 10, 11, 12, 5, 6 } },
	{ 0xc000, FORM_CL, true, false, 4, { 0, 0, 6, 10, 11, 12, 5 } },
	{ 0xe000, FORM_CL, true, false, 8, { 0, 0, 0, 10, 11, 12, 5, 6 } },
	/* Zcb: C.LBU, C.LHU, C.LH, C.SB, C.SH */
	{ 0x8000, FORM_CL, false, false, 1, { 6, 5 } },
	{ 0x8400, FORM_CL, false, false, 2, { 0, 5 } },
	{ 0x8440, FORM_CL, false, true, 2, { 0, 5 } },
	{ 0x8800, FORM_CL, true, false, 1, { 6, 5 } },
	{ 0x8c00, FORM_CL, true, false, 2, { 0, 5 } },
	{ 0x4002, FORM_SP, false, true, 4, { 0, 0, 4, 5, 6, 12, 2, 3 } },
	{ 0x6002, FORM_SP, false, true, 8, { 0, 0, 0, 5, 6, 12, 2, 3, 4 } },
	{ 0xc002, FORM_SP, true, false, 4, { 0, 0, 9, 10, 11, 12, 7, 8 } },
	{ 0xe002, FORM_SP, true, false, 8, { 0, 0, 0, 10, 11, 12, 7, 8, 9 } },
};
#define COMPRESSED_COUNT (sizeof(compressed) / sizeof(compressed[0]))

static bool known[1 << 16];

static bool is_same(const struct decoded *a, const struct decoded *b)
{
	return a->write == b->write && a->extend_sign == b->extend_sign &&
	       a->width == b->width && a->length == b->length &&
	       a->reg == b->reg && a->base == b->base &&
	       a->offset == b->offset;
}

static bool gives(uint32_t instruction, const struct decoded *expected)
{
	struct decoded decoded;

	return decode_instruction(instruction, &decoded) &&
	       is_same(&decoded, expected);
}

static bool is_refused(uint32_t instruction)
{
	struct decoded decoded;

	return !decode_instruction(instruction, &decoded);
}

/* All offsets that the instruction has room for, with those registers. */
static unsigned int try_offsets(const struct compressed *c, uint16_t registers,
				struct decoded *expected)
{
	unsigned int offset, n, wrong = 0;

	for (offset = 0; offset < 1U << 9; offset++) {
		uint16_t instruction = c->match | registers;

		for (n = 0; n < 9; n++) {
			if (!(offset >> n & 1))
				continue;
			if (!c->at[n])
				break;
			instruction |= 1U << c->at[n];
		}
		if (n < 9)
			continue;
		expected->offset = offset;
		wrong += !gives(instruction, expected);
		known[instruction] = true;
	}
	return wrong;
}

static void try_compressed(const struct compressed *c)
{
	struct decoded expected = {
		.write = c->write, .extend_sign = c->sign, .width = c->width,
		.length = 2, .base = 2,
	};
	unsigned int reg, base, wrong = 0;

	for (reg = 0; reg < 32; reg++) {
		/* Loads to register 0 are reserved. */
		if (c->form == FORM_SP && (c->write || reg)) {
			expected.reg = reg;
			wrong += try_offsets(c, reg << (c->write ? 2 : 7),
					     &expected);
		}
		for (base = 8; c->form == FORM_CL && base < 16; base++) {
			if (reg < 8 || reg > 15)
				continue;
			expected.reg = reg;
			expected.base = base;
			wrong += try_offsets(c, (base - 8) << 7 |
					     (reg - 8) << 2, &expected);
		}
	}
	UNIT_ASSERT_INT(wrong, 0);
}

static void compressed_ones_are_all_known(void)
{
	unsigned int i, wrong = 0, count = 0;

	memset(known, 0, sizeof(known));
	for (i = 0; i < COMPRESSED_COUNT; i++)
		try_compressed(&compressed[i]);
	for (i = 0; i < 1U << 16; i++) {
		if ((i & 3) == 3)
			continue;
		count += known[i];
		wrong += !known[i] && !is_refused(i);
	}
	UNIT_ASSERT_INT(wrong, 0);
	/* 4 x 2^11, 3 x 2^8 and 2 x 2^7; 2^11 with and without register 0. */
	UNIT_ASSERT_INT(count, 8192 + 64 * (4 + 2 + 2 + 4 + 2) +
			       2 * 64 * 31 + 2 * 64 * 32);
}

/* What an assembler made of some. */
static void an_assemblers_words_are_right(void)
{
	static const struct {
		uint32_t instruction;
		struct decoded expected;
	} words[] = {
		{ 0xfff58503, { false, true, 1, 4, 10, 11, -1 } },
		{ 0x7ff14f83, { false, false, 1, 4, 31, 2, 2047 } },
		{ 0x80041083, { false, true, 2, 4, 1, 8, -2048 } },
		{ 0x0025d503, { false, false, 2, 4, 10, 11, 2 } },
		{ 0x00052003, { false, true, 4, 4, 0, 10, 0 } },
		{ 0xffcfed83, { false, false, 4, 4, 27, 31, -4 } },
		{ 0x00873783, { false, true, 8, 4, 15, 14, 8 } },
		{ 0xfea58fa3, { true, false, 1, 4, 10, 11, -1 } },
		{ 0x7ff11f23, { true, false, 2, 4, 31, 2, 2046 } },
		{ 0x80042023, { true, false, 4, 4, 0, 8, -2048 } },
		{ 0x00f73fa3, { true, false, 8, 4, 15, 14, 31 } },
		{ 0x5de8, { false, true, 4, 2, 10, 11, 124 } },
		{ 0x43a0, { false, true, 4, 2, 8, 15, 64 } },
		{ 0x7cfc, { false, true, 8, 2, 15, 9, 248 } },
		{ 0xc1e8, { true, false, 4, 2, 10, 11, 68 } },
		{ 0xe260, { true, false, 8, 2, 8, 12, 192 } },
		{ 0x50fe, { false, true, 4, 2, 1, 2, 252 } },
		{ 0x7ffe, { false, true, 8, 2, 31, 2, 504 } },
		{ 0xc182, { true, false, 4, 2, 0, 2, 192 } },
		{ 0xe3aa, { true, false, 8, 2, 10, 2, 448 } },
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT(gives(words[i].instruction, &words[i].expected));
}

/* C.FLD, C.FSD, C.FLDSP, C.FSDSP, FLW, FSD, AMOADD, LR, SC, CBO.ZERO, VLE64 */
static void others_are_refused(void)
{
	static const uint32_t words[] = {
		0x2508, 0xa508, 0x2522, 0xa42a, 0x00052507, 0x00b53027,
		0x00b6252f, 0x1005b52f, 0x18b6352f, 0x0045200f, 0x0205f007,
		0, ~0U,
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT(is_refused(words[i]));
}

/* Which of the long ones there are. */
static bool is_long_known(uint32_t opcode, uint32_t funct3)
{
	return opcode == 0x03 ? funct3 != 7 : opcode == 0x23 && funct3 < 4;
}

static void long_ones_are_all_known(void)
{
	static const int32_t offsets[] = { 0, 1, 31, 32, 2047, -1, -2048 };
	uint32_t opcode, funct3, reg, base, wrong = 0;
	unsigned int i, n;

	for (n = 0; n < 32 * 8 * 32 * 32; n++) {
		opcode = n >> 13 << 2 | 3;
		funct3 = n >> 10 & 7;
		reg = n >> 5 & 31;
		base = n & 31;
		for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
			bool write = opcode == 0x23;
			uint32_t offset = offsets[i], instruction =
				opcode | funct3 << 12 | base << 15 |
				(write ? reg << 20 | (offset & 31) << 7 |
					 offset >> 5 << 25
				       : reg << 7 | offset << 20);
			struct decoded expected = {
				write, !write && funct3 < 4, 1 << (funct3 & 3),
				4, reg, base, offsets[i],
			};

			wrong += is_long_known(opcode, funct3) ?
				 !gives(instruction, &expected) :
				 !is_refused(instruction);
		}
	}
	UNIT_ASSERT_INT(wrong, 0);
}

static bool transformed_gives(uint64_t mtinst, struct decoded *decoded)
{
	memset(decoded, 0, sizeof(*decoded));
	return decode_transformed(mtinst, decoded);
}

static void transformed_ones_say_how_long_they_were(void)
{
	struct decoded d;

	/* LHU, LW that was C.LW, SD, SB that was C.SB */
	CU_ASSERT(transformed_gives(0x5503, &d));
	CU_ASSERT(!d.write && !d.extend_sign && d.width == 2 && d.length == 4 &&
		  d.reg == 10);
	CU_ASSERT(transformed_gives(0x2501, &d));
	CU_ASSERT(!d.write && d.extend_sign && d.width == 4 && d.length == 2 &&
		  d.reg == 10);
	CU_ASSERT(transformed_gives(0x01f03023, &d));
	CU_ASSERT(d.write && d.width == 8 && d.length == 4 && d.reg == 31);
	CU_ASSERT(transformed_gives(0x00a00021, &d));
	CU_ASSERT(d.write && d.width == 1 && d.length == 2 && d.reg == 10);
}

static void transformed_ones_have_no_other_bits(void)
{
	static const uint64_t words[] = {
		/* Pseudoinstructions; atomic, floating, LDU, no such store */
		0x2000, 0x2020, 0x3000, 0x3020, 0,
		0x0800252f, 0x2507, 0x3027, 0x7503, 0x4023,
	};
	/* The fields of a load and of a store that are not 0. */
	const uint64_t load = 0x7fff, store = 0x01f0707f;
	unsigned int i, bit;
	struct decoded d;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT(!transformed_gives(words[i], &d));
	for (bit = 0; bit < 64; bit++) {
		if (!(load >> bit & 1))
			CU_ASSERT(!transformed_gives(0x3503 | 1ULL << bit, &d));
		if (!(store >> bit & 1))
			CU_ASSERT(!transformed_gives(0x00a03023 | 1ULL << bit,
						     &d));
	}
	CU_ASSERT(!transformed_gives(0x3502, &d));
	CU_ASSERT(!transformed_gives(0x3500, &d));
}

static uint64_t extend(uint32_t instruction, uint64_t value)
{
	struct decoded decoded;

	CU_ASSERT_FATAL(decode_instruction(instruction, &decoded));
	return decode_extend(&decoded, value);
}

static void values_are_extended(void)
{
	const uint64_t value = 0xfedcba9889abcdef;

	CU_ASSERT_EQUAL(extend(0x00050503, value), 0xffffffffffffffef);
	CU_ASSERT_EQUAL(extend(0x00050503, 0x7f), 0x7f);
	CU_ASSERT_EQUAL(extend(0x00051503, value), 0xffffffffffffcdef);
	CU_ASSERT_EQUAL(extend(0x00052503, value), 0xffffffff89abcdef);
	CU_ASSERT_EQUAL(extend(0x00053503, value), value);
	CU_ASSERT_EQUAL(extend(0x00054503, value), 0xef);
	CU_ASSERT_EQUAL(extend(0x00055503, value), 0xcdef);
	CU_ASSERT_EQUAL(extend(0x00056503, value), 0x89abcdef);
	/* SB, SH, SW, SD: what is written has no more bits than that. */
	CU_ASSERT_EQUAL(extend(0x00a50023, value), 0xef);
	CU_ASSERT_EQUAL(extend(0x00a51023, value), 0xcdef);
	CU_ASSERT_EQUAL(extend(0x00a52023, value), 0x89abcdef);
	CU_ASSERT_EQUAL(extend(0x00a53023, value), value);
}

static const struct unit_test tests[] = {
	UNIT_TEST(compressed_ones_are_all_known),
	UNIT_TEST(an_assemblers_words_are_right),
	UNIT_TEST(others_are_refused),
	UNIT_TEST(long_ones_are_all_known),
	UNIT_TEST(transformed_ones_say_how_long_they_were),
	UNIT_TEST(transformed_ones_have_no_other_bits),
	UNIT_TEST(values_are_extended),
};
UNIT_MAIN("riscv_decode", tests)
