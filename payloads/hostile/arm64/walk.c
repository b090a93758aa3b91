/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that are wrong, each in one entry, at registers that are emulated. */
#include <common/report.h>
#include <sysreg.h>
#include <virtio/mmio.h>
#include "../board.h"
#include "../harts.h"
#include "../hostile.h"
#include "extensions.h"
#include "gic.h"
#include "paging.h"
#include "walk.h"

#define ENTRIES		512U
#define PAGE_MASK	(~(uint64_t)(WALK_PAGE - 1))
#define BLOCK_SIZE	(WALK_PAGE * ENTRIES)
#define ESR_WRITE	(1UL << 6)
#define TABLE_LEVEL	1U	/* the entry is paging.c's */

/* No fault, and ESR_EL1's status for the others, with the level. */
#define DONE		0x40U
#define ADDRESS_SIZE	0x00U
#define ACCESS_FLAG	0x08U

void walk_enter(uint64_t pc, uint64_t address, uint64_t *value, uint64_t exit);

/* Entry 0 of the first points at the second. */
static uint64_t walk_tables[2][ENTRIES] __attribute__((aligned(WALK_PAGE)));

/* ---- Accesses ---- */

struct walk_call {
	walk_op op;
	enum access_mode mode;
	uint64_t address;
	uint64_t *value;
};

static void walk_perform(void *context)
{
	const struct walk_call *call = context;

	if (call->mode == ACCESS_KERNEL)
		call->op(call->address, call->value);
	else
		walk_enter((uintptr_t)call->op + PAGING_OWN_USER, call->address,
			   (uint64_t *)((uintptr_t)call->value +
					PAGING_OWN_USER),
			   (uintptr_t)user_exit + PAGING_OWN_USER);
}

bool walk_access(walk_op op, enum access_mode mode, uint64_t address,
		 uint64_t *value, struct trap_record *record)
{
	struct walk_call call = { op, mode, address, value };

	if (!trap_run(walk_perform, &call, record))
		return true;
	return mode == ACCESS_USER && access_is_exit(record);
}

bool walk_is_fault(const struct trap_record *record, uint64_t address,
		   bool store, unsigned int status)
{
	unsigned int class = ESR_CLASS(record->cause);

	return (class == CLASS_DATA || class == CLASS_DATA_LOWER) &&
	       ESR_STATUS(record->cause) == status &&
	       !(record->cause & ESR_WRITE) == !store &&
	       record->address == address;
}

uint64_t walk_name(enum access_mode mode, uint64_t physical)
{
	return paging_hang_table((uintptr_t)walk_tables[0]) +
	       (mode == ACCESS_USER ? WALK_PAGE : 0) + (physical & ~PAGE_MASK);
}

uint64_t *walk_get_entry(unsigned int level, enum access_mode mode)
{
	return &walk_tables[level - WALK_LEVEL_FIRST]
			   [level == WALK_LEVEL_LAST && mode == ACCESS_USER];
}

void walk_drop(void)
{
	dsb();
	harts_drop_translations();
}

void walk_mend(const struct walk_register *reg)
{
	uint64_t leaf = (reg->at & PAGE_MASK) | WALK_LEAF;

	walk_tables[0][0] = (uintptr_t)walk_tables[1] | WALK_TABLE;
	walk_tables[1][0] = leaf;
	walk_tables[1][1] = leaf | WALK_USER;
	paging_hang_table((uintptr_t)walk_tables[0]);
}

uint32_t walk_read(const struct walk_register *reg)
{
	return gic_read(reg->seen);
}

bool walk_is_good(const struct walk_register *reg, enum access_mode mode)
{
	static unsigned int next;
	unsigned int n = next++ % WALK_VALUES;
	/* Static, as EL0 reaches the image. */
	static uint64_t value;
	struct trap_record record;

	/* Of 64 bits, of which 32 are meant. */
	value = reg->values[n] | ~0ULL << 32;
	if (!walk_access(walk_store, mode, walk_name(mode, reg->at), &value,
			 &record))
		return false;
	value = ~0ULL;
	return walk_access(walk_load, mode, walk_name(mode, reg->seen), &value,
			   &record) &&
	       (uint32_t)value == reg->shown[n];
}

/* ---- One wrong entry ---- */

struct walk_wrong {
	unsigned int level;
	uint64_t bits;			/* that are not as they should be */
	unsigned int load, store;	/* what each ends in */
	bool user;			/* for EL0 alone */
};

