/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest's model: what a good one becomes, on each kind of interrupt
 * controller, and how errors and warnings are told.
 */
#include "manifest_fixture.h"
#include "unit.h"

static struct fixture fixture;

static void good(enum fixture_interrupts interrupts)
{
	fixture_init(&fixture, interrupts);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT_STRING_EQUAL(fixture.lines, "");
	UNIT_ASSERT_INT(fixture.report.errors, 0);
	UNIT_ASSERT_INT(fixture.report.warnings, 0);
}

static void compartments(void)
{
	const struct model *model = &fixture.model;
	const struct model_compartment *other = &model->compartments[2];

	good(FIXTURE_PLIC);
	CU_ASSERT_STRING_EQUAL(model->title, "a good system");
	UNIT_ASSERT_INT(model->compartment_count, 3);
	CU_ASSERT_STRING_EQUAL(model->compartments[0].name, "server");
	CU_ASSERT_STRING_EQUAL(model->compartments[0].image, "server");
	CU_ASSERT_STRING_EQUAL(model->compartments[0].bootargs, "");
	CU_ASSERT_STRING_EQUAL(model->compartments[1].bootargs, "rounds=3");
	UNIT_ASSERT_INT(model->compartments[0].criticality, 2);
	UNIT_ASSERT_INT(model->compartments[0].restart, MODEL_RESTART_ALWAYS);
	UNIT_ASSERT_INT(other->hart_count, 2);
	UNIT_ASSERT_INT(other->harts[0], 2);
	UNIT_ASSERT_INT(other->boot_hart, 3);
	UNIT_ASSERT_INT(other->observes, 1U << 1);
	UNIT_ASSERT_INT(other->memory_count, 1);
	UNIT_ASSERT_INT(other->memory[0].base, 0x90c00000);
	UNIT_ASSERT_INT(other->memory[0].size, 0x400000);
	UNIT_ASSERT_INT(model_find_owner(model, 3), 2);
	UNIT_ASSERT_INT(model_find_owner(model, 4), -1);
}

static void sharing(void)
{
	const struct model *model = &fixture.model;
	const struct model_channel *channel = &model->channels[0];

	good(FIXTURE_PLIC);
	UNIT_ASSERT_INT(model->window_count, 2);
	UNIT_ASSERT_INT(model_window_access(&model->windows[0], 1),
			MODEL_ACCESS_RW);
	UNIT_ASSERT_INT(model_window_access(&model->windows[0], 2),
			MODEL_ACCESS_NONE);
	/* The server is named by both links: other-link comes first. */
	UNIT_ASSERT_INT(model->compartments[0].link_count, 2);
	UNIT_ASSERT_INT(model->links[0].numbers[1], 0);
	CU_ASSERT_STRING_EQUAL(model->links[1].name, "disk-link");
	UNIT_ASSERT_INT(model->links[1].ends[0], 0);
	UNIT_ASSERT_INT(model->links[1].ends[1], 1);
	UNIT_ASSERT_INT(model->links[1].numbers[0], 1);
	UNIT_ASSERT_INT(model->links[1].numbers[1], 0);
	UNIT_ASSERT_INT(model->channel_count, 1);
	UNIT_ASSERT_INT(channel->link, 1);
	UNIT_ASSERT_INT(channel->control.range.base, 0x91000000);
	UNIT_ASSERT_INT(channel->control.range.size, 0x1000);
	UNIT_ASSERT_INT(channel->pool.range.base, 0x91001000);
	UNIT_ASSERT_INT(channel->pool.range.size, 0x3ff000);
	UNIT_ASSERT_INT(channel->record.range.base, 0x90800000);
	UNIT_ASSERT_INT(channel->record.range.size, 0x1000);
	UNIT_ASSERT_INT(channel->bit, 0);
	UNIT_ASSERT_INT(channel->publish_timeout_ms, 1000);
}

