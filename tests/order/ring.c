/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two threads. Buffers, like the ring, are shared memory of the model, and
 * what is in them differs from request to request, as do their lengths. Either
 * side sleeps as the headers of the two sides say.
 */
#include <string.h>

#include <port/port.h>
#include <virtio/device.h>
#include <virtio/driver.h>

#include "ring.h"

#define NUM_MAX		4u
#define SEGMENTS_MAX	4u
#define REQUESTS_MAX	8u
#define BUS		UINT64_C(0x91000000)
#define BUFFER_WORDS	4u	/* of which the first is used */

static struct {
	unsigned char ring[512] __attribute__((aligned(64)));
	struct virtq_desc tables[NUM_MAX][SEGMENTS_MAX];
	uint32_t buffers[REQUESTS_MAX][SEGMENTS_MAX][BUFFER_WORDS];
} shared;

/* A chain that the device has popped and not pushed. */
struct held {
	uint16_t head;
	uint8_t request;
};

/* All that the threads change besides. */
static struct {
	struct {
		struct virtq_driver vq;
		struct virtq_driver_slot slots[NUM_MAX];
		unsigned int sent;
		unsigned int completed;
		unsigned int completed_set;
	} driver;
	struct {
		struct virtq_device vq;
		struct virtq_device_slot slots[NUM_MAX];
		struct held held[NUM_MAX];
		unsigned int holding;
		unsigned int taken;
	} device;
} own;

static const struct ring_case *ring_case;
static struct virtio_region region;
static struct virtio_region_table regions;

static uint64_t bus_address(const void *pointer)
{
	return BUS + (uint64_t)((const char *)pointer - (const char *)&shared);
}

/*
 * The segments of a request, and what the driver and the device write there.
 * Whoever is served in order has the memory of an earlier request again.
 */
static uint32_t *segment_word(unsigned int request, unsigned int segment)
{
	if (!ring_case->backwards)
		request %= ring_case->ahead;
	return shared.buffers[request][segment];
}

static uint32_t segment_len(unsigned int request, unsigned int segment)
{
	return 4 * (1 + (request + segment) % BUFFER_WORDS);
}

static uint32_t segment_value(unsigned int request, unsigned int segment)
{
	return 0x100 * (request + 1) + segment;
}

static unsigned int segment_count(void)
{
	return (unsigned int)ring_case->readable + ring_case->writable;
}

/* --- The driver --- */

static void driver_add(unsigned int request)
{
	struct virtq_segment segments[SEGMENTS_MAX];
	unsigned int i;

	for (i = 0; i < segment_count(); i++) {
		segments[i].addr = bus_address(segment_word(request, i));
		segments[i].pointer = NULL;
		segments[i].len = segment_len(request, i);
		if (i < ring_case->readable)
			port_store(segment_word(request, i),
				   segment_value(request, i));
	}
	order_check(virtq_driver_add(&own.driver.vq, segments,
				     ring_case->readable, ring_case->writable,
				     (void *)(uintptr_t)(request + 1)) == 0,
		    "the driver could not add a buffer");
}

static void driver_publish(bool last)
{
	if (ring_case->polls || (ring_case->exposes && !last))
		virtq_driver_expose(&own.driver.vq);
	else if (virtq_driver_publish(&own.driver.vq))
		order_notify();
}

/* All that the driver's thread knows is in own.driver. */
static void driver_forget(unsigned int place)
{
	order_forget(place, &own.driver, sizeof(own.driver));
}

static bool driver_may_send(void)
{
	return own.driver.sent < ring_case->requests &&
	       own.driver.sent - own.driver.completed < ring_case->ahead;
}

static void driver_send(void)
{
	while (driver_may_send()) {
		driver_forget(1);
		driver_add(own.driver.sent++);
		if (!ring_case->batches)
			driver_publish(false);
	}
	driver_publish(true);
}

static void driver_check(const struct virtq_completion *completion)
{
	unsigned int request = (unsigned int)(uintptr_t)completion->cookie - 1;
	unsigned int i;

	order_check(request < own.driver.sent &&
			    !(own.driver.completed_set & 1u << request),
		    "a buffer came back that was not in flight");
	own.driver.completed_set |= 1u << request;
	own.driver.completed++;
	order_check(completion->len == (ring_case->writable ? request + 1 : 0),
		    "a completion has the length of another one");
	for (i = ring_case->readable; i < segment_count(); i++)
		order_check(port_load(segment_word(request, i)) ==
				    segment_value(request, i),
			    "the driver did not see what the device wrote");
}

static void driver_collect(void)
{
	struct virtq_completion completion;
	bool any = false;
	int result;

	do {
		driver_forget(2);
		if (ring_case->polls)
			any = virtq_driver_has_used(&own.driver.vq);
		result = virtq_driver_get(&own.driver.vq, &completion);
		order_check(result >= 0, "the driver latched its queue");
		order_check(result > 0 || !any,
			    "the driver saw a used buffer that went away");
		if (result > 0)
			driver_check(&completion);
	} while (result > 0);
}

