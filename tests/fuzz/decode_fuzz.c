/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware makes of a guest's loads and stores: any instruction, any
 * mtinst.
 *
 * What must hold: an instruction that is taken, put together again from what
 * was made of it, is the one that came, bit by bit; so is what hardware makes
 * of it for mtinst; and every one that is put together is taken. A value is
 * extended as by a load of C.
 */
#include <string.h>

#include "../../lib/riscv/decode.h"
#include "fuzz.h"

/* ---- Instructions, the other way round ---- */

/* Bits `high` to `low` of a number, at `at`. */
static uint32_t put(int64_t number, unsigned int high, unsigned int low,
		    unsigned int at)
{
	return (uint32_t)((uint64_t)number >> low &
			  ((1u << (high - low + 1)) - 1)) << at;
}

static uint32_t log2_of(unsigned int width)
{
	FUZZ_REQUIRE(width == 1 || width == 2 || width == 4 || width == 8);
	return width == 8 ? 3 : width / 2;
}

/* Opcode, width, register; what is left when hardware transforms it. */
static uint32_t encode_core(const struct decoded *d)
{
	uint32_t funct3 = log2_of(d->width);

	if (d->write)
		return 0x23 | funct3 << 12 | d->reg << 20;
	return 0x03 | (funct3 | (d->extend_sign ? 0 : 4)) << 12 | d->reg << 7;
}

static uint32_t encode_long(const struct decoded *d)
{
	uint32_t word = encode_core(d) | d->base << 15;

	FUZZ_REQUIRE(d->offset >= -2048 && d->offset <= 2047);
	if (d->write)
		return word | put(d->offset, 4, 0, 7) |
		       put(d->offset, 11, 5, 25);
	return word | put(d->offset, 11, 0, 20);
}

/* Those with the stack pointer. */
static uint32_t encode_stack(const struct decoded *d)
{
	uint32_t word = d->width == 8 ? 0x6002 : 0x4002;

	FUZZ_REQUIRE(d->width >= 4 && d->offset >= 0 && !(d->offset >> 9));
	FUZZ_REQUIRE(!(d->offset % d->width));
	if (d->write)
		return word | 0x8000 | d->reg << 2 |
		       (d->width == 8 ? put(d->offset, 5, 3, 10) |
					put(d->offset, 8, 6, 7)
				      : put(d->offset, 5, 2, 9) |
					put(d->offset, 7, 6, 7));
	FUZZ_REQUIRE(d->reg);
	return word | d->reg << 7 | put(d->offset, 5, 5, 12) |
	       (d->width == 8 ? put(d->offset, 4, 3, 5) |
				put(d->offset, 8, 6, 2)
			      : put(d->offset, 4, 2, 4) |
				put(d->offset, 7, 6, 2));
}

/* Those of Zcb, but for the registers. */
static uint32_t encode_zcb(const struct decoded *d)
{
	uint32_t word = 0x8000 | (d->write ? 0x0800 : 0) |
			put(d->offset, 1, 1, 5);

	if (d->width == 1) {
		FUZZ_REQUIRE(!d->extend_sign && d->offset < 4);
		return word | put(d->offset, 0, 0, 6);
	}
	FUZZ_REQUIRE(!(d->offset & ~2));
	return word | 0x0400 | (d->extend_sign ? 0x0040 : 0);
}

static uint32_t encode_compressed(const struct decoded *d)
{
	uint32_t registers = (d->base - 8) << 7 | (d->reg - 8) << 2;

	FUZZ_REQUIRE(d->reg >= 8 && d->reg < 16);
	FUZZ_REQUIRE(d->base >= 8 && d->base < 16);
	FUZZ_REQUIRE(d->offset >= 0);
	if (d->width < 4)
		return registers | encode_zcb(d);
	FUZZ_REQUIRE(d->extend_sign != d->write);
	FUZZ_REQUIRE(!(d->offset % d->width) && !(d->offset >> 8));
	return registers | (d->write ? 0xc000 : 0x4000) |
	       put(d->offset, 5, 3, 10) |
	       (d->width == 8 ? 0x2000 | put(d->offset, 7, 6, 5)
			      : put(d->offset, 2, 2, 6) |
				put(d->offset, 6, 6, 5));
}

/* What hardware would hand over in mtinst. */
static uint32_t transform(const struct decoded *d)
{
	uint32_t word = encode_core(d);

	return d->length == 4 ? word : word & ~2u;
}

static void check_fields(const struct decoded *d)
{
	FUZZ_REQUIRE(log2_of(d->width) < 4);
	FUZZ_REQUIRE(d->length == 2 || d->length == 4);
	FUZZ_REQUIRE(d->reg < 32);
	FUZZ_REQUIRE(!d->write || !d->extend_sign);
	/* All of a register has no sign to extend, and one form. */
	FUZZ_REQUIRE(d->write || d->width < 8 || d->extend_sign);
}

