/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers that trap. Whatever is not listed here is undefined for
 * guests.
 */
#include "arm64.h"
#include "gic.h"
#include "id.h"

/* A register's name, put together as in the syndrome of its trap. */
#define SYSREG(op0, op1, crn, crm, op2)					\
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_MASK		SYSREG(3U, 7U, 15U, 15U, 7U)
#define ISS_READ		1U
#define ISS_RT(iss)		((iss) >> 5 & 0x1f)
#define ISS_OP0(iss)		((iss) >> 20 & 3)
#define ISS_OP1(iss)		((iss) >> 14 & 7)
#define ISS_OP2(iss)		((iss) >> 17 & 7)
#define ISS_CRN(iss)		((iss) >> 10 & 0xf)
#define ISS_CRM(iss)		((iss) >> 1 & 0xf)

#define ICC_PMR			SYSREG(3U, 0U, 4U, 6U, 0U)
#define ICC_DIR			SYSREG(3U, 0U, 12U, 11U, 1U)
#define ICC_RPR			SYSREG(3U, 0U, 12U, 11U, 3U)
#define ICC_SGI1R		SYSREG(3U, 0U, 12U, 11U, 5U)
#define ICC_ASGI1R		SYSREG(3U, 0U, 12U, 11U, 6U)
#define ICC_SGI0R		SYSREG(3U, 0U, 12U, 11U, 7U)
#define ICC_CTLR		SYSREG(3U, 0U, 12U, 12U, 4U)
#define ICC_SRE			SYSREG(3U, 0U, 12U, 12U, 5U)
#define ACTLR			SYSREG(3U, 0U, 1U, 0U, 1U)
#define REVIDR			SYSREG(3U, 0U, 0U, 0U, 6U)
#define AIDR			SYSREG(3U, 1U, 0U, 0U, 7U)
#define OSLAR			SYSREG(2U, 0U, 1U, 0U, 4U)
#define OSLSR			SYSREG(2U, 0U, 1U, 1U, 4U)

#define OSLSR_IMPLEMENTED	(1U << 3)	/* and not locked */
#define ICC_SRE_ALWAYS		7U		/* SRE, DFB, DIB */

static bool sysreg_write(uint32_t name, uint64_t value)
{
	switch (name) {
	case ICC_SGI1R:
		gic_write_sgi1r(value);
		return true;
	case ICC_PMR:
		gic_write_pmr(value);
		return true;
	case ICC_CTLR:
		gic_write_ctlr(value);
		return true;
	case ICC_DIR:
		gic_write_dir(value);
		return true;
	case ICC_SGI0R:		/* Group 0 and the other security state are */
	case ICC_ASGI1R:	/* nobody's to interrupt anything with */
	case ICC_SRE:
	case ACTLR:
	case OSLAR:
		return true;
	default:
		return false;
	}
}

static bool sysreg_read(uint32_t name, uint64_t *value)
{
	switch (name) {
	case ICC_PMR:
		*value = gic_read_pmr();
		return true;
	case ICC_CTLR:
		*value = gic_read_ctlr();
		return true;
	case ICC_RPR:
		*value = gic_read_rpr();
		return true;
	case ICC_SRE:
		*value = ICC_SRE_ALWAYS;
		return true;
	case REVIDR:
		*value = read_sysreg(revidr_el1);
		return true;
	case ACTLR:
	case AIDR:
		*value = 0;
		return true;
	case OSLSR:
		*value = OSLSR_IMPLEMENTED;
		return true;
	default:
		return false;
	}
}

static bool is_id(uint32_t iss)
{
	return ISS_OP0(iss) == 3 && !ISS_OP1(iss) && !ISS_CRN(iss) &&
	       ISS_CRM(iss) >= 1 && ISS_CRM(iss) <= 7;
}

/*
 * Debug registers are those of a core that nobody debugs: zero, writes ignored,
 * for kernels clear them when they start. The write-only and the read-only are
 * told apart in sysreg_read() and sysreg_write(), trace (op1 = 1) is not there.
 */
static bool is_debug(uint32_t iss)
{
	if (ISS_OP0(iss) != 2)
		return false;
	switch (ISS_OP1(iss)) {
	case 0:
		return !ISS_CRN(iss) || ISS_CRN(iss) == 1 || ISS_CRN(iss) == 7;
	case 3:
		return !ISS_CRN(iss);
	default:
		return false;
	}
}

bool sysreg_access(struct trap_frame *frame, uint32_t iss)
{
	uint32_t name = iss & SYSREG_MASK;
	unsigned int reg = ISS_RT(iss);
	uint64_t value = 0;

	if (!(iss & ISS_READ)) {
		if (reg < 31)
			value = frame->x[reg];
		return sysreg_write(name, value) ||
		       (is_debug(iss) && name != OSLSR);
	}
	if (is_id(iss))
		value = id_read(ISS_CRM(iss), ISS_OP2(iss));
	else if (!sysreg_read(name, &value) &&
		 !(is_debug(iss) && name != OSLAR))
		return false;
	if (reg < 31)
		frame->x[reg] = value;
	return true;
}
