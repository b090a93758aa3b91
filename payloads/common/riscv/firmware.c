/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/console.h>
#include <common/firmware.h>
#include <compartment/abi.h>
#include <sbi.h>

long firmware_call(unsigned long extension, unsigned long function,
		   unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long *value)
{
	struct sbi_result result = sbi_call(extension, function, a0, a1, a2, a3,
					    0, 0);

	if (value)
		*value = result.value;
	return result.error;
}

long firmware_console_write(const char *text, size_t size, unsigned long *done)
{
	return firmware_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, size,
			     (unsigned long)text, 0, 0, done);
}

/* More than any system has. */
#define COMPARTMENTS_MAX 16

static void firmware_reset(unsigned long type, unsigned long reason)
	__attribute__((noreturn));

static void firmware_reset(unsigned long type, unsigned long reason)
{
	firmware_call(SBI_EXT_SRST, 0, type, reason, 0, 0, NULL);
	print("the firmware refused a reset\n");
	for (;;)
		__asm__ volatile ("wfi");
}

void firmware_end(bool failed)
{
	firmware_reset(SBI_SRST_SHUTDOWN, failed ? 1 : 0);
}

void firmware_restart(void)
{
	firmware_reset(SBI_SRST_COLD_REBOOT, 0);
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
