/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores that the PMP refuses to guests: those to devices which the
 * firmware plays are carried out, all others go back to the guest as faults.
 *
 * The instruction, where mtinst does not hold it, is loaded by the hart as the
 * guest would (mstatus.MPRV), which translates and checks by itself: no table is
 * walked for it, and PMP holds, with Smepmp's lockdown too. No such way exists for
 * the address: hence walk.c.
 */
#include <sbi/sbi_trap.h>
#include <sbi/sbi_trap_ldst.h>
#include <sbi/sbi_unpriv.h>
#include "decode.h"
#include "firmware.h"
#include "walk.h"

/*
 * A guest's own guest (MPV) goes through two translations; big-endian data
 * (UBE, SBE) and 32-bit code (low bits of UXL and SXL, which are 2 for 64 bits)
 * would be mistaken for something else. GVA is not asked: what it tells besides
 * MPV, accesses by HLV and HSV, is not decoded, and QEMU 10.0 never clears it.
 */
#define MSTATUS_FOREIGN	(MSTATUS_MPV | MSTATUS_UBE | MSTATUS_SBE | \
			 1ULL << 32 | 1ULL << 34)

int __wrap_sbi_load_access_handler(struct sbi_trap_context *tc);
int __wrap_sbi_store_access_handler(struct sbi_trap_context *tc);

static bool table_read(void *context, uint64_t addr, uint64_t *entry)
{
	const struct hart *self = context;
	uint64_t *guest;

	/*
	 * Stops a table that is said to be at an unmapped address, in a device,
	 * in the firmware or in another compartment from being read.
	 */
	if (!guest_memory_owns(self->compartment, addr, sizeof(*entry)))
		return false;
	guest = arch_guest_open(addr, sizeof(*entry));
	*entry = __atomic_load_n(guest, __ATOMIC_RELAXED);
	arch_guest_close();
	return true;
}

static bool address_translate(struct hart *self,
			      const struct sbi_trap_context *tc, bool write,
			      uint64_t *phys)
{
	unsigned long mstatus = tc->regs.mstatus;
	const struct walk walk = {
		.satp = csr_read(CSR_SATP),
		.user = sbi_mstatus_prev_mode(mstatus) == PRV_U,
		.write = write,
		.sum = mstatus & MSTATUS_SUM,
		.mxr = mstatus & MSTATUS_MXR,
		.read = table_read,
		.context = self,
	};

	return walk_translate(&walk, tc->trap.tval, phys);
}

/* Register n, which are in the order of their numbers. */
static unsigned long *register_find(struct sbi_trap_regs *regs, unsigned int n)
{
	return (unsigned long *)regs + n;
}

/*
 * sbi_get_insn() reads what may be executed and not read, too, with mstatus.MXR.
 * To change that makes QEMU forget all that the hart has translated, which costs
 * a guest more than all else of a trap: only for code that cannot be read.
 */
static bool instruction_fetch(unsigned long at, unsigned long *instruction)
{
	struct sbi_trap_info fault;

	*instruction = sbi_load_u16((const u16 *)at, &fault);
	if (!fault.cause && (*instruction & 3) == 3)
		*instruction |= (unsigned long)sbi_load_u16(
					(const u16 *)(at + 2), &fault) << 16;
	if (fault.cause)
		*instruction = sbi_get_insn(at, &fault);
	return !fault.cause;
}

static bool instruction_decode(struct sbi_trap_context *tc,
			       struct decoded *decoded)
{
	unsigned long instruction;

	if (tc->trap.tinst)
		return decode_transformed(tc->trap.tinst, decoded);
	/*
	 * The fault is at the instruction's own address, but for one that
	 * begins in another page and is to be refused as misaligned.
	 */
	return instruction_fetch(tc->regs.mepc, &instruction) &&
	       decode_instruction(instruction, decoded) &&
	       *register_find(&tc->regs, decoded->base) + decoded->offset ==
	       tc->trap.tval;
}

static enum guest_access_result access_emulate(struct sbi_trap_context *tc,
					       bool write)
{
	struct hart *self = arch_hart_this();
	enum guest_access_result result;
	struct guest_access access;
	struct decoded decoded;
	unsigned long *reg;

	if ((tc->regs.mstatus & MSTATUS_FOREIGN) ||
	    !instruction_decode(tc, &decoded) || decoded.write != write ||
	    tc->trap.tval % decoded.width ||
	    !address_translate(self, tc, write, &access.address))
		return GUEST_ACCESS_NONE;
	reg = register_find(&tc->regs, decoded.reg);
	access.width = decoded.width;
	access.write = write;
	access.value = write ? decode_extend(&decoded, *reg) : 0;
	result = irqchip_access(self, &access);
	if (result == GUEST_ACCESS_NONE)
		result = present_access(self, &access);
	if (result != GUEST_ACCESS_DONE)
		return result;
	if (!write && decoded.reg)
		*reg = decode_extend(&decoded, access.value);
	tc->regs.mepc += decoded.length;
	return result;
}

/* What faults in the firmware itself cannot be redirected: an error. */
static int access_handle(struct sbi_trap_context *tc, bool write)
{
	if (sbi_mstatus_prev_mode(tc->regs.mstatus) == PRV_M ||
	    access_emulate(tc, write) == GUEST_ACCESS_NONE)
		return sbi_trap_redirect(&tc->regs, &tc->trap);
	return 0;
}

int __wrap_sbi_load_access_handler(struct sbi_trap_context *tc)
{
	return access_handle(tc, false);
}

int __wrap_sbi_store_access_handler(struct sbi_trap_context *tc)
{
	return access_handle(tc, true);
}
