/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that are wrong, each in one entry, in every mode of translation. */
#include <common/console.h>
#include <common/report.h>
#include <common/tree.h>
#include <csr.h>
#include <string.h>
#include "../board.h"
#include "../hostile.h"
#include "extensions.h"
#include "groups.h"
#include "walk.h"

#define PPN_SHIFT	10
#define MODE_NAME(mode)	(walk_mode_names[(mode) - PAGING_SV39])

/* What a processor says of tables that are wrong, and of those out of reach. */
static const unsigned long walk_causes[2][2] = {
	{ CAUSE_LOAD_PAGE, CAUSE_LOAD_ACCESS },
	{ CAUSE_STORE_PAGE, CAUSE_STORE_ACCESS },
};

static const char *const walk_mode_names[] = { "Sv39", "Sv48", "Sv57" };

/* A PLIC's priority or an APLIC's sourcecfg has room for these. */
const uint64_t walk_values[] = { 1, 4, 5, 6, 7 };
const unsigned int walk_value_count = sizeof(walk_values) /
				      sizeof(walk_values[0]);

uint64_t walk_register;

/* Both controllers have a register of 32 bits for each source there. */
static bool walk_find_register(void)
{
	const struct tree_device *chip, *device;

	chip = tree_find_device(&tree, NULL, "riscv,plic0");
	if (!chip)
		chip = tree_find_device(&tree, NULL, "riscv,aplic");
	device = tree_find_device(&tree, NULL, "virtio,mmio");
	if (!chip || !device || device->source <= 0)
		return false;
	walk_register = chip->reg.base + 4 * (uint64_t)device->source;
	return true;
}

void walk_enter(uint64_t pc, uint64_t address, uint64_t *value, uint64_t exit);

struct walk_call {
	walk_op op;
	enum access_mode mode;
	uint64_t address;
	uint64_t *value;
};

static void walk_perform(void *context)
{
	const struct walk_call *call = context;
	uint64_t user = csr_read(CSR_SATP) ? PAGING_OWN_USER : 0;

	if (call->mode == ACCESS_KERNEL)
		call->op(call->address, call->value);
	else
		walk_enter((uintptr_t)call->op + user, call->address,
			   (uint64_t *)((uintptr_t)call->value + user),
			   (uintptr_t)user_exit + user);
}

bool walk_access(walk_op op, enum access_mode mode, uint64_t address,
		 uint64_t *value, struct trap_record *record)
{
	struct walk_call call = { op, mode, address, value };

	if (!trap_run(walk_perform, &call, record))
		return true;
	return mode == ACCESS_USER && access_is_exit(record);
}

uint64_t walk_name_register(enum paging_mode paging, enum access_mode mode)
{
	enum walk_page page = mode == ACCESS_USER ? WALK_USER : WALK_KERNEL;

	if (paging == PAGING_BARE)
		return walk_register;
	return paging_get_chain(paging) + page * PAGING_PAGE_SIZE +
	       walk_register % PAGING_PAGE_SIZE;
}

void walk_mend(enum paging_mode paging)
{
	uint64_t *leaves = paging_get_chain_entry(paging, 0);

	paging_reset_chain(paging);
	leaves[WALK_KERNEL] = paging_make_entry(walk_register, PTE_LEAF);
	leaves[WALK_USER] = paging_make_entry(walk_register, PTE_LEAF | PTE_U);
}

bool walk_is_good(enum paging_mode paging, enum access_mode mode)
{
	static unsigned int next;
	uint64_t address = walk_name_register(paging, mode);
	/* Static, as U-mode reaches the image. */
	static uint64_t value;
	uint64_t wanted = walk_values[next++ % walk_value_count];
	struct trap_record record;

	value = wanted;
	if (!walk_access(walk_sw, mode, address, &value, &record))
		return false;
	value = ~0ULL;
	return walk_access(walk_lwu, mode, address, &value, &record) &&
	       value == wanted;
}

/* ---- One wrong entry ---- */

struct walk_wrong {
	enum paging_mode paging;
	unsigned int level;
	const char *what;
	bool good;		/* all that was tried between */
};

/* Loads and stores through it by S and U-mode; then it is mended. */
static void walk_try(struct walk_wrong *wrong, uint64_t entry, bool foreign,
		     uint64_t number)
{
	static uint64_t value;
	struct trap_record record;

	for (unsigned int n = 0; n < 4; n++) {
		enum access_mode mode = n & 1 ? ACCESS_USER : ACCESS_KERNEL;
		bool store = n & 2;
		uint64_t *at = paging_get_chain_entry(wrong->paging,
						      wrong->level);
		uint64_t address = walk_name_register(wrong->paging, mode);
		bool done;

		if (!wrong->level && mode == ACCESS_USER)
			at += WALK_USER;
		*at = wrong->level || mode == ACCESS_KERNEL ? entry
							    : entry ^ PTE_U;
		__asm__ volatile ("sfence.vma" : : : "memory");
		value = 0;
		done = walk_access(store ? walk_sw : walk_lwu, mode, address,
				   &value, &record);
		attempt(!done && record.address == address &&
			record.cause == walk_causes[store][foreign],
			wrong->what, number);
		walk_mend(wrong->paging);
		wrong->good = wrong->good && walk_is_good(wrong->paging, mode);
	}
}

