/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bulkhead-check: what the firmware will say of a system, said on the host.
 *
 *	bulkhead-check [--map] [--device-tree <compartment>] [--arch riscv|arm64]
 *		[--entries <n>] [--granularity <bytes>]
 *		[--firmware <base>,<size>]
 *		<manifest.dtb> <machine.dtb> [<bundle.itb>]
 *
 * Runs the firmware's own checks, in its order. Without options prints only
 * what is wrong; --map prints the partition map, --device-tree writes a
 * compartment's tree (a blob) to standard output. --arch is "riscv" or "arm64";
 * without it the first hart of the machine's tree tells. The other options say
 * what no device tree does (--entries, how many units of protection there are);
 * without them they are those of board qemu-virt:
 *
 *	riscv	16 protection entries in steps of 4 bytes, and a firmware that
 *		takes 1 MiB at 0x80000000, where the bundle begins
 *		(FW_PAYLOAD_OFFSET in the board's objects.mk)
 *	arm64	BOARD_TABLES translation tables in steps of a page, and a
 *		firmware that takes 2 MiB (less, in truth) where QEMU
 *		loads it
 *
 * Without a bundle only what needs one is left out: the images, and the place
 * of its copy.
 *
 * Exit status: 0 good, 1 something is wrong, 2 wrong usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <compartment/architecture.h>
#include <compartment/bundle.h>
#include <compartment/devicetree.h>
#include <compartment/map.h>

#include "../../platform/qemu-virt/arm64/facts.h"

struct blob {
	void *data;
	size_t size;
};

struct options {
	bool map;
	const char *device_tree;
	const struct architecture *arch; /* NULL: as the machine is */
	struct compartment_board board;	/* what was said of it */
	bool has_entries, has_granularity, has_firmware;
	const char *files[3];		/* manifest, machine, bundle */
};

/* What holds for qemu-virt. */
static const struct compartment_board boards[] = {
	{
		.name = "qemu-virt", .architecture = &architecture_riscv,
		.protection_units = 16, .protection_kept = BOARD_ENTRIES_KEPT,
		.granularity = 4,
		.firmware = { .base = 0x80000000, .size = 1 << 20 },
	}, {
		.name = "qemu-virt", .architecture = &architecture_arm64,
		.protection_units = BOARD_TABLES, .granularity = BOARD_PAGE_SIZE,
		.firmware = { .base = 0x40200000, .size = 2 << 20 },
		.kinds = qemu_virt_kinds, .kind_count = QEMU_VIRT_KINDS,
		.doorbell_first = QEMU_VIRT_DOORBELL_FIRST,
		.doorbell_count = QEMU_VIRT_DOORBELL_COUNT,
	},
};
#define BOARD_COUNT	(sizeof(boards) / sizeof(boards[0]))

#define NUMBER_MAX	(1U << 30)

/* How the arguments have to be; false. */
static bool usage(void)
{
	fputs("usage: bulkhead-check [--map] [--device-tree <compartment>] [--arch riscv|arm64]\n"
	      "       [--entries <n>] [--granularity <bytes>] [--firmware <base>,<size>]\n"
	      "       <manifest.dtb> <machine.dtb> [<bundle.itb>]\n"
	      "--entries: protection entries of a hart (riscv), translation tables of a\n"
	      "compartment (arm64)\n", stderr);
	return false;
}

static void print_error(void *context, const char *text)
{
	fprintf(stderr, "%s: %s\n", (const char *)context, text);
}

static void print_line(void *context, const char *text)
{
	(void)context;
	puts(text);
}

static struct blob read_blob(const char *path)
{
	struct blob blob = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	long size = -1;

	if (file && !fseek(file, 0, SEEK_END))
		size = ftell(file);
	if (size >= 0 && size <= (long)BUNDLE_SIZE_MAX) {
		rewind(file);
		blob.data = malloc((size_t)size + 1);
		if (blob.data)
			blob.size = fread(blob.data, 1, (size_t)size, file);
	}
	if (!blob.data || blob.size != (size_t)size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return blob;
}

static bool complain(const char *option, const char *text, const char *right)
{
	fprintf(stderr, "bulkhead-check: %s %s: %s is right\n", option, text,
		right);
	return false;
}

/* A number of at most `max`, as C writes it; `after` is what has to follow. */
static bool read_number(const char **text, char after, uint64_t max,
			uint64_t *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*value = strtoull(*text, &end, 0);
	*text = end + 1;
	return *end == after && *value <= max;
}

static bool read_entries(const char *text, struct options *options)
{
	uint64_t value;

	options->has_entries = true;
	if (!read_number(&text, '\0', NUMBER_MAX, &value))
		return false;
	options->board.protection_units = (unsigned int)value;
	return true;
}

static bool read_granularity(const char *text, struct options *options)
{
	uint64_t *value = &options->board.granularity;

	options->has_granularity = true;
	return read_number(&text, '\0', NUMBER_MAX, value) && *value >= 4 &&
	       !(*value & (*value - 1));
}

static bool read_firmware(const char *text, struct options *options)
{
	struct memory_range *firmware = &options->board.firmware;

	options->has_firmware = true;
	return read_number(&text, ',', UINT64_MAX, &firmware->base) &&
	       read_number(&text, '\0', UINT64_MAX - firmware->base,
			   &firmware->size);
}

static bool read_arch(const char *text, struct options *options)
{
	size_t i = 0;

	while (i < BOARD_COUNT && strcmp(boards[i].architecture->name, text))
		i++;
	options->arch = i < BOARD_COUNT ? boards[i].architecture : NULL;
	return options->arch;
}

static bool read_tree_name(const char *text, struct options *options)
{
	options->device_tree = text;
	return true;
}

static const struct {
	const char *name;
	bool (*read)(const char *text, struct options *options);
	const char *right;
} settings[] = {
	{ "--device-tree", read_tree_name, "a compartment's name" },
	{ "--arch", read_arch, "riscv or arm64" },
	{ "--entries", read_entries,
	  "a number, of protection entries (riscv) or translation tables (arm64)," },
	{ "--granularity", read_granularity,
	  "a number of bytes, a power of two from 4 on," },
	{ "--firmware", read_firmware,
	  "a base and a size with a comma between, as 0x80000000,0x100000," },
};
#define SETTING_COUNT	(sizeof(settings) / sizeof(settings[0]))

/* An option and the word behind it, NULL if there is none. */
static bool read_setting(const char *option, const char *text,
			 struct options *options)
{
	size_t i = 0;

	while (i < SETTING_COUNT && strcmp(settings[i].name, option))
		i++;
	if (i == SETTING_COUNT) {
		fprintf(stderr, "bulkhead-check: %s: no such option\n", option);
		return usage();
	}
	return (text && settings[i].read(text, options)) ||
	       complain(option, text ? text : "(nothing)", settings[i].right);
}

static bool read_options(int argc, char **argv, struct options *options)
{
	unsigned int files = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--map")) {
			options->map = true;
		} else if (argv[i][0] == '-') {
			if (!read_setting(argv[i], argv[i + 1], options))
				return false;
			i++;
		} else if (files < 3) {
			options->files[files++] = argv[i];
		} else {
			return usage();
		}
	}
	return files >= 2 || usage();
}

