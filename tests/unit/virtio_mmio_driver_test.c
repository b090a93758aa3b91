/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio-mmio driver against a device, good and bad. */
#include <virtio/blk.h>
#include <virtio/mmio_driver.h>

#include "../support/mmio_guest.h"
#include "../support/unit.h"

#define VERSION_1	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define PACKED		VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)
#define RESET		VIRTIO_FEATURE(VIRTIO_F_RING_RESET)
#define DATA		VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA)
#define FLUSH		VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)
#define WCE		VIRTIO_FEATURE(VIRTIO_BLK_F_CONFIG_WCE)
#define OFFERED		(VERSION_1 | FLUSH | PACKED | RESET | DATA |	\
			 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

static struct mmio_device device;
static struct mmio_guest guest;
static struct virtio_mmio *const dev = &guest.dev;

static const struct virtq_addresses queue_at = {
	.num = 32,
	.desc = MMIO_DEVICE_BUS + 0x1000,
	.driver = MMIO_DEVICE_BUS + 0x2000,
	.device = MMIO_DEVICE_BUS + 0x3000,
};

static int bind(void)
{
	return virtio_mmio_bind_access(dev, mmio_device_read,
				       mmio_device_write, &device,
				       VIRTIO_ID_BLOCK);
}

static void start(void)
{
	mmio_device_free(&device);
	mmio_device_init(&device, VIRTIO_ID_BLOCK, OFFERED);
	UNIT_ASSERT_INT(bind(), 0);
}

static int negotiate_for(uint64_t wanted, uint64_t required)
{
	return virtio_mmio_negotiate(dev, wanted, required, NULL);
}

static void negotiate(void)
{
	start();
	UNIT_ASSERT_INT(negotiate_for(OFFERED & ~PACKED, 0), 0);
}

/* The device was given up: reset, then FAILED and nothing else. */
static void expect_failed(void)
{
	UNIT_ASSERT_INT(device.machine.status, VIRTIO_STATUS_FAILED);
	UNIT_ASSERT_INT(device.owner[0].serving, 0);
	UNIT_ASSERT_INT(device.violations, 0);
}

/* After trouble the same device works, in either format. */
static void expect_recovery(void)
{
	device.lie_count = 0;
	device.queues[0].num_max = MMIO_DEVICE_NUM;
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device, VERSION_1), 0);
	CU_ASSERT_TRUE(mmio_guest_request(&guest));
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device,
					    VERSION_1 | PACKED), 0);
	CU_ASSERT_TRUE(mmio_guest_request(&guest));
	UNIT_ASSERT_INT(device.violations, 0);
	UNIT_ASSERT_INT(device.strays, 0);
}

static void handshake_and_queue(void)
{
	const struct virtq_addresses *at = &device.owner[1].at;

	start();
	UNIT_ASSERT_INT(negotiate_for(FLUSH | 1, FLUSH), 0);
	CU_ASSERT_TRUE(dev->features == (VERSION_1 | FLUSH));
	CU_ASSERT_TRUE(device.machine.accepted == (VERSION_1 | FLUSH));
	UNIT_ASSERT_INT(virtio_mmio_queue_max(dev, 1), MMIO_DEVICE_NUM);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 1, &queue_at), 0);
	UNIT_ASSERT_INT(device.owner[1].readies, 1);
	UNIT_ASSERT_INT(at->num, 32);
	CU_ASSERT_TRUE(at->desc == queue_at.desc);
	CU_ASSERT_TRUE(at->driver == queue_at.driver);
	CU_ASSERT_TRUE(at->device == queue_at.device);
	UNIT_ASSERT_INT(virtio_mmio_start(dev), 0);
	UNIT_ASSERT_INT(device.machine.status,
			VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER |
			VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	virtio_mmio_notify(dev, 1);
	UNIT_ASSERT_INT(device.owner[1].notifies, 1);
	UNIT_ASSERT_INT(virtio_mmio_reset(dev), 0);
	UNIT_ASSERT_INT(virtio_mmio_status(dev), 0);
	UNIT_ASSERT_INT(device.owner[1].serving, 0);
	expect_recovery();
}

