/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/memory.h>
#include <common/string.h>
#include <common/tree.h>
#include <csr.h>
#include "access.h"
#include "paging.h"

void op_load8(uint64_t address);
void op_load16(uint64_t address);
void op_load32(uint64_t address);
void op_load64(uint64_t address);
void op_store8(uint64_t address);
void op_store16(uint64_t address);
void op_store32(uint64_t address);
void op_store64(uint64_t address);
void op_lr(uint64_t address);
void op_swap(uint64_t address);
void op_or(uint64_t address);
void op_float_load(uint64_t address);
void op_float_store(uint64_t address);
void op_vector_load(uint64_t address);
void op_vector_store(uint64_t address);
void op_vector_strided(uint64_t address);
void op_vector_masked_load(uint64_t address);
void op_vector_masked_store(uint64_t address);
void op_cache_zero(uint64_t address);
void user_enter(uint64_t pc, uint64_t argument, uint64_t exit);
void user_exit(void);

const struct access_kind access_kinds[] = {
	{ "load of 8 bits", op_load8, CAUSE_LOAD_ACCESS, 1, false },
	{ "load of 16 bits", op_load16, CAUSE_LOAD_ACCESS, 2, false },
	{ "load of 32 bits", op_load32, CAUSE_LOAD_ACCESS, 4, false },
	{ "store of 8 bits", op_store8, CAUSE_STORE_ACCESS, 1, false },
	{ "store of 16 bits", op_store16, CAUSE_STORE_ACCESS, 2, false },
	{ "store of 32 bits", op_store32, CAUSE_STORE_ACCESS, 4, false },
	{ "load-reserved", op_lr, CAUSE_LOAD_ACCESS, 8, false },
	{ "atomic swap", op_swap, CAUSE_STORE_ACCESS, 8, false },
	{ "atomic or", op_or, CAUSE_STORE_ACCESS, 4, false },
};
const unsigned int access_kind_count = sizeof(access_kinds) /
				       sizeof(access_kinds[0]);

const struct access_kind access_load = {
	"load", op_load64, CAUSE_LOAD_ACCESS, 8, false
};
const struct access_kind access_store = {
	"store", op_store64, CAUSE_STORE_ACCESS, 8, false
};
const struct access_kind access_fetch = {
	"fetch", NULL, CAUSE_FETCH_ACCESS, 4, true
};
const struct access_kind access_float_load = {
	"floating-point load", op_float_load, CAUSE_LOAD_ACCESS, 8, false
};
const struct access_kind access_float_store = {
	"floating-point store", op_float_store, CAUSE_STORE_ACCESS, 8, false
};
const struct access_kind access_vector_load = {
	"vector load", op_vector_load, CAUSE_LOAD_ACCESS, 8, false
};
const struct access_kind access_vector_store = {
	"vector store", op_vector_store, CAUSE_STORE_ACCESS, 8, false
};
const struct access_kind access_vector_strided = {
	"strided vector store", op_vector_strided, CAUSE_STORE_ACCESS, 16, false
};
const struct access_kind access_vector_masked_load = {
	"masked vector load", op_vector_masked_load, CAUSE_LOAD_ACCESS, 8, false
};
const struct access_kind access_vector_masked_store = {
	"masked vector store", op_vector_masked_store, CAUSE_STORE_ACCESS, 8,
	false
};
const struct access_kind access_cache_zero = {
	"cache block zero", op_cache_zero, CAUSE_STORE_ACCESS, 8, false
};

struct access_call {
	const struct access_kind *kind;
	enum access_mode mode;
	uint64_t address;		/* as the mode and translation name it */
};

static enum access_translation access_translation;

bool access_init(void)
{
	return paging_init();
}

bool access_has(char extension)
{
	for (const char *s = tree.isa + 4; *s && *s != '_'; s++) {
		if (*s == extension)
			return true;
	}
	return false;
}

void access_set_translation(enum access_translation translation)
{
	access_translation = translation;
	paging_switch(translation == ACCESS_PAGED);
}

static void access_perform(void *context)
{
	const struct access_call *call = context;
	uint64_t offset = access_translation == ACCESS_PAGED ?
			  PAGING_OWN_USER : 0;
	uint64_t pc;

	if (call->mode == ACCESS_SUPERVISOR) {
		if (call->kind->fetch)
			((void (*)(void))(uintptr_t)call->address)();
		else
			call->kind->perform(call->address);
		return;
	}
	/* U-mode sees the payload's own code at another place when paged. */
	pc = call->kind->fetch ? call->address :
	     (uint64_t)(uintptr_t)call->kind->perform + offset;
	user_enter(pc, call->address, (uint64_t)(uintptr_t)user_exit + offset);
}

bool access_run(const struct access_kind *kind, enum access_mode mode,
		uint64_t physical, struct trap_record *record)
{
	struct access_call call = {
		.kind = kind,
		.mode = mode,
		.address = physical,
	};

	if (access_translation == ACCESS_PAGED)
		call.address += mode == ACCESS_USER ? PAGING_ALL_USER :
						      PAGING_ALL_SUPERVISOR;
	if (!trap_run(access_perform, &call, record))
		return false;
	/* user_exit's ecall is how an access in U-mode succeeds. */
	return record->cause != CAUSE_USER_ECALL;
}

bool access_is_refused(const struct access_kind *kind, enum access_mode mode,
		       uint64_t physical)
{
	struct trap_record record;

	return access_run(kind, mode, physical, &record) &&
	       record.cause == kind->cause;
}

bool access_is_refused_by_table(const struct access_kind *kind, uint64_t table)
{
	struct trap_record record;
	struct access_call call = {
		.kind = kind,
		.mode = ACCESS_SUPERVISOR,
		.address = paging_hang_table(table),
	};

	/*
	 * A walk that reads the table ends in a page fault or not at all; one
	 * that may not read it, in an access fault.
	 */
	return trap_run(access_perform, &call, &record) &&
	       record.cause == kind->cause;
}
