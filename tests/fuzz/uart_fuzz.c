/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UART that guests see, against any accesses, whatever is typed meanwhile.
 *
 * What must hold, by a model that keeps what came in as a plain row: characters
 * come out in order and each once, and none is lost but where the line status
 * says so; what is sent goes out, or back in, never both; the identity names
 * the most urgent cause there is; the interrupt comes with the first cause and
 * for what a step leaves, and never without a cause. In the end a driver that
 * does one thing for each interrupt has taken all and has been told of all.
 */
#include <string.h>

#include "fuzz.h"
#include "uart_guest.h"

/* More come to nothing new, and take long; as do more interrupts. */
#define MOVES_MAX	64u
#define HANDLED_MAX	40u

struct model {
	uint8_t row[FRONTEND_UART_FIFO];
	unsigned int count;
	bool fifo, lost, sent;
	uint8_t enabled, line, modem, scratch, divisor[2];
};

static struct model model;

static uint8_t get_causes(void)
{
	uint8_t causes = 0;

	if (model.lost)
		causes |= IER_LINE;
	if (model.count)
		causes |= IER_RECEIVED;
	if (model.sent)
		causes |= IER_SENT;
	return causes & model.enabled;
}

static uint8_t get_identity(void)
{
	uint8_t causes = get_causes();
	uint8_t fifo = model.fifo ? IIR_FIFO : 0;

	if (causes & IER_LINE)
		return fifo | IIR_LINE;
	if (causes & IER_RECEIVED)
		return fifo | IIR_RECEIVED;
	if (causes & IER_SENT)
		return fifo | IIR_SENT;
	return fifo | IIR_NONE;
}

static void arrive(uint8_t value)
{
	if (model.count < (model.fifo ? FRONTEND_UART_FIFO : 1))
		model.row[model.count++] = value;
	else
		model.lost = true;
}

static uint8_t leave(void)
{
	uint8_t value = model.row[0];

	if (!model.count)
		return 0;
	memmove(model.row, model.row + 1, --model.count);
	return value;
}

/* What the guest has to read, and what that changes. */
static uint8_t model_read(unsigned int offset)
{
	bool divisor = model.line & LCR_DLAB;
	uint8_t value;

	switch (offset) {
	case DATA:
		return divisor ? model.divisor[0] : leave();
	case IER:
		return divisor ? model.divisor[1] : model.enabled;
	case IIR:
		value = get_identity();
		if ((value & 0x0f) == IIR_SENT)
			model.sent = false;
		return value;
	case LCR:
		return model.line;
	case MCR:
		return model.modem;
	case LSR:
		value = LSR_IDLE | (model.count ? LSR_RECEIVED : 0) |
			(model.lost ? LSR_OVERRUN : 0);
		model.lost = false;
		return value;
	case MSR:
		/* In loopback DTR, RTS and both outputs come back. */
		value = model.modem;
		if (!(value & MCR_LOOP))
			return MSR_PRESENT;
		return (uint8_t)((value & 0x01) << 5 | (value & 0x02) << 3 |
				 (value & 0x0c) << 4);
	default:
		return model.scratch;
	}
}

/* Whether the byte goes out. */
static bool model_write(unsigned int offset, uint8_t value)
{
	if (model.line & LCR_DLAB && offset <= IER) {
		model.divisor[offset] = value;
		return false;
	}
	switch (offset) {
	case DATA:
		model.sent = true;
		if (!(model.modem & MCR_LOOP))
			return true;
		arrive(value);
		break;
	case IER:
		if (value & IER_SENT && !(model.enabled & IER_SENT))
			model.sent = true;
		model.enabled = value & 0x0f;
		break;
	case FCR:
		if (model.fifo != (value & FCR_ENABLE) ||
		    (value & FCR_ENABLE && value & FCR_CLEAR_RX))
			model.count = 0;
		model.fifo = value & FCR_ENABLE;
		break;
	case LCR:
		model.line = value;
		break;
	case MCR:
		model.modem = value & 0x1f;
		break;
	case SCR:
		model.scratch = value;
		break;
	}
	return false;
}

/* Behind a step, before which there were these causes and characters. */
static void check(uint8_t before, unsigned int count, unsigned int effects)
{
	uint8_t causes = get_causes();
	bool took = before & ~causes || model.count < count;

	FUZZ_REQUIRE(!(effects & ~(SENDS | RAISES)));
	if (!causes)
		FUZZ_REQUIRE(!(effects & RAISES));
	else if (!before || took)
		FUZZ_REQUIRE(effects & RAISES);
	else	/* Nobody is called for what he has been told. */
		FUZZ_REQUIRE(!(effects & RAISES));
	FUZZ_REQUIRE(uart.count == model.count);
}

