/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about compartments: who am I, what did I cost. */
#include <partitioner/arch.h>

static long self_get(int id, struct call *call)
{
	uint64_t life = lifecycle_read(&partitioner.partitions[id].life);

	call->value = (life & ~(uint64_t)COMPARTMENT_STATE_MASK) | id;
	return CALL_SUCCESS;
}

static long counter_get(int id, struct call *call)
{
	const struct model *model = &partitioner.model;
	uint64_t of = call->args[0], counter = call->args[1];

	if (of == COMPARTMENT_SELF)
		of = id;
	if (of >= model->compartment_count ||
	    counter >= COMPARTMENT_COUNTER_COUNT)
		return CALL_ERR_INVALID_PARAM;
	/* Stops one compartment from watching another's activity. */
	if (of != (uint64_t)id &&
	    !(model->compartments[id].observes & (1U << of)))
		return CALL_ERR_DENIED;
	call->value = hart_sum(of, counter);
	return CALL_SUCCESS;
}

long call_compartment(struct hart *self, uint64_t function, struct call *call)
{
	int id = self->compartment;

	switch (function) {
	case COMPARTMENT_FID_GET_SELF:
		return self_get(id, call);
	case COMPARTMENT_FID_GET_COUNTER:
		return counter_get(id, call);
	default:
		return CALL_ERR_NOT_SUPPORTED;
	}
}