static void absent_and_foreign_devices(void)
{
	start();
	mmio_device_lie(&device, VIRTIO_MMIO_MAGIC_VALUE, 0);
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	device.lie_count = 0;
	mmio_device_lie(&device, VIRTIO_MMIO_VERSION, 1);
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_VERSION);
	device.lie_count = 0;
	mmio_device_lie(&device, VIRTIO_MMIO_VERSION, 3);
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_VERSION);
	device.lie_count = 0;
	mmio_device_lie(&device, VIRTIO_MMIO_DEVICE_ID, VIRTIO_ID_NET);
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	device.lie_count = 0;
	mmio_device_lie(&device, VIRTIO_MMIO_DEVICE_ID, 0);
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(virtio_mmio_bind_access(dev, mmio_device_read,
						mmio_device_write, &device, 0),
			VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(device.machine.status, 0);
	expect_recovery();
}

static void features_missing_or_refused(void)
{
	start();
	mmio_device_lie(&device, VIRTIO_MMIO_DEVICE_FEATURES,
			(uint32_t)(VERSION_1 >> 32) << 1);
	UNIT_ASSERT_INT(negotiate_for(FLUSH, 0), VIRTIO_ERR_FEATURES);
	expect_failed();
	start();
	UNIT_ASSERT_INT(negotiate_for(0, VIRTIO_FEATURE(VIRTIO_BLK_F_MQ)),
			VIRTIO_ERR_FEATURES);
	expect_failed();
	/* An earlier success does not help. */
	UNIT_ASSERT_INT(negotiate_for(FLUSH, 0), 0);
	UNIT_ASSERT_INT(negotiate_for(0, VIRTIO_FEATURE(VIRTIO_BLK_F_MQ)),
			VIRTIO_ERR_FEATURES);
	expect_failed();
	/* The device cannot do without what the driver does not want. */
	start();
	device.config.required = FLUSH;
	mmio_device_show(&device);
	UNIT_ASSERT_INT(negotiate_for(0, 0), VIRTIO_ERR_FEATURES);
	expect_failed();
	UNIT_ASSERT_INT(negotiate_for(FLUSH, 0), 0);
	device.config.required = 0;
	mmio_device_show(&device);
	expect_recovery();
}

static void features_unknown_or_unmet_are_not_accepted(void)
{
	static const struct virtio_feature_rule rules[] = {
		{ .feature = VIRTIO_BLK_F_CONFIG_WCE, .one_of = FLUSH },
		{ .one_of = 0 },
	};

	/* A device that offers everything, to a driver that wants it. */
	mmio_device_free(&device);
	mmio_device_init(&device, VIRTIO_ID_BLOCK,
			 VIRTIO_TRANSPORT_FEATURES | ~VIRTIO_TRANSPORT_BITS);
	UNIT_ASSERT_INT(bind(), 0);
	mmio_device_lie(&device, VIRTIO_MMIO_DEVICE_FEATURES, UINT32_MAX);
	UNIT_ASSERT_INT(negotiate_for(UINT64_MAX, 0), 0);
	CU_ASSERT_TRUE(device.machine.accepted == device.config.features);
	UNIT_ASSERT_INT(virtio_mmio_negotiate(dev, WCE, 0, rules), 0);
	CU_ASSERT_TRUE(device.machine.accepted == VERSION_1);
	UNIT_ASSERT_INT(virtio_mmio_negotiate(dev, WCE | FLUSH, 0, rules), 0);
	CU_ASSERT_TRUE(device.machine.accepted == (VERSION_1 | WCE | FLUSH));
	expect_recovery();
}

static void slow_and_stuck_resets(void)
{
	struct virtq_addresses at = queue_at;

	negotiate();
	device.slow_reads = 1000;
	UNIT_ASSERT_INT(virtio_mmio_reset(dev), 0);
	UNIT_ASSERT_INT(device.slow_reads, 0);
	UNIT_ASSERT_INT(device.resets, 1);
	UNIT_ASSERT_INT(negotiate_for(FLUSH, 0), 0);
	device.silent = true;
	UNIT_ASSERT_INT(virtio_mmio_reset(dev), VIRTIO_ERR_TIMEOUT);
	UNIT_ASSERT_INT(negotiate_for(FLUSH, 0), VIRTIO_ERR_TIMEOUT);
	CU_ASSERT_FALSE(device.machine.status & VIRTIO_STATUS_FAILED);
	device.silent = false;
	virtio_mmio_device_reset_done(&device.machine);
	/* One that never says that it was reset is left alone. */
	negotiate();
	at.num = 24;
	mmio_device_lie(&device, VIRTIO_MMIO_STATUS, 15);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &at),
			VIRTIO_ERR_QUEUE_SIZE);
	UNIT_ASSERT_INT(device.machine.status, 0);
	device.lie_count = 0;
	expect_recovery();
}

