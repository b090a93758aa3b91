/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-mmio registers, device side; the contract is in the header. */
#include "mmio_private.h"

int virtio_mmio_device_init(struct virtio_mmio_device *dev,
			    const struct virtio_mmio_device_config *config)
{
	const struct virtio_mmio_device_ops *ops = config->ops;

	if ((config->queue_count && !config->queues) || !ops ||
	    !ops->queue_ready || !ops->queue_stop || !ops->notify ||
	    !ops->driver_ok || !ops->reset ||
	    (config->config_bytes &&
	     (!ops->read_config || !ops->write_config)))
		return VIRTIO_ERR_INVALID;
	/* The set may come from a server that the owner does not trust. */
	if (config->features & VIRTIO_TRANSPORT_BITS &
	    ~VIRTIO_TRANSPORT_FEATURES)
		return VIRTIO_ERR_FEATURES;
	if (virtio_features_judge(config->features, config->features,
				  config->required, config->rules))
		return VIRTIO_ERR_FEATURES;
	dev->config = *config;
	dev->generation = 0;
	dev->resetting = true;
	virtio_mmio_device_reset_done(dev);
	return VIRTIO_OK;
}

void virtio_mmio_device_reset_done(struct virtio_mmio_device *dev)
{
	uint32_t i;

	/* An answer that comes twice must not reset the driver's next life. */
	if (!dev->resetting)
		return;
	dev->resetting = false;
	dev->accepted = 0;
	dev->device_features_sel = 0;
	dev->driver_features_sel = 0;
	dev->queue_sel = 0;
	dev->status = 0;
	dev->interrupts = 0;
	for (i = 0; i < dev->config.queue_count; i++)
		virtio_mmio_queue_clear(&dev->config.queues[i]);
}

static void raise(struct virtio_mmio_device *dev, uint32_t bits)
{
	uint32_t up = dev->status & (VIRTIO_STATUS_DRIVER_OK |
				     VIRTIO_STATUS_FAILED);

	/* A driver that is not up has no handler for it (3.1.1), and one that
	 * waits for a reset must see no late completion. */
	if (up == VIRTIO_STATUS_DRIVER_OK && !dev->resetting)
		dev->interrupts |= bits;
}

void virtio_mmio_device_used(struct virtio_mmio_device *dev)
{
	raise(dev, VIRTIO_MMIO_INT_USED);
}

void virtio_mmio_device_config_changed(struct virtio_mmio_device *dev)
{
	dev->generation++;
	raise(dev, VIRTIO_MMIO_INT_CONFIG);
}

void virtio_mmio_device_needs_reset(struct virtio_mmio_device *dev)
{
	dev->status |= VIRTIO_STATUS_DEVICE_NEEDS_RESET;
	raise(dev, VIRTIO_MMIO_INT_CONFIG);
}

static uint32_t read_features(const struct virtio_mmio_device *dev)
{
	switch (dev->device_features_sel) {
	case 0:
		return (uint32_t)dev->config.features;
	case 1:
		return (uint32_t)(dev->config.features >> 32);
	default:
		return 0;
	}
}

static uint32_t read_register(const struct virtio_mmio_device *dev,
			      uint32_t offset)
{
	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return VIRTIO_MMIO_MAGIC;
	case VIRTIO_MMIO_VERSION:
		return VIRTIO_MMIO_VERSION_2;
	case VIRTIO_MMIO_DEVICE_ID:
		return dev->config.device_id;
	case VIRTIO_MMIO_VENDOR_ID:
		return dev->config.vendor_id;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return read_features(dev);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
	case VIRTIO_MMIO_QUEUE_READY:
	case VIRTIO_MMIO_QUEUE_RESET:
		return virtio_mmio_queue_read(dev, offset);
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return dev->interrupts;
	case VIRTIO_MMIO_STATUS:
		return dev->status;
	case VIRTIO_MMIO_SHM_LEN_LOW:
	case VIRTIO_MMIO_SHM_LEN_HIGH:
	case VIRTIO_MMIO_SHM_BASE_LOW:
	case VIRTIO_MMIO_SHM_BASE_HIGH:
		return UINT32_MAX;	/* no such region (4.2.2) */
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return dev->generation;
	default:
		return 0;
	}
}

/* No access of the driver's making may reach beyond the configuration space or
 * cut a field that the owner keeps whole. */
static bool config_holds(const struct virtio_mmio_device *dev, uint32_t offset,
			 unsigned int width)
{
	return (width == 1 || width == 2 || width == 4) &&
	       offset % width == 0 && offset < dev->config.config_bytes &&
	       width <= dev->config.config_bytes - offset;
}

