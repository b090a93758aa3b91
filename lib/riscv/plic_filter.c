/* SPDX-License-Identifier: BSD-2-Clause */
/* See plic_filter.h. */
#include "plic_filter.h"
#include "plic_registers.h"

static uint64_t priority_address(const struct plic_filter *f, uint32_t source)
{
	return f->model->machine.plic.base + PLIC_PRIORITY + 4ULL * source;
}

static uint64_t enable_address(const struct plic_filter *f,
			       const struct machine_hart *hart,
			       unsigned int word)
{
	return f->model->machine.plic.base + PLIC_ENABLE +
	       (uint64_t)PLIC_ENABLE_STRIDE * hart->plic_context + 4 * word;
}

static bool is_enabled(const struct plic_filter *f,
		       const struct machine_hart *hart, uint32_t source)
{
	return irqchip_read(enable_address(f, hart, source / 32)) >>
	       source % 32 & 1;
}

/* Words that have a source. */
static unsigned int count_words(const struct plic_filter *f)
{
	unsigned int words = f->model->machine.plic_sources / 32 + 1;

	return words < IRQCHIP_WORDS ? words : IRQCHIP_WORDS;
}

/* An own hart, or NULL: foreign contexts are as if they were not there. */
static const struct machine_hart *find_context(const struct plic_filter *f,
					       unsigned int c, uint64_t context)
{
	const struct machine *machine = &f->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)c &&
		    (uint64_t)machine->harts[i].plic_context == context)
			return &machine->harts[i];
	return NULL;
}

static const struct machine_hart *find_page(const struct plic_filter *f,
					    unsigned int c, uint64_t addr)
{
	const struct machine *machine = &f->model->machine;
	unsigned int i;

	for (i = 0; i < machine->hart_count; i++)
		if (machine->harts[i].owner == (int)c &&
		    addr - machine->harts[i].plic_page.base <
		    machine->harts[i].plic_page.size)
			return &machine->harts[i];
	return NULL;
}

void plic_filter_init(struct plic_filter *f, const struct model *model)
{
	unsigned int c, i;

	f->model = model;
	for (c = 0; c < model->compartment_count; c++) {
		struct plic_own *own = &f->own[c];

		irqchip_sources_read(&own->sources, model, c,
				     model->machine.plic_sources);
		own->pending = 0;
		for (i = 0; i < IRQCHIP_PLAYED_MAX; i++)
			own->context[i] = -1;
	}
}

void plic_filter_raise(struct plic_filter *f, unsigned int c, uint32_t source)
{
	int n = irqchip_sources_find_played(&f->own[c].sources, source);

	if (n >= 0)
		f->own[c].pending |= 1U << n;
}

/* ---- Played interrupts at a context ---- */

/* Pending, and its gateway has been told of the last one's completion. */
static bool is_waiting(const struct plic_own *own, unsigned int n)
{
	return own->pending >> n & 1 && own->context[n] < 0;
}

/* Which is to be claimed there before all others, and its priority; or -1. */
static int find_best(const struct plic_filter *f,
		     const struct machine_hart *hart, uint32_t *priority)
{
	const struct plic_own *own = &f->own[hart->owner];
	uint32_t best = irqchip_read(hart->plic_page.base + PLIC_THRESHOLD);
	unsigned int n;
	int found = -1;

	for (n = 0; n < own->sources.played_count; n++) {
		uint32_t source = own->sources.played[n], its;

		if (!is_waiting(own, n) || !is_enabled(f, hart, source))
			continue;
		its = irqchip_read(priority_address(f, source));
		if (its > best || (its == best && found >= 0 &&
				   source < own->sources.played[found])) {
			best = its;
			found = (int)n;
		}
	}
	*priority = best;
	return found;
}

/* Whether a source of the machine goes before a played one. */
static bool is_outdone(const struct plic_filter *f,
		       const struct machine_hart *hart, uint32_t source,
		       uint32_t priority)
{
	uint64_t pending = f->model->machine.plic.base + PLIC_PENDING;
	unsigned int word, words = count_words(f);

	for (word = 0; word < words; word++) {
		uint32_t bits = irqchip_read(enable_address(f, hart, word)) &
				irqchip_read(pending + 4 * word);
		uint32_t other = 32 * word, its;

		for (; bits; bits >>= 1, other++) {
			if (!(bits & 1))
				continue;
			its = irqchip_read(priority_address(f, other));
			if (its > priority ||
			    (its == priority && other < source))
				return true;
		}
	}
	return false;
}

static uint32_t claim(struct plic_filter *f, const struct machine_hart *hart)
{
	struct plic_own *own = &f->own[hart->owner];
	uint32_t priority, source = 0;
	int n = find_best(f, hart, &priority);

	if (n < 0 || is_outdone(f, hart, own->sources.played[n], priority))
		source = irqchip_read(hart->plic_page.base + PLIC_CLAIM);
	/* Another hart may have been faster with what outdid it. */
	if (source || n < 0)
		return source;
	own->pending &= ~(1U << n);
	own->context[n] = hart->plic_context;
	return own->sources.played[n];
}

static void complete(struct plic_filter *f, const struct machine_hart *hart,
		     uint32_t source)
{
	struct plic_own *own = &f->own[hart->owner];
	int n = irqchip_sources_find_played(&own->sources, source);

	/* Stops the completion of a foreign source's interrupt. */
	if (!irqchip_sources_own(&own->sources, source))
		return;
	if (n < 0)
		irqchip_write(hart->plic_page.base + PLIC_CLAIM, source);
	else if (is_enabled(f, hart, source))
		own->context[n] = -1;
}

