/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver side of a virtqueue, split or packed (VirtIO 1.2, 2.7 and 2.8): offers
 * buffers to a device and takes them back. VIRTIO_F_RING_PACKED among the
 * negotiated features chooses the format; nothing else here depends on it.
 *
 * Memory: the caller supplies ring, slots and indirect tables and keeps them
 * until the device has been reset. Only the ring and the tables are shared; keep
 * the rest on cache lines that the device's private state does not touch.
 * Concurrency: one thread at a time per queue; the device runs concurrently.
 * Trust: none in the device. Whatever it writes, buffers are freed by the slots
 * alone, a completion never claims more bytes than were writable, and a used
 * ring that makes no sense latches the queue (virtq_driver_error()) until it is
 * initialised again after a device reset.
 *
 * The sleep that loses no wake-up:
 *
 *	for (;;) {
 *		virtq_driver_disable_callbacks(vq);
 *		while ((result = virtq_driver_get(vq, &done)) > 0)
 *			...;
 *		if (result < 0)
 *			break;	// latched: reset the device
 *		if (!virtq_driver_enable_callbacks(vq))
 *			wait for the interrupt;
 *	}
 */
#ifndef VIRTIO_DRIVER_H
#define VIRTIO_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/error.h>
#include <virtio/region.h>
#include <virtio/ring.h>

/* Private state per descriptor; only virtq_driver_*() looks inside. Split: of
 * the descriptor. Packed: of the buffer id. */
struct virtq_driver_slot {
	void *cookie;
	uint32_t writable_len;	/* of the chain that starts here */
	uint16_t count;		/* descriptors of that chain, 0: not a head */
	uint16_t next;		/* in the chain, or in the free list */
};

struct virtq_driver_config {
	struct virtq_ring ring;		/* as the driver reaches it */
	uint64_t features;		/* as negotiated; others are ignored */
	struct virtq_driver_slot *slots; /* ring.num of them */
	/*
	 * Optional, used if VIRTIO_F_INDIRECT_DESC was negotiated: ring.num
	 * tables of `table_entries` each, one behind the other, 16-byte
	 * aligned, and the bus address of the first.
	 */
	union {
		struct virtq_desc *tables;
		struct pvirtq_desc *packed_tables;
	};
	uint64_t tables_addr;
	uint16_t table_entries;
};

/*
 * "idx" below is a free-running index of the split ring or an offset into the
 * packed one, as the format has it.
 */
struct virtq_driver {
	struct virtq_ring ring;
	struct virtq_driver_slot *slots;
	union {
		struct virtq_desc *tables;
		struct pvirtq_desc *packed_tables;
	};
	uint64_t tables_addr;
	uint16_t table_entries;
	uint16_t free_head;		/* slots, first in first out */
	uint16_t free_tail;
	uint16_t free_count;		/* free descriptors */
	uint16_t avail_idx;		/* where the next buffer is added */
	uint16_t exposed_idx;		/* from here on the device sees none */
	uint16_t used_idx;		/* where the next one is taken back */
	uint16_t used_cached;		/* split: known to be used up to here */
	uint16_t unasked;		/* entries exposed since it was asked */
	uint16_t unexposed;		/* packed: descriptors */
	uint16_t head_flags;		/* packed: kept back until exposed */
	uint16_t avail_lap;		/* packed: flags of the lap of avail_idx, */
	uint16_t exposed_lap;		/* ... of exposed_idx, */
	uint16_t used_lap;		/* ... and of used_idx */
	uint16_t wish;			/* the driver area's flags */
	uint16_t oldest;		/* in order: used next */
	uint16_t batch_id;		/* in order: the last of a batch */
	uint32_t batch_len;
	uint32_t detached;		/* slots looked at after a reset */
	bool in_batch;
	bool packed;
	bool event_idx;
	bool in_order;
	bool notification_data;
	int error;
};

struct virtq_completion {
	void *cookie;		/* as given to virtq_driver_add() */
	uint32_t len;		/* bytes written, at most those writable; what
				 * lies beyond in the buffer is stale */
};

/*
 * Start with an empty queue: clears all three parts of the ring.
 *
 * The device must not be using the ring: before DRIVER_OK, or after a reset of
 * the device or of this queue. Errors: VIRTIO_ERR_QUEUE_SIZE,
 * VIRTIO_ERR_ALIGNMENT, VIRTIO_ERR_INVALID (a part, the slots or the tables
 * missing).
 */
