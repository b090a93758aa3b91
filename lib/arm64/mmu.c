/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EL2's own translation: every address is itself. Memory is cached and nothing
 * that can be written is executed; all that is no memory is a device.
 */
#include <compartment/arm64/tables.h>
#include "arm64.h"
#include "asm.h"
#include "descriptor.h"

/* Arm DDI 0487, D8.3: what is stage 1's own, with one level of privilege */
#define STAGE1_MEMORY		(0ULL << 2)	/* start.S: MAIR */
#define STAGE1_DEVICE		(1ULL << 2)
#define STAGE1_RES1		(1ULL << 6)
#define STAGE1_READ_ONLY	(1ULL << 7)

#define MMU_COMMON	(DESCRIPTOR_VALID | DESCRIPTOR_ACCESSED | STAGE1_RES1)
#define MMU_DEVICE	(MMU_COMMON | STAGE1_DEVICE | DESCRIPTOR_XN)
#define MMU_CODE	(MMU_COMMON | STAGE1_MEMORY | DESCRIPTOR_SHAREABLE | \
			 STAGE1_READ_ONLY)
#define MMU_CONSTANT	(MMU_CODE | DESCRIPTOR_XN)
#define MMU_DATA	(MMU_CONSTANT & ~STAGE1_READ_ONLY)

/* The shape is that of stage 2; start.S tells the processor so. */
#define PAGE_SIZE	(1ULL << TABLES_ORDER_LAST)
#define TABLE_ENTRIES	(1U << TABLES_ORDER_STEP)
#define ADDRESS_END	(1ULL << TABLES_ADDRESS_BITS)
_Static_assert(TABLES_ADDRESS_BITS == ADDRESS_BITS, "asm.h");

/*
 * Where a range ends inside of a 2 MiB block, a table of each lower level is
 * needed: RAM, the four ends of the image's pieces, the page at 0.
 */
#define MMU_TABLES	(2 * (2 * MACHINE_RAM_MAX + 4 + 1))

/* One per level 1 entry; the first is what start.S loads into TTBR0_EL2. */
uint64_t mmu_root[TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t mmu_tables[MMU_TABLES][TABLE_ENTRIES]
	__attribute__((aligned(4096)));
static unsigned int mmu_tables_used;

extern const char image_start[], text_end[], rodata_end[], bss_end[];

/* What an entry says, said by a table of the next level. */
static uint64_t *mmu_divide(uint64_t *entry, unsigned int order)
{
	uint64_t *table, below = *entry;
	unsigned int i;

	if (*entry & DESCRIPTOR_TABLE)
		return (uint64_t *)(*entry & DESCRIPTOR_ADDRESS);
	/* Cannot be: MMU_TABLES is enough, and nothing could be said yet. */
	if (mmu_tables_used == MMU_TABLES)
		__builtin_trap();
	table = mmu_tables[mmu_tables_used++];
	order -= TABLES_ORDER_STEP;
	if (order == TABLES_ORDER_LAST)
		below |= DESCRIPTOR_TABLE;
	for (i = 0; i < TABLE_ENTRIES && (*entry & DESCRIPTOR_VALID); i++)
		table[i] = below + ((uint64_t)i << order);
	*entry = (uint64_t)table | DESCRIPTOR_VALID | DESCRIPTOR_TABLE;
	return table;
}

/* Maps [base, end), whole pages, to itself. */
static void mmu_map(uint64_t *table, unsigned int order, uint64_t base,
		    uint64_t end, uint64_t attributes)
{
	uint64_t size = 1ULL << order, part;
	uint64_t kind = order == TABLES_ORDER_LAST ? DESCRIPTOR_TABLE : 0;
	uint64_t *entry;

	for (; base < end; base = part) {
		entry = &table[(base >> order) % TABLE_ENTRIES];
		part = (base | (size - 1)) + 1;
		if (part > end)
			part = end;
		if (part - base == size)
			*entry = base | attributes | kind;
		else
			mmu_map(mmu_divide(entry, order), order - TABLES_ORDER_STEP,
				base, part, attributes);
	}
}

/* A page that is RAM only in part is a device's. */
static void mmu_map_ram(const struct memory_range *ram)
{
	uint64_t base = (ram->base + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	uint64_t end = (ram->base + ram->size) & ~(PAGE_SIZE - 1);

	if (end > ADDRESS_END)
		end = ADDRESS_END;
	mmu_map(mmu_root, TABLES_ORDER_FIRST, base, end, MMU_DATA);
}

void mmu_build(const struct machine *machine)
{
	uint64_t image = (uint64_t)image_start, text = (uint64_t)text_end;
	unsigned int i;

	/* Page 0 is not there: a pointer that nobody set faults. */
	mmu_map(mmu_root, TABLES_ORDER_FIRST, PAGE_SIZE, ADDRESS_END, MMU_DEVICE);
	for (i = 0; i < machine->ram_count; i++)
		mmu_map_ram(&machine->ram[i]);
	mmu_map(mmu_root, TABLES_ORDER_FIRST, image, text, MMU_CODE);
	mmu_map(mmu_root, TABLES_ORDER_FIRST, text, (uint64_t)rodata_end,
		MMU_CONSTANT);
	/* Again, for a tree that names no RAM: its error is to be printed. */
	mmu_map(mmu_root, TABLES_ORDER_FIRST, (uint64_t)rodata_end,
		(uint64_t)bss_end, MMU_DATA);
}
