/* SPDX-License-Identifier: BSD-2-Clause */
/* Harts: counters, commands from other harts, waiting, and a clean start. */
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_irqchip.h>
#include "firmware.h"

/* OpenSBI has no name for this one. */
#define CSR_VSTIMECMP		0x24d

static struct hart harts[SBI_HARTMASK_MAX_BITS];

static int hart_state(u32 hartid)
{
	return __sbi_hsm_hart_get_state(sbi_hartid_to_hartindex(hartid));
}

struct hart *arch_hart_add(uint32_t id)
{
	u32 index = sbi_hartid_to_hartindex(id);

	if (!sbi_hartindex_valid(index))
		return NULL;
	harts[index].id = id;
	return &harts[index];
}

struct hart *arch_hart_find(uint32_t id)
{
	return &harts[sbi_hartid_to_hartindex(id)];
}

struct hart *arch_hart_this(void)
{
	return &harts[current_hartindex()];
}

bool arch_hart_is_stopped(uint32_t id)
{
	return hart_state(id) == SBI_HSM_STATE_STOPPED;
}

bool hart_is_started(const struct hart *hart)
{
	switch (__sbi_hsm_hart_get_state(hart - harts)) {
	case SBI_HSM_STATE_STARTED:
	case SBI_HSM_STATE_START_PENDING:
	case SBI_HSM_STATE_SUSPENDED:
	case SBI_HSM_STATE_RESUME_PENDING:
		return true;
	default:
		return false;
	}
}

bool arch_hart_is_started(uint32_t id)
{
	return hart_is_started(arch_hart_find(id));
}

/* At M-level, which no guest can mask. */
void arch_hart_interrupt(const struct hart *hart)
{
	sbi_ipi_raw_send(hart - harts);
}

bool arch_hart_start(uint32_t id, uint64_t entry, uint64_t argument)
{
	return !sbi_hsm_hart_start(sbi_scratch_thishart_ptr(), NULL, id, entry,
				   PRV_S, argument);
}

/* On the way to waiting the hart passes __wrap_sbi_hsm_init(). */
void arch_hart_stop(void)
{
	sbi_hsm_hart_stop(sbi_scratch_thishart_ptr(), true);
	/* It is stopping already, or suspended: not from where this is called. */
	sbi_hart_hang();
}

void hart_run_commands(void)
{
	struct hart *self = arch_hart_this();
	uint32_t commands = hart_take_commands(self);

	if (commands & HART_COMMAND_SSIP)
		csr_set(CSR_MIP, MIP_SSIP);
	/* One that starts looks for itself. */
	if ((commands & HART_COMMAND_PLIC) && hart_is_started(self))
		irqchip_update_hart();
	/* Either, if it finds the hart elsewhere, is sent again. */
	if (!(commands & (HART_COMMAND_STOP | HART_COMMAND_END)) ||
	    hart_state(current_hartid()) != SBI_HSM_STATE_STARTED)
		return;
	if (hart_is_ending(self))
		arch_hart_stop();
	if (commands & HART_COMMAND_END)
		life_request(life_get_goal(self->compartment, true, true));
}

/*
 * A sender may have seen this hart running an instant before it stopped, and
 * wait for ever for a remote fence to be taken: a stopped hart goes on taking
 * what is sent to it. What was sent while it stopped has lost its interrupt
 * (OpenSBI's warm boot clears that), so the events are looked at regardless.
 */
void arch_hart_serve(void)
{
	if (csr_read(CSR_MIP) & MIP_MEIP)
		sbi_irqchip_process();
	sbi_ipi_process();
}

void hart_wait_start(void)
{
	unsigned long mie = csr_read(CSR_MIE);

	csr_set(CSR_MIE, MIP_MSIP | MIP_MEIP);
	arch_hart_serve();
	while (hart_state(current_hartid()) != SBI_HSM_STATE_START_PENDING) {
		wfi();
		arch_hart_serve();
	}
	/* The start that follows forgets what is not taken here. */
	arch_hart_serve();
	csr_write(CSR_MIE, mie);
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
		     "csrw	vcsr, zero\n"
		     ".option pop\n" : : : "t0", "memory");
	csr_write(CSR_MSTATUS, (csr_read(CSR_MSTATUS) & ~MSTATUS_VS) |
			       (vs & MSTATUS_VS));
}

/* Hypervisor state, where a hart has it (privileged specification, 18.2). */
static void hart_clear_hypervisor(bool sstc)
{
	if (!misa_extension('H'))
		return;
	csr_write(CSR_HSTATUS, 0);
	csr_write(CSR_HEDELEG, 0);
	csr_write(CSR_HIDELEG, 0);
	csr_write(CSR_HIE, 0);
	csr_write(CSR_HVIP, 0);
	csr_write(CSR_HCOUNTEREN, 0);
	csr_write(CSR_HGEIE, 0);
	csr_write(CSR_HTVAL, 0);
	csr_write(CSR_HTINST, 0);
	csr_write(CSR_HTIMEDELTA, 0);
	csr_write(CSR_HENVCFG, 0);
	csr_write(CSR_HGATP, 0);
	csr_write(CSR_VSSTATUS, 0);
	csr_write(CSR_VSIE, 0);
	csr_write(CSR_VSTVEC, 0);
	csr_write(CSR_VSSCRATCH, 0);
	csr_write(CSR_VSEPC, 0);
	csr_write(CSR_VSCAUSE, 0);
	csr_write(CSR_VSTVAL, 0);
	csr_write(CSR_VSATP, 0);
	if (sstc)
		csr_write(CSR_VSTIMECMP, -1UL);
}

void hart_clear_state(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	bool sstc = sbi_hart_has_extension(scratch, SBI_HART_EXT_SSTC);

	imsic_clear_hart(current_hartid());
	csr_write(CSR_SEPC, 0);
	csr_write(CSR_SCAUSE, 0);
	csr_write(CSR_STVAL, 0);
	if (sbi_hart_priv_version(scratch) >= SBI_HART_PRIV_VER_1_12)
		csr_write(CSR_SENVCFG, 0);
	if (sstc)
		csr_write(CSR_STIMECMP, -1UL);
	hart_clear_hypervisor(sstc);
	hart_clear_vectors();
}