static const struct walk_wrong walk_wrongs[] = {
	/* of a page: none; a block; not accessed; read-only; too far */
	{ 3, WALK_VALID, WALK_TRANSLATION | 3, WALK_TRANSLATION | 3, false },
	{ 3, 1ULL << 1, WALK_TRANSLATION | 3, WALK_TRANSLATION | 3, false },
	{ 3, 1ULL << 10, ACCESS_FLAG | 3, ACCESS_FLAG | 3, false },
	{ 3, WALK_READ_ONLY, DONE, WALK_PERMISSION | 3, false },
	{ 3, 1ULL << 40, ADDRESS_SIZE | 3, ADDRESS_SIZE | 3, false },
	{ 3, 1ULL << 47, ADDRESS_SIZE | 3, ADDRESS_SIZE | 3, false },
	{ 3, WALK_USER, WALK_PERMISSION | 3, WALK_PERMISSION | 3, true },
	/* of tables: the same for all below */
	{ 2, WALK_VALID, WALK_TRANSLATION | 2, WALK_TRANSLATION | 2, false },
	{ 2, WALK_TABLE_READ_ONLY, DONE, WALK_PERMISSION | 3, false },
	{ 2, 1ULL << 61, WALK_PERMISSION | 3, WALK_PERMISSION | 3, true },
	{ 2, 1ULL << 40, ADDRESS_SIZE | 2, ADDRESS_SIZE | 2, false },
	{ 2, 1ULL << 47, ADDRESS_SIZE | 2, ADDRESS_SIZE | 2, false },
	{ 1, WALK_TABLE_READ_ONLY, DONE, WALK_PERMISSION | 3, false },
	{ 1, 1ULL << 40, ADDRESS_SIZE | 1, ADDRESS_SIZE | 1, false },
	{ 1, 1ULL << 47, ADDRESS_SIZE | 1, ADDRESS_SIZE | 1, false },
};

struct walk_spoil {
	const struct walk_register *reg;
	enum access_mode mode;
	bool good;		/* all that was tried between */
};

static void walk_set(struct walk_spoil *spoil, unsigned int level,
		     uint64_t entry)
{
	if (level == TABLE_LEVEL)
		paging_hang_table(entry);
	else
		*walk_get_entry(level, spoil->mode) = entry;
	walk_drop();
}

/* A load and a store by a table with that entry; then it is mended. */
static void walk_try(struct walk_spoil *spoil, const struct walk_wrong *wrong,
		     uint64_t entry, const char *what)
{
	const struct walk_register *reg = spoil->reg;
	static uint64_t value;
	struct trap_record record;

	for (unsigned int store = 0; store < 2; store++) {
		unsigned int status = store ? wrong->store : wrong->load;
		uint64_t address = walk_name(spoil->mode,
					     store ? reg->at : reg->seen);
		uint32_t before = walk_read(reg);
		bool done;

		walk_set(spoil, wrong->level, entry);
		/* Another one than it shows. */
		value = reg->values[before == reg->shown[0]];
		done = walk_access(store ? walk_store : walk_load, spoil->mode,
				   address, &value, &record);
		attempt((status == DONE ? done :
			 !done && walk_is_fault(&record, address, store,
						status)) &&
			walk_read(reg) == before, what, entry);
		walk_mend(reg);
		spoil->good &= walk_is_good(reg, spoil->mode);
	}
}

/* A table of registers: what may be read of them is valid nowhere. */
static void walk_spoil_itself(struct walk_spoil *spoil, unsigned int level)
{
	unsigned int status = spoil->reg->loads ? STATUS_EXTERNAL :
						  WALK_TRANSLATION + level + 1;
	struct walk_wrong wrong = { level, 0, status, status, false };

	walk_try(spoil, &wrong, (spoil->reg->at & PAGE_MASK) | WALK_TABLE,
		 "a table of registers");
}

/* Tables and pages that are others', or none, or registers themselves. */
static void walk_spoil_addresses(struct walk_spoil *spoil)
{
	uint64_t user = spoil->mode == ACCESS_USER ? WALK_USER : 0;
	struct walk_wrong wrong = {
		.load = STATUS_EXTERNAL,
		.store = STATUS_EXTERNAL,
	};

	for (wrong.level = 1; wrong.level <= WALK_LEVEL_LAST; wrong.level++) {
		bool leaf = wrong.level == WALK_LEVEL_LAST;

		for (unsigned int i = 0; i < map_sample_count; i++) {
			uint64_t page = map_samples[i] & PAGE_MASK;

			if (!map_is_granted(page, WALK_PAGE) &&
			    access_can_hang(page))
				walk_try(spoil, &wrong,
					 page | (leaf ? WALK_LEAF | user :
							WALK_TABLE),
					 leaf ? "a page elsewhere" :
						"a table elsewhere");
		}
		if (!leaf)
			walk_spoil_itself(spoil, wrong.level);
	}
}

