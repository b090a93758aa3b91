/* SPDX-License-Identifier: BSD-2-Clause */
/* The register machine: the device's life, its features and interrupts, in
 * every order that a hostile driver can think of. */
#include "../support/mmio_raw.h"

static void case_25_status_bits_in_any_order(uint64_t format)
{
	static const uint32_t orders[][4] = {
		/* written, then what the status reads */
		{ DRIVER, DRIVER }, { FEATURES_OK, 0 }, { DRIVER_OK, 0 },
		{ FEATURES_OK | DRIVER_OK, 0 },
		{ DRIVER | FEATURES_OK | DRIVER_OK,
		  DRIVER | FEATURES_OK | DRIVER_OK },
		{ ACKNOWLEDGE | FEATURES_OK, ACKNOWLEDGE },
		{ ACKNOWLEDGE | DRIVER_OK, ACKNOWLEDGE },
		{ ACKNOWLEDGE | DRIVER | DRIVER_OK, ACKNOWLEDGE | DRIVER },
		{ NEEDS_RESET, 0 }, { 16, 0 }, { 32, 0 }, { 0xffffff00, 0 },
		{ ACKNOWLEDGE | NEEDS_RESET, ACKNOWLEDGE },
		{ ACKNOWLEDGE | DRIVER | FEATURES_OK,
		  ACKNOWLEDGE | DRIVER | FEATURES_OK },
		{ UP, UP },
		{ FAILED, FAILED },
		{ UINT32_MAX, FAILED },
	};
	unsigned int i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		fresh();
		raw_features(format | VERSION_1);
		w(VIRTIO_MMIO_STATUS, orders[i][0]);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), orders[i][1]);
		UNIT_ASSERT_INT(device.driver_oks,
				!!(orders[i][1] & DRIVER_OK));
	}
	/* Each bit alone, the last one first: none but DRIVER is taken. */
	fresh();
	raw_features(format | VERSION_1);
	for (i = 7; i > 0; i--) {
		if (1u << i != FAILED)
			w(VIRTIO_MMIO_STATUS, 1u << i);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS),
				1u << i == DRIVER ? DRIVER : 0);
	}
	expect_recovery(format);
}
BOTH_FORMATS(case_25_status_bits_in_any_order)

static void case_25_status_bits_cleared_one_by_one(uint64_t format)
{
	uint32_t value = UP;
	unsigned int i;

	guest_up(format);
	for (i = 0; i < 4; i++) {
		value &= value - 1;
		if (!value)
			break;
		w(VIRTIO_MMIO_STATUS, value);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	}
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(device.driver_oks, 1);
	UNIT_ASSERT_INT(device.resets, 0);
	expect_service();
}
BOTH_FORMATS(case_25_status_bits_cleared_one_by_one)

static void case_25_failed(uint64_t format)
{
	guest_up(format | RESET);
	virtio_mmio_device_used(machine);
	w(VIRTIO_MMIO_STATUS, UP | FAILED);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP | FAILED);
	/* Nothing counts any more, but the wire comes to rest. */
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	w(VIRTIO_MMIO_QUEUE_READY, 0);
	w(VIRTIO_MMIO_QUEUE_RESET, 1);
	w(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 7);
	UNIT_ASSERT_INT(device.owner[0].notifies, 1);
	UNIT_ASSERT_INT(device.owner[0].stops, 0);
	UNIT_ASSERT_INT(machine->device_features_sel, 1);
	w(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_USED);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	virtio_mmio_device_used(machine);
	virtio_mmio_device_config_changed(machine);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	/* FAILED first: no step follows it. */
	w(VIRTIO_MMIO_STATUS, 0);
	w(VIRTIO_MMIO_STATUS, FAILED);
	raw_features(format | VERSION_1);
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), FAILED);
	expect_recovery(format);
}
BOTH_FORMATS(case_25_failed)

