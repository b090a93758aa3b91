/* SPDX-License-Identifier: BSD-2-Clause */
/* See aplic_filter.h. */
#include "aplic_filter.h"
#include "aplic_registers.h"

static void put(const struct aplic_filter *f, uint32_t offset, uint32_t value)
{
	irqchip_write(f->model->machine.aplic.base + offset, value);
}

static uint32_t get(const struct aplic_filter *f, uint32_t offset)
{
	return irqchip_read(f->model->machine.aplic.base + offset);
}

static uint32_t domain_read(const struct aplic_filter *f)
{
	return APLIC_DOMAINCFG_FIXED | APLIC_DOMAINCFG_IE |
	       (f->model->machine.aplic_sends_msis ? APLIC_DOMAINCFG_DM : 0);
}

void aplic_filter_init(struct aplic_filter *f, const struct model *model)
{
	unsigned int c;

	*f = (struct aplic_filter){ .model = model };
	for (c = 0; c < model->compartment_count; c++)
		irqchip_sources_read(&f->own[c].sources, model, c,
				     model->machine.aplic_sources);
	put(f, APLIC_DOMAINCFG, domain_read(f));
}

/* Whether a hart of the compartment has that index. */
static bool index_is_own(const struct aplic_filter *f, unsigned int c,
			 uint32_t index)
{
	const struct machine *machine = &f->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)c &&
		    machine->harts[i].aplic_index == (int)index)
			return true;
	return false;
}

/* How a played source is configured; any other is not. */
static uint32_t get_mode(const struct aplic_own *own, uint32_t source)
{
	unsigned int n;

	for (n = 0; n < own->sources.played_count; n++)
		if (own->sources.played[n] == source)
			return own->mode[n];
	return APLIC_SM_INACTIVE;
}

/* ---- Sources and their targets ---- */

/* Whether a compartment's interrupt may go where a target would send it. */
static bool target_is_own(const struct aplic_filter *f, unsigned int c,
			  uint32_t target)
{
	/* Files of guests of a hart are nobody's. */
	if (f->model->machine.aplic_sends_msis && target & APLIC_TARGET_GUEST)
		return false;
	return index_is_own(f, c, target >> APLIC_TARGET_HART_SHIFT);
}

/* Where an interrupt of a compartment goes until it says otherwise. */
static uint32_t target_default(const struct aplic_filter *f, unsigned int c)
{
	const struct machine *machine = &f->model->machine;
	/* Identity 0 is no interrupt; priority 0 is no priority. */
	uint32_t target = machine->aplic_sends_msis ? 0 : 1;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].id == f->model->compartments[c].boot_hart)
			target |= (uint32_t)machine->harts[i].aplic_index
				  << APLIC_TARGET_HART_SHIFT;
	return target;
}

static void source_write(struct aplic_filter *f, unsigned int c,
			 uint32_t source, uint32_t value)
{
	struct aplic_own *own = &f->own[c];
	int n = irqchip_sources_find_played(&own->sources, source);
	uint32_t target = APLIC_TARGET + 4 * source;

	/* Whoever has the domain below, if there is one, is not its owner. */
	value = value & APLIC_SOURCECFG_D ? APLIC_SM_INACTIVE :
					    value & APLIC_SOURCECFG_SM;
	if (n >= 0) {
		if (value != APLIC_SM_DETACHED && value < APLIC_SM_EDGE_RISING)
			value = APLIC_SM_INACTIVE;
		own->mode[n] = (uint8_t)value;
		if (value)
			value = APLIC_SM_DETACHED;
	}
	put(f, APLIC_SOURCECFG + 4 * source, value);
	/*
	 * What the target of a source is that becomes active nobody knows (AIA
	 * 4.5.2). It is not enabled yet: stops it from reaching a foreign hart.
	 * An inactive one takes none.
	 */
	if (!target_is_own(f, c, get(f, target)))
		put(f, target, target_default(f, c));
}

static uint32_t source_read(const struct aplic_filter *f, unsigned int c,
			    uint32_t source)
{
	const struct aplic_own *own = &f->own[c];
	int n = irqchip_sources_find_played(&own->sources, source);

	return n >= 0 ? own->mode[n] : get(f, APLIC_SOURCECFG + 4 * source);
}

/* ---- Registers with bits, or the number, of sources ---- */

/*
 * A level that nobody drives is low: its pending bit cannot be set, which the
 * machine, where it is detached, does not know (AIA 4.7).
 */
static bool is_played_level(const struct aplic_own *own, uint32_t source)
{
	return get_mode(own, source) > APLIC_SM_EDGE_FALLING;
}

static void number_write(const struct aplic_filter *f, unsigned int c,
			 uint32_t kind, uint32_t source)
{
	const struct aplic_own *own = &f->own[c];

	if (irqchip_sources_own(&own->sources, source) &&
	    !(kind == APLIC_SETIP && is_played_level(own, source)))
		put(f, kind + APLIC_NUM, source);
}

static uint32_t swap_bytes(uint32_t value)
{
	return value >> 24 | (value >> 8 & 0xff00U) |
	       (value & 0xff00U) << 8 | value << 24;
}