static void check_transformed(uint64_t mtinst, const struct decoded *expected)
{
	struct decoded d;

	memset(&d, 0xff, sizeof(d));
	d.write = d.extend_sign = false;
	if (!decode_transformed(mtinst, &d)) {
		FUZZ_REQUIRE(!expected);
		return;
	}
	check_fields(&d);
	FUZZ_REQUIRE(transform(&d) == mtinst);
	FUZZ_REQUIRE(!expected ||
		     (d.write == expected->write && d.reg == expected->reg &&
		      d.extend_sign == expected->extend_sign &&
		      d.width == expected->width &&
		      d.length == expected->length));
}

/* A load of that many bytes, by the compiler. */
static uint64_t load(const struct decoded *d, uint64_t value)
{
	switch (d->width) {
	case 1:
		return d->extend_sign ? (uint64_t)(int8_t)value :
					(uint8_t)value;
	case 2:
		return d->extend_sign ? (uint64_t)(int16_t)value :
					(uint16_t)value;
	case 4:
		return d->extend_sign ? (uint64_t)(int32_t)value :
					(uint32_t)value;
	default:
		return value;
	}
}

static void try_instruction(uint32_t word, uint64_t value)
{
	bool small = (word & 3) != 3;
	struct decoded d;

	memset(&d, 0xff, sizeof(d));
	d.write = d.extend_sign = false;
	if (!decode_instruction(word, &d))
		return;
	check_fields(&d);
	FUZZ_REQUIRE(d.length == (small ? 2 : 4));
	FUZZ_REQUIRE(d.base < 32);
	if (!small)
		FUZZ_REQUIRE(encode_long(&d) == word);
	else if ((word & 3) == 2)
		FUZZ_REQUIRE(d.base == 2 &&
			     encode_stack(&d) == (uint16_t)word);
	else
		FUZZ_REQUIRE(encode_compressed(&d) == (uint16_t)word);
	check_transformed(transform(&d), &d);
	FUZZ_REQUIRE(decode_extend(&d, value) == load(&d, value));
}

static void check_taken(uint32_t word, const struct decoded *expected)
{
	struct decoded d;

	FUZZ_REQUIRE(decode_instruction(word, &d));
	FUZZ_REQUIRE(d.write == expected->write && d.width == expected->width &&
		     d.extend_sign == expected->extend_sign &&
		     d.length == expected->length && d.reg == expected->reg &&
		     d.base == expected->base && d.offset == expected->offset);
}

/* What differs in a bit is another one, or none. */
static void try_neighbours(uint32_t word)
{
	struct decoded d;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++)
		try_instruction(word ^ 1u << bit, word);
	if (!decode_instruction(word, &d))
		return;
	for (bit = 0; bit < 64; bit++)
		check_transformed(transform(&d) ^ UINT64_C(1) << bit, NULL);
}

/* Mostly of the opcodes that are loads and stores. */
static uint32_t read_instruction(struct fuzz_input *in, uint8_t kind)
{
	uint32_t word = fuzz_u32(in);

	switch (kind % 4) {
	case 0:
		return word;
	case 1:
		return (word & ~0x7fu) | (kind & 4 ? 0x23 : 0x03);
	default:
		return (word & 0xffff & ~3u) | (kind & 4 ? 2 : 0);
	}
}

static void try_fields(struct fuzz_input *in)
{
	uint8_t kind = fuzz_u8(in);
	unsigned int order = kind >> 3 & 3;
	struct decoded d = {
		.write = kind & 4,
		.width = 1u << order,
		.reg = fuzz_u8(in) % 32,
		.base = fuzz_u8(in) % 32,
		.offset = (int16_t)(fuzz_u16(in) << 4) >> 4,
	};

	d.extend_sign = !d.write && (kind & 0x20 || order == 3);
	if (kind % 4 > 1) {
		/* Of those for any register that is left to loads of 0. */
		d.length = 2;
		d.base = 2;
		d.width = order & 1 ? 8 : 4;
		d.extend_sign = !d.write;
		d.offset = (d.offset & 63) * d.width;
		d.reg += !d.write && !d.reg;
		check_taken(encode_stack(&d), &d);
	} else if (kind & 1) {
		d.length = 2;
		d.reg = d.reg % 8 + 8;
		d.base = d.base % 8 + 8;
		if (order > 1)
			d.extend_sign = !d.write;
		d.extend_sign &= order > 0;
		d.offset = order > 1 ? (d.offset & 31) * d.width :
			   order ? d.offset & 2 : d.offset & 3;
		check_taken(encode_compressed(&d), &d);
	} else {
		d.length = 4;
		check_taken(encode_long(&d), &d);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t op;

	while (fuzz_left(&in)) {
		op = fuzz_u8(&in);
		switch (op % 4) {
		case 0:
			check_transformed(op & 4 ? fuzz_u64(&in) :
						   fuzz_u32(&in), NULL);
			break;
		case 1:
			try_fields(&in);
			break;
		case 2:
			try_instruction(read_instruction(&in, op / 4),
					fuzz_u64(&in));
			break;
		case 3:
			try_neighbours(read_instruction(&in, op / 4));
			break;
		}
	}
	return 0;
}
