/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block backend that hands requests on to a real virtio-blk device: data
 * segments go to the device by bus address as they came, no CPU touches them;
 * only header and status are the server's own.
 *
 * Ownership: all memory is the caller's. `wires` must be reachable by the disk
 * and should be out of every client's reach.
 * Concurrency: one caller at a time, the same as that of the servers above it.
 * Trust: the disk masters the bus and is trusted as the manifest says; its ring
 * is nevertheless driven through virtq_driver, which believes none of it.
 * Specification: VirtIO 1.2, 5.2.6.
 */
#ifndef LOOPBACK_BLOCK_BACKEND_VIRTIO_H
#define LOOPBACK_BLOCK_BACKEND_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/block.h>
#include <loopback/block_backend.h>
#include <loopback/error.h>
#include <virtio/blk.h>
#include <virtio/driver.h>

struct loopback_block_disk_slot {
	struct loopback_slot free;
	struct loopback_block_request *request;
};

struct loopback_block_disk_config {
	/* the disk's queue, set up and live */
	struct virtq_driver *virtq;
	uint16_t queue_size;
	/* `slot_count` of them */
	struct loopback_block_wire *wires;
	/* bus address of the first */
	uint64_t wires_address;
	/* private, `slot_count` of them */
	struct loopback_block_disk_slot *slots;
	uint16_t slot_count;
	/* as negotiated with the disk */
	uint64_t features;
	/* the disk's configuration, as it lays it out: little-endian */
	struct virtio_blk_config blk;
	/* write the disk's QueueNotify */
	void (*notify)(void *ctx);
	void *ctx;
};

struct loopback_block_disk {
	/* give to struct loopback_block_server_config */
	struct loopback_block_backend backend;
	struct loopback_block_disk_config config;
	struct loopback_slot *free;
	uint16_t in_flight;
	/* added since the last kick */
	bool dirty;
	bool broken;
};

/* Feature bits worth negotiating with the disk. */
#define LOOPBACK_BLOCK_DISK_FEATURES                                    \
	(1ull << VIRTIO_BLK_F_SIZE_MAX | 1ull << VIRTIO_BLK_F_SEG_MAX | \
	 1ull << VIRTIO_BLK_F_RO | 1ull << VIRTIO_BLK_F_BLK_SIZE |      \
	 1ull << VIRTIO_BLK_F_FLUSH | 1ull << VIRTIO_BLK_F_TOPOLOGY |   \
	 1ull << VIRTIO_BLK_F_DISCARD | 1ull << VIRTIO_BLK_F_WRITE_ZEROES)

/*
 * Prepare over a live disk.
 * Errors: LOOPBACK_ERR_INVALID.
 */
int loopback_block_disk_init(struct loopback_block_disk *disk,
			     const struct loopback_block_disk_config *config);

/*
 * Take what the disk has ended; call upon its interrupt, then
 * loopback_block_server_process for each server above. Returns the number of
 * requests ended; when it returns, the disk will interrupt for the next one.
 * Errors: LOOPBACK_ERR_PROTOCOL (the disk broke its ring; nothing more is
 * taken. It may still write to clients' buffers: reset it, then call
 * loopback_block_disk_abort).
 */
int loopback_block_disk_poll(struct loopback_block_disk *disk);

/*
 * After the disk was reset: end everything in flight with IOERR. The backend
 * takes nothing more until loopback_block_disk_init.
 */
void loopback_block_disk_abort(struct loopback_block_disk *disk);

#endif
