/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest on AArch64: what its machine is, interrupts of the GICv3, places,
 * translation tables; manifest_pages_test.c has whole pages of devices.
 */
#include <compartment/architecture.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"
#define S	"/compartments/server"
#define DISK	"/compartments/server/devices/disk"
#define IT	C "/devices/it"
#define SLOT	"/virtio_mmio@a000000"
#define NEXT	"/virtio_mmio@a001000"
#define GIC	"/intc@8000000"

static struct fixture fixture;

static void init(void)
{
	fixture_init(&fixture, FIXTURE_GICV3);
}

static void edit_machine(const struct fixture_edit *edits, size_t count)
{
	fixture_edit_all(fixture.machine, edits, count);
}

static void edit_manifest(const struct fixture_edit *edits, size_t count)
{
	fixture_edit_all(fixture.manifest, edits, count);
}

static void grant(const char *owner, const char *name, const char *path,
		  const char *dma)
{
	fixture_grant(&fixture, owner, name, path, dma, true);
}

static void expect(int rc, const char *where, const char *property,
		   const char *words)
{
	CU_ASSERT(fixture_is_refused(&fixture, rc, where, property, words));
}

static void machine(void)
{
	const struct machine *machine = &fixture.model.machine;
	unsigned int i;

	init();
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT_STRING_EQUAL(fixture.lines, "");
	UNIT_ASSERT_INT(architecture_arm64.get_free_interrupt(machine, 0), 228);
	UNIT_ASSERT_INT(architecture_arm64.get_free_interrupt(machine, 59), 287);
	UNIT_ASSERT_INT(architecture_arm64.get_free_interrupt(machine, 60), 0);
	UNIT_ASSERT_INT(machine->hart_count, 4);
	UNIT_ASSERT_INT(machine->distributor.base, 0x8000000);
	UNIT_ASSERT_INT(machine->distributor.size, 0x10000);
	UNIT_ASSERT_INT(machine->plic.size, 0);
	for (i = 0; i < 4; i++) {
		UNIT_ASSERT_INT(machine->harts[i].id, i);
		UNIT_ASSERT_INT(machine->harts[i].redistributor.base,
				0x80a0000 + i * 0x20000);
		UNIT_ASSERT_INT(machine->harts[i].redistributor.size, 0x20000);
		UNIT_ASSERT_INT(machine->harts[i].doorbell_interrupt, 224 + i);
	}
	fixture.board.doorbell_count = 3;
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(machine->harts[2].doorbell_interrupt, 226);
	UNIT_ASSERT_INT(machine->harts[3].doorbell_interrupt, 0);
}

/* A core's frames go by its affinity, not by where its node is. */
static void affinities(void)
{
	const struct machine *machine = &fixture.model.machine;
	const struct fixture_edit ids[] = {
		CELLS("/cpus", "#address-cells", 2),
		CELLS("/cpus/cpu@0", "reg", 0, 0x101),
		CELLS("/cpus/cpu@1", "reg", 0, 1),
		CELLS("/cpus/cpu@2", "reg", 0, 0x100),
		CELLS("/cpus/cpu@3", "reg", 0, 0),
		STRING("/cpus/cpu@1", "status", "disabled"),
	};
	const struct fixture_edit harts[] = {
		CELLS(S, "harts", 0x101), CELLS(C, "harts", 0),
		CELLS("/compartments/other", "harts", 0x100),
		DROP("/compartments/other", "boot-hart"),
	};
	const struct fixture_edit third =
		CELLS("/cpus/cpu@0", "reg", 1, 0x101);

	init();
	edit_machine(ids, 6);
	edit_manifest(harts, 4);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(machine->hart_count, 3);
	UNIT_ASSERT_INT(machine->harts[0].id, 0x101);
	UNIT_ASSERT_INT(machine->harts[0].redistributor.base, 0x8100000);
	UNIT_ASSERT_INT(machine->harts[0].doorbell_interrupt, 224);
	UNIT_ASSERT_INT(machine->harts[1].redistributor.base, 0x80e0000);
	UNIT_ASSERT_INT(machine->harts[2].redistributor.base, 0x80a0000);
	UNIT_ASSERT_INT(machine->harts[2].doorbell_interrupt, 226);
	edit_machine(&third, 1);
	expect(COMPARTMENT_ERR_MALFORMED, "/cpus/cpu@0", "reg", "level 3");
}

