/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware does with interrupt controllers: nothing while compartments
 * run, but to send MSIs for doorbells; and to leave nothing of a former life.
 */
#include <doorbell/abi.h>
#include <sbi/riscv_io.h>
#include <sbi/sbi_hart.h>
#include "firmware.h"

/* PLIC specification 1.0, chapter 3 */
#define PLIC_ENABLE		0x2000
#define PLIC_ENABLE_STRIDE	0x80
#define PLIC_CONTEXT_THRESHOLD	0x0
#define PLIC_CONTEXT_CLAIM	0x4

/* AIA specification 1.0, section 4.5 */
#define APLIC_DOMAINCFG		0x0000
#define APLIC_SOURCECFG		0x0004
#define APLIC_IN_CLRIP		0x1d00
#define APLIC_CLRIE		0x1f00
#define APLIC_SOURCES		1023
#define APLIC_IDC		0x4000
#define APLIC_IDC_STRIDE	0x20
#define APLIC_IDC_IDELIVERY	0x00
#define APLIC_IDC_IFORCE	0x04
#define APLIC_IDC_ITHRESHOLD	0x08

/* AIA specification 1.0, section 3.5 and 3.8 */
#define IMSIC_SETEIPNUM_LE	0x000
#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EITHRESHOLD	0x72
#define IMSIC_EIP0		0x80
#define IMSIC_EIE0		0xc0

static void imsic_write(unsigned long select, unsigned long value)
{
	csr_write(CSR_SISELECT, select);
	csr_write(CSR_SIREG, value);
}

void irqchip_clear_hart(u32 hartid)
{
	const struct machine_hart *hart =
		machine_find_hart(&partitioner.model.machine, hartid);
	unsigned int identities = partitioner.model.machine.imsic_identities;
	unsigned int i;

	if (!hart || !hart->imsic_page.size)
		return;
	imsic_write(IMSIC_EIDELIVERY, 0);
	imsic_write(IMSIC_EITHRESHOLD, 0);
	/* With XLEN = 64 only the even registers exist, 64 identities each. */
	for (i = 0; i <= identities / 32; i += 2) {
		imsic_write(IMSIC_EIE0 + i, 0);
		imsic_write(IMSIC_EIP0 + i, 0);
	}
	csr_write(CSR_SISELECT, 0);
}

/*
 * A target is a software interrupt or the page of an interrupt file with, in
 * the bits below, the identity to be written there.
 */
bool arch_find_delivery(uint32_t hartid, uint64_t identity,
			struct doorbell_target *target)
{
	const struct machine *machine = &partitioner.model.machine;
	const struct memory_range *file =
		&machine_find_hart(machine, hartid)->imsic_page;

	target->hart = arch_hart_find(hartid);
	target->interrupt = identity;
	if (identity == DOORBELL_DELIVERY_SOFTWARE)
		return true;
	target->interrupt |= file->base;
	return file->size && identity <= machine->imsic_identities;
}

bool arch_deliver(const struct doorbell_target *target)
{
	uint64_t page = target->interrupt & ~(GUEST_PAGE_SIZE - 1);

	if (!hart_is_started(target->hart))
		return false;
	if (target->interrupt == DOORBELL_DELIVERY_SOFTWARE) {
		hart_command(target->hart, HART_COMMAND_SSIP);
		return true;
	}
	/*
	 * The pending word before the MSI, so that whoever takes the interrupt
	 * finds the bits (privileged specification 3.6, memory before I/O).
	 * Pairs with the swap by which the receiver takes the doorbell.
	 */
	wmb();
	writel_relaxed((uint32_t)(target->interrupt - page),
		       (void *)(page + IMSIC_SETEIPNUM_LE));
	return true;
}

/*
 * Completes what the context has claimed, and disables all. A PLIC ignores the
 * completion of a source that is not enabled for the context, and takes one
 * that another context has claimed: so the owner of the shared registers, who
 * may have disabled a source after it claimed it, has all of them enabled and
 * completed; a compartment that could never change its enables only what it
 * finds there, so that nobody else's interrupts are touched.
 */
static void plic_clear_context(const struct machine_hart *hart, bool owner)
{
	const struct machine *machine = &partitioner.model.machine;
	char *enables = (char *)machine->plic.base + PLIC_ENABLE +
			PLIC_ENABLE_STRIDE * hart->plic_context;
	char *context = (char *)hart->plic_page.base;
	unsigned int source, word, enabled;

	for (word = 0; word <= machine->plic_sources / 32; word++) {
		if (owner)
			writel(-1U, enables + 4 * word);
		enabled = readl(enables + 4 * word);
		for (source = 0; source < 32; source++)
			if (enabled & (1U << source))
				writel(32 * word + source,
				       context + PLIC_CONTEXT_CLAIM);
		writel(0, enables + 4 * word);
	}
	writel(0, context + PLIC_CONTEXT_THRESHOLD);
}

static bool plic_is_owned(unsigned int compartment)
{
	const struct model *model = &partitioner.model;
	unsigned int i;

	for (i = 0; i < model->device_count; i++)
		if (model->devices[i].owner == compartment &&
		    model->devices[i].role == DEVICE_ROLE_PLIC)
			return true;
	return false;
}

void arch_clear_interrupts(unsigned int compartment)
{
	const struct model *model = &partitioner.model;
	const struct model_compartment *c = &model->compartments[compartment];
	bool owner = plic_is_owned(compartment);
	unsigned int i;

	for (i = 0; i < c->hart_count; i++) {
		const struct machine_hart *hart =
			machine_find_hart(&model->machine, c->harts[i]);

		if (hart->plic_page.size)
			plic_clear_context(hart, owner);
	}
}

/*
 * The owner may have enabled its sources in any context, and a compartment can
 * always claim what is enabled in its own: all enables go, not the owner's only.
 */
static void plic_rest(char *base)
{
	const struct machine *machine = &partitioner.model.machine;
	unsigned int i, source, word;

	for (i = 0; i < machine->hart_count; i++) {
		int context = machine->harts[i].plic_context;

		if (context < 0)
			continue;
		for (word = 0; word <= machine->plic_sources / 32; word++)
			writel(0, base + PLIC_ENABLE +
				  PLIC_ENABLE_STRIDE * context + 4 * word);
	}
	for (source = 1; source <= machine->plic_sources; source++)
		writel(0, base + 4 * source);
}

static void aplic_rest(char *base)
{
	unsigned int i;

	writel(0, base + APLIC_DOMAINCFG);
	for (i = 0; i <= APLIC_SOURCES / 32; i++) {
		writel(-1U, base + APLIC_CLRIE + 4 * i);
		writel(-1U, base + APLIC_IN_CLRIP + 4 * i);
	}
	for (i = 0; i < APLIC_SOURCES; i++)
		writel(0, base + APLIC_SOURCECFG + 4 * i);
	/* Delivery structures, one for each hart; absent with an IMSIC. */
	for (i = 0; i < partitioner.model.machine.hart_count; i++) {
		char *idc = base + APLIC_IDC + APLIC_IDC_STRIDE * i;

		writel(0, idc + APLIC_IDC_IDELIVERY);
		writel(0, idc + APLIC_IDC_IFORCE);
		writel(0, idc + APLIC_IDC_ITHRESHOLD);
	}
}

void arch_controller_rest(const struct model_device *controller)
{
	char *base = (char *)controller->regs[0].base;

	if (controller->role == DEVICE_ROLE_PLIC)
		plic_rest(base);
	else
		aplic_rest(base);
}
