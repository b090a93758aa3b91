/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V: the memory protection entries that confine one hart, the very list
 * that the firmware programs and that the checker counts. They stand on what
 * the hart is granted (<compartment/grant.h>).
 *
 * An entry is a naturally aligned power of two. Where entries overlap the
 * smaller one decides; the list is in that order (by size, then by base), which
 * is also the order of OpenSBI's domain regions, so that programming it from
 * the lowest PMP entry up has that meaning (privileged specification 3.7.1: the
 * lowest-numbered entry that matches decides). What no entry covers is denied.
 *
 * Each granted range gets the fewest entries possible, which may mean a larger
 * entry with smaller deny entries over it, but only where the larger one stays
 * inside RAM and touches nothing that is not this hart's own range.
 *
 * Memory: the caller's. Concurrency: none kept; reads a constant model, so any
 * hart may ask at any time. Trust: the model is one that manifest_parse() has
 * accepted; it is believed, as is the machine's tree behind it.
 */
#ifndef COMPARTMENT_RISCV_PROTECTION_H
#define COMPARTMENT_RISCV_PROTECTION_H

#include <compartment/grant.h>

/* More than any board has, and than any valid model can need. */
#define PROTECTION_TOO_MANY	GRANT_TOO_MANY

struct protection_entry {
	uint64_t base;
	uint8_t order;		/* log2 of the size in bytes */
	uint8_t rights;		/* 0 denies */
	bool mmio;		/* device or interrupt page, not RAM */
};

/*
 * Write the entries for hart `hart` (an id, of `compartment`) to out[0..max).
 * Returns how many are needed, or PROTECTION_TOO_MANY. If that is more than
 * `max`, out[] holds nothing of use; the model's rules keep it at most
 * board->protection_units - protection_kept.
 */
unsigned int protection_list(const struct model *model,
			     unsigned int compartment, uint32_t hart,
			     struct protection_entry *out, unsigned int max);

#endif
