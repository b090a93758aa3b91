/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 32: the CPU interface. SGIs to whomever they are not for, ending what is
 * not ours, and masks that would keep the firmware's own interrupt out.
 */
#include <common/hart.h>
#include <common/tree.h>
#include "../hostile.h"
#include "gic.h"
#include "registers.h"

#define SGIS		16U
#define ENDS		200U	/* rounds; the others work meanwhile */

#define ICC_IGRPEN0	REGISTER(3U, 0U, 12U, 12U, 6U)
#define IRM		(1ULL << 40)

static uint64_t gic_get_frame(void)
{
	return gic_get_redistributor(hart_get_id()) + GICR_SGI;
}

static uint32_t gic_get_pending(void)
{
	return gic_read(gic_get_frame() + GIC_ISPENDR);
}

/* A value of SGI1R that must not reach the calling hart by any INTID. */
static void gic_try_sgi(const char *what, uint64_t value)
{
	gic_write(gic_get_frame() + GIC_ICPENDR, 0xffff);
	icc_write(ICC_SGI1R, value);
	icc_write(ICC_SGI0R, value);
	icc_write(ICC_ASGI1R, value);
	isb();
	attempt(!(gic_get_pending() & 0xffff), what, value);
}

static void gic_sgis(void)
{
	uint64_t self = hart_get_id();

	attempt_begin("interrupts: SGIs of others and for others");
	for (unsigned int n = 0; n < SGIS; n++) {
		uint64_t intid = (uint64_t)n << 24;

		for (unsigned int bit = 0; bit < SGIS; bit++) {
			if (bit != self)
				gic_try_sgi("target", intid | 1ULL << bit);
		}
		/* Every core of clusters that are not there, then of all. */
		for (unsigned int bit = 0; bit < 8; bit++) {
			gic_try_sgi("Aff1", intid | 0xffff |
					    1ULL << (16 + bit));
			gic_try_sgi("Aff2", intid | 0xffff |
					    1ULL << (32 + bit));
			gic_try_sgi("Aff3", intid | 0xffff |
					    1ULL << (48 + bit));
		}
		for (unsigned int range = 1; range < 16; range++)
			gic_try_sgi("range", intid | 0xffff |
					     (uint64_t)range << 44);
		gic_try_sgi("all but self", intid | IRM | 0xffff);
		gic_try_sgi("nobody", intid);
		/* EL2's own, even to oneself */
		if (n >= GIC_SGI_OWN)
			gic_try_sgi("the firmware's", gic_make_sgi(self, n));
	}
	attempt_end();
}

/* Group 1 for ever: as another one it would be EL2's. */
static bool gic_self_arrives(void)
{
	uint64_t intid;

	icc_write(ICC_SGI1R, gic_make_sgi(hart_get_id(), 0));
	isb();
	if (!gic_await(true))
		return false;
	intid = icc_read(ICC_IAR1);
	if (intid != GIC_NONE)
		icc_write(ICC_EOIR1, intid);
	return !intid;
}

static void gic_groups(void)
{
	uint64_t frame = gic_get_frame();

	attempt_begin("interrupts: own sources as another group's");
	gic_write(frame + GIC_IGROUPR, 0);
	gic_write(frame + GIC_IGRPMODR, ~0U);
	attempt(gic_self_arrives(), "SGI of group 0", 0);
	gic_write(frame + GIC_IGROUPR, ~0U);
	attempt(gic_self_arrives(), "SGI of group 1", 0);
	gic_write(frame + GIC_IGRPMODR, 0);
	attempt_end();
}

/*
 * Ends and deactivates what others may be in the middle of. That they go on, in
 * spite of it, is what their own lines say.
 */
static void gic_ends(void)
{
	attempt_begin("interrupts: ending those of others");
	for (unsigned int i = 0; i < ENDS; i++) {
		unsigned int intid = GIC_SGI_OWN + i * 7 % (GIC_INTIDS - 8);

		if (gic_is_own_spi(intid))
			continue;
		icc_write(ICC_SGI1R, gic_make_sgi(hart_get_id(), 1));
		isb();
		attempt(gic_await(true) && icc_read(ICC_IAR1) == 1,
			"own SGI", intid);
		icc_write(ICC_DIR, intid);
		icc_write(ICC_EOIR1, intid);
		icc_write(ICC_EOIR1, 1);
		icc_write(ICC_DIR, 1);
		gic_write(gic_get_frame() + GIC_ICACTIVER, 2);
	}
	attempt_end();
}

/* Those of Group 0 are EL2's: acknowledging, ending, masking its own. */
static void gic_group_0(void)
{
	uint64_t value;

	attempt_begin("interrupts: registers of the firmware's group");
	for (unsigned int op2 = 0; op2 < 8; op2++) {
		unsigned int number = REGISTER(3U, 0U, 12U, 8U, 0U) + op2;

		attempt(!registers_read(number, &value), "read", number);
		attempt(!registers_write(number, ~0ULL), "write", number);
	}
	attempt(!registers_read(ICC_IGRPEN0, &value), "read", ICC_IGRPEN0);
	attempt(!registers_write(ICC_IGRPEN0, 0), "write", ICC_IGRPEN0);
	attempt_end();
}

/* What the priority mask cannot do is what the ways to leave a hart show. */
static void gic_controls(void)
{
	attempt_begin("interrupts: control of the processor interface");
	icc_write(ICC_CTLR, ~2UL);
	isb();
	attempt(!(icc_read(ICC_CTLR) & (1UL << 0 | 1UL << 6)), "control", 0);
	icc_write(ICC_CTLR, 0);
	icc_write(ICC_SRE, 0);
	isb();
	attempt(icc_read(ICC_SRE) & 1, "system registers", 0);
	attempt_end();
}

void gic_cpu_run(void)
{
	uint64_t frame = gic_get_frame();

	gic_open(3);
	gic_groups();
	gic_ends();
	gic_write(frame + GIC_ICENABLER, 0xffff);
	gic_sgis();
	gic_group_0();
	gic_controls();
	icc_write(ICC_IGRPEN1, 0);
	gic_write(frame + GIC_ICPENDR, 0xffff);
}
