/* SPDX-License-Identifier: BSD-2-Clause */
/* ICC_SGI1R_EL1 and ICC_SGI0R_EL1: which harts a value names. */
#include "gic_filter.h"

#define SGI_INTID_SHIFT		24
#define SGI_OTHERS		(1ULL << 40)	/* IRM: all but the sender */

/* Aff2 and Aff1 of a hart where the register has them; Aff3 is 0. */
static uint64_t cluster_encode(uint32_t id)
{
	return (uint64_t)(id >> 16 & 0xff) << 32 | (id >> 8 & 0xff) << 16;
}

/* Aff0 is a range of 16 harts and a bit for each of them. */
static uint64_t range_encode(uint32_t id)
{
	return (uint64_t)(id >> 4 & 0xf) << 44;
}

#define SGI_CLUSTER_MASK	0x00ff00ff00ff0000ULL
#define SGI_RANGE_MASK		0x0000f00000000000ULL

bool gic_sgi_names(uint64_t value, uint32_t from, uint32_t to)
{
	if (value & SGI_OTHERS)
		return from != to;
	return (value & SGI_CLUSTER_MASK) == cluster_encode(to) &&
	       (value & SGI_RANGE_MASK) == range_encode(to) &&
	       (value >> (to & 0xf) & 1);
}

uint64_t gic_sgi_encode(uint32_t to, unsigned int intid)
{
	return cluster_encode(to) | range_encode(to) | 1ULL << (to & 0xf) |
	       (uint64_t)intid << SGI_INTID_SHIFT;
}

unsigned int gic_sgi_intid(uint64_t value)
{
	return value >> SGI_INTID_SHIFT & 0xf;
}
