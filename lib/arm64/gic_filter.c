/* SPDX-License-Identifier: BSD-2-Clause */
/* Distributor and redistributors as a compartment sees them: gic_filter.h. */
#include "gic_filter.h"
#include "gic_registers.h"

#include <string.h>

static const uint32_t own_private = GIC_OWN_PRIVATE;
/* SGIs are edges for ever, and the timers' PPIs are wired as they are. */
static const uint32_t fixed_private = ~0U;

static struct gic_bank distributor_bank(struct gic_filter *f, unsigned int c)
{
	return (struct gic_bank){
		.base = f->model->machine.distributor.base,
		.end = f->words,
		.own = f->own[c].sources,
		.fixed = f->doorbells,
		.enabled = f->own[c].enabled,
		.forwards = f->own[c].forwards,
	};
}

static struct gic_bank hart_bank(struct gic_filter *f, unsigned int hart)
{
	const struct machine_hart *h = &f->model->machine.harts[hart];

	return (struct gic_bank){
		.base = h->redistributor.base + GICR_SGI_BASE,
		.end = 1,
		.own = &own_private,
		.fixed = &fixed_private,
		.enabled = &f->private_enabled[hart],
		.forwards = h->owner >= 0 && f->own[h->owner].forwards,
	};
}

/* Where an interrupt of a compartment goes until it says otherwise. */
static uint64_t route_default(const struct gic_filter *f, unsigned int c)
{
	return f->model->compartments[c].boot_hart;
}

static void source_add(struct gic_filter *f, int compartment, uint32_t intid)
{
	/* A PPI of a device is nobody's: each hart has one of that number. */
	if (compartment >= 0 && intid >= GIC_SPI_FIRST &&
	    intid < GIC_SPI_END && intid / 32 < f->words)
		f->own[compartment].sources[intid / 32] |= 1U << intid % 32;
}

void gic_filter_init(struct gic_filter *f, const struct model *model,
		     unsigned int priority_bits)
{
	const struct machine *machine = &model->machine;
	uint64_t base = machine->distributor.base;
	unsigned int i, j;

	memset(f, 0, sizeof(*f));
	f->model = model;
	f->words = (gic_read(base + GICD_TYPER) & GICD_TYPER_LINES) + 1;
	f->two_states = !(gic_read(base + GICD_CTLR) & GICD_CTLR_DS);
	/* The Non-secure side has one bit of priority less than the machine. */
	f->priority_step = 1U << (9 - priority_bits);
	for (i = 0; i < model->device_count; i++)
		for (j = 0; j < model->devices[i].interrupt_count; j++)
			source_add(f, model->devices[i].owner,
				   model->devices[i].interrupts[j]);
	for (i = 0; i < model->channel_count; i++)
		if (model_has_front_end(&model->channels[i]))
			source_add(f, model->channels[i].client,
				   model->channels[i].interrupt);
	for (i = 0; i < machine->hart_count; i++) {
		uint32_t intid = machine->harts[i].doorbell_interrupt;

		source_add(f, machine->harts[i].owner, intid);
		if (intid)
			f->doorbells[intid / 32 % GIC_WORDS] |=
				1U << intid % 32;
	}
}

bool gic_filter_owns(const struct gic_filter *f, unsigned int c,
		     unsigned int intid)
{
	const uint32_t *own = f->own[c].sources;

	if (intid < GIC_SPI_FIRST)
		return GIC_OWN_PRIVATE >> intid & 1;
	return intid < GIC_SPI_END && own[intid / 32] >> intid % 32 & 1;
}

static void forward(struct gic_filter *f, unsigned int c, bool forwards)
{
	struct gic_bank bank = distributor_bank(f, c);
	unsigned int i;

	f->own[c].forwards = forwards;
	gic_bank_forward(&bank, forwards);
	for (i = 0; i < f->model->machine.hart_count; i++) {
		if (f->model->machine.harts[i].owner != (int)c)
			continue;
		bank = hart_bank(f, i);
		gic_bank_forward(&bank, forwards);
	}
}

