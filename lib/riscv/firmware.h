/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RISC-V firmware's own state, shared by the files of lib/riscv, which are
 * the glue between the partitioner and OpenSBI.
 *
 * Ownership: one static instance. Concurrency: everything but the members that
 * say otherwise is written by the cold-boot hart before any compartment runs,
 * and constant from then on. Trust: lies in memory that only M-mode reaches.
 */
#ifndef RISCV_FIRMWARE_H
#define RISCV_FIRMWARE_H

#include <partitioner/arch.h>
#include <compartment/riscv/protection.h>
#include <riscv/board.h>
#include <sbi/riscv_asm.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_scratch.h>

/* M-mode's stack: the deepest path, programming the PMP, takes under 4 KiB. */
#define HART_STACK_SIZE		16384
/* Entries of one hart's list; no known hart has more. */
#define PROTECTION_MAX		64

/* Pend a supervisor software interrupt. */
#define HART_COMMAND_SSIP	HART_COMMAND_ARCH(0)
/* Look at the interrupts that the firmware raised in the hart's PLIC context. */
#define HART_COMMAND_PLIC	HART_COMMAND_ARCH(1)

struct firmware {
	const struct riscv_board *board;
	bool up;		/* release/acquire: the cold boot is complete */
};

extern struct firmware firmware;

/* ---- hart.c ---- */
/* Whether it runs, or is about to run, guest code. */
bool hart_is_started(const struct hart *hart);
/* Carries out what other harts commanded the calling one; may not return. */
void hart_run_commands(void);
/* Waits, as a stopped hart, until somebody starts the calling hart. */
void hart_wait_start(void);
/* Clears what OpenSBI leaves of a former life in the calling hart. */
void hart_clear_state(void);

/* ---- boot.c ---- */
/*
 * The last step of the cold boot, behind the programming of the PMP: starts the
 * compartments that partitioner_load() has loaded.
 */
void firmware_start(struct sbi_scratch *scratch);

/* ---- console_input.c ---- */
/*
 * Has what is typed at the machine's UART taken, if a compartment has one that
 * the firmware plays: once, before any compartment is started.
 */
void console_listen(void);

/* ---- domain.c ---- */
/* Registers all domains with OpenSBI; one of its errors if that refuses. */
int domain_register_all(void);

/* ---- pmp.c ---- */
/* Confines S and U mode on this hart to what its compartment is granted. */
void pmp_program(struct sbi_scratch *scratch);
/* Withdraws every grant from this hart; S and U mode reach nothing. */
void pmp_withdraw(struct sbi_scratch *scratch);
/* Whether the guest has its hart's context of the PLIC, which there is. */
void pmp_grant_context(bool granted);

/* ---- access.c ---- */
/* What a guest was caught at: the wrapped handlers of load and store faults. */

/* ---- irqchip.c ---- */
/* Takes the machine's interrupt controllers: once, when the model is there. */
void irqchip_init(void);
/* As present_access(), for the registers of the interrupt controllers. */
enum guest_access_result irqchip_access(struct hart *self,
					struct guest_access *access);
/* Gives the calling hart what raised interrupts mean to its PLIC context. */
void irqchip_update_hart(void);

/* ---- imsic.c ---- */
/* Clears this hart's supervisor-level interrupt file, if it has one. */
void imsic_clear_hart(u32 hartid);

#endif
