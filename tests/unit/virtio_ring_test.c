/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver side and device side of one ring, in one thread, in every format. */
#include <stdlib.h>
#include <string.h>

#include <virtio/device.h>
#include <virtio/driver.h>

#include "../support/unit.h"

#define BUS		UINT64_C(0x80000000)
#define DATA_BYTES	0x40000u
#define PLAIN		VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define EVENT		(PLAIN | VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))
#define INDIRECT	(EVENT | VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC))
#define PACKED		VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)
#define IN_ORDER	VIRTIO_FEATURE(VIRTIO_F_IN_ORDER)
#define TABLE_ENTRIES	8u

static const uint64_t formats[] = { 0, IN_ORDER, PACKED, PACKED | IN_ORDER };

/* Run a test in every format, with the features common to all. */
static void in_every_format(void (*test)(uint64_t features), uint64_t features)
{
	unsigned int i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		test(features | formats[i]);
}

struct pair {
	unsigned char *memory;	/* ring, tables, data */
	size_t tables, data;
	struct virtio_region region;
	struct virtio_region_table table;
	struct virtq_driver driver;
	struct virtq_device device;
	struct virtq_driver_slot *slots;
	struct virtq_device_slot *device_slots;
	struct virtq_segment segments[64];
	struct virtq_chain chain;
};

static struct pair *pair_new(uint32_t num, uint64_t features)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct virtq_driver_config driver = { .features = features };
	struct virtq_device_config device = { .features = features };
	size_t bytes;

	if (!pair)
		abort();
	pair->tables = virtq_layout_bytes(num);
	pair->data = pair->tables + num * TABLE_ENTRIES * 16;
	bytes = pair->data + DATA_BYTES;
	pair->memory = aligned_alloc(64, bytes);
	pair->slots = calloc(num, sizeof(*pair->slots));
	pair->device_slots = calloc(num, sizeof(*pair->device_slots));
	if (!pair->memory || !pair->slots || !pair->device_slots)
		abort();
	memset(pair->memory, 0xee, bytes);
	pair->region = (struct virtio_region){ BUS, bytes, pair->memory, 3 };
	UNIT_ASSERT_INT(virtio_region_table_init(&pair->table, &pair->region,
						 1), 0);
	driver.ring = virtq_layout_ring(pair->memory, num);
	driver.slots = pair->slots;
	driver.tables = (void *)(pair->memory + pair->tables);
	driver.tables_addr = BUS + pair->tables;
	driver.table_entries = TABLE_ENTRIES;
	UNIT_ASSERT_INT(virtq_driver_init(&pair->driver, &driver), 0);
	device.addresses = virtq_layout_addresses(BUS, num);
	device.regions = &pair->table;
	device.slots = pair->device_slots;
	UNIT_ASSERT_INT(virtq_device_init(&pair->device, &device), 0);
	pair->chain.segments = pair->segments;
	pair->chain.capacity = 64;
	return pair;
}

static void pair_free(struct pair *pair)
{
	free(pair->memory);
	free(pair->slots);
	free(pair->device_slots);
	free(pair);
}

static struct virtq_segment segment(const struct pair *pair, uint32_t offset,
				    uint32_t len)
{
	return (struct virtq_segment){ .addr = BUS + pair->data + offset,
				       .len = len };
}

static int add(struct pair *pair, unsigned int readable, unsigned int writable,
	       void *cookie)
{
	struct virtq_segment segments[32];
	unsigned int i;

	for (i = 0; i < readable + writable; i++)
		segments[i] = segment(pair, 64 * i, 32 + i);
	return virtq_driver_add(&pair->driver, segments, readable, writable,
				cookie);
}

