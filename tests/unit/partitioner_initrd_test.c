/* SPDX-License-Identifier: BSD-2-Clause */
/* An initrd: placed below the tree, loaded for each life, verified like an image. */
#include <string.h>

#include <libfdt.h>

#include "partitioner_system.h"
#include "unit.h"

/* Another compartment's image does for one. */
#define INITRD	"other"

static bool loaded;

static void load(void *unused)
{
	(void)unused;
	loaded = life_load(ID_CLIENT);
}

static bool try_load(void)
{
	loaded = false;
	UNIT_ASSERT_INT(fake_run(load, NULL), FAKE_RETURNED);
	return loaded;
}

static const uint8_t *boot(void)
{
	const struct fixture_edit edit =
		STRING("/compartments/client", "initrd", INITRD);

	system_make();
	fixture_edit(sys.fixture.manifest, &edit);
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	return (const uint8_t *)(uintptr_t)system_at(SYSTEM_MEMORY(ID_CLIENT));
}

/* Two pages, below the tree. */
#define INITRD_AT	(SYSTEM_MEMORY_SIZE - MODEL_TREE_SIZE - 0x2000)

static void lies_below_the_tree(void)
{
	const uint8_t *memory = boot();
	const void *tree = memory + SYSTEM_MEMORY_SIZE - MODEL_TREE_SIZE;
	const uint64_t start = system_at(SYSTEM_MEMORY(ID_CLIENT)) + INITRD_AT;
	const fdt64_t *end;
	int chosen, length;
	size_t i;

	CU_ASSERT_FATAL(try_load());
	UNIT_ASSERT_INT(memcmp(memory, system_image(ID_CLIENT),
			       SYSTEM_IMAGE_SIZE), 0);
	UNIT_ASSERT_INT(memcmp(memory + INITRD_AT, system_image(ID_OTHER),
			       SYSTEM_IMAGE_SIZE), 0);
	/* Around it is nothing. */
	for (i = SYSTEM_IMAGE_SIZE; i < INITRD_AT && !memory[i]; i++)
		;
	UNIT_ASSERT_INT(i, INITRD_AT);
	UNIT_ASSERT_INT(memory[INITRD_AT + SYSTEM_IMAGE_SIZE], 0);
	chosen = fdt_path_offset(tree, "/chosen");
	end = fdt_getprop(tree, chosen, "linux,initrd-end", &length);
	CU_ASSERT_FATAL(end && length == 8);
	UNIT_ASSERT_INT(fdt64_ld(end) - start, SYSTEM_IMAGE_SIZE);
}

static void is_loaded_for_each_life(void)
{
	uint8_t *memory = (uint8_t *)(uintptr_t)boot();

	CU_ASSERT_FATAL(try_load());
	memset(memory, 0xee, SYSTEM_MEMORY_SIZE);
	CU_ASSERT_FATAL(try_load());
	UNIT_ASSERT_INT(memcmp(memory + INITRD_AT, system_image(ID_OTHER),
			       SYSTEM_IMAGE_SIZE), 0);
}

static void is_verified(void)
{
	struct bundle_image image;

	boot();
	UNIT_ASSERT_INT(bundle_find_image(&partitioner.bundle, INITRD, &image,
					  NULL), 0);
	((uint8_t *)(uintptr_t)image.data)[7] ^= 1;
	CU_ASSERT(!try_load());
	CU_ASSERT(fake_said("bulkhead: bundle: /images: other", "damaged"));
}

/* The bundle is what it was when the place was chosen, or nothing is loaded. */
static void never_passes_its_place(void)
{
	boot();
	partitioner.model.compartments[ID_CLIENT].initrd_range.size--;
	CU_ASSERT(!try_load());
	CU_ASSERT(fake_said("bulkhead: client: its initrd does not fit", NULL));
}

static const struct unit_test tests[] = {
	UNIT_TEST(lies_below_the_tree), UNIT_TEST(is_loaded_for_each_life),
	UNIT_TEST(is_verified), UNIT_TEST(never_passes_its_place),
};
UNIT_MAIN("partitioner_initrd", tests)
