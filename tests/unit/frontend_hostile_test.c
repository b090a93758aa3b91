/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's front end against a server that lies and a guest that breaks
 * every rule: hostile cases 20 to 25. Whatever was tried, a good server and a
 * good driver are served afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "unit.h"

static struct front front;

static struct loopback_control *page(void)
{
	return front.channel->control;
}

/* A good life of the server, and all of it again. */
static void end_with_a_good_server(void)
{
	front.deaf = false;
	front_replace_server(&front);
	front_end(&front);
}

/* Answer the word on the page with another status. */
static void answer(uint32_t status)
{
	uint64_t request = virtio_le64(page()->client.request);

	page()->server.acknowledge = virtio_le64(
		LOOPBACK_WORD(status, LOOPBACK_WORD_SEQUENCE(request)));
	frontend_channel_poll(&front.fe);
}

/* ---- The server ---- */

static void refuses_a_header_that_no_server_may_publish(void)
{
	static const struct {
		size_t offset;
		uint32_t value;
	} bad[] = {
		{ offsetof(struct loopback_header, magic), 0 },
		{ offsetof(struct loopback_header, version), 2 },
		{ offsetof(struct loopback_header, device_id), VIRTIO_ID_NET },
		{ offsetof(struct loopback_header, queue_count), 0 },
		/* More than the manifest keeps doorbell bits for. */
		{ offsetof(struct loopback_header, queue_count), 2 },
		{ offsetof(struct loopback_header, queue_count), 33 },
		{ offsetof(struct loopback_header, queue_count), UINT32_MAX },
		{ offsetof(struct loopback_header, queue_size_max), 0 },
		{ offsetof(struct loopback_header, queue_size_max), 24 },
		{ offsetof(struct loopback_header, queue_size_max), 2048 },
		{ offsetof(struct loopback_header, data_mode),
		  LOOPBACK_DATA_GRANT },
		{ offsetof(struct loopback_header, data_mode), UINT32_MAX },
		{ offsetof(struct loopback_header, config_size), 257 },
		{ offsetof(struct loopback_header, config_size), UINT32_MAX },
		/* Without VERSION_1, or what a window needs. */
		{ offsetof(struct loopback_header, device_features) + 4, 0 },
		{ offsetof(struct loopback_header, device_features) + 4, 1 },
		{ offsetof(struct loopback_header, device_features) + 4, 2 },
	};
	unsigned int i;
	uint32_t value;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		front_make(&front, LOOPBACK_DATA_WINDOW);
		front_publish(&front);
		front_init(&front);
		/* The layout of a 64-bit word's halves. */
		value = virtio_le32(bad[i].value);
		memcpy((uint8_t *)&page()->header + bad[i].offset, &value, 4);
		front.rung = 0;
		frontend_channel_poll(&front.fe);
		/* Some cannot be told from a device that no driver wants. */
		if (bad[i].offset <
		    offsetof(struct loopback_header, device_features))
			UNIT_ASSERT_INT(front.rung, 0);
		UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID), 0);
		CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 1));
		UNIT_ASSERT_INT(front_get_status(&front), 0);
		end_with_a_good_server();
	}
}

/* A life that is not there yet, whatever else the page says. */
static void waits_for_a_page_that_is_not_ready(void)
{
	static const uint32_t states[] = {
		LOOPBACK_SERVER_DOWN, LOOPBACK_SERVER_STARTING,
		LOOPBACK_SERVER_STOPPED, 4, UINT32_MAX,
	};
	unsigned int i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		front_make_running(&front);
		front_serve(&front);
		page()->server.state = virtio_le32(states[i]);
		answer(0);
		memset(&page()->header, 0xff, sizeof(page()->header));
		frontend_channel_poll(&front.fe);
		UNIT_ASSERT_INT(front_get_status(&front), 0xf);
		UNIT_ASSERT_INT(front.interrupts, 0);
		end_with_a_good_server();
	}
}

static void claim_to_resume(void)
{
	page()->server.resumed_from = virtio_le64(1);
	channel_add64(&page()->server.generation, 1);
}

static void a_successor_with_a_bad_header_is_none(void)
{
	front_make_running(&front);
	front_serve(&front);
	claim_to_resume();
	page()->header.magic = 0;
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	end_with_a_good_server();
}

/* The rings that it claims to go on with were taken back. */
static void a_successor_of_what_was_given_up_is_none(void)
{
	uint64_t request;

	front_make_running(&front);
	front_serve(&front);
	frontend_channel_down(&front.fe);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	frontend_channel_up(&front.fe);
	request = virtio_le64(page()->client.request);
	claim_to_resume();
	frontend_channel_poll(&front.fe);
	CU_ASSERT(virtio_le64(page()->client.request) > request);
	UNIT_ASSERT_INT(LOOPBACK_WORD_STATUS(
				virtio_le64(page()->client.request)), 0);
	end_with_a_good_server();
}

