/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two halves of a publication: what was exposed meanwhile is visible, and
 * is asked for by the next publication, however much it was.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER

static const struct peer_piece eight = { PEER_BUS + BUF, 8,
					 VIRTQ_DESC_F_WRITE };

/* The event of the raw driver, or the raw device: the next entry. */
static void ask_for_next(struct peer *peer, bool raw_driver)
{
	const struct peer_place *next = raw_driver ? &peer->used : &peer->avail;
	uint16_t at = (uint16_t)(next->idx | (peer->packed && next->wrap ?
					      PVIRTQ_WRAP : 0));

	if (raw_driver && peer->packed)
		peer_set_driver_event(peer, at, RING_EVENT_FLAGS_DESC);
	else if (raw_driver)
		peer_set_used_event(peer, at);
	else if (peer->packed)
		peer_set_device_event(peer, at, RING_EVENT_FLAGS_DESC);
	else
		peer_set_avail_event(peer, at);
}

/* One buffer goes round, exposed at either end, published at none. */
static void serve_exposed(struct peer *peer)
{
	uint16_t id = hostile_accept(peer, &eight, 1);

	UNIT_ASSERT_INT(virtq_device_push(&peer->device, id, 8), 0);
	hostile_expect_none_used(peer);
	virtq_device_expose(&peer->device);
	hostile_expect_used(peer, id, 8);
}

static void offer_exposed(struct peer *peer)
{
	int id;

	hostile_add_quietly(peer, 1, 0, 0);
	UNIT_ASSERT_INT(peer_take(peer), -1);
	virtq_driver_expose(&peer->driver);
	id = peer_take(peer);
	CU_ASSERT_TRUE(id >= 0);
	peer_complete(peer, (uint32_t)id, 0);
	hostile_expect_completion(peer, 0, 0);
}

/* The event lies behind by the time that somebody asks. */
static void publish_asks_for_what_was_exposed(uint64_t features)
{
	struct peer *device = hostile_start(features);
	struct peer *driver = hostile_start_driver(features);
	unsigned int i, count;

	for (count = 1; count < 3 * NUM; count++) {
		/* Not too far behind for a packed ring to tell the laps. */
		ask_for_next(device, true);
		ask_for_next(driver, false);
		for (i = 0; i < count % NUM + 1; i++) {
			serve_exposed(device);
			offer_exposed(driver);
		}
		CU_ASSERT_TRUE(virtq_device_publish(&device->device));
		CU_ASSERT_TRUE(virtq_driver_publish(&driver->driver));
		/* Once, and of nothing there is nothing to ask. */
		CU_ASSERT_FALSE(virtq_device_publish(&device->device));
		CU_ASSERT_FALSE(virtq_driver_publish(&driver->driver));
		/* Of more that comes after the event, neither. */
		serve_exposed(device);
		offer_exposed(driver);
		CU_ASSERT_FALSE(virtq_device_publish(&device->device));
		CU_ASSERT_FALSE(virtq_driver_publish(&driver->driver));
	}
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}
HOSTILE_BOTH(publish_asks_for_what_was_exposed)

static void publish_asks_after_65536_exposed(uint64_t features)
{
	struct peer *device = hostile_start(features);
	struct peer *driver = hostile_start_driver(features);
	unsigned int i, extra;

	for (extra = 0; extra < 3; extra++) {
		for (i = 0; i < 0x10000 - 1 + extra; i++) {
			serve_exposed(device);
			offer_exposed(driver);
			/* Any that was passed; here the last but three. */
			if (i == 0x10000 - 5) {
				ask_for_next(device, true);
				ask_for_next(driver, false);
			}
		}
		CU_ASSERT_TRUE(virtq_device_publish(&device->device));
		CU_ASSERT_TRUE(virtq_driver_publish(&driver->driver));
	}
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}
HOSTILE_BOTH(publish_asks_after_65536_exposed)

/* Many are added or pushed, and one store shows them all. */
static void batches_are_exposed_at_once(uint64_t features)
{
	struct peer *device = hostile_start(features);
	struct peer *driver = hostile_start_driver(features);
	unsigned int round, i;
	uint16_t ids[3 * NUM];

	for (round = 0; round < 2 * NUM; round++) {
		unsigned int count = round % NUM + 1;

		for (i = 0; i < count; i++) {
			ids[i] = hostile_accept(device, &eight, 1);
			hostile_add_quietly(driver, 1, 0, i);
		}
		for (i = 0; i < count; i++)
			UNIT_ASSERT_INT(virtq_device_push(&device->device,
							  ids[i], i), 0);
		hostile_expect_none_used(device);
		UNIT_ASSERT_INT(peer_take(driver), -1);
		virtq_device_expose(&device->device);
		virtq_driver_expose(&driver->driver);
		for (i = 0; i < count; i++) {
			hostile_expect_used(device, ids[i], i);
			ids[i] = (uint16_t)peer_take(driver);
		}
		UNIT_ASSERT_INT(peer_take(driver), -1);
		for (i = 0; i < count; i++)
			peer_complete(driver, ids[i], 0);
		for (i = 0; i < count; i++)
			hostile_expect_completion(driver, i, 0);
	}
	hostile_serve_good(device);
	hostile_complete_good(driver);
	peer_free(device);
	peer_free(driver);
}
HOSTILE_BOTH(batches_are_exposed_at_once)

/* An event anywhere in a batch is seen, one just outside it is not. */
static void events_inside_a_batch_are_seen(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	unsigned int start, count, event, i, wrong = 0;
	uint16_t ids[NUM];

	for (start = 0; start < 2 * NUM; start++) {
		for (count = 1; count <= NUM; count++) {
			struct peer_place before = peer->used;

			for (event = 0; event < NUM; event++) {
				for (i = 0; i < count; i++)
					ids[i] = hostile_accept(peer, &eight,
								1);
				peer_advance(peer, &peer->used, event);
				ask_for_next(peer, true);
				peer->used = before;
				for (i = 0; i < count; i++)
					virtq_device_push(&peer->device, ids[i],
							  i);
				wrong += virtq_device_publish(&peer->device) !=
					(event < count);
				for (i = 0; i < count; i++)
					hostile_expect_used(peer, ids[i], i);
				before = peer->used;
			}
		}
		serve_exposed(peer);
		virtq_device_publish(&peer->device);
	}
	UNIT_ASSERT_INT(wrong, 0);
	peer_free(peer);
}
HOSTILE_BOTH(events_inside_a_batch_are_seen)

static const struct unit_test tests[] = {
	HOSTILE_TESTS(publish_asks_for_what_was_exposed),
	HOSTILE_TESTS(publish_asks_after_65536_exposed),
	HOSTILE_TESTS(batches_are_exposed_at_once),
	HOSTILE_TESTS(events_inside_a_batch_are_seen),
};

UNIT_MAIN("virtio_expose", tests)
