/* SPDX-License-Identifier: BSD-2-Clause */
#include "arm64.h"
#include "id.h"

#define ID(crm, op2)	((crm) * 8 + (op2))

#define ID_CASE(crm, op2, limit)					\
	case ID(crm, op2):						\
		return id_limit(read_sysreg(S3_0_C0_C##crm##_##op2), limit)

/*
 * Limits are written from field 15 (bits 63:60) down to field 0. What is not
 * listed reads as zero. Arm DDI 0487, D24.2.
 */
uint64_t id_read(unsigned int crm, unsigned int op2)
{
	switch (ID(crm, op2)) {
	/* 32-bit EL0: the instruction set is told as it is. */
	/* PFR0: no AMU, RAS */
	ID_CASE(1, 0, 0x0f0fffff);
	/* PFR1: no EL2, EL3, Security */
	ID_CASE(1, 1, 0xf00f0f0f);
	/* DFR0: the least of debug, PMU */
	ID_CASE(1, 2, 0x06000006);
	ID_CASE(1, 4, 0xffffffff);	/* MMFR0 to MMFR3 */
	ID_CASE(1, 5, 0xffffffff);
	ID_CASE(1, 6, 0xffffffff);
	ID_CASE(1, 7, 0xffffffff);
	ID_CASE(2, 0, 0xffffffff);	/* ISAR0 to ISAR5 */
	ID_CASE(2, 1, 0xffffffff);
	ID_CASE(2, 2, 0xffffffff);
	ID_CASE(2, 3, 0xffffffff);
	ID_CASE(2, 4, 0xffffffff);
	ID_CASE(2, 5, 0xffffffff);
	ID_CASE(2, 6, 0xffffffff);	/* MMFR4, ISAR6 */
	ID_CASE(2, 7, 0xffffffff);
	ID_CASE(3, 0, 0xffffffff);	/* MVFR0 to MVFR2 */
	ID_CASE(3, 1, 0xffffffff);
	ID_CASE(3, 2, 0xffffffff);
	/* AA64PFR0: CSV3 CSV2 . DIT . . . . . GIC SIMD FP EL3-0 */
	ID_CASE(4, 0, 0xf10f00000fff0012);
	/* AA64PFR1: SSBS, BTI */
	ID_CASE(4, 1, 0x00000000000000ff);
	/* AA64DFR0: two breakpoints and watchpoints, PMU, debug of Armv8.0 */
	ID_CASE(5, 0, 0x0000000000101606);
	/* AA64ISAR0: all but TME */
	ID_CASE(6, 0, 0xfffffffff0ffffff);
	/* AA64ISAR1: no LS64, XS, pointer authentication */
	ID_CASE(6, 1, 0x00ffffff00fff00f);
	/* AA64ISAR2: CLRBHB, BC, RPRES, WFxT */
	ID_CASE(6, 2, 0x00000000f0f000ff);
	/* AA64MMFR0: 40 bits; no ECV, FGT, ExS, secure memory */
	ID_CASE(7, 0, 0x00000000ffff0ff2);
	/* AA64MMFR1: ECBHB . . nTLBPA AFP . ETS . . . PAN . HPDS . . HAFDBS */
	ID_CASE(7, 1, 0xf00ff0f000f0f002);
	/* AA64MMFR2: E0PD . BBM TTL . . IDS AT ST . CCIDX VA . LSM UAO CnP */
	ID_CASE(7, 2, 0xf0ff00fff0ff0fff);
	default:
		return 0;
	}
}
