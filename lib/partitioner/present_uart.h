/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/partitioner: what UARTs that the firmware plays hold besides their
 * registers (present.h): what was typed for their compartments. A compartment
 * without a UART has none of it.
 *
 * Memory: constant, one for each compartment. Concurrency: any hart, any time,
 * unless said otherwise. Trust: all callers are firmware.
 */
#ifndef LIB_PARTITIONER_PRESENT_UART_H
#define LIB_PARTITIONER_PRESENT_UART_H

#include <partitioner/arch.h>

/* As at power-on; no hart of the compartment runs. */
void present_uart_reset(unsigned int compartment);
/* A character is typed; lost if there is no room for it. */
void present_uart_type(unsigned int compartment, uint8_t c);
/* Takes up to `count` characters that were typed; how many there were. */
size_t present_uart_take(unsigned int compartment, uint8_t *bytes,
			 size_t count);

#endif
