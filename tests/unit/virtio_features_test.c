/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature negotiation, both sides. */
#include <virtio/features.h>

#include "../support/unit.h"

#define B(bit)		VIRTIO_FEATURE(bit)
#define VERSION_1	B(VIRTIO_F_VERSION_1)

/* A device type like the network device: chains of requirements, and one that
 * two others can meet (VirtIO 1.2, 5.1.3.1). */
enum { CSUM, TSO4, TSO6, ECN, QUEUE, RX, STEER };

static const struct virtio_feature_rule rules[] = {
	{ .feature = ECN, .one_of = B(TSO4) | B(TSO6) },
	{ .feature = TSO4, .one_of = B(CSUM) },
	{ .feature = TSO6, .one_of = B(CSUM) },
	{ .feature = RX, .one_of = B(QUEUE) },
	{ .feature = STEER, .one_of = B(QUEUE) },
	{ .feature = STEER, .one_of = B(RX) },
	{ .one_of = 0 },
};

static void expect_choice(uint64_t offered, uint64_t wanted, uint64_t expected)
{
	uint64_t chosen = 0;

	UNIT_ASSERT_INT(virtio_features_choose(VERSION_1 | offered, wanted, 0,
					       rules, &chosen), 0);
	UNIT_ASSERT_INT(chosen, VERSION_1 | expected);
	/* The device agrees with every choice of the driver. */
	UNIT_ASSERT_INT(virtio_features_judge(chosen, VERSION_1 | offered, 0,
					      rules), 0);
}

static void driver_takes_what_is_offered_and_wanted(void)
{
	expect_choice(0, 0, 0);
	expect_choice(B(CSUM) | B(QUEUE), B(CSUM) | B(RX), B(CSUM));
	expect_choice(~UINT64_C(0), B(CSUM), B(CSUM));
	expect_choice(B(CSUM) | B(63), B(CSUM) | B(63), B(CSUM) | B(63));
	expect_choice(B(23) | B(50), ~UINT64_C(0), B(23) | B(50));
}

static void driver_drops_what_requires_the_missing(void)
{
	expect_choice(B(TSO4), B(TSO4), 0);
	expect_choice(B(TSO4) | B(CSUM), B(TSO4), 0);
	expect_choice(B(TSO4) | B(CSUM), B(TSO4) | B(CSUM),
		      B(TSO4) | B(CSUM));
	/* One of two is enough. */
	expect_choice(B(CSUM) | B(TSO6) | B(ECN), ~UINT64_C(0),
		      B(CSUM) | B(TSO6) | B(ECN));
	expect_choice(B(CSUM) | B(TSO4) | B(ECN), ~UINT64_C(0),
		      B(CSUM) | B(TSO4) | B(ECN));
	expect_choice(B(CSUM) | B(ECN), ~UINT64_C(0), B(CSUM));
	/* A whole chain falls with its first link. */
	expect_choice(B(TSO4) | B(TSO6) | B(ECN) | B(RX), ~UINT64_C(0), 0);
	/* Both of two. */
	expect_choice(B(QUEUE) | B(STEER), ~UINT64_C(0), B(QUEUE));
	expect_choice(B(QUEUE) | B(RX) | B(STEER), ~UINT64_C(0),
		      B(QUEUE) | B(RX) | B(STEER));
}

static void driver_never_takes_unknown_bits_of_the_transport(void)
{
	uint64_t chosen = 0;
	unsigned int bit;

	expect_choice(~UINT64_C(0), ~UINT64_C(0),
		      VIRTIO_TRANSPORT_FEATURES | ~VIRTIO_TRANSPORT_BITS);
	for (bit = 24; bit < 50; bit++) {
		switch (bit) {
		case VIRTIO_F_INDIRECT_DESC:
		case VIRTIO_F_EVENT_IDX:
		case VIRTIO_F_VERSION_1:
		case VIRTIO_F_ACCESS_PLATFORM:
		case VIRTIO_F_RING_PACKED:
		case VIRTIO_F_IN_ORDER:
		case VIRTIO_F_NOTIFICATION_DATA:
		case VIRTIO_F_RING_RESET:
			expect_choice(B(bit), B(bit), B(bit));
			continue;
		}
		expect_choice(B(bit), B(bit), 0);
		UNIT_ASSERT_INT(virtio_features_choose(
					~UINT64_C(0), 0, B(bit), rules,
					&chosen), VIRTIO_ERR_FEATURES);
	}
	UNIT_ASSERT_INT(chosen, 0);
}

static void driver_refuses_without_what_it_requires(void)
{
	uint64_t chosen = 99;

	/* VERSION_1 is required without being asked for. */
	UNIT_ASSERT_INT(virtio_features_choose(B(CSUM), B(CSUM), 0, rules,
					       &chosen), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(virtio_features_choose(VERSION_1, 0, B(CSUM), rules,
					       &chosen), VIRTIO_ERR_FEATURES);
	/* Required and offered, but not what it requires itself. */
	UNIT_ASSERT_INT(virtio_features_choose(VERSION_1 | B(RX), 0, B(RX),
					       rules, &chosen),
			VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(chosen, 99);
	/* Required is wanted. */
	UNIT_ASSERT_INT(virtio_features_choose(VERSION_1 | B(CSUM), 0, B(CSUM),
					       NULL, &chosen), 0);
	UNIT_ASSERT_INT(chosen, VERSION_1 | B(CSUM));
}

static int judge(uint64_t accepted, uint64_t offered, uint64_t required)
{
	return virtio_features_judge(accepted, offered, required, rules);
}

static void device_judges(void)
{
	const uint64_t all = VERSION_1 | B(CSUM) | B(TSO4) | B(TSO6) | B(ECN);

	UNIT_ASSERT_INT(judge(all, all, 0), 0);
	UNIT_ASSERT_INT(judge(VERSION_1, all, 0), 0);
	/* Not offered. */
	UNIT_ASSERT_INT(judge(all | B(QUEUE), all, 0), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(VERSION_1 | B(63), all, 0), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(~UINT64_C(0), all, 0), VIRTIO_ERR_FEATURES);
	/* Required. */
	UNIT_ASSERT_INT(judge(0, all, 0), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(B(CSUM), all, 0), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(VERSION_1, all, B(CSUM)), VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(VERSION_1 | B(CSUM), all, B(CSUM)), 0);
	/* Requiring the missing. */
	UNIT_ASSERT_INT(judge(VERSION_1 | B(TSO4), all, 0),
			VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(judge(VERSION_1 | B(CSUM) | B(ECN), all, 0),
			VIRTIO_ERR_FEATURES);
	UNIT_ASSERT_INT(virtio_features_judge(VERSION_1 | B(TSO4), all, 0,
					      NULL), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(driver_takes_what_is_offered_and_wanted),
	UNIT_TEST(driver_drops_what_requires_the_missing),
	UNIT_TEST(driver_never_takes_unknown_bits_of_the_transport),
	UNIT_TEST(driver_refuses_without_what_it_requires),
	UNIT_TEST(device_judges),
};

UNIT_MAIN("virtio_features", tests)
