/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header, range and status of a block request as the driver's side writes them
 * (VirtIO 1.2, 5.2.6): towards a server, and towards a real disk.
 *
 * Ownership: a wire belongs to its request's slot; the device reads and writes
 * it from the moment the request is available until it is used.
 * Concurrency: one caller at a time per wire.
 * Trust: what is written here the device may read; what it writes is the
 * status alone, which the caller loads once.
 */
#ifndef LOOPBACK_WIRE_H
#define LOOPBACK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loopback/block.h>

/* What no device answers. */
#define WIRE_STATUS_UNSET 0xffu

static inline bool wire_moves_sectors(uint32_t type)
{
	return type == VIRTIO_BLK_T_IN || type == VIRTIO_BLK_T_OUT;
}

static inline bool wire_has_range(uint32_t type)
{
	return type == VIRTIO_BLK_T_DISCARD ||
	       type == VIRTIO_BLK_T_WRITE_ZEROES;
}

static inline void wire_fill(struct loopback_block_wire *wire, uint32_t type,
			     uint64_t sector, uint32_t sectors, uint32_t flags)
{
	wire->header.type = virtio_le32(type);
	wire->header.reserved = 0;
	wire->header.sector =
		virtio_le64(wire_moves_sectors(type) ? sector : 0);
	if (wire_has_range(type)) {
		wire->range.sector = virtio_le64(sector);
		wire->range.num_sectors = virtio_le32(sectors);
		wire->range.flags = virtio_le32(flags);
	}
	wire->status = WIRE_STATUS_UNSET;
}

/* The parts of the wire at bus address `wire`, for descriptors. */
static inline struct virtq_segment wire_header(uint64_t wire)
{
	return (struct virtq_segment){
		.addr = wire + offsetof(struct loopback_block_wire, header),
		.len = sizeof(struct virtio_blk_req_header),
	};
}

static inline struct virtq_segment wire_range(uint64_t wire)
{
	return (struct virtq_segment){
		.addr = wire + offsetof(struct loopback_block_wire, range),
		.len = sizeof(struct virtio_blk_discard_write_zeroes),
	};
}

static inline struct virtq_segment wire_status(uint64_t wire)
{
	return (struct virtq_segment){
		.addr = wire + offsetof(struct loopback_block_wire, status),
		.len = 1,
	};
}

#endif
