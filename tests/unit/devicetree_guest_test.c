/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of an unmodified guest: devices that the firmware plays for it, and
 * the interrupt controller as its own harts see it.
 */
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/devicetree.h>
#include <compartment/map.h>

#include "manifest_fixture.h"
#include "unit.h"

#define CLIENT_INDEX	1
#define FRONT_END	"/soc/virtio_mmio@91401000"
#define UART		"/soc/serial@10000000"
#define CONTROLLER	"/soc/irq@d000000"
#define IMSIC		"/soc/imsic@28000000"

static struct fixture fixture;
static uint64_t tree[MODEL_TREE_SIZE / 8];

static void build(unsigned int compartment)
{
	int size;

	if (fixture_parse(&fixture) != COMPARTMENT_OK) {
		fprintf(stderr, "%s", fixture.lines);
		CU_FAIL_FATAL("the manifest is refused");
	}
	size = devicetree_build(&fixture.model, compartment, tree,
				sizeof(tree));
	CU_ASSERT_FATAL(size > 0);
	UNIT_ASSERT_INT(fdt_check_full(tree, (size_t)size), 0);
}

static void build_guest(enum fixture_interrupts interrupts, bool is_granted,
			unsigned int compartment)
{
	fixture_init(&fixture, interrupts);
	fixture_add_guest(&fixture, is_granted);
	build(compartment);
}

static const void *find(const char *path, const char *property, int *length)
{
	return fdt_getprop(tree, fdt_path_offset(tree, path), property, length);
}

static bool has(const char *path)
{
	return fdt_path_offset(tree, path) >= 0;
}

static void expect_cells(const char *path, const char *property,
			 const uint32_t *cells, int count)
{
	const fdt32_t *found;
	int length, i;

	found = find(path, property, &length);
	if (!found || length != 4 * count) {
		fprintf(stderr, "%s: %s is not %d cells\n", path, property,
			count);
		CU_FAIL_FATAL("a property is missing");
	}
	for (i = 0; i < count; i++)
		UNIT_ASSERT_INT(fdt32_to_cpu(found[i]), cells[i]);
}