static void regions(void)
{
	const struct machine *machine = &fixture.model.machine;
	const struct fixture_edit two[] = {
		CELLS(GIC, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0,
		      0x40000, 0, 0x9f00000, 0, 0x80000),
		CELLS(GIC, "#redistributor-regions", 2),
	};
	const struct fixture_edit stride =
		CELLS(GIC, "redistributor-stride", 0, 0x40000);
	const struct fixture_edit odd =
		CELLS(GIC, "redistributor-stride", 0x21000);

	init();
	edit_machine(two, 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(machine->harts[1].redistributor.base, 0x80c0000);
	UNIT_ASSERT_INT(machine->harts[2].redistributor.base, 0x9f00000);
	UNIT_ASSERT_INT(machine->harts[3].redistributor.base, 0x9f20000);
	edit_machine(&stride, 1);
	expect(COMPARTMENT_ERR_MALFORMED, GIC, "reg",
	       "no redistributor for hart 3");
	UNIT_ASSERT_INT(fixture.report.errors, 1);
	edit_machine(&odd, 1);
	expect(COMPARTMENT_ERR_MALFORMED, GIC, "reg",
	       "no redistributor for hart 0");
}

static void bad_machine(void)
{
	const struct {
		const char *where, *property, *words;
		struct fixture_edit edit;
	} cases[] = {
		{ "machine: /", NULL, "no arm,gic-v3 there", DROP_NODE(GIC) },
		{ "machine: /", NULL, "no arm,gic-v3 there", STRING(GIC, "status", "disabled") },
		{ GIC, "#interrupt-cells", "3 to 8", CELLS(GIC, "#interrupt-cells", 1) },
		{ GIC, "#interrupt-cells", "3 to 8", CELLS(GIC, "#interrupt-cells", 9) },
		{ GIC, "#interrupt-cells", "a phandle", DROP(GIC, "phandle") },
		{ GIC, "reg", "begin with the distributor", CELLS(GIC, "reg", 0, 0x8001000, 0, 0x10000) },
		{ GIC, "reg", "begin with the distributor", CELLS(GIC, "reg", 0, 0x8000000, 0, 0x1000) },
		{ GIC, "reg", "no redistributor", CELLS(GIC, "reg", 0, 0x8000000, 0, 0x10000) },
		{ GIC, "reg", "no redistributor", CELLS(GIC, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a8000, 0, 0x100000) },
		{ GIC, "reg", "no redistributor", CELLS(GIC, "#redistributor-regions", 0) },
		{ "machine: /", NULL, "no arm,armv8-timer there", DROP_NODE("/timer") },
		{ "/timer", "interrupts", "PPI 14 second and PPI 11 third", CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 10, 4) },
		{ "/timer", "interrupts", "PPI 14 second", CELLS("/timer", "interrupts", 1, 13, 4, 0, 14, 4, 1, 11, 4) },
		{ "/timer", "interrupts", "PPI 14 second", CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4) },
		{ "machine: /", NULL, "no arm,psci-1.0", DROP_NODE("/psci") },
		{ "/psci", "method", "must be \"smc\"", STRING("/psci", "method", "hvc") },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		edit_machine(&cases[i].edit, 1);
		expect(COMPARTMENT_ERR_MALFORMED, cases[i].where,
		       cases[i].property, cases[i].words);
	}
}

static void interrupts(void)
{
	const struct {
		const char *words;
		struct fixture_edit edit;
	} cases[] = {
		{ "its interrupt <1 7> is no shared peripheral", CELLS(SLOT, "interrupts", 1, 7, 4) },
		{ "its interrupt <0 988> is no shared peripheral", CELLS(SLOT, "interrupts", 0, 988, 4) },
		{ "its interrupt <0 ", CELLS(SLOT, "interrupts", 0, ~0U, 4) },
		{ "<0 192> is kept for doorbells", CELLS(SLOT, "interrupts", 0, 192, 1) },
		{ "<0 255> is kept for doorbells", CELLS(SLOT, "interrupts", 0, 100, 1, 0, 255, 1) },
		{ "more than 8 interrupts", CELLS(SLOT, "interrupts", 0, 50, 1, 0, 51, 1, 0, 52, 1, 0, 53, 1,
			0, 54, 1, 0, 55, 1, 0, 56, 1, 0, 57, 1, 0, 58, 1) },
		{ "are not the GICv3's, of 3 cells", CELLS(SLOT, "interrupts", 0, 16) },
		{ "are not the GICv3's, of 3 cells", CELLS(SLOT, "interrupt-parent", 0x8006) },
		{ "interrupts-extended are not followed", CELLS(SLOT, "interrupts-extended", 0x8005, 0, 16, 1) },
	};
	const struct fixture_edit good =
		CELLS(SLOT, "interrupts", 0, 191, 1, 0, 256, 4, 0, 987, 4);
	const struct fixture_edit none = DROP(SLOT, "interrupts");
	const struct model_device *device = fixture.model.devices;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		edit_machine(&cases[i].edit, 1);
		expect(COMPARTMENT_ERR_INVALID, DISK, "path", cases[i].words);
	}
	init();
	edit_machine(&good, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(device[0].interrupt_count, 3);
	UNIT_ASSERT_INT(device[0].interrupts[0], 223);
	UNIT_ASSERT_INT(device[0].interrupts[1], 288);
	UNIT_ASSERT_INT(device[0].interrupts[2], 1019);
	edit_machine(&none, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(device[0].interrupt_count, 0);
}

static void common_interrupt(void)
{
	const struct fixture_edit same =
		CELLS("/virtio_mmio@a001200", "interrupts", 0, 17, 1);

	init();
	edit_machine(&same, 1);
	grant(C, "it", NEXT, "trusted");
	expect(COMPARTMENT_ERR_INVALID, IT, "path",
	       "virtio_mmio@a001200 has interrupt 49, as has virtio_mmio@a000200 of compartment server");
	/* One owner may have both. */
	init();
	edit_machine(&same, 1);
	grant(S, "second", NEXT, "trusted");
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 16);
}

