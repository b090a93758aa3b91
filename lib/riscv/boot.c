/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From reset to the first compartment: hook into OpenSBI's generic platform,
 * move bundle and machine tree out of the way, read and check the manifest,
 * and, as the very last step of the cold boot, start the compartments.
 */
#include <compartment/map.h>
#include <libfdt.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_platform.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include "firmware.h"

#define NO_HART		(-1U)

extern struct sbi_platform platform;
/* Around the bundle that is linked behind the firmware. */
extern const char _payload_start[], _payload_end[];

struct firmware firmware;

static struct sbi_platform_operations ops;
static u32 preferred_hart = NO_HART;
/* Inside the bundle it is not aligned as libfdt wants a tree to be. */
static char manifest_copy[MANIFEST_SIZE_MAX] __attribute__((aligned(8)));

void firmware_print_line(void *context, const char *text)
{
	sbi_printf("bulkhead: %s\n", text);
}

void __noreturn firmware_stop(void)
{
	sbi_printf("bulkhead: nothing was started\n");
	firmware.board->power_off(true);
}

/* The manifest in the bundle, copied; its size, or 0 with the reason said. */
static size_t manifest_load(struct bundle *bundle, const void *blob,
			    size_t size, struct compartment_report *report)
{
	struct bundle_image image;

	if (bundle_open(bundle, blob, size, report) ||
	    bundle_find_image(bundle, BUNDLE_MANIFEST, &image, report) ||
	    bundle_verify_image(&image, report))
		return 0;
	if (image.size > sizeof(manifest_copy)) {
		compartment_report_error(report, "/images/" BUNDLE_MANIFEST,
					 "data", "%lu bytes; at most %u are read",
					 image.size, MANIFEST_SIZE_MAX);
		return 0;
	}
	memcpy(manifest_copy, image.data, image.size);
	return image.size;
}

/*
 * The hart that the manifest wants to boot cold: the boot hart of `cold-boot`,
 * or else of the first compartment. Only a preference: nothing is checked yet,
 * and whatever is wrong is said later, by any hart.
 */
static u32 manifest_preferred_hart(const void *fdt)
{
	const fdt32_t *cell = NULL;
	int len = 0, node = -1;

	cell = fdt_getprop(fdt, 0, "cold-boot", &len);
	if (cell && len == sizeof(*cell))
		node = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*cell));
	if (node < 0)
		node = fdt_first_subnode(fdt,
				fdt_path_offset(fdt, "/compartments"));
	if (node < 0)
		return NO_HART;
	cell = fdt_getprop(fdt, node, "boot-hart", &len);
	if (!cell)
		cell = fdt_getprop(fdt, node, "harts", &len);
	return cell && len >= (int)sizeof(*cell) ? fdt32_to_cpu(*cell) :
						   NO_HART;
}

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

/*
 * Moves tree and bundle to the top of the RAM that holds the firmware. The
 * stage before may have put the tree where the bundle is going: it goes first.
 */
static void copies_move(const struct machine *machine,
			struct compartment_report *report)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	const void *tree = fdt_get_address();
	size_t linked = _payload_end - _payload_start;
	uint64_t tree_copy;

	/* Stacks and heap, sized by the number of harts, follow the code. */
	if (scratch->fw_start + scratch->fw_size > (uint64_t)_payload_start)
		firmware_fatal("the firmware needs 0x%lx bytes, but the bundle "
			       "is linked 0x%lx bytes behind its start",
			       scratch->fw_size, (unsigned long)_payload_start -
			       scratch->fw_start);
	if (board_place_copies(&firmware.facts, machine, linked,
			       fdt_totalsize(tree), &tree_copy, report))
		firmware_stop();

	memmove((void *)tree_copy, tree, fdt_totalsize(tree));
	memmove((void *)firmware.facts.private.base, _payload_start, linked);
	/* Stops whoever is granted that memory from reading all images. */
	memset((void *)_payload_start, 0, linked);
	root.next_arg1 = tree_copy;
}

static void board_facts_fill(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	firmware.facts.name = firmware.board->name;
	firmware.facts.entries = sbi_hart_pmp_count(scratch);
	firmware.facts.entries_kept = BOARD_ENTRIES_KEPT;
	firmware.facts.granularity = 1UL << sbi_hart_pmp_log2gran(scratch);
	firmware.facts.firmware.base = scratch->fw_start;
	/* All that lies before the bundle, whatever the number of harts. */
	firmware.facts.firmware.size = (uint64_t)_payload_start -
				       scratch->fw_start;
	firmware.facts.kinds = firmware.board->kinds;
	firmware.facts.kind_count = firmware.board->kind_count;
}

