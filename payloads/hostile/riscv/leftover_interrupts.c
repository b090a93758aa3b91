/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 36, what is left of interrupts, and the ways to leave a hart. */
#include <common/hart.h>
#include <common/report.h>
#include <common/tree.h>
#include <csr.h>
#include <sbi.h>
#include "../board.h"
#include "../leftover.h"
#include "interrupts.h"

#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EIP0		0x80
#define IMSIC_EIE0		0xc0
#define IMSIC_REGISTERS		8	/* 255 identities, as on the board */

static bool leftover_has_imsic(void)
{
	return tree_find_hart(&tree, hart_get_id())->imsic.size;
}

static void leftover_prepare_imsic(void)
{
	for (unsigned int i = 0; i < IMSIC_REGISTERS; i += 2) {
		csr_write(CSR_SISELECT, IMSIC_EIE0 + i);
		csr_write(CSR_SIREG, ~0UL);
		csr_write(CSR_SISELECT, IMSIC_EIP0 + i);
		csr_write(CSR_SIREG, ~0UL);
	}
	csr_write(CSR_SISELECT, IMSIC_EIDELIVERY);
	csr_write(CSR_SIREG, 1);
}

static bool leftover_imsic_is_clear(void)
{
	unsigned long any = 0;

	for (unsigned int i = 0; i < IMSIC_REGISTERS; i += 2) {
		csr_write(CSR_SISELECT, IMSIC_EIE0 + i);
		any |= csr_read(CSR_SIREG);
		csr_write(CSR_SISELECT, IMSIC_EIP0 + i);
		any |= csr_read(CSR_SIREG);
	}
	csr_write(CSR_SISELECT, IMSIC_EIDELIVERY);
	return !(any | csr_read(CSR_SIREG));
}

void leftover_leave_interrupts(void)
{
	interrupts_leave();
	if (leftover_has_imsic())
		leftover_prepare_imsic();
	sbi_call(SBI_EXT_TIME, 0, 0, 0, 0, 0, 0, 0);
	sbi_call(SBI_EXT_IPI, 0, 1, hart_get_id(), 0, 0, 0, 0);
	report(csr_read(CSR_SIP) & IRQ_SOFTWARE,
	       "residue: an interrupt is left pending");
	report(csr_read(CSR_SIP) & IRQ_TIMER, "residue: a timer is left due");
}

void leftover_check_interrupts(void)
{
	unsigned long pending = csr_read(CSR_SIP);

	report(!csr_read(CSR_SATP), "residue: translation is off");
	report(!(pending & IRQ_SOFTWARE), "residue: no software interrupt");
	report(!(pending & IRQ_TIMER), "residue: no timer interrupt");
	report(!(pending & IRQ_EXTERNAL), "residue: no external interrupt");
	if (leftover_has_imsic())
		report(leftover_imsic_is_clear(), "residue: no identity");
	interrupts_check();
}

bool leftover_is_interrupted(void)
{
	return csr_read(CSR_SIP) & (IRQ_SOFTWARE | IRQ_TIMER);
}

/*
 * With a root table in the firmware's memory no instruction can be fetched any
 * more, not even the trap handler's: the hart faults for ever.
 */
static void leftover_fall(volatile uint64_t *page)
{
	(void)page;
	csr_write(CSR_SATP, SATP_MODE_SV39 | board.firmware >> 12);
	__asm__ volatile ("sfence.vma" : : : "memory");
	for (;;)
		;
}

const struct leftover_way leftover_ways[] = {
	{ "spinning", residue_spin },
	{ "faulting", leftover_fall },
};
const unsigned int leftover_way_count = sizeof(leftover_ways) /
					sizeof(leftover_ways[0]);
