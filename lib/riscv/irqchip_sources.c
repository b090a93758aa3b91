/* SPDX-License-Identifier: BSD-2-Clause */
/* See irqchip_sources.h. */
#include "irqchip_sources.h"

static bool source_add(struct irqchip_sources *sources, uint32_t source,
		       unsigned int last)
{
	/* Stops writes behind the words. 0 stands for none. */
	if (!source || source > last || source >= 32 * IRQCHIP_WORDS)
		return false;
	sources->own[source / 32] |= 1U << source % 32;
	return true;
}

static void played_add(struct irqchip_sources *sources, uint32_t source,
		       unsigned int last)
{
	if (source_add(sources, source, last))
		sources->played[sources->played_count++] = (uint16_t)source;
}

void irqchip_sources_read(struct irqchip_sources *sources,
			  const struct model *model, unsigned int compartment,
			  unsigned int last)
{
	const struct model_compartment *c = &model->compartments[compartment];
	unsigned int i, j;

	*sources = (struct irqchip_sources){ .played_count = 0 };
	for (i = 0; i < model->device_count; i++) {
		const struct model_device *device = &model->devices[i];

		if (device->owner != compartment)
			continue;
		for (j = 0; j < device->interrupt_count; j++)
			source_add(sources, device->interrupts[j], last);
	}
	for (i = 0; i < model->channel_count; i++) {
		const struct model_channel *channel = &model->channels[i];

		if (channel->client == compartment &&
		    model_has_front_end(channel))
			played_add(sources, channel->interrupt, last);
	}
	if (c->uart.size)
		played_add(sources, c->uart_interrupt, last);
}

bool irqchip_sources_own(const struct irqchip_sources *sources,
			 uint32_t source)
{
	return source < 32 * IRQCHIP_WORDS &&
	       sources->own[source / 32] >> source % 32 & 1;
}

int irqchip_sources_find_played(const struct irqchip_sources *sources,
				uint32_t source)
{
	unsigned int i;

	for (i = 0; i < sources->played_count; i++)
		if (sources->played[i] == source)
			return (int)i;
	return -1;
}