static void devices(void)
{
	const struct model_device *device = fixture.model.devices;
	enum fixture_interrupts each;

	for (each = FIXTURE_PLIC; each <= FIXTURE_IMSIC; each++) {
		good(each);
		UNIT_ASSERT_INT(fixture.model.device_count, 1);
		UNIT_ASSERT_INT(device->dma, MODEL_DMA_TRUSTED);
		UNIT_ASSERT_INT(device->reset, DEVICE_RESET_VIRTIO_MMIO);
		UNIT_ASSERT_INT(device->regs[0].base, 0x10001000);
		UNIT_ASSERT_INT(device->interrupt_count, 1);
		UNIT_ASSERT_INT(device->interrupts[0], 1);
	}
}

static void interrupt_pages(void)
{
	const struct machine *machine = &fixture.model.machine;

	good(FIXTURE_PLIC);
	UNIT_ASSERT_INT(machine->hart_count, 4);
	UNIT_ASSERT_INT(machine->plic_sources, 95);
	/* Eight contexts: what they share ends before 0x4000. */
	UNIT_ASSERT_INT(machine->plic.base, 0xd000000);
	UNIT_ASSERT_INT(machine->plic.size, 0x4000);
	UNIT_ASSERT_INT(machine->aplic.size, 0);
	UNIT_ASSERT_INT(machine->controller, 40);
	UNIT_ASSERT_INT(machine->harts[2].aplic_index, -1);
	UNIT_ASSERT_INT(machine->harts[2].plic_context, 5);
	UNIT_ASSERT_INT(machine->harts[2].plic_page.base, 0xd205000);
	UNIT_ASSERT_INT(machine->harts[2].imsic_page.size, 0);
	good(FIXTURE_APLIC);
	UNIT_ASSERT_INT(machine->plic.size, 0);
	UNIT_ASSERT_INT(machine->aplic.base, 0xd000000);
	UNIT_ASSERT_INT(machine->aplic.size, 0x8000);
	UNIT_ASSERT_INT(machine->aplic_sources, 96);
	UNIT_ASSERT_INT(machine->aplic_sends_msis, false);
	UNIT_ASSERT_INT(machine->controller, 40);
	UNIT_ASSERT_INT(machine->harts[2].aplic_index, 2);
	UNIT_ASSERT_INT(machine->harts[2].plic_context, -1);
	UNIT_ASSERT_INT(machine->harts[2].imsic_page.size, 0);
	good(FIXTURE_IMSIC);
	UNIT_ASSERT_INT(machine->aplic.base, 0xd000000);
	UNIT_ASSERT_INT(machine->aplic_sends_msis, true);
	UNIT_ASSERT_INT(machine->harts[3].aplic_index, 3);
	UNIT_ASSERT_INT(machine->harts[2].plic_page.size, 0);
	UNIT_ASSERT_INT(machine->harts[2].imsic_page.base, 0x28002000);
	UNIT_ASSERT_INT(machine->imsic_identities, 255);
}

/* Guest files lie between, and the files may be spread over several ranges. */
static void imsic_layout(void)
{
	const struct machine *machine = &fixture.model.machine;
	const struct fixture_edit bits =
		CELLS("/soc/imsic@28000000", "riscv,guest-index-bits", 1);
	const struct fixture_edit reg =
		CELLS("/soc/imsic@28000000", "reg", 0, 0x28000000, 0, 0x4000,
		      0, 0x28100000, 0, 0x4000);
	const struct fixture_edit small =
		CELLS("/soc/imsic@28000000", "reg", 0, 0x28000000, 0, 0x4000);

	fixture_init(&fixture, FIXTURE_IMSIC);
	fixture_edit(fixture.machine, &bits);
	fixture_edit(fixture.machine, &reg);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(machine->harts[1].imsic_page.base, 0x28002000);
	UNIT_ASSERT_INT(machine->harts[2].imsic_page.base, 0x28100000);
	UNIT_ASSERT_INT(machine->harts[3].imsic_page.base, 0x28102000);
	fixture_edit(fixture.machine, &small);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_ERR_MALFORMED);
	CU_ASSERT(fixture_said(&fixture, "/soc/imsic@28000000", "reg", "hart 2"));
}

