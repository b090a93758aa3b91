/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk in memory of tests/support, made anew in no time. */
#ifndef DISK_H
#define DISK_H

#include "block_memory.h"

/* As block_memory_init(), which is too slow for each of many runs. */
void disk_init(struct block_memory *memory);

/* End every request that the disk holds. */
void disk_end_all(struct block_memory *memory, uint8_t status);

#endif
