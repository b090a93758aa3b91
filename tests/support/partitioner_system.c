/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <libfdt.h>

#include "partitioner_system.h"

#define CELL_PAIR(address)	(uint32_t)((address) >> 32), (uint32_t)(address)

struct partitioner_system sys;

static uint8_t images[ID_COUNT][SYSTEM_IMAGE_SIZE];

static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "partitioner_system: %s\n", what);
		abort();
	}
}

uint64_t system_at(uint64_t offset)
{
	return (uintptr_t)sys.ram + offset;
}

const uint8_t *system_image(unsigned int id)
{
	return images[id];
}

/* Once, aligned to its size, as protection entries like it. */
static void make_ram(void)
{
	char *ram;

	if (!sys.ram) {
		ram = mmap(NULL, 2 * SYSTEM_RAM_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		must(ram != MAP_FAILED, "no memory");
		sys.ram = (char *)(((uintptr_t)ram + SYSTEM_RAM_SIZE - 1) &
				   ~(SYSTEM_RAM_SIZE - 1));
	}
	memset(sys.ram, 0xa5, SYSTEM_RAM_SIZE);
}

/* Puts a place of the fixture's 32-bit world where this process has memory. */
static void move_place(void *tree, const char *path, const char *name,
		       uint64_t offset, uint32_t size)
{
	const struct fixture_edit edit =
		CELLS(path, name, CELL_PAIR(system_at(offset)), 0, size);

	fixture_edit(tree, &edit);
}

static void move_fixture(struct fixture *fixture)
{
	const struct fixture_edit pool = CELLS("/channels/disk", "pool",
		DISK_WINDOW, 0x1000, SYSTEM_WINDOW_SIZE - 0x1000);

	move_place(fixture->machine, "/memory@80000000", "reg", 0,
		   SYSTEM_RAM_SIZE);
	move_place(fixture->manifest, "/compartments/server", "memory",
		   SYSTEM_MEMORY(ID_SERVER), SYSTEM_MEMORY_SIZE);
	move_place(fixture->manifest, "/compartments/client", "memory",
		   SYSTEM_MEMORY(ID_CLIENT), SYSTEM_MEMORY_SIZE);
	move_place(fixture->manifest, "/compartments/other", "memory",
		   SYSTEM_MEMORY(ID_OTHER), SYSTEM_MEMORY_SIZE);
	move_place(fixture->manifest, "/windows/disk-window", "reg",
		   SYSTEM_WINDOW, SYSTEM_WINDOW_SIZE);
	move_place(fixture->manifest, "/windows/record", "reg", SYSTEM_RECORD,
		   0x1000);
	fixture_edit(fixture->manifest, &pool);
}

void system_make(void)
{
	unsigned int id, i;

	make_ram();
	fake_reset();
	fake.memory.base = system_at(0);
	fake.memory.size = SYSTEM_RAM_SIZE;
	fixture_init(&sys.fixture, FIXTURE_PLIC);
	move_fixture(&sys.fixture);
	for (id = 0; id < ID_COUNT; id++)
		for (i = 0; i < SYSTEM_IMAGE_SIZE; i++)
			images[id][i] = (uint8_t)(1 + i * 13 + id);
	memset(&partitioner, 0, sizeof(partitioner));
	partitioner.board = sys.fixture.board;
	partitioner.board.firmware.base = system_at(0);
	partitioner.board.firmware.size = SYSTEM_FIRMWARE_SIZE;
	partitioner.board.private.base = 0;
	partitioner.board.private.size = 0;
	sys.tree = (void *)(uintptr_t)system_at(SYSTEM_TREE);
	sys.moved = NULL;
}

static void put_image(void *blob, const char *name, const void *data,
		      size_t size)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;

	sha256_init(&hash);
	sha256_update(&hash, data, size);
	sha256_finish(&hash, digest);
	fdt_begin_node(blob, name);
	fdt_property(blob, "data", data, (int)size);
	fdt_begin_node(blob, "hash-1");
	fdt_property_string(blob, "algo", "sha256");
	fdt_property(blob, "value", digest, sizeof(digest));
	fdt_end_node(blob);
	fdt_end_node(blob);
}

void system_link_manifest(const void *manifest, size_t size)
{
	void *blob = (void *)(uintptr_t)system_at(SYSTEM_FIRMWARE_SIZE);

	sys.bundle = blob;
	fdt_create(blob, SYSTEM_BUNDLE_MAX);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "images");
	put_image(blob, BUNDLE_MANIFEST, manifest, size);
	put_image(blob, "server", images[ID_SERVER], SYSTEM_IMAGE_SIZE);
	put_image(blob, "client", images[ID_CLIENT], SYSTEM_IMAGE_SIZE);
	put_image(blob, "other", images[ID_OTHER], SYSTEM_IMAGE_SIZE);
	fdt_end_node(blob);
	fdt_end_node(blob);
	must(!fdt_finish(blob), "the bundle cannot be made");
	sys.bundle_size = fdt_totalsize(blob);
}

void system_link(void)
{
	fdt_pack(sys.fixture.manifest);
	system_link_manifest(sys.fixture.manifest,
			     fdt_totalsize(sys.fixture.manifest));
	memcpy(sys.tree, sys.fixture.machine,
	       fdt_totalsize(sys.fixture.machine));
}

static void prepare(void *unused)
{
	(void)unused;
	sys.moved = partitioner_prepare(sys.bundle, sys.bundle_size, sys.tree);
}

enum fake_end system_prepare(void)
{
	return fake_run(prepare, NULL);
}

void system_boot(void)
{
	unsigned int id;

	system_make();
	system_link();
	must(system_prepare() == FAKE_RETURNED, "does not come up");
	partitioner.alive = ID_COUNT;
	for (id = 0; id < ID_COUNT; id++)
		lifecycle_mark_started(&partitioner.partitions[id].life);
	fake_start_all();
	fake_forget();
}

struct call_result system_call(call_fn call, uint32_t hart, uint64_t function,
			       uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const uint64_t values[] = { a, b, c, d };
	struct call args = { .args = values, .value = 0 };
	struct call_result result;

	fake_become(hart);
	result.error = call(arch_hart_this(), function, &args);
	result.value = args.value;
	return result;
}
