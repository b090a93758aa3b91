/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end while servers die and come back, or do not: the guest's
 * driver sees a pause where it can be one, and memory that it took back is not
 * touched again. Hostile cases 25 and 26.
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

/* As the firmware ends a server's life, and begins the next. */
static void restart_in_order(void (*restart)(struct front *front))
{
	frontend_channel_down(&front.fe);
	frontend_channel_up(&front.fe);
	restart(&front);
}

static void a_successor_is_a_pause(void)
{
	unsigned int interrupts;

	make_busy(5);
	interrupts = front.interrupts;
	front.memory.hold = false;
	restart_in_order(front_restart_server);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	CU_ASSERT(front.interrupts > interrupts);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&front.mmio),
			VIRTIO_MMIO_INT_USED);
	front_take(&front);
	UNIT_ASSERT_INT(front.ended, 6);
	front_request(&front, 7);
	/* And the one after that. */
	restart_in_order(front_restart_server);
	virtio_mmio_ack_interrupt(&front.mmio);
	front_request(&front, 8);
	CU_ASSERT_FALSE(front.held);
	front_end(&front);
}

static void kicks_meanwhile_are_not_lost(void)
{
	make_running();
	frontend_channel_down(&front.fe);
	front_offer(&front, 2);
	front_offer(&front, 3);
	UNIT_ASSERT_INT(front.ended, 1);
	frontend_channel_up(&front.fe);
	front_restart_server(&front);
	front_take(&front);
	UNIT_ASSERT_INT(front.ended, 3);
	front_end(&front);
}

static void a_stranger_needs_a_reset(void)
{
	unsigned int interrupts;

	make_busy(5);
	interrupts = front.interrupts;
	restart_in_order(front_replace_server);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(front.interrupts, interrupts + 1);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&front.mmio),
			VIRTIO_MMIO_INT_CONFIG);
	UNIT_ASSERT_INT(front.ended, 1);
	front_end(&front);
}

/* Nothing of it is with a server yet. */
static void a_stranger_before_the_driver_is_up_goes_unnoticed(void)
{
	make();
	UNIT_ASSERT_INT(front_negotiate(&front), 0);
	front_replace_server(&front);
	UNIT_ASSERT_INT(front_get_status(&front), 0xb);
	UNIT_ASSERT_INT(front_set_up_queue(&front), 0);
	front_replace_server(&front);
	/* DRIVER_OK before the stranger has answered its reset. */
	front.deaf = true;
	front_replace_server(&front);
	UNIT_ASSERT_INT(virtio_mmio_start(&front.mmio), 0);
	front.deaf = false;
	front.rung = 1;
	front_serve(&front);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	UNIT_ASSERT_INT(front.interrupts, 0);
	front_request(&front, 5);
	front_end(&front);
}

/* The first look at it is enough: its bell may come late. */
static void a_stranger_shows_its_configuration_at_once(void)
{
	struct channel *channel;

	make();
	channel = front.channel;
	memset(channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	channel_new_server(channel);
	UNIT_ASSERT_INT(loopback_server_publish(&channel->server),
			LOOPBACK_OK);
	channel->control->config[0] ^= 77;
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front.image[VIRTIO_MMIO_CONFIG],
			(BLOCK_MEMORY_SECTORS & 0xff) ^ 77);
	front.rung |= 1u << LOOPBACK_BIT_CONTROL;
	front_serve(&front);
	front_end(&front);
}

/* The words of a header, by their offsets. */
static const struct other_offer {
	size_t offset;
	uint32_t value;
} others[] = {
	{ offsetof(struct loopback_header, device_features), 0x30000000 },
	{ offsetof(struct loopback_header, queue_count), 2 },
	{ offsetof(struct loopback_header, queue_size_max), 32 },
	{ offsetof(struct loopback_header, config_size), 32 },
};
#define OTHERS	(sizeof(others) / sizeof(others[0]))

/* A next life, by hand, that offers something else. */
static void change_offer(const struct other_offer *other, bool resumes)
{
	struct loopback_control *page = front.channel->control;
	uint32_t value = virtio_le32(other->value);

	page->server.resumed_from = resumes ? page->server.generation : 0;
	channel_add64(&page->server.generation, 1);
	memcpy((uint8_t *)&page->header + other->offset, &value, 4);
	if (other->value == 32 &&
	    other->offset == offsetof(struct loopback_header, queue_size_max))
		page->answer[0].size_max = value;
	frontend_channel_poll(&front.fe);
}

static void make_for_two_queues(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front.config.queue_count = 2;
	front_init(&front);
	front_publish(&front);
}

