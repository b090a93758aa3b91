/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bundle: a FIT (flattened image tree, as mkimage -f makes it) that holds
 * the manifest and every compartment's image, each with its sha256.
 *
 *	/images/<name>		data, and a subnode hash-1 (or hash@1, ...)
 *	/images/<name>/hash-1	algo = "sha256", value = <32 bytes>
 *
 * The image called "manifest" is the manifest's blob. Image data is embedded;
 * external data (mkimage -E) is refused.
 *
 * Memory: nothing is copied; a bundle and its images point into the blob, which
 * has to stay in place and unchanged for as long as they are used.
 * Concurrency: none kept; a bundle is constant once open, so any number of
 * readers, each with its own bundle_image and report.
 * Trust: the blob is input; bundle_open() proves its structure, and only
 * bundle_verify_image() makes an image's bytes worth believing.
 */
#ifndef COMPARTMENT_BUNDLE_H
#define COMPARTMENT_BUNDLE_H

#include <compartment/error.h>
#include <compartment/sha256.h>

#define BUNDLE_MANIFEST		"manifest"
/* No bundle is larger: a bound for what is read before anything is known. */
#define BUNDLE_SIZE_MAX		(256U << 20)

struct bundle {
	const void *blob;
	size_t size;		/* of the tree; what follows it is ignored */
};

struct bundle_image {
	const char *name;	/* in the blob */
	const void *data;	/* in the blob, 4-byte aligned */
	size_t size;
	bool has_hash;
	uint8_t hash[SHA256_DIGEST_SIZE];	/* as the bundle claims it */
};

/*
 * Take the bundle at `blob` (8-byte aligned), which is at most `size` bytes.
 * COMPARTMENT_ERR_MALFORMED: it is no tree, or has no node /images.
 */
int bundle_open(struct bundle *bundle, const void *blob, size_t size,
		struct compartment_report *report);

/*
 * Find image `name`. The data is not looked at.
 * COMPARTMENT_ERR_NOT_FOUND: no such image; COMPARTMENT_ERR_MALFORMED: it has
 * no data, or a hash node that is not as above.
 */
int bundle_find_image(const struct bundle *bundle, const char *name,
		      struct bundle_image *image,
		      struct compartment_report *report);

/*
 * Check the image's bytes against its sha256, where they are
 * (bundle_verify_image) or where they have been copied to (bundle_verify_copy,
 * `data` holding image->size bytes).
 * COMPARTMENT_ERR_HASH: there is no sha256, or it is another.
 */
int bundle_verify_image(const struct bundle_image *image,
			struct compartment_report *report);
int bundle_verify_copy(const struct bundle_image *image, const void *data,
		       struct compartment_report *report);

#endif
