/* SPDX-License-Identifier: BSD-2-Clause */
#include "uart_guest.h"

struct frontend_uart uart;

void uart_setup(void)
{
	frontend_uart_reset(&uart);
}

uint8_t uart_get(unsigned int offset)
{
	uint8_t value = 0xa5;

	UNIT_ASSERT_INT(frontend_uart_read(&uart, offset, &value), 0);
	return value;
}

uint8_t uart_get_more(unsigned int offset)
{
	uint8_t value = 0xa5;

	UNIT_ASSERT_INT(frontend_uart_read(&uart, offset, &value), RAISES);
	return value;
}

unsigned int uart_put(unsigned int offset, uint8_t value)
{
	return frontend_uart_write(&uart, offset, value);
}

unsigned int uart_type(uint8_t value)
{
	return frontend_uart_receive(&uart, value);
}
