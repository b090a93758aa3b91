/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mmio_guest.h"

#define BUFFER	64u
#define OUT	MMIO_GUEST_BUFFERS
#define IN	(MMIO_GUEST_BUFFERS + BUFFER)

int mmio_guest_set_up_queue(struct mmio_guest *guest)
{
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(guest->device->memory,
					  MMIO_GUEST_NUM),
		.features = guest->dev.features,
		.slots = guest->slots,
	};
	struct virtq_addresses at = virtq_layout_addresses(MMIO_DEVICE_BUS,
							   MMIO_GUEST_NUM);
	int error = virtq_driver_init(&guest->vq, &config);

	return error ? error : virtio_mmio_setup_queue(&guest->dev, 0, &at);
}

int mmio_guest_bring_up(struct mmio_guest *guest, struct mmio_device *device,
			uint64_t features)
{
	int error;

	memset(guest, 0, sizeof(*guest));
	guest->device = device;
	error = virtio_mmio_bind_access(&guest->dev, mmio_device_read,
					mmio_device_write, device,
					device->config.device_id);
	if (error)
		return error;
	error = virtio_mmio_negotiate(&guest->dev, features, features, NULL);
	if (error)
		return error;
	error = mmio_guest_set_up_queue(guest);
	if (error)
		return error;
	return virtio_mmio_start(&guest->dev);
}

bool mmio_guest_offer(struct mmio_guest *guest)
{
	struct virtq_segment segments[] = {
		{ .addr = MMIO_DEVICE_BUS + OUT, .len = BUFFER },
		{ .addr = MMIO_DEVICE_BUS + IN, .len = BUFFER },
	};

	guest->requests++;
	memset(guest->device->memory + OUT, (int)guest->requests, BUFFER);
	memset(guest->device->memory + IN, 0xee, BUFFER);
	if (virtq_driver_add(&guest->vq, segments, 1, 1, guest))
		return false;
	if (virtq_driver_publish(&guest->vq))
		virtio_mmio_notify(&guest->dev,
				   virtq_driver_notification(&guest->vq, 0));
	return true;
}

bool mmio_guest_request(struct mmio_guest *guest)
{
	const unsigned char *memory = guest->device->memory;
	struct virtq_completion done = { 0 };

	if (virtq_driver_enable_callbacks(&guest->vq) ||
	    !mmio_guest_offer(guest))
		return false;
	return virtio_mmio_device_interrupts(&guest->device->machine) &&
	       virtio_mmio_ack_interrupt(&guest->dev) & VIRTIO_MMIO_INT_USED &&
	       !virtio_mmio_device_interrupts(&guest->device->machine) &&
	       virtq_driver_get(&guest->vq, &done) == 1 &&
	       done.cookie == guest && done.len == BUFFER &&
	       !memcmp(memory + IN, memory + OUT, BUFFER) &&
	       memory[IN] == (unsigned char)guest->requests;
}