/*
 * By the first hart: RISC-V's says so (device tree binding "riscv"). A tree
 * that is none, or has no hart, is refused later, whatever the board.
 */
static const struct architecture *find_architecture(const struct blob *machine)
{
	const void *tree = machine->data;
	int hart;

	if (machine->size < sizeof(struct fdt_header) ||
	    fdt_check_full(tree, machine->size))
		return &architecture_riscv;
	hart = fdt_node_offset_by_prop_value(tree, -1, "device_type", "cpu",
					     sizeof("cpu"));
	if (hart < 0 || !fdt_node_check_compatible(tree, hart, "riscv") ||
	    fdt_getprop(tree, hart, "riscv,isa", NULL) ||
	    fdt_getprop(tree, hart, "riscv,isa-base", NULL))
		return &architecture_riscv;
	return &architecture_arm64;
}

/* The board, as its architecture has it and the options say. */
static struct compartment_board choose_board(const struct options *options,
					     const struct blob *machine)
{
	const struct architecture *arch =
		options->arch ? options->arch : find_architecture(machine);
	struct compartment_board board;
	size_t i = 0;

	while (boards[i].architecture != arch)
		i++;
	board = boards[i];
	if (options->has_entries)
		board.protection_units = options->board.protection_units;
	if (options->has_granularity)
		board.granularity = options->board.granularity;
	if (options->has_firmware)
		board.firmware = options->board.firmware;
	return board;
}

