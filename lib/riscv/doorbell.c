/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell extension (docs/sbi-doorbell.md): the calls, and how a doorbell
 * reaches memory and harts here.
 */
#include <doorbell/abi.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

extern struct sbi_ecall_extension ecall_doorbell;

static struct doorbell_end ends[2 * MODEL_LINKS_MAX];

static uint64_t link_pending_or(void *ctx, uint64_t word, uint64_t bits)
{
	uint64_t *pending = guest_memory_open(word, sizeof(*pending));
	/*
	 * Ordered after what the caller stored before it rang, as the AMO that
	 * takes the doorbell is before what the receiver loads (unprivileged
	 * specification, A.7: .aqrl).
	 */
	uint64_t before = __atomic_fetch_or(pending, bits, __ATOMIC_SEQ_CST);

	guest_memory_close();
	return before;
}

static bool link_check_page(void *ctx, unsigned int compartment, uint64_t page)
{
	return guest_memory_owns(compartment, page, DOORBELL_PAGE_SIZE);
}

static bool link_check_target(void *ctx, unsigned int compartment,
			      uint64_t hartid, uint64_t identity)
{
	const struct machine *machine = &firmware.model.machine;
	const struct machine_hart *hart;

	if (hartid > UINT32_MAX ||
	    model_find_owner(&firmware.model, hartid) != (int)compartment)
		return false;
	if (identity == DOORBELL_DELIVERY_SSIP)
		return true;
	hart = machine_find_hart(machine, hartid);
	return hart->imsic_page.size && identity <= machine->imsic_identities;
}

static bool link_deliver(void *ctx, uint32_t hartid, uint64_t identity)
{
	/* Its start redelivers: __wrap_sbi_hart_pmp_configure(). */
	if (!hart_is_started(hartid))
		return false;
	if (identity == DOORBELL_DELIVERY_SSIP)
		hart_command(hartid, HART_COMMAND_SSIP);
	else
		irqchip_send_msi(hartid, identity);
	return true;
}

static const struct doorbell_ops link_ops = {
	.pending_or = link_pending_or,
	.check_page = link_check_page,
	.check_target = link_check_target,
	.deliver = link_deliver,
};

void doorbell_setup(void)
{
	const struct model *model = &firmware.model;
	unsigned int i;

	doorbell_init(&firmware.doorbell, &link_ops, NULL, ends,
		      sizeof(ends) / sizeof(ends[0]));
	for (i = 0; i < model->link_count; i++)
		if (doorbell_add_link(&firmware.doorbell,
				      model->links[i].ends[0],
				      model->links[i].ends[1]))
			firmware_fatal("link %s: too many links",
				       model->links[i].name);
}

/* The one place where doorbell errors become SBI errors. */
static int doorbell_to_sbi(int error)
{
	switch (error) {
	case DOORBELL_OK:
		return SBI_SUCCESS;
	case DOORBELL_ERR_PAGE:
		return SBI_ERR_INVALID_ADDRESS;
	default:
		return SBI_ERR_INVALID_PARAM;
	}
}

static int peer_get(int id, uint64_t link, struct sbi_ecall_return *out)
{
	int peer = doorbell_peer(&firmware.doorbell, id, link);

	if (peer < 0)
		return doorbell_to_sbi(peer);
	out->value = lifecycle_read(&firmware.runtime[peer].life);
	return SBI_SUCCESS;
}

static int ring(int id, uint64_t link, uint64_t bits)
{
	int rung = doorbell_ring(&firmware.doorbell, id, link, bits);

	if (rung < 0)
		return doorbell_to_sbi(rung);
	hart_count(COMPARTMENT_COUNTER_RINGS, 1);
	hart_count(COMPARTMENT_COUNTER_DELIVERIES, rung);
	return SBI_SUCCESS;
}

static int doorbell_handle(unsigned long extid, unsigned long funcid,
			   struct sbi_trap_regs *regs,
			   struct sbi_ecall_return *out)
{
	struct doorbell *db = &firmware.doorbell;
	int id = hart_this()->compartment;

	switch (funcid) {
	case DOORBELL_FID_GET_COUNT:
		out->value = doorbell_count(db, id);
		return SBI_SUCCESS;
	case DOORBELL_FID_GET_PEER:
		return peer_get(id, regs->a0, out);
	case DOORBELL_FID_REGISTER:
		return doorbell_to_sbi(doorbell_register(db, id, regs->a0,
							 regs->a1, regs->a2,
							 regs->a3));
	case DOORBELL_FID_UNREGISTER:
		return doorbell_to_sbi(doorbell_unregister(db, id, regs->a0));
	case DOORBELL_FID_SET_MASK:
		return doorbell_to_sbi(doorbell_set_mask(db, id, regs->a0,
							 regs->a1));
	case DOORBELL_FID_RING:
		return ring(id, regs->a0, regs->a1);
	default:
		return SBI_ERR_NOT_SUPPORTED;
	}
}

static int doorbell_ecall_register(void)
{
	return sbi_ecall_register_extension(&ecall_doorbell);
}

struct sbi_ecall_extension ecall_doorbell = {
	.name			= "doorbell",
	.experimental		= true,
	.extid_start		= DOORBELL_EID,
	.extid_end		= DOORBELL_EID,
	.register_extensions	= doorbell_ecall_register,
	.handle			= doorbell_handle,
};
