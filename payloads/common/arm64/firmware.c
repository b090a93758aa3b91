/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart_data.h>
#include <doorbell/abi.h>
#include <smccc.h>

/* Functions of one extension; the next one's follow. */
#define FUNCTIONS_MAX	0x100

long firmware_conduit(unsigned long extension, unsigned long function,
		      unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long *value)
{
	struct smccc_result result;
	uint32_t base;

	switch (extension) {
	case DOORBELL_EID:
		base = DOORBELL_SMCCC;
		break;
	case COMPARTMENT_EID:
		base = COMPARTMENT_SMCCC;
		break;
	case CONSOLE_EID:
		base = CONSOLE_SMCCC;
		break;
	default:
		return CALL_ERR_NOT_SUPPORTED;
	}
	if (function >= FUNCTIONS_MAX)
		return CALL_ERR_NOT_SUPPORTED;
	result = smccc_call(base + function, a0, a1, a2, a3);
	if (value)
		*value = result.x1;
	return result.x0;
}

static void firmware_reset(uint32_t function, unsigned long type)
	__attribute__((noreturn));

static void firmware_reset(uint32_t function, unsigned long type)
{
	smccc_call(function, type, 0, 0, 0);
	print("the firmware refused a reset\n");
	for (;;)
		hart_sleep();
}

void firmware_end(bool failed)
{
	if (failed)
		firmware_reset(PSCI_SYSTEM_RESET2, PSCI_RESET2_FAILED);
	firmware_reset(PSCI_SYSTEM_OFF, 0);
}

void firmware_restart(void)
{
	firmware_reset(PSCI_SYSTEM_RESET, 0);
}
