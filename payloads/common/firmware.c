/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/firmware.h>

/* More than any system has. */
#define COMPARTMENTS_MAX 16

static uint64_t firmware_calls;

long firmware_call(unsigned long extension, unsigned long function,
		   unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long *value)
{
	__atomic_fetch_add(&firmware_calls, 1, __ATOMIC_RELAXED);
	return firmware_conduit(extension, function, a0, a1, a2, a3, value);
}

uint64_t firmware_get_calls(void)
{
	return __atomic_load_n(&firmware_calls, __ATOMIC_RELAXED);
}

long firmware_console_write(const char *text, size_t size, unsigned long *done)
{
	return firmware_call(CONSOLE_EID, CONSOLE_FID_WRITE, size,
			     (unsigned long)text, 0, 0, done);
}

static uint64_t firmware_get_counter_of(unsigned long compartment,
					unsigned int counter)
{
	unsigned long value;

	if (firmware_call(COMPARTMENT_EID, COMPARTMENT_FID_GET_COUNTER,
			  compartment, counter, 0, 0, &value))
		return 0;
	return value;
}

uint64_t firmware_get_counter(unsigned int counter)
{
	return firmware_get_counter_of(COMPARTMENT_SELF, counter);
}

uint64_t firmware_get_observed(unsigned int counter)
{
	unsigned long self;
	uint64_t sum = 0;

	if (firmware_call(COMPARTMENT_EID, COMPARTMENT_FID_GET_SELF, 0, 0, 0, 0,
			  &self))
		return 0;
	self &= COMPARTMENT_STATE_MASK;
	/* A number that does not exist or may not be observed counts 0. */
	for (unsigned long i = 0; i < COMPARTMENTS_MAX; i++) {
		if (i != self)
			sum += firmware_get_counter_of(i, counter);
	}
	return sum;
}

uint64_t firmware_get_life(void)
{
	unsigned long value;

	if (firmware_call(COMPARTMENT_EID, COMPARTMENT_FID_GET_SELF, 0, 0, 0, 0,
			  &value))
		return 0;
	return value >> COMPARTMENT_STARTS_SHIFT;
}