static uint32_t width_mask(unsigned int width)
{
	return UINT32_MAX >> (32 - 8 * width);
}

uint32_t virtio_mmio_device_read(const struct virtio_mmio_device *dev,
				 uint32_t offset, unsigned int width)
{
	if (offset < VIRTIO_MMIO_CONFIG)
		return width == 4 ? read_register(dev, offset) : 0;
	offset -= VIRTIO_MMIO_CONFIG;
	if (!config_holds(dev, offset, width))
		return 0;
	return dev->config.ops->read_config(dev->config.context, offset,
					    width) & width_mask(width);
}

/* Status 0. Returns true when nothing of the driver's life is left. */
static bool write_reset(struct virtio_mmio_device *dev)
{
	/* The owner is asked once, however often the driver writes. */
	if (dev->resetting)
		return false;
	dev->resetting = true;
	dev->interrupts = 0;
	if (dev->status)
		dev->config.ops->reset(dev->config.context);
	else	/* nothing has begun that it would have to end */
		virtio_mmio_device_reset_done(dev);
	return !dev->resetting;
}

static void write_status(struct virtio_mmio_device *dev, uint32_t value)
{
	static const uint32_t steps[] = {
		VIRTIO_STATUS_DRIVER, VIRTIO_STATUS_FEATURES_OK,
		VIRTIO_STATUS_DRIVER_OK,
	};
	unsigned int i;

	if (value & VIRTIO_STATUS_FAILED) {
		dev->status |= VIRTIO_STATUS_FAILED;
		return;
	}
	/* No step: nothing goes by it, and U-Boot's driver leaves it out. */
	dev->status |= value & VIRTIO_STATUS_ACKNOWLEDGE;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (dev->status & steps[i])
			continue;
		/* A driver that leaves a step out would run with features that
		 * nobody judged, or queues before anyone knows their format. */
		if (!(value & steps[i]))
			return;
		if (steps[i] == VIRTIO_STATUS_FEATURES_OK &&
		    virtio_features_judge(dev->accepted, dev->config.features,
					  dev->config.required,
					  dev->config.rules))
			return;
		dev->status |= steps[i];
		if (steps[i] == VIRTIO_STATUS_DRIVER_OK)
			dev->config.ops->driver_ok(dev->config.context);
	}
}

static void write_features(struct virtio_mmio_device *dev, uint32_t value)
{
	/* What was judged must stay what the owner goes by. */
	if (dev->status & VIRTIO_STATUS_FEATURES_OK)
		return;
	switch (dev->driver_features_sel) {
	case 0:
		dev->accepted = dev->accepted >> 32 << 32 | value;
		break;
	case 1:
		dev->accepted = (uint64_t)value << 32 |
				(uint32_t)dev->accepted;
		break;
	}
}

static bool write_register(struct virtio_mmio_device *dev, uint32_t offset,
			   uint32_t value)
{
	if (offset == VIRTIO_MMIO_STATUS && !value)
		return write_reset(dev);
	/* Also from a driver that failed: its wire must come to rest. */
	if (offset == VIRTIO_MMIO_INTERRUPT_ACK)
		dev->interrupts &= ~value;
	/* Between the question and the answer the owner winds up what this
	 * write might start; and a driver that failed said so for good. */
	if (dev->resetting || (dev->status & VIRTIO_STATUS_FAILED))
		return true;
	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		dev->device_features_sel = value;
		return true;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		dev->driver_features_sel = value;
		return true;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		write_features(dev, value);
		return true;
	case VIRTIO_MMIO_QUEUE_SEL:
		dev->queue_sel = value;
		return true;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		virtio_mmio_queue_notify(dev, value);
		return true;
	case VIRTIO_MMIO_STATUS:
		write_status(dev, value);
		return true;
	default:	/* the queue's, read-only ones, holes */
		return virtio_mmio_queue_write(dev, offset, value);
	}
}

bool virtio_mmio_device_write(struct virtio_mmio_device *dev, uint32_t offset,
			      unsigned int width, uint32_t value)
{
	if (offset < VIRTIO_MMIO_CONFIG)
		return width == 4 ? write_register(dev, offset, value) : true;
	offset -= VIRTIO_MMIO_CONFIG;
	if (!config_holds(dev, offset, width))
		return true;
	/* Not before the driver has said what it knows of the device (3.1.1),
	 * nor after the end of its life. */
	if (dev->resetting || (dev->status & VIRTIO_STATUS_FAILED) ||
	    !(dev->status & VIRTIO_STATUS_FEATURES_OK))
		return true;
	dev->config.ops->write_config(dev->config.context, offset, width,
				      value & width_mask(width));
	return true;
}
