/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second thread writes what it likes into the ring while one side works on
 * it: case 12 of the threat model's list against the device side, 18 and 19
 * against the driver side. Neither may reach out of bounds, which the address
 * sanitiser watches, or be made to believe what it did not do itself.
 */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <port/port.h>

#include "../support/hostile.h"

#define NUM		HOSTILE_NUM
#define ROUNDS		1500u
#define ENOUGH		300u	/* of what has to happen for a test to count */
#define LIMIT_SECONDS	150u

struct scribble {
	struct peer *peer;
	void (*step)(struct peer *peer, uint32_t random);
	uint32_t steps;		/* of the other thread */
	uint32_t stop;
	uint32_t state;		/* of this one */
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Good descriptors and bad ones, and indices that fit or do not. */
static void scribble_split_driver(struct peer *peer, uint32_t r)
{
	uint64_t addr = peer_bus(r % PEER_BYTES);

	peer_desc(peer, (uint16_t)(r % NUM),
		  r & 0x10000 ? addr : addr << (r >> 28),
		  r & 0x700000 ? r >> 24 : ~r, (uint16_t)((r >> 8) & 7),
		  (uint16_t)((r >> 5) % (NUM + 1)));
	port_store(&peer->ring.avail->ring[r / 3 % NUM],
		   virtio_le16((uint16_t)(r / 7 % (NUM + (r % 64 == 0)))));
	port_store_release(&peer->ring.avail->idx,
			   virtio_le16((uint16_t)(r / 17 % (NUM + 4))));
	port_store(virtq_used_event(&peer->ring), (uint16_t)r);
}

static void scribble_packed_driver(struct peer *peer, uint32_t r)
{
	uint64_t addr = peer_bus(r % PEER_BYTES);
	uint16_t lap = (r >> 4) % 8 ? VIRTQ_DESC_F_AVAIL << (r >> 31) * 8 :
				      (r >> 7 & 1) * 0x8080;

	peer_packed(peer, (uint16_t)(r % NUM),
		    r & 0x10000 ? addr : addr << (r >> 28),
		    r & 0x700000 ? r >> 24 : ~r,
		    (uint16_t)(r / 7 % (NUM + (r % 64 == 0))),
		    (uint16_t)(((r >> 8) & 7) | lap));
	peer_set_driver_event(peer, (uint16_t)r, (uint16_t)(r >> 16));
}

/* Used entries with and without sense, and all that only the driver writes. */
static void scribble_split_device(struct peer *peer, uint32_t r)
{
	struct virtq_used_elem *elem = &peer->ring.used->ring[r % NUM];
	uint16_t idx = peer_read_avail_idx(peer);
	uint32_t id = r & 0xe00 ? peer_read_avail(peer, (uint16_t)(r % NUM)) :
				  r / 11 % (NUM + (r % 64 == 0));

	peer_desc(peer, (uint16_t)(r / 5 % NUM), r, r, (uint16_t)r,
		  (uint16_t)(r >> 16));
	port_store(&elem->id, virtio_le32(id));
	port_store(&elem->len, virtio_le32(r & 0x100 ? r : r % 600));
	if (r & 0x3000)
		port_store_release(&peer->ring.used->idx, virtio_le16(idx));
	else if (!(r & 0xf0000))
		port_store_release(&peer->ring.used->idx, (uint16_t)(r >> 20));
	port_store(virtq_avail_event(&peer->ring), (uint16_t)r);
	if (!(r & 0x1e0))
		port_store(&peer->ring.avail->ring[r / 13 % NUM], (uint16_t)r);
}

static void scribble_packed_device(struct peer *peer, uint32_t r)
{
	uint32_t ids = r & 0xe00 ? 3 : r % 64 ? NUM : NUM + 1;

	peer_packed(peer, (uint16_t)(r % NUM), r, r & 0x100 ? r : r % 600,
		    (uint16_t)(r / 11 % ids),
		    (uint16_t)((r >> 31) * 0x8080 + (r >> 12) % 8));
	peer_set_device_event(peer, (uint16_t)r, (uint16_t)(r >> 16));
	peer_set_driver_event(peer, (uint16_t)r, (uint16_t)(r >> 16));
}

static void *run_scribbler(void *argument)
{
	struct scribble *scribble = argument;
	uint32_t state = 88172645, steps = 0;

	while (!port_load_acquire(&scribble->stop)) {
		scribble->step(scribble->peer, next_random(&state));
		port_store(&scribble->steps, ++steps);
	}
	return NULL;
}

/* This thread writes too, so that each round finds something new even if the
 * two never run at once. */
static void scribble_here(struct scribble *scribble, unsigned int count)
{
	while (count--)
		scribble->step(scribble->peer, next_random(&scribble->state));
}

/*
 * Call @round, which returns what went wrong and counts what went well, until
 * enough was seen, with the other thread running, however late it starts.
 */
static unsigned int
run_rounds(struct scribble *scribble,
	   unsigned int (*round)(struct scribble *scribble,
				 unsigned int *count))
{
	unsigned int rounds, wrong = 0, count = 0;
	pthread_t thread;

	scribble->state = 2463534242;
	alarm(LIMIT_SECONDS);
	pthread_create(&thread, NULL, run_scribbler, scribble);
	for (rounds = 0; rounds < ROUNDS || count < ENOUGH ||
	     port_load(&scribble->steps) < ENOUGH; rounds++) {
		wrong += round(scribble, &count);
		if (rounds % 16 == 0)
			sched_yield();
	}
	port_store_release(&scribble->stop, 1);
	pthread_join(thread, NULL);
	alarm(0);
	return wrong;
}

/* Is the range of every segment inside the block, whatever happened? */
static unsigned int stray_segments(const struct peer *peer)
{
	unsigned int i, stray = peer->chain.head >= NUM;
	uint64_t total = 0;

	for (i = 0; i < (unsigned int)peer->chain.readable +
	     peer->chain.writable; i++) {
		const struct virtq_segment *segment = &peer->segments[i];
		size_t offset = (size_t)((unsigned char *)segment->pointer -
					 peer->memory);

		total += segment->len;
		stray += !segment->len || offset >= PEER_BYTES ||
			segment->len > PEER_BYTES - offset ||
			segment->addr != PEER_BUS + offset;
	}
	stray += total != (uint64_t)peer->chain.readable_len +
		peer->chain.writable_len;
	return stray;
}

/* What the device side does all day, in whatever it finds. */
static unsigned int serve_round(struct scribble *scribble, unsigned int *popped)
{
	struct peer *peer = scribble->peer;
	unsigned int budget = 4 * NUM, wrong = 0;
	struct virtq_device *vq = &peer->device;

	scribble_here(scribble, 2 * NUM);
	wrong += peer_resume_device(peer, peer->features, NULL) != 0;
	while (budget-- && virtq_device_pop(vq, &peer->chain) > 0) {
		wrong += stray_segments(peer);
		++*popped;
		wrong += virtq_device_in_flight(vq) > NUM;
		/* Some are held back, and some of those forgotten. */
		if (*popped % 3)
			wrong += virtq_device_push(vq, peer->chain.head,
						   *popped) != 0;
		if (*popped % 5 == 0)
			virtq_device_publish(vq);
		if (*popped % 7 == 0)
			virtq_device_enable_notifications(vq);
	}
	virtq_device_publish(vq);
	return wrong;
}

static void case_12_ring_changes_while_it_is_read(uint64_t features)
{
	struct peer *peer = hostile_start(features);
	struct scribble scribble = {
		.peer = peer,
		.step = peer->packed ? scribble_packed_driver :
				       scribble_split_driver,
	};

	UNIT_ASSERT_INT(run_rounds(&scribble, serve_round), 0);
	UNIT_ASSERT_INT(peer_start_device(peer, features), 0);
	hostile_serve_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_12_ring_changes_while_it_is_read)

static void case_12_ring_changes_in_order(uint64_t features)
{
	case_12_ring_changes_while_it_is_read(features | HOSTILE_IN_ORDER);
}
HOSTILE_BOTH(case_12_ring_changes_in_order)

/* The caller's side of the driver: what it gave away, by cookie. */
struct ledger {
	bool away[NUM];
	uint32_t writable[NUM];
};

/* The cookies are pointers into the ledger; is this one away, and no longer? */
static unsigned int take_back(struct ledger *ledger, const void *cookie,
			      uint32_t len)
{
	size_t tag = (size_t)((const bool *)cookie - ledger->away);

	if (tag >= NUM || !ledger->away[tag] || len > ledger->writable[tag])
		return 1;
	ledger->away[tag] = false;
	return 0;
}

static void give_away(struct peer *peer, struct ledger *ledger,
		      unsigned int tag)
{
	unsigned int readable = tag % 3, writable = 3 - readable, i;

	if (ledger->away[tag] ||
	    virtq_driver_add(&peer->driver, hostile_segments, readable,
			     writable, &ledger->away[tag]))
		return;
	ledger->away[tag] = true;
	ledger->writable[tag] = 0;
	for (i = readable; i < 3; i++)
		ledger->writable[tag] += hostile_segments[i].len;
}

/* From a start to a latch, or to the end of the budget; then all comes back. */
static unsigned int drive_round(struct scribble *scribble,
				unsigned int *completed)
{
	struct peer *peer = scribble->peer;
	struct ledger ledger = { 0 };
	struct virtq_driver *vq = &peer->driver;
	unsigned int step, tag, wrong;
	struct virtq_completion done;
	void *cookie;
	int result = 0;

	wrong = peer_restart_driver(peer, peer->features) != 0;
	for (step = 0; step < 4 * NUM && result >= 0; step++) {
		give_away(peer, &ledger, step % NUM);
		if (step % 3)
			virtq_driver_publish(vq);
		if (step % 8 == 7)
			virtq_driver_enable_callbacks_delayed(vq);
		scribble_here(scribble, 1);
		result = virtq_driver_get(vq, &done);
		if (result > 0) {
			wrong += take_back(&ledger, done.cookie, done.len);
			++*completed;
		}
		wrong += virtq_driver_free(vq) > NUM;
	}
	while (virtq_driver_detach(vq, &cookie))
		wrong += take_back(&ledger, cookie, 0);
	wrong += virtq_driver_free(vq) != NUM;
	for (tag = 0; tag < NUM; tag++)
		wrong += ledger.away[tag];
	return wrong;
}

static void case_18_19_used_entries_forged_all_the_time(uint64_t features)
{
	struct peer *peer = hostile_start_driver(features);
	struct scribble scribble = {
		.peer = peer,
		.step = peer->packed ? scribble_packed_device :
				       scribble_split_device,
	};

	/* With and without tables for the device to rewrite. */
	peer->table_entries = features & HOSTILE_IN_ORDER ? 4 : 0;
	UNIT_ASSERT_INT(run_rounds(&scribble, drive_round), 0);
	UNIT_ASSERT_INT(peer_start_driver(peer, features), 0);
	hostile_complete_good(peer);
	peer_free(peer);
}
HOSTILE_BOTH(case_18_19_used_entries_forged_all_the_time)

static void case_18_19_batches_forged_all_the_time(uint64_t features)
{
	case_18_19_used_entries_forged_all_the_time(features |
						    HOSTILE_IN_ORDER);
}
HOSTILE_BOTH(case_18_19_batches_forged_all_the_time)

static const struct unit_test tests[] = {
	HOSTILE_TESTS(case_12_ring_changes_while_it_is_read),
	HOSTILE_TESTS(case_12_ring_changes_in_order),
	HOSTILE_TESTS(case_18_19_used_entries_forged_all_the_time),
	HOSTILE_TESTS(case_18_19_batches_forged_all_the_time),
};

UNIT_MAIN("virtio_scribble", tests)
