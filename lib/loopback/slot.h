/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Free slots of a fixed array, linked through the first member of each.
 *
 * Ownership: the slots are private to whoever keeps the list; a slot is in the
 * list or in use, never both.
 * Concurrency: one caller at a time per list.
 * Trust: slots lie in private memory; no peer can name or change one.
 */
#ifndef LOOPBACK_SLOT_H
#define LOOPBACK_SLOT_H

#include <stddef.h>

#include <loopback/block_backend.h>

static inline void slot_put(struct loopback_slot **free,
			    struct loopback_slot *slot)
{
	slot->next_free = *free;
	*free = slot;
}

/* The list must not be empty. */
static inline void slot_take(struct loopback_slot **free)
{
	*free = (*free)->next_free;
}

#endif
