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

#include "built_tree.h"
#include "unit.h"

#define CLIENT_INDEX	1
#define FRONT_END	"/soc/virtio_mmio@91401000"
#define ARM64_FRONT_END	"/soc/virtio_mmio@51401000"
#define UART		"/soc/serial@10000000"
#define CONTROLLER	"/soc/irq@d000000"
#define IMSIC		"/soc/imsic@28000000"

static struct fixture fixture;

static void build(unsigned int compartment)
{
	built_tree_make(&fixture, compartment);
}

static void build_guest(enum fixture_interrupts interrupts, bool is_granted,
			unsigned int compartment)
{
	built_tree_make_guest(&fixture, interrupts, is_granted, compartment);
}

/* On a PLIC an interrupt is a number; an APLIC is told that it is an edge. */
static void front_end(void)
{
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	built_tree_expect_text(FRONT_END, "compatible", "virtio,mmio");
	EXPECT(FRONT_END, "reg", 0, 0x91401000, 0, 0x1000);
	EXPECT(FRONT_END, "interrupts", 7);
	EXPECT(FRONT_END, "interrupt-parent", 40);
	CU_ASSERT(built_tree_find(FRONT_END, "dma-coherent", NULL) != NULL);
	built_tree_expect_text(FRONT_END, "bulkhead,name", "disk");
	build_guest(FIXTURE_APLIC, true, CLIENT_INDEX);
	EXPECT(FRONT_END, "interrupts", 7, 1);
	EXPECT(UART, "interrupts", 5, 1);
	build_guest(FIXTURE_IMSIC, true, CLIENT_INDEX);
	EXPECT(FRONT_END, "interrupts", 7, 1);
	/* The channel itself is between the firmware and the server. */
	CU_ASSERT(built_tree_has("/bulkhead/channels"));
	CU_ASSERT(!built_tree_has("/bulkhead/channels/disk"));
	CU_ASSERT(!built_tree_has("/bulkhead/windows/record"));
	build_guest(FIXTURE_PLIC, true, 0);
	CU_ASSERT(!built_tree_has(FRONT_END) && !built_tree_has(UART));
	CU_ASSERT(!built_tree_has("/bulkhead/windows/registers"));
}

/* Of a GICv3: an edge, in as many cells as its own devices take. */
static void arm64_front_end(void)
{
	const struct fixture_edit calls =
		STRING("/compartments/client", "console", "calls");
	const struct fixture_edit wide[] = {
		CELLS("/intc@8000000", "#interrupt-cells", 4),
		CELLS("/timer", "interrupts", 1, 13, 4, 0, 1, 14, 4, 0,
		      1, 11, 4, 0, 1, 10, 4, 0),
	};
	const struct fixture_edit disk =
		DROP_NODE("/compartments/server/devices");
	unsigned int i;

	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_add_guest(&fixture, true);
	fixture_edit(fixture.manifest, &calls);
	build(CLIENT_INDEX);
	built_tree_expect_text(ARM64_FRONT_END, "compatible", "virtio,mmio");
	EXPECT(ARM64_FRONT_END, "reg", 0, 0x51401000, 0, 0x1000);
	EXPECT(ARM64_FRONT_END, "interrupts", 0, 196, 1);
	EXPECT("/", "interrupt-parent", 0x8005);
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		fixture_edit(fixture.machine, &wide[i]);
	fixture_edit(fixture.manifest, &disk);
	build(CLIENT_INDEX);
	EXPECT(ARM64_FRONT_END, "interrupts", 0, 196, 1, 0);
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
	built_tree_expect_text("/chosen", "stdout-path", UART);
	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	built_tree_expect_text("/chosen", "stdout-path", "/soc/serial@10000000:115200");
	built_tree_expect_text(UART, "compatible", "ns16550a");
	EXPECT(UART, "reg", 0, 0x10000000, 0, 0x100);
	EXPECT(UART, "interrupts", 5);
	EXPECT(UART, "interrupt-parent", 40);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit_all(fixture.machine, options, 3);
	build(CLIENT_INDEX);
	built_tree_expect_text("/chosen", "stdout-path", "/soc/serial@10000000:115200n8");
	EXPECT(UART, "clock-frequency", 3686400);
	EXPECT(UART, "interrupts", 5);
	CU_ASSERT_PTR_NULL(built_tree_find(UART, "interrupts-extended", NULL));
	/* A compartment that calls has none, nor a path to one. */
	build(0);
	CU_ASSERT(!built_tree_has(UART));
	CU_ASSERT_PTR_NULL(built_tree_find("/chosen", "stdout-path", &length));
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
	CU_ASSERT(!built_tree_has("/clocks/quartz"));
	EXPECT("/clocks/crystal", "phandle", 77);
	EXPECT(UART, "clocks", 77);
	built_tree_expect_text(UART, "clock-names", "baud");
	build(0);
	CU_ASSERT(!built_tree_has("/clocks"));
	fixture_edit(fixture.machine, &driven);
	build(CLIENT_INDEX);
	CU_ASSERT(!built_tree_has("/clocks"));
	CU_ASSERT_PTR_NULL(built_tree_find(UART, "clocks", NULL));
	CU_ASSERT_PTR_NULL(built_tree_find(UART, "clock-names", NULL));
}

