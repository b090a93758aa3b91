/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is typed at the console goes to the compartment that has the focus, one
 * of those that have a UART. Ctrl-] and a digit give it to another.
 *
 * All that is typed is taken, also when the focus has no room for it: a guest
 * that reads nothing would keep the keyboard if Ctrl-] could stay behind it.
 *
 * No lock: all this is the one hart's that takes the source's interrupt.
 */
#include "present_uart.h"

#define KEY_ESCAPE	0x1d	/* Ctrl-] */
/* Characters at a time; the source tells again if there are more. */
#define TAKE_MAX	64

struct terminal_input {
	const struct terminal_source *source;
	unsigned int focus;
	bool escaped;		/* the last was KEY_ESCAPE */
	bool moved, asked;	/* to be said, once for all that was taken */
};

static struct terminal_input input;

static const struct model_compartment *compartment_get(unsigned int id)
{
	return &partitioner.model.compartments[id];
}

int terminal_find(unsigned int n)
{
	unsigned int id;

	for (id = 0; id < partitioner.model.compartment_count; id++)
		if (compartment_get(id)->console == MODEL_CONSOLE_UART && !n--)
			return (int)id;
	return COMPARTMENT_NONE;
}

static void input_say(void)
{
	partitioner_print("what is typed goes to %s",
			  compartment_get(input.focus)->name);
	terminal_show(input.focus);
}

void terminal_attach(const struct terminal_source *source)
{
	int first = terminal_find(0);

	if (first == COMPARTMENT_NONE)
		return;
	input.source = source;
	input.escaped = false;
	input.focus = (unsigned int)first;
	input_say();
	source->listen();
}

static void input_list(void)
{
	unsigned int n;
	int id;

	for (n = 0; (id = terminal_find(n)) != COMPARTMENT_NONE; n++)
		partitioner_print("Ctrl-] %u: what is typed goes to %s%s",
				  n + 1, compartment_get(id)->name,
				  (unsigned int)id == input.focus ?
				  ", as it does now" : "");
}

/* What was typed behind KEY_ESCAPE. */
static void input_choose(int c)
{
	int id = terminal_find((unsigned int)(c - '1'));

	if (id == COMPARTMENT_NONE) {
		input.asked = true;
	} else {
		input.focus = (unsigned int)id;
		input.moved = true;
	}
}

static void input_type(int c)
{
	bool escaped = input.escaped;

	input.escaped = c == KEY_ESCAPE && !escaped;
	if (input.escaped)
		return;
	if (escaped && c != KEY_ESCAPE)
		input_choose(c);
	else
		present_uart_type(input.focus, (uint8_t)c);
}

void terminal_take(void)
{
	unsigned int left = TAKE_MAX;
	int c;

	input.moved = false;
	input.asked = false;
	while (left-- && (c = input.source->get()) >= 0)
		input_type(c);
	if (input.moved)
		input_say();
	if (input.asked)
		input_list();
	input.source->listen();
}
