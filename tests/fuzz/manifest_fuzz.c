/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a manifest, or as the machine's tree; and a good pair of both
 * with any properties and nodes changed.
 *
 * Input: what it is (low two bits of the first byte: interrupt controller, and
 * with it the architecture; 4: the machine, 8: edits), how many edits or 0, then
 * the edits, then the blob. With no edit, or behind them, the blob takes the
 * place of the fixture's tree.
 *
 * What must hold of whatever is accepted: everything that refers to something
 * refers to what is there, no byte of memory, register or interrupt has two
 * owners, and the map and every compartment's tree can be made.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/devicetree.h>
#include <compartment/grant.h>
#include <compartment/map.h>

#include "fuzz.h"
#include "system.h"

static struct fixture fixture;

static int pick_node(struct fuzz_input *in, const void *tree)
{
	unsigned int n = fuzz_u8(in);
	int node = 0, next;

	while (n--) {
		next = fdt_next_node(tree, node, NULL);
		node = next < 0 ? 0 : next;
	}
	return node;
}

static const char *pick_property(struct fuzz_input *in, const void *tree,
				 int node)
{
	unsigned int n = fuzz_u8(in) % 8;
	int offset, last = -1;
	const char *name = "phandle";

	fdt_for_each_property_offset(offset, tree, node) {
		last = offset;
		if (!n--)
			break;
	}
	if (last >= 0)
		fdt_getprop_by_offset(tree, last, &name, NULL);
	return name;
}

