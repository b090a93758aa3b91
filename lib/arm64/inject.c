/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that a guest takes at EL1 instead of what it asked for. EL1's
 * registers are live while EL2 runs (HCR_EL2.E2H = 0), so they are written as
 * the processor itself would.
 */
#include "arm64.h"
#include "exception.h"

static void inject_exception(struct trap_frame *frame, uint64_t esr)
{
	write_sysreg(esr_el1, esr);
	write_sysreg(elr_el1, frame->elr);
	write_sysreg(spsr_el1, frame->spsr);
	frame->elr = read_sysreg(vbar_el1) + exception_get_vector(frame->spsr);
	frame->spsr = exception_get_pstate(frame->spsr,
					   read_sysreg(sctlr_el1));
}

void inject_abort(struct trap_frame *frame)
{
	write_sysreg(far_el1, read_sysreg(far_el2));
	inject_exception(frame, exception_get_abort(read_sysreg(esr_el2),
						    frame->spsr));
}

void inject_undefined(struct trap_frame *frame)
{
	inject_exception(frame, exception_get_undefined(read_sysreg(esr_el2)));
}
