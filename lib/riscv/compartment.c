/* SPDX-License-Identifier: BSD-2-Clause */
/* Compartment extension (docs/sbi-doorbell.md): who am I, what did I cost. */
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

extern struct sbi_ecall_extension ecall_compartment;

static int self_get(int id, struct sbi_ecall_return *out)
{
	uint64_t life = lifecycle_read(&firmware.runtime[id].life);

	out->value = (life & ~(uint64_t)COMPARTMENT_STATE_MASK) | id;
	return SBI_SUCCESS;
}

static int counter_get(int id, uint64_t of, uint64_t counter,
		       struct sbi_ecall_return *out)
{
	const struct model *model = &firmware.model;

	if (of == COMPARTMENT_SELF)
		of = id;
	if (of >= model->compartment_count ||
	    counter >= COMPARTMENT_COUNTER_COUNT)
		return SBI_ERR_INVALID_PARAM;
	/* Stops one compartment from watching another's activity. */
	if (of != (uint64_t)id &&
	    !(model->compartments[id].observes & (1U << of)))
		return SBI_ERR_DENIED;
	out->value = hart_sum(of, counter);
	return SBI_SUCCESS;
}

static int compartment_handle(unsigned long extid, unsigned long funcid,
			      struct sbi_trap_regs *regs,
			      struct sbi_ecall_return *out)
{
	int id = hart_this()->compartment;

	switch (funcid) {
	case COMPARTMENT_FID_GET_SELF:
		return self_get(id, out);
	case COMPARTMENT_FID_GET_COUNTER:
		return counter_get(id, regs->a0, regs->a1, out);
	default:
		return SBI_ERR_NOT_SUPPORTED;
	}
}

static int compartment_ecall_register(void)
{
	return sbi_ecall_register_extension(&ecall_compartment);
}

struct sbi_ecall_extension ecall_compartment = {
	.name			= "cpmt",
	.experimental		= true,
	.extid_start		= COMPARTMENT_EID,
	.extid_end		= COMPARTMENT_EID,
	.register_extensions	= compartment_ecall_register,
	.handle			= compartment_handle,
};
