/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include "client.h"

enum piece_state {
	PIECE_IDLE,
	PIECE_READY,		/* to be submitted */
	PIECE_FLYING,
	PIECE_DONE,
};

/* One request of a transfer; request n uses piece n modulo depth. */
struct piece {
	enum piece_state state;
	uint64_t offset;
	uint32_t size;
	unsigned char *data;
};

struct run {
	struct client_disk *disk;
	struct client_transfer *transfer;
	uint64_t total;		/* requests */
	uint64_t issued;	/* pieces filled */
	uint64_t taken;		/* pieces looked at, in order */
	unsigned int waiting;	/* pieces that are PIECE_READY */
	unsigned int restarts;
	uint64_t lost;		/* retries before the last restart */
	bool failed;		/* a request did, which nothing mends */
	struct piece pieces[CLIENT_DEPTH_MAX];
};

static void run_fill(struct run *run)
{
	struct client_transfer *t = run->transfer;
	unsigned int index = run->issued % t->depth;
	uint64_t at = run->issued * t->request_bytes;
	struct piece *piece = &run->pieces[index];

	piece->offset = t->offset + at;
	if (t->wrap)
		piece->offset %= t->wrap;
	piece->size = t->length - at < t->request_bytes ?
		      (uint32_t)(t->length - at) : t->request_bytes;
	piece->data = t->buffers + (uint64_t)index * t->request_bytes;
	if (t->fill)
		t->fill(t->context, piece->offset, piece->data, piece->size);
	piece->state = PIECE_READY;
	run->issued++;
	run->waiting++;
}

static int run_submit_piece(struct run *run, struct piece *piece)
{
	struct loopback_block_data data = {
		.address = (uintptr_t)piece->data,
		.length = piece->size,
	};
	struct loopback_block_io io = {
		.type = run->transfer->type,
		.sector = piece->offset / CLIENT_SECTOR,
		.data = &data,
		.data_count = 1,
		.cookie = piece,
	};
	int error = loopback_block_client_submit(&run->disk->block, &io);

	if (!error) {
		piece->state = PIECE_FLYING;
		run->waiting--;
	}
	return error;
}

/* Keeps `depth` requests in flight; one doorbell at most for all of them. */
static int run_submit(struct run *run)
{
	struct client_transfer *t = run->transfer;
	int error = LOOPBACK_OK;

	while (run->issued < run->total && run->issued - run->taken < t->depth)
		run_fill(run);
	for (uint64_t n = run->taken; run->waiting && n < run->issued; n++) {
		struct piece *piece = &run->pieces[n % t->depth];

		if (piece->state != PIECE_READY)
			continue;
		error = run_submit_piece(run, piece);
		if (error)
			break;
	}
	loopback_block_client_kick(&run->disk->block);
	return error == LOOPBACK_ERR_BUSY ? LOOPBACK_OK : error;
}

/* A request's own failure, if any. */
static int piece_check(const struct piece *piece, uint32_t type,
		       const struct loopback_block_completion *completion)
{
	if (!completion->result && type == VIRTIO_BLK_T_IN &&
	    completion->length != piece->size)
		return LOOPBACK_ERR_PROTOCOL;
	return completion->result;
}

/* Takes all completions there are; LOOPBACK_OK: wait for more. */
static int run_complete(struct run *run, bool *progress)
{
	struct loopback_block_completion completion;
	struct piece *piece;
	int result, error = LOOPBACK_OK;

	while (!(result = client_disk_poll(run->disk, &completion))) {
		piece = completion.cookie;
		*progress = true;
		if (completion.result == LOOPBACK_ERR_PEER) {
			piece->state = PIECE_READY;
			run->waiting++;
			run->transfer->retries++;
			continue;
		}
		piece->state = PIECE_DONE;
		if (!error)
			error = piece_check(piece, run->transfer->type,
					    &completion);
	}
	run->failed = error != LOOPBACK_OK;
	if (result != LOOPBACK_ERR_AGAIN && !error)
		error = result;
	return error;
}

