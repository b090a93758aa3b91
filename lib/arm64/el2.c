/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EL2's control registers: what a guest does by itself and what traps. Every
 * one that may trap or route anything is written in full, for the stage before
 * may have left anything there. Arm DDI 0487, D24.2 to D24.5.
 */
#include "arm64.h"

/* HCR_EL2 */
#define HCR_VM			(1ULL << 0)	/* stage 2 */
#define HCR_SWIO		(1ULL << 1)	/* invalidate is clean too */
#define HCR_PTW			(1ULL << 2)	/* no walks in device memory */
#define HCR_FMO			(1ULL << 3)
#define HCR_AMO			(1ULL << 5)
#define HCR_FB			(1ULL << 9)	/* broadcast maintenance */
#define HCR_BSU_INNER		(1ULL << 10)
#define HCR_TID1		(1ULL << 16)
#define HCR_TID3		(1ULL << 18)
#define HCR_TSC			(1ULL << 19)
#define HCR_TIDCP		(1ULL << 20)
#define HCR_TACR		(1ULL << 21)
#define HCR_RW			(1ULL << 31)
#define HCR_TLOR		(1ULL << 35)
#define HCR_TERR		(1ULL << 36)

/* MDCR_EL2 */
#define MDCR_TDA		(1ULL << 9)
#define MDCR_TDOSA		(1ULL << 10)
#define MDCR_TDRA		(1ULL << 11)
#define MDCR_TPMS		(1ULL << 14)
#define MDCR_TTRF		(1ULL << 19)

/* CPTR_EL2: bits that are one by definition or trap SVE and SME */
#define CPTR_RES1		0x33ffULL
#define CPTR_TTA		(1ULL << 20)
#define CPTR_TAM		(1ULL << 30)

/* CNTHCTL_EL2: EL1 has the physical counter and timer */
#define CNTHCTL_EL1PCTEN	(1ULL << 0)
#define CNTHCTL_EL1PCEN		(1ULL << 1)

/* MPAM2_EL2 */
#define MPAM2_TRAP_EL1		(1ULL << 48)
#define MPAM2_TRAP_EL0		(1ULL << 49)

#define FIELD(value, shift)	((unsigned int)((value) >> (shift)) & 0xf)

static uint64_t hcr_get(uint64_t pfr0, uint64_t mmfr1)
{
	uint64_t hcr = HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_AMO |
		       HCR_FB | HCR_BSU_INNER | HCR_TID1 | HCR_TID3 | HCR_TSC |
		       HCR_TIDCP | HCR_TACR | HCR_RW;

	/*
	 * What is 0 traps too: pointer authentication (APK, API), memory tags
	 * (ATA), SCXTNUM (EnSCXT). IMO is 0: IRQ is the guest's.
	 */
	if (FIELD(mmfr1, 16))
		hcr |= HCR_TLOR;
	if (FIELD(pfr0, 28))
		hcr |= HCR_TERR;
	return hcr;
}

static uint64_t mdcr_get(uint64_t dfr0)
{
	uint64_t mdcr = MDCR_TDA | MDCR_TDOSA | MDCR_TDRA;

	/* What is 0 traps too: the profiling and trace buffers (E2PB, E2TB). */
	if (FIELD(dfr0, 32))
		mdcr |= MDCR_TPMS;
	if (FIELD(dfr0, 40))
		mdcr |= MDCR_TTRF;
	return mdcr;
}

/*
 * Fine-grained traps: bits that say "trap" are 0, and so are those that say "no
 * trap", which is what keeps registers of later extensions from guests.
 */
static void traps_setup(uint64_t mmfr0, uint64_t mmfr1, uint64_t pfr0)
{
	if (FIELD(mmfr0, 56)) {
		write_sysreg(S3_4_C1_C1_4, 0);	/* HFGRTR_EL2 */
		write_sysreg(S3_4_C1_C1_5, 0);	/* HFGWTR_EL2 */
		write_sysreg(S3_4_C1_C1_6, 0);	/* HFGITR_EL2 */
		write_sysreg(S3_4_C3_C1_4, 0);	/* HDFGRTR_EL2 */
		write_sysreg(S3_4_C3_C1_5, 0);	/* HDFGWTR_EL2 */
		if (FIELD(pfr0, 44))
			write_sysreg(S3_4_C3_C1_6, 0);	/* HAFGRTR_EL2 */
	}
	if (FIELD(mmfr0, 56) >= 2) {
		write_sysreg(S3_4_C3_C1_0, 0);	/* HDFGRTR2_EL2 */
		write_sysreg(S3_4_C3_C1_1, 0);	/* HDFGWTR2_EL2 */
		write_sysreg(S3_4_C3_C1_2, 0);	/* HFGRTR2_EL2 */
		write_sysreg(S3_4_C3_C1_3, 0);	/* HFGWTR2_EL2 */
		write_sysreg(S3_4_C3_C1_7, 0);	/* HFGITR2_EL2 */
	}
	if (FIELD(mmfr1, 40))
		write_sysreg(S3_4_C1_C2_2, 0);	/* HCRX_EL2 */
	if (FIELD(pfr0, 40))			/* MPAM2_EL2 */
		write_sysreg(S3_4_C10_C5_0, MPAM2_TRAP_EL1 | MPAM2_TRAP_EL0);
}

void el2_setup(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);
	uint64_t dfr0 = read_sysreg(id_aa64dfr0_el1);
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1);
	uint64_t mmfr1 = read_sysreg(id_aa64mmfr1_el1);

	write_sysreg(hcr_el2, hcr_get(pfr0, mmfr1));
	write_sysreg(mdcr_el2, mdcr_get(dfr0) | pmu_setup(&core_this()->pmu));
	write_sysreg(cptr_el2, CPTR_RES1 | CPTR_TTA | CPTR_TAM);
	write_sysreg(hstr_el2, 0);
	traps_setup(mmfr0, mmfr1, pfr0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
}
