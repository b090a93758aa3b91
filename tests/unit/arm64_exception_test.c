/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Syndromes: which accesses can be carried out for a guest, what a load puts
 * into its register, and the exception that EL1 gets instead.
 */
#include "../../lib/arm64/exception.h"
#include "../../lib/arm64/id.h"
#include "unit.h"

/* ESR_EL2 as the processor writes it, field by field. */
#define EC(class)	((uint64_t)(class) << 26)
#define IL		(1ULL << 25)
#define ISV		(1ULL << 24)
#define SAS(log2)	((uint64_t)(log2) << 22)
#define SSE		(1ULL << 21)
#define SRT(reg)	((uint64_t)(reg) << 16)
#define SF		(1ULL << 15)
#define CM		(1ULL << 8)
#define S1PTW		(1ULL << 7)
#define WNR		(1ULL << 6)
#define TRANSLATION(level) (4ULL + (level))
#define PERMISSION(level) (12ULL + (level))
#define LOAD		(EC(0x24) | IL | ISV | SAS(2) | SRT(5) | TRANSLATION(1))

#define EL0		0x0ULL
#define EL1T		0x4ULL
#define EL1H		0x5ULL
#define USER32		0x10ULL

static void register_accesses_are_decoded(void)
{
	struct access access;

	CU_ASSERT_TRUE_FATAL(access_decode(LOAD, &access));
	CU_ASSERT_EQUAL(access.size, 4);
	CU_ASSERT_EQUAL(access.reg, 5);
	CU_ASSERT_FALSE(access.write);
	CU_ASSERT_FALSE(access.sign);
	CU_ASSERT_FALSE(access.wide);
	CU_ASSERT_FALSE(access.mapped);
	CU_ASSERT_TRUE_FATAL(access_decode(EC(0x24) | ISV | SAS(3) | SRT(31) |
					   SF | WNR | TRANSLATION(3), &access));
	CU_ASSERT_EQUAL(access.size, 8);
	CU_ASSERT_EQUAL(access.reg, 31);
	CU_ASSERT_TRUE(access.write);
	CU_ASSERT_TRUE(access.wide);
	CU_ASSERT_TRUE_FATAL(access_decode(LOAD | SSE, &access));
	CU_ASSERT_TRUE(access.sign);
	/* A store to a page that stage 2 lets it read */
	CU_ASSERT_TRUE_FATAL(access_decode(EC(0x24) | ISV | SAS(0) | SRT(2) |
					   WNR | PERMISSION(3), &access));
	CU_ASSERT_EQUAL(access.size, 1);
	CU_ASSERT_EQUAL(access.reg, 2);
	CU_ASSERT_TRUE(access.write);
	CU_ASSERT_TRUE(access.mapped);
}

static void addresses_are_put_together(void)
{
	uint64_t addr;

	/* FIPA is bits 39:4; what else is there is none of it. */
	CU_ASSERT_EQUAL(access_get_faulted(0x800000000080a01f,
					   0xffff000012345678), 0x80a01678);
	CU_ASSERT_EQUAL(access_get_faulted(~0ULL, 0), 0xfffffffff000);
	CU_ASSERT_TRUE(access_get_translated(0xff00000050804b80,
					     0xffff800000001050, &addr));
	CU_ASSERT_EQUAL(addr, 0x50804050);
	CU_ASSERT_FALSE(access_get_translated(0x50804001, 0x50, &addr));
}

static void nothing_else_is_carried_out(void)
{
	struct access access;

	CU_ASSERT_FALSE(access_decode(LOAD & ~ISV, &access));
	CU_ASSERT_FALSE(access_decode(LOAD | CM, &access));
	CU_ASSERT_FALSE(access_decode(LOAD | S1PTW, &access));
	CU_ASSERT_FALSE(access_decode(((LOAD & ~0x3fULL) | PERMISSION(3)) &
				      ~ISV, &access));
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | PERMISSION(3) | CM,
				      &access));
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | PERMISSION(3) |
				      S1PTW, &access));
	/* Of the access flag, of addresses too large */
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | 0x9, &access));
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | 0x1, &access));
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | 0x10, &access));
	CU_ASSERT_FALSE(access_decode((LOAD & ~0x3fULL) | 0x21, &access));
}

static uint64_t load(unsigned int log2, bool sign, bool wide, uint64_t value)
{
	struct access access;

	CU_ASSERT_TRUE_FATAL(access_decode(EC(0x24) | ISV | SAS(log2) |
					   (sign ? SSE : 0) | (wide ? SF : 0) |
					   TRANSLATION(3), &access));
	return access_extend(&access, value);
}

static void loads_extend_as_their_instruction_does(void)
{
	/* LDRB, LDRH, LDR Wt, LDR Xt: nothing above what was loaded. */
	CU_ASSERT_EQUAL(load(0, false, false, 0xffffffffffffff80), 0x80);
	CU_ASSERT_EQUAL(load(1, false, false, 0xffffffffffff8000), 0x8000);
	CU_ASSERT_EQUAL(load(2, false, false, 0xffffffff80000000), 0x80000000);
	CU_ASSERT_EQUAL(load(3, false, true, 0x8000000000000001),
			0x8000000000000001);
	/* LDRSB Wt, LDRSB Xt, LDRSH Xt, LDRSW */
	CU_ASSERT_EQUAL(load(0, true, false, 0x80), 0xffffff80);
	CU_ASSERT_EQUAL(load(0, true, true, 0x80), 0xffffffffffffff80);
	CU_ASSERT_EQUAL(load(1, true, true, 0x8000), 0xffffffffffff8000);
	CU_ASSERT_EQUAL(load(2, true, true, 0x80000000), 0xffffffff80000000);
	CU_ASSERT_EQUAL(load(0, true, true, 0x7f), 0x7f);
}

