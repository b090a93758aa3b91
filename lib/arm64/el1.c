/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest can leave in the registers of EL1 and EL0: every one that
 * neither traps (el2.c) nor belongs to the interrupt controller (gic_cpu.c) is
 * put to its reset value, or to zero where reset leaves it open.
 */
#include "arm64.h"

/* SCTLR_EL1: the bits that are one in Armv8.0; translation and caches off */
#define SCTLR_RESET		0x30d00800ULL
/* ID_AA64PFR0_EL1: RAS (error state that guests reach as EL2's virtual one) */
#define PFR0_RAS(pfr0)		((pfr0) >> 28 & 0xf)
#define PFR0_FP(pfr0)		((pfr0) >> 16 & 0xf)
#define PFR0_FP_NONE		0xf

/* The rest of the firmware is compiled without these registers. */
static void fp_clear(void)
{
	if (PFR0_FP(read_sysreg(id_aa64pfr0_el1)) == PFR0_FP_NONE)
		return;
	__asm__ volatile (
		".arch_extension fp\n"
		".arch_extension simd\n"
		".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "
		"16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, "
		"30, 31\n"
		"	movi	v\\n\\().2d, #0\n"
		".endr\n"
		"	msr	fpcr, xzr\n"
		"	msr	fpsr, xzr\n"
		".arch_extension nosimd\n"
		".arch_extension nofp\n" : : : "memory");
}

static void translation_clear(void)
{
	write_sysreg(sctlr_el1, SCTLR_RESET);
	/* Nothing is walked by half of what follows. */
	isb();
	write_sysreg(tcr_el1, 0);
	write_sysreg(ttbr0_el1, 0);
	write_sysreg(ttbr1_el1, 0);
	write_sysreg(mair_el1, 0);
	write_sysreg(amair_el1, 0);
	write_sysreg(contextidr_el1, 0);
	write_sysreg(par_el1, 0);
}

static void exceptions_clear(void)
{
	write_sysreg(vbar_el1, 0);
	write_sysreg(esr_el1, 0);
	write_sysreg(far_el1, 0);
	write_sysreg(afsr0_el1, 0);
	write_sysreg(afsr1_el1, 0);
	write_sysreg(elr_el1, 0);
	write_sysreg(spsr_el1, 0);
	if (PFR0_RAS(read_sysreg(id_aa64pfr0_el1))) {
		write_sysreg(S3_4_C12_C1_1, 0);	/* VDISR_EL2 */
		write_sysreg(S3_4_C5_C2_3, 0);	/* VSESR_EL2 */
	}
}

static void timers_clear(void)
{
	write_sysreg(cntkctl_el1, 0);
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cntp_cval_el0, 0);
	write_sysreg(cntv_cval_el0, 0);
}

void el1_clear(void)
{
	translation_clear();
	exceptions_clear();
	timers_clear();
	write_sysreg(cpacr_el1, 0);
	write_sysreg(sp_el0, 0);
	write_sysreg(sp_el1, 0);
	write_sysreg(tpidr_el0, 0);
	write_sysreg(tpidrro_el0, 0);
	write_sysreg(tpidr_el1, 0);
	write_sysreg(csselr_el1, 0);
	/* Guests cannot write it; the stage before could. */
	write_sysreg(mdscr_el1, 0);
	pmu_clear(&core_this()->pmu);
	fp_clear();
	isb();
}
