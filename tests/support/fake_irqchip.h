/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PLIC and an APLIC in memory, for tests of lib/riscv/{plic,aplic}_filter.h:
 * the accessors of irqchip_sources.h lead to both. They do what the
 * specifications say of wires, claims and messages, and count messages instead
 * of sending them. A test looks into them directly.
 *
 * Four harts, two in each of two compartments. Hart n has PLIC contexts 2n
 * (M-level) and 2n + 1, and APLIC index 5 - n. Compartment 0 has sources 1, 33,
 * 40 and 95, and 50 to 52 are played for it; compartment 1 has 2 and 96, and 60
 * is played. What is neither is nobody's.
 */
#ifndef FAKE_IRQCHIP_H
#define FAKE_IRQCHIP_H

#include <compartment/manifest.h>

#define FAKE_PLIC		0x0c000000ULL
#define FAKE_PLIC_SHARED	0x4000ULL
#define FAKE_APLIC		0x0d000000ULL
#define FAKE_APLIC_SIZE		0x8000ULL
#define FAKE_SOURCES		96
#define FAKE_HARTS		4
#define FAKE_WORDS		4
#define FAKE_CONTEXTS		(2 * FAKE_HARTS)
#define FAKE_INDICES		8

#define FAKE_CONTEXT(hart)	(2 * (hart) + 1)
#define FAKE_PAGE(context)	(FAKE_PLIC + 0x200000 + 0x1000 * (context))
#define FAKE_INDEX(hart)	(5 - (hart))

struct fake_plic {
	uint32_t priority[FAKE_SOURCES + 1];
	uint32_t pending[FAKE_WORDS];
	uint32_t claimed[FAKE_WORDS];
	uint32_t wires[FAKE_WORDS];
	uint32_t enable[FAKE_CONTEXTS][FAKE_WORDS];
	uint32_t threshold[FAKE_CONTEXTS];
};

struct fake_aplic {
	uint32_t domaincfg;
	uint32_t sourcecfg[FAKE_SOURCES + 1];
	uint32_t target[FAKE_SOURCES + 1];
	uint32_t pending[FAKE_WORDS];
	uint32_t enabled[FAKE_WORDS];
	uint32_t idc[FAKE_INDICES][8];
};

extern struct fake_plic fake_plic;
extern struct fake_aplic fake_aplic;

/* The machine's last, as hart index and identity or priority; and how many. */
extern uint32_t fake_message;
extern unsigned int fake_messages;
/* Accesses to registers. */
extern unsigned int fake_accesses;

/* Another hart takes what it can of the PLIC before the next claim. */
extern int fake_plic_rival;

/* Both at rest, with nothing enabled; with messages, or delivery structures. */
void fake_irqchip_reset(bool sends_msis);
void fake_irqchip_model(struct model *model, bool sends_msis);

/* The level of a wire to the PLIC. */
void fake_plic_wire(unsigned int source, bool up);
/* What a context could claim, or 0. */
unsigned int fake_plic_best(unsigned int context);

/* Whether compartment 0 has a source, of a device or played; 32 of them. */
bool fake_owns(unsigned int source);
uint32_t fake_own_word(unsigned int word);

bool fake_bit(const uint32_t *words, unsigned int source);
void fake_set_bit(uint32_t *words, unsigned int source, bool value);

#endif
