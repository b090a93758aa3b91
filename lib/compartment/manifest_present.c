/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices that the firmware plays: where they are, which interrupts are theirs. */
#include <compartment/architecture.h>

#include "reader.h"

/* The register space of an ns16550a. */
#define UART_SIZE	8U

/*
 * At the machine's own console UART, so that what a system knows of the machine
 * is right, with the registers that lib/frontend plays: bytes, side by side.
 */
void manifest_read_uart(struct reader *reader, int node,
			struct model_compartment *self)
{
	const void *tree = reader->model->machine.tree;
	int uart = tree_find_console(tree);

	if (fdt_node_check_compatible(tree, uart, "ns16550a") ||
	    tree_u32(tree, uart, "reg-shift", 0) ||
	    tree_u32(tree, uart, "reg-io-width", 1) != 1 ||
	    fdt_getprop(tree, uart, "reg-offset", NULL) ||
	    !tree_is_mapped_directly(tree, uart) ||
	    !tree_reg(tree, uart, 0, &self->uart) ||
	    self->uart.size < UART_SIZE) {
		self->uart.size = 0;
		refuse(reader, node, "console",
		       "\"uart\" is played where the machine has its console, which must be an ns16550a with registers of one byte, side by side");
		return;
	}
	self->console = MODEL_CONSOLE_UART;
}

/* The next interrupt that nothing in the machine drives, or 0. */
static uint32_t take_interrupt(const struct reader *reader, int node,
			       const char *property, unsigned int *taken)
{
	const struct model *model = reader->model;
	uint32_t interrupt = model->board->architecture->get_free_interrupt(
		&model->machine, (*taken)++);

	if (!interrupt)
		refuse(reader, node, property,
		       "needs an interrupt that no device of the machine drives, and none is left");
	return interrupt;
}

void manifest_assign_interrupts(const struct reader *reader)
{
	struct model *model = reader->model;
	struct model_compartment *compartment;
	struct model_channel *channel;
	unsigned int i, taken = 0;

	for (i = 0; i < model->compartment_count; i++) {
		compartment = &model->compartments[i];
		if (compartment->console == MODEL_CONSOLE_UART)
			compartment->uart_interrupt =
				take_interrupt(reader, compartment->source.node,
					       "console", &taken);
	}
	for (i = 0; i < model->channel_count; i++) {
		channel = &model->channels[i];
		if (model_has_front_end(channel))
			channel->interrupt =
				take_interrupt(reader, channel->source.node,
					       "registers", &taken);
	}
}
