/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 36: a life leaves as much behind as it can, the next one looks for it.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/memory.h>
#include <common/report.h>
#include <common/tree.h>
#include <csr.h>
#include <doorbell/abi.h>
#include <libfdt.h>
#include <sbi.h>
#include "../hostile.h"
#include "harts.h"
#include "leftover.h"

#define PATTERN			0x7265736964756573ULL
#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EIP0		0x80
#define IMSIC_EIE0		0xc0
#define IMSIC_REGISTERS		8	/* 255 identities, as on the board */
#define LATER			20	/* fractions of a second */
#define FIRMWARE_BASE		0x80000000UL

static volatile uint64_t residue_spins;

static bool residue_has_imsic(void)
{
	return tree_find_hart(&tree, hart_get_id())->imsic.size;
}

/* The first byte behind the device tree. */
static uint64_t residue_get_tail(void)
{
	return ((uintptr_t)tree.blob + fdt_totalsize(tree.blob) + 7) & ~7ULL;
}

static void residue_fill(uint64_t from, uint64_t to)
{
	for (uint64_t a = (from + 7) & ~7ULL; a + 8 <= to; a += 8)
		*(volatile uint64_t *)(uintptr_t)a = PATTERN;
}

/* With interrupts off and never asking anybody anything. */
static void residue_spin(void *context)
{
	volatile uint64_t *page = context;

	leftover_leave();
	for (;;) {
		residue_spins++;
		page[residue_spins % (DOORBELL_PAGE_SIZE / 8)] = PATTERN;
	}
}

/*
 * With a root table in the firmware's memory no instruction can be fetched any
 * more, not even the trap handler's: the hart faults for ever.
 */
static void residue_fall(void *context)
{
	(void)context;
	leftover_leave();
	residue_spins++;
	csr_write(CSR_SATP, SATP_MODE_SV39 | FIRMWARE_BASE >> 12);
	__asm__ volatile ("sfence.vma" : : : "memory");
	for (;;)
		residue_spins++;
}

static void residue_prepare_imsic(void)
{
	for (unsigned int i = 0; i < IMSIC_REGISTERS; i += 2) {
		csr_write(CSR_SISELECT, IMSIC_EIE0 + i);
		csr_write(CSR_SIREG, ~0UL);
		csr_write(CSR_SISELECT, IMSIC_EIP0 + i);
		csr_write(CSR_SIREG, ~0UL);
	}
	csr_write(CSR_SISELECT, IMSIC_EIDELIVERY);
	csr_write(CSR_SIREG, 1);
}

void residue_prepare(uint64_t life)
{
	void (*leave)(void *) = life & 1 ? residue_spin : residue_fall;
	unsigned long other = harts_find_other();
	uint64_t base, size = memory_get_free(&base);
	uint64_t page = (base + DOORBELL_PAGE_SIZE - 1) &
			~(uint64_t)(DOORBELL_PAGE_SIZE - 1);
	unsigned int left;

	residue_fill(base, base + size);
	residue_fill(residue_get_tail(), tree.memory.base + tree.memory.size);
	firmware_call(DOORBELL_EID, DOORBELL_FID_REGISTER, DOORBELL_LINK_ALL,
		      page, hart_get_id(), DOORBELL_DELIVERY_SSIP, NULL);
	firmware_call(DOORBELL_EID, DOORBELL_FID_SET_MASK, 0, ~0UL, 0, 0, NULL);
	if (residue_has_imsic())
		residue_prepare_imsic();
	sbi_call(SBI_EXT_TIME, 0, 0, 0, 0, 0, 0, 0);
	sbi_call(SBI_EXT_IPI, 0, 1, hart_get_id(), 0, 0, 0, 0);
	report(csr_read(CSR_SIP) & IRQ_SOFTWARE,
	       "residue: an interrupt is left pending");
	report(csr_read(CSR_SIP) & IRQ_TIMER, "residue: a timer is left due");
	left = leftover_leave();
	report(left, "residue: %u control and status registers are left", left);
	if (other == HARTS_NONE)
		return;
	report(!hart_start(other, leave, (void *)(uintptr_t)page),
	       "residue: a second hart is left %s",
	       life & 1 ? "spinning" : "faulting");
	while (!residue_spins)
		__asm__ volatile ("nop");
}