/* Pop one chain, check it against add(), push it. */
static void serve(struct pair *pair, unsigned int readable,
		  unsigned int writable)
{
	unsigned int i;

	UNIT_ASSERT_INT(virtq_device_pop(&pair->device, &pair->chain), 1);
	UNIT_ASSERT_INT(pair->chain.readable, readable);
	UNIT_ASSERT_INT(pair->chain.writable, writable);
	for (i = 0; i < readable + writable; i++) {
		CU_ASSERT_PTR_EQUAL(pair->segments[i].pointer,
				    pair->memory + pair->data + 64 * i);
		UNIT_ASSERT_INT(pair->segments[i].len, 32 + i);
	}
	UNIT_ASSERT_INT(virtq_device_push(&pair->device, pair->chain.head,
					  pair->chain.writable_len), 0);
}

static void expect(struct pair *pair, void *cookie)
{
	struct virtq_completion done = { 0 };

	UNIT_ASSERT_INT(virtq_driver_get(&pair->driver, &done), 1);
	CU_ASSERT_PTR_EQUAL(done.cookie, cookie);
}

static void exchange(uint64_t features)
{
	struct pair *pair = pair_new(16, features);
	unsigned int readable, writable;

	for (readable = 0; readable <= 8; readable++) {
		for (writable = !readable; writable <= 8; writable++) {
			UNIT_ASSERT_INT(add(pair, readable, writable, pair), 0);
			virtq_driver_publish(&pair->driver);
			serve(pair, readable, writable);
			virtq_device_publish(&pair->device);
			expect(pair, pair);
			UNIT_ASSERT_INT(virtq_driver_free(&pair->driver), 16);
		}
	}
	pair_free(pair);
}

static void chains_of_every_shape(void)
{
	in_every_format(exchange, PLAIN);
	in_every_format(exchange, EVENT);
	in_every_format(exchange, INDIRECT);
}

static void use_tables(uint64_t features)
{
	struct pair *pair = pair_new(4, features);
	unsigned int i;

	for (i = 0; i < 4; i++)
		UNIT_ASSERT_INT(add(pair, 1, 3, &pair->slots[i]), 0);
	UNIT_ASSERT_INT(add(pair, 1, 0, NULL), VIRTIO_ERR_FULL);
	virtq_driver_publish(&pair->driver);
	for (i = 0; i < 4; i++)
		serve(pair, 1, 3);
	virtq_device_publish(&pair->device);
	for (i = 0; i < 4; i++)
		expect(pair, &pair->slots[i]);
	pair_free(pair);

	/* Longer than a table: direct descriptors instead. */
	pair = pair_new(16, features);
	UNIT_ASSERT_INT(add(pair, 4, TABLE_ENTRIES - 3, pair), 0);
	UNIT_ASSERT_INT(virtq_driver_free(&pair->driver), 16 - 9);
	virtq_driver_publish(&pair->driver);
	serve(pair, 4, TABLE_ENTRIES - 3);
	pair_free(pair);
}

static void indirect_chains_take_one_descriptor_each(void)
{
	in_every_format(use_tables, INDIRECT);
}

/* Filled to the brim, emptied, three times round. */
static void fill(uint32_t num, uint64_t features)
{
	struct pair *pair = pair_new(num, features);
	struct virtq_completion done;
	uint32_t good = 0, round, i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < num; i++)
			good += !add(pair, 1, 0, pair);
		UNIT_ASSERT_INT(add(pair, 1, 0, pair), VIRTIO_ERR_FULL);
		virtq_driver_publish(&pair->driver);
		for (i = 0; i < num; i++) {
			good += virtq_device_pop(&pair->device,
						 &pair->chain) == 1;
			good += !virtq_device_push(&pair->device,
						   pair->chain.head, 0);
		}
		UNIT_ASSERT_INT(virtq_device_pop(&pair->device, &pair->chain),
				0);
		virtq_device_publish(&pair->device);
		for (i = 0; i < num; i++)
			good += virtq_driver_get(&pair->driver, &done) == 1;
		UNIT_ASSERT_INT(virtq_driver_get(&pair->driver, &done), 0);
	}
	UNIT_ASSERT_INT(good, 12 * num);
	pair_free(pair);
}

