/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <sysreg.h>
#include "extensions.h"
#include "paging.h"

#define OP(name) void op_##name(uint64_t address)
OP(load8); OP(load16); OP(load32); OP(load64); OP(load_signed);
OP(load_pair); OP(load_writeback); OP(load_unprivileged); OP(load_acquire);
OP(load_exclusive); OP(load_exclusive_pair);
OP(store8); OP(store16); OP(store32); OP(store64); OP(store_pair);
OP(store_writeback); OP(store_unprivileged); OP(store_release);
OP(swap); OP(add); OP(clear); OP(compare); OP(compare_pair);
OP(vector_load); OP(vector_load_pair); OP(vector_load_four);
OP(vector_load_lane); OP(vector_store); OP(vector_store_pair);
OP(vector_store_four); OP(vector_store_lane);
OP(zero); OP(clean); OP(clean_unification); OP(clean_invalidate);
OP(invalidate); OP(invalidate_instructions);
OP(prefetch_load); OP(prefetch_store); OP(prefetch_code);
OP(translate_read); OP(translate_write_user);

#define KIND(name, op, size) { name, op_##op, ACCESS_DATA, size, false }
/* Beyond them some cores, with stage 1 off, find fault before stage 2 does. */
#define PHYSICAL_SIZE	(1ULL << 44)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct access_kind access_load = KIND("load", load64, 8);
const struct access_kind access_store = KIND("store", store64, 8);
const struct access_kind access_fetch = {
	"fetch", NULL, ACCESS_INSTRUCTION, 4, true
};

const struct access_kind access_kinds[] = {
	KIND("load of 8 bits", load8, 1),
	KIND("load of 16 bits", load16, 2),
	KIND("load of 32 bits", load32, 4),
	KIND("signed load", load_signed, 4),
	KIND("load of a pair", load_pair, 16),
	KIND("load with write-back", load_writeback, 8),
	KIND("load-acquire", load_acquire, 8),
	KIND("load-exclusive", load_exclusive, 8),
	KIND("store of 8 bits", store8, 1),
	KIND("store of 16 bits", store16, 2),
	KIND("store of 32 bits", store32, 4),
	KIND("store of a pair", store_pair, 16),
	KIND("store with write-back", store_writeback, 8),
	KIND("store-release", store_release, 8),
};
const unsigned int access_kind_count = COUNT(access_kinds);

const struct access_kind access_unprivileged[] = {
	KIND("unprivileged load", load_unprivileged, 8),
	KIND("unprivileged store", store_unprivileged, 8),
};
const unsigned int access_unprivileged_count = COUNT(access_unprivileged);

const struct access_kind access_atomics[] = {
	KIND("atomic swap", swap, 8),
	KIND("atomic add", add, 8),
	KIND("atomic clear", clear, 4),
	KIND("compare and swap", compare, 8),
	KIND("compare and swap of a pair", compare_pair, 8),
};
const unsigned int access_atomic_count = COUNT(access_atomics);

const struct access_kind access_vectors[] = {
	KIND("vector load", vector_load, 16),
	KIND("vector load of a pair", vector_load_pair, 32),
	KIND("vector load of four", vector_load_four, 64),
	KIND("vector load of a lane", vector_load_lane, 8),
	KIND("vector store", vector_store, 16),
	KIND("vector store of a pair", vector_store_pair, 32),
	KIND("vector store of four", vector_store_four, 64),
	KIND("vector store of lanes", vector_store_lane, 32),
};
const unsigned int access_vector_count = COUNT(access_vectors);

const struct access_kind access_zero = KIND("cache block zero", zero, 64);

const struct access_kind access_hints[] = {
	KIND("clean", clean, 0),
	KIND("clean to unification", clean_unification, 0),
	KIND("clean and invalidate", clean_invalidate, 0),
	KIND("invalidate", invalidate, 0),
	KIND("invalidate instructions", invalidate_instructions, 0),
	KIND("prefetch for a load", prefetch_load, 0),
	KIND("prefetch for a store", prefetch_store, 0),
	KIND("prefetch of code", prefetch_code, 0),
	KIND("translate", translate_read, 0),
	KIND("translate for EL0", translate_write_user, 0),
};
const unsigned int access_hint_count = COUNT(access_hints);

const char *const access_mode_names[ACCESS_MODES] = { "EL1", "EL0" };

const char *const access_translation_names[] = {
	"identity", "elsewhere", "stage 1 off"
};
const unsigned int access_translation_count = COUNT(access_translation_names);
const unsigned int access_translation_paged = ACCESS_ELSEWHERE;
const unsigned int access_translation_misaligned = ACCESS_FIRST;

/* `ret` */
const uint32_t access_code_return[] = { 0xd65f03c0 };

static unsigned int access_translation;

bool access_init(void)
{
	return paging_init();
}

void access_set_translation(unsigned int translation)
{
	access_translation = translation;
	if (translation == ACCESS_OFF)
		paging_off();
	else
		paging_on();
}

void access_reset_translation(void)
{
	paging_reset();
	access_translation = ACCESS_FIRST;
}

/* Under the identity all is EL1's. */
bool access_is_possible(enum access_mode mode, unsigned int translation)
{
	return mode == ACCESS_KERNEL || translation != ACCESS_FIRST;
}

uint64_t access_get_limit(unsigned int translation)
{
	return translation == ACCESS_OFF ? PHYSICAL_SIZE : PAGING_ALL_SIZE;
}

uint64_t access_name(enum access_mode mode, uint64_t physical)
{
	if (access_translation != ACCESS_ELSEWHERE)
		return physical;
	return physical + (mode == ACCESS_USER ? PAGING_ALL_USER :
						 PAGING_ALL_KERNEL);
}

uint64_t access_name_code(enum access_mode mode, uintptr_t code)
{
	if (access_translation != ACCESS_ELSEWHERE || mode == ACCESS_KERNEL)
		return code;
	return code + PAGING_OWN_USER;
}

bool access_is_exit(const struct trap_record *record)
{
	return ESR_CLASS(record->cause) == CLASS_SVC64;
}

static bool access_is_class(const struct trap_record *record, unsigned int sort)
{
	unsigned long class = ESR_CLASS(record->cause);

	if (sort == ACCESS_INSTRUCTION)
		return class == CLASS_FETCH || class == CLASS_FETCH_LOWER;
	return class == CLASS_DATA || class == CLASS_DATA_LOWER;
}

bool access_is_abort(const struct trap_record *record, unsigned int sort)
{
	return access_is_class(record, sort) &&
	       ESR_STATUS(record->cause) == STATUS_EXTERNAL;
}

bool access_is_right(const struct access_kind *kind,
		     const struct trap_record *record)
{
	return access_is_abort(record, kind->cause);
}

bool access_is_right_walk(const struct access_kind *kind,
			  const struct trap_record *record)
{
	unsigned long status = ESR_STATUS(record->cause);

	return access_is_class(record, kind->cause) &&
	       (status == STATUS_EXTERNAL || (status >= STATUS_WALK_FIRST &&
					      status <= STATUS_WALK_LAST));
}

uint64_t access_hang_table(uint64_t table)
{
	return paging_hang_table(table);
}

bool access_can_hang(uint64_t table)
{
	return table < PAGING_ALL_SIZE;
}
