/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI for guests: the machine that it turns on and off is their compartment.
 */
#include <arm64/psci.h>
#include <compartment/manifest.h>
#include "arm64.h"

#define VERSION_1_1		0x00010001
#define MIGRATE_NOT_NEEDED	2	/* there is no Trusted OS to move */

#define SMCCC_VERSION		0x80000000U
/* Bit 30 of a function's identifier: arguments of 64 bits */
#define SMCCC_64		(1U << 30)

/* power_state of CPU_SUSPEND, in the original format */
#define STATE_POWER_DOWN	(1U << 16)
#define STATE_RESERVED		0xfcfe0000U

/* HCR_EL2 */
#define HCR_IMO			(1ULL << 4)

#define AFFINITY_LEVEL_MAX	3
#define AFFINITY_LEVEL_BITS	8

int64_t psci_forward(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;

	__asm__ volatile ("smc	#0"
			  : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
			  : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			      "x12", "x13", "x14", "x15", "x16", "x17",
			      "memory");
	/* Errors are of 32 bits, whatever the upper ones are. */
	return (int32_t)x0;
}

void psci_cpu_off(void)
{
	/* It returns only if it is refused; then nothing is run here either. */
	for (;;)
		psci_forward(PSCI_CPU_OFF, 0, 0, 0);
}

static unsigned int compartment_this(void)
{
	return (unsigned int)core_this()->hart.compartment;
}

/* The caller's core of that name, or NULL: it cannot name any other. */
static struct core *target_find(uint64_t target)
{
	if (target > UINT32_MAX ||
	    model_find_owner(&partitioner.model, (uint32_t)target) !=
	    (int)compartment_this())
		return NULL;
	return core_find(target);
}

/* Why a core that is on, or on its way, is not started; or 0. */
static int64_t start_refuse(const struct core *core)
{
	switch (core_get_state(core)) {
	case CORE_ON:
		return PSCI_ALREADY_ON;
	case CORE_ON_PENDING:
		return PSCI_ON_PENDING;
	default:
		return 0;
	}
}

static int64_t psci_cpu_on(uint64_t target, uint64_t entry, uint64_t context)
{
	unsigned int id = compartment_this();
	struct core *core = target_find(target);
	int64_t error;

	/* Stops a guest from turning foreign cores on, or asking about them. */
	if (!core)
		return PSCI_INVALID_PARAMETERS;
	/* It would be refused to the core itself, which has no vectors yet. */
	if (entry % 4 || !guest_memory_owns(id, entry, 4))
		return PSCI_INVALID_ADDRESS;
	error = start_refuse(core);
	if (error)
		return error;
	if (life_begin_start(id) &&
	    arch_hart_start(core->hart.id, entry, context)) {
		error = PSCI_SUCCESS;
	} else {
		/* Another of its cores may have been faster. */
		error = start_refuse(core);
		if (!error)
			error = PSCI_INTERNAL_FAILURE;
	}
	life_end_start(id);
	return error;
}

/* A node of the affinity tree is what the own cores in it are. */
static int64_t psci_affinity_info(uint64_t target, uint64_t level)
{
	const struct model_compartment *c =
		&partitioner.model.compartments[compartment_this()];
	int64_t info = PSCI_INVALID_PARAMETERS;
	unsigned int i, shift;

	if ((target & ~MPIDR_AFFINITY) || level > AFFINITY_LEVEL_MAX)
		return PSCI_INVALID_PARAMETERS;
	shift = AFFINITY_LEVEL_BITS * (unsigned int)level;
	for (i = 0; i < c->hart_count; i++) {
		if (c->harts[i] >> shift != target >> shift)
			continue;
		switch (core_get_state(core_find(c->harts[i]))) {
		case CORE_ON:
			return PSCI_INFO_ON;
		case CORE_ON_PENDING:
			info = PSCI_INFO_ON_PENDING;
			break;
		default:
			if (info != PSCI_INFO_ON_PENDING)
				info = PSCI_INFO_OFF;
		}
	}
	return info;
}

/*
 * Every state is a standby, to which PSCI lets a request to power down be
 * lowered. It is over when any interrupt is pending, the stop interrupt too:
 * both are masked here, which keeps nobody asleep. What is routed to a lower
 * level need not end a WFI of EL2's: meanwhile IRQ comes here.
 */
static int64_t psci_cpu_suspend(uint32_t state, uint64_t entry)
{
	uint64_t hcr;

	if (state & STATE_RESERVED)
		return PSCI_INVALID_PARAMETERS;
	if ((state & STATE_POWER_DOWN) &&
	    !guest_memory_owns(compartment_this(), entry, 4))
		return PSCI_INVALID_ADDRESS;
	hcr = read_sysreg(hcr_el2);
	write_sysreg(hcr_el2, hcr | HCR_IMO);
	isb();
	dsb(sy);
	__asm__ volatile ("wfi" : : : "memory");
	write_sysreg(hcr_el2, hcr);
	/* Before the registers of the CPU interface are touched again. */
	isb();
	return PSCI_SUCCESS;
}

static int64_t psci_system_reset2(uint32_t type)
{
	unsigned int id = compartment_this();

	switch (type) {
	case PSCI_RESET_WARM:
		life_request(life_get_goal(id, true, false));
	case PSCI_RESET_VENDOR_FAILED:
		life_request(life_get_goal(id, false, true));
	default:
		/* Stops reserved numbers from ending anything. */
		return PSCI_INVALID_PARAMETERS;
	}
}

static int64_t psci_features(uint32_t function)
{
	switch (function) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case PSCI_SYSTEM_RESET2_32:
	case PSCI_SYSTEM_RESET2_64:
	case SMCCC_VERSION:
		return PSCI_SUCCESS;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static int64_t psci_dispatch(uint32_t function, const uint64_t args[3])
{
	unsigned int id = compartment_this();

	switch (function) {
	case PSCI_VERSION:
		return VERSION_1_1;
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		return psci_cpu_suspend((uint32_t)args[0], args[1]);
	case PSCI_CPU_OFF:
		arch_hart_stop();
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
		return psci_cpu_on(args[0], args[1], args[2]);
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
		return psci_affinity_info(args[0], (uint32_t)args[1]);
	case PSCI_MIGRATE_INFO_TYPE:
		return MIGRATE_NOT_NEEDED;
	case PSCI_SYSTEM_OFF:
		life_request(life_get_goal(id, false, false));
	case PSCI_SYSTEM_RESET:
		life_request(life_get_goal(id, true, false));
	case PSCI_FEATURES:
		return psci_features((uint32_t)args[0]);
	case PSCI_SYSTEM_RESET2_32:
	case PSCI_SYSTEM_RESET2_64:
		return psci_system_reset2((uint32_t)args[0]);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

bool psci_call(struct trap_frame *frame)
{
	uint32_t function = (uint32_t)frame->x[0];
	uint64_t args[3];
	unsigned int i;

	if (function != PSCI_FEATURES &&
	    (function == SMCCC_VERSION ||
	     psci_features(function) != PSCI_SUCCESS))
		return false;
	for (i = 0; i < 3; i++)
		args[i] = function & SMCCC_64 ? frame->x[i + 1] :
						(uint32_t)frame->x[i + 1];
	frame->x[0] = (uint64_t)psci_dispatch(function, args);
	return true;
}