static void bad_machine(void)
{
	const struct fixture_edit no_cpus = DROP_NODE("/cpus");
	const struct fixture_edit no_ram = DROP_NODE("/memory@80000000");
	const struct fixture_edit twice = CELLS("/cpus/cpu@1", "reg", 0);
	const struct fixture_edit small =
		CELLS("/soc/irq@d000000", "reg", 0, 0xd000000, 0, 0x204000);
	const struct {
		const struct fixture_edit *edit;
		const char *words;
	} cases[] = {
		{ &no_cpus, "no hart" }, { &no_ram, "no RAM" },
		{ &twice, "hart 0 is there twice" }, { &small, "lies outside" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_init(&fixture, FIXTURE_PLIC);
		fixture_edit(fixture.machine, cases[i].edit);
		UNIT_ASSERT_INT(fixture_parse(&fixture),
				COMPARTMENT_ERR_MALFORMED);
		CU_ASSERT(fixture_said(&fixture, cases[i].words, NULL, NULL));
	}
}

/* A hart that is switched off is not there. */
static void disabled_hart(void)
{
	const struct fixture_edit off =
		STRING("/cpus/cpu@1", "status", "disabled");

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.machine, &off);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_ERR_INVALID);
	CU_ASSERT(fixture_said(&fixture, "/compartments/client", "harts",
			       "hart 1 is not in this machine, which has 3"));
}

static void defaults(void)
{
	const struct fixture_edit edits[] = {
		DROP("/compartments/client", "restart"),
		DROP("/compartments/client", "criticality"),
		DROP("/", "cold-boot"), DROP("/", "model"),
		DROP("/channels/disk", "record"),
	};
	size_t i;

	fixture_init(&fixture, FIXTURE_PLIC);
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		fixture_edit(fixture.manifest, &edits[i]);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT_STRING_EQUAL(fixture.model.title, "");
	UNIT_ASSERT_INT(fixture.model.compartments[1].restart,
			MODEL_RESTART_NEVER);
	UNIT_ASSERT_INT(fixture.model.compartments[1].criticality, 0);
	UNIT_ASSERT_INT(fixture.model.channels[0].record.range.size, 0);
}

/* A trusted bus master may not be in less critical hands in silence. */
static void trusted_master(void)
{
	const struct fixture_edit none =
		CELLS("/compartments/server", "criticality", 0);
	const struct fixture_edit equal =
		CELLS("/compartments/client", "criticality", 2);
	const struct fixture_edit higher =
		CELLS("/compartments/client", "criticality", 3);
	const char *where =
		"warning: /compartments/server/devices/disk: dma: ";

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.manifest, &equal);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.report.warnings, 0);
	fixture_edit(fixture.manifest, &higher);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.report.warnings, 1);
	CU_ASSERT(fixture_said(&fixture, where, "lets server, of criticality 2",
			       "memory of client, of criticality 3"));
	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.manifest, &none);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.report.warnings, 1);
	CU_ASSERT(fixture_said(&fixture, where, "lets server, of criticality 0",
			       "memory of client, of criticality 1"));
}

/* "none" is believed of a device that nobody knows, and the board knows more. */
static void unknown_device(void)
{
	const struct fixture_edit edits[] = {
		STRING("/compartments/server/devices/disk", "path",
		       "/soc/mystery@3002000"),
		STRING("/compartments/server/devices/disk", "dma", "none"),
		STRING("/compartments/server", "restart", "never"),
	};
	static const struct device_kind kinds[] = {
		{ .compatible = "test,mystery", .dma = DEVICE_DMA_NEVER },
		{ .compatible = "virtio,mmio", .role = DEVICE_ROLE_FIRMWARE },
	};
	size_t i;

	fixture_init(&fixture, FIXTURE_PLIC);
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		fixture_edit(fixture.manifest, &edits[i]);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	CU_ASSERT(fixture_said(&fixture, "warning: ", "mystery", "is believed"));
	/* A row of the board's own, beside those of all boards. */
	fixture.board.kinds = kinds;
	fixture.board.kind_count = 1;
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	UNIT_ASSERT_INT(fixture.report.warnings, 0);
	/* And before them. */
	fixture.board.kind_count = 2;
	fixture_grant(&fixture, "/compartments/client", "second",
		      "/soc/disk@10002000", "trusted", false);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_ERR_INVALID);
	CU_ASSERT(fixture_said(&fixture, "devices/second",
			       "belongs to the firmware", NULL));
}