static void case_25_features_refused(uint64_t format)
{
	static const uint64_t bad[] = {
		0,				/* no VERSION_1 */
		VERSION_1 | 1,			/* not offered */
		VERSION_1 | UINT64_C(1) << 63,
		VERSION_1 | VIRTIO_FEATURE(VIRTIO_F_SR_IOV),
		~UINT64_C(0),
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh();
		raw_features(bad[i] | format);
		w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
		w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), ACKNOWLEDGE | DRIVER);
		w(VIRTIO_MMIO_STATUS, UP);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), ACKNOWLEDGE | DRIVER);
		UNIT_ASSERT_INT(device.driver_oks, 0);
		/* Another choice is judged anew. */
		raw_features(VERSION_1 | format);
		w(VIRTIO_MMIO_STATUS, UP);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	}
	expect_recovery(format);
}
BOTH_FORMATS(case_25_features_refused)

static void features_of_the_device_type_and_the_owner(void)
{
	static const struct virtio_feature_rule rules[] = {
		{ .feature = 1, .one_of = VIRTIO_FEATURE(2) },
		{ .one_of = 0 },
	};
	const uint64_t access = VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);

	fresh();
	device.config.rules = rules;
	device.config.required = access;
	device.config.features |= VIRTIO_FEATURE(1) | VIRTIO_FEATURE(2);
	mmio_device_show(&device);
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
	raw_features(VERSION_1);
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), ACKNOWLEDGE | DRIVER);
	raw_features(VERSION_1 | access | VIRTIO_FEATURE(1));
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), ACKNOWLEDGE | DRIVER);
	raw_features(VERSION_1 | access | VIRTIO_FEATURE(1) |
		     VIRTIO_FEATURE(2));
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	expect_recovery(access);
}

static void case_23_features_changed_after_they_were_judged(uint64_t format)
{
	guest_up(format);
	raw_features(~UINT64_C(0));
	CU_ASSERT_TRUE(machine->accepted == (VERSION_1 | format));
	raw_features(0);
	CU_ASSERT_TRUE(machine->accepted == (VERSION_1 | format));
	expect_service();
	/* Words beyond the second do not spill into the first two. */
	fresh();
	raw_features(VERSION_1 | format);
	w(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 2);
	w(VIRTIO_MMIO_DRIVER_FEATURES, UINT32_MAX);
	w(VIRTIO_MMIO_DRIVER_FEATURES_SEL, UINT32_MAX);
	w(VIRTIO_MMIO_DRIVER_FEATURES, UINT32_MAX);
	CU_ASSERT_TRUE(machine->accepted == (VERSION_1 | format));
	expect_recovery(format);
}
BOTH_FORMATS(case_23_features_changed_after_they_were_judged)

