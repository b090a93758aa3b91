/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 32 at an APLIC: sources, harts and delivery structures of others.
 * Registers and their places are those of the AIA specification 1.0, 4.5.
 */
#include <stddef.h>
#include <common/hart.h>
#include "../hostile.h"
#include "interrupts.h"

#define DOMAINCFG		0x0000UL
#define SOURCECFG(source)	(4UL * (source))
#define MSICFG			0x1bc0UL
#define SETIP			0x1c00UL
#define IN_CLRIP		0x1d00UL
#define SETIE			0x1e00UL
#define CLRIE			0x1f00UL
#define NUM			0xdcUL
#define SETIPNUM_LE		0x2000UL
#define SETIPNUM_BE		0x2004UL
#define GENMSI			0x3000UL
#define TARGET(source)		(0x3000UL + 4UL * (source))
#define IDC(index)		(0x4000UL + 32UL * (index))

#define DOMAINCFG_IE		(1U << 8)
#define SOURCECFG_D		(1U << 10)
#define EDGE_RISING		4U
#define HART_SHIFT		18
#define GUEST_SHIFT		12

static bool aplic_is_own_hart(unsigned int index)
{
	return tree_find_hart(&tree, index);
}

static void aplic_try_numbers(uint64_t base, uint32_t source)
{
	interrupts_write(base + SETIP + NUM, source);
	interrupts_write(base + SETIE + NUM, source);
	interrupts_write(base + CLRIE + NUM, source);
	interrupts_write(base + IN_CLRIP + NUM, source);
	interrupts_write(base + SETIPNUM_LE, source);
	interrupts_write(base + SETIPNUM_BE, source << 24 |
					     (source & 0xff00) << 8);
}

static void aplic_try_sources(uint64_t base)
{
	attempt_begin("interrupts: foreign sources of the APLIC");
	for (unsigned int s = 1; s < INTERRUPTS_SOURCES; s++) {
		if (interrupts_is_own(s))
			continue;
		interrupts_write(base + SOURCECFG(s), EDGE_RISING);
		attempt(!interrupts_read(base + SOURCECFG(s)), "sourcecfg", s);
		interrupts_write(base + SOURCECFG(s), SOURCECFG_D);
		attempt(!interrupts_read(base + SOURCECFG(s)), "delegation", s);
		interrupts_write(base + TARGET(s),
				 (uint32_t)hart_get_id() << HART_SHIFT | 1);
		attempt(!interrupts_read(base + TARGET(s)), "target", s);
		aplic_try_numbers(base, s);
	}
	for (unsigned int word = 0; word < INTERRUPTS_SOURCES / 32; word++) {
		uint32_t foreign = ~interrupts_get_own(word);
		uint64_t at = base + 4 * word;

		interrupts_write(at + SETIP, foreign);
		interrupts_write(at + SETIE, foreign);
		attempt(!(interrupts_read(at + SETIP) & foreign), "setip",
			word);
		attempt(!(interrupts_read(at + SETIE) & foreign), "setie",
			word);
		attempt(!(interrupts_read(at + IN_CLRIP) & foreign), "in_clrip",
			word);
		interrupts_write(at + CLRIE, foreign);
		interrupts_write(at + IN_CLRIP, foreign);
	}
	attempt_end();
}

static uint32_t aplic_get_target(uint64_t at)
{
	return interrupts_read(at) >> HART_SHIFT;
}

