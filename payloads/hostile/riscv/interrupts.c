/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/probe.h>
#include "../hostile.h"
#include "groups.h"
#include "interrupts.h"

uint32_t interrupts_read(uint64_t address)
{
	return *(volatile uint32_t *)(uintptr_t)address;
}

void interrupts_write(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

bool interrupts_is_own(unsigned int source)
{
	for (unsigned int i = 0; i < tree.device_count; i++) {
		if (source && tree.devices[i].source == (int)source)
			return true;
	}
	return false;
}

uint32_t interrupts_get_own(unsigned int word)
{
	uint32_t own = 0;

	for (unsigned int i = 0; i < 32; i++)
		own |= (uint32_t)interrupts_is_own(32 * word + i) << i;
	return own;
}

void interrupts_try_widths(const char *name, const uint64_t *addresses,
			   unsigned int count)
{
	static const unsigned int sizes[] = { 1, 2, 8 };
	uint64_t value;

	attempt_begin("interrupts: registers of the %s by other widths", name);
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int s = 0; s < 3; s++) {
			uint64_t at = addresses[i] & ~(uint64_t)(sizes[s] - 1);

			attempt(!probe_load(at, sizes[s], &value), "load",
				at);
			attempt(!probe_store(at, sizes[s], ~0ULL), "store",
				at);
		}
	}
	attempt_end();
}

void interrupts_run(void)
{
	plic_run();
	aplic_run();
	arrivals_run();
	played_run();
}
