/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every load and store that the firmware knows does at a register of its own
 * what it does in memory, in S and U-mode; all others are refused.
 */
#include <common/report.h>
#include <common/tree.h>
#include <string.h>
#include <csr.h>
#include "../hostile.h"
#include "extensions.h"
#include "walk.h"

#define UART_SCRATCH	7

void walk_lb(uint64_t address, uint64_t *value);
void walk_lbu(uint64_t address, uint64_t *value);
void walk_lh(uint64_t address, uint64_t *value);
void walk_lw(uint64_t address, uint64_t *value);
void walk_ld(uint64_t address, uint64_t *value);
void walk_lw_zero(uint64_t address, uint64_t *value);
void walk_lw_behind(uint64_t address, uint64_t *value);
void walk_lw_before(uint64_t address, uint64_t *value);
void walk_lw_itself(uint64_t address, uint64_t *value);
void walk_sb(uint64_t address, uint64_t *value);
void walk_sh(uint64_t address, uint64_t *value);
void walk_sd(uint64_t address, uint64_t *value);
void walk_sw_zero(uint64_t address, uint64_t *value);
void walk_sw_behind(uint64_t address, uint64_t *value);
void walk_sw_before(uint64_t address, uint64_t *value);
void walk_sw_sp(uint64_t address, uint64_t *value);
void walk_c_lw(uint64_t address, uint64_t *value);
void walk_c_ld(uint64_t address, uint64_t *value);
void walk_c_lwsp(uint64_t address, uint64_t *value);
void walk_c_ldsp(uint64_t address, uint64_t *value);
void walk_c_sw(uint64_t address, uint64_t *value);
void walk_c_sd(uint64_t address, uint64_t *value);
void walk_c_swsp(uint64_t address, uint64_t *value);
void walk_c_sdsp(uint64_t address, uint64_t *value);
void walk_c_lbu(uint64_t address, uint64_t *value);
void walk_c_lhu(uint64_t address, uint64_t *value);
void walk_c_lh(uint64_t address, uint64_t *value);
void walk_c_sb(uint64_t address, uint64_t *value);
void walk_c_sh(uint64_t address, uint64_t *value);
extern const char walk_crossing[], walk_crossing_end[];

struct form {
	const char *name;
	walk_op op;
	unsigned int width;
	bool store;
	bool zcb;
};

static const struct form forms[] = {
	{ "lb", walk_lb, 1, false, false },
	{ "lbu", walk_lbu, 1, false, false },
	{ "lh", walk_lh, 2, false, false },
	{ "lw", walk_lw, 4, false, false },
	{ "lwu", walk_lwu, 4, false, false },
	{ "ld", walk_ld, 8, false, false },
	{ "lw to x0", walk_lw_zero, 4, false, false },
	{ "lw from before", walk_lw_behind, 4, false, false },
	{ "lw from behind", walk_lw_before, 4, false, false },
	{ "lw to its base", walk_lw_itself, 4, false, false },
	{ "c.lw", walk_c_lw, 4, false, false },
	{ "c.ld", walk_c_ld, 8, false, false },
	{ "c.lwsp", walk_c_lwsp, 4, false, false },
	{ "c.ldsp", walk_c_ldsp, 8, false, false },
	{ "c.lbu", walk_c_lbu, 1, false, true },
	{ "c.lhu", walk_c_lhu, 2, false, true },
	{ "c.lh", walk_c_lh, 2, false, true },
	{ "sb", walk_sb, 1, true, false },
	{ "sh", walk_sh, 2, true, false },
	{ "sw", walk_sw, 4, true, false },
	{ "sd", walk_sd, 8, true, false },
	{ "sw of x0", walk_sw_zero, 4, true, false },
	{ "sw from before", walk_sw_behind, 4, true, false },
	{ "sw from behind", walk_sw_before, 4, true, false },
	{ "sw by sp", walk_sw_sp, 4, true, false },
	{ "c.sw", walk_c_sw, 4, true, false },
	{ "c.sd", walk_c_sd, 8, true, false },
	{ "c.swsp", walk_c_swsp, 4, true, false },
	{ "c.sdsp", walk_c_sdsp, 8, true, false },
	{ "c.sb", walk_c_sb, 1, true, true },
	{ "c.sh", walk_c_sh, 2, true, true },
};
#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

/* What keeps as many bytes as it is wide, and values that it keeps. */
struct keeper {
	const char *name;
	uint64_t address;
	unsigned int width;
	const uint64_t *values;
	unsigned int value_count;
};

static bool has_zcb(void)
{
	const char *isa = tree.harts[0].isa;

	for (; *isa; isa++)
		if (!strncmp(isa, "_zcb", 4))
			return true;
	return false;
}

/* As the processor does it in memory, where the register is another one. */
static bool form_is_right(const struct form *form, const struct keeper *keeper,
			  enum access_mode mode, uint64_t old, uint64_t new)
{
	static uint64_t memory, values[2];
	walk_op set = keeper->width == 1 ? walk_sb : walk_sw;
	walk_op get = keeper->width == 1 ? walk_lbu : walk_lwu;
	struct trap_record record;
	bool good;

