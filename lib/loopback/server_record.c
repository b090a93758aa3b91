/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server-private record: what a server tells its own next life. Only the
 * server writes it, and it is read again only after this hart has been stopped,
 * so the releases below pair with no acquire of another hart: they keep the
 * compiler and the store buffer from reordering what a crash may cut short.
 */
#include <loopback/server.h>
#include <port/port.h>

#include "page.h"
#include "server_private.h"

static void record_clear_queue(struct loopback_record_queue *log)
{
	unsigned int i;

	page_store32_release(&log->ready, 0);
	/* Release: after the store that keeps a next life from resuming this */
	page_store32_release(&log->size, 0);
	page_store64_release(&log->descriptor_area, 0);
	page_store64_release(&log->driver_area, 0);
	page_store64_release(&log->device_area, 0);
	page_store64_release(&log->progress, 0);
	for (i = 0; i < LOOPBACK_RECORD_WORDS; i++) {
		page_store64_release(&log->in_flight[i], 0);
		page_store64_release(&log->staged[i], 0);
	}
}

bool loopback_record_is_valid(const struct loopback_record *record)
{
	return page_load32(&record->magic) == LOOPBACK_RECORD_MAGIC &&
	       page_load32(&record->version) == LOOPBACK_RECORD_VERSION;
}

uint64_t loopback_generation_after(uint64_t last, uint64_t page_generation)
{
	/*
	 * The page's value may be the client's forgery: differing from it is
	 * what counts, for the client compares with what it saw there.
	 */
	do {
		last++;
	} while (last == page_generation || !last);
	return last;
}

uint64_t loopback_record_begin(struct loopback_server *server,
			       uint64_t page_generation)
{
	struct loopback_record *record = server->record;
	uint64_t generation = page_generation;
	unsigned int queue;

	if (record && loopback_record_is_valid(record))
		generation = page_load64(&record->generation);
	generation = loopback_generation_after(generation, page_generation);
	if (!record)
		return generation;
	page_store32_release(&record->magic, 0);
	page_store32(&record->version, LOOPBACK_RECORD_VERSION);
	page_store64(&record->generation, generation);
	page_store32(&record->queue_count, server->device->queue_count);
	page_store32(&record->status, 0);
	page_store64(&record->driver_features[0], 0);
	page_store64(&record->driver_features[1], 0);
	page_store64(&record->client_generation, 0);
	page_store64(&record->kept_from, 0);
	for (queue = 0; queue < server->device->queue_count; queue++)
		record_clear_queue(&record->queue[queue]);
	page_store32_release(&record->magic, LOOPBACK_RECORD_MAGIC);
	return generation;
}

void loopback_record_status(struct loopback_server *server)
{
	struct loopback_record *record = server->record;

	if (!record)
		return;
	page_store64(&record->client_generation, server->client_generation);
	page_store64(&record->kept_from, server->kept_from);
	/* A status without FEATURES_OK makes the former features void. */
	if (server->status & VIRTIO_STATUS_FEATURES_OK)
		page_store64(&record->driver_features[0],
			     server->driver_features);
	page_store32_release(&record->status, server->status);
}

void loopback_record_queue_up(struct loopback_server *server,
			      unsigned int queue)
{
	const struct loopback_queue_request *area =
		&server->config.queues[queue].area;
	struct loopback_record_queue *log;

	if (!server->record)
		return;
	log = &server->record->queue[queue];
	record_clear_queue(log);
	page_store32(&log->size, area->size);
	page_store64(&log->descriptor_area, area->descriptor_area);
	page_store64(&log->driver_area, area->driver_area);
	page_store64(&log->device_area, area->device_area);
	page_store32_release(&log->ready, 1);
}

void loopback_record_queue_down(struct loopback_server *server,
				unsigned int queue)
{
	if (server->record)
		record_clear_queue(&server->record->queue[queue]);
}

/* The queue's log, or NULL without a record. */
static struct loopback_record_queue *get_log(struct loopback_server *server,
					     unsigned int queue)
{
	return server->record ? &server->record->queue[queue] : NULL;
}

static void mark(uint64_t *words, uint16_t head)
{
	uint64_t *word = &words[head / 64];

	page_store64(word, page_load64(word) | 1ull << head % 64);
}

bool loopback_record_is_marked(const struct loopback_record_queue *log,
			       unsigned int head)
{
	return page_load64(&log->in_flight[head / 64]) >> head % 64 & 1;
}

void loopback_record_unmark(struct loopback_record_queue *log,
			    unsigned int head)
{
	uint64_t *word = &log->in_flight[head / 64];

	page_store64_release(word, page_load64(word) & ~(1ull << head % 64));
}

void loopback_server_log_taken(struct loopback_server *server,
			       unsigned int queue, uint16_t head)
{
	const struct virtq_device *virtq = &server->config.queues[queue].virtq;
	struct loopback_record_queue *log = get_log(server, queue);
	uint64_t progress;

	if (!log)
		return;
	progress = page_load64(&log->progress);
	mark(log->in_flight, head);
	/*
	 * Mark first, then move on: a life that ends between the two takes the
	 * entry again and finds the mark already set.
	 */
	page_store64_release(
		&log->progress,
		LOOPBACK_PROGRESS(virtq_device_position(virtq).avail,
				  LOOPBACK_PROGRESS_USED(progress),
				  LOOPBACK_PROGRESS_STAGED(progress)));
}

void loopback_server_log_staged(struct loopback_server *server,
				unsigned int queue, uint16_t head)
{
	struct loopback_record_queue *log = get_log(server, queue);
	uint64_t progress;

	if (!log)
		return;
	progress = page_load64(&log->progress);
	mark(log->staged, head);
	page_store64_release(
		&log->progress,
		LOOPBACK_PROGRESS(LOOPBACK_PROGRESS_AVAIL(progress),
				  LOOPBACK_PROGRESS_USED(progress),
				  LOOPBACK_PROGRESS_STAGED(progress) + 1));
}

void loopback_server_log_published(struct loopback_server *server,
				   unsigned int queue)
{
	struct loopback_record_queue *log = get_log(server, queue);
	unsigned int words, i;
	uint64_t progress;

	if (!log)
		return;
	progress = page_load64(&log->progress);
	if (!LOOPBACK_PROGRESS_STAGED(progress))
		return;
	words = (server->config.queues[queue].area.size + 63) / 64;
	for (i = 0; i < words; i++)
		page_store64(&log->in_flight[i],
			     page_load64(&log->in_flight[i]) &
				     ~page_load64(&log->staged[i]));
	page_store64_release(
		&log->progress,
		LOOPBACK_PROGRESS(LOOPBACK_PROGRESS_AVAIL(progress),
				  LOOPBACK_PROGRESS_USED(progress) +
					  LOOPBACK_PROGRESS_STAGED(progress),
				  0));
	/* With a staged count of 0 a next life ignores what is left here. */
	for (i = 0; i < words; i++)
		page_store64_release(&log->staged[i], 0);
}

void loopback_record_unstage(struct loopback_server *server, unsigned int queue)
{
	struct loopback_record_queue *log = &server->record->queue[queue];
	uint64_t progress = page_load64(&log->progress);
	unsigned int i;

	page_store64_release(
		&log->progress,
		LOOPBACK_PROGRESS(LOOPBACK_PROGRESS_AVAIL(progress),
				  LOOPBACK_PROGRESS_USED(progress), 0));
	for (i = 0; i < LOOPBACK_RECORD_WORDS; i++)
		page_store64_release(&log->staged[i], 0);
}
