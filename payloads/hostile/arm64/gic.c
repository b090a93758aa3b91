/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/probe.h>
#include <common/tree.h>
#include "gic.h"

#define OWN_PPIS	(1U << 27 | 1U << 30)	/* the timers */
#define AWAIT_FRACTION	100			/* of a second */
#define ISR_IRQ		(1U << 7)
#define PRIORITY	0xa0
#define SGIS_PER_LIST	16

uint64_t gic_peek(uint64_t address, unsigned int size)
{
	uint64_t value;

	probe_load(address, size, &value);
	return value;
}

void gic_poke(uint64_t address, unsigned int size, uint64_t value)
{
	probe_store(address, size, value);
}

bool gic_is_own_spi(unsigned int intid)
{
	for (unsigned int i = 0; i < tree.device_count; i++) {
		if (tree.devices[i].source == (int)intid)
			return true;
	}
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].doorbell == intid)
			return true;
	}
	return false;
}

uint32_t gic_get_own(unsigned int n)
{
	uint32_t own = 0;

	if (!n)
		return OWN_PPIS | ((1U << GIC_SGI_OWN) - 1);
	for (unsigned int i = 0; i < 32; i++) {
		if (gic_is_own_spi(32 * n + i))
			own |= 1U << i;
	}
	return own;
}

void gic_open(uint32_t sgis)
{
	uint64_t frame = gic_get_redistributor(hart_get_id()) + GICR_SGI;

	gic_write(GICD_BASE + GICD_CTLR, GICD_CTLR_GROUP1);
	for (unsigned int i = 0; i < GIC_SGI_OWN; i++)
		gic_poke(frame + GIC_IPRIORITYR + i, 1, PRIORITY);
	gic_write(frame + GIC_ISENABLER, sgis);
	icc_write(ICC_PMR, 0xff);
	icc_write(ICC_IGRPEN1, 1);
	isb();
}

bool gic_await(bool pending)
{
	uint64_t until = hart_get_time() + tree.timebase / AWAIT_FRACTION;

	do {
		if (!!(read_sysreg(isr_el1) & ISR_IRQ) == pending)
			return true;
	} while (hart_get_time() < until);
	return false;
}

uint64_t gic_make_sgi(unsigned long hart, unsigned int intid)
{
	uint64_t list = hart & 0xff;

	return 1ULL << list % SGIS_PER_LIST |
	       list / SGIS_PER_LIST << 44 | (uint64_t)intid << 24 |
	       (hart >> 8 & 0xff) << 16 | (hart >> 16 & 0xff) << 32 |
	       (hart >> 32 & 0xff) << 48;
}
