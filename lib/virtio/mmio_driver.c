/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-mmio driver; the contract is in the header. */
#include <stdbool.h>

#include <port/port.h>
#include <virtio/mmio_driver.h>

#define CONFIG_TRIES	64u

static uint32_t mmio_read_register(void *context, uint32_t offset,
				   unsigned int width)
{
	volatile char *at = (volatile char *)context + offset;

	switch (width) {
	case 1:
		return *(volatile uint8_t *)at;
	case 2:
		return virtio_le16(*(volatile uint16_t *)at);
	default:
		return virtio_le32(*(volatile uint32_t *)at);
	}
}

static void mmio_write_register(void *context, uint32_t offset, uint32_t value)
{
	volatile char *at = (volatile char *)context + offset;

	*(volatile uint32_t *)at = virtio_le32(value);
}

static uint32_t mmio_read(struct virtio_mmio *dev, uint32_t offset)
{
	return dev->read(dev->context, offset, 4);
}

static void mmio_write(struct virtio_mmio *dev, uint32_t offset, uint32_t value)
{
	dev->write(dev->context, offset, value);
}

int virtio_mmio_bind_access(struct virtio_mmio *dev, virtio_mmio_read_fn read,
			    virtio_mmio_write_fn write, void *context,
			    uint32_t device_id)
{
	dev->read = read;
	dev->write = write;
	dev->context = context;
	dev->features = 0;

	if (mmio_read(dev, VIRTIO_MMIO_MAGIC_VALUE) != VIRTIO_MMIO_MAGIC)
		return VIRTIO_ERR_NO_DEVICE;
	if (mmio_read(dev, VIRTIO_MMIO_VERSION) != VIRTIO_MMIO_VERSION_2)
		return VIRTIO_ERR_VERSION;
	/* Id 0 is a slot with nothing behind it (4.2.2). */
	if (!device_id || mmio_read(dev, VIRTIO_MMIO_DEVICE_ID) != device_id)
		return VIRTIO_ERR_NO_DEVICE;
	return VIRTIO_OK;
}

int virtio_mmio_bind(struct virtio_mmio *dev, volatile void *registers,
		     uint32_t device_id)
{
	return virtio_mmio_bind_access(dev, mmio_read_register,
				       mmio_write_register,
				       (void *)(uintptr_t)registers, device_id);
}

uint32_t virtio_mmio_status(struct virtio_mmio *dev)
{
	return mmio_read(dev, VIRTIO_MMIO_STATUS);
}

static void mmio_add_status(struct virtio_mmio *dev, uint32_t bits)
{
	mmio_write(dev, VIRTIO_MMIO_STATUS, virtio_mmio_status(dev) | bits);
}

int virtio_mmio_reset(struct virtio_mmio *dev)
{
	unsigned int spins;

	mmio_write(dev, VIRTIO_MMIO_STATUS, 0);
	for (spins = 0; spins < VIRTIO_MMIO_SPINS; spins++) {
		if (!virtio_mmio_status(dev)) {
			/* The device's last writes before the reset come before
			 * whatever the caller does with that memory (4.2.3). */
			port_device_barrier();
			return VIRTIO_OK;
		}
		port_relax();
	}
	return VIRTIO_ERR_TIMEOUT;
}

/* Give the device up: let go of all memory first, then say why (3.1.1). */
static int mmio_fail(struct virtio_mmio *dev, int error)
{
	if (!virtio_mmio_reset(dev))
		mmio_add_status(dev, VIRTIO_STATUS_FAILED);
	return error;
}

static uint64_t mmio_read_features(struct virtio_mmio *dev)
{
	uint64_t low, high;

	mmio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	low = mmio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES);
	mmio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	high = mmio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES);
	return high << 32 | low;
}

static void mmio_write_features(struct virtio_mmio *dev, uint64_t features)
{
	mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES,
		   (uint32_t)(features >> 32));
}

int virtio_mmio_negotiate(struct virtio_mmio *dev, uint64_t wanted,
			  uint64_t required,
			  const struct virtio_feature_rule *rules)
{
	int error;

	error = virtio_mmio_reset(dev);
	if (error)
		return error;
	mmio_add_status(dev, VIRTIO_STATUS_ACKNOWLEDGE);
	mmio_add_status(dev, VIRTIO_STATUS_DRIVER);

	error = virtio_features_choose(mmio_read_features(dev), wanted,
				       required, rules, &dev->features);
	if (error)
		return mmio_fail(dev, error);
	mmio_write_features(dev, dev->features);
	mmio_add_status(dev, VIRTIO_STATUS_FEATURES_OK);
	/* A device that cannot live with the subset clears the bit (3.1.1). */
	if (!(virtio_mmio_status(dev) & VIRTIO_STATUS_FEATURES_OK))
		return mmio_fail(dev, VIRTIO_ERR_FEATURES);
	return VIRTIO_OK;
}

static bool mmio_has(const struct virtio_mmio *dev, unsigned int feature)
{
	return dev->features & VIRTIO_FEATURE(feature);
}

uint32_t virtio_mmio_queue_max(struct virtio_mmio *dev, uint32_t index)
{
	uint32_t max, size = VIRTQ_SIZE_MAX;

	mmio_write(dev, VIRTIO_MMIO_QUEUE_SEL, index);
	max = mmio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX);
	if (mmio_has(dev, VIRTIO_F_RING_PACKED))
		return max < size ? max : size;
	while (size > max)
		size >>= 1;
	return size;
}

