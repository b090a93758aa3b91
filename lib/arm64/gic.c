/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Distributor and redistributors: what EL2 sets up, pends and clears, and the
 * interrupts that <partitioner/arch.h> asks for.
 */
#include <doorbell/abi.h>
#include <port/lock.h>

#include "gic_private.h"
#include "gic_registers.h"

/* How long a write may take to be effective everywhere. */
#define GIC_TIMEOUT_US		1000000U
#define GIC_POLL_US		1U

struct gic_filter gic_filter;

/* A compartment waits for nobody but its own cores. */
static struct port_lock gic_locks[MODEL_COMPARTMENTS_MAX];

uint8_t gic_read8(uint64_t addr)
{
	return *(volatile uint8_t *)addr;
}

void gic_write8(uint64_t addr, uint8_t value)
{
	*(volatile uint8_t *)addr = value;
}

uint32_t gic_read(uint64_t addr)
{
	return *(volatile uint32_t *)addr;
}

void gic_write(uint64_t addr, uint32_t value)
{
	*(volatile uint32_t *)addr = value;
}

uint64_t gic_read64(uint64_t addr)
{
	return *(volatile uint64_t *)addr;
}

void gic_write64(uint64_t addr, uint64_t value)
{
	*(volatile uint64_t *)addr = value;
}

void gic_wait(uint64_t addr, uint32_t bits)
{
	unsigned int waited;

	for (waited = 0; waited < GIC_TIMEOUT_US && gic_read(addr) & bits;
	     waited += GIC_POLL_US)
		arch_delay_us(GIC_POLL_US);
	if (waited < GIC_TIMEOUT_US)
		return;
	partitioner_print("interrupt controller: register 0x%lx does not come to rest within %u ms",
			  (unsigned long)addr, GIC_TIMEOUT_US / 1000);
	arch_power_off(true);
}

/* Four sources, each with what a guest reads as priority 0. */
static uint32_t priorities_default(void)
{
	return 0x01010101U * gic_priority_to_machine(&gic_filter, 0);
}

/* 32 sources of one frame: off, Group 1, level-triggered. */
static void sources_setup(uint64_t base, unsigned int word)
{
	unsigned int i;

	gic_write(base + GIC_ICENABLER + 4 * word, ~0U);
	gic_write(base + GIC_ICACTIVER + 4 * word, ~0U);
	gic_write(base + GIC_IGROUPR + 4 * word, ~0U);
	gic_write(base + GIC_IGRPMODR + 4 * word, 0);
	for (i = 0; i < 8; i++)
		gic_write(base + GIC_IPRIORITYR + 32 * word + 4 * i,
			  priorities_default());
}

/* A pended edge stays pending until it is taken; a level has to be driven. */
static void doorbell_setup_source(uint64_t base,
				  const struct machine_hart *hart)
{
	uint32_t intid = hart->doorbell_interrupt;
	uint64_t config = base + GIC_ICFGR + intid / 16 * 4;

	if (!intid)
		return;
	gic_write(config, gic_read(config) | 2U << intid % 16 * 2);
	gic_write(base + GIC_ICPENDR + intid / 32 * 4, 1U << intid % 32);
	gic_write64(base + GICD_IROUTER + 8 * intid, hart->id);
}

static void distributor_disable(uint64_t base)
{
	uint32_t ctlr = gic_read(base + GICD_CTLR);

	/* Affinity routing may only be changed with both groups off. */
	gic_write(base + GICD_CTLR,
		  ctlr & ~(GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1));
	gic_wait(base + GICD_CTLR, GICD_CTLR_RWP);
	gic_write(base + GICD_CTLR, GICD_CTLR_ARE);
	gic_wait(base + GICD_CTLR, GICD_CTLR_RWP);
}

/*
 * Frames are where the tree's order has them: stops a machine that is laid out
 * otherwise from having a hart drive the interrupts of another.
 */
static void redistributors_check(const struct machine *machine)
{
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++) {
		uint64_t base = machine->harts[i].redistributor.base;
		uint32_t id = gic_read64(base + GICR_TYPER) >> 32;

		if (id != machine->harts[i].id)
			partitioner_fatal("hart %u: the redistributor at 0x%lx, which the machine's tree gives it, is that of hart %u",
					  machine->harts[i].id,
					  (unsigned long)base, id);
	}
}

