/* SPDX-License-Identifier: BSD-2-Clause */
#include <doorbell/doorbell.h>
#include <stddef.h>

void doorbell_init(struct doorbell *db, const struct doorbell_ops *ops,
		   void *ctx, struct doorbell_side *sides, unsigned int count)
{
	unsigned int i;

	db->ops = ops;
	db->ctx = ctx;
	db->sides = sides;
	for (i = 0; i < count; i++)
		sides[i].count = 0;
}

unsigned int doorbell_count(const struct doorbell *db,
			    unsigned int compartment)
{
	return db->sides[compartment].count;
}

static struct doorbell_end *end_add(struct doorbell *db,
				    unsigned int compartment)
{
	struct doorbell_side *side = &db->sides[compartment];
	struct doorbell_end *end = &side->ends[side->count];

	*end = (struct doorbell_end){ 0 };
	end->compartment = compartment;
	end->link = side->count++;
	return end;
}

int doorbell_add_link(struct doorbell *db, unsigned int one,
		      unsigned int other)
{
	struct doorbell_end *end, *peer;

	if (doorbell_count(db, one) == DOORBELL_LINKS_MAX ||
	    doorbell_count(db, other) == DOORBELL_LINKS_MAX)
		return DOORBELL_ERR_FULL;
	end = end_add(db, one);
	peer = end_add(db, other);
	end->peer = peer;
	peer->peer = end;
	return DOORBELL_OK;
}

/*
 * The receiving end of a compartment's link. A guest's link number only ever
 * selects among the caller's own ends: it cannot name a foreign link.
 */
static struct doorbell_end *end_find(const struct doorbell *db,
				     unsigned int compartment, uint64_t link)
{
	struct doorbell_side *side = &db->sides[compartment];

	return link < side->count ? &side->ends[link] : NULL;
}

int doorbell_peer(const struct doorbell *db, unsigned int compartment,
		  uint64_t link)
{
	const struct doorbell_end *end = end_find(db, compartment, link);

	return end ? end->peer->compartment : DOORBELL_ERR_LINK;
}

/* With the lock held: interrupts the receiver. */
static bool end_deliver(struct doorbell *db, struct doorbell_end *end)
{
	return db->ops->deliver(db->ctx, &end->target);
}

/* Whether a guest's number, or its word for all, means this link. */
static bool end_matches(const struct doorbell_end *end, uint64_t link)
{
	return link == DOORBELL_LINK_ALL || link == end->link;
}

static inline bool end_ring(struct doorbell *db, struct doorbell_end *end,
		     uint64_t bits)
{
	bool delivered = false;
	uint64_t fresh;

	port_lock_acquire(&end->lock);
	if (end->registered) {
		fresh = bits & ~db->ops->pending_or(db->ctx, end->word, bits);
		if (fresh & ~end->mask)
			delivered = end_deliver(db, end);
	} else {
		end->latched |= bits;
	}
	port_lock_release(&end->lock);
	return delivered;
}

void doorbell_take(struct doorbell *db, unsigned int compartment,
		   uint64_t link, uint64_t bits)
{
	end_find(db, compartment, link)->taken |= bits;
}

int doorbell_ring(struct doorbell *db, unsigned int compartment, uint64_t link,
		  uint64_t bits)
{
	const struct doorbell_end *own = end_find(db, compartment, link);
	struct doorbell_end *peer;
	bool taken = false;

	if (!own)
		return DOORBELL_ERR_LINK;
	/* Stops a guest from forging the firmware's word about its peer. */
	if (bits & ~DOORBELL_BITS_GUEST)
		return DOORBELL_ERR_BITS;
	peer = own->peer;
	if (bits & peer->taken) {
		taken = db->ops->take(db->ctx, peer->compartment, peer->link,
				      bits & peer->taken);
		bits &= ~peer->taken;
		if (!bits)
			return taken;
	}
	return end_ring(db, peer, bits) || taken;
}

