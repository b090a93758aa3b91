/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of lib/virtio with the registers between them: driver, rings and
 * machine, in every mix of features that they know. */
#include "../support/mmio_raw.h"

#define ROUNDS		100u	/* several laps of the ring */

static const unsigned int optional[] = {
	VIRTIO_F_INDIRECT_DESC, VIRTIO_F_EVENT_IDX, VIRTIO_F_ACCESS_PLATFORM,
	VIRTIO_F_RING_PACKED, VIRTIO_F_IN_ORDER, VIRTIO_F_NOTIFICATION_DATA,
	VIRTIO_F_RING_RESET,
};

#define OPTIONAL	(sizeof(optional) / sizeof(optional[0]))

static void every_mix_of_features(void)
{
	uint64_t features;
	unsigned int mix, i;

	fresh();
	for (mix = 0; mix < 1u << OPTIONAL; mix++) {
		features = VERSION_1;
		for (i = 0; i < OPTIONAL; i++) {
			if (mix >> i & 1)
				features |= VIRTIO_FEATURE(optional[i]);
		}
		UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device, features),
				0);
		CU_ASSERT_TRUE(machine->accepted == features);
		for (i = 0; i < ROUNDS && mmio_guest_request(&guest); i++)
			;
		UNIT_ASSERT_INT(i, ROUNDS);
		UNIT_ASSERT_INT(virtio_mmio_reset(&guest.dev), 0);
	}
	UNIT_ASSERT_INT(device.violations, 0);
	UNIT_ASSERT_INT(device.strays, 0);
}

/* What the driver says with each notification is where it stands (2.9). */
static void notification_data(uint64_t format)
{
	uint16_t split, packed, lap;
	unsigned int i;

	fresh();
	UNIT_ASSERT_INT(mmio_guest_bring_up(&guest, &device,
					    VERSION_1 | DATA | format), 0);
	for (i = 1; i <= ROUNDS; i++) {
		CU_ASSERT_TRUE(mmio_guest_request(&guest));
		split = (uint16_t)i;
		/* Two descriptors each; the wrap counter begins as one. */
		lap = (uint16_t)(2 * i / MMIO_GUEST_NUM);
		packed = (uint16_t)(2 * i % MMIO_GUEST_NUM |
				    (lap % 2 ? 0 : PVIRTQ_WRAP));
		UNIT_ASSERT_INT(device.owner[0].data,
				format ? packed : split);
	}
	UNIT_ASSERT_INT(device.owner[0].notifies, ROUNDS);
	UNIT_ASSERT_INT(device.violations, 0);
}
BOTH_FORMATS(notification_data)

/* Buffers that were there before DRIVER_OK need no kick. */
static void buffers_before_driver_ok(uint64_t format)
{
	struct virtq_completion done;
	struct virtq_segment segment = {
		.addr = MMIO_DEVICE_BUS + MMIO_GUEST_BUFFERS,
		.len = 16,
	};

	guest_up(format);
	UNIT_ASSERT_INT(virtio_mmio_negotiate(&guest.dev, VERSION_1 | format,
					      0, NULL), 0);
	UNIT_ASSERT_INT(mmio_guest_set_up_queue(&guest), 0);
	UNIT_ASSERT_INT(virtq_driver_add(&guest.vq, &segment, 1, 0, &guest),
			0);
	virtq_driver_publish(&guest.vq);
	UNIT_ASSERT_INT(virtq_driver_get(&guest.vq, &done), 0);
	UNIT_ASSERT_INT(virtio_mmio_start(&guest.dev), 0);
	UNIT_ASSERT_INT(virtq_driver_get(&guest.vq, &done), 1);
	UNIT_ASSERT_INT(device.owner[0].notifies, 1);
	virtio_mmio_ack_interrupt(&guest.dev);
	expect_service();
	UNIT_ASSERT_INT(device.violations, 0);
}
BOTH_FORMATS(buffers_before_driver_ok)

/* One queue begins anew a hundred times, with requests in flight; the device
 * and the other queue never notice. */
static void queue_reset_again_and_again(uint64_t format)
{
	const struct virtq_addresses other = virtq_layout_addresses(
		MMIO_DEVICE_BUS + MMIO_GUEST_RING, 8);
	unsigned int i, buffers;
	void *cookie;

	guest_up(format | RESET);
	UNIT_ASSERT_INT(virtio_mmio_setup_queue(&guest.dev, 1, &other), 0);
	for (i = 0; i < 100; i++) {
		device.holds = true;
		CU_ASSERT_TRUE(mmio_guest_offer(&guest));
		CU_ASSERT_TRUE(mmio_guest_offer(&guest));
		UNIT_ASSERT_INT(virtio_mmio_reset_queue(&guest.dev, 0), 0);
		UNIT_ASSERT_INT(mmio_device_complete(&device, 0),
				VIRTIO_ERR_NEEDS_RESET);
		virtio_mmio_ack_interrupt(&guest.dev);
		for (buffers = 0; virtq_driver_detach(&guest.vq, &cookie);)
			buffers += cookie == &guest;
		UNIT_ASSERT_INT(buffers, 2);
		device.holds = false;
		UNIT_ASSERT_INT(mmio_guest_set_up_queue(&guest), 0);
		expect_service();
	}
	UNIT_ASSERT_INT(device.owner[0].stops, 100);
	UNIT_ASSERT_INT(device.owner[1].stops, 0);
	CU_ASSERT_TRUE(device.owner[1].serving);
	UNIT_ASSERT_INT(device.resets, 0);
	UNIT_ASSERT_INT(device.violations, 0);
}
BOTH_FORMATS(queue_reset_again_and_again)

static void device_reset_again_and_again(uint64_t format)
{
	unsigned int i;

	guest_up(format);
	for (i = 0; i < 100; i++) {
		device.holds = true;
		CU_ASSERT_TRUE(mmio_guest_offer(&guest));
		device.slow_reads = i;
		UNIT_ASSERT_INT(virtio_mmio_reset(&guest.dev), 0);
		UNIT_ASSERT_INT(mmio_device_complete(&device, 0),
				VIRTIO_ERR_NEEDS_RESET);
		device.holds = false;
		expect_recovery(format);
	}
	UNIT_ASSERT_INT(device.resets, 100);
	UNIT_ASSERT_INT(device.violations, 0);
}
BOTH_FORMATS(device_reset_again_and_again)

static const struct unit_test tests[] = {
	UNIT_TEST(every_mix_of_features),
	BOTH_TESTS(notification_data),
	BOTH_TESTS(buffers_before_driver_ok),
	BOTH_TESTS(queue_reset_again_and_again),
	BOTH_TESTS(device_reset_again_and_again),
};

UNIT_MAIN("virtio_mmio_ring", tests)