static uint32_t identity_read(uint64_t base, uint32_t offset)
{
	uint32_t value = gic_read(base + offset);

	/* Of a GICv4 a guest gets what a GICv3 has. */
	if (offset == GIC_PIDR2)
		return (value & ~GIC_PIDR2_REVISION) | GIC_PIDR2_GICV3;
	return value;
}

static uint32_t distributor_read(const struct gic_filter *f, unsigned int c,
				 uint32_t offset)
{
	uint64_t base = f->model->machine.distributor.base;

	switch (offset) {
	case GICD_CTLR:
		return (gic_read(base + offset) & GICD_CTLR_RWP) |
		       GICD_CTLR_ARE |
		       (f->own[c].forwards ? GICD_CTLR_GROUP1 : 0);
	case GICD_TYPER:
		/* No LPIs, extended ranges, message registers, 1 of N. */
		return (gic_read(base + offset) &
			(GICD_TYPER_LINES | GICD_TYPER_A3V | GICD_TYPER_RSS)) |
		       GICD_TYPER_SECURITY | GICD_TYPER_ID_BITS(10) |
		       GICD_TYPER_NO_1N;
	case GICD_IIDR:
		return gic_read(base + offset);
	default:
		return offset >= GIC_ID_FIRST ? identity_read(base, offset) : 0;
	}
}

/* Whether a compartment's interrupt may go where IROUTER would send it. */
static bool route_is_own(const struct gic_filter *f, unsigned int c,
			 uint64_t route)
{
	const struct model_compartment *compartment =
		&f->model->compartments[c];
	unsigned int i;

	for (i = 0; i < compartment->hart_count; i++)
		if (compartment->harts[i] == route)
			return true;
	return false;
}

/*
 * A write that would send an interrupt to a foreign core, or to any of several
 * (Interrupt_Routing_Mode), is ignored: the route stays what it was.
 */
static void route_access(const struct gic_filter *f, unsigned int c,
			 uint32_t offset, unsigned int size, bool write,
			 uint64_t *value)
{
	unsigned int intid = (offset - GICD_IROUTER) / 8;
	unsigned int shift = 8 * (offset % 8);
	uint64_t mask = size == 8 ? ~0ULL : 0xffffffffULL << shift;
	uint64_t addr, route;

	if (intid < GIC_SPI_FIRST || !gic_filter_owns(f, c, intid)) {
		if (!write)
			*value = 0;
		return;
	}
	addr = f->model->machine.distributor.base + GICD_IROUTER + 8 * intid;
	route = gic_read64(addr);
	if (!write) {
		*value = (route & mask) >> shift;
		return;
	}
	route = (route & ~mask) | (*value << shift & mask);
	if (!(f->doorbells[intid / 32] >> intid % 32 & 1) &&
	    route_is_own(f, c, route))
		gic_write64(addr, route);
}

static bool distributor_access(struct gic_filter *f, unsigned int c,
			       uint32_t offset, unsigned int size, bool write,
			       uint64_t *value)
{
	struct gic_bank bank = distributor_bank(f, c);
	bool forwards;

	/* Some trees list more behind it: stops guests from reaching that. */
	if (offset >= GIC_FRAME_SIZE)
		return false;
	if (offset >= GICD_IROUTER && offset < GICD_IROUTER + 8 * 1024 &&
	    size >= 4) {
		route_access(f, c, offset, size, write, value);
		return true;
	}
	if (gic_bank_access(f, &bank, offset, size, write, value))
		return true;
	if (size != 4)
		return false;
	if (!write) {
		*value = distributor_read(f, c, offset);
		return true;
	}
	forwards = *value & GICD_CTLR_GROUP1;
	if (offset == GICD_CTLR && forwards != f->own[c].forwards)
		forward(f, c, forwards);
	return true;
}

