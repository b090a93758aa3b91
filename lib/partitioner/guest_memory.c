/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt_env.h>
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

void guest_memory_zero(uint64_t base, uint64_t size)
{
	uint64_t *word = (uint64_t *)base, *end = word + size / sizeof(*word);

	while (end - word >= 8) {
		word[0] = word[1] = word[2] = word[3] = 0;
		word[4] = word[5] = word[6] = word[7] = 0;
		word += 8;
	}
	while (word < end)
		*word++ = 0;
	memset(word, 0, size % sizeof(*word));
}

void guest_memory_copy(uint64_t to, const void *from, uint64_t size)
{
	/* Data in a bundle is aligned to 4 bytes (device tree 0.4, 5.4.2). */
	const uint32_t *source = from;
	uint32_t *word = (uint32_t *)to, *end = word + size / sizeof(*word);

	while (word < end)
		*word++ = *source++;
	memcpy(word, source, size % sizeof(*word));
}
