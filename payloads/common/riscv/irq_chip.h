/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between irq.c and the interrupt controllers' files: one structure of
 * operations each.
 *
 * Ownership: each file keeps its controller's state, one controller per
 * payload.
 * Concurrency: the hart that initialised the controller, and no other.
 * Trust: the controller is shared with the firmware; what it claims is looked
 * up, never used as an index.
 *
 * Wired sources get slots 0 .. IRQ_WIRED_MAX - 1 in the order of connection.
 */
#ifndef COMMON_RISCV_IRQ_CHIP_H
#define COMMON_RISCV_IRQ_CHIP_H

#include <stdbool.h>
#include <stdint.h>
#include <common/irq.h>

struct irq_chip {
	const char *name;
	/* of the device that drives wires */
	const char *compatible;
	/* Prepares the controller for `hart`. Returns 0 or -1. */
	int (*init)(const struct tree_device *device,
		    const struct tree_hart *hart);
	/* Whether nothing of a former life is left in it. */
	bool (*is_clear)(const struct tree_device *device,
			 const struct tree_hart *hart);
	/* Leaves what it can, after init(). NULL: init() and enable() do. */
	void (*leave)(void);
	/* Lets the device's source interrupt as `slot`. Returns 0 or -1. */
	int (*enable)(const struct tree_device *device, unsigned int slot);
	/*
	 * The next pending source, or 0; it counts as taken. NULL: the source
	 * is known from the hart's IMSIC file.
	 */
	unsigned int (*claim)(void);
	/* The source's handler has run. NULL: nobody needs to know. */
	void (*complete)(unsigned int source);
};

extern const struct irq_chip irq_chip_plic;
extern const struct irq_chip irq_chip_aplic;
extern const struct irq_chip irq_chip_aplic_msi;

/* Identities in the hart's IMSIC file; slot s has IMSIC_IDENTITY_WIRED + s. */
#define IMSIC_IDENTITY_DOORBELL	1
#define IMSIC_IDENTITY_WIRED	2

/* The calling hart's own supervisor-level IMSIC file, through its CSRs. */
void imsic_init(void);
void imsic_enable(unsigned int identity);
unsigned int imsic_claim(void);		/* 0: none */

static inline uint32_t mmio_read(uint64_t address)
{
	return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void mmio_write(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

#endif
