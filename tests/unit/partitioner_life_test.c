/* SPDX-License-Identifier: BSD-2-Clause */
/* A life: how its end is asked for, who carries it out, in which order. */
#include <doorbell/abi.h>
#include <string.h>

#include <virtio/mmio.h>

#include "partitioner_system.h"
#include "unit.h"

#define DISK_STATUS	(SYSTEM_DISK + VIRTIO_MMIO_STATUS)

static void request(void *goal)
{
	life_request((enum lifecycle_goal)(uintptr_t)goal);
}

static void ask(uint32_t hart, enum lifecycle_goal goal)
{
	fake_become(hart);
	UNIT_ASSERT_INT(fake_run(request, (void *)(uintptr_t)goal),
			FAKE_STOPPED);
}

static void leave(void *unused)
{
	(void)unused;
	CU_ASSERT(life_leave());
}

static enum fake_end carry_out(unsigned int id)
{
	UNIT_ASSERT_INT(arch_hart_this()->coordinates, id);
	return fake_run(leave, NULL);
}

static uint64_t read_life(unsigned int id)
{
	return lifecycle_read(&partitioner.partitions[id].life);
}

#define LIFE(state, starts)						\
	(COMPARTMENT_STATE_##state | (starts) << COMPARTMENT_STARTS_SHIFT)

static void withdraws_before_it_stops(void)
{
	system_boot();
	ask(HART_OTHER, LIFECYCLE_RESTART);
	CU_ASSERT_STRING_EQUAL(fake.trace, "withdraw:2 interrupt:3 stop:2 ");
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER)->coordinates, ID_OTHER);
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER_BOOT)->commands,
			HART_COMMAND_STOP);
	/* Nobody else is asked to stop. */
	UNIT_ASSERT_INT(arch_hart_find(HART_CLIENT)->commands, 0);
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER)->commands, 0);
}

/* Only who coordinates carries anything out, and only once. */
static void only_a_coordinator_carries_out(void)
{
	system_boot();
	ask(HART_OTHER, LIFECYCLE_RESTART);
	ask(HART_OTHER_BOOT, LIFECYCLE_FAIL);
	fake_forget();
	CU_ASSERT(!life_leave());
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	fake_become(HART_OTHER);
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	UNIT_ASSERT_INT(arch_hart_this()->coordinates, COMPARTMENT_NONE);
	fake_forget();
	CU_ASSERT(!life_leave());
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static void gives_back_before_it_starts(void)
{
	system_boot();
	ask(HART_OTHER, LIFECYCLE_RESTART);
	fake_forget();
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.trace,
		"leave interrupt:3 serve clear:2 publish grant:2 start:3 ");
	UNIT_ASSERT_INT(read_life(ID_OTHER), LIFE(RUNNING, 2));
	UNIT_ASSERT_INT(fake.harts[HART_OTHER_BOOT].entry,
			partitioner_get_entry(ID_OTHER));
	UNIT_ASSERT_INT(fake.harts[HART_OTHER_BOOT].argument,
			partitioner_get_tree(ID_OTHER));
	UNIT_ASSERT_INT(memcmp((void *)(uintptr_t)
			       partitioner_get_entry(ID_OTHER),
			       system_image(ID_OTHER), SYSTEM_IMAGE_SIZE), 0);
	/* What was commanded in the former life is for nobody. */
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER_BOOT)->commands, 0);
	UNIT_ASSERT_INT(partitioner.alive, ID_COUNT);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* The coordinator may be the one that is started again. */
static void starts_the_coordinator_again(void)
{
	system_boot();
	ask(HART_CLIENT, LIFECYCLE_RESTART);
	CU_ASSERT_STRING_EQUAL(fake.trace, "withdraw:1 stop:1 ");
	fake_forget();
	UNIT_ASSERT_INT(carry_out(ID_CLIENT), FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.trace,
			       "leave clear:1 publish grant:1 start:1 ");
	UNIT_ASSERT_INT(fake.harts[HART_CLIENT].state, FAKE_HART_STARTED);
}