static void fill_every_size(uint64_t features)
{
	static const uint32_t odd[] = { 3, 5, 7, 1000, VIRTQ_SIZE_MAX - 1 };
	uint32_t num;
	unsigned int i;

	for (num = 1; num <= VIRTQ_SIZE_MAX; num *= 2)
		fill(num, features);
	for (i = 0; features & PACKED && i < sizeof(odd) / sizeof(odd[0]); i++)
		fill(odd[i], features);
}

static void every_queue_size(void)
{
	in_every_format(fill_every_size, EVENT);
}

/*
 * Buffers of two and of one descriptor until nothing fits, given back in turns
 * of the device's choice: no cookie comes twice, none is lost.
 */
static void fill_with_chains(uint64_t features)
{
	struct pair *pair = pair_new(16, features);
	bool reverse = !(features & IN_ORDER);
	unsigned int round, i, count, wrong = 0;
	uint16_t heads[16];

	for (round = 0; round < 64; round++) {
		struct virtq_completion done;
		uint32_t seen = 0;

		for (count = 0; !add(pair, (round + count) % 2, 1,
				     &pair->slots[count]); count++)
			;
		virtq_driver_publish(&pair->driver);
		for (i = 0; i < count; i++) {
			wrong += virtq_device_pop(&pair->device,
						  &pair->chain) != 1;
			heads[i] = pair->chain.head;
		}
		for (i = 0; i < count; i++)
			wrong += virtq_device_push(
				&pair->device,
				heads[reverse ? count - 1 - i : i], 1) != 0;
		virtq_device_publish(&pair->device);
		for (i = 0; i < count; i++) {
			wrong += virtq_driver_get(&pair->driver, &done) != 1;
			seen |= 1u << ((struct virtq_driver_slot *)done.cookie -
				       pair->slots);
		}
		wrong += seen != (1u << count) - 1;
		wrong += virtq_driver_free(&pair->driver) != 16;
	}
	UNIT_ASSERT_INT(wrong, 0);
	pair_free(pair);
}

static void chains_fill_the_queue(void)
{
	in_every_format(fill_with_chains, PLAIN);
}

/* need_event against counting: is the event among old, ..., new - 1? */
static void need_event_equals_its_definition(void)
{
	static const uint16_t starts[] = { 0, 1, 0x7ffe, 0xfff0, 0xffff };
	unsigned int s, step, e, wrong = 0;

	for (s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
		for (step = 0; step < 40; step++) {
			uint16_t old = starts[s], new = (uint16_t)(old + step);

			for (e = 0; e < 0x10000; e++) {
				bool due = (uint16_t)(e - old) < step;

				wrong += virtq_need_event((uint16_t)e, new,
							  old) != due;
			}
		}
	}
	UNIT_ASSERT_INT(wrong, 0);
}

/*
 * Both sides ask to be woken at each next entry; across the wrap of the indices
 * at 65536 there is exactly one wake-up per batch, of any size.
 */
static void wrap(uint64_t features)
{
	struct pair *pair = pair_new(16, features);
	uint32_t sent = 0, wrong = 0;

	while (sent < 0x10000 + 1000) {
		uint32_t batch = sent % 16 + 1, i;

		wrong += virtq_device_enable_notifications(&pair->device);
		wrong += virtq_driver_enable_callbacks(&pair->driver);
		for (i = 0; i < batch; i++)
			wrong += add(pair, 1, 0, pair) != 0;
		wrong += !virtq_driver_publish(&pair->driver);
		wrong += !virtq_device_enable_notifications(&pair->device);
		for (i = 0; i < batch; i++) {
			wrong += virtq_device_pop(&pair->device,
						  &pair->chain) != 1;
			wrong += virtq_device_push(&pair->device,
						   pair->chain.head, 0) != 0;
		}
		wrong += !virtq_device_publish(&pair->device);
		wrong += !virtq_driver_enable_callbacks(&pair->driver);
		for (i = 0; i < batch; i++) {
			struct virtq_completion done;

			wrong += virtq_driver_get(&pair->driver, &done) != 1;
		}
		sent += batch;
	}
	UNIT_ASSERT_INT(wrong, 0);
	pair_free(pair);
}

