/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that are no source's: doorbells, as software interrupts or as
 * messages to a hart's interrupt file, and nothing left of a former life there.
 */
#include <doorbell/abi.h>
#include <sbi/riscv_io.h>
#include "firmware.h"
#include "imsic_registers.h"

static void imsic_write(unsigned long select, unsigned long value)
{
	csr_write(CSR_SISELECT, select);
	csr_write(CSR_SIREG, value);
}

void imsic_clear_hart(u32 hartid)
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
