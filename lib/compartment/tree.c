/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed access to flattened trees. */
#include "tree.h"
#include "report.h"

/* The form that dtc and mkimage write; older ones only add ways to go wrong. */
#define TREE_VERSION	17

static const char *describe_damage(int rc)
{
	switch (-rc) {
	case FDT_ERR_BADMAGIC:
		return "it does not begin like one";
	case FDT_ERR_TRUNCATED:
		return "it is cut short";
	case FDT_ERR_BADVERSION:
		return "it has another version, or parts out of place";
	default:
		return "its structure is damaged or cut short";
	}
}

bool tree_check(const void *tree, size_t size, const char *role,
		struct compartment_report *report)
{
	int rc;

	if (!tree || ((uintptr_t)tree & 7)) {
		compartment_report_error(report, role, NULL,
					 "not at an 8-byte boundary");
		return false;
	}
	if (size < sizeof(struct fdt_header)) {
		compartment_report_error(report, role, NULL,
					 "%lu bytes are too few for a device tree",
					 size);
		return false;
	}
	/* Stops reads past the blob by any later libfdt call. */
	rc = fdt_check_full(tree, size);
	if (!rc && (fdt_version(tree) < TREE_VERSION ||
		    (fdt_off_dt_struct(tree) & 3) ||
		    (fdt_off_mem_rsvmap(tree) & 7)))
		rc = -FDT_ERR_BADVERSION;
	if (rc) {
		compartment_report_error(report, role, NULL,
					 "not a well-formed device tree of version 17: %s",
					 describe_damage(rc));
		return false;
	}
	return true;
}

const char *tree_path(const void *tree, int node, char path[TREE_PATH_MAX])
{
	struct text text = { .buffer = path, .size = TREE_PATH_MAX };

	if (fdt_get_path(tree, node, path, TREE_PATH_MAX) < 0)
		text_append(&text, ".../%s", fdt_get_name(tree, node, NULL));
	return path;
}

void tree_error(struct compartment_report *report, const void *tree, int node,
		const char *property, const char *format, ...)
{
	char path[TREE_PATH_MAX];
	va_list args;

	va_start(args, format);
	compartment_report_verror(report, tree_path(tree, node, path), property,
				  format, args);
	va_end(args);
}

int tree_cells(const void *tree, int node, const char *property,
	       const uint8_t **cells)
{
	int length;

	*cells = fdt_getprop(tree, node, property, &length);
	if (!*cells || length % 4)
		return -1;
	return length / 4;
}

uint32_t tree_cell(const uint8_t *cells, unsigned int index)
{
	const uint8_t *p = cells + 4 * index;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint64_t tree_cell_pair(const uint8_t *cells, unsigned int index)
{
	return (uint64_t)tree_cell(cells, index) << 32 |
	       tree_cell(cells, index + 1);
}

uint32_t tree_u32(const void *tree, int node, const char *property,
		  uint32_t fallback)
{
	const uint8_t *cells;

	if (tree_cells(tree, node, property, &cells) != 1)
		return fallback;
	return tree_cell(cells, 0);
}

const char *tree_string(const void *tree, int node, const char *property)
{
	const char *value;
	int length;

	value = fdt_getprop(tree, node, property, &length);
	if (!value || length < 1 ||
	    strnlen(value, (size_t)length) != (size_t)length - 1)
		return NULL;
	return value;
}

bool tree_is(const void *tree, int node, const char *property,
	     const char *value)
{
	const char *found = tree_string(tree, node, property);

	return found && !strcmp(found, value);
}

bool tree_is_enabled(const void *tree, int node)
{
	return !fdt_getprop(tree, node, "status", NULL) ||
	       tree_is(tree, node, "status", "okay") ||
	       tree_is(tree, node, "status", "ok");
}

uint32_t tree_interrupt_parent(const void *tree, int node)
{
	uint32_t phandle = 0;

	for (; node >= 0 && !phandle; node = fdt_parent_offset(tree, node))
		phandle = tree_u32(tree, node, "interrupt-parent", 0);
	return phandle;
}

int tree_find_console(const void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen"), length = 0;
	const char *path;

	if (chosen < 0)
		return chosen;
	path = tree_string(tree, chosen, "stdout-path");
	while (path && path[length] && path[length] != ':')
		length++;
	return length ? fdt_path_offset_namelen(tree, path, length) :
			-FDT_ERR_NOTFOUND;
}

static uint64_t read_cells(const uint8_t *cells, unsigned int index, int count)
{
	return count == 2 ? tree_cell_pair(cells, index) :
			    tree_cell(cells, index);
}

bool tree_reg(const void *tree, int node, unsigned int index,
	      struct memory_range *range)
{
	int parent = fdt_parent_offset(tree, node);
	int address_cells, size_cells, count;
	const uint8_t *cells;
	unsigned int stride;

	if (parent < 0)
		return false;
	address_cells = fdt_address_cells(tree, parent);
	size_cells = fdt_size_cells(tree, parent);
	if (address_cells < 1 || address_cells > 2 || size_cells < 1 ||
	    size_cells > 2)
		return false;
	stride = (unsigned int)(address_cells + size_cells);
	count = tree_cells(tree, node, "reg", &cells);
	if (count < 0 || index >= (unsigned int)count / stride)
		return false;
	range->base = read_cells(cells, index * stride, address_cells);
	range->size = read_cells(cells, index * stride +
				 (unsigned int)address_cells, size_cells);
	return range->size && range->size <= TREE_ADDRESS_MAX &&
	       range->base <= TREE_ADDRESS_MAX - range->size;
}

bool tree_bus_range(const void *tree, int node, unsigned int index,
		    struct memory_range *range)
{
	int parent = fdt_parent_offset(tree, node);
	int child_cells, parent_cells, size_cells, count;
	const uint8_t *cells;
	unsigned int at, stride;

	if (parent < 0)
		return false;
	child_cells = fdt_address_cells(tree, node);
	parent_cells = fdt_address_cells(tree, parent);
	size_cells = fdt_size_cells(tree, node);
	if (child_cells < 1 || parent_cells < 1 || parent_cells > 2 ||
	    size_cells < 1 || size_cells > 2)
		return false;
	stride = (unsigned int)(child_cells + parent_cells + size_cells);
	count = tree_cells(tree, node, "ranges", &cells);
	if (count < 0 || index >= (unsigned int)count / stride)
		return false;
	at = index * stride + (unsigned int)child_cells;
	range->base = read_cells(cells, at, parent_cells);
	range->size = read_cells(cells, at + (unsigned int)parent_cells,
				 size_cells);
	/* Up to the end, if it passes that. */
	if (range->size > ~range->base)
		range->size = ~range->base;
	return true;
}

bool tree_is_mapped_directly(const void *tree, int node)
{
	int bus = fdt_parent_offset(tree, node), length;

	for (; bus > 0; bus = fdt_parent_offset(tree, bus))
		if (!fdt_getprop(tree, bus, "ranges", &length) || length)
			return false;
	return bus == 0;
}