int virtq_driver_init(struct virtq_driver *vq,
		      const struct virtq_driver_config *config);

/*
 * Add one buffer: @readable segments that the device reads, then @writable ones
 * that it writes. Only `addr` and `len` of a segment are used. With tables, a
 * buffer of several segments that fits one takes a single descriptor. The
 * device sees it at the next virtq_driver_publish() or virtq_driver_expose():
 * add many, publish once.
 *
 * @cookie comes back in the completion and may be NULL.
 * Errors: VIRTIO_ERR_INVALID (no segment, or more than the queue can ever hold,
 * or an empty segment), VIRTIO_ERR_LENGTH (2^32 bytes or more in all),
 * VIRTIO_ERR_FULL (now; take completions and retry), the latched error.
 */
int virtq_driver_add(struct virtq_driver *vq,
		     const struct virtq_segment *segments,
		     unsigned int readable, unsigned int writable,
		     void *cookie);

/*
 * Let the device see everything added so far. Returns true if it asked to be
 * notified of that: the caller then notifies it (the transport's notification
 * orders itself after this). Cheap and false if nothing was added.
 *
 * Ordering: what the caller wrote into the buffers is visible to the device
 * before their entries are.
 */
bool virtq_driver_publish(struct virtq_driver *vq);

/*
 * The first half of virtq_driver_publish(), for a device that is known to poll:
 * it sees everything added so far, and is not asked for its wish. The next
 * virtq_driver_publish() asks for all that was exposed meanwhile.
 */
void virtq_driver_expose(struct virtq_driver *vq);

/*
 * The value to notify the device with for queue @queue: the queue's number, and
 * with VIRTIO_F_NOTIFICATION_DATA above it how far the driver has published
 * (2.9).
 */
uint32_t virtq_driver_notification(const struct virtq_driver *vq,
				   uint16_t queue);

/*
 * Take one completed buffer. Returns 1 and fills @completion, 0 if there is
 * none, or the latched error: VIRTIO_ERR_INDEX (split: used.idx beyond what is
 * outstanding; in order: a batch that ends with no buffer in flight),
 * VIRTIO_ERR_HEAD (id beyond the queue size), VIRTIO_ERR_REUSED (the id is not
 * that of a buffer in flight); also what virtq_driver_init() failed with, and
 * VIRTIO_ERR_NEEDS_RESET once buffers were detached.
 *
 * Ordering: what the device wrote into the buffer is visible on return.
 */
int virtq_driver_get(struct virtq_driver *vq,
		     struct virtq_completion *completion);

/*
 * Would virtq_driver_get() return anything but 0? For a driver that polls: it
 * reads one word of the ring and orders nothing.
 */
bool virtq_driver_has_used(const struct virtq_driver *vq);

/*
 * Ask for no interrupts, as a hint; some may come nevertheless. In a split ring
 * with EVENT_IDX the event stays where it was and is out of the way.
 */
void virtq_driver_disable_callbacks(struct virtq_driver *vq);

/*
 * Ask for an interrupt at the next completion. Returns true if there is work
 * already (a completion raced, or the queue is latched): then the caller must
 * call virtq_driver_get() now, for no interrupt may come.
 */
bool virtq_driver_enable_callbacks(struct virtq_driver *vq);

/*
 * The same, but asks for the interrupt only when three quarters of what is
 * outstanding has completed (EVENT_IDX; without it, at the next completion).
 * Returns true if that has happened already; in a packed ring, whose used
 * descriptors cannot be counted from afar, if anything has.
 */
bool virtq_driver_enable_callbacks_delayed(struct virtq_driver *vq);

/*
 * After a reset of the device or of this queue: give back one buffer that was
 * never completed. Returns false when there is none left; then only
 * virtq_driver_init() may follow.
 */
bool virtq_driver_detach(struct virtq_driver *vq, void **cookie);

/* Free descriptors, and the latched error or 0. */
static inline unsigned int virtq_driver_free(const struct virtq_driver *vq)
{
	return vq->free_count;
}

static inline int virtq_driver_error(const struct virtq_driver *vq)
{
	return vq->error;
}

#endif
