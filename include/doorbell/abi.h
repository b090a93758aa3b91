/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doorbell and compartment calls, as a guest makes them: extension
 * identifiers, function identifiers, argument encodings and result values.
 *
 * Shared word for word by the firmware and by every payload. The numbers are
 * those of docs/sbi-doorbell.md, which states each function's parameters and
 * errors; errors are the SBI specification's own (chapter 3, "Binary
 * Encoding"). The same function numbers serve any other conduit.
 *
 * Trust: every argument comes from a guest and is checked by the firmware.
 */
#ifndef DOORBELL_ABI_H
#define DOORBELL_ABI_H

/* Both identifiers lie in the SBI specification's experimental range. */
#define DOORBELL_EID			0x0842484b
#define COMPARTMENT_EID			0x08424843

/* Functions of DOORBELL_EID */
#define DOORBELL_FID_GET_COUNT		0 /* () -> number of links */
#define DOORBELL_FID_GET_PEER		1 /* (link) -> state | life << 8 */
#define DOORBELL_FID_REGISTER		2 /* (link, page, hart, delivery) */
#define DOORBELL_FID_UNREGISTER		3 /* (link) */
#define DOORBELL_FID_SET_MASK		4 /* (link, mask) */
#define DOORBELL_FID_RING		5 /* (link, bits) */
#define DOORBELL_FID_COUNT		6

/* `link` of REGISTER and UNREGISTER: all links of the caller at once. */
#define DOORBELL_LINK_ALL		(~0UL)

/*
 * `delivery` of REGISTER: 0 pends a supervisor software interrupt on the
 * target hart; any other value is the interrupt identity that is written into
 * the target hart's supervisor-level IMSIC interrupt file.
 */
#define DOORBELL_DELIVERY_SSIP		0

#define DOORBELL_PAGE_SIZE		4096
#define DOORBELL_LINKS_MAX		16 /* per compartment */

/* Set by the firmware alone, when the peer's state or life has changed. */
#define DOORBELL_BIT_PEER		63
#define DOORBELL_BITS_GUEST		(~(1ULL << DOORBELL_BIT_PEER))

/* Low byte of GET_PEER's value; the rest is the count of the peer's starts. */
#define DOORBELL_PEER_STATE_MASK	0xff
#define DOORBELL_PEER_LIFE_SHIFT	8
enum doorbell_peer_state {
	DOORBELL_PEER_READY = 0,	/* loaded, not started yet */
	DOORBELL_PEER_RUNNING = 1,
	DOORBELL_PEER_RESTARTING = 2,	/* stopped; will be started again */
	DOORBELL_PEER_ENDED = 3,	/* shut down; will not come back */
	DOORBELL_PEER_FAILED = 4,	/* ended by a failure */
};

/* Functions of COMPARTMENT_EID */
#define COMPARTMENT_FID_GET_SELF	0 /* () -> compartment | life << 8 */
#define COMPARTMENT_FID_GET_COUNTER	1 /* (compartment, counter) -> value */

/* `compartment` of GET_COUNTER: the caller's own. */
#define COMPARTMENT_SELF		(~0UL)

/*
 * `counter` of GET_COUNTER: sums over the compartment's harts since the
 * machine started. Any other compartment's can be read only if the manifest
 * lets the caller observe it.
 */
enum compartment_counter {
	COMPARTMENT_COUNTER_ENTRIES = 0,	/* entries into M-mode */
	COMPARTMENT_COUNTER_INSTRUCTIONS = 1,	/* retired by trap handlers */
	COMPARTMENT_COUNTER_RINGS = 2,		/* successful RING calls */
	COMPARTMENT_COUNTER_DELIVERIES = 3,	/* interrupts raised by rings */
	COMPARTMENT_COUNTER_CONSOLE_BYTES = 4,
	COMPARTMENT_COUNTER_COUNT
};

#endif