/* In a memory node, reserved, and named by the device; no number twice. */
static void pool(void)
{
	const struct fixture_edit high =
		CELLS(CONTROLLER, "phandle", 0xfffffffe);
	const char *reserved = "/reserved-memory/restricted-dma-pool@91001000";

	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	EXPECT("/memory@90400000", "reg", 0, 0x90400000, 0, 0x400000);
	built_tree_expect_text("/memory@91001000", "device_type", "memory");
	EXPECT("/memory@91001000", "reg", 0, 0x91001000, 0, 0x3ff000);
	EXPECT("/reserved-memory", "#address-cells", 2);
	EXPECT("/reserved-memory", "#size-cells", 2);
	CU_ASSERT(built_tree_find("/reserved-memory", "ranges", NULL) != NULL);
	built_tree_expect_text(reserved, "compatible", "restricted-dma-pool");
	EXPECT(reserved, "reg", 0, 0x91001000, 0, 0x3ff000);
	CU_ASSERT_PTR_NULL(built_tree_find(reserved, "no-map", NULL));
	EXPECT(reserved, "phandle", 41);
	EXPECT(FRONT_END, "memory-region", 41);
	build(0);
	CU_ASSERT(!built_tree_has("/reserved-memory") && !built_tree_has("/memory@91001000"));
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	CU_ASSERT(!built_tree_has("/reserved-memory") && !built_tree_has("/memory@91001000"));
	CU_ASSERT_PTR_NULL(built_tree_find(FRONT_END, "memory-region", NULL));
	fixture_init(&fixture, FIXTURE_APLIC);
	fixture_add_guest(&fixture, false);
	fixture_edit(fixture.machine, &high);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	UNIT_ASSERT_INT(devicetree_build(&fixture.model, CLIENT_INDEX, built_tree,
					 sizeof(built_tree)),
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
	CU_ASSERT(built_tree_has("/memory@91001000") && built_tree_has(FRONT_END));
	CU_ASSERT(!built_tree_has("/memory@91201000"));
	CU_ASSERT(!built_tree_has("/reserved-memory/restricted-dma-pool@91201000"));
	CU_ASSERT(!built_tree_has("/bulkhead/channels/disk"));
	built_tree_expect_text("/bulkhead/channels/second", "role", "client");
	EXPECT("/bulkhead/channels/second", "pool", 0, 0x91201000, 0, 0x10000);
}

static void too_small(void)
{
	int size, needed;

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_add_guest(&fixture, false);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	needed = devicetree_build(&fixture.model, CLIENT_INDEX, built_tree,
				  sizeof(built_tree));
	for (size = 0; size < needed; size += 8)
		UNIT_ASSERT_INT(devicetree_build(&fixture.model, CLIENT_INDEX,
						 built_tree, (size_t)size),
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
	built_tree_expect_text(channel, "data", "grant");
	EXPECT(channel, "memory", 0, 0x90400000, 0, 0x200000, 0, 0x98000000,
	       0, 0x100000);
	EXPECT(channel, "control", 0, 0x90801000, 0, 0x1000);
	EXPECT(channel, "record", 0, 0x90800000, 0, 0x1000);
	CU_ASSERT_PTR_NULL(built_tree_find(channel, "pool", NULL));
	/* Of the client's memory the server's tree has no memory node. */
	CU_ASSERT(!built_tree_has("/memory@90400000"));
	build_guest(FIXTURE_PLIC, false, 0);
	built_tree_expect_text(channel, "data", "window");
	CU_ASSERT_PTR_NULL(built_tree_find(channel, "memory", NULL));
	EXPECT(channel, "pool", 0, 0x91001000, 0, 0x3ff000);
}

static void initrd(void)
{
	build_guest(FIXTURE_PLIC, true, CLIENT_INDEX);
	CU_ASSERT_PTR_NULL(built_tree_find("/chosen", "linux,initrd-start", NULL));
	CU_ASSERT_PTR_NULL(built_tree_find("/chosen", "linux,initrd-end", NULL));
	fixture.model.compartments[CLIENT_INDEX].initrd_range =
		(struct memory_range){ 0x90700000, 0x1234 };
	CU_ASSERT(devicetree_build(&fixture.model, CLIENT_INDEX, built_tree,
				   sizeof(built_tree)) > 0);
	EXPECT("/chosen", "linux,initrd-start", 0, 0x90700000);
	EXPECT("/chosen", "linux,initrd-end", 0, 0x90701234);
	built_tree_expect_text("/chosen", "bootargs", "rounds=3");
}

/* U-Boot writes its own into /chosen, in place. */
static void room(void)
{
	static const char text[3000] = "a line of arguments";

	build_guest(FIXTURE_PLIC, false, CLIENT_INDEX);
	UNIT_ASSERT_INT(fdt_setprop(built_tree, fdt_path_offset(built_tree, "/chosen"),
				    "bootargs", text, sizeof(text)), 0);
	CU_ASSERT(built_tree_has(FRONT_END));
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
	UNIT_TEST(front_end), UNIT_TEST(arm64_front_end),
	UNIT_TEST(uart), UNIT_TEST(uart_clock),
	UNIT_TEST(pool), UNIT_TEST(native_beside), UNIT_TEST(too_small),
	UNIT_TEST(granted_data), UNIT_TEST(initrd), UNIT_TEST(room),
	UNIT_TEST(map),
};
UNIT_MAIN("devicetree_guest", tests)