static uint64_t redistributor_read(uint64_t base, uint32_t offset)
{
	switch (offset) {
	case GICR_CTLR:
		return gic_read(base + offset) &
		       (GICR_CTLR_RWP | GICR_CTLR_UWP);
	case GICR_IIDR:
		return gic_read(base + offset);
	case GICR_TYPER:
		/* Each hart's frames are a region of their own in the tree. */
		return (gic_read64(base + offset) &
			(0xffffffffULL << 32 | GICR_TYPER_NUMBER)) |
		       GICR_TYPER_LAST;
	case GICR_TYPER + 4:
		return redistributor_read(base, GICR_TYPER) >> 32;
	default:
		/* GICR_WAKER too: awake. No LPIs. */
		return offset >= GIC_ID_FIRST ? identity_read(base, offset) : 0;
	}
}

static bool is_wide(uint32_t offset)
{
	return offset == GICR_TYPER || offset == GICR_SETLPIR ||
	       offset == GICR_CLRLPIR || offset == GICR_PROPBASER ||
	       offset == GICR_PENDBASER || offset == GICR_INVLPIR ||
	       offset == GICR_INVALLR;
}

static bool redistributor_access(struct gic_filter *f, unsigned int hart,
				 uint32_t offset, unsigned int size, bool write,
				 uint64_t *value)
{
	uint64_t base = f->model->machine.harts[hart].redistributor.base;
	struct gic_bank bank = hart_bank(f, hart);

	if (offset >= GICR_SGI_BASE + GIC_FRAME_SIZE)
		return false;
	if (offset >= GICR_SGI_BASE) {
		offset -= GICR_SGI_BASE;
		if (gic_bank_access(f, &bank, offset, size, write, value))
			return true;
		base = bank.base;
		if (!write && size == 4)
			*value = offset >= GIC_ID_FIRST ?
				 identity_read(base, offset) : 0;
		return size == 4;
	}
	if (size != 4 && !(size == 8 && is_wide(offset)))
		return false;
	if (!write) {
		*value = redistributor_read(base, offset);
		if (size == 4)
			*value = (uint32_t)*value;
	}
	return true;
}

static bool range_contains(const struct memory_range *range, uint64_t addr)
{
	return addr - range->base < range->size;
}

bool gic_filter_access(struct gic_filter *f, unsigned int c, uint64_t addr,
		       unsigned int size, bool write, uint64_t *value)
{
	const struct machine *machine = &f->model->machine;
	unsigned int i;

	/* A register is one access; no access reaches into a second one. */
	if (addr % size)
		return false;
	if (range_contains(&machine->distributor, addr))
		return distributor_access(f, c,
					  addr - machine->distributor.base,
					  size, write, value);
	/* Frames of foreign harts are as if they were not there. */
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)c &&
		    range_contains(&machine->harts[i].redistributor, addr))
			return redistributor_access(f, i, addr -
				machine->harts[i].redistributor.base, size,
				write, value);
	return false;
}

void gic_filter_clear(struct gic_filter *f, unsigned int c)
{
	uint64_t base = f->model->machine.distributor.base;
	struct gic_bank bank = distributor_bank(f, c);
	unsigned int intid;

	f->own[c].forwards = false;
	gic_bank_forward(&bank, false);
	gic_wait(base + GICD_CTLR, GICD_CTLR_RWP);
	gic_bank_clear(f, &bank);
	for (intid = GIC_SPI_FIRST; intid < 32 * f->words; intid++)
		if (gic_filter_owns(f, c, intid) &&
		    !(f->doorbells[intid / 32] >> intid % 32 & 1))
			gic_write64(base + GICD_IROUTER + 8 * intid,
				    route_default(f, c));
}

void gic_filter_clear_hart(struct gic_filter *f, unsigned int hart)
{
	struct gic_bank bank = hart_bank(f, hart);

	gic_bank_forward(&bank, false);
	gic_wait(f->model->machine.harts[hart].redistributor.base +
		     GICR_CTLR, GICR_CTLR_RWP);
	gic_bank_clear(f, &bank);
}
