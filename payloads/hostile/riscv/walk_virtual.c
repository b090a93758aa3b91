/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same from below: a guest of this guest's own, which only the hypervisor
 * extension makes possible, and accesses on its behalf. What they name goes
 * through two translations, which the firmware does not follow.
 */
#include <csr.h>
#include "../hostile.h"
#include "walk.h"

void walk_hlv(uint64_t address, uint64_t *value);
void walk_enter_virtual(uint64_t pc, uint64_t address, uint64_t *value,
			uint64_t exit);

struct virtual_call {
	walk_op op;
	uint64_t address;
	uint64_t *value;
};

static void virtual_perform(void *context)
{
	const struct virtual_call *call = context;

	walk_enter_virtual((uintptr_t)call->op, call->address, call->value,
			   (uintptr_t)user_exit);
}

/* The cause of the trap that it ends in. */
static unsigned long virtual_run(walk_op op, uint64_t address)
{
	static uint64_t value;
	struct virtual_call call = { op, address, &value };
	struct trap_record record;

	trap_run(virtual_perform, &call, &record);
	csr_clear(CSR_HSTATUS, HSTATUS_SPV);
	return record.cause;
}

void walk_virtual(void)
{
	static uint64_t memory, value;
	struct trap_record record;

	attempt_begin("walk: from a guest of its own");
	attempt(virtual_run(walk_sw, (uintptr_t)&memory) ==
		CAUSE_VIRTUAL_ECALL, "no guest of its own", 0);
	attempt(virtual_run(walk_lwu, walk_register) == CAUSE_LOAD_ACCESS,
		"load", walk_register);
	attempt(virtual_run(walk_sw, walk_register) == CAUSE_STORE_ACCESS,
		"store", walk_register);
	attempt(walk_access(walk_hlv, ACCESS_KERNEL, (uintptr_t)&memory,
			    &value, &record), "no load for it", 0);
	attempt(!walk_access(walk_hlv, ACCESS_KERNEL, walk_register, &value,
			     &record) && record.cause == CAUSE_LOAD_ACCESS,
		"load for it", walk_register);
	attempt_end();
}
