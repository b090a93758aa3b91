/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources of the PLIC or APLIC: which ones a node names, and which ones no node
 * does (Devicetree Specification 2.4, "Interrupts and Interrupt Mapping").
 */
#include <libfdt.h>

#include "riscv.h"
#include "../reader.h"

/* PLIC specification 1.0.0, chapter 1; AIA specification, 4.5 */
#define SOURCES_MAX	1024U
#define CELLS_MAX	8U	/* of a unit address or of an interrupt */

typedef void (*source_fn)(void *context, uint32_t source);

struct visit {
	const void *tree;
	int node;
	uint32_t controller;
	source_fn take;
	void *context;
};

/* Cells that a node says its addresses or interrupts have, or ~0: too many. */
static unsigned int get_width(const void *tree, int node, const char *property,
			      uint32_t fallback)
{
	uint32_t width = node < 0 ? ~0U :
				    tree_u32(tree, node, property, fallback);

	return width <= CELLS_MAX ? width : ~0U;
}

static void visit_interrupts(const struct visit *visit)
{
	const void *tree = visit->tree;
	const uint8_t *cells;
	unsigned int i, width;
	int count;

	count = tree_cells(tree, visit->node, "interrupts", &cells);
	if (count <= 0 ||
	    tree_interrupt_parent(tree, visit->node) != visit->controller)
		return;
	width = get_width(tree, fdt_node_offset_by_phandle(tree,
							   visit->controller),
			  "#interrupt-cells", 0);
	for (i = 0; width && (uint64_t)i + width <= (unsigned int)count;
	     i += width)
		visit->take(visit->context, tree_cell(cells, i));
}

/*
 * Lists in which an interrupt follows the phandle of its controller: all of
 * interrupts-extended, and interrupt-map, where `before` cells of the child and
 * a unit address of the controller stand before and between.
 */
static void visit_list(const struct visit *visit, const char *property,
		       uint64_t before, bool has_unit)
{
	const void *tree = visit->tree;
	unsigned int unit, width;
	const uint8_t *cells;
	uint64_t at = before, end;
	int count, parent;
	uint32_t phandle;

	count = tree_cells(tree, visit->node, property, &cells);
	for (; count > 0 && at < (unsigned int)count; at = end + before) {
		phandle = tree_cell(cells, (unsigned int)at);
		parent = fdt_node_offset_by_phandle(tree, phandle);
		unit = has_unit ? get_width(tree, parent, "#address-cells", 0) :
				  0;
		width = get_width(tree, parent, "#interrupt-cells", 0);
		end = at + 1 + unit + width;
		/* What comes behind cannot be told apart any more. */
		if (end > (unsigned int)count)
			return;
		if (phandle == visit->controller && width)
			visit->take(visit->context,
				    tree_cell(cells,
					      (unsigned int)at + 1 + unit));
	}
}

static void visit_sources(const struct visit *visit)
{
	uint64_t unit = get_width(visit->tree, visit->node, "#address-cells",
				  2);
	uint64_t width = get_width(visit->tree, visit->node,
				   "#interrupt-cells", 1);

	if (fdt_getprop(visit->tree, visit->node, "interrupts-extended", NULL))
		visit_list(visit, "interrupts-extended", 0, false);
	else
		visit_interrupts(visit);
	visit_list(visit, "interrupt-map", unit + width, true);
}

static unsigned int count_sources(const struct machine *machine)
{
	unsigned int count = machine->plic.size ? machine->plic_sources :
						  machine->aplic_sources;

	return count < SOURCES_MAX ? count : SOURCES_MAX - 1;
}

static void mark_used(void *context, uint32_t source)
{
	uint32_t *used = context;

	if (source < SOURCES_MAX)
		used[source / 32] |= 1U << source % 32;
}

uint32_t riscv_get_free_interrupt(const struct machine *machine,
				  unsigned int index)
{
	uint32_t used[SOURCES_MAX / 32] = { 1 }, source;
	struct visit visit = {
		.tree = machine->tree, .controller = machine->controller,
		.take = mark_used, .context = used,
	};

	/* Also of nodes that are disabled: their wires are there. */
	for (visit.node = 0; visit.node >= 0;
	     visit.node = fdt_next_node(visit.tree, visit.node, NULL))
		visit_sources(&visit);
	for (source = 1; source <= count_sources(machine); source++)
		if (!(used[source / 32] >> source % 32 & 1) && !index--)
			return source;
	return 0;
}

struct device_sources {
	struct reader *reader;
	int node;			/* of the manifest */
	struct model_device *device;
};

static void add_source(void *context, uint32_t source)
{
	const struct device_sources *sources = context;
	struct model_device *device = sources->device;
	unsigned int i;

	for (i = 0; i < device->interrupt_count; i++)
		if (device->interrupts[i] == source)
			return;
	if (!source || source >
	    count_sources(&sources->reader->model->machine))
		refuse(sources->reader, sources->node, "path",
		       "%s: its interrupt %u is no source of the interrupt controller, which has %u",
		       device->path, source,
		       count_sources(&sources->reader->model->machine));
	else if (device->interrupt_count == MODEL_INTERRUPTS_MAX)
		refuse(sources->reader, sources->node, "path",
		       "%s has more than %u interrupts", device->path,
		       MODEL_INTERRUPTS_MAX);
	else
		device->interrupts[device->interrupt_count++] = source;
}

void riscv_read_device(struct reader *reader, int node,
		       struct model_device *device)
{
	const struct machine *machine = &reader->model->machine;
	struct device_sources sources = { reader, node, device };
	struct visit visit = {
		.tree = machine->tree, .node = device->node,
		.controller = machine->controller,
		.take = add_source, .context = &sources,
	};

	visit_sources(&visit);
}
