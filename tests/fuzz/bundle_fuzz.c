/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a bundle.
 *
 * Input: how many of its bytes are missing (16 bits), then the bundle. What
 * must hold: an image lies inside the blob; one that verifies does so where it
 * is copied to as well, and no more once a bit of it is changed.
 */
#include <stdlib.h>
#include <string.h>

#include <compartment/bundle.h>

#include "system.h"

static void check_image(const struct bundle *bundle, const char *name,
			struct compartment_report *report)
{
	const char *blob = bundle->blob;
	struct bundle_image image;
	char *copy;
	int result;

	if (bundle_find_image(bundle, name, &image, report))
		return;
	FUZZ_REQUIRE((const char *)image.data >= blob);
	FUZZ_REQUIRE((const char *)image.data <= blob + bundle->size);
	FUZZ_REQUIRE(image.size <= (size_t)(blob + bundle->size -
					    (const char *)image.data));
	result = bundle_verify_image(&image, report);
	FUZZ_REQUIRE(!result || result == COMPARTMENT_ERR_HASH);
	copy = malloc(image.size + 1);
	if (!copy)
		abort();
	memcpy(copy, image.data, image.size);
	FUZZ_REQUIRE(bundle_verify_copy(&image, copy, report) == result);
	if (!result && image.size) {
		copy[image.size / 2] ^= 4;
		FUZZ_REQUIRE(bundle_verify_copy(&image, copy, report) ==
			     COMPARTMENT_ERR_HASH);
	}
	free(copy);
}

/* What the firmware does with a bundle whose manifest is the right one. */
static void check_system(const struct bundle *bundle,
			 struct compartment_report *report)
{
	static uint64_t manifest[MANIFEST_SIZE_MAX / 8];
	static struct fixture fixture;
	struct bundle_image image;
	unsigned int i;

	if (bundle_find_image(bundle, BUNDLE_MANIFEST, &image, report) ||
	    bundle_verify_image(&image, report) ||
	    image.size > sizeof(manifest))
		return;
	system_make(&fixture, FIXTURE_PLIC);
	memcpy(manifest, image.data, image.size);
	if (manifest_parse(&fixture.model, manifest, image.size,
			   fixture.machine, sizeof(fixture.machine),
			   &fixture.board, report) ||
	    manifest_check_bundle(&fixture.model, bundle, report))
		return;
	for (i = 0; i < fixture.model.compartment_count; i++) {
		FUZZ_REQUIRE(!bundle_find_image(
			bundle, fixture.model.compartments[i].image, &image,
			report));
		FUZZ_REQUIRE(!bundle_verify_image(&image, report));
		FUZZ_REQUIRE(image.size + MODEL_TREE_SIZE <=
			     fixture.model.compartments[i].memory[0].size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		BUNDLE_MANIFEST, "server", "client", "", "hash-1", "a/b",
	};
	struct fuzz_input in = { data, size };
	unsigned int lines = 0, i, cut = fuzz_u16(&in);
	struct compartment_report report = { system_check_line, &lines, 0, 0 };
	struct bundle bundle;
	size_t length;
	void *blob;

	if (cut < in.size)
		in.size -= cut;
	blob = fuzz_rest(&in, &length);
	if (!bundle_open(&bundle, blob, length, &report)) {
		FUZZ_REQUIRE(bundle.blob == blob && bundle.size <= length);
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			check_image(&bundle, names[i], &report);
		check_system(&bundle, &report);
	} else {
		FUZZ_REQUIRE(report.errors);
	}
	FUZZ_REQUIRE(lines <= COMPARTMENT_ERRORS_MAX + 1 + report.warnings);
	return 0;
}
