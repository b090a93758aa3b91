/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * M-mode's way into compartment memory. With Smepmp's machine-mode lockdown it
 * is reachable only through the entry that OpenSBI reserves for that; without,
 * opening costs nothing.
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

void *guest_memory_open(uint64_t addr, uint64_t size)
{
	if (size && sbi_hart_map_saddr(addr, size))
		firmware_fatal("guest memory %lx is open already", addr);
	return (void *)addr;
}

void guest_memory_close(void)
{
	sbi_hart_unmap_saddr();
}
