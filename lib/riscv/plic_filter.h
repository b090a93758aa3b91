/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PLIC as one compartment sees it (RISC-V Platform-Level Interrupt
 * Controller specification 1.0), and the interrupts that the firmware plays.
 *
 * Priorities, pending and enable bits are of own sources and own contexts;
 * everything else reads as zero and ignores writes. A PLIC's pending bits
 * cannot be written: a played interrupt is pending here, its priority and
 * enables are in the machine's registers of a source that nothing drives.
 * While one is pending or claimed, the page of a context that has it enabled is not
 * the guest's, and claims are answered here: of all that is pending the highest
 * priority first, then the lowest number.
 *
 * Ownership: the filter is the caller's; it points into a model that stays.
 * Concurrency: the caller serialises what is for one compartment; several
 * compartments may be served at once.
 * Trust: addresses and values are a guest's. No guest memory is touched.
 */
#ifndef LIB_RISCV_PLIC_FILTER_H
#define LIB_RISCV_PLIC_FILTER_H

#include "irqchip_sources.h"

struct plic_own {
	struct irqchip_sources sources;
	uint32_t pending;	/* bit n: sources.played[n] */
	/* Which context has claimed played[n] and not completed it, or -1. */
	int context[IRQCHIP_PLAYED_MAX];
};

struct plic_filter {
	const struct model *model;
	struct plic_own own[MODEL_COMPARTMENTS_MAX];
};

/* What a hart needs for the sake of played interrupts. */
enum plic_need {
	PLIC_NEED_NOTHING,	/* its context's page is the guest's */
	PLIC_NEED_TRAP,		/* accesses to that page come here */
	PLIC_NEED_INTERRUPT,	/* they do, and one is to be claimed there */
};

void plic_filter_init(struct plic_filter *filter, const struct model *model);

/*
 * An aligned access of 4 bytes by a compartment; false if nothing of the PLIC
 * that it may name is there. It may change what all of its harts need.
 */
bool plic_filter_access(struct plic_filter *filter, unsigned int compartment,
			uint64_t addr, bool write, uint32_t *value);

/* Makes a played source pending; nothing happens to any other. */
void plic_filter_raise(struct plic_filter *filter, unsigned int compartment,
		       uint32_t source);

/* Of a compartment's hart. */
enum plic_need plic_filter_get_need(const struct plic_filter *filter,
				    const struct machine_hart *hart);

/* Leaves nothing of a stopped compartment's use. */
void plic_filter_clear(struct plic_filter *filter, unsigned int compartment);

#endif
