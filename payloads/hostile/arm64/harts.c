/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/tree.h>
#include <smccc.h>
#include "../harts.h"
#include "gic.h"
#include "psci.h"

#define AFFINITY_OFF	1
#define SGI		0

bool harts_is_stopped(unsigned long hart)
{
	return smccc_call(PSCI_AFFINITY_INFO, hart, 0, 0, 0).x0 ==
	       AFFINITY_OFF;
}

long harts_start_at(unsigned long hart, unsigned long entry,
		    unsigned long argument)
{
	return psci_get_error(smccc_call(PSCI_CPU_ON, hart, entry, argument,
					 ~0UL).x0);
}

long harts_ask(unsigned long hart)
{
	return psci_get_error(smccc_call(PSCI_AFFINITY_INFO, hart, 0, ~0UL,
					 ~0UL).x0);
}

long harts_fence_all(void)
{
	__asm__ volatile ("dsb ishst; tlbi vmalle1is; dsb ish; isb"
			  : : : "memory");
	return 0;
}

long harts_fence_instructions(void)
{
	__asm__ volatile ("dsb ish; ic ialluis; dsb ish; isb" : : : "memory");
	return 0;
}

long harts_interrupt_all(void)
{
	for (unsigned int i = 0; i < tree.hart_count; i++)
		icc_write(ICC_SGI1R, gic_make_sgi(tree.harts[i].id, SGI));
	return 0;
}

void harts_drop_translations(void)
{
	__asm__ volatile ("tlbi vmalle1; dsb nsh; isb" : : : "memory");
}

/* In the firmware: in its standby, so that it is ended there too. */
void harts_sleep(void)
{
	uint64_t intid;

	gic_open(1U << SGI);
	smccc_call(PSCI_CPU_SUSPEND, 0, 0, 0, 0);
	intid = icc_read(ICC_IAR1);
	if (intid != GIC_NONE)
		icc_write(ICC_EOIR1, intid);
}
