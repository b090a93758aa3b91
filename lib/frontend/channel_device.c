/* SPDX-License-Identifier: BSD-2-Clause */
/* Which device a front end shows, and the image of its registers. */
#include "channel_private.h"

/* What is read: everything else of the image's first part is zero. */
static const uint8_t registers[] = {
	VIRTIO_MMIO_MAGIC_VALUE,	VIRTIO_MMIO_VERSION,
	VIRTIO_MMIO_DEVICE_ID,		VIRTIO_MMIO_VENDOR_ID,
	VIRTIO_MMIO_DEVICE_FEATURES,	VIRTIO_MMIO_QUEUE_NUM_MAX,
	VIRTIO_MMIO_QUEUE_READY,	VIRTIO_MMIO_INTERRUPT_STATUS,
	VIRTIO_MMIO_STATUS,		VIRTIO_MMIO_SHM_LEN_LOW,
	VIRTIO_MMIO_SHM_LEN_HIGH,	VIRTIO_MMIO_SHM_BASE_LOW,
	VIRTIO_MMIO_SHM_BASE_HIGH,	VIRTIO_MMIO_CONFIG_GENERATION,
};

/*
 * What the driver may accept of the server's offer, and must. Where the data is
 * granted, bus addresses are physical ones; where it is not, only a driver that
 * keeps to the platform's rules stays inside the pool (VirtIO 1.2, 6.2).
 */
static uint64_t choose_features(const struct frontend_channel *fe,
				uint64_t *required)
{
	uint64_t platform = VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	uint64_t known = LOOPBACK_FEATURES | ~VIRTIO_TRANSPORT_BITS;

	*required = platform;
	if (fe->config.data_mode == LOOPBACK_DATA_GRANT) {
		*required = 0;
		known &= ~platform;
	}
	return fe->handshake.device_features & known;
}

static void clear_space(struct frontend_channel *fe)
{
	uint32_t i;

	/* Volatile stores, or the compiler would call memset(). */
	for (i = 0; i < LOOPBACK_CONFIG_SIZE; i++)
		port_store(&fe->space[i], 0);
}

static int init_device(struct frontend_channel *fe,
		       struct virtio_mmio_device_config *config)
{
	config->ops = &frontend_device_ops;
	config->context = fe;
	config->queues = fe->queues;
	config->vendor_id = LOOPBACK_VENDOR_ID;
	return virtio_mmio_device_init(&fe->device, config);
}

/* The device of the handshake; false if no driver could accept it. */
static bool show_offer(struct frontend_channel *fe,
		       const struct loopback_control *page)
{
	const struct loopback_handshake *hs = &fe->handshake;
	struct virtio_mmio_device_config config = {
		.device_id = fe->config.device_id,
		.queue_count = hs->queue_count,
		.config_bytes = hs->config_size,
	};
	uint32_t i;

	config.features = choose_features(fe, &config.required);
	for (i = 0; i < hs->queue_count; i++)
		fe->queues[i].num_max =
			loopback_handshake_get_size(hs, page, i);
	/* One that keeps changing is read when the next bell rings. */
	loopback_handshake_read_config(page, 0, fe->space, hs->config_size);
	return !init_device(fe, &config);
}

static void show_none(struct frontend_channel *fe)
{
	struct virtio_mmio_device_config config = {
		.features = VIRTIO_FEATURE(VIRTIO_F_VERSION_1),
	};

	clear_space(fe);
	init_device(fe, &config);
}

void frontend_show_device(struct frontend_channel *fe,
			  const struct loopback_control *page)
{
	clear_space(fe);
	fe->stale = false;
	fe->space_changed = true;
	fe->shown = fe->offered && show_offer(fe, page);
	if (!fe->shown)
		show_none(fe);
}

bool frontend_shows_other(const struct frontend_channel *fe,
			  const struct loopback_control *page)
{
	const struct virtio_mmio_device_config *shown = &fe->device.config;
	const struct loopback_handshake *hs = &fe->handshake;
	uint64_t required;
	uint32_t i;

	if (!fe->offered || shown->features != choose_features(fe, &required) ||
	    shown->queue_count != hs->queue_count ||
	    shown->config_bytes != hs->config_size)
		return true;
	for (i = 0; i < hs->queue_count; i++)
		if (fe->queues[i].num_max !=
		    loopback_handshake_get_size(hs, page, i))
			return true;
	return false;
}

void frontend_follow_space(struct frontend_channel *fe,
			   const struct loopback_control *page)
{
	uint32_t size = fe->device.config.config_bytes, i;
	uint8_t space[LOOPBACK_CONFIG_SIZE];

	if (loopback_handshake_read_config(page, 0, space, size))
		return;
	for (i = 0; i < size; i++) {
		fe->space_changed |= fe->space[i] != space[i];
		fe->space[i] = space[i];
	}
}

static void put32(void *image, uint32_t offset, uint32_t value)
{
	port_store((uint32_t *)((uint8_t *)image + offset),
		   virtio_le32(value));
}

static void put_registers(const struct frontend_channel *fe, void *image)
{
	unsigned int i;

	for (i = 0; i < sizeof(registers); i++)
		put32(image, registers[i],
		      virtio_mmio_device_read(&fe->device, registers[i], 4));
}

/*
 * The generation changes before the first byte and after the last, so that who
 * began to read before the change, or goes on after it, knows.
 */
static void put_space(struct frontend_channel *fe, uint8_t *image)
{
	uint32_t i;

	fe->space_changed = false;
	virtio_mmio_device_config_changed(&fe->device);
	put_registers(fe, image);
	/* Generation, bytes: pairs with the driver's barrier (2.5.2). */
	port_full_barrier();
	for (i = 0; i < LOOPBACK_CONFIG_SIZE; i++)
		port_store(&image[VIRTIO_MMIO_CONFIG + i], fe->space[i]);
	/* Bytes, generation: as above. */
	port_full_barrier();
	virtio_mmio_device_config_changed(&fe->device);
	frontend_signal(fe);
}

void frontend_write_image(struct frontend_channel *fe)
{
	void *image = fe->config.ops->open_image(fe->config.ctx);

	if (fe->space_changed)
		put_space(fe, image);
	put_registers(fe, image);
	fe->config.ops->close(fe->config.ctx);
}

void frontend_write_interrupts(struct frontend_channel *fe)
{
	void *image = fe->config.ops->open_image(fe->config.ctx);

	put32(image, VIRTIO_MMIO_INTERRUPT_STATUS, fe->device.interrupts);
	fe->config.ops->close(fe->config.ctx);
}
