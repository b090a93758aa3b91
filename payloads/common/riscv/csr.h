/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control and status registers, by the numbers and names of the RISC-V
 * privileged specification and of the AIA specification, and their access.
 */
#ifndef COMMON_RISCV_CSR_H
#define COMMON_RISCV_CSR_H

#define CSR_SSTATUS	0x100
#define CSR_SIE		0x104
#define CSR_STVEC	0x105
#define CSR_SCOUNTEREN	0x106
#define CSR_SSCRATCH	0x140
#define CSR_SEPC	0x141
#define CSR_SCAUSE	0x142
#define CSR_STVAL	0x143
#define CSR_SIP		0x144
#define CSR_STIMECMP	0x14d
#define CSR_SISELECT	0x150
#define CSR_SIREG	0x151
#define CSR_STOPEI	0x15c
#define CSR_SATP	0x180
#define CSR_HSTATUS	0x600

#define SSTATUS_SIE	(1UL << 1)
#define SSTATUS_SPP	(1UL << 8)
#define SSTATUS_VS	(3UL << 9)
#define SSTATUS_FS	(3UL << 13)
#define SSTATUS_SUM	(1UL << 18)
#define SSTATUS_MXR	(1UL << 19)

#define HSTATUS_SPV	(1UL << 7)

/* Bits of sie and sip */
#define IRQ_SOFTWARE	(1UL << 1)
#define IRQ_TIMER	(1UL << 5)
#define IRQ_EXTERNAL	(1UL << 9)

#define CAUSE_INTERRUPT		(1UL << 63)
#define CAUSE_FETCH_ACCESS	1
#define CAUSE_ILLEGAL		2
#define CAUSE_LOAD_ACCESS	5
#define CAUSE_STORE_ACCESS	7
#define CAUSE_USER_ECALL	8
#define CAUSE_VIRTUAL_ECALL	10
#define CAUSE_LOAD_PAGE		13
#define CAUSE_STORE_PAGE	15

#define SATP_MODE_SV39		(8UL << 60)

#ifndef __ASSEMBLER__

#define CSR_NUMBER_(csr)	#csr
#define CSR_NUMBER(csr)		CSR_NUMBER_(csr)

#define csr_read(csr)							\
({									\
	unsigned long value_;						\
	__asm__ volatile ("csrr %0, " CSR_NUMBER(csr)			\
			  : "=r" (value_) : : "memory");		\
	value_;								\
})

#define csr_write(csr, value)						\
	__asm__ volatile ("csrw " CSR_NUMBER(csr) ", %0"		\
			  : : "rK" ((unsigned long)(value)) : "memory")

#define csr_set(csr, bits)						\
	__asm__ volatile ("csrs " CSR_NUMBER(csr) ", %0"		\
			  : : "rK" ((unsigned long)(bits)) : "memory")

#define csr_clear(csr, bits)						\
	__asm__ volatile ("csrc " CSR_NUMBER(csr) ", %0"		\
			  : : "rK" ((unsigned long)(bits)) : "memory")

#define csr_swap(csr, value)						\
({									\
	unsigned long value_;						\
	__asm__ volatile ("csrrw %0, " CSR_NUMBER(csr) ", %1"		\
			  : "=r" (value_)				\
			  : "rK" ((unsigned long)(value)) : "memory");	\
	value_;								\
})

#endif
#endif
