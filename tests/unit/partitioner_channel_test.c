/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels that the firmware presents: whose accesses they answer, who is rung
 * and interrupted, and how long anybody waits for a server.
 */
#include <doorbell/abi.h>
#include <string.h>

#include "presented.h"
#include "unit.h"

/* The other kind of client: nothing is presented. */
static void native_clients_are_left_alone(void)
{
	uint64_t address;

	system_boot();
	address = system_at(SYSTEM_WINDOW);
	UNIT_ASSERT_INT(presented_access(HART_CLIENT, address, true, 0),
			GUEST_ACCESS_NONE);
	fake_become(HART_CLIENT);
	present_hold(arch_hart_this());
	UNIT_ASSERT_INT(fake.waited_us, 0);
}

static void answers_for_its_registers_only(void)
{
	uint64_t base;

	presented_boot();
	base = presented.channel->registers.range.base;
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_MAGIC_VALUE),
			VIRTIO_MMIO_MAGIC);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), 0);
	presented_publish(1);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(presented_access(HART_CLIENT, base - 4, true, 1),
			GUEST_ACCESS_NONE);
	UNIT_ASSERT_INT(
		presented_access(HART_CLIENT, base + PRESENTED_PAGE, true, 1),
		GUEST_ACCESS_NONE);
	/* The page itself is there to be read. */
	UNIT_ASSERT_INT(presented_access(HART_CLIENT, base, false, 0),
			GUEST_ACCESS_NONE);
	/* It is nobody else's, the server's neither. */
	UNIT_ASSERT_INT(presented_access(HART_SERVER, base + VIRTIO_MMIO_STATUS,
					 true, 1),
			GUEST_ACCESS_NONE);
	UNIT_ASSERT_INT(presented_access(HART_OTHER, base + VIRTIO_MMIO_STATUS,
					 true, 1),
			GUEST_ACCESS_NONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 1),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 1);
	UNIT_ASSERT_INT(presented_access(HART_CLIENT, base + PRESENTED_PAGE - 4,
					 true, 1),
			GUEST_ACCESS_DONE);
}

/* Registers a page for the compartment's link and returns its word. */
static uint64_t *enlist(uint32_t hart, unsigned int id, uint64_t link)
{
	uint64_t at = system_at(SYSTEM_MEMORY(id) + 0x3000);

	memset((void *)(uintptr_t)at, 0, PRESENTED_PAGE);
	UNIT_ASSERT_INT(system_call(call_doorbell, hart, DOORBELL_FID_REGISTER,
				    link, at, hart, 0)
				.error,
			CALL_SUCCESS);
	fake_forget();
	return (uint64_t *)(uintptr_t)at + link;
}

static void kicks_ring_the_server(void)
{
	uint64_t *word;

	presented_run();
	word = enlist(HART_SERVER, ID_SERVER, 1);
	*word = 0;
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_QUEUE_NOTIFY, 0),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(*word, 2ULL << presented.channel->bit);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:0,0 ");
}

static void the_servers_bells_interrupt_the_guest(void)
{
	uint64_t *word, delivered;

	presented_run();
	word = enlist(HART_CLIENT, ID_CLIENT, 0);
	delivered = hart_sum(ID_SERVER, COMPARTMENT_COUNTER_DELIVERIES);
	presented_ring(2);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.trace, "raise:1:"));
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_USED);
	UNIT_ASSERT_INT(*word, 0);
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_DELIVERIES),
			delivered + 1);
	/* The one about the queue says nothing of the control page. */
	fake_forget();
	presented_ring(2);
	UNIT_ASSERT_INT(fake.opened, 0);
	/* A bell that says nothing new interrupts nobody. */
	fake_forget();
	presented_ring(1);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	/* Bits that are not the channel's are the guest's. */
	presented_ring(1ULL << (presented.channel->queues + 1));
	UNIT_ASSERT_INT(*word, 1ULL << (presented.channel->bit +
					presented.channel->queues + 1));
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
}

