/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device side of a split virtqueue (VirtIO 1.2, 2.7): takes the driver's
 * buffers, hands them back used.
 *
 * Memory: the ring is the driver's and is reached through the region table;
 * in-flight marks and segment arrays are the caller's and private.
 * Concurrency: one thread at a time per queue; the driver runs concurrently and
 * may change every shared byte at any moment.
 * Trust: none in the driver. Each shared field is read once; what is returned
 * is a private copy whose every byte range was translated. Bad input latches
 * the queue (virtq_device_error()): from then on nothing is popped or pushed
 * until virtq_device_init(), which belongs after the driver's reset. The
 * *content* of buffers stays shared: copy a request header before judging it.
 *
 * Work is bounded by the caller: each pop costs at most the queue size in
 * descriptors, so a budget of pops bounds what one kick can ask for. The sleep
 * that loses no wake-up:
 *
 *	for (;;) {
 *		virtq_device_disable_notifications(vq);
 *		while (budget-- && virtq_device_pop(vq, &chain) > 0)
 *			...;
 *		if (!virtq_device_enable_notifications(vq))
 *			wait for the kick;
 *	}
 */
#ifndef VIRTIO_DEVICE_H
#define VIRTIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/error.h>
#include <virtio/region.h>
#include <virtio/ring.h>

struct virtq_device_config {
	struct virtq_addresses addresses; /* as the driver gave them */
	uint64_t features;		/* as negotiated; others are ignored */
	const struct virtio_region_table *regions;
	uint8_t *in_flight;		/* addresses.num bytes, private */
	/*
	 * Where to resume: the index of the next available entry to look at and
	 * of the next used entry to write. Both 0 for a fresh queue. They are
	 * trusted, as they come from this side's own record; what lies between
	 * them is in flight and must be taken again by virtq_device_repop().
	 */
	uint16_t avail_idx;
	uint16_t used_idx;
};

struct virtq_device {
	struct virtq_ring ring;
	const struct virtio_region_table *regions;
	uint8_t *in_flight;		/* per head: popped and not pushed */
	uint16_t mask;
	uint16_t avail_idx;		/* entries popped */
	uint16_t avail_cached;		/* entries known to be available */
	uint16_t used_idx;		/* entries pushed */
	uint16_t published_idx;		/* entries the driver may see */
	uint16_t used_flags;		/* what used->flags holds */
	bool event_idx;
	bool indirect;
	int error;
};

/*
 * One popped buffer. The caller sets `segments` and `capacity` once and may use
 * the same struct for pop after pop. A chain has at most the queue size of
 * segments (2.7.5.3.1); a smaller capacity is a smaller limit, and a driver
 * that passes it, having been told of it (seg_max and the like), latches the
 * queue.
 */
struct virtq_chain {
	struct virtq_segment *segments;	/* readable first, then writable */
	uint16_t capacity;
	uint16_t head;			/* names the chain to push */
	uint16_t readable;		/* segments that the device reads */
	uint16_t writable;		/* segments that the device writes */
	uint32_t readable_len;		/* bytes */
	uint32_t writable_len;		/* bytes; together below 2^32 */
};

/*
 * Check what the driver set up and start. Also the way back from a latched
 * queue: every chain popped before is forgotten and can no longer be pushed.
 *
 * Errors, with the queue latched by the same: VIRTIO_ERR_QUEUE_SIZE,
 * VIRTIO_ERR_ALIGNMENT, VIRTIO_ERR_RANGE (a part not inside one region with the
 * rights it needs), VIRTIO_ERR_OVERLAP (two parts share bytes),
 * VIRTIO_ERR_INVALID (regions or in-flight marks missing, or a resume point
 * with more than the queue size between its two indices).
 */
int virtq_device_init(struct virtq_device *vq,
		      const struct virtq_device_config *config);

/*
 * Take the next available buffer. Returns 1 and fills @chain, 0 if there is
 * none, or the latched error (error.h, the peer's group).
 *
 * A descriptor of length zero names no byte: it counts towards the limit, and
 * is neither translated nor returned. A chain may so have no segment at all.
 * Ordering: what the driver wrote into the buffer before it made it available
 * is visible on return.
 */
int virtq_device_pop(struct virtq_device *vq, struct virtq_chain *chain);

/*
 * After a start with avail_idx ahead of used_idx: take chain @head, which a
 * former life of this side popped and never pushed, once more. Its descriptors
 * are read and checked anew. Returns and errors as virtq_device_pop().
 */
int virtq_device_repop(struct virtq_device *vq, uint16_t head,
		       struct virtq_chain *chain);

/*
 * Hand the chain @head back with @len bytes written from its start (2.7.8). In
 * any order. The driver sees it at the next virtq_device_publish().
 *
 * Errors: VIRTIO_ERR_NOT_IN_FLIGHT (no chain popped since the queue was
 * initialised has this head; nothing is written), the latched error.
 */
int virtq_device_push(struct virtq_device *vq, uint16_t head, uint32_t len);

/*
 * Let the driver see everything pushed so far. Returns true if it asked to be
 * notified of that: the caller then notifies it. Cheap and false if nothing was
 * pushed. What was pushed before bad input latched the queue is still
 * published.
 *
 * Ordering: what the caller wrote into the buffers is visible to the driver
 * before their entries are.
 */
bool virtq_device_publish(struct virtq_device *vq);

/*
 * Ask for no kicks, as a hint; some may come nevertheless. With EVENT_IDX the
 * event stays where it was and is out of the way.
 */
void virtq_device_disable_notifications(struct virtq_device *vq);

/*
 * Ask for a kick at the next available buffer. Returns true if there is work
 * already (a buffer raced, or the budget left some): then the caller must come
 * back without a kick. False on a latched queue, which has no work.
 */
bool virtq_device_enable_notifications(struct virtq_device *vq);

/*
 * Stop serving this queue with @error, a negative value: for a fault found
 * above the ring, or (VIRTIO_ERR_NEEDS_RESET) for the driver's reset. From the
 * return on nothing touches the ring; what was pushed and not published is
 * dropped.
 */
void virtq_device_latch(struct virtq_device *vq, int error);

/* The latched error or 0, and the number of chains popped and not pushed. */
static inline int virtq_device_error(const struct virtq_device *vq)
{
	return vq->error;
}

static inline unsigned int virtq_device_in_flight(const struct virtq_device *vq)
{
	return (uint16_t)(vq->avail_idx - vq->used_idx);
}

#endif
