/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitioner: what the firmware does on every architecture. Reads the
 * manifest, loads and starts compartments, ends and restarts them, answers
 * their calls. What only a processor can do it asks of <partitioner/arch.h>.
 *
 * Ownership: one static instance, in memory that only the firmware reaches.
 * Concurrency: everything but the members that say otherwise is written by the
 * hart that boots cold before any compartment runs, and constant from then on.
 * A "hart" is a RISC-V hart or an Arm processing element; its id is the hartid
 * or the affinity fields of its MPIDR_EL1.
 * Trust: arguments of calls come from guests and are checked here; the
 * architecture's answers are believed.
 */
#ifndef PARTITIONER_PARTITIONER_H
#define PARTITIONER_PARTITIONER_H

#include <compartment/bundle.h>
#include <compartment/console.h>
#include <compartment/lifecycle.h>
#include <compartment/manifest.h>
#include <doorbell/doorbell.h>

#define COMPARTMENT_NONE	(-1)
#define NO_HART			(-1U)

/* Commands to another hart, which an interrupt tells it to look at. */
#define HART_COMMAND_STOP	0x1U	/* leave the compartment */
#define HART_COMMAND_END	0x2U	/* end its life, which has failed */
/* The architecture's own, n from 0. */
#define HART_COMMAND_ARCH(n)	(0x100U << (n))

/* What the firmware keeps for each hart. */
struct hart {
	uint32_t commands;	/* atomic: HART_COMMAND_* */
	uint32_t id;
	int compartment;	/* index, or COMPARTMENT_NONE */
	int coordinates;	/* compartment whose end it carries out, or NONE */
	/* written by the hart itself, read by all */
	uint64_t counters[COMPARTMENT_COUNTER_COUNT];
} __attribute__((aligned(64)));

/* Changed by the compartment's own harts, each member by its own rules. */
struct partition {
	struct lifecycle life;
	uint32_t starting;	/* atomic: guest calls that start a hart */
	uint64_t released;	/* life that present_hold() let begin */
	bool stopped;		/* its harts, by the end of its life */
	struct console_line line;
};

struct partitioner {
	struct compartment_board board;
	struct bundle bundle;
	struct model model;
	struct doorbell doorbell;
	struct partition partitions[MODEL_COMPARTMENTS_MAX];
	uint32_t alive;		/* atomic: compartments that have not ended */
	uint32_t failed;	/* atomic: compartments that ended in failure */
};

extern struct partitioner partitioner;

