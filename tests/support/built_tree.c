/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "built_tree.h"
#include "unit.h"

uint64_t built_tree[MODEL_TREE_SIZE / 8];

void built_tree_make(struct fixture *fixture, unsigned int compartment)
{
	int size;

	if (fixture_parse(fixture) != COMPARTMENT_OK) {
		fprintf(stderr, "%s", fixture->lines);
		CU_FAIL_FATAL("the manifest is refused");
	}
	size = devicetree_build(&fixture->model, compartment, built_tree,
				sizeof(built_tree));
	CU_ASSERT_FATAL(size > 0);
	UNIT_ASSERT_INT(fdt_check_full(built_tree, (size_t)size), 0);
}

const void *built_tree_find(const char *path, const char *property,
			    int *length)
{
	return fdt_getprop(built_tree, fdt_path_offset(built_tree, path),
			   property, length);
}

bool built_tree_has(const char *path)
{
	return fdt_path_offset(built_tree, path) >= 0;
}

void built_tree_expect_text(const char *path, const char *property,
			    const char *text)
{
	const char *found;
	int length;

	found = built_tree_find(path, property, &length);
	CU_ASSERT_FATAL(found && length == (int)strlen(text) + 1);
	CU_ASSERT_STRING_EQUAL(found, text);
}

void built_tree_expect_cells(const char *path, const char *property,
			     const uint32_t *cells, int count)
{
	const fdt32_t *found;
	int length, i;

	found = built_tree_find(path, property, &length);
	if (!found || length != 4 * count) {
		fprintf(stderr, "%s: %s is not %d cells\n", path, property,
			count);
		CU_FAIL_FATAL("a property is missing");
	}
	for (i = 0; i < count; i++)
		UNIT_ASSERT_INT(fdt32_to_cpu(found[i]), cells[i]);
}

void built_tree_make_guest(struct fixture *fixture,
			   enum fixture_interrupts interrupts, bool is_granted,
			   unsigned int compartment)
{
	fixture_init(fixture, interrupts);
	fixture_add_guest(fixture, is_granted);
	built_tree_make(fixture, compartment);
}
