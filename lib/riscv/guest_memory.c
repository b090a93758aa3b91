/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * M-mode's way into compartment memory. With Smepmp's machine-mode lockdown,
 * what a hart's entries grant to its compartment M-mode reaches only through
 * the entry that OpenSBI reserves for that; without, opening costs nothing.
 */
#include <sbi/sbi_hart.h>
#include "firmware.h"

bool guest_memory_owns(unsigned int compartment, uint64_t addr, uint64_t size)
{
	const struct model_compartment *c =
		&firmware.model.compartments[compartment];
	unsigned int i;

	for (i = 0; i < c->memory_count; i++) {
		const struct memory_range *range = &c->memory[i];

		/* No sum of guest values is formed: nothing here can wrap. */
		if (addr >= range->base && size <= range->size &&
		    addr - range->base <= range->size - size)
			return true;
	}
	return false;
}

/*
 * OpenSBI maps the smallest naturally aligned block around what it is asked
 * for, readable and writable and not executable, before all other entries. A
 * block larger than a page could hold the firmware's own code, and stop it.
 */
void *guest_memory_open(uint64_t addr, uint64_t size)
{
	if (addr % GUEST_PAGE_SIZE + size > GUEST_PAGE_SIZE ||
	    sbi_hart_map_saddr(addr, size))
		firmware_fatal("guest memory 0x%lx cannot be opened",
			       (unsigned long)addr);
	return (void *)addr;
}

void guest_memory_close(void)
{
	sbi_hart_unmap_saddr();
}

void guest_memory_leave(void)
{
	pmp_withdraw(sbi_scratch_thishart_ptr());
}
