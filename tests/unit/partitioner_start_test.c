/* SPDX-License-Identifier: BSD-2-Clause */
/* Which hart boots, what is loaded, and how compartments are started first. */
#include <string.h>

#include <libfdt.h>

#include "partitioner_system.h"
#include "unit.h"

#define NO_HART	(-1U)

static uint32_t prefer(void)
{
	return partitioner_get_preferred_hart(sys.bundle, sys.bundle_size);
}

/* The preference after one edit of the manifest. */
static uint32_t prefer_after(const struct fixture_edit *edit)
{
	system_make();
	fixture_edit(sys.fixture.manifest, edit);
	system_link();
	return prefer();
}

static void prefers_what_cold_boot_names(void)
{
	const struct fixture_edit server = CELLS("/", "cold-boot", SERVER);
	const struct fixture_edit client = CELLS("/", "cold-boot", CLIENT);
	const struct fixture_edit other = CELLS("/", "cold-boot", OTHER);

	UNIT_ASSERT_INT(prefer_after(&server), HART_SERVER);
	/* The first of its harts, or the one it is to boot on. */
	UNIT_ASSERT_INT(prefer_after(&client), HART_CLIENT);
	UNIT_ASSERT_INT(prefer_after(&other), HART_OTHER_BOOT);
	/* It is before there is a console. */
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

static void prefers_the_first_compartment_otherwise(void)
{
	const struct fixture_edit drop = DROP("/", "cold-boot");
	const struct fixture_edit nobody = CELLS("/", "cold-boot", NOBODY);
	const struct fixture_edit two = CELLS("/", "cold-boot", CLIENT, OTHER);
	const struct fixture_edit empty =
		{ EDIT_SET, "/", "cold-boot", "", 0 };

	UNIT_ASSERT_INT(prefer_after(&drop), HART_SERVER);
	UNIT_ASSERT_INT(prefer_after(&nobody), HART_SERVER);
	UNIT_ASSERT_INT(prefer_after(&two), HART_SERVER);
	UNIT_ASSERT_INT(prefer_after(&empty), HART_SERVER);
}

static void prefers_no_hart_of_a_manifest_without_any(void)
{
	const struct fixture_edit no_harts =
		DROP("/compartments/server", "harts");
	const struct fixture_edit short_harts =
		{ EDIT_SET, "/compartments/server", "harts", "abc", 3 };
	const struct fixture_edit no_compartments = DROP_NODE("/compartments");
	const struct fixture_edit empty = ADD_NODE("/", "compartments");
	const struct fixture_edit drop = DROP("/", "cold-boot");

	UNIT_ASSERT_INT(prefer_after(&no_harts), NO_HART);
	UNIT_ASSERT_INT(prefer_after(&short_harts), NO_HART);
	system_make();
	fixture_edit(sys.fixture.manifest, &no_compartments);
	fixture_edit(sys.fixture.manifest, &drop);
	system_link();
	UNIT_ASSERT_INT(prefer(), NO_HART);
	system_make();
	fixture_edit(sys.fixture.manifest, &no_compartments);
	fixture_edit(sys.fixture.manifest, &drop);
	fixture_edit(sys.fixture.manifest, &empty);
	system_link();
	UNIT_ASSERT_INT(prefer(), NO_HART);
}

/* It is asked before anything was checked: no bundle may mislead it. */
static void prefers_no_hart_of_a_damaged_bundle(void)
{
	const struct fixture_edit edit = RENAME("/images/manifest", "manifesT");
	struct bundle bundle;
	struct bundle_image image;

	system_make();
	system_link();
	UNIT_ASSERT_INT(prefer(), HART_SERVER);
	bundle.blob = sys.bundle;
	UNIT_ASSERT_INT(bundle_find_image(&bundle, BUNDLE_MANIFEST, &image,
					  NULL), 0);
	((uint8_t *)(uintptr_t)image.data)[image.size - 1] ^= 1;
	UNIT_ASSERT_INT(prefer(), NO_HART);
	((uint8_t *)(uintptr_t)image.data)[image.size - 1] ^= 1;
	UNIT_ASSERT_INT(prefer(), HART_SERVER);
	((uint8_t *)sys.bundle)[0] ^= 1;
	UNIT_ASSERT_INT(prefer(), NO_HART);
	((uint8_t *)sys.bundle)[0] ^= 1;
	fixture_edit(sys.bundle, &edit);
	UNIT_ASSERT_INT(prefer(), NO_HART);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* A tree that claims to be longer than it is would be read past its end. */
static void prefers_no_hart_of_a_tree_that_lies(void)
{
	system_make();
	system_link();
	fdt_set_totalsize(sys.fixture.manifest,
			  fdt_totalsize(sys.fixture.manifest) + 8);
	system_link_manifest(sys.fixture.manifest,
			     fdt_totalsize(sys.fixture.manifest) - 8);
	UNIT_ASSERT_INT(prefer(), NO_HART);
}

static void prefers_no_hart_of_a_manifest_too_large(void)
{
	static uint64_t big[(MANIFEST_SIZE_MAX + 8) / 8];

	system_make();
	UNIT_ASSERT_INT(fdt_open_into(sys.fixture.manifest, big,
				      MANIFEST_SIZE_MAX), 0);
	system_link_manifest(big, MANIFEST_SIZE_MAX);
	UNIT_ASSERT_INT(prefer(), HART_SERVER);
	system_link_manifest(big, MANIFEST_SIZE_MAX + 1);
	UNIT_ASSERT_INT(prefer(), NO_HART);
}

static void load(void *unused)
{
	(void)unused;
	partitioner_load();
}

static void loads_every_compartment(void)
{
	const uint8_t *window;
	unsigned int id;
	size_t i;

	system_boot();
	UNIT_ASSERT_INT(fake_run(load, NULL), FAKE_RETURNED);
	for (id = 0; id < ID_COUNT; id++) {
		UNIT_ASSERT_INT(memcmp((void *)(uintptr_t)
				       system_at(SYSTEM_MEMORY(id)),
				       system_image(id), SYSTEM_IMAGE_SIZE), 0);
		CU_ASSERT(fake_has_published(system_at(SYSTEM_MEMORY(id)),
					     SYSTEM_MEMORY_SIZE));
	}
	/* What a warm reset of the machine left in a window is nobody's. */
	window = (const uint8_t *)(uintptr_t)system_at(SYSTEM_WINDOW);
	for (i = 0; i < SYSTEM_WINDOW_SIZE && !window[i]; i++)
		;
	UNIT_ASSERT_INT(i, SYSTEM_WINDOW_SIZE);
	CU_ASSERT(fake_has_published(system_at(SYSTEM_WINDOW),
				     SYSTEM_WINDOW_SIZE));
	CU_ASSERT(fake_has_published(system_at(SYSTEM_RECORD), 0x1000));
	UNIT_ASSERT_INT(*(uint8_t *)(uintptr_t)system_at(SYSTEM_RECORD + 0xfff),
			0);
	UNIT_ASSERT_INT(*(uint8_t *)(uintptr_t)system_at(SYSTEM_RECORD +
							 0x1000), 0xa5);
	/* The map comes first. */
	CU_ASSERT(fake_said("bulkhead: ", "a good system"));
}

static void loads_nothing_behind_a_failure(void)
{
	struct bundle_image image;

	system_boot();
	UNIT_ASSERT_INT(bundle_find_image(&partitioner.bundle, "server", &image,
					  NULL), 0);
	((uint8_t *)(uintptr_t)image.data)[0] ^= 1;
	UNIT_ASSERT_INT(fake_run(load, NULL), FAKE_POWER_OFF_FAILED);
	CU_ASSERT(fake_said("server", "damaged"));
	CU_ASSERT(fake_said("bulkhead: nothing was started", NULL));
}

static int own;

static void start(void *unused)
{
	(void)unused;
	own = partitioner_start();
}

/* A system that is prepared and loaded, but has not been started. */
static void make_ready(uint32_t hart)
{
	system_make();
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	UNIT_ASSERT_INT(fake_run(load, NULL), FAKE_RETURNED);
	fake_forget();
	fake_become(hart);
}

static uint64_t read_life(unsigned int id)
{
	return lifecycle_read(&partitioner.partitions[id].life);
}

static void check_started(uint32_t hart, unsigned int id)
{
	uint64_t memory = system_at(SYSTEM_MEMORY(id));

	UNIT_ASSERT_INT(fake.harts[hart].state, FAKE_HART_STARTED);
	UNIT_ASSERT_INT(fake.harts[hart].entry, memory);
	UNIT_ASSERT_INT(fake.harts[hart].argument,
			memory + SYSTEM_MEMORY_SIZE - MODEL_TREE_SIZE);
	UNIT_ASSERT_INT(fdt_check_header((void *)(uintptr_t)
					 fake.harts[hart].argument), 0);
}

static void starts_all_but_the_callers_own(void)
{
	unsigned int id;

	make_ready(HART_CLIENT);
	UNIT_ASSERT_INT(fake_run(start, NULL), FAKE_RETURNED);
	UNIT_ASSERT_INT(own, ID_CLIENT);
	CU_ASSERT_STRING_EQUAL(fake.trace, "start:0 start:3 ");
	check_started(HART_SERVER, ID_SERVER);
	check_started(HART_OTHER_BOOT, ID_OTHER);
	UNIT_ASSERT_INT(fake.harts[HART_CLIENT].state, FAKE_HART_STOPPED);
	UNIT_ASSERT_INT(partitioner_get_entry(ID_CLIENT),
			system_at(SYSTEM_MEMORY(ID_CLIENT)));
	UNIT_ASSERT_INT(partitioner_get_tree(ID_CLIENT),
			system_at(SYSTEM_MEMORY(ID_CLIENT)) +
			SYSTEM_MEMORY_SIZE - MODEL_TREE_SIZE);
	UNIT_ASSERT_INT(partitioner.alive, ID_COUNT);
	for (id = 0; id < ID_COUNT; id++)
		UNIT_ASSERT_INT(read_life(id), COMPARTMENT_STATE_RUNNING |
				1 << COMPARTMENT_STARTS_SHIFT);
}

/* A hart of a compartment that does not boot there, or of none. */
static void starts_all_for_a_caller_that_boots_none(void)
{
	make_ready(HART_OTHER);
	UNIT_ASSERT_INT(fake_run(start, NULL), FAKE_RETURNED);
	UNIT_ASSERT_INT(own, COMPARTMENT_NONE);
	CU_ASSERT_STRING_EQUAL(fake.trace, "start:0 start:1 start:3 ");
	check_started(HART_CLIENT, ID_CLIENT);
	UNIT_ASSERT_INT(fake.harts[HART_OTHER].state, FAKE_HART_STOPPED);
}

/* Who is started first may at once ask for any other's state. */
static void check_all_live(enum fake_event event, uint32_t what)
{
	unsigned int id;

	(void)what;
	if (event != FAKE_START)
		return;
	UNIT_ASSERT_INT(partitioner.alive, ID_COUNT);
	for (id = 0; id < ID_COUNT; id++)
		UNIT_ASSERT_INT(read_life(id) & COMPARTMENT_STATE_MASK,
				COMPARTMENT_STATE_RUNNING);
}

static void marks_all_as_started_before_it_starts_one(void)
{
	make_ready(HART_SERVER);
	fake.hook = check_all_live;
	UNIT_ASSERT_INT(fake_run(start, NULL), FAKE_RETURNED);
	UNIT_ASSERT_INT(own, ID_SERVER);
}

static void gives_up_on_a_hart_that_does_not_start(void)
{
	make_ready(HART_SERVER);
	fake.refuses_to_start = HART_OTHER_BOOT;
	UNIT_ASSERT_INT(fake_run(start, NULL), FAKE_POWER_OFF_FAILED);
	CU_ASSERT(fake_said("bulkhead: other: its boot hart does not start",
			    NULL));
}

static const struct unit_test tests[] = {
	UNIT_TEST(prefers_what_cold_boot_names),
	UNIT_TEST(prefers_the_first_compartment_otherwise),
	UNIT_TEST(prefers_no_hart_of_a_manifest_without_any),
	UNIT_TEST(prefers_no_hart_of_a_damaged_bundle),
	UNIT_TEST(prefers_no_hart_of_a_tree_that_lies),
	UNIT_TEST(prefers_no_hart_of_a_manifest_too_large),
	UNIT_TEST(loads_every_compartment),
	UNIT_TEST(loads_nothing_behind_a_failure),
	UNIT_TEST(starts_all_but_the_callers_own),
	UNIT_TEST(starts_all_for_a_caller_that_boots_none),
	UNIT_TEST(marks_all_as_started_before_it_starts_one),
	UNIT_TEST(gives_up_on_a_hart_that_does_not_start),
};
UNIT_MAIN("partitioner_start", tests)
