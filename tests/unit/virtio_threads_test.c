/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver and device in two threads, made for the thread sanitiser: it sees
 * whether the ring alone orders all data. One pair polls; another sleeps on
 * semaphores, so that a single lost wake-up hangs it, which the alarm ends.
 * Threads that break the rules are in virtio_scribble_test.c.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <port/port.h>

#include "../support/peer.h"
#include "../support/unit.h"

#define NUM		64u
#define BUFFERS		50000u
#define SLOTS		21u	/* of three descriptors each */
#define WORDS		8u
#define LIMIT_SECONDS	240u

struct slot {
	uint32_t request[WORDS];
	uint32_t reply[2][WORDS / 2];
};

struct exchange {
	struct peer *peer;
	bool sleeps;
	sem_t kick, interrupt;
	unsigned int driver_errors, device_errors;
	unsigned int kicks, interrupts;
	uint32_t sequence[SLOTS];	/* the driver's: what is in the slot */
};

static uint32_t word_of(uint32_t sequence, uint32_t i)
{
	return sequence * 2654435761u + i;
}

static struct slot *slot_at(struct exchange *exchange, unsigned int i)
{
	return (struct slot *)peer_at(exchange->peer, PEER_BUFFERS) + i;
}

static bool submit(struct exchange *exchange, unsigned int i, uint32_t sequence)
{
	struct slot *slot = slot_at(exchange, i);
	uint64_t at = peer_bus(PEER_BUFFERS) + i * sizeof(*slot);
	struct virtq_segment segments[3] = {
		{ .addr = at, .len = sizeof(slot->request) },
		{ .addr = at + offsetof(struct slot, reply[0]),
		  .len = sizeof(slot->reply[0]) },
		{ .addr = at + offsetof(struct slot, reply[1]),
		  .len = sizeof(slot->reply[1]) },
	};
	uint32_t w;

	for (w = 0; w < WORDS; w++)
		slot->request[w] = word_of(sequence, w);
	exchange->sequence[i] = sequence;
	return !virtq_driver_add(&exchange->peer->driver, segments, 1, 2, slot);
}

/* Check the reply; returns the slot's number. */
static unsigned int collect(struct exchange *exchange,
			    const struct virtq_completion *done)
{
	struct slot *slot = done->cookie;
	unsigned int i = (unsigned int)(slot - slot_at(exchange, 0));
	uint32_t w, sequence = exchange->sequence[i];

	if (done->len != sizeof(slot->reply))
		exchange->driver_errors++;
	for (w = 0; w < WORDS; w++) {
		uint32_t word = slot->reply[w / (WORDS / 2)][w % (WORDS / 2)];

		if (word != ~word_of(sequence, w))
			exchange->driver_errors++;
	}
	return i;
}

static void wait_for(struct exchange *exchange, sem_t *sem)
{
	if (exchange->sleeps)
		sem_wait(sem);
	else
		sched_yield();
}

static void *run_driver(void *argument)
{
	struct exchange *exchange = argument;
	struct virtq_driver *vq = &exchange->peer->driver;
	unsigned int free_slots[SLOTS], free_count = 0, received = 0;
	struct virtq_completion done;
	uint32_t sent = 0;
	int result;

	for (; free_count < SLOTS; free_count++)
		free_slots[free_count] = free_count;
	while (received < BUFFERS) {
		/* Bursts of changing length, so that both sides run dry. */
		unsigned int burst = sent % 7 + 1;

		while (burst-- && free_count && sent < BUFFERS)
			if (!submit(exchange, free_slots[--free_count], sent++))
				exchange->driver_errors++;
		if (virtq_driver_publish(vq)) {
			exchange->kicks++;
			sem_post(&exchange->kick);
		}
		while ((result = virtq_driver_get(vq, &done)) > 0) {
			free_slots[free_count++] = collect(exchange, &done);
			received++;
		}
		if (result < 0) {
			exchange->driver_errors++;
			break;
		}
		if (free_count && sent < BUFFERS)
			continue;
		if (received < BUFFERS &&
		    !(sent % 2 ? virtq_driver_enable_callbacks(vq) :
		      virtq_driver_enable_callbacks_delayed(vq)))
			wait_for(exchange, &exchange->interrupt);
		virtq_driver_disable_callbacks(vq);
	}
	return NULL;
}

