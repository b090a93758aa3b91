/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 30: calls by function identifiers of every owner there is (Arm DEN0028),
 * by HVC and SMC with every sort of immediate. PSCI's are in psci.c.
 */
#include <common/tree.h>
#include <compartment/abi.h>
#include <doorbell/abi.h>
#include <smccc.h>
#include "../board.h"
#include "../calls.h"
#include "../hostile.h"
#include "extensions.h"
#include "psci.h"

#define SMCCC_FAST	(1UL << 31)
#define SMCCC_64	(1UL << 30)
#define SMCCC_OWNER	24
#define OWNERS		64U
#define OWNER_ARCH	0U
#define OWNER_STANDARD	4U
#define OWNER_VENDOR	6U

/* Vendor-specific hypervisor service: what it says of itself */
#define VENDOR_UID	0xff01U
#define VENDOR_REVISION	0xff03U

#define DELIVERIES	1100U

/* Power, random numbers, SDEI, FF-A, PV time, general queries... */
static const unsigned int numbers[] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x10, 0x20, 0x21, 0x22,
	0x2a, 0x40, 0x50, 0x51, 0x53, 0x60, 0x61, 0x63, 0x66, 0x6d, 0x84,
	0xbf, 0xff, 0x110, 0x1000, 0xc000, 0xfeff, 0xff00, 0xff01, 0xff03,
	0xffff,
};
#define NUMBER_COUNT (sizeof(numbers) / sizeof(numbers[0]))

struct calls_try {
	const struct psci_conduit *conduit;
	unsigned long function, argument;
	long answer;
};

static void calls_perform(void *context)
{
	struct calls_try *try = context;

	try->answer = try->conduit->call(try->function, try->argument,
					 try->argument, try->argument,
					 try->argument);
}

/* Not supported, or, by a conduit that is none, an undefined instruction. */
static void calls_try(const char *what, const struct psci_conduit *conduit,
		      unsigned long function, unsigned long argument)
{
	struct calls_try try = {
		.conduit = conduit,
		.function = function,
		.argument = argument,
	};
	struct trap_record record;

	if (trap_run(calls_perform, &try, &record))
		attempt(ESR_CLASS(record.cause) == CLASS_UNKNOWN &&
			conduit >= psci_conduits + PSCI_CONDUITS_PLAIN,
			conduit->name, function);
	else
		attempt(try.answer == SMCCC_NOT_SUPPORTED, what, function);
}

static void calls_absent(const char *what, unsigned long function)
{
	for (unsigned int i = 0; i < PSCI_CONDUITS_PLAIN; i++) {
		calls_try(what, &psci_conduits[i], function, 0);
		calls_try(what, &psci_conduits[i], function, ~0UL);
		calls_try(what, &psci_conduits[i], function, board.firmware);
	}
}

/* Whether somebody answers there: the convention, PSCI, we ourselves. */
static bool calls_are_there(unsigned int owner, unsigned int number)
{
	if (owner == OWNER_ARCH)
		return number <= 1 || number == 0x3fff || number >= 0x7fff;
	if (owner == OWNER_STANDARD)
		return number < 0x20;
	return owner == OWNER_VENDOR &&
	       ((number >= 0x100 && number < 0x400) || number == VENDOR_UID ||
		number == VENDOR_REVISION);
}

static void calls_owners(void)
{
	attempt_begin("calls: functions of other services");
	for (unsigned int owner = 0; owner < OWNERS; owner++) {
		for (unsigned int n = 0; n < NUMBER_COUNT; n++) {
			unsigned long function = (unsigned long)owner <<
						 SMCCC_OWNER | numbers[n];

			calls_absent("yielding", function);
			calls_absent("yielding", function | SMCCC_64);
			if (calls_are_there(owner, numbers[n]))
				continue;
			calls_absent("fast", function | SMCCC_FAST);
			calls_absent("fast", function | SMCCC_FAST | SMCCC_64);
		}
	}
	attempt_end();
}

/* Around the functions that there are. */
static void calls_vendor(void)
{
	static const struct {
		unsigned long base;
		unsigned int count;
	} there[] = {
		{ DOORBELL_SMCCC, DOORBELL_FID_COUNT },
		{ COMPARTMENT_SMCCC, COMPARTMENT_FID_GET_COUNTER + 1 },
		{ CONSOLE_SMCCC, CONSOLE_FID_WRITE_BYTE + 1 },
	};

	attempt_begin("calls: functions that are not there");
	for (unsigned int i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
		for (unsigned int f = there[i].count; f < 0x100; f++)
			calls_absent("function", there[i].base + f);
		/* The same by 32 bits, which no function of ours has. */
		for (unsigned int f = 0; f < there[i].count; f++)
			calls_absent("32 bits",
				     (there[i].base & ~SMCCC_64) + f);
	}
	attempt_end();
}

static void calls_immediates(void)
{
	attempt_begin("calls: immediates");
	for (unsigned int i = 0; i < psci_conduit_count; i++) {
		calls_try("vendor's function", &psci_conduits[i],
			  DOORBELL_SMCCC + DOORBELL_FID_COUNT, 0);
		/* SYSTEM_SUSPEND */
		calls_try("suspend", &psci_conduits[i], 0xc400000e,
			  board.firmware);
		calls_try("nothing", &psci_conduits[i], 0, ~0UL);
		calls_try("everything", &psci_conduits[i], ~0UL, ~0UL);
	}
	attempt_end();
}

void calls_more(void)
{
	calls_owners();
	calls_vendor();
	calls_immediates();
	psci_run();
}

void calls_visit_deliveries(const struct tree_hart *hart, calls_visit visit)
{
	for (unsigned int intid = 1; intid < DELIVERIES; intid++) {
		if (intid != hart->doorbell)
			visit("delivery", intid);
	}
	for (unsigned int bit = 11; bit < 64; bit++) {
		visit("delivery", 1UL << bit);
		visit("delivery", 1UL << bit | hart->doorbell);
	}
	visit("delivery", ~0UL);
}
