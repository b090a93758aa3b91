/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ends of an unmodified client's life: its memory waits for the server that
 * may write there, and its first instruction for the devices that it looks for.
 */
#include <string.h>

#include "presented.h"
#include "unit.h"

/* ---- The client's end ---- */

/* The server is a hart that answers what it is asked when others wait. */
static void answer_when_others_wait(enum fake_event event, uint32_t what)
{
	if (event == FAKE_DELAY && fake.waited_us > 500) {
		presented_answer();
		fake_become(what);
	}
}

static void the_clients_memory_waits_for_the_server(void)
{
	presented_run();
	fake.hook = answer_when_others_wait;
	presented_end(HART_CLIENT, LIFECYCLE_RESTART);
	fake.hook = NULL;
	CU_ASSERT(fake.waited_us > 500 && fake.waited_us < 2000);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.trace, "serve "));
	UNIT_ASSERT_INT(virtio_le32(presented.page->client.state),
			LOOPBACK_CLIENT_ADOPTING);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0);
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(presented_get_state(ID_CLIENT),
			COMPARTMENT_STATE_RUNNING);
}

static void a_client_that_ends_for_good_says_so(void)
{
	presented_run();
	fake.hook = answer_when_others_wait;
	presented_end(HART_CLIENT, LIFECYCLE_END);
	fake.hook = NULL;
	UNIT_ASSERT_INT(virtio_le32(presented.page->client.state),
			LOOPBACK_CLIENT_CLOSED);
	/* Its server is still there. */
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_BLOCK);
}

/* Its memory is given to nobody, since the server may still write there. */
static void a_client_whose_server_never_answers_has_no_next_life(void)
{
	presented_run();
	presented_end(HART_CLIENT, LIFECYCLE_RESTART);
	CU_ASSERT(fake_said("client", "does not come to rest"));
	CU_ASSERT(fake_said("server does not answer", NULL));
	UNIT_ASSERT_INT(arch_hart_find(HART_SERVER)->commands,
			HART_COMMAND_END);
	UNIT_ASSERT_INT(presented_get_state(ID_CLIENT),
			COMPARTMENT_STATE_FAILED);
	CU_ASSERT(fake.waited_us < 10 * PRESENTED_TIMEOUT_US);
}

/* Its disk may still write there, so that it is not at rest itself. */
static void a_server_with_a_disk_at_work_lets_go_of_nothing(void)
{
	presented_run();
	fake_register(SYSTEM_DISK + VIRTIO_MMIO_STATUS)->value = 15;
	fake_register(SYSTEM_DISK + VIRTIO_MMIO_STATUS)->lag = ~0U;
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
	presented_end(HART_SERVER, LIFECYCLE_RESTART);
	UNIT_ASSERT_INT(presented_get_state(ID_SERVER),
			COMPARTMENT_STATE_FAILED);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0),
			GUEST_ACCESS_AGAIN);
}

#define SLOW_MS		8000UL

static void publish_when_time_is_nearly_up(enum fake_event event, uint32_t what)
{
	if (event == FAKE_DELAY && fake.waited_us > SLOW_MS * 1000 &&
	    presented.page->server.generation != virtio_le64(2)) {
		presented_publish(2);
		fake_become(what);
	}
}

/* A life of the server's that has just begun has as long as its channel says,
 * and the client's end waits for all of that. */
static void the_clients_memory_waits_for_a_server_that_boots(void)
{
	presented_run();
	presented.channel->publish_timeout_ms = SLOW_MS;
	presented_end(HART_SERVER, LIFECYCLE_RESTART);
	fake_forget();
	fake.hook = publish_when_time_is_nearly_up;
	presented_end(HART_CLIENT, LIFECYCLE_RESTART);
	fake.hook = NULL;
	CU_ASSERT(fake.waited_us > SLOW_MS * 1000);
	UNIT_ASSERT_INT(fake_count_lines("does not"), 0);
	UNIT_ASSERT_INT(presented_get_state(ID_CLIENT),
			COMPARTMENT_STATE_RUNNING);
	/* Silent, it is ended once that and a second are over; not before. */
	presented_run_driver();
	presented.channel->publish_timeout_ms = SLOW_MS;
	presented_end(HART_SERVER, LIFECYCLE_RESTART);
	fake_forget();
	presented_end(HART_CLIENT, LIFECYCLE_RESTART);
	CU_ASSERT(fake.waited_us >= SLOW_MS * 1000 + PRESENTED_TIMEOUT_US);
	UNIT_ASSERT_INT(fake_count_lines("does not answer"), 1);
	UNIT_ASSERT_INT(presented_get_state(ID_CLIENT),
			COMPARTMENT_STATE_FAILED);
}

/* ---- Before the first instruction ---- */

static void publish_when_others_wait(enum fake_event event, uint32_t what)
{
	if (event == FAKE_DELAY && fake.waited_us > 5000 &&
	    !presented.page->server.state) {
		presented_publish(1);
		fake_become(what);
	}
}

static void hold(uint32_t hart)
{
	fake_forget();
	fake_become(hart);
	present_hold(arch_hart_this());
}

static void a_guest_waits_for_its_devices(void)
{
	presented_boot();
	fake.hook = publish_when_others_wait;
	hold(HART_CLIENT);
	fake.hook = NULL;
	CU_ASSERT(fake.waited_us > 5000 && fake.waited_us < 6000);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.trace, "serve "));
}

static void but_no_longer_than_its_channels_say(void)
{
	presented_boot();
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us,
			presented.channel->publish_timeout_ms * 1000UL);
	/* And once in each life. */
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us, 0);
	lifecycle_mark_started(&partitioner.partitions[ID_CLIENT].life);
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us,
			presented.channel->publish_timeout_ms * 1000UL);
}

static void nobody_else_waits(void)
{
	presented_boot();
	hold(HART_SERVER);
	hold(HART_OTHER);
	UNIT_ASSERT_INT(fake.waited_us, 0);
	/* Another hart of the client's. */
	partitioner.model.compartments[ID_CLIENT].boot_hart = HART_OTHER;
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us, 0);
}

static void nor_who_is_ended_or_whose_server_is_gone(void)
{
	presented_boot();
	CU_ASSERT(lifecycle_begin(&partitioner.partitions[ID_CLIENT].life,
				  LIFECYCLE_RESTART));
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us, 0);
	presented_boot();
	presented_end(HART_SERVER, LIFECYCLE_END);
	hold(HART_CLIENT);
	UNIT_ASSERT_INT(fake.waited_us, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_clients_memory_waits_for_the_server),
	UNIT_TEST(a_client_that_ends_for_good_says_so),
	UNIT_TEST(a_client_whose_server_never_answers_has_no_next_life),
	UNIT_TEST(a_server_with_a_disk_at_work_lets_go_of_nothing),
	UNIT_TEST(the_clients_memory_waits_for_a_server_that_boots),
	UNIT_TEST(a_guest_waits_for_its_devices),
	UNIT_TEST(but_no_longer_than_its_channels_say),
	UNIT_TEST(nobody_else_waits),
	UNIT_TEST(nor_who_is_ended_or_whose_server_is_gone),
};
UNIT_MAIN("partitioner_hold", tests)
