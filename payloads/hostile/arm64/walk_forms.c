/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses to emulated registers that are not one whole register, or of which
 * the processor does not say what they are: refused by the abort that
 * lib/arm64/exception.h promises, and nothing is changed.
 */
#include <stddef.h>
#include <common/report.h>
#include <sysreg.h>
#include "../hostile.h"
#include "extensions.h"
#include "walk.h"

#define ALIGNMENT	64U		/* of the widest */
#define HAS_ATOMICS	2
#define HAS_NO_VECTORS	15

#define OP(name) void op_##name(uint64_t address)
OP(load_pair); OP(load_writeback); OP(load_exclusive); OP(load_exclusive_pair);
OP(store_pair); OP(store_writeback);
OP(vector_load); OP(vector_load_pair); OP(vector_load_four);
OP(vector_load_lane); OP(vector_store); OP(vector_store_pair);
OP(vector_store_four); OP(vector_store_lane);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KIND(name, op) { name, op_##op, ACCESS_DATA, 0, false }

static const struct access_kind forms_loads[] = {
	KIND("load of a pair", load_pair),
	KIND("load with write-back", load_writeback),
	KIND("load-exclusive", load_exclusive),
	KIND("load-exclusive of a pair", load_exclusive_pair),
};
static const struct access_kind forms_stores[] = {
	KIND("store of a pair", store_pair),
	KIND("store with write-back", store_writeback),
};
static const struct access_kind forms_vector_loads[] = {
	KIND("vector load", vector_load),
	KIND("vector load of a pair", vector_load_pair),
	KIND("vector load of four", vector_load_four),
	KIND("vector load of a lane", vector_load_lane),
};
static const struct access_kind forms_vector_stores[] = {
	KIND("vector store", vector_store),
	KIND("vector store of a pair", vector_store_pair),
	KIND("vector store of four", vector_store_four),
	KIND("vector store of lanes", vector_store_lane),
};

static void forms_try(const struct walk_register *reg,
		      const struct access_kind *kinds, unsigned int count)
{
	uint64_t address = reg->at & ~(uint64_t)(ALIGNMENT - 1);
	uint32_t before = walk_read(reg);

	for (unsigned int i = 0; i < count; i++)
		for (unsigned int mode = 0; mode < ACCESS_MODES; mode++)
			attempt(access_is_refused(&kinds[i], mode, address) &&
				walk_read(reg) == before, kinds[i].name, mode);
}

static void forms_refuse(const struct walk_register *reg)
{
	bool vectors = (read_sysreg(id_aa64pfr0_el1) >> 16 & 15) !=
		       HAS_NO_VECTORS;

	attempt_begin("walk: what is not emulated, %s", reg->name);
	forms_try(reg, forms_stores, COUNT(forms_stores));
	forms_try(reg, &access_zero, 1);
	if ((read_sysreg(id_aa64isar0_el1) >> EXTENSIONS_ATOMICS & 15) >=
	    HAS_ATOMICS)
		forms_try(reg, access_atomics, access_atomic_count);
	/* reach_more() has switched them on. */
	if (vectors)
		forms_try(reg, forms_vector_stores, COUNT(forms_vector_stores));
	if (!reg->loads)
		return;
	forms_try(reg, forms_loads, COUNT(forms_loads));
	if (vectors)
		forms_try(reg, forms_vector_loads, COUNT(forms_vector_loads));
}

static void forms_try_at(const struct walk_register *reg, bool store,
			 uint64_t address)
{
	uint64_t value = reg->values[0];
	uint32_t before = walk_read(reg);
	struct trap_record record;

	if (before == reg->shown[0])
		value = reg->values[1];
	attempt(!walk_access(store ? walk_store : walk_load, ACCESS_KERNEL,
			     address, &value, &record) &&
		walk_is_fault(&record, address, store, STATUS_EXTERNAL) &&
		walk_read(reg) == before, store ? "store" : "load", address);
}

static void forms_misalign(const struct walk_register *reg)
{
	attempt_begin("walk: misaligned accesses, %s", reg->name);
	for (unsigned int i = 1; i < sizeof(uint32_t); i++) {
		forms_try_at(reg, true, walk_name(ACCESS_KERNEL, reg->at) + i);
		if (reg->loads)
			forms_try_at(reg, false,
				     walk_name(ACCESS_KERNEL, reg->at) + i);
	}
}

/* There is no such register among those that a trap saves. */
static bool forms_none_is_good(const struct walk_register *reg)
{
	uint64_t address = walk_name(ACCESS_KERNEL, reg->at), value = 0;
	struct trap_record record;
	uint32_t shown;

	if (!walk_access(walk_store, ACCESS_KERNEL, address, &value, &record))
		return false;
	shown = walk_read(reg);
	value = reg->values[1];
	return walk_access(walk_store, ACCESS_KERNEL, address, &value,
			   &record) &&
	       walk_access(walk_store_none, ACCESS_KERNEL, address, NULL,
			   &record) &&
	       walk_read(reg) == shown &&
	       walk_access(walk_load_none, ACCESS_KERNEL, address, NULL,
			   &record);
}

/* What the guest had the processor translate last, it finds afterwards. */
static bool forms_keep_translation(const struct walk_register *reg)
{
	uint64_t address = walk_name(ACCESS_KERNEL, reg->at);
	uint64_t value = reg->values[1], before;
	struct trap_record record;

	__asm__ volatile ("at s1e1r, %0; isb" : : "r" (forms_loads)
			  : "memory");
	before = read_sysreg(par_el1);
	return walk_access(walk_store, ACCESS_KERNEL, address, &value,
			   &record) &&
	       read_sysreg(par_el1) == before;
}

void walk_forms(const struct walk_register *reg)
{
	forms_refuse(reg);
	forms_misalign(reg);
	attempt_end();
	report(forms_none_is_good(reg), "walk: the zero register, %s",
	       reg->name);
	report(forms_keep_translation(reg),
	       "walk: the guest's last translation, %s", reg->name);
}
