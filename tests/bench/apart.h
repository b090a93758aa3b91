/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included before a ring of the reference: its global structures get cache
 * lines of their own. As the reference's Makefile builds it, what one thread
 * writes for each buffer shares a line with what the other reads for each
 * buffer, by the linker's choice, and that is half of its time.
 */
struct vring;
struct guest;
struct host;

extern struct vring ring __attribute__((aligned(128)));
extern struct guest guest __attribute__((aligned(128)));
extern struct host host __attribute__((aligned(128)));
