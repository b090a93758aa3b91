/* SPDX-License-Identifier: BSD-2-Clause */
/* See decode.h. Field and opcode names: unprivileged specification, C, Zcb. */
#include "decode.h"

#define OPCODE_MASK		0x7fU
#define OPCODE_LOAD		0x03U
#define OPCODE_STORE		0x23U
/* funct3 of both: the width as a power of two, and this bit. */
#define FUNCT3_UNSIGNED		4U
#define FUNCT3_LDU		7U	/* no such instruction with 64 bits */
/* Fields that are 0 in the transformed form; rs1 is how far in it failed. */
#define TRANSFORMED_LOAD_ZERO	0xffff8000U
#define TRANSFORMED_STORE_ZERO	0xfe0f8f80U
#define TRANSFORMED_LONG	2U	/* 0: was compressed */

#define REGISTER_SP		2U

static uint32_t bits(uint32_t instruction, unsigned int high, unsigned int low)
{
	return instruction >> low & ((1U << (high - low + 1)) - 1);
}

static bool decode_long(uint32_t instruction, struct decoded *decoded)
{
	uint32_t opcode = instruction & OPCODE_MASK;
	uint32_t funct3 = bits(instruction, 14, 12);

	decoded->write = opcode == OPCODE_STORE;
	if (decoded->write ? funct3 >= FUNCT3_UNSIGNED
			   : opcode != OPCODE_LOAD || funct3 == FUNCT3_LDU)
		return false;
	decoded->extend_sign = !decoded->write && !(funct3 & FUNCT3_UNSIGNED);
	decoded->width = 1U << (funct3 & 3);
	decoded->length = 4;
	decoded->base = bits(instruction, 19, 15);
	decoded->offset = (int32_t)instruction >> 20;
	decoded->reg = bits(instruction, 11, 7);
	if (decoded->write) {
		/* The offset's low bits and the register change places. */
		decoded->offset += (int32_t)decoded->reg -
				   (int32_t)bits(instruction, 24, 20);
		decoded->reg = bits(instruction, 24, 20);
	}
	return true;
}

/* C.LBU, C.LHU, C.LH, C.SB, C.SH */
static bool decode_zcb(uint32_t instruction, struct decoded *decoded)
{
	uint32_t half = bits(instruction, 10, 10);

	if (bits(instruction, 12, 12))
		return false;
	decoded->write = bits(instruction, 11, 11);
	decoded->width = half ? 2 : 1;
	decoded->offset = bits(instruction, 5, 5) << 1;
	decoded->extend_sign = false;
	if (!half)
		decoded->offset |= bits(instruction, 6, 6);
	else if (decoded->write)
		return !bits(instruction, 6, 6);
	else
		decoded->extend_sign = bits(instruction, 6, 6);
	return true;
}

/* C.LW, C.LD, C.SW, C.SD and those of Zcb, with registers x8 to x15 */
static bool decode_compressed(uint32_t instruction, struct decoded *decoded)
{
	decoded->reg = 8 + bits(instruction, 4, 2);
	decoded->base = 8 + bits(instruction, 9, 7);
	decoded->offset = bits(instruction, 12, 10) << 3;
	switch (bits(instruction, 14, 13)) {
	case 0:
		return decoded->write && decode_zcb(instruction, decoded);
	case 2:
		decoded->width = 4;
		decoded->offset |= bits(instruction, 6, 6) << 2 |
				   bits(instruction, 5, 5) << 6;
		return true;
	case 3:
		decoded->width = 8;
		decoded->offset |= bits(instruction, 6, 5) << 6;
		return true;
	default:
		return false;
	}
}

/* C.LWSP, C.LDSP, C.SWSP, C.SDSP */
static bool decode_stack(uint32_t instruction, struct decoded *decoded)
{
	bool wide = bits(instruction, 13, 13);

	if (!bits(instruction, 14, 14))
		return false;
	decoded->base = REGISTER_SP;
	decoded->width = wide ? 8 : 4;
	if (decoded->write) {
		decoded->reg = bits(instruction, 6, 2);
		decoded->offset = wide ? bits(instruction, 12, 10) << 3 |
					 bits(instruction, 9, 7) << 6
				       : bits(instruction, 12, 9) << 2 |
					 bits(instruction, 8, 7) << 6;
		return true;
	}
	decoded->reg = bits(instruction, 11, 7);
	decoded->offset = bits(instruction, 12, 12) << 5;
	decoded->offset |= wide ? bits(instruction, 6, 5) << 3 |
				  bits(instruction, 4, 2) << 6
				: bits(instruction, 6, 4) << 2 |
				  bits(instruction, 3, 2) << 6;
	/* Register 0 there is reserved. */
	return decoded->reg;
}

bool decode_instruction(uint32_t instruction, struct decoded *decoded)
{
	if ((instruction & 3) == 3)
		return decode_long(instruction, decoded);
	decoded->write = bits(instruction, 15, 15);
	decoded->extend_sign = !decoded->write;
	decoded->length = 2;
	switch (instruction & 3) {
	case 0:
		return decode_compressed(instruction, decoded);
	case 2:
		return decode_stack(instruction, decoded);
	default:
		return false;
	}
}

bool decode_transformed(uint64_t mtinst, struct decoded *decoded)
{
	uint32_t instruction = (uint32_t)mtinst | TRANSFORMED_LONG;

	/* Bit 0 is clear in pseudoinstructions, and set in both opcodes. */
	if (mtinst >> 32 || !decode_long(instruction, decoded) ||
	    (instruction & (decoded->write ? TRANSFORMED_STORE_ZERO
					   : TRANSFORMED_LOAD_ZERO)))
		return false;
	if (!(mtinst & TRANSFORMED_LONG))
		decoded->length = 2;
	return true;
}

uint64_t decode_extend(const struct decoded *decoded, uint64_t value)
{
	unsigned int unused = 64 - 8 * decoded->width;

	value <<= unused;
	return decoded->extend_sign ? (uint64_t)((int64_t)value >> unused)
				    : value >> unused;
}
