/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between irq.c, which knows who wants what, and the architecture's interrupt
 * controllers, which know what is pending. The architecture provides the rest
 * of <common/irq.h> too.
 *
 * Concurrency: the hart that calls irq_poll().
 * Trust: sources are looked up, never used as an index.
 */
#ifndef COMMON_IRQ_ACTIONS_H
#define COMMON_IRQ_ACTIONS_H

#include <common/irq.h>
#include <doorbell/abi.h>

/* ---- Called by irq_poll() ---- */

void irq_run_doorbell(void);
void irq_run_ipi(void);		/* the calling hart's */
void irq_run_source(unsigned int source);

/*
 * Wired sources get slots 0 .. IRQ_WIRED_MAX - 1 in the order of connection.
 * Returns the slot's source, 0: there is none.
 */
unsigned int irq_get_source(unsigned int slot);

/* ---- Provided by the architecture ---- */

/* Lets the device interrupt as `slot`. Returns 0 or -1. */
int irq_enable_source(const struct tree_device *device, unsigned int slot);

/*
 * Lets doorbells come to the calling hart as an interrupt of their own, if it
 * has such. Returns the delivery to register.
 */
unsigned long irq_enable_doorbell(void);

/* hart_sleep() and irq_poll() take notice of `time`, until it is cleared. */
void irq_set_timer(uint64_t time);
void irq_clear_timer(void);

#endif
