/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_arch.h"

struct fake_arch fake;

static struct port_lock lock;
static __thread uint32_t current;
static __thread bool is_open;
static __thread jmp_buf *way_out;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "fake_arch: %s\n", what);
	abort();
}

static void note(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
	va_list args;
	size_t used;

	port_lock_acquire(&lock);
	used = strlen(fake.trace);
	va_start(args, format);
	vsnprintf(fake.trace + used, sizeof(fake.trace) - used, format, args);
	va_end(args);
	port_lock_release(&lock);
}

static void tell(enum fake_event event, uint32_t what)
{
	if (fake.hook)
		fake.hook(event, what);
}

static struct fake_hart *find(uint32_t id)
{
	if (id >= FAKE_HARTS_MAX || !fake.harts[id].known)
		fail("no such hart");
	return &fake.harts[id];
}

static uint32_t get_state(uint32_t id)
{
	return __atomic_load_n(&find(id)->state, __ATOMIC_SEQ_CST);
}

static void set_state(uint32_t id, enum fake_hart_state state)
{
	__atomic_store_n(&find(id)->state, state, __ATOMIC_SEQ_CST);
}

void fake_forget(void)
{
	fake.trace[0] = '\0';
	fake.console[0] = '\0';
	fake.published_count = 0;
	fake.opened = 0;
	fake.waited_us = 0;
}

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.refuses_to_be_added = FAKE_NOBODY;
	fake.refuses_to_start = FAKE_NOBODY;
	is_open = false;
	fake_become(0);
}

void fake_become(uint32_t hart)
{
	current = hart;
}

void fake_start_all(void)
{
	unsigned int i;

	for (i = 0; i < FAKE_HARTS_MAX; i++)
		if (fake.harts[i].known)
			set_state(i, FAKE_HART_STARTED);
}

enum fake_end fake_run(void (*body)(void *argument), void *argument)
{
	jmp_buf here;
	int end;

	if (way_out)
		fail("fake_run() in fake_run()");
	way_out = &here;
	end = setjmp(here);
	if (!end)
		body(argument);
	way_out = NULL;
	return (enum fake_end)end;
}

static _Noreturn void leave(enum fake_end end)
{
	if (!way_out)
		fail("what does not return was called outside of fake_run()");
	longjmp(*way_out, (int)end);
}

struct fake_register *fake_register(uint64_t addr)
{
	struct fake_register *free = NULL;
	unsigned int i;

	for (i = 0; i < FAKE_REGISTERS; i++) {
		if (fake.registers[i].addr == addr)
			return &fake.registers[i];
		if (!fake.registers[i].addr && !free)
			free = &fake.registers[i];
	}
	if (!free)
		fail("too many registers");
	free->addr = addr;
	return free;
}

/* The line at `at` as a string; its length, newline included. */
static size_t get_line(const char *at, char line[COMPARTMENT_LINE_MAX + 32])
{
	size_t length = strcspn(at, "\n");

	if (!at[length] || length > COMPARTMENT_LINE_MAX + 31)
		fail("a line of the console is not whole, or too long");
	memcpy(line, at, length);
	line[length] = '\0';
	return length + 1;
}

bool fake_said(const char *a, const char *b)
{
	char line[COMPARTMENT_LINE_MAX + 32];
	const char *at;

	for (at = fake.console; *at;) {
		at += get_line(at, line);
		if ((!a || strstr(line, a)) && (!b || strstr(line, b)))
			return true;
	}
	return false;
}

unsigned int fake_count_lines(const char *text)
{
	char line[COMPARTMENT_LINE_MAX + 32];
	unsigned int count = 0;
	const char *at;

	for (at = fake.console; *at;) {
		at += get_line(at, line);
		count += strstr(line, text) != NULL;
	}
	return count;
}

bool fake_has_published(uint64_t base, uint64_t size)
{
	unsigned int i;

	for (i = 0; i < fake.published_count; i++)
		if (fake.published[i].base == base &&
		    fake.published[i].size == size)
			return true;
	return false;
}

/* ---- <partitioner/arch.h> ---- */

struct hart *arch_hart_add(uint32_t id)
{
	if (id >= FAKE_HARTS_MAX || id == fake.refuses_to_be_added)
		return NULL;
	fake.harts[id].known = true;
	fake.harts[id].hart.id = id;
	return &fake.harts[id].hart;
}

struct hart *arch_hart_this(void)
{
	return &find(current)->hart;
}

struct hart *arch_hart_find(uint32_t id)
{
	return &find(id)->hart;
}

bool arch_hart_is_started(uint32_t id)
{
	return get_state(id) == FAKE_HART_STARTED;
}

bool arch_hart_is_stopped(uint32_t id)
{
	return get_state(id) == FAKE_HART_STOPPED;
}

void arch_hart_interrupt(const struct hart *hart)
{
	if (&find(hart->id)->hart != hart)
		fail("what is interrupted is no hart");
	note("interrupt:%u ", hart->id);
	tell(FAKE_INTERRUPT, hart->id);
}

