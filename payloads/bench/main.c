/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell round trips between two compartments, against two inter-processor
 * interrupts between two harts of one, in the same boot. The compartment with
 * two harts measures, the other answers; all wait in wfi. With -icount the
 * instruction counter is that of all harts together.
 *
 * Then the rules of masks and registration, on which no figure depends.
 *
 * Prints `bench: <name> <value> <unit>`; names end in _ssip where software
 * interrupts deliver: with `ssip` in the boot arguments, or where a hart has no
 * interrupt for doorbells alone.
 */
#include <common/console.h>
#include <common/bell.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/report.h>
#include <common/tree.h>

#define BENCH_ROUNDS	2000
#define BENCH_WARM_UP	100
#define BENCH_SCALE	1000
#define BENCH_LINK	0
#define BENCH_PATIENCE	1000000

#define BIT_PING	(1ULL << 0)
#define BIT_END		(1ULL << 1)

struct bench_cost {
	uint64_t instructions;	/* of BENCH_ROUNDS round trips */
	uint64_t firmware;	/* not among those: of the compartment's traps */
	uint64_t entries;
};

static volatile uint64_t bench_bits;	/* taken from the doorbell */
static volatile bool bench_interrupted;
static volatile bool bench_helper_ready;
static unsigned long bench_self, bench_helper;
static unsigned int bench_answers;	/* since the warm-up began */
static volatile uint64_t bench_helper_instructions; /* of BENCH_ROUNDS answers */

static void bench_take(void *context, unsigned int link, uint64_t bits)
{
	(void)context;
	(void)link;
	bench_bits |= bits;
}

static void bench_take_ipi(void *context)
{
	(void)context;
	bench_interrupted = true;
}

/* From one point of a round trip to the same, BENCH_ROUNDS later. */
static void bench_answer_ipi(void *context)
{
	(void)context;
	bench_answers++;
	if (bench_answers == BENCH_WARM_UP)
		bench_helper_instructions = hart_get_instructions();
	if (bench_answers == BENCH_WARM_UP + BENCH_ROUNDS)
		bench_helper_instructions = hart_get_instructions() -
					    bench_helper_instructions;
	irq_send(bench_self);
}

static void bench_help(void *context)
{
	(void)context;
	irq_enable_ipi();
	bench_helper_ready = true;
	for (;;)
		irq_wait();
}

static void bench_trip_ipis(void)
{
	bench_interrupted = false;
	irq_send(bench_helper);
	while (!bench_interrupted)
		irq_wait();
}

static void bench_trip_doorbells(void)
{
	bench_bits &= ~BIT_PING;
	bell_ring(BENCH_LINK, BIT_PING);
	while (!(bench_bits & BIT_PING))
		irq_wait();
}

static uint64_t bench_get_entries(void)
{
	return firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES) +
	       firmware_get_observed(COMPARTMENT_COUNTER_ENTRIES);
}

static struct bench_cost bench_measure(void (*trip)(void))
{
	struct bench_cost cost;
	uint64_t entries, overhead, firmware;

	for (unsigned int i = 0; i < BENCH_WARM_UP; i++)
		trip();
	entries = bench_get_entries();
	overhead = bench_get_entries() - entries;
	entries = bench_get_entries();
	firmware = hart_get_firmware_instructions();
	cost.instructions = hart_get_instructions();
	for (unsigned int i = 0; i < BENCH_ROUNDS; i++)
		trip();
	cost.instructions = hart_get_instructions() - cost.instructions;
	cost.firmware = hart_get_firmware_instructions() - firmware;
	cost.entries = bench_get_entries() - entries - overhead;
	return cost;
}

static void bench_print(const char *name, const char *suffix, uint64_t value,
			uint64_t divisor, const char *unit)
{
	uint64_t scaled = divisor ? value * BENCH_SCALE / divisor : 0;

	print("bench: %s%s %lu.%03lu %s\n", name, suffix, scaled / BENCH_SCALE,
	      scaled % BENCH_SCALE, unit);
}

static void bench_compare(const struct bench_cost *ipis, const char *suffix)
{
	struct bench_cost cost = bench_measure(bench_trip_doorbells);

	/* The helper sleeps: all traps were this hart's. */
	cost.instructions += cost.firmware;
	bench_print("doorbell_round_trip_instructions", suffix,
		    cost.instructions, BENCH_ROUNDS, "instructions");
	bench_print("doorbell_round_trip_entries", suffix, cost.entries,
		    BENCH_ROUNDS, "entries");
	bench_print("doorbell_round_trip_vs_two_ipis", suffix,
		    cost.instructions, ipis->instructions, "ratio");
}