/* "other" has a link with the server, too, of the same number at its end. */
static void another_link_is_another_matter(void)
{
	presented_run();
	UNIT_ASSERT_INT(system_call(call_doorbell, HART_SERVER,
				    DOORBELL_FID_RING, 0,
				    2ULL << presented.channel->bit, 0, 0)
				.error,
			CALL_SUCCESS);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

/* ---- A server that does not answer ---- */

/* Each bell is for one channel, whatever the others' pages say. */
static void each_channel_has_its_own_bells(void)
{
	static const uint64_t links[] = { 1, 0, 2 };
	const struct model_channel *channels = partitioner.model.channels;
	uint32_t shown;
	unsigned int i, k;

	presented_boot_many();
	for (i = 0; i < 3; i++)
		presented_publish_on(
			(void *)(uintptr_t)channels[i].control.range.base, 1);
	for (i = 0; i < 3; i++) {
		UNIT_ASSERT_INT(system_call(call_doorbell, HART_SERVER,
					    DOORBELL_FID_RING, links[i],
					    1ULL << channels[i].bit, 0, 0)
					.error,
				CALL_SUCCESS);
		for (k = 0; k < 3; k++) {
			memcpy(&shown,
			       (uint8_t *)(uintptr_t)channels[k]
					       .registers.range.base +
				       VIRTIO_MMIO_DEVICE_ID,
			       sizeof(shown));
			UNIT_ASSERT_INT(virtio_le32(shown),
					k <= i ? VIRTIO_ID_BLOCK : 0);
		}
	}
	/* And its own registers. */
	UNIT_ASSERT_INT(presented_access(HART_OTHER,
					 channels[1].registers.range.base +
						 VIRTIO_MMIO_STATUS,
					 true, 1),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
	/* The end of one client is not the others'. */
	presented_end(HART_OTHER_BOOT, LIFECYCLE_END);
	UNIT_ASSERT_INT(virtio_le32(presented.page->client.state),
			LOOPBACK_CLIENT_ADOPTING);
}

static void a_reset_is_tried_again_until_the_answer(void)
{
	presented_run();
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	/* A little each time: the guest's interrupts get through. */
	CU_ASSERT(fake.waited_us > 0 && fake.waited_us < 1000);
	presented_answer();
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
	/* What was waited is forgiven. */
	presented_run_driver();
	CU_ASSERT_EQUAL(presented_wait(PRESENTED_TIMEOUT_US - 100),
			PRESENTED_TIMEOUT_US - 100);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	presented_answer();
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_DONE);
}

static void then_the_server_is_told_to_end(void)
{
	presented_run();
	presented_wait(PRESENTED_TIMEOUT_US - 100);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	presented_wait(200);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
	UNIT_ASSERT_INT(arch_hart_find(HART_OTHER)->commands, 0);
	UNIT_ASSERT_INT(
		fake_count_lines("server does not answer on channel disk"), 1);
	/* A hart that could not obey is told again; people are not. */
	arch_hart_find(HART_SERVER)->commands = 0;
	presented_wait(200);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
	UNIT_ASSERT_INT(fake_count_lines("does not answer"), 1);
}

/* Else harts that wait at once would end a server that is in time. */
static void only_one_hart_counts(void)
{
	unsigned int again = 0;
	uint64_t status;

	presented_run();
	status = presented.channel->registers.range.base + VIRTIO_MMIO_STATUS;
	partitioner.model.compartments[ID_CLIENT].harts[1] = HART_OTHER;
	partitioner.model.compartments[ID_CLIENT].hart_count = 2;
	arch_hart_find(HART_OTHER)->compartment = ID_CLIENT;
	while (fake.waited_us < 19 * PRESENTED_TIMEOUT_US / 10) {
		again += presented_access(HART_OTHER, status, true, 0) ==
			 GUEST_ACCESS_AGAIN;
		again += presented_put(VIRTIO_MMIO_STATUS, 0) ==
			 GUEST_ACCESS_AGAIN;
	}
	CU_ASSERT(again > 1000);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands, 0);
	/* What waited went on elsewhere. */
	while (fake.waited_us < 2 * PRESENTED_TIMEOUT_US)
		presented_access(HART_OTHER, status, true, 0);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
}

