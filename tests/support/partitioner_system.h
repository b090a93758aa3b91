/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole system for the partitioner, in memory of this process: the machine
 * and the manifest of manifest_fixture.h with RAM, memory and windows moved
 * there, a bundle made of them, and fake_arch.h underneath. All is right in
 * every respect, to be made wrong one edit at a time:
 *
 *	system_make()		then edits of the two trees
 *	system_link()		then edits of the bundle
 *	system_prepare()	partitioner_prepare()
 *
 * or system_boot(): all of them, and every compartment runs.
 */
#ifndef PARTITIONER_SYSTEM_H
#define PARTITIONER_SYSTEM_H

#include "fake_arch.h"
#include "manifest_fixture.h"

/* Compartments in the order of the manifest, and whose harts are which. */
enum { ID_SERVER, ID_CLIENT, ID_OTHER, ID_COUNT };
enum { HART_SERVER, HART_CLIENT, HART_OTHER, HART_OTHER_BOOT };

/* What is where, from the start of RAM. */
#define SYSTEM_RAM_SIZE		0x400000UL
#define SYSTEM_FIRMWARE_SIZE	0x40000UL
#define SYSTEM_BUNDLE_MAX	0x40000UL
#define SYSTEM_TREE		0x80000UL	/* machine's, as it is found */
#define SYSTEM_MEMORY(id)	(0x100000UL + 0x40000UL * (id))
#define SYSTEM_MEMORY_SIZE	0x40000UL
#define SYSTEM_WINDOW		0x200000UL
#define SYSTEM_WINDOW_SIZE	0x40000UL
#define SYSTEM_RECORD		0x240000UL
/* Nobody's, and free. */
#define SYSTEM_SPARE		0x280000UL

#define SYSTEM_DISK		0x10001000UL	/* the server's */
#define SYSTEM_IMAGE_SIZE	5000UL

struct partitioner_system {
	struct fixture fixture;
	char *ram;
	void *bundle;		/* as linked, in RAM */
	size_t bundle_size;
	void *tree;		/* the machine's, for partitioner_prepare() */
	const void *moved;	/* what that has returned */
};

extern struct partitioner_system sys;

void system_make(void);
/* Makes the bundle of what the fixture holds, and its images. */
void system_link(void);
/* The same with these bytes for a manifest. */
void system_link_manifest(const void *manifest, size_t size);
enum fake_end system_prepare(void);
void system_boot(void);

/* The address of what is that far into RAM. */
uint64_t system_at(uint64_t offset);
/* The bytes of a compartment's image. */
const uint8_t *system_image(unsigned int id);

/* Makes a call as a guest on `hart` does. */
struct call_result {
	long error;
	uint64_t value;
};
typedef long (*call_fn)(struct hart *self, uint64_t function,
			struct call *call);
struct call_result system_call(call_fn call, uint32_t hart, uint64_t function,
			       uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
