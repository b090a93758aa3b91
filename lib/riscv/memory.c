/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * M-mode's way into compartment memory. With Smepmp's machine-mode lockdown,
 * what a hart's entries grant to its compartment M-mode reaches only through
 * the entry that OpenSBI reserves for that; without, opening costs nothing.
 */
#include <sbi/riscv_io.h>
#include <sbi/sbi_hart.h>
#include "firmware.h"

/*
 * OpenSBI maps the smallest naturally aligned block around what it is asked
 * for, readable and writable and not executable, before all other entries. A
 * block larger than a page could hold the firmware's own code, and stop it.
 */
void *arch_guest_open(uint64_t addr, uint64_t size)
{
	if (addr % GUEST_PAGE_SIZE + size > GUEST_PAGE_SIZE ||
	    sbi_hart_map_saddr(addr, size))
		partitioner_fatal("guest memory 0x%lx cannot be opened",
				  (unsigned long)addr);
	return (void *)addr;
}

void arch_guest_close(void)
{
	sbi_hart_unmap_saddr();
}

uint64_t arch_guest_or(uint64_t addr, uint64_t bits)
{
	uint64_t *word = arch_guest_open(addr, sizeof(*word));
	uint64_t before = __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);

	arch_guest_close();
	return before;
}

void arch_guest_leave(void)
{
	pmp_withdraw(sbi_scratch_thishart_ptr());
}

/* The PMP is each hart's own, and an M-level interrupt stops every hart. */
void arch_compartment_withdraw(unsigned int compartment)
{
}

void arch_compartment_grant(unsigned int compartment)
{
}

/* Caches are coherent; a hart that starts forgets what it had fetched. */
void arch_memory_publish(uint64_t addr, uint64_t size)
{
}

uint32_t arch_device_read(uint64_t addr)
{
	return readl((void *)addr);
}

void arch_device_write(uint64_t addr, uint32_t value)
{
	writel(value, (void *)addr);
}