/* The owner takes its time: the driver sees that, and nothing starts. */
static void case_25_reset_during_io(uint64_t format)
{
	guest_up(format);
	device.holds = true;
	device.silent = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	CU_ASSERT_TRUE(device.owner[0].holding);
	virtio_mmio_device_used(machine);

	CU_ASSERT_FALSE(w(VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	virtio_mmio_device_used(machine);
	virtio_mmio_device_config_changed(machine);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	/* Neither asked again, nor notified, nor started over. */
	CU_ASSERT_FALSE(w(VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(device.resets, 1);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(device.owner[0].notifies, 2);
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
	w(VIRTIO_MMIO_STATUS, FAILED);
	w(VIRTIO_MMIO_QUEUE_READY, 0);
	w(VIRTIO_MMIO_QUEUE_SEL, 1);
	raw_features(0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	UNIT_ASSERT_INT(device.owner[0].stops, 0);
	UNIT_ASSERT_INT(machine->queue_sel, 0);
	CU_ASSERT_TRUE(machine->accepted == (VERSION_1 | format));

	virtio_mmio_device_reset_done(machine);
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
	UNIT_ASSERT_INT(device.resets, 1);
	device.holds = false;
	device.silent = false;
	expect_recovery(format);
}
BOTH_FORMATS(case_25_reset_during_io)

static void case_25_late_completion_after_reset(uint64_t format)
{
	unsigned char *memory;
	unsigned int i;

	guest_up(format);
	memory = device.memory;
	device.holds = true;
	device.silent = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	w(VIRTIO_MMIO_STATUS, 0);
	/* The ring's memory is something else's from now on. */
	virtio_mmio_device_reset_done(machine);
	for (i = 0; i < MMIO_GUEST_RING; i++)
		memory[i] = 0xa5;
	UNIT_ASSERT_INT(mmio_device_complete(&device, 0),
			VIRTIO_ERR_NEEDS_RESET);
	for (i = 0; i < MMIO_GUEST_RING && memory[i] == 0xa5; i++)
		;
	UNIT_ASSERT_INT(i, MMIO_GUEST_RING);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	device.holds = false;
	device.silent = false;
	expect_recovery(format);
}
BOTH_FORMATS(case_25_late_completion_after_reset)

static void case_25_resets_answered_twice_or_unasked(uint64_t format)
{
	guest_up(format);
	virtio_mmio_device_reset_done(machine);
	expect_service();
	w(VIRTIO_MMIO_STATUS, 0);
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
	virtio_mmio_device_reset_done(machine);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), ACKNOWLEDGE);
	/* A device that nobody has touched has nothing to end: no question. */
	w(VIRTIO_MMIO_STATUS, 0);
	device.resets = 0;
	device.silent = true;
	raw_features(VERSION_1);
	w(VIRTIO_MMIO_QUEUE_SEL, 1);
	raw_addresses(virtq_layout_addresses(MMIO_DEVICE_BUS, 16));
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(device.resets, 0);
	CU_ASSERT_TRUE(machine->accepted == 0);
	UNIT_ASSERT_INT(machine->queue_sel, 0);
	UNIT_ASSERT_INT(device.queues[1].addresses.num, 0);
	device.silent = false;
	expect_recovery(format);
}
BOTH_FORMATS(case_25_resets_answered_twice_or_unasked)

static void case_20_interrupts_before_driver_ok(uint64_t format)
{
	negotiated(format);
	virtio_mmio_device_used(machine);
	virtio_mmio_device_config_changed(machine);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	expect_recovery(format);
}
BOTH_FORMATS(case_20_interrupts_before_driver_ok)

static void interrupts_stay_until_acknowledged(uint64_t format)
{
	guest_up(format);
	virtio_mmio_device_used(machine);
	virtio_mmio_device_config_changed(machine);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_USED | VIRTIO_MMIO_INT_CONFIG);
	/* Bits that were not raised acknowledge nothing, nor do others. */
	w(VIRTIO_MMIO_QUEUE_SEL, UINT32_MAX);
	w(VIRTIO_MMIO_INTERRUPT_STATUS, UINT32_MAX);
	w(VIRTIO_MMIO_INTERRUPT_ACK, 0xfffffffc);
	w(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_USED);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_CONFIG);
	CU_ASSERT_TRUE(virtio_mmio_device_interrupts(machine));
	w(VIRTIO_MMIO_INTERRUPT_ACK, UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	expect_service();
}
BOTH_FORMATS(interrupts_stay_until_acknowledged)

static void device_asks_for_a_reset(uint64_t format)
{
	guest_up(format);
	virtio_mmio_device_needs_reset(machine);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP | NEEDS_RESET);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_CONFIG);
	/* The driver cannot take that back but by a reset. */
	w(VIRTIO_MMIO_STATUS, UP);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP | NEEDS_RESET);
	w(VIRTIO_MMIO_STATUS, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), 0);
	/* Before DRIVER_OK it is told by the status alone. */
	virtio_mmio_device_needs_reset(machine);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), NEEDS_RESET);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	expect_recovery(format);
}
BOTH_FORMATS(device_asks_for_a_reset)

static const struct unit_test tests[] = {
	BOTH_TESTS(case_25_status_bits_in_any_order),
	BOTH_TESTS(case_25_status_bits_cleared_one_by_one),
	BOTH_TESTS(case_25_failed),
	BOTH_TESTS(case_25_features_refused),
	UNIT_TEST(features_of_the_device_type_and_the_owner),
	BOTH_TESTS(case_23_features_changed_after_they_were_judged),
	BOTH_TESTS(case_25_reset_during_io),
	BOTH_TESTS(case_25_late_completion_after_reset),
	BOTH_TESTS(case_25_resets_answered_twice_or_unasked),
	BOTH_TESTS(case_20_interrupts_before_driver_ok),
	BOTH_TESTS(interrupts_stay_until_acknowledged),
	BOTH_TESTS(device_asks_for_a_reset),
};

UNIT_MAIN("virtio_mmio_status", tests)
