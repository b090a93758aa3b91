/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ID registers as guests see them: what the core has, without what a
 * compartment is not given. Whatever a guest is told of, it may use, and
 * el1.c has to be able to clear it.
 */
#ifndef LIB_ARM64_ID_H
#define LIB_ARM64_ID_H

#include <stdint.h>

/* ID registers are op0 = 3, op1 = 0, CRn = 0; those of CRm 1 to 7 trap. */
uint64_t id_read(unsigned int crm, unsigned int op2);

/*
 * Each of the 16 fields of 4 bits, at most what the limit has there; 0xf there
 * lets any value through, else 0xf, "there, but not Arm's" or "not there", is
 * told as 0.
 */
static inline uint64_t id_limit(uint64_t value, uint64_t limit)
{
	uint64_t out = 0, most, field;
	unsigned int shift;

	for (shift = 0; shift < 64; shift += 4) {
		field = value >> shift & 0xf;
		most = limit >> shift & 0xf;
		if (most != 0xf && field == 0xf)
			field = 0;
		out |= (field < most ? field : most) << shift;
	}
	return out;
}

#endif
