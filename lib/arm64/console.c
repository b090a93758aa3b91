/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's console: a PL011 UART ("PrimeCell UART (PL011)", DDI 0183,
 * chapter 3) that the machine's tree names, polled.
 *
 * Concurrency: one writer at a time, for a bounded time: a UART that takes no
 * character is given up. There is no input: no compartment here can have a UART
 * that the firmware plays.
 */
#include <libfdt.h>
#include <port/lock.h>
#include "arm64.h"

#define UART_COMPATIBLE	"arm,pl011"

#define UART_DR		0x00
#define UART_FR		0x18
#define UART_FR_TXFF	(1U << 5)
#define UART_CR		0x30
#define UART_CR_UARTEN	(1U << 0)
#define UART_CR_TXE	(1U << 8)

/* A character takes 0.1 ms at the slowest rate that anybody sets. */
#define UART_WAIT_US	10
#define UART_WAITS	1000

static uint64_t console_uart;	/* 0: there is none */
static bool console_shared;
static struct port_lock console_lock;
/* Who prints; lets a core that faults while it prints say so. */
static const struct core *console_holder;

/* The node that /chosen/stdout-path names, up to its options. */
static int console_find_chosen(const void *tree)
{
	const char *path, *end;
	int length;

	path = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"),
			   "stdout-path", &length);
	if (!path || length < 1 || path[length - 1])
		return -FDT_ERR_NOTFOUND;
	end = memchr(path, ':', (size_t)length);
	return fdt_path_offset_namelen(tree, path, end ? (int)(end - path) :
							 length - 1);
}

void console_setup(const void *tree)
{
	int node = console_find_chosen(tree), length;
	const fdt32_t *reg;

	if (node < 0 || fdt_node_check_compatible(tree, node, UART_COMPATIBLE))
		node = fdt_node_offset_by_compatible(tree, -1, UART_COMPATIBLE);
	reg = fdt_getprop(tree, node, "reg", &length);
	if (!reg || length < 4 * (int)sizeof(*reg))
		return;
	console_uart = (uint64_t)fdt32_to_cpu(reg[0]) << 32 |
		       fdt32_to_cpu(reg[1]);
	arch_device_write(console_uart + UART_CR,
			  arch_device_read(console_uart + UART_CR) |
			  UART_CR_UARTEN | UART_CR_TXE);
}

void console_share(void)
{
	console_shared = true;
}

/* Whether the UART takes a character, now or soon. */
static bool console_wait(void)
{
	unsigned int waits;

	for (waits = 0; waits < UART_WAITS; waits++) {
		if (!(arch_device_read(console_uart + UART_FR) & UART_FR_TXFF))
			return true;
		arch_delay_us(UART_WAIT_US);
	}
	return false;
}

static void console_put(char c)
{
	if (!console_uart)
		return;
	if (console_wait())
		arch_device_write(console_uart + UART_DR, (unsigned char)c);
	else
		console_uart = 0;
}

void arch_console_emit(const char *text, size_t length)
{
	while (length--) {
		if (*text == '\n')
			console_put('\r');
		console_put(*text++);
	}
}

void arch_console_acquire(void)
{
	/* Exclusive accesses need translation, and there is one core before. */
	if (!console_shared ||
	    __atomic_load_n(&console_holder, __ATOMIC_RELAXED) == core_this())
		return;
	port_lock_acquire(&console_lock);
	__atomic_store_n(&console_holder, core_this(), __ATOMIC_RELAXED);
}

/* A core that faulted while it printed only ends the machine, after this. */
void arch_console_release(void)
{
	if (!__atomic_load_n(&console_holder, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&console_holder, NULL, __ATOMIC_RELAXED);
	port_lock_release(&console_lock);
}
