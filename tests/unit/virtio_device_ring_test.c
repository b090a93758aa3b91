/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side against hostile indices, hostile set-up and resets at the
 * wrong time. The numbers in the names are those of the threat model's list.
 */
#include "../support/hostile.h"
#include "../support/unit.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define ALL	PEER_SPLIT
#define W	VIRTQ_DESC_F_WRITE

static void case_3_available_index_jumps(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_set_avail_idx(peer, NUM + 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_set_avail_idx(peer, 0x8000);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);

	hostile_serve_good(peer);
	peer_set_avail_idx(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);

	/* Back over an entry in flight. */
	peer_desc(peer, 0, peer_bus(BUF), 1, 0, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	peer_set_avail_idx(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

static void case_3_available_index_wraps(void)
{
	struct peer *peer = hostile_start(ALL);
	unsigned int i;

	peer_desc(peer, 7, peer_bus(BUF), 8, W, 0);
	for (i = 0; i < 0x10000 + 3 * NUM; i++) {
		peer_avail(peer, 7);
		if (hostile_pop(peer) != 1 ||
		    virtq_device_push(&peer->device, 7, 8))
			break;
		virtq_device_publish(&peer->device);
	}
	UNIT_ASSERT_INT(i, 0x10000 + 3 * NUM);
	UNIT_ASSERT_INT(peer->ring.used->idx, 3 * NUM);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_3_available_index_runs_away(void)
{
	struct peer *peer = hostile_start(ALL);
	unsigned int i;
	uint16_t head;

	/* Each pop finds the index one further; nothing is ever completed. */
	for (i = 0; i < NUM; i++) {
		head = (uint16_t)i;
		peer_desc(peer, head, peer_bus(BUF), 8, 0, 0);
		peer_avail(peer, head);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	}
	UNIT_ASSERT_INT(virtq_device_in_flight(&peer->device), NUM);
	peer_avail(peer, 0);
	hostile_expect_refusal(peer, VIRTIO_ERR_INDEX);
	peer_free(peer);
}

static void case_4_same_head_twice(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 8, 0, 0);
	peer_avail(peer, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	hostile_expect_refusal(peer, VIRTIO_ERR_REUSED);
	peer_free(peer);
}

static void case_4_head_of_another_queue(void)
{
	struct peer *peer = hostile_start(ALL), *other = hostile_start(ALL);

	/* The number means a descriptor of this queue, here an empty one. */
	peer_desc(other, 9, peer_bus(BUF), 8, 0, 0);
	peer_avail(peer, 9);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(peer->chain.readable + peer->chain.writable, 0);
	UNIT_ASSERT_INT(virtq_device_push(&other->device, 9, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 9, 0), 0);
	hostile_serve_good(peer);
	hostile_serve_good(other);
	peer_free(peer);
	peer_free(other);
}

static void case_13_used_ring_scribbled(void)
{
	struct peer *peer = hostile_start(ALL);
	unsigned int i;

	hostile_serve_good(peer);
	for (i = 0; i < virtq_used_bytes(NUM); i++)
		((unsigned char *)peer->ring.used)[i] = 0xa5;
	hostile_serve_good(peer);
	UNIT_ASSERT_INT(peer->ring.used->idx, 2);
	UNIT_ASSERT_INT(peer->ring.used->ring[1].id, 3);
	UNIT_ASSERT_INT(peer->ring.used->ring[1].len, 512);
	peer_free(peer);
}

static void case_14_poisoned_used_event(void)
{
	static const uint16_t events[] = { 0, 1, 2, 3, 0x7fff, 0x8000, 0xffff };
	struct peer *peer = hostile_start(ALL);
	unsigned int i;

	peer_desc(peer, 0, peer_bus(BUF), 8, W, 0);
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		uint16_t old = peer->device.used_idx;

		peer_set_used_event(peer, events[i]);
		peer_avail(peer, 0);
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
		UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8), 0);
		UNIT_ASSERT_INT(virtq_device_publish(&peer->device),
				events[i] == old);
	}
	peer_set_used_event(peer, peer->device.used_idx);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8), 0);
	CU_ASSERT_TRUE(virtq_device_publish(&peer->device));
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_15_work_and_slots_are_bounded(void)
{
	struct peer *peer = hostile_start(ALL), *other = hostile_start(ALL);
	uint16_t i;

	for (i = 0; i < NUM; i++) {
		peer_desc(peer, i, peer_bus(BUF), 8, 0, 0);
		peer_avail(peer, i);
	}
	for (i = 0; i < NUM; i++)
		UNIT_ASSERT_INT(hostile_pop(peer), 1);
	/* Kicks without new work find none. */
	for (i = 0; i < 1000; i++)
		UNIT_ASSERT_INT(hostile_pop(peer), 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INDEX);
	hostile_serve_good(other);
	peer_free(peer);
	peer_free(other);
}

static int start_at(struct peer *peer, uint32_t num, uint64_t desc,
		    uint64_t avail, uint64_t used)
{
	int error;

	peer->addresses = (struct virtq_addresses){ num, desc, avail, used };
	error = peer_start_device(peer, ALL);
	if (error) {
		UNIT_ASSERT_INT(hostile_pop(peer), error);
		UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 0), error);
		CU_ASSERT_FALSE(virtq_device_publish(&peer->device));
	}
	return error;
}