/* Where the firmware's copies go, and when there is no place for them. */
static void copies(void)
{
	struct compartment_board *board = &fixture.board;
	const struct machine *machine = &fixture.model.machine;
	uint64_t tree = 0;

	good(FIXTURE_PLIC);
	UNIT_ASSERT_INT(board_place_copies(board, machine, 0x12345, 0x1001,
					   &tree, &fixture.report),
			COMPARTMENT_OK);
	UNIT_ASSERT_INT(board->private.base, 0x9ffeb000);
	UNIT_ASSERT_INT(board->private.size, 0x15000);
	UNIT_ASSERT_INT(tree, 0x9fffe000);
	/* Half of the RAM behind the firmware is its limit, to the page. */
	UNIT_ASSERT_INT(board_place_copies(board, machine, 0xfeff000, 0x1000,
					   &tree, NULL), COMPARTMENT_OK);
	UNIT_ASSERT_INT(board->private.base, 0x90100000);
	UNIT_ASSERT_INT(board_place_copies(board, machine, 0xff00000, 0x1000,
					   &tree, &fixture.report),
			COMPARTMENT_ERR_NO_SPACE);
	CU_ASSERT(fixture_said(&fixture, "too little memory",
			       "RAM ends at 0xa0000000", NULL));
	board->firmware.base = 0x70000000;
	UNIT_ASSERT_INT(board_place_copies(board, machine, 1, 1, &tree, NULL),
			COMPARTMENT_ERR_NO_SPACE);
}

/* One run tells several errors, each once. */
static void several_errors(void)
{
	const struct fixture_edit edits[] = {
		DROP("/compartments/client", "image"),
		STRING("/compartments/other", "restart", "maybe"),
		CELLS("/links/disk-link", "between", SERVER, NOBODY),
		CELLS("/channels/disk", "queue-size", 5),
	};
	size_t i;

	fixture_init(&fixture, FIXTURE_PLIC);
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		fixture_edit(fixture.manifest, &edits[i]);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_ERR_INVALID);
	UNIT_ASSERT_INT(fixture.report.errors, 4);
	CU_ASSERT(fixture_said(&fixture, "client", "image", NULL));
	CU_ASSERT(fixture_said(&fixture, "other", "restart", NULL));
	CU_ASSERT(fixture_said(&fixture, "disk-link", "between", NULL));
	CU_ASSERT(fixture_said(&fixture, "channels/disk", "queue-size", NULL));
}

static void no_report(void)
{
	const struct fixture_edit edit = DROP("/compartments/client", "image");

	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(manifest_parse(&fixture.model, fixture.manifest,
			sizeof(fixture.manifest), fixture.machine,
			sizeof(fixture.machine), &fixture.board, NULL),
			COMPARTMENT_OK);
	fixture_edit(fixture.manifest, &edit);
	UNIT_ASSERT_INT(manifest_parse(&fixture.model, fixture.manifest,
			sizeof(fixture.manifest), fixture.machine,
			sizeof(fixture.machine), &fixture.board, NULL),
			COMPARTMENT_ERR_INVALID);
}

/* What the blob says must not reach a terminal as control characters. */
static void printable(void)
{
	const struct fixture_edit edit =
		STRING("/compartments/server/devices/disk", "path", "/\033[2J\n");

	fixture_init(&fixture, FIXTURE_PLIC);
	fixture_edit(fixture.manifest, &edit);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_ERR_INVALID);
	CU_ASSERT(fixture_said(&fixture, "/?[2J?: no such node", NULL, NULL));
}

static void model_is_small(void)
{
	CU_ASSERT(sizeof(struct model) < 32768);
}

static const struct unit_test tests[] = {
	UNIT_TEST(compartments), UNIT_TEST(sharing), UNIT_TEST(devices),
	UNIT_TEST(interrupt_pages), UNIT_TEST(imsic_layout),
	UNIT_TEST(bad_machine), UNIT_TEST(disabled_hart), UNIT_TEST(defaults),
	UNIT_TEST(trusted_master), UNIT_TEST(unknown_device), UNIT_TEST(copies),
	UNIT_TEST(several_errors), UNIT_TEST(no_report),
	UNIT_TEST(printable), UNIT_TEST(model_is_small),
};
UNIT_MAIN("manifest", tests)