#define EXPECT(path, property, ...)					\
	expect_cells(path, property, (const uint32_t[]){ __VA_ARGS__ },	\
		     sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void expect_text(const char *path, const char *property,
			const char *text)
{
	const char *found;
	int length;

	found = find(path, property, &length);
	CU_ASSERT_FATAL(found && length == (int)strlen(text) + 1);
	CU_ASSERT_STRING_EQUAL(found, text);
}

/* On a PLIC an interrupt is a number; an APLIC is told that it is an edge. */
static void front_end(void)
{
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	expect_text(FRONT_END, "compatible", "virtio,mmio");
	EXPECT(FRONT_END, "reg", 0, 0x91401000, 0, 0x1000);
	EXPECT(FRONT_END, "interrupts", 7);
	EXPECT(FRONT_END, "interrupt-parent", 40);
	CU_ASSERT(find(FRONT_END, "dma-coherent", NULL) != NULL);
	expect_text(FRONT_END, "bulkhead,name", "disk");
	build_guest(FIXTURE_APLIC, true, CLIENT_INDEX);
	EXPECT(FRONT_END, "interrupts", 7, 1);
	EXPECT(UART, "interrupts", 5, 1);
	build_guest(FIXTURE_IMSIC, true, CLIENT_INDEX);
	EXPECT(FRONT_END, "interrupts", 7, 1);
	/* The channel itself is between the firmware and the server. */
	CU_ASSERT(has("/bulkhead/channels"));
	CU_ASSERT(!has("/bulkhead/channels/disk"));
	CU_ASSERT(!has("/bulkhead/windows/record"));
	build_guest(FIXTURE_PLIC, true, 0);
	CU_ASSERT(!has(FRONT_END) && !has(UART));
	CU_ASSERT(!has("/bulkhead/windows/registers"));
}

static void uart(void)
{
	const struct fixture_edit plain =
		STRING("/chosen", "stdout-path", UART);
	const struct fixture_edit options[] = {
		STRING("/chosen", "stdout-path",
		       "/soc/serial@10000000:115200n8"),
		CELLS(UART, "clock-frequency", 3686400),
		CELLS(UART, "interrupts-extended", 16, 9),
	};
	int length;

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit(fixture.machine, &plain);
	build(CLIENT_INDEX);
	expect_text("/chosen", "stdout-path", UART);
	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	expect_text("/chosen", "stdout-path", "/soc/serial@10000000:115200");
	expect_text(UART, "compatible", "ns16550a");
	EXPECT(UART, "reg", 0, 0x10000000, 0, 0x100);
	EXPECT(UART, "interrupts", 5);
	EXPECT(UART, "interrupt-parent", 40);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit_all(fixture.machine, options, 3);
	build(CLIENT_INDEX);
	expect_text("/chosen", "stdout-path", "/soc/serial@10000000:115200n8");
	EXPECT(UART, "clock-frequency", 3686400);
	EXPECT(UART, "interrupts", 5);
	CU_ASSERT_PTR_NULL(find(UART, "interrupts-extended", NULL));
	/* A compartment that calls has none, nor a path to one. */
	build(0);
	CU_ASSERT(!has(UART));
	CU_ASSERT_PTR_NULL(find("/chosen", "stdout-path", &length));
}

/* A clock is named if it is there. */
static void uart_clock(void)
{
	const struct fixture_edit edits[] = {
		ADD_NODE("/", "crystal"),
		STRING("/crystal", "compatible", "fixed-clock"),
		CELLS("/crystal", "#clock-cells", 0),
		CELLS("/crystal", "phandle", 77),
		CELLS(UART, "clocks", 77),
		STRING(UART, "clock-names", "baud"),
		ADD_NODE("/", "quartz"),
		STRING("/quartz", "compatible", "fixed-clock"),
		CELLS("/quartz", "#clock-cells", 0),
		CELLS("/quartz", "phandle", 78),
	};
	const struct fixture_edit driven =
		STRING("/crystal", "compatible", "test,clock");

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit_all(fixture.machine, edits, 10);
	build(CLIENT_INDEX);
	CU_ASSERT(!has("/clocks/quartz"));
	EXPECT("/clocks/crystal", "phandle", 77);
	EXPECT(UART, "clocks", 77);
	expect_text(UART, "clock-names", "baud");
	build(0);
	CU_ASSERT(!has("/clocks"));
	fixture_edit(fixture.machine, &driven);
	build(CLIENT_INDEX);
	CU_ASSERT(!has("/clocks"));
	CU_ASSERT_PTR_NULL(find(UART, "clocks", NULL));
	CU_ASSERT_PTR_NULL(find(UART, "clock-names", NULL));
}

/* In a memory node, reserved, and named by the device; no number twice. */
static void pool(void)
{
	const struct fixture_edit high =
		CELLS(CONTROLLER, "phandle", 0xfffffffe);
	const char *reserved = "/reserved-memory/restricted-dma-pool@91001000";

	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	EXPECT("/memory@90400000", "reg", 0, 0x90400000, 0, 0x400000);
	expect_text("/memory@91001000", "device_type", "memory");
	EXPECT("/memory@91001000", "reg", 0, 0x91001000, 0, 0x3ff000);
	EXPECT("/reserved-memory", "#address-cells", 2);
	EXPECT("/reserved-memory", "#size-cells", 2);
	CU_ASSERT(find("/reserved-memory", "ranges", NULL) != NULL);
	expect_text(reserved, "compatible", "restricted-dma-pool");
	EXPECT(reserved, "reg", 0, 0x91001000, 0, 0x3ff000);
	CU_ASSERT_PTR_NULL(find(reserved, "no-map", NULL));
	EXPECT(reserved, "phandle", 41);
	EXPECT(FRONT_END, "memory-region", 41);
	build(0);
	CU_ASSERT(!has("/reserved-memory") && !has("/memory@91001000"));
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	CU_ASSERT(!has("/reserved-memory") && !has("/memory@91001000"));
	CU_ASSERT_PTR_NULL(find(FRONT_END, "memory-region", NULL));
	fixture_init(&fixture, FIXTURE_APLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit(fixture.machine, &high);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	UNIT_ASSERT_INT(devicetree_build(&fixture.model, CLIENT_INDEX, tree,
					 sizeof(tree)),
			COMPARTMENT_ERR_MALFORMED);
}

/* One channel beside it that the client serves itself with, as ours do. */
static void native_beside(void)
{
#define SECOND	"/channels/second"
	const struct fixture_edit edits[] = {
		ADD_NODE("/channels", "second"),
		STRING(SECOND, "device", "block"),
		CELLS(SECOND, "server", SERVER), CELLS(SECOND, "client", CLIENT),
		CELLS(SECOND, "link", DISK_LINK), CELLS(SECOND, "bit", 2),
		CELLS(SECOND, "control", DISK_WINDOW, 0x200000),
		CELLS(SECOND, "pool", DISK_WINDOW, 0x201000, 0x10000),
		CELLS(SECOND, "queues", 1), CELLS(SECOND, "queue-size", 16),
		CELLS("/channels/disk", "pool", DISK_WINDOW, 0x1000, 0x10000),
	};

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit_all(fixture.manifest, edits, 11);
	build(CLIENT_INDEX);
	CU_ASSERT(has("/memory@91001000") && has(FRONT_END));
	CU_ASSERT(!has("/memory@91201000"));
	CU_ASSERT(!has("/reserved-memory/restricted-dma-pool@91201000"));
	CU_ASSERT(!has("/bulkhead/channels/disk"));
	expect_text("/bulkhead/channels/second", "role", "client");
	EXPECT("/bulkhead/channels/second", "pool", 0, 0x91201000, 0, 0x10000);
}

static void too_small(void)
{
	int size, needed;

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	needed = devicetree_build(&fixture.model, CLIENT_INDEX, tree,
				  sizeof(tree));
	for (size = 0; size < needed; size += 8)
		UNIT_ASSERT_INT(devicetree_build(&fixture.model, CLIENT_INDEX,
						 tree, (size_t)size),
				COMPARTMENT_ERR_NO_SPACE);
}

static void granted_data(void)
{
	const char *channel = "/bulkhead/channels/disk";
	const struct fixture_edit two =
		CELLS("/compartments/client", "memory", 0, 0x90400000, 0,
		      0x200000, 0, 0x98000000, 0, 0x100000);

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, true);
	fixture_edit(fixture.manifest, &two);
	build(0);
	expect_text(channel, "data", "grant");
	EXPECT(channel, "memory", 0, 0x90400000, 0, 0x200000, 0, 0x98000000,
	       0, 0x100000);
	EXPECT(channel, "control", 0, 0x90801000, 0, 0x1000);
	EXPECT(channel, "record", 0, 0x90800000, 0, 0x1000);
	CU_ASSERT_PTR_NULL(find(channel, "pool", NULL));
	/* Of the client's memory the server's tree has no memory node. */
	CU_ASSERT(!has("/memory@90400000"));
	build_guest(FIXTURE_PLIC, false, 0);
	expect_text(channel, "data", "window");
	CU_ASSERT_PTR_NULL(find(channel, "memory", NULL));
	EXPECT(channel, "pool", 0, 0x91001000, 0, 0x3ff000);
}

static void initrd(void)
{
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	CU_ASSERT_PTR_NULL(find("/chosen", "linux,initrd-start", NULL));
	CU_ASSERT_PTR_NULL(find("/chosen", "linux,initrd-end", NULL));
	fixture.model.compartments[CLIENT_INDEX].initrd_range =
		(struct memory_range){ 0x90700000, 0x1234 };
	CU_ASSERT(devicetree_build(&fixture.model, CLIENT_INDEX, tree,
				   sizeof(tree)) > 0);
	EXPECT("/chosen", "linux,initrd-start", 0, 0x90700000);
	EXPECT("/chosen", "linux,initrd-end", 0, 0x90701234);
	expect_text("/chosen", "bootargs", "rounds=3");
}

/* Positions are numbers: foreign harts stay, as absent ones. */
static void controllers(void)
{
	const struct fixture_edit delegated =
		CELLS("/soc/machine@c000000", "riscv,children", 40);

	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	EXPECT(CONTROLLER, "interrupts-extended", 17, ~0U, 17, ~0U, 17, 11,
	       17, 9, 17, ~0U, 17, ~0U, 17, ~0U, 17, ~0U);
	EXPECT(CONTROLLER, "riscv,ndev", 95);
	build_guest(FIXTURE_APLIC, true, CLIENT_INDEX);
	EXPECT(CONTROLLER, "interrupts-extended", 17, ~0U, 17, 9, 17, ~0U,
	       17, ~0U);
	EXPECT(CONTROLLER, "riscv,num-sources", 96);
	EXPECT(CONTROLLER, "phandle", 40);
	CU_ASSERT(!has("/soc/machine@c000000"));
	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &delegated);
	build(2);
	EXPECT(CONTROLLER, "msi-parent", 42);
	CU_ASSERT_PTR_NULL(find(CONTROLLER, "interrupts-extended", NULL));
	CU_ASSERT(!has("/soc/machine@c000000") && !has("/soc/imsic@24000000"));
}

