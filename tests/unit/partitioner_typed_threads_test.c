/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typing while guests read and print, each on a hart of its own: nothing that
 * there is room for is lost, nobody sleeps over a character, lines stay whole.
 */
#include <frontend/uart.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "played_uart.h"
#include "unit.h"

#define CHARACTERS	20000U
#define LINES		300U

static uint32_t typed, listening, got;

/* ---- The console: one who types no more than can be held ---- */

static int source_get(void)
{
	uint32_t n = __atomic_load_n(&typed, __ATOMIC_RELAXED);

	if (n == CHARACTERS ||
	    n - __atomic_load_n(&got, __ATOMIC_RELAXED) >= FRONTEND_UART_FIFO)
		return -1;
	__atomic_store_n(&typed, n + 1, __ATOMIC_RELAXED);
	return 'a' + (int)(n % 26);
}

static void source_listen(void)
{
	__atomic_store_n(&listening, 1, __ATOMIC_RELAXED);
}

static const struct terminal_source source = { source_get, source_listen };

static void *type_all(void *unused)
{
	fake_become(HART_SERVER);
	while (__atomic_load_n(&typed, __ATOMIC_RELAXED) < CHARACTERS) {
		if (__atomic_exchange_n(&listening, 0, __ATOMIC_RELAXED))
			terminal_take();
		sched_yield();
	}
	return unused;
}

/* ---- Guests ---- */

static uint32_t wrong, raised;

static void note_raise(enum fake_event event, uint32_t what)
{
	if (event == FAKE_RAISE && what == ID_CLIENT)
		__atomic_store_n(&raised, 1, __ATOMIC_RELEASE);
}

/* Without CUnit, which is for one thread. */
static uint8_t access_make(uint32_t hart, unsigned int offset, bool write,
			   uint8_t value)
{
	struct guest_access access = played_make_access(offset, write, value);

	if (present_access(arch_hart_find(hart), &access) != GUEST_ACCESS_DONE)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	return (uint8_t)access.value;
}

/*
 * Looks at the UART only when it was interrupted, and then until it has read
 * all there is.
 */
static void *read_all(void *unused)
{
	uint32_t n = 0;

	fake_become(HART_CLIENT);
	while (n < CHARACTERS) {
		if (!__atomic_exchange_n(&raised, 0, __ATOMIC_ACQUIRE)) {
			sched_yield();
			continue;
		}
		while (access_make(HART_CLIENT, LSR, false, 0) & 1) {
			if (access_make(HART_CLIENT, DATA, false, 0) !=
			    'a' + n++ % 26)
				__atomic_fetch_add(&wrong, 1,
						   __ATOMIC_RELAXED);
			__atomic_store_n(&got, n, __ATOMIC_RELAXED);
		}
	}
	return unused;
}

static void *print_all(void *unused)
{
	static const char line[] = "a line of another\r\n";
	unsigned int i, at;

	fake_become(HART_OTHER);
	for (i = 0; i < LINES; i++)
		for (at = 0; line[at]; at++)
			access_make(HART_OTHER, DATA, true, (uint8_t)line[at]);
	return unused;
}

static void loses_nothing(void)
{
	void *(*const bodies[])(void *) = { type_all, read_all, print_all };
	pthread_t threads[3];
	unsigned int i;

	played_setup();
	typed = 0;
	got = 0;
	wrong = 0;
	raised = 0;
	fake.hook = note_raise;
	terminal_attach(&source);
	played_put(HART_CLIENT, IER, 1);
	played_print(HART_CLIENT, "# ");
	for (i = 0; i < 3; i++)
		CU_ASSERT_FATAL(!pthread_create(&threads[i], NULL, bodies[i],
						NULL));
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	UNIT_ASSERT_INT(wrong, 0);
	/* All in between are whole, and the prompt is the last. */
	played_print(HART_CLIENT, "\n");
	UNIT_ASSERT_INT(fake_count_lines("other: a line of another"), LINES);
	CU_ASSERT(strlen(fake.console) >= strlen("client: # \n"));
	CU_ASSERT_STRING_EQUAL(fake.console + strlen(fake.console) -
			       strlen("client: # \n"), "client: # \n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(loses_nothing),
};
UNIT_MAIN("partitioner_typed_threads", tests)
