/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V Platform-Level Interrupt Controller specification 1.0, one context. */
#include <irq_chip.h>
#include <plic_map.h>

#define PLIC_SOURCES_MAX	1024
#define PLIC_SOURCES_CHECKED	96
#define PLIC_THRESHOLD_LEFT	1

static uint64_t plic_base;
static unsigned int plic_context;

static int plic_init(const struct tree_device *device,
		     const struct tree_hart *hart)
{
	if (hart->plic_context < 0)
		return -1;
	plic_base = device->reg.base;
	plic_context = hart->plic_context;
	mmio_write(plic_base + PLIC_THRESHOLD(plic_context), 0);
	return 0;
}

static bool plic_is_clear(const struct tree_device *device,
			  const struct tree_hart *hart)
{
	uint64_t base = device->reg.base;
	uint32_t any = 0;

	for (unsigned int s = 1; s < PLIC_SOURCES_CHECKED; s++)
		any |= mmio_read(base + PLIC_PRIORITY(s));
	for (unsigned int s = 0; s < PLIC_SOURCES_CHECKED; s += 32)
		any |= mmio_read(base + PLIC_PENDING(s / 32));
	if (hart->plic_context < 0)
		return !any;
	for (unsigned int s = 0; s < PLIC_SOURCES_CHECKED; s += 32)
		any |= mmio_read(base + PLIC_ENABLE(hart->plic_context,
						    s / 32));
	/* Open or shut, as the firmware likes it, but not as it was left. */
	return !any && mmio_read(base + PLIC_THRESHOLD(hart->plic_context)) !=
		       PLIC_THRESHOLD_LEFT;
}

static void plic_leave(void)
{
	mmio_write(plic_base + PLIC_THRESHOLD(plic_context),
		   PLIC_THRESHOLD_LEFT);
}

static int plic_enable(const struct tree_device *device, unsigned int slot)
{
	unsigned int source = (unsigned int)device->source;
	uint64_t word = plic_base + PLIC_ENABLE(plic_context, source / 32);

	(void)slot;
	if (!source || source >= PLIC_SOURCES_MAX)
		return -1;
	mmio_write(plic_base + PLIC_PRIORITY(source), 1);
	mmio_write(word, mmio_read(word) | 1U << source % 32);
	return 0;
}

static unsigned int plic_claim(void)
{
	return mmio_read(plic_base + PLIC_CLAIM(plic_context));
}

static void plic_complete(unsigned int source)
{
	mmio_write(plic_base + PLIC_CLAIM(plic_context), source);
}

const struct irq_chip irq_chip_plic = {
	.name = "PLIC",
	.compatible = "riscv,plic0",
	.init = plic_init,
	.is_clear = plic_is_clear,
	.leave = plic_leave,
	.enable = plic_enable,
	.claim = plic_claim,
	.complete = plic_complete,
};