static void manifest_read(void)
{
	struct compartment_report report = { .line = firmware_print_line };
	const void *blob = (const void *)firmware.facts.private.base;
	const void *tree = fdt_get_address();
	size_t size;

	size = manifest_load(&firmware.bundle, blob,
			     _payload_end - _payload_start, &report);
	if (!size ||
	    manifest_parse(&firmware.model, manifest_copy, size, tree,
			   fdt_totalsize(tree), &firmware.facts, &report) ||
	    manifest_check_bundle(&firmware.model, &firmware.bundle, &report))
		firmware_stop();
}

static int boot_domains_init(void)
{
	static struct machine machine;
	struct compartment_report report = { .line = firmware_print_line };
	const void *tree = fdt_get_address();
	int rc;

	board_facts_fill();
	if (machine_parse(&machine, &firmware.facts, tree,
			  fdt_totalsize(tree), &report))
		firmware_stop();
	copies_move(&machine, &report);
	manifest_read();
	doorbell_setup();
	rc = domain_register_all();
	if (rc)
		firmware_fatal("OpenSBI refuses a domain (error %d)", rc);
	return 0;
}

void firmware_init(const void *machine_tree, const struct riscv_board *board)
{
	struct bundle bundle;

	firmware.board = board;
	ops = *(const struct sbi_platform_operations *)
		platform.platform_ops_addr;
	ops.cold_boot_allowed = boot_cold_boot_allowed;
	ops.domains_init = boot_domains_init;
	ops.final_init = boot_final_init;
	platform.platform_ops_addr = (unsigned long)&ops;
	/* OpenSBI sets up stacks after this; its scratch takes 4 KiB of each. */
	platform.hart_stack_size = HART_STACK_SIZE;

	if (manifest_load(&bundle, _payload_start,
			  _payload_end - _payload_start, NULL) &&
	    !fdt_check_header(manifest_copy))
		preferred_hart = manifest_preferred_hart(manifest_copy);
	if (!machine_has_hart(machine_tree, preferred_hart))
		preferred_hart = NO_HART;
}

/* The hart that boots cold is started already: it just goes on there. */
static void boot_hart_prepare(struct sbi_scratch *scratch, unsigned int id)
{
	const struct memory_range *memory =
		&firmware.model.compartments[id].memory[0];

	scratch->next_addr = memory->base;
	scratch->next_arg1 = memory->base + memory->size - MODEL_TREE_SIZE;
	scratch->next_mode = PRV_S;
}

/* The compartment whose boot hart is the one that boots cold. */
static unsigned int cold_compartment(void)
{
	unsigned int id;

	for (id = 0; id < firmware.model.compartment_count; id++)
		if (firmware.model.compartments[id].boot_hart ==
		    current_hartid())
			return id;
	firmware_fatal("hart %u boots cold but is no compartment's boot hart",
		       current_hartid());
}

void firmware_load(void)
{
	const struct model *model = &firmware.model;
	unsigned int i;

	map_print(model, firmware_print_line, NULL);
	/* What a warm reset of the machine left there is nobody's. */
	for (i = 0; i < model->window_count; i++)
		memset((void *)model->windows[i].range.base, 0,
		       model->windows[i].range.size);
	for (i = 0; i < model->compartment_count; i++)
		if (!life_load(i))
			firmware_stop();
}

void firmware_start(struct sbi_scratch *scratch)
{
	unsigned int id, cold = cold_compartment();

	firmware.alive = firmware.model.compartment_count;
	for (id = 0; id < firmware.model.compartment_count; id++)
		lifecycle_mark_started(&firmware.runtime[id].life);
	/* Pairs with the acquires in hooks.c: all of the above is there. */
	__atomic_store_n(&firmware.up, true, __ATOMIC_RELEASE);
	boot_hart_prepare(scratch, cold);
	for (id = 0; id < firmware.model.compartment_count; id++)
		if (id != cold && !life_start(id))
			firmware_fatal("%s: its boot hart does not start",
				       firmware.model.compartments[id].name);
}
