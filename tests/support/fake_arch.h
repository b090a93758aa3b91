/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An architecture for the partitioner that runs nothing: every function of
 * <partitioner/arch.h>, by which a test sees what was asked of it, decides what
 * comes of it, and breaks things on purpose.
 *
 * Guest memory is memory of this process at its own address. Whoever breaks a
 * contract of arch.h (opens two pages at once, starts a hart that runs, ...)
 * aborts the program. Functions that do not return leave fake_run().
 *
 * Any thread may call the functions of arch.h, each as the hart that it has
 * become; what a test sets up and reads here is for when no other thread runs.
 */
#ifndef FAKE_ARCH_H
#define FAKE_ARCH_H

#include <partitioner/arch.h>

/* Harts have the ids 0 up to this. */
#define FAKE_HARTS_MAX		8
#define FAKE_REGISTERS		8
#define FAKE_RANGES		16
#define FAKE_NOBODY		(~0U)
/* Besides 0, what arch_find_delivery() finds valid for every hart. */
#define FAKE_IDENTITY		77U

enum fake_hart_state {
	FAKE_HART_STOPPED,
	FAKE_HART_STARTED,
	FAKE_HART_STOPPING,	/* neither */
};

struct fake_hart {
	struct hart hart;
	bool known;		/* arch_hart_add() was called */
	/* Does not stop while others wait; else it does if told to. */
	bool stubborn;
	uint32_t state;
	uint64_t entry, argument;	/* of its last start */
};

/* A device's register. Any not named by a test reads as 0 at first. */
struct fake_register {
	uint64_t addr;
	uint32_t value;
	/* Reads that still see the former value after a write; ~0: all. */
	unsigned int lag;
	uint32_t written;
};

enum fake_event {
	FAKE_INTERRUPT,		/* of a hart */
	FAKE_START,		/* of a hart */
	FAKE_SERVE,		/* the calling hart serves */
	FAKE_DELAY,		/* the calling hart waits */
	FAKE_EMIT,		/* the calling hart has written something */
	FAKE_WITHDRAW,		/* of a compartment */
	FAKE_RAISE,		/* an interrupt, of a compartment */
};

struct fake_arch {
	struct fake_hart harts[FAKE_HARTS_MAX];
	struct memory_range memory;	/* guests' and the firmware's */
	struct fake_register registers[FAKE_REGISTERS];
	uint32_t refuses_to_be_added;	/* a hart, or FAKE_NOBODY */
	uint32_t refuses_to_start;	/* a hart, or FAKE_NOBODY */
	/* Called when something happens; NULL: nobody wants to know. */
	void (*hook)(enum fake_event event, uint32_t what);

	/*
	 * What was asked for, in order: "interrupt:1 start:0 leave ...", cut
	 * where the room ends.
	 */
	char trace[1024];
	char console[32768];		/* all lines written */
	struct memory_range published[FAKE_RANGES];
	unsigned int published_count;
	unsigned int opened;		/* pieces of guest memory */
	unsigned long waited_us;
};

extern struct fake_arch fake;

/* As at power-on: no hart is known, all are stopped. The caller is hart 0. */
void fake_reset(void);
/* Forgets trace, console and counts. */
void fake_forget(void);
/* From now on the calling thread is that hart. */
void fake_become(uint32_t hart);
/* What the harts from the manifest on would be at: running. */
void fake_start_all(void);

enum fake_end {
	FAKE_RETURNED,
	FAKE_STOPPED,		/* by arch_hart_stop() */
	FAKE_POWER_OFF,		/* arch_power_off(false) */
	FAKE_POWER_OFF_FAILED,	/* arch_power_off(true) */
};

/* Calls `body` and tells how it was left. Not nested. */
enum fake_end fake_run(void (*body)(void *argument), void *argument);

/* The register at `addr`, to be set or read. */
struct fake_register *fake_register(uint64_t addr);

/* Whether a line of the console holds both texts (NULL: any). */
bool fake_said(const char *a, const char *b);
/* How many lines of the console hold the text. */
unsigned int fake_count_lines(const char *text);
/* Whether exactly that range was published. */
bool fake_has_published(uint64_t base, uint64_t size);

#endif
