/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/probe.h>

struct probe {
	uint64_t address, value;
	unsigned int size;
	bool write;
};

static void probe_perform(void *context)
{
	struct probe *probe = context;
	uintptr_t at = probe->address;

	switch (probe->size << 1 | probe->write) {
	case 1 << 1:
		probe->value = *(volatile uint8_t *)at;
		break;
	case 2 << 1:
		probe->value = *(volatile uint16_t *)at;
		break;
	case 4 << 1:
		probe->value = *(volatile uint32_t *)at;
		break;
	case 8 << 1:
		probe->value = *(volatile uint64_t *)at;
		break;
	case 1 << 1 | 1:
		*(volatile uint8_t *)at = (uint8_t)probe->value;
		break;
	case 2 << 1 | 1:
		*(volatile uint16_t *)at = (uint16_t)probe->value;
		break;
	case 4 << 1 | 1:
		*(volatile uint32_t *)at = (uint32_t)probe->value;
		break;
	case 8 << 1 | 1:
		*(volatile uint64_t *)at = probe->value;
		break;
	}
}

bool probe_load(uint64_t address, unsigned int size, uint64_t *value)
{
	struct probe probe = { address, 0, size, false };
	struct trap_record record;
	bool done = !trap_run(probe_perform, &probe, &record);

	*value = done ? probe.value : 0;
	return done;
}

bool probe_store(uint64_t address, unsigned int size, uint64_t value)
{
	struct probe probe = { address, value, size, true };
	struct trap_record record;

	return !trap_run(probe_perform, &probe, &record);
}
