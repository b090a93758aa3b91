/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hart's supervisor-level interrupt file (RISC-V Advanced Interrupt
 * Architecture 1.0, chapter 3).
 */
#include <csr.h>
#include <irq_chip.h>

#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EITHRESHOLD	0x72
#define IMSIC_EIE0		0xc0

static void imsic_write(unsigned long select, unsigned long value)
{
	csr_write(CSR_SISELECT, select);
	csr_write(CSR_SIREG, value);
}

void imsic_init(void)
{
	imsic_write(IMSIC_EITHRESHOLD, 0);
	imsic_write(IMSIC_EIDELIVERY, 1);
}

void imsic_enable(unsigned int identity)
{
	/* With XLEN 64 only even numbered eie registers exist. */
	csr_write(CSR_SISELECT, IMSIC_EIE0 + identity / 64 * 2);
	csr_set(CSR_SIREG, 1UL << identity % 64);
}

unsigned int imsic_claim(void)
{
	return csr_swap(CSR_STOPEI, 0) >> 16;
}
