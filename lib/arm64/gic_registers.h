/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of the GICv3 as Arm IHI 0069 names them (chapter 12), and the
 * ways to reach one: gic.c has them, and a unit test its own.
 *
 * Concurrency: an access is one access of the calling core; accesses to one
 * frame arrive in the order that they are made in.
 */
#ifndef LIB_ARM64_GIC_REGISTERS_H
#define LIB_ARM64_GIC_REGISTERS_H

#include <stdint.h>

uint8_t gic_read8(uint64_t addr);
void gic_write8(uint64_t addr, uint8_t value);
uint32_t gic_read(uint64_t addr);
void gic_write(uint64_t addr, uint32_t value);
uint64_t gic_read64(uint64_t addr);
void gic_write64(uint64_t addr, uint64_t value);
/* Until a register has none of these bits, which the GIC itself clears. */
void gic_wait(uint64_t addr, uint32_t bits);

#define GIC_FRAME_SIZE		0x10000U	/* one frame of registers */

/* The distributor */
#define GICD_CTLR		0x0000
#define GICD_CTLR_GROUP0	(1U << 0)
#define GICD_CTLR_GROUP1	(1U << 1)
#define GICD_CTLR_ARE		(1U << 4)
#define GICD_CTLR_DS		(1U << 6)	/* one security state */
#define GICD_CTLR_RWP		(1U << 31)
#define GICD_TYPER		0x0004
#define GICD_TYPER_LINES	0x1fU
#define GICD_TYPER_SECURITY	(1U << 10)
#define GICD_TYPER_ID_BITS(n)	(((n) - 1U) << 19)
#define GICD_TYPER_A3V		(1U << 24)
#define GICD_TYPER_NO_1N	(1U << 25)
#define GICD_TYPER_RSS		(1U << 26)
#define GICD_IIDR		0x0008
#define GICD_IROUTER		0x6000		/* 8 bytes for each INTID */

/*
 * In the distributor and in a redistributor's frame of SGIs and PPIs: a bit, a
 * byte or two bits for each INTID.
 */
#define GIC_IGROUPR		0x0080
#define GIC_ISENABLER		0x0100
#define GIC_ICENABLER		0x0180
#define GIC_ISPENDR		0x0200
#define GIC_ICPENDR		0x0280
#define GIC_ISACTIVER		0x0300
#define GIC_ICACTIVER		0x0380
#define GIC_IPRIORITYR		0x0400
#define GIC_ICFGR		0x0c00
#define GIC_ICFGR_END		0x0d00
#define GIC_IGRPMODR		0x0d00
#define GIC_BITS_SIZE		0x0080U		/* of each kind of bits */
#define GIC_PRIORITIES_SIZE	0x0400U

/* In every frame */
#define GIC_ID_FIRST		0xffd0		/* PIDR4 */
#define GIC_PIDR2		0xffe8
#define GIC_PIDR2_REVISION	0xf0U
#define GIC_PIDR2_GICV3		0x30U

/* A redistributor: RD_base, and the frame of SGIs and PPIs behind it. */
#define GICR_CTLR		0x0000
#define GICR_CTLR_RWP		(1U << 3)
#define GICR_CTLR_UWP		(1U << 31)
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008		/* 8 bytes; 63:32: affinity */
#define GICR_TYPER_NUMBER	0xffff00U	/* Processor_Number */
#define GICR_TYPER_LAST		0x10U
#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	(1U << 1)	/* ProcessorSleep */
#define GICR_WAKER_ASLEEP	(1U << 2)	/* ChildrenAsleep */
#define GICR_SETLPIR		0x0040		/* 8 bytes, and so are these: */
#define GICR_CLRLPIR		0x0048
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_INVLPIR		0x00a0
#define GICR_INVALLR		0x00b0
#define GICR_SGI_BASE		GIC_FRAME_SIZE

#endif
