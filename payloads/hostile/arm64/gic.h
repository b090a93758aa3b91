/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv3, as it is attacked (Arm IHI 0069), at the board's addresses.
 *
 * Any hart may call; registers are the machine's.
 */
#ifndef HOSTILE_ARM64_GIC_H
#define HOSTILE_ARM64_GIC_H

#include <stdbool.h>
#include <stdint.h>
#include <sysreg.h>

#define GICD_BASE		0x08000000UL
#define GICD_SIZE		0x10000UL
#define GICR_BASE		0x080a0000UL
#define GICR_SIZE		0x20000UL
#define GICR_SGI		0x10000UL	/* the second frame */

/* In the distributor and, for INTIDs below 32, in the second frame */
#define GIC_IGROUPR		0x080UL
#define GIC_ISENABLER		0x100UL
#define GIC_ICENABLER		0x180UL
#define GIC_ISPENDR		0x200UL
#define GIC_ICPENDR		0x280UL
#define GIC_ISACTIVER		0x300UL
#define GIC_ICACTIVER		0x380UL
#define GIC_IPRIORITYR		0x400UL
#define GIC_ITARGETSR		0x800UL
#define GIC_ICFGR		0xc00UL
#define GIC_IGRPMODR		0xd00UL
#define GIC_NSACR		0xe00UL
#define GICD_CTLR		0x000UL
#define GICD_CTLR_GROUP1	2U
#define GICD_SETSPI_NSR		0x040UL
#define GICD_CLRSPI_NSR		0x048UL
#define GICD_SETSPI_SR		0x050UL
#define GICD_CLRSPI_SR		0x058UL
#define GICD_SGIR		0xf00UL
#define GICD_CPENDSGIR		0xf10UL
#define GICD_IROUTER		0x6000UL
#define GICR_CTLR		0x000UL
#define GICR_WAKER		0x014UL
#define GICR_SETLPIR		0x040UL
#define GICR_CLRLPIR		0x048UL
#define GICR_PROPBASER		0x070UL
#define GICR_PENDBASER		0x078UL
#define GICR_INVLPIR		0x0a0UL
#define GICR_INVALLR		0x0b0UL

#define GIC_SGI_OWN		8	/* below: the compartment's */
#define GIC_SPI_FIRST		32
#define GIC_INTIDS		288	/* as many as the board has */
#define GIC_NONE		1023

/* CPU interface */
#define ICC_PMR			s3_0_c4_c6_0
#define ICC_AP1R0		s3_0_c12_c9_0
#define ICC_DIR			s3_0_c12_c11_1
#define ICC_RPR			s3_0_c12_c11_3
#define ICC_SGI1R		s3_0_c12_c11_5
#define ICC_ASGI1R		s3_0_c12_c11_6
#define ICC_SGI0R		s3_0_c12_c11_7
#define ICC_IAR1		s3_0_c12_c12_0
#define ICC_EOIR1		s3_0_c12_c12_1
#define ICC_BPR1		s3_0_c12_c12_3
#define ICC_CTLR		s3_0_c12_c12_4
#define ICC_SRE			s3_0_c12_c12_5
#define ICC_IGRPEN1		s3_0_c12_c12_7

#define icc_read(number)	read_sysreg(number)
#define icc_write(number, value) write_sysreg(number, value)

/* On this board a hart's number is its redistributor's. */
static inline uint64_t gic_get_redistributor(unsigned long hart)
{
	return GICR_BASE + hart * GICR_SIZE;
}

/* By instructions that a trap describes: none with write-back. */
static inline uint32_t gic_read(uint64_t address)
{
	uint32_t value;

	__asm__ volatile ("ldr %w0, [%1]"
			  : "=r" (value) : "r" (address) : "memory");
	return value;
}

static inline void gic_write(uint64_t address, uint32_t value)
{
	__asm__ volatile ("str %w0, [%1]"
			  : : "r" (value), "r" (address) : "memory");
}

/*
 * The same where an abort may be the answer: reads nothing then. `size`: 1, 2,
 * 4 or 8.
 */
uint64_t gic_peek(uint64_t address, unsigned int size);
void gic_poke(uint64_t address, unsigned int size, uint64_t value);

/* Whether the INTID is an SPI of the compartment's devices or doorbells. */
bool gic_is_own_spi(unsigned int intid);
/* The bits of word `n` (32 INTIDs each) that are the compartment's. */
uint32_t gic_get_own(unsigned int n);

/* Lets the calling hart be interrupted by these SGIs. */
void gic_open(uint32_t sgis);

/* Waits, bounded, until an interrupt is pending for the hart, or is not. */
bool gic_await(bool pending);

/* SGI1R's value for one INTID to one hart. */
uint64_t gic_make_sgi(unsigned long hart, unsigned int intid);

/* ---- Groups of attempts: gic_run.c, gic_cpu.c ---- */

void gic_run(void);
void gic_cpu_run(void);

#endif
