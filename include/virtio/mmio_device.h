/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register file of a virtio device on a memory bus, as its device side
 * keeps it: VirtIO 1.2, 4.2.2, version 2. Whoever catches a driver's accesses
 * (a trap handler, an emulator, a test) hands them to virtio_mmio_device_read()
 * and _write(); whoever serves the queues, the *owner*, is called back.
 *
 * Memory: the device, the queues and what the configuration points to belong to
 * the owner and stay until it needs them no more. Nothing here touches a ring.
 * Concurrency: one caller at a time, of any function below; callbacks come from
 * within an access and may call back in.
 * Work: constant per access, but a reset, which clears each queue.
 *
 * Trust: none in the driver. An access that breaks the rules reads as zero or
 * is ignored, and the registers stay as they were:
 * - registers are 32 bits, aligned; fields of the configuration space 8, 16 or
 *   32, aligned to their width and wholly inside; anything else is no access;
 * - a status bit is only ever added, each after the one before it: DRIVER,
 *   FEATURES_OK, DRIVER_OK; ACKNOWLEDGE and FAILED at any time, after the latter
 *   only a reset counts;
 * - features and configuration space: the former can be written until, the
 *   latter from FEATURES_OK on; a FEATURES_OK that virtio_features_judge()
 *   refuses is not set, and may be tried again with others;
 * - a queue's size and addresses are noted while it is at rest and judged when
 *   QueueReady is written, from then on they are frozen. Any half of an address
 *   that was not written is zero, but each low half must have been;
 * - a notification counts from DRIVER_OK on, of a queue that is ready.
 * Reads change nothing, so what they return may be kept in a page that a driver
 * reads without being caught; after each write or call below it is stale.
 *
 * Stopping takes the owner's word. After a reset (Status 0) or the end of a
 * queue (QueueReady 0; QueueReset 1 with VIRTIO_F_RING_RESET) the registers say
 * so only when the owner has said that nothing touches those rings any more:
 * until then Status is not 0, QueueReady is 1, all writes to a device in reset
 * are ignored and no interrupt is raised. Drivers that poll neither are served
 * by holding their write back: see virtio_mmio_device_write().
 */
#ifndef VIRTIO_MMIO_DEVICE_H
#define VIRTIO_MMIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio/error.h>
#include <virtio/features.h>
#include <virtio/mmio.h>
#include <virtio/ring.h>

/* What the owner does; all are required, but read_config and write_config only
 * if there is a configuration space. */
struct virtio_mmio_device_ops {
	/*
	 * Start serving queue @index: virtq_device_init() and the like. @at has
	 * a size that fits the format and num_max; its addresses are the
	 * driver's word and may be anything. Buffers are not to be taken before
	 * driver_ok (3.1.1). Return 0, or anything else to refuse: the queue
	 * then stays at rest, which the driver sees by reading QueueReady.
	 */
	int (*queue_ready)(void *context, uint32_t index,
			   const struct virtq_addresses *at, uint64_t features);
	/*
	 * Stop serving queue @index, one that queue_ready accepted, and then
	 * call virtio_mmio_device_queue_stop_done(), at once or later.
	 */
	void (*queue_stop)(void *context, uint32_t index);
	/*
	 * The driver notifies of ready queue @index. @data is what it says of
	 * its progress with VIRTIO_F_NOTIFICATION_DATA (2.9), the upper half of
	 * the value; a hint of its own, to be doubted like the ring. Without
	 * that feature it is 0.
	 */
	void (*notify)(void *context, uint32_t index, uint16_t data);
	/* The driver is up: take what is there in all ready queues already. */
	void (*driver_ok)(void *context);
	/*
	 * Stop serving all queues and forget the driver, then call
	 * virtio_mmio_device_reset_done(), at once or later. No queue_stop
	 * comes for them; one that was asked for before needs no answer.
	 */
	void (*reset)(void *context);
	/*
	 * Read or write the field of @width bytes (1, 2, 4) at @offset of the
	 * configuration space; as a number, though the space is little-endian.
	 */
	uint32_t (*read_config)(void *context, uint32_t offset,
				unsigned int width);
	void (*write_config)(void *context, uint32_t offset, unsigned int width,
			     uint32_t value);
};

