/* SPDX-License-Identifier: BSD-2-Clause */
#include <frontend/uart.h>
#include <string.h>

#include "../../lib/partitioner/present_uart.h"
#include "played_uart.h"
#include "unit.h"

struct played played;

static int source_get(void)
{
	return *played.typed ? (unsigned char)*played.typed++ : -1;
}

static void source_listen(void)
{
	played.listened++;
}

const struct terminal_source played_source = { source_get, source_listen };

void played_type(const char *text)
{
	played.typed = text;
	terminal_take();
}

static void give_uart(unsigned int id)
{
	struct model_compartment *c = &partitioner.model.compartments[id];

	c->console = MODEL_CONSOLE_UART;
	c->uart.base = UART;
	c->uart.size = UART_SIZE;
	c->uart_interrupt = INTERRUPT(id);
}

struct guest_access played_make_access(unsigned int offset, bool write,
				       uint64_t value)
{
	return (struct guest_access){
		.address = UART + offset,
		.width = 1,
		.write = write,
		.value = value,
	};
}

uint8_t played_get(uint32_t hart, unsigned int offset)
{
	struct guest_access access = played_make_access(offset, false, ~0ULL);

	UNIT_ASSERT_INT(present_access(arch_hart_find(hart), &access),
			GUEST_ACCESS_DONE);
	CU_ASSERT(access.value < 256);
	return (uint8_t)access.value;
}

void played_put(uint32_t hart, unsigned int offset, uint8_t value)
{
	struct guest_access access = played_make_access(offset, true, value);

	UNIT_ASSERT_INT(present_access(arch_hart_find(hart), &access),
			GUEST_ACCESS_DONE);
}

void played_print(uint32_t hart, const char *text)
{
	for (; *text; text++)
		played_put(hart, DATA, (uint8_t)*text);
}

void played_setup(void)
{
	system_boot();
	give_uart(ID_CLIENT);
	give_uart(ID_OTHER);
	present_uart_reset(ID_CLIENT);
	present_uart_reset(ID_OTHER);
	played.typed = "";
	played.listened = 0;
	fake_forget();
	terminal_attach(&played_source);
	/* As a driver does. */
	played_put(HART_CLIENT, FCR, 1);
	played_put(HART_OTHER, FCR, 1);
	fake_forget();
}

void played_check_read(uint32_t hart, const char *expected)
{
	char text[FRONTEND_UART_FIFO + 1];
	unsigned int n = 0;

	while (n < FRONTEND_UART_FIFO && played_get(hart, LSR) & 1)
		text[n++] = (char)played_get(hart, DATA);
	text[n] = '\0';
	CU_ASSERT_STRING_EQUAL(text, expected);
}
