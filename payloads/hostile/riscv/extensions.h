/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses beyond the base instructions; only if access_has() says so. */
#ifndef HOSTILE_RISCV_EXTENSIONS_H
#define HOSTILE_RISCV_EXTENSIONS_H

#include "../access.h"

/* Whether the first hart's ISA string has the single-letter extension. */
bool access_has(char extension);

/* The last of access_kinds[]. */
#define ACCESS_ATOMICS	3
#define access_atomics	(access_kinds + access_kind_count - ACCESS_ATOMICS)

extern const struct access_kind access_float_load, access_float_store;
extern const struct access_kind access_vector_load, access_vector_store;
extern const struct access_kind access_vector_strided;
extern const struct access_kind access_vector_masked_load;
extern const struct access_kind access_vector_masked_store;
extern const struct access_kind access_cache_zero;

#endif