/* Only virtio_mmio_device_*() looks inside, but for num_max: the largest size
 * of this queue, 0 if there is none, set by the owner before initialisation. A
 * power of two, since drivers of split rings take it as it is. */
struct virtio_mmio_queue {
	struct virtq_addresses addresses;	/* as written so far */
	uint32_t num_max;
	uint8_t written;
	uint8_t state;
};

struct virtio_mmio_device_config {
	const struct virtio_mmio_device_ops *ops;
	void *context;			/* for the callbacks */
	struct virtio_mmio_queue *queues;
	uint32_t queue_count;
	uint32_t device_id;		/* VIRTIO_ID_* */
	uint32_t vendor_id;
	uint32_t config_bytes;		/* of the configuration space */
	uint64_t features;		/* offered */
	uint64_t required;		/* of those: no driver without them */
	const struct virtio_feature_rule *rules; /* of the device type */
};

struct virtio_mmio_device {
	struct virtio_mmio_device_config config;
	uint64_t accepted;		/* features, as written so far */
	uint32_t device_features_sel;
	uint32_t driver_features_sel;
	uint32_t queue_sel;
	uint32_t status;
	uint32_t interrupts;		/* InterruptStatus */
	uint32_t generation;
	bool resetting;
};

/*
 * Show the device, in reset. Errors: VIRTIO_ERR_INVALID (queues or a callback
 * missing), VIRTIO_ERR_FEATURES (what is offered is not what a driver may
 * accept as a whole, or holds a bit of the transport that nobody here knows).
 */
int virtio_mmio_device_init(struct virtio_mmio_device *dev,
			    const struct virtio_mmio_device_config *config);

/* What the driver reads of @width bytes at @offset from the first register. */
uint32_t virtio_mmio_device_read(const struct virtio_mmio_device *dev,
				 uint32_t offset, unsigned int width);

/*
 * The driver writes @value of @width bytes at @offset.
 *
 * Returns true if that is over. False: it was 0 to Status or to QueueReady and
 * the owner has not said yet that it is over. A caller that can hold the access
 * back repeats it until this returns true, and so lets no driver run on too
 * early; repeating asks the owner nothing twice. How long it may take is the
 * caller's to limit: it then makes sure that the owner's rings cannot be
 * touched, and answers in the owner's place.
 */
bool virtio_mmio_device_write(struct virtio_mmio_device *dev, uint32_t offset,
			      unsigned int width, uint32_t value);

/*
 * The owner's answer to queue_stop: nothing touches that queue's rings any more
 * and nothing more will be said to have been used of it. Ignored if there was
 * no such question.
 */
void virtio_mmio_device_queue_stop_done(struct virtio_mmio_device *dev,
					uint32_t index);

/* The owner's answer to reset: the same of all queues. Ignored if there was no
 * such question. */
void virtio_mmio_device_reset_done(struct virtio_mmio_device *dev);

/*
 * Interrupt the driver: a buffer was used, after virtq_device_publish() asked
 * for it. Dropped if the driver is not up (3.1.1) or has given up.
 */
void virtio_mmio_device_used(struct virtio_mmio_device *dev);

/*
 * The configuration space has changed, and whoever reads it in pieces has to
 * begin anew; interrupts a driver that is up. To be called after each change
 * and before the driver's next access.
 */
void virtio_mmio_device_config_changed(struct virtio_mmio_device *dev);

/* Ask the driver for a reset (2.1.2), for a fault that nothing less mends. */
void virtio_mmio_device_needs_reset(struct virtio_mmio_device *dev);

/* The level of the interrupt's wire. Look again after each write and call. */
static inline bool
virtio_mmio_device_interrupts(const struct virtio_mmio_device *dev)
{
	return dev->interrupts != 0;
}

#endif
