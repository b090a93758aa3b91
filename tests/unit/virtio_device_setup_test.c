/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side set up with what a hostile driver gave. The numbers in the
 * names are those of the threat model's list of cases.
 */
#include "../support/hostile.h"

#define NUM	HOSTILE_NUM
#define BUF	HOSTILE_BUFFER
#define W	VIRTQ_DESC_F_WRITE

static const struct peer_piece eight = { PEER_BUS + BUF, 8, W };

static int start_at(struct peer *peer, uint64_t features, uint64_t desc,
		    uint64_t driver, uint64_t device)
{
	struct virtq_device *vq = &peer->device;
	uint32_t num = peer->addresses.num;
	int error;

	peer->addresses = (struct virtq_addresses){ num, desc, driver, device };
	error = peer_start_device(peer, features);
	if (error) {
		UNIT_ASSERT_INT(virtq_device_error(vq), error);
		UNIT_ASSERT_INT(hostile_pop(peer), error);
		UNIT_ASSERT_INT(virtq_device_push(vq, 0, 0), error);
		UNIT_ASSERT_INT(virtq_device_repop(vq, 0, &peer->chain), error);
		CU_ASSERT_FALSE(virtq_device_publish(vq));
		CU_ASSERT_TRUE(virtq_device_enable_notifications(vq));
		CU_ASSERT_TRUE(virtq_device_has_available(vq));
	}
	return error;
}

static void case_21_bad_sizes(uint64_t features)
{
	static const uint32_t bad[] = { 0, 0x8001, 0x10000, 0x10010, 0x80000000,
					UINT32_MAX };
	static const uint32_t odd[] = { 3, 24, 0x7fff };
	struct peer *peer = hostile_start(features);
	const struct virtq_addresses at = peer->addresses;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		peer->addresses.num = bad[i];
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 at.device), VIRTIO_ERR_QUEUE_SIZE);
	}
	/* A packed ring may have any size that there is room for. */
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		peer->addresses.num = odd[i];
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 at.device),
				!peer->packed ? VIRTIO_ERR_QUEUE_SIZE :
				odd[i] > NUM ? (odd[i] > 0x4000 ?
							VIRTIO_ERR_RANGE :
							VIRTIO_ERR_OVERLAP) :
					       0);
	}
	peer->addresses = at;
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_21_bad_sizes)

static void packed_case_21_size_that_is_no_power_of_two(void)
{
	static const uint32_t sizes[] = { 3, 7, 13, 1000 };
	unsigned int i, round;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct peer *peer = peer_new(sizes[i]);

		UNIT_ASSERT_INT(peer_start_device(peer, PEER_PACKED), 0);
		for (round = 0; round < 3 * sizes[i]; round++)
			hostile_serve_good(peer);
		peer_post_id(peer, (uint16_t)sizes[i], &eight, 1);
		hostile_expect_refusal(peer, VIRTIO_ERR_HEAD);
		peer_free(peer);
	}
}

static void case_21_misaligned(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct virtq_addresses at = peer->addresses;
	unsigned int i;

	for (i = 1; i < 16; i++)
		UNIT_ASSERT_INT(start_at(peer, features, at.desc + i, at.driver,
					 at.device), VIRTIO_ERR_ALIGNMENT);
	for (i = 1; i < 4; i++)
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 at.device + i), VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver + 1,
				 at.device), VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver + 2,
				 at.device),
			peer->packed ? VIRTIO_ERR_ALIGNMENT : 0);
	UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
				 at.device), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_21_misaligned)

static void case_21_outside_the_grant(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const struct virtq_addresses at = peer->addresses;
	const uint64_t end = PEER_BUS + PEER_BYTES;
	const uint64_t bad[] = { 0, 0x10001000, end, UINT64_MAX - 15,
				 (uint64_t)(uintptr_t)peer->memory };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		UNIT_ASSERT_INT(start_at(peer, features, bad[i], at.driver,
					 at.device), VIRTIO_ERR_RANGE);
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, bad[i] & ~3u,
					 at.device), VIRTIO_ERR_RANGE);
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 bad[i] & ~3u), VIRTIO_ERR_RANGE);
	}
	/* The last descriptor does not fit; the last bytes do not. */
	UNIT_ASSERT_INT(start_at(peer, features, end - NUM * 16 + 16, at.driver,
				 at.device), VIRTIO_ERR_RANGE);
	if (!peer->packed) {
		UNIT_ASSERT_INT(start_at(peer, features, at.desc,
					 end - virtq_avail_bytes(NUM) + 2,
					 at.device), VIRTIO_ERR_RANGE);
		/* All but the event index word would fit. */
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 end - (virtq_used_bytes(NUM) - 2)),
				VIRTIO_ERR_RANGE);
	} else {
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, end - 4,
					 at.device), 0);
		UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
					 end - 4), 0);
	}
	UNIT_ASSERT_INT(start_at(peer, features, at.desc, at.driver,
				 at.device), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_21_outside_the_grant)

