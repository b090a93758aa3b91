/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "block_memory.h"

static void work(struct block_memory *memory,
		 const struct loopback_block_request *request,
		 const struct virtq_segment *segments)
{
	uint8_t *data = &memory->data[request->sector * 512];
	unsigned int i;

	switch (request->type) {
	case VIRTIO_BLK_T_IN:
	case VIRTIO_BLK_T_OUT:
		for (i = 0; i < request->segment_count; i++) {
			if (request->type == VIRTIO_BLK_T_IN)
				memcpy(segments[i].pointer, data,
				       segments[i].len);
			else
				memcpy(data, segments[i].pointer,
				       segments[i].len);
			data += segments[i].len;
		}
		break;
	case VIRTIO_BLK_T_FLUSH:
		memory->flushes++;
		break;
	case VIRTIO_BLK_T_DISCARD:
		memory->discards++;
		break;
	case VIRTIO_BLK_T_WRITE_ZEROES:
		memory->zeroes++;
		memset(data, 0, request->sectors * 512u);
		break;
	}
}

static int submit(struct loopback_block_backend *backend,
		  struct loopback_block_request *request)
{
	struct block_memory *memory = (struct block_memory *)backend;
	struct block_memory_held *held;
	int fail = memory->fail;

	memory->submits++;
	memory->fail = 0;
	if (fail)
		return fail;
	if (!memory->hold) {
		work(memory, request, request->segments);
		request->complete(request, VIRTIO_BLK_S_OK);
		return LOOPBACK_OK;
	}
	if (memory->count == memory->depth)
		return LOOPBACK_ERR_BUSY;
	held = &memory->held[memory->count++];
	held->request = request;
	if (request->segment_count) {
		/* Use the room around the data, as the contract allows. */
		memset(&request->segments[-1], 0xa5, sizeof(held->segments[0]));
		memset(&request->segments[request->segment_count], 0xa5,
		       sizeof(held->segments[0]));
		memcpy(held->segments, request->segments,
		       request->segment_count * sizeof(held->segments[0]));
	}
	return LOOPBACK_OK;
}

static void kick(struct loopback_block_backend *backend)
{
	((struct block_memory *)backend)->kicks++;
}

void block_memory_init(struct block_memory *memory)
{
	unsigned int i;

	memset(memory, 0, sizeof(*memory));
	for (i = 0; i < sizeof(memory->data); i++)
		memory->data[i] = (uint8_t)(i / 512 + i % 512);
	memory->depth = BLOCK_MEMORY_DEPTH;
	memory->backend = (struct loopback_block_backend){
		.capacity = BLOCK_MEMORY_SECTORS,
		.segment_max = BLOCK_MEMORY_SEGMENTS,
		.flush = true,
		.submit = submit,
		.kick = kick,
	};
}

void block_memory_end(struct block_memory *memory, unsigned int index,
		      uint8_t status)
{
	struct block_memory_held held = memory->held[index];

	memory->count--;
	memmove(&memory->held[index], &memory->held[index + 1],
		(memory->count - index) * sizeof(memory->held[0]));
	if (status == VIRTIO_BLK_S_OK)
		work(memory, held.request, held.segments);
	held.request->complete(held.request, status);
}
