/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A life that goes on where the last one stopped (docs/channel.md, 6.2). The
 * last one may have stopped between any two stores, and so may this one while
 * it resumes: each store here leaves a record that can be resumed again.
 *
 * The record says where the rings are; of the client's memory nothing counts
 * but the used index, which tells whether the last batch was shown, and the one
 * entry that may have been marked and not counted.
 */
#include <loopback/server.h>
#include <virtio/device.h>

#include "page.h"
#include "server_private.h"

#define STATUS_ENDS (VIRTIO_STATUS_FAILED | VIRTIO_STATUS_DEVICE_NEEDS_RESET)

/*
 * Stops a record of another device, or of another offer of this one, and memory
 * that the client has reused since, from being served.
 */
static bool record_fits(const struct loopback_server *server)
{
	const struct loopback_record *record = server->record;
	uint32_t status = page_load32(&record->status);
	uint64_t features = page_load64(&record->driver_features[0]);

	if (!loopback_record_is_valid(record) ||
	    !page_load64(&record->kept_from) ||
	    page_load32(&server->control->client.state) !=
		    LOOPBACK_CLIENT_ADOPTING ||
	    page_load32(&record->queue_count) != server->device->queue_count)
		return false;
	if (loopback_status_check(0,
				  status & ~VIRTIO_STATUS_DEVICE_NEEDS_RESET))
		return false;
	return !(status & VIRTIO_STATUS_FEATURES_OK) ||
	       (!(features & ~server->features) &&
		features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
}

/* Settle whether the staged batch was shown to the client. */
static int settle_staged(struct loopback_server *server, unsigned int queue)
{
	struct loopback_record_queue *log = &server->record->queue[queue];
	const struct virtq_used *ring =
		server->config.queues[queue].virtq.ring.used;
	uint64_t progress = page_load64(&log->progress);
	uint16_t used = LOOPBACK_PROGRESS_USED(progress);
	uint16_t staged = LOOPBACK_PROGRESS_STAGED(progress);
	uint16_t shown = virtio_le16(port_load(&ring->idx));

	if (shown == (uint16_t)(used + staged))
		loopback_server_log_published(server, queue);
	/* Stops a used index that no life of ours has written. */
	else if (shown != used)
		return LOOPBACK_ERR_PROTOCOL;
	loopback_record_unstage(server, queue);
	return LOOPBACK_OK;
}

/*
 * As many heads must be marked as were taken and not used. One more is that of
 * an entry that was marked and not counted: it is taken anew.
 */
static int settle_marks(struct loopback_server *server, unsigned int queue)
{
	struct loopback_record_queue *log = &server->record->queue[queue];
	const struct virtq_ring *ring =
		&server->config.queues[queue].virtq.ring;
	uint64_t progress = page_load64(&log->progress);
	uint16_t avail = LOOPBACK_PROGRESS_AVAIL(progress);
	unsigned int taken =
		(uint16_t)(avail - LOOPBACK_PROGRESS_USED(progress));
	unsigned int marked = 0, head;

	for (head = 0; head < LOOPBACK_QUEUE_SIZE_MAX; head++) {
		if (!loopback_record_is_marked(log, head))
			continue;
		/* Stops a head that the private arrays have no room for. */
		if (head >= ring->num)
			return LOOPBACK_ERR_RANGE;
		marked++;
	}
	if (marked == taken + 1 &&
	    virtio_le16(port_load(&ring->avail->idx)) != avail) {
		head = virtio_le16(
			port_load(&ring->avail->ring[avail & (ring->num - 1)]));
		if (head < ring->num && loopback_record_is_marked(log, head)) {
			loopback_record_unmark(log, head);
			marked--;
		}
	}
	return marked == taken ? LOOPBACK_OK : LOOPBACK_ERR_PROTOCOL;
}

static int resume_queue(struct loopback_server *server, unsigned int queue)
{
	struct loopback_record_queue *log = &server->record->queue[queue];
	struct loopback_server_queue *own = &server->config.queues[queue];
	struct virtq_position position;
	uint64_t progress = page_load64(&log->progress);
	int ret;

	own->area.size = page_load32(&log->size);
	own->area.descriptor_area = page_load64(&log->descriptor_area);
	own->area.driver_area = page_load64(&log->driver_area);
	own->area.device_area = page_load64(&log->device_area);
	position.avail = LOOPBACK_PROGRESS_AVAIL(progress);
	position.used = LOOPBACK_PROGRESS_USED(progress);
	/* First only to find the ring, whose index says the rest. */
	ret = loopback_queue_start(server, queue, &position);
	if (!ret)
		ret = settle_staged(server, queue);
	if (!ret)
		ret = settle_marks(server, queue);
	if (ret)
		return ret;
	position.used = LOOPBACK_PROGRESS_USED(page_load64(&log->progress));
	own->again = (uint16_t)(position.avail - position.used);
	own->again_head = 0;
	own->state = LOOPBACK_QUEUE_LIVE;
	return loopback_queue_start(server, queue, &position);
}

static int resume_queues(struct loopback_server *server)
{
	uint32_t status = page_load32(&server->record->status);
	unsigned int queue;
	int ret = LOOPBACK_OK;

	for (queue = 0; queue < server->device->queue_count && !ret; queue++) {
		if (!(status & VIRTIO_STATUS_DRIVER_OK) || status & STATUS_ENDS)
			loopback_record_queue_down(server, queue);
		else if (page_load32(&server->record->queue[queue].ready) == 1)
			ret = resume_queue(server, queue);
	}
	while (ret && queue-- > 0)
		server->config.queues[queue].state = LOOPBACK_QUEUE_DISABLED;
	return ret;
}

bool loopback_server_resume(struct loopback_server *server,
			    uint64_t page_generation)
{
	struct loopback_record *record = server->record;
	uint64_t generation, kept_from;

	if (!record || !record_fits(server))
		return false;
	generation = loopback_generation_after(page_load64(&record->generation),
					       page_generation);
	kept_from = page_load64(&record->kept_from);
	/* Stops numbers that begin anew from looking like a row of lives. */
	if (generation <= kept_from)
		return false;
	server->driver_features = page_load64(&record->driver_features[0]);
	if (resume_queues(server)) {
		server->driver_features = 0;
		return false;
	}
	server->status = page_load32(&record->status);
	server->client_generation = page_load64(&record->client_generation);
	server->kept_from = kept_from;
	server->resumed_from = kept_from;
	server->generation = generation;
	page_store64_release(&record->generation, generation);
	return true;
}

/* Again what the last life had taken; its descriptors must be as they were. */
int loopback_server_pop_again(struct loopback_server *server,
			      unsigned int queue, struct virtq_chain *chain)
{
	const struct loopback_record_queue *log = &server->record->queue[queue];
	struct loopback_server_queue *own = &server->config.queues[queue];

	while (!loopback_record_is_marked(log, own->again_head))
		own->again_head++;
	own->again--;
	return virtq_device_repop(&own->virtq, own->again_head++, chain);
}
