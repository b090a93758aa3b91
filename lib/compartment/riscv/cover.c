/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fewest entries for one range.
 *
 * The smallest aligned block around the range is split at its middle into at
 * most two edges: blocks of which one end piece belongs to the range. Inside an
 * edge of order k the boundary lies in one half; the other half is wholly in or
 * wholly out. So, with cost(k, X) the entries needed if larger entries already
 * say X (allow or deny) about the block,
 *
 *	sum(k+1, X)  = cost(k, X) + (1 if the other half is not X)
 *	cost(k+1, X) = min(sum(k+1, X), 1 + sum(k+1, not X))
 *
 * where taking the second means an entry for the block itself. One pass up
 * finds the costs and notes the choices, one pass down writes the entries.
 */
#include "cover.h"

enum { DENY, ALLOW };

/*
 * One block of which `length` bytes are in the range: its first bytes, or its
 * last if `mirrored`. 0 < length < 2^order.
 */
struct edge {
	uint64_t base;
	uint64_t length;
	unsigned int order;
	bool mirrored;
	unsigned int low;	/* the boundary's own alignment */
	uint64_t flips[2];	/* [X] bit k: order k gets an entry that is not X */
	unsigned int cost[2];
};

static unsigned int count_low_zeros(uint64_t value)
{
	unsigned int count = 0;

	for (; !(value & 1); value >>= 1)
		count++;
	return count;
}

/* The address of the sub-block at `offset`, counted from the range's side. */
static uint64_t edge_address(const struct edge *edge, uint64_t offset,
			     unsigned int order)
{
	if (!edge->mirrored)
		return edge->base + offset;
	return edge->base + ((1ULL << edge->order) - offset - (1ULL << order));
}

/* Offset of the sub-block of `order` that has the boundary inside. */
static uint64_t edge_offset(const struct edge *edge, unsigned int order)
{
	return edge->length & ~((1ULL << order) - 1);
}

static void plan_edge(const struct cover *cover, struct edge *edge)
{
	unsigned int k, sum[2];
	bool half_is_in, clean = true;

	edge->low = count_low_zeros(edge->length);
	edge->cost[DENY] = 0;
	edge->cost[ALLOW] = 0;
	edge->flips[DENY] = 0;
	edge->flips[ALLOW] = 0;
	for (k = edge->low + 1; k <= edge->order; k++) {
		half_is_in = edge->length >> (k - 1) & 1;
		sum[DENY] = edge->cost[DENY] + half_is_in;
		sum[ALLOW] = edge->cost[ALLOW] + !half_is_in;
		/* Lowest level: both halves are whole, one in and one out. */
		if (k == edge->low + 1)
			sum[ALLOW] = sum[DENY] = 1;
		clean = clean && cover->is_clean(cover->context,
				edge_address(edge, edge_offset(edge, k), k), k);
		edge->cost[DENY] = sum[DENY];
		edge->cost[ALLOW] = sum[ALLOW];
		/* Allowing what lies beyond must not touch anything else. */
		if (clean && 1 + sum[ALLOW] < sum[DENY]) {
			edge->cost[DENY] = 1 + sum[ALLOW];
			edge->flips[DENY] |= 1ULL << k;
		}
		if (1 + sum[DENY] < sum[ALLOW]) {
			edge->cost[ALLOW] = 1 + sum[DENY];
			edge->flips[ALLOW] |= 1ULL << k;
		}
	}
}

static void put_entry(struct cover *cover, uint64_t base, unsigned int order,
		      unsigned int state)
{
	struct protection_entry *entry;

	if (cover->count < cover->max) {
		entry = &cover->out[cover->count];
		entry->base = base;
		entry->order = (uint8_t)order;
		entry->rights = state == ALLOW ? cover->rights : 0;
		entry->mmio = cover->mmio;
	}
	cover->count++;
}

static void put_edge(struct cover *cover, const struct edge *edge,
		     unsigned int state)
{
	uint64_t offset, half;
	unsigned int k;
	bool half_is_in;

	for (k = edge->order; k > edge->low; k--) {
		offset = edge_offset(edge, k);
		half = 1ULL << (k - 1);
		if (edge->flips[state] >> k & 1) {
			state = !state;
			put_entry(cover, edge_address(edge, offset, k), k,
				  state);
		}
		half_is_in = edge->length >> (k - 1) & 1;
		if (k == edge->low + 1) {
			/* Here the boundary is the middle: in, then out. */
			put_entry(cover, edge_address(edge, offset +
				  (state == DENY ? 0 : half), k - 1), k - 1,
				  !state);
		} else if (half_is_in != (state == ALLOW)) {
			put_entry(cover, edge_address(edge, offset +
				  (half_is_in ? 0 : half), k - 1), k - 1,
				  !state);
		}
	}
}

void cover_range(struct cover *cover, const struct memory_range *range)
{
	uint64_t base = range->base, last = range->base + range->size - 1;
	struct edge left, right;
	unsigned int order = 0;
	uint64_t middle;
	bool whole;

	while (base >> order != last >> order)
		order++;
	left.order = right.order = order;
	left.base = right.base = base >> order << order;
	if (range->size == 1ULL << order) {
		put_entry(cover, base, order, ALLOW);
		return;
	}
	left.mirrored = true;
	right.mirrored = false;
	left.length = right.length = range->size;
	if (base == left.base || last == left.base + (1ULL << order) - 1) {
		struct edge *only = base == left.base ? &right : &left;

		plan_edge(cover, only);
		put_edge(cover, only, DENY);
		return;
	}
	middle = left.base + (1ULL << (order - 1));
	left.order = right.order = order - 1;
	left.length = middle - base;
	right.base = middle;
	right.length = last - middle + 1;
	plan_edge(cover, &left);
	plan_edge(cover, &right);
	whole = cover->is_clean(cover->context, left.base, order) &&
		1 + left.cost[ALLOW] + right.cost[ALLOW] <
		left.cost[DENY] + right.cost[DENY];
	if (whole)
		put_entry(cover, left.base, order, ALLOW);
	put_edge(cover, &left, whole ? ALLOW : DENY);
	put_edge(cover, &right, whole ? ALLOW : DENY);
}
