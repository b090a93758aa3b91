/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 36, what is left in a hart's registers: control and status registers,
 * those of the hypervisor extension among them, floating point and vectors.
 * Numbers and fields: privileged specification, AIA, vector extension.
 */
#include <common/console.h>
#include <string.h>
#include <csr.h>
#include "../hostile.h"
#include "../leftover.h"
#include "extensions.h"
#include "registers.h"

#define LEFT		0x7265736964756570UL
#define LEFT_ADDRESS	0x80400000UL
#define LEFT_TABLE	(8UL << 60 | LEFT_ADDRESS >> 12)
#define LEFT_INTERRUPTS	0x444UL
#define LEFT_MODES	(1UL << 18 | 1UL << 19)	/* SUM, MXR */
#define VECTOR_BYTES_MAX 512			/* of one register */
#define FLOATS		32
#define SINGLE_ZERO	0xffffffff00000000ULL	/* in a wider register */

struct leftover_register {
	const char *name;
	unsigned int number;
	/* its presence depends on this one, or 0 */
	char extension;
	unsigned long left;
	/* at the start of a life, in those bits in which it differs from left */
	unsigned long clear;
};

/* The three of a trap come first: looking for an absent one is a trap. */
static const struct leftover_register leftover_registers[] = {
	{ "sepc", CSR_SEPC, 0, LEFT, 0 },
	{ "scause", CSR_SCAUSE, 0, 0x2a, 0 },
	{ "stval", CSR_STVAL, 0, LEFT, 0 },
	{ "fcsr", 0x003, 'd', 0xff, 0 },
	{ "vstart", 0x008, 'v', 3, 0 },
	{ "vcsr", 0x00f, 'v', 7, 0 },
	{ "scounteren", CSR_SCOUNTEREN, 0, 0xfffffff8, 7 },
	{ "senvcfg", 0x10a, 0, 1, 0 },
	{ "stimecmp", CSR_STIMECMP, 0, 0x1234, ~0UL },
	{ "siselect", CSR_SISELECT, 0, 0x70, 0 },
	{ "vsstatus", 0x200, 'h', LEFT_MODES, 0 },
	{ "vstvec", 0x205, 'h', LEFT_ADDRESS, 0 },
	{ "vsscratch", 0x240, 'h', LEFT, 0 },
	{ "vsepc", 0x241, 'h', LEFT, 0 },
	{ "vscause", 0x242, 'h', 0x2a, 0 },
	{ "vstval", 0x243, 'h', LEFT, 0 },
	{ "vstimecmp", 0x24d, 'h', 0x1234, ~0UL },
	{ "vsatp", 0x280, 'h', LEFT_TABLE, 0 },
	{ "hstatus", 0x600, 'h', 7UL << 20, 0 },
	{ "hedeleg", 0x602, 'h', 0x8, 0 },
	{ "hideleg", 0x603, 'h', LEFT_INTERRUPTS, 0 },
	{ "hie", 0x604, 'h', LEFT_INTERRUPTS, 0 },
	{ "htimedelta", 0x605, 'h', LEFT, 0 },
	{ "hcounteren", 0x606, 'h', 7, 0 },
	{ "henvcfg", 0x60a, 'h', 1, 0 },
	{ "htval", 0x643, 'h', LEFT, 0 },
	/* Not the timer's: QEMU 10.0 lets M-mode not clear it under Sstc. */
	{ "hvip", 0x645, 'h', 0x404, 0 },
	{ "htinst", 0x64a, 'h', LEFT, 0 },
	{ "hgatp", 0x680, 'h', LEFT_TABLE, 0 },
};
#define REGISTER_COUNT (sizeof(leftover_registers) / sizeof(leftover_registers[0]))

void leftover_floats_fill(uint64_t pattern);
void leftover_floats_store(uint64_t floats[FLOATS]);
void leftover_vectors_fill(void);
/* The eight registers from v0, v8, v16 or v24 on. */
unsigned long leftover_vectors_store(unsigned int first, void *bytes);

/* Whether it holds anything but what it starts with; false if it is absent. */
static bool leftover_is_there(const struct leftover_register *r,
			      unsigned long *value)
{
	*value = 0;
	if ((r->extension && !access_has(r->extension)) ||
	    !registers_read(r->number, value))
		return false;
	return (*value ^ r->clear) & (r->left ^ r->clear);
}

static void leftover_enable(void)
{
	if (access_has('d'))
		csr_set(CSR_SSTATUS, SSTATUS_FS);
	if (access_has('v'))
		csr_set(CSR_SSTATUS, SSTATUS_VS);
}

unsigned int leftover_leave(void)
{
	unsigned int count = 0;
	unsigned long value;

	leftover_enable();
	if (access_has('d'))
		leftover_floats_fill(LEFT);
	if (access_has('v'))
		leftover_vectors_fill();
	for (unsigned int i = 0; i < REGISTER_COUNT; i++) {
		const struct leftover_register *r = &leftover_registers[i];

		if (r->extension && !access_has(r->extension))
			continue;
		if (registers_write(r->number, r->left) &&
		    leftover_is_there(r, &value))
			count++;
	}
	csr_set(CSR_SSTATUS, LEFT_MODES);
	return count;
}

static bool leftover_floats_are_clear(void)
{
	uint64_t floats[FLOATS];

	leftover_floats_store(floats);
	for (unsigned int i = 0; i < FLOATS; i++) {
		if (floats[i] && floats[i] != SINGLE_ZERO)
			return false;
	}
	return true;
}

static bool leftover_vectors_are_clear(void)
{
	static unsigned char bytes[8 * VECTOR_BYTES_MAX];
	unsigned long size;

	registers_write(0x008, 0); /* vstart */
	for (unsigned int first = 0; first < 32; first += 8) {
		size = leftover_vectors_store(first, bytes);
		for (unsigned long i = 0; i < size; i++) {
			if (bytes[i])
				return false;
		}
	}
	return true;
}

static bool leftover_say(const char *name, unsigned long value)
{
	print("residue: %s holds 0x%lx\n", name, value);
	return false;
}

bool leftover_is_clear(void)
{
	bool modes = csr_read(CSR_SSTATUS) & LEFT_MODES, clear = true;
	unsigned long value;

	leftover_enable();
	for (unsigned int i = 0; i < REGISTER_COUNT; i++) {
		if (leftover_is_there(&leftover_registers[i], &value))
			clear = leftover_say(leftover_registers[i].name, value);
	}
	if (modes)
		clear = leftover_say("sstatus", LEFT_MODES);
	if (access_has('d') && !leftover_floats_are_clear())
		clear = leftover_say("a floating-point register", 1);
	if (access_has('v') && !leftover_vectors_are_clear())
		clear = leftover_say("a vector register", 1);
	return clear;
}
