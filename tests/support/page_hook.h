/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer that changes shared memory at the worst moment: between two looks that
 * the code under test takes. The hook runs when a page is first touched, before
 * that access is done; what was read before lies on another page.
 *
 * No second thread, so the same every time. One hook at a time, one thread.
 */
#ifndef PAGE_HOOK_H
#define PAGE_HOOK_H

#include <stddef.h>

/*
 * Memory for @size zeroed bytes whose byte @split is the first of a page; ends
 * the program if there is none. To be given back with page_hook_free().
 */
void *page_hook_new(size_t size, size_t split);
void page_hook_free(void);

/* Run @hook at the first access to the page before (or from) the split on. */
void page_hook_before_split(void (*hook)(void *ctx), void *ctx);
void page_hook_after_split(void (*hook)(void *ctx), void *ctx);

#endif
