/* SPDX-License-Identifier: BSD-2-Clause */
/* The register machine: the life of a queue, in a hostile driver's hands. */
#include "../support/mmio_raw.h"

#define AT	virtq_layout_addresses(MMIO_DEVICE_BUS, MMIO_GUEST_NUM)

/* Write @at and QueueReady: does the queue become ready? */
static bool try_queue(struct virtq_addresses at)
{
	raw_addresses(at);
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	return r(VIRTIO_MMIO_QUEUE_READY);
}

static void case_21_queue_sizes(uint64_t format)
{
	static const struct {
		uint32_t num;
		bool split, packed;
	} sizes[] = {
		{ 0, false, false }, { 1, true, true }, { 3, false, true },
		{ 63, false, true }, { 64, true, true }, { 65, false, false },
		{ 128, false, false }, { 0x8000, false, false },
		{ 0x8001, false, false }, { 0x10000, false, false },
		{ 0x10001, false, false }, { 0x80000000, false, false },
		{ UINT32_MAX, false, false },
	};
	/* Room for any size that could be accepted by mistake, too. */
	struct virtq_addresses at = virtq_layout_addresses(MMIO_DEVICE_BUS,
							   128);
	unsigned int i;
	bool fits;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		negotiated(format);
		at.num = sizes[i].num;
		fits = format ? sizes[i].packed : sizes[i].split;
		UNIT_ASSERT_INT(try_queue(at), fits);
		UNIT_ASSERT_INT(device.asked, fits);
		/* A refusal is not the end of the queue. */
		if (!fits)
			CU_ASSERT_TRUE(try_queue(AT));
	}
	expect_recovery(format);
}
BOTH_FORMATS(case_21_queue_sizes)

static void case_21_rings_misaligned_overlapping_out_of_range(uint64_t format)
{
	const uint64_t end = MMIO_DEVICE_BUS + MMIO_DEVICE_BYTES;
	const struct virtq_addresses good = AT;
	const struct virtq_addresses bad[] = {
		{ 16, good.desc + 8, good.driver, good.device },
		{ 16, good.desc, good.driver + 1, good.device },
		{ 16, good.desc, good.driver, good.device + 2 },
		{ 16, good.desc, good.desc, good.device },
		{ 16, good.desc, good.driver, good.driver },
		{ 16, good.desc, good.driver, good.desc + 16 },
		{ 16, 0, good.driver, good.device },
		{ 16, good.desc, 0, good.device },
		{ 16, good.desc, good.driver, 0 },
		{ 16, end - 16, good.driver, good.device },
		{ 16, good.desc, end, good.device },
		{ 16, good.desc, good.driver, MMIO_DEVICE_BUS - 4 },
		{ 16, ~UINT64_C(15), good.driver, good.device },
		{ 16, good.desc, ~UINT64_C(3), good.device },
		{ 16, good.desc, good.driver, ~UINT64_C(3) },
	};
	unsigned int i;

	negotiated(format);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_FALSE(try_queue(bad[i]));
		UNIT_ASSERT_INT(device.asked, i + 1);
		UNIT_ASSERT_INT(device.owner[0].readies, 0);
	}
	CU_ASSERT_TRUE(try_queue(good));
	expect_recovery(format);
}
BOTH_FORMATS(case_21_rings_misaligned_overlapping_out_of_range)

static void case_21_torn_addresses(uint64_t format)
{
	const struct virtq_addresses at = AT;

	/* No half is looked at before QueueReady, whatever comes first. */
	negotiated(format);
	w(VIRTIO_MMIO_QUEUE_NUM, UINT32_MAX);
	w(VIRTIO_MMIO_QUEUE_DESC_HIGH, UINT32_MAX);
	w(VIRTIO_MMIO_QUEUE_DRIVER_LOW, UINT32_MAX);
	w(VIRTIO_MMIO_QUEUE_DEVICE_HIGH, UINT32_MAX);
	UNIT_ASSERT_INT(device.asked, 0);
	/* Low halves alone: the high ones are zero, not what fits. */
	negotiated(format);
	w(VIRTIO_MMIO_QUEUE_NUM, at.num);
	w(VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)at.desc);
	w(VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)at.driver);
	w(VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)at.device);
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(device.asked, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
	/* The high ones later: each joins its own low one. */
	w(VIRTIO_MMIO_QUEUE_DEVICE_HIGH, (uint32_t)(at.device >> 32));
	w(VIRTIO_MMIO_QUEUE_DRIVER_HIGH, (uint32_t)(at.driver >> 32));
	w(VIRTIO_MMIO_QUEUE_DESC_HIGH, (uint32_t)(at.desc >> 32));
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	CU_ASSERT_TRUE(device.owner[0].at.desc == at.desc);
	CU_ASSERT_TRUE(device.owner[0].at.driver == at.driver);
	CU_ASSERT_TRUE(device.owner[0].at.device == at.device);
	/* A new half beside an old one is an address like any other. */
	negotiated(format);
	raw_addresses(at);
	w(VIRTIO_MMIO_QUEUE_DESC_HIGH, UINT32_MAX);
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
	expect_recovery(format);
}
BOTH_FORMATS(case_21_torn_addresses)

