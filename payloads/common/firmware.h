/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware, as a payload calls it: SBI calls on RISC-V
 * (docs/sbi-doorbell.md), hypervisor calls on AArch64 (docs/smccc-abi.md).
 * Results are an enum call_error of <compartment/abi.h> on both.
 *
 * Ownership: buffers stay the caller's; the firmware uses them during the call
 * only, and only if they lie in the compartment's own memory.
 * Concurrency: any hart may call any of these at any time.
 * Trust: the firmware's word is final: what it refuses, a payload cannot do.
 */
#ifndef COMMON_FIRMWARE_H
#define COMMON_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <compartment/abi.h>

/* The extension of CONSOLE_FID_*, by SBI's identifier on every architecture. */
#define CONSOLE_EID	0x4442434e

/*
 * Any call: `extension` is DOORBELL_EID, COMPARTMENT_EID or CONSOLE_EID,
 * `function` a number of it as in <doorbell/abi.h> and <compartment/abi.h>.
 * `value` may be NULL when the function returns none that matters. An extension
 * or a function that the architecture's calls cannot even name is
 * CALL_ERR_NOT_SUPPORTED.
 */
long firmware_call(unsigned long extension, unsigned long function,
		   unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long *value);

/* How many calls that were, of all harts. */
uint64_t firmware_get_calls(void);

/* Implemented by the architecture: makes the call. */
long firmware_conduit(unsigned long extension, unsigned long function,
		      unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long *value);

/* Writes up to `size` bytes to the console; `done` is how many it took. */
long firmware_console_write(const char *text, size_t size, unsigned long *done);

/*
 * Implemented by the architecture: ends the compartment for good, as a success
 * or as a failure; starts it again from its pristine image.
 */
void firmware_end(bool failed) __attribute__((noreturn));
void firmware_restart(void) __attribute__((noreturn));

/*
 * A counter (enum compartment_counter) of the caller's compartment, and the
 * sum of it over all others that the manifest lets the caller observe.
 */
uint64_t firmware_get_counter(unsigned int counter);
uint64_t firmware_get_observed(unsigned int counter);

/* How many times this compartment has been started: 1 in its first life. */
uint64_t firmware_get_life(void);

#endif
