/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One access to one address, in the mode and with the translation asked for,
 * and whether it was refused with the fault that it has to be refused with.
 * The lower half is implemented by the architecture (<arch>/access.c).
 *
 * Ownership: page tables and records are the architecture's and the caller's;
 * the address attacked is nobody's that we know.
 * Concurrency: one hart; the translation is that hart's alone. While nobody
 * changes it, several harts may access.
 * Trust: none in anything but the firmware's saving of registers: an access
 * that is not refused may have written anywhere.
 */
#ifndef HOSTILE_ACCESS_H
#define HOSTILE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <common/hart.h>

struct access_kind {
	const char *name;
	/* First argument: address. Faults or returns; touches no stack. */
	void (*perform)(uint64_t address);
	/* of the fault that refuses it; in the architecture's own terms */
	unsigned long cause;
	/* bytes touched, at least */
	unsigned int size;
	/* `perform` is not called: jump there */
	bool fetch;
};

enum access_mode {
	ACCESS_KERNEL,
	ACCESS_USER,
	ACCESS_MODES,
};

/* ---- access.c ---- */

/* Performs it; returns whether it faulted, and how. */
bool access_run(const struct access_kind *kind, enum access_mode mode,
		uint64_t physical, struct trap_record *record);

/* Performs it; returns whether it was refused as it has to be. */
bool access_is_refused(const struct access_kind *kind, enum access_mode mode,
		       uint64_t physical);

/* The same, in kernel mode, through a page table that lies at `table`. */
bool access_is_refused_by_table(const struct access_kind *kind,
				uint64_t table);

/* ---- By the architecture ---- */

/* Of 64 bits; these in all modes and translations. */
extern const struct access_kind access_load, access_store, access_fetch;
/* Those that every hart has; in kernel mode, first translation. */
extern const struct access_kind access_kinds[];
extern const unsigned int access_kind_count;

#define ACCESS_FIRST	0U	/* translation */

extern const char *const access_mode_names[ACCESS_MODES];
extern const char *const access_translation_names[];
extern const unsigned int access_translation_count;
/* The one in which page tables are walked and misaligned accesses allowed. */
extern const unsigned int access_translation_paged;
extern const unsigned int access_translation_misaligned;

/* Prepares page tables. False if this memory cannot hold or map them. */
bool access_init(void);

/*
 * Switches the calling hart to translation number `translation`; back to what
 * the payload runs with.
 */
void access_set_translation(unsigned int translation);
void access_reset_translation(void);

/* Whether user mode has any memory in that translation. */
bool access_is_possible(enum access_mode mode, unsigned int translation);
/* Physical addresses from here on have no name in it; 0: all have one. */
uint64_t access_get_limit(unsigned int translation);

/* What physical address and own code are called now in `mode`. */
uint64_t access_name(enum access_mode mode, uint64_t physical);
uint64_t access_name_code(enum access_mode mode, uintptr_t code);

/* An instruction in own memory that returns. */
extern const uint32_t access_code_return[];

/* user_enter(pc, argument, exit): to user mode; `perform` returns to exit. */
void user_enter(uint64_t pc, uint64_t argument, uint64_t exit);
/* Where an access in user mode ends if nothing stopped it, by a trap. */
void user_exit(void);
bool access_is_exit(const struct trap_record *record);

/* Whether the fault is the one that has to refuse an access of this kind. */
bool access_is_right(const struct access_kind *kind,
		     const struct trap_record *record);
/* The same for the walk of a table that may not be read. */
bool access_is_right_walk(const struct access_kind *kind,
			  const struct trap_record *record);

/*
 * Makes physical page `table` a table of the live ones; returns a virtual
 * address whose walk goes through it. Whether an entry can hold its address.
 */
uint64_t access_hang_table(uint64_t table);
bool access_can_hang(uint64_t table);

/* ---- reach.c: for reach_more(), which tries what not every hart has ---- */

#define REACH_COARSE 16

void reach_more(void);
/* Every address outside the grant; of the strides every `coarse`-th. */
void reach_walk(const struct access_kind *kind, enum access_mode mode,
		unsigned int translation, unsigned int coarse);
/* Own memory, where it has to succeed, or the rest proves nothing. */
void reach_check_own(const struct access_kind *kind, enum access_mode mode,
		     unsigned int translation);
/* Across both ends of own memory, by each number of bytes; in a group. */
void reach_straddle(const struct access_kind *kind);
/* A cell of own memory, aligned to 64 bytes. */
extern uint64_t reach_own[64];

#endif
