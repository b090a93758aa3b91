/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of the manifest that need more than one edit to break, or a machine
 * that is different; see manifest_rules_test.c for all others.
 */
#include <stdio.h>
#include <string.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"
#define S	"/compartments/server"
#define CH	"/channels/disk"
#define DISK	"/compartments/server/devices/disk"

struct rule {
	const char *where;
	const char *property;
	const char *words;
};

/* Whether the fixture refuses and says so; prints what it said if not. */
static void expect(struct fixture *fixture, const struct rule *rule)
{
	char property[32] = "";
	int rc = fixture_parse(fixture);

	if (rule->property)
		snprintf(property, sizeof(property), ": %s: ", rule->property);
	if (rc == COMPARTMENT_ERR_INVALID &&
	    fixture_said(fixture, rule->where, property, rule->words)) {
		CU_PASS("");
		return;
	}
	fprintf(stderr, "expected \"%s%s ... %s\", got %d:\n%s", rule->where,
		property, rule->words, rc, fixture->lines);
	CU_FAIL("a rule is not enforced");
}

static void add_channel(struct fixture *fixture, const char *name, uint32_t bit)
{
	char path[32];
	const struct fixture_edit edits[] = {
		ADD_NODE("/channels", name),
		STRING(path, "device", "block"),
		CELLS(path, "server", SERVER), CELLS(path, "client", CLIENT),
		CELLS(path, "link", DISK_LINK),
		CELLS(path, "control", DISK_WINDOW, 0x200000),
		CELLS(path, "pool", DISK_WINDOW, 0x201000, 0x10000),
		CELLS(path, "queues", 2), CELLS(path, "queue-size", 16),
		CELLS(path, "bit", bit),
		CELLS(CH, "pool", DISK_WINDOW, 0x1000, 0x10000),
	};
	size_t i;

	snprintf(path, sizeof(path), "/channels/%s", name);
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		fixture_edit(fixture->manifest, &edits[i]);
}

static void two_channels(void)
{
	static struct fixture fixture;
	const struct rule overlap = { CH, "bit", "overlap bits 1..3 of channel" };
	const struct rule same = { "/channels/disk", NULL, "another channel" };
	const struct fixture_edit rename = RENAME("/channels/second", "disk");

	fixture_init(&fixture, FIXTURE_PLIC);
	add_channel(&fixture, "second", 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	fixture_init(&fixture, FIXTURE_PLIC);
	add_channel(&fixture, "second", 1);
	expect(&fixture, &overlap);
	fixture_init(&fixture, FIXTURE_PLIC);
	add_channel(&fixture, "second", 2);
	fixture_edit(fixture.manifest, &rename);
	expect(&fixture, &same);
	/* The last bit that is not the firmware's. */
	fixture_init(&fixture, FIXTURE_PLIC);
	add_channel(&fixture, "second", 60);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
}

/* Grants of `path` to the client, beside the server's. */
static void grant(struct fixture *fixture, const char *path, const char *dma)
{
	const struct fixture_edit edits[] = {
		ADD_NODE(C, "devices"), ADD_NODE(C "/devices", "it"),
		{ EDIT_SET, C "/devices/it", "path", path, strlen(path) + 1 },
		{ EDIT_SET, C "/devices/it", "dma", dma, strlen(dma) + 1 },
	};
	size_t i;

	for (i = 0; i < 4; i++)
		fixture_edit(fixture->manifest, &edits[i]);
}

static void second_owners(void)
{
	static struct fixture fixture;
	const struct rule disk = { C "/devices/it", "path", "a device has one owner" };
	const struct rule shadow = { C "/devices/it", "path", "overlaps 0x10001000..0x10001fff, which is device /soc/disk@10001000" };
	const struct fixture_edit never = STRING(C, "restart", "never");

	fixture_init(&fixture, FIXTURE_PLIC);
	grant(&fixture, "/soc/disk@10001000", "trusted");
	expect(&fixture, &disk);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.manifest, &never);
	grant(&fixture, "/soc/shadow@10001800", "none");
	expect(&fixture, &shadow);
}

static void interrupt_controllers(void)
{
	static struct fixture fixture;
	const struct rule filtered = { C "/devices/it", "path", "filters it by source" };
	const struct rule machine = { C "/devices/it", "path", "machine level" };
	const struct rule files = { C "/devices/it", "path", "owners of their harts" };

	fixture_init(&fixture, FIXTURE_PLIC);
	grant(&fixture, "/soc/irq@d000000", "none");
	expect(&fixture, &filtered);
	fixture_init(&fixture, FIXTURE_IMSIC);
	grant(&fixture, "/soc/irq@d000000", "none");
	expect(&fixture, &filtered);
	fixture_init(&fixture, FIXTURE_APLIC);
	grant(&fixture, "/soc/machine@c000000", "none");
	expect(&fixture, &machine);
	fixture_init(&fixture, FIXTURE_IMSIC);
	grant(&fixture, "/soc/machine@c000000", "none");
	expect(&fixture, &machine);
	fixture_init(&fixture, FIXTURE_IMSIC);
	grant(&fixture, "/soc/imsic@24000000", "none");
	expect(&fixture, &machine);
	fixture_init(&fixture, FIXTURE_IMSIC);
	grant(&fixture, "/soc/imsic@28000000", "none");
	expect(&fixture, &files);
}

