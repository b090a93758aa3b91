/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware, as a payload calls it. Implemented by the architecture: SBI
 * calls on RISC-V. Results are the SBI specification's error codes on every
 * architecture (chapter 3, "Binary Encoding"), 0 being success.
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

enum firmware_error {
	FIRMWARE_SUCCESS = 0,
	FIRMWARE_FAILED = -1,
	FIRMWARE_NOT_SUPPORTED = -2,
	FIRMWARE_INVALID_PARAM = -3,
	FIRMWARE_DENIED = -4,
	FIRMWARE_INVALID_ADDRESS = -5,
	FIRMWARE_ALREADY_AVAILABLE = -6,
	FIRMWARE_ALREADY_STARTED = -7,
	FIRMWARE_ALREADY_STOPPED = -8,
	FIRMWARE_NO_SHMEM = -9,
};

/*
 * Any call: extension and function as in <compartment/abi.h> or
 * <doorbell/abi.h>. `value` may be NULL when the function returns none that
 * matters.
 */
long firmware_call(unsigned long extension, unsigned long function,
		   unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long *value);

/* Writes up to `size` bytes to the console; `done` is how many it took. */
long firmware_console_write(const char *text, size_t size, unsigned long *done);

/* Ends the compartment for good, as a success or as a failure. */
void firmware_end(bool failed) __attribute__((noreturn));

/* Starts the compartment again from its pristine image. */
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
