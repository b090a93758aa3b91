/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of OpenSBI that are wrapped, and nothing else: where the
 * firmware takes part in a hart's life (docs/architecture.md says why each).
 */
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include <sbi/sbi_trap_ldst.h>
#include "firmware.h"

struct sbi_trap_context *__real_sbi_trap_handler(struct sbi_trap_context *tc);
struct sbi_trap_context *__wrap_sbi_trap_handler(struct sbi_trap_context *tc);
void __real_sbi_ipi_process(void);
void __wrap_sbi_ipi_process(void);
int __real_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot);
int __wrap_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot);
int __wrap_sbi_hart_pmp_configure(struct sbi_scratch *scratch);
int __real_sbi_hsm_hart_start(struct sbi_scratch *scratch,
			      const struct sbi_domain *dom, u32 hartid,
			      ulong saddr, ulong smode, ulong arg1);
int __wrap_sbi_hsm_hart_start(struct sbi_scratch *scratch,
			      const struct sbi_domain *dom, u32 hartid,
			      ulong saddr, ulong smode, ulong arg1);
int __wrap_sbi_misaligned_v_ld_emulator(int rlen, union sbi_ldst_data *out,
					struct sbi_trap_context *tc);
int __wrap_sbi_misaligned_v_st_emulator(int wlen, union sbi_ldst_data in,
					struct sbi_trap_context *tc);

/* Every entry from a compartment, and what the handler costs. */
struct sbi_trap_context *__wrap_sbi_trap_handler(struct sbi_trap_context *tc)
{
	unsigned long before = csr_read(CSR_MINSTRET);
	struct hart *self = arch_hart_this();

	hart_count(self, COMPARTMENT_COUNTER_ENTRIES, 1);
	tc = __real_sbi_trap_handler(tc);
	hart_count(self, COMPARTMENT_COUNTER_INSTRUCTIONS,
		   csr_read(CSR_MINSTRET) - before);
	return tc;
}

/*
 * A misaligned vector access, on a hart that traps it. OpenSBI would emulate it
 * element by element, on a frame that is larger than a hart's stack and holds a
 * mask that the guest chooses: it is the guest's fault to handle.
 */
static int vector_redirect(struct sbi_trap_context *tc)
{
	return sbi_trap_redirect(&tc->regs, &tc->trap);
}

int __wrap_sbi_misaligned_v_ld_emulator(int rlen, union sbi_ldst_data *out,
					struct sbi_trap_context *tc)
{
	return vector_redirect(tc);
}

int __wrap_sbi_misaligned_v_st_emulator(int wlen, union sbi_ldst_data in,
					struct sbi_trap_context *tc)
{
	return vector_redirect(tc);
}

/* M-level IPI: OpenSBI's events first (this clears the IPI), then ours. */
void __wrap_sbi_ipi_process(void)
{
	__real_sbi_ipi_process();
	hart_run_commands();
}

int __wrap_sbi_hsm_init(struct sbi_scratch *scratch, bool cold_boot)
{
	if (cold_boot || !__atomic_load_n(&firmware.up, __ATOMIC_ACQUIRE))
		return __real_sbi_hsm_init(scratch, cold_boot);

	/*
	 * A hart that stops never returns from the trap that made it stop:
	 * sbi_trap_handler() would take that one for the next one's outer.
	 */
	sbi_trap_set_context(scratch, NULL);
	life_leave();
	hart_wait_start();
	return __real_sbi_hsm_init(scratch, cold_boot);
}

/* A guest starts one of its harts; the firmware's own starts name no domain. */
int __wrap_sbi_hsm_hart_start(struct sbi_scratch *scratch,
			      const struct sbi_domain *dom, u32 hartid,
			      ulong saddr, ulong smode, ulong arg1)
{
	int id = arch_hart_this()->compartment, rc = SBI_EFAIL;

	if (!dom)
		return __real_sbi_hsm_hart_start(scratch, dom, hartid, saddr,
						 smode, arg1);
	if (life_begin_start(id))
		rc = __real_sbi_hsm_hart_start(scratch, dom, hartid, saddr,
					       smode, arg1);
	life_end_start(id);
	return rc;
}

/*
 * OpenSBI calls this as the last step of a cold boot, of a hart's start and of
 * its resumption; what is left is the switch of mode.
 */
int __wrap_sbi_hart_pmp_configure(struct sbi_scratch *scratch)
{
	bool up = __atomic_load_n(&firmware.up, __ATOMIC_ACQUIRE);
	struct hart *h = arch_hart_this();
	u32 hartid = current_hartid();

	if (!up)
		partitioner_load();
	pmp_program(scratch);
	if (!up)
		firmware_start(scratch);
	if (__sbi_hsm_hart_get_state(current_hartindex()) ==
	    SBI_HSM_STATE_START_PENDING)
		hart_clear_state();
	/*
	 * Stops a reloaded image from being run out of stale instruction
	 * caches, and cached translations or protections of a former life from
	 * being used (unprivileged specification, Zifencei; privileged
	 * specification, 3.7.2 and 4.2.1).
	 */
	asm volatile("fence.i\n"
		     "sfence.vma" : : : "memory");
	if (misa_extension('H')) {
		__sbi_hfence_gvma_all();
		__sbi_hfence_vvma_all();
	}
	/* Commands that came while the start was clearing IPIs. */
	hart_run_commands();
	present_hold(h);
	doorbell_hart_started(&partitioner.doorbell, h->compartment, hartid);
	/* A stop takes effect before the first instruction in S-mode. */
	if (hart_is_ending(h))
		hart_command(h, HART_COMMAND_STOP);
	return 0;
}
