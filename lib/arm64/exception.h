/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ESR_EL2 says about a guest's access, and what the guest is told instead:
 * the encodings of Arm DDI 0487, chapter D24 (ESR_ELx, SPSR_ELx), as pure
 * functions.
 *
 * Memory: none kept. Concurrency: none kept.
 * Trust: a guest chooses every value here but the syndrome's own bits.
 */
#ifndef LIB_ARM64_EXCEPTION_H
#define LIB_ARM64_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

/* ESR_ELx.EC, bits 31:26 */
#define ESR_EC(esr)		((uint32_t)((esr) >> 26) & 0x3f)
#define ESR_ISS(esr)		((uint32_t)(esr) & 0x1ffffff)
enum esr_class {
	ESR_EC_UNKNOWN = 0x00,
	ESR_EC_HVC64 = 0x16,
	ESR_EC_SMC64 = 0x17,
	ESR_EC_SYSREG = 0x18,
	ESR_EC_FETCH_ABORT = 0x20,	/* from a lower exception level */
	ESR_EC_FETCH_ABORT_SAME = 0x21,
	ESR_EC_DATA_ABORT = 0x24,	/* from a lower exception level */
	ESR_EC_DATA_ABORT_SAME = 0x25,
};

/* SPSR_ELx of AArch64, where not said otherwise */
#define SPSR_EL1H		0x5U
#define SPSR_MODE		0xfU
#define SPSR_AARCH32		(1U << 4)
#define SPSR_DAIF		(0xfU << 6)
#define SPSR_BTYPE		(3U << 10)
#define SPSR_SSBS		(1U << 12)
#define SPSR_PAN		(1U << 22)
#define SPSR_DIT		(1U << 24)
#define SPSR_DIT_AARCH32	(1U << 21)
#define SPSR_NZCV		(0xfU << 28)

/* SCTLR_EL1 */
#define SCTLR_SPAN		(1ULL << 23)
#define SCTLR_DSSBS		(1ULL << 44)

/* One load or store of one general-purpose register. */
struct access {
	unsigned int size;	/* 1, 2, 4 or 8 */
	unsigned int reg;	/* 0 to 30; 31: the zero register */
	bool write;
	bool sign;		/* a load extends the sign */
	bool wide;		/* into a 64-bit register */
	bool mapped;		/* stage 2 maps it, with fewer rights */
};

/*
 * Whether the syndrome of a data abort describes an access that can be carried
 * out for the guest: one register, at an address that stage 2 does not give it.
 */
bool access_decode(uint64_t esr, struct access *access);
/*
 * Where it is, of a page that stage 2 does not map (HPFAR_EL2), or of one that
 * the guest's own translation has found (PAR_EL1); `far` is FAR_EL2.
 */
uint64_t access_get_faulted(uint64_t hpfar, uint64_t far);
bool access_get_translated(uint64_t par, uint64_t far, uint64_t *addr);
/* What a load of `value` puts into its register. */
uint64_t access_extend(const struct access *access, uint64_t value);

/*
 * The syndrome that EL1 gets for the data or instruction abort `esr` taken to
 * EL2 with `spsr`: a synchronous external abort.
 */
uint64_t exception_get_abort(uint64_t esr, uint64_t spsr);
/* The same for an instruction that is undefined. */
uint64_t exception_get_undefined(uint64_t esr);
/* Of the synchronous vector, by where the exception came from. */
uint64_t exception_get_vector(uint64_t spsr);
/* PSTATE at that vector. */
uint64_t exception_get_pstate(uint64_t spsr, uint64_t sctlr);

#endif
