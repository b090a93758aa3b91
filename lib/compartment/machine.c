/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as its device tree describes it: harts, RAM, interrupt pages. */
#include <libfdt.h>
#include <compartment/board.h>

#include "machine.h"
#include "tree.h"

/* PLIC specification 1.0.0, chapter 3, "Memory Map" */
#define PLIC_ENABLE_BASE	0x2000ULL
#define PLIC_ENABLE_STRIDE	0x80ULL
#define PLIC_SHARED_MIN		0x4000ULL
#define PLIC_CONTEXT_BASE	0x200000ULL
#define PLIC_CONTEXT_STRIDE	0x1000ULL
/* AIA specification, 3.5, "Memory region for an interrupt file" */
#define IMSIC_PAGE_SIZE		0x1000ULL
#define IMSIC_GUEST_BITS_MAX	6

static void read_cpu(struct machine *machine, const void *tree, int node,
		     struct compartment_report *report)
{
	struct machine_hart *hart = &machine->harts[machine->hart_count];
	const uint8_t *reg;
	int child, count;

	count = tree_cells(tree, node, "reg", &reg);
	if (count < 1 || count > 2) {
		tree_error(report, tree, node, "reg", "must be the hart's id");
		return;
	}
	if (machine->hart_count == MACHINE_HARTS_MAX) {
		tree_error(report, tree, node, NULL, "more than %u harts",
			   MACHINE_HARTS_MAX);
		return;
	}
	hart->id = tree_cell(reg, (unsigned int)count - 1);
	if (machine_find_hart(machine, hart->id)) {
		tree_error(report, tree, node, "reg", "hart %u is there twice",
			   hart->id);
		return;
	}
	hart->node = node;
	hart->owner = -1;
	hart->plic_context = -1;
	fdt_for_each_subnode(child, tree, node)
		if (fdt_getprop(tree, child, "interrupt-controller", NULL))
			hart->intc = fdt_get_phandle(tree, child);
	machine->hart_count++;
}

static void read_cpus(struct machine *machine, const void *tree,
		      struct compartment_report *report)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node;

	if (cpus < 0)
		return;
	machine->timebase = tree_u32(tree, cpus, "timebase-frequency", 0);
	fdt_for_each_subnode(node, tree, cpus)
		if (tree_is(tree, node, "device_type", "cpu") &&
		    tree_is_enabled(tree, node))
			read_cpu(machine, tree, node, report);
}

static void read_ram(struct machine *machine, const void *tree,
		     struct compartment_report *report)
{
	struct memory_range range;
	unsigned int index;
	int node;

	fdt_for_each_subnode(node, tree, 0) {
		if (!tree_is(tree, node, "device_type", "memory"))
			continue;
		for (index = 0; tree_reg(tree, node, index, &range); index++) {
			if (machine->ram_count == MACHINE_RAM_MAX) {
				tree_error(report, tree, node, "reg",
					   "more than %u pieces of RAM",
					   MACHINE_RAM_MAX);
				return;
			}
			machine->ram[machine->ram_count++] = range;
		}
	}
}

/* The hart behind entry `index` of a controller's interrupts-extended. */
static struct machine_hart *find_target(struct machine *machine,
					const uint8_t *cells,
					unsigned int index, uint32_t cause)
{
	uint32_t phandle = tree_cell(cells, 2 * index);
	unsigned int i;

	if (tree_cell(cells, 2 * index + 1) != cause || !phandle)
		return NULL;
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].intc == phandle)
			return &machine->harts[i];
	return NULL;
}

bool machine_plic_shared(const void *tree, int node, struct memory_range *range)
{
	const uint8_t *cells;
	int count = tree_cells(tree, node, "interrupts-extended", &cells);
	struct memory_range reg;
	uint64_t end, size = PLIC_SHARED_MIN;

	if (count < 2 || !tree_reg(tree, node, 0, &reg))
		return false;
	end = PLIC_ENABLE_BASE + (uint64_t)count / 2 * PLIC_ENABLE_STRIDE;
	while (size < end)
		size *= 2;
	/* A context's page in the shared piece would be everybody's. */
	if (size > PLIC_CONTEXT_BASE || size > reg.size)
		return false;
	range->base = reg.base;
	range->size = size;
	return true;
}

static void read_plic(struct machine *machine, const void *tree, int node,
		      struct compartment_report *report)
{
	struct memory_range reg, shared, page;
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i;
	int count;

	if (!machine_plic_shared(tree, node, &shared)) {
		tree_error(report, tree, node, "interrupts-extended",
			   "contexts and registers of the PLIC do not fit each other");
		return;
	}
	tree_reg(tree, node, 0, &reg);
	if (!machine->plic.size) {
		machine->plic = shared;
		machine->plic_sources = tree_u32(tree, node, "riscv,ndev", 0);
	}
	count = tree_cells(tree, node, "interrupts-extended", &cells);
	for (i = 0; i < (unsigned int)count / 2; i++) {
		hart = find_target(machine, cells, i, CAUSE_SUPERVISOR_EXTERNAL);
		page.base = reg.base + PLIC_CONTEXT_BASE +
			    i * PLIC_CONTEXT_STRIDE;
		page.size = PLIC_CONTEXT_STRIDE;
		if (!hart || hart->plic_page.size)
			continue;
		if (page.base + page.size > reg.base + reg.size) {
			tree_error(report, tree, node, "reg",
				   "context %u of hart %u lies outside", i,
				   hart->id);
			return;
		}
		hart->plic_context = (int)i;
		hart->plic_page = page;
	}
}

