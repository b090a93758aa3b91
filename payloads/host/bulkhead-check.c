/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bulkhead-check: what the firmware will say of a system, said on the host.
 *
 *	bulkhead-check [--map] [--device-tree <compartment>] [--arch <name>]
 *		[--entries <n>] [--granularity <bytes>]
 *		[--firmware <base>,<size>]
 *		<manifest.dtb> <machine.dtb> [<bundle.itb>]
 *
 * Runs the firmware's own checks, in its order. Without options prints only
 * what is wrong; --map prints the partition map, --device-tree writes a
 * compartment's tree (a blob) to standard output. --arch is "riscv" or "arm64";
 * without it the machine's tree tells. The other options say what no device
 * tree does; without them they are those of board qemu-virt:
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

struct blob {
	void *data;
	size_t size;
};

struct options {
	bool map;
	const char *device_tree;
	const char *arch;		/* NULL: as the machine is */
	struct compartment_board board;	/* what was said of it */
	bool has_entries, has_granularity, has_firmware;
	const char *files[3];		/* manifest, machine, bundle */
};

/* What holds for qemu-virt. */
static const struct compartment_board boards[] = {
	{
		.name = "qemu-virt", .architecture = &architecture_riscv,
		.entries = 16, .entries_kept = BOARD_ENTRIES_KEPT,
		.granularity = 4,
		.firmware = { .base = 0x80000000, .size = 1 << 20 },
	}, {
		.name = "qemu-virt", .architecture = &architecture_arm64,
		.entries = BOARD_TABLES, .granularity = BOARD_PAGE_SIZE,
		.firmware = { .base = 0x40200000, .size = 2 << 20 },
		.doorbell_first = 224, .doorbell_count = 64,
	},
};
#define BOARD_COUNT	(sizeof(boards) / sizeof(boards[0]))

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

static int usage(void)
{
	fputs("usage: bulkhead-check [--map] [--device-tree <compartment>] [--arch <name>]\n"
	      "       [--entries <n>] [--granularity <bytes>] [--firmware <base>,<size>]\n"
	      "       <manifest.dtb> <machine.dtb> [<bundle.itb>]\n", stderr);
	return 2;
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

/* What an option says of the board. */
static bool read_board(const char *option, const char *text,
		       struct options *options)
{
	struct compartment_board *board = &options->board;
	struct memory_range *firmware = &board->firmware;
	uint64_t value;

	if (!strcmp(option, "--arch")) {
		options->arch = text;
		return true;
	}
	if (!strcmp(option, "--firmware")) {
		options->has_firmware = true;
		return read_number(&text, ',', UINT64_MAX, &firmware->base) &&
		       read_number(&text, '\0', UINT64_MAX - firmware->base,
				   &firmware->size);
	}
	if (!read_number(&text, '\0', 1U << 30, &value))
		return false;
	if (!strcmp(option, "--entries")) {
		options->has_entries = true;
		board->entries = (unsigned int)value;
		return true;
	}
	options->has_granularity = true;
	board->granularity = value;
	return !strcmp(option, "--granularity") && value >= 4 &&
	       !(value & (value - 1));
}

static bool read_options(int argc, char **argv, struct options *options)
{
	unsigned int files = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (argv[i][0] != '-' && files < 3)
			options->files[files++] = argv[i];
		else if (!strcmp(argv[i], "--map"))
			options->map = true;
		else if (argv[i][0] != '-' || ++i == argc)
			return false;
		else if (!strcmp(argv[i - 1], "--device-tree"))
			options->device_tree = argv[i];
		else if (!read_board(argv[i - 1], argv[i], options))
			return false;
	}
	return files >= 2;
}

/*
 * The board, as its architecture has it and the options say; false: there is no
 * such architecture. A tree that is none is refused later, whatever the board.
 */
static bool choose_board(const struct options *options,
			 const struct blob *machine,
			 struct compartment_board *board)
{
	const char *arch = options->arch;
	size_t i = 0;

	if (!arch)
		arch = machine->size >= sizeof(struct fdt_header) &&
		       !fdt_check_full(machine->data, machine->size) &&
		       fdt_node_offset_by_compatible(machine->data, -1,
						     "arm,gic-v3") >= 0 ?
		       architecture_arm64.name : architecture_riscv.name;
	while (i < BOARD_COUNT && strcmp(boards[i].architecture->name, arch))
		i++;
	if (i == BOARD_COUNT)
		return false;
	*board = boards[i];
	if (options->has_entries)
		board->entries = options->board.entries;
	if (options->has_granularity)
		board->granularity = options->board.granularity;
	if (options->has_firmware)
		board->firmware = options->board.firmware;
	return true;
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
		return usage();
	machine = read_blob(options.files[1]);
	if (!choose_board(&options, &machine, &board))
		return usage();
	if (!check(&model, &board, machine, options.files))
		return 1;
	if (options.map)
		map_print(&model, print_line, NULL);
	if (options.device_tree)
		return write_tree(&model, options.device_tree);
	return 0;
}
