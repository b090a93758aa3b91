/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/hart.h>
#include <common/hart_data.h>
#include <common/irq_actions.h>

struct irq_action {
	irq_handler handler;
	void *context;
	unsigned int source;
};

static struct irq_action irq_wired[IRQ_WIRED_MAX];
static struct irq_action irq_doorbell;
static struct irq_action irq_ipi[HARTS_MAX];	/* as in the tree */
static unsigned int irq_wired_count;

static void irq_run(const struct irq_action *action)
{
	if (action->handler)
		action->handler(action->context);
}

void irq_run_doorbell(void)
{
	irq_run(&irq_doorbell);
}

void irq_run_ipi(void)
{
	irq_run(&irq_ipi[hart_get_data()->slot]);
}

void irq_run_source(unsigned int source)
{
	for (unsigned int i = 0; i < irq_wired_count; i++) {
		if (irq_wired[i].source == source)
			irq_run(&irq_wired[i]);
	}
}

unsigned int irq_get_source(unsigned int slot)
{
	return slot < irq_wired_count ? irq_wired[slot].source : 0;
}

int irq_connect(const struct tree_device *device, irq_handler handler,
		void *context)
{
	unsigned int slot = irq_wired_count;

	if (device->source < 0 || slot == IRQ_WIRED_MAX)
		return -1;
	irq_wired[slot] = (struct irq_action){ handler, context,
					       device->source };
	irq_wired_count++;
	return irq_enable_source(device, slot);
}

unsigned long irq_connect_doorbell(bool software, irq_handler handler,
				   void *context)
{
	irq_doorbell = (struct irq_action){ handler, context, 0 };
	return software ? DOORBELL_DELIVERY_SOFTWARE : irq_enable_doorbell();
}

void irq_connect_ipi(unsigned long hart, irq_handler handler, void *context)
{
	const struct tree_hart *h = tree_find_hart(&tree, hart);

	if (h)
		irq_ipi[h - tree.harts] =
			(struct irq_action){ handler, context, 0 };
}

void irq_wait(void)
{
	do {
		hart_sleep();
	} while (!irq_poll());
}

void irq_wait_until(uint64_t time)
{
	/* irq_poll() has nobody to call for it; that it is pending suffices. */
	irq_set_timer(time);
	irq_wait();
	irq_clear_timer();
}