static void case_23_ready_without_addresses(uint64_t format)
{
	static const uint32_t low[] = {
		VIRTIO_MMIO_QUEUE_DESC_LOW, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
		VIRTIO_MMIO_QUEUE_DEVICE_LOW,
	};
	unsigned int missing, i;

	for (missing = 0; missing < 3; missing++) {
		negotiated(format);
		w(VIRTIO_MMIO_QUEUE_NUM, MMIO_GUEST_NUM);
		for (i = 0; i < 3; i++) {
			w(low[i] + 4, 1);
			if (i != missing)
				w(low[i], 0x1000 * (i + 1));
		}
		w(VIRTIO_MMIO_QUEUE_READY, 1);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
		UNIT_ASSERT_INT(device.asked, 0);
	}
	/* Nor at a time when nobody knows which format it would have. */
	fresh();
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
	CU_ASSERT_FALSE(try_queue(AT));
	UNIT_ASSERT_INT(device.asked, 0);
	expect_recovery(format);
}
BOTH_FORMATS(case_23_ready_without_addresses)

static void case_23_registers_changed_after_ready(uint64_t format)
{
	const struct virtq_addresses at = AT;
	uint32_t offset;

	guest_up(format);
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	w(VIRTIO_MMIO_QUEUE_NUM, 8);
	for (offset = VIRTIO_MMIO_QUEUE_DESC_LOW;
	     offset <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH; offset += 4)
		w(offset, 0xdead0000);
	UNIT_ASSERT_INT(device.queues[0].addresses.num, at.num);
	CU_ASSERT_TRUE(device.queues[0].addresses.desc == at.desc);
	CU_ASSERT_TRUE(device.queues[0].addresses.driver == at.driver);
	CU_ASSERT_TRUE(device.queues[0].addresses.device == at.device);
	expect_service();
}
BOTH_FORMATS(case_23_registers_changed_after_ready)

static void case_23_ready_twice(uint64_t format)
{
	guest_up(format);
	device.holds = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_READY, 2));
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_READY, 0xffffff00));
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	UNIT_ASSERT_INT(device.asked, 1);
	UNIT_ASSERT_INT(device.owner[0].stops, 0);
	/* What was in flight still is. */
	UNIT_ASSERT_INT(mmio_device_complete(&device, 0), 0);
	device.holds = false;
	expect_recovery(format);
}
BOTH_FORMATS(case_23_ready_twice)

static void case_24_kick_before_driver_ok_and_after_reset(uint64_t format)
{
	negotiated(format);
	CU_ASSERT_TRUE(try_queue(AT));
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(device.owner[0].notifies, 0);
	w(VIRTIO_MMIO_STATUS, UP);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(device.owner[0].notifies, 1);
	w(VIRTIO_MMIO_STATUS, 0);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(device.owner[0].notifies, 1);
	expect_recovery(format);
}
BOTH_FORMATS(case_24_kick_before_driver_ok_and_after_reset)

static void case_24_kick_of_disabled_and_foreign_queues(uint64_t format)
{
	static const uint32_t foreign[] = {
		1, MMIO_DEVICE_QUEUES, MMIO_DEVICE_QUEUES + 1, 0x10000,
		0x80000000, 0xffff0000, UINT32_MAX,
	};
	unsigned int i;

	guest_up(format);
	device.queues[MMIO_DEVICE_QUEUES] = device.queues[0];
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		w(VIRTIO_MMIO_QUEUE_NOTIFY, foreign[i]);
	UNIT_ASSERT_INT(device.owner[0].notifies, 1);
	UNIT_ASSERT_INT(device.owner[1].notifies, 0);
	expect_service();
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	w(VIRTIO_MMIO_QUEUE_READY, 0);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(device.owner[0].notifies, 2);
	UNIT_ASSERT_INT(device.strays, 0);
	expect_recovery(format);
}
BOTH_FORMATS(case_24_kick_of_disabled_and_foreign_queues)

static void case_24_notification_data(uint64_t format)
{
	guest_up(format | DATA);
	/* The upper half is the driver's tale of itself, for its own queue. */
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0xabcd0000);
	UNIT_ASSERT_INT(device.owner[0].data, 0xabcd);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0xffff0001);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0xffff0000 | MMIO_DEVICE_QUEUES);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, UINT32_MAX);
	UNIT_ASSERT_INT(device.owner[0].notifies, 2);
	UNIT_ASSERT_INT(device.owner[1].notifies, 0);
	expect_service();
}
BOTH_FORMATS(case_24_notification_data)