/* Reply to one chain: the complement of each word of the request. */
static void reply(struct exchange *exchange, const struct virtq_chain *chain)
{
	const uint32_t *request = chain->segments[0].pointer;
	uint32_t w;

	if (chain->readable != 1 || chain->writable != 2 ||
	    chain->readable_len != sizeof(uint32_t) * WORDS ||
	    chain->writable_len != sizeof(uint32_t) * WORDS) {
		exchange->device_errors++;
		return;
	}
	for (w = 0; w < WORDS; w++) {
		uint32_t *out = chain->segments[1 + w / (WORDS / 2)].pointer;

		out[w % (WORDS / 2)] = ~request[w];
	}
}

static void publish_used(struct exchange *exchange)
{
	if (virtq_device_publish(&exchange->peer->device)) {
		exchange->interrupts++;
		sem_post(&exchange->interrupt);
	}
}

static void *run_device(void *argument)
{
	struct exchange *exchange = argument;
	struct virtq_device *vq = &exchange->peer->device;
	struct virtq_chain *chain = &exchange->peer->chain;
	uint16_t held[3];
	unsigned int count = 0, served = 0;
	int result;

	while (served < BUFFERS) {
		virtq_device_disable_notifications(vq);
		while ((result = virtq_device_pop(vq, chain)) > 0) {
			reply(exchange, chain);
			held[count++] = chain->head;
			served++;
			/* Three at a time, last one first. */
			if (count < 3)
				continue;
			while (count)
				virtq_device_push(vq, held[--count],
						  sizeof(uint32_t) * WORDS);
			publish_used(exchange);
		}
		if (result < 0) {
			exchange->device_errors++;
			break;
		}
		while (count)
			virtq_device_push(vq, held[--count],
					  sizeof(uint32_t) * WORDS);
		publish_used(exchange);
		if (served < BUFFERS && !virtq_device_enable_notifications(vq))
			wait_for(exchange, &exchange->kick);
	}
	return NULL;
}

static void run_exchange(uint64_t features, bool sleeps)
{
	struct exchange exchange = { .peer = peer_new(NUM), .sleeps = sleeps };
	pthread_t driver, device;

	sem_init(&exchange.kick, 0, 0);
	sem_init(&exchange.interrupt, 0, 0);
	UNIT_ASSERT_INT(peer_start_driver(exchange.peer, features), 0);
	UNIT_ASSERT_INT(peer_start_device(exchange.peer, features), 0);
	alarm(LIMIT_SECONDS);
	pthread_create(&driver, NULL, run_driver, &exchange);
	pthread_create(&device, NULL, run_device, &exchange);
	pthread_join(driver, NULL);
	pthread_join(device, NULL);
	alarm(0);
	UNIT_ASSERT_INT(exchange.driver_errors, 0);
	UNIT_ASSERT_INT(exchange.device_errors, 0);
	UNIT_ASSERT_INT(virtq_driver_free(&exchange.peer->driver), NUM);
	UNIT_ASSERT_INT(virtq_device_in_flight(&exchange.peer->device), 0);
	/* A wake-up per burst at the very most. */
	CU_ASSERT_TRUE(exchange.kicks <= BUFFERS);
	CU_ASSERT_TRUE(exchange.interrupts <= BUFFERS);
	peer_free(exchange.peer);
}

/* Every mode of the ring, as negotiation can choose it. */
static void in_every_mode(bool packed, bool in_order)
{
	uint64_t features = VIRTIO_FEATURE(VIRTIO_F_VERSION_1);

	if (packed)
		features |= VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	if (in_order)
		features |= VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	run_exchange(features, true);
	features |= VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	run_exchange(features, true);
	run_exchange(features, false);
}

static void split_exchange(void)
{
	in_every_mode(false, false);
}

static void split_exchange_in_order(void)
{
	in_every_mode(false, true);
}

static void packed_exchange(void)
{
	in_every_mode(true, false);
}

static void packed_exchange_in_order(void)
{
	in_every_mode(true, true);
}

static const struct unit_test tests[] = {
	UNIT_TEST(split_exchange),
	UNIT_TEST(split_exchange_in_order),
	UNIT_TEST(packed_exchange),
	UNIT_TEST(packed_exchange_in_order),
};

UNIT_MAIN("virtio_threads", tests)
