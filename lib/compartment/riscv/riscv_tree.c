/* SPDX-License-Identifier: BSD-2-Clause */
/* What a compartment's device tree says of harts on RISC-V. */
#include "riscv.h"
#include "../builder.h"
#include "../tree.h"

void riscv_put_cpus_properties(struct builder *builder)
{
	builder_copy(builder,
		     fdt_path_offset(builder->model->machine.tree, "/cpus"),
		     "timebase-frequency");
}

void riscv_put_cpu(struct builder *builder, const struct machine_hart *hart)
{
	static const char *const except[] = { "reg", NULL };
	const void *tree = builder->model->machine.tree;
	int child;

	builder_copy_properties(builder, hart->node, except);
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
