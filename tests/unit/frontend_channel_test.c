/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end between a server and a guest's driver that both do as
 * they should: what is shown, what is served, what is waited for.
 */
#include <string.h>

#include "front.h"
#include "unit.h"

static struct front front;

/* `count` reads at the disk, and the doorbells of that taken. */
static void make_busy(unsigned int count)
{
	front_make_running(&front);
	front_hold(&front, count);
	UNIT_ASSERT_INT(front.memory.count, count);
}

static void shows_no_device_before_there_is_one(void)
{
	uint32_t at;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_MAGIC_VALUE),
			VIRTIO_MMIO_MAGIC);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_VERSION), 2);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
	CU_ASSERT_FALSE(frontend_channel_is_settled(&front.fe));
	/* What is written meanwhile is not there afterwards. */
	for (at = 0; at < VIRTIO_MMIO_CONFIG; at += 4)
		CU_ASSERT_TRUE(front_try(&front, at, 1));
	UNIT_ASSERT_INT(front.rings, 0);
	front_publish(&front);
	CU_ASSERT_TRUE(frontend_channel_is_settled(&front.fe));
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID),
			VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_VENDOR_ID),
			LOOPBACK_VENDOR_ID);
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_QUEUE_NUM_MAX),
			CHANNEL_QUEUE_SIZE);
	UNIT_ASSERT_INT(front.interrupts, 0);
	front_end(&front);
}

static void a_driver_is_served(void)
{
	uint64_t capacity;
	unsigned int i;

	front_make_running(&front);
	CU_ASSERT_FALSE(front.held);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&front.mmio, 0, 8, &capacity),
			0);
	UNIT_ASSERT_INT(capacity, BLOCK_MEMORY_SECTORS);
	for (i = 0; i < 100; i++)
		front_request(&front, i);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	front_end(&front);
}

static void a_request_touches_few_pages(void)
{
	unsigned int opens;

	front_make_running(&front);
	front_request(&front, 1);
	opens = front.opens;
	front_offer(&front, 2);
	UNIT_ASSERT_INT(front.opens, opens);
	UNIT_ASSERT_INT(front.rung, 1u << LOOPBACK_BIT_QUEUE(0));
	front_serve(&front);
	UNIT_ASSERT_INT(front.opens, opens + 1);
	/* Told twice, shown once. */
	frontend_channel_used(&front.fe);
	UNIT_ASSERT_INT(front.opens, opens + 1);
	virtio_mmio_ack_interrupt(&front.mmio);
	UNIT_ASSERT_INT(front.opens, opens + 2);
	front_take(&front);
	front_end(&front);
}

static void interrupts_each_time_but_only_a_driver_that_is_up(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	CU_ASSERT_FALSE(frontend_channel_used(&front.fe));
	front_publish(&front);
	CU_ASSERT_FALSE(frontend_channel_used(&front.fe));
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	CU_ASSERT_TRUE(frontend_channel_used(&front.fe));
	CU_ASSERT_TRUE(frontend_channel_used(&front.fe));
	UNIT_ASSERT_INT(front.interrupts, 2);
	CU_ASSERT_FALSE(frontend_channel_poll(&front.fe));
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	CU_ASSERT_FALSE(frontend_channel_used(&front.fe));
	UNIT_ASSERT_INT(front.interrupts, 2);
	front_end(&front);
}

/* One edge for each event, and one more for what an acknowledgement leaves. */
static void what_is_not_acknowledged_interrupts_again(void)
{
	struct virtio_blk_config config;

	front_make_running(&front);
	front_offer(&front, 1);
	front_serve(&front);
	memcpy(&config, front.channel->block_server.device.config,
	       sizeof(config));
	config.capacity = virtio_le64(77);
	loopback_server_update_config(&front.channel->server, &config);
	front_serve(&front);
	UNIT_ASSERT_INT(front.interrupts, 2);
	/* Nothing is acknowledged: all is as it was. */
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_INTERRUPT_ACK, 0));
	UNIT_ASSERT_INT(front.interrupts, 2);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_INTERRUPT_ACK,
				 VIRTIO_MMIO_INT_USED));
	UNIT_ASSERT_INT(front.interrupts, 3);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_CONFIG);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_INTERRUPT_ACK,
				 VIRTIO_MMIO_INT_CONFIG));
	UNIT_ASSERT_INT(front.interrupts, 3);
	front_take(&front);
	front_end(&front);
}

