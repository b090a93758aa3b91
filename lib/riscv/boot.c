/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitioner's way through OpenSBI's cold boot: hook into the generic
 * platform, prepare when domains are asked for, and, as the very last step,
 * start the compartments.
 */
#include <compartment/architecture.h>
#include <libfdt.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_platform.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include "firmware.h"

extern struct sbi_platform platform;
/* Around the bundle that is linked behind the firmware. */
extern char _payload_start[], _payload_end[];

struct firmware firmware;

static struct sbi_platform_operations ops;
static u32 preferred_hart = NO_HART;

static bool machine_has_hart(const void *tree, u32 wanted)
{
	int cpu;
	u32 id;

	fdt_for_each_subnode(cpu, tree, fdt_path_offset(tree, "/cpus"))
		if (!fdt_parse_hart_id(tree, cpu, &id) && id == wanted &&
		    fdt_node_is_enabled(tree, cpu))
			return true;
	return false;
}

/* Runs on every hart, before there is a console. */
static bool boot_cold_boot_allowed(u32 hartid)
{
	/* OpenSBI's banner would come before the map and repeat half of it. */
	sbi_scratch_thishart_ptr()->options |= SBI_SCRATCH_NO_BOOT_PRINTS;
	return preferred_hart == NO_HART || hartid == preferred_hart;
}

/* OpenSBI's fix-ups are for one tree for all: each compartment has its own. */
static int boot_final_init(bool cold_boot)
{
	return 0;
}

static void board_facts_fill(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	partitioner.board.name = firmware.board->name;
	partitioner.board.architecture = &architecture_riscv;
	partitioner.board.protection_units = sbi_hart_pmp_count(scratch);
	partitioner.board.protection_kept = BOARD_ENTRIES_KEPT;
	partitioner.board.granularity = 1UL << sbi_hart_pmp_log2gran(scratch);
	partitioner.board.firmware.base = scratch->fw_start;
	/* All that lies before the bundle, whatever the number of harts. */
	partitioner.board.firmware.size = (uint64_t)_payload_start -
				       scratch->fw_start;
	partitioner.board.kinds = firmware.board->kinds;
	partitioner.board.kind_count = firmware.board->kind_count;
}

static int boot_domains_init(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	int rc;

	/* Stacks and heap, sized by the number of harts, follow the code. */
	if (scratch->fw_start + scratch->fw_size > (uint64_t)_payload_start)
		partitioner_fatal("the firmware needs 0x%lx bytes, but the bundle is linked 0x%lx bytes behind its start",
				  scratch->fw_size,
				  (unsigned long)_payload_start -
				  scratch->fw_start);
	board_facts_fill();
	root.next_arg1 = (unsigned long)partitioner_prepare(_payload_start,
				_payload_end - _payload_start,
				fdt_get_address());
	irqchip_init();
	rc = domain_register_all();
	if (rc)
		partitioner_fatal("OpenSBI refuses a domain (error -%u)", -rc);
	return 0;
}

void firmware_init(const void *machine_tree, const struct riscv_board *board)
{
	firmware.board = board;
	ops = *(const struct sbi_platform_operations *)
		platform.platform_ops_addr;
	ops.cold_boot_allowed = boot_cold_boot_allowed;
	ops.domains_init = boot_domains_init;
	ops.final_init = boot_final_init;
	platform.platform_ops_addr = (unsigned long)&ops;
	/* OpenSBI sets up stacks after this; its scratch takes 4 KiB of each. */
	platform.hart_stack_size = HART_STACK_SIZE;

	preferred_hart = partitioner_get_preferred_hart(_payload_start,
				_payload_end - _payload_start);
	if (!machine_has_hart(machine_tree, preferred_hart))
		preferred_hart = NO_HART;
}

void arch_power_off(bool failed)
{
	firmware.board->power_off(failed);
}

/* The hart that boots cold is started already: it just goes on there. */
void firmware_start(struct sbi_scratch *scratch)
{
	int cold;

	/* Pairs with the acquires in hooks.c: all that was loaded is there. */
	__atomic_store_n(&firmware.up, true, __ATOMIC_RELEASE);
	console_listen();
	cold = partitioner_start();
	if (cold == COMPARTMENT_NONE)
		partitioner_fatal("hart %u boots cold but is no compartment's boot hart",
				  current_hartid());
	scratch->next_addr = partitioner_get_entry(cold);
	scratch->next_arg1 = partitioner_get_tree(cold);
	scratch->next_mode = PRV_S;
}
