/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harts of a payload, its clock, its faults.
 *
 * Interrupts are never taken as traps: they are enabled one by one, stay
 * blocked globally, and are handled by irq_poll() when the payload asks
 * (<common/irq.h>). A trap is therefore always a fault, either one that
 * trap_run() waits for or an error that ends the compartment as failed.
 *
 * Ownership: every hart has its own stack inside the payload's image. The
 * argument of a started hart is its caller's, and must live as long as it runs.
 * Concurrency: one hart at a time starts others; everything else is per hart.
 * Trust: harts of one compartment trust each other wholly.
 */
#ifndef COMMON_HART_H
#define COMMON_HART_H

#include <stdbool.h>
#include <stdint.h>

#define HARTS_MAX 8

/* The payload's program, called once on the boot hart; ends the compartment. */
void payload_main(void);

unsigned long hart_get_id(void);

/*
 * Starts `entry(argument)` on another hart of this compartment, with
 * interrupts off. Returns 0 or an enum call_error.
 */
long hart_start(unsigned long id, void (*entry)(void *argument),
		void *argument);

/* Stops the calling hart until somebody starts it again. */
void hart_stop(void) __attribute__((noreturn));

/* Implemented by the architecture: in units of tree.timebase. */
uint64_t hart_get_time(void);

/*
 * Implemented by the architecture: retired instructions; under QEMU's -icount
 * those of all harts together. For the differences of one hart's readings.
 * AArch64 leaves out what the firmware retires in traps of the calling hart;
 * where nothing counts there, as on QEMU without -icount, this is
 * hart_get_time().
 */
uint64_t hart_get_instructions(void);

/*
 * Implemented by the architecture: what hart_get_instructions() leaves out, of
 * all harts of the compartment together; 0 on RISC-V, where it leaves out
 * nothing.
 */
uint64_t hart_get_firmware_instructions(void);

/* What a fault looked like, in the architecture's own encoding. */
struct trap_record {
	unsigned long cause;
	/* faulting address, if there is one */
	unsigned long address;
	unsigned long pc;
	unsigned long status;
};

/*
 * Implemented by the architecture: runs `attempt(argument)` and comes back when
 * it returns or faults. Returns whether it faulted; if so, `record` says how,
 * and everything that the attempt had on its stack is gone.
 */
bool trap_run(void (*attempt)(void *argument), void *argument,
	      struct trap_record *record);

#endif