/*
 * Own files alone, one range each; the number of hart bits stays the machine's,
 * so that a driver derives the numbers that the APLIC uses.
 */
static void imsic(void)
{
	const struct fixture_edit apart[] = {
		CELLS("/compartments/other", "harts", 1, 3),
		CELLS("/compartments/client", "harts", 2),
	};
	const struct fixture_edit bits =
		CELLS(IMSIC, "riscv,hart-index-bits", 5);
	const struct fixture_edit off =
		STRING("/cpus/cpu@1", "status", "disabled");
	const struct fixture_edit client =
		CELLS("/compartments/client", "harts", 2);
	const struct fixture_edit others[] = {
		CELLS("/compartments/other", "harts", 3),
		DROP("/compartments/other", "boot-hart"),
	};
	const struct fixture_edit often =
		CELLS(IMSIC, "interrupts-extended", 16, 9, 17, 9, 18, 9, 19, 9,
		      17, 9, 17, 9, 17, 9, 17, 9, 17, 9, 17, 9, 17, 9, 17, 9);
	int length;

	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit_all(fixture.manifest, apart, 2);
	build(2);
	EXPECT(IMSIC, "reg", 0, 0x28001000, 0, 0x1000, 0, 0x28003000, 0,
	       0x1000);
	EXPECT(IMSIC, "interrupts-extended", 17, 9, 19, 9);
	EXPECT(IMSIC, "riscv,hart-index-bits", 2);
	EXPECT(IMSIC, "riscv,num-ids", 255);
	EXPECT(IMSIC, "phandle", 42);
	fixture_edit(fixture.machine, &bits);
	build(2);
	EXPECT(IMSIC, "riscv,hart-index-bits", 5);
	CU_ASSERT_PTR_NULL(find("/cpus/cpu@1", "bulkhead,plic-context", NULL));
	/* One that is named more often than there can be harts. */
	fixture_edit(fixture.machine, &often);
	build(2);
	(void)find(IMSIC, "interrupts-extended", &length);
	UNIT_ASSERT_INT(length, 8 * MODEL_HARTS_MAX);
	/* A hart that is off has its place still. */
	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &off);
	fixture_edit(fixture.manifest, &client);
	fixture_edit_all(fixture.manifest, others, 2);
	build(CLIENT_INDEX);
	EXPECT(IMSIC, "reg", 0, 0x28002000, 0, 0x1000);
	EXPECT(IMSIC, "interrupts-extended", 18, 9);
	EXPECT(IMSIC, "riscv,hart-index-bits", 2);
}