static void each_other_offer_is_noticed(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++) {
		make_for_two_queues();
		UNIT_ASSERT_INT(front_negotiate(&front), 0);
		change_offer(&others[i], false);
		UNIT_ASSERT_INT(front_get_status(&front),
				0xb | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
		front_replace_server(&front);
		front_end(&front);
	}
}

/* It says that it continues, but not with what was agreed upon. */
static void a_successor_that_offers_other_things_is_none(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++) {
		make_for_two_queues();
		UNIT_ASSERT_INT(front_bring_up(&front), 0);
		front_serve(&front);
		change_offer(&others[i], true);
		UNIT_ASSERT_INT(front_get_status(&front),
				0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
		front_replace_server(&front);
		front_end(&front);
	}
}

/* What the driver has negotiated is not what the stranger offers. */
static void a_stranger_that_offers_other_things(void)
{
	struct loopback_control *page;

	make();
	page = front.channel->control;
	UNIT_ASSERT_INT(front_negotiate(&front), 0);
	front.channel->block_server.device.config_size = 32;
	front.channel->server.published = false;
	memset(front.channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	UNIT_ASSERT_INT(virtio_le32(page->header.config_size),
			front.fe.device.config.config_bytes);
	front_publish(&front);
	UNIT_ASSERT_INT(front_get_status(&front), 0xb |
			VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	/* It is shown from the driver's reset on. */
	UNIT_ASSERT_INT(front.fe.device.config.config_bytes,
			sizeof(struct virtio_blk_config));
	CU_ASSERT_TRUE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.fe.device.config.config_bytes, 32);
	front_free(&front);
}

/* Nobody was up: the driver finds what is there now. */
static void a_stranger_without_a_driver(void)
{
	make();
	front.channel->block_server.device.config_size = 32;
	front.channel->server.published = false;
	memset(front.channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	front_publish(&front);
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.fe.device.config.config_bytes, 32);
	front_end(&front);
}

/* ---- Resets ---- */

static void a_reset_that_a_successor_answers(void)
{
	make_busy(4);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	/* It died without the firmware's being told: only the page says so. */
	front.memory.hold = false;
	front_restart_server(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.interrupts, 1);
	front_end(&front);
}

static void a_reset_that_a_stranger_makes_good(void)
{
	make_busy(4);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	front_replace_server(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(front.interrupts, 1);
	front_end(&front);
}

/* The next life has the rings on record, and must not go on with them. */
static void a_reset_is_over_when_the_server_is_down(void)
{
	make_busy(4);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	frontend_channel_down(&front.fe);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	UNIT_ASSERT_INT(virtio_le32(front.channel->control->client.state),
			LOOPBACK_CLIENT_ABSENT);
	frontend_channel_up(&front.fe);
	front_restart_server(&front);
	UNIT_ASSERT_INT(virtio_le64(
				front.channel->control->server.resumed_from),
			0);
	UNIT_ASSERT_INT(front.memory.submits, 0);
	front_end(&front);
}

static void a_reset_while_the_server_is_down(void)
{
	make_busy(4);
	frontend_channel_down(&front.fe);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0);
	/* A driver is up again before a server is. */
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	frontend_channel_up(&front.fe);
	front.memory.hold = false;
	front_restart_server(&front);
	UNIT_ASSERT_INT(front.memory.submits, 0);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	front_request(&front, 6);
	front_end(&front);
}

static void a_queue_that_stops_while_the_server_is_down(void)
{
	make_busy(2);
	frontend_channel_down(&front.fe);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	frontend_channel_up(&front.fe);
	front.memory.hold = false;
	front_restart_server(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(front_get_status(&front), 0xf);
	front_end(&front);
}

static void a_queue_that_stops_and_a_stranger(void)
{
	make_busy(2);
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	front_replace_server(&front);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	front_end(&front);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_successor_is_a_pause),
	UNIT_TEST(kicks_meanwhile_are_not_lost),
	UNIT_TEST(a_stranger_needs_a_reset),
	UNIT_TEST(a_stranger_before_the_driver_is_up_goes_unnoticed),
	UNIT_TEST(a_stranger_shows_its_configuration_at_once),
	UNIT_TEST(each_other_offer_is_noticed),
	UNIT_TEST(a_successor_that_offers_other_things_is_none),
	UNIT_TEST(a_stranger_that_offers_other_things),
	UNIT_TEST(a_stranger_without_a_driver),
	UNIT_TEST(a_reset_that_a_successor_answers),
	UNIT_TEST(a_reset_that_a_stranger_makes_good),
	UNIT_TEST(a_reset_is_over_when_the_server_is_down),
	UNIT_TEST(a_reset_while_the_server_is_down),
	UNIT_TEST(a_queue_that_stops_while_the_server_is_down),
	UNIT_TEST(a_queue_that_stops_and_a_stranger),
};
UNIT_MAIN("frontend_lives", tests)
