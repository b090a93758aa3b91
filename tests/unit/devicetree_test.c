/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A compartment's own tree and the partition map: what is there, and that
 * nothing of another compartment is.
 */
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/devicetree.h>
#include <compartment/map.h>

#include "manifest_fixture.h"
#include "unit.h"

static struct fixture fixture;
static uint64_t tree[MODEL_TREE_SIZE / 8];

static void build(enum fixture_interrupts interrupts, unsigned int compartment)
{
	int size;

	fixture_init(&fixture, interrupts);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	size = devicetree_build(&fixture.model, compartment, tree,
				sizeof(tree));
	CU_ASSERT_FATAL(size > 0);
	UNIT_ASSERT_INT(fdt_check_full(tree, (size_t)size), 0);
}

static int at(const char *path)
{
	int node = fdt_path_offset(tree, path);

	if (node < 0) {
		fprintf(stderr, "%s is not there\n", path);
		CU_FAIL_FATAL("a node is missing");
	}
	return node;
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

	found = fdt_getprop(tree, at(path), property, &length);
	CU_ASSERT_FATAL(found && length == 4 * count);
	for (i = 0; i < count; i++)
		UNIT_ASSERT_INT(fdt32_to_cpu(found[i]), cells[i]);
}

#define EXPECT(path, property, ...)					\
	expect_cells(path, property, (const uint32_t[]){ __VA_ARGS__ },	\
		     sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void expect_text(const char *path, const char *property,
			const char *text, int size)
{
	const char *found;
	int length;

	found = fdt_getprop(tree, at(path), property, &length);
	CU_ASSERT_FATAL(found && length == size);
	UNIT_ASSERT_INT(memcmp(found, text, (size_t)size), 0);
}

#define EXPECT_TEXT(path, property, text)				\
	expect_text(path, property, text, sizeof(text))

static void server(void)
{
	build(FIXTURE_PLIC, 0);
	EXPECT_TEXT("/", "compatible", "bulkhead,compartment");
	EXPECT_TEXT("/", "model", "server");
	EXPECT_TEXT("/chosen", "bootargs", "");
	EXPECT("/cpus", "timebase-frequency", 10000000);
	EXPECT_TEXT("/cpus/cpu@0", "riscv,isa", "rv64imac");
	EXPECT("/cpus/cpu@0", "bulkhead,plic-context", 1);
	CU_ASSERT(has("/cpus/cpu@0/interrupt-controller"));
	CU_ASSERT(!has("/cpus/cpu@1"));
	EXPECT("/memory@90000000", "reg", 0, 0x90000000, 0, 0x400000);
	EXPECT("/soc/disk@10001000", "reg", 0, 0x10001000, 0, 0x1000);
	EXPECT_TEXT("/soc/disk@10001000", "compatible", "virtio,mmio");
	EXPECT_TEXT("/soc/disk@10001000", "bulkhead,name", "disk");
	CU_ASSERT(!has("/soc/disk@10002000"));
	EXPECT("/bulkhead/windows/disk-window", "reg", 0, 0x91000000, 0,
	       0x400000);
	EXPECT_TEXT("/bulkhead/windows/disk-window", "access", "rw");
	EXPECT_TEXT("/bulkhead/windows/disk-window", "members",
		    "server\0client");
	EXPECT("/bulkhead/links/disk-link", "link", 1);
	EXPECT_TEXT("/bulkhead/links/disk-link", "peer", "client");
	EXPECT("/bulkhead/links/other-link", "link", 0);
	EXPECT_TEXT("/bulkhead/channels/disk", "role", "server");
	EXPECT_TEXT("/bulkhead/channels/disk", "device", "block");
	EXPECT("/bulkhead/channels/disk", "link", 1);
	EXPECT("/bulkhead/channels/disk", "bit", 0);
	EXPECT("/bulkhead/channels/disk", "control", 0, 0x91000000, 0, 0x1000);
	EXPECT("/bulkhead/channels/disk", "pool", 0, 0x91001000, 0, 0x3ff000);
	EXPECT("/bulkhead/channels/disk", "record", 0, 0x90800000, 0, 0x1000);
	EXPECT("/bulkhead/channels/disk", "queues", 1);
	EXPECT("/bulkhead/channels/disk", "queue-size", 64);
	EXPECT_TEXT("/bulkhead/channels/disk", "data", "window");
}

static void client(void)
{
	build(FIXTURE_PLIC, 1);
	EXPECT_TEXT("/chosen", "bootargs", "rounds=3");
	EXPECT("/bulkhead/links/disk-link", "link", 0);
	EXPECT_TEXT("/bulkhead/links/disk-link", "peer", "server");
	EXPECT_TEXT("/bulkhead/channels/disk", "role", "client");
	EXPECT("/bulkhead/channels/disk", "link", 0);
	/* The record is the server's secret. */
	CU_ASSERT_PTR_NULL(fdt_getprop(tree, at("/bulkhead/channels/disk"),
				       "record", NULL));
	CU_ASSERT(!has("/bulkhead/windows/record"));
	CU_ASSERT(!has("/bulkhead/links/other-link"));
	CU_ASSERT(!has("/soc/disk@10001000"));
}

static void other(void)
{
	build(FIXTURE_IMSIC, 2);
	CU_ASSERT(has("/cpus/cpu@2") && has("/cpus/cpu@3"));
	EXPECT("/cpus/cpu@3", "bulkhead,imsic", 0, 0x28003000, 0, 0x1000);
	EXPECT("/bulkhead/observes", "client", 1);
	UNIT_ASSERT_INT(fdt_first_subnode(tree, at("/bulkhead/channels")),
			-FDT_ERR_NOTFOUND);
	UNIT_ASSERT_INT(fdt_first_subnode(tree, at("/bulkhead/windows")),
			-FDT_ERR_NOTFOUND);
}

/* Positions are context numbers: foreign harts stay, as absent ones. */
static void controller_targets(void)
{
	build(FIXTURE_PLIC, 0);
	EXPECT("/soc/irq@d000000", "interrupts-extended", 16, 11, 16, 9,
	       16, ~0U, 16, ~0U, 16, ~0U, 16, ~0U, 16, ~0U, 16, ~0U);
	build(FIXTURE_APLIC, 0);
	EXPECT("/soc/irq@d000000", "interrupts-extended", 16, 9, 16, ~0U,
	       16, ~0U, 16, ~0U);
}

static bool has_property(const char *path, const char *property)
{
	return fdt_getprop(tree, at(path), property, NULL);
}

static void arm64_processors(void)
{
	build(FIXTURE_GICV3, 2);
	EXPECT("/", "interrupt-parent", 0x8005);
	EXPECT("/cpus", "#address-cells", 1);
	EXPECT("/cpus/cpu@2", "reg", 2);
	EXPECT("/cpus/cpu@3", "reg", 3);
	EXPECT("/cpus/cpu@2", "bulkhead,doorbell", 226);
	EXPECT("/cpus/cpu@3", "bulkhead,doorbell", 227);
	EXPECT_TEXT("/cpus/cpu@3", "compatible", "arm,cortex-a72");
	EXPECT_TEXT("/cpus/cpu@3", "device_type", "cpu");
	EXPECT_TEXT("/cpus/cpu@3", "enable-method", "psci");
	CU_ASSERT(!has("/cpus/cpu@0") && !has("/cpus/cpu-map"));
	EXPECT_TEXT("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2");
	EXPECT_TEXT("/psci", "method", "hvc");
	EXPECT_TEXT("/timer", "compatible", "arm,armv8-timer\0arm,armv7-timer");
	EXPECT("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	CU_ASSERT(has_property("/timer", "always-on"));
	CU_ASSERT(!has("/clocks") && !has("/pmu") && !has("/fw-cfg@9020000"));
}

/* The distributor is everybody's, of the redistributors there are but the own. */
static void arm64_interrupts(void)
{
	const char *gic = "/interrupt-controller@8000000";

	build(FIXTURE_GICV3, 2);
	EXPECT_TEXT(gic, "compatible", "arm,gic-v3");
	EXPECT(gic, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80e0000, 0, 0x20000,
	       0, 0x8100000, 0, 0x20000);
	EXPECT(gic, "#redistributor-regions", 2);
	EXPECT(gic, "#interrupt-cells", 3);
	EXPECT(gic, "phandle", 0x8005);
	CU_ASSERT(has_property(gic, "interrupt-controller"));
	UNIT_ASSERT_INT(fdt_first_subnode(tree, at(gic)), -FDT_ERR_NOTFOUND);
	build(FIXTURE_GICV3, 0);
	EXPECT(gic, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x20000);
	EXPECT(gic, "#redistributor-regions", 1);
}

/* A binding's `reg` may list more behind the distributor's own registers. */
static void arm64_distributor(void)
{
	const struct fixture_edit large =
		CELLS("/intc@8000000", "reg", 0, 0x8000000, 0, 0x40000, 0,
		      0x80a0000, 0, 0xf60000);

	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_edit(fixture.machine, &large);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.machine.distributor.size, 0x40000);
	CU_ASSERT(devicetree_build(&fixture.model, 0, tree, sizeof(tree)) > 0);
	EXPECT("/interrupt-controller@8000000", "reg", 0, 0x8000000, 0,
	       0x10000, 0, 0x80a0000, 0, 0x20000);
}

static void arm64_devices(void)
{
	build(FIXTURE_GICV3, 0);
	EXPECT("/soc/virtio_mmio@a000000", "reg", 0, 0xa000000, 0, 0x200);
	EXPECT("/soc/virtio_mmio@a000000", "interrupts", 0, 16, 1);
	EXPECT_TEXT("/soc/virtio_mmio@a000000", "bulkhead,name", "disk");
	CU_ASSERT(has_property("/soc/virtio_mmio@a000000", "dma-coherent"));
	/* What came along has no name of the manifest. */
	EXPECT("/soc/virtio_mmio@a000e00", "interrupts", 0, 23, 1);
	CU_ASSERT(!has_property("/soc/virtio_mmio@a000e00", "bulkhead,name"));
	CU_ASSERT(!has("/soc/virtio_mmio@a001000"));
}

/* Fixed clocks come along; others are nobody's, and are not named. */
static void clocks(void)
{
	const struct fixture_edit timer[] = {
		STRING("/compartments/server", "restart", "never"),
		STRING("/compartments/server/devices/disk", "path",
		       "/pl031@9010000"),
		STRING("/compartments/server/devices/disk", "dma", "none"),
	};
	const struct fixture_edit other =
		STRING("/apb-pclk", "compatible", "test,clock");
	const char *device = "/soc/pl031@9010000";
	size_t i;

	fixture_init(&fixture, FIXTURE_GICV3);
	for (i = 0; i < 3; i++)
		fixture_edit(fixture.manifest, &timer[i]);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	CU_ASSERT(devicetree_build(&fixture.model, 0, tree, sizeof(tree)) > 0);
	EXPECT("/clocks/apb-pclk", "phandle", 0x8000);
	EXPECT("/clocks/apb-pclk", "clock-frequency", 24000000);
	EXPECT(device, "clocks", 0x8000);
	EXPECT_TEXT(device, "clock-names", "apb_pclk");
	CU_ASSERT(devicetree_build(&fixture.model, 1, tree, sizeof(tree)) > 0);
	CU_ASSERT(!has("/clocks"));
	fixture_edit(fixture.machine, &other);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	CU_ASSERT(devicetree_build(&fixture.model, 0, tree, sizeof(tree)) > 0);
	CU_ASSERT(!has("/clocks"));
	EXPECT(device, "interrupts", 0, 2, 4);
	CU_ASSERT(!has_property(device, "clocks"));
	CU_ASSERT(!has_property(device, "clock-names"));
}

static void too_small(void)
{
	int size, needed;

	fixture_init(&fixture, FIXTURE_PLIC);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	needed = devicetree_build(&fixture.model, 0, tree, sizeof(tree));
	for (size = 0; size < needed; size += 8)
		UNIT_ASSERT_INT(devicetree_build(&fixture.model, 0, tree,
				(size_t)size), COMPARTMENT_ERR_NO_SPACE);
}

static void add_line(void *context, const char *text)
{
	char *lines = context;

	strcat(lines, text);
	strcat(lines, "\n");
}

static void check_map(enum fixture_interrupts interrupts,
		      const char *const *expected, size_t count)
{
	static char lines[8192];
	size_t i;

	lines[0] = '\0';
	fixture_init(&fixture, interrupts);
	CU_ASSERT_FATAL(fixture_parse(&fixture) == COMPARTMENT_OK);
	map_print(&fixture.model, add_line, lines);
	for (i = 0; i < count; i++) {
		if (strstr(lines, expected[i]))
			continue;
		fprintf(stderr, "not in the map: %s\n%s", expected[i], lines);
		CU_FAIL("the map does not say it");
	}
}

#define CHECK_MAP(interrupts, expected)					\
	check_map(interrupts, expected, sizeof(expected) / sizeof((expected)[0]))

static void map(void)
{
	static const char *const plic[] = {
		"system: a good system\n",
		"4 harts of which 0 parked, 16 protection entries per hart, 1 kept",
		"compartment server: on hart 0, image server, criticality 2, restart always, 5 of 15 protection entries\n",
		"  memory: 0x90000000-0x903fffff (4096 KiB)\n",
		": 0x10001000-0x10001fff (4 KiB), interrupt 1, dma trusted: could reach all memory, /soc/disk@10001000\n",
		"  PLIC context of hart 3: 0xd207000\n",
		"compartment other: on harts 2 3,",
		"  observes: client\n",
		"window disk-window: 0x91000000-0x913fffff (4096 KiB), server rw, client rw\n",
		"link disk-link: server (number 1) with client (number 0)\n",
		"channel disk: block from server to client, link disk-link bits 0-1, 1 queue of 64, window disk-window, record record\n",
	};
	static const char *const imsic[] = {
		"  interrupt file of hart 3: 0x28003000\n",
	};
	static const char *const gicv3[] = {
		"0 parked, 16 translation tables per compartment\n",
		"criticality 2, restart always, 5 of 16 translation tables\n",
		"  device disk: 0xa000000-0xa000fff (4 KiB), interrupt 48, dma trusted: could reach all memory, /virtio_mmio@a000000\n    its pages",
		"    its pages also hold 7 other devices, granted with it: virtio_mmio@a000200 virtio_mmio@a000400 ",
		" virtio_mmio@a000e00\n  doorbell of hart 0: interrupt 224\n",
		"  doorbell of hart 3: interrupt 227\n  observes: client\n",
	};

	CHECK_MAP(FIXTURE_PLIC, plic);
	CHECK_MAP(FIXTURE_IMSIC, imsic);
	CHECK_MAP(FIXTURE_GICV3, gicv3);
}

/* What a line may hold, and that a long one is cut, not overrun. */
static void formats(void)
{
	char lines[2 * COMPARTMENT_LINE_MAX] = "", letters[COMPARTMENT_LINE_MAX];
	struct compartment_report report = { .line = add_line, .context = lines };

	compartment_report_error(&report, "here", "it", "%s %u %lx%%", "c",
				 42U, 0xabcUL);
	CU_ASSERT_STRING_EQUAL(lines, "here: it: c 42 abc%\n");
	lines[0] = '\0';
	compartment_report_error(&report, "here", NULL, "%lu", ~0UL);
	CU_ASSERT_STRING_EQUAL(lines, "here: 18446744073709551615\n");
	lines[0] = '\0';
	memset(letters, 'x', sizeof(letters) - 1);
	letters[sizeof(letters) - 1] = '\0';
	compartment_report_error(&report, "here", NULL, "%s", letters);
	UNIT_ASSERT_INT(strlen(lines), COMPARTMENT_LINE_MAX);
}

static const struct unit_test tests[] = {
	UNIT_TEST(server), UNIT_TEST(client), UNIT_TEST(other),
	UNIT_TEST(controller_targets), UNIT_TEST(arm64_processors),
	UNIT_TEST(arm64_interrupts), UNIT_TEST(arm64_distributor),
	UNIT_TEST(arm64_devices), UNIT_TEST(clocks), UNIT_TEST(too_small),
	UNIT_TEST(map), UNIT_TEST(formats),
};
UNIT_MAIN("devicetree", tests)
