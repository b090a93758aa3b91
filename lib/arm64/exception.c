/* SPDX-License-Identifier: BSD-2-Clause */
#include "exception.h"

#define ESR_IL			(1ULL << 25)

/* ISS of a data abort; S1PTW of an instruction abort too */
#define ISS_ISV			(1U << 24)
#define ISS_SAS(iss)		((iss) >> 22 & 3)
#define ISS_SSE			(1U << 21)
#define ISS_SRT(iss)		((iss) >> 16 & 0x1f)
#define ISS_SF			(1U << 15)
#define ISS_CM			(1U << 8)
#define ISS_S1PTW		(1U << 7)
#define ISS_WNR			(1U << 6)
#define ISS_FSC(iss)		((iss) & 0x3f)

#define FSC_KIND(fsc)		((fsc) & ~3U)	/* without the level */
#define FSC_TRANSLATION		0x04U
#define FSC_PERMISSION		0x0cU
#define FSC_EXTERNAL		0x10U

#define PAGE_OFFSET		0xfffULL
/* Bits 47:12 of an address: HPFAR_EL2 has them in 39:4, PAR_EL1 in place. */
#define HPFAR_TO_PAGE(hpfar)	(((hpfar) & 0xfffffffff0ULL) << 8)
#define PAR_FAILED		1ULL
#define PAR_TO_PAGE(par)	((par) & 0xfffffffff000ULL)

bool access_decode(uint64_t esr, struct access *access)
{
	uint32_t iss = ESR_ISS(esr), kind = FSC_KIND(ISS_FSC(iss));

	/*
	 * A walk of the guest's own tables and cache maintenance are no
	 * register access.
	 */
	if (!(iss & ISS_ISV) || (iss & (ISS_CM | ISS_S1PTW)) ||
	    (kind != FSC_TRANSLATION && kind != FSC_PERMISSION))
		return false;
	access->size = 1U << ISS_SAS(iss);
	access->reg = ISS_SRT(iss);
	access->write = iss & ISS_WNR;
	access->sign = iss & ISS_SSE;
	access->wide = iss & ISS_SF;
	access->mapped = kind == FSC_PERMISSION;
	return true;
}

uint64_t access_get_faulted(uint64_t hpfar, uint64_t far)
{
	return HPFAR_TO_PAGE(hpfar) | (far & PAGE_OFFSET);
}

bool access_get_translated(uint64_t par, uint64_t far, uint64_t *addr)
{
	*addr = PAR_TO_PAGE(par) | (far & PAGE_OFFSET);
	return !(par & PAR_FAILED);
}

uint64_t access_extend(const struct access *access, uint64_t value)
{
	unsigned int unused = 64 - 8 * access->size;

	value <<= unused;
	value = access->sign ? (uint64_t)((int64_t)value >> unused) :
			       value >> unused;
	return access->wide ? value : (uint32_t)value;
}

static bool is_from_el0(uint64_t spsr)
{
	return (spsr & SPSR_AARCH32) || !(spsr & SPSR_MODE);
}

uint64_t exception_get_abort(uint64_t esr, uint64_t spsr)
{
	bool same = !is_from_el0(spsr);
	uint64_t class, kept = 0, length = ESR_IL;

	if (ESR_EC(esr) == ESR_EC_DATA_ABORT) {
		class = same ? ESR_EC_DATA_ABORT_SAME : ESR_EC_DATA_ABORT;
		kept = esr & (ISS_CM | ISS_WNR);
		length = esr & ESR_IL;
	} else {
		class = same ? ESR_EC_FETCH_ABORT_SAME : ESR_EC_FETCH_ABORT;
	}
	return class << 26 | length | kept | FSC_EXTERNAL;
}

uint64_t exception_get_undefined(uint64_t esr)
{
	return (uint64_t)ESR_EC_UNKNOWN << 26 | (esr & ESR_IL);
}

uint64_t exception_get_vector(uint64_t spsr)
{
	if (spsr & SPSR_AARCH32)
		return 0x600;
	if (is_from_el0(spsr))
		return 0x400;
	return spsr & 1 ? 0x200 : 0;	/* SP_EL1 or SP_EL0 in use */
}

uint64_t exception_get_pstate(uint64_t spsr, uint64_t sctlr)
{
	uint64_t pstate = SPSR_EL1H | SPSR_DAIF | (spsr & SPSR_NZCV) |
			  (spsr & SPSR_PAN);

	if (spsr & (spsr & SPSR_AARCH32 ? SPSR_DIT_AARCH32 : SPSR_DIT))
		pstate |= SPSR_DIT;
	if (!(sctlr & SCTLR_SPAN))
		pstate |= SPSR_PAN;
	if (sctlr & SCTLR_DSSBS)
		pstate |= SPSR_SSBS;
	return pstate;
}
