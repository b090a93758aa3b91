/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an architecture provides to the partitioner, in full: lib/riscv and
 * lib/arm64 are the two examples. It calls the partitioner's own functions
 * (<partitioner/partitioner.h>) when it boots, when a guest calls or faults,
 * and when a hart was told to stop.
 *
 * Concurrency: unless said otherwise any hart may call any of these at any
 * time, in the firmware's own mode.
 * Trust: all of this is firmware. Guest values reach these functions only after
 * the partitioner has checked them.
 */
#ifndef PARTITIONER_ARCH_H
#define PARTITIONER_ARCH_H

#include <partitioner/partitioner.h>

/* ---- Harts ---- */

/*
 * Makes a hart of the machine known: called once for each, on the hart that
 * boots cold, before anything else is asked about it. Its struct, with the id
 * set; NULL if there is no room for it, or this machine has no such hart.
 */
struct hart *arch_hart_add(uint32_t id);

/* What is kept for the calling hart; for hart `id`, a known one. */
struct hart *arch_hart_this(void);
struct hart *arch_hart_find(uint32_t id);

/* Whether the hart runs, or is about to run, guest code. */
bool arch_hart_is_started(uint32_t id);
/* Whether it waits to be started and will run nothing before that. */
bool arch_hart_is_stopped(uint32_t id);

/*
 * Interrupts a hart, so that it looks at its commands. What guest code it runs,
 * in whatever state, cannot keep it from that for ever: either the interrupt
 * cannot be masked by guests, or arch_compartment_withdraw() has left the guest
 * nothing to run.
 */
void arch_hart_interrupt(const struct hart *hart);

/*
 * Starts a stopped hart in its compartment's life, or the calling one, which
 * coordinates the end of the life before (it goes there when life_leave() has
 * returned); false if that is refused.
 */
bool arch_hart_start(uint32_t id, uint64_t entry, uint64_t argument);

/*
 * Takes the calling hart out of its compartment and stops it. Calls life_leave()
 * on the way, outside of the compartment; a start may follow.
 */
void arch_hart_stop(void) __attribute__((noreturn));

/* Takes what other harts may be waiting for the calling one to take. */
void arch_hart_serve(void);

/* ---- Memory ---- */

/*
 * Takes memory, windows and devices away from a compartment whose life is being
 * ended, whichever of its harts still run, and gives them back before it is
 * started again. An architecture whose protection is each hart's own, and whose
 * interrupt cannot be masked, has nothing to do.
 */
void arch_compartment_withdraw(unsigned int compartment);
void arch_compartment_grant(unsigned int compartment);

/*
 * Makes a piece of one page of guest memory reachable for the firmware on this
 * hart until arch_guest_close(), which every open needs before the next. The
 * piece was found to be the guest's own: where it cannot be reached all the
 * same, the firmware is at fault and ends the machine.
 */
void *arch_guest_open(uint64_t addr, uint64_t size);
void arch_guest_close(void);
/*
 * ORs bits into an aligned word of guest memory and returns its former value:
 * one access of __atomic_fetch_or(), sequentially consistent, which needs no
 * open and must not come between an open and its close.
 */
uint64_t arch_guest_or(uint64_t addr, uint64_t bits);
/*
 * Makes all guest memory reachable from this hart, which has left its
 * compartment, until it enters one again.
 */
void arch_guest_leave(void);

/*
 * [addr, addr + size) of guest memory was written by the firmware: makes that
 * what guests fetch, and what they read with their caches off.
 */
void arch_memory_publish(uint64_t addr, uint64_t size);

/* ---- Interrupts ---- */

/*
 * Whether a doorbell can be delivered to the hart with that identity; if so,
 * fills in what arch_deliver() is to be called with, here and on any hart.
 */
bool arch_find_delivery(uint32_t hart, uint64_t identity,
			struct doorbell_target *target);
/*
 * Interrupts the target for a doorbell, if its hart is started, and returns
 * whether it is; everything stored before is visible to whoever takes the
 * interrupt.
 */
bool arch_deliver(const struct doorbell_target *target);

/*
 * Makes an interrupt pending that nothing drives but the firmware, one of
 * get_free_interrupt() that the compartment was given: as an edge would. What a
 * guest has enabled, and at which hart, decides what comes of it. Any hart.
 */
void arch_interrupt_raise(unsigned int compartment, uint32_t interrupt);

/* Disables, completes and forgets what a stopped compartment's harts used. */
void arch_clear_interrupts(unsigned int compartment);

/* ---- The rest of the machine ---- */

/*
 * The firmware's console is one hart's between the two, which waits at most for
 * what others emit there. Before there are others, and on a hart that faults
 * while it has the console, they do nothing.
 */
void arch_console_acquire(void);
void arch_console_release(void);
/*
 * Shows text, by whoever has the console; a newline puts the cursor at the
 * start of the next row.
 */
void arch_console_emit(const char *text, size_t length);

/* Waits for so long at least, and takes no command of other harts meanwhile. */
void arch_delay_us(unsigned int us);

/* A device's 32-bit register, ordered against all memory. */
uint32_t arch_device_read(uint64_t addr);
void arch_device_write(uint64_t addr, uint32_t value);
/* Ends the machine; a failure reaches whoever waits for it. */
void arch_power_off(bool failed) __attribute__((noreturn));

#endif
