/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AArch64 firmware's own state and the seams between the files of
 * lib/arm64. All of it runs at EL2, translation and caches on, identity mapped.
 *
 * Ownership: static state, in memory that stage 2 gives to nobody.
 * Concurrency: said at each member and function; "cold" means by the core that
 * boots, before any other runs.
 * Trust: registers of a trap frame are a guest's values.
 */
#ifndef LIB_ARM64_ARM64_H
#define LIB_ARM64_ARM64_H

#include <arm64/board.h>
#include <partitioner/arch.h>
#include <partitioner/partitioner.h>
#include "pmu.h"

/* What vectors.S saves of a guest; it restores all of it on the way back. */
struct trap_frame {
	uint64_t x[31];
	uint64_t elr;		/* ELR_EL2 */
	uint64_t spsr;		/* SPSR_EL2 */
	uint64_t reserved;	/* keeps the size a multiple of 16 */
};

/* A core's life as PSCI names it, kept by us; changed atomically. */
enum core_state {
	CORE_OFF = 0,		/* off, or its last steps to there */
	CORE_ON_PENDING,	/* somebody turns it on */
	CORE_ON,		/* in its compartment, or about to enter it */
	CORE_STOPPING,		/* left its compartment, may coordinate its end */
};

#define CORE_STACK_SIZE	16384

/* One per core of the machine; TPIDR_EL2 points to the running core's own. */
struct core {
	struct hart hart;		/* first: arch_hart_this() */
	struct pmu pmu;
	uint32_t state;			/* atomic: enum core_state */
	uint64_t entry;			/* where a pending start enters */
	uint64_t argument;		/* x0 there */
	uint32_t faults;		/* of EL2 itself, on this core */
	struct memory_range opened;	/* arch_guest_open() */
	/* last: start.S finds its end there */
	char stack[CORE_STACK_SIZE] __attribute__((aligned(16)));
};

/*
 * The first is the core that boots: start.S takes its stack, boot.c puts its
 * id there. arch_hart_add() finds it by that, and adds others behind it.
 */
extern struct core cores[MACHINE_HARTS_MAX];

static inline struct core *core_this(void)
{
	struct core *core;

	__asm__ ("mrs %0, tpidr_el2" : "=r" (core));
	return core;
}

#define read_sysreg(name) ({						\
	uint64_t value_;						\
	__asm__ volatile ("mrs %0, " #name : "=r" (value_) : : "memory"); \
	value_;								\
})
#define write_sysreg(name, value)					\
	__asm__ volatile ("msr " #name ", %0" : :			\
			  "r" ((uint64_t)(value)) : "memory")
#define isb()		__asm__ volatile ("isb" : : : "memory")
#define dsb(domain)	__asm__ volatile ("dsb " #domain : : : "memory")

/* ---- start.S, vectors.S ---- */
/* Where PSCI starts a core at EL2 with x0 = its struct core. */
extern char start_secondary[];
/* Enters EL1 with all registers zero but x0; the core's stack is emptied. */
void guest_enter(uint64_t entry, uint64_t x0) __attribute__((noreturn));
/*
 * Calls `function` on the calling core's own stack, emptied: for who leaves a
 * trap and does not come back.
 */
void stack_leave(void (*function)(void)) __attribute__((noreturn));

/* ---- boot.c: called by start.S ---- */
/* Cold: from the loaded image to the first guest. */
void boot_cold(const void *tree, uint64_t image, uint64_t image_end)
	__attribute__((noreturn));
/* Not at EL2 as it has to be: says so, with translation off. */
void boot_refuse(const void *tree, unsigned int level)
	__attribute__((noreturn));
/* Every other core, each time it is started. */
void boot_secondary(void) __attribute__((noreturn));
/* The firmware's board: one is linked in. */
extern const struct arm64_board *const board;

/* ---- console.c ---- */
/* Finds the UART in the machine's tree; before that nothing is printed. */
void console_setup(const void *tree);
/* From here on several cores may print: translation is on. */
void console_share(void);

/* ---- mmu.c: EL2's own translation ---- */
/* Cold, with translation off: RAM cached, code not writable, the rest device. */
void mmu_build(const struct machine *machine);
/* Each core, after that; in start.S, for it uses no stack. */
void mmu_enable(void);

/* ---- cache.c ---- */
/* Clean and invalidate to the point of coherency. */
void cache_flush(uint64_t addr, uint64_t size);
/* Clean only: what is cached stays. */
void cache_clean(uint64_t addr, uint64_t size);
/* Forgets what is cached of memory that was written with translation off. */
void cache_forget(uint64_t addr, uint64_t size);
/* Every core's instruction caches. */
void cache_invalidate_instructions(void);

/* ---- stage2.c ---- */
/* Cold: builds every compartment's tables from the model; fatal if none fit. */
void stage2_setup(void);
/* Each core that enters a compartment: VTCR_EL2, VTTBR_EL2, and a flush. */
void stage2_enter(unsigned int compartment);

/* ---- el2.c, el1.c ---- */
/* EL2's own control registers: traps, timer, PMU; each core, once. */
void el2_setup(void);
/* Nothing of a former life is left in EL1 and EL0 registers of this core. */
void el1_clear(void);

/* ---- core.c: the life of a core ---- */
/* Runs on a core that was started, with translation on: goes to its guest. */
void core_enter(void) __attribute__((noreturn));
struct core *core_find(uint64_t mpidr);

static inline enum core_state core_get_state(const struct core *core)
{
	return __atomic_load_n(&core->state, __ATOMIC_ACQUIRE);
}

/* Whether it runs, or is about to run, its guest. */
static inline bool core_is_started(const struct core *core)
{
	enum core_state state = core_get_state(core);

	return state == CORE_ON_PENDING || state == CORE_ON;
}

/* Affinity fields of an MPIDR, the form of hart ids. */
#define MPIDR_AFFINITY	0xff00ffffffULL

/* ---- psci.c, and psci_forward() of <arm64/board.h> ---- */
/* A guest's PSCI call; whether it was one. Its result goes into x[0]. */
bool psci_call(struct trap_frame *frame);
void psci_cpu_off(void) __attribute__((noreturn));

/* ---- smccc.c ---- */
/*
 * HVC or SMC of a guest on this core, whichever it used; the PC is already
 * behind it.
 */
void smccc_call(struct core *core, struct trap_frame *frame);

/* ---- trap.c: from vectors.S ---- */
void trap_synchronous(struct trap_frame *frame);
/* Cannot happen, for IRQ is the guest's (IMO is 0): ends the machine. */
void trap_irq(struct trap_frame *frame) __attribute__((noreturn));
void trap_fiq(struct trap_frame *frame);	/* EL2's own interrupt */
void trap_serror(struct trap_frame *frame);
/* What EL2 itself did: ends the machine. */
void trap_el2(struct trap_frame *frame) __attribute__((noreturn));

/* ---- access.c ---- */
/*
 * Carries a guest's data abort out if something answers there; a register is
 * then loaded, and going on behind it is left to the caller.
 */
enum guest_access_result access_emulate(struct core *core,
					struct trap_frame *frame);

/* ---- inject.c ---- */
/*
 * The guest takes what it did as an exception of its own at EL1: a synchronous
 * external abort for a data or instruction access, or an undefined instruction.
 */
void inject_abort(struct trap_frame *frame);
void inject_undefined(struct trap_frame *frame);

/* ---- sysreg.c: system registers that trap ---- */
/* One of ESR_EL2.EC 0x18; true if it was handled, else it is undefined. */
bool sysreg_access(struct trap_frame *frame, uint32_t iss);

#endif
