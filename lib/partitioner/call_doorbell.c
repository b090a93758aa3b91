/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell calls (docs/sbi-doorbell.md, docs/smccc-abi.md), and how a doorbell
 * reaches memory and harts.
 */
#include <doorbell/abi.h>
#include <partitioner/arch.h>
#include "present.h"

static struct doorbell_side sides[MODEL_COMPARTMENTS_MAX];

static uint64_t link_pending_or(void *ctx, uint64_t word, uint64_t bits)
{
	(void)ctx;
	/*
	 * Ordered after what the caller stored before it rang, as the swap that
	 * takes the doorbell is before what the receiver loads.
	 */
	return arch_guest_or(word, bits);
}

static bool link_check_page(void *ctx, unsigned int compartment, uint64_t page)
{
	(void)ctx;
	return guest_memory_owns(compartment, page, DOORBELL_PAGE_SIZE);
}

static bool link_find_target(void *ctx, unsigned int compartment,
			     uint64_t hart, uint64_t identity,
			     struct doorbell_target *target)
{
	(void)ctx;
	/* Stops a compartment from having foreign harts interrupted. */
	return hart <= UINT32_MAX &&
	       model_find_owner(&partitioner.model, (uint32_t)hart) ==
	       (int)compartment &&
	       arch_find_delivery((uint32_t)hart, identity, target);
}

/* A stopped hart's start redelivers: doorbell_hart_started(). */
static bool link_deliver(void *ctx, const struct doorbell_target *target)
{
	(void)ctx;
	return arch_deliver(target);
}

static bool link_take(void *ctx, unsigned int compartment, uint64_t link,
		      uint64_t bits)
{
	(void)ctx;
	return present_channel_rung(compartment, link, bits);
}

static const struct doorbell_ops link_ops = {
	.pending_or = link_pending_or,
	.check_page = link_check_page,
	.find_target = link_find_target,
	.deliver = link_deliver,
	.take = link_take,
};

void doorbell_setup(void)
{
	const struct model *model = &partitioner.model;
	unsigned int i;

	doorbell_init(&partitioner.doorbell, &link_ops, NULL, sides,
		      model->compartment_count);
	for (i = 0; i < model->link_count; i++)
		if (doorbell_add_link(&partitioner.doorbell,
				      model->links[i].ends[0],
				      model->links[i].ends[1]))
			partitioner_fatal("link %s: too many links",
					  model->links[i].name);
}

/* The one place where doorbell errors become results of calls. */
static long call_error_of(int error)
{
	switch (error) {
	case DOORBELL_OK:
		return CALL_SUCCESS;
	case DOORBELL_ERR_PAGE:
		return CALL_ERR_INVALID_ADDRESS;
	default:
		return CALL_ERR_INVALID_PARAM;
	}
}

static long peer_get(int id, struct call *call)
{
	int peer = doorbell_peer(&partitioner.doorbell, id, call->args[0]);

	if (peer < 0)
		return call_error_of(peer);
	call->value = lifecycle_read(&partitioner.partitions[peer].life);
	return CALL_SUCCESS;
}

static long ring(struct hart *self, struct call *call)
{
	int rung = doorbell_ring(&partitioner.doorbell, self->compartment,
				 call->args[0], call->args[1]);

	if (rung < 0)
		return call_error_of(rung);
	hart_count(self, COMPARTMENT_COUNTER_RINGS, 1);
	hart_count(self, COMPARTMENT_COUNTER_DELIVERIES, rung);
	return CALL_SUCCESS;
}

long call_doorbell(struct hart *self, uint64_t function, struct call *call)
{
	struct doorbell *db = &partitioner.doorbell;
	int id = self->compartment;
	const uint64_t *args = call->args;

	switch (function) {
	case DOORBELL_FID_GET_COUNT:
		call->value = doorbell_count(db, id);
		return CALL_SUCCESS;
	case DOORBELL_FID_GET_PEER:
		return peer_get(id, call);
	case DOORBELL_FID_REGISTER:
		return call_error_of(doorbell_register(db, id, args[0], args[1],
						       args[2], args[3]));
	case DOORBELL_FID_UNREGISTER:
		return call_error_of(doorbell_unregister(db, id, args[0]));
	case DOORBELL_FID_SET_MASK:
		return call_error_of(doorbell_set_mask(db, id, args[0],
						       args[1]));
	case DOORBELL_FID_RING:
		return ring(self, call);
	default:
		return CALL_ERR_NOT_SUPPORTED;
	}
}
