/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the manifest says of unmodified guests: devices that the firmware plays
 * for them, the interrupts of those, where their data is, who reaches what.
 */
#include <string.h>

#include <compartment/grant.h>
#include <compartment/riscv/protection.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"
#define CH	"/channels/disk"
#define W	"/windows/registers"
#define RW	(PROTECTION_READ | PROTECTION_WRITE)

static struct fixture fixture;

static void init(enum fixture_interrupts interrupts, bool is_granted)
{
	fixture_init(&fixture, interrupts);
	fixture_add_guest(&fixture, is_granted);
}

static void good(enum fixture_interrupts interrupts, bool is_granted)
{
	init(interrupts, is_granted);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT_STRING_EQUAL(fixture.lines, "");
}

static void model(void)
{
	const struct model_compartment *client = &fixture.model.compartments[1];
	const struct model_channel *channel = &fixture.model.channels[0];
	enum fixture_interrupts each;

	for (each = FIXTURE_PLIC; each <= FIXTURE_IMSIC; each++) {
		good(each, false);
		CU_ASSERT_STRING_EQUAL(client->initrd, "ramdisk");
		UNIT_ASSERT_INT(client->initrd_range.size, 0);
		UNIT_ASSERT_INT(client->console, MODEL_CONSOLE_UART);
		UNIT_ASSERT_INT(client->uart.base, 0x10000000);
		UNIT_ASSERT_INT(client->uart.size, 0x100);
		/* 1 to 4, 6, 10 and 11 are taken, and 5 is the first free. */
		UNIT_ASSERT_INT(client->uart_interrupt, 5);
		UNIT_ASSERT_INT(channel->interrupt, 7);
		CU_ASSERT(model_has_front_end(channel));
		UNIT_ASSERT_INT(channel->registers.range.base, 0x91401000);
		UNIT_ASSERT_INT(channel->registers.range.size, 0x1000);
		UNIT_ASSERT_INT(channel->data, MODEL_DATA_WINDOW);
	}
	UNIT_ASSERT_INT(fixture.model.compartments[0].console,
			MODEL_CONSOLE_CALLS);
	UNIT_ASSERT_INT(fixture.model.compartments[0].uart.size, 0);
	good(FIXTURE_PLIC, true);
	UNIT_ASSERT_INT(channel->data, MODEL_DATA_GRANT);
	UNIT_ASSERT_INT(channel->pool.range.size, 0);
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT(!model_has_front_end(channel));
	UNIT_ASSERT_INT(channel->interrupt, 0);
}

/* Calls is what there is anyway; the word may be said. */
static void calls(void)
{
	const struct fixture_edit said = STRING(C, "console", "calls");

	init(FIXTURE_PLIC, false);
	fixture_edit(fixture.manifest, &said);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.compartments[1].console,
			MODEL_CONSOLE_CALLS);
	UNIT_ASSERT_INT(fixture.model.channels[0].interrupt, 5);
}

static void expect(const char *where, const char *property, const char *words)
{
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_INVALID, where,
				     property, words));
}

struct rule {
	const char *where, *property, *words;
	struct fixture_edit edits[2];
};

static void run(bool is_granted, const struct rule *rules, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		init(FIXTURE_PLIC, is_granted);
		fixture_edit_all(fixture.manifest, rules[i].edits, 2);
		expect(rules[i].where, rules[i].property, rules[i].words);
	}
}

#define RUN(is_granted, rules)						\
	run(is_granted, rules, sizeof(rules) / sizeof((rules)[0]))

