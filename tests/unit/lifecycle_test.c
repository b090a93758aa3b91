/* SPDX-License-Identifier: BSD-2-Clause */
/* Lifecycle: the order of a restart, and what happens when a step fails. */
#include <compartment/lifecycle.h>
#include <string.h>

#include "unit.h"

static char trace[64];
static const char *failing;

static bool step(const char *name)
{
	strncat(trace, name, sizeof(trace) - strlen(trace) - 1);
	return !failing || strcmp(failing, name);
}

static bool fake_wait(void *ctx, unsigned int id)
{
	(void)ctx;
	UNIT_ASSERT_INT(id, 7);
	return step("wait ");
}

static bool fake_quiesce(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	return step("quiesce ");
}

static void fake_interrupts(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	step("irq ");
}

static void fake_doorbells(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	step("bell ");
}

static void fake_tell(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	step("tell ");
}

static bool fake_load(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	return step("load ");
}

static bool fake_start(void *ctx, unsigned int id)
{
	(void)ctx;
	(void)id;
	return step("start ");
}

static void fake_ended(void *ctx, unsigned int id, bool failed)
{
	(void)ctx;
	(void)id;
	step(failed ? "failed" : "ended");
}

static const struct lifecycle_ops ops = {
	fake_wait, fake_quiesce, fake_doorbells, fake_interrupts, fake_tell,
	fake_load, fake_start, fake_ended,
};

static void run(enum lifecycle_goal goal, const char *fails, const char *expect,
		enum compartment_state state, uint64_t lives)
{
	struct lifecycle lc = { 0 };

	trace[0] = '\0';
	failing = fails;
	lifecycle_mark_started(&lc);
	UNIT_ASSERT_INT(lifecycle_is_ending(&lc), 0);
	UNIT_ASSERT_INT(lifecycle_begin(&lc, goal), 1);
	UNIT_ASSERT_INT(lifecycle_is_ending(&lc), 1);
	UNIT_ASSERT_INT(lifecycle_begin(&lc, LIFECYCLE_END), 0);
	lifecycle_finish(&lc, &ops, NULL, 7);
	CU_ASSERT_STRING_EQUAL(trace, expect);
	UNIT_ASSERT_INT(lifecycle_read(&lc), state | lives << 8);
	/* What has ended for good cannot end again. */
	UNIT_ASSERT_INT(lifecycle_begin(&lc, LIFECYCLE_RESTART),
			state == COMPARTMENT_STATE_RUNNING);
}

static void restarts_in_order(void)
{
	run(LIFECYCLE_RESTART, NULL,
	    "wait quiesce bell irq tell load start tell ",
	    COMPARTMENT_STATE_RUNNING, 2);
}

static void can_be_restarted_again(void)
{
	struct lifecycle lc = { 0 };

	failing = NULL;
	lifecycle_mark_started(&lc);
	lifecycle_begin(&lc, LIFECYCLE_RESTART);
	lifecycle_finish(&lc, &ops, NULL, 7);
	UNIT_ASSERT_INT(lifecycle_begin(&lc, LIFECYCLE_RESTART), 1);
	lifecycle_finish(&lc, &ops, NULL, 7);
	UNIT_ASSERT_INT(lifecycle_read(&lc) >> 8, 3);
}

static void ends_in_order(void)
{
	run(LIFECYCLE_END, NULL, "wait quiesce bell irq tell ended",
	    COMPARTMENT_STATE_ENDED, 1);
	/* A device that nobody can reset is no failure of who shuts down. */
	run(LIFECYCLE_END, "quiesce ", "wait quiesce bell irq tell ended",
	    COMPARTMENT_STATE_ENDED, 1);
	run(LIFECYCLE_END, "wait ", "wait quiesce bell irq tell failed",
	    COMPARTMENT_STATE_FAILED, 1);
	run(LIFECYCLE_FAIL, NULL, "wait quiesce bell irq tell failed",
	    COMPARTMENT_STATE_FAILED, 1);
}

static void never_reloads_under_a_running_hart(void)
{
	run(LIFECYCLE_RESTART, "wait ", "wait quiesce bell irq tell failed",
	    COMPARTMENT_STATE_FAILED, 1);
}

static void never_reloads_under_a_busy_device(void)
{
	run(LIFECYCLE_RESTART, "quiesce ", "wait quiesce bell irq tell failed",
	    COMPARTMENT_STATE_FAILED, 1);
}

static void never_starts_a_damaged_image(void)
{
	run(LIFECYCLE_RESTART, "load ",
	    "wait quiesce bell irq tell load tell failed",
	    COMPARTMENT_STATE_FAILED, 1);
}

static void gives_up_when_the_boot_hart_does_not_start(void)
{
	run(LIFECYCLE_RESTART, "start ",
	    "wait quiesce bell irq tell load start tell failed",
	    COMPARTMENT_STATE_FAILED, 2);
}

static const struct unit_test tests[] = {
	UNIT_TEST(gives_up_when_the_boot_hart_does_not_start),
	UNIT_TEST(restarts_in_order),
	UNIT_TEST(can_be_restarted_again),
	UNIT_TEST(ends_in_order),
	UNIT_TEST(never_reloads_under_a_running_hart),
	UNIT_TEST(never_reloads_under_a_busy_device),
	UNIT_TEST(never_starts_a_damaged_image),
};
UNIT_MAIN("lifecycle", tests)