static void bench_register(bool software)
{
	if (bell_init(software) ||
	    bell_connect(BENCH_LINK, bench_take, NULL)) {
		print("the firmware refused the doorbell page\n");
		firmware_end(true);
	}
}

static struct bench_cost bench_measure_ipis(void)
{
	struct bench_cost cost;

	/* The helper's answer is the only thing it ever does. */
	irq_connect_ipi(bench_helper, bench_answer_ipi, NULL);
	irq_connect_ipi(bench_self, bench_take_ipi, NULL);
	irq_enable_ipi();
	if (hart_start(bench_helper, bench_help, NULL)) {
		print("hart %lu does not start\n", bench_helper);
		firmware_end(true);
	}
	while (!bench_helper_ready)
		;
	cost = bench_measure(bench_trip_ipis);
	irq_connect_ipi(bench_self, NULL, NULL);
	/*
	 * Each of the two counters is everybody's instructions, but for those
	 * in its own hart's traps where hart_get_instructions() leaves them
	 * out; they are in `firmware`, once for each hart.
	 */
	cost.instructions = (cost.instructions + bench_helper_instructions +
			     cost.firmware) / 2;
	bench_print("two_ipis_instructions", "", cost.instructions,
		    BENCH_ROUNDS, "instructions");
	bench_print("two_ipis_entries", "", cost.entries, BENCH_ROUNDS,
		    "entries");
	return cost;
}

static uint64_t bench_get_pending(void)
{
	return __atomic_load_n(&bell_page[BENCH_LINK], __ATOMIC_RELAXED);
}

/*
 * Asks the peer for a ring. The ring that must come is waited for however long
 * the peer takes; one that must not come gets ample time to come all the same.
 */
static void bench_ask_for_ring(void)
{
	bench_bits = 0;
	bell_ring(BENCH_LINK, BIT_PING);
}

/* docs/sbi-doorbell.md, 1, rules 1 and 2. */
static void bench_check_mask(void)
{
	irq_poll();
	bell_set_mask(BENCH_LINK, BIT_PING);
	bench_ask_for_ring();
	while (!(bench_get_pending() & BIT_PING))
		;
	report(true, "doorbell: a masked bit becomes pending");
	irq_poll();
	report(!(bench_bits & BIT_PING),
	       "doorbell: a masked bit does not interrupt");
	bell_set_mask(BENCH_LINK, 0);
	while (!(bench_bits & BIT_PING))
		irq_wait();
	report(true, "doorbell: it interrupts when it is unmasked");
}

/* Rule 3: nothing is written to the page, and nothing is lost. */
static void bench_check_registration(bool software)
{
	bool written = false;

	bell_unregister();
	bench_ask_for_ring();
	for (unsigned int i = 0; i < BENCH_PATIENCE && !written; i++)
		written = bench_get_pending();
	report(!written, "doorbell: what is not registered is not written");
	bench_register(software);
	while (!(bench_bits & BIT_PING))
		irq_wait();
	report(true, "doorbell: what came meanwhile interrupts at registration");
}

static void bench_lead(bool software)
{
	struct bench_cost ipis = bench_measure_ipis();

	bench_register(software);
	bench_compare(&ipis, software ? "_ssip" : "");
	bench_check_mask();
	bench_check_registration(software);
	bell_ring(BENCH_LINK, BIT_END);
}

static void bench_follow(bool software)
{
	bench_register(software);
	for (;;) {
		while (!(bench_bits & (BIT_PING | BIT_END)))
			irq_wait();
		if (bench_bits & BIT_END)
			return;
		bench_bits = 0;
		bell_ring(BENCH_LINK, BIT_PING);
	}
}

void payload_main(void)
{
	bool software;

	bench_self = hart_get_id();
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].id != bench_self)
			bench_helper = tree.harts[i].id;
	}
	if (irq_init(&tree))
		firmware_end(true);
	/* What this machine does not have, nobody expects to be measured. */
	software = tree_has_word(&tree, "ssip") ||
		   !irq_has_doorbell(tree_find_hart(&tree, bench_self));
	if (tree.hart_count > 1)
		bench_lead(software);
	else
		bench_follow(software);
	firmware_end(false);
}