/* ---- print.c: one line on the console, as the firmware's own ---- */
/* %s %u %lu %x %lx; cut at COMPARTMENT_LINE_MAX. */
void partitioner_print(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* The same, and ends the machine in failure: before anything was started. */
void partitioner_fatal(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
/* Ends the machine in failure, before anything was started. */
void partitioner_stop(void) __attribute__((noreturn));
/* A compartment_line_fn. */
void partitioner_print_line(void *context, const char *text);

/* ---- terminal.c: the console, which all share ---- */
/* Prints whole lines of the firmware's own. */
void terminal_print(const char *text, size_t length);
/* A compartment writes: console_write(). */
size_t terminal_write(unsigned int compartment, const volatile char *bytes,
		      size_t count);
/* Completes a line that the compartment has begun. */
void terminal_flush(unsigned int compartment);
/* Shows the compartment's line while it is being written, and no other's. */
void terminal_show(unsigned int compartment);

/* ---- terminal_input.c: what is typed there ---- */
struct terminal_source {
	/* A character that was typed, or -1: there is none. */
	int (*get)(void);
	/*
	 * Has terminal_take() called when there is one, also if there is one
	 * already: always on the same hart, outside of any lock.
	 */
	void (*listen)(void);
};
/*
 * Console input, of an architecture that has it: the first compartment that has
 * a UART gets what is typed. Before any compartment runs; once.
 */
void terminal_attach(const struct terminal_source *source);
/* Compartment `n`, from 0, of those with a UART, or COMPARTMENT_NONE. */
int terminal_find(unsigned int n);
/* Takes what was typed, a bounded number; the source listens for more. */
void terminal_take(void);

/* ---- boot.c: from the linked bundle to compartments that run ---- */
/*
 * The hart that the manifest wants to boot cold, or NO_HART: a preference only,
 * from a bundle that nobody has checked. Prints nothing. For architectures that
 * can choose: RISC-V.
 */
uint32_t partitioner_get_preferred_hart(const void *bundle, size_t size);
/*
 * Moves the machine's tree and the bundle to private memory, zeroes where the
 * bundle was, reads and checks the manifest, makes the links. The architecture
 * has filled partitioner.board but for `private`; board.firmware ends where the
 * bundle begins. Returns the tree's new place; says what is wrong and ends the
 * machine if anything is.
 */
const void *partitioner_prepare(void *bundle, size_t size, const void *tree);
/* Prints the map, zeroes the windows, loads every compartment. */
void partitioner_load(void);
/*
 * Starts every compartment but the one whose boot hart is the calling hart;
 * that one's index, or COMPARTMENT_NONE: its life is marked as started, and to
 * go there is left to the caller.
 */
int partitioner_start(void);
/* Where a compartment is entered, and the device tree that it is given. */
uint64_t partitioner_get_entry(unsigned int compartment);
uint64_t partitioner_get_tree(unsigned int compartment);

/* ---- hart.c ---- */
/* Adds to a counter of `self`, the calling hart. */
static inline void hart_count(struct hart *self,
			      enum compartment_counter counter, uint64_t amount)
{
	uint64_t *value = &self->counters[counter];

	__atomic_store_n(value, *value + amount, __ATOMIC_RELAXED);
}
/* Sums a counter over a compartment's harts. */
uint64_t hart_sum(unsigned int compartment, enum compartment_counter counter);
/* Leaves a command for a hart and interrupts it. Any hart, any time. */
void hart_command(struct hart *hart, uint32_t command);
/* Takes what was commanded to `self`, the calling hart. */
uint32_t hart_take_commands(struct hart *self);
/* Whether the calling hart has been commanded to stop. */
bool hart_must_stop(void);
/*
 * Whether the life that `self`, the calling hart, is in is being ended: it then
 * calls arch_hart_stop() instead of entering it. A command to stop is for such
 * a life, and for no other.
 */
static inline bool hart_is_ending(const struct hart *self)
{
	return lifecycle_is_ending(
			&partitioner.partitions[self->compartment].life);
}

/* ---- life.c ---- */
/*
 * Scrubs, copies, verifies and describes; says what is wrong if it fails. The
 * calling hart can reach all guest memory: arch_guest_leave().
 */
bool life_load(unsigned int compartment);
/*
 * What a guest's wish comes to under its compartment's restart policy: `again`
 * if it asks for another life, `failed` if it says that this one has failed.
 */
enum lifecycle_goal life_get_goal(unsigned int compartment, bool again,
				  bool failed);
/*
 * Ends the life of the calling hart's compartment: the hart stops, and if it is
 * the coordinator, arch_hart_stop() sees to it that life_leave() is called.
 */
void life_request(enum lifecycle_goal goal) __attribute__((noreturn));
/*
 * On a hart that stops, outside of any compartment: if it is a coordinator, it
 * is one no more and carries the goal out. Whether it was; then it may have
 * been started again.
 */
bool life_leave(void);
/*
 * Around a guest's start of one of its harts. Stops it from starting one, the
 * coordinator first of all, in a life that is being ended: false if it is, and
 * nothing is to be started; life_end_start() is called in either case.
 */
bool life_begin_start(unsigned int compartment);
void life_end_start(unsigned int compartment);

/* ---- guest_memory.c ---- */
#define GUEST_PAGE_SIZE		4096UL
/*
 * Whether [addr, addr + size) lies in one range of the compartment's own
 * memory, or, with size 0, addr does or is its end. Never wraps.
 */
bool guest_memory_owns(unsigned int compartment, uint64_t addr, uint64_t size);
/*
 * Zeroes memory, copies what does not overlap: word by word, for it may be
 * hundreds of megabytes and OpenSBI's own functions go byte by byte. `base` and
 * `to` are multiples of 8; the hart can reach the memory: arch_guest_leave().
 */
void guest_memory_zero(uint64_t base, uint64_t size);
void guest_memory_copy(uint64_t to, const void *from, uint64_t size);

/* ---- present*.c: devices that the firmware plays for guests ---- */

/* A load or store that a guest was caught at. */
struct guest_access {
	uint64_t address;	/* physical, multiple of width */
	unsigned int width;	/* 1, 2, 4, 8 bytes */
	bool write;
	uint64_t value;		/* written, or to be read: zero-extended */
};

enum guest_access_result {
	GUEST_ACCESS_NONE,	/* nothing is there: the guest gets a fault */
	GUEST_ACCESS_DONE,	/* the guest goes on behind it */
	GUEST_ACCESS_AGAIN,	/* not yet: the guest executes it once more */
};

/*
 * What that comes to for the compartment of `self`, the calling hart, at the
 * devices that all architectures have. The architecture looks for its interrupt
 * controller's registers itself.
 */
enum guest_access_result present_access(struct hart *self,
					struct guest_access *access);

/*
 * On the calling hart's way to its compartment's first instruction: if it is
 * the boot hart, waits, once in each life, until the servers of all channels
 * that are presented have published, each at most for its channel's time. An
 * unmodified guest looks for its devices once. Other harts' requests are served
 * meanwhile. Returns early if the life is being ended.
 */
void present_hold(struct hart *self);

/* ---- call_*.c: the calls of compartments, whatever carries them ---- */
struct call {
	const uint64_t *args;	/* 4 */
	uint64_t value;		/* of a success, 0 unless said otherwise */
};
/*
 * `function` is one of <doorbell/abi.h>, of <compartment/abi.h>: DOORBELL_FID_*,
 * COMPARTMENT_FID_*, CONSOLE_FID_*. Made by the compartment of `self`, the
 * calling hart. Returns an enum call_error.
 */
long call_doorbell(struct hart *self, uint64_t function, struct call *call);
long call_compartment(struct hart *self, uint64_t function, struct call *call);
long call_console(struct hart *self, uint64_t function, struct call *call);

/* Makes the model's links; before any compartment runs. */
void doorbell_setup(void);

#endif
