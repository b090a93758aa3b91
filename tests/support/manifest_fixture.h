/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine and a manifest that are right in every respect, made in memory, to
 * be made wrong one edit at a time.
 *
 * The machine: four harts, 512 MiB at 0x80000000 (GICv3: 0x40000000), what
 * QEMU's virt machine has; RISC-V: devices drive sources 1 to 4, 6, 10 and 11 of
 * its interrupt controller. The manifest: server (hart 0, a disk), client (hart
 * 1), other (harts 2 and 3), one window, one record, two links, one channel,
 * phandles as below. Memory begins 256 MiB into RAM.
 */
#ifndef MANIFEST_FIXTURE_H
#define MANIFEST_FIXTURE_H

#include <compartment/manifest.h>

/* The first three are RISC-V's, the last is arm64's. */
enum fixture_interrupts {
	FIXTURE_PLIC, FIXTURE_APLIC, FIXTURE_IMSIC, FIXTURE_GICV3,
};
#define FIXTURE_INTERRUPTS	4

/* Phandles in the manifest */
enum {
	SERVER = 1, CLIENT, OTHER, DISK_WINDOW, RECORD, DISK_LINK, OTHER_LINK,
	REGISTERS, NOBODY = 99,
};

#define FIXTURE_BLOB_SIZE	16384

struct fixture {
	uint64_t machine[FIXTURE_BLOB_SIZE / 8];
	uint64_t manifest[FIXTURE_BLOB_SIZE / 8];
	struct compartment_board board;
	struct compartment_report report;
	char lines[8192];		/* all that was reported */
	struct model model;
};

/* One change of a tree; see the macros. */
struct fixture_edit {
	enum { EDIT_NONE, EDIT_SET, EDIT_SET_CELLS, EDIT_DROP, EDIT_ADD_NODE,
	       EDIT_DROP_NODE, EDIT_RENAME } what;
	const char *path;
	const char *name;
	const void *value;
	size_t size;
};

#define CELLS(path, name, ...)						\
	{ EDIT_SET_CELLS, path, name, (const uint32_t[]){ __VA_ARGS__ },\
	  sizeof((const uint32_t[]){ __VA_ARGS__ }) }
#define STRING(path, name, text)					\
	{ EDIT_SET, path, name, text, sizeof(text) }
#define DROP(path, name)	{ EDIT_DROP, path, name, NULL, 0 }
#define ADD_NODE(path, name)	{ EDIT_ADD_NODE, path, name, NULL, 0 }
#define DROP_NODE(path)		{ EDIT_DROP_NODE, path, NULL, NULL, 0 }
#define RENAME(path, name)	{ EDIT_RENAME, path, name, NULL, 0 }

void fixture_init(struct fixture *fixture, enum fixture_interrupts interrupts);

/* Change a tree of the fixture; aborts if the path is not there. */
void fixture_edit(void *tree, const struct fixture_edit *edit);

void fixture_edit_all(void *tree, const struct fixture_edit *edits,
		      size_t count);

/* Grants device `path` to the compartment at `owner`, as its node `name`. */
void fixture_grant(struct fixture *fixture, const char *owner, const char *name,
		   const char *path, const char *dma, bool whole_page);

/*
 * Makes the client an unmodified guest: a UART for a console, and the firmware
 * plays the device of channel "disk", with window "registers", and the control
 * page in the record's window. Data is granted, or in the pool.
 */
void fixture_add_guest(struct fixture *fixture, bool is_granted);

/* Parse what the fixture holds now. Returns manifest_parse()'s value. */
int fixture_parse(struct fixture *fixture);

/* Whether one reported line has all of the three texts (NULL: any). */
bool fixture_said(const struct fixture *fixture, const char *a, const char *b,
		  const char *c);

/*
 * Whether what the fixture holds is refused, as `rc`, in a line with all of
 * these (property NULL: the node itself). Prints what was said if not.
 */
bool fixture_is_refused(struct fixture *fixture, int rc, const char *where,
			const char *property, const char *words);

/* A report that appends to fixture->lines. */
void fixture_clear_report(struct fixture *fixture);

#endif
