/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * move <name>: runs the benchmark's ring in two threads with a harness of our
 * own and prints TAP: every buffer comes back, in order, with the right cookie,
 * length and data (ring.c exits with 1 otherwise), polling and sleeping. It
 * says nothing about speed.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ringtest.h"

#define BUFFERS		20000
#define PATIENCE_MS	60000

unsigned int ring_size = 64;

static const char *name;
static bool sleeping;
static int kick_fd, call_fd;

static void give_up(const char *what)
{
	printf("not ok 1 - %s: %s\n1..1\n", name, what);
	exit(1);
}

static void notify(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		give_up("cannot notify");
}

/* A wake-up that was lost is a failure, not a pause. */
static void wait_for(int fd)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };
	uint64_t count;

	if (poll(&entry, 1, PATIENCE_MS) != 1)
		give_up("nobody woke a sleeper");
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		give_up("cannot wait");
}

void kick(void)
{
	notify(kick_fd);
}

void call(void)
{
	notify(call_fd);
}

/* Polling lets the other thread have the processor: there may be only one. */
static void wait_for_used(void)
{
	if (!sleeping)
		sched_yield();
	else if (used_empty() && enable_call())
		wait_for(call_fd);
}

static void wait_for_available(void)
{
	if (!sleeping)
		sched_yield();
	else if (avail_empty() && enable_kick())
		wait_for(kick_fd);
}

static void *run_driver(void *unused)
{
	unsigned int added = 0, got = 0, len;
	void *buf;

	while (got < BUFFERS) {
		bool moved = false;

		if (sleeping)
			disable_call();
		if (added < BUFFERS && !add_inbuf(0, NULL, NULL)) {
			added++;
			moved = true;
			if (sleeping)
				kick_available();
		}
		if (get_buf(&len, &buf)) {
			got++;
			moved = true;
		}
		if (!moved)
			wait_for_used();
	}
	return unused;
}

static void *run_device(void *unused)
{
	unsigned int used = 0, len;
	void *buf;

	while (used < BUFFERS) {
		if (sleeping)
			disable_kick();
		if (!use_buf(&len, &buf)) {
			wait_for_available();
			continue;
		}
		used++;
		if (sleeping)
			call_used();
	}
	return unused;
}

static void run(unsigned int number, bool sleep)
{
	pthread_t driver, device;

	sleeping = sleep;
	kick_fd = eventfd(0, 0);
	call_fd = eventfd(0, 0);
	if (kick_fd < 0 || call_fd < 0)
		give_up("no event descriptor");
	alloc_ring();
	if (pthread_create(&driver, NULL, run_driver, NULL) ||
	    pthread_create(&device, NULL, run_device, NULL))
		give_up("no thread");
	pthread_join(driver, NULL);
	pthread_join(device, NULL);
	close(kick_fd);
	close(call_fd);
	printf("ok %u - %s, %s: %u buffers came back right\n", number, name,
	       sleep ? "sleeping" : "polling", BUFFERS);
}

int main(int argc, char **argv)
{
	name = argc > 1 ? argv[1] : "ring";
	run(1, false);
	run(2, true);
	puts("1..2");
	return 0;
}
