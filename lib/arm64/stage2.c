/* SPDX-License-Identifier: BSD-2-Clause */
/* What compartments reach: their stage 2 tables, on the cores. */
#include "arm64.h"
#include "stage2_table.h"

/* VTCR_EL2: 4 KiB granule, walks in write-back inner-shareable memory */
#define VTCR_RES1		(1ULL << 31)
#define VTCR_PS(range)		((uint64_t)(range) << 16)
#define VTCR_WALK		(3ULL << 12 | 1ULL << 10 | 1ULL << 8)
#define VTCR_FIRST_LEVEL_1	(1ULL << 6)
#define VTCR_T0SZ(bits)		(64ULL - (bits))

/* ID_AA64MMFR0_EL1 */
#define MMFR0_RANGE(mmfr0)	((unsigned int)(mmfr0) & 0xf)
#define MMFR0_NO_4K(mmfr0)	(((mmfr0) >> 28 & 0xf) == 0xf)

static stage2_table tables[MODEL_COMPARTMENTS_MAX][BOARD_TABLES]
	__attribute__((aligned(4096)));

/* Root and VMID; VMID 0 is nobody's. */
static uint64_t vttbr_get(unsigned int compartment)
{
	return (uint64_t)tables[compartment][0] |
	       (uint64_t)(compartment + 1) << 48;
}

/* Addresses of a core that has fewer than 39 bits of them. */
static uint64_t vtcr_get(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int range = MMFR0_RANGE(read_sysreg(id_aa64mmfr0_el1));
	unsigned int size;

	if (range >= sizeof(bits))
		range = sizeof(bits) - 1;
	size = bits[range] < TABLES_ADDRESS_BITS ? bits[range] :
						   TABLES_ADDRESS_BITS;
	return VTCR_RES1 | VTCR_PS(range) | VTCR_WALK | VTCR_FIRST_LEVEL_1 |
	       VTCR_T0SZ(size);
}

void stage2_setup(void)
{
	const struct model *model = &partitioner.model;
	struct grant grants[GRANTS_MAX];
	unsigned int id, count;

	if (MMFR0_NO_4K(read_sysreg(id_aa64mmfr0_el1)))
		partitioner_fatal("this core has no pages of 4 KiB");
	for (id = 0; id < model->compartment_count; id++) {
		const struct model_compartment *c = &model->compartments[id];

		/* The same for every hart: there are no interrupt pages. */
		count = grant_list(model, id, c->boot_hart, grants, GRANTS_MAX);
		if (count > GRANTS_MAX ||
		    !stage2_table_build(tables[id], BOARD_TABLES, grants,
					count))
			partitioner_fatal("%s: needs more than %u translation tables",
					  c->name, BOARD_TABLES);
	}
	/* Pairs with the walks of whoever enters: stage2_enter(). */
	dsb(ish);
}

void stage2_enter(unsigned int compartment)
{
	write_sysreg(vtcr_el2, vtcr_get());
	write_sysreg(vttbr_el2, vttbr_get(compartment));
	isb();
	/*
	 * Stops translations and instructions of a former life from being used:
	 * what was withdrawn or written while this core was off is found anew.
	 */
	__asm__ volatile ("tlbi	vmalls12e1\n"
			  "ic	iallu\n" : : : "memory");
	dsb(nsh);
	isb();
}

/*
 * A core that is about to enter finds the same empty root when it first walks,
 * for nothing of it is cached before: stage2_enter().
 */
void arch_compartment_withdraw(unsigned int compartment)
{
	uint64_t vttbr = read_sysreg(vttbr_el2);

	stage2_table_withdraw(&tables[compartment][0]);
	/* The root before the invalidation, on every core. */
	dsb(ish);
	write_sysreg(vttbr_el2, vttbr_get(compartment));
	isb();
	__asm__ volatile ("tlbi	vmalls12e1is" : : : "memory");
	/* Accesses under way by the old translations have ended behind this. */
	dsb(ish);
	write_sysreg(vttbr_el2, vttbr);
	isb();
}

void arch_compartment_grant(unsigned int compartment)
{
	stage2_table_grant(&tables[compartment][0]);
	/* Pairs with the walks of the core that is started after this. */
	dsb(ish);
}

/* EL2's own translation reaches all RAM, whoever's it is. */
void *arch_guest_open(uint64_t addr, uint64_t size)
{
	core_this()->opened = (struct memory_range){ addr, size };
	return (void *)addr;
}

/*
 * Who has a device that the firmware plays reads its registers past the caches:
 * what was written to them has to be in memory.
 */
void arch_guest_close(void)
{
	const struct memory_range *opened = &core_this()->opened;

	cache_clean(opened->base, opened->size);
}

uint64_t arch_guest_or(uint64_t addr, uint64_t bits)
{
	return __atomic_fetch_or((uint64_t *)addr, bits, __ATOMIC_SEQ_CST);
}

void arch_guest_leave(void)
{
}
