/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio-mmio driver against a register file, good and bad. */
#include <virtio/blk.h>
#include <virtio/mmio_driver.h>

#include "../support/mmio_device.h"
#include "../support/unit.h"

#define VERSION_1	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define FLUSH		VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)
#define OFFERED		(VERSION_1 | FLUSH |				\
			 VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |		\
			 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

static struct mmio_device device;
static struct virtio_mmio dev;

static const struct virtq_addresses queue_at = {
	.num = 32,
	.desc = UINT64_C(0x1122334455667780),
	.avail = UINT64_C(0x99aabbccddeeff00),
	.used = UINT64_C(0x0123456789abcdec),
};

static int bind(void)
{
	return virtio_mmio_bind_access(&dev, mmio_device_read,
				       mmio_device_write, &device,
				       VIRTIO_ID_BLOCK);
}

static void start(void)
{
	mmio_device_init(&device, VIRTIO_ID_BLOCK, OFFERED);
	UNIT_ASSERT_INT(bind(), 0);
}

static void negotiate(void)
{
	start();
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, OFFERED, 0), 0);
}

/* The device was given up: reset, then FAILED and nothing else. */
static void expect_failed(void)
{
	UNIT_ASSERT_INT(device.status, VIRTIO_STATUS_FAILED);
	UNIT_ASSERT_INT(device.queues[0].ready, 0);
	UNIT_ASSERT_INT(device.violations, 0);
}

/* After trouble the same device works. */
static void expect_recovery(void)
{
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, OFFERED, 0), 0);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 0, &queue_at), 0);
	UNIT_ASSERT_INT(virtio_mmio_start(&dev), 0);
	UNIT_ASSERT_INT(device.violations, 0);
}

static void handshake_and_queue(void)
{
	const struct mmio_device_queue *queue = &device.queues[1];

	start();
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, FLUSH | 1, FLUSH), 0);
	CU_ASSERT_TRUE(dev.features == (VERSION_1 | FLUSH));
	CU_ASSERT_TRUE(device.accepted == (VERSION_1 | FLUSH));
	UNIT_ASSERT_INT(virtio_mmio_queue_max(&dev, 1), 64);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 1, &queue_at), 0);
	UNIT_ASSERT_INT(queue->num, 32);
	UNIT_ASSERT_INT(queue->ready, 1);
	UNIT_ASSERT_INT(queue->low[0], 0x55667780);
	UNIT_ASSERT_INT(queue->high[0], 0x11223344);
	UNIT_ASSERT_INT(queue->low[1], 0xddeeff00);
	UNIT_ASSERT_INT(queue->high[1], 0x99aabbcc);
	UNIT_ASSERT_INT(queue->low[2], 0x89abcdec);
	UNIT_ASSERT_INT(queue->high[2], 0x01234567);
	UNIT_ASSERT_INT(virtio_mmio_start(&dev), 0);
	UNIT_ASSERT_INT(device.status,
			VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER |
			VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	virtio_mmio_notify(&dev, 1);
	UNIT_ASSERT_INT(device.notifies, 1);
	UNIT_ASSERT_INT(device.last_notify, 1);
	UNIT_ASSERT_INT(virtio_mmio_reset(&dev), 0);
	UNIT_ASSERT_INT(virtio_mmio_status(&dev), 0);
	UNIT_ASSERT_INT(device.violations, 0);
}

static void absent_and_foreign_devices(void)
{
	start();
	device.magic = 0;
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	start();
	device.version = 1;
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_VERSION);
	device.version = 3;
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_VERSION);
	start();
	device.id = VIRTIO_ID_NET;
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	device.id = 0;
	UNIT_ASSERT_INT(bind(), VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(virtio_mmio_bind_access(&dev, mmio_device_read,
						mmio_device_write, &device, 0),
			VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(device.status, 0);
	UNIT_ASSERT_INT(device.resets, 0);
}

static void features_missing_or_refused(void)
{
	start();
	device.features &= ~VERSION_1;
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, FLUSH, 0),
			VIRTIO_ERR_FEATURES);
	expect_failed();
	start();
	UNIT_ASSERT_INT(virtio_mmio_negotiate(
				&dev, 0, VIRTIO_FEATURE(VIRTIO_BLK_F_MQ)),
			VIRTIO_ERR_FEATURES);
	expect_failed();
	expect_recovery();
	start();
	device.refuses_features = true;
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, FLUSH, 0),
			VIRTIO_ERR_FEATURES);
	expect_failed();
	device.refuses_features = false;
	expect_recovery();
}

static void slow_and_stuck_resets(void)
{
	start();
	device.status = VIRTIO_STATUS_DRIVER;
	device.slow_reset = 1000;
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, FLUSH, 0), 0);
	UNIT_ASSERT_INT(device.violations, 0);
	device.never_resets = true;
	UNIT_ASSERT_INT(virtio_mmio_reset(&dev), VIRTIO_ERR_TIMEOUT);
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&dev, FLUSH, 0),
			VIRTIO_ERR_TIMEOUT);
	device.never_resets = false;
	device.slow_reset = 0;
	expect_recovery();
}

