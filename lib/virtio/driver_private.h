/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What driver.c asks of a format: one set of these functions in driver_split.c,
 * one in driver_packed.c, of one signature each. Arguments were checked, and the
 * queue is not latched.
 */
#ifndef VIRTIO_DRIVER_PRIVATE_H
#define VIRTIO_DRIVER_PRIVATE_H

#include <virtio/driver.h>

/* The function of this name that the queue's format has. */
#define DRIVER_FORMAT(function, vq, ...)				\
	((vq)->packed ? virtq_packed_##function(vq, ##__VA_ARGS__) :	\
			virtq_split_##function(vq, ##__VA_ARGS__))

/* A buffer on its way into the ring. */
struct virtq_buffer {
	const struct virtq_segment *segments;
	unsigned int readable;
	unsigned int total;
};

/* Reset the format's own state and clear the ring. */
void virtq_split_start_driver(struct virtq_driver *vq);
void virtq_packed_start_driver(struct virtq_driver *vq);

/* Write the buffer into the descriptors that begin at vq->free_head, or into
 * the table of the first one; return the last slot it takes. */
uint16_t virtq_split_add_chain(struct virtq_driver *vq,
			       const struct virtq_buffer *buffer);
uint16_t virtq_split_add_table(struct virtq_driver *vq,
			       const struct virtq_buffer *buffer);
uint16_t virtq_packed_add_chain(struct virtq_driver *vq,
				const struct virtq_buffer *buffer);
uint16_t virtq_packed_add_table(struct virtq_driver *vq,
				const struct virtq_buffer *buffer);

/* Make what was added visible; return how many entries that were. */
unsigned int virtq_split_expose_avail(struct virtq_driver *vq);
unsigned int virtq_packed_expose_avail(struct virtq_driver *vq);

/* After a full barrier: does the device want a notification of the last
 * @count entries? */
bool virtq_split_device_wants(const struct virtq_driver *vq, uint16_t count);
bool virtq_packed_device_wants(const struct virtq_driver *vq, uint16_t count);

/* Read the next used entry, unchecked: 1 if there is one, 0, or an error. */
int virtq_split_read_used(struct virtq_driver *vq, uint32_t *id, uint32_t *len);
int virtq_packed_read_used(struct virtq_driver *vq, uint32_t *id,
			   uint32_t *len);

/* Step over the used entry of a buffer of @count descriptors. */
void virtq_split_advance_used(struct virtq_driver *vq, uint16_t count);
void virtq_packed_advance_used(struct virtq_driver *vq, uint16_t count);

bool virtq_split_has_used(const struct virtq_driver *vq);
bool virtq_packed_has_used(const struct virtq_driver *vq);

void virtq_split_disable_callbacks(struct virtq_driver *vq);
void virtq_packed_disable_callbacks(struct virtq_driver *vq);

/* Ask for an interrupt, three quarters ahead if @delayed; is it due? */
bool virtq_split_enable_callbacks(struct virtq_driver *vq, bool delayed);
bool virtq_packed_enable_callbacks(struct virtq_driver *vq, bool delayed);

/* The upper half of the notification value with NOTIFICATION_DATA (2.9). */
uint16_t virtq_split_progress(const struct virtq_driver *vq);
uint16_t virtq_packed_progress(const struct virtq_driver *vq);

#endif
