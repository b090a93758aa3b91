/* SPDX-License-Identifier: BSD-2-Clause */
#include "access.h"

struct access_call {
	const struct access_kind *kind;
	enum access_mode mode;
	uint64_t address;		/* as the mode and translation name it */
};

static void access_perform(void *context)
{
	const struct access_call *call = context;
	uint64_t pc;

	if (call->mode == ACCESS_KERNEL) {
		if (call->kind->fetch)
			((void (*)(void))(uintptr_t)call->address)();
		else
			call->kind->perform(call->address);
		return;
	}
	/* User mode may see the payload's own code at another place. */
	pc = call->kind->fetch ? call->address :
	     access_name_code(ACCESS_USER, (uintptr_t)call->kind->perform);
	user_enter(pc, call->address,
		   access_name_code(ACCESS_USER, (uintptr_t)user_exit));
}

bool access_run(const struct access_kind *kind, enum access_mode mode,
		uint64_t physical, struct trap_record *record)
{
	struct access_call call = {
		.kind = kind,
		.mode = mode,
		.address = access_name(mode, physical),
	};

	if (!trap_run(access_perform, &call, record))
		return false;
	return mode == ACCESS_KERNEL || !access_is_exit(record);
}

bool access_is_refused(const struct access_kind *kind, enum access_mode mode,
		       uint64_t physical)
{
	struct trap_record record;

	return access_run(kind, mode, physical, &record) &&
	       access_is_right(kind, &record);
}

bool access_is_refused_by_table(const struct access_kind *kind, uint64_t table)
{
	struct trap_record record;
	struct access_call call = {
		.kind = kind,
		.mode = ACCESS_KERNEL,
		.address = access_hang_table(table),
	};

	/*
	 * A walk that reads the table ends in a page fault or not at all; one
	 * that may not read it, in an access fault.
	 */
	return trap_run(access_perform, &call, &record) &&
	       access_is_right_walk(kind, &record);
}
