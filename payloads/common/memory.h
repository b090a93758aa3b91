/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compartment's free memory: what lies between the payload's image and
 * its device tree. Taken once at the start, never given back.
 */
#ifndef COMMON_MEMORY_H
#define COMMON_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* What the image occupies, its stacks included. */
extern char image_start[], image_end[];

/* Hands out everything from image_end up to `limit`. */
void memory_init(uint64_t limit);

/*
 * `size` bytes on a multiple of `align`, a power of two; contents undefined.
 * NULL when there is no room.
 */
void *memory_take(size_t size, size_t align);

/* What is left, in bytes, and where it begins. */
uint64_t memory_get_free(uint64_t *base);

#endif
