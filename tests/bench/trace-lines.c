/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace-lines <address of step_marks>: reads a memory trace of step.c (valgrind
 * --tool=lackey --trace-mem=yes) and prints how many cache lines would have
 * moved between two processors, each running one side.
 *
 * The model: MESI, lines of 64 bytes, unlimited caches and no prefetching:
 * a read of what the other side has written last moves the line; so does a
 * write to a line that the other side holds in any way. It counts a model, not
 * hardware. The stack does not count, for each thread has its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES	64u
#define LINES		(1u << 20)	/* of the table: a power of two */
#define STACK_BYTES	(UINT64_C(64) << 20)

struct line {
	uint64_t number;
	uint8_t holders;	/* a bit for each side */
	uint8_t modified;	/* one of them wrote it last */
};

static struct line lines[LINES];

static struct line *line_find(uint64_t number)
{
	uint64_t at = number * UINT64_C(0x9e3779b97f4a7c15) >> 44;

	while (lines[at].holders && lines[at].number != number)
		at = (at + 1) & (LINES - 1);
	lines[at].number = number;
	return &lines[at];
}

/* Let @side access the line; does it move? */
static int line_access(struct line *line, unsigned int side, int write)
{
	uint8_t own = (uint8_t)(1u << side), other = (uint8_t)(2u >> side);
	int moves;

	if (write) {
		moves = (line->holders & other) != 0;
		line->holders = own;
		line->modified = 1;
		return moves;
	}
	moves = !(line->holders & own) && line->holders && line->modified;
	if (!(line->holders & own)) {
		line->holders |= own;
		line->modified = 0;
	}
	return moves;
}

int main(int argc, char **argv)
{
	unsigned long long marks, address, reads = 0, writes = 0, first, last;
	unsigned long long stack = 0;
	unsigned int side = 0, bytes, counting = 0;
	char text[256], kind;

	if (argc != 2)
		return 2;
	marks = strtoull(argv[1], NULL, 16);
	while (fgets(text, sizeof(text), stdin)) {
		/* Instructions begin in the first column, data in the second. */
		if (text[0] != ' ' ||
		    sscanf(text, " %c %llx,%u", &kind, &address, &bytes) != 3)
			continue;
		if (!stack)	/* the first thing any program touches */
			stack = address;
		if (address - marks < 3 * sizeof(long)) {
			if (address - marks == 2 * sizeof(long))
				counting = 1;
			else
				side = address != marks;
			continue;
		}
		if (address - (stack - STACK_BYTES) < 2 * STACK_BYTES)
			continue;
		first = address / LINE_BYTES;
		last = (address + bytes - 1) / LINE_BYTES;
		for (; first <= last; first++) {
			struct line *line = line_find(first);

			/* 'M' loads and then stores. */
			if (kind != 'S' && line_access(line, side, 0))
				reads += counting;
			if (kind != 'L' && line_access(line, side, 1))
				writes += counting;
		}
	}
	if (!counting) {
		fprintf(stderr, "trace-lines: no trace of step\n");
		return 1;
	}
	printf("%llu %llu\n", reads, writes);
	return 0;
}