static void bits_write(const struct aplic_filter *f, unsigned int c,
		       uint32_t offset, uint32_t value)
{
	uint32_t kind = offset & ~0xffU, low = offset & 0xffU, i;

	if (low == APLIC_NUM)
		number_write(f, c, kind, value);
	if (low >= APLIC_BITS_SIZE)
		return;
	value &= f->own[c].sources.own[low / 4];
	for (i = 0; kind == APLIC_SETIP && i < 32; i++)
		if (is_played_level(&f->own[c], 8 * low + i))
			value &= ~(1U << i);
	/* Zeros change nothing: these registers only set, or only clear. */
	put(f, offset, value);
}

static uint32_t bits_read(const struct aplic_filter *f, unsigned int c,
			  uint32_t offset)
{
	uint32_t low = offset & 0xffU;

	if (low >= APLIC_BITS_SIZE || offset >= APLIC_CLRIE)
		return 0;
	return get(f, offset) & f->own[c].sources.own[low / 4];
}

/* ---- Delivery structures ---- */

static bool is_delivery(const struct aplic_filter *f, unsigned int c,
			uint32_t offset, bool write)
{
	/* Behind a domain that sends messages there is nothing. */
	if (f->model->machine.aplic_sends_msis ||
	    !index_is_own(f, c, (offset - APLIC_IDC) / APLIC_IDC_SIZE))
		return false;
	switch (offset % APLIC_IDC_SIZE) {
	case APLIC_IDC_IDELIVERY:
	case APLIC_IDC_IFORCE:
	case APLIC_IDC_ITHRESHOLD:
		return true;
	case APLIC_IDC_TOPI:
	case APLIC_IDC_CLAIMI:
		return !write;
	default:
		return false;
	}
}

static void delivery_clear(const struct aplic_filter *f, int index)
{
	uint32_t idc = APLIC_IDC + APLIC_IDC_SIZE * (uint32_t)index;

	put(f, idc + APLIC_IDC_IDELIVERY, 0);
	put(f, idc + APLIC_IDC_IFORCE, 0);
	put(f, idc + APLIC_IDC_ITHRESHOLD, 0);
}

/* ---- All of it ---- */

static uint32_t aplic_read(const struct aplic_filter *f, unsigned int c,
			   uint32_t offset)
{
	uint32_t source = offset % APLIC_SOURCECFG_END / 4;

	if (offset == APLIC_DOMAINCFG)
		return domain_read(f);
	if (offset >= APLIC_IDC)
		return is_delivery(f, c, offset, false) ? get(f, offset) : 0;
	if (offset >= APLIC_SETIP && offset < APLIC_CLRIE_END)
		return bits_read(f, c, offset);
	if (!irqchip_sources_own(&f->own[c].sources, source))
		return 0;
	if (offset < APLIC_SOURCECFG_END)
		return source_read(f, c, source);
	return offset >= APLIC_TARGET ? get(f, offset) : 0;
}

static void aplic_write(struct aplic_filter *f, unsigned int c, uint32_t offset,
			uint32_t value)
{
	uint32_t source = offset % APLIC_SOURCECFG_END / 4;

	if (offset >= APLIC_IDC) {
		if (is_delivery(f, c, offset, true))
			put(f, offset, value);
	} else if (offset >= APLIC_SETIP && offset < APLIC_CLRIE_END) {
		bits_write(f, c, offset, value);
	} else if (offset == APLIC_SETIPNUM_LE) {
		number_write(f, c, APLIC_SETIP, value);
	} else if (offset == APLIC_SETIPNUM_BE) {
		number_write(f, c, APLIC_SETIP, swap_bytes(value));
	} else if (irqchip_sources_own(&f->own[c].sources, source)) {
		if (offset < APLIC_SOURCECFG_END)
			source_write(f, c, source, value);
		/* genmsi is where the target of source 0 would be. */
		else if (offset >= APLIC_TARGET && target_is_own(f, c, value))
			put(f, offset, value);
	}
}

bool aplic_filter_access(struct aplic_filter *f, unsigned int c, uint64_t addr,
			 bool write, uint32_t *value)
{
	const struct memory_range *range = &f->model->machine.aplic;

	if (addr - range->base >= range->size)
		return false;
	if (write)
		aplic_write(f, c, (uint32_t)(addr - range->base), *value);
	else
		*value = aplic_read(f, c, (uint32_t)(addr - range->base));
	return true;
}

void aplic_filter_raise(const struct aplic_filter *f, unsigned int c,
			uint32_t source)
{
	if (get_mode(&f->own[c], source) >= APLIC_SM_EDGE_RISING)
		put(f, APLIC_SETIP + APLIC_NUM, source);
}

void aplic_filter_clear(struct aplic_filter *f, unsigned int c)
{
	const struct machine *machine = &f->model->machine;
	struct aplic_own *own = &f->own[c];
	uint32_t source, i;

	for (source = 1; source <= machine->aplic_sources; source++) {
		if (!irqchip_sources_own(&own->sources, source))
			continue;
		put(f, APLIC_CLRIE + APLIC_NUM, source);
		put(f, APLIC_IN_CLRIP + APLIC_NUM, source);
		/* In this order: an inactive one has no target (AIA 4.5.16). */
		put(f, APLIC_TARGET + 4 * source, target_default(f, c));
		put(f, APLIC_SOURCECFG + 4 * source, APLIC_SM_INACTIVE);
	}
	for (i = 0; i < IRQCHIP_PLAYED_MAX; i++)
		own->mode[i] = APLIC_SM_INACTIVE;
	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)c &&
		    machine->harts[i].aplic_index >= 0 &&
		    !machine->aplic_sends_msis)
			delivery_clear(f, machine->harts[i].aplic_index);
}
