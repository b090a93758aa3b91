/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a load or store of integer registers does: RV64I and the compressed
 * forms of C and Zcb, which is all that compilers emit for registers of
 * devices. Atomics, vectors, floating point and whatever else is none of these.
 *
 * Memory and concurrency: none kept. Trust: instructions are a guest's, and any
 * number is one.
 */
#ifndef LIB_RISCV_DECODE_H
#define LIB_RISCV_DECODE_H

#include <stdbool.h>
#include <stdint.h>

struct decoded {
	bool write;
	bool extend_sign;	/* of what was loaded */
	unsigned int width;	/* 1, 2, 4, 8 bytes */
	unsigned int length;	/* of the instruction: 2, 4 bytes */
	unsigned int reg;	/* loaded to or stored from, 0 to 31 */
	/* Of an instruction from memory: register and what is added to it. */
	unsigned int base;
	int64_t offset;
};

/* An instruction as it lies in memory, a short one in the low 16 bits. */
bool decode_instruction(uint32_t instruction, struct decoded *decoded);
/*
 * The form that hardware hands over in mtinst: a standard one, transformed, of
 * an access that was refused at its first byte (privileged specification,
 * "Transformed Instruction or Pseudoinstruction for mtinst or htinst").
 */
bool decode_transformed(uint64_t mtinst, struct decoded *decoded);

/* What the register holds when `value` was loaded; what a store writes. */
uint64_t decode_extend(const struct decoded *decoded, uint64_t value);

#endif
