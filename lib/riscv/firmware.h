/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RISC-V firmware's own state, shared by the files of lib/riscv.
 *
 * Ownership: one static instance. Concurrency: everything but the members that
 * say otherwise is written by the cold-boot hart before any compartment runs,
 * and constant from then on. Trust: lies in memory that only M-mode reaches.
 */
#ifndef RISCV_FIRMWARE_H
#define RISCV_FIRMWARE_H

#include <compartment/bundle.h>
#include <compartment/console.h>
#include <compartment/lifecycle.h>
#include <compartment/manifest.h>
#include <compartment/protection.h>
#include <doorbell/doorbell.h>
#include <riscv/board.h>
#include <sbi/riscv_asm.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_scratch.h>

#define COMPARTMENT_NONE	(-1)

/* M-mode's stack: the deepest path, programming the PMP, takes under 4 KiB. */
#define HART_STACK_SIZE		16384
/* Entries of one hart's list; no known hart has more. */
#define PROTECTION_MAX		64

/* Changed by the compartment's own harts, each member by its own rules. */
struct compartment_runtime {
	struct lifecycle life;
	uint32_t starting;	/* atomic: guest calls that start a hart */
	struct console_line line;
	struct sbi_domain domain;
	struct sbi_hartmask harts;
	struct sbi_domain_memregion regions[PROTECTION_MAX + 1];
};

struct firmware {
	const struct riscv_board *board;
	struct compartment_board facts;
	struct bundle bundle;
	struct model model;
	struct doorbell doorbell;
	struct compartment_runtime runtime[MODEL_COMPARTMENTS_MAX];
	uint32_t alive;		/* atomic: compartments that have not ended */
	uint32_t failed;	/* atomic: compartments that ended in failure */
	bool up;		/* release/acquire: the cold boot is complete */
};

extern struct firmware firmware;

/* Commands to another hart, carried by an M-level IPI. */
#define HART_COMMAND_SSIP	0x1U	/* pend a supervisor software interrupt */
#define HART_COMMAND_STOP	0x2U	/* leave the compartment */

/* What the firmware keeps for each hart. Counters: written by the hart itself. */
struct hart {
	uint32_t commands;	/* atomic: HART_COMMAND_* */
	int compartment;	/* index, or COMPARTMENT_NONE */
	int coordinates;	/* compartment whose end it carries out */
	uint64_t counters[COMPARTMENT_COUNTER_COUNT];
} __attribute__((aligned(64)));

/* ---- hart.c ---- */
struct hart *hart_get(u32 hartindex);
struct hart *hart_this(void);
/* Adds to a counter of the calling hart. */
void hart_count(enum compartment_counter counter, uint64_t amount);
/* Sums a counter over a compartment's harts. */
uint64_t hart_sum(unsigned int compartment, enum compartment_counter counter);
/* Whether the hart runs, or is about to run, S-mode code. */
bool hart_is_started(u32 hartid);
/* Whether it waits to be started and will run nothing before that. */
bool hart_is_stopped(u32 hartid);
/* Leaves a command for a hart and interrupts it. Any hart, any time. */
void hart_command(u32 hartid, uint32_t command);
/* Whether the calling hart has been commanded to stop. */
bool hart_must_stop(void);
/* Forgets what was commanded to a hart that is stopped. */
void hart_forget_commands(u32 hartid);
/* Carries out what other harts commanded the calling one; may not return. */
void hart_run_commands(void);
/* Takes what other harts sent to the calling one while it is stopped. */
void hart_serve(void);
/* Waits, as a stopped hart, until somebody starts the calling hart. */
void hart_wait_start(void);
/* Clears what OpenSBI leaves of a former life in the calling hart. */
void hart_clear_state(void);

/* ---- boot.c ---- */
/* Ends the machine in failure, before anything was started. */
void __noreturn firmware_stop(void);
/* Says why first. */
#define firmware_fatal(format, ...)					\
	do {								\
		sbi_printf("bulkhead: " format "\n", ##__VA_ARGS__);	\
		firmware_stop();					\
	} while (0)
/* A compartment_line_fn: prints one line as the firmware's own. */
void firmware_print_line(void *context, const char *text);
/*
 * The last steps of the cold boot, around the programming of the PMP: prints
 * the map and loads every compartment; starts them all.
 */
void firmware_load(void);
void firmware_start(struct sbi_scratch *scratch);

/* ---- domain.c ---- */
/* Registers all domains with OpenSBI; one of its errors if that refuses. */
int domain_register_all(void);

/* ---- guest_memory.c: how M-mode touches the memory of one that runs ---- */
#define GUEST_PAGE_SIZE		4096UL
/*
 * Whether [addr, addr + size) lies in one range of the compartment's own
 * memory, or, with size 0, addr does or is its end. Never wraps.
 */
bool guest_memory_owns(unsigned int compartment, uint64_t addr, uint64_t size);
/*
 * Makes a piece of one page reachable from this hart until
 * guest_memory_close(), which every open needs before the next.
 */
void *guest_memory_open(uint64_t addr, uint64_t size);
void guest_memory_close(void);
/*
 * Makes all guest memory reachable from this hart, which has left its
 * compartment, until pmp_program() confines it again.
 */
void guest_memory_leave(void);

/* ---- pmp.c ---- */
/* Confines S and U mode on this hart to what its compartment is granted. */
void pmp_program(struct sbi_scratch *scratch);
/* Withdraws every grant from this hart; S and U mode reach nothing. */
void pmp_withdraw(struct sbi_scratch *scratch);

/* ---- irqchip.c ---- */
/* Clears this hart's supervisor-level interrupt file, if it has one. */
void irqchip_clear_hart(u32 hartid);
/* Disables and completes what a stopped compartment's harts had enabled. */
void irqchip_clear_compartment(unsigned int compartment);
/* Brings the shared registers of a controller to rest. */
void irqchip_rest_plic(char *base);
void irqchip_rest_aplic(char *base);
/* Sends an MSI to the hart's supervisor-level interrupt file. */
void irqchip_send_msi(u32 hartid, uint32_t identity);

/* ---- life.c ---- */
/*
 * Scrubs, copies, verifies and describes; says what is wrong if it fails. The
 * calling hart can reach all guest memory: guest_memory_leave().
 */
bool life_load(unsigned int compartment);
/* Starts the boot hart at the entry; false if OpenSBI refuses. */
bool life_start(unsigned int compartment);
/* Ends the caller's life; returns only if the hart could not be stopped. */
void life_request(enum lifecycle_goal goal);
/* As the coordinator, outside of any compartment: carries the goal out. */
void life_finish(unsigned int compartment);

/* ---- console.c ---- */
/* A console_sink. Serialised by OpenSBI's console lock. */
void console_emit(const char *text, size_t length);

/* ---- doorbell.c ---- */
/* Makes the model's links; before any compartment runs. */
void doorbell_setup(void);

#endif
