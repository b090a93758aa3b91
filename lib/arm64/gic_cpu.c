/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU interface: EL2's own part of it, and what a guest's accesses to its
 * trapped registers come to (ICH_HCR_EL2.TC).
 *
 * Not trapped, so that an interrupt costs no exit: ICC_IAR1, EOIR1, HPPIR1,
 * BPR1, AP1R<n> and IGRPEN1. Group 0's registers (TALL0) are no guest's: they
 * would be the virtual interface's, which outlives a compartment's restart.
 */
#include "gic_private.h"

#define ICC_SRE_OWN		0x7U	/* SRE, and no bypass: DFB, DIB */
#define ICH_HCR_TC		(1U << 10)
#define ICH_HCR_TALL0		(1U << 11)

/* What a guest sees of ICC_CTLR_EL1: PRIbits, IDbits, SEIS, A3V, RSS. */
#define ICC_CTLR_SEEN		(7U << 8 | 7U << 11 | 1U << 14 | 1U << 15 | \
				 1U << 18)

/*
 * Active priorities: one register for 32 priority groups, two for 64, four for
 * 128; those that are not there are undefined.
 */
#define ACTIVE_CLEAR(group) do {					\
	unsigned int bits_ = ICC_CTLR_PRIBITS(read_sysreg(icc_ctlr_el1)); \
									\
	if (bits_ >= 7) {						\
		write_sysreg(icc_ap##group##r3_el1, 0);			\
		write_sysreg(icc_ap##group##r2_el1, 0);			\
	}								\
	if (bits_ >= 6)							\
		write_sysreg(icc_ap##group##r1_el1, 0);			\
	write_sysreg(icc_ap##group##r0_el1, 0);				\
} while (0)

unsigned int gic_cpu_enable(void)
{
	/* Without Enable, EL1 cannot turn its register interface off. */
	write_sysreg(icc_sre_el2, ICC_SRE_OWN);
	isb();
	write_sysreg(icc_sre_el1, ICC_SRE_OWN);
	/* The virtual interface stays off: guests have the real one. */
	write_sysreg(ich_hcr_el2, ICH_HCR_TC | ICH_HCR_TALL0);
	isb();
	return ICC_CTLR_PRIBITS(read_sysreg(icc_ctlr_el1));
}

void gic_cpu_setup(void)
{
	/* With two security states Group 0 is the firmware's below us. */
	if (!gic_filter.two_states) {
		ACTIVE_CLEAR(0);
		write_sysreg(icc_bpr0_el1, 0);
		write_sysreg(icc_igrpen0_el1, 1);
	}
	isb();
}

void gic_cpu_clear(void)
{
	write_sysreg(icc_igrpen1_el1, 0);
	write_sysreg(icc_ctlr_el1, 0);
	ACTIVE_CLEAR(1);
	write_sysreg(icc_bpr1_el1, 0);
	gic_write_pmr(0);
	isb();
}

void gic_take_fiq(void)
{
	uint64_t intid = read_sysreg(icc_iar0_el1);

	/* Spurious: it was taken or withdrawn meanwhile. */
	if (intid >= GIC_SPI_END)
		return;
	write_sysreg(icc_eoir0_el1, intid);
	/* The guest's mode of ending interrupts is ours too. */
	if (read_sysreg(icc_ctlr_el1) & ICC_CTLR_EOIMODE)
		write_sysreg(icc_dir_el1, intid);
	isb();
}

void gic_send_stop(uint32_t id)
{
	uint64_t sgi = gic_sgi_encode(id, GIC_SGI_STOP);

	/*
	 * The command before the interrupt. Pairs with the swap by which the
	 * target takes its commands.
	 */
	dsb(ishst);
	if (gic_filter.two_states)
		write_sysreg(icc_sgi1r_el1, sgi);
	else
		write_sysreg(icc_sgi0r_el1, sgi);
	isb();
}

void gic_send_sgi1r(uint64_t value)
{
	/* As above; pairs with what the guest reads after the interrupt. */
	dsb(ishst);
	write_sysreg(icc_sgi1r_el1, value);
	isb();
}

/*
 * Only cores of the caller's own compartment are interrupted, whatever the
 * value names, and only by what is theirs: SGIs 8 to 15 are not.
 */
void gic_write_sgi1r(uint64_t value)
{
	const struct hart *self = &core_this()->hart;
	const struct model_compartment *c =
		&partitioner.model.compartments[self->compartment];
	unsigned int i;

	if (gic_sgi_intid(value) >= GIC_SGI_GUEST_COUNT)
		return;
	for (i = 0; i < c->hart_count; i++)
		if (gic_sgi_names(value, self->id, c->harts[i]))
			gic_send_sgi1r(gic_sgi_encode(c->harts[i],
						      gic_sgi_intid(value)));
}

uint64_t gic_read_pmr(void)
{
	return gic_priority_to_guest(&gic_filter, read_sysreg(icc_pmr_el1));
}

/* The most closed mask of a guest still lets the stop interrupt through. */
void gic_write_pmr(uint64_t value)
{
	write_sysreg(icc_pmr_el1, gic_priority_to_machine(&gic_filter, value));
}

uint64_t gic_read_ctlr(void)
{
	return read_sysreg(icc_ctlr_el1) & (ICC_CTLR_SEEN | ICC_CTLR_EOIMODE);
}

/* Any other bit is one that EL2 relies on: CBPR gives away its binary point. */
void gic_write_ctlr(uint64_t value)
{
	write_sysreg(icc_ctlr_el1, value & ICC_CTLR_EOIMODE);
}

uint64_t gic_read_rpr(void)
{
	uint64_t running = read_sysreg(icc_rpr_el1) & 0xff;

	/* Idle; or, by a guest's write to AP1R, nothing that it could have. */
	if (running == 0xff || gic_filter.two_states)
		return running;
	return running < 0x80 ? 0 : gic_priority_to_guest(&gic_filter, running);
}

/* Deactivating a foreign SPI would let it interrupt its owner once more. */
void gic_write_dir(uint64_t value)
{
	int compartment = core_this()->hart.compartment;

	value &= 0xffffff;
	if ((read_sysreg(icc_ctlr_el1) & ICC_CTLR_EOIMODE) &&
	    gic_filter_owns(&gic_filter, compartment, value))
		write_sysreg(icc_dir_el1, value);
}
