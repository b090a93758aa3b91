/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is typed at the console goes to the compartment that has the focus, one
 * of those that have a UART. Ctrl-] and a digit give it to another.
 *
 * The lock is held for TAKE_MAX characters at most; those of UARTs and of the
 * console are taken within it, never the other way round.
 */
#include <port/lock.h>
#include "present_uart.h"

#define KEY_ESCAPE	0x1d	/* Ctrl-] */
/* Characters at a time; the source tells again if there are more. */
#define TAKE_MAX	64

struct terminal_input {
	struct port_lock lock;
	const struct terminal_source *source;
	unsigned int focus;	/* atomic */
	bool escaped;		/* the last was KEY_ESCAPE */
	bool waits;		/* atomic: the focus' UART is full, or may be */
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

static void input_focus(unsigned int id)
{
	__atomic_store_n(&input.focus, id, __ATOMIC_RELAXED);
	partitioner_print("what is typed goes to %s",
			  compartment_get(id)->name);
	terminal_show(id);
}

void terminal_attach(const struct terminal_source *source)
{
	int first = terminal_find(0);

	if (first == COMPARTMENT_NONE)
		return;
	input.source = source;
	input.waits = false;
	input.escaped = false;
	input_focus((unsigned int)first);
	source->listen(true);
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

	if (id == COMPARTMENT_NONE)
		input_list();
	else
		input_focus((unsigned int)id);
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
	bool full;
	int c = 0;

	port_lock_acquire(&input.lock);
	/*
	 * Before the UART is looked at. Who makes room there looks at this
	 * behind: its lock, taken by both, lets one of the two see the other.
	 */
	__atomic_store_n(&input.waits, true, __ATOMIC_RELAXED);
	while (!(full = present_uart_is_full(input.focus)) && left-- &&
	       (c = input.source->get()) >= 0)
		input_type(c);
	if (!full)
		__atomic_store_n(&input.waits, false, __ATOMIC_RELAXED);
	input.source->listen(!full);
	port_lock_release(&input.lock);
}

void terminal_resume(unsigned int id)
{
	if (__atomic_load_n(&input.waits, __ATOMIC_RELAXED) &&
	    __atomic_load_n(&input.focus, __ATOMIC_RELAXED) == id)
		terminal_take();
}
