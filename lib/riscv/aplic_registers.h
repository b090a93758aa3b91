/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of one domain of an APLIC: AIA specification 1.0, 4.5 and 4.8. */
#ifndef LIB_RISCV_APLIC_REGISTERS_H
#define LIB_RISCV_APLIC_REGISTERS_H

#define APLIC_DOMAINCFG		0x0000U
#define APLIC_DOMAINCFG_FIXED	0x80000000U	/* reads so */
#define APLIC_DOMAINCFG_IE	(1U << 8)
#define APLIC_DOMAINCFG_DM	(1U << 2)	/* messages, not wires */

#define APLIC_SOURCECFG		0x0000U		/* of source n: + 4 * n */
#define APLIC_SOURCECFG_END	0x1000U
#define APLIC_SOURCECFG_D	(1U << 10)	/* delegated */
#define APLIC_SOURCECFG_SM	7U
#define APLIC_SM_INACTIVE	0U
#define APLIC_SM_DETACHED	1U
#define APLIC_SM_EDGE_RISING	4U
#define APLIC_SM_EDGE_FALLING	5U

/* A bit for each source from there on, and one register for its number. */
#define APLIC_SETIP		0x1c00U
#define APLIC_IN_CLRIP		0x1d00U
#define APLIC_SETIE		0x1e00U
#define APLIC_CLRIE		0x1f00U
#define APLIC_CLRIE_END		0x2000U
#define APLIC_BITS_SIZE		0x80U
#define APLIC_NUM		0xdcU		/* in each of the four */

#define APLIC_SETIPNUM_LE	0x2000U
#define APLIC_SETIPNUM_BE	0x2004U

#define APLIC_TARGET		0x3000U		/* of source n: + 4 * n */
#define APLIC_TARGET_HART_SHIFT	18
#define APLIC_TARGET_GUEST	(0x3fU << 12)	/* with messages */

/* Interrupt delivery control, of each hart, without messages. */
#define APLIC_IDC		0x4000U
#define APLIC_IDC_SIZE		0x20U
#define APLIC_IDC_IDELIVERY	0x00U
#define APLIC_IDC_IFORCE	0x04U
#define APLIC_IDC_ITHRESHOLD	0x08U
#define APLIC_IDC_TOPI		0x18U
#define APLIC_IDC_CLAIMI	0x1cU

#endif
