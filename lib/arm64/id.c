/* SPDX-License-Identifier: BSD-2-Clause */
#include "arm64.h"
#include "id.h"

#define CRM_FIRST	1
#define CRM_LAST	7

/* S3_0_C0_C<crm>_<op2>, n = (crm - 1) * 8 + op2: part of the instruction. */
uint64_t id_read_register(unsigned int n);
__asm__ (".pushsection .text.id_read_register, \"ax\"\n"
	 ".global id_read_register\n"
	 ".type id_read_register, %function\n"
	 "id_read_register:\n"
	 "	adr	x1, 0f\n"
	 "	add	x1, x1, w0, uxtw #3\n"
	 "	br	x1\n"
	 "0:\n"
	 ".irp crm, 1, 2, 3, 4, 5, 6, 7\n"
	 ".irp op2, 0, 1, 2, 3, 4, 5, 6, 7\n"
	 "	mrs	x0, S3_0_C0_C\\crm\\()_\\op2\n"
	 "	ret\n"
	 ".endr\n"
	 ".endr\n"
	 ".size id_read_register, . - id_read_register\n"
	 ".popsection\n");

/*
 * Written from field 15 (bits 63:60) down to field 0, by CRm and op2. What is
 * not listed reads as zero. Arm DDI 0487, D24.2.
 */
static const uint64_t limits[CRM_LAST + 1][8] = {
	/* Of 32-bit EL0 the instruction set is told as it is. */
	[1] = {
		/* PFR0: no AMU, RAS */
		[0] = 0x0f0fffff,
		/* PFR1: no EL2, EL3, Security */
		[1] = 0xf00f0f0f,
		/* DFR0: the least of debug, PMU */
		[2] = 0x06000006,
		/* MMFR0 to MMFR3 */
		[4] = 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
	},
	/* ISAR0 to ISAR5, MMFR4, ISAR6 */
	[2] = {
		0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
		0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
	},
	/* MVFR0 to MVFR2 */
	[3] = { 0xffffffff, 0xffffffff, 0xffffffff },
	[4] = {
		/* AA64PFR0: CSV3 CSV2 . DIT . . . . . GIC SIMD FP EL3-0 */
		[0] = 0xf10f00000fff0012,
		/* AA64PFR1: SSBS, BTI */
		[1] = 0x00000000000000ff,
	},
	[5] = {
		/* AA64DFR0: two breakpoints and watchpoints, PMU, Armv8.0 */
		[0] = 0x0000000000101606,
	},
	[6] = {
		/* AA64ISAR0: all but TME */
		[0] = 0xfffffffff0ffffff,
		/* AA64ISAR1: no LS64, XS, pointer authentication */
		[1] = 0x00ffffff00fff00f,
		/* AA64ISAR2: CLRBHB, BC, RPRES, WFxT */
		[2] = 0x00000000f0f000ff,
	},
	[7] = {
		/* AA64MMFR0: 40 bits; no ECV, FGT, ExS, secure memory */
		[0] = 0x00000000ffff0ff2,
		/* AA64MMFR1: ECBHB . . nTLBPA AFP . ETS . . . PAN . HPDS . .
		 * HAFDBS */
		[1] = 0xf00ff0f000f0f002,
		/* AA64MMFR2: E0PD . BBM TTL . . IDS AT ST . CCIDX VA . LSM UAO
		 * CnP */
		[2] = 0xf0ff00fff0ff0fff,
	},
};

uint64_t id_read(unsigned int crm, unsigned int op2)
{
	if (crm < CRM_FIRST || crm > CRM_LAST || !limits[crm][op2])
		return 0;
	return id_limit(id_read_register((crm - CRM_FIRST) * 8 + op2),
			limits[crm][op2]);
}
