/* SPDX-License-Identifier: BSD-2-Clause */
/* What a compartment's device tree says of harts and controllers on RISC-V. */
#include "riscv.h"
#include "../builder.h"
#include "../tree.h"

/* Stands for "no interrupt" in interrupts-extended (device tree bindings). */
#define CONTEXT_ABSENT	0xffffffffU

void riscv_put_cpus_properties(struct builder *builder)
{
	builder_copy(builder,
		     fdt_path_offset(builder->model->machine.tree, "/cpus"),
		     "timebase-frequency");
}

void riscv_put_cpu(struct builder *builder, const struct machine_hart *hart)
{
	const void *tree = builder->model->machine.tree;
	int child;

	builder_copy_properties(builder, hart->node, "reg");
	if (hart->plic_context >= 0)
		builder_put_u32(builder, "bulkhead,plic-context",
				(uint32_t)hart->plic_context);
	if (hart->imsic_page.size)
		builder_put_range(builder, "bulkhead,imsic",
				  &hart->imsic_page);
	fdt_for_each_subnode(child, tree, hart->node) {
		if (!fdt_getprop(tree, child, "interrupt-controller", NULL))
			continue;
		builder_begin(builder, fdt_get_name(tree, child, NULL));
		builder_copy_properties(builder, child, NULL);
		builder_end(builder);
	}
}

static bool is_own_intc(const struct builder *builder, uint32_t phandle)
{
	const struct machine *machine = &builder->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].intc == phandle)
			return machine->harts[i].owner == (int)builder->index;
	return true;
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
		if (!is_own_intc(builder, fdt32_to_cpu(pair[0]))) {
			pair[0] = cpu_to_fdt32(boot->intc);
			pair[1] = cpu_to_fdt32(CONTEXT_ABSENT);
		}
		memcpy((uint8_t *)place + 8 * i, pair, sizeof(pair));
	}
}

bool riscv_put_device_property(struct builder *builder,
			       const struct model_device *device,
			       const char *name)
{
	if ((device->role != DEVICE_ROLE_PLIC &&
	     device->role != DEVICE_ROLE_APLIC) ||
	    strcmp(name, "interrupts-extended"))
		return false;
	put_targets(builder, device->node);
	return true;
}
