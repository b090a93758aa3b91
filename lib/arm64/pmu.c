/* SPDX-License-Identifier: BSD-2-Clause */
#include "arm64.h"

/* ID_AA64DFR0_EL1.PMUVer */
#define PMU_VERSION(dfr0)	((unsigned int)((dfr0) >> 8) & 0xf)
#define PMU_NONE		0x0
#define PMU_V3P1		0x4
#define PMU_V3P5		0x6
#define PMU_FOREIGN		0xf	/* not PMUv3 */

/* PMCR_EL0.N */
#define PMCR_COUNTERS(pmcr)	((unsigned int)((pmcr) >> 11) & 0x1f)
/* PMEVTYPER<n>_EL0: not in EL1, not in EL0, in EL2 */
#define PMEVTYPER_EL2_ONLY	(1U << 31 | 1U << 30 | 1U << 27)
#define PMEVTYPER_INST_RETIRED	0x08
/* MDCR_EL2 */
#define MDCR_HPME		(1ULL << 7)
#define MDCR_HPMD		(1ULL << 17)
#define MDCR_HCCD		(1ULL << 23)

/* PMEVCNTR<n>_EL0 for n = 0 to 30: the number is part of the instruction. */
uint64_t pmu_read_counter(unsigned int n);
__asm__ (".pushsection .text.pmu_read_counter, \"ax\"\n"
	 ".global pmu_read_counter\n"
	 ".type pmu_read_counter, %function\n"
	 "pmu_read_counter:\n"
	 "	adr	x1, 0f\n"
	 "	add	x1, x1, w0, uxtw #3\n"
	 "	br	x1\n"
	 "0:\n"
	 ".irp crm, 8, 9, 10, 11\n"
	 ".irp op2, 0, 1, 2, 3, 4, 5, 6, 7\n"
	 ".if \\crm * 8 + \\op2 < 95\n"
	 "	mrs	x0, S3_3_C14_C\\crm\\()_\\op2\n"
	 "	ret\n"
	 ".endif\n"
	 ".endr\n"
	 ".endr\n"
	 ".size pmu_read_counter, . - pmu_read_counter\n"
	 ".popsection\n");

static unsigned int pmu_get_version(void)
{
	unsigned int version = PMU_VERSION(read_sysreg(id_aa64dfr0_el1));

	return version == PMU_FOREIGN ? PMU_NONE : version;
}

static void pmu_start_counter(unsigned int n, uint64_t type)
{
	write_sysreg(pmselr_el0, n);
	isb();
	write_sysreg(pmxevtyper_el0, type);
	write_sysreg(pmxevcntr_el0, 0);
}

/*
 * QEMU takes a guest's writes to this counter's registers too: what it can do
 * is spoil what is counted for it, until its life ends or, for a stop, until it
 * next traps.
 */
static void pmu_start_own(struct pmu *pmu)
{
	pmu_start_counter(pmu->guests,
			  PMEVTYPER_EL2_ONLY | PMEVTYPER_INST_RETIRED);
	write_sysreg(pmcntenset_el0, 1ULL << pmu->guests);
	pmu->taken = 0;
}

uint64_t pmu_setup(struct pmu *pmu)
{
	unsigned int version = pmu_get_version(), counters = 0;
	uint64_t mdcr;

	if (version != PMU_NONE)
		counters = PMCR_COUNTERS(read_sysreg(pmcr_el0));
	/* HPMN = 0 is not allowed everywhere. */
	pmu->own = counters >= 2;
	pmu->guests = counters - pmu->own;
	mdcr = pmu->guests;
	/* Stops a guest from counting what EL2 does, where that can be had. */
	if (version >= PMU_V3P1)
		mdcr |= MDCR_HPMD;
	if (version >= PMU_V3P5)
		mdcr |= MDCR_HCCD;
	if (pmu->own) {
		pmu_start_own(pmu);
		mdcr |= MDCR_HPME;
	}
	return mdcr;
}

void pmu_clear(struct pmu *pmu)
{
	unsigned int n;

	if (pmu_get_version() == PMU_NONE)
		return;
	write_sysreg(pmcr_el0, 0);
	write_sysreg(pmcntenclr_el0, 0xffffffffULL);
	write_sysreg(pmintenclr_el1, 0xffffffffULL);
	write_sysreg(pmovsclr_el0, 0xffffffffULL);
	write_sysreg(pmuserenr_el0, 0);
	for (n = 0; n < pmu->guests; n++)
		pmu_start_counter(n, 0);
	if (pmu->own)
		pmu_start_own(pmu);
	write_sysreg(pmselr_el0, 0);
	write_sysreg(pmccntr_el0, 0);
	write_sysreg(pmccfiltr_el0, 0);
}

uint32_t pmu_take(struct pmu *pmu)
{
	uint32_t now, before = pmu->taken;

	if (!pmu->own)
		return 0;
	/* The guest may have stopped it. */
	write_sysreg(pmcntenset_el0, 1ULL << pmu->guests);
	now = (uint32_t)pmu_read_counter(pmu->guests);
	pmu->taken = now;
	return now - before;
}
