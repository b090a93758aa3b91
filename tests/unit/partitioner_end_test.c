/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading, and ends: what is left to the next life, and what a machine says. */
#include <string.h>

#include <libfdt.h>

#include "partitioner_system.h"
#include "unit.h"

static void count(enum compartment_counter counter, uint64_t amount)
{
	hart_count(arch_hart_this(), counter, amount);
}

static bool loaded;

static void load(void *compartment)
{
	loaded = life_load((unsigned int)(uintptr_t)compartment);
}

static bool try_load(unsigned int id)
{
	loaded = false;
	UNIT_ASSERT_INT(fake_run(load, (void *)(uintptr_t)id), FAKE_RETURNED);
	return loaded;
}

static uint8_t *get_memory(unsigned int id)
{
	return (uint8_t *)(uintptr_t)system_at(SYSTEM_MEMORY(id));
}

/* The bytes of a compartment's image in the firmware's copy of the bundle. */
static uint8_t *find_image(unsigned int id)
{
	const char *name = partitioner.model.compartments[id].image;
	struct bundle_image image;

	UNIT_ASSERT_INT(bundle_find_image(&partitioner.bundle, name, &image,
					  NULL), 0);
	return (uint8_t *)(uintptr_t)image.data;
}

static void loads_a_pristine_image(void)
{
	const size_t tree = SYSTEM_MEMORY_SIZE - MODEL_TREE_SIZE;
	uint8_t *memory;
	size_t i;

	system_boot();
	memory = get_memory(ID_CLIENT);
	CU_ASSERT(try_load(ID_CLIENT));
	UNIT_ASSERT_INT(memcmp(memory, system_image(ID_CLIENT),
			       SYSTEM_IMAGE_SIZE), 0);
	/* Nothing of a former life lies between image and tree. */
	for (i = SYSTEM_IMAGE_SIZE; i < tree && !memory[i]; i++)
		;
	UNIT_ASSERT_INT(i, tree);
	UNIT_ASSERT_INT(fdt_check_header(&memory[tree]), 0);
	CU_ASSERT(fdt_path_offset(&memory[tree], "/bulkhead") > 0);
	CU_ASSERT(fake_has_published(system_at(SYSTEM_MEMORY(ID_CLIENT)),
				     SYSTEM_MEMORY_SIZE));
	UNIT_ASSERT_INT(fake.published_count, 1);
	/* Its neighbours were not touched. */
	UNIT_ASSERT_INT(memory[-1], 0xa5);
	UNIT_ASSERT_INT(memory[SYSTEM_MEMORY_SIZE], 0xa5);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

static void scrubs_every_range(void)
{
	struct model_compartment *c;
	uint8_t *spare;
	size_t i;

	system_boot();
	c = &partitioner.model.compartments[ID_CLIENT];
	c->memory[1].base = system_at(SYSTEM_SPARE);
	c->memory[1].size = 0x2000;
	c->memory_count = 2;
	CU_ASSERT(try_load(ID_CLIENT));
	spare = (uint8_t *)(uintptr_t)system_at(SYSTEM_SPARE);
	for (i = 0; i < 0x2000 && !spare[i]; i++)
		;
	UNIT_ASSERT_INT(i, 0x2000);
	UNIT_ASSERT_INT(spare[0x2000], 0xa5);
	CU_ASSERT(fake_has_published(system_at(SYSTEM_SPARE), 0x2000));
	UNIT_ASSERT_INT(fake.published_count, 2);
}

static void loads_no_damaged_image(void)
{
	system_boot();
	find_image(ID_CLIENT)[SYSTEM_IMAGE_SIZE / 2] ^= 1;
	CU_ASSERT(!try_load(ID_CLIENT));
	CU_ASSERT(fake_said("bulkhead: bundle: /images: client", "damaged"));
	UNIT_ASSERT_INT(fake.published_count, 0);
	/* The others' are what they were. */
	CU_ASSERT(try_load(ID_OTHER));
}

static void loads_no_image_that_is_not_there(void)
{
	system_boot();
	strcpy(partitioner.model.compartments[ID_CLIENT].image, "clienT");
	CU_ASSERT(!try_load(ID_CLIENT));
	CU_ASSERT(fake_said("bulkhead: bundle: /images: clienT",
			    "no image of this name"));
	UNIT_ASSERT_INT(fake_count_lines("bulkhead: "), 1);
}

/* It would reach into the place of the tree, or beyond the memory. */
static void loads_no_image_that_is_too_large(void)
{
	struct memory_range *memory;

	system_boot();
	memory = &partitioner.model.compartments[ID_CLIENT].memory[0];
	memory->size = MODEL_TREE_SIZE + SYSTEM_IMAGE_SIZE;
	CU_ASSERT(try_load(ID_CLIENT));
	memory->size -= 8;
	CU_ASSERT(!try_load(ID_CLIENT));
	CU_ASSERT(fake_said("bulkhead: client: its image does not fit", NULL));
	UNIT_ASSERT_INT(get_memory(ID_CLIENT)[0], 0);
}

static void starts_nobody_whose_tree_does_not_fit(void)
{
	static char words[MODEL_TREE_SIZE];

	system_boot();
	memset(words, 'x', sizeof(words) - 1);
	partitioner.model.compartments[ID_CLIENT].bootargs = words;
	CU_ASSERT(!try_load(ID_CLIENT));
	CU_ASSERT(fake_said("bulkhead: client: its device tree does not fit in 64 KiB",
			    NULL));
	UNIT_ASSERT_INT(fake.published_count, 0);
}

/* ---- Ends ---- */

static void leave(void *unused)
{
	(void)unused;
	CU_ASSERT(life_leave());
}

/* Ends a life of a compartment as `hart`, all of whose others are stopped. */
static enum fake_end end(uint32_t hart, unsigned int id,
			 enum lifecycle_goal goal)
{
	struct model_compartment *c = &partitioner.model.compartments[id];
	unsigned int i;

	for (i = 0; i < c->hart_count; i++)
		fake.harts[c->harts[i]].state = FAKE_HART_STOPPED;
	fake_become(hart);
	fake.harts[hart].state = FAKE_HART_STOPPING;
	CU_ASSERT(lifecycle_begin(&partitioner.partitions[id].life, goal));
	arch_hart_this()->coordinates = (int)id;
	return fake_run(leave, NULL);
}

static unsigned int get_state(unsigned int id)
{
	return lifecycle_read(&partitioner.partitions[id].life) &
	       COMPARTMENT_STATE_MASK;
}

static void goes_on_while_one_is_alive(void)
{
	system_boot();
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_END),
			FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.console, "bulkhead: client has shut down\n");
	UNIT_ASSERT_INT(get_state(ID_CLIENT), COMPARTMENT_STATE_ENDED);
	UNIT_ASSERT_INT(end(HART_OTHER, ID_OTHER, LIFECYCLE_FAIL),
			FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.console, "bulkhead: client has shut down\n"
			       "bulkhead: other has failed\n");
	UNIT_ASSERT_INT(get_state(ID_OTHER), COMPARTMENT_STATE_FAILED);
	UNIT_ASSERT_INT(partitioner.alive, 1);
	UNIT_ASSERT_INT(partitioner.failed, 1);
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "start:"));
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "publish"));
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "grant:"));
}

