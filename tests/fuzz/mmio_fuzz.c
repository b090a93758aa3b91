/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio-mmio register machine against a driver without scruples, with an
 * owner that may be slow, refuse or break, and hostile rings behind it.
 *
 * What must hold: reads change nothing; the owner is never called for what is
 * not so (its fake counts strays, and aborts where an array would be overrun);
 * no interrupt without a driver that is up; after a reset the device serves.
 */
#include <string.h>

#include "fuzz.h"
#include "mmio_guest.h"

struct run {
	struct mmio_device device;
	struct mmio_guest guest;
	struct fuzz_input *in;
};

static const uint16_t registers[] = {
	VIRTIO_MMIO_DEVICE_FEATURES_SEL, VIRTIO_MMIO_DRIVER_FEATURES,
	VIRTIO_MMIO_DRIVER_FEATURES_SEL, VIRTIO_MMIO_QUEUE_SEL,
	VIRTIO_MMIO_QUEUE_NUM, VIRTIO_MMIO_QUEUE_READY,
	VIRTIO_MMIO_QUEUE_NOTIFY, VIRTIO_MMIO_INTERRUPT_ACK,
	VIRTIO_MMIO_STATUS, VIRTIO_MMIO_QUEUE_DESC_LOW,
	VIRTIO_MMIO_QUEUE_DESC_HIGH, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
	VIRTIO_MMIO_QUEUE_DRIVER_HIGH, VIRTIO_MMIO_QUEUE_DEVICE_LOW,
	VIRTIO_MMIO_QUEUE_DEVICE_HIGH, VIRTIO_MMIO_QUEUE_RESET,
	VIRTIO_MMIO_CONFIG, VIRTIO_MMIO_CONFIG_GENERATION,
	VIRTIO_MMIO_MAGIC_VALUE, VIRTIO_MMIO_QUEUE_NUM_MAX,
};

static const uint8_t statuses[] = { 0, 1, 3, 11, 15, 128, 64, 7, 143 };

static uint32_t read_value(struct fuzz_input *in)
{
	uint8_t kind = fuzz_u8(in);

	switch (kind % 8) {
	case 0:
		return fuzz_u32(in);
	case 1:
		return statuses[fuzz_below(in, sizeof(statuses))];
	case 2:
		return (uint32_t)fuzz_address(in, MMIO_DEVICE_BUS,
					      MMIO_DEVICE_BYTES);
	case 3:
		return (uint32_t)(MMIO_DEVICE_BUS >> 32);
	default:
		return kind / 8u;
	}
}

static void check(struct run *run)
{
	const struct virtio_mmio_device *machine = &run->device.machine;

	FUZZ_REQUIRE(!run->device.strays);
	FUZZ_REQUIRE(!virtio_mmio_device_interrupts(machine) ||
		     machine->status & VIRTIO_STATUS_DRIVER_OK);
}

static void access_register(struct run *run, bool write)
{
	struct virtio_mmio_device *machine = &run->device.machine;
	struct fuzz_input *in = run->in;
	uint8_t which = fuzz_u8(in);
	uint32_t offset = which < 0xe0 ?
		registers[which % (sizeof(registers) / 2)] : fuzz_u16(in);
	unsigned int width = 4;
	uint32_t value;

	if (which >= 0xc0) {
		width = fuzz_below(in, 9);
		offset += fuzz_below(in, 4);
	}
	if (write) {
		value = read_value(in);
		virtio_mmio_device_write(machine, offset, width, value);
	} else {
		struct virtio_mmio_device before = *machine;

		value = virtio_mmio_device_read(machine, offset, width);
		FUZZ_REQUIRE(!memcmp(&before, machine, sizeof(before)));
		FUZZ_REQUIRE(width >= 4 || value < 1u << 8 * width);
	}
}

