/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of guests, by HVC or SMC alike: Arm DEN0028, "SMC Calling
 * Convention". docs/smccc-abi.md lists what is answered; nothing of it reaches
 * the firmware below but through psci.c. x2 to x17 are left as they are, where
 * they are no results.
 */
#include <doorbell/abi.h>
#include "arm64.h"

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U
/* Vendor-specific hypervisor service */
#define SMCCC_UID		0x8600ff01U
#define SMCCC_REVISION		0x8600ff03U

#define SMCCC_VERSION_1_2	0x00010002
#define SMCCC_NOT_SUPPORTED	((uint64_t)-1)

/* Of the doorbell, compartment and console calls: functions of one service */
#define SERVICE_BASE(function)	((function) & ~0xffU)
#define SERVICE_FUNCTION(function) ((function) & 0xffU)

#define REVISION_MAJOR		1
#define REVISION_MINOR		0

/* 2f16e244-7b1f-4d25-8652-e39c1ff7350c: these calls, as documented. */
static const uint32_t uid[] = {
	0x44e2162f, 0x254d1f7b, 0x9ce35286, 0x0c35f71f,
};

/* A call of one of the services; whether it was one. */
static bool service_call(struct hart *self, struct trap_frame *frame,
			 uint32_t function)
{
	uint32_t service = SERVICE_BASE(function);
	struct call call = { .args = &frame->x[1] };
	long error;

	function = SERVICE_FUNCTION(function);
	if (service == DOORBELL_SMCCC)
		error = call_doorbell(self, function, &call);
	else if (service == COMPARTMENT_SMCCC)
		error = call_compartment(self, function, &call);
	else if (service == CONSOLE_SMCCC)
		error = call_console(self, function, &call);
	else
		return false;

	frame->x[0] = (uint64_t)error;
	/* A function that is not there is what the convention says it is. */
	if (error == CALL_ERR_NOT_SUPPORTED)
		frame->x[0] = SMCCC_NOT_SUPPORTED;
	else
		frame->x[1] = call.value;
	return true;
}

static void architecture_call(struct trap_frame *frame, uint32_t function)
{
	uint32_t argument = (uint32_t)frame->x[1];
	unsigned int i;

	switch (function) {
	case SMCCC_VERSION:
		frame->x[0] = SMCCC_VERSION_1_2;
		break;
	case SMCCC_ARCH_FEATURES:
		frame->x[0] = argument == SMCCC_VERSION ||
			      argument == SMCCC_ARCH_FEATURES ?
			      0 : SMCCC_NOT_SUPPORTED;
		break;
	case SMCCC_UID:
		for (i = 0; i < sizeof(uid) / sizeof(uid[0]); i++)
			frame->x[i] = uid[i];
		break;
	case SMCCC_REVISION:
		frame->x[0] = REVISION_MAJOR;
		frame->x[1] = REVISION_MINOR;
		break;
	default:
		frame->x[0] = SMCCC_NOT_SUPPORTED;
	}
}

void smccc_call(struct core *core, struct trap_frame *frame)
{
	uint32_t function = (uint32_t)frame->x[0];

	if (!service_call(&core->hart, frame, function) && !psci_call(frame))
		architecture_call(frame, function);
}
