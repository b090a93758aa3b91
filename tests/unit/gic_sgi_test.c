/* SPDX-License-Identifier: BSD-2-Clause */
/* Which harts a guest's SGI reaches, and which sources it owns. */
#include "../../lib/arm64/gic_filter.h"
#include "../../lib/arm64/gic_registers.h"
#include "fake_gic.h"
#include "unit.h"

#define SGI_OTHERS	(1ULL << 40)

static void a_list_names_its_cluster_and_range(void)
{
	uint64_t all = 0xffff;

	CU_ASSERT(gic_sgi_names(all, 0, 0));
	CU_ASSERT(gic_sgi_names(all, 0, 15));
	CU_ASSERT(!gic_sgi_names(all, 0, 16));
	CU_ASSERT(!gic_sgi_names(all, 0, 0x100));
	CU_ASSERT(!gic_sgi_names(all, 0, 0x10000));
	CU_ASSERT(!gic_sgi_names(1ULL << 3, 0, 2));
	CU_ASSERT(gic_sgi_names(1ULL << 3, 0, 3));
	/* Range selector, Aff1, Aff2, Aff3. */
	CU_ASSERT(gic_sgi_names(1ULL << 44 | 1, 0, 16));
	CU_ASSERT(!gic_sgi_names(1ULL << 44 | 1, 0, 0));
	CU_ASSERT(gic_sgi_names(1ULL << 16 | 1, 0, 0x100));
	CU_ASSERT(!gic_sgi_names(1ULL << 16 | 1, 0, 0));
	CU_ASSERT(gic_sgi_names(1ULL << 32 | 1, 0, 0x10000));
	CU_ASSERT(!gic_sgi_names(1ULL << 32 | 1, 0, 0));
	CU_ASSERT(!gic_sgi_names(1ULL << 48 | 1, 0, 0));
}

static void others_are_all_but_the_sender(void)
{
	/* Affinities and list are not looked at. */
	CU_ASSERT(gic_sgi_names(SGI_OTHERS, 1, 0));
	CU_ASSERT(!gic_sgi_names(SGI_OTHERS | 0xffff, 1, 1));
	CU_ASSERT(gic_sgi_names(SGI_OTHERS | 1ULL << 48, 1, 0x10203));
}

/* What EL2 writes reaches the one hart that it means, and nobody else. */
static void an_encoded_sgi_names_one_hart(void)
{
	static const uint32_t ids[] = {
		0, 1, 15, 16, 0xff, 0x100, 0x101, 0x10000, 0xffffff,
	};
	unsigned int i, j;

	for (i = 0; i < 9; i++)
		for (j = 0; j < 9; j++) {
			uint64_t sgi = gic_sgi_encode(ids[i], 8);

			UNIT_ASSERT_INT(gic_sgi_names(sgi, 0, ids[j]), i == j);
			UNIT_ASSERT_INT(gic_sgi_intid(sgi), 8);
		}
	UNIT_ASSERT_INT(gic_sgi_encode(0x010213, 7), 0x100107020008ULL);
}

static void sources_are_those_of_the_model(void)
{
	static struct model model;
	static struct gic_filter filter;
	unsigned int intid, own = 0;

	fake_gic_reset(false);
	fake_gic_model(&model);
	/* Nothing that no distributor or no SPI has becomes anybody's. */
	model.devices[0].interrupts[1] = 23;
	model.devices[0].interrupts[2] = 32 * FAKE_WORDS;
	model.devices[0].interrupts[3] = ~0U;
	model.devices[0].interrupt_count = 4;
	gic_filter_init(&filter, &model, 5);
	for (intid = 0; intid < 0x10000; intid++)
		own += gic_filter_owns(&filter, 0, intid);
	UNIT_ASSERT_INT(own, 8 + 2 + 3 + 1 + 2);
	CU_ASSERT(gic_filter_owns(&filter, 0, 7));
	CU_ASSERT(!gic_filter_owns(&filter, 0, 8));
	CU_ASSERT(gic_filter_owns(&filter, 0, 27));
	CU_ASSERT(gic_filter_owns(&filter, 0, 30));
	CU_ASSERT(!gic_filter_owns(&filter, 0, 26));
	CU_ASSERT(gic_filter_owns(&filter, 0, 33));
	CU_ASSERT(!gic_filter_owns(&filter, 0, 34));
	CU_ASSERT(gic_filter_owns(&filter, 1, 34));
	/* Of channels, the client's that have a device to play. */
	CU_ASSERT(gic_filter_owns(&filter, 0, FAKE_PLAYED));
	CU_ASSERT(!gic_filter_owns(&filter, 1, FAKE_PLAYED));
	CU_ASSERT(gic_filter_owns(&filter, 1, FAKE_PLAYED + 1));
	CU_ASSERT(!gic_filter_owns(&filter, 0, FAKE_PLAYED + 2));
	CU_ASSERT(gic_filter_owns(&filter, 0, FAKE_DOORBELL + 1));
	CU_ASSERT(!gic_filter_owns(&filter, 0, FAKE_DOORBELL + 2));
	CU_ASSERT(!gic_filter_owns(&filter, 0, 1023));
	CU_ASSERT(!gic_filter_owns(&filter, 0, 0xffffff));
	UNIT_ASSERT_INT(filter.own[0].sources[0], 0);
	/* A distributor that has them all: the last four are no sources. */
	gic_write(FAKE_GICD + GICD_TYPER, GICD_TYPER_LINES);
	model.devices[0].interrupts[1] = 1019;
	model.devices[0].interrupts[2] = 1020;
	gic_filter_init(&filter, &model, 5);
	UNIT_ASSERT_INT(filter.own[0].sources[31], 1U << 27);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_list_names_its_cluster_and_range),
	UNIT_TEST(others_are_all_but_the_sender),
	UNIT_TEST(an_encoded_sgi_names_one_hart),
	UNIT_TEST(sources_are_those_of_the_model),
};
UNIT_MAIN("gic_sgi", tests)
