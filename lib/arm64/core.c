/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a core: off, turned on, in its compartment, out of it again.
 *
 * A core's state is changed by the core itself, but for OFF to ON_PENDING,
 * which is whoever wins to start it. So a core that has said OFF may be claimed
 * before it really is off; the real CPU_ON is repeated until it is.
 */
#include <arm64/psci.h>
#include "arm64.h"
#include "gic.h"

/* How long the last steps of a core to off may take. */
#define START_TIMEOUT_US	1000000
#define START_POLL_US		10

struct core cores[MACHINE_HARTS_MAX];

/* The first is the core that boots; boot.c gives it its id. */
static unsigned int core_count = 1;

struct hart *arch_hart_add(uint32_t id)
{
	struct core *core = &cores[0];

	if (id == core->hart.id) {
		/* Whoever wants to start it waits until it has booted. */
		core->state = CORE_STOPPING;
		return &core->hart;
	}
	if (core_count == MACHINE_HARTS_MAX)
		return NULL;
	core = &cores[core_count++];
	core->hart.id = id;
	return &core->hart;
}

struct core *core_find(uint64_t mpidr)
{
	unsigned int i;

	for (i = 0; i < core_count; i++)
		if (cores[i].hart.id == (mpidr & MPIDR_AFFINITY))
			return &cores[i];
	return NULL;
}

struct hart *arch_hart_this(void)
{
	return &core_this()->hart;
}

struct hart *arch_hart_find(uint32_t id)
{
	return &core_find(id)->hart;
}

static void core_set_state(struct core *core, enum core_state state)
{
	__atomic_store_n(&core->state, state, __ATOMIC_SEQ_CST);
}

bool arch_hart_is_started(uint32_t id)
{
	return core_is_started(core_find(id));
}

/* Own word first: what was off a moment ago may be on its way up again. */
bool arch_hart_is_stopped(uint32_t id)
{
	const struct core *core = core_find(id);

	return core_get_state(core) == CORE_OFF &&
	       (core == core_this() || psci_forward(PSCI_AFFINITY_INFO_64, id,
						    0, 0) == PSCI_INFO_OFF);
}

void arch_hart_interrupt(const struct hart *hart)
{
	gic_send_stop(hart->id);
}

/* Nobody waits for another core here: TLB maintenance is the hardware's. */
void arch_hart_serve(void)
{
}

/*
 * Makes the calling hart the one that starts `core`. A coordinator that has
 * started its compartment again is waited for: it goes off next.
 */
static bool core_claim(struct core *core)
{
	unsigned int waited;
	uint32_t state;

	for (waited = 0; waited < START_TIMEOUT_US; waited += START_POLL_US) {
		state = CORE_OFF;
		if (__atomic_compare_exchange_n(&core->state, &state,
						CORE_ON_PENDING, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_ACQUIRE))
			return true;
		if (state != CORE_STOPPING)
			return false;
		arch_delay_us(START_POLL_US);
	}
	return false;
}

static bool core_turn_on(struct core *core)
{
	unsigned int waited;
	int64_t error;

	for (waited = 0; waited < START_TIMEOUT_US; waited += START_POLL_US) {
		/* Pairs with what the core reads of its struct first. */
		dsb(sy);
		error = psci_forward(PSCI_CPU_ON_64, core->hart.id,
				     (uint64_t)start_secondary,
				     (uint64_t)core);
		if (error != PSCI_ALREADY_ON && error != PSCI_ON_PENDING)
			return error == PSCI_SUCCESS;
		arch_delay_us(START_POLL_US);
	}
	return false;
}

bool arch_hart_start(uint32_t id, uint64_t entry, uint64_t argument)
{
	struct core *core = core_find(id);
	bool itself = core == core_this();

	/* The coordinator itself is on: core_leave() goes on from here. */
	if (!itself && !core_claim(core))
		return false;
	core->entry = entry;
	core->argument = argument;
	if (itself)
		core_set_state(core, CORE_ON_PENDING);
	else if (!core_turn_on(core)) {
		core_set_state(core, CORE_OFF);
		return false;
	}
	return true;
}

static void core_leave(void)
{
	struct core *core = core_this();

	core_set_state(core, CORE_STOPPING);
	if (life_leave() && core_get_state(core) == CORE_ON_PENDING)
		core_enter();
	core_set_state(core, CORE_OFF);
	psci_cpu_off();
}

void arch_hart_stop(void)
{
	stack_leave(core_leave);
}

void core_enter(void)
{
	struct core *core = core_this();
	uint64_t entry = core->entry, argument = core->argument;
	unsigned int compartment = (unsigned int)core->hart.compartment;

	el1_clear();
	gic_clear_core();
	stage2_enter(compartment);
	core_set_state(core, CORE_ON);
	present_hold(&core->hart);
	doorbell_hart_started(&partitioner.doorbell, compartment,
			      core->hart.id);
	/*
	 * Stops a life that is being ended from running one more instruction
	 * here. The interrupt of who ends it either came before it was cleared
	 * above, and then this sees why it came, or is pending at the entry.
	 * The barrier pairs with the one in gic_send_stop().
	 */
	dsb(sy);
	hart_take_commands(&core->hart);
	if (hart_is_ending(&core->hart))
		arch_hart_stop();
	/* What it took to come here is no guest's cost. */
	pmu_take(&core->pmu);
	guest_enter(entry, argument);
}