/* Of a pointer: tables out of reach, loops, bits that it must not have. */
static void walk_spoil_pointer(struct walk_wrong *wrong)
{
	uint64_t *entry = paging_get_chain_entry(wrong->paging, wrong->level);
	static const unsigned int bits[] = { 2, 4, 6, 7, 54, 60, 61, 62, 63 };
	uint64_t whole = *entry;

	wrong->what = "a table elsewhere";
	for (unsigned int i = 0; i < map_sample_count; i++) {
		uint64_t table = map_samples[i] & ~(PAGING_PAGE_SIZE - 1);

		if (!map_is_granted(table, PAGING_PAGE_SIZE) &&
		    access_can_hang(table))
			walk_try(wrong, paging_make_entry(table, PTE_V), true,
				 table);
	}
	wrong->what = "a table that is its own";
	walk_try(wrong, paging_make_entry((uintptr_t)entry, PTE_V), false,
		 wrong->level);
	wrong->what = "bit of a pointer";
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		walk_try(wrong, whole | 1ULL << bits[i], false, bits[i]);
	walk_try(wrong, whole & ~PTE_V, false, 0);
	wrong->what = "a misaligned superpage, bit";
	for (unsigned int bit = 0; bit < 9 * wrong->level; bit++)
		walk_try(wrong, PTE_LEAF | 1ULL << (PPN_SHIFT + bit), false,
			 bit);
}

/* Of a leaf: pages out of reach, bits and rights. */
static void walk_spoil_leaf(struct walk_wrong *wrong)
{
	uint64_t whole = paging_make_entry(walk_register, PTE_LEAF);
	static const unsigned int bits[] = { 54, 57, 60, 63 };

	wrong->what = "a page elsewhere";
	for (unsigned int i = 0; i < map_sample_count; i++) {
		uint64_t page = map_samples[i] & ~(PAGING_PAGE_SIZE - 1);

		if (!map_is_granted(page, PAGING_PAGE_SIZE) &&
		    access_can_hang(page))
			walk_try(wrong, paging_make_entry(page, PTE_LEAF),
				 true, page);
	}
	wrong->what = "bit of a leaf";
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		walk_try(wrong, whole | 1ULL << bits[i], false, bits[i]);
	walk_try(wrong, whole & ~PTE_V, false, 0);
	walk_try(wrong, whole & ~PTE_R, false, 1);
	walk_try(wrong, whole & ~(PTE_R | PTE_W), false, 2);
	walk_try(wrong, whole ^ PTE_U, false, 4);
	walk_try(wrong, whole & ~(PTE_R | PTE_W | PTE_X), false, 3);
}

/* Addresses that are not the extension of their highest bit. */
static void walk_try_addresses(enum paging_mode paging)
{
	static uint64_t value;
	struct trap_record record;

	for (unsigned int bit = 12 + 9 * paging_get_levels(paging) - 1;
	     bit < 64; bit++) {
		uint64_t address = walk_name_register(paging, ACCESS_KERNEL) |
				   1ULL << bit;

		attempt(!walk_access(walk_lwu, ACCESS_KERNEL, address, &value,
				     &record) &&
			record.cause == CAUSE_LOAD_PAGE,
			"an address", address);
	}
}

/* Pages of every size. */
static bool walk_superpages_are_good(enum paging_mode paging)
{
	static uint64_t value;
	struct trap_record record;
	bool good = true;

	for (unsigned int level = 1; level < paging_get_levels(paging);
	     level++) {
		uint64_t size = PAGING_PAGE_SIZE << 9 * level;
		uint64_t address = paging_get_chain(paging) +
				   walk_register % size;

		*paging_get_chain_entry(paging, level) = paging_make_entry(
			walk_register & ~(size - 1), PTE_LEAF);
		__asm__ volatile ("sfence.vma" : : : "memory");
		value = walk_values[level % walk_value_count];
		good = good && walk_access(walk_sw, ACCESS_KERNEL, address,
					   &value, &record);
		walk_mend(paging);
		value = 0;
		good = good && walk_access(walk_lwu, ACCESS_KERNEL,
					   walk_name_register(paging,
							      ACCESS_KERNEL),
					   &value, &record) &&
		       value == walk_values[level % walk_value_count];
	}
	return good;
}

