/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's PLIC or APLIC, which every compartment uses and none is
 * granted: what a guest was caught at there, interrupts that the firmware
 * plays, and the end of a life.
 */
#include <port/lock.h>
#include <sbi/riscv_io.h>
#include "aplic_filter.h"
#include "firmware.h"
#include "plic_filter.h"

static struct plic_filter plic;
static struct aplic_filter aplic;

/*
 * Around everything of one compartment in the filters. Others take it to raise
 * an interrupt: a server's hart may wait for a guest's access here. Held for one
 * of those, with at most
 *
 *	APLIC	a constant number of accesses to its registers;
 *	PLIC	if interrupts are played: for each of the compartment's harts a
 *		look at each played source's enable bit and priority, and one
 *		command. A claim that was caught also reads the pending and
 *		enable bits of all sources, and the priority of each of them
 *		that is both;
 *
 * at the end of a life, a few accesses for each source and hart it has.
 */
static struct port_lock locks[MODEL_COMPARTMENTS_MAX];

/* What each hart has of plic_filter_get_need(); changed by itself, locked. */
static enum plic_need needs[MACHINE_HARTS_MAX];

uint32_t irqchip_read(uint64_t addr)
{
	return readl((void *)addr);
}

void irqchip_write(uint64_t addr, uint32_t value)
{
	writel(value, (void *)addr);
}

static const struct machine *machine_get(void)
{
	return &partitioner.model.machine;
}

/* ---- The context of a hart ---- */

static void context_set_need(const struct machine_hart *hart,
			     enum plic_need need)
{
	needs[hart - machine_get()->harts] = need;
	/* The PLIC's own signal is another one, which the guest sees as well. */
	if (need == PLIC_NEED_INTERRUPT)
		csr_set(CSR_MIP, MIP_SEIP);
	else
		csr_clear(CSR_MIP, MIP_SEIP);
	pmp_grant_context(need == PLIC_NEED_NOTHING);
}

/* Has each hart of a compartment, which is locked, look whose need changed. */
static void contexts_update(unsigned int compartment)
{
	const struct model_compartment *c =
		&partitioner.model.compartments[compartment];
	unsigned int i;

	for (i = 0; i < c->hart_count; i++) {
		const struct machine_hart *hart =
			machine_find_hart(machine_get(), c->harts[i]);
		enum plic_need need = plic_filter_get_need(&plic, hart);

		if (need == needs[hart - machine_get()->harts])
			continue;
		if (hart->id == current_hartid())
			context_set_need(hart, need);
		else if (arch_hart_is_started(hart->id))
			hart_command(arch_hart_find(hart->id),
				     HART_COMMAND_PLIC);
	}
}

void irqchip_update_hart(void)
{
	const struct machine_hart *hart =
		machine_find_hart(machine_get(), current_hartid());
	int id = arch_hart_this()->compartment;

	if (id == COMPARTMENT_NONE || !hart->plic_page.size)
		return;
	port_lock_acquire(&locks[id]);
	context_set_need(hart, plic_filter_get_need(&plic, hart));
	port_lock_release(&locks[id]);
}

/* ---- What guests and the firmware do ---- */

void irqchip_init(void)
{
	unsigned int id;

	if (machine_get()->plic.size)
		plic_filter_init(&plic, &partitioner.model);
	if (machine_get()->aplic.size)
		aplic_filter_init(&aplic, &partitioner.model);
	for (id = 0; id < partitioner.model.compartment_count; id++)
		arch_clear_interrupts(id);
}

enum guest_access_result irqchip_access(struct hart *self,
					struct guest_access *access)
{
	unsigned int id = (unsigned int)self->compartment;
	uint32_t value = (uint32_t)access->value;
	bool done = false;

	/* Registers have 32 bits, and no byte of theirs is one by itself. */
	if (access->width != sizeof(value))
		return GUEST_ACCESS_NONE;
	port_lock_acquire(&locks[id]);
	if (machine_get()->plic.size) {
		done = plic_filter_access(&plic, id, access->address,
					  access->write, &value);
		if (done && plic.own[id].sources.played_count)
			contexts_update(id);
	}
	if (!done && machine_get()->aplic.size)
		done = aplic_filter_access(&aplic, id, access->address,
					   access->write, &value);
	port_lock_release(&locks[id]);
	access->value = value;
	return done ? GUEST_ACCESS_DONE : GUEST_ACCESS_NONE;
}

/*
 * Everything stored before is there for whoever takes the interrupt: pairs, by
 * the barrier in front of the APLIC's register or by the lock and the command,
 * with its reading of the device's memory after its claim.
 */
void arch_interrupt_raise(unsigned int id, uint32_t interrupt)
{
	port_lock_acquire(&locks[id]);
	if (machine_get()->plic.size) {
		plic_filter_raise(&plic, id, interrupt);
		contexts_update(id);
	}
	if (machine_get()->aplic.size)
		aplic_filter_raise(&aplic, id, interrupt);
	port_lock_release(&locks[id]);
}

void arch_clear_interrupts(unsigned int id)
{
	port_lock_acquire(&locks[id]);
	if (machine_get()->plic.size)
		plic_filter_clear(&plic, id);
	if (machine_get()->aplic.size)
		aplic_filter_clear(&aplic, id);
	port_lock_release(&locks[id]);
}
