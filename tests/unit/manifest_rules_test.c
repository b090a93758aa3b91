/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every rule of the manifest: a good system, made wrong by one thought, must be
 * refused in words that name the node, the property and the rule.
 */
#include <stdio.h>
#include <string.h>

#include "manifest_fixture.h"
#include "unit.h"

#define EDITS_MAX	4

struct rule {
	const char *where;	/* node, as the message names it */
	const char *property;	/* NULL: the node itself */
	const char *words;	/* of the rule */
	struct fixture_edit edits[EDITS_MAX];
};

#define C	"/compartments/client"
#define S	"/compartments/server"
#define W	"/windows/disk-window"
#define R	"/windows/record"
#define L	"/links/disk-link"
#define CH	"/channels/disk"
#define DISK	"/compartments/server/devices/disk"

/* Whether the fixture refuses and says so; prints what it said if not. */
static void expect(struct fixture *fixture, const struct rule *rule)
{
	char property[32] = "";
	int rc = fixture_parse(fixture);

	if (rule->property)
		snprintf(property, sizeof(property), ": %s: ", rule->property);
	if (rc == COMPARTMENT_ERR_INVALID &&
	    !fixture->model.compartment_count &&
	    fixture_said(fixture, rule->where, property, rule->words)) {
		CU_PASS("");
		return;
	}
	fprintf(stderr, "expected \"%s%s ... %s\", got %d:\n%s", rule->where,
		property, rule->words, rc, fixture->lines);
	CU_FAIL("a rule is not enforced");
}

static void run(const struct rule *rules, size_t count)
{
	static struct fixture fixture;
	size_t i, k;

	for (i = 0; i < count; i++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		for (k = 0; k < EDITS_MAX; k++)
			if (rules[i].edits[k].what)
				fixture_edit(fixture.manifest,
					     &rules[i].edits[k]);
		expect(&fixture, &rules[i]);
	}
}

#define RUN(rules)	run(rules, sizeof(rules) / sizeof((rules)[0]))

static void form(void)
{
	const struct rule rules[] = {
		{ "/: ", "compatible", "must be", { STRING("/", "compatible", "x") } },
		{ "/: ", "#address-cells", "<2>", { CELLS("/", "#address-cells", 1) } },
		{ "/: ", "#size-cells", "<2>", { CELLS("/", "#size-cells", 1) } },
		{ "/: ", "colour", "unknown property", { STRING("/", "colour", "red") } },
		{ "/extras", NULL, "unknown node", { ADD_NODE("/", "extras") } },
		{ "/: ", "compartments", "missing", { DROP_NODE("/compartments"), DROP("/", "cold-boot"),
			DROP_NODE("/links"), DROP_NODE("/channels") } },
		{ "/: ", "cold-boot", "no compartment", { CELLS("/", "cold-boot", NOBODY) } },
		{ C, "colour", "unknown property", { STRING(C, "colour", "red") } },
		{ C "/toys", NULL, "unknown node", { ADD_NODE(C, "toys") } },
		{ W, "colour", "unknown property", { STRING(W, "colour", "red") } },
		{ L, "colour", "unknown property", { STRING(L, "colour", "red") } },
		{ CH, "colour", "unknown property", { STRING(CH, "colour", "red") } },
		{ DISK, "colour", "unknown property", { STRING(DISK, "colour", "red") } },
		{ W "/sub", NULL, "unknown node", { ADD_NODE(W, "sub") } },
		{ "/compartments: ", "colour", "unknown property", { STRING("/compartments", "colour", "red") } },
		{ C, "watchdog", "does not act on it yet", { CELLS(C, "watchdog", 1) } },
		{ C, "manages", "does not act on it yet", { CELLS(C, "manages", SERVER) } },
		{ CH, "data", "must be \"window\" or \"grant\"", { STRING(CH, "data", "magic") } },
	};

	RUN(rules);
}