void gic_setup(void)
{
	const struct machine *machine = &partitioner.model.machine;
	uint64_t base = machine->distributor.base;
	unsigned int i;

	redistributors_check(machine);
	gic_filter_init(&gic_filter, &partitioner.model, gic_cpu_enable());
	distributor_disable(base);
	for (i = 1; i < gic_filter.words; i++) {
		sources_setup(base, i);
		gic_write(base + GIC_ICFGR + 8 * i, 0);
		gic_write(base + GIC_ICFGR + 8 * i + 4, 0);
		gic_write(base + GIC_ICPENDR + 4 * i, ~0U);
	}
	for (i = 0; i < machine->hart_count; i++)
		doorbell_setup_source(base, &machine->harts[i]);
	for (i = 0; i < partitioner.model.compartment_count; i++)
		gic_filter_clear(&gic_filter, i);
	gic_write(base + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1 |
		  (gic_filter.two_states ? 0 : GICD_CTLR_GROUP0));
	gic_wait(base + GICD_CTLR, GICD_CTLR_RWP);
}

static const struct machine_hart *machine_hart_this(void)
{
	return machine_find_hart(&partitioner.model.machine,
				 core_this()->hart.id);
}

/* Some redistributors are asleep until they are told that their core is not. */
static void redistributor_wake(uint64_t base)
{
	gic_write(base + GICR_WAKER,
		  gic_read(base + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	gic_wait(base + GICR_WAKER, GICR_WAKER_ASLEEP);
}

void gic_setup_core(void)
{
	uint64_t base = machine_hart_this()->redistributor.base;
	uint64_t sgi = base + GICR_SGI_BASE;
	uint64_t stop = sgi + GIC_IPRIORITYR + GIC_SGI_STOP;

	redistributor_wake(base);
	sources_setup(sgi, 0);
	/*
	 * Group 0 and the best priority of all. With two security states:
	 * Group 1, and the best of it. It stays pending if it was: a stop that
	 * came early is not lost. No guest's source shares its word of
	 * priorities.
	 */
	if (!gic_filter.two_states)
		gic_write(sgi + GIC_IGROUPR, ~(1U << GIC_SGI_STOP));
	gic_write(stop, gic_read(stop) & ~0xffU);
	gic_write(sgi + GIC_ISENABLER, 1U << GIC_SGI_STOP);
	gic_cpu_enable();
	gic_cpu_setup();
}

void gic_pend_spi(unsigned int intid)
{
	/*
	 * What was stored before the interrupt. Pairs with what its receiver
	 * reads after it has acknowledged it.
	 */
	dsb(st);
	gic_write(partitioner.model.machine.distributor.base + GIC_ISPENDR +
		  intid / 32 * 4, 1U << intid % 32);
}

void gic_clear_core(void)
{
	const struct machine *machine = &partitioner.model.machine;
	struct port_lock *lock = &gic_locks[core_this()->hart.compartment];

	gic_cpu_clear();
	port_lock_acquire(lock);
	gic_filter_clear_hart(&gic_filter,
			      machine_hart_this() - machine->harts);
	port_lock_release(lock);
}

void gic_clear_compartment(unsigned int compartment)
{
	const struct machine *machine = &partitioner.model.machine;
	struct port_lock *lock = &gic_locks[compartment];
	unsigned int i;

	port_lock_acquire(lock);
	gic_filter_clear(&gic_filter, compartment);
	/* Those of cores that stay off as well: their frames can be read. */
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)compartment)
			gic_filter_clear_hart(&gic_filter, i);
	port_lock_release(lock);
}

bool gic_access(uint64_t addr, unsigned int size, bool write, uint64_t *value)
{
	int compartment = core_this()->hart.compartment;
	bool done;

	port_lock_acquire(&gic_locks[compartment]);
	done = gic_filter_access(&gic_filter, compartment, addr, size, write,
				 value);
	port_lock_release(&gic_locks[compartment]);
	return done;
}

/* Beside what goes into ICC_SGI1R_EL1, of which it is no part. */
#define DELIVERY_SGI		(1ULL << 63)

bool arch_find_delivery(uint32_t id, uint64_t identity,
			struct doorbell_target *target)
{
	const struct machine_hart *hart =
		machine_find_hart(&partitioner.model.machine, id);

	target->hart = core_find(id);
	target->interrupt = identity;
	if (identity == DOORBELL_DELIVERY_SOFTWARE) {
		target->interrupt = DELIVERY_SGI | gic_sgi_encode(id, 0);
		return true;
	}
	/* Any other INTID would be a way to pend foreign interrupts. */
	return hart && identity == hart->doorbell_interrupt;
}

bool arch_deliver(const struct doorbell_target *target)
{
	if (!core_is_started(target->hart))
		return false;
	if (target->interrupt & DELIVERY_SGI)
		gic_send_sgi1r(target->interrupt & ~DELIVERY_SGI);
	else
		gic_pend_spi(target->interrupt);
	return true;
}

/* No device drives it, so that this is an edge, whatever it is set to be. */
void arch_interrupt_raise(unsigned int compartment, uint32_t interrupt)
{
	(void)compartment;
	gic_pend_spi(interrupt);
}

void arch_clear_interrupts(unsigned int compartment)
{
	gic_clear_compartment(compartment);
}
