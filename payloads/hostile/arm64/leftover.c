/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 36, what is left in a hart's registers: those of EL1 and EL0 that the
 * payload itself does not need, performance counters, timers, vectors. The rest
 * is what leftover_enter() looks at. Names: Arm ARM.
 */
#include <common/console.h>
#include <sysreg.h>
#include "../hostile.h"
#include "../leftover.h"

#define LEFT		0x7265736964756570UL
#define LEFT_ADDRESS	0x40200000UL
#define CPACR_FPEN	(3UL << 20)
#define HAS_NO_VECTORS	15

struct leftover_register {
	const char *name;
	uint64_t (*read)(void);
	void (*write)(uint64_t value);
	uint64_t left;		/* at the start of a life none of its bits */
};

#define ACCESSORS(name)						\
static uint64_t leftover_read_##name(void)			\
{								\
	return read_sysreg(name);				\
}								\
static void leftover_write_##name(uint64_t value)		\
{								\
	write_sysreg(name, value);				\
}

ACCESSORS(esr_el1)
ACCESSORS(far_el1)
ACCESSORS(elr_el1)
ACCESSORS(spsr_el1)
ACCESSORS(sp_el0)
ACCESSORS(tpidr_el0)
ACCESSORS(tpidrro_el0)
ACCESSORS(contextidr_el1)
ACCESSORS(ttbr1_el1)
ACCESSORS(amair_el1)
ACCESSORS(afsr0_el1)
ACCESSORS(afsr1_el1)
ACCESSORS(actlr_el1)
ACCESSORS(par_el1)
ACCESSORS(csselr_el1)
ACCESSORS(cntkctl_el1)
ACCESSORS(cntv_cval_el0)
ACCESSORS(cntp_cval_el0)
ACCESSORS(mdscr_el1)
ACCESSORS(dbgbvr0_el1)
ACCESSORS(dbgbcr0_el1)
ACCESSORS(dbgwvr0_el1)
ACCESSORS(pmselr_el0)
ACCESSORS(pmuserenr_el0)
ACCESSORS(pmccfiltr_el0)
ACCESSORS(pmevcntr0_el0)
ACCESSORS(pmevtyper0_el0)
ACCESSORS(pmcntenset_el0)
ACCESSORS(pmintenset_el1)
ACCESSORS(pmovsset_el0)
ACCESSORS(fpcr)
ACCESSORS(fpsr)

#define REGISTER(name, left) \
	{ #name, leftover_read_##name, leftover_write_##name, left }

/* Those of a trap come first, though none is taken on the way here. */
static const struct leftover_register leftover_registers[] = {
	REGISTER(esr_el1, 0x2000000),
	REGISTER(far_el1, LEFT),
	REGISTER(elr_el1, LEFT),
	REGISTER(spsr_el1, 0xf0000000),
	REGISTER(sp_el0, LEFT),
	REGISTER(tpidr_el0, LEFT),
	REGISTER(tpidrro_el0, LEFT),
	REGISTER(contextidr_el1, 0x72657369),
	REGISTER(ttbr1_el1, LEFT_ADDRESS),
	REGISTER(amair_el1, LEFT),
	REGISTER(afsr0_el1, LEFT),
	REGISTER(afsr1_el1, LEFT),
	REGISTER(actlr_el1, LEFT),
	REGISTER(par_el1, LEFT_ADDRESS),
	REGISTER(csselr_el1, 2),
	REGISTER(cntkctl_el1, 0x3ff),
	REGISTER(cntv_cval_el0, LEFT),
	REGISTER(cntp_cval_el0, LEFT),
	REGISTER(mdscr_el1, 1 << 12),
	REGISTER(dbgbvr0_el1, LEFT_ADDRESS),
	REGISTER(dbgbcr0_el1, 0x1e0),
	REGISTER(dbgwvr0_el1, LEFT_ADDRESS),
	REGISTER(pmselr_el0, 1),
	REGISTER(pmuserenr_el0, 0xf),
	REGISTER(pmccfiltr_el0, 0x40000000),
	REGISTER(pmevcntr0_el0, 0x72657369),
	REGISTER(pmevtyper0_el0, 0x40000011),
	REGISTER(pmcntenset_el0, 1),
	REGISTER(pmintenset_el1, 1),
	REGISTER(pmovsset_el0, 1),
	REGISTER(fpcr, 0x3000000),
	REGISTER(fpsr, 0x8000000),
};
#define REGISTER_COUNT \
	(sizeof(leftover_registers) / sizeof(leftover_registers[0]))

void leftover_vectors_fill(uint64_t pattern);
uint64_t leftover_vectors_gather(void);

static bool leftover_has_vectors(void)
{
	return (read_sysreg(id_aa64pfr0_el1) >> 16 & 15) != HAS_NO_VECTORS;
}

unsigned int leftover_leave(void)
{
	unsigned int count = 0;

	write_sysreg(cpacr_el1, CPACR_FPEN);
	isb();
	if (leftover_has_vectors())
		leftover_vectors_fill(LEFT);
	for (unsigned int i = 0; i < REGISTER_COUNT; i++) {
		const struct leftover_register *r = &leftover_registers[i];

		r->write(r->left);
		isb();
		if (r->read() & r->left)
			count++;
	}
	return count;
}

static bool leftover_say(const char *name, uint64_t value)
{
	print("residue: %s holds 0x%lx\n", name, value);
	return false;
}

bool leftover_is_clear(void)
{
	uint64_t cpacr = read_sysreg(cpacr_el1), values[REGISTER_COUNT];
	bool clear = true;

	write_sysreg(cpacr_el1, CPACR_FPEN);
	isb();
	/* Saying one changes what others hold. */
	for (unsigned int i = 0; i < REGISTER_COUNT; i++)
		values[i] = leftover_registers[i].read();
	for (unsigned int i = 0; i < REGISTER_COUNT; i++) {
		if (values[i] & leftover_registers[i].left)
			clear = leftover_say(leftover_registers[i].name,
					     values[i]);
	}
	if (cpacr & CPACR_FPEN)
		clear = leftover_say("cpacr_el1", cpacr);
	if (leftover_has_vectors() && leftover_vectors_gather())
		clear = leftover_say("a vector register", 1);
	return clear;
}
