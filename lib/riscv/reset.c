/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System reset extension (SBI specification, chapter 10), per compartment: the
 * "system" that a caller shuts down or reboots is its own compartment.
 */
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

extern struct sbi_ecall_extension ecall_reset;

static enum lifecycle_goal reset_goal(unsigned long type, unsigned long reason)
{
	int id = hart_this()->compartment;

	if (type != SBI_SRST_RESET_TYPE_SHUTDOWN &&
	    firmware.model.compartments[id].restart == MODEL_RESTART_ALWAYS)
		return LIFECYCLE_RESTART;
	return reason == SBI_SRST_RESET_REASON_NONE ? LIFECYCLE_END :
						       LIFECYCLE_FAIL;
}

static int reset_handle(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	if (funcid != SBI_EXT_SRST_RESET)
		return SBI_ERR_NOT_SUPPORTED;
	/* Stops reserved words from ending anything. */
	if (regs->a0 > SBI_SRST_RESET_TYPE_WARM_REBOOT ||
	    regs->a1 > SBI_SRST_RESET_REASON_SYSFAIL)
		return SBI_ERR_INVALID_PARAM;
	life_request(reset_goal(regs->a0, regs->a1));
	return SBI_ERR_FAILED;
}

static int reset_ecall_register(void)
{
	return sbi_ecall_register_extension(&ecall_reset);
}

struct sbi_ecall_extension ecall_reset = {
	.name			= "srst",
	.extid_start		= SBI_EXT_SRST,
	.extid_end		= SBI_EXT_SRST,
	.register_extensions	= reset_ecall_register,
	.handle			= reset_handle,
};