static void rules(void)
{
	const struct rule window[] = {
		{ C, "console", "must be \"uart\" or \"calls\"", { STRING(C, "console", "tty") } },
		{ C, "initrd", "1 to 31 characters", { STRING(C, "initrd", "") } },
		{ CH, "registers", "no window", { CELLS(CH, "registers", NOBODY, 0) } },
		{ CH, "registers", "multiple of 0x1000", { CELLS(CH, "registers", REGISTERS, 0x800) } },
		{ CH, "registers", "do not lie inside", { CELLS(CH, "registers", REGISTERS, 0x2000) } },
		{ CH, "registers", "one page", { CELLS(CH, "registers", REGISTERS, 0, 0x2000) } },
		{ CH, "registers", "client client as its only member, with \"r\"", { STRING(W, "access", "rw") } },
		{ CH, "registers", "as its only member", { CELLS(W, "members", CLIENT, OTHER), STRING(W, "access", "r\0r") } },
		{ CH, "registers", "as its only member", { CELLS(W, "members", OTHER) } },
		{ CH, "control", "server server as its only member, with \"rw\"", { CELLS(CH, "control", DISK_WINDOW, 0),
			CELLS(CH, "pool", DISK_WINDOW, 0x1000, 0x3000) } },
		{ CH, "control", "server server as its only member", { STRING("/windows/record", "access", "r"), DROP(CH, "record") } },
		{ CH, "pool", "mandatory", { DROP(CH, "pool") } },
		{ CH, "pool", "overlaps control", { CELLS(CH, "pool", RECORD, 0x1000, 0x1000) } },
		{ CH, "registers", "overlaps record", { CELLS(CH, "registers", RECORD, 0) } },
	};
	const struct rule granted[] = {
		{ CH, "pool", "leave it out", { CELLS(CH, "pool", DISK_WINDOW, 0, 0x10000) } },
		{ CH, "data", "needs registers", { DROP(CH, "registers"), CELLS(CH, "control", DISK_WINDOW, 0) } },
		{ CH, "pool", "mandatory", { STRING(CH, "data", "window") } },
	};

	RUN(false, window);
	RUN(true, granted);
}

/* Where the machine's console is none that the firmware could play. */
static void foreign_consoles(void)
{
#define UART	"/soc/serial@10000000"
	const struct fixture_edit edits[] = {
		STRING(UART, "compatible", "test,uart"),
		CELLS(UART, "reg-shift", 2),
		CELLS(UART, "reg-io-width", 4),
		CELLS(UART, "reg-offset", 8),
		CELLS(UART, "reg", 0, 0x10000000, 0, 7),
		DROP(UART, "reg"),
		CELLS(UART, "reg", 0x1000000, 0, 0, 0x100),
		DROP("/chosen", "stdout-path"),
		DROP_NODE("/chosen"),
		STRING("/chosen", "stdout-path", "/soc/nowhere"),
		CELLS("/soc", "ranges", 0, 0, 1, 0, 0, 0x10000000),
	};
	size_t i;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		init(FIXTURE_PLIC, false);
		fixture_edit(fixture.machine, &edits[i]);
		expect(C, "console", "must be an ns16550a");
	}
}

static void no_interrupt_left(void)
{
	const struct fixture_edit six = CELLS("/soc/irq@d000000", "riscv,ndev", 6);
	const struct fixture_edit four = CELLS("/soc/irq@d000000", "riscv,ndev", 4);
	const struct fixture_edit none = DROP("/soc/irq@d000000", "riscv,ndev");
	const struct fixture_edit disk =
		DROP_NODE("/compartments/server/devices");

	/* Of 1 to 6, source 5 is free: enough for one of the two. */
	init(FIXTURE_PLIC, false);
	fixture_edit(fixture.machine, &six);
	expect(CH, "registers", "and none is left");
	init(FIXTURE_PLIC, false);
	fixture_edit(fixture.machine, &four);
	expect(C, "console", "and none is left");
	init(FIXTURE_PLIC, false);
	fixture_edit(fixture.machine, &none);
	fixture_edit(fixture.manifest, &disk);
	expect(C, "console", "and none is left");
}

/* The board has as many as its doorbells leave; its console is none to play. */
static void arm64(void)
{
	const struct fixture_edit calls = STRING(C, "console", "calls");
	unsigned int count;

	init(FIXTURE_GICV3, false);
	expect(C, "console", "must be an ns16550a");
	fixture_edit(fixture.manifest, &calls);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.channels[0].interrupt, 228);
	for (count = 0; count <= 5; count++) {
		fixture.board.doorbell_count = count;
		if (count < 5)
			expect(CH, "registers", "and none is left");
		else
			UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	}
}

