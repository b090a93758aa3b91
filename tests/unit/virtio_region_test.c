/* SPDX-License-Identifier: BSD-2-Clause */
#include <virtio/error.h>
#include <virtio/region.h>

#include "../support/unit.h"

#define RW	(VIRTIO_REGION_READ | VIRTIO_REGION_WRITE)

static _Alignas(64) char low[4096];
static _Alignas(64) char high[4096];
static _Alignas(64) char fixed[4096];

/* Unsorted, the first two adjacent on the bus, the last one read-only. */
static const struct virtio_region regions[] = {
	{ .addr = 0x91001000, .size = 4096, .base = high, .rights = RW },
	{ .addr = 0x91000000, .size = 4096, .base = low, .rights = RW },
	{ .addr = 0x20000000,
	  .size = 4096,
	  .base = fixed,
	  .rights = VIRTIO_REGION_READ },
};

static struct virtio_region_table open_table(void)
{
	struct virtio_region_table table;

	UNIT_ASSERT_INT(virtio_region_table_init(&table, regions, 3), 0);
	return table;
}

static void whole_and_parts_are_found(void)
{
	struct virtio_region_table table = open_table();

	CU_ASSERT_PTR_EQUAL(
		virtio_region_translate(&table, 0x91000000, 4096, RW), low);
	CU_ASSERT_PTR_EQUAL(virtio_region_translate(&table, 0x91001fff, 1, RW),
			    high + 4095);
	CU_ASSERT_PTR_EQUAL(virtio_region_translate(&table, 0x20000010, 16,
						    VIRTIO_REGION_READ),
			    fixed + 16);
}

static void outside_and_straddling_are_refused(void)
{
	struct virtio_region_table table = open_table();

	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0, 1, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x90ffffff, 1, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x90ffffff, 2, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x91002000, 1, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x91002000, 0, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x91001fff, 2, RW));
	/* Adjacent on the bus, apart in memory. */
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x91000fff, 2, RW));
}

static void wrapping_lengths_are_refused(void)
{
	struct virtio_region_table table = open_table();

	CU_ASSERT_PTR_NULL(
		virtio_region_translate(&table, 0x91000010, UINT64_MAX, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(
		&table, 0x91000010, UINT64_MAX - 0x9100000f, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, UINT64_MAX, 2, RW));
	CU_ASSERT_PTR_NULL(
		virtio_region_translate(&table, UINT64_MAX, 0x91000002, RW));
}

static void rights_are_demanded_in_full(void)
{
	struct virtio_region_table table = open_table();

	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x20000000, 1,
						   VIRTIO_REGION_WRITE));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0x20000000, 1, RW));
}

static void region_at_the_top_of_the_bus_works(void)
{
	struct virtio_region top = {
		.addr = UINT64_MAX - 4095,
		.size = 4096,
		.base = low,
		.rights = RW,
	};
	struct virtio_region_table table;

	UNIT_ASSERT_INT(virtio_region_table_init(&table, &top, 1), 0);
	CU_ASSERT_PTR_EQUAL(virtio_region_translate(&table, UINT64_MAX, 1, RW),
			    low + 4095);
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, UINT64_MAX, 2, RW));
	CU_ASSERT_PTR_NULL(virtio_region_translate(&table, 0, 1, RW));
}

static int check_one(uint64_t addr, uint64_t size, void *base, uint32_t rights)
{
	struct virtio_region region = {
		.addr = addr,
		.size = size,
		.base = base,
		.rights = rights,
	};
	struct virtio_region_table table;
	int error = virtio_region_table_init(&table, &region, 1);

	if (error)
		CU_ASSERT_PTR_NULL(
			virtio_region_translate(&table, addr, 1, rights));
	return error;
}

static void bad_tables_are_refused_and_empty(void)
{
	struct virtio_region many[VIRTIO_REGION_MAX + 1] = { { 0 } };
	struct virtio_region_table table;
	unsigned int i;

	UNIT_ASSERT_INT(check_one(0x1000, 0, low, RW), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1000, 16, NULL, RW), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1000, 16, low, 0), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1000, 16, low, 4), VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(UINT64_MAX - 15, 17, low, RW),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1000, UINT64_MAX, low, RW),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1000, 32, (void *)(UINTPTR_MAX - 15), RW),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(check_one(0x1008, 16, low, RW), VIRTIO_ERR_ALIGNMENT);
	UNIT_ASSERT_INT(virtio_region_table_init(&table, NULL, 1),
			VIRTIO_ERR_INVALID);
	UNIT_ASSERT_INT(virtio_region_table_init(&table, regions, 0),
			VIRTIO_ERR_INVALID);

	for (i = 0; i <= VIRTIO_REGION_MAX; i++) {
		many[i].addr = 0x1000 * (uint64_t)(i + 1);
		many[i].size = 0x1000;
		many[i].base = low;
		many[i].rights = RW;
	}
	UNIT_ASSERT_INT(
		virtio_region_table_init(&table, many, VIRTIO_REGION_MAX), 0);
	UNIT_ASSERT_INT(
		virtio_region_table_init(&table, many, VIRTIO_REGION_MAX + 1),
		VIRTIO_ERR_INVALID);
	many[7].addr += 0x10;
	UNIT_ASSERT_INT(virtio_region_table_init(&table, many, 16),
			VIRTIO_ERR_OVERLAP);
}

static const struct unit_test tests[] = {
	UNIT_TEST(whole_and_parts_are_found),
	UNIT_TEST(outside_and_straddling_are_refused),
	UNIT_TEST(wrapping_lengths_are_refused),
	UNIT_TEST(rights_are_demanded_in_full),
	UNIT_TEST(region_at_the_top_of_the_bus_works),
	UNIT_TEST(bad_tables_are_refused_and_empty),
};

UNIT_MAIN("virtio_region", tests)
