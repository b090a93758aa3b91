/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/architecture.h>

#include "manifest_fixture_tree.h"

static void put_compartment(void *fdt, const char *name, uint32_t phandle,
			    uint32_t memory, uint32_t criticality)
{
	begin(fdt, name);
	PUT(fdt, "phandle", phandle);
	PUT(fdt, "memory", 0, memory, 0, 0x400000);
	must(fdt_property_string(fdt, "image", name));
	PUT(fdt, "criticality", criticality);
	must(fdt_property_string(fdt, "restart", "always"));
}

static void put_granted(void *fdt, const char *name, const char *path,
			const char *dma, bool whole_page)
{
	begin(fdt, name);
	must(fdt_property_string(fdt, "path", path));
	must(fdt_property_string(fdt, "dma", dma));
	if (whole_page)
		must(fdt_property(fdt, "whole-page", NULL, 0));
	end(fdt);
}

static void put_compartments(void *fdt, uint32_t start, bool is_arm64)
{
	begin(fdt, "compartments");
	put_compartment(fdt, "server", SERVER, start, 2);
	PUT(fdt, "harts", 0);
	begin(fdt, "devices");
	if (is_arm64)
		put_granted(fdt, "disk", "/virtio_mmio@a000000", "trusted",
			    true);
	else
		put_granted(fdt, "disk", "/soc/disk@10001000", "trusted",
			    false);
	end(fdt);
	end(fdt);
	put_compartment(fdt, "client", CLIENT, start + 0x400000, 1);
	PUT(fdt, "harts", 1);
	must(fdt_property_string(fdt, "bootargs", "rounds=3"));
	end(fdt);
	put_compartment(fdt, "other", OTHER, start + 0xc00000, 0);
	PUT(fdt, "harts", 2, 3);
	PUT(fdt, "boot-hart", 3);
	PUT(fdt, "observes", CLIENT);
	end(fdt);
	end(fdt);
}

static void put_shared(void *fdt, uint32_t start)
{
	begin(fdt, "windows");
	begin(fdt, "disk-window");
	PUT(fdt, "phandle", DISK_WINDOW);
	put_reg(fdt, start + 0x1000000, 0x400000);
	PUT(fdt, "members", SERVER, CLIENT);
	must(fdt_property(fdt, "access", "rw\0rw", 6));
	end(fdt);
	begin(fdt, "record");
	PUT(fdt, "phandle", RECORD);
	put_reg(fdt, start + 0x800000, 0x1000);
	PUT(fdt, "members", SERVER);
	must(fdt_property_string(fdt, "access", "rw"));
	end(fdt);
	end(fdt);
	begin(fdt, "links");
	begin(fdt, "other-link");
	PUT(fdt, "phandle", OTHER_LINK);
	PUT(fdt, "between", OTHER, SERVER);
	end(fdt);
	begin(fdt, "disk-link");
	PUT(fdt, "phandle", DISK_LINK);
	PUT(fdt, "between", SERVER, CLIENT);
	end(fdt);
	end(fdt);
}

static void put_channel(void *fdt)
{
	begin(fdt, "channels");
	begin(fdt, "disk");
	must(fdt_property_string(fdt, "device", "block"));
	PUT(fdt, "server", SERVER);
	PUT(fdt, "client", CLIENT);
	PUT(fdt, "link", DISK_LINK);
	PUT(fdt, "control", DISK_WINDOW, 0);
	PUT(fdt, "pool", DISK_WINDOW, 0x1000, 0x3ff000);
	PUT(fdt, "record", RECORD, 0);
	PUT(fdt, "queues", 1);
	PUT(fdt, "queue-size", 64);
	end(fdt);
	end(fdt);
}

static void make_manifest(void *fdt, uint32_t ram, bool is_arm64)
{
	uint32_t start = ram + 0x10000000;

	start_tree(fdt, MANIFEST_COMPATIBLE);
	must(fdt_property_string(fdt, "model", "a good system"));
	PUT(fdt, "cold-boot", SERVER);
	put_compartments(fdt, start, is_arm64);
	put_shared(fdt, start);
	put_channel(fdt);
	end(fdt);
	must(fdt_finish(fdt));
}

static void take_line(void *context, const char *text)
{
	struct fixture *fixture = context;
	size_t used = strlen(fixture->lines);

	snprintf(fixture->lines + used, sizeof(fixture->lines) - used, "%s\n",
		 text);
}

void fixture_clear_report(struct fixture *fixture)
{
	fixture->lines[0] = '\0';
	fixture->report = (struct compartment_report){
		.line = take_line, .context = fixture,
	};
}

