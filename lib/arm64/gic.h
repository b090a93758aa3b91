/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv3, partitioned: Arm IHI 0069, "GICv3 architecture".
 *
 * An IRQ goes straight to EL1 (HCR_EL2.IMO = 0): acknowledging and ending it
 * are the guest's own accesses to the physical CPU interface. What trap are
 * SGI generation and the common registers (ICH_HCR_EL2.TC), and every access to
 * distributor and redistributors, which stage 2 maps for nobody. FIQ, Group 0,
 * is EL2's own (HCR_EL2.FMO = 1).
 *
 * Concurrency: a lock for each compartment serialises its cores' accesses; what
 * compartments share is one lock around the read and the write of one ICFGR.
 * Trust: offsets, widths and values are a guest's. gic_filter.h says what they
 * come to. A guest changes only sources
 * of its own: SPIs of its devices, those that the firmware plays among them, its
 * cores' doorbell SPIs, SGIs 0 to 7 and the timers' PPIs of its own cores. Everything else reads as zero and ignores
 * writes.
 */
#ifndef LIB_ARM64_GIC_H
#define LIB_ARM64_GIC_H

#include "arm64.h"

/* Group 0: interrupts a core for EL2. An SGI, which no guest has. */
#define GIC_SGI_STOP		8

/*
 * Cold, with the model parsed: the distributor; all SPIs off, Group 1, each
 * routed to a core of its owner.
 */
void gic_setup(void);
/* Each core that was turned on: redistributor, CPU interface, the stop SGI. */
void gic_setup_core(void);

/* Interrupts another core for EL2: GIC_SGI_STOP. */
void gic_send_stop(uint32_t id);
/* What interrupted EL2 is acknowledged and ended. */
void gic_take_fiq(void);

/* Sets an own SPI pending; orders earlier stores before it. */
void gic_pend_spi(unsigned int intid);
/* Sets SGIs (0 to 7) pending, as ICC_SGI1R_EL1 says; orders as well. */
void gic_send_sgi1r(uint64_t value);

/* The calling core's CPU interface as at reset, its SGIs and PPIs too. */
void gic_clear_core(void);
/* A stopped compartment's SPIs: disabled, not pending, not active. */
void gic_clear_compartment(unsigned int compartment);

/*
 * A guest's access to [addr, addr + size) of distributor or a redistributor of
 * the machine: false if addr is in neither. size is 1, 2, 4 or 8. For a write
 * *value is what to write; for a read it is set.
 */
bool gic_access(uint64_t addr, unsigned int size, bool write, uint64_t *value);

/* ICC_SGI1R_EL1 written by a guest (SGI0R and ASGI1R are ignored). */
void gic_write_sgi1r(uint64_t value);
/* The trapped common registers of the CPU interface. */
uint64_t gic_read_pmr(void);
void gic_write_pmr(uint64_t value);
uint64_t gic_read_ctlr(void);
void gic_write_ctlr(uint64_t value);
uint64_t gic_read_rpr(void);
void gic_write_dir(uint64_t value);

#endif
