/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/probe.h>
#include "guest.h"

struct attempt {
	uint64_t address;
	uint32_t value;
};

static void attempt_swap(void *argument)
{
	const struct attempt *a = argument;

	__atomic_exchange_n((uint32_t *)(uintptr_t)a->address,
			    a->value, __ATOMIC_SEQ_CST);
}

bool guest_store_faults(uint64_t address, unsigned int width, uint64_t value)
{
	return !probe_store(address, width, value);
}

bool guest_load_faults(uint64_t address, unsigned int width, uint64_t *value)
{
	return !probe_load(address, width, value);
}

bool guest_swap_faults(uint64_t address, uint32_t value)
{
	struct attempt attempt = { address, value };
	struct trap_record record;

	return trap_run(attempt_swap, &attempt, &record);
}