static void powers_off_in_good_order(void)
{
	system_boot();
	fake_become(HART_OTHER_BOOT);
	count(COMPARTMENT_COUNTER_ENTRIES, 12);
	count(COMPARTMENT_COUNTER_RINGS, 3);
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_RESTART),
			FAKE_RETURNED);
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_END),
			FAKE_RETURNED);
	UNIT_ASSERT_INT(end(HART_SERVER, ID_SERVER, LIFECYCLE_END),
			FAKE_RETURNED);
	fake_forget();
	UNIT_ASSERT_INT(end(HART_OTHER, ID_OTHER, LIFECYCLE_END),
			FAKE_POWER_OFF);
	CU_ASSERT_STRING_EQUAL(fake.console,
		"bulkhead: other has shut down\n"
		"bulkhead: summary\n"
		"bulkhead:   server: ended in good order; starts 1, 0 firmware entries, 0 doorbells rung\n"
		"bulkhead:   client: ended in good order; starts 2, 0 firmware entries, 0 doorbells rung\n"
		"bulkhead:   other: ended in good order; starts 1, 12 firmware entries, 3 doorbells rung\n"
		"bulkhead: all compartments ended in good order, powering off\n");
}

/* One failure is the machine's, whoever ends last. */
static void powers_off_in_failure(void)
{
	unsigned int failing;

	for (failing = 0; failing < ID_COUNT; failing++) {
		enum lifecycle_goal goals[ID_COUNT] = {
			LIFECYCLE_END, LIFECYCLE_END, LIFECYCLE_END,
		};

		goals[failing] = LIFECYCLE_FAIL;
		system_boot();
		UNIT_ASSERT_INT(end(HART_SERVER, ID_SERVER, goals[ID_SERVER]),
				FAKE_RETURNED);
		UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, goals[ID_CLIENT]),
				FAKE_RETURNED);
		UNIT_ASSERT_INT(end(HART_OTHER, ID_OTHER, goals[ID_OTHER]),
				FAKE_POWER_OFF_FAILED);
		CU_ASSERT(fake_said("bulkhead: FAILED, powering off", NULL));
		UNIT_ASSERT_INT(fake_count_lines(": FAILED; starts 1"), 1);
		UNIT_ASSERT_INT(fake_count_lines(": ended in good order;"), 2);
	}
}

