/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses that may fault: a load or store of 1, 2, 4 or 8 bytes, and whether it
 * went through. One hart at a time, outside of a trap_run().
 */
#ifndef COMMON_PROBE_H
#define COMMON_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* *value is 0 if it faulted. */
bool probe_load(uint64_t address, unsigned int size, uint64_t *value);
bool probe_store(uint64_t address, unsigned int size, uint64_t value);

#endif