static void names(void)
{
	const struct rule rules[] = {
		{ "/compartments/Client", NULL, "a-z", { RENAME(C, "Client") } },
		{ "sixteen-letters-", NULL, "1 to 15", { RENAME(C, "sixteen-letters-") } },
		{ "/compartments/a_b", NULL, "a-z", { RENAME(C, "a_b") } },
		{ "/compartments/server", NULL, "another compartment", { RENAME(C, "server") } },
		{ "/windows/record", NULL, "another window", { RENAME(W, "record") } },
		{ "/links/disk-link", NULL, "another link", { RENAME("/links/other-link", "disk-link") } },
		{ "/devices/disk", NULL, "another device", { ADD_NODE(S "/devices", "second"),
			RENAME(S "/devices/second", "disk") } },
		{ "/windows/disk@1", NULL, "a-z", { RENAME(W, "disk@1") } },
	};

	RUN(rules);
}

static void missing(void)
{
	const struct rule rules[] = {
		{ C, "harts", "mandatory", { DROP(C, "harts") } },
		{ C, "memory", "mandatory", { DROP(C, "memory") } },
		{ C, "image", "mandatory", { DROP(C, "image") } },
		{ DISK, "path", "mandatory", { DROP(DISK, "path") } },
		{ W, "reg", "mandatory", { DROP(W, "reg") } },
		{ W, "members", "mandatory", { DROP(W, "members") } },
		{ W, "access", "must have one", { DROP(W, "access") } },
		{ L, "between", "mandatory", { DROP(L, "between") } },
		{ CH, "device", "mandatory", { DROP(CH, "device") } },
		{ CH, "server", "mandatory", { DROP(CH, "server") } },
		{ CH, "client", "mandatory", { DROP(CH, "client") } },
		{ CH, "link", "mandatory", { DROP(CH, "link") } },
		{ CH, "control", "mandatory", { DROP(CH, "control") } },
		{ CH, "pool", "mandatory", { DROP(CH, "pool") } },
		{ CH, "queues", "mandatory", { DROP(CH, "queues") } },
		{ CH, "queue-size", "mandatory", { DROP(CH, "queue-size") } },
	};

	RUN(rules);
}

static void harts(void)
{
	const struct rule rules[] = {
		{ C, "harts", "already belongs to compartment server", { CELLS(C, "harts", 0) } },
		{ C, "harts", "already belongs to compartment client", { CELLS(C, "harts", 1, 1) } },
		{ C, "harts", "hart 7 is not in this machine", { CELLS(C, "harts", 7) } },
		{ C, "harts", "1 to 8 cells", { CELLS(C, "harts", 1, 2, 3, 4, 5, 6, 7, 8, 9) } },
		{ C, "harts", "1 to 8 cells", { STRING(C, "harts", "one") , CELLS(C, "harts", 1),
			{ EDIT_SET, C, "harts", "abcde", 5 } } },
		{ C, "boot-hart", "not among", { CELLS(C, "boot-hart", 2) } },
		{ C, "restart", "must be \"always\" or \"never\"", { STRING(C, "restart", "maybe") } },
		{ C, "image", "1 to 31 characters", { STRING(C, "image", "an image whose name is much too long") } },
		{ C, "image", "1 to 31 characters", { { EDIT_SET, C, "image", "x", 1 } } },
		{ C, "image", "1 to 31 characters", { STRING(C, "image", "two\0strings") } },
		{ C, "criticality", "1 cell", { CELLS(C, "criticality", 1, 2) } },
		{ "/compartments/other", "observes", "no compartment", { CELLS("/compartments/other", "observes", DISK_LINK) } },
	};

	RUN(rules);
}

