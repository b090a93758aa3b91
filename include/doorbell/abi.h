/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doorbell calls, as a guest makes them: extension identifier, function
 * identifiers, argument encodings and result values.
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

/* In the SBI specification's experimental range. */
#define DOORBELL_EID			0x0842484b

/* Functions of DOORBELL_EID */
#define DOORBELL_FID_GET_COUNT		0 /* () -> number of links */
#define DOORBELL_FID_GET_PEER		1 /* (link) -> <compartment/abi.h> life */
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

#endif