static const struct grant *find_grant(const struct grant *list,
				      unsigned int count, uint64_t base)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (base - list[i].range.base < list[i].range.size)
			return &list[i];
	return NULL;
}

/* The server of granted data reaches the client's memory, and runs none of it. */
static void granted_memory(void)
{
	const struct fixture_edit two =
		CELLS(C, "memory", 0, 0x90400000, 0, 0x200000,
		      0, 0x98000000, 0, 0x100000);
	struct grant list[GRANTS_MAX];
	const struct grant *found;
	unsigned int count, with, without;

	good(FIXTURE_PLIC, false);
	without = fixture.model.compartments[0].protection_units;
	count = grant_list(&fixture.model, 0, 0, list, GRANTS_MAX);
	CU_ASSERT_PTR_NULL(find_grant(list, count, 0x90400000));
	init(FIXTURE_PLIC, true);
	fixture_edit(fixture.manifest, &two);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	with = fixture.model.compartments[0].protection_units;
	UNIT_ASSERT_INT(with, without + 2);
	count = grant_list(&fixture.model, 0, 0, list, GRANTS_MAX);
	found = find_grant(list, count, 0x905fffff);
	CU_ASSERT_FATAL(found != NULL);
	UNIT_ASSERT_INT(found->rights, RW);
	UNIT_ASSERT_INT(found->range.base, 0x90400000);
	UNIT_ASSERT_INT(found->range.size, 0x200000);
	found = find_grant(list, count, 0x98000000);
	CU_ASSERT_FATAL(found != NULL);
	UNIT_ASSERT_INT(found->rights, RW);
	/* One way only, and to nobody else. */
	count = grant_list(&fixture.model, 1, 1, list, GRANTS_MAX);
	CU_ASSERT_PTR_NULL(find_grant(list, count, 0x90000000));
	found = find_grant(list, count, 0x91401000);
	CU_ASSERT_FATAL(found != NULL);
	UNIT_ASSERT_INT(found->rights, PROTECTION_READ);
	CU_ASSERT_PTR_NULL(find_grant(list, count, 0x90801000));
	CU_ASSERT_PTR_NULL(find_grant(list, count, 0x10000000));
	count = grant_list(&fixture.model, 2, 2, list, GRANTS_MAX);
	CU_ASSERT_PTR_NULL(find_grant(list, count, 0x90400000));
}

/* What is withdrawn for a while is an entry of its own, whatever touches it. */
static void context_page_alone(void)
{
	const struct fixture_edit beside =
		CELLS("/soc/disk@10001000", "reg", 0, 0xd200000, 0, 0x1000);
	const struct fixture_edit behind =
		CELLS("/soc/disk@10001000", "reg", 0, 0xd202000, 0, 0x1000);
	struct protection_entry entries[GRANTS_MAX];
	struct grant list[GRANTS_MAX];
	const struct grant *found;
	unsigned int i, k, count, pages;

	for (k = 0; k < 2; k++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		fixture_edit(fixture.machine, k ? &behind : &beside);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
		count = grant_list(&fixture.model, 0, 0, list, GRANTS_MAX);
		found = find_grant(list, count, 0xd201000);
		CU_ASSERT_FATAL(found != NULL);
		CU_ASSERT(found->alone);
		UNIT_ASSERT_INT(found->range.base, 0xd201000);
		UNIT_ASSERT_INT(found->range.size, 0x1000);
		count = protection_list(&fixture.model, 0, 0, entries,
					GRANTS_MAX);
		for (i = 0, pages = 0; i < count; i++)
			pages += entries[i].base == 0xd201000 &&
				 entries[i].order == 12;
		UNIT_ASSERT_INT(pages, 1);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(model), UNIT_TEST(calls), UNIT_TEST(rules),
	UNIT_TEST(foreign_consoles), UNIT_TEST(no_interrupt_left),
	UNIT_TEST(arm64),
	UNIT_TEST(granted_memory), UNIT_TEST(context_page_alone),
};
UNIT_MAIN("manifest_guest", tests)