/* SUM lets S-mode use what is U-mode's, MXR what can be executed read. */
static bool walk_status_is_heeded(enum paging_mode paging)
{
	uint64_t *leaf = paging_get_chain_entry(paging, 0);
	uint64_t address = walk_name_register(paging, ACCESS_USER);
	static uint64_t value;
	struct trap_record record;
	bool good;

	csr_set(CSR_SSTATUS, SSTATUS_SUM);
	good = walk_access(walk_lwu, ACCESS_KERNEL, address, &value, &record);
	csr_clear(CSR_SSTATUS, SSTATUS_SUM);
	good = good && !walk_access(walk_lwu, ACCESS_KERNEL, address, &value,
				    &record);
	leaf[WALK_KERNEL] &= ~(PTE_R | PTE_W);
	__asm__ volatile ("sfence.vma" : : : "memory");
	address = walk_name_register(paging, ACCESS_KERNEL);
	csr_set(CSR_SSTATUS, SSTATUS_MXR);
	good = good && walk_access(walk_lwu, ACCESS_KERNEL, address, &value,
				   &record);
	csr_clear(CSR_SSTATUS, SSTATUS_MXR);
	good = good && !walk_access(walk_lwu, ACCESS_KERNEL, address, &value,
				    &record);
	walk_mend(paging);
	return good;
}

/*
 * An instruction that can be executed and not read, or by half: one that lies
 * across two pages, each in turn with and without the right to read it.
 */
static bool walk_executes_only(enum paging_mode paging)
{
	static uint8_t code[2 * PAGING_PAGE_SIZE]
		__attribute__((aligned(PAGING_PAGE_SIZE)));
	uint64_t *leaves = paging_get_chain_entry(paging, 0);
	/* Behind the first one, of four bytes; none of them is compressed. */
	const uint64_t at = PAGING_PAGE_SIZE - 6;
	walk_op op = (walk_op)(uintptr_t)(paging_get_chain(paging) +
					  WALK_CODE * PAGING_PAGE_SIZE + at);
	static uint64_t value;
	struct trap_record record;
	bool good = true;

	memcpy(&code[at], (const void *)(uintptr_t)walk_lwu, 16);
	for (unsigned int readable = 0; readable < 4; readable++) {
		for (unsigned int i = 0; i < 2; i++)
			leaves[WALK_CODE + i] = paging_make_entry(
				(uintptr_t)code + i * PAGING_PAGE_SIZE,
				PTE_V | PTE_X | PTE_A |
					(readable >> i & 1 ? PTE_R : 0));
		__asm__ volatile ("sfence.vma\n\tfence.i" : : : "memory");
		value = walk_values[readable];
		good = good && walk_access(walk_sw, ACCESS_KERNEL,
					   walk_name_register(paging,
							      ACCESS_KERNEL),
					   &value, &record);
		value = ~0ULL;
		good = good && walk_access(op, ACCESS_KERNEL,
					   walk_name_register(paging,
							      ACCESS_KERNEL),
					   &value, &record) &&
		       value == walk_values[readable];
	}
	walk_mend(paging);
	return good;
}

static void walk_spoil(enum paging_mode paging)
{
	struct walk_wrong wrong = { .paging = paging };

	wrong.good = walk_is_good(paging, ACCESS_KERNEL) &&
		     walk_is_good(paging, ACCESS_USER);
	attempt_begin("walk: tables that are wrong, %s", MODE_NAME(paging));
	walk_spoil_leaf(&wrong);
	for (wrong.level = 1; wrong.level < paging_get_levels(paging);
	     wrong.level++)
		walk_spoil_pointer(&wrong);
	walk_try_addresses(paging);
	attempt_end();
	report(wrong.good, "walk: after each one that is right, %s",
	       MODE_NAME(paging));
	report(walk_superpages_are_good(paging), "walk: superpages, %s",
	       MODE_NAME(paging));
	report(walk_status_is_heeded(paging), "walk: SUM and MXR, %s",
	       MODE_NAME(paging));
	report(walk_executes_only(paging), "walk: code that cannot be read, %s",
	       MODE_NAME(paging));
}

void walk_run(void)
{
	if (!report(walk_find_register(), "walk: a register is emulated"))
		return;
	report(walk_is_good(PAGING_BARE, ACCESS_KERNEL) &&
	       walk_is_good(PAGING_BARE, ACCESS_USER), "walk: bare");
	walk_forms();
	if (access_has('h'))
		walk_virtual();
	attempt_begin("walk: an instruction changed by another hart");
	walk_race_instructions();
	attempt_end();
	for (unsigned int mode = PAGING_SV39; mode < PAGING_MODES; mode++) {
		if (!paging_switch(mode)) {
			print("no %s here\n", MODE_NAME(mode));
			continue;
		}
		walk_mend(mode);
		walk_spoil(mode);
		attempt_begin("walk: tables changed by another hart, %s",
			      MODE_NAME(mode));
		walk_race(mode);
		attempt_end();
		paging_switch(PAGING_BARE);
	}
	*(volatile uint32_t *)(uintptr_t)walk_register = 0;
}
