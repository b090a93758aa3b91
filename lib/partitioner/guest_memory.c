/* SPDX-License-Identifier: BSD-2-Clause */
#include <partitioner/partitioner.h>

bool guest_memory_owns(unsigned int compartment, uint64_t addr, uint64_t size)
{
	const struct model_compartment *c =
		&partitioner.model.compartments[compartment];
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
