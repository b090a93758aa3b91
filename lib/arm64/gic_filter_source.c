/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers that hold something for each interrupt source: see gic_filter.h. */
#include "gic_filter.h"
#include "gic_registers.h"

uint8_t gic_priority_to_machine(const struct gic_filter *filter, uint8_t seen)
{
	/*
	 * With two states the distributor maps what the Non-secure side writes
	 * to the lower half by itself, and the stop interrupt has that side's
	 * best priority, 0, for itself alone.
	 */
	if (filter->two_states)
		return seen < filter->priority_step ? filter->priority_step
						    : seen;
	return 0x80 | seen >> 1;
}

uint8_t gic_priority_to_guest(const struct gic_filter *filter, uint8_t given)
{
	return filter->two_states ? given : given << 1;
}

static uint32_t bank_own(const struct gic_bank *bank, unsigned int intid)
{
	unsigned int word = intid / 32;

	return word < bank->end ? bank->own[word] >> intid % 32 : 0;
}

static void bits_write(const struct gic_bank *bank, uint32_t offset,
		       unsigned int word, uint32_t bits)
{
	uint32_t kind = offset - 4 * word;

	if (kind == GIC_ISENABLER) {
		bank->enabled[word] |= bits;
		if (!bank->forwards)
			return;
	} else if (kind == GIC_ICENABLER) {
		bank->enabled[word] &= ~bits;
	}
	/* Zeros change nothing: these registers only set, or only clear. */
	gic_write(bank->base + offset, bits);
}

static void bits_access(const struct gic_bank *bank, uint32_t offset,
			bool write, uint64_t *value)
{
	unsigned int word = offset % GIC_BITS_SIZE / 4;
	uint32_t own = bank_own(bank, 32 * word);

	/* Nor is there a word of `enabled` where the bank has none. */
	if (!own) {
		if (!write)
			*value = 0;
	} else if (write) {
		bits_write(bank, offset, word, *value & own);
	} else if (offset < GIC_ISPENDR) {
		*value = bank->enabled[word] & own;
	} else {
		*value = gic_read(bank->base + offset) & own;
	}
}

/* Byte by byte: the bytes of a word may have several owners at once. */
static void priority_access(const struct gic_filter *filter,
			    const struct gic_bank *bank, uint32_t offset,
			    unsigned int size, bool write, uint64_t *value)
{
	uint32_t own = bank_own(bank, offset - GIC_IPRIORITYR);
	uint64_t given = *value;
	unsigned int i;

	if (!write)
		*value = 0;
	for (i = 0; i < size; i++) {
		uint64_t addr = bank->base + offset + i;

		if (!(own >> i & 1))
			continue;
		if (write)
			gic_write8(addr, gic_priority_to_machine(filter,
						(uint8_t)(given >> 8 * i)));
		else
			*value |= (uint64_t)gic_priority_to_guest(filter,
						gic_read8(addr)) << 8 * i;
	}
}

/* The upper of the two bits of each of 16 sources: 1 is edge-triggered. */
static uint32_t config_spread(uint32_t sources)
{
	uint32_t mask = 0;
	unsigned int i;

	for (i = 0; i < 16; i++)
		mask |= (sources >> i & 1) << (2 * i + 1);
	return mask;
}

static void config_access(struct gic_filter *filter,
			  const struct gic_bank *bank, uint32_t offset,
			  bool write, uint64_t *value)
{
	unsigned int intid = (offset - GIC_ICFGR) * 4;
	uint32_t own = bank_own(bank, intid), mask, word;

	mask = config_spread(own);
	if (!write)
		*value = mask ? gic_read(bank->base + offset) & mask : 0;
	if (!write || !mask)
		return;
	/* A doorbell that became level-triggered would lose its pending bit. */
	mask = config_spread(own & ~(bank->fixed[intid / 32] >> intid % 32));
	/* The one register in which a write of own fields has others'. */
	port_lock_acquire(&filter->config);
	word = gic_read(bank->base + offset);
	gic_write(bank->base + offset, (word & ~mask) | (*value & mask));
	port_lock_release(&filter->config);
}

bool gic_bank_access(struct gic_filter *filter,
		     const struct gic_bank *bank, uint32_t offset,
		     unsigned int size, bool write, uint64_t *value)
{
	if (offset >= GIC_IPRIORITYR &&
	    offset < GIC_IPRIORITYR + GIC_PRIORITIES_SIZE) {
		if (size != 1 && size != 4)
			return false;
		priority_access(filter, bank, offset, size, write, value);
		return true;
	}
	if (size != 4)
		return false;
	if (offset >= GIC_ISENABLER && offset < GIC_IPRIORITYR)
		bits_access(bank, offset, write, value);
	else if (offset >= GIC_ICFGR && offset < GIC_ICFGR_END)
		config_access(filter, bank, offset, write, value);
	else
		return false;
	return true;
}

void gic_bank_forward(const struct gic_bank *bank, bool forwards)
{
	unsigned int word;

	for (word = 0; word < bank->end; word++) {
		uint32_t own = bank->own[word];

		if (own && forwards)
			gic_write(bank->base + GIC_ISENABLER + 4 * word,
				  bank->enabled[word] & own);
		else if (own)
			gic_write(bank->base + GIC_ICENABLER + 4 * word, own);
	}
}

void gic_bank_clear(struct gic_filter *filter,
		    const struct gic_bank *bank)
{
	unsigned int word, i;
	uint64_t zero = 0;

	for (word = 0; word < bank->end; word++) {
		uint32_t own = bank->own[word];

		if (!own)
			continue;
		bank->enabled[word] &= ~own;
		gic_write(bank->base + GIC_ICACTIVER + 4 * word, own);
		for (i = 0; i < 8; i++)
			priority_access(filter, bank, GIC_IPRIORITYR +
					32 * word + 4 * i, 4, true, &zero);
		for (i = 0; i < 2; i++)
			config_access(filter, bank, GIC_ICFGR + 8 * word +
				      4 * i, true, &zero);
		/* Last: a change of the trigger may leave it pending. */
		gic_write(bank->base + GIC_ICPENDR + 4 * word, own);
	}
}