static void walk_spoil_bits(struct walk_spoil *spoil)
{
	for (unsigned int i = 0;
	     i < sizeof(walk_wrongs) / sizeof(walk_wrongs[0]); i++) {
		const struct walk_wrong *wrong = &walk_wrongs[i];
		uint64_t whole = wrong->level == TABLE_LEVEL ?
				 (uintptr_t)walk_tables[0] | WALK_TABLE :
				 *walk_get_entry(wrong->level, spoil->mode);

		if (!wrong->user || spoil->mode == ACCESS_USER)
			walk_try(spoil, wrong, whole ^ wrong->bits,
				 "bits of an entry");
	}
}

/* A block in place of the last table. */
static bool walk_block_is_good(const struct walk_register *reg)
{
	uint64_t address = walk_name(ACCESS_KERNEL, 0) +
			   reg->at % BLOCK_SIZE;
	static uint64_t value;
	struct trap_record record;
	bool good;

	walk_tables[0][0] = (reg->at & ~(BLOCK_SIZE - 1)) |
			    (WALK_LEAF & ~(WALK_TABLE ^ WALK_VALID));
	walk_drop();
	value = reg->values[1];
	good = walk_access(walk_store, ACCESS_KERNEL, address, &value,
			   &record) &&
	       walk_read(reg) == reg->shown[1];
	walk_mend(reg);
	return good;
}

static void walk_register_run(const struct walk_register *reg)
{
	struct walk_spoil spoil = { .reg = reg, .good = true };

	access_set_translation(ACCESS_ELSEWHERE);
	walk_mend(reg);
	attempt_begin("walk: tables that are wrong, %s", reg->name);
	for (unsigned int mode = 0; mode < ACCESS_MODES; mode++) {
		spoil.mode = mode;
		spoil.good &= walk_is_good(reg, mode);
		walk_spoil_bits(&spoil);
		walk_spoil_addresses(&spoil);
	}
	attempt_end();
	report(spoil.good, "walk: after each one that is right, %s", reg->name);
	report(walk_block_is_good(reg), "walk: a block, %s", reg->name);
	walk_race(reg);
	walk_forms(reg);
	access_reset_translation();
}

/* ---- Registers ---- */

/* No two values are shown alike. */
static bool walk_learn(struct walk_register *reg)
{
	for (unsigned int i = 0; i < WALK_VALUES; i++) {
		gic_write(reg->at, reg->values[i]);
		reg->shown[i] = walk_read(reg);
	}
	return reg->shown[0] != reg->shown[1] &&
	       reg->shown[1] != reg->shown[2] && reg->shown[2] != reg->shown[0];
}

/* A device that the firmware plays; the machine's own are not in RAM. */
static const struct tree_device *walk_find_played(void)
{
	const struct tree_device *device = NULL;

	do
		device = tree_find_device(&tree, device, "virtio,mmio");
	while (device && (device->reg.base < board.ram_base ||
			  device->reg.base >= board.ram_end));
	return device;
}

void walk_run(void)
{
	const struct tree_device *played = walk_find_played();
	struct walk_register reg = {
		.name = "redistributor",
		.at = gic_get_redistributor(hart_get_id()) + GICR_SGI +
		      GIC_IPRIORITYR,
		.values = { 0x20406080, 0xa0c0e000, 0x6080a0c0 },
		.loads = true,
	};

	reg.seen = reg.at;
	if (report(walk_learn(&reg), "walk: a register is emulated"))
		walk_register_run(&reg);
	gic_write(reg.at, 0);
	if (!played)
		return;
	/* Which features are shown, of three times 32. */
	reg = (struct walk_register){
		.name = "device that is played",
		.at = played->reg.base + VIRTIO_MMIO_DEVICE_FEATURES_SEL,
		.seen = played->reg.base + VIRTIO_MMIO_DEVICE_FEATURES,
		.values = { 0, 1, 2 },
	};
	if (report(walk_learn(&reg), "walk: a device is played"))
		walk_register_run(&reg);
}
