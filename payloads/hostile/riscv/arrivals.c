/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Own interrupts: that all of them arrive, what that costs, and, case 36, what
 * a life leaves of them: claimed and not completed, pending and not claimed,
 * enabled.
 */
#include <stddef.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/irq_actions.h>
#include <common/report.h>
#include <virtio/mmio.h>
#include "../harts.h"
#include "../hostile.h"
#include "interrupts.h"

#define PLIC_CLAIM(context)	(0x200004UL + 0x1000UL * (context))
#define APLIC_CLRIENUM		0x1fdcUL
#define RAISES			50U
#define DISK_READS		10U

enum { UART, DISK, DEVICES };

static const struct tree_device *arrivals_devices[DEVICES];
static volatile unsigned int arrivals_counts[DEVICES];

static void arrivals_handle_uart(void *context)
{
	(void)context;
	arrivals_counts[UART]++;
}

static void arrivals_handle_disk(void *context)
{
	uint64_t base = arrivals_devices[DISK]->reg.base;
	uint32_t status = interrupts_read(base + VIRTIO_MMIO_INTERRUPT_STATUS);

	(void)context;
	/* QEMU's APLIC sends a level once more that fell after its claim. */
	if (!status)
		return;
	interrupts_write(base + VIRTIO_MMIO_INTERRUPT_ACK, status);
	arrivals_counts[DISK]++;
}

/* Has all that is there interrupt this hart, whatever was done to it. */
static bool arrivals_connect(void)
{
	static const irq_handler handlers[] = {
		arrivals_handle_uart, arrivals_handle_disk,
	};
	static bool connected;
	unsigned int slot = 0;
	bool done = true;

	arrivals_devices[UART] = played_find();
	arrivals_devices[DISK] = tree_find_device(&tree, NULL, "virtio,mmio");
	if (!connected && irq_init(&tree))
		return false;
	for (unsigned int i = 0; i < DEVICES; i++) {
		const struct tree_device *device = arrivals_devices[i];

		if (device && connected)
			done &= !irq_enable_source(device, slot++);
		else if (device)
			done &= !irq_connect(device, handlers[i], NULL);
	}
	connected = true;
	return done;
}

/* One has been raised: it comes, and does not come twice. */
static bool arrivals_await(unsigned int device, unsigned int before)
{
	uint64_t until = hart_get_time() + HARTS_PATIENCE * tree.timebase;

	while (arrivals_counts[device] == before) {
		irq_poll();
		if (hart_get_time() > until)
			return false;
	}
	irq_poll();
	return arrivals_counts[device] == before + 1;
}

/* How many entries into the firmware some took, without what raised them. */
static uint64_t arrivals_count_entries(uint64_t before, unsigned int others)
{
	/* The last is the question's own. */
	return firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES) - before -
	       others - 1;
}

static void arrivals_run_uart(void)
{
	uint64_t before = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES);
	unsigned int i;

	for (i = 0; i < RAISES; i++) {
		unsigned int count = arrivals_counts[UART];

		played_raise(arrivals_devices[UART]);
		if (!arrivals_await(UART, count))
			break;
	}
	before = arrivals_count_entries(before, PLAYED_RAISE_ENTRIES * i);
	report(i == RAISES,
	       "interrupts: each of %u that nothing drives arrives once",
	       RAISES);
	print("interrupts: %u that nothing drives, through the %s: %lu firmware entries\n",
	      i, irq_get_name(), before);
}

/*
 * Without delivery structures that harts have to share, neither the interrupt
 * nor what its hart does about it is the firmware's business.
 */
static void arrivals_run_disk(void)
{
	bool direct = tree_find_device(&tree, NULL, "riscv,aplic") &&
		      !tree_find_hart(&tree, hart_get_id())->imsic.size;
	uint64_t before = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES);
	unsigned int i;

	for (i = 0; i < DISK_READS; i++) {
		unsigned int count = arrivals_counts[DISK];

		if (!dma_interrupt() || !arrivals_await(DISK, count))
			break;
	}
	before = arrivals_count_entries(before, 0);
	report(i == DISK_READS, "interrupts: each of %u of the disk arrives once",
	       DISK_READS);
	print("interrupts: %u of the disk, through the %s: %lu firmware entries\n",
	      i, irq_get_name(), before);
	if (!direct)
		report(!before, "interrupts: those of the disk cost the firmware nothing");
}

void arrivals_run(void)
{
	if (!report(arrivals_connect(), "interrupts: own sources are enabled"))
		return;
	if (arrivals_devices[UART])
		arrivals_run_uart();
	if (arrivals_devices[DISK] && dma_interrupt() &&
	    arrivals_await(DISK, arrivals_counts[DISK]))
		arrivals_run_disk();
}

/* At a PLIC: all claimed, none completed, one raised again. */
static void arrivals_leave_claimed(const struct tree_device *plic,
				   unsigned int expected)
{
	int context = tree_find_hart(&tree, hart_get_id())->plic_context;
	unsigned int claimed = 0;

	for (unsigned int i = 0; i < expected; i++)
		claimed += !!interrupts_read(plic->reg.base +
					     PLIC_CLAIM(context));
	report(claimed == expected,
	       "residue: %u interrupts are left claimed and not completed",
	       claimed);
	if (arrivals_devices[UART])
		played_raise(arrivals_devices[UART]);
}

void interrupts_leave(void)
{
	const struct tree_device *plic = tree_find_device(&tree, NULL,
							  "riscv,plic0");
	const struct tree_device *aplic = tree_find_device(&tree, NULL,
							   "riscv,aplic");
	const struct tree_device *uart;
	unsigned int expected;

	if (!arrivals_connect())
		return;
	uart = arrivals_devices[UART];
	expected = (uart != NULL) + dma_interrupt();
	if (aplic && uart)
		interrupts_write(aplic->reg.base + APLIC_CLRIENUM,
				 (uint32_t)uart->source);
	if (uart)
		played_raise(uart);
	if (plic)
		arrivals_leave_claimed(plic, expected);
	irq_leave_residue();
}

void interrupts_check(void)
{
	report(irq_is_clear(&tree),
	       "residue: the interrupt controller is clear");
	arrivals_run();
}
