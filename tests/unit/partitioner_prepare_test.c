/* SPDX-License-Identifier: BSD-2-Clause */
/* From the linked bundle to a model: what is moved, and what is refused. */
#include <stdio.h>
#include <string.h>

#include <doorbell/abi.h>
#include <libfdt.h>

#include "partitioner_system.h"
#include "unit.h"

static bool is_filled(uint64_t base, uint64_t size, uint8_t value)
{
	const uint8_t *bytes = (const uint8_t *)(uintptr_t)base;
	uint64_t i;

	for (i = 0; i < size; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/*
 * partitioner_prepare() must end the machine in failure, say that and why,
 * and nothing else: `lines` lines of reasons.
 */
static void refuse(const char *where, const char *words, unsigned int lines)
{
	UNIT_ASSERT_INT(system_prepare(), FAKE_POWER_OFF_FAILED);
	CU_ASSERT(fake_said(where, words));
	CU_ASSERT(fake_said("bulkhead: nothing was started", NULL));
	UNIT_ASSERT_INT(fake_count_lines("bulkhead: "), lines + 1);
	if (!fake_said(where, words) ||
	    fake_count_lines("bulkhead: ") != lines + 1)
		fputs(fake.console, stderr);
}

static void good(void)
{
	const struct partitioner *p = &partitioner;
	static uint64_t tree[FIXTURE_BLOB_SIZE / 8];
	static char bundle[SYSTEM_BUNDLE_MAX];
	size_t tree_size;

	system_make();
	system_link();
	tree_size = fdt_totalsize(sys.tree);
	memcpy(tree, sys.tree, tree_size);
	memcpy(bundle, sys.bundle, sys.bundle_size);
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
	CU_ASSERT_STRING_EQUAL(fake.trace, "");

	UNIT_ASSERT_INT(p->model.compartment_count, ID_COUNT);
	CU_ASSERT_STRING_EQUAL(p->model.compartments[ID_CLIENT].name, "client");
	UNIT_ASSERT_INT(doorbell_count(&p->doorbell, ID_SERVER), 2);
	UNIT_ASSERT_INT(doorbell_count(&p->doorbell, ID_CLIENT), 1);
	UNIT_ASSERT_INT(doorbell_peer(&p->doorbell, ID_CLIENT, 0), ID_SERVER);

	/* Both copies are whole, and lie in what nobody is granted. */
	CU_ASSERT_PTR_EQUAL(p->bundle.blob,
			    (void *)(uintptr_t)p->board.private.base);
	UNIT_ASSERT_INT(memcmp(p->bundle.blob, bundle, sys.bundle_size), 0);
	UNIT_ASSERT_INT(p->board.private.base + p->board.private.size,
			system_at(SYSTEM_RAM_SIZE));
	UNIT_ASSERT_INT(memcmp(sys.moved, tree, tree_size), 0);
	CU_ASSERT((uintptr_t)sys.moved >=
		  p->board.private.base + sys.bundle_size);
	CU_ASSERT((uintptr_t)sys.moved + tree_size <=
		  system_at(SYSTEM_RAM_SIZE));
	CU_ASSERT_PTR_EQUAL(p->model.machine.tree, sys.moved);
}

/* What was linked is left to nobody who might be granted that memory. */
static void zeroes_the_linked_bundle(void)
{
	uint64_t end;

	system_make();
	system_link();
	end = (uintptr_t)sys.bundle + sys.bundle_size;
	memset((void *)(uintptr_t)end, 0x5a, 64);
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	CU_ASSERT(is_filled((uintptr_t)sys.bundle, sys.bundle_size, 0));
	CU_ASSERT(is_filled(end, 64, 0x5a));
}

static void knows_every_hart_and_its_compartment(void)
{
	static const int owners[] = {
		ID_SERVER, ID_CLIENT, ID_OTHER, ID_OTHER,
	};
	unsigned int i;

	system_make();
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	for (i = 0; i < 4; i++) {
		CU_ASSERT(fake.harts[i].known);
		UNIT_ASSERT_INT(fake.harts[i].hart.id, i);
		UNIT_ASSERT_INT(fake.harts[i].hart.compartment, owners[i]);
		UNIT_ASSERT_INT(fake.harts[i].hart.coordinates,
				COMPARTMENT_NONE);
	}
	CU_ASSERT(!fake.harts[4].known);
}

/* A hart that the manifest gives to nobody is nobody's, not the first's. */
static void a_spare_hart_is_in_no_compartment(void)
{
	const struct fixture_edit edit =
		CELLS("/compartments/other", "harts", HART_OTHER_BOOT);

	system_make();
	fixture_edit(sys.fixture.manifest, &edit);
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	CU_ASSERT(fake.harts[HART_OTHER].known);
	UNIT_ASSERT_INT(fake.harts[HART_OTHER].hart.compartment,
			COMPARTMENT_NONE);
	UNIT_ASSERT_INT(fake.harts[HART_OTHER_BOOT].hart.compartment, ID_OTHER);
}

/* Lines of a guest's console begin with its name. */
static void names_the_consoles(void)
{
	system_make();
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	terminal_write(ID_OTHER, "x\n", 2);
	CU_ASSERT_STRING_EQUAL(fake.console, "other: x\n");
}

/* The stage before put the tree where a copy goes: nothing is lost. */
static void copies_may_overlap_the_tree(void)
{
	static uint64_t tree[FIXTURE_BLOB_SIZE / 8];
	uint64_t private, copy;
	size_t size;
	int i;

	for (i = 0; i < 3; i++) {
		system_make();
		system_link();
		size = fdt_totalsize(sys.tree);
		UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
		private = partitioner.board.private.base;
		copy = (uintptr_t)sys.moved;

		system_make();
		sys.tree = (void *)(uintptr_t)(i == 0 ? private :
					       copy + (i == 1 ? -512 : 0));
		system_link();
		memcpy(tree, sys.tree, size);
		UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
		UNIT_ASSERT_INT(memcmp(sys.moved, tree, size), 0);
		UNIT_ASSERT_INT(partitioner.model.compartment_count, ID_COUNT);
	}
}

static void refuses_a_bundle_without_manifest(void)
{
	const struct fixture_edit edit = RENAME("/images/manifest", "manifesT");

	system_make();
	system_link();
	fixture_edit(sys.bundle, &edit);
	refuse("bundle: /images: manifest", "no image of this name", 1);
}

static void refuses_what_is_no_bundle(void)
{
	system_make();
	system_link();
	((uint8_t *)sys.bundle)[0] ^= 1;
	refuse("bundle", "not a well-formed device tree", 1);
}

/* Room for it is in the firmware itself. */
static void refuses_a_manifest_too_large(void)
{
	static uint64_t big[(MANIFEST_SIZE_MAX + 8) / 8];

	system_make();
	system_link();
	UNIT_ASSERT_INT(fdt_open_into(sys.fixture.manifest, big,
				      MANIFEST_SIZE_MAX), 0);
	system_link_manifest(big, MANIFEST_SIZE_MAX);
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);

	system_make();
	system_link();
	UNIT_ASSERT_INT(fdt_open_into(sys.fixture.manifest, big,
				      MANIFEST_SIZE_MAX), 0);
	system_link_manifest(big, MANIFEST_SIZE_MAX + 1);
	refuse("/images/manifest: data", "65537 bytes; at most 65536", 1);
}

static uint8_t *find_bytes(const char *image)
{
	struct bundle bundle = { .blob = sys.bundle };
	struct bundle_image found;

	UNIT_ASSERT_INT(bundle_find_image(&bundle, image, &found, NULL), 0);
	return (uint8_t *)(uintptr_t)found.data;
}

static void refuses_a_damaged_manifest(void)
{
	system_make();
	system_link();
	find_bytes(BUNDLE_MANIFEST)[3] ^= 1;
	refuse("manifest", "damaged", 1);
}

static void refuses_a_damaged_image(void)
{
	system_make();
	system_link();
	find_bytes("other")[SYSTEM_IMAGE_SIZE - 1] ^= 1;
	refuse("other", "damaged", 1);
}

static void refuses_a_bundle_without_an_image(void)
{
	const struct fixture_edit edit = RENAME("/images/client", "clienT");

	system_make();
	system_link();
	fixture_edit(sys.bundle, &edit);
	refuse("/compartments/client: image", "not in the bundle", 2);
}

static void refuses_a_bad_manifest(void)
{
	const struct fixture_edit edit =
		CELLS("/compartments/client", "harts", 0);

	system_make();
	fixture_edit(sys.fixture.manifest, &edit);
	system_link();
	refuse("/compartments/", "hart", 1);
}

static void refuses_a_machine_without_harts(void)
{
	const struct fixture_edit edit = DROP_NODE("/cpus");

	system_make();
	fixture_edit(sys.fixture.machine, &edit);
	system_link();
	refuse("machine: /cpus", "no hart there", 1);
}

/* The copies would reach down into the bundle that they are made of. */
static void refuses_a_machine_without_room_for_the_copies(void)
{
	uint64_t size;

	system_make();
	system_link();
	size = SYSTEM_FIRMWARE_SIZE + sys.bundle_size + 0x1000;
	{
		const struct fixture_edit edit =
			CELLS("/memory@80000000", "reg",
			      (uint32_t)(system_at(0) >> 32),
			      (uint32_t)system_at(0), 0, (uint32_t)size);

		fixture_edit(sys.tree, &edit);
	}
	refuse("machine: /memory: reg", "too little memory", 1);
	CU_ASSERT(!is_filled((uintptr_t)sys.bundle, sys.bundle_size, 0));
}

static void refuses_a_hart_that_is_not_there(void)
{
	system_make();
	system_link();
	fake.refuses_to_be_added = HART_OTHER;
	refuse("hart 2 of the machine's tree is not there", NULL, 1);
}

static void set_up_links(void *unused)
{
	(void)unused;
	doorbell_setup();
}

/* Links that the manifest's rules let nobody have. */
static void refuses_links_without_room(void)
{
	struct model *model = &partitioner.model;
	unsigned int i;

	system_boot();
	for (i = 0; i < DOORBELL_LINKS_MAX / 2 + 1; i++) {
		strcpy(model->links[i].name, "loop");
		model->links[i].ends[0] = model->links[i].ends[1] = ID_OTHER;
	}
	model->link_count = DOORBELL_LINKS_MAX / 2;
	UNIT_ASSERT_INT(fake_run(set_up_links, NULL), FAKE_RETURNED);
	model->link_count++;
	UNIT_ASSERT_INT(fake_run(set_up_links, NULL), FAKE_POWER_OFF_FAILED);
	CU_ASSERT(fake_said("bulkhead: link loop: too many links", NULL));
}

static const struct unit_test tests[] = {
	UNIT_TEST(good),
	UNIT_TEST(zeroes_the_linked_bundle),
	UNIT_TEST(knows_every_hart_and_its_compartment),
	UNIT_TEST(a_spare_hart_is_in_no_compartment),
	UNIT_TEST(names_the_consoles),
	UNIT_TEST(copies_may_overlap_the_tree),
	UNIT_TEST(refuses_a_bundle_without_manifest),
	UNIT_TEST(refuses_what_is_no_bundle),
	UNIT_TEST(refuses_a_manifest_too_large),
	UNIT_TEST(refuses_a_damaged_manifest),
	UNIT_TEST(refuses_a_damaged_image),
	UNIT_TEST(refuses_a_bundle_without_an_image),
	UNIT_TEST(refuses_a_bad_manifest),
	UNIT_TEST(refuses_a_machine_without_harts),
	UNIT_TEST(refuses_a_machine_without_room_for_the_copies),
	UNIT_TEST(refuses_a_hart_that_is_not_there),
	UNIT_TEST(refuses_links_without_room),
};
UNIT_MAIN("partitioner_prepare", tests)
