/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv3 (Arm IHI 0069) as a compartment sees it: its own sources in the
 * distributor, its own harts' redistributors, and the CPU interface.
 *
 * Ownership: one controller per payload.
 * Concurrency: one hart sets sources up; a hart's redistributor and CPU
 * interface are its own business.
 * Trust: whatever is not the compartment's reads as zero and ignores writes, so
 * nothing here has to keep away from it.
 */
#ifndef COMMON_ARM64_GICV3_H
#define COMMON_ARM64_GICV3_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>

/* INTIDs */
#define GIC_SGI_DOORBELL	0	/* where doorbells are software's */
#define GIC_SGI_IPI		1
#define GIC_SGI_END		8	/* a compartment's own */
#define GIC_PPI_FIRST		16
#define GIC_PPI_TIMER		27	/* of the virtual timer */
#define GIC_SPI_FIRST		32
#define GIC_SPI_END		1020

/* Finds the controller. Returns 0, or -1 if the tree has none to use. */
int gic_find(const struct tree *tree);

/* The distributor, before any source. */
void gic_init(void);

/*
 * The calling hart's redistributor and CPU interface: SGIs and the timer may
 * interrupt it. Returns 0 or -1.
 */
int gic_init_hart(void);

/* Lets an SPI interrupt hart `id`. */
void gic_enable(unsigned int intid, bool edge, unsigned long id);

/* The same for the doorbell's SPI, whose trigger and route nobody chooses. */
void gic_enable_doorbell(unsigned int intid);

/* Sends an SGI to one hart, after all that was stored before. */
void gic_send(unsigned int intid, unsigned long id);

/* Acknowledges the most urgent pending one, or returns GIC_SPI_END or more. */
unsigned int gic_claim(void);
void gic_complete(unsigned int intid);

/* Whether nothing of a former life is left in the SPI, or of the hart's own. */
bool gic_is_clear(unsigned int intid);
bool gic_hart_is_clear(void);

/* Leaves what it can: what no set-up above would. */
void gic_leave(unsigned int intid);
void gic_leave_hart(void);

#endif
