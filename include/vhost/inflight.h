/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of requests in flight, in memory that outlives the back end: the
 * front end keeps it and hands it to the back end's next life.
 *
 * Layout and steps are those of the vhost-user specification, "Inflight I/O
 * tracking", for split virtqueues; queues follow one another in steps of a
 * multiple of 64 bytes.
 *
 * Ownership: the structure is the caller's and owns its mapping.
 * Concurrency: one thread; the front end may read or write at any moment.
 * Trust: none in the contents. Whoever else holds the memory can make the next
 * life repeat or forget requests of its own guest, nothing else: indices are
 * checked, walks are bounded, and the memory must be sealed against shrinking.
 */
#ifndef VHOST_INFLIGHT_H
#define VHOST_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <vhost/error.h>
#include <vhost/user.h>

#define VHOST_INFLIGHT_VERSION	1u

struct vhost_inflight_desc {
	uint8_t inflight;
	uint8_t padding[5];
	uint16_t next;		/* in the list of the batch being published */
	uint64_t counter;	/* order of arrival */
};

struct vhost_inflight_queue {
	uint64_t features;
	uint16_t version;	/* 0: never used */
	uint16_t desc_num;
	uint16_t last_batch_head;
	uint16_t used_idx;	/* as of the last batch that was cleared */
	struct vhost_inflight_desc desc[];
};

struct vhost_inflight {
	void *map;		/* NULL: no log */
	size_t map_size;
	size_t queue_bytes;
	uint16_t num_queues;
	uint16_t queue_size;
};

/* Bytes for so many queues. */
uint64_t vhost_inflight_bytes(unsigned int num_queues,
			      unsigned int queue_size);

/*
 * Make zeroed, sealed memory for a log. Returns a descriptor that is the
 * caller's, or VHOST_ERR_SYSTEM.
 */
int vhost_inflight_create(unsigned int num_queues, unsigned int queue_size,
			  struct vhost_fault *fault);

/*
 * Map the memory that a message describes, for at most @max_queues of
 * @max_size. @inflight must hold nothing. Memory of exactly the size that
 * @max_size takes, as GET_INFLIGHT_FD hands out, serves rings of any size up to
 * it, whatever size the message says.
 * Errors: VHOST_ERR_VALUE (too many, too small), VHOST_ERR_MEMORY (file too
 * short, not sealed), VHOST_ERR_SYSTEM.
 */
int vhost_inflight_map(struct vhost_inflight *inflight,
		       const struct vhost_user_inflight *message, int fd,
		       unsigned int max_queues, unsigned int max_size,
		       struct vhost_fault *fault);

void vhost_inflight_unmap(struct vhost_inflight *inflight);

/* A queue's log, or NULL: it has none. */
struct vhost_inflight_queue *
vhost_inflight_get_queue(const struct vhost_inflight *inflight,
			 unsigned int queue);

/*
 * Start or resume: with the used index @used_idx found in the ring, finish what
 * a crash interrupted, and write to @heads (room for @num) the heads in flight,
 * oldest first. Returns their number; *counter goes on from theirs.
 * Errors: VHOST_ERR_VALUE (the log is of another queue size or version, or its
 * contents make no sense), VHOST_ERR_INVALID (@num above VHOST_RING_SIZE_MAX).
 */
int vhost_inflight_resume(struct vhost_inflight_queue *log, uint32_t num,
			  uint64_t features, uint16_t used_idx, uint16_t *heads,
			  uint64_t *counter, struct vhost_fault *fault);

/* Before a request reaches a backend. */
void vhost_inflight_take(struct vhost_inflight_queue *log, uint16_t head,
			 uint64_t counter);

/* Before its used element is written. */
void vhost_inflight_stage(struct vhost_inflight_queue *log, uint16_t head);

/* After the used index, now @used_idx, shows the @staged heads. */
void vhost_inflight_publish(struct vhost_inflight_queue *log, uint32_t num,
			    unsigned int staged, uint16_t used_idx);

#endif
