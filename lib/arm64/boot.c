/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the loaded image to the first compartment: EL2's own translation, the
 * manifest, the interrupt controller, stage 2, and, as the very last step, the
 * compartments.
 */
#include <compartment/architecture.h>
#include <libfdt.h>
#include "arm64.h"
#include "asm.h"
#include "gic.h"

_Static_assert(offsetof(struct trap_frame, elr) == FRAME_ELR, "asm.h");
_Static_assert(offsetof(struct trap_frame, spsr) == FRAME_ELR + 8, "asm.h");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "asm.h");
_Static_assert(sizeof(struct core) == CORE_SIZE, "asm.h");
_Static_assert(offsetof(struct core, stack) + CORE_STACK_SIZE <= CORE_SIZE &&
	       CORE_SIZE % 16 == 0, "a core's stack ends where the core does");

extern char bundle_start[], bundle_end[];

static void board_facts_fill(uint64_t image, uint64_t image_end)
{
	struct compartment_board *facts = &partitioner.board;

	facts->name = board->name;
	facts->architecture = &architecture_arm64;
	facts->protection_units = BOARD_TABLES;
	facts->granularity = GUEST_PAGE_SIZE;
	facts->firmware.base = image;
	facts->firmware.size = image_end - image;
	facts->kinds = board->kinds;
	facts->kind_count = board->kind_count;
	facts->doorbell_first = board->doorbell_first;
	facts->doorbell_count = board->doorbell_count;
}

/*
 * Builds EL2's translation for this machine and turns it on. Whatever is wrong
 * with the tree is found again, and said, when there is a console.
 */
static void translation_start(const void *tree, uint64_t image)
{
	struct machine *machine = &partitioner.model.machine;

	/* The loader wrote it through its caches, and may not have cleaned. */
	cache_flush((uint64_t)tree, sizeof(struct fdt_header));
	cache_flush((uint64_t)tree, fdt_totalsize(tree));
	machine_parse(machine, &partitioner.board, tree, fdt_totalsize(tree),
		      NULL);
	mmu_build(machine);
	/* What this core stored past the caches is what they are to show. */
	cache_forget(image, partitioner.board.firmware.size);
	mmu_enable();
}

/* The core that boots goes on in its compartment, if it is a boot core. */
static void __attribute__((noreturn)) boot_core_enter(int compartment)
{
	struct core *core = core_this();

	if (compartment == COMPARTMENT_NONE)
		arch_hart_stop();
	core->entry = partitioner_get_entry((unsigned int)compartment);
	core->argument = partitioner_get_tree((unsigned int)compartment);
	core_enter();
}

/* A tree may disable what a loader runs on, or not name it at all. */
static void boot_core_check(void)
{
	uint32_t id = core_this()->hart.id;

	if (!machine_find_hart(&partitioner.model.machine, id))
		partitioner_fatal("hart %u runs, but the machine's tree says that it is disabled or absent",
				  id);
}

void boot_cold(const void *tree, uint64_t image, uint64_t image_end)
{
	board_facts_fill(image, image_end);
	translation_start(tree, image);
	cores[0].hart.id = read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
	board->init(tree);
	console_setup(tree);
	console_share();
	el2_setup();

	partitioner_prepare(bundle_start, bundle_end - bundle_start, tree);
	boot_core_check();
	gic_setup();
	gic_setup_core();
	stage2_setup();
	partitioner_load();
	boot_core_enter(partitioner_start());
}

void boot_secondary(void)
{
	el2_setup();
	gic_setup_core();
	core_enter();
}

void boot_refuse(const void *tree, unsigned int level)
{
	board->init(tree);
	console_setup(tree);
	if (level == 2)
		partitioner_fatal("HCR_EL2.E2H cannot be 0 on this core");
	partitioner_fatal("started at EL%u, but runs at EL2 only", level);
}
