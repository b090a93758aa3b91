/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include "guest.h"

struct attempt {
	uint64_t address;
	unsigned int width;
	uint64_t value;
};

static void attempt_store(void *argument)
{
	const struct attempt *a = argument;
	volatile void *at = (volatile void *)(uintptr_t)a->address;

	switch (a->width) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)a->value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)a->value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)a->value;
		break;
	default:
		*(volatile uint64_t *)at = a->value;
	}
}

static void attempt_load(void *argument)
{
	struct attempt *a = argument;
	volatile void *at = (volatile void *)(uintptr_t)a->address;

	switch (a->width) {
	case 1:
		a->value = *(volatile uint8_t *)at;
		break;
	case 2:
		a->value = *(volatile uint16_t *)at;
		break;
	case 4:
		a->value = *(volatile uint32_t *)at;
		break;
	default:
		a->value = *(volatile uint64_t *)at;
	}
}

static void attempt_swap(void *argument)
{
	const struct attempt *a = argument;

	__atomic_exchange_n((uint32_t *)(uintptr_t)a->address,
			    (uint32_t)a->value, __ATOMIC_SEQ_CST);
}

bool guest_store_faults(uint64_t address, unsigned int width, uint64_t value)
{
	struct attempt attempt = { address, width, value };
	struct trap_record record;

	return trap_run(attempt_store, &attempt, &record);
}

bool guest_load_faults(uint64_t address, unsigned int width, uint64_t *value)
{
	struct attempt attempt = { address, width, 0 };
	struct trap_record record;
	bool faulted = trap_run(attempt_load, &attempt, &record);

	*value = attempt.value;
	return faulted;
}

bool guest_swap_faults(uint64_t address, uint32_t value)
{
	struct attempt attempt = { address, 4, value };
	struct trap_record record;

	return trap_run(attempt_swap, &attempt, &record);
}
