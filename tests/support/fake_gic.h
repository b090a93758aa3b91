/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv3 in memory, for tests of lib/arm64/gic_filter.h: it has the accessors
 * of gic_registers.h. Registers that set and registers that clear show one
 * state, as the real ones do; all others hold what was written.
 *
 * Four harts, two in each of two compartments. 9 words of INTIDs. Compartment 0
 * has SPI 33, 40 and 95, compartment 1 SPI 34 and 96; hart n has doorbell
 * 224 + n. Each serves the other a channel with a device that the firmware plays,
 * of SPI 70 + the client; one more channel has none, though it names 72.
 */
#ifndef FAKE_GIC_H
#define FAKE_GIC_H

#include <compartment/manifest.h>

#define FAKE_GICD		0x08000000ULL
#define FAKE_GICR		0x080a0000ULL
#define FAKE_GICR_SIZE		0x20000ULL
#define FAKE_HARTS		4
#define FAKE_WORDS		9
#define FAKE_DOORBELL		224
#define FAKE_PLAYED		70

/* Where a hart's RD_base and SGI_base are. */
#define FAKE_RD(hart)		(FAKE_GICR + FAKE_GICR_SIZE * (hart))
#define FAKE_SGI(hart)		(FAKE_RD(hart) + 0x10000)

/* A GIC with every register 0 but those that identify it. */
void fake_gic_reset(bool two_states);
void fake_gic_model(struct model *model);

/* All its registers, the distributor's first; the address of one of them. */
#define FAKE_GIC_WORDS	((0x10000 + FAKE_HARTS * FAKE_GICR_SIZE) / 4)
extern uint32_t fake_gic_words[FAKE_GIC_WORDS];
uint64_t fake_gic_address(size_t word);

/* Called, if set, with every word that is written and the bits that changed. */
extern void (*fake_gic_watch)(size_t word, uint32_t changed);

#endif
