/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 35: a bus master that the manifest declares trusted reaches memory that
 * its owner cannot. What confines the harts does not confine it; the map
 * says so, and this shows it: the disk copies a foreign page into a sector, and
 * back into own memory.
 */
#include <common/console.h>
#include <common/memory.h>
#include <common/report.h>
#include <string.h>
#include <virtio/blk.h>
#include <virtio/driver.h>
#include <virtio/mmio_driver.h>
#include "board.h"
#include "hostile.h"

#define DMA_QUEUE_SIZE	8
#define DMA_SPINS	100000000u

struct dma_request {
	struct virtio_blk_req_header header;
	uint8_t status;
};

static struct virtio_mmio dma_device;
static struct virtq_driver dma_virtq;
static struct virtq_driver_slot dma_slots[DMA_QUEUE_SIZE];
static unsigned char dma_ring[1024] __attribute__((aligned(64)));
static unsigned char dma_sector[VIRTIO_BLK_SECTOR_SIZE]
	__attribute__((aligned(64)));
static struct dma_request dma_request;

static bool dma_bring_up(const struct tree_device *device)
{
	struct virtq_driver_config config = { .slots = dma_slots };
	struct virtq_addresses addresses;

	if (virtio_mmio_bind(&dma_device, (void *)(uintptr_t)device->reg.base,
			     VIRTIO_ID_BLOCK) ||
	    virtio_mmio_negotiate(&dma_device,
				  VIRTIO_FEATURE(VIRTIO_F_VERSION_1), 0,
				  NULL))
		return false;
	config.ring = virtq_layout_ring(dma_ring, DMA_QUEUE_SIZE);
	config.features = dma_device.features;
	addresses = virtq_layout_addresses((uintptr_t)dma_ring,
					   DMA_QUEUE_SIZE);
	return virtq_layout_bytes(DMA_QUEUE_SIZE) <= sizeof(dma_ring) &&
	       !virtq_driver_init(&dma_virtq, &config) &&
	       !virtio_mmio_setup_queue(&dma_device, 0, &addresses) &&
	       !virtio_mmio_start(&dma_device);
}

/* One sector, sector 0, between the disk and bus address `address`. */
static bool dma_transfer(uint32_t type, uint64_t address)
{
	struct virtq_segment segments[] = {
		{ .addr = (uintptr_t)&dma_request.header,
		  .len = sizeof(dma_request.header) },
		{ .addr = address, .len = VIRTIO_BLK_SECTOR_SIZE },
		{ .addr = (uintptr_t)&dma_request.status, .len = 1 },
	};
	unsigned int readable = type == VIRTIO_BLK_T_OUT ? 2 : 1;
	struct virtq_completion done;

	dma_request.header = (struct virtio_blk_req_header){ .type = type };
	dma_request.status = 0xff;
	if (virtq_driver_add(&dma_virtq, segments, readable, 3 - readable,
			     NULL))
		return false;
	if (virtq_driver_publish(&dma_virtq))
		virtio_mmio_notify(&dma_device, 0);
	for (unsigned int i = 0; i < DMA_SPINS; i++) {
		if (virtq_driver_get(&dma_virtq, &done))
			return *(volatile uint8_t *)&dma_request.status ==
			       VIRTIO_BLK_S_OK;
	}
	return false;
}

bool dma_interrupt(void)
{
	const struct tree_device *device = tree_find_device(&tree, NULL,
							    "virtio,mmio");

	return device && dma_bring_up(device) &&
	       dma_transfer(VIRTIO_BLK_T_IN, (uintptr_t)dma_sector);
}

void dma_run(void)
{
	const struct tree_device *device = tree_find_device(&tree, NULL,
							    "virtio,mmio");

	if (!device || map_is_granted(board.victim, sizeof(dma_sector)))
		return;
	if (!dma_bring_up(device)) {
		print("dma: no disk at the granted %s: nothing to show\n",
		      device->name);
		return;
	}
	/* Every payload begins with the same instructions as this one. */
	report(dma_transfer(VIRTIO_BLK_T_OUT, board.victim) &&
	       dma_transfer(VIRTIO_BLK_T_IN, (uintptr_t)dma_sector) &&
	       !memcmp(dma_sector, image_start, 8),
	       "dma: a bus master declared trusted reads foreign memory, as the map warns");
	virtio_mmio_reset(&dma_device);
}
