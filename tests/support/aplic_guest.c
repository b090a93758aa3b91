/* SPDX-License-Identifier: BSD-2-Clause */
#include "aplic_guest.h"
#include "unit.h"

struct model aplic_model;
struct aplic_filter aplic_filter;

void aplic_setup(bool sends_msis)
{
	fake_irqchip_reset(sends_msis);
	fake_irqchip_model(&aplic_model, sends_msis);
	aplic_filter_init(&aplic_filter, &aplic_model);
}

void aplic_put(uint32_t offset, uint32_t value)
{
	CU_ASSERT(aplic_filter_access(&aplic_filter, 0, FAKE_APLIC + offset,
				      true, &value));
}

uint32_t aplic_get(uint32_t offset)
{
	uint32_t value = 0x55555555;

	CU_ASSERT(aplic_filter_access(&aplic_filter, 0, FAKE_APLIC + offset,
				      false, &value));
	return value;
}

uint32_t aplic_target(unsigned int hart, uint32_t rest)
{
	return FAKE_INDEX(hart) << APLIC_TARGET_HART_SHIFT | rest;
}

void aplic_use(unsigned int source, uint32_t mode, uint32_t to)
{
	aplic_put(APLIC_SOURCECFG + 4 * source, mode);
	aplic_put(APLIC_TARGET + 4 * source, to);
	aplic_put(APLIC_SETIE + APLIC_NUM, source);
}

void aplic_activate_foreign(void)
{
	unsigned int source;

	for (source = 1; source <= FAKE_SOURCES; source++) {
		if (fake_owns(source))
			continue;
		fake_aplic.sourcecfg[source] = APLIC_SM_EDGE_RISING;
		fake_aplic.target[source] = aplic_target(2, 77);
	}
}