void fixture_init(struct fixture *fixture, enum fixture_interrupts interrupts)
{
	bool is_arm64 = interrupts == FIXTURE_GICV3;
	uint32_t ram = is_arm64 ? 0x40000000 : 0x80000000;

	memset(fixture, 0, sizeof(*fixture));
	if (is_arm64)
		fixture_make_arm64(fixture->machine);
	else
		fixture_make_riscv(fixture->machine, interrupts);
	make_manifest(fixture->manifest, ram, is_arm64);
	must(fdt_open_into(fixture->machine, fixture->machine,
			   FIXTURE_BLOB_SIZE));
	must(fdt_open_into(fixture->manifest, fixture->manifest,
			   FIXTURE_BLOB_SIZE));
	fixture->board = (struct compartment_board){
		.name = "test", .architecture = &architecture_riscv,
		.protection_units = 16, .protection_kept = 1, .granularity = 4,
		.firmware = { ram, 0x200000 },
		.private = { ram + 0x1ff00000, 0x100000 },
	};
	if (is_arm64) {
		fixture->board.architecture = &architecture_arm64;
		fixture->board.protection_kept = 0;
		fixture->board.granularity = 0x1000;
		fixture->board.doorbell_first = 224;
		fixture->board.doorbell_count = 64;
	}
	fixture_clear_report(fixture);
}

void fixture_edit(void *tree, const struct fixture_edit *edit)
{
	int node = fdt_path_offset(tree, edit->path);
	size_t i;

	must(node);
	switch (edit->what) {
	case EDIT_SET:
		must(fdt_setprop(tree, node, edit->name, edit->value,
				 (int)edit->size));
		break;
	case EDIT_SET_CELLS:
		must(fdt_setprop(tree, node, edit->name, NULL, 0));
		for (i = 0; i < edit->size / 4; i++)
			must(fdt_appendprop_u32(tree, node, edit->name,
				((const uint32_t *)edit->value)[i]));
		break;
	case EDIT_DROP:
		must(fdt_delprop(tree, node, edit->name));
		break;
	case EDIT_ADD_NODE:
		must(fdt_add_subnode(tree, node, edit->name));
		break;
	case EDIT_DROP_NODE:
		must(fdt_del_node(tree, node));
		break;
	case EDIT_RENAME:
		must(fdt_set_name(tree, node, edit->name));
		break;
	case EDIT_NONE:
		break;
	}
}

void fixture_edit_all(void *tree, const struct fixture_edit *edits,
		      size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (edits[i].what != EDIT_NONE)
			fixture_edit(tree, &edits[i]);
}

void fixture_grant(struct fixture *fixture, const char *owner, const char *name,
		   const char *path, const char *dma, bool whole_page)
{
	char devices[64], node[96];
	const struct fixture_edit edits[] = {
		ADD_NODE(devices, name),
		{ EDIT_SET, node, "path", path, strlen(path) + 1 },
		{ EDIT_SET, node, "dma", dma, strlen(dma) + 1 },
		{ EDIT_SET, node, "whole-page", NULL, 0 },
	};
	const struct fixture_edit parent = ADD_NODE(owner, "devices");

	snprintf(devices, sizeof(devices), "%s/devices", owner);
	snprintf(node, sizeof(node), "%s/%s", devices, name);
	if (fdt_path_offset(fixture->manifest, devices) < 0)
		fixture_edit(fixture->manifest, &parent);
	fixture_edit_all(fixture->manifest, edits, 3u + whole_page);
}

bool fixture_is_refused(struct fixture *fixture, int rc, const char *where,
			const char *property, const char *words)
{
	char middle[32] = "";
	int found = fixture_parse(fixture);

	if (property)
		snprintf(middle, sizeof(middle), ": %s: ", property);
	if (found == rc && !fixture->model.compartment_count &&
	    fixture_said(fixture, where, middle, words))
		return true;
	fprintf(stderr, "expected \"%s%s ... %s\", got %d:\n%s", where, middle,
		words, found, fixture->lines);
	return false;
}

int fixture_parse(struct fixture *fixture)
{
	fixture_clear_report(fixture);
	return manifest_parse(&fixture->model, fixture->manifest,
			      sizeof(fixture->manifest), fixture->machine,
			      sizeof(fixture->machine), &fixture->board,
			      &fixture->report);
}

bool fixture_said(const struct fixture *fixture, const char *a, const char *b,
		  const char *c)
{
	char lines[sizeof(fixture->lines)], *line, *rest;

	memcpy(lines, fixture->lines, sizeof(lines));
	for (line = strtok_r(lines, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if ((!a || strstr(line, a)) && (!b || strstr(line, b)) &&
		    (!c || strstr(line, c)))
			return true;
	return false;
}
