/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisor-level APLIC as one compartment sees it (RISC-V Advanced
 * Interrupt Architecture 1.0, chapter 4), and the interrupts that the firmware
 * plays.
 *
 * Configuration, pending and enable bits and targets are of own sources, and
 * a target is an own hart; everything else reads as zero and ignores writes.
 * The domain's configuration is the firmware's and reads as it is. Without
 * messages, own harts have their delivery structures. A played source is held
 * detached in the machine while its owner has it active in any way, and is made
 * pending by its number.
 *
 * Ownership: the filter is the caller's; it points into a model that stays.
 * Concurrency: the caller serialises what is for one compartment; several
 * compartments may be served at once.
 * Trust: addresses and values are a guest's. No guest memory is touched.
 */
#ifndef LIB_RISCV_APLIC_FILTER_H
#define LIB_RISCV_APLIC_FILTER_H

#include "irqchip_sources.h"

struct aplic_own {
	struct irqchip_sources sources;
	/* sourcecfg of sources.played[n], as its owner has it. */
	uint8_t mode[IRQCHIP_PLAYED_MAX];
};

struct aplic_filter {
	const struct model *model;
	struct aplic_own own[MODEL_COMPARTMENTS_MAX];
};

/* Lets the domain deliver what compartments will enable. */
void aplic_filter_init(struct aplic_filter *filter, const struct model *model);

/*
 * An aligned access of 4 bytes by a compartment; false if it is not one to the
 * APLIC.
 */
bool aplic_filter_access(struct aplic_filter *filter, unsigned int compartment,
			 uint64_t addr, bool write, uint32_t *value);

/*
 * An edge at a played source's wire; lost, as an edge is, if the source is not
 * active or detached. Nothing happens to any other source.
 */
void aplic_filter_raise(const struct aplic_filter *filter,
			unsigned int compartment, uint32_t source);

/* Leaves nothing of a stopped compartment's use. */
void aplic_filter_clear(struct aplic_filter *filter, unsigned int compartment);

#endif
