/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of the search: for each location every write so far, in the order
 * that all agree on (coherence), and for each thread how far it must have seen.
 *
 * A load may return any write that is not older than what its thread must have
 * seen (so loads are early, and stores late); a store may take its place before
 * writes of the other thread that its own has not seen. A load may also be
 * late: it returns a value that the other thread is yet to write, and the
 * thread goes on, but only up to what orders that load; where the value is
 * never written, the execution does not count. A thread has one such load at a
 * time, and accesses its field again only after it. The three kinds of order
 * take choices away:
 *
 *	release		the write carries what its thread has seen
 *	acquire		the reader has then seen that, too; a read barrier does
 *			it for all earlier reads
 *	full barrier	what one thread has seen before its barrier the other
 *			has seen after its own, if that comes later
 *
 * Nothing here depends on which value was read: dependencies of address, data
 * and control, which the processors respect, order nothing. So the model allows
 * more than they do. A location is a field (fields.h).
 */
#ifndef ORDER_MODEL_H
#define ORDER_MODEL_H

#include "fields.h"
#include "order.h"

#define DEPTH		24	/* writes of one location, the first included */
#define WRITES		127	/* of one thread */
#define VIEWS		32	/* kept by one thread for others to see */
#define WAYS		(2 * DEPTH + LATER)

/* The oldest write of each location that may still be read. */
struct view {
	uint8_t at[FIELDS];
};

/* What a thread does next. */
struct step {
	enum order_kind kind;
	bool ordered;
	uint8_t location;
	uint64_t value;
};

struct write {
	uint64_t value;
	uint8_t view;		/* what it carries: a view of its thread */
	bool pair;		/* read and written in one: nothing between */
};

struct memory_thread {
	bool owes;		/* read a value that is yet to be written */
	uint8_t owed_location;
	uint64_t owed;
	struct view seen;
	struct view read;	/* what was read carried this as well */
	struct view notice;	/* what the pending notification carries */
	uint8_t released;	/* the view that every write carries */
	uint8_t views;
	uint8_t writes;
	struct view view[VIEWS];
	struct write write[WRITES];
};

struct memory {
	struct memory_thread thread[2];
	struct view barrier;	/* seen by whoever passed a full barrier */
	uint8_t count[FIELDS];
	uint8_t writes[FIELDS][DEPTH];	/* 0, or who wrote and which */
};

/* Must @thread get what it is owed before it can do @step? Is anybody owed? */
bool memory_blocks(const struct memory *memory, unsigned int thread,
		   const struct step *step);
bool memory_owes(const struct memory *memory);

/* In how many ways can @thread do @step now, and do it in one of them. Returns
 * what was read. */
unsigned int memory_ways(const struct memory *memory, unsigned int thread,
			 const struct step *step);
uint64_t memory_do(struct memory *memory, unsigned int thread,
		   const struct step *step, unsigned int way);

void memory_send(struct memory *memory, unsigned int from, unsigned int to);
void memory_receive(struct memory *memory, unsigned int thread);

/* The last write of all, whoever may read it. */
uint64_t memory_last(const struct memory *memory, unsigned int location);

/* Feed to @feed what distinguishes this memory from others: writes that nobody
 * can read any more do not. */
void memory_describe(const struct memory *memory,
		     void (*feed)(const void *data, size_t size));

#endif
