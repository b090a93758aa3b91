/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What takes more than a wrong word to go wrong: references by numbers that
 * are none, addresses of odd buses, reports that overflow, ranges that touch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <compartment/error.h>
#include <compartment/grant.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"
#define S	"/compartments/server"
#define CH	"/channels/disk"
#define W	"/windows/disk-window"
#define R	"/windows/record"
#define DISK	"/compartments/server/devices/disk"
#define NODE	"/soc/disk@10001000"
#define BUS	"/soc/bus"
#define IT	"/soc/bus/it"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct fixture fixture;

static void expect(const char *where, const char *property, const char *words)
{
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_INVALID, where,
				     property, words));
}

static void init(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
}

static void references(void)
{
	/* A node without a phandle is not the one that 0 names. */
	const struct fixture_edit nameless[] = {
		DROP_NODE("/links/other-link"),
		DROP("/compartments/other", "phandle"),
		CELLS("/", "cold-boot", 0),
	};
	const struct fixture_edit server = CELLS(CH, "server", OTHER);
	const struct fixture_edit access = STRING(W, "access", "r\0rw");
	const struct fixture_edit word = { EDIT_SET, C, "restart", "x", 1 };
	const struct fixture_edit behind = CELLS(CH, "record", RECORD, 0x2000);
	/* Any other name of a device would be a second one. */
	const struct fixture_edit alias[] = {
		ADD_NODE("/", "aliases"), STRING("/aliases", "disk", NODE),
	};
	const struct fixture_edit by_alias = STRING(DISK, "path", "disk");

	init();
	fixture_edit_all(fixture.manifest, nameless, 3);
	expect("/: ", "cold-boot", "phandle 0 is no compartment");
	init();
	fixture_edit(fixture.manifest, &server);
	expect(CH, "link", "joins server and client, not server other and client client");
	init();
	fixture_edit(fixture.manifest, &access);
	expect(CH, "pool", "must have server server and client");
	init();
	fixture_edit(fixture.manifest, &word);
	expect(C, "restart", "is \"\"; must be");
	init();
	fixture_edit(fixture.manifest, &behind);
	expect(CH, "record", "0x0 bytes at 0x2000 do not lie inside");
	init();
	fixture_edit_all(fixture.machine, alias, 2);
	fixture_edit(fixture.manifest, &by_alias);
	expect(DISK, "path", "no such node");
}

/* Registers that are none: empty, too far, of more cells than there can be. */
static void no_registers(void)
{
	const struct fixture_edit ranges[] = {
		CELLS(NODE, "reg", 0, 0x10001000, 0, 0),
		CELLS(NODE, "reg", 0, 0x10001000, 0x2000000, 0),
	};
	const struct fixture_edit cells[][2] = {
		{ CELLS(BUS, "#address-cells", 3), CELLS(BUS, "#size-cells", 1) },
		{ CELLS(BUS, "#address-cells", 0), CELLS(BUS, "#size-cells", 1) },
		{ CELLS(BUS, "#address-cells", 1), CELLS(BUS, "#size-cells", 0) },
		{ CELLS(BUS, "#address-cells", 1), CELLS(BUS, "#size-cells", 3) },
	};
	const struct fixture_edit bus[] = {
		ADD_NODE("/soc", "bus"), ADD_NODE(BUS, "it"),
		{ EDIT_SET, BUS, "ranges", NULL, 0 },
		CELLS(IT, "reg", 0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x1000),
	};
	const struct fixture_edit granted[] = {
		STRING(DISK, "path", IT), STRING(S, "restart", "never"),
	};
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		init();
		fixture_edit(fixture.machine, &ranges[i]);
		expect(DISK, "path", "no registers of its own");
	}
	for (i = 0; i < COUNT(cells); i++) {
		init();
		fixture_edit_all(fixture.machine, bus, 4);
		fixture_edit_all(fixture.machine, cells[i], 2);
		fixture_edit_all(fixture.manifest, granted, 2);
		expect(DISK, "path", "no registers of its own");
	}
}

/* Good ones where a careless look would find them wrong. */
static void good_registers(void)
{
	const struct fixture_edit edits[] = {
		/* Where the pages of controllers begin that are not there. */
		CELLS(NODE, "reg", 0, 0, 0, 0x1000),
		/* The second is no address: it is not there either. */
		CELLS(NODE, "reg", 0, 0x10001000, 0, 0x1000, 0x1000000, 0, 0, 0x1000),
		STRING(NODE, "status", "okay"),
		STRING(NODE, "status", "ok"),
		/* The search for whose interrupts they are ends at the root. */
		DROP("/soc", "interrupt-parent"),
	};
	size_t i;

	for (i = 0; i < COUNT(edits); i++) {
		init();
		fixture_edit(fixture.machine, &edits[i]);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
		UNIT_ASSERT_INT(fixture.model.devices[0].reg_count, 1);
	}
}

