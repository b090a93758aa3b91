/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers by their names in the Arm ARM, or as S<op0>_<op1>_C<n>_C<m>_
 * <op2> where an assembler for plain ARMv8.0 does not know the name.
 */
#ifndef COMMON_ARM64_SYSREG_H
#define COMMON_ARM64_SYSREG_H

/* MPIDR_EL1: the affinity, which is a hart's id */
#define MPIDR_AFFINITY		0xff00ffffff

/* SCTLR_EL1 with translation off: what is one by definition, and SPAN */
#define SCTLR_OFF		0x30d00800
#define SCTLR_M			(1 << 0)
#define SCTLR_C			(1 << 2)
#define SCTLR_SA		(1 << 3)
#define SCTLR_I			(1 << 12)

#ifndef __ASSEMBLER__

#include <stdint.h>

/* A barrier for the compiler too: registers are read and written in order. */
#define read_sysreg(name)						\
({									\
	uint64_t value_;						\
	__asm__ volatile ("mrs %0, " #name				\
			  : "=r" (value_) : : "memory");		\
	value_;								\
})

#define write_sysreg(name, value)					\
	__asm__ volatile ("msr " #name ", %x0"				\
			  : : "rZ" ((uint64_t)(value)) : "memory")

/* Later instructions see what system registers say. */
static inline void isb(void)
{
	__asm__ volatile ("isb" : : : "memory");
}

/* All earlier accesses are complete. */
static inline void dsb(void)
{
	__asm__ volatile ("dsb sy" : : : "memory");
}

#endif
#endif
