/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is told of what: the wishes of either side in either format, honest and
 * poisoned (case 14 of the threat model's list), and the value that a driver
 * notifies with. That no wake-up is lost to a race is virtio_wakeup_test.c's.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define FLAGS	(~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))
#define ENABLE	RING_EVENT_FLAGS_ENABLE
#define DISABLE	RING_EVENT_FLAGS_DISABLE
#define DESC	RING_EVENT_FLAGS_DESC

static const struct peer_piece eight = { PEER_BUS + BUF, 8,
					 VIRTQ_DESC_F_WRITE };

/* Serve one buffer; was the driver to be told? */
static bool serve_one(struct peer *peer)
{
	uint16_t id = hostile_accept(peer, &eight, 1);
	bool told;

	UNIT_ASSERT_INT(virtq_device_push(&peer->device, id, 8), 0);
	told = virtq_device_publish(&peer->device);
	hostile_expect_used(peer, id, 8);
	return told;
}

/* Offer one buffer and get it back; was the device to be told? */
static bool offer_one(struct peer *peer)
{
	bool told;

	hostile_add_quietly(peer, 1, 0, 0);
	told = virtq_driver_publish(&peer->driver);
	peer_complete(peer, (uint32_t)peer_take(peer), 0);
	hostile_expect_completion(peer, 0, 0);
	return told;
}

/* Every event index, honest or not, with the entry that it names or none. */
static void split_case_14_poisoned_event_index(void)
{
	struct peer *device = hostile_start(PEER_SPLIT);
	struct peer *driver = hostile_start_driver(PEER_SPLIT);
	unsigned int event, wrong = 0;
	uint16_t next;

	for (event = 0; event < 0x10000; event += event % 64 ? 1 : 61) {
		next = device->used.idx;
		peer_set_used_event(device, (uint16_t)event);
		wrong += serve_one(device) != (event == next);
		next = driver->avail.idx;
		peer_set_avail_event(driver, (uint16_t)event);
		wrong += offer_one(driver) != (event == next);
	}
	/* And still each is told when it asks. */
	peer_set_used_event(device, device->used.idx);
	CU_ASSERT_TRUE(serve_one(device));
	peer_set_avail_event(driver, driver->avail.idx);
	CU_ASSERT_TRUE(offer_one(driver));
	UNIT_ASSERT_INT(wrong, 0);
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}

/* Is the event that @off_wrap names the place that was just passed? */
static bool is_due(uint16_t off_wrap, uint16_t flags, struct peer_place passed)
{
	if (flags != DESC)
		return flags != DISABLE;
	return off_wrap == (passed.idx | (passed.wrap ? PVIRTQ_WRAP : 0));
}

/*
 * Every offset up to twice the ring's size and the far ones, with either wrap
 * bit, and all four values of the flags: a descriptor that is not the one asked
 * for, or is not in the ring, wakes nobody, and reserved flags do.
 */
static void packed_case_14_poisoned_event(void)
{
	struct peer *device = hostile_start(PEER_PACKED);
	struct peer *driver = hostile_start_driver(PEER_PACKED);
	unsigned int off, flags, round, wrong = 0;
	struct peer_place passed;
	uint16_t off_wrap;

	for (round = 0; round < 2 * NUM; round++) {
		for (off = 0; off < 8 * NUM; off++) {
			for (flags = 0; flags < 4; flags++) {
				off_wrap = (uint16_t)(off % NUM +
						      off / NUM % 2 * 0x8000 +
						      off / NUM / 2 * 0x1ff5);
				passed = device->used;
				peer_set_driver_event(device, off_wrap,
						      (uint16_t)flags);
				wrong += serve_one(device) !=
					is_due(off_wrap, (uint16_t)flags,
					       passed);
				passed = driver->avail;
				peer_set_device_event(driver, off_wrap,
						      (uint16_t)flags);
				wrong += offer_one(driver) !=
					is_due(off_wrap, (uint16_t)flags,
					       passed);
			}
		}
		serve_one(device);
		offer_one(driver);
	}
	UNIT_ASSERT_INT(wrong, 0);
	/* Bits above the two mean nothing. */
	peer_set_driver_event(device, 0, 0xfffc | DISABLE);
	CU_ASSERT_FALSE(serve_one(device));
	peer_set_driver_event(device, 0, 0xfffc | ENABLE);
	CU_ASSERT_TRUE(serve_one(device));
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}

/* Without EVENT_IDX an event is a reserved value, and no reason for silence. */
static void packed_case_14_event_that_was_not_negotiated(void)
{
	struct peer *device = hostile_start(PEER_PACKED & FLAGS);
	struct peer *driver = hostile_start_driver(PEER_PACKED & FLAGS);
	uint16_t flags;

	for (flags = 0; flags < 4; flags++) {
		peer_set_driver_event(device, 9, flags);
		UNIT_ASSERT_INT(serve_one(device), flags != DISABLE);
		peer_set_device_event(driver, 9, flags);
		UNIT_ASSERT_INT(offer_one(driver), flags != DISABLE);
	}
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}

static void split_wishes_by_flag(void)
{
	struct peer *device = hostile_start(PEER_SPLIT & FLAGS);
	struct peer *driver = hostile_start_driver(PEER_SPLIT & FLAGS);

	peer_set_avail_flags(device, VIRTQ_AVAIL_F_NO_INTERRUPT);
	CU_ASSERT_FALSE(serve_one(device));
	peer_set_avail_flags(device, (uint16_t)~VIRTQ_AVAIL_F_NO_INTERRUPT);
	CU_ASSERT_TRUE(serve_one(device));
	peer_set_used_flags(driver, VIRTQ_USED_F_NO_NOTIFY);
	CU_ASSERT_FALSE(offer_one(driver));
	peer_set_used_flags(driver, (uint16_t)~VIRTQ_USED_F_NO_NOTIFY);
	CU_ASSERT_TRUE(offer_one(driver));

	virtq_device_disable_notifications(&device->device);
	UNIT_ASSERT_INT(peer_read_used_flags(device), VIRTQ_USED_F_NO_NOTIFY);
	CU_ASSERT_FALSE(virtq_device_enable_notifications(&device->device));
	UNIT_ASSERT_INT(peer_read_used_flags(device), 0);
	virtq_driver_disable_callbacks(&driver->driver);
	UNIT_ASSERT_INT(peer_read_avail_flags(driver),
			VIRTQ_AVAIL_F_NO_INTERRUPT);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&driver->driver));
	UNIT_ASSERT_INT(peer_read_avail_flags(driver), 0);
	peer_free(device);
	peer_free(driver);
}

