/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control and status registers by a number that is known only when it runs.
 * Both return false when the register is not there or not allowed.
 *
 * One hart at a time: the instruction is put together in one place.
 */
#ifndef HOSTILE_RISCV_REGISTERS_H
#define HOSTILE_RISCV_REGISTERS_H

#include <stdbool.h>

bool registers_read(unsigned int csr, unsigned long *value);
bool registers_write(unsigned int csr, unsigned long value);

#endif