static void memory(void)
{
	const struct rule rules[] = {
		{ C, "memory", "size 0", { CELLS(C, "memory", 0, 0x90400000, 0, 0) } },
		{ C, "memory", "wraps", { CELLS(C, "memory", 0, 0x90400000, ~0U, 0xfffff000) } },
		{ C, "memory", "multiples of 0x1000", { CELLS(C, "memory", 0, 0x90400800, 0, 0x400000) } },
		{ C, "memory", "multiples of 0x1000", { CELLS(C, "memory", 0, 0x90400000, 0, 0x400800) } },
		{ C, "memory", "base and a size", { CELLS(C, "memory", 0, 0x90400000, 0, 0x400000, 0) } },
		{ C, "memory", "cells", { CELLS(C, "memory", 0, 0x90400000) } },
		{ C, "memory", "larger than 0x10000", { CELLS(C, "memory", 0, 0x90400000, 0, 0x10000) } },
		{ C, "memory", "outside RAM", { CELLS(C, "memory", 0, 0x40000000, 0, 0x400000) } },
		{ C, "memory", "outside RAM", { CELLS(C, "memory", 0, 0x9fe00000, 0, 0x400000) } },
		{ C, "memory", "outside RAM", { CELLS(C, "memory", 1, 0x90400000, 0, 0x400000) } },
		{ C, "memory", "which is memory of server", { CELLS(C, "memory", 0, 0x90200000, 0, 0x400000) } },
		{ C, "memory", "which is memory of client", { CELLS(C, "memory", 0, 0x90400000, 0, 0x100000,
			0, 0x904ff000, 0, 0x100000) } },
		{ C, "memory", "which is the firmware;", { CELLS(C, "memory", 0, 0x80100000, 0, 0x200000) } },
		{ C, "memory", "the firmware's copies", { CELLS(C, "memory", 0, 0x9fe00000, 0, 0x200000) } },
		{ W, "reg", "which is memory of client", { CELLS(W, "reg", 0, 0x907ff000, 0, 0x1000), DROP_NODE(CH) } },
		{ W, "reg", "size 0", { CELLS(W, "reg", 0, 0x91000000, 0, 0) } },
		{ W, "reg", "wraps", { CELLS(W, "reg", ~0U, 0xfffff000, 0, 0x2000) } },
		{ W, "reg", "multiples", { CELLS(W, "reg", 0, 0x91000010, 0, 0x1000) } },
		{ W, "reg", "outside RAM", { CELLS(W, "reg", 0, 0x10001000, 0, 0x400000) } },
		{ W, "reg", "which is the firmware;", { CELLS(W, "reg", 0, 0x80000000, 0, 0x400000) } },
		{ R, "reg", "which is window disk-window", { CELLS(R, "reg", 0, 0x91001000, 0, 0x1000) } },
	};

	RUN(rules);
}

static void windows(void)
{
	const struct rule rules[] = {
		{ W, "members", "cells", { CELLS(W, "members", SERVER), { EDIT_SET, W, "members", "", 0 } } },
		{ W, "members", "twice", { CELLS(W, "members", SERVER, SERVER) } },
		{ W, "members", "no compartment", { CELLS(W, "members", SERVER, NOBODY) } },
		{ W, "access", "for each of the 2 members", { STRING(W, "access", "rw") } },
		{ W, "access", "member 1 has \"x\"", { STRING(W, "access", "rw\0x") } },
		{ W, "access", "member 0 has \"rwx\"", { STRING(W, "access", "rwx\0rw") } },
		{ L, "between", "no compartment", { CELLS(L, "between", SERVER, NOBODY) } },
		{ L, "between", "a link joins two", { CELLS(L, "between", SERVER, SERVER) } },
		{ L, "between", "must be 2 cells", { CELLS(L, "between", SERVER) } },
	};

	RUN(rules);
}

static void devices(void)
{
	const struct rule rules[] = {
		{ DISK, "path", "no such node", { STRING(DISK, "path", "/soc/nothing@1") } },
		{ DISK, "path", "no such node", { STRING(DISK, "path", "disk") } },
		{ DISK, "path", "no such node", { STRING(DISK, "path", "/") } },
		{ DISK, "dma", "undeclared bus master", { DROP(DISK, "dma") } },
		{ DISK, "dma", "is a bus master", { STRING(DISK, "dma", "none") } },
		{ DISK, "dma", "no IOMMU", { STRING(DISK, "dma", "iommu") } },
		{ DISK, "dma", "must be \"none\" or \"trusted\"", { STRING(DISK, "dma", "some") } },
		{ S "/devices/", "path", "already belongs to compartment server", { ADD_NODE(S "/devices", "second"),
			STRING(S "/devices/second", "path", "/soc/disk@10001000") } },
		{ DISK, "path", "cannot be restarted", { STRING(DISK, "path", "/soc/rtc@101000") } },
		{ DISK, "path", "console", { STRING(DISK, "path", "/soc/serial@10000000") } },
		{ DISK, "path", "belongs to the firmware", { STRING(DISK, "path", "/soc/clint@2000000") } },
		{ DISK, "path", "no registers", { STRING(DISK, "path", "/soc/noregs") } },
		{ DISK, "path", "finer than protection", { STRING(DISK, "path", "/soc/odd@3000000") } },
		{ DISK, "path", "overlap RAM", { STRING(DISK, "path", "/soc/inram@88000000") } },
		{ "/devices/second", NULL, "a-z", { RENAME(DISK, "second!") } },
		{ DISK "/sub", NULL, "unknown node", { ADD_NODE(DISK, "sub") } },
	};

	RUN(rules);
}

