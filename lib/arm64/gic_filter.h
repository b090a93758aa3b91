/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interrupt sources a compartment has, and what its accesses to the
 * distributor and to redistributors come to: docs/smccc-abi.md lists it
 * register by register.
 *
 * A guest sees a GICv3 with two security states from the Non-secure side, on
 * machines with one state too: its priorities are the lower half of the
 * machine's, so that none of them, whatever its binary point makes of it, is
 * as urgent as the stop interrupt.
 *
 * Ownership: the filter is the caller's; it points into a model that stays.
 * Concurrency: the caller serialises what is for one compartment, or its harts;
 * several compartments, and gic_filter_owns(), may be served at once.
 * Trust: see gic.h. Nothing here reads or writes guest memory.
 */
#ifndef LIB_ARM64_GIC_FILTER_H
#define LIB_ARM64_GIC_FILTER_H

#include <compartment/manifest.h>
#include <port/lock.h>

#define GIC_WORDS	32	/* of 32 INTIDs each, 1020 to 1023 included */

/* INTIDs */
#define GIC_SGI_GUEST_COUNT	8	/* 0 to 7 are guests', 8 to 15 ours */
#define GIC_PPI_VIRTUAL_TIMER	27
#define GIC_PPI_PHYSICAL_TIMER	30
#define GIC_SPI_FIRST		32
#define GIC_SPI_END		1020

/* What a compartment has of each of its harts' SGIs and PPIs. */
#define GIC_OWN_PRIVATE	(1U << GIC_PPI_VIRTUAL_TIMER |			\
			 1U << GIC_PPI_PHYSICAL_TIMER |			\
			 ((1U << GIC_SGI_GUEST_COUNT) - 1))

struct gic_own {
	uint32_t sources[GIC_WORDS];	/* SPIs; word 0 stays 0 */
	uint32_t enabled[GIC_WORDS];	/* of these, forwarded or not */
	bool forwards;			/* its GICD_CTLR.EnableGrp1 */
};

struct gic_filter {
	const struct model *model;
	unsigned int words;		/* that the distributor has */
	bool two_states;		/* of security: GICD_CTLR.DS is 0 */
	uint8_t priority_step;		/* between two, as guests see them */
	uint32_t doorbells[GIC_WORDS];	/* everybody's */
	struct gic_own own[MODEL_COMPARTMENTS_MAX];
	uint32_t private_enabled[MACHINE_HARTS_MAX];
	struct port_lock config;	/* of the distributor's ICFGR */
};

/* What the model grants; reads the distributor of the model's machine. */
void gic_filter_init(struct gic_filter *filter, const struct model *model,
		     unsigned int priority_bits);

/* Whether the compartment may use INTID `intid` on its own cores. */
bool gic_filter_owns(const struct gic_filter *filter, unsigned int compartment,
		     unsigned int intid);

/* gic_access() of gic.h, for one compartment. */
bool gic_filter_access(struct gic_filter *filter, unsigned int compartment,
		       uint64_t addr, unsigned int size, bool write,
		       uint64_t *value);

/* SPIs of a stopped compartment, as a machine just reset would have them. */
void gic_filter_clear(struct gic_filter *filter, unsigned int compartment);
/* SGIs and PPIs of a hart (its index in the machine) that runs no guest. */
void gic_filter_clear_hart(struct gic_filter *filter, unsigned int hart);

/* A guest's priority, or priority mask, as the machine has it, and back. */
uint8_t gic_priority_to_machine(const struct gic_filter *filter, uint8_t seen);
uint8_t gic_priority_to_guest(const struct gic_filter *filter, uint8_t given);

/*
 * SGIs: whether what hart `from` writes to ICC_SGI1R_EL1 names hart `to`, if
 * both are of one compartment, and what to write to reach one hart.
 */
bool gic_sgi_names(uint64_t value, uint32_t from, uint32_t to);
uint64_t gic_sgi_encode(uint32_t to, unsigned int intid);
unsigned int gic_sgi_intid(uint64_t value);

/*
 * What gic_filter.c and gic_filter_source.c share: registers that hold a bit, a
 * byte or two bits for each source, in the distributor or one redistributor.
 */
struct gic_bank {
	uint64_t base;			/* of the frame */
	unsigned int end;		/* words of INTIDs that it may hold */
	const uint32_t *own;		/* the caller's sources, by word */
	const uint32_t *fixed;		/* sources whose trigger stays */
	uint32_t *enabled;		/* by word */
	bool forwards;
};

/*
 * An access of 4 or, to priorities, 1 byte at an offset; false if none of the
 * bank's registers is there.
 */
bool gic_bank_access(struct gic_filter *filter,
		     const struct gic_bank *bank, uint32_t offset,
		     unsigned int size, bool write, uint64_t *value);
/* Enables or disables the bank's sources on the machine. */
void gic_bank_forward(const struct gic_bank *bank, bool forwards);
/* Of sources that are not forwarded: nothing of a former use but the route. */
void gic_bank_clear(struct gic_filter *filter,
		    const struct gic_bank *bank);

#endif