static void case_20_queue_sizes(void)
{
	static const uint32_t max[] = { 0, 1, 2, 3, 1000, 0x8000, 0x8001,
					0x80000000, UINT32_MAX };
	static const uint32_t usable[] = { 0, 1, 2, 2, 512, 0x8000, 0x8000,
					   0x8000, 0x8000 };
	struct virtq_addresses at = queue_at;
	unsigned int i;

	for (i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		negotiate();
		device.queues[0].max = max[i];
		UNIT_ASSERT_INT(virtio_mmio_queue_max(&dev, 0), usable[i]);
		UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 0, &at),
				usable[i] < 32 ? VIRTIO_ERR_NO_QUEUE : 0);
	}
	negotiate();
	UNIT_ASSERT_INT(virtio_mmio_queue_max(&dev, MMIO_DEVICE_QUEUES), 0);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, MMIO_DEVICE_QUEUES, &at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	negotiate();
	at.num = 24;
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 0, &at),
			VIRTIO_ERR_QUEUE_SIZE);
	expect_failed();
	expect_recovery();
}

static void queue_busy_or_never_ready(void)
{
	negotiate();
	device.queues[0].ready = 1;
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	negotiate();
	device.never_ready = true;
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&dev, 0, &queue_at),
			VIRTIO_ERR_NO_QUEUE);
	expect_failed();
	device.never_ready = false;
	expect_recovery();
}

static void device_that_fails_at_the_start(void)
{
	negotiate();
	device.needs_reset = true;
	UNIT_ASSERT_INT(virtio_mmio_start(&dev), VIRTIO_ERR_NEEDS_RESET);
	expect_failed();
	device.needs_reset = false;
	expect_recovery();
}

static void case_20_configuration_changes_while_read(void)
{
	uint64_t value = 0;

	negotiate();
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 0, 8, &value), 0);
	CU_ASSERT_TRUE(value == UINT64_C(0x0807060504030201));
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 4, 4, &value), 0);
	UNIT_ASSERT_INT(value, 0x08070605);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 6, 2, &value), 0);
	UNIT_ASSERT_INT(value, 0x0807);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 7, 1, &value), 0);
	UNIT_ASSERT_INT(value, 8);

	/* The first halves read are stale; the result is not. */
	device.config_changes = 3;
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 0, 8, &value), 0);
	CU_ASSERT_TRUE(value == UINT64_C(0x0807060604030203));

	device.config_changes = ~0u;
	value = 99;
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 0, 8, &value),
			VIRTIO_ERR_CONFIG);
	UNIT_ASSERT_INT(value, 99);
	device.config_changes = 0;
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 0, 3, &value),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 2, 8, &value),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 1, 2, &value),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(device.violations, 0);
}

static void case_20_interrupts(void)
{
	negotiate();
	/* One before DRIVER_OK is acknowledged like any other. */
	device.interrupt_status = VIRTIO_MMIO_INT_USED;
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&dev), VIRTIO_MMIO_INT_USED);
	UNIT_ASSERT_INT(device.interrupt_status, 0);
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&dev), 0);
	device.interrupt_status = 0xffffffff;
	UNIT_ASSERT_INT(virtio_mmio_ack_interrupt(&dev),
			VIRTIO_MMIO_INT_USED | VIRTIO_MMIO_INT_CONFIG);
	UNIT_ASSERT_INT(device.violations, 0);
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
	UNIT_ASSERT_INT(virtio_mmio_bind(&dev, words, VIRTIO_ID_NET),
			VIRTIO_ERR_NO_DEVICE);
	UNIT_ASSERT_INT(virtio_mmio_bind(&dev, words, VIRTIO_ID_BLOCK), 0);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 2, 1, &value), 0);
	UNIT_ASSERT_INT(value, 0x33);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 2, 2, &value), 0);
	UNIT_ASSERT_INT(value, 0x4433);
	UNIT_ASSERT_INT(virtio_mmio_read_config(&dev, 0, 8, &value), 0);
	UNIT_ASSERT_INT(value, 0x44332211);
	virtio_mmio_notify(&dev, 7);
	UNIT_ASSERT_INT(words[VIRTIO_MMIO_QUEUE_NOTIFY / 4], virtio_le32(7));
}

static const struct unit_test tests[] = {
	UNIT_TEST(handshake_and_queue),
	UNIT_TEST(absent_and_foreign_devices),
	UNIT_TEST(features_missing_or_refused),
	UNIT_TEST(slow_and_stuck_resets),
	UNIT_TEST(case_20_queue_sizes),
	UNIT_TEST(queue_busy_or_never_ready),
	UNIT_TEST(device_that_fails_at_the_start),
	UNIT_TEST(case_20_configuration_changes_while_read),
	UNIT_TEST(case_20_interrupts),
	UNIT_TEST(registers_in_memory),
};

UNIT_MAIN("virtio_mmio", tests)
