/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory model; what it is, is in the header. */
#include <string.h>

#include "model.h"

/* The write at a place in a location's order; NULL is the first. */
static const struct write *write_at(const struct memory *memory,
				    unsigned int location, unsigned int place)
{
	uint8_t name = memory->writes[location][place];

	if (!place)
		return NULL;
	return &memory->thread[name >> 7].write[name & WRITES];
}

static void view_join(struct view *view, const struct view *other)
{
	unsigned int i;

	for (i = 0; i < FIELDS; i++)
		if (view->at[i] < other->at[i])
			view->at[i] = other->at[i];
}

/* Keep what the thread has seen for others to see; view 0 is empty. */
static uint8_t view_keep(struct memory_thread *own)
{
	if (own->views + 1 == VIEWS)
		model_refuse("too many releases");
	own->view[++own->views] = own->seen;
	return own->views;
}

/* How many of the places from @from on may a new write take? */
static unsigned int places_after(const struct memory *memory,
				 unsigned int location, unsigned int from,
				 unsigned int places[])
{
	unsigned int last = memory->count[location], i, n = 0;

	for (i = from; i <= last; i++)
		if (i == last || !write_at(memory, location, i + 1)->pair)
			places[n++] = i;
	return n;
}

/* Can the thread read @value as it is now? Then it need not be owed it. */
static bool value_is_there(const struct memory *memory, unsigned int location,
			   unsigned int from, uint64_t value)
{
	const struct write *write;
	unsigned int i;

	for (i = from; i <= memory->count[location]; i++) {
		write = write_at(memory, location, i);
		if (value == (write ? write->value : field_first(location)))
			return true;
	}
	return false;
}

/* Which values may this load owe itself? */
static unsigned int values_later(const struct memory *memory,
				 unsigned int thread, const struct step *step,
				 uint64_t values[LATER])
{
	const struct memory_thread *own = &memory->thread[thread];
	unsigned int location = step->location, i, known, n = 0;

	if (own->owes || step->ordered)
		return 0;
	known = field_later(location, !thread, values);
	for (i = 0; i < known; i++)
		if (!value_is_there(memory, location, own->seen.at[location],
				    values[i]))
			values[n++] = values[i];
	return n;
}

/* Is this store what the other thread is owed? */
static bool store_is_owed(const struct memory *memory, unsigned int thread,
			  const struct step *step)
{
	const struct memory_thread *other = &memory->thread[!thread];

	return step->kind == ORDER_STORE && other->owes &&
	       other->owed_location == step->location &&
	       other->owed == step->value;
}

bool memory_blocks(const struct memory *memory, unsigned int thread,
		   const struct step *step)
{
	const struct memory_thread *own = &memory->thread[thread];

	if (!own->owes)
		return false;
	/* What comes later than an acquire is not what came before it. */
	if (step->kind <= ORDER_OR)
		return step->location == own->owed_location ||
		       (step->ordered && step->kind != ORDER_LOAD);
	return step->ordered || step->kind >= ORDER_NOTIFY;
}

bool memory_owes(const struct memory *memory)
{
	return memory->thread[0].owes || memory->thread[1].owes;
}

unsigned int memory_ways(const struct memory *memory, unsigned int thread,
			 const struct step *step)
{
	unsigned int seen = memory->thread[thread].seen.at[step->location];
	unsigned int places[DEPTH], n;
	uint64_t values[LATER];

	switch (step->kind) {
	case ORDER_LOAD:
		return memory->count[step->location] - seen + 1 +
		       values_later(memory, thread, step, values);
	case ORDER_STORE:
	case ORDER_SWAP:
	case ORDER_OR:
		n = places_after(memory, step->location, seen, places);
		return store_is_owed(memory, thread, step) ? 2 * n : n;
	default:
		return 1;
	}
}

static void insert_places(struct view *view, unsigned int location,
			  unsigned int place)
{
	if (view->at[location] >= place)
		view->at[location]++;
}

/* Make room for a write behind @place, in the order and in all views. */
static void insert_after(struct memory *memory, unsigned int location,
			 unsigned int place, uint8_t name)
{
	uint8_t *writes = memory->writes[location];
	unsigned int t, i;

	if (memory->count[location] + 1 == DEPTH)
		model_refuse("too many writes of one field");
	for (i = ++memory->count[location]; i > place + 1; i--)
		writes[i] = writes[i - 1];
	writes[place + 1] = name;
	insert_places(&memory->barrier, location, place + 1);
	for (t = 0; t < 2; t++) {
		struct memory_thread *other = &memory->thread[t];

		insert_places(&other->seen, location, place + 1);
		insert_places(&other->read, location, place + 1);
		insert_places(&other->notice, location, place + 1);
		for (i = 1; i <= other->views; i++)
			insert_places(&other->view[i], location, place + 1);
	}
}

static uint64_t memory_read(struct memory *memory, unsigned int thread,
			    const struct step *step, unsigned int place)
{
	struct memory_thread *own = &memory->thread[thread];
	unsigned int location = step->location;
	const struct write *write;
	const struct view *carried;
	uint64_t values[LATER];

	if (place > memory->count[location]) {
		values_later(memory, thread, step, values);
		own->owes = true;
		own->owed_location = step->location;
		own->owed = values[place - memory->count[location] - 1];
		return own->owed;
	}
	own->seen.at[location] = (uint8_t)place;
	write = write_at(memory, location, place);
	if (!write)
		return field_first(location);
	carried = &memory->thread[memory->writes[location][place] >> 7]
			   .view[write->view];
	view_join(&own->read, carried);
	if (step->ordered)
		view_join(&own->seen, carried);
	return write->value;
}