	memory = old;
	set(keeper->address, &old);
	values[0] = new;
	values[1] = new;
	good = walk_access(form->op, mode, (uintptr_t)&memory, &values[0],
			   &record) &&
	       walk_access(form->op, mode, keeper->address, &values[1],
			   &record);
	get(keeper->address, &old);
	return good && values[0] == values[1] && memory == old;
}

static void forms_check(const struct keeper *keeper)
{
	for (unsigned int i = 0; i < FORM_COUNT; i++) {
		const struct form *form = &forms[i];
		bool good = true;

		if (form->width != keeper->width || (form->zcb && !has_zcb()))
			continue;
		for (unsigned int n = 0; n < 2 * keeper->value_count; n++)
			good = good && form_is_right(form, keeper,
				n % 2 ? ACCESS_USER : ACCESS_KERNEL,
				keeper->values[n / 2],
				keeper->values[n * 3 % keeper->value_count]);
		report(good, "walk: %s at %s", form->name, keeper->name);
	}
}

static bool form_is_refused(walk_op op, bool store, uint64_t address)
{
	static uint64_t value;
	struct trap_record record;

	/* What is named is the part that faulted. */
	return !walk_access(op, ACCESS_KERNEL, address, &value, &record) &&
	       record.address - address < sizeof(uint32_t) &&
	       record.cause == (store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS);
}

/* Widths that the register has not, atomics, floating point, vectors. */
static void forms_refuse(void)
{
	static const struct access_kind *const kinds[] = {
		&access_float_load, &access_float_store, &access_vector_load,
		&access_vector_store, &access_vector_strided,
		&access_vector_masked_load, &access_vector_masked_store,
	};
	uint64_t address = walk_register & ~7ULL;

	attempt_begin("walk: what is not emulated");
	for (unsigned int i = 0; i < FORM_COUNT; i++)
		if (forms[i].width != 4 && (!forms[i].zcb || has_zcb()))
			attempt(form_is_refused(forms[i].op, forms[i].store,
						address),
				forms[i].name, address);
	for (unsigned int i = 0; i < ACCESS_ATOMICS; i++)
		attempt(access_is_refused(&access_atomics[i], ACCESS_KERNEL,
					  address),
			access_atomics[i].name, address);
	csr_set(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (access_has(i < 2 ? 'd' : 'v'))
			attempt(access_is_refused(kinds[i], ACCESS_KERNEL,
						  address),
				kinds[i]->name, address);
	attempt_end();
}

/* The register is the second page of two; the first one is memory. */
static void forms_straddle(void)
{
	static uint64_t memory[PAGING_PAGE_SIZE / 8]
		__attribute__((aligned(PAGING_PAGE_SIZE)));
	uint64_t *leaves = paging_get_chain_entry(PAGING_SV39, 0);
	uint64_t second = paging_get_chain(PAGING_SV39) +
			  (WALK_PAGES + 1) * PAGING_PAGE_SIZE;
	uint64_t value;

	attempt_begin("walk: misaligned accesses");
	for (unsigned int i = 1; i < 4; i++) {
		attempt(form_is_refused(walk_lw, false, walk_register + i),
			"load", i);
		attempt(form_is_refused(walk_sw, true, walk_register + i),
			"store", i);
	}
	paging_switch(PAGING_SV39);
	walk_mend(PAGING_SV39);
	leaves[WALK_PAGES] = paging_make_entry((uintptr_t)memory, PTE_LEAF);
	leaves[WALK_PAGES + 1] = paging_make_entry(walk_register, PTE_LEAF);
	for (unsigned int i = 1; i < 4; i++) {
		attempt(form_is_refused(walk_lw, false, second - i),
			"load across pages", i);
		attempt(form_is_refused(walk_sw, true, second - i),
			"store across pages", i);
	}
	walk_mend(PAGING_SV39);
	paging_switch(PAGING_BARE);
	walk_lwu(walk_register, &value);
	attempt(value == 1, "changed", value);
	attempt_end();
}

/* An instruction of four bytes of which two are in the next page. */
static bool form_crosses(void)
{
	static char code[2 * PAGING_PAGE_SIZE]
		__attribute__((aligned(PAGING_PAGE_SIZE)));
	char *start = code + PAGING_PAGE_SIZE - 2;
	static uint64_t value;
	struct trap_record record;

	memcpy(start, walk_crossing, walk_crossing_end - walk_crossing);
	__asm__ volatile ("fence.i" : : : "memory");
	value = 0;
	return walk_access((walk_op)(uintptr_t)start, ACCESS_KERNEL,
			   walk_register, &value, &record) && value == 1;
}

void walk_forms(void)
{
	static const uint64_t bytes[] = { 0x5a, 0x80, 0xff, 0, 0x7f };
	const struct tree_device *uart =
		tree_find_device(&tree, NULL, "ns16550a");
	struct keeper wide = {
		"the interrupt controller", walk_register, 4, walk_values,
		walk_value_count,
	};
	struct keeper narrow = {
		"the console", 0, 1, bytes, sizeof(bytes) / sizeof(bytes[0]),
	};
	uint64_t one = 1;

	forms_check(&wide);
	if (uart) {
		narrow.address = uart->reg.base + UART_SCRATCH;
		forms_check(&narrow);
	}
	walk_sw(walk_register, &one);
	forms_refuse();
	forms_straddle();
	report(form_crosses(), "walk: an instruction across two pages");
}
