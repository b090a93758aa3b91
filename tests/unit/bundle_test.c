/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bundle: a flattened image tree made in memory as mkimage makes it, then
 * damaged in every way that the firmware has to notice.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/bundle.h>

#include "manifest_fixture.h"
#include "unit.h"

#define IMAGE_SIZE	5000

static struct fixture fixture;
static uint64_t blob[32768 / 8];
static uint8_t image[IMAGE_SIZE];
static struct bundle bundle;

static void put_image(const char *name, const void *data, size_t size)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;

	sha256_init(&hash);
	sha256_update(&hash, data, size);
	sha256_finish(&hash, digest);
	fdt_begin_node(blob, name);
	fdt_property(blob, "data", data, (int)size);
	fdt_begin_node(blob, "hash-1");
	fdt_property_string(blob, "algo", "sha256");
	fdt_property(blob, "value", digest, sizeof(digest));
	fdt_end_node(blob);
	fdt_end_node(blob);
}

static void make(void)
{
	size_t i;

	for (i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 13);
	fixture_init(&fixture, FIXTURE_PLIC);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	fdt_create(blob, sizeof(blob));
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "images");
	put_image("manifest", image, 100);
	put_image("server", image, IMAGE_SIZE);
	put_image("client", image, 4);
	put_image("other", image, 1);
	put_image("ramdisk", image, IMAGE_SIZE);
	fdt_end_node(blob);
	fdt_end_node(blob);
	UNIT_ASSERT_INT(fdt_finish(blob), 0);
	UNIT_ASSERT_INT(fdt_open_into(blob, blob, sizeof(blob)), 0);
}

static int check(void)
{
	int rc = bundle_open(&bundle, blob, sizeof(blob), &fixture.report);

	return rc ? rc : manifest_check_bundle(&fixture.model, &bundle,
					       &fixture.report);
}

/* A bundle after one edit must be refused with `expected`, and say why. */
static void refuse(const struct fixture_edit *edit, int expected,
		   const char *where, const char *words)
{
	make();
	fixture_edit(blob, edit);
	fixture_clear_report(&fixture);
	UNIT_ASSERT_INT(check(), expected);
	if (!fixture_said(&fixture, where, words, NULL)) {
		fputs(fixture.lines, stderr);
		CU_FAIL("the message does not name what is wrong");
	}
}

static void good(void)
{
	struct bundle_image found;

	make();
	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	CU_ASSERT_STRING_EQUAL(fixture.lines, "");
	UNIT_ASSERT_INT(bundle_find_image(&bundle, "server", &found, NULL), 0);
	CU_ASSERT_STRING_EQUAL(found.name, "server");
	UNIT_ASSERT_INT(found.size, IMAGE_SIZE);
	UNIT_ASSERT_INT(memcmp(found.data, image, IMAGE_SIZE), 0);
	CU_ASSERT(found.has_hash);
	UNIT_ASSERT_INT(bundle_verify_copy(&found, image, NULL), 0);
	image[IMAGE_SIZE - 1] ^= 1;
	UNIT_ASSERT_INT(bundle_verify_copy(&found, image, NULL),
			COMPARTMENT_ERR_HASH);
}

static void missing(void)
{
	const struct fixture_edit no_client = DROP_NODE("/images/client");
	const struct fixture_edit no_manifest = DROP_NODE("/images/manifest");
	const struct fixture_edit no_data = DROP("/images/client", "data");
	const struct fixture_edit empty =
		{ EDIT_SET, "/images/client", "data", "", 0 };
	const struct fixture_edit no_images = DROP_NODE("/images");
	const struct fixture_edit suffix = RENAME("/images/client", "client@1");

	refuse(&no_client, COMPARTMENT_ERR_NOT_FOUND,
	       "/compartments/client: image: ", "not in the bundle");
	refuse(&no_manifest, COMPARTMENT_ERR_NOT_FOUND,
	       "/images: manifest: ", "no image of this name");
	refuse(&no_data, COMPARTMENT_ERR_MALFORMED,
	       "/images/client: data: ", "embedded");
	refuse(&empty, COMPARTMENT_ERR_MALFORMED,
	       "/images/client: data: ", "embedded");
	refuse(&no_images, COMPARTMENT_ERR_MALFORMED, "bundle: ",
	       "no node /images");
	refuse(&suffix, COMPARTMENT_ERR_NOT_FOUND,
	       "/compartments/client: image: ", "not in the bundle");
}