static void case_20_queue_sizes(void)
{
	static const struct {
		uint32_t max, split, packed;
	} sizes[] = {
		{ 0, 0, 0 }, { 1, 1, 1 }, { 2, 2, 2 }, { 3, 2, 3 },
		{ 1000, 512, 1000 }, { 0x8000, 0x8000, 0x8000 },
		{ 0x8001, 0x8000, 0x8000 }, { 0x80000000, 0x8000, 0x8000 },
		{ UINT32_MAX, 0x8000, 0x8000 },
	};
	struct virtq_addresses at = queue_at;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		negotiate();
		mmio_device_lie(&device, VIRTIO_MMIO_QUEUE_NUM_MAX,
				sizes[i].max);
		UNIT_ASSERT_INT(virtio_mmio_queue_max(dev, 0), sizes[i].split);
		UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &at),
				sizes[i].max < 32 ? VIRTIO_ERR_NO_QUEUE : 0);
		UNIT_ASSERT_INT(negotiate_for(PACKED, PACKED), 0);
		UNIT_ASSERT_INT(virtio_mmio_queue_max(dev, 0), sizes[i].packed);
	}
	negotiate();
	UNIT_ASSERT_INT(virtio_mmio_queue_max(dev, MMIO_DEVICE_QUEUES), 0);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, MMIO_DEVICE_QUEUES, &at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	/* A size that the format cannot have is not even tried. */
	negotiate();
	at.num = 24;
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &at),
			VIRTIO_ERR_QUEUE_SIZE);
	expect_failed();
	UNIT_ASSERT_INT(negotiate_for(PACKED, PACKED), 0);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &at), 0);
	UNIT_ASSERT_INT(device.owner[0].at.num, 24);
	/* One that promises more than it takes. */
	negotiate();
	device.queues[0].num_max = 16;
	mmio_device_lie(&device, VIRTIO_MMIO_QUEUE_NUM_MAX, 64);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	expect_recovery();
}

static void queue_busy_or_never_ready(void)
{
	negotiate();
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &queue_at), 0);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	UNIT_ASSERT_INT(device.owner[0].readies, 1);
	negotiate();
	mmio_device_lie(&device, VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	UNIT_ASSERT_INT(device.owner[0].readies, 0);
	negotiate();
	device.refuses_queues = true;
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	device.refuses_queues = false;
	expect_recovery();
}

static void queue_reset(void)
{
	void *cookie;

	start();
	UNIT_ASSERT_INT(negotiate_for(0, 0), 0);
	UNIT_ASSERT_INT(virtio_mmio_reset_queue(dev, 0), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(device.violations, 0);

	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device, RESET), 0);
	device.holds = true;
	CU_ASSERT_TRUE(mmio_guest_offer(&guest));
	UNIT_ASSERT_INT(virtio_mmio_reset_queue(dev, 0), 0);
	UNIT_ASSERT_INT(device.owner[0].stops, 1);
	CU_ASSERT_TRUE(virtq_driver_detach(&guest.vq, &cookie));
	CU_ASSERT_FALSE(virtq_driver_detach(&guest.vq, &cookie));
	device.holds = false;
	UNIT_ASSERT_INT(mmio_guest_set_up_queue(&guest), 0);
	CU_ASSERT_TRUE(mmio_guest_request(&guest));
	UNIT_ASSERT_INT(device.resets, 1);
	UNIT_ASSERT_INT(virtio_mmio_reset_queue(dev, MMIO_DEVICE_QUEUES), 0);

	/* Either register alone says that it is not over. */
	mmio_device_lie(&device, VIRTIO_MMIO_QUEUE_RESET, 1);
	UNIT_ASSERT_INT(virtio_mmio_reset_queue(dev, 0), VIRTIO_ERR_TIMEOUT);
	expect_failed();
	device.lie_count = 0;
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device, RESET), 0);
	mmio_device_lie(&device, VIRTIO_MMIO_QUEUE_READY, 1);
	UNIT_ASSERT_INT(virtio_mmio_reset_queue(dev, 0), VIRTIO_ERR_TIMEOUT);
	expect_failed();
	expect_recovery();
}

