/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong or odd in the machine's own tree, its blob, or the manifest's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "manifest_fixture.h"
#include "unit.h"

#define EDITS_MAX	5
#define PLIC		"/soc/irq@d000000"
#define APLIC		"/soc/irq@d000000"
#define IMSIC		"/soc/imsic@28000000"
#define GIC		"/intc@8000000"
#define OTHER_NODE	"/compartments/other"

static struct fixture fixture;
static const struct machine *const machine = &fixture.model.machine;

struct odd {
	enum fixture_interrupts interrupts;
	const char *where, *property, *words;
	struct fixture_edit edits[EDITS_MAX];
};

/* Each is refused, and that is all that is said of it. */
static void refuse_all(const struct odd *odds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		fixture_init(&fixture, odds[i].interrupts);
		fixture_edit_all(fixture.machine, odds[i].edits, EDITS_MAX);
		CU_ASSERT(fixture_is_refused(&fixture,
			COMPARTMENT_ERR_MALFORMED, odds[i].where,
			odds[i].property, odds[i].words));
	}
}

#define REFUSE(odds)	refuse_all(odds, sizeof(odds) / sizeof((odds)[0]))

static void accept(enum fixture_interrupts interrupts,
		   const struct fixture_edit *edits, size_t count)
{
	fixture_init(&fixture, interrupts);
	fixture_edit_all(fixture.machine, edits, count);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
}

#define ACCEPT(interrupts, edits)					\
	accept(interrupts, edits, sizeof(edits) / sizeof((edits)[0]))

static void expect_malformed(const char *where, const char *words)
{
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_MALFORMED, where,
				     NULL, words));
}

static void blobs(void)
{
	uint64_t *const trees[] = { fixture.manifest, fixture.machine };
	static const char *const roles[] = { "manifest", "machine's tree" };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		trees[i][0] = 0;
		expect_malformed(roles[i], "it does not begin like one");
		fixture_init(&fixture, FIXTURE_PLIC);
		memset(trees[i], 0, FIXTURE_BLOB_SIZE);
		expect_malformed(roles[i], "it does not begin like one");
		fixture_init(&fixture, FIXTURE_PLIC);
		fdt_set_version(trees[i], 16);
		expect_malformed(roles[i], "it has another version");
	}
}

static int parse_manifest(const void *manifest, size_t size)
{
	fixture_clear_report(&fixture);
	return manifest_parse(&fixture.model, manifest, size, fixture.machine,
			      sizeof(fixture.machine), &fixture.board,
			      &fixture.report);
}

/* Where a blob begins, and how much of it there is. */
static void places(void)
{
	static uint64_t space[FIXTURE_BLOB_SIZE / 8 + 1];
	uint8_t *const odd = (uint8_t *)space + 4;
	const size_t size = sizeof(fixture.manifest);

	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(parse_manifest(NULL, size), COMPARTMENT_ERR_MALFORMED);
	CU_ASSERT(fixture_said(&fixture, "manifest", "8-byte boundary", NULL));
	memcpy(odd, fixture.manifest, size);
	UNIT_ASSERT_INT(parse_manifest(odd, size), COMPARTMENT_ERR_MALFORMED);
	CU_ASSERT(fixture_said(&fixture, "manifest", "8-byte boundary", NULL));
	UNIT_ASSERT_INT(parse_manifest(fixture.manifest, 39),
			COMPARTMENT_ERR_MALFORMED);
	CU_ASSERT(fixture_said(&fixture, "manifest", "39 bytes are too few for a device tree", NULL));
	/* One that says it is longer than any manifest may be. */
	fdt_set_totalsize(fixture.manifest, MANIFEST_SIZE_MAX + 8);
	UNIT_ASSERT_INT(parse_manifest(fixture.manifest, 2 * MANIFEST_SIZE_MAX),
			COMPARTMENT_ERR_MALFORMED);
}

/* A tree that ends before it says so, with nothing behind it. */
static void cut_short(void)
{
	static struct machine it;
	void *half;

	fixture_init(&fixture, FIXTURE_PLIC);
	half = malloc(FIXTURE_BLOB_SIZE / 8);
	CU_ASSERT_FATAL(half != NULL);
	memcpy(half, fixture.machine, FIXTURE_BLOB_SIZE / 8);
	UNIT_ASSERT_INT(machine_parse(&it, &fixture.board, half,
				      FIXTURE_BLOB_SIZE / 8, NULL),
			COMPARTMENT_ERR_MALFORMED);
	free(half);
}