/* An IMSIC's files lie one after the other through all of its ranges. */
static bool find_imsic_page(const void *tree, int node, uint64_t offset,
			    struct memory_range *page)
{
	struct memory_range reg;
	unsigned int index;

	for (index = 0; tree_reg(tree, node, index, &reg); index++) {
		if (offset < reg.size) {
			page->base = reg.base + offset;
			page->size = IMSIC_PAGE_SIZE;
			return !(page->base % IMSIC_PAGE_SIZE) &&
			       reg.size - offset >= IMSIC_PAGE_SIZE;
		}
		offset -= reg.size;
	}
	return false;
}

static void read_imsic(struct machine *machine, const void *tree, int node,
		       struct compartment_report *report)
{
	uint32_t guest_bits = tree_u32(tree, node, "riscv,guest-index-bits", 0);
	struct machine_hart *hart;
	const uint8_t *cells;
	unsigned int i;
	int count;

	count = tree_cells(tree, node, "interrupts-extended", &cells);
	for (i = 0; count > 0 && i < (unsigned int)count / 2; i++) {
		hart = find_target(machine, cells, i, CAUSE_SUPERVISOR_EXTERNAL);
		if (!hart || hart->imsic_page.size)
			continue;
		machine->imsic_identities =
			tree_u32(tree, node, "riscv,num-ids", 0);
		if (guest_bits > IMSIC_GUEST_BITS_MAX ||
		    !find_imsic_page(tree, node,
				     (uint64_t)i * IMSIC_PAGE_SIZE << guest_bits,
				     &hart->imsic_page)) {
			hart->imsic_page.size = 0;
			tree_error(report, tree, node, "reg",
				   "no page for the interrupt file of hart %u",
				   hart->id);
			return;
		}
	}
}

bool machine_is_m_level(const void *tree, int node)
{
	const uint8_t *cells;
	unsigned int hops;
	int count, i;

	/* An APLIC in MSI mode names its IMSIC instead of harts. */
	for (hops = 0; node >= 0 && hops < 2; hops++) {
		if (fdt_getprop(tree, node, "riscv,children", NULL))
			return true;
		count = tree_cells(tree, node, "interrupts-extended", &cells);
		for (i = 0; i < count / 2; i++)
			if (tree_cell(cells, 2 * (unsigned int)i + 1) ==
			    CAUSE_MACHINE_EXTERNAL)
				return true;
		node = fdt_node_offset_by_phandle(tree,
				tree_u32(tree, node, "msi-parent", 0));
	}
	return false;
}

static void read_controllers(struct machine *machine,
			     const struct compartment_board *board,
			     const void *tree,
			     struct compartment_report *report)
{
	const struct device_kind *kind;
	int node;

	for (node = fdt_next_node(tree, -1, NULL); node >= 0;
	     node = fdt_next_node(tree, node, NULL)) {
		kind = board_find_kind(board, tree, node);
		if (!kind || !tree_is_enabled(tree, node))
			continue;
		if (kind->role == DEVICE_ROLE_PLIC)
			read_plic(machine, tree, node, report);
		else if (kind->role == DEVICE_ROLE_IMSIC)
			read_imsic(machine, tree, node, report);
	}
}

int machine_parse(struct machine *machine,
		  const struct compartment_board *board, const void *tree,
		  size_t size, struct compartment_report *report)
{
	struct compartment_report none = { 0 };
	unsigned int before;

	if (!report)
		report = &none;
	before = report->errors;
	memset(machine, 0, sizeof(*machine));
	if (!tree_check(tree, size, "machine's tree", report))
		return COMPARTMENT_ERR_MALFORMED;
	machine->tree = tree;
	read_cpus(machine, tree, report);
	read_ram(machine, tree, report);
	read_controllers(machine, board, tree, report);
	if (!machine->hart_count)
		compartment_report_error(report, "machine: /cpus", NULL,
					 "no hart there");
	if (!machine->ram_count)
		compartment_report_error(report, "machine: /memory", "reg",
					 "no RAM there");
	return report->errors == before ? COMPARTMENT_OK :
					  COMPARTMENT_ERR_MALFORMED;
}

const struct machine_hart *machine_find_hart(const struct machine *machine,
					     uint32_t id)
{
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].id == id)
			return &machine->harts[i];
	return NULL;
}

bool machine_contains_ram(const struct machine *machine, uint64_t base,
			  uint64_t size)
{
	const struct memory_range *ram;
	unsigned int i;

	for (i = 0; i < machine->ram_count; i++) {
		ram = &machine->ram[i];
		/* No sum here: a base and size that wrap must not pass. */
		if (base - ram->base < ram->size &&
		    size <= ram->size - (base - ram->base))
			return true;
	}
	return false;
}
