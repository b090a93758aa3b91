/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq_actions.h>
#include <gicv3.h>
#include <sysreg.h>

#define TIMER_ENABLE	1

static bool irq_has_gic;
static unsigned int irq_doorbell_intid;
static unsigned int irq_residues;	/* sources that are not as at reset */

/* Calls `visit` for each SPI of the compartment's. */
static void irq_walk(const struct tree *tree, void (*visit)(unsigned int))
{
	for (unsigned int i = 0; i < tree->device_count; i++) {
		if (tree->devices[i].source >= GIC_SPI_FIRST)
			visit(tree->devices[i].source);
	}
	for (unsigned int i = 0; i < tree->hart_count; i++) {
		if (tree->harts[i].doorbell)
			visit(tree->harts[i].doorbell);
	}
}

static void irq_check_source(unsigned int intid)
{
	if (!gic_is_clear(intid))
		irq_residues++;
}

bool irq_is_clear(const struct tree *tree)
{
	if (gic_find(tree))
		return false;
	irq_residues = 0;
	irq_walk(tree, irq_check_source);
	return !irq_residues && gic_hart_is_clear();
}

void irq_leave_residue(void)
{
	irq_walk(&tree, gic_leave);
	gic_leave_hart();
}

int irq_init(const struct tree *tree)
{
	if (gic_find(tree)) {
		print("no interrupt controller\n");
		return -1;
	}
	gic_init();
	if (gic_init_hart()) {
		print("the redistributor of hart %lu is unusable\n",
		      hart_get_id());
		return -1;
	}
	irq_has_gic = true;
	return 0;
}

const char *irq_get_name(void)
{
	return irq_has_gic ? "GICv3" : "none";
}

int irq_enable_source(const struct tree_device *device, unsigned int slot)
{
	(void)slot;
	if (!irq_has_gic || device->source < GIC_SPI_FIRST)
		return -1;
	gic_enable(device->source, device->edge, hart_get_id());
	return 0;
}

bool irq_has_doorbell(const struct tree_hart *hart)
{
	return hart->doorbell;
}

unsigned long irq_enable_doorbell(void)
{
	const struct tree_hart *hart = tree_find_hart(&tree, hart_get_id());

	if (!hart || !hart->doorbell)
		return DOORBELL_DELIVERY_SOFTWARE;
	irq_doorbell_intid = hart->doorbell;
	gic_enable_doorbell(irq_doorbell_intid);
	return irq_doorbell_intid;
}

void irq_enable_ipi(void)
{
	if (gic_init_hart())
		print("the redistributor of hart %lu is unusable\n",
		      hart_get_id());
}

long irq_send(unsigned long hart)
{
	/* The controller has no errors to tell. */
	if (!tree_find_hart(&tree, hart))
		return CALL_ERR_INVALID_PARAM;
	gic_send(GIC_SGI_IPI, hart);
	return CALL_SUCCESS;
}

/* The level has to drop, or it interrupts again. */
static void irq_stop_timer(void)
{
	write_sysreg(cntv_ctl_el0, 0);
	isb();
}

static void irq_handle(unsigned int intid)
{
	if (intid == GIC_SGI_IPI)
		irq_run_ipi();
	else if (intid == GIC_SGI_DOORBELL || intid == irq_doorbell_intid)
		irq_run_doorbell();
	else if (intid == GIC_PPI_TIMER)
		irq_stop_timer();
	else
		irq_run_source(intid);
}

bool irq_poll(void)
{
	bool any = false;
	unsigned int intid;

	/* A doorbell that is rung while it is active is pending again. */
	while ((intid = gic_claim()) < GIC_SPI_END) {
		irq_handle(intid);
		gic_complete(intid);
		any = true;
	}
	return any;
}

void irq_set_timer(uint64_t time)
{
	write_sysreg(cntv_cval_el0, time);
	write_sysreg(cntv_ctl_el0, TIMER_ENABLE);
	isb();
}

void irq_clear_timer(void)
{
	irq_stop_timer();
}