static void harts_and_ram(void)
{
	const struct odd odds[] = {
		{ FIXTURE_PLIC, "/cpus/cpu@3", "reg", "must be the hart's id", { DROP("/cpus/cpu@3", "reg") } },
		{ FIXTURE_PLIC, "/cpus/cpu@3", "reg", "must be the hart's id", { CELLS("/cpus/cpu@3", "reg", 0, 0, 3) } },
		{ FIXTURE_PLIC, "/cpus/cpu@3", "reg", "hart 2 is there twice", { CELLS("/cpus/cpu@3", "reg", 2) } },
		{ FIXTURE_PLIC, "/memory@80000000", "reg", "more than 4 pieces of RAM", {
			CELLS("/memory@80000000", "reg", 0, 0x80000000, 0, 0x20000000, 1, 0, 0, 0x1000, 2, 0, 0, 0x1000,
			      3, 0, 0, 0x1000, 4, 0, 0, 0x1000) } },
		{ FIXTURE_GICV3, "/cpus/cpu@3", "reg", "an affinity of level 3", { CELLS("/cpus/cpu@3", "reg", 0x1000003) } },
	};
	char path[32], name[16];
	const struct fixture_edit hart[] = {
		ADD_NODE("/cpus", name), STRING(path, "device_type", "cpu"),
		CELLS(path, "reg", 0),
	};
	unsigned int i;
	fdt32_t id;

	REFUSE(odds);
	fixture_init(&fixture, FIXTURE_PLIC);
	for (i = 4; i <= MACHINE_HARTS_MAX; i++) {
		snprintf(name, sizeof(name), "cpu@%u", i);
		snprintf(path, sizeof(path), "/cpus/%s", name);
		fixture_edit_all(fixture.machine, hart, 3);
		id = cpu_to_fdt32(i);
		fixture_edit(fixture.machine, &(struct fixture_edit){
			EDIT_SET, path, "reg", &id, sizeof(id) });
		if (i < MACHINE_HARTS_MAX)
			UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	}
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_MALFORMED,
				     "/cpus/cpu@", NULL, "more than 32 harts"));
}

/* Which of its nodes is a hart's own interrupt controller says a property. */
static void own_controllers(void)
{
	const struct fixture_edit none[] = {
		DROP("/cpus/cpu@0/interrupt-controller", "interrupt-controller"),
		CELLS(PLIC, "interrupts-extended", 0, 9, 17, 9, 18, 9, 19, 9),
	};
	const struct fixture_edit machine_only[] = {
		CELLS(PLIC, "interrupts-extended", 16, 9, 17, 9, 18, 9, 19, 11),
	};

	ACCEPT(FIXTURE_PLIC, none);
	UNIT_ASSERT_INT(machine->harts[0].intc, 0);
	UNIT_ASSERT_INT(machine->harts[0].plic_page.size, 0);
	UNIT_ASSERT_INT(machine->harts[1].plic_page.base, 0xd201000);
	/* What the map says a compartment needs is what its neediest hart does. */
	ACCEPT(FIXTURE_PLIC, machine_only);
	UNIT_ASSERT_INT(machine->harts[3].plic_page.size, 0);
	UNIT_ASSERT_INT(fixture.model.compartments[2].protection_units, 2);
}

