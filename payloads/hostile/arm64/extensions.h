/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses that reach_more.c tries beyond those of ../access.h. */
#ifndef HOSTILE_ARM64_EXTENSIONS_H
#define HOSTILE_ARM64_EXTENSIONS_H

#include "../access.h"

/* Translations, behind ACCESS_FIRST */
#define ACCESS_ELSEWHERE	1U
#define ACCESS_OFF		2U

/* Fields of ID_AA64ISAR0_EL1 and ID_AA64PFR0_EL1 */
#define EXTENSIONS_ATOMICS	20
#define EXTENSIONS_EL0		0

/* Sorts of faults: struct access_kind's `cause` */
#define ACCESS_DATA		0
#define ACCESS_INSTRUCTION	1

/* From EL1 with EL0's rights, so where EL0 has any. */
extern const struct access_kind access_unprivileged[];
extern const unsigned int access_unprivileged_count;
/* With LSE */
extern const struct access_kind access_atomics[];
extern const unsigned int access_atomic_count;
/* With CPACR_EL1.FPEN */
extern const struct access_kind access_vectors[];
extern const unsigned int access_vector_count;
/* Needs memory, so stage 1. */
extern const struct access_kind access_zero;
/* Nothing that can be seen, or an abort. */
extern const struct access_kind access_hints[];
extern const unsigned int access_hint_count;

/* Whether it is the abort by which the firmware refuses. */
bool access_is_abort(const struct trap_record *record, unsigned int sort);

/* ESR_EL1 */
#define ESR_CLASS(esr)		((esr) >> 26 & 0x3f)
#define ESR_STATUS(esr)		((esr) & 0x3f)
#define CLASS_UNKNOWN		0x00
#define CLASS_ILLEGAL_STATE	0x0e
#define CLASS_SVC32		0x11
#define CLASS_SVC64		0x15
#define CLASS_FETCH_LOWER	0x20
#define CLASS_FETCH		0x21
#define CLASS_DATA_LOWER	0x24
#define CLASS_DATA		0x25
#define STATUS_EXTERNAL		0x10
#define STATUS_WALK_FIRST	0x13	/* external, on a walk; to 0x17 */
#define STATUS_WALK_LAST	0x17

#endif
