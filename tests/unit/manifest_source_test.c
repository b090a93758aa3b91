/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V: which sources of the interrupt controller are a device's, which ones
 * nothing drives, and what an APLIC has to be.
 */
#include <compartment/architecture.h>

#include "manifest_fixture.h"
#include "unit.h"

#define C	"/compartments/client"

static struct fixture fixture;

static void expect(const char *where, const char *property, const char *words)
{
	CU_ASSERT(fixture_is_refused(&fixture, COMPARTMENT_ERR_INVALID, where,
				     property, words));
}

/* A wire is there, whatever the node says of itself. */
static void wires(void)
{
	const struct fixture_edit off[] = {
		STRING("/soc/rtc@101000", "status", "disabled"),
		CELLS("/soc/rtc@101000", "interrupts", 5),
	};
	const struct fixture_edit map =
		CELLS("/soc/pci@30000000", "interrupt-map",
		      0, 0, 0, 1, 40, 5, 0, 0, 0, 2, 40, 7);
	const struct fixture_edit torn[] = {
		CELLS("/soc/pci@30000000", "interrupt-map",
		      0, 0, 0, 1, 40, 5, 0, 0, 0, 2, 40),
		DROP("/soc/disk@10002000", "interrupts"),
	};
	const struct fixture_edit unknown =
		CELLS("/soc/pci@30000000", "interrupt-map",
		      0, 0, 0, 1, 99, 5, 0, 0, 0, 2, 40, 7);
	const struct fixture_edit unit[] = {
		CELLS("/soc/irq@d000000", "#address-cells", 1),
		CELLS("/soc/pci@30000000", "interrupt-map",
		      0, 0, 0, 1, 40, 7, 5, 0, 0, 0, 2, 40, 5, 7),
	};
	const struct fixture_edit shapeless =
		DROP("/soc/irq@d000000", "#interrupt-cells");
	const struct fixture_edit beyond =
		CELLS("/soc/disk@10002000", "interrupts", 1024);
	const struct fixture_edit wide =
		CELLS("/soc/pci@30000000", "#address-cells", 0xffffffff);
	const struct fixture_edit foreign =
		CELLS("/soc/disk@10002000", "interrupt-parent", 16);
	const struct machine *machine = &fixture.model.machine;
	const struct architecture *riscv = &architecture_riscv;
	unsigned int i;

	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 5);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 4), 12);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 87), 95);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 88), 0);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit_all(fixture.machine, off, 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 7);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &map);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 3);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 2), 8);
	/* What is torn, or leads nowhere, ends the list. */
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit_all(fixture.machine, torn, 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 2);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 3), 7);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &unknown);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 3), 7);
	/* A controller's unit address stands before the interrupt. */
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit_all(fixture.machine, unit, 2);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 2), 8);
	/* One that does not say how long its interrupts are has none. */
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &shapeless);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	for (i = 0; i < 95; i++)
		UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, i), i + 1);
	UNIT_ASSERT_INT(fixture.model.devices[0].interrupt_count, 0);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &beyond);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 2);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &wide);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 3);
	/* An interrupt of another controller has the number by chance. */
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &foreign);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(riscv->get_free_interrupt(machine, 0), 2);
}

