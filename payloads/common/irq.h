/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of a payload: doorbells, wired sources of its own devices, those
 * between its own harts. What knows the interrupt controllers is the
 * architecture's, and is marked.
 *
 * Ownership: a handler's context is its caller's and must live as long as the
 * payload.
 * Concurrency: handlers run in irq_poll() and irq_wait(), on the hart that
 * calls them, so they never interrupt anything. One hart sets everything up
 * before another one polls.
 * Trust: an interrupt is a hint, and may come for no reason: a device or a peer
 * can send as many as it likes.
 */
#ifndef COMMON_IRQ_H
#define COMMON_IRQ_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>

#define IRQ_WIRED_MAX 4

typedef void (*irq_handler)(void *context);

/*
 * Implemented by the architecture: takes the calling hart's interrupts into
 * use, with whatever controller the compartment's tree describes. Returns 0, or
 * -1 after saying what is wrong.
 */
int irq_init(const struct tree *tree);

/*
 * Implemented by the architecture: whether the controller, as far as the
 * compartment sees it, is as if nobody had used it: before irq_init(), which is
 * to start from there. And for the sake of that check: leaves in it what
 * irq_init() alone would not.
 */
bool irq_is_clear(const struct tree *tree);
void irq_leave_residue(void);

/* Implemented by the architecture: name of the controller in use, for people. */
const char *irq_get_name(void);

/*
 * Enables the device's wired source towards the calling hart. Returns 0, or -1
 * when it has none, or there is no controller or no room.
 */
int irq_connect(const struct tree_device *device, irq_handler handler,
		void *context);

/*
 * Implemented by the architecture: whether the hart can have an interrupt for
 * doorbells alone: an identity of its IMSIC file, an SPI that nothing drives.
 * Else doorbells come as software interrupts.
 */
bool irq_has_doorbell(const struct tree_hart *hart);

/*
 * Says who takes the doorbell's interrupt. Returns the delivery to register:
 * the interrupt for doorbells alone where the hart has one and `software` is
 * false, else the software interrupt.
 */
unsigned long irq_connect_doorbell(bool software, irq_handler handler,
				   void *context);

/*
 * Inter-processor interrupts inside the compartment: who takes those of hart
 * `hart` (NULL: nobody).
 */
void irq_connect_ipi(unsigned long hart, irq_handler handler, void *context);

/*
 * Implemented by the architecture: lets them come to the calling hart, which
 * irq_init() does too; sends one, which returns 0 or an enum call_error.
 */
void irq_enable_ipi(void);
long irq_send(unsigned long hart);

/*
 * Implemented by the architecture: handles what is pending now; returns whether
 * there was anything.
 */
bool irq_poll(void);

/*
 * Sleeps until something is pending, and handles it. What became pending since
 * the last irq_poll() counts, so nothing is lost between the caller's check
 * and the sleep.
 */
void irq_wait(void);

/* The same, but no longer than until hart_get_time() reaches `time`. */
void irq_wait_until(uint64_t time);

#endif