static void mmio_write_address(struct virtio_mmio *dev, uint32_t low,
			       uint64_t addr)
{
	mmio_write(dev, low, (uint32_t)addr);
	mmio_write(dev, low + 4, (uint32_t)(addr >> 32));
}

int virtio_mmio_setup_queue(struct virtio_mmio *dev, uint32_t index,
			    const struct virtq_addresses *at)
{
	if (!virtq_size_is_valid_for(at->num, dev->features))
		return mmio_fail(dev, VIRTIO_ERR_QUEUE_SIZE);
	/* Selects the queue, too (4.2.3.2). */
	if (at->num > virtio_mmio_queue_max(dev, index))
		return mmio_fail(dev, VIRTIO_ERR_NO_QUEUE);
	if (mmio_read(dev, VIRTIO_MMIO_QUEUE_READY))
		return mmio_fail(dev, VIRTIO_ERR_NO_QUEUE);

	mmio_write(dev, VIRTIO_MMIO_QUEUE_NUM, at->num);
	mmio_write_address(dev, VIRTIO_MMIO_QUEUE_DESC_LOW, at->desc);
	mmio_write_address(dev, VIRTIO_MMIO_QUEUE_DRIVER_LOW, at->driver);
	mmio_write_address(dev, VIRTIO_MMIO_QUEUE_DEVICE_LOW, at->device);
	/* The ring's first contents, written by virtq_driver_init(), before the
	 * device may look at them. */
	port_device_barrier();
	mmio_write(dev, VIRTIO_MMIO_QUEUE_READY, 1);
	if (!(mmio_read(dev, VIRTIO_MMIO_QUEUE_READY) & 1))
		return mmio_fail(dev, VIRTIO_ERR_NO_QUEUE);
	return VIRTIO_OK;
}

int virtio_mmio_reset_queue(struct virtio_mmio *dev, uint32_t index)
{
	unsigned int spins;

	if (!mmio_has(dev, VIRTIO_F_RING_RESET))
		return VIRTIO_ERR_INVALID;
	mmio_write(dev, VIRTIO_MMIO_QUEUE_SEL, index);
	mmio_write(dev, VIRTIO_MMIO_QUEUE_RESET, 1);
	for (spins = 0; spins < VIRTIO_MMIO_SPINS; spins++) {
		/* Only both together mean that it is over (4.2.2.1). */
		if (!mmio_read(dev, VIRTIO_MMIO_QUEUE_RESET) &&
		    !mmio_read(dev, VIRTIO_MMIO_QUEUE_READY)) {
			/* As in virtio_mmio_reset(). */
			port_device_barrier();
			return VIRTIO_OK;
		}
		port_relax();
	}
	return mmio_fail(dev, VIRTIO_ERR_TIMEOUT);
}

int virtio_mmio_start(struct virtio_mmio *dev)
{
	mmio_add_status(dev, VIRTIO_STATUS_DRIVER_OK);
	if (virtio_mmio_status(dev) & VIRTIO_STATUS_DEVICE_NEEDS_RESET)
		return mmio_fail(dev, VIRTIO_ERR_NEEDS_RESET);
	return VIRTIO_OK;
}

int virtio_mmio_read_config(struct virtio_mmio *dev, uint32_t offset,
			    unsigned int width, uint64_t *value)
{
	uint32_t at = VIRTIO_MMIO_CONFIG + offset, generation;
	unsigned int tries, align = width == 8 ? 4 : width;
	uint64_t read;

	if ((width != 1 && width != 2 && width != 4 && width != 8) ||
	    offset % align)
		return VIRTIO_ERR_INVALID;

	for (tries = 0; tries < CONFIG_TRIES; tries++) {
		generation = mmio_read(dev, VIRTIO_MMIO_CONFIG_GENERATION);
		port_device_barrier();
		read = dev->read(dev->context, at, align);
		/* Fields of 64 bits are two accesses of 32 (4.2.2.2). */
		if (width == 8)
			read |= (uint64_t)mmio_read(dev, at + 4) << 32;
		/* Both reads of the generation enclose those of the field. */
		port_device_barrier();
		if (mmio_read(dev, VIRTIO_MMIO_CONFIG_GENERATION) ==
		    generation) {
			*value = read;
			return VIRTIO_OK;
		}
	}
	return VIRTIO_ERR_CONFIG;
}

uint32_t virtio_mmio_ack_interrupt(struct virtio_mmio *dev)
{
	uint32_t bits = mmio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS) &
			(VIRTIO_MMIO_INT_USED | VIRTIO_MMIO_INT_CONFIG);

	if (bits)
		mmio_write(dev, VIRTIO_MMIO_INTERRUPT_ACK, bits);
	/* The acknowledgement before the used ring is read, or a completion in
	 * between would be acknowledged unseen; and the device's used entries,
	 * written before it interrupted, before our reads (2.3). */
	port_device_barrier();
	return bits;
}

void virtio_mmio_notify(struct virtio_mmio *dev, uint32_t notification)
{
	/* The available index before the notification of it (2.7.13.4.1). */
	port_device_barrier();
	mmio_write(dev, VIRTIO_MMIO_QUEUE_NOTIFY, notification);
}