enum plic_need plic_filter_get_need(const struct plic_filter *f,
				    const struct machine_hart *hart)
{
	const struct plic_own *own = &f->own[hart->owner];
	uint32_t priority;
	unsigned int n;

	if (!hart->plic_page.size)
		return PLIC_NEED_NOTHING;
	if (find_best(f, hart, &priority) >= 0)
		return PLIC_NEED_INTERRUPT;
	/* Wherever it is enabled it may be claimed, and completed. */
	for (n = 0; n < own->sources.played_count; n++)
		if (own->context[n] == hart->plic_context ||
		    ((own->context[n] >= 0 || own->pending >> n & 1) &&
		     is_enabled(f, hart, own->sources.played[n])))
			return PLIC_NEED_TRAP;
	return PLIC_NEED_NOTHING;
}

/* ---- Registers ---- */

static void context_access(struct plic_filter *f,
			   const struct machine_hart *hart, uint64_t addr,
			   bool write, uint32_t *value)
{
	switch (addr - hart->plic_page.base) {
	case PLIC_THRESHOLD:
		if (write)
			irqchip_write(addr, *value);
		else
			*value = irqchip_read(addr);
		break;
	case PLIC_CLAIM:
		if (write)
			complete(f, hart, *value);
		else
			*value = claim(f, hart);
		break;
	default:
		*value = 0;
	}
}

static uint32_t pending_read(const struct plic_filter *f, unsigned int c,
			     unsigned int word)
{
	const struct plic_own *own = &f->own[c];
	uint32_t bits = irqchip_read(f->model->machine.plic.base +
				     PLIC_PENDING + 4 * word);
	unsigned int n;

	bits &= own->sources.own[word];
	for (n = 0; n < own->sources.played_count; n++)
		if (own->sources.played[n] / 32 == word &&
		    own->pending >> n & 1)
			bits |= 1U << own->sources.played[n] % 32;
	return bits;
}

/* What of a shared register's bits a compartment may see and change. */
static uint32_t shared_mask(const struct plic_filter *f, unsigned int c,
			    uint64_t offset)
{
	const struct irqchip_sources *sources = &f->own[c].sources;
	unsigned int word = offset % PLIC_ENABLE_STRIDE / 4;

	if (offset < PLIC_PENDING)
		return irqchip_sources_own(sources, offset / 4) ? ~0U : 0;
	/* What lies before the enables wraps, and is no context's. */
	return find_context(f, c, (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE) ?
	       sources->own[word] : 0;
}

static void shared_access(struct plic_filter *f, unsigned int c, uint64_t addr,
			  bool write, uint32_t *value)
{
	uint64_t offset = addr - f->model->machine.plic.base;
	uint32_t mask = shared_mask(f, c, offset);

	if (write) {
		/* Bits of foreign sources are never set where one's own are. */
		if (mask)
			irqchip_write(addr, *value & mask);
	} else if (offset >= PLIC_PENDING && offset < PLIC_PENDING_END) {
		*value = pending_read(f, c, (offset - PLIC_PENDING) / 4);
	} else {
		*value = mask ? irqchip_read(addr) & mask : 0;
	}
}

bool plic_filter_access(struct plic_filter *f, unsigned int c, uint64_t addr,
			bool write, uint32_t *value)
{
	const struct memory_range *shared = &f->model->machine.plic;
	const struct machine_hart *hart;

	if (addr - shared->base < shared->size) {
		shared_access(f, c, addr, write, value);
		return true;
	}
	hart = find_page(f, c, addr);
	if (hart)
		context_access(f, hart, addr, write, value);
	return hart;
}

/* ---- The end of a life ---- */

static void context_set(const struct plic_filter *f,
			const struct machine_hart *hart,
			const uint32_t *enables)
{
	unsigned int word;

	for (word = 0; word < count_words(f); word++)
		irqchip_write(enable_address(f, hart, word),
			      enables ? enables[word] : 0);
	irqchip_write(hart->plic_page.base + PLIC_THRESHOLD, 0);
}

/*
 * A PLIC takes completions of enabled sources only, from any context, and
 * forgets a pending interrupt when it is claimed: one of the compartment's own
 * contexts completes what any of them had claimed, then claims what is left.
 */
static void sources_drain(const struct plic_filter *f, unsigned int c,
			  const struct machine_hart *hart)
{
	const struct irqchip_sources *sources = &f->own[c].sources;
	uint64_t port = hart->plic_page.base + PLIC_CLAIM;
	uint32_t source, last = f->model->machine.plic_sources;
	uint32_t rounds = 0;

	context_set(f, hart, sources->own);
	for (source = 1; source <= last; source++) {
		if (!irqchip_sources_own(sources, source))
			continue;
		irqchip_write(port, source);
		irqchip_write(priority_address(f, source), 1);
		rounds++;
	}
	/* Bounded: a wire that is still up would come again for ever. */
	for (; rounds; rounds--)
		irqchip_write(port, irqchip_read(port));
	context_set(f, hart, NULL);
	for (source = 1; source <= last; source++)
		if (irqchip_sources_own(sources, source))
			irqchip_write(priority_address(f, source), 0);
}

void plic_filter_clear(struct plic_filter *f, unsigned int c)
{
	const struct machine *machine = &f->model->machine;
	const struct machine_hart *any = NULL;
	struct plic_own *own = &f->own[c];
	unsigned int i;

	own->pending = 0;
	for (i = 0; i < IRQCHIP_PLAYED_MAX; i++)
		own->context[i] = -1;
	for (i = 0; i < machine->hart_count; i++) {
		const struct machine_hart *hart = &machine->harts[i];

		if (hart->owner != (int)c || !hart->plic_page.size)
			continue;
		context_set(f, hart, NULL);
		any = hart;
	}
	if (any)
		sources_drain(f, c, any);
}