static void a_changed_configuration_interrupts(void)
{
	struct virtio_blk_config config;
	uint32_t generation;
	uint64_t capacity;

	front_make_running(&front);
	generation = front_read(&front, VIRTIO_MMIO_CONFIG_GENERATION);
	memcpy(&config, front.channel->block_server.device.config,
	       sizeof(config));
	/* The same again is no change. */
	loopback_server_update_config(&front.channel->server, &config);
	front_serve(&front);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_CONFIG_GENERATION),
			generation);
	UNIT_ASSERT_INT(front.interrupts, 0);
	config.capacity = virtio_le64(77);
	loopback_server_update_config(&front.channel->server, &config);
	front_serve(&front);
	UNIT_ASSERT_INT(front.interrupts, 1);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&front.mmio),
			VIRTIO_MMIO_INT_CONFIG);
	CU_ASSERT_NOT_EQUAL(front_read(&front, VIRTIO_MMIO_CONFIG_GENERATION),
			    generation);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&front.mmio, 0, 8, &capacity),
			0);
	UNIT_ASSERT_INT(capacity, 77);
	/* A driver's reset takes the device as it is. */
	generation = front_read(&front, VIRTIO_MMIO_CONFIG_GENERATION);
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_CONFIG_GENERATION),
			generation);
	/* A driver's own writes change nothing. */
	front_try(&front, VIRTIO_MMIO_CONFIG, 5);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_CONFIG), 77);
	front_end(&front);
}

static uint64_t get_offer(void)
{
	uint64_t high;

	front_try(&front, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	high = front_read(&front, VIRTIO_MMIO_DEVICE_FEATURES);
	front_try(&front, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return high << 32 | front_read(&front, VIRTIO_MMIO_DEVICE_FEATURES);
}

static uint32_t accept(uint64_t features)
{
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	front_try(&front, VIRTIO_MMIO_STATUS, 3);
	front_try(&front, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	front_try(&front, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	front_try(&front, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	front_try(&front, VIRTIO_MMIO_DRIVER_FEATURES,
		  (uint32_t)(features >> 32));
	front_try(&front, VIRTIO_MMIO_STATUS, 0xb);
	return front_get_status(&front);
}

/* Else the driver's buffers would lie anywhere (VirtIO 1.2, 6.2). */
static void in_a_window_the_platform_counts(void)
{
	uint64_t offer;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	offer = get_offer();
	CU_ASSERT(0 != (offer & VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)));
	UNIT_ASSERT_INT(offer, front.channel->server.features);
	UNIT_ASSERT_INT(accept(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)), 3);
	UNIT_ASSERT_INT(accept(offer), 0xb);
	front_end(&front);
}

static void where_memory_is_granted_it_does_not(void)
{
	struct virtio_region region = {
		.addr = CHANNEL_BUS,
		.size = CHANNEL_POOL,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	uint64_t offer;

	front_make(&front, LOOPBACK_DATA_GRANT);
	region.base = front.channel->pool;
	front.channel->regions = &region;
	front.channel->region_count = 1;
	channel_new_server(front.channel);
	front_publish(&front);
	offer = get_offer();
	CU_ASSERT(!(offer & VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)));
	CU_ASSERT(0 != (offer & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC)));
	UNIT_ASSERT_INT(accept(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)), 0xb);
	front_end(&front);
}

/* ---- What is waited for ---- */

static void a_reset_waits_for_requests_in_flight(void)
{
	const uint8_t *data;
	unsigned int i;

	make_busy(5);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front.holds, FRONT_TRIES);
	CU_ASSERT_NOT_EQUAL(front_get_status(&front), 0);
	/* The server was asked once. */
	UNIT_ASSERT_INT(front.rung, 0);
	for (i = 0; i < 4; i++)
		block_memory_end(&front.memory, 0, VIRTIO_BLK_S_OK);
	front_serve(&front);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	block_memory_end(&front.memory, 0, VIRTIO_BLK_S_OK);
	front_serve(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.interrupts, 0);
	/* Nothing was said to be used of what the driver has taken back. */
	data = front.channel->pool;
	UNIT_ASSERT_INT(data[CHANNEL_WIRES + 48], 0xee);
	CU_ASSERT_FALSE(virtq_driver_has_used(&front.virtq));
	front_end(&front);
}

static void a_reset_of_what_never_ran_waits_for_nothing(void)
{
	unsigned int rings;

	front_make_running(&front);
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	rings = front.rings;
	front_try(&front, VIRTIO_MMIO_STATUS, 3);
	front_try(&front, VIRTIO_MMIO_STATUS, 0);
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.rings, rings);
	front_end(&front);
}