/* The sleep of driver.h. */
static void driver_sleep(void)
{
	bool work;

	if (ring_case->polls)
		return;
	if (ring_case->delayed)
		work = virtq_driver_enable_callbacks_delayed(&own.driver.vq);
	else
		work = virtq_driver_enable_callbacks(&own.driver.vq);
	if (!work)
		order_wait();
	virtq_driver_disable_callbacks(&own.driver.vq);
}

static void driver_thread(void)
{
	for (;;) {
		driver_forget(3);
		driver_send();
		driver_collect();
		if (own.driver.completed == ring_case->requests)
			return;
		driver_forget(4);
		if (!driver_may_send())
			driver_sleep();
	}
}

/* --- The device --- */

static void device_check(const struct virtq_chain *chain, unsigned int request)
{
	unsigned int i;

	order_check(chain->readable == ring_case->readable &&
			    chain->writable == ring_case->writable,
		    "the device took a chain of another shape");
	for (i = 0; i < segment_count(); i++) {
		order_check(chain->segments[i].pointer ==
					    segment_word(request, i) &&
				    chain->segments[i].len ==
					    segment_len(request, i),
			    "the device took a descriptor of another request");
		if (i < ring_case->readable)
			order_check(port_load(segment_word(request, i)) ==
					    segment_value(request, i),
				    "the device did not see what the driver "
				    "wrote");
		else
			port_store(segment_word(request, i),
				   segment_value(request, i));
	}
}

static void device_publish(bool last)
{
	if (ring_case->polls || (ring_case->exposes && !last))
		virtq_device_expose(&own.device.vq);
	else if (virtq_device_publish(&own.device.vq))
		order_notify();
}

/* All that the device's thread knows is in own.device. */
static void device_forget(unsigned int place)
{
	order_forget(place, &own.device, sizeof(own.device));
}

/* Hand back what was taken. */
static void device_return(void)
{
	struct held *held = own.device.held, next;
	unsigned int last;

	while (own.device.holding) {
		device_forget(1);
		last = --own.device.holding;
		next = held[ring_case->backwards ? last : 0];
		if (!ring_case->backwards)
			memmove(held, held + 1, last * sizeof(*held));
		memset(&held[last], 0, sizeof(*held));
		order_check(virtq_device_push(&own.device.vq, next.head,
					      ring_case->writable ?
						      next.request + 1u :
						      0) == 0,
			    "the device could not push a chain");
		if (!ring_case->batches)
			device_publish(false);
	}
	device_publish(true);
}

static bool device_take(void)
{
	struct virtq_segment segments[SEGMENTS_MAX];
	struct virtq_chain chain = {
		.segments = segments,
		.capacity = SEGMENTS_MAX,
	};
	bool any = ring_case->polls &&
		   virtq_device_has_available(&own.device.vq);
	int result = virtq_device_pop(&own.device.vq, &chain);
	struct held *held;

	order_check(result >= 0, "the device latched its queue");
	order_check(result > 0 || !any,
		    "the device saw an available buffer that went away");
	if (result == 0)
		return false;
	order_check(own.device.taken < ring_case->requests &&
			    own.device.holding < ring_case->ahead,
		    "the device took a buffer that is not there");
	device_check(&chain, own.device.taken);
	held = &own.device.held[own.device.holding++];
	held->head = chain.head;
	held->request = (uint8_t)own.device.taken++;
	return true;
}

/* The sleep of device.h. */
static void device_thread(void)
{
	for (;;) {
		device_forget(2);
		if (!ring_case->polls)
			virtq_device_disable_notifications(&own.device.vq);
		while (device_take()) {
			if (!ring_case->batches && !ring_case->backwards)
				device_return();
			device_forget(3);
		}
		device_return();
		if (own.device.taken == ring_case->requests)
			return;
		device_forget(4);
		if (!ring_case->polls &&
		    !virtq_device_enable_notifications(&own.device.vq))
			order_wait();
	}
}

/* --- Both --- */

static bool ring_start(void)
{
	const struct virtq_driver_config driver = {
		.ring = virtq_layout_ring(shared.ring, ring_case->num),
		.features = ring_case->features,
		.slots = own.driver.slots,
		.tables = shared.tables[0],
		.tables_addr = bus_address(shared.tables),
		.table_entries = SEGMENTS_MAX,
	};
	const struct virtq_device_config device = {
		.addresses = virtq_layout_addresses(bus_address(shared.ring),
						    ring_case->num),
		.features = ring_case->features,
		.regions = &regions,
		.slots = own.device.slots,
	};

	memset(&shared, 0, sizeof(shared));
	memset(&own, 0, sizeof(own));
	region.addr = BUS;
	region.size = sizeof(shared);
	region.base = &shared;
	region.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE;
	return virtq_layout_bytes(ring_case->num) <= sizeof(shared.ring) &&
	       !virtio_region_table_init(&regions, &region, 1) &&
	       !virtq_driver_init(&own.driver.vq, &driver) &&
	       !virtq_device_init(&own.device.vq, &device);
}

struct order_result ring_explore(const struct ring_case *ring, bool trace)
{
	const struct order_search search = {
		.thread = { driver_thread, device_thread },
		.shared = &shared,
		.shared_size = sizeof(shared),
		.private = &own,
		.private_size = sizeof(own),
	};

	ring_case = ring;
	if (!ring_start())
		return (struct order_result){ "the queue does not start", 0 };
	return order_explore(&search, trace);
}
