/* SPDX-License-Identifier: BSD-2-Clause */
/* A piece of the physical map; size 0: none. */
#ifndef COMMON_TREE_RANGE_H
#define COMMON_TREE_RANGE_H

#include <stdint.h>

struct tree_range {
	uint64_t base;
	uint64_t size;
};

#endif