static void plics(void)
{
	const struct odd odds[] = {
		{ FIXTURE_PLIC, PLIC, "interrupts-extended", "do not fit each other", { DROP(PLIC, "interrupts-extended") } },
		{ FIXTURE_PLIC, PLIC, "interrupts-extended", "do not fit each other", { DROP(PLIC, "reg") } },
		{ FIXTURE_PLIC, PLIC, "interrupts-extended", "do not fit each other", { CELLS(PLIC, "reg", 0x1000000, 0, 0, 0x600000) } },
		{ FIXTURE_PLIC, PLIC, "interrupts-extended", "do not fit each other", { CELLS(PLIC, "reg", 0, 0xd000000, 0, 0x3000) } },
		{ FIXTURE_PLIC, PLIC, "reg", "context 7 of hart 3 lies outside", { CELLS(PLIC, "reg", 0, 0xd000000, 0, 0x207000) } },
	};
#define SECOND	"/soc/second@e000000"
	const struct fixture_edit second[] = {
		ADD_NODE("/soc", "second@e000000"),
		STRING(SECOND, "compatible", "riscv,plic0"),
		CELLS(SECOND, "reg", 0, 0xe000000, 0, 0x600000),
		CELLS(SECOND, "interrupts-extended", 16, 9),
	};
	const struct fixture_edit off[] = { STRING(PLIC, "status", "disabled") };

	REFUSE(odds);
	/* Of two, the first has the sources, and a hart what it finds first. */
	ACCEPT(FIXTURE_PLIC, second);
	UNIT_ASSERT_INT(machine->plic.base, 0xe000000);
	UNIT_ASSERT_INT(machine->harts[0].plic_page.base, 0xe200000);
	UNIT_ASSERT_INT(machine->harts[1].plic_page.base, 0xd203000);
	ACCEPT(FIXTURE_PLIC, off);
	UNIT_ASSERT_INT(machine->plic.size, 0);
	UNIT_ASSERT_INT(machine->harts[0].plic_page.size, 0);
}

/* So many that the registers they share would reach into the first's own. */
static void too_many_contexts(void)
{
	enum { FITTING = (0x200000 - 0x2000) / 0x80 };
	static uint64_t big[(8 * FITTING + 2 * FIXTURE_BLOB_SIZE) / 8];
	static uint8_t none[8 * (FITTING + 1)];
	static struct machine it;
	unsigned int more;
	int node;

	for (more = 0; more < 2; more++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		UNIT_ASSERT_INT(fdt_open_into(fixture.machine, big,
					      sizeof(big)), 0);
		node = fdt_path_offset(big, PLIC);
		UNIT_ASSERT_INT(fdt_setprop(big, node, "interrupts-extended",
					    none, 8 * (FITTING + more)), 0);
		UNIT_ASSERT_INT(machine_parse(&it, &fixture.board, big,
					      sizeof(big), &fixture.report),
				more ? COMPARTMENT_ERR_MALFORMED :
				       COMPARTMENT_OK);
	}
}

static void aplics_and_imsics(void)
{
	const struct odd odds[] = {
		{ FIXTURE_APLIC, APLIC, NULL, "an APLIC must", { CELLS(APLIC, "reg", 0x1000000, 0, 0, 0x8000) } },
		/* One that is its own parent has no harts, whatever is asked. */
		{ FIXTURE_IMSIC, APLIC, NULL, "an APLIC must", { CELLS(APLIC, "msi-parent", 40) } },
		{ FIXTURE_IMSIC, APLIC, NULL, "an APLIC must", { DROP(IMSIC, "interrupts-extended") } },
		{ FIXTURE_IMSIC, IMSIC, "reg", "no page for the interrupt file of hart 0", {
			CELLS(IMSIC, "reg", 0, 0x28000800, 0, 0x4000) } },
		{ FIXTURE_IMSIC, IMSIC, "reg", "no page for the interrupt file of hart 3", {
			CELLS(IMSIC, "reg", 0, 0x28000000, 0, 0x3800) } },
		{ FIXTURE_IMSIC, IMSIC, "reg", "no page for the interrupt file of hart 0", {
			CELLS(IMSIC, "riscv,guest-index-bits", 7), CELLS(IMSIC, "reg", 0, 0x28000000, 0, 0x400000) } },
	};
#define FIRST	"/soc/first@e000000"
	const struct fixture_edit first[] = {
		ADD_NODE("/soc", "first@e000000"),
		STRING(FIRST, "compatible", "riscv,aplic"),
		CELLS(FIRST, "riscv,num-sources", 96),
		CELLS(FIRST, "reg", 0, 0xe000000, 0, 0x8000),
		CELLS(FIRST, "interrupts-extended", 16, 9, 17, 9),
		CELLS(FIRST, "riscv,children", 40),
	};

	REFUSE(odds);
	/* One that hands sources down is the machine level's. */
	ACCEPT(FIXTURE_APLIC, first);
	UNIT_ASSERT_INT(machine->aplic.base, 0xd000000);
}