static void refusals(void)
{
	static const char *const cases[][2] = {
		{ "/pl011@9000000", "it is the firmware's console" },
		{ GIC, "it belongs to the firmware" },
		{ GIC "/its@8080000", "it belongs to the firmware" },
		{ "/pcie@10000000", "interrupt-map and interrupts-extended are not followed" },
		{ "/pmu", "has no registers of its own" },
		{ "/memory@40000000", "overlap RAM" },
	};
	static const char *const good[][2] = {
		{ "/pl031@9010000", "none" }, { "/pl061@9030000", "none" },
		{ "/flash@0", "none" }, { "/fw-cfg@9020000", "trusted" },
	};
	const struct fixture_edit never = STRING(C, "restart", "never");
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		edit_manifest(&never, 1);
		grant(C, "it", cases[i][0], "trusted");
		expect(COMPARTMENT_ERR_INVALID, IT, "path", cases[i][1]);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		init();
		edit_manifest(&never, 1);
		grant(C, "it", good[i][0], good[i][1]);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	}
}

static void places(void)
{
	const struct fixture_edit high =
		CELLS(SLOT, "reg", 0x80, 0, 0, 0x1000);
	const struct fixture_edit last =
		CELLS(SLOT, "reg", 0x7f, 0xfffff000, 0, 0x1000);
	const struct fixture_edit distributor =
		CELLS(SLOT, "reg", 0, 0x8008000, 0, 0x1000);
	const struct fixture_edit frames =
		CELLS(SLOT, "reg", 0, 0x8110000, 0, 0x1000);

	init();
	edit_machine(&high, 1);
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "0x8000000000..0x8000000fff is too high: translation tables reach to 0x7fffffffff");
	init();
	edit_machine(&last, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	init();
	edit_machine(&distributor, 1);
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "which is the interrupt controller");
	init();
	edit_machine(&frames, 1);
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "which is the interrupt controller");
}

static void translation_tables(void)
{
	unsigned int needed;

	init();
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	/* Two of level 2, and of level 3 for the disk and for the record. */
	needed = fixture.model.compartments[0].protection_units;
	UNIT_ASSERT_INT(needed, 5);
	/* Memory and window are blocks of 2 MiB. */
	UNIT_ASSERT_INT(fixture.model.compartments[1].protection_units, 2);
	fixture.board.protection_units = needed;
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	fixture.board.protection_units = needed - 1;
	expect(COMPARTMENT_ERR_INVALID, S, NULL,
	       "needs 5 translation tables, 4 are available; ranges that begin and end at multiples of 2 MiB");
	/* Tables are the compartment's: told once, whatever harts it has. */
	fixture.board.protection_units = 1;
	expect(COMPARTMENT_ERR_INVALID, "/compartments/other", NULL,
	       "needs 2 translation tables, 1 are available");
	UNIT_ASSERT_INT(fixture.report.errors, 3);
	CU_ASSERT_FALSE(fixture_said(&fixture, NULL, NULL, "hart"));
}

static const struct unit_test tests[] = {
	UNIT_TEST(machine), UNIT_TEST(affinities), UNIT_TEST(regions),
	UNIT_TEST(bad_machine), UNIT_TEST(interrupts),
	UNIT_TEST(common_interrupt), UNIT_TEST(refusals), UNIT_TEST(places),
	UNIT_TEST(translation_tables),
};
UNIT_MAIN("manifest_arm64", tests)