/* Looks for `value`, or with 0 for anything but it. */
static bool residue_is_clear_of(uint64_t value, uint64_t from, uint64_t to)
{
	uint64_t found;

	for (uint64_t a = (from + 7) & ~7ULL; a + 8 <= to; a += 8) {
		found = *(volatile uint64_t *)(uintptr_t)a;
		if (value ? found != value : !found)
			continue;
		print("residue: %p holds 0x%lx\n", (void *)(uintptr_t)a, found);
		return false;
	}
	return true;
}

/* Behind the tree there may be what was left of building it, no more. */
static bool residue_memory_is_clear(void)
{
	uint64_t base, size = memory_get_free(&base);

	return residue_is_clear_of(0, base, base + size) &&
	       residue_is_clear_of(PATTERN, residue_get_tail(),
				   tree.memory.base + tree.memory.size);
}

static bool residue_imsic_is_clear(void)
{
	unsigned long any = 0;

	for (unsigned int i = 0; i < IMSIC_REGISTERS; i += 2) {
		csr_write(CSR_SISELECT, IMSIC_EIE0 + i);
		any |= csr_read(CSR_SIREG);
		csr_write(CSR_SISELECT, IMSIC_EIP0 + i);
		any |= csr_read(CSR_SIREG);
	}
	csr_write(CSR_SISELECT, IMSIC_EIDELIVERY);
	return !(any | csr_read(CSR_SIREG));
}

static void residue_wait(void)
{
	uint64_t until = hart_get_time() + tree.timebase / LATER;

	while (hart_get_time() < until)
		__asm__ volatile ("nop");
}

static void residue_check_leftover(void *context)
{
	*(volatile bool *)context = leftover_is_clear();
}

/* Stopped so far; its first instructions look, then it looks in earnest. */
static void residue_check_other(unsigned long other)
{
	static struct leftover_entry entry;
	static bool clear;

	report(harts_is_stopped(other), "residue: the second hart is stopped");
	if (!report(!sbi_call(SBI_EXT_HSM, SBI_HSM_HART_START, other,
			      (unsigned long)leftover_enter,
			      (unsigned long)&entry, 0, 0, 0).error &&
		    harts_await_stop(other) &&
		    !hart_start(other, residue_check_leftover, &clear) &&
		    harts_await_stop(other),
		    "residue: the second hart starts and stops"))
		return;
	report(*(volatile uint64_t *)&entry.done && !entry.sscratch &&
	       !entry.sie && !entry.satp,
	       "residue: the second hart starts afresh");
	report(*(volatile bool *)&clear,
	       "residue: no register of the second hart");
}

void residue_check(void)
{
	unsigned long pending = csr_read(CSR_SIP);
	unsigned long other = harts_find_other();

	report(leftover_is_clear(), "residue: no register");
	report(!csr_read(CSR_SATP), "residue: translation is off");
	report(!(pending & IRQ_SOFTWARE), "residue: no software interrupt");
	report(!(pending & IRQ_TIMER), "residue: no timer interrupt");
	report(!(pending & IRQ_EXTERNAL), "residue: no external interrupt");
	report(residue_memory_is_clear(), "residue: no memory");
	if (residue_has_imsic())
		report(residue_imsic_is_clear(), "residue: no identity");
	if (other != HARTS_NONE)
		residue_check_other(other);
	/* What still runs, or still knows an address, shows itself. */
	residue_wait();
	report(residue_memory_is_clear(), "residue: no memory, later");
	report(!(csr_read(CSR_SIP) & (IRQ_SOFTWARE | IRQ_TIMER)),
	       "residue: no interrupt, later");
}