/* A device that lies where a hart takes its interrupts. */
static void interrupt_page(void)
{
	static struct fixture fixture;
	const struct rule rule = { C "/devices/it", "path", "which is the interrupt controller" };
	/* A hart's context, what all contexts share, and the same of an APLIC. */
	const struct fixture_edit moves[] = {
		CELLS("/soc/disk@10002000", "reg", 0, 0xd201000, 0, 0x1000),
		CELLS("/soc/disk@10002000", "reg", 0, 0xd003000, 0, 0x1000),
		CELLS("/soc/disk@10002000", "reg", 0, 0xd007000, 0, 0x1000),
		CELLS("/soc/disk@10002000", "reg", 0, 0x28003000, 0, 0x1000),
	};
	static const enum fixture_interrupts machines[] = {
		FIXTURE_PLIC, FIXTURE_PLIC, FIXTURE_APLIC, FIXTURE_IMSIC,
	};
	size_t i;

	for (i = 0; i < 4; i++) {
		fixture_init(&fixture, machines[i]);
		fixture_edit(fixture.machine, &moves[i]);
		grant(&fixture, "/soc/disk@10002000", "trusted");
		expect(&fixture, &rule);
	}
}

static void bus(void)
{
	static struct fixture fixture;
	const struct rule disabled = { DISK, "path", "disabled" };
	const struct rule translates = { DISK, "path", "bus translates" };
	const struct rule many = { DISK, "path", "more than 2 ranges" };
	const struct fixture_edit off =
		STRING("/soc/disk@10001000", "status", "disabled");
	const struct fixture_edit ranges =
		CELLS("/soc", "ranges", 0, 0, 1, 0, 0, 0x10000000);
	const struct fixture_edit three =
		CELLS("/soc/disk@10001000", "reg", 0, 0x11000000, 0, 0x1000,
		      0, 0x11002000, 0, 0x1000, 0, 0x11004000, 0, 0x1000);

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &off);
	expect(&fixture, &disabled);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &ranges);
	expect(&fixture, &translates);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &three);
	expect(&fixture, &many);
}

static void protection_entries(void)
{
	static struct fixture fixture;
	const struct rule rule = { S, "harts", "protection entries, 4 are available" };

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture.board.protection_units = 6;
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	fixture.board.protection_units = 5;
	expect(&fixture, &rule);
	fixture.board.protection_kept = 9;
	fixture_parse(&fixture);
	CU_ASSERT(fixture_said(&fixture, S, "harts", "0 are available"));
	/* Entries are a hart's own: each is told. */
	UNIT_ASSERT_INT(fixture.report.errors, 4);
	CU_ASSERT(fixture_said(&fixture, "/compartments/other", "harts",
			       "hart 2 needs"));
	CU_ASSERT(fixture_said(&fixture, "/compartments/other", "harts",
			       "hart 3 needs"));
}

static void add_many(struct fixture *fixture, const char *parent,
		     unsigned int count)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < count; i++) {
		const struct fixture_edit edit = ADD_NODE(parent, name);

		snprintf(name, sizeof(name), "n%u", i);
		fixture_edit(fixture->manifest, &edit);
	}
}

/* Looks for one line among more than a report hands out. */
struct search {
	struct compartment_report report;
	const char *where;
	const char *words;
	bool found;
};

static void search_line(void *context, const char *text)
{
	struct search *search = context;

	search->report.errors = 1;
	if (strstr(text, search->where) && strstr(text, search->words))
		search->found = true;
}

static void too_many(void)
{
	static const char *const cases[][3] = {
		{ "/compartments", "/compartments/n", "more than 8 compartments" },
		{ "/windows", "/windows/n", "more than 16 windows" },
		{ "/links", "/links/n", "more than 16 links" },
		{ "/channels", "/channels/n", "more than 16 channels" },
		{ S "/devices", S "/devices/n", "more than 32 devices" },
	};
	static struct fixture fixture;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct search search = {
			.report = { .line = search_line, .context = &search },
			.where = cases[i][1], .words = cases[i][2],
		};

		fixture_init(&fixture, FIXTURE_PLIC);
		add_many(&fixture, cases[i][0], 33);
		UNIT_ASSERT_INT(manifest_parse(&fixture.model, fixture.manifest,
				sizeof(fixture.manifest), fixture.machine,
				sizeof(fixture.machine), &fixture.board,
				&search.report), COMPARTMENT_ERR_INVALID);
		CU_ASSERT(search.found);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(two_channels), UNIT_TEST(second_owners),
	UNIT_TEST(interrupt_controllers), UNIT_TEST(interrupt_page), UNIT_TEST(bus),
	UNIT_TEST(protection_entries), UNIT_TEST(too_many),
};
UNIT_MAIN("manifest_limits", tests)
