/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 32: foreign sources in the distributor and in the own redistributors.
 * Each is written with everything and read as nothing, and the own ones stay
 * where they are.
 */
#include <common/hart.h>
#include <common/tree.h>
#include "../board.h"
#include "../hostile.h"
#include "gic.h"

#define WORDS		(GIC_INTIDS / 32)
#define LPI		8192
#define ROUTE_ANY	(1ULL << 31)

/* Registers of one bit for each INTID. */
static const struct {
	const char *name;
	uint64_t offset;
} gic_bits[] = {
	{ "enable", GIC_ISENABLER },
	{ "pend", GIC_ISPENDR },
	{ "activate", GIC_ISACTIVER },
	{ "clear enables", GIC_ICENABLER },
	{ "clear pending", GIC_ICPENDR },
	{ "clear active", GIC_ICACTIVER },
	{ "group", GIC_IGROUPR },
	{ "group modifier", GIC_IGRPMODR },
};

static void gic_try_bits(uint64_t frame, unsigned int word)
{
	uint32_t foreign = ~gic_get_own(word);

	for (unsigned int i = 0; i < sizeof(gic_bits) / sizeof(gic_bits[0]);
	     i++) {
		uint64_t at = frame + gic_bits[i].offset + 4 * word;

		gic_poke(at, 4, foreign);
		attempt(!(gic_peek(at, 4) & foreign), gic_bits[i].name, word);
		gic_poke(at, 4, 0);
	}
}

static void gic_try_fields(uint64_t frame, unsigned int word)
{
	uint32_t own = gic_get_own(word);

	for (unsigned int i = 0; i < 32; i++) {
		unsigned int intid = 32 * word + i;
		uint64_t at = frame + GIC_IPRIORITYR + intid;
		uint64_t target = frame + GIC_ITARGETSR + intid;

		if (own >> i & 1)
			continue;
		gic_poke(at, 1, 0xf8);
		attempt(!gic_peek(at, 1), "priority", intid);
		gic_poke(at, 1, 0);
		gic_poke(target, 1, 0xff);
		attempt(!gic_peek(target, 1), "target", intid);
	}
	for (unsigned int half = 0; half < 2; half++) {
		uint64_t at = frame + GIC_ICFGR + 8 * word + 4 * half;
		uint32_t foreign = 0;

		for (unsigned int i = 0; i < 16; i++) {
			if (!(own >> (16 * half + i) & 1))
				foreign |= 3U << 2 * i;
		}
		gic_poke(at, 4, foreign);
		/* SGIs are edges, whoever's they are. */
		attempt(!(gic_peek(at, 4) & foreign) || (!word && !half),
			"edge", 32 * word + 16 * half);
		gic_poke(frame + GIC_NSACR + 8 * word + 4 * half, 4, foreign);
	}
}

static void gic_try_routes(void)
{
	for (unsigned int n = GIC_SPI_FIRST; n < GIC_INTIDS; n++) {
		uint64_t at = GICD_BASE + GICD_IROUTER + 8 * n;

		if (gic_is_own_spi(n))
			continue;
		gic_poke(at, 8, hart_get_id());
		attempt(!gic_peek(at, 8), "route", n);
		gic_poke(at, 8, ROUTE_ANY);
		attempt(!gic_peek(at, 8), "route to any", n);
	}
}

static void gic_distributor(void)
{
	uint32_t control = gic_read(GICD_BASE + GICD_CTLR);

	attempt_begin("interrupts: foreign sources of the distributor");
	for (unsigned int word = 1; word < WORDS; word++) {
		gic_try_bits(GICD_BASE, word);
		gic_try_fields(GICD_BASE, word);
	}
	gic_try_routes();
	/* Security, affinity routing and what else is the machine's */
	gic_write(GICD_BASE + GICD_CTLR, ~GICD_CTLR_GROUP1);
	gic_write(GICD_BASE + GICD_CTLR, 0);
	gic_write(GICD_BASE + GICD_CTLR, control);
	attempt(gic_read(GICD_BASE + GICD_CTLR) == control, "control", control);
	attempt_end();
}

