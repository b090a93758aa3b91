/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end when the firmware says that the server's compartment is
 * down, or gone, or that the client's is.
 */
#include <string.h>

#include "front.h"
#include "unit.h"

static struct front front;

static void make(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
}

static void make_running(void)
{
	front_make_running(&front);
	front_request(&front, 1);
}

static void make_busy(unsigned int count)
{
	make_running();
	front_hold(&front, count);
}

/* ---- What the firmware says of the server's compartment ---- */

static void an_answer_without_a_bell_is_found(void)
{
	make_busy(2);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	block_memory_end(&front.memory, 0, VIRTIO_BLK_S_OK);
	block_memory_end(&front.memory, 0, VIRTIO_BLK_S_OK);
	loopback_server_poll_control(&front.channel->server);
	frontend_channel_down(&front.fe);
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->client.state),
			LOOPBACK_CLIENT_ADOPTING);
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	frontend_channel_up(&front.fe);
	front_restart_server(&front);
	front_end(&front);
}

/* The page still says READY, for a life that has ended. */
static void a_page_of_the_dead_is_not_read(void)
{
	uint64_t generation;

	make_running();
	frontend_channel_down(&front.fe);
	channel_add64(&front.channel->control->server.generation, 1);
	generation = front.fe.handshake.server_generation;
	CU_ASSERT_FALSE(frontend_channel_poll(&front.fe));
	UNIT_ASSERT_INT(front.fe.handshake.server_generation, generation);
	channel_add64(&front.channel->control->server.generation, (uint64_t)-1);
	frontend_channel_up(&front.fe);
	front_restart_server(&front);
	front_request(&front, 2);
	front_end(&front);
}

static void a_server_that_is_gone_needs_a_reset(void)
{
	make_busy(3);
	frontend_channel_down(&front.fe);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	frontend_channel_gone(&front.fe);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(front.interrupts, 2);
	CU_ASSERT_TRUE(frontend_channel_is_settled(&front.fe));
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
	front_free(&front);
}

static void a_server_that_is_gone_without_a_driver(void)
{
	make();
	frontend_channel_down(&front.fe);
	frontend_channel_gone(&front.fe);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
	UNIT_ASSERT_INT(front.interrupts, 0);
	front_free(&front);
	/* Nor was one ever there. */
	front_make(&front, LOOPBACK_DATA_WINDOW);
	frontend_channel_down(&front.fe);
	CU_ASSERT_FALSE(frontend_channel_is_settled(&front.fe));
	frontend_channel_gone(&front.fe);
	CU_ASSERT_TRUE(frontend_channel_is_settled(&front.fe));
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
	front_free(&front);
}

static void what_waits_is_over_when_the_server_is_gone(void)
{
	make_busy(3);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	frontend_channel_down(&front.fe);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	frontend_channel_gone(&front.fe);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	front_free(&front);
}

/* A hart or a device of its never came to rest: memory is not given back. */
static void a_server_that_may_still_write_holds_a_reset_back(void)
{
	make_busy(3);
	frontend_channel_gone(&front.fe);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	front.deaf = true;
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	CU_ASSERT_NOT_EQUAL(front_get_status(&front), 0);
	front_free(&front);
}

/* What it says then is said by nobody that is known to run. */
static void a_server_that_is_gone_shows_nothing_more(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	frontend_channel_gone(&front.fe);
	UNIT_ASSERT_INT(loopback_server_publish(&front.channel->server), 0);
	CU_ASSERT_FALSE(frontend_channel_poll(&front.fe));
	frontend_channel_down(&front.fe);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
	UNIT_ASSERT_INT(front.rung, 0);
	CU_ASSERT_TRUE(frontend_channel_is_settled(&front.fe));
	front_free(&front);
}

/* ---- The client's end ---- */

static int poll_server(void)
{
	front.rung = 0;
	return loopback_server_poll_control(&front.channel->server);
}

static void a_client_that_ended_is_closed(void)
{
	make_running();
	CU_ASSERT_TRUE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	frontend_channel_close(&front.fe);
	UNIT_ASSERT_INT(front.rung, 1);
	CU_ASSERT(0 != (poll_server() & LOOPBACK_EVENT_CLOSED));
	front_serve(&front);
	/* The next life learns it, too. */
	channel_new_server(front.channel);
	UNIT_ASSERT_INT(loopback_server_publish(&front.channel->server), 0);
	UNIT_ASSERT_INT(virtio_le64(
				front.channel->control->server.resumed_from),
			0);
	frontend_channel_poll(&front.fe);
	CU_ASSERT(0 != (poll_server() & LOOPBACK_EVENT_CLOSED));
	front_free(&front);
}

/* The server's record has nothing of it, and would be gone on with. */
static void a_client_that_ended_at_rest_is_closed(void)
{
	make_running();
	CU_ASSERT_TRUE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	frontend_channel_down(&front.fe);
	frontend_channel_close(&front.fe);
	frontend_channel_up(&front.fe);
	channel_new_server(front.channel);
	UNIT_ASSERT_INT(loopback_server_publish(&front.channel->server), 0);
	frontend_channel_poll(&front.fe);
	CU_ASSERT(0 != (poll_server() & LOOPBACK_EVENT_CLOSED));
	front_free(&front);
}

static void a_client_that_ended_with_the_server_down_is_closed(void)
{
	make_running();
	frontend_channel_down(&front.fe);
	CU_ASSERT_TRUE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	front.rung = 0;
	frontend_channel_close(&front.fe);
	UNIT_ASSERT_INT(front.rung, 0);
	frontend_channel_up(&front.fe);
	channel_new_server(front.channel);
	UNIT_ASSERT_INT(loopback_server_publish(&front.channel->server), 0);
	frontend_channel_poll(&front.fe);
	CU_ASSERT(0 != (poll_server() & LOOPBACK_EVENT_CLOSED));
	front_free(&front);
}

static void a_client_that_ended_before_a_server_came(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	frontend_channel_close(&front.fe);
	UNIT_ASSERT_INT(front.rung, 0);
	UNIT_ASSERT_INT(loopback_server_publish(&front.channel->server), 0);
	frontend_channel_poll(&front.fe);
	CU_ASSERT(0 != (poll_server() & LOOPBACK_EVENT_CLOSED));
	front_free(&front);
}

static const struct unit_test tests[] = {
	UNIT_TEST(an_answer_without_a_bell_is_found),
	UNIT_TEST(a_page_of_the_dead_is_not_read),
	UNIT_TEST(a_server_that_is_gone_needs_a_reset),
	UNIT_TEST(a_server_that_is_gone_without_a_driver),
	UNIT_TEST(what_waits_is_over_when_the_server_is_gone),
	UNIT_TEST(a_server_that_may_still_write_holds_a_reset_back),
	UNIT_TEST(a_server_that_is_gone_shows_nothing_more),
	UNIT_TEST(a_client_that_ended_is_closed),
	UNIT_TEST(a_client_that_ended_at_rest_is_closed),
	UNIT_TEST(a_client_that_ended_with_the_server_down_is_closed),
	UNIT_TEST(a_client_that_ended_before_a_server_came),
};
UNIT_MAIN("frontend_ends", tests)
