/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step <buffers> <depth> <ahead>: drives a ring of ringtest's kind from one
 * thread, both sides in turn, so that what it does can be counted exactly.
 *
 * First the driver side adds <ahead> buffers, which stay in the ring. Then each
 * round adds <depth>, uses <depth> and gets <depth>. Stores to step_marks tell
 * a memory trace whose turn it is, and when the start is over.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "ringtest.h"

/* What main.c of ringtest defines. */
unsigned int ring_size = 256;
int param;
bool do_sleep, do_relax, do_exit;

void kick(void)
{
}

void call(void)
{
}

/* Read by trace-lines.c as three words, in this order. */
enum step_mark { MARK_DRIVER, MARK_DEVICE, MARK_COUNT };
volatile unsigned long step_marks[3] __attribute__((aligned(128), used));

static void require(bool condition)
{
	if (condition)
		return;
	fprintf(stderr, "step: the ring does not do as it should\n");
	exit(1);
}

static void add(unsigned long count)
{
	step_marks[MARK_DRIVER] = 1;
	while (count--)
		require(!add_inbuf(0, "Buffer\n", "Hello, world!"));
}

static void use(unsigned long count)
{
	unsigned int len;
	void *buf;

	step_marks[MARK_DEVICE] = 1;
	while (count--)
		require(!avail_empty() && use_buf(&len, &buf));
}

static void get(unsigned long count)
{
	unsigned int len;
	void *buf;

	step_marks[MARK_DRIVER] = 1;
	while (count--)
		require(!used_empty() && get_buf(&len, &buf));
}

static void rounds(unsigned long buffers, unsigned long depth)
{
	unsigned long done;

	for (done = 0; done < buffers; done += depth) {
		add(depth);
		use(depth);
		get(depth);
	}
}

int main(int argc, char **argv)
{
	unsigned long depth;

	if (argc != 4)
		return 2;
	depth = strtoul(argv[2], NULL, 10);
	alloc_ring();
	add(strtoul(argv[3], NULL, 10));
	/* Twice around the ring, so that no line is touched for the first
	 * time when it counts. */
	rounds(2ul * ring_size, depth);
	step_marks[MARK_COUNT] = 1;
	rounds(strtoul(argv[1], NULL, 10), depth);
	return 0;
}