static void hashes(void)
{
	const struct fixture_edit none = DROP_NODE("/images/client/hash-1");
	const struct fixture_edit other =
		STRING("/images/client/hash-1", "algo", "crc32");
	const struct fixture_edit no_value =
		DROP("/images/client/hash-1", "value");
	const struct fixture_edit shorter =
		{ EDIT_SET, "/images/client/hash-1", "value", "short", 5 };
	const struct fixture_edit data =
		{ EDIT_SET, "/images/client", "data", "abcd", 4 };
	const struct fixture_edit manifest =
		{ EDIT_SET, "/images/manifest", "data", "abcd", 4 };

	refuse(&none, COMPARTMENT_ERR_HASH, "/images: client: ",
	       "every image needs one");
	refuse(&other, COMPARTMENT_ERR_HASH, "/images: client: ",
	       "every image needs one");
	refuse(&no_value, COMPARTMENT_ERR_MALFORMED,
	       "/images/client/hash-1: value: ", "32 bytes");
	refuse(&shorter, COMPARTMENT_ERR_MALFORMED,
	       "/images/client/hash-1: value: ", "32 bytes");
	refuse(&data, COMPARTMENT_ERR_HASH, "/images: client: ", "damaged");
	refuse(&manifest, COMPARTMENT_ERR_HASH, "/images: manifest: ",
	       "damaged");
}

/* Two claims about one image are one too many. */
static void two_hashes(void)
{
	const struct fixture_edit edits[] = {
		ADD_NODE("/images/client", "hash-2"),
		STRING("/images/client/hash-2", "algo", "sha256"),
		{ EDIT_SET, "/images/client/hash-2", "value", image, 32 },
	};
	size_t i;

	make();
	for (i = 0; i < 3; i++)
		fixture_edit(blob, &edits[i]);
	fixture_clear_report(&fixture);
	UNIT_ASSERT_INT(check(), COMPARTMENT_ERR_MALFORMED);
}

static void too_large(void)
{
	make();
	fixture.model.compartments[0].memory[0].size =
		MODEL_TREE_SIZE + IMAGE_SIZE;
	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	fixture.model.compartments[0].memory[0].size--;
	UNIT_ASSERT_INT(check(), COMPARTMENT_ERR_INVALID);
	CU_ASSERT(fixture_said(&fixture, "/compartments/server: image: ",
			       "has room for 4999", NULL));
}

static const struct memory_range *read_guest(void)
{
	make();
	fixture_add_guest(&fixture, true);
	UNIT_ASSERT_INT(fixture_parse(&fixture), COMPARTMENT_OK);
	return &fixture.model.compartments[1].initrd_range;
}

/* Below the tree, in whole pages, clear of the image. */
static void initrd(void)
{
	const struct memory_range *range = read_guest();
	struct memory_range *memory = &fixture.model.compartments[1].memory[0];
	const struct fixture_edit gone = DROP_NODE("/images/ramdisk");
	const struct fixture_edit spoilt =
		STRING("/images/ramdisk", "data", "something else");

	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	UNIT_ASSERT_INT(range->base, memory->base + 0x400000 - 0x12000);
	UNIT_ASSERT_INT(range->size, IMAGE_SIZE);
	UNIT_ASSERT_INT(fixture.model.compartments[0].initrd_range.size, 0);
	/* Three pages hold both; in two the last byte of one would not fit. */
	memory->size = MODEL_TREE_SIZE + 0x3000;
	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	UNIT_ASSERT_INT(range->base, memory->base + 0x1000);
	memory->size = MODEL_TREE_SIZE + 0x2000;
	UNIT_ASSERT_INT(check(), COMPARTMENT_ERR_INVALID);
	CU_ASSERT(fixture_said(&fixture, "/compartments/client: initrd: ",
			       "\"ramdisk\" has 5000 bytes",
			       "room for 4096"));
	read_guest();
	fixture_edit(blob, &gone);
	UNIT_ASSERT_INT(check(), COMPARTMENT_ERR_NOT_FOUND);
	CU_ASSERT(fixture_said(&fixture, "/compartments/client: initrd: ",
			       "\"ramdisk\" is not in the bundle", NULL));
	UNIT_ASSERT_INT(range->size, 0);
	read_guest();
	fixture_edit(blob, &spoilt);
	UNIT_ASSERT_INT(check(), COMPARTMENT_ERR_HASH);
	UNIT_ASSERT_INT(range->size, 0);
}

