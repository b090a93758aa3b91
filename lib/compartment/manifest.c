/* SPDX-License-Identifier: BSD-2-Clause */
/* From two blobs to one model, or to a list of what is wrong. */
#include <libfdt.h>
#include <compartment/manifest.h>

#include "reader.h"

#define TITLE_MAX	128

static void read_top(struct reader *reader, const char *name,
		     void (*read_nodes)(struct reader *reader, int parent))
{
	int node = fdt_subnode_offset(reader->fdt, 0, name);

	if (node >= 0)
		read_nodes(reader, node);
}

static void read_root(struct reader *reader)
{
	static const char *const known[] = {
		"compatible", "#address-cells", "#size-cells", "model",
		"cold-boot", NULL
	};
	static const char *const children[] = {
		"compartments", "windows", "links", "channels", NULL
	};
	struct model *model = reader->model;
	const char *title;

	manifest_read_words(reader, 0, known, children);
	if (!tree_is(reader->fdt, 0, "compatible", MANIFEST_COMPATIBLE))
		refuse(reader, 0, "compatible", "must be \"%s\"",
		       MANIFEST_COMPATIBLE);
	if (tree_u32(reader->fdt, 0, "#address-cells", 0) != 2)
		refuse(reader, 0, "#address-cells", "must be <2>");
	if (tree_u32(reader->fdt, 0, "#size-cells", 0) != 2)
		refuse(reader, 0, "#size-cells", "must be <2>");
	title = manifest_read_string(reader, 0, "model", NEED_OPTIONAL,
				     TITLE_MAX);
	model->title = title ? title : "";
	if (fdt_subnode_offset(reader->fdt, 0, "compartments") < 0)
		refuse(reader, 0, "compartments",
		       "this node is missing; a system has at least one compartment");
}

static void read_manifest(struct reader *reader)
{
	unsigned int preferred;

	read_root(reader);
	read_top(reader, "compartments", manifest_read_compartments);
	read_top(reader, "windows", manifest_read_windows);
	read_top(reader, "links", manifest_read_links);
	read_top(reader, "channels", manifest_read_channels);
	/* Checked only: the firmware prefers a hart before it can read all. */
	manifest_read_reference(reader, 0, "cold-boot", NEED_OPTIONAL,
				KIND_COMPARTMENT, &preferred);
}

static int parse_stages(struct reader *reader, size_t manifest_size,
			const void *machine, size_t machine_size)
{
	struct model *model = reader->model;
	struct compartment_report *report = reader->report;
	unsigned int before = report->errors;
	int rc;

	rc = machine_parse(&model->machine, model->board, machine, machine_size,
			   report);
	if (rc)
		return rc;
	if (manifest_size > MANIFEST_SIZE_MAX)
		manifest_size = MANIFEST_SIZE_MAX;
	if (!tree_check(reader->fdt, manifest_size, "manifest", report))
		return COMPARTMENT_ERR_MALFORMED;
	read_manifest(reader);
	if (report->errors != before)
		return COMPARTMENT_ERR_INVALID;
	manifest_check_placement(reader);
	manifest_check_devices(reader);
	manifest_check_channels(reader);
	manifest_assign_interrupts(reader);
	if (report->errors != before)
		return COMPARTMENT_ERR_INVALID;
	/* Counting takes ranges that do not overlap. */
	manifest_check_protection(reader);
	return report->errors == before ? COMPARTMENT_OK :
					  COMPARTMENT_ERR_INVALID;
}

int manifest_parse(struct model *model, const void *manifest,
		   size_t manifest_size, const void *machine,
		   size_t machine_size, const struct compartment_board *board,
		   struct compartment_report *report)
{
	struct compartment_report none = { 0 };
	struct reader reader = {
		.model = model, .fdt = manifest,
		.report = report ? report : &none,
	};
	int rc;

	memset(model, 0, sizeof(*model));
	model->manifest = manifest;
	model->board = board;
	rc = parse_stages(&reader, manifest_size, machine, machine_size);
	if (rc)
		memset(model, 0, sizeof(*model));
	return rc;
}

static int find_image(const struct model *model,
		      const struct model_compartment *compartment,
		      const char *property, const char *name,
		      const struct bundle *bundle, struct bundle_image *image,
		      struct compartment_report *report)
{
	int rc = bundle_find_image(bundle, name, image, report);

	if (rc == COMPARTMENT_ERR_NOT_FOUND)
		tree_error(report, model->manifest, compartment->source.node,
			   property, "\"%s\" is not in the bundle", name);
	return rc;
}

static int check_room(const struct model *model,
		      const struct model_compartment *compartment,
		      const char *property, const struct bundle_image *image,
		      uint64_t room, struct compartment_report *report)
{
	/* Stops an image from being copied over a neighbour's memory. */
	if (image->size <= room)
		return bundle_verify_image(image, report);
	tree_error(report, model->manifest, compartment->source.node, property,
		   "\"%s\" has %lu bytes; its memory of 0x%lx has room for %lu, the last 0x%x being its device tree's",
		   image->name, image->size, compartment->memory[0].size, room,
		   MODEL_TREE_SIZE);
	return COMPARTMENT_ERR_INVALID;
}

/* In whole pages, as far up as it can be, out of the way of what unpacks it. */
static void place_initrd(struct model_compartment *compartment, uint64_t size)
{
	const struct memory_range *memory = &compartment->memory[0];

	compartment->initrd_range.base = (memory->base + memory->size -
					  MODEL_TREE_SIZE - size) &
					 ~(MODEL_PAGE_SIZE - 1ULL);
	compartment->initrd_range.size = size;
}

static int check_images(const struct model *model,
			struct model_compartment *compartment,
			const struct bundle *bundle,
			struct compartment_report *report)
{
	uint64_t room = compartment->memory[0].size - MODEL_TREE_SIZE;
	struct bundle_image image, initrd;
	int rc;

	rc = find_image(model, compartment, "image", compartment->image,
			bundle, &image, report);
	if (!rc)
		rc = check_room(model, compartment, "image", &image, room,
				report);
	if (rc || !*compartment->initrd)
		return rc;
	rc = find_image(model, compartment, "initrd", compartment->initrd,
			bundle, &initrd, report);
	if (rc)
		return rc;
	room = (room - image.size) & ~(MODEL_PAGE_SIZE - 1ULL);
	rc = check_room(model, compartment, "initrd", &initrd, room, report);
	if (!rc)
		place_initrd(compartment, initrd.size);
	return rc;
}

int manifest_check_bundle(struct model *model, const struct bundle *bundle,
			  struct compartment_report *report)
{
	struct bundle_image image;
	unsigned int i;
	int rc, last;

	last = bundle_find_image(bundle, BUNDLE_MANIFEST, &image, report);
	if (!last)
		last = bundle_verify_image(&image, report);
	for (i = 0; i < model->compartment_count; i++) {
		rc = check_images(model, &model->compartments[i], bundle,
				  report);
		if (rc)
			last = rc;
	}
	return last;
}

int model_find_owner(const struct model *model, uint32_t id)
{
	const struct machine_hart *hart =
		machine_find_hart(&model->machine, id);

	return hart ? hart->owner : -1;
}

enum model_access model_window_access(const struct model_window *window,
				      unsigned int compartment)
{
	unsigned int i;

	for (i = 0; i < window->member_count; i++)
		if (window->members[i].compartment == compartment)
			return window->members[i].writable ?
			       MODEL_ACCESS_RW : MODEL_ACCESS_READ;
	return MODEL_ACCESS_NONE;
}
