/* SPDX-License-Identifier: BSD-2-Clause */
/* The map says what there is, once, and nothing of what there is not. */
#include <string.h>

#include <compartment/map.h>

#include "manifest_fixture.h"
#include "unit.h"

#define SERVER_PATH	"/compartments/server"
#define CH		"/channels/disk"

static struct fixture fixture;

static void take_line(void *context, const char *line)
{
	struct fixture *it = context;

	strcat(it->lines, line);
	strcat(it->lines, "\n");
}

static void print_model(void)
{
	fixture.lines[0] = '\0';
	map_print(&fixture.model, take_line, &fixture);
	CU_ASSERT_FATAL(strlen(fixture.lines) < sizeof(fixture.lines));
}

static void print(void)
{
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	print_model();
}

static unsigned int count(const char *words)
{
	const char *at = fixture.lines;
	unsigned int found = 0;

	while ((at = strstr(at, words))) {
		at += strlen(words);
		found++;
	}
	return found;
}

static void riscv(void)
{
	const struct fixture_edit no_record = DROP(CH, "record");
	enum fixture_interrupts each;

	for (each = FIXTURE_PLIC; each <= FIXTURE_IMSIC; each++) {
		fixture_init(&fixture, each);
		print();
		/* One owner each, and harts that say how, if they do at all. */
		UNIT_ASSERT_INT(count("  device disk: "), 1);
		UNIT_ASSERT_INT(count("its pages also hold"), 0);
		UNIT_ASSERT_INT(count("PLIC context of hart"),
				each == FIXTURE_PLIC ? 4 : 0);
		UNIT_ASSERT_INT(count("interrupt file of hart"),
				each == FIXTURE_IMSIC ? 4 : 0);
		UNIT_ASSERT_INT(count("  \n"), 0);
		UNIT_ASSERT_INT(count("  observes:"), 1);
		UNIT_ASSERT_INT(count("  observes: client\n"), 1);
		UNIT_ASSERT_INT(count(", record record\n"), 1);
		UNIT_ASSERT_INT(count(", private copies "), 1);
	}
	fixture.board.private.size = 0;
	fixture_edit(fixture.manifest, &no_record);
	print();
	UNIT_ASSERT_INT(count("private copies"), 0);
	UNIT_ASSERT_INT(count(", record "), 0);
}

/* By hand: client `a` of server `b`, as an operating system that knows nothing. */
static void add_channel(unsigned int a, unsigned int b)
{
	struct model_channel *channel =
		&fixture.model.channels[fixture.model.channel_count++];

	*channel = fixture.model.channels[0];
	channel->client = a;
	channel->server = b;
	channel->registers.range.size = 4096;
}

/* At boot each would be held for the other's device. */
static void servers_in_a_circle(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	fixture.model.channel_count = 1;
	fixture.model.compartment_count = 3;
	fixture.model.compartments[2] = fixture.model.compartments[1];
	add_channel(0, 1);
	add_channel(1, 2);
	print_model();
	UNIT_ASSERT_INT(count("in a circle"), 0);
	/* One that knows of channels is not held. */
	add_channel(2, 0);
	fixture.model.channels[3].registers.range.size = 0;
	print_model();
	UNIT_ASSERT_INT(count("in a circle"), 0);
	fixture.model.channels[3].registers.range.size = 4096;
	print_model();
	UNIT_ASSERT_INT(count("  in a circle: at boot "), 3);
	UNIT_ASSERT_INT(count(", which waits for it, up to 1000 ms\n"), 3);
}

static void arm64(void)
{
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_grant(&fixture, "/compartments/client", "gpio",
		      "/pl061@9030000", "none", false);
	fixture_edit(fixture.manifest, &(struct fixture_edit)
		     STRING("/compartments/client", "restart", "never"));
	print();
	/* Those that came with a device stand below it, and are none. */
	UNIT_ASSERT_INT(count("  device "), 2);
	UNIT_ASSERT_INT(count("its pages also hold 7 other devices"), 1);
	UNIT_ASSERT_INT(count("its pages"), 1);
	UNIT_ASSERT_INT(count("doorbell of hart"), 4);
	/* As many as there can be. */
	fixture_init(&fixture, FIXTURE_GICV3);
	fixture_grant(&fixture, SERVER_PATH, "second", "/virtio_mmio@a001000",
		      "trusted", true);
	fixture_grant(&fixture, SERVER_PATH, "third", "/virtio_mmio@a002000",
		      "trusted", true);
	fixture_grant(&fixture, SERVER_PATH, "fourth", "/virtio_mmio@a003000",
		      "trusted", true);
	print();
	UNIT_ASSERT_INT(fixture.model.device_count, MODEL_DEVICES_MAX);
	UNIT_ASSERT_INT(count("its pages also hold 7 other devices"), 4);
	/* A board with fewer doorbells than harts. */
	fixture.board.doorbell_count = 1;
	print();
	UNIT_ASSERT_INT(count("doorbell of hart"), 1);
	UNIT_ASSERT_INT(count("  \n"), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(riscv), UNIT_TEST(servers_in_a_circle), UNIT_TEST(arm64),
};
UNIT_MAIN("manifest_map", tests)