/* The second to ask only stops; the first one's wish is what is carried out. */
static void one_of_two_coordinates(void)
{
	system_boot();
	ask(HART_OTHER_BOOT, LIFECYCLE_RESTART);
	CU_ASSERT_STRING_EQUAL(fake.trace, "withdraw:2 interrupt:2 stop:3 ");
	fake_forget();
	ask(HART_OTHER, LIFECYCLE_FAIL);
	CU_ASSERT_STRING_EQUAL(fake.trace, "stop:2 ");
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER_BOOT)->coordinates, ID_OTHER);
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER)->coordinates,
			COMPARTMENT_NONE);
	fake_forget();
	fake_become(HART_OTHER_BOOT);
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	/* A hart that is stopped is not waited for. */
	CU_ASSERT_STRING_EQUAL(fake.trace,
			       "leave clear:2 publish grant:2 start:3 ");
	UNIT_ASSERT_INT(fake.waited_us, 0);
	UNIT_ASSERT_INT(read_life(ID_OTHER), LIFE(RUNNING, 2));
}

/* ---- Waiting for harts ---- */

static unsigned int turns;

static void stop_by_itself(enum fake_event event, uint32_t what)
{
	(void)what;
	if (event == FAKE_DELAY && ++turns == 5)
		fake.harts[HART_OTHER_BOOT].state = FAKE_HART_STOPPED;
}

/* On its way to being stopped it needs no interrupt, but is waited for. */
static void waits_for_a_hart_that_is_stopping(void)
{
	system_boot();
	turns = 0;
	fake.hook = stop_by_itself;
	fake.harts[HART_OTHER_BOOT].state = FAKE_HART_STOPPING;
	ask(HART_OTHER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.trace, "withdraw:2 stop:2 leave "
		"serve serve serve serve serve "
		"clear:2 publish grant:2 start:3 ");
	UNIT_ASSERT_INT(read_life(ID_OTHER), LIFE(RUNNING, 2));
}

static void stop_when_served(enum fake_event event, uint32_t what)
{
	if (event == FAKE_SERVE && what == HART_OTHER)
		fake.harts[HART_OTHER_BOOT].state = FAKE_HART_STOPPED;
}

/* The hart that is to stop may itself be waiting for the one that waits. */
static void serves_while_it_waits(void)
{
	system_boot();
	fake.hook = stop_when_served;
	fake.harts[HART_OTHER_BOOT].stubborn = true;
	ask(HART_OTHER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	UNIT_ASSERT_INT(read_life(ID_OTHER), LIFE(RUNNING, 2));
}

static void gives_up_on_a_hart_that_does_not_stop(void)
{
	system_boot();
	fake.harts[HART_OTHER_BOOT].stubborn = true;
	ask(HART_OTHER, LIFECYCLE_RESTART);
	fake_forget();
	UNIT_ASSERT_INT(carry_out(ID_OTHER), FAKE_RETURNED);
	UNIT_ASSERT_INT(fake.waited_us, 1000000);
	CU_ASSERT(fake_said("bulkhead: other: a hart did not stop within 1000 ms",
			    NULL));
	CU_ASSERT(fake_said("bulkhead: other has failed", NULL));
	/* It may still write into the memory: nothing is loaded there. */
	UNIT_ASSERT_INT(fake.published_count, 0);
	UNIT_ASSERT_INT(read_life(ID_OTHER), LIFE(FAILED, 1));
	UNIT_ASSERT_INT(partitioner.alive, ID_COUNT - 1);
	UNIT_ASSERT_INT(partitioner.failed, 1);
}

/* ---- Devices ---- */

static void resets_its_own_devices(void)
{
	system_boot();
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.trace, "withdraw:0 stop:0 leave "
		"write:10001070=0 clear:0 publish grant:0 start:0 ");
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(RUNNING, 2));
}

static void leaves_foreign_devices_alone(void)
{
	system_boot();
	ask(HART_CLIENT, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_CLIENT), FAKE_RETURNED);
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "write:"));
}

static void waits_for_a_device_to_rest(void)
{
	system_boot();
	fake_register(DISK_STATUS)->value = 15;
	fake_register(DISK_STATUS)->lag = 7;
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	UNIT_ASSERT_INT(fake_register(DISK_STATUS)->value, 0);
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(RUNNING, 2));
}

static void restarts_nobody_with_a_device_at_work(void)
{
	system_boot();
	fake_register(DISK_STATUS)->value = 15;
	fake_register(DISK_STATUS)->lag = ~0U;
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	CU_ASSERT(fake_said("bulkhead: server: /soc/disk@10001000 does not come to rest",
			    NULL));
	/* The others of its devices are brought to rest all the same. */
	UNIT_ASSERT_INT(fake_count_lines("does not come to rest"), 1);
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(FAILED, 1));
	UNIT_ASSERT_INT(fake.published_count, 0);
}