static void device_that_fails_at_the_start(void)
{
	negotiate();
	device.breaks = true;
	UNIT_ASSERT_INT(virtio_mmio_start(dev), VIRTIO_ERR_NEEDS_RESET);
	expect_failed();
	device.breaks = false;
	expect_recovery();
}

static void case_20_configuration_changes_while_read(void)
{
	uint64_t value = 0;

	negotiate();
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 0, 8, &value), 0);
	CU_ASSERT_TRUE(value == UINT64_C(0x0807060504030201));
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 4, 4, &value), 0);
	UNIT_ASSERT_INT(value, 0x08070605);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 6, 2, &value), 0);
	UNIT_ASSERT_INT(value, 0x0807);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 7, 1, &value), 0);
	UNIT_ASSERT_INT(value, 8);

	/* The first halves read are stale; the result is not. */
	device.config_changes = 3;
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 0, 8, &value), 0);
	CU_ASSERT_TRUE(value == UINT64_C(0x0807060604030203));

	device.config_changes = ~0u;
	value = 99;
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 0, 8, &value),
			VIRTIO_ERR_CONFIG);
	UNIT_ASSERT_INT(value, 99);
	device.config_changes = 0;
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 0, 3, &value),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 2, 8, &value),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 1, 2, &value),
			VIRTIO_ERR_INVALID);
	expect_recovery();
}

static void case_20_interrupts(void)
{
	negotiate();
	/* One before DRIVER_OK is acknowledged like any other. */
	mmio_device_lie(&device, VIRTIO_MMIO_INTERRUPT_STATUS,
			VIRTIO_MMIO_INT_USED);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(dev), VIRTIO_MMIO_INT_USED);
	device.lie_count = 0;
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(dev), 0);
	mmio_device_lie(&device, VIRTIO_MMIO_INTERRUPT_STATUS, UINT32_MAX);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(dev),
			VIRTIO_MMIO_INT_USED | VIRTIO_MMIO_INT_CONFIG);
	expect_recovery();
}

static void registers_in_memory(void)
{
	static uint32_t words[128];
	uint64_t value;

	words[VIRTIO_MMIO_MAGIC_VALUE / 4] = virtio_le32(VIRTIO_MMIO_MAGIC);
	words[VIRTIO_MMIO_VERSION / 4] = virtio_le32(2);
	words[VIRTIO_MMIO_DEVICE_ID / 4] = virtio_le32(VIRTIO_ID_BLOCK);
	words[VIRTIO_MMIO_CONFIG / 4] = virtio_le32(0x44332211);
	UNIT_ASSERT_INT(virtio_mmio_bind(dev, words, VIRTIO_ID_NET),
			VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(virtio_mmio_bind(dev, words, VIRTIO_ID_BLOCK), 0);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 2, 1, &value), 0);
	UNIT_ASSERT_INT(value, 0x33);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 2, 2, &value), 0);
	UNIT_ASSERT_INT(value, 0x4433);
	UNIT_ASSERT_INT(virtio_mmio_read_config(dev, 0, 8, &value), 0);
	UNIT_ASSERT_INT(value, 0x44332211);
	virtio_mmio_notify(dev, 7);
	UNIT_ASSERT_INT(words[VIRTIO_MMIO_QUEUE_NOTIFY / 4], virtio_le32(7));
}

static const struct unit_test tests[] = {
	UNIT_TEST(handshake_and_queue),
	UNIT_TEST(absent_and_foreign_devices),
	UNIT_TEST(features_missing_or_refused),
	UNIT_TEST(features_unknown_or_unmet_are_not_accepted),
	UNIT_TEST(slow_and_stuck_resets),
	UNIT_TEST(case_20_queue_sizes),
	UNIT_TEST(queue_busy_or_never_ready),
	UNIT_TEST(queue_reset),
	UNIT_TEST(device_that_fails_at_the_start),
	UNIT_TEST(case_20_configuration_changes_while_read),
	UNIT_TEST(case_20_interrupts),
	UNIT_TEST(registers_in_memory),
};

UNIT_MAIN("virtio_mmio_driver", tests)
