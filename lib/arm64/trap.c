/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way out of a guest: what it called for, what was refused to it, what
 * was sent to its core, and what of that is counted.
 */
#include "arm64.h"
#include "exception.h"
#include "gic.h"

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

/* What the guest was caught at; the PC is behind it if it is over. */
static enum guest_access_result trap_access(struct core *core,
					    struct trap_frame *frame)
{
	enum guest_access_result result = access_emulate(core, frame);

	if (result == GUEST_ACCESS_DONE)
		trap_skip(frame);
	return result;
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
		if (trap_access(core, frame) == GUEST_ACCESS_NONE)
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
