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

/* One buffer goes round, exposed at either end, published at none; returns how
 * many of the steps went wrong. */
static unsigned int serve_exposed(struct peer *peer)
{
	uint16_t id = peer_post(peer, &eight, 1);
	struct virtq_used_elem used = { 0 };
	unsigned int wrong;

	wrong = hostile_pop(peer) != 1;
	wrong += virtq_device_push(&peer->device, id, 8) != 0;
	wrong += peer_collect(peer, &used);
	virtq_device_expose(&peer->device);
	wrong += !peer_collect(peer, &used) || used.id != id || used.len != 8;
	return wrong;
}

static unsigned int offer_exposed(struct peer *peer)
{
	struct virtq_completion done;
	unsigned int wrong;
	int id;

	wrong = virtq_driver_add(&peer->driver, hostile_segments, 1, 0, NULL) !=
		0;
	wrong += peer_take(peer) != -1;
	virtq_driver_expose(&peer->driver);
	id = peer_take(peer);
	wrong += id < 0;
	peer_complete(peer, (uint32_t)id, 0);
	wrong += virtq_driver_get(&peer->driver, &done) != 1;
	return wrong;
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
			UNIT_ASSERT_INT(serve_exposed(device), 0);
			UNIT_ASSERT_INT(offer_exposed(driver), 0);
		}
		CU_ASSERT_TRUE(virtq_device_publish(&device->device));
		CU_ASSERT_TRUE(virtq_driver_publish(&driver->driver));
		/* Once, and of nothing there is nothing to ask. */
		CU_ASSERT_FALSE(virtq_device_publish(&device->device));
		CU_ASSERT_FALSE(virtq_driver_publish(&driver->driver));
		/* Of more that comes after the event, neither. */
		UNIT_ASSERT_INT(serve_exposed(device), 0);
		UNIT_ASSERT_INT(offer_exposed(driver), 0);
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
	unsigned int i, extra, wrong = 0;

	for (extra = 0; extra < 3; extra++) {
		for (i = 0; i < 0x10000 - 1 + extra; i++) {
			wrong += serve_exposed(device);
			wrong += offer_exposed(driver);
			/* Any that was passed; here the last but three. */
			if (i == 0x10000 - 5) {
				ask_for_next(device, true);
				ask_for_next(driver, false);
			}
		}
		CU_ASSERT_TRUE(virtq_device_publish(&device->device));
		CU_ASSERT_TRUE(virtq_driver_publish(&driver->driver));
	}
	UNIT_ASSERT_INT(wrong, 0);
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
	unsigned int count, event, i, wrong = 0;
	uint16_t ids[NUM];

	/* As the counts add up, batches start anywhere on either lap. */
	for (count = 1; count <= NUM; count++) {
		for (event = 0; event < 2 * NUM; event++) {
			struct peer_place before = peer->used;
			struct virtq_used_elem used;

			for (i = 0; i < count; i++) {
				ids[i] = peer_post(peer, &eight, 1);
				wrong += hostile_pop(peer) != 1;
			}
			peer_advance(peer, &peer->used, event % NUM);
			ask_for_next(peer, true);
			peer->used = before;
			for (i = 0; i < count; i++)
				wrong += virtq_device_push(&peer->device,
							   ids[i], i) != 0;
			wrong += virtq_device_publish(&peer->device) !=
				(event % NUM < count);
			for (i = 0; i < count; i++)
				wrong += !peer_collect(peer, &used) ||
					used.id != ids[i] || used.len != i;
			if (event % 5 == 0)
				wrong += serve_exposed(peer);
		}
		virtq_device_publish(&peer->device);
	}
	UNIT_ASSERT_INT(wrong, 0);
	hostile_serve_good(peer);
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
