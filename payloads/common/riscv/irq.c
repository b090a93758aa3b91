/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include <common/hart.h>
#include <common/irq.h>
#include <csr.h>
#include <hart_data.h>
#include <irq_chip.h>
#include <sbi.h>

struct irq_action {
	irq_handler handler;
	void *context;
	unsigned int source;
};

static struct irq_action irq_wired[IRQ_WIRED_MAX];
static struct irq_action irq_doorbell;
static struct irq_action irq_ipi[HARTS_MAX];	/* as in the tree */
static unsigned int irq_wired_count;
static const struct irq_chip *irq_chip;
static bool irq_has_imsic;

static void irq_run(const struct irq_action *action)
{
	if (action->handler)
		action->handler(action->context);
}

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

int irq_connect(unsigned int source, irq_handler handler, void *context)
{
	unsigned int slot = irq_wired_count;

	if (!irq_chip || slot == IRQ_WIRED_MAX)
		return -1;
	irq_wired[slot] = (struct irq_action){ handler, context, source };
	irq_wired_count++;
	return irq_chip->enable(source, slot);
}

unsigned long irq_connect_doorbell(bool software, irq_handler handler,
				   void *context)
{
	irq_doorbell = (struct irq_action){ handler, context, 0 };
	if (software || !irq_has_imsic)
		return 0;
	imsic_enable(IMSIC_IDENTITY_DOORBELL);
	return IMSIC_IDENTITY_DOORBELL;
}

void irq_connect_ipi(unsigned long hart, irq_handler handler, void *context)
{
	const struct tree_hart *h = tree_find_hart(&tree, hart);

	if (h)
		irq_ipi[h - tree.harts] =
			(struct irq_action){ handler, context, 0 };
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
	for (unsigned int i = 0; i < irq_wired_count; i++) {
		if (irq_wired[i].source == source)
			irq_run(&irq_wired[i]);
	}
	if (irq_chip->complete)
		irq_chip->complete(source);
}

static void irq_handle_identity(unsigned int identity)
{
	unsigned int slot = identity - IMSIC_IDENTITY_WIRED;

	if (identity == IMSIC_IDENTITY_DOORBELL)
		irq_run(&irq_doorbell);
	else if (slot < irq_wired_count)
		irq_handle_source(irq_wired[slot].source);
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
		irq_run(&irq_ipi[hart_get_data()->slot]);
		irq_run(&irq_doorbell);
	}
	if (pending & IRQ_EXTERNAL)
		irq_handle_external();
	return true;
}

static void irq_set_timer(uint64_t time)
{
	sbi_call(SBI_EXT_TIME, 0, time, 0, 0, 0, 0, 0);
}

void irq_wait(void)
{
	/*
	 * sstatus.SIE is clear, so an interrupt that becomes pending before
	 * the wfi is still pending at it, and wfi returns at once
	 * (privileged specification, "Wait for Interrupt").
	 */
	do {
		__asm__ volatile ("wfi" : : : "memory");
	} while (!irq_poll());
}

void irq_wait_until(uint64_t time)
{
	/* irq_poll() has nobody to call for it; that it is pending suffices. */
	irq_set_timer(time);
	csr_set(CSR_SIE, IRQ_TIMER);
	irq_wait();
	csr_clear(CSR_SIE, IRQ_TIMER);
	irq_set_timer(~0ULL);
}