bool arch_hart_start(uint32_t id, uint64_t entry, uint64_t argument)
{
	struct fake_hart *hart = find(id);

	if (get_state(id) != FAKE_HART_STOPPED && id != current)
		fail("a hart is started that is not stopped");
	note("start:%u ", id);
	tell(FAKE_START, id);
	if (id == fake.refuses_to_start)
		return false;
	hart->entry = entry;
	hart->argument = argument;
	set_state(id, FAKE_HART_STARTED);
	return true;
}

void arch_hart_stop(void)
{
	bool coordinates = arch_hart_this()->coordinates != COMPARTMENT_NONE;

	note("stop:%u ", current);
	set_state(current, coordinates ? FAKE_HART_STOPPING :
					 FAKE_HART_STOPPED);
	leave(FAKE_STOPPED);
}

void arch_hart_serve(void)
{
	note("serve ");
	tell(FAKE_SERVE, current);
}

void arch_compartment_withdraw(unsigned int compartment)
{
	note("withdraw:%u ", compartment);
	tell(FAKE_WITHDRAW, compartment);
}

void arch_compartment_grant(unsigned int compartment)
{
	note("grant:%u ", compartment);
}

void *arch_guest_open(uint64_t addr, uint64_t size)
{
	if (is_open)
		fail("guest memory is opened twice");
	if (!size || addr % GUEST_PAGE_SIZE + size > GUEST_PAGE_SIZE)
		fail("no piece of one page is opened");
	if (addr - fake.memory.base >= fake.memory.size)
		fail("what is opened is no memory");
	is_open = true;
	__atomic_fetch_add(&fake.opened, 1, __ATOMIC_RELAXED);
	return (void *)(uintptr_t)addr;
}

void arch_guest_close(void)
{
	if (!is_open)
		fail("guest memory is closed but not open");
	is_open = false;
}

uint64_t arch_guest_or(uint64_t addr, uint64_t bits)
{
	uint64_t *word = arch_guest_open(addr, sizeof(*word));
	uint64_t before = __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);

	arch_guest_close();
	return before;
}

void arch_guest_leave(void)
{
	note("leave ");
}

void arch_memory_publish(uint64_t addr, uint64_t size)
{
	note("publish ");
	port_lock_acquire(&lock);
	if (fake.published_count == FAKE_RANGES)
		fail("too many ranges are published");
	fake.published[fake.published_count].base = addr;
	fake.published[fake.published_count++].size = size;
	port_lock_release(&lock);
}

bool arch_find_delivery(uint32_t hart, uint64_t identity,
			struct doorbell_target *target)
{
	target->hart = find(hart);
	target->interrupt = identity;
	return !identity || identity == FAKE_IDENTITY;
}

bool arch_deliver(const struct doorbell_target *target)
{
	const struct fake_hart *hart = target->hart;

	if (get_state(hart->hart.id) != FAKE_HART_STARTED)
		return false;
	note("deliver:%u,%lu ", hart->hart.id,
	     (unsigned long)target->interrupt);
	return true;
}

void arch_clear_interrupts(unsigned int compartment)
{
	note("clear:%u ", compartment);
}

void arch_interrupt_raise(unsigned int compartment, uint32_t interrupt)
{
	note("raise:%u:%u ", compartment, interrupt);
	tell(FAKE_RAISE, compartment);
}

static struct port_lock console_lock;
static __thread bool has_console;

void arch_console_acquire(void)
{
	if (has_console)
		fail("the console is acquired twice");
	port_lock_acquire(&console_lock);
	has_console = true;
}

void arch_console_release(void)
{
	if (!has_console)
		fail("the console is released by whom it was not acquired");
	has_console = false;
	port_lock_release(&console_lock);
}

void arch_console_emit(const char *text, size_t length)
{
	size_t used;

	if (!length || !has_console)
		fail("nothing is written to the console, or without having it");
	port_lock_acquire(&lock);
	used = strlen(fake.console);
	if (length >= sizeof(fake.console) - used)
		fail("too much is written to the console");
	memcpy(fake.console + used, text, length);
	fake.console[used + length] = '\0';
	port_lock_release(&lock);
	tell(FAKE_EMIT, current);
}

/* While one hart waits, the others do what they were told to. */
void arch_delay_us(unsigned int us)
{
	unsigned int i;

	fake.waited_us += us;
	tell(FAKE_DELAY, current);
	for (i = 0; i < FAKE_HARTS_MAX; i++) {
		struct fake_hart *hart = &fake.harts[i];

		if (hart->known && !hart->stubborn && i != current &&
		    (__atomic_load_n(&hart->hart.commands, __ATOMIC_ACQUIRE) &
		     HART_COMMAND_STOP))
			set_state(i, FAKE_HART_STOPPED);
	}
}

uint32_t arch_device_read(uint64_t addr)
{
	struct fake_register *reg = fake_register(addr);

	if (reg->lag && reg->lag != ~0U)
		reg->lag--;
	else if (!reg->lag)
		reg->value = reg->written;
	return reg->value;
}

void arch_device_write(uint64_t addr, uint32_t value)
{
	note("write:%lx=%u ", (unsigned long)addr, value);
	fake_register(addr)->written = value;
}

void arch_power_off(bool failed)
{
	note("off:%u ", failed);
	leave(failed ? FAKE_POWER_OFF_FAILED : FAKE_POWER_OFF);
}
