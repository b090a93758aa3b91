/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_irqchip.h. */
#include "fake_irqchip.h"

#include <string.h>

#include "../../lib/riscv/aplic_registers.h"
#include "../../lib/riscv/irqchip_sources.h"
#include "../../lib/riscv/plic_registers.h"
#include "unit.h"

#define PRIORITIES	7U	/* the highest; a power of two less one */

struct fake_plic fake_plic;
struct fake_aplic fake_aplic;
uint32_t fake_message;
unsigned int fake_messages, fake_accesses;
int fake_plic_rival;

bool fake_owns(unsigned int source)
{
	return source == 1 || source == 33 || source == 40 || source == 95 ||
	       (source >= 50 && source <= 52);
}

uint32_t fake_own_word(unsigned int word)
{
	uint32_t bits = 0;
	unsigned int i;

	for (i = 0; i < 32; i++)
		bits |= (uint32_t)fake_owns(32 * word + i) << i;
	return bits;
}

bool fake_bit(const uint32_t *words, unsigned int source)
{
	return words[source / 32] >> source % 32 & 1;
}

void fake_set_bit(uint32_t *words, unsigned int source, bool value)
{
	words[source / 32] &= ~(1U << source % 32);
	words[source / 32] |= (uint32_t)value << source % 32;
}

/* ---- PLIC ---- */

/* A gateway sends one on only after the one before was completed. */
static void plic_look(unsigned int source)
{
	if (fake_bit(fake_plic.wires, source) &&
	    !fake_bit(fake_plic.claimed, source))
		fake_set_bit(fake_plic.pending, source, true);
}

void fake_plic_wire(unsigned int source, bool up)
{
	fake_set_bit(fake_plic.wires, source, up);
	plic_look(source);
}

unsigned int fake_plic_best(unsigned int context)
{
	uint32_t best = fake_plic.threshold[context];
	unsigned int source, found = 0;

	for (source = 1; source <= FAKE_SOURCES; source++) {
		if (!fake_bit(fake_plic.pending, source) ||
		    !fake_bit(fake_plic.enable[context], source) ||
		    fake_plic.priority[source] <= best)
			continue;
		best = fake_plic.priority[source];
		found = source;
	}
	return found;
}

static uint32_t plic_claim(unsigned int context)
{
	unsigned int source;

	if (fake_plic_rival >= 0) {
		unsigned int rival = (unsigned int)fake_plic_rival;

		fake_plic_rival = -1;
		plic_claim(rival);
	}
	source = fake_plic_best(context);
	if (source) {
		fake_set_bit(fake_plic.pending, source, false);
		fake_set_bit(fake_plic.claimed, source, true);
	}
	return source;
}

static void plic_complete(unsigned int context, uint32_t source)
{
	if (source > FAKE_SOURCES ||
	    !fake_bit(fake_plic.enable[context], source))
		return;
	fake_set_bit(fake_plic.claimed, source, false);
	plic_look(source);
}

static uint32_t nowhere;

