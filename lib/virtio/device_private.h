/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What device.c asks of a format, one set of these functions in device_split.c,
 * one in device_packed.c, of one signature each, and the walk along a chain that
 * both share.
 */
#ifndef VIRTIO_DEVICE_PRIVATE_H
#define VIRTIO_DEVICE_PRIVATE_H

#include <virtio/device.h>

/* The function of this name that the queue's format has. */
#define DEVICE_FORMAT(function, vq, ...)				\
	((vq)->packed ? virtq_packed_##function(vq, ##__VA_ARGS__) :	\
			virtq_split_##function(vq, ##__VA_ARGS__))

/* What a walk has seen so far of the chain that it fills in. */
struct virtq_walk {
	struct virtq_chain *chain;
	uint32_t visited;
	uint32_t readable_len;
	uint64_t total;
};

/* The part of a descriptor that says where a piece of the buffer is. */
struct virtq_piece {
	uint64_t addr;
	uint32_t len;
	bool write;
};

void virtq_walk_start(struct virtq_walk *walk, struct virtq_chain *chain);
/* Check one piece of the buffer and append it to the chain. */
int virtq_walk_append(const struct virtq_device *vq, struct virtq_walk *walk,
		      const struct virtq_piece *piece);
void virtq_walk_end(struct virtq_walk *walk);

/* Where the indirect table [@addr, @addr + @len) is, or NULL and why. */
const void *virtq_find_table(const struct virtq_device *vq, uint64_t addr,
			     uint32_t len, int *error);

/* Go to @position, or NULL: the start; refuse one that cannot be. */
int virtq_split_start_device(struct virtq_device *vq,
			     const struct virtq_position *position);
int virtq_packed_start_device(struct virtq_device *vq,
			      const struct virtq_position *position);

/*
 * Walk the next available chain: 1 and the descriptors it takes in @count, 0 if
 * there is none, or an error. Nothing is taken before the second function.
 */
int virtq_split_read_avail(struct virtq_device *vq, struct virtq_chain *chain,
			   uint16_t *count);
int virtq_packed_read_avail(struct virtq_device *vq, struct virtq_chain *chain,
			    uint16_t *count);
void virtq_split_take_avail(struct virtq_device *vq, uint16_t count);
void virtq_packed_take_avail(struct virtq_device *vq, uint16_t count);

/* Walk the chain that starts at descriptor @head, which is checked first. */
int virtq_split_read_chain(const struct virtq_device *vq, uint16_t head,
			   struct virtq_chain *chain);

/* Write the next used entry, for a chain of @count descriptors. */
void virtq_split_write_used(struct virtq_device *vq, uint16_t head,
			    uint32_t len, uint16_t count);
void virtq_packed_write_used(struct virtq_device *vq, uint16_t id, uint32_t len,
			     uint16_t count);

/* Make what was written visible; return how many entries that were. */
unsigned int virtq_split_expose_used(struct virtq_device *vq);
unsigned int virtq_packed_expose_used(struct virtq_device *vq);

/* After a full barrier: does the driver want a notification of the last
 * @count entries? */
bool virtq_split_driver_wants(const struct virtq_device *vq, uint16_t count);
bool virtq_packed_driver_wants(const struct virtq_device *vq, uint16_t count);

struct virtq_position virtq_split_position(const struct virtq_device *vq);
struct virtq_position virtq_packed_position(const struct virtq_device *vq);

bool virtq_split_has_available(const struct virtq_device *vq);
bool virtq_packed_has_available(const struct virtq_device *vq);

void virtq_split_disable_notifications(struct virtq_device *vq);
void virtq_packed_disable_notifications(struct virtq_device *vq);

/* Ask for a kick at the next buffer; is there one already? */
bool virtq_split_enable_notifications(struct virtq_device *vq);
bool virtq_packed_enable_notifications(struct virtq_device *vq);

#endif
