/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Harts: their commands and counters, and the points of OpenSBI's life of a
 * hart that the firmware wraps (docs/architecture.md lists them all).
 */
#include <sbi/riscv_atomic.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_irqchip.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

static struct hart harts[SBI_HARTMASK_MAX_BITS];

struct sbi_trap_context *__real_sbi_trap_handler(struct sbi_trap_context *tc);
struct sbi_trap_context *__wrap_sbi_trap_handler(struct sbi_trap_context *tc);
void __real_sbi_ipi_process(void);
void __wrap_sbi_ipi_process(void);
int __real_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot);
int __wrap_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot);
int __wrap_sbi_hart_pmp_configure(struct sbi_scratch *scratch);

struct hart *hart_get(u32 hartindex)
{
	return &harts[hartindex];
}

struct hart *hart_this(void)
{
	return &harts[current_hartindex()];
}

void hart_count(enum compartment_counter counter, uint64_t amount)
{
	uint64_t *value = &hart_this()->counters[counter];

	__atomic_store_n(value, *value + amount, __ATOMIC_RELAXED);
}

uint64_t hart_sum(unsigned int compartment, enum compartment_counter counter)
{
	const struct model_compartment *c =
		&firmware.model.compartments[compartment];
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < c->hart_count; i++) {
		struct hart *h = hart_get(sbi_hartid_to_hartindex(c->harts[i]));

		sum += __atomic_load_n(&h->counters[counter], __ATOMIC_RELAXED);
	}
	return sum;
}

static int hart_state(u32 hartid)
{
	return __sbi_hsm_hart_get_state(sbi_hartid_to_hartindex(hartid));
}

bool hart_is_stopped(u32 hartid)
{
	return hart_state(hartid) == SBI_HSM_STATE_STOPPED;
}

bool hart_is_started(u32 hartid)
{
	switch (hart_state(hartid)) {
	case SBI_HSM_STATE_STARTED:
	case SBI_HSM_STATE_START_PENDING:
	case SBI_HSM_STATE_SUSPENDED:
	case SBI_HSM_STATE_RESUME_PENDING:
		return true;
	default:
		return false;
	}
}

void hart_command(u32 hartid, uint32_t command)
{
	u32 index = sbi_hartid_to_hartindex(hartid);
	uint32_t before = __atomic_fetch_or(&hart_get(index)->commands, command,
					    __ATOMIC_RELEASE);

	/*
	 * A command that is still there has an IPI on its way, or the hart is
	 * being started and will look for it at the end of that.
	 */
	if (!before || (command & HART_COMMAND_STOP))
		sbi_ipi_raw_send(index);
}

void hart_run_commands(void)
{
	struct hart *h = hart_this();
	/* Pairs with the release in hart_command(). */
	uint32_t commands = __atomic_exchange_n(&h->commands, 0,
						__ATOMIC_ACQUIRE);

	if (commands & HART_COMMAND_SSIP)
		csr_set(CSR_MIP, MIP_SSIP);
	/* A stop that finds the hart elsewhere is sent again by its sender. */
	if ((commands & HART_COMMAND_STOP) &&
	    hart_state(current_hartid()) == SBI_HSM_STATE_STARTED &&
	    lifecycle_is_ending(&firmware.runtime[h->compartment].life))
		sbi_hsm_hart_stop(sbi_scratch_thishart_ptr(), true);
}

/* Every entry from a compartment, and what the handler costs. */
struct sbi_trap_context *__wrap_sbi_trap_handler(struct sbi_trap_context *tc)
{
	unsigned long before = csr_read(CSR_MINSTRET);

	hart_count(COMPARTMENT_COUNTER_ENTRIES, 1);
	tc = __real_sbi_trap_handler(tc);
	hart_count(COMPARTMENT_COUNTER_INSTRUCTIONS,
		   csr_read(CSR_MINSTRET) - before);
	return tc;
}

/* M-level IPI: OpenSBI's events first (this clears the IPI), then ours. */
void __wrap_sbi_ipi_process(void)
{
	__real_sbi_ipi_process();
	hart_run_commands();
}

