/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/console.h>
#include <common/firmware.h>
#include <sbi.h>

long firmware_conduit(unsigned long extension, unsigned long function,
		      unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long *value)
{
	struct sbi_result result = sbi_call(extension, function, a0, a1, a2, a3,
					    0, 0);

	if (value)
		*value = result.value;
	return result.error;
}

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
