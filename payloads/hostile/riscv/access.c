/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/tree.h>
#include <csr.h>
#include "../access.h"
#include "extensions.h"
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

const char *const access_mode_names[ACCESS_MODES] = { "S-mode", "U-mode" };

enum {
	BARE = ACCESS_FIRST,
	PAGED,
	TRANSLATIONS,
};

const char *const access_translation_names[] = { "bare", "Sv39" };
const unsigned int access_translation_count = TRANSLATIONS;
const unsigned int access_translation_paged = PAGED;
const unsigned int access_translation_misaligned = BARE;

/* `ret`, compressed. */
const uint32_t access_code_return[] = { 0x80828082 };

static unsigned int access_translation;

bool access_init(void)
{
	return paging_init();
}

bool access_has(char extension)
{
	for (const char *s = tree.harts[0].isa + 4; *s && *s != '_'; s++) {
		if (*s == extension)
			return true;
	}
	return false;
}

void access_set_translation(unsigned int translation)
{
	access_translation = translation;
	paging_switch(translation == PAGED ? PAGING_SV39 : PAGING_BARE);
}

void access_reset_translation(void)
{
	access_set_translation(BARE);
}

bool access_is_possible(enum access_mode mode, unsigned int translation)
{
	return mode < ACCESS_MODES && translation < TRANSLATIONS;
}

uint64_t access_get_limit(unsigned int translation)
{
	return translation == PAGED ? PAGING_ALL_SIZE : 0;
}

uint64_t access_name(enum access_mode mode, uint64_t physical)
{
	if (access_translation == BARE)
		return physical;
	return physical + (mode == ACCESS_USER ? PAGING_ALL_USER :
						 PAGING_ALL_SUPERVISOR);
}

/* S-mode may not run what U-mode may, and sees its own as it is. */
uint64_t access_name_code(enum access_mode mode, uintptr_t code)
{
	if (access_translation == BARE || mode == ACCESS_KERNEL)
		return code;
	return code + PAGING_OWN_USER;
}

bool access_is_exit(const struct trap_record *record)
{
	return record->cause == CAUSE_USER_ECALL;
}

bool access_is_right(const struct access_kind *kind,
		     const struct trap_record *record)
{
	return record->cause == kind->cause;
}

bool access_is_right_walk(const struct access_kind *kind,
			  const struct trap_record *record)
{
	return access_is_right(kind, record);
}

uint64_t access_hang_table(uint64_t table)
{
	return paging_hang_table(table);
}

bool access_can_hang(uint64_t table)
{
	return !(table >> 56);
}