/* Only those that this library knows come through. */
static void masks_features_of_the_transport(void)
{
	uint64_t known = LOOPBACK_FEATURES | ~VIRTIO_TRANSPORT_BITS;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	front_init(&front);
	page()->header.device_features[0] = UINT64_MAX;
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID),
			VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_FEATURES),
			(uint32_t)known);
	front_try(&front, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_FEATURES),
			known >> 32);
	end_with_a_good_server();
}

static void a_queue_of_an_impossible_size_is_none(void)
{
	static const uint32_t sizes[] = { 0, 3, 32, 1024, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		front_make(&front, LOOPBACK_DATA_WINDOW);
		front_publish(&front);
		front_init(&front);
		page()->answer[0].size_max = virtio_le32(sizes[i]);
		frontend_channel_poll(&front.fe);
		UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_QUEUE_NUM_MAX),
				0);
		UNIT_ASSERT_INT(front_bring_up(&front), VIRTIO_ERR_NO_QUEUE);
		end_with_a_good_server();
	}
}

static void a_reset_is_over_with_the_right_word_only(void)
{
	static const uint32_t wrong[] = { 1, 0xf, 0x40, 0x80, UINT32_MAX };
	unsigned int i;

	front_make_running(&front);
	front.deaf = true;
	CU_ASSERT_FALSE(front_write(&front, VIRTIO_MMIO_STATUS, 0));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		answer(wrong[i]);
		CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	}
	/* Of another request. */
	page()->server.acknowledge = virtio_le64(LOOPBACK_WORD(0, 77));
	frontend_channel_poll(&front.fe);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	answer(0);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(front.interrupts, 0);
	end_with_a_good_server();
}

static void a_refused_start_needs_a_reset(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	front.deaf = true;
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	answer(0xb);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT(front.interrupts, 1);
	/* It says so once. */
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front.interrupts, 1);
	/* A queue of it ends with a reset of all. */
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	answer(0);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	end_with_a_good_server();
}

static void a_refused_stop_needs_a_reset(void)
{
	front_make_running(&front);
	front_serve(&front);
	front.deaf = true;
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	answer(0x4f);
	CU_ASSERT_FALSE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	answer(0);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 0));
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_STATUS, 0));
	end_with_a_good_server();
}

static void a_word_of_its_own_needs_a_reset(void)
{
	front_make_running(&front);
	front_serve(&front);
	answer(0x4f);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	end_with_a_good_server();

	front_make_running(&front);
	front_serve(&front);
	page()->server.acknowledge = virtio_le64(LOOPBACK_WORD(0xf, 1234));
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	end_with_a_good_server();
}

/* A descriptor outside of the pool: the server finds out, the driver learns. */
static void a_ring_outside_is_the_drivers_loss(void)
{
	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	UNIT_ASSERT_INT(front_negotiate(&front), 0);
	front_try(&front, VIRTIO_MMIO_QUEUE_NUM, 4);
	front_try(&front, VIRTIO_MMIO_QUEUE_DESC_LOW, 0x80000000);
	front_try(&front, VIRTIO_MMIO_QUEUE_DRIVER_LOW, 0x80000100);
	front_try(&front, VIRTIO_MMIO_QUEUE_DEVICE_LOW, 0x80000200);
	CU_ASSERT_TRUE(front_try(&front, VIRTIO_MMIO_QUEUE_READY, 1));
	front_try(&front, VIRTIO_MMIO_STATUS, 0xf);
	front_serve(&front);
	UNIT_ASSERT_INT(front_get_status(&front),
			0xf | VIRTIO_STATUS_DEVICE_NEEDS_RESET);
	UNIT_ASSERT_INT((int)virtio_le32(page()->server.error),
			LOOPBACK_ERR_RANGE);
	front_end(&front);
}

/* No storm of words changes what a driver may rely on. */
static void every_word_toggled_at_every_bell(void)
{
	uint32_t *words = (uint32_t *)front.channel;
	unsigned int i, at;

	front_make_running(&front);
	words = (uint32_t *)page();
	srand(5);
	for (i = 0; i < 20000; i++) {
		at = (unsigned int)rand() % (LOOPBACK_CONTROL_SIZE / 4);
		/* Mostly where it matters. */
		if (i % 4)
			at %= 0x80 / 4;
		words[at] = i % 3 ? (uint32_t)rand() :
				    virtio_le32((uint32_t)rand() % 5);
		if (i % 7 == 0)
			page()->server.state =
				virtio_le32(LOOPBACK_SERVER_READY);
		frontend_channel_poll(&front.fe);
		frontend_channel_used(&front.fe);
		front_try(&front, VIRTIO_MMIO_STATUS,
			  i % 5 ? (uint32_t)rand() % 16 : 0);
		UNIT_ASSERT_INT(front.open, false);
	}
	memset(page(), 0, LOOPBACK_CONTROL_SIZE);
	end_with_a_good_server();
}

