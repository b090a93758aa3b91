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

extern struct sbi_ecall_extension ecall_partitioner;

static long call_make(unsigned long extid, unsigned long funcid,
		      struct call *call)
{
	struct hart *self = arch_hart_this();

	switch (extid) {
	case DOORBELL_EID:
		return call_doorbell(self, funcid, call);
	case COMPARTMENT_EID:
		return call_compartment(self, funcid, call);
	default:
		return call_console(self, funcid, call);
	}
}

static int call_handle(unsigned long extid, unsigned long funcid,
		       struct sbi_trap_regs *regs, struct sbi_ecall_return *out)
{
	/* a0 to a3, which are saved in this order. */
	struct call call = { .args = (const uint64_t *)&regs->a0 };
	long error = call_make(extid, funcid, &call);

	out->value = call.value;
	return (int)error;
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

#define EXTENSION(name_, experimental_, eid, handle_)			\
	{ .name = (name_), .experimental = (experimental_),		\
	  .extid_start = (eid), .extid_end = (eid), .handle = (handle_) }

static struct sbi_ecall_extension extensions[] = {
	EXTENSION("doorbell", true, DOORBELL_EID, call_handle),
	EXTENSION("cpmt", true, COMPARTMENT_EID, call_handle),
	EXTENSION("dbcn", false, SBI_EXT_DBCN, call_handle),
	EXTENSION("srst", false, SBI_EXT_SRST, reset_handle),
};

static int extensions_register(void)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < sizeof(extensions) / sizeof(extensions[0]); i++)
		rc = sbi_ecall_register_extension(&extensions[i]);
	return rc;
}

/* OpenSBI's list names this one; it brings the others. */
struct sbi_ecall_extension ecall_partitioner = {
	.name			= "bulkhead",
	.register_extensions	= extensions_register,
};
