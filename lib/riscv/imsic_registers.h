/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt file of an IMSIC: AIA specification 1.0, 3.5, 3.8 and 3.9. */
#ifndef LIB_RISCV_IMSIC_REGISTERS_H
#define LIB_RISCV_IMSIC_REGISTERS_H

/* In its page. */
#define IMSIC_SETEIPNUM_LE	0x000

/* Behind a level's iselect; bits of 32 identities each. */
#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EITHRESHOLD	0x72
#define IMSIC_EIP0		0x80
#define IMSIC_EIE0		0xc0

#define IMSIC_TOPEI_SHIFT	16		/* of the identity */

#endif