/* Registers that just hold something. */
static uint32_t *plic_word(uint64_t offset)
{
	uint64_t word = offset % PLIC_ENABLE_STRIDE / 4;
	uint64_t context = (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE;

	nowhere = 0;
	if (offset < PLIC_PENDING)
		return offset / 4 && offset / 4 <= FAKE_SOURCES ?
		       &fake_plic.priority[offset / 4] : &nowhere;
	if (offset < PLIC_ENABLE || word >= FAKE_WORDS ||
	    context >= FAKE_CONTEXTS)
		return &nowhere;
	return &fake_plic.enable[context][word];
}

static uint32_t plic_read(uint64_t offset)
{
	uint64_t context = (offset - 0x200000) / 0x1000;

	if (offset >= 0x200000)
		return offset % 0x1000 == PLIC_CLAIM ?
		       plic_claim((unsigned int)context) :
		       fake_plic.threshold[context];
	if (offset >= PLIC_PENDING && offset < PLIC_PENDING + 4 * FAKE_WORDS)
		return fake_plic.pending[(offset - PLIC_PENDING) / 4];
	return *plic_word(offset);
}

static void plic_write(uint64_t offset, uint32_t value)
{
	uint64_t context = (offset - 0x200000) / 0x1000;

	if (offset >= 0x200000 && offset % 0x1000 == PLIC_CLAIM)
		plic_complete((unsigned int)context, value);
	else if (offset >= 0x200000)
		fake_plic.threshold[context] = value & PRIORITIES;
	else
		*plic_word(offset) = offset < PLIC_PENDING ? value & PRIORITIES :
							     value;
}

/* ---- APLIC ---- */

static bool is_active(uint32_t source)
{
	return source && source <= FAKE_SOURCES && fake_aplic.sourcecfg[source];
}

/* A message, if it is due: it takes the pending bit with it. */
static void aplic_send(unsigned int source)
{
	if (!(fake_aplic.domaincfg & APLIC_DOMAINCFG_DM) ||
	    !(fake_aplic.domaincfg & APLIC_DOMAINCFG_IE) ||
	    !fake_bit(fake_aplic.pending, source) ||
	    !fake_bit(fake_aplic.enabled, source))
		return;
	fake_set_bit(fake_aplic.pending, source, false);
	fake_message = fake_aplic.target[source];
	fake_messages++;
}

static void aplic_change(uint32_t kind, uint32_t source)
{
	uint32_t *words = kind < APLIC_SETIE ? fake_aplic.pending :
					       fake_aplic.enabled;

	if (!is_active(source))
		return;
	fake_set_bit(words, source, kind == APLIC_SETIP || kind == APLIC_SETIE);
	aplic_send(source);
}

static void aplic_configure(uint32_t source, uint32_t value)
{
	fake_aplic.sourcecfg[source] = value;
	if (value)
		return;
	fake_set_bit(fake_aplic.pending, source, false);
	fake_set_bit(fake_aplic.enabled, source, false);
}

static uint32_t aplic_claim(unsigned int index)
{
	unsigned int source;

	for (source = 1; source <= FAKE_SOURCES; source++) {
		if (!fake_bit(fake_aplic.pending, source) ||
		    !fake_bit(fake_aplic.enabled, source) ||
		    fake_aplic.target[source] >> 18 != index)
			continue;
		fake_set_bit(fake_aplic.pending, source, false);
		return source << 16 | (fake_aplic.target[source] & 0xff);
	}
	return 0;
}

static uint32_t aplic_read(uint64_t offset)
{
	uint32_t source = offset % 0x1000 / 4;
	uint32_t word = offset % 0x100 / 4;

	if (offset == APLIC_DOMAINCFG)
		return fake_aplic.domaincfg;
	if (offset >= APLIC_IDC)
		return offset % 32 == APLIC_IDC_CLAIMI ?
		       aplic_claim((unsigned int)(offset - APLIC_IDC) / 32) :
		       fake_aplic.idc[(offset - APLIC_IDC) / 32][offset % 32 / 4];
	if (offset >= APLIC_SETIP && offset < APLIC_CLRIE_END)
		return word >= FAKE_WORDS ? 0 : offset < APLIC_SETIE ?
		       fake_aplic.pending[word] : fake_aplic.enabled[word];
	if (!source || source > FAKE_SOURCES)
		return 0;
	return offset >= APLIC_TARGET ? fake_aplic.target[source] :
					fake_aplic.sourcecfg[source];
}

static void aplic_write(uint64_t offset, uint32_t value)
{
	uint32_t source = offset % 0x1000 / 4, low = offset % 0x100, i;

	if (offset == APLIC_DOMAINCFG) {
		fake_aplic.domaincfg = value;
	} else if (offset >= APLIC_IDC) {
		fake_aplic.idc[(offset - APLIC_IDC) / 32][offset % 32 / 4] =
			value;
	} else if (offset >= APLIC_SETIP && offset < APLIC_CLRIE_END) {
		if (low == APLIC_NUM)
			aplic_change(offset & ~0xffU, value);
		for (i = 0; low < 4 * FAKE_WORDS && i < 32; i++)
			if (value >> i & 1)
				aplic_change(offset & ~0xffU, 8 * low + i);
	} else if (source && source <= FAKE_SOURCES) {
		if (offset < APLIC_TARGET)
			aplic_configure(source, value);
		else if (fake_aplic.sourcecfg[source]) /* AIA 4.5.16 */
			fake_aplic.target[source] = value;
	}
}

/* ---- Both ---- */

/* An access outside of both, or not aligned, would be one of the firmware's. */
static bool is_inside(uint64_t addr, uint64_t base, uint64_t size)
{
	return addr % 4 == 0 && addr - base < size;
}

uint32_t irqchip_read(uint64_t addr)
{
	fake_accesses++;
	if (is_inside(addr, FAKE_PLIC, 0x200000 + 0x1000 * FAKE_CONTEXTS))
		return plic_read(addr - FAKE_PLIC);
	if (is_inside(addr, FAKE_APLIC, 0x4000 + 32 * FAKE_INDICES))
		return aplic_read(addr - FAKE_APLIC);
	CU_FAIL("a read outside of the controllers");
	return 0;
}

void irqchip_write(uint64_t addr, uint32_t value)
{
	fake_accesses++;
	if (is_inside(addr, FAKE_PLIC, 0x200000 + 0x1000 * FAKE_CONTEXTS))
		plic_write(addr - FAKE_PLIC, value);
	else if (is_inside(addr, FAKE_APLIC, 0x4000 + 32 * FAKE_INDICES))
		aplic_write(addr - FAKE_APLIC, value);
	else
		CU_FAIL("a write outside of the controllers");
}

void fake_irqchip_reset(bool sends_msis)
{
	memset(&fake_plic, 0, sizeof(fake_plic));
	memset(&fake_aplic, 0, sizeof(fake_aplic));
	fake_aplic.domaincfg = sends_msis ? APLIC_DOMAINCFG_DM : 0;
	fake_messages = 0;
	fake_message = 0;
	fake_accesses = 0;
	fake_plic_rival = -1;
}

static void device_add(struct model *model, unsigned int owner, uint32_t source)
{
	struct model_device *device = &model->devices[model->device_count++];

	device->owner = owner;
	device->interrupts[device->interrupt_count++] = source;
}

static void channel_add(struct model *model, unsigned int client,
			uint32_t interrupt, bool has_front_end)
{
	struct model_channel *channel =
		&model->channels[model->channel_count++];

	channel->client = client;
	channel->server = !client;
	channel->interrupt = interrupt;
	channel->registers.range.size = has_front_end ? MODEL_PAGE_SIZE : 0;
}

static void harts_add(struct model *model)
{
	unsigned int i;

	for (i = 0; i < FAKE_HARTS; i++) {
		struct machine_hart *hart = &model->machine.harts[i];
		struct model_compartment *owner = &model->compartments[i / 2];

		hart->id = i;
		hart->owner = (int)i / 2;
		hart->plic_context = FAKE_CONTEXT((int)i);
		hart->plic_page.base = FAKE_PAGE(FAKE_CONTEXT(i));
		hart->plic_page.size = 0x1000;
		hart->aplic_index = FAKE_INDEX((int)i);
		owner->harts[owner->hart_count++] = i;
		owner->boot_hart = i / 2 * 2;
	}
}

void fake_irqchip_model(struct model *model, bool sends_msis)
{
	memset(model, 0, sizeof(*model));
	model->compartment_count = 2;
	model->machine.plic.base = FAKE_PLIC;
	model->machine.plic.size = FAKE_PLIC_SHARED;
	model->machine.plic_sources = FAKE_SOURCES;
	model->machine.aplic.base = FAKE_APLIC;
	model->machine.aplic.size = FAKE_APLIC_SIZE;
	model->machine.aplic_sources = FAKE_SOURCES;
	model->machine.aplic_sends_msis = sends_msis;
	model->machine.hart_count = FAKE_HARTS;
	harts_add(model);
	device_add(model, 0, 1);
	model->devices[0].interrupts[model->devices[0].interrupt_count++] = 40;
	model->devices[0].interrupts[model->devices[0].interrupt_count++] = 33;
	device_add(model, 0, 95);
	device_add(model, 1, 2);
	device_add(model, 1, 96);
	channel_add(model, 0, 51, true);
	channel_add(model, 0, 50, true);
	channel_add(model, 1, 60, true);
	/* The client drives this one itself: it has no device, nor a source. */
	channel_add(model, 0, 70, false);
	model->compartments[0].uart.size = 0x100;
	model->compartments[0].uart_interrupt = 52;
	model->compartments[1].uart_interrupt = 71;
}
