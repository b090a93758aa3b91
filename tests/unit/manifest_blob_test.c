/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blobs that are cut short, changed or misplaced: refused or used, never
 * crashed on (the sanitisers watch).
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/architecture.h>
#include <compartment/devicetree.h>
#include <compartment/map.h>

#include "manifest_fixture.h"
#include "unit.h"

static struct fixture fixture;

static void ignore_line(void *context, const char *text)
{
	(void)context;
	(void)text;
}

/* Whatever passed must be fit for everything that is made from it. */
static void use_model(const struct model *model)
{
	static uint64_t buffer[MODEL_TREE_SIZE / 8];
	unsigned int i, hart;
	int size;

	map_print(model, ignore_line, NULL);
	for (i = 0; i < model->compartment_count; i++) {
		size = devicetree_build(model, i, buffer, sizeof(buffer));
		CU_ASSERT(size < 0 || !fdt_check_full(buffer, sizeof(buffer)));
		for (hart = 0; hart < model->compartments[i].hart_count; hart++)
			CU_ASSERT(model->board->architecture->count_protection(
				model, i, model->compartments[i].harts[hart]) +
				model->board->protection_kept <=
				model->board->protection_units);
	}
}

/* Parse `size` bytes of a blob alone on the heap, so that a read past it shows. */
static int parse_alone(const void *blob, size_t size, bool is_machine)
{
	void *copy = malloc(size ? size : 1);
	const struct fixture *f = &fixture;
	int rc;

	memcpy(copy, blob, size);
	rc = manifest_parse(&fixture.model, is_machine ? f->manifest : copy,
			    is_machine ? sizeof(f->manifest) : size,
			    is_machine ? copy : f->machine,
			    is_machine ? size : sizeof(f->machine), &f->board,
			    NULL);
	if (!rc)
		use_model(&fixture.model);
	free(copy);
	return rc;
}

static void truncations(void)
{
	uint8_t *blobs[2];
	size_t i, size, total;

	fixture_init(&fixture, FIXTURE_IMSIC);
	blobs[0] = (uint8_t *)fixture.manifest;
	blobs[1] = (uint8_t *)fixture.machine;
	for (i = 0; i < 2; i++) {
		fdt_pack(blobs[i]);
		total = fdt_totalsize(blobs[i]);
		for (size = 0; size < total; size++)
			if (parse_alone(blobs[i], size, i == 1) !=
			    COMPARTMENT_ERR_MALFORMED)
				CU_FAIL("a truncated blob passed");
		UNIT_ASSERT_INT(parse_alone(blobs[i], total, i == 1),
				COMPARTMENT_OK);
	}
}

/* The header, too, may claim less than there is. */
static void header_sizes(void)
{
	uint8_t *blob = (uint8_t *)fixture.manifest;
	uint32_t total, claimed;

	fixture_init(&fixture, FIXTURE_PLIC);
	fdt_pack(blob);
	total = fdt_totalsize(blob);
	for (claimed = 0; claimed < total; claimed++) {
		fdt_set_totalsize(blob, claimed);
		if (parse_alone(blob, total, false) != COMPARTMENT_ERR_MALFORMED)
			CU_FAIL("a header that is too small passed");
	}
}

static void mutations(void)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t *blobs[2], was;
	size_t i, k, at, total;
	unsigned int passed = 0, tried = 0;

	fixture_init(&fixture, FIXTURE_IMSIC);
	blobs[0] = (uint8_t *)fixture.manifest;
	blobs[1] = (uint8_t *)fixture.machine;
	for (i = 0; i < 2; i++) {
		fdt_pack(blobs[i]);
		total = fdt_totalsize(blobs[i]);
		for (at = 0; at < total; at++) {
			was = blobs[i][at];
			for (k = 0; k < sizeof(values); k++) {
				blobs[i][at] = values[k];
				passed += !parse_alone(blobs[i], total, i == 1);
				tried++;
			}
			blobs[i][at] = was;
		}
	}
	/* Some changes do not matter; most do. */
	CU_ASSERT(tried > 10000);
	CU_ASSERT(passed < tried);
}

/* Several bytes at once, with a fixed generator: the same on every run. */
static void mutate(uint8_t *blob, bool is_machine, unsigned int rounds)
{
	uint64_t state = 0x9e3779b97f4a7c15ULL;
	uint8_t keep[FIXTURE_BLOB_SIZE];
	unsigned int round, k;
	size_t total;

	fdt_pack(blob);
	total = fdt_totalsize(blob);
	memcpy(keep, blob, total);
	for (round = 0; round < rounds; round++) {
		for (k = 0; k < 1 + round % 8; k++) {
			state = state * 6364136223846793005ULL + 1;
			blob[(state >> 33) % total] = (uint8_t)(state >> 20);
		}
		parse_alone(blob, total, is_machine);
		memcpy(blob, keep, total);
	}
	UNIT_ASSERT_INT(parse_alone(blob, total, is_machine), COMPARTMENT_OK);
}

static void random_mutations(void)
{
	fixture_init(&fixture, FIXTURE_PLIC);
	mutate((uint8_t *)fixture.manifest, false, 5000);
	fixture_init(&fixture, FIXTURE_GICV3);
	mutate((uint8_t *)fixture.manifest, false, 500);
	mutate((uint8_t *)fixture.machine, true, 1000);
}

static void misaligned(void)
{
	static uint64_t space[FIXTURE_BLOB_SIZE / 8 + 1];
	uint8_t *blob = (uint8_t *)space + 4;

	fixture_init(&fixture, FIXTURE_PLIC);
	memcpy(blob, fixture.manifest, sizeof(fixture.manifest));
	fixture_clear_report(&fixture);
	UNIT_ASSERT_INT(manifest_parse(&fixture.model, blob,
			sizeof(fixture.manifest), fixture.machine,
			sizeof(fixture.machine), &fixture.board,
			&fixture.report), COMPARTMENT_ERR_MALFORMED);
	CU_ASSERT(fixture_said(&fixture, "manifest", "8-byte boundary", NULL));
}

static const struct unit_test tests[] = {
	UNIT_TEST(truncations), UNIT_TEST(header_sizes), UNIT_TEST(mutations),
	UNIT_TEST(random_mutations), UNIT_TEST(misaligned),
};
UNIT_MAIN("manifest_blob", tests)