/* The server's own reset is on its way: one answer is enough. */
static void a_reset_that_was_asked_for_is_not_asked_again(void)
{
	unsigned int rings;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	front.deaf = true;
	front_publish(&front);
	rings = front.rings;
	front_try(&front, VIRTIO_MMIO_STATUS, 3);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front.rings, rings);
	front.deaf = false;
	front.rung = 1;
	front_serve(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	front_end(&front);
}

static void a_thousand_lives_of_a_driver(void)
{
	unsigned int i;

	front_make_running(&front);
	for (i = 0; i < 1000; i++)
		UNIT_ASSERT_INT(front_bring_up(&front), 0);
	front_end(&front);
}

static void a_queue_that_stops_waits_for_its_requests(void)
{
	unsigned int i;

	make_busy(3);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_QUEUE_READY), 1);
	for (i = 0; i < 3; i++)
		block_memory_end(&front.memory, 0, VIRTIO_BLK_S_OK);
	front_serve(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_QUEUE_READY), 0);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->answer[0].state),
			LOOPBACK_QUEUE_DISABLED);
	/* And comes back, while the driver stays up. */
	front.memory.hold = false;
	UNIT_ASSERT_INT(front_set_up_queue(&front), 0);
	front_serve(&front);
	front_request(&front, 9);
	front_end(&front);
}

static void a_queue_that_never_ran_stops_at_once(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	CU_ASSERT_EQUAL(accept(get_offer()), 0xb);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_NUM, 4));
	front_try(&front, VIRTIO_MMIO_QUEUE_DESC_LOW, CHANNEL_BUS);
	front_try(&front, VIRTIO_MMIO_QUEUE_DRIVER_LOW, CHANNEL_BUS + 0x100);
	front_try(&front, VIRTIO_MMIO_QUEUE_DEVICE_LOW, CHANNEL_BUS + 0x200);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 1));
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->queue[0].ready), 1);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->queue[0].ready), 0);
	front_end(&front);
}

/* It may be reading what the queue's words say. */
static void a_queue_waits_for_the_servers_answer(void)
{
	front_make_running(&front);
	front_try(&front, VIRTIO_MMIO_STATUS, 0);
	front_serve(&front);
	front.deaf = true;
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->queue[0].ready), 1);
	/* No access to that register, so nothing that would wait. */
	for (unsigned int width = 1; width <= 8; width *= 2)
		CU_ASSERT_EQUAL(frontend_channel_write(&front.fe,
						       VIRTIO_MMIO_QUEUE_READY,
						       width, 0), width != 4);
	front.deaf = false;
	front.rung = 1;
	front_serve(&front);
	CU_ASSERT_TRUE(front_write(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	front_end(&front);
}

/* A driver can be quicker than the reset at the beginning of a server's life. */
static void a_driver_may_start_before_the_server_answers(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front.deaf = true;
	front_publish(&front);
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	CU_ASSERT_FALSE(front.held);
	front_offer(&front, 4);
	front.deaf = false;
	front.rung = 3;
	front_serve(&front);
	front_take(&front);
	UNIT_ASSERT_INT(front.ended, 1);
	front_end(&front);
}

static const struct unit_test tests[] = {
	UNIT_TEST(shows_no_device_before_there_is_one),
	UNIT_TEST(a_driver_is_served),
	UNIT_TEST(a_request_touches_few_pages),
	UNIT_TEST(interrupts_each_time_but_only_a_driver_that_is_up),
	UNIT_TEST(what_is_not_acknowledged_interrupts_again),
	UNIT_TEST(a_changed_configuration_interrupts),
	UNIT_TEST(in_a_window_the_platform_counts),
	UNIT_TEST(where_memory_is_granted_it_does_not),
	UNIT_TEST(a_reset_waits_for_requests_in_flight),
	UNIT_TEST(a_reset_of_what_never_ran_waits_for_nothing),
	UNIT_TEST(a_reset_that_was_asked_for_is_not_asked_again),
	UNIT_TEST(a_thousand_lives_of_a_driver),
	UNIT_TEST(a_queue_that_stops_waits_for_its_requests),
	UNIT_TEST(a_queue_that_never_ran_stops_at_once),
	UNIT_TEST(a_queue_waits_for_the_servers_answer),
	UNIT_TEST(a_driver_may_start_before_the_server_answers),
};
UNIT_MAIN("frontend_channel", tests)