/* The line that it had begun is not lost, nor left for whoever comes next. */
static void flushes_the_last_line(void)
{
	system_boot();
	terminal_write(ID_CLIENT, "last", 4);
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_END),
			FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: last\n"
			       "bulkhead: client has shut down\n");
}

static void fails_who_cannot_be_loaded_again(void)
{
	system_boot();
	find_image(ID_CLIENT)[0] ^= 1;
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_RESTART),
			FAKE_RETURNED);
	CU_ASSERT(fake_said("bulkhead: client has failed", NULL));
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "start:"));
	CU_ASSERT_PTR_NULL(strstr(fake.trace, "grant:"));
	UNIT_ASSERT_INT(get_state(ID_CLIENT), COMPARTMENT_STATE_FAILED);
}

static void fails_who_cannot_be_started_again(void)
{
	system_boot();
	fake.refuses_to_start = HART_CLIENT;
	UNIT_ASSERT_INT(end(HART_CLIENT, ID_CLIENT, LIFECYCLE_RESTART),
			FAKE_RETURNED);
	CU_ASSERT_STRING_EQUAL(fake.console, "bulkhead: client has failed\n");
	UNIT_ASSERT_INT(get_state(ID_CLIENT), COMPARTMENT_STATE_FAILED);
	CU_ASSERT(lifecycle_is_ending(&partitioner.partitions[ID_CLIENT].life));
}

static const struct unit_test tests[] = {
	UNIT_TEST(loads_a_pristine_image),
	UNIT_TEST(scrubs_every_range),
	UNIT_TEST(loads_no_damaged_image),
	UNIT_TEST(loads_no_image_that_is_not_there),
	UNIT_TEST(loads_no_image_that_is_too_large),
	UNIT_TEST(starts_nobody_whose_tree_does_not_fit),
	UNIT_TEST(goes_on_while_one_is_alive),
	UNIT_TEST(powers_off_in_good_order),
	UNIT_TEST(powers_off_in_failure),
	UNIT_TEST(flushes_the_last_line),
	UNIT_TEST(fails_who_cannot_be_loaded_again),
	UNIT_TEST(fails_who_cannot_be_started_again),
};
UNIT_MAIN("partitioner_end", tests)
