/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver for a virtio device on a memory bus (VirtIO 1.2, 3.1 and 4.2). The
 * order of use:
 *
 *	virtio_mmio_bind()		the device is one of ours
 *	virtio_mmio_negotiate()		reset, up to FEATURES_OK
 *	virtio_mmio_read_config()	as needed
 *	virtio_mmio_setup_queue()	once per queue
 *	virtio_mmio_start()		DRIVER_OK
 *	virtio_mmio_notify() ...	work
 *	virtio_mmio_reset_queue()	one queue anew: set it up again
 *	virtio_mmio_reset()		the device lets go of all memory
 *
 * Memory: struct virtio_mmio is the caller's. Concurrency: one thread at a
 * time, but virtio_mmio_notify() and virtio_mmio_ack_interrupt() may run beside
 * each other. Trust: values the device returns are bounded here; no loop waits
 * for it longer than VIRTIO_MMIO_SPINS reads. On every error after bind the
 * device has been reset (if it obeys), with FAILED set where 3.1.1 wants it.
 */
#ifndef VIRTIO_MMIO_DRIVER_H
#define VIRTIO_MMIO_DRIVER_H

#include <stdint.h>

#include <virtio/error.h>
#include <virtio/mmio.h>
#include <virtio/ring.h>

#define VIRTIO_MMIO_SPINS	1000000u

/* Read @width bytes (1, 2 or 4, aligned) at @offset, little-endian. */
typedef uint32_t (*virtio_mmio_read_fn)(void *context, uint32_t offset,
					unsigned int width);
/* Write 32 bits at @offset. */
typedef void (*virtio_mmio_write_fn)(void *context, uint32_t offset,
				     uint32_t value);

struct virtio_mmio {
	virtio_mmio_read_fn read;
	virtio_mmio_write_fn write;
	void *context;
	uint64_t features;	/* negotiated */
};

/*
 * Bind to the registers at @registers and check that a version 2 device of type
 * @device_id is there. Touches nothing else of the device.
 * Errors: VIRTIO_ERR_NO_DEVICE, VIRTIO_ERR_VERSION.
 */
int virtio_mmio_bind(struct virtio_mmio *dev, volatile void *registers,
		     uint32_t device_id);

/* The same, but every access is made by the two callbacks. */
int virtio_mmio_bind_access(struct virtio_mmio *dev, virtio_mmio_read_fn read,
			    virtio_mmio_write_fn write, void *context,
			    uint32_t device_id);

/*
 * Reset the device and negotiate: accepts what virtio_features_choose() makes
 * of the offer; @rules are those of the device type, NULL for none. The result
 * is in `features`: hand it to virtq_driver_init().
 * Errors: VIRTIO_ERR_FEATURES (a @required one cannot be had, or the device
 * does not accept the choice), VIRTIO_ERR_TIMEOUT.
 */
int virtio_mmio_negotiate(struct virtio_mmio *dev, uint64_t wanted,
			  uint64_t required,
			  const struct virtio_feature_rule *rules);

/*
 * Largest size of queue @index, 0 if it does not exist; one that the negotiated
 * format can have, so a power of two for a split ring, whatever the device
 * claims.
 */
uint32_t virtio_mmio_queue_max(struct virtio_mmio *dev, uint32_t index);

/*
 * Tell the device that queue @index is where @at says and make it ready.
 * Errors: VIRTIO_ERR_QUEUE_SIZE, VIRTIO_ERR_NO_QUEUE (absent, already in use,
 * or smaller than asked, or it would not become ready). The device is reset.
 */
int virtio_mmio_setup_queue(struct virtio_mmio *dev, uint32_t index,
			    const struct virtq_addresses *at);

/*
 * Have the device let go of queue @index alone (2.6.1); then its buffers are
 * taken back with virtq_driver_detach(), and virtq_driver_init() and
 * virtio_mmio_setup_queue() give it a new life.
 * Errors: VIRTIO_ERR_INVALID (VIRTIO_F_RING_RESET was not negotiated),
 * VIRTIO_ERR_TIMEOUT (the device is reset, if it obeys that).
 */
int virtio_mmio_reset_queue(struct virtio_mmio *dev, uint32_t index);

/* Set DRIVER_OK. Error: VIRTIO_ERR_NEEDS_RESET (and the device is reset). */
int virtio_mmio_start(struct virtio_mmio *dev);

/*
 * Write 0 to the status and wait until it reads 0: from then on the device
 * touches no memory of the driver. Error: VIRTIO_ERR_TIMEOUT; then the memory
 * must not be used again.
 */
int virtio_mmio_reset(struct virtio_mmio *dev);

/* The device status (VIRTIO_STATUS_*). */
uint32_t virtio_mmio_status(struct virtio_mmio *dev);

/*
 * Read the configuration field of @width bytes (1, 2, 4 or 8) at @offset; one
 * consistent value even if the device changes it meanwhile (2.5.2).
 * Errors: VIRTIO_ERR_INVALID (width or alignment), VIRTIO_ERR_CONFIG (changed
 * on each of a bounded number of tries). The device is not reset.
 */
int virtio_mmio_read_config(struct virtio_mmio *dev, uint32_t offset,
			    unsigned int width, uint64_t *value);

/*
 * Read and acknowledge the interrupt; returns VIRTIO_MMIO_INT_* of it, 0 if it
 * was not this device's. Ordering: reads of the used ring that follow see what
 * the device wrote before it raised the interrupt.
 */
uint32_t virtio_mmio_ack_interrupt(struct virtio_mmio *dev);

/*
 * Notify the device: @notification is virtq_driver_notification(), which is the
 * queue's number unless VIRTIO_F_NOTIFICATION_DATA was negotiated. Ordering:
 * what was published before is visible to the device when it learns of it.
 */
void virtio_mmio_notify(struct virtio_mmio *dev, uint32_t notification);

#endif