static uint8_t read_register(unsigned int offset, bool *raised)
{
	uint8_t before = get_causes(), value = 0xa5;
	unsigned int count = model.count, effects;

	effects = frontend_uart_read(&uart, offset, &value);
	FUZZ_REQUIRE(value == model_read(offset));
	FUZZ_REQUIRE(!(effects & SENDS));
	check(before, count, effects);
	*raised |= effects & RAISES;
	return value;
}

static void write_register(unsigned int offset, uint8_t value, bool *raised)
{
	uint8_t before = get_causes();
	unsigned int count = model.count, effects;

	effects = frontend_uart_write(&uart, offset, value);
	FUZZ_REQUIRE(model_write(offset, value) == (effects & SENDS));
	check(before, count, effects);
	*raised |= effects & RAISES;
}

static void type(uint8_t value)
{
	uint8_t before = get_causes();
	unsigned int count = model.count, effects;

	effects = frontend_uart_receive(&uart, value);
	if (!(model.modem & MCR_LOOP))
		arrive(value);
	FUZZ_REQUIRE(!(effects & SENDS));
	check(before, count, effects);
}

/* As a guest does that asks the firmware for its console's input. */
static void take(size_t size)
{
	uint8_t bytes[2 * FRONTEND_UART_FIFO], before = get_causes();
	unsigned int count = model.count, effects = ~0u;
	size_t taken, i;

	taken = frontend_uart_take(&uart, bytes, size, &effects);
	FUZZ_REQUIRE(taken == (size < count ? size : count));
	for (i = 0; i < taken; i++)
		FUZZ_REQUIRE(bytes[i] == leave());
	FUZZ_REQUIRE(!(effects & SENDS));
	check(before, count, effects);
}

/* One cause for each interrupt, and back to what was interrupted. */
static void handle_interrupt(unsigned int *taken, bool *told, bool *raised)
{
	*raised = false;
	switch (read_register(IIR, raised) & 0x0f) {
	case IIR_LINE:
		*told |= read_register(LSR, raised) & LSR_OVERRUN;
		break;
	case IIR_RECEIVED:
		read_register(DATA, raised);
		++*taken;
		break;
	default:
		break;
	}
}

static void end_with_a_driver(void)
{
	bool lost = model.lost, told = false, raised = false;
	unsigned int count, taken = 0, limit;

	if (model.count > HANDLED_MAX)
		take(model.count - HANDLED_MAX);
	count = model.count;
	limit = 2 * count + 8;
	write_register(LCR, 0x03, &raised);
	write_register(IER, 0, &raised);
	raised = false;
	write_register(IER, IER_RECEIVED | IER_SENT | IER_LINE, &raised);
	FUZZ_REQUIRE(raised);
	while (raised) {
		FUZZ_REQUIRE(limit--);
		handle_interrupt(&taken, &told, &raised);
	}
	FUZZ_REQUIRE(taken == count && told == lost);
	FUZZ_REQUIRE(read_register(LSR, &raised) == LSR_IDLE);
	FUZZ_REQUIRE((read_register(IIR, &raised) & 0x0f) == IIR_NONE);
}

static void step(struct fuzz_input *in)
{
	uint8_t op = fuzz_u8(in);
	unsigned int i, count;
	bool raised = false;

	switch (op % 8) {
	case 0: case 1: case 2:
		write_register(op / 8 % FRONTEND_UART_REGISTERS, fuzz_u8(in),
			       &raised);
		break;
	case 3: case 4:
		read_register(op / 8 % FRONTEND_UART_REGISTERS, &raised);
		break;
	case 5:
		type(fuzz_u8(in));
		break;
	case 6:
		/* Many at once, to come to the end of the FIFO. */
		count = op / 8 * 40u;
		for (i = 0; i < count; i++)
			type((uint8_t)(i + op));
		break;
	case 7:
		take(op & 0x80 ? op % 16u * 128u : op / 8u);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	unsigned int moves = 0;

	/* What lies there from before must not matter. */
	memset(&uart, 0xa5, sizeof(uart));
	frontend_uart_reset(&uart);
	memset(&model, 0, sizeof(model));
	while (fuzz_left(&in) && moves++ < MOVES_MAX)
		step(&in);
	end_with_a_driver();
	return 0;
}
