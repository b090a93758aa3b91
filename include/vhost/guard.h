/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What if a file that we have mapped shrinks? Its owner may truncate it at any
 * moment, and touching a page that is gone is a SIGBUS: one hostile front end
 * would end the process. With the guard installed, the handler puts zeroed
 * private memory in place of the whole mapping and marks it lost; the session
 * looks at the mark and closes.
 *
 * Ownership: a mapping belongs to whoever made it; the guard only knows of it.
 * Concurrency: any thread; the handler runs on the one that faulted.
 * Trust: none in the file's size after the mapping was made.
 */
#ifndef VHOST_GUARD_H
#define VHOST_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#define VHOST_GUARD_MAX		128

/*
 * Handle SIGBUS for the whole process: a fault outside of guarded mappings
 * still ends it. Returns 0, or -1 with errno.
 */
int vhost_guard_install(void);

/*
 * Guard page-aligned [@base, @base + @size). Returns a number for the two calls
 * below, or -1: all VHOST_GUARD_MAX are taken. Do not use such a mapping.
 */
int vhost_guard_add(void *base, size_t size);

/* Before munmap(). */
void vhost_guard_remove(int guard);

/* Has the memory been replaced? */
bool vhost_guard_is_lost(int guard);

#endif
