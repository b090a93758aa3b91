/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's requests, served by lives of a server of which one, and the next
 * one too, end before each of their stores in turn: each request must end once,
 * well, and without either side being left asleep.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lives.h"

/* Far more than any run takes. */
#define STEPS_MAX 2000

struct lives_channel channel;
const char *lives_failure;

static const struct {
	const char *name;
	uint64_t features;
} cases[] = {
	{ "events by index", VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |
				     VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) },
	{ "events by flags", VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) },
	{ "a flush behind each write", VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) },
};

static unsigned long runs, adopted;

void lives_fail(const char *reason)
{
	if (!lives_failure)
		lives_failure = reason;
}

static void forget_all(void)
{
	memset(channel.control, 0, LOOPBACK_CONTROL_SIZE);
	memset(channel.pool, 0, LIVES_POOL);
	channel.to_server = (struct lives_bells){ false, false };
	channel.to_client = (struct lives_bells){ false, false };
	server_forget_all();
	lives_failure = NULL;
}

/*
 * Until all is done. The life that has died is followed by one of `second`
 * stores, and that by one that lives (0: lives at once).
 */
static void run(uint64_t features, unsigned long first, unsigned long second,
		unsigned long *count)
{
	unsigned int steps;
	bool idle = false, alive;

	forget_all();
	client_begin(features | VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
		     VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC));
	server_set_lifetime(first);
	alive = server_begin();
	*count = server_count_stores();
	for (steps = 0; steps < STEPS_MAX && !lives_failure; steps++) {
		if (client_is_done())
			break;
		if (!alive) {
			client_submit_one();
			server_set_lifetime(second);
			second = 0;
			alive = server_begin();
		} else if (!client_step()) {
			if (idle && !channel.to_server.control &&
			    !channel.to_server.queue)
				lives_fail("both sides sleep");
		}
		if (alive)
			alive = server_step(&idle);
		*count = server_count_stores();
	}
	if (!client_is_done())
		lives_fail("it never ends");
	runs++;
	adopted += client_count_adopted();
}

/* Where it fails first, or 0. */
static unsigned long run_all(uint64_t features, unsigned long *second)
{
	unsigned long first, count, rest, firsts;

	run(features, 0, 0, &firsts);
	if (lives_failure)
		return 1;
	for (first = 1; first <= firsts; first++) {
		run(features, first, 0, &count);
		for (*second = 1; !lives_failure && *second <= count;
		     ++*second)
			run(features, first, *second, &rest);
		if (lives_failure)
			return first;
	}
	return 0;
}

int main(void)
{
	unsigned int i, failed = 0;
	unsigned long first, second;

	channel.control = aligned_alloc(4096, LOOPBACK_CONTROL_SIZE);
	channel.pool = aligned_alloc(4096, LIVES_POOL);
	if (!channel.control || !channel.pool)
		abort();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		runs = 0;
		adopted = 0;
		second = 0;
		first = run_all(cases[i].features, &second);
		failed += first != 0;
		if (first)
			printf("not ok %u - %s: lives that end at store %lu and %lu: %s\n",
			       i + 1, cases[i].name, first, second,
			       lives_failure);
		else
			printf("ok %u - %s: %lu runs, %lu lives continued\n",
			       i + 1, cases[i].name, runs, adopted);
	}
	printf("1..%u\n", i);
	free(channel.control);
	free(channel.pool);
	return failed != 0;
}