/* The sources of a device: in each way to say them, once each, and its alone. */
static void sources(void)
{
	const struct fixture_edit never[] = {
		STRING("/compartments/server", "restart", "never"),
		STRING(C, "restart", "never"),
	};
	const struct fixture_edit nine =
		CELLS("/soc/disk@10001000", "interrupts", 1, 20, 21, 22, 23,
		      24, 25, 26, 27);
	const struct fixture_edit beyond =
		CELLS("/soc/disk@10001000", "interrupts", 96);
	const struct fixture_edit zero =
		CELLS("/soc/disk@10001000", "interrupts", 0);
	const struct fixture_edit shared =
		CELLS("/soc/disk@10002000", "interrupts", 1);
	const struct model_device *device = fixture.model.devices;

	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit_all(fixture.manifest, never, 2);
	fixture_grant(&fixture, "/compartments/server", "pci",
		      "/soc/pci@30000000", "trusted", false);
	fixture_grant(&fixture, C, "extended", "/soc/extended@3004000",
		      "trusted", false);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(device[0].interrupt_count, 2);
	UNIT_ASSERT_INT(device[0].interrupts[0], 3);
	UNIT_ASSERT_INT(device[0].interrupts[1], 4);
	UNIT_ASSERT_INT(device[2].interrupt_count, 1);
	UNIT_ASSERT_INT(device[2].interrupts[0], 6);
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &nine);
	expect("devices/disk", "path", "more than 8 interrupts");
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &beyond);
	expect("devices/disk", "path", "interrupt 96 is no source");
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &zero);
	expect("devices/disk", "path", "interrupt 0 is no source");
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &shared);
	fixture_grant(&fixture, C, "second", "/soc/disk@10002000", "trusted",
		      false);
	expect(C "/devices/second", "path", "has interrupt 1, as has /soc/disk@10001000 of compartment server");
}

static void bad_aplics(void)
{
#define APLIC	"/soc/irq@d000000"
	const struct fixture_edit direct[] = {
		DROP(APLIC, "riscv,num-sources"),
		CELLS(APLIC, "riscv,num-sources", 1024),
		DROP(APLIC, "reg"),
		CELLS(APLIC, "reg", 0, 0xd000000, 0, 0x4060),
		DROP(APLIC, "interrupts-extended"),
	};
	const struct fixture_edit msi[] = {
		CELLS(APLIC, "msi-parent", 99),
		CELLS(APLIC, "reg", 0, 0xd000000, 0, 0x3000),
		CELLS("/soc/imsic@28000000", "riscv,group-index-bits", 1),
	};
#define FIRST	"/soc/first@e000000"
	const struct fixture_edit first[] = {
		ADD_NODE("/soc", "first@e000000"),
		STRING(FIRST, "compatible", "riscv,aplic"),
		CELLS(FIRST, "riscv,num-sources", 96),
		CELLS(FIRST, "reg", 0, 0xe000000, 0, 0x8000),
	};
	const struct fixture_edit levels[] = {
		CELLS(FIRST, "interrupts-extended", 16, 9, 17, 9),
		CELLS(FIRST, "interrupts-extended", 16, 11, 17, 11),
	};
	const struct fixture_edit good_reg[] = {
		CELLS(APLIC, "reg", 0, 0xd000000, 0, 0x4080),
		CELLS(APLIC, "reg", 0, 0xd000000, 0, 0x4000),
	};
	size_t i;

	for (i = 0; i < sizeof(direct) / sizeof(direct[0]); i++) {
		fixture_init(&fixture, FIXTURE_APLIC);
		fixture_edit(fixture.machine, &direct[i]);
		CU_ASSERT(fixture_is_refused(&fixture,
			COMPARTMENT_ERR_MALFORMED, APLIC, NULL, "an APLIC must"));
	}
	for (i = 0; i < sizeof(msi) / sizeof(msi[0]); i++) {
		fixture_init(&fixture, FIXTURE_IMSIC);
		fixture_edit(fixture.machine, &msi[i]);
		CU_ASSERT(fixture_is_refused(&fixture,
			COMPARTMENT_ERR_MALFORMED, APLIC, NULL, "an APLIC must"));
	}
	/* The first of the supervisor level is it; the machine's is none. */
	for (i = 0; i < 2; i++) {
		fixture_init(&fixture, FIXTURE_APLIC);
		fixture_edit_all(fixture.machine, first, 4);
		fixture_edit(fixture.machine, &levels[i]);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
		UNIT_ASSERT_INT(fixture.model.machine.aplic.base,
				i ? 0xd000000 : 0xe000000);
	}
	/* No structure for a hart is needed where messages are sent. */
	for (i = 0; i < 2; i++) {
		fixture_init(&fixture, i ? FIXTURE_IMSIC : FIXTURE_APLIC);
		fixture_edit(fixture.machine, &good_reg[i]);
		UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(wires), UNIT_TEST(sources), UNIT_TEST(bad_aplics),
};
UNIT_MAIN("manifest_source", tests)