static void aborts_are_external_and_keep_what_they_were(void)
{
	const uint64_t fetch = EC(0x20) | TRANSLATION(2);

	CU_ASSERT_EQUAL(exception_get_abort(LOAD, EL0), EC(0x24) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(LOAD, EL1H), EC(0x25) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(LOAD, EL1T), EC(0x25) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(LOAD | WNR | CM | S1PTW, EL1H),
			EC(0x25) | IL | CM | WNR | 0x10);
	/* A 16-bit instruction of 32-bit code */
	CU_ASSERT_EQUAL(exception_get_abort(LOAD & ~IL, USER32),
			EC(0x24) | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(fetch, EL0), EC(0x20) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(fetch | S1PTW, EL1H),
			EC(0x21) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_abort(fetch, USER32 | 0x20),
			EC(0x20) | IL | 0x10);
	CU_ASSERT_EQUAL(exception_get_undefined(EC(0x18) | IL | 0x300000), IL);
	CU_ASSERT_EQUAL(exception_get_undefined(EC(0x03)), 0);
}

static void vectors_are_those_of_where_it_came_from(void)
{
	CU_ASSERT_EQUAL(exception_get_vector(EL1T), 0x000);
	CU_ASSERT_EQUAL(exception_get_vector(EL1H), 0x200);
	CU_ASSERT_EQUAL(exception_get_vector(EL0), 0x400);
	CU_ASSERT_EQUAL(exception_get_vector(0xf0000000 | EL0), 0x400);
	CU_ASSERT_EQUAL(exception_get_vector(USER32), 0x600);
	/* Thumb, in an IT block */
	CU_ASSERT_EQUAL(exception_get_vector(USER32 | 0x0600fc20), 0x600);
}

static void pstate_is_that_of_an_exception(void)
{
	const uint64_t span = 1ULL << 23, dssbs = 1ULL << 44;

	/* EL1h, everything masked; nothing of what it interrupted but flags */
	CU_ASSERT_EQUAL(exception_get_pstate(EL0, span), 0x3c5);
	CU_ASSERT_EQUAL(exception_get_pstate(0xf0000000 | EL1T, span),
			0xf00003c5);
	/* IL, SS, BTYPE, UAO, TCO, SSBS are not kept. */
	CU_ASSERT_EQUAL(exception_get_pstate(0x02b01c00 | EL1H, span), 0x3c5);
	/* PAN: kept, or set if the guest wants that; SSBS: what it wants */
	CU_ASSERT_EQUAL(exception_get_pstate(0x00400000 | EL1H, span),
			0x004003c5);
	CU_ASSERT_EQUAL(exception_get_pstate(EL0, 0), 0x004003c5);
	CU_ASSERT_EQUAL(exception_get_pstate(EL0, span | dssbs), 0x13c5);
	/* DIT: bit 24, but bit 21 of 32-bit code, whose bit 24 is another's */
	CU_ASSERT_EQUAL(exception_get_pstate(0x01000000 | EL0, span),
			0x010003c5);
	CU_ASSERT_EQUAL(exception_get_pstate(0x00200000 | USER32, span),
			0x010003c5);
	CU_ASSERT_EQUAL(exception_get_pstate(0x01000000 | USER32, span),
			0x3c5);
}

static void id_fields_are_limited_one_by_one(void)
{
	CU_ASSERT_EQUAL(id_limit(0x1111111111111111, 0), 0);
	CU_ASSERT_EQUAL(id_limit(0x0123456789abcdef, ~0ULL),
			0x0123456789abcdef);
	CU_ASSERT_EQUAL(id_limit(0x3, 0x2), 0x2);
	CU_ASSERT_EQUAL(id_limit(0x1, 0x2), 0x1);
	/* Not there, or not Arm's, is neither more nor less than a limit. */
	CU_ASSERT_EQUAL(id_limit(0xf, 0x6), 0);
	CU_ASSERT_EQUAL(id_limit(0xf000000000000000, 0xf000000000000000),
			0xf000000000000000);
	CU_ASSERT_EQUAL(id_limit(0x2012, 0x0012), 0x0012);
}

static const struct unit_test tests[] = {
	UNIT_TEST(register_accesses_are_decoded),
	UNIT_TEST(addresses_are_put_together),
	UNIT_TEST(nothing_else_is_carried_out),
	UNIT_TEST(loads_extend_as_their_instruction_does),
	UNIT_TEST(aborts_are_external_and_keep_what_they_were),
	UNIT_TEST(vectors_are_those_of_where_it_came_from),
	UNIT_TEST(pstate_is_that_of_an_exception),
	UNIT_TEST(id_fields_are_limited_one_by_one),
};

UNIT_MAIN("arm64 exceptions", tests)
