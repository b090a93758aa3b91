/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's fixed-width types inside OpenSBI, whose own headers define
 * them and would clash with the compiler's. Found first by the include path of
 * firmware objects; this folder's other headers serve the same purpose.
 */
#ifndef RISCV_LIBC_STDINT_H
#define RISCV_LIBC_STDINT_H

#include <libfdt_env.h>

#define UINT64_MAX	(~0ULL)
#define UINT64_C(value)	value##ULL

#endif