/* An own source, aimed at whomever it is not for; messages have a guest too. */
static void aplic_try_target(uint64_t base, unsigned int source, bool messages)
{
	uint64_t at = base + TARGET(source);

	interrupts_write(base + SOURCECFG(source), EDGE_RISING);
	attempt(interrupts_read(base + SOURCECFG(source)) == EDGE_RISING,
		"own sourcecfg", source);
	attempt(aplic_is_own_hart(aplic_get_target(at)), "first target",
		source);
	for (unsigned int index = 0; index < 1U << 14; index = 2 * index + 1) {
		if (aplic_is_own_hart(index))
			continue;
		interrupts_write(at, index << HART_SHIFT | 1);
		attempt(aplic_is_own_hart(aplic_get_target(at)), "hart", index);
	}
	for (unsigned int index = 0; index < INTERRUPTS_HARTS; index++) {
		interrupts_write(at, index << HART_SHIFT | 1);
		attempt(aplic_is_own_hart(aplic_get_target(at)), "hart", index);
	}
	for (unsigned int bit = 0; messages && bit < 6; bit++) {
		interrupts_write(at, (uint32_t)hart_get_id() << HART_SHIFT |
				     1U << (GUEST_SHIFT + bit) | 1);
		attempt(!(interrupts_read(at) >> GUEST_SHIFT & 0x3f), "guest",
			bit);
	}
	interrupts_write(base + SOURCECFG(source), SOURCECFG_D | EDGE_RISING);
	attempt(!(interrupts_read(base + SOURCECFG(source)) & SOURCECFG_D),
		"own delegation", source);
	interrupts_write(base + SOURCECFG(source), 0);
}

static void aplic_try_targets(uint64_t base, bool messages)
{
	attempt_begin("interrupts: own sources to foreign harts");
	for (unsigned int s = 1; s < INTERRUPTS_SOURCES; s++) {
		if (interrupts_is_own(s))
			aplic_try_target(base, s, messages);
	}
	attempt_end();
}

static void aplic_try_domain(uint64_t base)
{
	uint32_t domain = interrupts_read(base + DOMAINCFG);

	attempt_begin("interrupts: what all compartments share of the APLIC");
	for (unsigned int bit = 0; bit < 32; bit++) {
		interrupts_write(base + DOMAINCFG, domain ^ 1U << bit);
		attempt(interrupts_read(base + DOMAINCFG) == domain,
			"domaincfg", bit);
	}
	attempt(domain & DOMAINCFG_IE, "delivery is on", domain);
	for (unsigned int offset = 0; offset < 16; offset += 4) {
		interrupts_write(base + MSICFG + offset, ~0U);
		attempt(!interrupts_read(base + MSICFG + offset), "msicfg",
			offset);
	}
	for (unsigned int index = 0; index < INTERRUPTS_HARTS; index++) {
		interrupts_write(base + GENMSI, index << HART_SHIFT | 1);
		attempt(!interrupts_read(base + GENMSI), "genmsi", index);
	}
	attempt_end();
}

/* With messages there are none, one's own neither. */
static void aplic_try_delivery(const struct tree_device *aplic, bool messages)
{
	uint64_t end = aplic->reg.base + aplic->reg.size;

	attempt_begin("interrupts: delivery structures of foreign harts");
	for (unsigned int index = 0; index < INTERRUPTS_HARTS; index++) {
		uint64_t idc = aplic->reg.base + IDC(index);

		if (idc >= end || (!messages && aplic_is_own_hart(index)))
			continue;
		for (unsigned int offset = 0; offset < 32; offset += 4) {
			interrupts_write(idc + offset, 1);
			attempt(!interrupts_read(idc + offset), "register",
				idc + offset);
		}
	}
	attempt_end();
}

void aplic_run(void)
{
	const struct tree_device *aplic = tree_find_device(&tree, NULL,
							   "riscv,aplic");
	const struct tree_hart *hart = tree_find_hart(&tree, hart_get_id());
	uint64_t addresses[4];

	if (!aplic)
		return;
	addresses[0] = aplic->reg.base + SOURCECFG(2);
	addresses[1] = aplic->reg.base + SETIE;
	addresses[2] = aplic->reg.base + TARGET(2);
	addresses[3] = aplic->reg.base + IDC(hart->id);
	aplic_try_sources(aplic->reg.base);
	aplic_try_targets(aplic->reg.base, hart->imsic.size);
	aplic_try_domain(aplic->reg.base);
	aplic_try_delivery(aplic, hart->imsic.size);
	interrupts_try_widths("APLIC", addresses, 4);
}
