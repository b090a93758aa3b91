/* SPDX-License-Identifier: BSD-2-Clause */
#include <csr.h>
#include <sbi.h>
#include "../harts.h"

#define HSM_STOPPED	1

bool harts_is_stopped(unsigned long hart)
{
	struct sbi_result r = sbi_call(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS,
				       hart, 0, 0, 0, 0, 0);

	return !r.error && r.value == HSM_STOPPED;
}

long harts_start_at(unsigned long hart, unsigned long entry,
		    unsigned long argument)
{
	return sbi_call(SBI_EXT_HSM, SBI_HSM_HART_START, hart, entry, argument,
			0, ~0UL, ~0UL).error;
}

long harts_ask(unsigned long hart)
{
	return sbi_call(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS, hart, 0, 0, 0,
			~0UL, ~0UL).error;
}

long harts_fence_all(void)
{
	return sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 0, ~0UL, 0,
			~0UL, 0, 0).error;
}

long harts_fence_instructions(void)
{
	return sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 0, ~0UL, 0, 0, 0,
			0).error;
}

long harts_interrupt_all(void)
{
	return sbi_call(SBI_EXT_IPI, 0, 0, ~0UL, 0, 0, 0, 0).error;
}

void harts_drop_translations(void)
{
	__asm__ volatile ("sfence.vma" : : : "memory");
}

void harts_sleep(void)
{
	csr_set(CSR_SIE, IRQ_SOFTWARE);
	sbi_call(SBI_EXT_HSM, SBI_HSM_HART_SUSPEND, 0, 0, 0, 0, 0, 0);
	csr_clear(CSR_SIP, IRQ_SOFTWARE);
}