static void gics(void)
{
	const struct odd odds[] = {
		{ FIXTURE_GICV3, GIC, "reg", "must begin with the distributor", { DROP(GIC, "reg") } },
		{ FIXTURE_GICV3, GIC, "reg", "must begin with the distributor", {
			CELLS(GIC, "reg", 0x1000000, 0, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000) } },
		{ FIXTURE_GICV3, GIC, "reg", "no redistributor for hart 0", { CELLS(GIC, "#redistributor-regions", 9) } },
		{ FIXTURE_GICV3, GIC, "reg", "no redistributor for hart 2", {
			CELLS(GIC, "#redistributor-regions", 2),
			CELLS(GIC, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x40000) } },
		{ FIXTURE_GICV3, "/timer", "interrupts", "must have PPI 14 second", {
			CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11) } },
	};
#define BUS	"/bus"
#define BELOW	"/bus/gic"
	const struct fixture_edit translated[] = {
		STRING(GIC, "status", "disabled"),
		CELLS(GIC, "phandle", 0x8100),
		ADD_NODE("/", "bus"),
		CELLS(BUS, "ranges", 0, 0, 0, 0, 1, 0),
		CELLS(BUS, "#address-cells", 2), CELLS(BUS, "#size-cells", 2),
		ADD_NODE(BUS, "gic"),
		STRING(BELOW, "compatible", "arm,gic-v3"),
		CELLS(BELOW, "phandle", 0x8005),
		CELLS(BELOW, "#interrupt-cells", 3),
		CELLS(BELOW, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000),
	};
	const struct fixture_edit nothing[] = {
		STRING(GIC, "status", "disabled"), DROP_NODE("/psci"),
	};

	REFUSE(odds);
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_edit_all(fixture.machine, translated, 11);
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_MALFORMED, BELOW,
				     "reg", "must begin with the distributor"));
	/* What only matters to a GICv3 is not asked of a machine without. */
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_edit_all(fixture.machine, nothing, 2);
	expect_malformed("machine: /", "no arm,gic-v3 there");
	CU_ASSERT_FALSE(fixture_said(&fixture, "psci", NULL, NULL));
}

/* Redistributors are counted by cores: those that are off too, nothing else. */
static void gic_cores(void)
{
	const struct fixture_edit cache[] = {
		ADD_NODE("/cpus", "cache"), CELLS("/cpus/cache", "reg", 0),
	};
	const struct fixture_edit nameless[] = {
		STRING("/cpus/cpu@3", "status", "disabled"),
		DROP("/cpus/cpu@3", "reg"),
	};
	const struct fixture_edit two[] = {
		CELLS(OTHER_NODE, "harts", 2), CELLS(OTHER_NODE, "boot-hart", 2),
	};
	const struct fixture_edit newest[] = {
		STRING("/psci", "compatible", "arm,psci-1.0"),
	};

	ACCEPT(FIXTURE_GICV3, cache);
	UNIT_ASSERT_INT(machine->harts[1].redistributor.base, 0x80c0000);
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_edit_all(fixture.machine, nameless, 2);
	fixture_edit_all(fixture.manifest, two, 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(machine->harts[2].redistributor.base, 0x80e0000);
	ACCEPT(FIXTURE_GICV3, newest);
}

/* Copies lie behind the bundle, in the piece of RAM that has the firmware. */
static void copies(void)
{
	static struct machine two = {
		.ram = { { 0x80000000, 0x10000000 }, { 0xc0000000, 0x10000000 } },
		.ram_count = 2,
	};
	uint64_t tree;

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture.board.firmware =
		(struct memory_range){ 0x80000000, 0x200000 };
	UNIT_ASSERT_INT(board_place_copies(&fixture.board, &two, 0x1000, 0x1000,
					   &tree, NULL), COMPARTMENT_OK);
	UNIT_ASSERT_INT(tree, 0x8ffff000);
	/* A bundle that RAM ends in. */
	UNIT_ASSERT_INT(board_place_copies(&fixture.board, &two, 0x10000000,
					   0x1000, &tree, NULL),
			COMPARTMENT_ERR_NO_SPACE);
}

static const struct unit_test tests[] = {
	UNIT_TEST(blobs), UNIT_TEST(places), UNIT_TEST(cut_short),
	UNIT_TEST(harts_and_ram),
	UNIT_TEST(own_controllers), UNIT_TEST(plics),
	UNIT_TEST(too_many_contexts), UNIT_TEST(aplics_and_imsics),
	UNIT_TEST(gics), UNIT_TEST(gic_cores), UNIT_TEST(copies),
};
UNIT_MAIN("manifest_machine", tests)