/* Change one cell, the length, or all of a property; or a node. */
static void edit(struct fuzz_input *in, void *tree)
{
	static const uint64_t bases[] = { 0, 0x80000000, 0x90000000,
					  0x91000000, 0x10001000, 0x50000000,
					  0xa000000 };
	uint8_t op = fuzz_u8(in);
	int node = pick_node(in, tree), length;
	char name[64], value[64];
	const char *given = pick_property(in, tree, node);
	const void *old;
	uint32_t cell;

	strncpy(name, given, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	old = fdt_getprop(tree, node, name, &length);
	if (!old || length > (int)sizeof(value))
		length = 0;
	if (length)
		memcpy(value, old, (size_t)length);
	switch (op % 8) {
	case 0: case 1: case 2:
		cell = fuzz_u8(in) % 16u;
		if (op & 0x80)
			cell = fuzz_u32(in);
		else if (op & 0x40)
			cell = (uint32_t)(bases[cell % 7] + 0x1000 * cell);
		else if (op & 0x20)
			cell = (uint32_t)bases[cell % 7] + fuzz_u8(in);
		if (length >= 4) {
			cell = cpu_to_fdt32(cell);
			memcpy(value + 4 * (fuzz_u8(in) %
					    ((unsigned int)length / 4)),
			       &cell, 4);
		}
		fdt_setprop(tree, node, name, value, length);
		break;
	case 3:
		length = fuzz_u8(in) % (int)sizeof(value);
		fuzz_copy(in, value, (size_t)length);
		fdt_setprop(tree, node, name, value, length);
		break;
	case 4:
		fdt_delprop(tree, node, name);
		break;
	case 5:
		fdt_del_node(tree, node ? node : fdt_first_subnode(tree, 0));
		break;
	case 6:
		value[0] = (char)('a' + op / 16);
		value[1] = '\0';
		if (op & 0x10)
			fdt_set_name(tree, node, value);
		else
			fdt_add_subnode(tree, node, value);
		break;
	case 7:
		fdt_nop_property(tree, node, name);
		break;
	}
}

static bool overlap(const struct memory_range *a, const struct memory_range *b)
{
	return a->base < b->base + b->size && b->base < a->base + a->size;
}

static void check_compartment(const struct model *model, unsigned int index)
{
	const struct model_compartment *one = &model->compartments[index];
	unsigned int i, j, other;

	FUZZ_REQUIRE(one->hart_count && one->hart_count <= MODEL_HARTS_MAX);
	FUZZ_REQUIRE(one->memory_count &&
		     one->memory_count <= MODEL_MEMORY_MAX);
	FUZZ_REQUIRE(strlen(one->name) < MODEL_NAME_MAX);
	FUZZ_REQUIRE(one->protection_units + model->board->protection_kept <=
		     model->board->protection_units);
	for (i = 0; i < one->hart_count; i++)
		FUZZ_REQUIRE(model_find_owner(model, one->harts[i]) ==
			     (int)index);
	for (i = 0; i < one->memory_count; i++) {
		FUZZ_REQUIRE(one->memory[i].size);
		FUZZ_REQUIRE(one->memory[i].base + one->memory[i].size >
			     one->memory[i].base);
		FUZZ_REQUIRE(!overlap(&one->memory[i],
				      &model->board->firmware));
		FUZZ_REQUIRE(!overlap(&one->memory[i],
				      &model->board->private));
		for (j = 0; j < i; j++)
			FUZZ_REQUIRE(!overlap(&one->memory[i],
					      &one->memory[j]));
		for (other = 0; other < index; other++)
			for (j = 0; j < model->compartments[other].memory_count;
			     j++)
				FUZZ_REQUIRE(!overlap(
					&one->memory[i],
					&model->compartments[other].memory[j]));
		for (j = 0; j < model->window_count; j++)
			FUZZ_REQUIRE(!overlap(&one->memory[i],
					      &model->windows[j].range));
	}
}

static void check_channel(const struct model *model,
			  const struct model_channel *channel)
{
	const struct model_piece *pieces[] = { &channel->control,
					       &channel->pool,
					       &channel->registers };
	const struct model_link *link;
	unsigned int i;

	FUZZ_REQUIRE(channel->server < model->compartment_count);
	FUZZ_REQUIRE(channel->client < model->compartment_count);
	FUZZ_REQUIRE(channel->server != channel->client);
	FUZZ_REQUIRE(channel->link < model->link_count);
	link = &model->links[channel->link];
	FUZZ_REQUIRE((link->ends[0] == channel->server &&
		      link->ends[1] == channel->client) ||
		     (link->ends[1] == channel->server &&
		      link->ends[0] == channel->client));
	FUZZ_REQUIRE(channel->control.range.size);
	FUZZ_REQUIRE(channel->data == MODEL_DATA_GRANT ?
		     model_has_front_end(channel) && !channel->pool.range.size :
		     channel->pool.range.size);
	for (i = 0; i < 3; i++) {
		const struct memory_range *window;

		if (!pieces[i]->range.size)
			continue;
		FUZZ_REQUIRE(pieces[i]->window < model->window_count);
		window = &model->windows[pieces[i]->window].range;
		FUZZ_REQUIRE(pieces[i]->range.base >= window->base);
		FUZZ_REQUIRE(pieces[i]->range.size <= window->size);
		FUZZ_REQUIRE(pieces[i]->range.base - window->base <=
			     window->size - pieces[i]->range.size);
	}
	FUZZ_REQUIRE(channel->bit + channel->queues < 63);
}

/* An interrupt of a device that the firmware plays: nobody else's. */
static void check_presented(const struct model *model, uint32_t interrupt,
			    bool seen[1024])
{
	unsigned int i, k;

	FUZZ_REQUIRE(interrupt && interrupt < 1024 && !seen[interrupt]);
	seen[interrupt] = true;
	for (i = 0; i < model->device_count; i++)
		for (k = 0; k < model->devices[i].interrupt_count; k++)
			FUZZ_REQUIRE(model->devices[i].interrupts[k] !=
				     interrupt);
}

/* Pages that nobody but their owners may write. */
static void check_writers(const struct model *model, unsigned int writer)
{
	const struct model_channel *channel = model->channels;
	const struct model_channel *end = channel + model->channel_count;
	struct grant list[GRANTS_MAX];
	unsigned int count, i;

	count = grant_list(model, writer, model->compartments[writer].harts[0],
			   list, GRANTS_MAX);
	FUZZ_REQUIRE(count != GRANT_TOO_MANY);
	for (; channel < end; channel++)
		for (i = 0; i < count; i++) {
			if (!model_has_front_end(channel) ||
			    !(list[i].rights & PROTECTION_WRITE))
				continue;
			FUZZ_REQUIRE(!overlap(&channel->registers.range,
					      &list[i].range));
			FUZZ_REQUIRE(writer == channel->server ||
				     !overlap(&channel->control.range,
					      &list[i].range));
		}
}

static void check_devices(const struct model_device *a,
			  const struct model_device *b)
{
	struct memory_range mine, other;
	unsigned int i, j;

	FUZZ_REQUIRE(a->node != b->node);
	if (a->owner == b->owner)
		return;
	for (i = 0; i < a->reg_count; i++)
		for (j = 0; j < b->reg_count; j++) {
			mine = grant_device_range(a, i);
			other = grant_device_range(b, j);
			FUZZ_REQUIRE(!overlap(&mine, &other));
		}
	for (i = 0; i < a->interrupt_count; i++)
		for (j = 0; j < b->interrupt_count; j++)
			FUZZ_REQUIRE(a->interrupts[i] != b->interrupts[j]);
}

static void check_model(void)
{
	static uint64_t tree[MODEL_TREE_SIZE / 8];
	const struct model *model = &fixture.model;
	bool seen[1024] = { false };
	unsigned int i, j, lines = 0;
	int size;

	FUZZ_REQUIRE(model->compartment_count &&
		     model->compartment_count <= MODEL_COMPARTMENTS_MAX);
	for (i = 0; i < model->compartment_count; i++) {
		check_compartment(model, i);
		size = devicetree_build(model, i, tree, sizeof(tree));
		FUZZ_REQUIRE(size > 0 || size == COMPARTMENT_ERR_NO_SPACE ||
			     size == COMPARTMENT_ERR_MALFORMED);
		if (size > 0)
			FUZZ_REQUIRE(!fdt_check_full(tree, (size_t)size));
	}
	for (i = 0; i < model->device_count; i++) {
		FUZZ_REQUIRE(model->devices[i].owner <
			     model->compartment_count);
		FUZZ_REQUIRE(model->devices[i].reg_count <= MODEL_REGS_MAX);
		FUZZ_REQUIRE(model->devices[i].interrupt_count <=
			     MODEL_INTERRUPTS_MAX);
		for (j = 0; j < i; j++)
			check_devices(&model->devices[i], &model->devices[j]);
	}
	for (i = 0; i < model->link_count; i++) {
		FUZZ_REQUIRE(model->links[i].ends[0] !=
			     model->links[i].ends[1]);
		FUZZ_REQUIRE(model->links[i].ends[0] <
			     model->compartment_count);
		FUZZ_REQUIRE(model->links[i].ends[1] <
			     model->compartment_count);
	}
	for (i = 0; i < model->channel_count; i++) {
		check_channel(model, &model->channels[i]);
		if (model_has_front_end(&model->channels[i]))
			check_presented(model, model->channels[i].interrupt,
					seen);
	}
	for (i = 0; i < model->compartment_count; i++) {
		check_writers(model, i);
		if (model->compartments[i].console == MODEL_CONSOLE_UART)
			check_presented(model,
					model->compartments[i].uart_interrupt,
					seen);
	}
	map_print(model, system_check_line, &lines);
	FUZZ_REQUIRE(lines);
}

/* Where the firmware would keep the bundle. */
static void place_copies(struct fuzz_input *in)
{
	const struct machine *machine = &fixture.model.machine;
	struct compartment_board board = fixture.board;
	uint64_t size = fuzz_u32(in) % BUNDLE_SIZE_MAX, tree;

	if (board_place_copies(&board, machine, size, FIXTURE_BLOB_SIZE, &tree,
			       NULL))
		return;
	FUZZ_REQUIRE(machine_contains_ram(machine, board.private.base,
					  board.private.size));
	FUZZ_REQUIRE(board.private.base >=
		     board.firmware.base + board.firmware.size + size);
	FUZZ_REQUIRE(tree - board.private.base >= size);
	FUZZ_REQUIRE(board.private.base + board.private.size - tree >=
		     FIXTURE_BLOB_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t what = fuzz_u8(&in), edits = fuzz_u8(&in) % 16;
	unsigned int lines = 0;
	const void *manifest = fixture.manifest, *machine = fixture.machine;
	size_t manifest_size = sizeof(fixture.manifest);
	size_t machine_size = sizeof(fixture.machine);
	int result;

	system_make(&fixture, what % FIXTURE_INTERRUPTS);
	if (what & 8) {
		while (edits--)
			edit(&in, what & 4 ? fixture.machine :
					     fixture.manifest);
	} else if (what & 4) {
		machine = fuzz_rest(&in, &machine_size);
	} else {
		manifest = fuzz_rest(&in, &manifest_size);
	}
	fixture.report = (struct compartment_report){
		.line = system_check_line, .context = &lines,
	};
	result = manifest_parse(&fixture.model, manifest, manifest_size,
				machine, machine_size, &fixture.board,
				&fixture.report);
	FUZZ_REQUIRE(lines <=
		     COMPARTMENT_ERRORS_MAX + 1 + fixture.report.warnings);
	if (!result) {
		FUZZ_REQUIRE(!fixture.report.errors);
		check_model();
		place_copies(&in);
	} else {
		FUZZ_REQUIRE(fixture.report.errors);
		FUZZ_REQUIRE(!fixture.model.compartment_count);
	}
	return 0;
}
