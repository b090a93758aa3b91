/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment/riscv: covering one range with the fewest naturally aligned
 * power-of-two entries, a smaller entry overruling a larger one.
 *
 * Memory: the caller's. Concurrency: none kept. Trust: the range has passed the
 * manifest's rules; what may be allowed around it is_clean alone decides.
 */
#ifndef LIB_COMPARTMENT_RISCV_COVER_H
#define LIB_COMPARTMENT_RISCV_COVER_H

#include <compartment/riscv/protection.h>

/* Whether [base, base + 2^order) may be allowed whole, then denied in part. */
typedef bool (*cover_clean_fn)(const void *context, uint64_t base,
			       unsigned int order);

struct cover {
	cover_clean_fn is_clean;
	const void *context;
	uint8_t rights;
	bool mmio;
	struct protection_entry *out;
	unsigned int max;
	unsigned int count;	/* counts on past max, storing nothing */
};

/* Append the entries that grant exactly `range` (not empty, does not wrap). */
void cover_range(struct cover *cover, const struct memory_range *range);

#endif