static void warnings(void)
{
	const struct fixture_edit mystery[] = {
		STRING(DISK, "path", "/soc/mystery@3002000"),
		STRING(DISK, "dma", "none"), STRING(S, "restart", "never"),
		CELLS(C, "criticality", 9),
	};

	init();
	fixture_edit_all(fixture.manifest, mystery, 4);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT(fixture_said(&fixture, "/soc/mystery@3002000", "dma",
			       "nothing is known about test,mystery"));
	CU_ASSERT_FALSE(fixture_said(&fixture, "reach all memory", NULL, NULL));
	compartment_report_warning(NULL, "here", NULL, "nobody listens");
}

static void count_line(void *context, const char *line)
{
	(void)line;
	++*(unsigned int *)context;
}

/* No manifest can make the console scroll for ever. */
static void too_much_to_say(void)
{
	unsigned int lines = 0, i;
	struct compartment_report report = {
		.line = count_line, .context = &lines,
	};

	for (i = 0; i < COMPARTMENT_ERRORS_MAX + 2; i++)
		compartment_report_error(&report, "here", NULL, "wrong");
	UNIT_ASSERT_INT(lines, COMPARTMENT_ERRORS_MAX);
	UNIT_ASSERT_INT(report.errors, COMPARTMENT_ERRORS_MAX + 2);
	for (i = 0; i < COMPARTMENT_ERRORS_MAX + 2; i++)
		compartment_report_warning(&report, "here", NULL, "odd");
	UNIT_ASSERT_INT(lines, 2 * COMPARTMENT_ERRORS_MAX);
}

/* Registers and RAM that touch are two: what is cached differs. */
static void touching(void)
{
	const struct fixture_edit device =
		CELLS(NODE, "reg", 0, 0x7ffff000, 0, 0x1000);
	const struct fixture_edit window =
		CELLS(R, "reg", 0, 0x80000000, 0, 0x1000);
	struct grant list[GRANTS_MAX];
	unsigned int i, count, found = 0;

	init();
	fixture.board.firmware.base = 0x81000000;
	fixture_edit(fixture.machine, &device);
	fixture_edit(fixture.manifest, &window);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	count = grant_list(&fixture.model, 0, 0, list, GRANTS_MAX);
	for (i = 0; i < count; i++) {
		if (list[i].range.base != 0x7ffff000 &&
		    list[i].range.base != 0x80000000)
			continue;
		UNIT_ASSERT_INT(list[i].mmio, list[i].range.base == 0x7ffff000);
		UNIT_ASSERT_INT(list[i].range.size, 0x1000);
		found++;
	}
	UNIT_ASSERT_INT(found, 2);
}

/* More than the firmware has room for when it counts. */
static void too_many_ranges(void)
{
	char name[8], path[16];
	unsigned int i;

	init();
	for (i = 0; i < MODEL_DEVICES_MAX - 1; i++) {
		const uint32_t base = 0x20000000 + i * 0x10000;
		const struct fixture_edit edits[] = {
			ADD_NODE("/soc", name),
			STRING(path, "compatible", "virtio,mmio"),
			CELLS(path, "reg", 0, base, 0, 0x1000,
			      0, base + 0x4000, 0, 0x1000),
		};

		snprintf(name, sizeof(name), "d%u", i);
		snprintf(path, sizeof(path), "/soc/%s", name);
		fixture_edit_all(fixture.machine, edits, 3);
		fixture_grant(&fixture, S, name, path, "trusted", false);
	}
	expect(S, "harts", "hart 0 is granted more than 64 separate ranges");
}

/* A list that is full stays so, and nothing is put behind it. */
static void full_lists(void)
{
	struct grant *list = calloc(1, sizeof(*list));

	CU_ASSERT_FATAL(list != NULL);
	init();
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(grant_list(&fixture.model, 0, 0, list, 1),
			GRANT_TOO_MANY);
	free(list);
}

static const struct unit_test tests[] = {
	UNIT_TEST(references), UNIT_TEST(no_registers),
	UNIT_TEST(good_registers), UNIT_TEST(warnings),
	UNIT_TEST(too_much_to_say), UNIT_TEST(touching),
	UNIT_TEST(too_many_ranges), UNIT_TEST(full_lists),
};
UNIT_MAIN("manifest_odd", tests)