/* What is off, or not there, is in no tree. */
static void no_controller(void)
{
	const struct fixture_edit off = STRING(IMSIC, "status", "disabled");
	const struct fixture_edit gone = DROP_NODE(CONTROLLER);

	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &off);
	build(2);
	CU_ASSERT(!has(IMSIC));
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &gone);
	build(0);
	CU_ASSERT(!has(CONTROLLER) && !has("/soc/rtc@101000"));
	CU_ASSERT(has("/soc/disk@10001000"));
	CU_ASSERT_PTR_NULL(find("/cpus/cpu@0", "bulkhead,plic-context", NULL));
	CU_ASSERT_PTR_NULL(find("/cpus/cpu@0", "bulkhead,imsic", NULL));
}

/* Of a real device: a level that messages would not repeat, but VirtIO's. */
static void edges(void)
{
	const struct fixture_edit two =
		CELLS("/soc/disk@10001000", "interrupts", 1, 4, 20, 4);

	build_guest(FIXTURE_PLIC, true, 0);
	EXPECT("/soc/disk@10001000", "interrupts", 1);
	build_guest(FIXTURE_APLIC, true, 0);
	EXPECT("/soc/disk@10001000", "interrupts", 1, 4);
	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &two);
	fixture_grant(&fixture, "/compartments/other", "rtc", "/soc/rtc@101000",
		      "none", false);
	fixture_edit(fixture.manifest, &(struct fixture_edit)
		     STRING("/compartments/other", "restart", "never"));
	build(0);
	EXPECT("/soc/disk@10001000", "interrupts", 1, 1, 20, 1);
	EXPECT("/soc/disk@10001000", "reg", 0, 0x10001000, 0, 0x1000);
	build(2);
	EXPECT("/soc/rtc@101000", "interrupts", 11, 4);
}