/* Any two parts, from either side; touching is legal. */
static void case_21_overlapping(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	const uint64_t d = peer_bus(0x1000), desc_len = 16 * NUM;
	const uint64_t driver_len =
		peer->packed ? 4 : virtq_avail_bytes(NUM) & ~UINT64_C(3);
	const uint64_t device_len = peer->packed ? 4 : virtq_used_bytes(NUM);
	const uint64_t far = peer_bus(0x2000);
	const struct virtq_addresses bad[] = {
		{ 0, d, d, far },
		{ 0, d, d + desc_len - 4, far },
		{ 0, d, d - driver_len + 4, far },
		{ 0, d, far, d },
		{ 0, d, far, d + desc_len - 4 },
		{ 0, far, d, d },
		{ 0, far, d, d + driver_len - 4 },
		{ 0, far, d + (device_len & ~UINT64_C(3)) - 4, d },
		{ 0, d, far, (d - device_len + 4) & ~UINT64_C(3) },
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		UNIT_ASSERT_INT(start_at(peer, features, bad[i].desc,
					 bad[i].driver, bad[i].device),
				VIRTIO_ERR_OVERLAP);
	UNIT_ASSERT_INT(start_at(peer, features, d, d + desc_len,
				 d + desc_len + ((driver_len + 7) & ~7u)), 0);
	peer->ring.avail = peer_at(peer, (uint32_t)(0x1000 + desc_len));
	peer->ring.used = peer_at(peer, (uint32_t)(0x1000 + desc_len +
						   ((driver_len + 7) & ~7u)));
	peer->ring.desc = peer_at(peer, 0x1000);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_21_overlapping)

/* Each part in a region of its own, with and without the rights it needs. */
static void case_21_rights(uint64_t features)
{
	static const uint32_t needed[] = { VIRTIO_REGION_READ,
					   VIRTIO_REGION_READ, 3 };
	struct peer *peer = peer_new(NUM);
	unsigned int part, rights;

	for (part = 0; part < 3; part++)
		peer->regions[part] = (struct virtio_region){
			.addr = peer_bus(0x10000 * part),
			.size = 0x10000,
			.base = peer_at(peer, 0x10000 * part),
			.rights = 3,
		};
	UNIT_ASSERT_INT(
		virtio_region_table_init(&peer->table, peer->regions, 3), 0);
	peer->packed = features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	for (part = 0; part < 3; part++) {
		uint32_t need = !part && peer->packed ? 3 : needed[part];

		for (rights = 1; rights <= 3; rights++) {
			peer->regions[part].rights = rights;
			UNIT_ASSERT_INT(start_at(peer, features, peer_bus(0),
						 peer_bus(0x10000),
						 peer_bus(0x20000)),
					(rights & need) == need ?
						0 : VIRTIO_ERR_RANGE);
		}
	}
	peer->addresses = virtq_layout_addresses(PEER_BUS, NUM);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	peer_free(peer);
}
HOSTILE_BOTH(case_21_rights)

static void storage_of_the_caller_is_asked_for(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct virtq_device_config config = {
		.addresses = peer->addresses, .features = features,
		.regions = &peer->table,
	};
	struct virtq_device *vq = &peer->device;

	UNIT_ASSERT_INT(virtq_device_init(vq, &config), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INVALID);
	config.slots = peer->device_slots;
	config.regions = NULL;
	UNIT_ASSERT_INT(virtq_device_init(vq, &config), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(hostile_pop(peer), VIRTIO_ERR_INVALID);
	config.regions = &peer->table;
	UNIT_ASSERT_INT(virtq_device_init(vq, &config), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(storage_of_the_caller_is_asked_for)

/* Straight from work to a new start, without a latch in between. */
static void case_25_restart_forgets_everything(uint64_t features)
{
	const uint64_t plain = features & ~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	struct peer *peer = hostile_start(plain);
	struct virtq_device *vq = &peer->device;
	uint16_t id;

	/* Pushed and not exposed; exposed and not asked for. */
	id = hostile_accept(peer, &eight, 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, plain), 0);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	id = hostile_accept(peer, &eight, 1);
	UNIT_ASSERT_INT(virtq_device_push(vq, id, 8), 0);
	virtq_device_expose(vq);
	UNIT_ASSERT_INT(peer_start_device(peer, plain), 0);
	CU_ASSERT_FALSE(virtq_device_publish(vq));
	hostile_expect_none_used(peer);
	/* And what had been asked of the driver before. */
	virtq_device_disable_notifications(vq);
	UNIT_ASSERT_INT(peer_start_device(peer, plain), 0);
	virtq_device_disable_notifications(vq);
	UNIT_ASSERT_INT(peer->packed ? peer_read_device_event(peer).flags :
				       peer_read_used_flags(peer), 1);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_25_restart_forgets_everything)

static const struct unit_test tests[] = {
	HOSTILE_TESTS(case_21_bad_sizes),
	UNIT_TEST(packed_case_21_size_that_is_no_power_of_two),
	HOSTILE_TESTS(case_21_misaligned),
	HOSTILE_TESTS(case_21_outside_the_grant),
	HOSTILE_TESTS(case_21_overlapping),
	HOSTILE_TESTS(case_21_rights),
	HOSTILE_TESTS(storage_of_the_caller_is_asked_for),
	HOSTILE_TESTS(case_25_restart_forgets_everything),
};

UNIT_MAIN("virtio_device_setup", tests)
