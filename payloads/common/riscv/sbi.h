/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SBI calls (RISC-V SBI specification 2.0, chapter 3) and the numbers of the
 * extensions that payloads use or try.
 */
#ifndef COMMON_RISCV_SBI_H
#define COMMON_RISCV_SBI_H

#define SBI_EXT_BASE		0x10
#define SBI_EXT_TIME		0x54494d45
#define SBI_EXT_IPI		0x735049
#define SBI_EXT_RFENCE		0x52464e43
#define SBI_EXT_HSM		0x48534d
#define SBI_EXT_SRST		0x53525354
#define SBI_EXT_PMU		0x504d55
#define SBI_EXT_DBCN		0x4442434e
#define SBI_EXT_SUSP		0x53555350
#define SBI_EXT_CPPC		0x43505043
#define SBI_EXT_NACL		0x4e41434c
#define SBI_EXT_STA		0x535441
#define SBI_EXT_DBTR		0x44425452
#define SBI_EXT_SSE		0x535345
#define SBI_EXT_FWFT		0x46574654
#define SBI_EXT_MPXY		0x4d505859
#define SBI_EXT_EXPERIMENTAL	0x08000000
#define SBI_EXT_VENDOR		0x09000000
#define SBI_EXT_FIRMWARE	0x0a000000

#define SBI_BASE_PROBE_EXTENSION	3

#define SBI_HSM_HART_START		0
#define SBI_HSM_HART_STOP		1
#define SBI_HSM_HART_GET_STATUS		2
#define SBI_HSM_HART_SUSPEND		3

#define SBI_RFENCE_FENCE_I		0
#define SBI_RFENCE_SFENCE_VMA		1
#define SBI_RFENCE_HFENCE_LAST		6

#define SBI_SRST_SHUTDOWN		0
#define SBI_SRST_COLD_REBOOT		1

struct sbi_result {
	long error;
	unsigned long value;
};

static inline struct sbi_result sbi_call(unsigned long extension,
					 unsigned long function,
					 unsigned long arg0,
					 unsigned long arg1,
					 unsigned long arg2,
					 unsigned long arg3,
					 unsigned long arg4,
					 unsigned long arg5)
{
	register unsigned long a0 __asm__("a0") = arg0;
	register unsigned long a1 __asm__("a1") = arg1;
	register unsigned long a2 __asm__("a2") = arg2;
	register unsigned long a3 __asm__("a3") = arg3;
	register unsigned long a4 __asm__("a4") = arg4;
	register unsigned long a5 __asm__("a5") = arg5;
	register unsigned long a6 __asm__("a6") = function;
	register unsigned long a7 __asm__("a7") = extension;

	__asm__ volatile ("ecall"
			  : "+r" (a0), "+r" (a1)
			  : "r" (a2), "r" (a3), "r" (a4), "r" (a5), "r" (a6),
			    "r" (a7)
			  : "memory");
	return (struct sbi_result){ .error = (long)a0, .value = a1 };
}

#endif
