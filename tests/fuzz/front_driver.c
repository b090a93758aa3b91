/* SPDX-License-Identifier: BSD-2-Clause */
/* A good driver behind a front end that is watched. */
#include <string.h>

#include "front_watch.h"

#define ROUNDS	16u

/* What the driver's accesses need. */
struct bus {
	struct watch *watch;
	void (*serve)(void);
};

static uint32_t driver_read(void *context, uint32_t offset, unsigned int width)
{
	const struct bus *bus = context;
	uint32_t value = front_read(&bus->watch->front, offset & ~3u);

	return value >> 8 * (offset & 3) &
	       (uint32_t)((1ull << 8 * width) - 1);
}

static void driver_write(void *context, uint32_t offset, uint32_t value)
{
	const struct bus *bus = context;
	unsigned int tries = 0;

	while (!watch_write(bus->watch, offset, 4, value)) {
		FUZZ_REQUIRE(tries++ < FRONT_TRIES);
		bus->serve();
	}
}

static void bring_up(struct front *front, struct bus *bus)
{
	uint64_t required = 0;

	if (front->config.data_mode == LOOPBACK_DATA_WINDOW)
		required = VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	FUZZ_REQUIRE(!virtio_mmio_bind_access(&front->mmio, driver_read,
					      driver_write, bus,
					      VIRTIO_ID_BLOCK));
	FUZZ_REQUIRE(!virtio_mmio_negotiate(&front->mmio, FRONT_FEATURES,
					    required, NULL));
	FUZZ_REQUIRE(!front_set_up_queue(front));
	FUZZ_REQUIRE(!virtio_mmio_start(&front->mmio));
}

/* Whether it ends, with its interrupt. */
static bool request(struct front *front, struct bus *bus)
{
	unsigned int interrupts = front->interrupts, i;

	front_offer(front, 3);
	for (i = 0; i < ROUNDS && !front->ended; i++) {
		bus->serve();
		front_take(front);
	}
	FUZZ_REQUIRE(front->interrupts > interrupts);
	return front->ended;
}

void watch_run_driver(struct watch *watch, void (*serve)(void))
{
	struct front *front = &watch->front;
	struct bus bus = { watch, serve };

	bring_up(front, &bus);
	if (!request(front, &bus)) {
		/* A life that went by another's number is found out late. */
		FUZZ_REQUIRE(front_get_status(front) &
			     VIRTIO_STATUS_DEVICE_NEEDS_RESET);
		bring_up(front, &bus);
		FUZZ_REQUIRE(request(front, &bus));
	}
	FUZZ_REQUIRE(virtio_mmio_ack_interrupt(&front->mmio) &
		     VIRTIO_MMIO_INT_USED);
	FUZZ_REQUIRE(!front_read(front, VIRTIO_MMIO_INTERRUPT_STATUS));
}
