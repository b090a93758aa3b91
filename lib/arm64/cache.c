/* SPDX-License-Identifier: BSD-2-Clause */
/* Maintenance of caches by address (Arm DDI 0487, D7.5). */
#include "arm64.h"

#define CTR_LINE_SHIFT	16	/* DminLine: log2 of words of 4 bytes */
#define CTR_LINE_MASK	0xf

/* Runs `op` on each line that has a byte of the range. */
#define cache_for_each_line(op, addr, size)				\
	do {								\
		uint64_t line_ = cache_line();				\
		uint64_t end_ = (addr) + (size);			\
		uint64_t at_ = (addr) & ~(line_ - 1);			\
									\
		for (; at_ < end_; at_ += line_)			\
			__asm__ volatile (op ", %0" : : "r" (at_) :	\
					  "memory");			\
		dsb(sy);						\
	} while (0)

static uint64_t cache_line(void)
{
	return 4ULL << (read_sysreg(ctr_el0) >> CTR_LINE_SHIFT & CTR_LINE_MASK);
}

void cache_flush(uint64_t addr, uint64_t size)
{
	cache_for_each_line("dc civac", addr, size);
}

void cache_clean(uint64_t addr, uint64_t size)
{
	cache_for_each_line("dc cvac", addr, size);
}

void cache_forget(uint64_t addr, uint64_t size)
{
	cache_for_each_line("dc ivac", addr, size);
}

void cache_invalidate_instructions(void)
{
	__asm__ volatile ("ic ialluis" : : : "memory");
	dsb(ish);
	isb();
}

void arch_memory_publish(uint64_t addr, uint64_t size)
{
	/* A guest begins with its caches off: nothing may be only there. */
	cache_flush(addr, size);
	cache_invalidate_instructions();
}