static void case_21_bad_queue_set_up(void)
{
	static const uint32_t bad[] = { 0,	 3,	     24,	0x8001,
					0x10000, 0x80000000, UINT32_MAX };
	struct peer *peer = hostile_start(ALL);
	const struct virtq_addresses at = peer->addresses;
	const uint64_t end = PEER_BUS + PEER_BYTES;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		UNIT_ASSERT_INT(
			start_at(peer, bad[i], at.desc, at.driver, at.device),
			VIRTIO_ERR_QUEUE_SIZE);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc + 8, at.driver, at.device),
			VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver + 1, at.device),
			VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver, at.device + 2),
			VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(start_at(peer, NUM, 0, at.driver, at.device),
			VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(start_at(peer, NUM, end - 16, at.driver, at.device),
			VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, end - 2, at.device),
			VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver, end - 4),
			VIRTIO_ERR_RANGE);
	/* All but the event index word would fit. */
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver,
				 end - (virtq_used_bytes(NUM) - 2)),
			VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(start_at(peer, NUM, UINT64_MAX - 15, at.driver, at.device),
			VIRTIO_ERR_RANGE);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.desc + 16, at.device),
			VIRTIO_ERR_OVERLAP);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver, at.desc),
			VIRTIO_ERR_OVERLAP);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver, at.driver + 36),
			VIRTIO_ERR_OVERLAP);
	UNIT_ASSERT_INT(start_at(peer, NUM, at.desc, at.driver, at.device), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_21_read_only_used_ring(void)
{
	struct peer *peer = peer_new(NUM);

	peer->regions[0].rights = VIRTIO_REGION_READ;
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), VIRTIO_ERR_RANGE);
	peer->regions[0].rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE;
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_25_late_completion_after_a_reset(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 8, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	virtq_device_latch(&peer->device, VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8),
			VIRTIO_ERR_NEEDS_RESET);
	UNIT_ASSERT_INT(peer_start_device(peer, ALL), 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	CU_ASSERT_FALSE(virtq_device_publish(&peer->device));
	UNIT_ASSERT_INT(peer->ring.used->idx, 0);
	UNIT_ASSERT_INT(peer->ring.used->ring[0].len, 0);
	hostile_serve_good(peer);
	peer_free(peer);
}

static void case_25_pushed_but_unpublished_is_dropped_by_a_reset(void)
{
	struct peer *peer = hostile_start(ALL);

	peer_desc(peer, 0, peer_bus(BUF), 8, W, 0);
	peer_avail(peer, 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8), 0);
	virtq_device_latch(&peer->device, VIRTIO_ERR_NEEDS_RESET);
	CU_ASSERT_FALSE(virtq_device_publish(&peer->device));
	UNIT_ASSERT_INT(peer->ring.used->idx, 0);
	peer_free(peer);
}

static void push_of_what_was_not_popped_is_refused(void)
{
	struct peer *peer = hostile_start(ALL);

	UNIT_ASSERT_INT(virtq_device_push(&peer->device, NUM, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0xffff, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	hostile_serve_good(peer);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 3, 512),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	/* The tail of a chain is not its head. */
	peer_avail(peer, 3);
	UNIT_ASSERT_INT(hostile_pop(peer), 1);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 5, 0),
			VIRTIO_ERR_NOT_IN_FLIGHT);
	peer_free(peer);
}

static void case_26_resume_takes_what_was_in_flight(void)
{
	struct peer *peer = hostile_start(ALL);
	struct virtq_position resume = { .avail = 2, .used = 0 };
	struct virtq_device_config config = {
		.addresses = peer->addresses,
		.features = ALL,
		.regions = &peer->table,
		.slots = peer->device_slots,
		.resume = &resume,
	};

	peer_desc(peer, 0, peer_bus(BUF), 8, W, 0);
	peer_desc(peer, 1, peer_bus(BUF), 8, W, 0);
	peer_avail(peer, 0);
	peer_avail(peer, 1);
	UNIT_ASSERT_INT(virtq_device_init(&peer->device, &config), 0);
	UNIT_ASSERT_INT(hostile_pop(peer), 0);
	UNIT_ASSERT_INT(virtq_device_repop(&peer->device, 1, &peer->chain), 1);
	UNIT_ASSERT_INT(virtq_device_repop(&peer->device, 0, &peer->chain), 1);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 0, 8), 0);
	UNIT_ASSERT_INT(virtq_device_push(&peer->device, 1, 8), 0);
	virtq_device_publish(&peer->device);
	UNIT_ASSERT_INT(peer->ring.used->idx, 2);
	hostile_serve_good(peer);

	resume.avail = NUM + 1;
	UNIT_ASSERT_INT(virtq_device_init(&peer->device, &config),
			VIRTIO_ERR_INVALID);
	resume.avail = 0;
	config.slots = NULL;
	UNIT_ASSERT_INT(virtq_device_init(&peer->device, &config),
			VIRTIO_ERR_INVALID);
	peer_free(peer);
}

static const struct unit_test tests[] = {
	UNIT_TEST(case_3_available_index_jumps),
	UNIT_TEST(case_3_available_index_wraps),
	UNIT_TEST(case_3_available_index_runs_away),
	UNIT_TEST(case_4_same_head_twice),
	UNIT_TEST(case_4_head_of_another_queue),
	UNIT_TEST(case_13_used_ring_scribbled),
	UNIT_TEST(case_14_poisoned_used_event),
	UNIT_TEST(case_15_work_and_slots_are_bounded),
	UNIT_TEST(case_21_bad_queue_set_up),
	UNIT_TEST(case_21_read_only_used_ring),
	UNIT_TEST(case_25_late_completion_after_a_reset),
	UNIT_TEST(case_25_pushed_but_unpublished_is_dropped_by_a_reset),
	UNIT_TEST(push_of_what_was_not_popped_is_refused),
	UNIT_TEST(case_26_resume_takes_what_was_in_flight),
};

UNIT_MAIN("virtio_device_ring", tests)