/* Who shuts down in good order has not failed because of its device. */
static void ends_with_a_device_at_work(void)
{
	system_boot();
	fake_register(DISK_STATUS)->value = 15;
	fake_register(DISK_STATUS)->lag = ~0U;
	ask(HART_SERVER, LIFECYCLE_END);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(ENDED, 1));
}

static void restarts_nobody_with_a_device_nobody_can_reset(void)
{
	system_boot();
	partitioner.model.devices[0].reset = DEVICE_RESET_UNKNOWN;
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "write:"));
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(FAILED, 1));
}

static void asks_nothing_of_a_device_at_rest(void)
{
	system_boot();
	partitioner.model.devices[0].reset = DEVICE_RESET_NONE_NEEDED;
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "write:"));
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(RUNNING, 2));
}

/* ---- Doorbells ---- */

static uint64_t *enlist(uint32_t hart, unsigned int id)
{
	uint64_t page = system_at(SYSTEM_MEMORY(id));

	memset((void *)(uintptr_t)page, 0, DOORBELL_PAGE_SIZE);
	UNIT_ASSERT_INT(system_call(call_doorbell, hart, DOORBELL_FID_REGISTER,
				    DOORBELL_LINK_ALL, page, hart, 0).error,
			CALL_SUCCESS);
	return (uint64_t *)(uintptr_t)page;
}

static unsigned int told;

/* Peers hear of it before the memory is anybody's again, and after. */
static void count_tellings(enum fake_event event, uint32_t what)
{
	uint64_t *word = (uint64_t *)(uintptr_t)
			 system_at(SYSTEM_MEMORY(ID_CLIENT));

	(void)what;
	if (event != FAKE_START)
		return;
	UNIT_ASSERT_INT(*word, 1ULL << DOORBELL_BIT_PEER);
	UNIT_ASSERT_INT(read_life(ID_SERVER), LIFE(RUNNING, 2));
	*word = 0;
	told++;
}

static void tells_the_peers(void)
{
	uint64_t *word;

	system_boot();
	word = enlist(HART_CLIENT, ID_CLIENT);
	told = 0;
	fake.hook = count_tellings;
	ask(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_SERVER), FAKE_RETURNED);
	UNIT_ASSERT_INT(told, 1);
	UNIT_ASSERT_INT(*word, 1ULL << DOORBELL_BIT_PEER);
}

static void forgets_its_registrations(void)
{
	uint64_t *word;

	system_boot();
	word = enlist(HART_CLIENT, ID_CLIENT);
	ask(HART_CLIENT, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(carry_out(ID_CLIENT), FAKE_RETURNED);
	fake_forget();
	UNIT_ASSERT_INT(system_call(call_doorbell, HART_SERVER,
				    DOORBELL_FID_RING, 1, 1, 0, 0).error,
			CALL_SUCCESS);
	UNIT_ASSERT_INT(memcmp(word, system_image(ID_CLIENT), 8), 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static const struct unit_test tests[] = {
	UNIT_TEST(withdraws_before_it_stops),
	UNIT_TEST(gives_back_before_it_starts),
	UNIT_TEST(starts_the_coordinator_again),
	UNIT_TEST(one_of_two_coordinates),
	UNIT_TEST(only_a_coordinator_carries_out),
	UNIT_TEST(waits_for_a_hart_that_is_stopping),
	UNIT_TEST(serves_while_it_waits),
	UNIT_TEST(gives_up_on_a_hart_that_does_not_stop),
	UNIT_TEST(resets_its_own_devices),
	UNIT_TEST(leaves_foreign_devices_alone),
	UNIT_TEST(waits_for_a_device_to_rest),
	UNIT_TEST(restarts_nobody_with_a_device_at_work),
	UNIT_TEST(ends_with_a_device_at_work),
	UNIT_TEST(restarts_nobody_with_a_device_nobody_can_reset),
	UNIT_TEST(asks_nothing_of_a_device_at_rest),
	UNIT_TEST(tells_the_peers),
	UNIT_TEST(forgets_its_registrations),
};
UNIT_MAIN("partitioner_life", tests)
