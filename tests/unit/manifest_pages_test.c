/* SPDX-License-Identifier: BSD-2-Clause */
/* whole-page: devices that come with others, and what may not come along. */
#include <string.h>

#include <compartment/grant.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"
#define S	"/compartments/server"
#define DISK	"/compartments/server/devices/disk"
#define IT	C "/devices/it"
#define SLOT	"/virtio_mmio@a000000"
#define LAST	"/virtio_mmio@a000e00"
#define NEXT	"/virtio_mmio@a001000"

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

/* How many ranges of registers the first compartment's harts reach. */
static unsigned int list_devices(struct grant *found)
{
	struct grant list[GRANTS_MAX];
	unsigned int i, mmio = 0, count = grant_list(&fixture.model, 0, 0, list,
						     GRANTS_MAX);

	CU_ASSERT_FATAL(count <= GRANTS_MAX);
	for (i = 0; i < count; i++)
		if (list[i].mmio)
			found[mmio++] = list[i];
	return mmio;
}

static void whole_page(void)
{
	const struct model_device *device = fixture.model.devices;
	struct grant found[GRANTS_MAX];
	unsigned int i;

	init();
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 8);
	CU_ASSERT_STRING_EQUAL(device[0].name, "disk");
	CU_ASSERT_STRING_EQUAL(device[7].path, "virtio_mmio@a000e00");
	for (i = 0; i < 8; i++) {
		UNIT_ASSERT_INT(device[i].neighbour, i > 0);
		UNIT_ASSERT_INT(device[i].owner, 0);
		UNIT_ASSERT_INT(device[i].dma, MODEL_DMA_TRUSTED);
		UNIT_ASSERT_INT(device[i].reset, DEVICE_RESET_VIRTIO_MMIO);
		UNIT_ASSERT_INT(device[i].reg_count, 1);
		UNIT_ASSERT_INT(device[i].regs[0].base, 0xa000000 + i * 0x200);
		UNIT_ASSERT_INT(device[i].regs[0].size, 0x200);
		UNIT_ASSERT_INT(device[i].interrupt_count, 1);
		UNIT_ASSERT_INT(device[i].interrupts[0], 48 + i);
	}
	UNIT_ASSERT_INT(list_devices(found), 1);
	UNIT_ASSERT_INT(found[0].range.base, 0xa000000);
	UNIT_ASSERT_INT(found[0].range.size, 0x1000);
	UNIT_ASSERT_INT(found[0].rights, PROTECTION_READ | PROTECTION_WRITE);
	/* Memory, window, record, this: a shorter list is none. */
	UNIT_ASSERT_INT(grant_list(&fixture.model, 0, 0, found, 4), 4);
	UNIT_ASSERT_INT(grant_list(&fixture.model, 0, 0, found, 3),
			GRANT_TOO_MANY);
}

/* A neighbour that reaches into the next page brings that along. */
static void further_pages(void)
{
	const struct fixture_edit longer =
		CELLS(LAST, "reg", 0, 0xa000e00, 0, 0x400);
	struct grant found[GRANTS_MAX];

	init();
	edit_machine(&longer, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 16);
	UNIT_ASSERT_INT(list_devices(found), 1);
	UNIT_ASSERT_INT(found[0].range.size, 0x2000);
	grant(C, "it", NEXT, "trusted");
	expect(COMPARTMENT_ERR_INVALID, IT, "path",
	       "already belongs to compartment server, by whole-page");
}

/* So does one that reaches into the page before; pages count once. */
static void former_pages(void)
{
	const struct fixture_edit longer =
		CELLS(LAST, "reg", 0, 0xa000e00, 0, 0x400);
	const struct fixture_edit second = STRING(DISK, "path", NEXT);
	const struct fixture_edit within[] = {
		CELLS("/pl061@9030000", "reg", 0, 0x9030000, 0, 0x1200),
		CELLS("/pl031@9010000", "reg", 0, 0x9030000, 0, 0x200),
	};
	const struct fixture_edit server[] = {
		STRING(S, "restart", "never"), STRING(DISK, "dma", "none"),
		STRING(DISK, "path", "/pl061@9030000"),
	};
	struct grant found[GRANTS_MAX];

	init();
	edit_machine(&longer, 1);
	edit_manifest(&second, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 16);
	init();
	edit_machine(within, 2);
	edit_manifest(server, 3);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 2);
	UNIT_ASSERT_INT(list_devices(found), 1);
	UNIT_ASSERT_INT(found[0].range.size, 0x2000);
}

