/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/hart.h>
#include "../hostile.h"
#include "groups.h"
#include "interrupts.h"

struct interrupts_access {
	uint64_t address, value;
	unsigned int size;
	bool write;
};

static void interrupts_perform(void *context)
{
	struct interrupts_access *access = context;
	uintptr_t at = access->address;

	switch (access->size << 1 | access->write) {
	case 1 << 1:
		access->value = *(volatile uint8_t *)at;
		break;
	case 2 << 1:
		access->value = *(volatile uint16_t *)at;
		break;
	case 4 << 1:
		access->value = *(volatile uint32_t *)at;
		break;
	case 8 << 1:
		access->value = *(volatile uint64_t *)at;
		break;
	case 1 << 1 | 1:
		*(volatile uint8_t *)at = (uint8_t)access->value;
		break;
	case 2 << 1 | 1:
		*(volatile uint16_t *)at = (uint16_t)access->value;
		break;
	case 4 << 1 | 1:
		*(volatile uint32_t *)at = (uint32_t)access->value;
		break;
	case 8 << 1 | 1:
		*(volatile uint64_t *)at = access->value;
		break;
	}
}

bool interrupts_peek(uint64_t address, unsigned int size, uint64_t *value)
{
	struct interrupts_access access = { address, 0, size, false };
	struct trap_record record;
	bool done = !trap_run(interrupts_perform, &access, &record);

	*value = done ? access.value : 0;
	return done;
}

bool interrupts_poke(uint64_t address, unsigned int size, uint64_t value)
{
	struct interrupts_access access = { address, value, size, true };
	struct trap_record record;

	return !trap_run(interrupts_perform, &access, &record);
}

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

			attempt(!interrupts_peek(at, sizes[s], &value), "load",
				at);
			attempt(!interrupts_poke(at, sizes[s], ~0ULL), "store",
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
