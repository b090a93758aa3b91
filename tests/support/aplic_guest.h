/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compartment 0 of fake_irqchip.h as the user of an APLIC: its filter, over that
 * fake, and the guest's accesses. Its harts have indices 5 and 4.
 */
#ifndef APLIC_GUEST_H
#define APLIC_GUEST_H

#include "../../lib/riscv/aplic_filter.h"
#include "../../lib/riscv/aplic_registers.h"
#include "fake_irqchip.h"

extern struct model aplic_model;
extern struct aplic_filter aplic_filter;

/* A new one, which sends messages or has delivery structures. */
void aplic_setup(bool sends_msis);

/* A register, by its offset: fail the test if nothing is there. */
void aplic_put(uint32_t offset, uint32_t value);
uint32_t aplic_get(uint32_t offset);

/* A target register that names a hart. */
uint32_t aplic_target(unsigned int hart, uint32_t rest);
/* One source, of which a message or claim tells. */
void aplic_use(unsigned int source, uint32_t mode, uint32_t to);
/* The others use all that is theirs. */
void aplic_activate_foreign(void);

#endif
