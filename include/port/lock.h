/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fair spin lock, for the few words that harts of different compartments
 * share inside the firmware.
 *
 * Fair, so that whoever takes it in a loop cannot starve another: a waiter is
 * passed by no later one, and waits at most one hold of each other hart.
 * Zero-initialised means free. Not recursive. Trust: lies in firmware memory.
 */
#ifndef PORT_LOCK_H
#define PORT_LOCK_H

#include <port/port.h>
#include <stdint.h>

struct port_lock {
	uint32_t next;
	uint32_t owner;
};

/* What the last holder stored is visible when this returns. */
static inline void port_lock_acquire(struct port_lock *lock)
{
	uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	/* Pairs with the release in port_lock_release(). */
	while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket)
		port_relax();
}

/* What the caller stored is visible to the next holder. */
static inline void port_lock_release(struct port_lock *lock)
{
	/* Pairs with the acquire in port_lock_acquire(). */
	__atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
}

#endif
