/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way out of a guest: what it called for, what was refused to it, what
 * was sent to its core, and what of that is counted.
 */
#include "arm64.h"
#include "exception.h"
#include "gic.h"

/* IPA bits 47:12 in HPFAR_EL2 bits 39:4 */
#define HPFAR_TO_IPA(hpfar)	(((hpfar) & 0xfffffffff0ULL) << 8)

static struct core *trap_begin(void)
{
	struct core *core = core_this();

	hart_count(&core->hart, COMPARTMENT_COUNTER_ENTRIES, 1);
	return core;
}

/* Nothing of a life that is being ended runs on, whatever it trapped for. */
static void trap_end(struct core *core)
{
	if (hart_is_ending(&core->hart))
		arch_hart_stop();
	hart_count(&core->hart, COMPARTMENT_COUNTER_INSTRUCTIONS,
		   pmu_take(&core->pmu));
}

/* What trapped is done: as the instruction itself would have left it. */
static void trap_skip(struct trap_frame *frame)
{
	frame->elr += 4;
	frame->spsr &= ~(uint64_t)SPSR_BTYPE;
}

/* The only addresses at which something answers that stage 2 does not map. */
static bool trap_access_gic(struct trap_frame *frame)
{
	struct access access;
	uint64_t addr, value = 0;

	/* 32-bit code has state (ITSTATE) that would have to advance too. */
	if ((frame->spsr & SPSR_AARCH32) ||
	    !access_decode(read_sysreg(esr_el2), &access))
		return false;
	addr = HPFAR_TO_IPA(read_sysreg(hpfar_el2)) |
	       (read_sysreg(far_el2) & (GUEST_PAGE_SIZE - 1));
	if (access.write && access.reg < 31)
		value = frame->x[access.reg];
	if (access.size < 8)
		value &= (1ULL << 8 * access.size) - 1;
	if (!gic_access(addr, access.size, access.write, &value))
		return false;
	if (!access.write && access.reg < 31)
		frame->x[access.reg] = access_extend(&access, value);
	trap_skip(frame);
	return true;
}

static void trap_dispatch(struct core *core, struct trap_frame *frame)
{
	uint64_t esr = read_sysreg(esr_el2);

	switch (ESR_EC(esr)) {
	case ESR_EC_SMC64:
		trap_skip(frame);	/* HVC comes with the PC behind it */
		/* fall through */
	case ESR_EC_HVC64:
		smccc_call(core, frame);
		break;
	case ESR_EC_SYSREG:
		if (sysreg_access(frame, ESR_ISS(esr)))
			trap_skip(frame);
		else
			inject_undefined(frame);
		break;
	case ESR_EC_DATA_ABORT:
		if (!trap_access_gic(frame))
			inject_abort(frame);
		break;
	case ESR_EC_FETCH_ABORT:
		inject_abort(frame);
		break;
	default:
		/* Whatever else traps is not given to any compartment. */
		inject_undefined(frame);
	}
}

void trap_synchronous(struct trap_frame *frame)
{
	struct core *core = trap_begin();

	trap_dispatch(core, frame);
	trap_end(core);
}

void trap_fiq(struct trap_frame *frame)
{
	struct core *core = trap_begin();
	uint32_t commands;

	(void)frame;
	gic_take_fiq();
	commands = hart_take_commands(&core->hart);
	/* A command to stop trap_end() sees by itself. */
	if ((commands & HART_COMMAND_END) && !hart_is_ending(&core->hart))
		life_request(life_get_goal(core->hart.compartment, true, true));
	trap_end(core);
}

void trap_serror(struct trap_frame *frame)
{
	const struct core *core = trap_begin();

	partitioner_print("%s: SError at 0x%lx, syndrome 0x%lx",
			  partitioner.model.compartments[
				core->hart.compartment].name,
			  (unsigned long)frame->elr,
			  (unsigned long)read_sysreg(esr_el2));
	life_request(LIFECYCLE_FAIL);
}

void trap_irq(struct trap_frame *frame)
{
	partitioner_print("hart %u: an IRQ of its guest, at 0x%lx, came to EL2",
			  core_this()->hart.id, (unsigned long)frame->elr);
	arch_power_off(true);
}

void trap_el2(struct trap_frame *frame)
{
	struct core *core = core_this();

	/* To say it, or to end the machine, may be what fails. */
	switch (core->faults++) {
	case 0:
		partitioner_print("hart %u: exception in the firmware at 0x%lx, "
				  "syndrome 0x%lx, address 0x%lx",
				  core->hart.id, (unsigned long)frame->elr,
				  (unsigned long)read_sysreg(esr_el2),
				  (unsigned long)read_sysreg(far_el2));
		/* fall through */
	case 1:
		arch_power_off(true);
	default:
		for (;;)
			__asm__ volatile ("wfi");
	}
}
