/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lost wake-up, provoked: in each round one thread makes work visible while
 * the other goes to sleep, as close together as two threads get. Either the one
 * is told to notify or the other is told not to sleep; if neither, both would
 * wait for ever.
 */
#include <pthread.h>
#include <sched.h>

#include <port/port.h>

#include "../support/peer.h"
#include "../support/unit.h"

#define ROUNDS	30000u

struct crossing {
	struct peer *peer;
	uint32_t arrived;
	uint8_t notify[ROUNDS];		/* what the publisher was told */
	uint8_t stay[ROUNDS];		/* what the sleeper was told */
	unsigned int errors[2];		/* one per thread */
};

static const struct virtq_segment segment = {
	.addr = PEER_BUS + PEER_BUFFERS, .len = 8,
};

/* Both threads leave at once; each call is one meeting of both. */
static void meet(struct crossing *crossing, uint32_t *meetings)
{
	unsigned int spins = 0;

	++*meetings;
	__atomic_add_fetch(&crossing->arrived, 1, __ATOMIC_ACQ_REL);
	while (port_load_acquire(&crossing->arrived) < 2 * *meetings)
		if (++spins % 1024 == 0)
			sched_yield();
}

/*
 * Then each waits a little, by steps of its own: who arrives last leaves first,
 * and only a delay that varies lets the two meet again.
 */
static void meet_roughly(struct crossing *crossing, uint32_t *meetings,
			 uint32_t steps)
{
	static uint32_t word;

	meet(crossing, meetings);
	while (steps--)
		(void)port_load(&word);
}

static void *kick_driver(void *argument)
{
	struct crossing *crossing = argument;
	struct virtq_driver *vq = &crossing->peer->driver;
	struct virtq_completion done;
	uint32_t i, meetings = 0;

	for (i = 0; i < ROUNDS; i++) {
		crossing->errors[0] += virtq_driver_add(vq, &segment, 1, 0,
							NULL) != 0;
		meet_roughly(crossing, &meetings, i % 257);
		crossing->notify[i] = virtq_driver_publish(vq);
		meet(crossing, &meetings);
		/* The device serves; nothing crosses here. */
		meet(crossing, &meetings);
		crossing->errors[0] += virtq_driver_get(vq, &done) != 1;
	}
	return NULL;
}

static void *kick_device(void *argument)
{
	struct crossing *crossing = argument;
	struct virtq_device *vq = &crossing->peer->device;
	struct virtq_chain *chain = &crossing->peer->chain;
	uint32_t i, meetings = 0;

	for (i = 0; i < ROUNDS; i++) {
		virtq_device_disable_notifications(vq);
		meet_roughly(crossing, &meetings, i % 241);
		crossing->stay[i] = virtq_device_enable_notifications(vq);
		meet(crossing, &meetings);
		crossing->errors[1] += virtq_device_pop(vq, chain) != 1;
		crossing->errors[1] += virtq_device_push(vq, chain->head,
							 0) != 0;
		virtq_device_publish(vq);
		meet(crossing, &meetings);
	}
	return NULL;
}

static void *interrupt_driver(void *argument)
{
	struct crossing *crossing = argument;
	struct virtq_driver *vq = &crossing->peer->driver;
	struct virtq_completion done;
	uint32_t i, meetings = 0;

	for (i = 0; i < ROUNDS; i++) {
		virtq_driver_disable_callbacks(vq);
		crossing->errors[0] += virtq_driver_add(vq, &segment, 1, 0,
							NULL) != 0;
		virtq_driver_publish(vq);
		meet(crossing, &meetings);
		/* The device takes the buffer; nothing crosses here. */
		meet_roughly(crossing, &meetings, i % 257);
		crossing->stay[i] = virtq_driver_enable_callbacks(vq);
		meet(crossing, &meetings);
		crossing->errors[0] += virtq_driver_get(vq, &done) != 1;
	}
	return NULL;
}

static void *interrupt_device(void *argument)
{
	struct crossing *crossing = argument;
	struct virtq_device *vq = &crossing->peer->device;
	struct virtq_chain *chain = &crossing->peer->chain;
	uint32_t i, meetings = 0;

	for (i = 0; i < ROUNDS; i++) {
		meet(crossing, &meetings);
		crossing->errors[1] += virtq_device_pop(vq, chain) != 1;
		crossing->errors[1] += virtq_device_push(vq, chain->head,
							 0) != 0;
		meet_roughly(crossing, &meetings, i % 241);
		crossing->notify[i] = virtq_device_publish(vq);
		meet(crossing, &meetings);
	}
	return NULL;
}

static struct crossing crossing;

static void cross(void *(*driver)(void *), void *(*device)(void *),
		  uint64_t features)
{
	unsigned int i, lost = 0;
	pthread_t threads[2];

	crossing.peer = peer_new(16);
	crossing.arrived = 0;
	crossing.errors[0] = crossing.errors[1] = 0;
	UNIT_ASSERT_INT(peer_start_driver(crossing.peer, features), 0);
	UNIT_ASSERT_INT(peer_start_device(crossing.peer, features), 0);
	pthread_create(&threads[0], NULL, driver, &crossing);
	pthread_create(&threads[1], NULL, device, &crossing);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	for (i = 0; i < ROUNDS; i++)
		lost += !crossing.notify[i] && !crossing.stay[i];
	UNIT_ASSERT_INT(lost, 0);
	UNIT_ASSERT_INT(crossing.errors[0] + crossing.errors[1], 0);
	peer_free(crossing.peer);
}

#define FLAGS	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define PACKED	VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)

static void split_kick_by_event_index(void)
{
	cross(kick_driver, kick_device, PEER_SPLIT);
}

static void split_kick_by_flags(void)
{
	cross(kick_driver, kick_device, FLAGS);
}

static void split_interrupt_by_event_index(void)
{
	cross(interrupt_driver, interrupt_device, PEER_SPLIT);
}

static void split_interrupt_by_flags(void)
{
	cross(interrupt_driver, interrupt_device, FLAGS);
}

static void packed_kick_by_event_index(void)
{
	cross(kick_driver, kick_device, PEER_PACKED);
}

static void packed_kick_by_flags(void)
{
	cross(kick_driver, kick_device, FLAGS | PACKED);
}

static void packed_interrupt_by_event_index(void)
{
	cross(interrupt_driver, interrupt_device, PEER_PACKED);
}

static void packed_interrupt_by_flags(void)
{
	cross(interrupt_driver, interrupt_device, FLAGS | PACKED);
}

static const struct unit_test tests[] = {
	UNIT_TEST(split_kick_by_event_index),
	UNIT_TEST(split_kick_by_flags),
	UNIT_TEST(split_interrupt_by_event_index),
	UNIT_TEST(split_interrupt_by_flags),
	UNIT_TEST(packed_kick_by_event_index),
	UNIT_TEST(packed_kick_by_flags),
	UNIT_TEST(packed_interrupt_by_event_index),
	UNIT_TEST(packed_interrupt_by_flags),
};

UNIT_MAIN("virtio_wakeup", tests)
