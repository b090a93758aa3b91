/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 36, what is left of interrupts, and the ways to leave a hart. */
#include <common/hart.h>
#include <common/report.h>
#include <common/tree.h>
#include <smccc.h>
#include "../board.h"
#include "../leftover.h"
#include "gic.h"

#define LEFT_PRIORITY	0x50U
#define LEFT_PRIORITIES	0x50505050U
#define LEFT_MASK	0x58U
#define LEFT_POINT	7U
#define SGI_ACTIVE	2U
#define SGI_PENDING	3U
#define SPI_WORDS	(GIC_INTIDS / 32)
#define TIMER_ON	1UL
#define TIMER_STATUS	4UL

static uint64_t leftover_get_frame(void)
{
	return gic_get_redistributor(hart_get_id()) + GICR_SGI;
}

/* Acknowledged and not ended. */
static bool leftover_leave_active(void)
{
	gic_open(1U << SGI_ACTIVE);
	icc_write(ICC_SGI1R, gic_make_sgi(hart_get_id(), SGI_ACTIVE));
	isb();
	if (!gic_await(true))
		return false;
	/* Others may be pending, by who stormed. */
	return icc_read(ICC_IAR1) != GIC_NONE;
}

static void leftover_leave_words(uint64_t frame, unsigned int word)
{
	uint32_t own = gic_get_own(word);

	gic_write(frame + GIC_ISENABLER + 4 * word, own);
	gic_write(frame + GIC_ISPENDR + 4 * word, own);
	gic_write(frame + GIC_ISACTIVER + 4 * word, own & ~(1U << SGI_PENDING));
	for (unsigned int i = 0; i < 8; i++)
		gic_write(frame + GIC_IPRIORITYR + 32 * word + 4 * i,
			  LEFT_PRIORITIES);
}

/* What one hart can do to itself: deaf, and with nothing left to preempt. */
static void leftover_leave_interface(void)
{
	icc_write(ICC_BPR1, LEFT_POINT);
	icc_write(ICC_CTLR, 2);
	icc_write(ICC_PMR, LEFT_MASK);
	icc_write(ICC_AP1R0, 0xffffffff);
	icc_write(ICC_IGRPEN1, 1);
	isb();
}

void leftover_leave_interrupts(void)
{
	uint64_t frame = leftover_get_frame();

	report(leftover_leave_active(),
	       "residue: an interrupt is left active");
	leftover_leave_words(frame, 0);
	for (unsigned int word = 1; word < SPI_WORDS; word++) {
		if (gic_get_own(word))
			leftover_leave_words(GICD_BASE, word);
	}
	report(gic_read(frame + GIC_ISPENDR) & 1U << SGI_PENDING,
	       "residue: an interrupt is left pending");
	write_sysreg(cntv_cval_el0, 0);
	write_sysreg(cntv_ctl_el0, TIMER_ON);
	write_sysreg(cntp_cval_el0, 0);
	write_sysreg(cntp_ctl_el0, TIMER_ON);
	isb();
	report((read_sysreg(cntv_ctl_el0) & read_sysreg(cntp_ctl_el0)) &
	       TIMER_STATUS, "residue: a timer is left due");
	leftover_leave_interface();
}

static bool leftover_word_is_clear(uint64_t frame, unsigned int word)
{
	uint32_t own = gic_get_own(word), any;

	any = gic_read(frame + GIC_ISENABLER + 4 * word) |
	      gic_read(frame + GIC_ISPENDR + 4 * word) |
	      gic_read(frame + GIC_ISACTIVER + 4 * word);
	if (any & own)
		return false;
	for (unsigned int i = 0; i < 32; i++) {
		if ((own >> i & 1) &&
		    gic_peek(frame + GIC_IPRIORITYR + 32 * word + i, 1) ==
		    LEFT_PRIORITY)
			return false;
	}
	return true;
}

static bool leftover_spis_are_clear(void)
{
	for (unsigned int word = 1; word < SPI_WORDS; word++) {
		if (gic_get_own(word) &&
		    !leftover_word_is_clear(GICD_BASE, word))
			return false;
	}
	return true;
}

static bool leftover_interface_is_clear(void)
{
	return !icc_read(ICC_AP1R0) && !(icc_read(ICC_IGRPEN1) & 1) &&
	       !(icc_read(ICC_CTLR) & 2) &&
	       icc_read(ICC_BPR1) != LEFT_POINT &&
	       icc_read(ICC_PMR) != LEFT_MASK;
}

void leftover_check_interrupts(void)
{
	report(leftover_interface_is_clear(),
	       "residue: no processor interface");
	report(leftover_word_is_clear(leftover_get_frame(), 0),
	       "residue: no interrupt of the hart");
	report(leftover_spis_are_clear(), "residue: no shared interrupt");
	report(!((read_sysreg(cntv_ctl_el0) | read_sysreg(cntp_ctl_el0)) &
		 TIMER_ON), "residue: no timer interrupt");
}

bool leftover_is_interrupted(void)
{
	uint32_t any = gic_read(leftover_get_frame() + GIC_ISPENDR) &
		       gic_get_own(0);

	for (unsigned int word = 1; word < SPI_WORDS; word++)
		any |= gic_read(GICD_BASE + GIC_ISPENDR + 4 * word) &
		       gic_get_own(word);
	return any;
}

/*
 * With vectors and root table in the firmware's memory no instruction can be
 * fetched any more, not even the trap handler's: the hart faults for ever.
 */
static void leftover_fall(volatile uint64_t *page)
{
	(void)page;
	write_sysreg(vbar_el1, board.firmware);
	write_sysreg(ttbr0_el1, board.firmware);
	isb();
	__asm__ volatile ("tlbi vmalle1; dsb nsh; isb" : : : "memory");
	for (;;)
		;
}

/* Deaf to all that it could mask. */
static void leftover_mask(void)
{
	gic_write(leftover_get_frame() + GIC_ICENABLER, ~0U);
	icc_write(ICC_PMR, 0);
	icc_write(ICC_AP1R0, 0);
	icc_write(ICC_IGRPEN1, 0);
	isb();
}

static void leftover_sleep(volatile uint64_t *page)
{
	(void)page;
	leftover_mask();
	for (;;) {
		dsb();
		__asm__ volatile ("wfi" : : : "memory");
	}
}

/* Asleep too, but in the firmware. */
static void leftover_stand_by(volatile uint64_t *page)
{
	(void)page;
	leftover_mask();
	for (;;)
		smccc_call(PSCI_CPU_SUSPEND, 0, 0, 0, 0);
}

const struct leftover_way leftover_ways[] = {
	{ "spinning", residue_spin },
	{ "faulting", leftover_fall },
	{ "asleep", leftover_sleep },
	{ "in standby", leftover_stand_by },
};
const unsigned int leftover_way_count = sizeof(leftover_ways) /
					sizeof(leftover_ways[0]);
