/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores that stage 2 refuses to guests: those to the interrupt
 * controller and to devices that the firmware plays are carried out.
 */
#include "arm64.h"
#include "exception.h"
#include "gic.h"

/*
 * The page that the guest's own translation gives, which the processor does not
 * tell where stage 2 maps it. False if it gives none any more: another core has
 * changed it, and the guest finds that by itself when it tries again.
 */
static bool address_translate(uint64_t far, uint64_t *addr)
{
	uint64_t guest = read_sysreg(par_el1), par;

	/*
	 * What EL0 may load EL1 may load too: S1E1R has no look at PAN. The
	 * walk is the guest's, confined by stage 2: tables that another core
	 * puts at a foreign address, or a device's (HCR_EL2.PTW), make it fail.
	 */
	__asm__ volatile ("at	s1e1r, %0" : : "r" (far) : "memory");
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(par_el1, guest);
	return access_get_translated(par, far, addr);
}

static enum guest_access_result access_carry_out(struct core *core,
						 struct guest_access *access)
{
	if (gic_access(access->address, access->width, access->write,
		       &access->value))
		return GUEST_ACCESS_DONE;
	return present_access(&core->hart, access);
}

enum guest_access_result access_emulate(struct core *core,
					struct trap_frame *frame)
{
	uint64_t far = read_sysreg(far_el2);
	enum guest_access_result result;
	struct guest_access access = { 0 };
	struct access decoded;

	/* 32-bit code has state (ITSTATE) that would have to advance too. */
	if ((frame->spsr & SPSR_AARCH32) ||
	    !access_decode(read_sysreg(esr_el2), &decoded))
		return GUEST_ACCESS_NONE;
	if (!decoded.mapped)
		access.address = access_get_faulted(read_sysreg(hpfar_el2),
						    far);
	else if (!address_translate(far, &access.address))
		return GUEST_ACCESS_AGAIN;
	/*
	 * A register is one access. One that began in the page before is told
	 * as one to this page's first register, which its owner may write too.
	 */
	if (access.address % decoded.size)
		return GUEST_ACCESS_NONE;
	access.width = decoded.size;
	access.write = decoded.write;
	if (access.write && decoded.reg < 31)
		access.value = frame->x[decoded.reg] &
			       ~0ULL >> (64 - 8 * decoded.size);
	result = access_carry_out(core, &access);
	if (result == GUEST_ACCESS_DONE && !access.write && decoded.reg < 31)
		frame->x[decoded.reg] = access_extend(&decoded, access.value);
	return result;
}