/* A queue set up and made ready in one step, to get further in. */
static void set_up_queue(struct run *run)
{
	struct fuzz_input *in = run->in;
	struct virtio_mmio_device *machine = &run->device.machine;
	uint32_t num = 1u << fuzz_below(in, 8);
	uint32_t queue = fuzz_below(in, MMIO_DEVICE_QUEUES + 1);
	struct virtq_addresses at = virtq_layout_addresses(
		MMIO_DEVICE_BUS + queue * MMIO_GUEST_RING, num);
	const uint32_t values[][2] = {
		{ VIRTIO_MMIO_QUEUE_SEL, queue },
		{ VIRTIO_MMIO_QUEUE_NUM, num },
		{ VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)at.desc },
		{ VIRTIO_MMIO_QUEUE_DESC_HIGH, (uint32_t)(at.desc >> 32) },
		{ VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)at.driver },
		{ VIRTIO_MMIO_QUEUE_DRIVER_HIGH, (uint32_t)(at.driver >> 32) },
		{ VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)at.device },
		{ VIRTIO_MMIO_QUEUE_DEVICE_HIGH, (uint32_t)(at.device >> 32) },
		{ VIRTIO_MMIO_QUEUE_READY, 1 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		virtio_mmio_device_write(machine, values[i][0], 4,
					 values[i][1]);
}

static void turn_knobs(struct run *run, uint8_t knobs)
{
	run->device.silent = knobs & 1;
	run->device.holds = knobs & 2;
	run->device.refuses_queues = knobs & 4;
	run->device.breaks = knobs & 8;
}

static void owner_step(struct run *run)
{
	struct virtio_mmio_device *machine = &run->device.machine;
	uint8_t op = fuzz_u8(run->in);
	uint32_t queue = op / 8 % MMIO_DEVICE_QUEUES;

	switch (op % 8) {
	case 0:
		turn_knobs(run, fuzz_u8(run->in));
		break;
	case 1:
		if (run->device.owner[queue].holding)
			mmio_device_complete(&run->device, queue);
		break;
	case 2:
		virtio_mmio_device_queue_stop_done(machine, op / 8);
		break;
	case 3:
		virtio_mmio_device_reset_done(machine);
		break;
	case 4:
		virtio_mmio_device_used(machine);
		break;
	case 5:
		virtio_mmio_device_config_changed(machine);
		break;
	case 6:
		virtio_mmio_device_needs_reset(machine);
		break;
	case 7:
		run->device.owner[queue].holding = false;
		break;
	}
}

/* An owner that is asked to stop or to reset has to answer at some time. */
static void answer(struct run *run)
{
	uint32_t i;

	turn_knobs(run, 0);
	for (i = 0; i < MMIO_DEVICE_QUEUES; i++)
		virtio_mmio_device_queue_stop_done(&run->device.machine, i);
	virtio_mmio_device_reset_done(&run->device.machine);
}

static void step(struct run *run)
{
	uint8_t op = fuzz_u8(run->in);

	switch (op % 16) {
	case 0: case 1: case 2: case 3: case 4: case 5:
		access_register(run, true);
		break;
	case 6: case 7:
		access_register(run, false);
		break;
	case 8: case 9:
		owner_step(run);
		break;
	case 10: case 11: case 12:
		fuzz_scribble(run->in, run->device.memory,
			      op & 0x80 ? 0x400 : MMIO_DEVICE_BYTES);
		break;
	case 13:
		set_up_queue(run);
		break;
	case 14:
		if (op & 0x10)
			answer(run);
		else
			virtio_mmio_device_write(&run->device.machine,
						 VIRTIO_MMIO_QUEUE_NOTIFY, 4,
						 op / 32u);
		break;
	case 15:
		answer(run);
		mmio_guest_bring_up(&run->guest, &run->device,
				    fuzz_u64(run->in));
		break;
	}
	check(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run run;
	struct fuzz_input in = { data, size };
	uint8_t first = fuzz_u8(&in);
	uint64_t features = VIRTIO_TRANSPORT_FEATURES;

	if (first & 1)
		features &= ~VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	mmio_device_init(&run.device, VIRTIO_ID_BLOCK, features);
	memset(&run.guest, 0, sizeof(run.guest));
	run.in = &in;
	if (first & 2)
		FUZZ_REQUIRE(!mmio_guest_bring_up(&run.guest, &run.device,
						  features));
	while (fuzz_left(&in))
		step(&run);
	answer(&run);
	FUZZ_REQUIRE(!mmio_guest_bring_up(&run.guest, &run.device,
					  first & 4 ? features :
					  VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	FUZZ_REQUIRE(mmio_guest_request(&run.guest));
	check(&run);
	mmio_device_free(&run.device);
	return 0;
}