/* The end of a queue takes the owner's word, asked for once. */
static void case_25_queue_disabled_during_io(uint64_t format)
{
	guest_up(format);
	device.holds = true;
	device.silent = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	CU_ASSERT_FALSE(w(VIRTIO_MMIO_QUEUE_READY, 0));
	CU_ASSERT_FALSE(w(VIRTIO_MMIO_QUEUE_READY, 0));
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_READY, 1));
	w(VIRTIO_MMIO_QUEUE_NUM, 8);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	UNIT_ASSERT_INT(device.owner[0].stops, 1);
	UNIT_ASSERT_INT(device.asked, 1);
	UNIT_ASSERT_INT(device.owner[0].notifies, 2);
	UNIT_ASSERT_INT(mmio_device_complete(&device, 0),
			VIRTIO_ERR_NEEDS_RESET);
	/* A reset in between is another question, and answers both. */
	CU_ASSERT_FALSE(w(VIRTIO_MMIO_STATUS, 0));
	UNIT_ASSERT_INT(device.resets, 1);
	virtio_mmio_device_queue_stop_done(machine, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), UP);
	virtio_mmio_device_reset_done(machine);
	virtio_mmio_device_queue_stop_done(machine, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_STATUS), 0);
	device.holds = false;
	device.silent = false;
	expect_recovery(format);
}
BOTH_FORMATS(case_25_queue_disabled_during_io)

static void case_25_queue_stopped_and_started(uint64_t format)
{
	guest_up(format);
	device.silent = true;
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	CU_ASSERT_FALSE(w(VIRTIO_MMIO_QUEUE_READY, 0));
	/* Answers for others, or from beyond the queues, are not for it. */
	device.queues[MMIO_DEVICE_QUEUES] = device.queues[0];
	virtio_mmio_device_queue_stop_done(machine, MMIO_DEVICE_QUEUES);
	UNIT_ASSERT_INT(device.queues[MMIO_DEVICE_QUEUES].addresses.num,
			MMIO_GUEST_NUM);
	virtio_mmio_device_queue_stop_done(machine, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	virtio_mmio_device_queue_stop_done(machine, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_READY, 0));
	UNIT_ASSERT_INT(device.owner[0].stops, 1);
	/* Its former place is forgotten. */
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(device.asked, 1);
	/* A new one serves, and an answer to no question does not end it. */
	UNIT_ASSERT_INT(mmio_guest_set_up_queue(&guest), 0);
	virtio_mmio_device_queue_stop_done(machine, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	device.silent = false;
	expect_service();
}
BOTH_FORMATS(case_25_queue_stopped_and_started)

static void case_25_queue_reset_during_io(uint64_t format)
{
	guest_up(format | RESET);
	device.holds = true;
	device.silent = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_RESET, 0));
	w(VIRTIO_MMIO_QUEUE_RESET, 2);
	w(VIRTIO_MMIO_QUEUE_RESET, UINT32_MAX);
	UNIT_ASSERT_INT(device.owner[0].stops, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_RESET, 1));
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_RESET, 1));
	CU_ASSERT_TRUE(w(VIRTIO_MMIO_QUEUE_READY, 0));
	w(VIRTIO_MMIO_QUEUE_RESET, 0);
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	w(VIRTIO_MMIO_QUEUE_DESC_LOW, 0);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 1);
	UNIT_ASSERT_INT(device.owner[0].stops, 1);
	UNIT_ASSERT_INT(device.asked, 1);
	UNIT_ASSERT_INT(device.owner[0].notifies, 2);
	UNIT_ASSERT_INT(mmio_device_complete(&device, 0),
			VIRTIO_ERR_NEEDS_RESET);
	virtio_mmio_device_queue_stop_done(machine, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
	/* There is nothing to reset in a queue at rest. */
	w(VIRTIO_MMIO_QUEUE_RESET, 1);
	UNIT_ASSERT_INT(device.owner[0].stops, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	device.holds = false;
	device.silent = false;
	UNIT_ASSERT_INT(mmio_guest_set_up_queue(&guest), 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	w(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_USED);
	expect_service();
}
BOTH_FORMATS(case_25_queue_reset_during_io)

static void case_25_queue_reset_not_negotiated(uint64_t format)
{
	guest_up(format);
	w(VIRTIO_MMIO_QUEUE_SEL, 0);
	w(VIRTIO_MMIO_QUEUE_RESET, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
	UNIT_ASSERT_INT(device.owner[0].stops, 0);
	expect_service();
}
BOTH_FORMATS(case_25_queue_reset_not_negotiated)

static const struct unit_test tests[] = {
	BOTH_TESTS(case_21_queue_sizes),
	BOTH_TESTS(case_21_rings_misaligned_overlapping_out_of_range),
	BOTH_TESTS(case_21_torn_addresses),
	BOTH_TESTS(case_23_ready_without_addresses),
	BOTH_TESTS(case_23_registers_changed_after_ready),
	BOTH_TESTS(case_23_ready_twice),
	BOTH_TESTS(case_24_kick_before_driver_ok_and_after_reset),
	BOTH_TESTS(case_24_kick_of_disabled_and_foreign_queues),
	BOTH_TESTS(case_24_notification_data),
	BOTH_TESTS(case_25_queue_disabled_during_io),
	BOTH_TESTS(case_25_queue_stopped_and_started),
	BOTH_TESTS(case_25_queue_reset_during_io),
	BOTH_TESTS(case_25_queue_reset_not_negotiated),
};

UNIT_MAIN("virtio_mmio_queue", tests)
