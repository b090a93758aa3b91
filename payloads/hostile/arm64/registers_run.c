/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: every system register and instruction of EL2 and EL3, of debug and
 * trace and of whoever made the core, read and written, and what of EL1 and EL0
 * reaches beyond the compartment.
 */
#include <common/report.h>
#include <sysreg.h>
#include "../hostile.h"
#include "extensions.h"
#include "registers.h"

#define COUNT		2048U		/* of one op0 and op1 */
#define OP1_HIGHER	4U		/* from here on: EL2 and above */
#define OP1_END		8U
#define N_MAKERS_FIRST	11U		/* IMPLEMENTATION DEFINED */
#define N_MAKERS_LAST	15U

#define CNTFRQ		REGISTER(3U, 3U, 14U, 0U, 0U)
#define CPACR_ALL	(3UL << 16 | 3UL << 20 | 3UL << 24)
/* Locks and locked-out states, constant */
#define OSLSR		REGISTER(2U, 0U, 1U, 1U, 4U)
#define DBGAUTHSTATUS	REGISTER(2U, 0U, 7U, 14U, 6U)

typedef bool (*registers_filter)(unsigned int number);
typedef bool (*registers_judge)(unsigned int number, bool faulted,
				uint64_t value,
				const struct trap_record *record);

static bool registers_is_undefined(const struct trap_record *record)
{
	return ESR_CLASS(record->cause) == CLASS_UNKNOWN;
}

static bool registers_judge_undefined(unsigned int number, bool faulted,
				      uint64_t value,
				      const struct trap_record *record)
{
	(void)number;
	(void)value;
	return faulted && registers_is_undefined(record);
}

/* Undefined, or there and empty. */
static bool registers_judge_empty(unsigned int number, bool faulted,
				  uint64_t value,
				  const struct trap_record *record)
{
	(void)number;
	return faulted ? registers_is_undefined(record) : !value;
}

/* Undefined, or ignored: what is read afterwards shows it. */
static bool registers_judge_ignored(unsigned int number, bool faulted,
				    uint64_t value,
				    const struct trap_record *record)
{
	(void)number;
	(void)value;
	return !faulted || registers_is_undefined(record);
}

static void registers_scan(const char *what, unsigned int first, bool read,
			   registers_filter filter, registers_judge judge)
{
	struct trap_record record;

	registers_prepare(first, COUNT, read);
	for (unsigned int r = first; r < first + COUNT; r++) {
		uint64_t value = read ? 0 : ~0ULL;
		bool faulted;

		if (!filter(r))
			continue;
		faulted = registers_try(r, &value, &record);
		attempt(judge(r, faulted, value, &record), what, r);
	}
}

static bool registers_all(unsigned int number)
{
	(void)number;
	return true;
}

static void registers_higher(void)
{
	attempt_begin("registers: reading those of EL2 and EL3");
	for (unsigned int op1 = OP1_HIGHER; op1 < OP1_END; op1++)
		registers_scan("register", REGISTER(3U, op1, 0U, 0U, 0U), true,
			       registers_all, registers_judge_undefined);
	attempt_begin("registers: writing those of EL2 and EL3");
	for (unsigned int op1 = OP1_HIGHER; op1 < OP1_END; op1++)
		registers_scan("register", REGISTER(3U, op1, 0U, 0U, 0U),
			       false, registers_all, registers_judge_undefined);
	/* Translations of other compartments, addresses of all stages */
	attempt_begin("registers: instructions of EL2 and EL3");
	for (unsigned int op1 = OP1_HIGHER; op1 < OP1_END; op1++) {
		registers_scan("instruction", REGISTER(1U, op1, 0U, 0U, 0U),
			       true, registers_all, registers_judge_undefined);
		registers_scan("instruction", REGISTER(1U, op1, 0U, 0U, 0U),
			       false, registers_all, registers_judge_undefined);
	}
	attempt_end();
}

static bool registers_are_readable_debug(unsigned int number)
{
	return number != OSLSR && number != DBGAUTHSTATUS;
}

static void registers_debug(void)
{
	attempt_begin("registers: debug and trace");
	for (unsigned int op1 = 0; op1 < OP1_END; op1++) {
		unsigned int first = REGISTER(2U, op1, 0U, 0U, 0U);

		registers_scan("write", first, false, registers_all,
			       registers_judge_ignored);
		registers_scan("read", first, true,
			       registers_are_readable_debug,
			       registers_judge_empty);
	}
	attempt_end();
}

static bool registers_are_makers(unsigned int number)
{
	return REGISTER_N(number) == N_MAKERS_FIRST ||
	       REGISTER_N(number) == N_MAKERS_LAST;
}

static void registers_makers(void)
{
	attempt_begin("registers: those of the core's maker");
	for (unsigned int op0 = 1; op0 <= 3; op0 += 2) {
		for (unsigned int op1 = 0; op1 < OP1_HIGHER; op1++) {
			unsigned int first = REGISTER(op0, op1, 0U, 0U, 0U);

			registers_scan("write", first, false,
				       registers_are_makers,
				       registers_judge_undefined);
			registers_scan("read", first, true,
				       registers_are_makers,
				       registers_judge_undefined);
		}
	}
	attempt_end();
}

/*
 * Features that a compartment is not given: SVE, SME, statistical profiling,
 * trace buffers, limited ordering, partitioned resources, error records,
 * activity monitors, tags, pointer keys.
 */
static bool registers_are_withheld(unsigned int number)
{
	unsigned int n = REGISTER_N(number), m = REGISTER_M(number);
	unsigned int op2 = number & 7;

	if (REGISTER_OP1(number) == 3)	/* AMU */
		return n == 13 && m >= 2;
	if (REGISTER_OP1(number))
		return false;
	return (n == 1 && m == 2) || (n == 1 && !m && op2 >= 5) ||
	       (n == 2 && m >= 1 && m <= 3) || (n == 5 && m >= 3 && m <= 6) ||
	       (n == 9 && m >= 9 && m <= 11) ||
	       (n == 10 && m >= 4 && m <= 5 && op2 != 7);
}

static void registers_withheld(void)
{
	/* EL1's own traps would come first. */
	write_sysreg(cpacr_el1, CPACR_ALL);
	isb();
	attempt_begin("registers: features that are not given");
	for (unsigned int op1 = 0; op1 <= 3; op1 += 3) {
		unsigned int first = REGISTER(3U, op1, 0U, 0U, 0U);

		registers_scan("write", first, false, registers_are_withheld,
			       registers_judge_ignored);
		registers_scan("read", first, true, registers_are_withheld,
			       registers_judge_empty);
	}
	attempt_end();
}

/* Everybody's clock goes by it. */
static void registers_clock(void)
{
	uint64_t frequency = read_sysreg(cntfrq_el0);

	attempt_begin("registers: the clock's frequency");
	for (unsigned int bit = 0; bit < 32; bit++)
		attempt(!registers_write(CNTFRQ, 1ULL << bit) &&
			read_sysreg(cntfrq_el0) == frequency, "frequency", bit);
	attempt_end();
}

void registers_run(void)
{
	if (!report(registers_init(), "own memory: generated code"))
		return;
	registers_higher();
	registers_debug();
	registers_makers();
	registers_withheld();
	registers_clock();
}