/*
 * A sender may have seen this hart running an instant before it stopped, and
 * wait for ever for a remote fence to be taken: a stopped hart goes on taking
 * what is sent to it. What was sent while it stopped has lost its interrupt
 * (OpenSBI's warm boot clears that), so the events are looked at regardless.
 */
void hart_serve(void)
{
	if (csr_read(CSR_MIP) & MIP_MEIP)
		sbi_irqchip_process();
	sbi_ipi_process();
}

static void hart_wait_start(void)
{
	unsigned long mie = csr_read(CSR_MIE);

	csr_set(CSR_MIE, MIP_MSIP | MIP_MEIP);
	hart_serve();
	while (hart_state(current_hartid()) != SBI_HSM_STATE_START_PENDING) {
		wfi();
		hart_serve();
	}
	csr_write(CSR_MIE, mie);
}

int __wrap_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot)
{
	struct hart *h = hart_this();
	int id = h->coordinates;

	if (cold_boot || !__atomic_load_n(&firmware.up, __ATOMIC_ACQUIRE))
		return __real_sbi_hsm_init(scratch, cold_boot);

	if (id != COMPARTMENT_NONE) {
		h->coordinates = COMPARTMENT_NONE;
		lifecycle_finish(&firmware.runtime[id].life, &life_ops, NULL,
				 id);
	}
	hart_wait_start();
	return __real_sbi_hsm_init(scratch, cold_boot);
}

/* The vector state is enabled for the purpose and left as it was. */
static void hart_clear_vectors(void)
{
	unsigned long vs;

	if (!misa_extension('V'))
		return;
	vs = csr_read_set(CSR_MSTATUS, MSTATUS_VS);
	asm volatile(".option push\n"
		     ".option arch, +v\n"
		     "vsetvli	t0, zero, e8, m8, ta, ma\n"
		     "vmv.v.i	v0, 0\n"
		     "vmv.v.i	v8, 0\n"
		     "vmv.v.i	v16, 0\n"
		     "vmv.v.i	v24, 0\n"
		     ".option pop\n" : : : "t0", "memory");
	csr_write(CSR_MSTATUS, (csr_read(CSR_MSTATUS) & ~MSTATUS_VS) |
			       (vs & MSTATUS_VS));
}

/* What OpenSBI leaves of a former life on the way into a compartment. */
static void hart_clear_state(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	csr_write(CSR_SEPC, 0);
	csr_write(CSR_SCAUSE, 0);
	csr_write(CSR_STVAL, 0);
	if (sbi_hart_priv_version(scratch) >= SBI_HART_PRIV_VER_1_12)
		csr_write(CSR_SENVCFG, 0);
	if (sbi_hart_has_extension(scratch, SBI_HART_EXT_SSTC))
		csr_write(CSR_STIMECMP, -1UL);
	hart_clear_vectors();
}

/*
 * OpenSBI calls this as the last step of a cold boot, of a hart's start and of
 * its resumption; what is left is the switch of mode.
 */
int __wrap_sbi_hart_pmp_configure(struct sbi_scratch *scratch)
{
	struct hart *h = hart_this();
	u32 hartid = current_hartid();

	pmp_program(scratch);
	if (!firmware.up)
		firmware_start(scratch);
	if (hart_state(hartid) == SBI_HSM_STATE_START_PENDING) {
		irqchip_clear_hart(hartid);
		hart_clear_state();
	}
	/*
	 * Stops a reloaded image from being run out of stale instruction
	 * caches, and cached translations or protections of a former life from
	 * being used (unprivileged specification, Zifencei; privileged
	 * specification, 3.7.2 and 4.2.1).
	 */
	asm volatile("fence.i\n"
		     "sfence.vma" : : : "memory");
	/* Commands that came while the start was clearing IPIs. */
	hart_run_commands();
	doorbell_hart_started(&firmware.doorbell, h->compartment, hartid);
	/* A stop takes effect before the first instruction in S-mode. */
	if (lifecycle_is_ending(&firmware.runtime[h->compartment].life))
		hart_command(hartid, HART_COMMAND_STOP);
	return 0;
}
