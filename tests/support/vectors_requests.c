/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests that are recorded, as their client makes them. */
#include <string.h>

#include "vectors.h"

_Static_assert(VECTORS_QUEUE_SIZE * sizeof(struct loopback_block_wire) ==
		       VECTORS_TABLES - VECTORS_WIRES,
	       "wires");
_Static_assert(VECTORS_QUEUE_SIZE * VECTORS_TABLE_ENTRIES *
			       sizeof(struct virtq_desc) ==
		       VECTORS_DATA - VECTORS_TABLES,
	       "indirect tables");

#define PIECES_MAX	4u
#define PATTERN		0x9du

/* Pieces of one length, the last of them first in memory. */
static const struct request {
	uint32_t type;
	uint32_t sector;
	uint32_t sectors;
	uint32_t flags;
	uint32_t pieces;
	uint32_t length;
	uint32_t offset;
} requests[VECTORS_REQUESTS] = {
	{ .type = VIRTIO_BLK_T_GET_ID, .pieces = 1,
	  .length = VIRTIO_BLK_ID_BYTES, .offset = VECTORS_DATA },
	{ .type = VIRTIO_BLK_T_IN, .sector = 3, .pieces = 1, .length = 512,
	  .offset = VECTORS_DATA + 0x040 },
	{ .type = VIRTIO_BLK_T_OUT, .sector = 0x1234, .pieces = 2,
	  .length = 256, .offset = VECTORS_DATA + 0x240 },
	/* More pieces than a table has room for: a chain in the ring itself. */
	{ .type = VIRTIO_BLK_T_IN, .sector = 0x2345, .pieces = 4,
	  .length = 128, .offset = VECTORS_DATA + 0x440 },
	{ .type = VIRTIO_BLK_T_FLUSH },
	{ .type = VIRTIO_BLK_T_DISCARD, .sector = 0x801, .sectors = 0x203 },
	{ .type = VIRTIO_BLK_T_WRITE_ZEROES, .sector = 0x1002, .sectors = 7,
	  .flags = VIRTIO_BLK_WRITE_ZEROES_F_UNMAP },
	/* Turns into one that no server knows. */
	{ .type = VIRTIO_BLK_T_FLUSH },
};

static int submit(struct loopback_block_client *block, unsigned int index,
		  uint8_t *pool, uint64_t pool_address)
{
	const struct request *request = &requests[index];
	struct loopback_block_data data[PIECES_MAX];
	struct loopback_block_io io = {
		.type = request->type,
		.sector = request->sector,
		.sectors = request->sectors,
		.flags = request->flags,
		.data = data,
		.data_count = request->pieces,
		.cookie = (void *)(uintptr_t)(index + 1),
	};
	uint32_t i;

	for (i = 0; i < request->pieces; i++)
		data[i] = (struct loopback_block_data){
			.address = pool_address + request->offset +
				   (request->pieces - 1 - i) * request->length,
			.length = request->length,
		};
	if (request->type == VIRTIO_BLK_T_OUT)
		for (i = 0; i < request->pieces * request->length; i++)
			pool[request->offset + i] =
				(uint8_t)(i * PATTERN + (i >> 8));
	return loopback_block_client_submit(block, &io);
}

int vectors_submit(struct loopback_block_client *block, uint8_t *pool,
		   uint64_t pool_address)
{
	unsigned int i;
	int ret;

	for (i = 0; i < VECTORS_REQUESTS; i++) {
		ret = submit(block, i, pool, pool_address);
		if (ret)
			return ret;
	}
	block->config.wires[VECTORS_REQUESTS - 1].header.type =
		virtio_le32(VECTORS_UNKNOWN_TYPE);
	return LOOPBACK_OK;
}
