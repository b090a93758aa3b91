/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interrupt sources a compartment has: those of its devices, and those
 * that no device of the machine drives and the firmware raises for devices that
 * it plays. What the filters of the PLIC and of the APLIC share.
 *
 * Ownership: the structure is the caller's. Concurrency: constant once read.
 * Trust: the model is one that manifest_parse() has accepted.
 */
#ifndef LIB_RISCV_IRQCHIP_SOURCES_H
#define LIB_RISCV_IRQCHIP_SOURCES_H

#include <compartment/manifest.h>

#define IRQCHIP_WORDS		32	/* of 32 sources each, 0 included */
#define IRQCHIP_PLAYED_MAX	(MODEL_CHANNELS_MAX + 1)

struct irqchip_sources {
	uint32_t own[IRQCHIP_WORDS];		/* the played ones too */
	uint16_t played[IRQCHIP_PLAYED_MAX];
	unsigned int played_count;
};

/* `last` is the highest number that the controller has. */
void irqchip_sources_read(struct irqchip_sources *sources,
			  const struct model *model, unsigned int compartment,
			  unsigned int last);
/* Any number may be asked for. */
bool irqchip_sources_own(const struct irqchip_sources *sources,
			 uint32_t source);
/* Its index among the played ones, or -1. */
int irqchip_sources_find_played(const struct irqchip_sources *sources,
				uint32_t source);

/*
 * The machine's, implemented by irqchip.c: one 32-bit register, ordered against
 * all memory and all other registers.
 */
uint32_t irqchip_read(uint64_t addr);
void irqchip_write(uint64_t addr, uint32_t value);

#endif
