/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libfdt asks of its environment, for its sources compiled into a payload
 * or the AArch64 firmware. Their own environment header carries the same guard;
 * the build includes this one first, so that it takes effect and OpenSBI's
 * types and string functions stay out.
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef INT_MAX
#define INT_MAX		0x7fffffff
#endif
#ifndef UINT_MAX
#define UINT_MAX	0xffffffffU
#endif

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

/* Trees are big-endian; this is not. By parts: no compiler library. */
static inline uint16_t fdt16_to_cpu(fdt16_t x)
{
	return (uint16_t)(x << 8 | x >> 8);
}

static inline uint32_t fdt32_to_cpu(fdt32_t x)
{
	return (uint32_t)fdt16_to_cpu((fdt16_t)x) << 16 |
	       fdt16_to_cpu((fdt16_t)(x >> 16));
}

static inline uint64_t fdt64_to_cpu(fdt64_t x)
{
	return (uint64_t)fdt32_to_cpu((fdt32_t)x) << 32 |
	       fdt32_to_cpu((fdt32_t)(x >> 32));
}

static inline fdt16_t cpu_to_fdt16(uint16_t x)
{
	return fdt16_to_cpu(x);
}

static inline fdt32_t cpu_to_fdt32(uint32_t x)
{
	return fdt32_to_cpu(x);
}

static inline fdt64_t cpu_to_fdt64(uint64_t x)
{
	return fdt64_to_cpu(x);
}

#endif