/* U-Boot writes its own into /chosen, in place. */
static void room(void)
{
	static const char text[3000] = "a line of arguments";

	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	UNIT_ASSERT_INT(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"),
				    "bootargs", text, sizeof(text)), 0);
	CU_ASSERT(has(FRONT_END));
}

static void add_line(void *context, const char *text)
{
	char *lines = context;

	strcat(lines, text);
	strcat(lines, "\n");
}

static void map(void)
{
	static const char *const granted[] = {
		"compartment client: on hart 1, image client, initrd ramdisk, criticality 1,",
		"  UART that the firmware plays: 0x10000000, interrupt 5\n",
		"1 queue of 64, record record\n  the firmware plays its device for client: 0x91401000, interrupt 7\n",
		"  data grant: server could read and write all memory of client\n",
	};
	static char lines[8192];
	size_t i;

	build_guest(FIXTURE_PLIC, true, 0);
	lines[0] = '\0';
	map_print(&fixture.model, add_line, lines);
	for (i = 0; i < sizeof(granted) / sizeof(granted[0]); i++) {
		if (strstr(lines, granted[i]))
			continue;
		fprintf(stderr, "not in the map: %s\n%s", granted[i], lines);
		CU_FAIL("the map does not say it");
	}
	build_guest(FIXTURE_PLIC, false, 0);
	lines[0] = '\0';
	map_print(&fixture.model, add_line, lines);
	CU_ASSERT_PTR_NULL(strstr(lines, "data grant"));
	fixture_init(&fixture, FIXTURE_PLIC);
	build(0);
	lines[0] = '\0';
	map_print(&fixture.model, add_line, lines);
	CU_ASSERT_PTR_NULL(strstr(lines, "the firmware plays"));
	CU_ASSERT(strstr(lines, "of 64, window disk-window, record") != NULL);
}

static const struct unit_test tests[] = {
	UNIT_TEST(front_end), UNIT_TEST(uart), UNIT_TEST(uart_clock),
	UNIT_TEST(pool), UNIT_TEST(native_beside), UNIT_TEST(too_small),
	UNIT_TEST(granted_data), UNIT_TEST(initrd),
	UNIT_TEST(controllers), UNIT_TEST(imsic), UNIT_TEST(no_controller), UNIT_TEST(edges),
	UNIT_TEST(room), UNIT_TEST(map),
};
UNIT_MAIN("devicetree_guest", tests)