/* Where nothing is read: what they did not do is that the others go on. */
static void gic_messages(void)
{
	attempt_begin("interrupts: messages for foreign sources");
	for (unsigned int n = 0; n < GIC_INTIDS; n++) {
		if (gic_is_own_spi(n))
			continue;
		gic_poke(GICD_BASE + GICD_SETSPI_NSR, 4, n);
		gic_poke(GICD_BASE + GICD_SETSPI_SR, 4, n);
		gic_poke(GICD_BASE + GICD_SGIR, 4, n << 16 | n);
		gic_poke(GICD_BASE + GICD_CPENDSGIR + n % 32, 1, 0xff);
		attempt(!(gic_peek(GICD_BASE + GIC_ISPENDR + n / 32 * 4, 4) &
			  1U << n % 32), "pending", n);
		gic_poke(GICD_BASE + GICD_CLRSPI_NSR, 4, n);
		gic_poke(GICD_BASE + GICD_CLRSPI_SR, 4, n);
	}
	attempt_end();
}

/* Where it was, or to an own hart. */
static bool gic_route_is_own(uint64_t route, uint64_t before)
{
	return route == before || tree_find_hart(&tree, route);
}

/* To foreign cores, to any, to absurd ones. */
static void gic_own_routes(void)
{
	attempt_begin("interrupts: own sources to foreign harts");
	for (unsigned int n = GIC_SPI_FIRST; n < GIC_INTIDS; n++) {
		uint64_t at = GICD_BASE + GICD_IROUTER + 8 * n, before;

		if (!gic_is_own_spi(n))
			continue;
		before = gic_peek(at, 8);
		for (unsigned int bit = 0; bit < 64; bit++) {
			gic_poke(at, 8, 1ULL << bit);
			attempt(gic_route_is_own(gic_peek(at, 8), before),
				"route", bit);
			gic_poke(at, 8, before);
		}
		gic_poke(at, 4, ROUTE_ANY);
		gic_poke(at + 4, 4, ~0U);
		attempt(gic_route_is_own(gic_peek(at, 8), before),
			"half a route", n);
		gic_poke(at, 8, before);
	}
	attempt_end();
}

/* Interrupts as memory that the controller writes to by itself. */
static void gic_try_lpis(uint64_t frame)
{
	static const uint64_t tables[] = { GICR_PROPBASER, GICR_PENDBASER };

	for (unsigned int i = 0; i < 2; i++) {
		uint64_t at = frame + tables[i];

		gic_poke(at, 8, board.firmware | 0xf);
		attempt(!gic_peek(at, 8), "table", at);
		gic_poke(at, 4, ~0U);
		gic_poke(at + 4, 4, ~0U);
		attempt(!gic_peek(at, 8), "half a table", at);
	}
	gic_poke(frame + GICR_CTLR, 4, 1);
	attempt(!(gic_peek(frame + GICR_CTLR, 4) & 1), "LPIs on", frame);
	gic_poke(frame + GICR_SETLPIR, 8, LPI);
	gic_poke(frame + GICR_CLRLPIR, 8, LPI);
	gic_poke(frame + GICR_INVLPIR, 8, LPI);
	gic_poke(frame + GICR_INVALLR, 8, 0);
	/* Asleep it would hand nothing on, EL2's own neither. */
	gic_poke(frame + GICR_WAKER, 4, 2);
	attempt(!(gic_peek(frame + GICR_WAKER, 4) & 6), "sleep", frame);
}

static void gic_redistributors(void)
{
	attempt_begin("interrupts: foreign sources of the redistributors");
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		uint64_t frame = gic_get_redistributor(tree.harts[i].id);

		gic_try_lpis(frame);
		gic_try_bits(frame + GICR_SGI, 0);
		gic_try_fields(frame + GICR_SGI, 0);
	}
	attempt_end();
}

void gic_run(void)
{
	gic_distributor();
	gic_messages();
	gic_own_routes();
	gic_redistributors();
	gic_cpu_run();
}
