/* SPDX-License-Identifier: BSD-2-Clause */
/* What a compartment's device tree says of cores and interrupts on AArch64. */
#include "arm64.h"
#include "../builder.h"
#include "../tree.h"

void arm64_put_root_properties(struct builder *builder)
{
	const void *tree = builder->model->machine.tree;

	builder_put_u32(builder, "interrupt-parent",
			fdt_get_phandle(tree, gicv3_find(tree)));
}

/* Not all of the machine's node: that names other nodes, which stay behind. */
void arm64_put_cpu(struct builder *builder, const struct machine_hart *hart)
{
	builder_put_string(builder, "device_type", "cpu");
	builder_copy(builder, hart->node, "compatible");
	builder_copy(builder, hart->node, "capacity-dmips-mhz");
	builder_put_string(builder, "enable-method", "psci");
	if (hart->doorbell_interrupt)
		builder_put_u32(builder, "bulkhead,doorbell",
				hart->doorbell_interrupt);
}

/* By HVC (binding "arm,psci-1.0"), whatever the machine's own takes. */
static void put_psci(struct builder *builder)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	builder_begin(builder, "psci");
	builder_put(builder, "compatible", compatible, sizeof(compatible));
	builder_put_string(builder, "method", "hvc");
	builder_end(builder);
}

static void put_timer(struct builder *builder)
{
	static const char *const names[] = {
		"compatible", "interrupts", "interrupt-names", "always-on",
		"clock-frequency",
	};
	int node = fdt_node_offset_by_compatible(builder->model->machine.tree,
						 -1, TIMER_COMPATIBLE);
	unsigned int i;

	builder_begin(builder, "timer");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		builder_copy(builder, node, names[i]);
	builder_end(builder);
}

/* The distributor, and a region of one redistributor for each own hart. */
static void put_gic_registers(struct builder *builder)
{
	const struct machine *machine = &builder->model->machine;
	fdt64_t pairs[2 * (1 + MODEL_HARTS_MAX)];
	const struct memory_range *range = &machine->distributor;
	unsigned int i, count = 0, own = 0;

	for (i = 0; i <= machine->hart_count; i++) {
		if (i && machine->harts[i - 1].owner != (int)builder->index)
			continue;
		if (i)
			range = &machine->harts[i - 1].redistributor;
		own += !!i;
		pairs[count++] = cpu_to_fdt64(range->base);
		/* What else the machine's node lists is nobody's. */
		pairs[count++] = cpu_to_fdt64(i ? range->size :
						  GICV3_DISTRIBUTOR_SIZE);
	}
	builder_put(builder, "reg", pairs, count * sizeof(pairs[0]));
	builder_put_u32(builder, "#redistributor-regions", own);
}

/* Without its translation service, which is nobody's. */
static void put_gic(struct builder *builder)
{
	const struct machine *machine = &builder->model->machine;
	int node = gicv3_find(machine->tree);

	builder_begin_at(builder, "interrupt-controller",
			 machine->distributor.base);
	builder_put_string(builder, "compatible", GIC_COMPATIBLE);
	builder_put(builder, "interrupt-controller", NULL, 0);
	builder_copy(builder, node, "#interrupt-cells");
	builder_copy(builder, node, "#address-cells");
	builder_copy(builder, node, "#size-cells");
	put_gic_registers(builder);
	builder_put_u32(builder, "phandle", fdt_get_phandle(machine->tree, node));
	builder_end(builder);
}

void arm64_put_root_nodes(struct builder *builder)
{
	put_psci(builder);
	put_timer(builder);
	put_gic(builder);
}
