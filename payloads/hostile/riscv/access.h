/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One access to one address, in the mode and with the translation asked for,
 * and whether it was refused with an access fault.
 *
 * Ownership: page tables and records are this file's and the caller's; the
 * address attacked is nobody's that we know.
 * Concurrency: one hart; the translation is that hart's alone.
 * Trust: none in anything but the firmware's saving of registers: an access
 * that is not refused may have written anywhere.
 */
#ifndef HOSTILE_RISCV_ACCESS_H
#define HOSTILE_RISCV_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <common/hart.h>

struct access_kind {
	const char *name;
	/* a0: address. Faults or returns; touches no stack. */
	void (*perform)(uint64_t address);
	/* of the fault that refuses it */
	unsigned long cause;
	/* bytes touched, at least */
	unsigned int size;
	/* `perform` is not called: jump there */
	bool fetch;
};

extern const struct access_kind access_kinds[];
extern const unsigned int access_kind_count;
/* Those beyond the base instructions; only if access_has() says so. */
extern const struct access_kind access_load, access_store, access_fetch;
extern const struct access_kind access_float_load, access_float_store;
extern const struct access_kind access_vector_load, access_vector_store;
extern const struct access_kind access_vector_strided;
extern const struct access_kind access_vector_masked_load;
extern const struct access_kind access_vector_masked_store;
extern const struct access_kind access_cache_zero;

enum access_mode {
	ACCESS_SUPERVISOR,
	ACCESS_USER,
};

enum access_translation {
	ACCESS_BARE,
	ACCESS_PAGED,		/* Sv39, every physical address mapped */
};

/* Prepares page tables. False if this memory cannot hold or map them. */
bool access_init(void);

/* Whether the first hart's ISA string has the single-letter extension. */
bool access_has(char extension);

/* Switches translation on or off for the calling hart. */
void access_set_translation(enum access_translation translation);

/* Performs it; returns whether it faulted, and how. */
bool access_run(const struct access_kind *kind, enum access_mode mode,
		uint64_t physical, struct trap_record *record);

/* Performs it; returns whether it was refused as it has to be. */
bool access_is_refused(const struct access_kind *kind, enum access_mode mode,
		       uint64_t physical);

/* The same through a page table that lies at `table`: paging must be on. */
bool access_is_refused_by_table(const struct access_kind *kind,
				uint64_t table);

#endif
