/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitioner's calls as SBI extensions (docs/sbi-doorbell.md): doorbell,
 * compartment, and ours under the identifiers of the debug console (SBI
 * specification, chapter 12) and of system reset (chapter 10), whose "system"
 * is the caller's own compartment.
 */
#include <doorbell/abi.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

extern struct sbi_ecall_extension ecall_doorbell, ecall_compartment,
				  ecall_console, ecall_reset;

typedef long (*call_function)(struct hart *self, uint64_t function,
			      struct call *call);

static int call(call_function function, unsigned long funcid,
		const struct sbi_trap_regs *regs, struct sbi_ecall_return *out)
{
	/* a0 to a3, which are saved in this order. */
	struct call call = { .args = (const uint64_t *)&regs->a0 };
	long error = function(arch_hart_this(), funcid, &call);

	out->value = call.value;
	return (int)error;
}

static int doorbell_handle(unsigned long extid, unsigned long funcid,
			   struct sbi_trap_regs *regs,
			   struct sbi_ecall_return *out)
{
	return call(call_doorbell, funcid, regs, out);
}

static int compartment_handle(unsigned long extid, unsigned long funcid,
			      struct sbi_trap_regs *regs,
			      struct sbi_ecall_return *out)
{
	return call(call_compartment, funcid, regs, out);
}

static int console_handle(unsigned long extid, unsigned long funcid,
			  struct sbi_trap_regs *regs,
			  struct sbi_ecall_return *out)
{
	return call(call_console, funcid, regs, out);
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
	life_request(life_get_goal(arch_hart_this()->compartment,
				   regs->a0 != SBI_SRST_RESET_TYPE_SHUTDOWN,
				   regs->a1 != SBI_SRST_RESET_REASON_NONE));
}

static int doorbell_register_ecall(void)
{
	return sbi_ecall_register_extension(&ecall_doorbell);
}

static int compartment_register_ecall(void)
{
	return sbi_ecall_register_extension(&ecall_compartment);
}

static int console_register_ecall(void)
{
	return sbi_ecall_register_extension(&ecall_console);
}

static int reset_register_ecall(void)
{
	return sbi_ecall_register_extension(&ecall_reset);
}

struct sbi_ecall_extension ecall_doorbell = {
	.name			= "doorbell",
	.experimental		= true,
	.extid_start		= DOORBELL_EID,
	.extid_end		= DOORBELL_EID,
	.register_extensions	= doorbell_register_ecall,
	.handle			= doorbell_handle,
};

struct sbi_ecall_extension ecall_compartment = {
	.name			= "cpmt",
	.experimental		= true,
	.extid_start		= COMPARTMENT_EID,
	.extid_end		= COMPARTMENT_EID,
	.register_extensions	= compartment_register_ecall,
	.handle			= compartment_handle,
};

struct sbi_ecall_extension ecall_console = {
	.name			= "dbcn",
	.extid_start		= SBI_EXT_DBCN,
	.extid_end		= SBI_EXT_DBCN,
	.register_extensions	= console_register_ecall,
	.handle			= console_handle,
};

struct sbi_ecall_extension ecall_reset = {
	.name			= "srst",
	.extid_start		= SBI_EXT_SRST,
	.extid_end		= SBI_EXT_SRST,
	.register_extensions	= reset_register_ecall,
	.handle			= reset_handle,
};
