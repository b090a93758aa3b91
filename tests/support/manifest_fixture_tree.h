/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the parts of the manifest fixture: writing its trees front to back. What
 * does not fit ends the program.
 */
#ifndef MANIFEST_FIXTURE_TREE_H
#define MANIFEST_FIXTURE_TREE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "manifest_fixture.h"

#define FIXTURE_HARTS	4

static inline void must(int rc)
{
	if (rc < 0) {
		fprintf(stderr, "fixture: %s\n", fdt_strerror(rc));
		abort();
	}
}

static inline void put_cells(void *fdt, const char *name,
			     const uint32_t *cells, size_t count)
{
	fdt32_t raw[64];
	size_t i;

	for (i = 0; i < count; i++)
		raw[i] = cpu_to_fdt32(cells[i]);
	must(fdt_property(fdt, name, raw, (int)(4 * count)));
}

#define PUT(fdt, name, ...)						\
	put_cells(fdt, name, (const uint32_t[]){ __VA_ARGS__ },		\
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static inline void put_reg(void *fdt, uint32_t base, uint32_t size)
{
	PUT(fdt, "reg", 0, base, 0, size);
}

static inline void begin(void *fdt, const char *name)
{
	must(fdt_begin_node(fdt, name));
}

static inline void end(void *fdt)
{
	must(fdt_end_node(fdt));
}

static inline void start_tree(void *fdt, const char *compatible)
{
	must(fdt_create(fdt, FIXTURE_BLOB_SIZE));
	must(fdt_finish_reservemap(fdt));
	begin(fdt, "");
	PUT(fdt, "#address-cells", 2);
	PUT(fdt, "#size-cells", 2);
	must(fdt_property_string(fdt, "compatible", compatible));
}

/* The machine with a GICv3; with one of RISC-V's controllers. */
void fixture_make_arm64(void *fdt);
void fixture_make_riscv(void *fdt, enum fixture_interrupts interrupts);

#endif
