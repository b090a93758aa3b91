/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one hart may reach: the list that its protection is made from, whatever
 * that is (protection entries, translation tables), and that is counted when a
 * manifest is checked.
 *
 * A hart gets its compartment's memory (rwx), its windows ("r" or "rw", never
 * x), its devices (rw), and the interrupt pages that its architecture grants;
 * the server of a channel with data = "grant" also gets all memory of its
 * client (rw, never x). Everything else is denied.
 *
 * Memory: the caller's. Concurrency: none kept; reads a constant model, so any
 * hart may ask at any time. Trust: the model is one that manifest_parse() has
 * accepted; it is believed, as is the machine's tree behind it.
 */
#ifndef COMPARTMENT_GRANT_H
#define COMPARTMENT_GRANT_H

#include <compartment/manifest.h>

#define PROTECTION_READ		1U
#define PROTECTION_WRITE	2U
#define PROTECTION_EXECUTE	4U

/* No list is longer: a model that would need more is refused. */
#define GRANTS_MAX		64
#define GRANT_TOO_MANY		(~0U)

struct grant {
	struct memory_range range;
	uint8_t rights;		/* PROTECTION_* */
	bool mmio;		/* device or interrupt page, not RAM */
	bool alone;		/* never joined: it is withdrawn for a while */
};

/* What is granted of register range `index` of a device: it, or its pages. */
struct memory_range grant_device_range(const struct model_device *device,
				       unsigned int index);

/*
 * Write what hart `hart` (an id, of `compartment`) may reach to out[0..max):
 * in whole units of board->granularity (on arm64, pages), sorted by base,
 * touching ranges of the same kind and rights joined (unless one is `alone`),
 * so that no two overlap.
 * Returns how many there are, or GRANT_TOO_MANY if that is more than `max`.
 */
unsigned int grant_list(const struct model *model, unsigned int compartment,
			uint32_t hart, struct grant *out, unsigned int max);

#endif