void doorbell_notify_peers(struct doorbell *db, unsigned int compartment)
{
	struct doorbell_side *side = &db->sides[compartment];
	unsigned int i;

	for (i = 0; i < side->count; i++)
		end_ring(db, side->ends[i].peer, 1ULL << DOORBELL_BIT_PEER);
}

static void end_register(struct doorbell *db, struct doorbell_end *end,
			 uint64_t page, uint32_t hart,
			 const struct doorbell_target *target)
{
	uint64_t carried;

	port_lock_acquire(&end->lock);
	carried = end->latched;
	if (end->registered)
		carried |= db->ops->pending_or(db->ctx, end->word, 0);
	end->word = page + end->link * sizeof(uint64_t);
	end->hart = hart;
	end->target = *target;
	end->latched = 0;
	end->registered = true;
	carried |= db->ops->pending_or(db->ctx, end->word, carried);
	if (carried & ~end->mask)
		end_deliver(db, end);
	port_lock_release(&end->lock);
}

int doorbell_register(struct doorbell *db, unsigned int compartment,
		      uint64_t link, uint64_t page, uint64_t hart,
		      uint64_t identity)
{
	struct doorbell_side *side = &db->sides[compartment];
	struct doorbell_target target;
	unsigned int i;

	if (link != DOORBELL_LINK_ALL && !end_find(db, compartment, link))
		return DOORBELL_ERR_LINK;
	/* Stops the firmware from being made to write into foreign memory. */
	if ((page & (DOORBELL_PAGE_SIZE - 1)) ||
	    !db->ops->check_page(db->ctx, compartment, page))
		return DOORBELL_ERR_PAGE;
	/* Stops a guest from having foreign harts interrupted. */
	if (!db->ops->find_target(db->ctx, compartment, hart, identity,
				  &target))
		return DOORBELL_ERR_TARGET;

	for (i = 0; i < side->count; i++)
		if (end_matches(&side->ends[i], link))
			end_register(db, &side->ends[i], page, hart, &target);
	return DOORBELL_OK;
}

static void end_unregister(struct doorbell_end *end, bool forget)
{
	port_lock_acquire(&end->lock);
	end->registered = false;
	end->word = 0;
	if (forget) {
		end->latched = 0;
		end->mask = 0;
	}
	port_lock_release(&end->lock);
}

int doorbell_unregister(struct doorbell *db, unsigned int compartment,
			uint64_t link)
{
	struct doorbell_side *side = &db->sides[compartment];
	unsigned int i;

	if (link != DOORBELL_LINK_ALL && !end_find(db, compartment, link))
		return DOORBELL_ERR_LINK;
	for (i = 0; i < side->count; i++)
		if (end_matches(&side->ends[i], link))
			end_unregister(&side->ends[i], false);
	return DOORBELL_OK;
}

int doorbell_set_mask(struct doorbell *db, unsigned int compartment,
		      uint64_t link, uint64_t mask)
{
	struct doorbell_end *end = end_find(db, compartment, link);
	uint64_t uncovered;

	if (!end)
		return DOORBELL_ERR_LINK;
	port_lock_acquire(&end->lock);
	uncovered = end->mask & ~mask;
	end->mask = mask;
	if (end->registered && uncovered &&
	    (db->ops->pending_or(db->ctx, end->word, 0) & uncovered))
		end_deliver(db, end);
	port_lock_release(&end->lock);
	return DOORBELL_OK;
}

void doorbell_reset(struct doorbell *db, unsigned int compartment)
{
	struct doorbell_side *side = &db->sides[compartment];
	unsigned int i;

	for (i = 0; i < side->count; i++)
		end_unregister(&side->ends[i], true);
}

void doorbell_hart_started(struct doorbell *db, unsigned int compartment,
			   uint32_t hart)
{
	struct doorbell_side *side = &db->sides[compartment];
	unsigned int i;

	for (i = 0; i < side->count; i++) {
		struct doorbell_end *end = &side->ends[i];

		port_lock_acquire(&end->lock);
		if (end->registered && end->hart == hart &&
		    (db->ops->pending_or(db->ctx, end->word, 0) & ~end->mask))
			end_deliver(db, end);
		port_lock_release(&end->lock);
	}
}