/* The firmware reads the manifest that is in the bundle: is it this one? */
static bool holds_manifest(const struct bundle *bundle,
			   const struct blob *manifest,
			   struct compartment_report *report)
{
	struct bundle_image image;

	if (bundle_find_image(bundle, BUNDLE_MANIFEST, &image, report) ||
	    bundle_verify_image(&image, report))
		return false;
	if (image.size == manifest->size &&
	    !memcmp(image.data, manifest->data, image.size))
		return true;
	compartment_report_error(report, "/images/" BUNDLE_MANIFEST, "data",
				 "the bundle holds another manifest than the one given");
	return false;
}

/* All that the firmware checks before it starts anything, in its order. */
static bool check(struct model *model, struct compartment_board *board,
		  struct blob machine, const char *const *files)
{
	struct compartment_report report = { .line = print_error };
	static struct machine places;
	struct blob manifest = read_blob(files[0]);
	struct blob packed = { NULL, 0 };
	struct bundle bundle;
	uint64_t tree;

	report.context = (void *)files[1];
	if (files[2])
		packed = read_blob(files[2]);
	if (machine_parse(&places, board, machine.data, machine.size,
			  &report) ||
	    board_place_copies(board, &places, packed.size,
			       fdt_totalsize(machine.data), &tree, &report))
		return false;
	report.context = (void *)files[2];
	if (files[2] &&
	    (bundle_open(&bundle, packed.data, packed.size, &report) ||
	     !holds_manifest(&bundle, &manifest, &report)))
		return false;
	report.context = (void *)files[0];
	if (manifest_parse(model, manifest.data, manifest.size, machine.data,
			   machine.size, board, &report))
		return false;
	report.context = (void *)files[2];
	return !files[2] || !manifest_check_bundle(model, &bundle, &report);
}

static int write_tree(const struct model *model, const char *name)
{
	static uint64_t buffer[MODEL_TREE_SIZE / sizeof(uint64_t)];
	unsigned int i;
	int size;

	for (i = 0; i < model->compartment_count; i++)
		if (!strcmp(model->compartments[i].name, name))
			break;
	if (i == model->compartment_count) {
		fprintf(stderr, "no compartment is called %s\n", name);
		return 1;
	}
	size = devicetree_build(model, i, buffer, sizeof(buffer));
	if (size < 0) {
		fprintf(stderr, "the device tree of %s does not fit in %u bytes\n",
			name, MODEL_TREE_SIZE);
		return 1;
	}
	return fwrite(buffer, 1, (size_t)size, stdout) != (size_t)size;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	static struct compartment_board board;
	static struct model model;
	struct blob machine;

	if (!read_options(argc, argv, &options))
		return 2;
	machine = read_blob(options.files[1]);
	board = choose_board(&options, &machine);
	if (!check(&model, &board, machine, options.files))
		return 1;
	if (options.map)
		map_print(&model, print_line, NULL);
	if (options.device_tree)
		return write_tree(&model, options.device_tree);
	return 0;
}
