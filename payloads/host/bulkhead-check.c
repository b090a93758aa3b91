// SPDX-License-Identifier: BSD-2-Clause
/*
 * bulkhead-check: what the firmware will say of a manifest, said on the host.
 *
 *	bulkhead-check [--map] [--device-tree <compartment>] [--entries <n>]
 *		<manifest.dtb> <machine.dtb> [<bundle.itb>]
 *
 * Runs the firmware's own checks. Without options prints only what is wrong;
 * --map prints the partition map, --device-tree writes a compartment's tree
 * (a blob) to standard output, --entries says how many protection entries a
 * hart has (16). Exit status: 0 good, 1 something is wrong, 2 wrong usage.
 *
 * The firmware's own place in RAM is assumed, as in platform/qemu-virt: 2 MiB
 * at the start of RAM, its private copies at the end of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libfdt.h>

#include <compartment/bundle.h>
#include <compartment/devicetree.h>
#include <compartment/map.h>

#define FIRMWARE_SIZE	(2ULL << 20)
#define PRIVATE_SIZE	(1ULL << 20)

struct blob {
	void *data;
	size_t size;
};

struct options {
	bool map;
	const char *device_tree;
	unsigned int entries;
	const char *files[3];	/* manifest, machine, bundle */
};

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
	fputs("usage: bulkhead-check [--map] [--device-tree <compartment>] [--entries <n>]\n"
	      "       <manifest.dtb> <machine.dtb> [<bundle.itb>]\n", stderr);
	return 2;
}

static bool read_options(int argc, char **argv, struct options *options)
{
	unsigned int files = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--map"))
			options->map = true;
		else if (!strcmp(argv[i], "--device-tree") && i + 1 < argc)
			options->device_tree = argv[++i];
		else if (!strcmp(argv[i], "--entries") && i + 1 < argc)
			options->entries = (unsigned int)atoi(argv[++i]);
		else if (argv[i][0] != '-' && files < 3)
			options->files[files++] = argv[i];
		else
			return false;
	}
	return files >= 2;
}

/* Where the firmware of this board will be: only the machine knows its RAM. */
static void place_firmware(struct compartment_board *board,
			   const struct blob *machine_blob)
{
	struct compartment_report silent = { 0 };
	struct machine machine;

	if (machine_parse(&machine, board, machine_blob->data,
			  machine_blob->size, &silent))
		return;
	board->firmware.base = machine.ram[0].base;
	board->firmware.size = FIRMWARE_SIZE;
	board->private.size = PRIVATE_SIZE;
	board->private.base = machine.ram[0].base + machine.ram[0].size -
			      PRIVATE_SIZE;
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
	struct compartment_board board = {
		.name = "qemu-virt", .granularity = 4,
	};
	struct options options = { .entries = 16 };
	struct compartment_report report = { .line = print_error };
	struct blob manifest, machine, packed;
	static struct model model;
	struct bundle bundle;

	if (!read_options(argc, argv, &options))
		return usage();
	manifest = read_blob(options.files[0]);
	machine = read_blob(options.files[1]);
	board.entries = options.entries;
	place_firmware(&board, &machine);
	report.context = (void *)options.files[0];
	if (manifest_parse(&model, manifest.data, manifest.size, machine.data,
			   machine.size, &board, &report))
		return 1;
	if (options.files[2]) {
		packed = read_blob(options.files[2]);
		report.context = (void *)options.files[2];
		if (bundle_open(&bundle, packed.data, packed.size, &report) ||
		    manifest_check_bundle(&model, &bundle, &report))
			return 1;
	}
	if (options.map)
		map_print(&model, print_line, NULL);
	if (options.device_tree)
		return write_tree(&model, options.device_tree);
	return 0;
}