static void memory_write(struct memory *memory, unsigned int thread,
			 const struct step *step, unsigned int place,
			 uint64_t value)
{
	struct memory_thread *own = &memory->thread[thread];
	struct write *write = &own->write[own->writes];
	uint8_t name = (uint8_t)(thread << 7 | own->writes);

	if (++own->writes == WRITES)
		model_refuse("too many writes of one thread");
	insert_after(memory, step->location, place, name);
	own->seen.at[step->location] = (uint8_t)(place + 1);
	write->value = value;
	write->pair = step->kind != ORDER_STORE;
	write->view = step->ordered ? view_keep(own) : own->released;
	field_note(step->location, thread, value);
}

/* The other thread's late load takes place: it reads what is at @place. */
static void memory_settle(struct memory *memory, unsigned int thread,
			  const struct step *step, unsigned int place)
{
	const struct step late = { .location = step->location };

	if (memory->thread[!thread].seen.at[step->location] >= place)
		return;
	memory->thread[!thread].owes = false;
	memory_read(memory, !thread, &late, place);
}

static void memory_barrier(struct memory *memory, unsigned int thread)
{
	struct memory_thread *own = &memory->thread[thread];

	view_join(&own->seen, &own->read);
	view_join(&own->seen, &memory->barrier);
	memory->barrier = own->seen;
	own->released = view_keep(own);
}

uint64_t memory_do(struct memory *memory, unsigned int thread,
		   const struct step *step, unsigned int way)
{
	struct memory_thread *own = &memory->thread[thread];
	unsigned int seen = own->seen.at[step->location];
	unsigned int places[DEPTH], n;
	uint64_t old;
	bool owed;

	switch (step->kind) {
	case ORDER_LOAD:
		return memory_read(memory, thread, step, seen + way);
	case ORDER_STORE:
		owed = store_is_owed(memory, thread, step);
		n = places_after(memory, step->location, seen, places);
		memory_write(memory, thread, step, places[way % n],
			     step->value);
		if (owed && way >= n)
			memory_settle(memory, thread, step,
				      places[way % n] + 1);
		return 0;
	case ORDER_SWAP:
	case ORDER_OR:
		places_after(memory, step->location, seen, places);
		old = memory_read(memory, thread, step, places[way]);
		memory_write(memory, thread, step, places[way],
			     step->kind == ORDER_OR ? old | step->value :
						      step->value);
		return old;
	case ORDER_READ_BARRIER:
		if (step->ordered)
			view_join(&own->seen, &own->read);
		return 0;
	case ORDER_FULL_BARRIER:
		if (step->ordered)
			memory_barrier(memory, thread);
		return 0;
	default:
		return 0;
	}
}

void memory_send(struct memory *memory, unsigned int from, unsigned int to)
{
	view_join(&memory->thread[to].notice, &memory->thread[from].seen);
}

void memory_receive(struct memory *memory, unsigned int thread)
{
	struct memory_thread *own = &memory->thread[thread];

	view_join(&own->seen, &own->notice);
	memset(&own->notice, 0, sizeof(own->notice));
}

uint64_t memory_last(const struct memory *memory, unsigned int location)
{
	const struct write *write = write_at(memory, location,
					     memory->count[location]);

	return write ? write->value : field_first(location);
}

/* Feed how far @view is beyond what both threads have seen. */
static void view_describe(const struct view *view, const struct view *both,
			  void (*feed)(const void *data, size_t size))
{
	struct view beyond;
	unsigned int i;

	for (i = 0; i < field_count(); i++)
		beyond.at[i] = view->at[i] > both->at[i] ?
				       (uint8_t)(view->at[i] - both->at[i]) :
				       0;
	feed(&beyond, field_count());
}

static void write_describe(const struct memory *memory, unsigned int location,
			   unsigned int place, const struct view *both,
			   void (*feed)(const void *data, size_t size))
{
	const struct write *write = write_at(memory, location, place);
	const struct memory_thread *writer;
	uint64_t first;

	if (!write) {
		first = field_first(location);
		feed(&first, sizeof(first));
		return;
	}
	writer = &memory->thread[memory->writes[location][place] >> 7];
	feed(&write->value, sizeof(write->value));
	feed(&write->pair, sizeof(write->pair));
	view_describe(&writer->view[write->view], both, feed);
}

void memory_describe(const struct memory *memory,
		     void (*feed)(const void *data, size_t size))
{
	struct view both = memory->thread[0].seen;
	unsigned int t, i, place;

	for (i = 0; i < field_count(); i++)
		if (both.at[i] > memory->thread[1].seen.at[i])
			both.at[i] = memory->thread[1].seen.at[i];
	for (t = 0; t < 2; t++) {
		const struct memory_thread *own = &memory->thread[t];

		view_describe(&own->seen, &both, feed);
		view_describe(&own->read, &both, feed);
		view_describe(&own->notice, &both, feed);
		view_describe(&own->view[own->released], &both, feed);
		feed(&own->owes, sizeof(own->owes));
		if (own->owes) {
			feed(&own->owed_location, 1);
			feed(&own->owed, sizeof(own->owed));
		}
	}
	view_describe(&memory->barrier, &both, feed);
	for (i = 0; i < field_count(); i++) {
		if (!memory->count[i])
			continue;
		feed(&i, sizeof(i));
		for (place = both.at[i]; place <= memory->count[i]; place++)
			write_describe(memory, i, place, &both, feed);
	}
}
