/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request costs, at depth 1 and 32: entries into the firmware on every
 * hart, doorbells in both directions, instructions. The manifest lets the
 * client observe the server, so that both sides are counted; with -icount the
 * instruction counter is the machine's. Idle harts are in wfi.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <string.h>
#include "client.h"

#define BENCH_REQUESTS	1024
#define BENCH_BYTES	4096
#define BENCH_SCALE	1000	/* printed with three decimals */

struct bench_sample {
	uint64_t entries;
	uint64_t rings;
	uint64_t instructions;
	uint64_t firmware;	/* those of them inside trap handlers */
	uint64_t copied;
};

static uint64_t bench_get_instructions(void)
{
	return hart_get_instructions() + hart_get_firmware_instructions();
}

static uint64_t bench_get_both(unsigned int counter)
{
	return firmware_get_counter(counter) + firmware_get_observed(counter);
}

/* In this order, so that most of the reading is outside what it reads. */
static void bench_begin(struct bench_sample *s)
{
	s->copied = copy_bytes;
	s->rings = bench_get_both(COMPARTMENT_COUNTER_RINGS);
	s->firmware = bench_get_both(COMPARTMENT_COUNTER_INSTRUCTIONS);
	s->entries = bench_get_both(COMPARTMENT_COUNTER_ENTRIES);
	s->instructions = bench_get_instructions();
}

static void bench_end(struct bench_sample *s, const struct bench_sample *begin)
{
	s->instructions = bench_get_instructions() - begin->instructions;
	s->entries = bench_get_both(COMPARTMENT_COUNTER_ENTRIES) -
		     begin->entries;
	s->firmware = bench_get_both(COMPARTMENT_COUNTER_INSTRUCTIONS) -
		      begin->firmware;
	s->rings = bench_get_both(COMPARTMENT_COUNTER_RINGS) - begin->rings;
	s->copied = copy_bytes - begin->copied;
}

static void bench_print(const char *name, unsigned int depth,
			const char *suffix, uint64_t value, const char *unit)
{
	uint64_t scaled = value * BENCH_SCALE / BENCH_REQUESTS;

	print("bench: %s_depth%u%s %lu.%03lu %s\n", name, depth, suffix,
	      scaled / BENCH_SCALE, scaled % BENCH_SCALE, unit);
}

static int bench_run(struct client_disk *disk, unsigned int depth,
		     const char *suffix, struct bench_sample *total)
{
	struct client_transfer transfer = {
		.type = VIRTIO_BLK_T_IN,
		.length = (uint64_t)BENCH_REQUESTS * BENCH_BYTES,
		.wrap = disk->size - disk->size % BENCH_BYTES,
		.request_bytes = BENCH_BYTES,
		.depth = depth,
	};
	struct bench_sample begin, cost, overhead;
	uint64_t size;
	int error;

	transfer.buffers = client_get_buffers(disk, &size);
	if (size < (uint64_t)depth * BENCH_BYTES)
		return LOOPBACK_ERR_INVALID;
	/* What the reading of the counters itself adds. */
	bench_begin(&begin);
	bench_end(&overhead, &begin);
	bench_begin(&begin);
	error = client_transfer_run(disk, &transfer);
	if (error)
		return error;
	bench_end(&cost, &begin);
	bench_print("firmware_entries_per_request", depth, suffix,
		    cost.entries - overhead.entries, "entries");
	bench_print("doorbells_per_request", depth, suffix, cost.rings,
		    "doorbells");
	bench_print("instructions_per_request", depth, suffix,
		    cost.instructions - overhead.instructions, "instructions");
	bench_print("instructions_per_request_firmware", depth, suffix,
		    cost.firmware - overhead.firmware, "instructions");
	total->copied += cost.copied;
	return LOOPBACK_OK;
}

int client_bench_run(struct client_disk *disk, bool software)
{
	const char *suffix = software ? "_ssip" : "";
	struct bench_sample total = { .copied = 0 };
	uint64_t moved = 2ULL * BENCH_REQUESTS * BENCH_BYTES;
	int error = bench_run(disk, 1, suffix, &total);

	if (!error)
		error = bench_run(disk, CLIENT_DEPTH_MAX, suffix, &total);
	if (error) {
		print("bench: %s (%d)\n", channel_get_error(error), error);
		return error;
	}
	print("bench: client_bytes_copied %lu bytes\n", total.copied);
	print("bench: client_bytes_moved %lu bytes\n", moved);
	return LOOPBACK_OK;
}
