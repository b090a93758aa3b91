/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V's interrupt controllers, as a compartment's own harts see them. */
#include <libfdt.h>

#include "built_tree.h"
#include "unit.h"

#define CLIENT_INDEX	1
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
	CU_ASSERT(!built_tree_has("/soc/machine@c000000"));
	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &delegated);
	build(2);
	EXPECT(CONTROLLER, "msi-parent", 42);
	CU_ASSERT_PTR_NULL(built_tree_find(CONTROLLER, "interrupts-extended", NULL));
	CU_ASSERT(!built_tree_has("/soc/machine@c000000") && !built_tree_has("/soc/imsic@24000000"));
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
	CU_ASSERT_PTR_NULL(built_tree_find("/cpus/cpu@1", "bulkhead,plic-context", NULL));
	/* One that is named more often than there can be harts. */
	fixture_edit(fixture.machine, &often);
	build(2);
	(void)built_tree_find(IMSIC, "interrupts-extended", &length);
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

/* What is off, or not there, is in no built_tree. */
static void no_controller(void)
{
	const struct fixture_edit off = STRING(IMSIC, "status", "disabled");
	const struct fixture_edit gone = DROP_NODE(CONTROLLER);

	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &off);
	build(2);
	CU_ASSERT(!built_tree_has(IMSIC));
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &gone);
	build(0);
	CU_ASSERT(!built_tree_has(CONTROLLER) && !built_tree_has("/soc/rtc@101000"));
	CU_ASSERT(built_tree_has("/soc/disk@10001000"));
	CU_ASSERT_PTR_NULL(built_tree_find("/cpus/cpu@0", "bulkhead,plic-context", NULL));
	CU_ASSERT_PTR_NULL(built_tree_find("/cpus/cpu@0", "bulkhead,imsic", NULL));
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

static const struct unit_test tests[] = {
	UNIT_TEST(controllers), UNIT_TEST(imsic), UNIT_TEST(no_controller),
	UNIT_TEST(edges),
};
UNIT_MAIN("devicetree_irq", tests)
