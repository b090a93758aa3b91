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
/* SMCCC: a fast 64-bit call of the vendor-specific hypervisor service; the
 * function's number is added. */
#define DOORBELL_SMCCC			0xc6000100U

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
 * `delivery` of REGISTER: the interrupt that reaches the target hart.
 * 0: a software interrupt, supervisor-level on RISC-V, SGI 0 on AArch64.
 * Any other value: on RISC-V the identity that is written into the hart's
 * supervisor-level IMSIC interrupt file, on AArch64 the INTID of the hart's own
 * doorbell SPI, which its device tree names.
 */
#define DOORBELL_DELIVERY_SOFTWARE	0

#define DOORBELL_PAGE_SIZE		4096
#define DOORBELL_LINKS_MAX		16 /* per compartment */

/* Set by the firmware alone, when the peer's state or life has changed. */
#define DOORBELL_BIT_PEER		63
#define DOORBELL_BITS_GUEST		(~(1ULL << DOORBELL_BIT_PEER))

#endif
