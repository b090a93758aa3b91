/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a compartment's device tree says of interrupts on RISC-V: every tree has
 * the machine's controller of the supervisor level, in which only its own harts
 * can be found (device tree bindings sifive,plic-1.0.0, riscv,aplic and
 * riscv,imsics).
 */
#include "riscv.h"
#include "../builder.h"
#include "../tree.h"

/* Stands for "no interrupt" in interrupts-extended. */
#define CONTEXT_ABSENT		0xffffffffU
#define TRIGGER_EDGE_RISING	1U

static const struct machine_hart *find_own_hart(const struct builder *builder,
						uint32_t intc)
{
	const struct machine *machine = &builder->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].intc == intc &&
		    machine->harts[i].owner == (int)builder->index)
			return &machine->harts[i];
	return NULL;
}

/*
 * A controller's list of harts. Positions are context numbers, so foreign harts
 * stay as absent ones: their phandles do not exist in this tree.
 */
static void put_targets(struct builder *builder, int node)
{
	const struct machine_hart *boot =
		machine_find_hart(&builder->model->machine,
				  builder->self->boot_hart);
	const uint8_t *cells;
	void *place;
	int i, count;
	fdt32_t pair[2];

	count = tree_cells(builder->model->machine.tree, node,
			   "interrupts-extended", &cells);
	if (count < 2 || builder->error)
		return;
	builder->error = fdt_property_placeholder(builder->fdt,
						  "interrupts-extended",
						  count / 2 * 8, &place);
	for (i = 0; i < count / 2 && !builder->error; i++) {
		pair[0] = cpu_to_fdt32(tree_cell(cells, 2 * (unsigned int)i));
		pair[1] = cpu_to_fdt32(tree_cell(cells,
						 2 * (unsigned int)i + 1));
		if (!find_own_hart(builder, fdt32_to_cpu(pair[0]))) {
			pair[0] = cpu_to_fdt32(boot->intc);
			pair[1] = cpu_to_fdt32(CONTEXT_ABSENT);
		}
		memcpy((uint8_t *)place + 8 * i, pair, sizeof(pair));
	}
}

/* PLIC, or APLIC of the supervisor level, which then has no children. */
static void put_controller(struct builder *builder, int node)
{
	static const char *const except[] = { "interrupts-extended", NULL };

	builder_begin(builder, fdt_get_name(builder->model->machine.tree, node,
					    NULL));
	builder_copy_properties(builder, node, except);
	put_targets(builder, node);
	builder_end(builder);
}

/* How many bits of an address tell the harts of all of the machine apart. */
static uint32_t get_hart_index_bits(const void *tree, int node, int count)
{
	uint32_t bits = 0;

	while (count > 1 << bits)
		bits++;
	return tree_u32(tree, node, "riscv,hart-index-bits", bits);
}

/*
 * The interrupt files of own harts alone, each with a range of its own: here no
 * position can be left empty. The number of hart bits stays the machine's, so
 * that an APLIC's hart index follows from a file's address as before.
 */
static void put_imsic(struct builder *builder, int node)
{
	static const char *const except[] = {
		"interrupts-extended", "reg", "riscv,hart-index-bits", NULL
	};
	const void *tree = builder->model->machine.tree;
	struct memory_range files[MODEL_HARTS_MAX];
	fdt32_t targets[2 * MODEL_HARTS_MAX];
	const struct machine_hart *hart;
	unsigned int own = 0;
	const uint8_t *cells;
	int i, count;

	count = tree_cells(tree, node, "interrupts-extended", &cells) / 2;
	for (i = 0; i < count && own < MODEL_HARTS_MAX; i++) {
		hart = find_own_hart(builder,
				     tree_cell(cells, 2 * (unsigned int)i));
		if (!hart)
			continue;
		files[own] = hart->imsic_page;
		targets[2 * own] = cpu_to_fdt32(hart->intc);
		targets[2 * own + 1] = cpu_to_fdt32(CAUSE_SUPERVISOR_EXTERNAL);
		own++;
	}
	builder_begin(builder, fdt_get_name(tree, node, NULL));
	builder_copy_properties(builder, node, except);
	builder_put_ranges(builder, "reg", files, own);
	builder_put(builder, "interrupts-extended", targets,
		    2 * own * sizeof(targets[0]));
	builder_put_u32(builder, "riscv,hart-index-bits",
			get_hart_index_bits(tree, node, count));
	builder_end(builder);
}

void riscv_put_soc_nodes(struct builder *builder)
{
	const struct machine *machine = &builder->model->machine;
	const void *tree = machine->tree;
	const struct device_kind *kind;
	int node;

	for (node = fdt_next_node(tree, -1, NULL); node >= 0;
	     node = fdt_next_node(tree, node, NULL)) {
		kind = board_find_kind(builder->model->board, tree, node);
		if (!kind || !tree_is_enabled(tree, node))
			continue;
		if (kind->role == DEVICE_ROLE_IMSIC &&
		    !riscv_is_m_level(tree, node))
			put_imsic(builder, node);
		else if (machine->controller &&
			 fdt_get_phandle(tree, node) == machine->controller)
			put_controller(builder, node);
	}
}

/*
 * Of an APLIC that sends MSIs Linux takes a level again by writing to it, which
 * would be an entry into the firmware for each interrupt. An edge does for a
 * VirtIO device: its driver acknowledges before it looks at the rings, so what
 * comes later is an edge of its own.
 */
bool riscv_put_device_property(struct builder *builder,
			       const struct model_device *device,
			       const char *name)
{
	const struct machine *machine = &builder->model->machine;
	fdt32_t pairs[2 * MODEL_INTERRUPTS_MAX];
	unsigned int i;

	if (!machine->aplic_sends_msis || strcmp(name, "interrupts") ||
	    device->reset != DEVICE_RESET_VIRTIO_MMIO)
		return false;
	for (i = 0; i < device->interrupt_count; i++) {
		pairs[2 * i] = cpu_to_fdt32(device->interrupts[i]);
		pairs[2 * i + 1] = cpu_to_fdt32(TRIGGER_EDGE_RISING);
	}
	builder_put(builder, name, pairs, 2 * i * sizeof(pairs[0]));
	return true;
}

void riscv_put_interrupt(struct builder *builder, uint32_t interrupt)
{
	const struct machine *machine = &builder->model->machine;
	fdt32_t pair[2] = {
		cpu_to_fdt32(interrupt), cpu_to_fdt32(TRIGGER_EDGE_RISING)
	};

	builder_put_u32(builder, "interrupt-parent", machine->controller);
	/* A PLIC's source has a number and no more. */
	builder_put(builder, "interrupts", pair,
		    machine->plic.size ? sizeof(pair[0]) : sizeof(pair));
}