static void packed_wishes_as_written(void)
{
	struct peer *device = hostile_start(PEER_PACKED);
	struct peer *driver = hostile_start_driver(PEER_PACKED);
	struct pvirtq_event_suppress event;
	unsigned int i;

	for (i = 0; i < 3 * NUM; i++) {
		uint16_t at = (uint16_t)(i % NUM |
					 (i / NUM % 2 ? 0 : PVIRTQ_WRAP));

		virtq_device_disable_notifications(&device->device);
		event = peer_read_device_event(device);
		UNIT_ASSERT_INT(event.flags, DISABLE);
		CU_ASSERT_FALSE(virtq_device_enable_notifications(
			&device->device));
		event = peer_read_device_event(device);
		UNIT_ASSERT_INT(event.flags, DESC);
		UNIT_ASSERT_INT(event.off_wrap, at);
		serve_one(device);
		virtq_driver_disable_callbacks(&driver->driver);
		event = peer_read_driver_event(driver);
		UNIT_ASSERT_INT(event.flags, DISABLE);
		CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&driver->driver));
		event = peer_read_driver_event(driver);
		UNIT_ASSERT_INT(event.flags, DESC);
		UNIT_ASSERT_INT(event.off_wrap, at);
		offer_one(driver);
	}
	peer_free(device);
	peer_free(driver);
}

/* With EVENT_IDX the flags of a split ring stay 0 (2.7.10). */
static void split_flags_stay_clear_with_events(void)
{
	struct peer *device = hostile_start(PEER_SPLIT);
	struct peer *driver = hostile_start_driver(PEER_SPLIT);

	virtq_device_disable_notifications(&device->device);
	virtq_driver_disable_callbacks(&driver->driver);
	UNIT_ASSERT_INT(peer_read_used_flags(device), 0);
	UNIT_ASSERT_INT(peer_read_avail_flags(driver), 0);
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}

/* Without it nobody names an event. */
static void packed_event_stays_alone_without_events(void)
{
	struct peer *device = hostile_start(PEER_PACKED & FLAGS);
	struct peer *driver = hostile_start_driver(PEER_PACKED & FLAGS);

	serve_one(device);
	offer_one(driver);
	virtq_device_disable_notifications(&device->device);
	virtq_driver_disable_callbacks(&driver->driver);
	CU_ASSERT_FALSE(virtq_device_enable_notifications(&device->device));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&driver->driver));
	UNIT_ASSERT_INT(peer_read_device_event(device).flags, ENABLE);
	UNIT_ASSERT_INT(peer_read_driver_event(driver).flags, ENABLE);
	UNIT_ASSERT_INT(peer_read_device_event(device).off_wrap, 0);
	UNIT_ASSERT_INT(peer_read_driver_event(driver).off_wrap, 0);
	peer_free(device);
	peer_free(driver);
}

