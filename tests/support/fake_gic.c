/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_gic.h. */
#include "fake_gic.h"

#include <string.h>

#include "../../lib/arm64/gic_registers.h"
#include "unit.h"

uint32_t fake_gic_words[FAKE_GIC_WORDS];
void (*fake_gic_watch)(size_t word, uint32_t changed);

uint64_t fake_gic_address(size_t word)
{
	uint64_t offset = 4 * word;

	return offset < 0x10000 ? FAKE_GICD + offset
				: FAKE_GICR + offset - 0x10000;
}

/* An access outside of the GIC, or not aligned, would be one of EL2's own. */
static uint32_t *word_find(uint64_t addr)
{
	static uint32_t nowhere;

	if (addr % 4 == 0 && addr - FAKE_GICD < 0x10000)
		return &fake_gic_words[(addr - FAKE_GICD) / 4];
	if (addr % 4 == 0 && addr - FAKE_GICR < FAKE_HARTS * FAKE_GICR_SIZE)
		return &fake_gic_words[(addr - FAKE_GICR + 0x10000) / 4];
	CU_FAIL("an access outside of the GIC");
	return &nowhere;
}

/* In a frame whose registers hold bits for sources. */
static bool is_source_bits(uint64_t addr)
{
	uint32_t offset = addr & 0xffff;

	return (addr - FAKE_GICD < 0x10000 ||
		(addr - FAKE_GICR) % FAKE_GICR_SIZE >= 0x10000) &&
	       offset >= GIC_ISENABLER && offset < GIC_IPRIORITYR;
}

uint32_t gic_read(uint64_t addr)
{
	/* Sets and clears are 0x80 apart; the state lies where sets are. */
	return *word_find(is_source_bits(addr) ? addr & ~0x80ULL : addr);
}

void gic_write(uint64_t addr, uint32_t value)
{
	bool bits = is_source_bits(addr);
	uint32_t *word = word_find(bits ? addr & ~0x80ULL : addr);
	uint32_t old = *word;

	if (!bits)
		*word = value;
	else if (addr & 0x80)
		*word &= ~value;
	else
		*word |= value;
	if (fake_gic_watch)
		fake_gic_watch(word - fake_gic_words, *word ^ old);
}

uint8_t gic_read8(uint64_t addr)
{
	return (uint8_t)(gic_read(addr & ~3ULL) >> 8 * (addr & 3));
}

void gic_write8(uint64_t addr, uint8_t value)
{
	uint32_t shift = 8 * (addr & 3);

	gic_write(addr & ~3ULL, (gic_read(addr & ~3ULL) & ~(0xffU << shift)) |
		  (uint32_t)value << shift);
}

uint64_t gic_read64(uint64_t addr)
{
	return (uint64_t)gic_read(addr + 4) << 32 | gic_read(addr);
}

void gic_write64(uint64_t addr, uint64_t value)
{
	gic_write(addr, (uint32_t)value);
	gic_write(addr + 4, value >> 32);
}

void gic_wait(uint64_t addr, uint32_t bits)
{
	CU_ASSERT(!(gic_read(addr) & bits));
}

void fake_gic_reset(bool two_states)
{
	unsigned int i;

	memset(fake_gic_words, 0, sizeof(fake_gic_words));
	fake_gic_watch = NULL;
	gic_write(FAKE_GICD + GICD_CTLR, GICD_CTLR_ARE |
		  (two_states ? 0 : GICD_CTLR_DS));
	/* LPIs, message-based SPIs, 16 ID bits, as QEMU's; 9 words. */
	gic_write(FAKE_GICD + GICD_TYPER, 0x037a0000 | (FAKE_WORDS - 1));
	gic_write(FAKE_GICD + GICD_IIDR, 0x43b);
	gic_write(FAKE_GICD + GIC_PIDR2, 0x4b);
	for (i = 0; i < FAKE_HARTS; i++) {
		/* Affinity, number, DirectLPI, VLPIS, PLPIS. */
		gic_write64(FAKE_RD(i) + GICR_TYPER,
			    (uint64_t)i << 32 | i << 8 | 0xb);
		gic_write(FAKE_RD(i) + GIC_PIDR2, 0x4b);
		gic_write(FAKE_RD(i) + GICR_IIDR, 0x43b);
	}
}

static void device_add(struct model *model, unsigned int owner, uint32_t intid)
{
	struct model_device *device = &model->devices[model->device_count++];

	device->owner = owner;
	device->interrupts[0] = intid;
	device->interrupt_count = 1;
}

static void channel_add(struct model *model, unsigned int client, bool played)
{
	struct model_channel *channel =
		&model->channels[model->channel_count];

	channel->client = client;
	channel->server = !client;
	channel->registers.range.size = played ? 0x1000 : 0;
	channel->interrupt = FAKE_PLAYED + model->channel_count++;
}

void fake_gic_model(struct model *model)
{
	unsigned int i;

	memset(model, 0, sizeof(*model));
	model->compartment_count = 2;
	model->machine.distributor.base = FAKE_GICD;
	model->machine.distributor.size = 0x10000;
	model->machine.hart_count = FAKE_HARTS;
	for (i = 0; i < FAKE_HARTS; i++) {
		struct machine_hart *hart = &model->machine.harts[i];
		struct model_compartment *owner = &model->compartments[i / 2];

		hart->id = i;
		hart->owner = i / 2;
		hart->redistributor.base = FAKE_RD(i);
		hart->redistributor.size = FAKE_GICR_SIZE;
		hart->doorbell_interrupt = FAKE_DOORBELL + i;
		owner->harts[owner->hart_count++] = i;
		owner->boot_hart = i / 2 * 2;
	}
	device_add(model, 0, 33);
	device_add(model, 0, 40);
	device_add(model, 0, 95);
	device_add(model, 1, 34);
	device_add(model, 1, 96);
	channel_add(model, 0, true);
	channel_add(model, 1, true);
	channel_add(model, 0, false);
}
