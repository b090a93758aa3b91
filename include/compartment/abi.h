/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compartment calls, as a guest makes them, and how a compartment's life is
 * encoded wherever it is told.
 *
 * Shared word for word by the firmware and by every payload. The numbers are
 * those of docs/sbi-doorbell.md, chapter 3, which states each function's
 * parameters and errors. The same function numbers serve any other conduit.
 *
 * Trust: every argument comes from a guest and is checked by the firmware.
 */
#ifndef COMPARTMENT_ABI_H
#define COMPARTMENT_ABI_H

/* In the SBI specification's experimental range. */
#define COMPARTMENT_EID			0x08424843
/* SMCCC: fast 64-bit calls of the vendor-specific hypervisor service; the
 * function's number is added. */
#define COMPARTMENT_SMCCC		0xc6000200U
#define CONSOLE_SMCCC			0xc6000300U

/* Results of all calls: the SBI specification's (chapter 3). */
enum call_error {
	CALL_SUCCESS = 0,
	CALL_ERR_FAILED = -1,
	CALL_ERR_NOT_SUPPORTED = -2,
	CALL_ERR_INVALID_PARAM = -3,
	CALL_ERR_DENIED = -4,
	CALL_ERR_INVALID_ADDRESS = -5,
	CALL_ERR_ALREADY_AVAILABLE = -6,
	CALL_ERR_ALREADY_STARTED = -7,
	CALL_ERR_ALREADY_STOPPED = -8,
	CALL_ERR_NO_SHMEM = -9,
};

/* The console: functions of SBI's debug console, under its identifier there. */
#define CONSOLE_FID_WRITE		0 /* (bytes, address, 0) -> written */
#define CONSOLE_FID_READ		1 /* (bytes, address, 0) -> read: 0 */
#define CONSOLE_FID_WRITE_BYTE		2 /* (byte) */

/* Functions of COMPARTMENT_EID */
#define COMPARTMENT_FID_GET_SELF	0 /* () -> compartment | starts << 8 */
#define COMPARTMENT_FID_GET_COUNTER	1 /* (compartment, counter) -> value */

/* `compartment` of GET_COUNTER: the caller's own. */
#define COMPARTMENT_SELF		(~0UL)

/* A life: the state in the low byte, the count of starts in the rest. */
#define COMPARTMENT_STATE_MASK		0xff
#define COMPARTMENT_STARTS_SHIFT	8
enum compartment_state {
	COMPARTMENT_STATE_LOADED = 0,	/* before the machine's first start */
	COMPARTMENT_STATE_RUNNING = 1,
	COMPARTMENT_STATE_RESTARTING = 2, /* stopped; will be started again */
	COMPARTMENT_STATE_ENDED = 3,	/* shut down; will not come back */
	COMPARTMENT_STATE_FAILED = 4,	/* ended by a failure */
};

/*
 * `counter` of GET_COUNTER: sums over the compartment's harts since the
 * machine started. Any other compartment's can be read only if the manifest
 * lets the caller observe it.
 */
enum compartment_counter {
	COMPARTMENT_COUNTER_ENTRIES = 0,	/* entries into the firmware */
	COMPARTMENT_COUNTER_INSTRUCTIONS = 1,	/* retired by trap handlers */
	COMPARTMENT_COUNTER_RINGS = 2,		/* successful RING calls */
	COMPARTMENT_COUNTER_DELIVERIES = 3,	/* interrupts raised by rings */
	COMPARTMENT_COUNTER_CONSOLE_BYTES = 4,
	COMPARTMENT_COUNTER_COUNT
};

#endif