/* Work that was there before the wish, so no notification will come for it. */
static void case_14_work_that_raced_is_not_slept_on(uint64_t features)
{
	struct peer *device = hostile_start(features);
	struct peer *driver = hostile_start_driver(features);
	uint16_t id = peer_post(device, &eight, 1);

	CU_ASSERT_TRUE(virtq_device_has_available(&device->device));
	CU_ASSERT_TRUE(virtq_device_enable_notifications(&device->device));
	UNIT_ASSERT_INT(hostile_pop(device), 1);
	CU_ASSERT_FALSE(virtq_device_has_available(&device->device));
	CU_ASSERT_FALSE(virtq_device_enable_notifications(&device->device));
	hostile_use(device, id, 8);

	id = hostile_add(driver, 0);
	CU_ASSERT_FALSE(virtq_driver_has_used(&driver->driver));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&driver->driver));
	peer_complete(driver, id, 8);
	CU_ASSERT_TRUE(virtq_driver_has_used(&driver->driver));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(&driver->driver));
	hostile_expect_completion(driver, 0, 8);
	CU_ASSERT_FALSE(virtq_driver_has_used(&driver->driver));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&driver->driver));
	peer_free(device);
	peer_free(driver);
}
HOSTILE_BOTH(case_14_work_that_raced_is_not_slept_on)

static void case_14_work_that_raced_with_flags(uint64_t features)
{
	case_14_work_that_raced_is_not_slept_on(features & FLAGS);
}
HOSTILE_BOTH(case_14_work_that_raced_with_flags)

/* Three quarters of what is outstanding, counted from where the driver is. */
static void delayed_callback_is_three_quarters_ahead(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	struct virtq_driver *vq = &peer->driver;
	unsigned int i;
	uint16_t ids[4];

	for (i = 0; i < NUM - 2; i++)
		offer_one(peer);
	for (i = 0; i < 4; i++) {
		hostile_add_quietly(peer, 1, 0, i);
		virtq_driver_publish(vq);
		ids[i] = (uint16_t)peer_take(peer);
	}
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(vq));
	/* Places 14, 15, 0 and 1 of the second lap: the fourth. */
	if (peer->packed)
		UNIT_ASSERT_INT(peer_read_driver_event(peer).off_wrap, 1);
	else
		UNIT_ASSERT_INT(peer_read_used_event(peer), NUM - 2 + 3);
	/* Undelayed it is the first. */
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(vq));
	if (peer->packed)
		UNIT_ASSERT_INT(peer_read_driver_event(peer).off_wrap,
				(NUM - 2) | PVIRTQ_WRAP);
	else
		UNIT_ASSERT_INT(peer_read_used_event(peer), NUM - 2);
	for (i = 0; i < 4; i++) {
		peer_complete(peer, ids[i], 0);
		UNIT_ASSERT_INT(virtq_driver_enable_callbacks_delayed(vq),
				peer->packed || i == 3);
	}
	for (i = 0; i < 4; i++)
		hostile_expect_completion(peer, i, 0);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(vq));
	/* Without events it is the next completion. */
	UNIT_ASSERT_INT(peer_start_driver(peer, features & FLAGS), 0);
	for (i = 0; i < 4; i++)
		ids[i] = hostile_add(peer, i);
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks_delayed(vq));
	peer_complete(peer, ids[0], 0);
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks_delayed(vq));
	peer_free(peer);
}
HOSTILE_BOTH(delayed_callback_is_three_quarters_ahead)

/* The values of 2.9, at every place of the ring. */
static void notification_says_how_far_the_driver_is(uint64_t features)
{
	struct peer *peer = hostile_start_driver(
		features | VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA));
	unsigned int i;

	for (i = 0; i < 5 * NUM; i++) {
		uint32_t place = peer->packed ?
			i % NUM + (i / NUM % 2 ? 0 : 0x8000) : i;

		/* What is added and not published does not count. */
		hostile_add_quietly(peer, 1, 0, 0);
		UNIT_ASSERT_INT(virtq_driver_notification(&peer->driver, 7),
				place << 16 | 7);
		virtq_driver_publish(&peer->driver);
		peer_complete(peer, (uint32_t)peer_take(peer), 0);
		hostile_expect_completion(peer, 0, 0);
	}
	for (; !peer->packed && i <= 0xffff; i++)
		offer_one(peer);
	if (!peer->packed)
		UNIT_ASSERT_INT(virtq_driver_notification(&peer->driver, 7), 7);
	UNIT_ASSERT_INT(virtq_driver_notification(&peer->driver, 0xffff) &
			0xffff, 0xffff);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_complete_good(peer);
	UNIT_ASSERT_INT(virtq_driver_notification(&peer->driver, 7), 7);
	peer_free(peer);
}
HOSTILE_BOTH(notification_says_how_far_the_driver_is)

static const struct unit_test tests[] = {
	UNIT_TEST(split_case_14_poisoned_event_index),
	UNIT_TEST(packed_case_14_poisoned_event),
	UNIT_TEST(packed_case_14_event_that_was_not_negotiated),
	UNIT_TEST(split_wishes_by_flag),
	UNIT_TEST(packed_wishes_as_written),
	UNIT_TEST(split_flags_stay_clear_with_events),
	UNIT_TEST(packed_event_stays_alone_without_events),
	HOSTILE_TESTS(case_14_work_that_raced_is_not_slept_on),
	HOSTILE_TESTS(case_14_work_that_raced_with_flags),
	HOSTILE_TESTS(delayed_callback_is_three_quarters_ahead),
	HOSTILE_TESTS(notification_says_how_far_the_driver_is),
};

UNIT_MAIN("virtio_notify", tests)