/* Whoever else begins a life meanwhile. */
static void only_the_servers_own_life_gives_it_time(void)
{
	presented_run();
	presented_wait(PRESENTED_TIMEOUT_US - 100);
	presented_end(HART_OTHER_BOOT, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(presented_get_state(ID_OTHER),
			COMPARTMENT_STATE_RUNNING);
	presented_wait(200);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
}

static void nobody_is_told_whose_life_is_ending(void)
{
	presented_run();
	CU_ASSERT(lifecycle_begin(&partitioner.partitions[ID_SERVER].life,
				  LIFECYCLE_RESTART));
	presented_wait(PRESENTED_TIMEOUT_US * 3);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands, 0);
	UNIT_ASSERT_INT(fake_count_lines("does not answer"), 0);
}

/* A server that has stopped all its harts ends like any other. */
static void one_of_its_harts_is_woken_for_it(void)
{
	presented_run();
	fake.harts[HART_SERVER].state = FAKE_HART_STOPPED;
	presented_wait(PRESENTED_TIMEOUT_US * 2 - 100);
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "start:0"));
	presented_wait(200);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.trace, "start:0"));
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
}

static void its_end_is_the_end_of_the_wait(void)
{
	presented_run();
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	presented_end(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
	UNIT_ASSERT_INT(presented_get_state(ID_SERVER),
			COMPARTMENT_STATE_RUNNING);
	/* Its next life has as long as the channel says, and then a second. */
	presented_run_driver();
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	presented_wait(presented.channel->publish_timeout_ms * 1000UL +
		       PRESENTED_TIMEOUT_US - 200);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands, 0);
	presented_wait(400);
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
	UNIT_ASSERT_INT(fake_count_lines("does not answer"), 1);
}

static void a_server_that_ends_for_good_needs_a_reset(void)
{
	presented_run();
	presented_end(HART_SERVER, LIFECYCLE_END);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.trace, "raise:1:"));
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), 0);
}

/* Nothing of a life ran that did not start: what waits waits for nobody. */
static void a_server_that_does_not_start_again_holds_nothing_back(void)
{
	static const uint32_t waits[] = {
		VIRTIO_MMIO_QUEUE_READY, VIRTIO_MMIO_STATUS,
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		presented_run();
		UNIT_ASSERT_INT(presented_put(waits[i], 0), GUEST_ACCESS_AGAIN);
		fake.refuses_to_start = HART_SERVER;
		presented_end(HART_SERVER, LIFECYCLE_RESTART);
		UNIT_ASSERT_INT(presented_get_state(ID_SERVER),
				COMPARTMENT_STATE_FAILED);
		UNIT_ASSERT_INT(presented_put(waits[i], 0), GUEST_ACCESS_DONE);
		UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
				GUEST_ACCESS_DONE);
		UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
		UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), 0);
	}
}

/* A hart of it may still write to the driver's memory. */
static void a_server_that_does_not_stop_holds_a_reset_back(void)
{
	presented_boot();
	presented_run_driver();
	fake.harts[HART_SERVER].state = FAKE_HART_STARTED;
	/* As if it had a second hart that ignores everything. */
	partitioner.model.compartments[ID_SERVER].harts[1] = HART_OTHER_BOOT;
	partitioner.model.compartments[ID_SERVER].hart_count = 2;
	fake.harts[HART_OTHER_BOOT].stubborn = true;
	presented_end(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	presented_wait(3 * PRESENTED_TIMEOUT_US);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
}

static const struct unit_test tests[] = {
	UNIT_TEST(native_clients_are_left_alone),
	UNIT_TEST(answers_for_its_registers_only),
	UNIT_TEST(kicks_ring_the_server),
	UNIT_TEST(the_servers_bells_interrupt_the_guest),
	UNIT_TEST(another_link_is_another_matter),
	UNIT_TEST(each_channel_has_its_own_bells),
	UNIT_TEST(a_reset_is_tried_again_until_the_answer),
	UNIT_TEST(then_the_server_is_told_to_end),
	UNIT_TEST(only_one_hart_counts),
	UNIT_TEST(only_the_servers_own_life_gives_it_time),
	UNIT_TEST(nobody_is_told_whose_life_is_ending),
	UNIT_TEST(one_of_its_harts_is_woken_for_it),
	UNIT_TEST(its_end_is_the_end_of_the_wait),
	UNIT_TEST(a_server_that_ends_for_good_needs_a_reset),
	UNIT_TEST(a_server_that_does_not_start_again_holds_nothing_back),
	UNIT_TEST(a_server_that_does_not_stop_holds_a_reset_back),
};
UNIT_MAIN("partitioner_channel", tests)