static void event_index_wraps(void)
{
	in_every_format(wrap, EVENT);
}

/* While nobody re-enables, a run of single entries wakes at most once: in a
 * split ring the event stays where the start had left it. */
static void suppress_by_event(uint64_t features)
{
	struct pair *pair = pair_new(256, features);
	unsigned int kicks = 0, interrupts = 0, i;

	virtq_device_disable_notifications(&pair->device);
	virtq_driver_disable_callbacks(&pair->driver);
	for (i = 0; i < 200; i++) {
		UNIT_ASSERT_INT(add(pair, 1, 0, pair), 0);
		kicks += virtq_driver_publish(&pair->driver);
		serve(pair, 1, 0);
		interrupts += virtq_device_publish(&pair->device);
	}
	UNIT_ASSERT_INT(kicks, !(features & PACKED));
	UNIT_ASSERT_INT(interrupts, !(features & PACKED));
	pair_free(pair);
}

static void event_index_suppresses(void)
{
	in_every_format(suppress_by_event, EVENT);
}

static void suppress_by_flags(uint64_t features)
{
	struct pair *pair = pair_new(16, features);

	virtq_device_disable_notifications(&pair->device);
	virtq_driver_disable_callbacks(&pair->driver);
	UNIT_ASSERT_INT(add(pair, 1, 0, pair), 0);
	CU_ASSERT_FALSE(virtq_driver_publish(&pair->driver));
	CU_ASSERT_TRUE(virtq_device_enable_notifications(&pair->device));
	serve(pair, 1, 0);
	CU_ASSERT_FALSE(virtq_device_publish(&pair->device));
	CU_ASSERT_TRUE(virtq_driver_enable_callbacks(&pair->driver));
	expect(pair, pair);
	CU_ASSERT_FALSE(virtq_device_enable_notifications(&pair->device));
	CU_ASSERT_FALSE(virtq_driver_enable_callbacks(&pair->driver));
	UNIT_ASSERT_INT(add(pair, 1, 0, pair), 0);
	CU_ASSERT_TRUE(virtq_driver_publish(&pair->driver));
	serve(pair, 1, 0);
	CU_ASSERT_TRUE(virtq_device_publish(&pair->device));
	pair_free(pair);
}

static void flags_suppress(void)
{
	in_every_format(suppress_by_flags, PLAIN);
}

/* A popped chain's segments go to another queue as they are. */
static void chain_is_forwarded_without_a_copy(void)
{
	struct pair *front = pair_new(16, EVENT), *back = pair_new(16, EVENT);
	struct virtq_chain *chain = &front->chain;

	UNIT_ASSERT_INT(add(front, 2, 3, front), 0);
	virtq_driver_publish(&front->driver);
	UNIT_ASSERT_INT(virtq_device_pop(&front->device, chain), 1);
	UNIT_ASSERT_INT(virtq_driver_add(&back->driver, chain->segments,
					 chain->readable, chain->writable,
					 back), 0);
	virtq_driver_publish(&back->driver);
	serve(back, 2, 3);
	pair_free(front);
	pair_free(back);
}

static const struct unit_test tests[] = {
	UNIT_TEST(chains_of_every_shape),
	UNIT_TEST(indirect_chains_take_one_descriptor_each),
	UNIT_TEST(every_queue_size),
	UNIT_TEST(chains_fill_the_queue),
	UNIT_TEST(need_event_equals_its_definition),
	UNIT_TEST(event_index_wraps),
	UNIT_TEST(event_index_suppresses),
	UNIT_TEST(flags_suppress),
	UNIT_TEST(chain_is_forwarded_without_a_copy),
};

UNIT_MAIN("virtio_ring", tests)
