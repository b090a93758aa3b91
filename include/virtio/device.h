/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device side of a virtqueue, split or packed (VirtIO 1.2, 2.7 and 2.8): takes
 * the driver's buffers, hands them back used. VIRTIO_F_RING_PACKED among the
 * negotiated features chooses the format; nothing else here depends on it.
 *
 * Memory: the ring is the driver's and is reached through the region table;
 * slots and segment arrays are the caller's and private.
 * Keep them, and the queue itself, on cache lines that the other side's private
 * state does not touch, or both run several times slower.
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
 *		for (budget = BUDGET; budget; budget--) {
 *			result = virtq_device_pop(vq, &chain);
 *			if (result <= 0)
 *				break;
 *			...;
 *		}
 *		if (result < 0)
 *			break;	// latched: the driver has to reset
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

/* Private state per chain in flight, by its head; only virtq_device_*() looks
 * inside. */
struct virtq_device_slot {
	uint32_t len;		/* in order: pushed, waiting for its turn */
	uint16_t count;		/* descriptors, 0: not in flight */
	uint16_t next;		/* in order: head popped next; top bit: pushed */
};

struct virtq_device_config {
	struct virtq_addresses addresses; /* as the driver gave them */
	uint64_t features;		/* as negotiated; others are ignored */
	const struct virtio_region_table *regions;
	struct virtq_device_slot *slots; /* addresses.num of them, private */
	/*
	 * NULL for a fresh queue, else where to go on. It is trusted, as it
	 * comes from this side's own record. Split: what lies between the two
	 * indices is in flight and must be taken again by virtq_device_repop().
	 * Packed: used descriptors overwrite those of chains in flight, so only
	 * a side that pushed in the order of popping can go on, with both
	 * values at the first chain not pushed: it is popped again.
	 */
	const struct virtq_position *resume;
};

/*
 * "idx" below is a free-running index of the split ring or an offset into the
 * packed one, as the format has it.
 */
struct virtq_device {
	struct virtq_ring ring;
	const struct virtio_region_table *regions;
	struct virtq_device_slot *slots;
	uint16_t avail_idx;		/* the next chain to pop */
	uint16_t avail_cached;		/* split: known to be available so far */
	uint16_t used_idx;		/* where the next used entry is written */
	uint16_t exposed_idx;		/* from here on the driver sees none */
	uint16_t unasked;		/* entries exposed since it was asked */
	uint16_t unexposed;		/* packed: descriptors */
	uint16_t head_flags;		/* packed: kept back until exposed */
	uint16_t avail_lap;		/* packed: flags of this lap */
	uint16_t used_lap;
	uint16_t held;			/* packed: descriptors of chains taken */
	uint16_t to_repop;		/* chains resumed and not taken again */
	uint16_t in_flight;		/* chains popped, those included */
	uint16_t wish;			/* the device area's flags */
	uint16_t oldest;		/* in order: heads not used yet */
	uint16_t newest;
	uint16_t waiting;		/* in order: how many those are */
	bool packed;
	bool event_idx;
	bool indirect;
	bool in_order;
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
 * VIRTIO_ERR_INVALID (regions or slots missing, or a position to resume that
 * the format cannot have).
 */
int virtq_device_init(struct virtq_device *vq,
		      const struct virtq_device_config *config);

/*
 * Take the next available buffer. Returns 1 and fills @chain, 0 if there is
 * none, or the latched error: the peer's group of error.h, what
 * virtq_device_init() failed with, or what virtq_device_latch() was given. Pop
 * many, push many, publish once. VIRTIO_ERR_INVALID, with nothing taken, in a
 * queue that is used in order and was resumed, before virtq_device_repop() has
 * taken what is older.
 *
 * A descriptor of length zero names no byte: it counts towards the limit, and
 * is neither translated nor returned. A chain may so have no segment at all.
 * Ordering: what the driver wrote into the buffer before it made it available
 * is visible on return.
 */
int virtq_device_pop(struct virtq_device *vq, struct virtq_chain *chain);

/*
 * After resuming a split ring with `avail` ahead of `used`: take chain @head,
 * which a former life of this side popped and never pushed, once more; oldest
 * first if VIRTIO_F_IN_ORDER was negotiated. Its descriptors are read and
 * checked anew. Returns and errors as virtq_device_pop(), and VIRTIO_ERR_INVALID
 * for a packed ring or more chains than were in flight.
 */
int virtq_device_repop(struct virtq_device *vq, uint16_t head,
		       struct virtq_chain *chain);

/*
 * Hand the chain @head back with @len bytes written from its start (2.7.8). In
 * any order: with VIRTIO_F_IN_ORDER the ring keeps what comes too early until
 * its turn. The driver sees it at the next virtq_device_publish() or
 * virtq_device_expose().
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
 * The first half of virtq_device_publish(), for a driver that is known to poll:
 * it sees everything pushed so far, and is not asked for its wish. The next
 * virtq_device_publish() asks for all that was exposed meanwhile.
 */
void virtq_device_expose(struct virtq_device *vq);

/*
 * Would virtq_device_pop() return anything but 0? For a device that polls: it
 * reads one word of the ring and orders nothing.
 */
bool virtq_device_has_available(const struct virtq_device *vq);

/*
 * Ask for no kicks, as a hint; some may come nevertheless. In a split ring with
 * EVENT_IDX the event stays where it was and is out of the way.
 */
void virtq_device_disable_notifications(struct virtq_device *vq);

/*
 * Ask for a kick at the next available buffer. Returns true if there is work
 * already (a buffer raced, the budget left some, or the queue is latched): then
 * the caller must call virtq_device_pop() again, for no kick may come.
 */
bool virtq_device_enable_notifications(struct virtq_device *vq);

/*
 * Stop serving this queue with @error, a negative value: for a fault found
 * above the ring, or (VIRTIO_ERR_NEEDS_RESET) for the driver's reset. From the
 * return on nothing touches the ring; what was pushed and not published is
 * dropped.
 */
void virtq_device_latch(struct virtq_device *vq, int error);

/*
 * How far this side is, for its own record: what virtq_device_config.resume
 * takes. Counts what was pushed, exposed or not.
 */
struct virtq_position virtq_device_position(const struct virtq_device *vq);

/* The latched error or 0, and the number of chains popped and not pushed; those
 * that are to be taken again after a resume count as popped. */
static inline int virtq_device_error(const struct virtq_device *vq)
{
	return vq->error;
}

static inline unsigned int virtq_device_in_flight(const struct virtq_device *vq)
{
	return vq->in_flight;
}

#endif
