/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory protection, hart by hart: exactly the list that the checker
 * counted, nothing after it, no catch-all.
 *
 * Without Smepmp, M-mode needs no entry of its own. With it, the machine-mode
 * lockdown (mseccfg.MML) is set; then entry 0 is OpenSBI's for reaching guest
 * memory and entry 1 is the firmware's code, the only memory M-mode may run.
 * (Privileged specification 3.7; Smepmp 1.0, chapter 2.)
 */
#include <sbi/sbi_hart.h>
#include <sbi/sbi_math.h>
#include "firmware.h"

#define PMP_ENTRY_FIRMWARE_CODE	1

/* Of each hart: which entry is its context of the PLIC, and what is in it. */
static struct context_entry {
	struct protection_entry entry;
	unsigned int number;
} contexts[SBI_HARTMASK_MAX_BITS];

static unsigned long entry_flags(const struct protection_entry *entry,
				 bool lockdown)
{
	unsigned long flags = 0;

	/* Under lockdown W+X without L means read-write to M and S alike. */
	if (lockdown && entry->mmio && entry->rights)
		return PMP_W | PMP_X;
	if (entry->rights & PROTECTION_READ)
		flags |= PMP_R;
	if (entry->rights & PROTECTION_WRITE)
		flags |= PMP_W;
	if (entry->rights & PROTECTION_EXECUTE)
		flags |= PMP_X;
	return flags;
}

static void lockdown_enable(struct sbi_scratch *scratch)
{
	csr_set(CSR_MSECCFG, MSECCFG_RLB);
	pmp_disable(SBI_SMEPMP_RESV_ENTRY);
	if (csr_read(CSR_MSECCFG) & MSECCFG_MML)
		return;
	pmp_set(PMP_ENTRY_FIRMWARE_CODE, PMP_L | PMP_R | PMP_X,
		scratch->fw_start, log2roundup(scratch->fw_rw_offset));
	csr_set(CSR_MSECCFG, MSECCFG_MML);
}

/* Stops a machine whose PMP did not take an entry from running unconfined. */
static void entry_program(unsigned int n, const struct protection_entry *entry,
			  bool lockdown)
{
	unsigned long flags = entry_flags(entry, lockdown);
	unsigned long got_flags, got_base, got_order;

	if (pmp_set(n, flags, entry->base, entry->order) ||
	    pmp_get(n, &got_flags, &got_base, &got_order) ||
	    got_base != entry->base || got_order != entry->order ||
	    (got_flags & (PMP_R | PMP_W | PMP_X | PMP_L)) != flags)
		partitioner_fatal("hart %u: PMP entry %u did not take %lx, order %u",
			       current_hartid(), n, (unsigned long)entry->base,
			       entry->order);
}

static bool lockdown_is_available(struct sbi_scratch *scratch)
{
	return sbi_hart_has_extension(scratch, SBI_HART_EXT_SMEPMP);
}

/* Stops entries of an earlier stage or life from granting anything. */
static void entries_disable(unsigned int first, unsigned int total)
{
	for (; first < total; first++)
		pmp_disable(first);
}

void pmp_withdraw(struct sbi_scratch *scratch)
{
	entries_disable(lockdown_is_available(scratch) ?
			BOARD_ENTRIES_KEPT : 0,
			sbi_hart_pmp_count(scratch));
}

/*
 * The page of a context is an entry by itself: it is granted to its hart alone,
 * and the pages beside it are other harts' or other modes'. Stops a machine of
 * another kind from leaving the page granted when it must not be.
 */
static void context_find(const struct protection_entry *list,
			 unsigned int count, unsigned int first)
{
	struct context_entry *context = &contexts[current_hartindex()];
	const struct memory_range *page = &machine_find_hart(
		&partitioner.model.machine, current_hartid())->plic_page;
	unsigned int i;

	for (i = 0; page->size && i < count; i++)
		if (list[i].base == page->base && list[i].rights &&
		    1ULL << list[i].order == page->size)
			break;
	if (page->size && i == count)
		partitioner_fatal("hart %u: no PMP entry is its PLIC context alone",
				  current_hartid());
	if (!page->size)
		return;
	context->entry = list[i];
	context->number = first + i;
}

void pmp_grant_context(bool granted)
{
	const struct context_entry *context = &contexts[current_hartindex()];

	/*
	 * Stops a guest from having entries changed on a hart that was never
	 * started: pmp_program(), which is still to come, looks by itself.
	 */
	if (!context->entry.rights)
		return;
	if (granted)
		entry_program(context->number, &context->entry,
			      lockdown_is_available(sbi_scratch_thishart_ptr()));
	else
		pmp_disable(context->number);
	/* Privileged specification 3.7.2: translations may be cached with it. */
	asm volatile("sfence.vma" : : : "memory");
}

void pmp_program(struct sbi_scratch *scratch)
{
	bool lockdown = lockdown_is_available(scratch);
	unsigned int first = lockdown ? BOARD_ENTRIES_KEPT : 0;
	unsigned int total = sbi_hart_pmp_count(scratch);
	struct protection_entry list[PROTECTION_MAX];
	int id = arch_hart_this()->compartment;
	unsigned int i, count = 0;

	if (id != COMPARTMENT_NONE)
		count = protection_list(&partitioner.model, id, current_hartid(),
					list, PROTECTION_MAX);
	/* Stops surplus entries from being dropped in silence. */
	if (count > PROTECTION_MAX || first + count > total)
		partitioner_fatal("hart %u: %u PMP entries needed, %u there",
			       current_hartid(), first + count, total);

	if (lockdown)
		lockdown_enable(scratch);
	for (i = 0; i < count; i++)
		entry_program(first + i, &list[i], lockdown);
	entries_disable(first + count, total);
	if (id == COMPARTMENT_NONE)
		return;
	context_find(list, count, first);
	/* What was raised while this hart was not there. */
	irqchip_update_hart();
}