/* A subnode of another name may say anything; so may not the header. */
static void other_claims(void)
{
	const struct fixture_edit signature[] = {
		ADD_NODE("/images/client", "signature-1"),
		STRING("/images/client/signature-1", "algo", "sha256"),
		STRING("/images/client/signature-1", "value", "none"),
	};

	make();
	fixture_edit_all(blob, signature, 3);
	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	fdt_set_totalsize(blob, BUNDLE_SIZE_MAX + 8);
	UNIT_ASSERT_INT(bundle_open(&bundle, blob, 2 * (size_t)BUNDLE_SIZE_MAX,
				    NULL), COMPARTMENT_ERR_MALFORMED);
}

/* Every flipped bit of an image or of its hash is noticed. */
static void flipped_bits(void)
{
	struct bundle_image found;
	unsigned int bit;
	uint8_t *data;

	make();
	UNIT_ASSERT_INT(check(), COMPARTMENT_OK);
	UNIT_ASSERT_INT(bundle_find_image(&bundle, "client", &found, NULL), 0);
	data = (uint8_t *)(uintptr_t)found.data;
	for (bit = 0; bit < 8 * found.size; bit++) {
		data[bit / 8] ^= 1 << bit % 8;
		UNIT_ASSERT_INT(bundle_verify_image(&found, NULL),
				COMPARTMENT_ERR_HASH);
		data[bit / 8] ^= 1 << bit % 8;
	}
	for (bit = 0; bit < 8 * SHA256_DIGEST_SIZE; bit++) {
		found.hash[bit / 8] ^= 1 << bit % 8;
		UNIT_ASSERT_INT(bundle_verify_image(&found, NULL),
				COMPARTMENT_ERR_HASH);
		found.hash[bit / 8] ^= 1 << bit % 8;
	}
}

static int open_alone(const void *from, size_t size)
{
	void *copy = malloc(size ? size : 1);
	int rc;

	memcpy(copy, from, size);
	rc = bundle_open(&bundle, copy, size, NULL);
	if (!rc)
		rc = manifest_check_bundle(&fixture.model, &bundle, NULL);
	free(copy);
	return rc;
}

static void truncations(void)
{
	size_t size, total;

	make();
	fdt_pack(blob);
	total = fdt_totalsize(blob);
	for (size = 0; size < total; size++)
		if (open_alone(blob, size) != COMPARTMENT_ERR_MALFORMED)
			CU_FAIL("a truncated bundle passed");
	UNIT_ASSERT_INT(open_alone(blob, total), COMPARTMENT_OK);
}

static void mutations(void)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t *bytes = (uint8_t *)blob, was;
	size_t at, total, k;

	make();
	fdt_pack(blob);
	total = fdt_totalsize(blob);
	for (at = 0; at < total; at++) {
		/* Of the large image, its ends are enough. */
		if (at == 400)
			at = IMAGE_SIZE;
		was = bytes[at];
		for (k = 0; k < sizeof(values); k++) {
			bytes[at] = values[k];
			open_alone(blob, total);
		}
		bytes[at] = was;
	}
	UNIT_ASSERT_INT(open_alone(blob, total), COMPARTMENT_OK);
}

static const struct unit_test tests[] = {
	UNIT_TEST(good), UNIT_TEST(missing), UNIT_TEST(hashes),
	UNIT_TEST(two_hashes), UNIT_TEST(too_large), UNIT_TEST(initrd),
	UNIT_TEST(other_claims), UNIT_TEST(flipped_bits), UNIT_TEST(truncations), UNIT_TEST(mutations),
};
UNIT_MAIN("bundle", tests)