/* A device's DMA is warned of once, not again for each that came with it. */
static void one_warning(void)
{
	const struct fixture_edit high = CELLS(C, "criticality", 9);
	const char *at;

	init();
	edit_manifest(&high, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	at = strstr(fixture.lines, "reach all memory");
	CU_ASSERT_FATAL(at != NULL);
	CU_ASSERT_PTR_NULL(strstr(at + 1, "reach all memory"));
}

/* Buses that pass nothing on at that page, however their cells are read. */
static void odd_buses(void)
{
#define OUTER	"/outer"
#define INNER	"/outer/bus"
	const struct fixture_edit buses[] = {
		ADD_NODE("/", "outer"), ADD_NODE(OUTER, "bus"),
		{ EDIT_SET, OUTER, "ranges", NULL, 0 },
		CELLS(OUTER, "#size-cells", 2),
	};
	const struct fixture_edit cells[][4] = {
		{ CELLS(OUTER, "#address-cells", 3), CELLS(INNER, "#address-cells", 1), CELLS(INNER, "#size-cells", 1),
		  CELLS(INNER, "ranges", 0, 0xa000000, 0, 0, 0x1000) },
		{ CELLS(OUTER, "#address-cells", 0), CELLS(INNER, "#address-cells", 1), CELLS(INNER, "#size-cells", 1),
		  CELLS(INNER, "ranges", 0, 0xa000000, 0x1000) },
		{ CELLS(OUTER, "#address-cells", 2), CELLS(INNER, "#address-cells", 0), CELLS(INNER, "#size-cells", 1),
		  CELLS(INNER, "ranges", 0, 0xa000000, 0x1000) },
		{ CELLS(OUTER, "#address-cells", 2), CELLS(INNER, "#address-cells", 1), CELLS(INNER, "#size-cells", 0),
		  CELLS(INNER, "ranges", 0, 0, 0xa000000, 0x1000) },
		{ CELLS(OUTER, "#address-cells", 2), CELLS(INNER, "#address-cells", 1), CELLS(INNER, "#size-cells", 3),
		  CELLS(INNER, "ranges", 0, 0, 0xa000000, 0x1000, 0, 0) },
		/* As far as addresses go, not around their end. */
		{ CELLS(OUTER, "#address-cells", 2), CELLS(INNER, "#address-cells", 1), CELLS(INNER, "#size-cells", 2),
		  CELLS(INNER, "ranges", 0, ~0U, 0xfffff000, 1, 0) },
	};
	size_t i;

	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		init();
		edit_machine(buses, 4);
		edit_machine(cells[i], 4);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	}
}

/* Where registers are whole units of protection the word changes nothing. */
static void needless_word(void)
{
	static const struct fixture_edit word =
		{ EDIT_SET, DISK, "whole-page", NULL, 0 };
	static const struct fixture_edit odd[] = {
		STRING(DISK, "path", "/soc/odd@3000000"),
		STRING(S, "restart", "never"),
	};
	struct grant found[GRANTS_MAX];

	fixture_init(&fixture, FIXTURE_APLIC);
	edit_manifest(&word, 1);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.model.device_count, 1);
	CU_ASSERT(!fixture.model.devices[0].whole_page);
	UNIT_ASSERT_INT(list_devices(found), 1);
	UNIT_ASSERT_INT(found[0].range.base, 0x10001000);
	UNIT_ASSERT_INT(found[0].range.size, 0x1000);
	/* Nor does it help where it cannot: there is nobody to bring along. */
	edit_manifest(odd, 2);
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "0x3000000 + 0x1002 is finer than protection can be set: multiples of 0x4");
	CU_ASSERT_FALSE(fixture_said(&fixture, NULL, NULL, "whole-page"));
	/* A page is not enough everywhere. */
	init();
	fixture.board.granularity = 0x2000;
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "0xa000000 + 0x1000 is finer than protection can be set: multiples of 0x2000");
}

