/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/lifecycle.h>

static void state_set(struct lifecycle *lc, enum compartment_state state)
{
	/* What happened to the compartment before its state: lifecycle_read(). */
	__atomic_store_n(&lc->state, state, __ATOMIC_RELEASE);
}

uint64_t lifecycle_read(const struct lifecycle *lc)
{
	uint64_t state = __atomic_load_n(&lc->state, __ATOMIC_ACQUIRE);
	uint64_t life = __atomic_load_n(&lc->life, __ATOMIC_RELAXED);

	return state | life << COMPARTMENT_STARTS_SHIFT;
}

void lifecycle_mark_started(struct lifecycle *lc)
{
	__atomic_store_n(&lc->life, lc->life + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&lc->goal, LIFECYCLE_NONE, __ATOMIC_RELAXED);
	state_set(lc, COMPARTMENT_STATE_RUNNING);
}

bool lifecycle_begin(struct lifecycle *lc, enum lifecycle_goal goal)
{
	uint32_t none = LIFECYCLE_NONE;

	/*
	 * Pairs with the load in lifecycle_is_ending(); sequentially consistent
	 * so that whoever announces a step of its own before it looks there is
	 * either seen by the coordinator after this or sees this.
	 */
	return __atomic_compare_exchange_n(&lc->goal, &none, goal, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

bool lifecycle_is_ending(const struct lifecycle *lc)
{
	return __atomic_load_n(&lc->goal, __ATOMIC_SEQ_CST) != LIFECYCLE_NONE;
}

static void life_end(struct lifecycle *lc, const struct lifecycle_ops *ops,
		     void *ctx, unsigned int id, bool failed)
{
	state_set(lc, failed ? COMPARTMENT_STATE_FAILED : COMPARTMENT_STATE_ENDED);
	ops->tell_peers(ctx, id);
	ops->ended(ctx, id, failed);
}

void lifecycle_finish(struct lifecycle *lc, const struct lifecycle_ops *ops,
		      void *ctx, unsigned int id)
{
	enum lifecycle_goal goal = __atomic_load_n(&lc->goal, __ATOMIC_ACQUIRE);
	bool stopped = ops->wait_stopped(ctx, id);
	bool quiet = ops->quiesce_devices(ctx, id);

	/* In this order: a ring under way could still send an interrupt. */
	ops->clear_doorbells(ctx, id);
	ops->clear_interrupts(ctx, id);
	/*
	 * A hart that does not stop, or a device that does not, may still
	 * write into the memory: nothing of it is given a new life then.
	 */
	if (goal != LIFECYCLE_RESTART || !stopped || !quiet) {
		life_end(lc, ops, ctx, id, goal != LIFECYCLE_END || !stopped);
		return;
	}
	state_set(lc, COMPARTMENT_STATE_RESTARTING);
	ops->tell_peers(ctx, id);
	if (!ops->load(ctx, id)) {
		life_end(lc, ops, ctx, id, true);
		return;
	}
	lifecycle_mark_started(lc);
	if (!ops->start(ctx, id)) {
		/* Nobody is to begin the end of what has ended. */
		__atomic_store_n(&lc->goal, LIFECYCLE_FAIL, __ATOMIC_SEQ_CST);
		life_end(lc, ops, ctx, id, true);
		return;
	}
	ops->tell_peers(ctx, id);
}
