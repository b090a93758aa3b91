/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A compartment's tree says each thing once, and nothing that the machine's or
 * the manifest does not.
 */
#include <string.h>

#include <libfdt.h>

#include "built_tree.h"
#include "unit.h"

#define NODE		"/soc/disk@10001000"
#define CHANNEL		"/bulkhead/channels/disk"
#define OTHER_INDEX	2

static struct fixture fixture;

static unsigned int count_properties(const char *path, const char *name)
{
	int node = fdt_path_offset(built_tree, path), each;
	const char *found;
	unsigned int count = 0;

	fdt_for_each_property_offset(each, built_tree, node)
		if (fdt_getprop_by_offset(built_tree, each, &found, NULL))
			count += !strcmp(found, name);
	return count;
}

/* Also where the architecture writes a property its own way. */
static void said_once(void)
{
	enum fixture_interrupts each;

	for (each = FIXTURE_PLIC; each <= FIXTURE_IMSIC; each++) {
		fixture_init(&fixture, each);
		built_tree_make(&fixture, 0);
		UNIT_ASSERT_INT(count_properties(NODE, "interrupts"), 1);
		UNIT_ASSERT_INT(count_properties(NODE, "reg"), 1);
	}
}

static void shared(void)
{
	const struct fixture_edit no_record = DROP("/channels/disk", "record");

	fixture_init(&fixture, FIXTURE_PLIC);
	built_tree_make(&fixture, OTHER_INDEX);
	UNIT_ASSERT_INT(count_properties("/bulkhead/observes", "client"), 1);
	UNIT_ASSERT_INT(count_properties("/bulkhead/observes", "server"), 0);
	UNIT_ASSERT_INT(count_properties("/bulkhead/observes", "other"), 0);
	built_tree_make(&fixture, 0);
	UNIT_ASSERT_INT(count_properties(CHANNEL, "record"), 1);
	fixture_edit(fixture.manifest, &no_record);
	built_tree_make(&fixture, 0);
	UNIT_ASSERT_INT(count_properties(CHANNEL, "record"), 0);
}

/* Clocks are named if all of them are fixed, and are then there. */
static void clocks(void)
{
	const struct fixture_edit both[] = {
		ADD_NODE("/", "crystal"),
		STRING("/crystal", "compatible", "fixed-clock"),
		CELLS("/crystal", "#clock-cells", 0),
		CELLS("/crystal", "phandle", 77),
		ADD_NODE("/", "quartz"),
		STRING("/quartz", "compatible", "fixed-clock"),
		CELLS("/quartz", "#clock-cells", 0),
		CELLS("/quartz", "phandle", 78),
		CELLS(NODE, "clocks", 77, 78),
		STRING(NODE, "clock-names", "slow"),
	};
	const struct fixture_edit wrong[] = {
		CELLS("/quartz", "#clock-cells", 1),
		CELLS(NODE, "clocks", 77, 79),
		{ EDIT_SET, NODE, "clocks", "12345", 5 },
		DROP(NODE, "clocks"),
	};
	size_t i;

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit_all(fixture.machine, both, 10);
	built_tree_make(&fixture, 0);
	EXPECT(NODE, "clocks", 77, 78);
	EXPECT("/clocks/crystal", "phandle", 77);
	EXPECT("/clocks/quartz", "phandle", 78);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		fixture_edit_all(fixture.machine, both, 10);
		fixture_edit(fixture.machine, &wrong[i]);
		built_tree_make(&fixture, 0);
		UNIT_ASSERT_INT(count_properties(NODE, "clocks"), 0);
		UNIT_ASSERT_INT(count_properties(NODE, "clock-names"), 0);
		CU_ASSERT(!built_tree_has("/clocks"));
	}
}

static void harts(void)
{
	const struct fixture_edit none = DROP(
		"/cpus/cpu@0/interrupt-controller", "interrupt-controller");

	fixture_init(&fixture, FIXTURE_PLIC);
	built_tree_make(&fixture, 0);
	CU_ASSERT(built_tree_has("/cpus/cpu@0/interrupt-controller"));
	fixture_edit(fixture.machine, &none);
	built_tree_make(&fixture, 0);
	CU_ASSERT(built_tree_has("/cpus/cpu@0"));
	CU_ASSERT(!built_tree_has("/cpus/cpu@0/interrupt-controller"));
	/* A hart that has no doorbell says nothing of one. */
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture.board.doorbell_count = 1;
	built_tree_make(&fixture, 0);
	UNIT_ASSERT_INT(count_properties("/cpus/cpu@0", "bulkhead,doorbell"), 1);
	built_tree_make(&fixture, 1);
	UNIT_ASSERT_INT(count_properties("/cpus/cpu@1", "bulkhead,doorbell"), 0);
}

/* No more is used of a buffer than a compartment keeps for its tree. */
static void huge_buffer(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT(devicetree_build(&fixture.model, 0, built_tree,
				   ~(size_t)0) > 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(said_once), UNIT_TEST(shared), UNIT_TEST(clocks),
	UNIT_TEST(harts), UNIT_TEST(huge_buffer),
};
UNIT_MAIN("devicetree_device", tests)
