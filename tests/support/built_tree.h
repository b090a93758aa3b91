/* SPDX-License-Identifier: BSD-2-Clause */
/* A compartment's own tree, made of a fixture, and what a test expects of it. */
#ifndef BUILT_TREE_H
#define BUILT_TREE_H

#include <compartment/devicetree.h>

#include "manifest_fixture.h"

extern uint64_t built_tree[MODEL_TREE_SIZE / 8];

/* Parses the fixture and builds the tree; ends the test if either fails. */
void built_tree_make(struct fixture *fixture, unsigned int compartment);

/* The same, with an unmodified guest as the client. */
void built_tree_make_guest(struct fixture *fixture,
			   enum fixture_interrupts interrupts, bool is_granted,
			   unsigned int compartment);

const void *built_tree_find(const char *path, const char *property,
			    int *length);
bool built_tree_has(const char *path);

/* Fail the test if the property is not there, or is another one. */
void built_tree_expect_text(const char *path, const char *property,
			    const char *text);
void built_tree_expect_cells(const char *path, const char *property,
			     const uint32_t *cells, int count);

#define EXPECT(path, property, ...)					\
	built_tree_expect_cells(path, property,				\
		(const uint32_t[]){ __VA_ARGS__ },			\
		sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

#endif