static void whole_page_rules(void)
{
	const struct {
		const char *property, *words;
		struct fixture_edit machine[2], manifest[2];
	} cases[] = {
		{ "path", "0xa000000 + 0x200 is finer than protection can be set: multiples of 0x1000; whole-page grants",
		  { { 0 } }, { DROP(DISK, "whole-page") } },
		{ "whole-page", "has a value",
		  { { 0 } }, { CELLS(DISK, "whole-page", 1) } },
		{ "dma", "but whole-page grants it too: virtio_mmio@a000200 is a bus master",
		  { STRING(SLOT, "compatible", "test,unknown") },
		  { STRING(DISK, "dma", "none") } },
		{ "whole-page", "would grant virtio_mmio@a000e00 too: it belongs to the firmware",
		  { STRING(LAST, "compatible", "arm,gic-v3-its") }, { { 0 } } },
		{ "whole-page", "would grant virtio_mmio@a000e00 too: it is the firmware's console",
		  { STRING("/chosen", "stdout-path", LAST) }, { { 0 } } },
		{ "whole-page", "would grant virtio_mmio@a000e00 too: the machine's tree has it disabled",
		  { STRING(LAST, "status", "disabled") }, { { 0 } } },
		{ "path", "no reset method is known for virtio_mmio@a000e00",
		  { STRING(LAST, "compatible", "test,unknown") }, { { 0 } } },
		{ "whole-page", "bus platform-bus@c000000 passes on at 0xa000000",
		  { CELLS("/platform-bus@c000000", "ranges", 0, 0, 0xa000800, 0x10) }, { { 0 } } },
		{ "whole-page", "bus platform-bus@c000000 passes on at 0xa000000",
		  { CELLS("/platform-bus@c000000", "ranges", 0, 0, 0, ~0U) }, { { 0 } } },
		{ "path", "virtio_mmio@a000e00: its interrupt <1 7> is no shared",
		  { CELLS(LAST, "interrupts", 1, 7, 4) }, { { 0 } } },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		edit_machine(cases[i].machine, 2);
		edit_manifest(cases[i].manifest, 2);
		expect(COMPARTMENT_ERR_INVALID, DISK, cases[i].property,
		       cases[i].words);
	}
}

static void second_owners(void)
{
	const struct fixture_edit page =
		CELLS("/pl061@9030000", "reg", 0, 0xa000000, 0, 0x1000);
	const struct fixture_edit server[] = {
		STRING(S, "restart", "never"), STRING(DISK, "dma", "none"),
		STRING(DISK, "path", "/pl061@9030000"),
	};

	init();
	grant(C, "it", "/virtio_mmio@a000200", "trusted");
	expect(COMPARTMENT_ERR_INVALID, IT, "path",
	       "/virtio_mmio@a000200 already belongs to compartment server, by whole-page of another device; a device has one owner");
	/* Also to one owner it is given once; the disk comes second here. */
	init();
	grant(S, "it", "/virtio_mmio@a000200", "trusted");
	expect(COMPARTMENT_ERR_INVALID, DISK, "path",
	       "already belongs to compartment server");
	init();
	edit_machine(&page, 1);
	edit_manifest(server, 3);
	grant(C, "it", LAST, "trusted");
	expect(COMPARTMENT_ERR_INVALID, IT, "whole-page",
	       "would grant pl061@9030000 too, which already belongs to compartment server");
}

static void too_many_devices(void)
{
	init();
	grant(S, "gpio", "/pl061@9030000", "none");
	grant(S, "second", "/virtio_mmio@a001000", "trusted");
	grant(S, "third", "/virtio_mmio@a002000", "trusted");
	grant(S, "fourth", "/virtio_mmio@a003000", "trusted");
	expect(COMPARTMENT_ERR_INVALID, S "/devices/", "whole-page",
	       "more than 32 devices, with those that come in whole pages");
}

static const struct unit_test tests[] = {
	UNIT_TEST(whole_page), UNIT_TEST(further_pages),
	UNIT_TEST(former_pages), UNIT_TEST(one_warning), UNIT_TEST(odd_buses),
	UNIT_TEST(needless_word), UNIT_TEST(whole_page_rules),
	UNIT_TEST(second_owners), UNIT_TEST(too_many_devices),
};
UNIT_MAIN("manifest_pages", tests)