static int run_look(struct run *run)
{
	struct client_transfer *t = run->transfer;
	struct piece *piece;
	int error;

	while (run->taken < run->issued) {
		piece = &run->pieces[run->taken % t->depth];
		if (piece->state != PIECE_DONE)
			break;
		piece->state = PIECE_IDLE;
		run->taken++;
		t->requests++;
		if (!t->look)
			continue;
		error = t->look(t->context, piece->offset, piece->data,
				piece->size);
		if (error)
			return error;
	}
	return LOOPBACK_OK;
}

/*
 * The server's life ended, or its ring makes no sense: attaches to the next
 * life, or resets the device. `lost` requests did not end well.
 */
static int recover(struct client_disk *disk, uint64_t lost)
{
	int error = LOOPBACK_ERR_PEER;

	if (disk->endpoint.state == LOOPBACK_CLIENT_BROKEN) {
		print("the server's ring makes no sense: resetting\n");
		error = client_disk_reset(disk);
	}
	if (error != LOOPBACK_ERR_PEER)
		return error;
	print("%lu requests ended with the server's life\n", lost);
	error = client_disk_attach(disk);
	if (!error)
		print("attached to the server's life %lu\n", disk->peer_life);
	return error;
}

/* What was in flight is submitted again. */
static int run_recover(struct run *run, int reason)
{
	uint64_t lost = run->transfer->retries - run->lost;

	if (run->restarts++ == CLIENT_RESTARTS_MAX)
		return reason;
	run->lost = run->transfer->retries;
	return recover(run->disk, lost);
}

static int run_step(struct run *run)
{
	bool progress = false;
	int error = run_submit(run);

	if (!error || error == LOOPBACK_ERR_STATE)
		error = run_complete(run, &progress);
	if (!run->failed && (error == LOOPBACK_ERR_PEER ||
			     error == LOOPBACK_ERR_PROTOCOL))
		return run_recover(run, error);
	if (!error)
		error = run_look(run);
	if (!error && !progress)
		client_disk_wait(run->disk);
	return error;
}

/* The pool must not be reused while the server may still write to it. */
static void run_drain(struct run *run)
{
	struct loopback_block_completion completion;
	int result;

	for (;;) {
		result = client_disk_poll(run->disk, &completion);
		if (!result)
			continue;
		if (result == LOOPBACK_ERR_PROTOCOL &&
		    !client_disk_reset(run->disk))
			continue;
		if (result != LOOPBACK_ERR_AGAIN ||
		    !loopback_block_client_count_busy(&run->disk->block))
			break;
		client_disk_wait(run->disk);
	}
}

int client_transfer_run(struct client_disk *disk, struct client_transfer *t)
{
	struct run run = { .disk = disk, .transfer = t };
	int error = LOOPBACK_OK;

	run.total = (t->length + t->request_bytes - 1) / t->request_bytes;
	disk->batch = t->depth > 1;
	t->requests = 0;
	t->retries = 0;
	while (!error && run.taken < run.total)
		error = run_step(&run);
	if (error)
		run_drain(&run);
	return error;
}

static int request_try(struct client_disk *disk,
		       const struct loopback_block_io *io)
{
	struct loopback_block_completion completion;
	int result = loopback_block_client_submit(&disk->block, io);

	if (result)
		return result;
	loopback_block_client_kick(&disk->block);
	while ((result = client_disk_poll(disk, &completion)) ==
	       LOOPBACK_ERR_AGAIN)
		client_disk_wait(disk);
	return result ? result : completion.result;
}

int client_request_run(struct client_disk *disk, uint32_t type, void *data,
		       uint32_t size)
{
	struct loopback_block_data piece = {
		.address = (uintptr_t)data,
		.length = size,
	};
	struct loopback_block_io io = {
		.type = type,
		.data = data ? &piece : NULL,
		.data_count = data ? 1 : 0,
	};
	struct loopback_block_completion left;
	int error;

	disk->batch = false;
	for (unsigned int i = 0; i < CLIENT_RESTARTS_MAX; i++) {
		error = request_try(disk, &io);
		if (error != LOOPBACK_ERR_PEER &&
		    disk->endpoint.state != LOOPBACK_CLIENT_BROKEN)
			return error;
		error = recover(disk, 1);
		/* The request of before a reset is handed back after it. */
		while (!error && !client_disk_poll(disk, &left))
			;
		if (error)
			return error;
	}
	return LOOPBACK_ERR_PEER;
}
