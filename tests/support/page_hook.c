/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "page_hook.h"

static uint8_t *pages; /* so many on either side of the split */
static size_t half;
static uint8_t *armed;
static void (*armed_hook)(void *ctx);
static void *armed_ctx;
static struct sigaction former;

static void on_fault(int number, siginfo_t *info, void *context)
{
	uint8_t *at = info->si_addr;
	uint8_t *start = armed;

	(void)context;
	armed = NULL;
	sigaction(number, &former, NULL);
	/* Not ours: it happens again, and whoever was there before sees it. */
	if (!start || at < start || at >= start + half)
		return;
	if (mprotect(start, half, PROT_READ | PROT_WRITE))
		abort();
	armed_hook(armed_ctx);
}

void *page_hook_new(size_t size, size_t split)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	half = (size + page - 1) / page * page;
	pages = mmap(NULL, 2 * half, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || split > half)
		abort();
	return pages + half - split;
}

void page_hook_free(void)
{
	if (munmap(pages, 2 * half))
		abort();
}

static void arm(uint8_t *start, void (*hook)(void *ctx), void *ctx)
{
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO };

	armed = start;
	armed_hook = hook;
	armed_ctx = ctx;
	if (sigaction(SIGSEGV, &action, &former) ||
	    mprotect(start, half, PROT_NONE))
		abort();
}

void page_hook_before_split(void (*hook)(void *ctx), void *ctx)
{
	arm(pages, hook, ctx);
}

void page_hook_after_split(void (*hook)(void *ctx), void *ctx)
{
	arm(pages + half, hook, ctx);
}
