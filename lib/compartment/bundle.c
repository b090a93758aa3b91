/* SPDX-License-Identifier: BSD-2-Clause */
/* The flattened image tree that carries manifest and images. */
#include <libfdt.h>
#include <compartment/bundle.h>

#include "tree.h"

int bundle_open(struct bundle *bundle, const void *blob, size_t size,
		struct compartment_report *report)
{
	bundle->blob = NULL;
	bundle->size = 0;
	if (size > BUNDLE_SIZE_MAX)
		size = BUNDLE_SIZE_MAX;
	if (!tree_check(blob, size, "bundle", report))
		return COMPARTMENT_ERR_MALFORMED;
	if (fdt_path_offset(blob, "/images") < 0) {
		compartment_report_error(report, "bundle", NULL,
					 "no node /images: not a flattened image tree");
		return COMPARTMENT_ERR_MALFORMED;
	}
	bundle->blob = blob;
	bundle->size = fdt_totalsize(blob);
	return COMPARTMENT_OK;
}

/* mkimage wants the names hash-1, hash@1, hash...: any number of them. */
static int read_hash(const struct bundle *bundle, int node,
		     struct bundle_image *image,
		     struct compartment_report *report)
{
	const uint8_t *value;
	const char *name;
	int hash, length;
	unsigned int i;

	fdt_for_each_subnode(hash, bundle->blob, node) {
		name = fdt_get_name(bundle->blob, hash, NULL);
		if (!name || strncmp(name, "hash", 4) ||
		    !tree_is(bundle->blob, hash, "algo", "sha256"))
			continue;
		value = fdt_getprop(bundle->blob, hash, "value", &length);
		if (!value || length != SHA256_DIGEST_SIZE || image->has_hash) {
			tree_error(report, bundle->blob, hash, "value",
				   "must be one sha256 of %u bytes for the image",
				   SHA256_DIGEST_SIZE);
			return COMPARTMENT_ERR_MALFORMED;
		}
		for (i = 0; i < SHA256_DIGEST_SIZE; i++)
			image->hash[i] = value[i];
		image->has_hash = true;
	}
	return COMPARTMENT_OK;
}

int bundle_find_image(const struct bundle *bundle, const char *name,
		      struct bundle_image *image,
		      struct compartment_report *report)
{
	int images, node, length;

	image->name = NULL;
	image->data = NULL;
	image->size = 0;
	image->has_hash = false;
	images = fdt_path_offset(bundle->blob, "/images");
	fdt_for_each_subnode(node, bundle->blob, images) {
		/* In full: libfdt's own search also takes "a" for "a@1". */
		image->name = fdt_get_name(bundle->blob, node, NULL);
		if (image->name && !strcmp(image->name, name))
			break;
	}
	if (node < 0) {
		compartment_report_error(report, "bundle: /images", name,
					 "no image of this name in the bundle");
		return COMPARTMENT_ERR_NOT_FOUND;
	}
	image->data = fdt_getprop(bundle->blob, node, "data", &length);
	if (!image->data || length < 1) {
		tree_error(report, bundle->blob, node, "data",
			   "the image must be embedded here (mkimage without -E) and not be empty");
		return COMPARTMENT_ERR_MALFORMED;
	}
	image->size = (size_t)length;
	return read_hash(bundle, node, image, report);
}

int bundle_verify_copy(const struct bundle_image *image, const void *data,
		       struct compartment_report *report)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;
	unsigned int i, difference = 0;

	if (!image->has_hash) {
		compartment_report_error(report, "bundle: /images", image->name,
					 "no subnode hash-1 with algo = \"sha256\": every image needs one");
		return COMPARTMENT_ERR_HASH;
	}
	/* Stops a damaged or exchanged image from ever being started. */
	sha256_init(&hash);
	sha256_update(&hash, data, image->size);
	sha256_finish(&hash, digest);
	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		difference |= digest[i] ^ image->hash[i];
	if (difference) {
		compartment_report_error(report, "bundle: /images", image->name,
					 "sha256 of the %lu bytes is not the value in hash-1: the image is damaged, pack it again",
					 image->size);
		return COMPARTMENT_ERR_HASH;
	}
	return COMPARTMENT_OK;
}

int bundle_verify_image(const struct bundle_image *image,
			struct compartment_report *report)
{
	return bundle_verify_copy(image, image->data, report);
}
