/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consoles as UARTs: registers of <frontend/uart.h>, behind them the terminal.
 *
 * Each has a lock of its own, held for one step of the register machine, which
 * copies the FIFO once at most, never while something is printed or an
 * interrupt raised: whoever prints much keeps nobody waiting here.
 */
#include <frontend/uart.h>
#include <port/lock.h>
#include "present.h"
#include "present_uart.h"

struct present_uart {
	struct port_lock lock;
	struct frontend_uart uart;
};

static struct present_uart uarts[MODEL_COMPARTMENTS_MAX];

static void uart_raise(unsigned int id, unsigned int effects)
{
	if (effects & FRONTEND_UART_RAISES)
		arch_interrupt_raise(
			id, partitioner.model.compartments[id].uart_interrupt);
}

enum guest_access_result present_uart_access(struct hart *self,
					     struct guest_access *access)
{
	unsigned int id = (unsigned int)self->compartment;
	const struct memory_range *range =
		&partitioner.model.compartments[id].uart;
	uint64_t offset = access->address - range->base;
	struct present_uart *own = &uarts[id];
	uint8_t byte = (uint8_t)access->value;
	unsigned int effects;

	if (!range->size || offset >= FRONTEND_UART_REGISTERS ||
	    access->width != 1)
		return GUEST_ACCESS_NONE;
	port_lock_acquire(&own->lock);
	if (access->write)
		effects = frontend_uart_write(&own->uart, (unsigned int)offset,
					      byte);
	else
		effects = frontend_uart_read(&own->uart, (unsigned int)offset,
					     &byte);
	port_lock_release(&own->lock);
	access->value = byte;
	if (effects & FRONTEND_UART_SENDS) {
		terminal_write(id, (const char *)&byte, 1);
		hart_count(self, COMPARTMENT_COUNTER_CONSOLE_BYTES, 1);
	}
	uart_raise(id, effects);
	return GUEST_ACCESS_DONE;
}

void present_uart_reset(unsigned int id)
{
	port_lock_acquire(&uarts[id].lock);
	frontend_uart_reset(&uarts[id].uart);
	port_lock_release(&uarts[id].lock);
}

void present_uart_type(unsigned int id, uint8_t c)
{
	unsigned int effects;

	port_lock_acquire(&uarts[id].lock);
	effects = frontend_uart_receive(&uarts[id].uart, c);
	port_lock_release(&uarts[id].lock);
	uart_raise(id, effects);
}

size_t present_uart_take(unsigned int id, uint8_t *bytes, size_t count)
{
	unsigned int effects;
	size_t taken;

	port_lock_acquire(&uarts[id].lock);
	taken = frontend_uart_take(&uarts[id].uart, bytes, count, &effects);
	port_lock_release(&uarts[id].lock);
	uart_raise(id, effects);
	return taken;
}
