/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#include <vhost/guard.h>

enum guard_state {
	GUARD_FREE,
	GUARD_FILLING,
	GUARD_USED,
	GUARD_LOST,
};

/* The handler reads what another thread may be changing: all of it atomic. */
static struct {
	atomic_int state;
	atomic_uintptr_t base;
	atomic_size_t size;
} guards[VHOST_GUARD_MAX];

static bool replace_memory(uintptr_t address)
{
	unsigned int i;

	for (i = 0; i < VHOST_GUARD_MAX; i++) {
		int state = atomic_load(&guards[i].state);
		uintptr_t base = atomic_load(&guards[i].base);
		size_t size = atomic_load(&guards[i].size);

		if ((state != GUARD_USED && state != GUARD_LOST) ||
		    address - base >= size)
			continue;
		/* The whole of it: pages of every size, and one fault only. */
		if (mmap((void *)base, size, PROT_READ | PROT_WRITE,
			 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS |
				 MAP_NORESERVE,
			 -1, 0) == MAP_FAILED)
			return false;
		atomic_store(&guards[i].state, GUARD_LOST);
		return true;
	}
	return false;
}

static void handle_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (replace_memory((uintptr_t)info->si_addr))
		return;
	/* Not ours: the same instruction faults again, and ends us. */
	signal(number, SIG_DFL);
}

int vhost_guard_install(void)
{
	struct sigaction action = {
		.sa_sigaction = handle_bus_error,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};

	sigemptyset(&action.sa_mask);
	return sigaction(SIGBUS, &action, NULL);
}

int vhost_guard_add(void *base, size_t size)
{
	int i;

	for (i = 0; i < VHOST_GUARD_MAX; i++) {
		int expected = GUARD_FREE;

		if (!atomic_compare_exchange_strong(&guards[i].state, &expected,
						    GUARD_FILLING))
			continue;
		atomic_store(&guards[i].base, (uintptr_t)base);
		atomic_store(&guards[i].size, size);
		atomic_store(&guards[i].state, GUARD_USED);
		return i;
	}
	return -1;
}

void vhost_guard_remove(int guard)
{
	if (guard >= 0)
		atomic_store(&guards[guard].state, GUARD_FREE);
}

bool vhost_guard_is_lost(int guard)
{
	return guard >= 0 && atomic_load(&guards[guard].state) == GUARD_LOST;
}