static void a_configuration_that_keeps_changing(void)
{
	uint64_t capacity;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	front_init(&front);
	channel_add32(&page()->server.config_generation, 1);
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_DEVICE_ID),
			VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	channel_add32(&page()->server.config_generation, 1);
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&front.mmio, 0, 8, &capacity),
			0);
	UNIT_ASSERT_INT(capacity, BLOCK_MEMORY_SECTORS);
	/* Again, of a device that is in use. */
	channel_add32(&page()->server.config_generation, 1);
	page()->config[0] ^= 0x55;
	frontend_channel_poll(&front.fe);
	UNIT_ASSERT_INT(front_read(&front, VIRTIO_MMIO_CONFIG),
			BLOCK_MEMORY_SECTORS);
	UNIT_ASSERT_INT(front.interrupts, 0);
	front_end(&front);
}

/* ---- The guest ---- */

static void kicks_count_for_queues_that_run(void)
{
	static const uint32_t others[] = { 1, 31, 32, 64, 0x10000, UINT32_MAX };
	unsigned int i;

	front_make(&front, LOOPBACK_DATA_WINDOW);
	front_publish(&front);
	front.rung = 0;
	front_try(&front, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(front.rung, 0);
	UNIT_ASSERT_INT(front_bring_up(&front), 0);
	front_serve(&front);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		front_try(&front, VIRTIO_MMIO_QUEUE_NOTIFY, others[i]);
	UNIT_ASSERT_INT(front.rung, 0);
	front_try(&front, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(front.rung, 2);
	front_serve(&front);
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	front_serve(&front);
	front_try(&front, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(front.rung, 0);
	front_end(&front);
}

static void any_write_of_any_width_anywhere(void)
{
	static const unsigned int widths[] = { 1, 2, 4, 8 };
	unsigned int i, width;
	uint32_t offset;

	front_make_running(&front);
	srand(7);
	for (i = 0; i < 50000; i++) {
		width = widths[rand() % 4];
		offset = (uint32_t)rand() % (i % 2 ? 0x200 :
						     LOOPBACK_CONTROL_SIZE);
		offset -= offset % width;
		frontend_channel_write(&front.fe, offset, width,
				       i % 3 ? (uint32_t)rand() % 16 :
					       (uint32_t)rand());
		if (i % 16 == 0)
			front_serve(&front);
		front_try(&front, VIRTIO_MMIO_INTERRUPT_ACK, 0);
	}
	front_write(&front, VIRTIO_MMIO_STATUS, 0);
	/* The ring was anywhere in the pool. */
	memset(front.channel->pool, 0, CHANNEL_POOL);
	front_end(&front);
}

/* A driver that gave up hears nothing, and only a reset helps it. */
static void failed_is_for_good(void)
{
	front_make_running(&front);
	front_serve(&front);
	front_try(&front, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_FAILED);
	CU_ASSERT_FALSE(frontend_channel_used(&front.fe));
	front_try(&front, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(front.rung, 0);
	front_try(&front, VIRTIO_MMIO_STATUS, 0xf);
	UNIT_ASSERT_INT(front_get_status(&front), 0xf | VIRTIO_STATUS_FAILED);
	front_end(&front);
}

static const struct unit_test tests[] = {
	UNIT_TEST(refuses_a_header_that_no_server_may_publish),
	UNIT_TEST(waits_for_a_page_that_is_not_ready),
	UNIT_TEST(a_successor_with_a_bad_header_is_none),
	UNIT_TEST(a_successor_of_what_was_given_up_is_none),
	UNIT_TEST(masks_features_of_the_transport),
	UNIT_TEST(a_queue_of_an_impossible_size_is_none),
	UNIT_TEST(a_reset_is_over_with_the_right_word_only),
	UNIT_TEST(a_refused_start_needs_a_reset),
	UNIT_TEST(a_refused_stop_needs_a_reset),
	UNIT_TEST(a_word_of_its_own_needs_a_reset),
	UNIT_TEST(a_ring_outside_is_the_drivers_loss),
	UNIT_TEST(every_word_toggled_at_every_bell),
	UNIT_TEST(a_configuration_that_keeps_changing),
	UNIT_TEST(kicks_count_for_queues_that_run),
	UNIT_TEST(any_write_of_any_width_anywhere),
	UNIT_TEST(failed_is_for_good),
};
UNIT_MAIN("frontend_hostile", tests)