static void channels(void)
{
	const struct rule rules[] = {
		{ CH, "device", "must be \"block\"", { STRING(CH, "device", "teapot") } },
		{ CH, "server", "no compartment", { CELLS(CH, "server", NOBODY) } },
		{ CH, "client", "no compartment", { CELLS(CH, "client", 0) } },
		{ CH, "link", "no link", { CELLS(CH, "link", SERVER) } },
		{ CH, "control", "no window", { CELLS(CH, "control", NOBODY, 0) } },
		{ CH, "link", "joins other and server", { CELLS(CH, "link", OTHER_LINK) } },
		{ CH, "link", "not server client and client client", { CELLS(CH, "server", CLIENT) } },
		{ CH, "control", "multiple of 0x1000", { CELLS(CH, "control", DISK_WINDOW, 0x800) } },
		{ CH, "control", "one page", { CELLS(CH, "control", DISK_WINDOW, 0, 0x2000),
			CELLS(CH, "pool", DISK_WINDOW, 0x2000, 0x1000) } },
		{ CH, "pool", "do not lie inside", { CELLS(CH, "pool", DISK_WINDOW, 0x1000, 0x400000) } },
		{ CH, "pool", "do not lie inside", { CELLS(CH, "pool", DISK_WINDOW, 0xfffff000, 0x2000) } },
		{ CH, "pool", "do not lie inside", { CELLS(CH, "pool", DISK_WINDOW, 0x1000, 0) } },
		{ CH, "pool", "overlaps control", { CELLS(CH, "pool", DISK_WINDOW, 0, 0x4000) } },
		{ CH, "pool", "must have server server and client", { STRING(W, "access", "rw\0r") } },
		{ CH, "control", "must have server server and client", { CELLS(CH, "control", RECORD, 0), DROP(CH, "record") } },
		{ CH, "pool", "too few", { CELLS(CH, "pool", DISK_WINDOW, 0x1000, 0x1000),
			CELLS(CH, "queue-size", 256) } },
		{ CH, "record", "only member", { CELLS(R, "members", SERVER, CLIENT), STRING(R, "access", "rw\0r") } },
		{ CH, "record", "only member", { STRING(R, "access", "r") } },
		{ CH, "record", "overlaps pool", { CELLS(CH, "record", DISK_WINDOW, 0x2000) } },
		{ CH, "queues", "must be 1 to 32", { CELLS(CH, "queues", 0) } },
		{ CH, "queues", "must be 1 to 32", { CELLS(CH, "queues", 33) } },
		{ CH, "queue-size", "power of two", { CELLS(CH, "queue-size", 48) } },
		{ CH, "queue-size", "must be 1 to 1024", { CELLS(CH, "queue-size", 2048) } },
		{ CH, "queue-size", "must be 1 to 1024", { CELLS(CH, "queue-size", 0) } },
		{ CH, "bit", "reach bit 63", { CELLS(CH, "bit", 62) } },
		{ CH, "bit", "must be 0 to 63", { CELLS(CH, "bit", ~0U) } },
		{ CH, "publish-timeout-ms", "must be", { CELLS(CH, "publish-timeout-ms", 0) } },
	};

	RUN(rules);
}

static void no_compartment(void)
{
	const struct rule rules[] = {
		{ "/compartments: ", NULL, "at least one", {
			DROP_NODE("/compartments"), ADD_NODE("/", "compartments"),
			DROP_NODE("/links"), DROP_NODE("/channels") } },
	};

	RUN(rules);
}

static const struct unit_test tests[] = {
	UNIT_TEST(form), UNIT_TEST(names), UNIT_TEST(missing), UNIT_TEST(harts),
	UNIT_TEST(memory), UNIT_TEST(windows), UNIT_TEST(devices),
	UNIT_TEST(channels), UNIT_TEST(no_compartment),
};
UNIT_MAIN("manifest_rules", tests)
