/* SPDX-License-Identifier: BSD-2-Clause */
/* Harts as all architectures see them: counters, and commands from others. */
#include <partitioner/arch.h>

uint64_t hart_sum(unsigned int compartment, enum compartment_counter counter)
{
	const struct model_compartment *c =
		&partitioner.model.compartments[compartment];
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < c->hart_count; i++)
		sum += __atomic_load_n(
			&arch_hart_find(c->harts[i])->counters[counter],
			__ATOMIC_RELAXED);
	return sum;
}

void hart_command(struct hart *hart, uint32_t command)
{
	/* Pairs with the acquire in hart_take_commands(). */
	uint32_t before = __atomic_fetch_or(&hart->commands, command,
					    __ATOMIC_RELEASE);

	/*
	 * A command that is still there has an interrupt on its way, or the
	 * hart is being started and will look for it at the end of that.
	 */
	if (!before || (command & HART_COMMAND_STOP))
		arch_hart_interrupt(hart);
}

uint32_t hart_take_commands(struct hart *self)
{
	return __atomic_exchange_n(&self->commands, 0, __ATOMIC_ACQUIRE);
}

bool hart_must_stop(void)
{
	return __atomic_load_n(&arch_hart_this()->commands, __ATOMIC_RELAXED) &
	       HART_COMMAND_STOP;
}
