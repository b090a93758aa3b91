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

/* Protection entries that the firmware keeps for itself (pmp.c). */
#define ENTRIES_KEPT		2
/* Entries of one hart's list; no known hart has more. */
#define PROTECTION_MAX		64

/* Changed by the compartment's own harts, each member by its own rules. */
struct compartment_runtime {
	struct lifecycle life;
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

struct hart *hart_get(u32 hartindex);
struct hart *hart_this(void);
/* Adds to a counter of the calling hart. */
void hart_count(enum compartment_counter counter, uint64_t amount);
/* Sums a counter over a compartment's harts. */
uint64_t hart_sum(unsigned int compartment, enum compartment_counter counter);
/* Leaves a command for a hart and interrupts it. */
void hart_command(u32 hartid, uint32_t command);
/* Carries out what other harts commanded the calling hart. */
void hart_run_commands(void);
/* Whether the hart runs, or is about to run, S-mode code. */
bool hart_is_started(u32 hartid);
bool hart_is_stopped(u32 hartid);
/* Takes what other harts sent to the calling one while it is stopped. */
void hart_serve(void);

/* boot.c */
/* Ends the machine in failure. */
void __noreturn firmware_stop(void);
/* Says why first. */
#define firmware_fatal(format, ...)					\
	do {								\
		sbi_printf("bulkhead: " format "\n", ##__VA_ARGS__);	\
		firmware_stop();					\
	} while (0)
/* Last step of the cold boot: starts every compartment. */
void firmware_start(struct sbi_scratch *scratch);

/* domain.c */
int domain_register_all(void);

/* guest_memory.c: the only way M-mode touches a compartment's memory. */
/* Whether [addr, addr + size) lies in one range of the compartment's own. */
bool guest_memory_owns(unsigned int compartment, uint64_t addr, uint64_t size);
/* Makes the range reachable until guest_memory_close(); not nested. */
void *guest_memory_open(uint64_t addr, uint64_t size);
void guest_memory_close(void);

/* pmp.c */
/* Confines S and U mode on this hart to what its compartment is granted. */
void pmp_program(struct sbi_scratch *scratch);

/* irqchip.c */
/* Clears this hart's supervisor-level interrupt file, if it has one. */
void irqchip_clear_hart(u32 hartid);
/* Disables and completes what a stopped compartment left in a controller. */
void irqchip_clear_compartment(unsigned int compartment);
/* Sends an MSI to the hart's supervisor-level interrupt file. */
void irqchip_send_msi(u32 hartid, uint32_t identity);

/* life.c */
extern const struct lifecycle_ops life_ops;
/* Scrubs, copies, verifies and describes; says what is wrong if it fails. */
bool life_load(void *ctx, unsigned int compartment);
/* Ends the caller's life; returns only if the hart could not be stopped. */
void life_request(enum lifecycle_goal goal);

/* console.c */
void console_emit(const char *text, size_t length);

/* doorbell.c */
void doorbell_setup(void);

#endif
