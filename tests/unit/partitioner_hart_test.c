/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands between harts, and who may be started while a life ends. */
#include "partitioner_system.h"
#include "unit.h"

static void command(uint32_t hart, uint32_t what)
{
	hart_command(arch_hart_find(hart), what);
}

static uint32_t take(void)
{
	return hart_take_commands(arch_hart_this());
}

static void interrupts_once_for_many_commands(void)
{
	system_boot();
	command(HART_CLIENT, HART_COMMAND_ARCH(0));
	command(HART_CLIENT, HART_COMMAND_ARCH(0));
	command(HART_CLIENT, 0x10);
	CU_ASSERT_STRING_EQUAL(fake.trace, "interrupt:1 ");
	/* Once they are taken, the next is one of a new series. */
	fake_become(HART_CLIENT);
	UNIT_ASSERT_INT(take(), HART_COMMAND_ARCH(0) | 0x10);
	UNIT_ASSERT_INT(take(), 0);
	command(HART_CLIENT, HART_COMMAND_ARCH(0));
	CU_ASSERT_STRING_EQUAL(fake.trace, "interrupt:1 interrupt:1 ");
}

/* Its receiver may have been on its way elsewhere: it is said again. */
static void interrupts_for_every_stop(void)
{
	system_boot();
	command(HART_CLIENT, HART_COMMAND_ARCH(0));
	command(HART_CLIENT, HART_COMMAND_STOP);
	command(HART_CLIENT, HART_COMMAND_STOP);
	CU_ASSERT_STRING_EQUAL(fake.trace,
			       "interrupt:1 interrupt:1 interrupt:1 ");
}

static void takes_only_what_is_its_own(void)
{
	system_boot();
	command(HART_CLIENT, HART_COMMAND_STOP);
	fake_become(HART_OTHER);
	CU_ASSERT(!hart_must_stop());
	UNIT_ASSERT_INT(take(), 0);
	fake_become(HART_CLIENT);
	CU_ASSERT(hart_must_stop());
	/* Looking takes nothing. */
	CU_ASSERT(hart_must_stop());
	UNIT_ASSERT_INT(take(), HART_COMMAND_STOP);
	CU_ASSERT(!hart_must_stop());
	command(HART_CLIENT, HART_COMMAND_ARCH(0));
	CU_ASSERT(!hart_must_stop());
}

static const struct {
	bool again, failed;
	enum model_restart restart;
	enum lifecycle_goal goal;
} goals[] = {
	{ false, false, MODEL_RESTART_ALWAYS, LIFECYCLE_END },
	{ false, true, MODEL_RESTART_ALWAYS, LIFECYCLE_FAIL },
	{ true, false, MODEL_RESTART_ALWAYS, LIFECYCLE_RESTART },
	{ true, true, MODEL_RESTART_ALWAYS, LIFECYCLE_RESTART },
	{ false, false, MODEL_RESTART_NEVER, LIFECYCLE_END },
	{ false, true, MODEL_RESTART_NEVER, LIFECYCLE_FAIL },
	{ true, false, MODEL_RESTART_NEVER, LIFECYCLE_END },
	{ true, true, MODEL_RESTART_NEVER, LIFECYCLE_FAIL },
};

static void restarts_whom_the_manifest_lets_restart(void)
{
	size_t i;

	system_boot();
	for (i = 0; i < sizeof(goals) / sizeof(goals[0]); i++) {
		partitioner.model.compartments[ID_CLIENT].restart =
			goals[i].restart;
		UNIT_ASSERT_INT(life_get_goal(ID_CLIENT, goals[i].again,
					      goals[i].failed), goals[i].goal);
		/* It is the policy of that compartment, and no other's. */
		UNIT_ASSERT_INT(life_get_goal(ID_SERVER, true, false),
				LIFECYCLE_RESTART);
	}
}

static void starts_nothing_in_a_life_that_ends(void)
{
	struct partition *partition = &partitioner.partitions[ID_OTHER];

	system_boot();
	CU_ASSERT(life_begin_start(ID_OTHER));
	UNIT_ASSERT_INT(partition->starting, 1);
	CU_ASSERT(life_begin_start(ID_OTHER));
	UNIT_ASSERT_INT(partition->starting, 2);
	life_end_start(ID_OTHER);
	life_end_start(ID_OTHER);
	UNIT_ASSERT_INT(partition->starting, 0);

	CU_ASSERT(lifecycle_begin(&partition->life, LIFECYCLE_RESTART));
	CU_ASSERT(!life_begin_start(ID_OTHER));
	life_end_start(ID_OTHER);
	UNIT_ASSERT_INT(partition->starting, 0);
	/* Another compartment's life goes on. */
	CU_ASSERT(life_begin_start(ID_CLIENT));
	life_end_start(ID_CLIENT);
}

/* A hart looks at its own compartment's life, and at nobody else's. */
static void ends_with_its_own_life(void)
{
	static const uint32_t ids[] = {
		HART_SERVER, HART_CLIENT, HART_OTHER, HART_OTHER_BOOT,
	};
	unsigned int i;

	system_boot();
	CU_ASSERT(lifecycle_begin(&partitioner.partitions[ID_OTHER].life,
				  LIFECYCLE_RESTART));
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		UNIT_ASSERT_INT(hart_is_ending(arch_hart_find(ids[i])),
				arch_hart_find(ids[i])->compartment ==
				ID_OTHER);
}

static const struct unit_test tests[] = {
	UNIT_TEST(interrupts_once_for_many_commands),
	UNIT_TEST(interrupts_for_every_stop),
	UNIT_TEST(takes_only_what_is_its_own),
	UNIT_TEST(restarts_whom_the_manifest_lets_restart),
	UNIT_TEST(ends_with_its_own_life),
	UNIT_TEST(starts_nothing_in_a_life_that_ends),
};
UNIT_MAIN("partitioner_hart", tests)
