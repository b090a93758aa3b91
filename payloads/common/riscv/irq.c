/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include <common/hart.h>
#include <common/irq_actions.h>
#include <csr.h>
#include <irq_chip.h>
#include <sbi.h>

static const struct irq_chip *irq_chip;
static bool irq_has_imsic;

bool irq_is_clear(const struct tree *tree)
{
	const struct tree_hart *hart = tree_find_hart(tree, hart_get_id());
	const struct irq_chip *chips[] = { &irq_chip_plic, &irq_chip_aplic };
	const struct tree_device *device;

	for (unsigned int i = 0; i < 2; i++) {
		device = tree_find_device(tree, NULL, chips[i]->compatible);
		if (device && hart && !chips[i]->is_clear(device, hart))
			return false;
	}
	return true;
}

void irq_leave_residue(void)
{
	if (irq_chip && irq_chip->leave)
		irq_chip->leave();
}

int irq_init(const struct tree *tree)
{
	const struct tree_hart *hart = tree_find_hart(tree, hart_get_id());
	const struct irq_chip *chips[] = { &irq_chip_plic, &irq_chip_aplic };
	const struct tree_device *device;

	irq_has_imsic = hart && hart->imsic.size;
	if (irq_has_imsic) {
		imsic_init();
		chips[1] = &irq_chip_aplic_msi;
	}
	for (unsigned int i = 0; i < 2 && !irq_chip; i++) {
		device = tree_find_device(tree, NULL, chips[i]->compatible);
		if (!device)
			continue;
		if (!hart || chips[i]->init(device, hart)) {
			print("interrupt controller %s is unusable\n",
			      device->name);
			return -1;
		}
		irq_chip = chips[i];
	}
	csr_set(CSR_SIE, IRQ_SOFTWARE | IRQ_EXTERNAL);
	return 0;
}

const char *irq_get_name(void)
{
	if (irq_chip)
		return irq_chip->name;
	return irq_has_imsic ? "IMSIC" : "none";
}

int irq_enable_source(const struct tree_device *device, unsigned int slot)
{
	return irq_chip ? irq_chip->enable(device, slot) : -1;
}

bool irq_has_doorbell(const struct tree_hart *hart)
{
	return hart->imsic.size;
}

unsigned long irq_enable_doorbell(void)
{
	if (!irq_has_imsic)
		return DOORBELL_DELIVERY_SOFTWARE;
	imsic_enable(IMSIC_IDENTITY_DOORBELL);
	return IMSIC_IDENTITY_DOORBELL;
}

void irq_enable_ipi(void)
{
	csr_set(CSR_SIE, IRQ_SOFTWARE);
}

long irq_send(unsigned long hart)
{
	return sbi_call(SBI_EXT_IPI, 0, 1, hart, 0, 0, 0, 0).error;
}

static void irq_handle_source(unsigned int source)
{
	irq_run_source(source);
	if (irq_chip->complete)
		irq_chip->complete(source);
}

static void irq_handle_identity(unsigned int identity)
{
	unsigned int source;

	if (identity == IMSIC_IDENTITY_DOORBELL) {
		irq_run_doorbell();
		return;
	}
	source = irq_get_source(identity - IMSIC_IDENTITY_WIRED);
	if (source)
		irq_handle_source(source);
}

static void irq_handle_external(void)
{
	unsigned int number;

	if (irq_has_imsic) {
		while ((number = imsic_claim()) != 0)
			irq_handle_identity(number);
	} else if (irq_chip) {
		while ((number = irq_chip->claim()) != 0)
			irq_handle_source(number);
	}
}

bool irq_poll(void)
{
	unsigned long pending = csr_read(CSR_SIP) & csr_read(CSR_SIE);

	if (!pending)
		return false;
	if (pending & IRQ_SOFTWARE) {
		/* Before the handlers look: a later ring pends it again. */
		csr_clear(CSR_SIP, IRQ_SOFTWARE);
		irq_run_ipi();
		irq_run_doorbell();
	}
	if (pending & IRQ_EXTERNAL)
		irq_handle_external();
	return true;
}

void irq_set_timer(uint64_t time)
{
	sbi_call(SBI_EXT_TIME, 0, time, 0, 0, 0, 0, 0);
	csr_set(CSR_SIE, IRQ_TIMER);
}

void irq_clear_timer(void)
{
	csr_clear(CSR_SIE, IRQ_TIMER);
	sbi_call(SBI_EXT_TIME, 0, ~0ULL, 0, 0, 0, 0, 0);
}
