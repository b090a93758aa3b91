/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/sha256.h>
#include <common/console.h>
#include <common/digest.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/pattern.h>
#include "steps.h"

#define LARGE_REQUEST	(256 * 1024)
#define MEASURE_REQUEST	(64 * 1024)

struct pattern {
	unsigned int round;
	uint64_t wrong;		/* first offset that differs */
};

static int digest_look(void *context, uint64_t offset, const void *data,
		       uint32_t size)
{
	(void)offset;
	sha256_update(context, data, size);
	return LOOPBACK_OK;
}

/* As large as asked for and as the pool and the device allow. */
static int transfer_prepare(struct client_disk *disk,
			    struct client_transfer *transfer, uint32_t bytes)
{
	uint64_t size, each;

	transfer->buffers = client_get_buffers(disk, &size);
	each = size / transfer->depth & ~4095ULL;
	if (each > bytes)
		each = bytes;
	if (disk->block.segment_size_max && each > disk->block.segment_size_max)
		each = disk->block.segment_size_max & ~(CLIENT_SECTOR - 1U);
	transfer->request_bytes = each;
	return each ? LOOPBACK_OK : LOOPBACK_ERR_INVALID;
}

static int step_end(const char *step, int error)
{
	if (error)
		print("%s: %s (%d)\n", step, channel_get_error(error), error);
	return error;
}

int client_step_digest(struct client_disk *disk, unsigned int depth)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;
	struct client_transfer transfer = {
		.type = VIRTIO_BLK_T_IN,
		.length = disk->size,
		.depth = depth,
		.look = digest_look,
		.context = &hash,
	};
	int error = transfer_prepare(disk, &transfer, LARGE_REQUEST);

	sha256_init(&hash);
	if (!error)
		error = client_transfer_run(disk, &transfer);
	if (error)
		return step_end("reading the disk", error);
	sha256_finish(&hash, digest);
	digest_print(digest, disk->size);
	if (transfer.retries)
		print("%lu requests were started again after the server's end\n",
		      transfer.retries);
	return LOOPBACK_OK;
}

static void pattern_fill(void *context, uint64_t offset, void *data,
			 uint32_t size)
{
	const struct pattern *pattern = context;
	uint64_t *words = data;

	for (uint32_t i = 0; i < size / 8; i++)
		words[i] = pattern_get(pattern->round, offset + 8 * i);
}

static int pattern_look(void *context, uint64_t offset, const void *data,
			uint32_t size)
{
	struct pattern *pattern = context;
	const uint64_t *words = data;

	for (uint32_t i = 0; i < size / 8; i++) {
		if (words[i] == pattern_get(pattern->round, offset + 8 * i))
			continue;
		pattern->wrong = offset + 8 * i;
		return LOOPBACK_ERR_IO;
	}
	return LOOPBACK_OK;
}

static int pattern_run(struct client_disk *disk, struct client_transfer *t,
		       struct pattern *pattern)
{
	int error = client_transfer_run(disk, t);

	if (error)
		return step_end("writing the pattern", error);
	error = client_request_run(disk, VIRTIO_BLK_T_FLUSH, NULL, 0);
	if (error)
		return step_end("flushing", error);
	t->type = VIRTIO_BLK_T_IN;
	t->fill = NULL;
	t->look = pattern_look;
	error = client_transfer_run(disk, t);
	if (error && pattern->wrong) {
		print("the byte at %lu is not what was written\n",
		      pattern->wrong);
		return error;
	}
	return step_end("reading the pattern back", error);
}

static int pattern_round(struct client_disk *disk, unsigned int depth,
			 unsigned int round)
{
	struct pattern pattern = { .round = round };
	struct client_transfer transfer = {
		.type = VIRTIO_BLK_T_OUT,
		.depth = depth,
		.fill = pattern_fill,
		.context = &pattern,
	};
	int error;

	if (disk->size < PATTERN_BYTES)
		return step_end("writing the pattern", LOOPBACK_ERR_RANGE);
	transfer.offset = disk->size - PATTERN_BYTES;
	transfer.length = PATTERN_BYTES;
	error = transfer_prepare(disk, &transfer, MEASURE_REQUEST);
	if (!error)
		error = pattern_run(disk, &transfer, &pattern);
	return error;
}

int client_step_pattern(struct client_disk *disk, unsigned int depth,
			unsigned int rounds)
{
	int error = LOOPBACK_OK;

	for (unsigned int i = 0; i < rounds && !error; i++)
		error = pattern_round(disk, depth, i);
	if (!error)
		print("pattern %s written to bytes %lu to %lu, flushed, read back and verified, %u time%s\n",
		      PATTERN_NAME, disk->size - PATTERN_BYTES,
		      disk->size - 1, rounds, rounds == 1 ? "" : "s");
	return error;
}

static void measure_print(const struct client_transfer *t, uint64_t ticks,
			  uint64_t rings, uint64_t entries, uint64_t observed)
{
	print("measured on one read of %lu bytes:\n", t->length);
	print("throughput: %lu MiB per guest second (emulated time, no measure of speed)\n",
	      ticks ? (t->length * tree.timebase / ticks) >> 20 : 0);
	print("requests: %lu of %u bytes, %u in flight\n", t->requests,
	      t->request_bytes, t->depth);
	print("doorbells: %lu rung by the client\n", rings);
	print("firmware entries: %lu by the client", entries);
	if (observed)
		print(", %lu by the compartments it observes", observed);
	print("\n");
}

int client_step_measure(struct client_disk *disk, unsigned int depth,
			uint64_t requests)
{
	struct client_transfer transfer = {
		.type = VIRTIO_BLK_T_IN,
		.length = disk->size,
		.depth = depth,
	};
	uint64_t time, rings, entries, observed;
	int error = transfer_prepare(disk, &transfer, MEASURE_REQUEST);

	if (error)
		return step_end("measuring", error);
	if (requests) {
		transfer.wrap = disk->size - disk->size %
				transfer.request_bytes;
		transfer.length = requests * transfer.request_bytes;
	}
	rings = firmware_get_counter(COMPARTMENT_COUNTER_RINGS);
	observed = firmware_get_observed(COMPARTMENT_COUNTER_ENTRIES);
	entries = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES);
	time = hart_get_time();
	error = client_transfer_run(disk, &transfer);
	if (error)
		return step_end("measuring", error);
	time = hart_get_time() - time;
	entries = firmware_get_counter(COMPARTMENT_COUNTER_ENTRIES) - entries;
	observed = firmware_get_observed(COMPARTMENT_COUNTER_ENTRIES) -
		   observed;
	rings = firmware_get_counter(COMPARTMENT_COUNTER_RINGS) - rings;
	measure_print(&transfer, time, rings, entries, observed);
	return LOOPBACK_OK;
}
