/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client may ask of a block device (VirtIO 1.2, 5.2.6). Nothing is
 * assumed about how a request is split over descriptors (2.7.4.2).
 */
#include <loopback/block.h>
#include <port/port.h>

#include "block_private.h"
#include "page.h"

struct cursor {
	struct virtq_segment *segments;
	unsigned int count;
	uint32_t length;
};

/* Each byte once; in words where they are aligned, as headers mostly are. */
static void copy_once(uint8_t *out, const uint8_t *in, uint32_t size)
{
	uint64_t word;

	while (size >= sizeof(word) && !((uintptr_t)in % sizeof(word))) {
		word = port_load((const uint64_t *)(const void *)in);
		__builtin_memcpy(out, &word, sizeof(word));
		out += sizeof(word);
		in += sizeof(word);
		size -= sizeof(word);
	}
	while (size--)
		*out++ = port_load(in++);
}

/*
 * Take `size` bytes off the front into private memory, each shared byte read
 * once: what is judged afterwards is what is done (hostile-driver time of check
 * to time of use).
 */
static void take_front(struct cursor *cursor, void *buffer, uint32_t size)
{
	uint8_t *out = buffer;

	cursor->length -= size;
	while (size) {
		struct virtq_segment *segment = cursor->segments;
		uint32_t piece = segment->len < size ? segment->len : size;

		copy_once(out, segment->pointer, piece);
		out += piece;
		size -= piece;
		segment->pointer = (uint8_t *)segment->pointer + piece;
		segment->addr += piece;
		segment->len -= piece;
		if (!segment->len) {
			cursor->segments++;
			cursor->count--;
		}
	}
}

/* Take the last byte: where the status goes, whatever came before it. */
static uint8_t *take_last(struct cursor *cursor)
{
	struct virtq_segment *segment = &cursor->segments[cursor->count - 1];
	uint8_t *byte = (uint8_t *)segment->pointer + segment->len - 1;

	cursor->length--;
	if (!--segment->len)
		cursor->count--;
	return byte;
}

static unsigned int check_range(const struct loopback_block_server *block,
				uint64_t sector, uint32_t sectors)
{
	uint64_t capacity = block->config.backend->capacity;

	/* Stops access past the end, also by a sum that wraps. */
	if (!sectors || sector > capacity || sectors > capacity - sector)
		return VIRTIO_BLK_S_IOERR;
	return BLOCK_SUBMIT;
}

static unsigned int parse_data(const struct loopback_block_server *block,
			       struct loopback_block_request *request,
			       const struct cursor *data, uint64_t sector)
{
	const struct loopback_block_backend *backend = block->config.backend;
	unsigned int i;

	/* Stops a length that would end in the middle of a sector. */
	if (data->length % VIRTIO_BLK_SECTOR_SIZE)
		return VIRTIO_BLK_S_IOERR;
	/*
	 * Stops a request that the backend could never take and that would
	 * so wait at the head of the queue for ever. The bound is what was
	 * offered as seg_max, no more than what the backend takes.
	 */
	if (data->count > block->segment_max)
		return VIRTIO_BLK_S_IOERR;
	for (i = 0; backend->segment_size_max && i < data->count; i++)
		if (data->segments[i].len > backend->segment_size_max)
			return VIRTIO_BLK_S_IOERR;
	request->sector = sector;
	request->sectors = data->length / VIRTIO_BLK_SECTOR_SIZE;
	request->length = data->length;
	request->segments = data->segments;
	request->segment_count = data->count;
	return check_range(block, request->sector, request->sectors);
}

bool loopback_block_is_negotiated(const struct loopback_block_server *block,
				  unsigned int feature)
{
	return block->transport.get_features(block->transport.ctx) &
	       VIRTIO_FEATURE(feature);
}

static unsigned int parse_zeroing(const struct loopback_block_server *block,
				  struct loopback_block_request *request,
				  struct cursor *data, unsigned int feature)
{
	const struct loopback_block_backend *backend = block->config.backend;
	bool discard = request->type == VIRTIO_BLK_T_DISCARD;
	struct virtio_blk_discard_write_zeroes range;

	if (!loopback_block_is_negotiated(block, feature))
		return VIRTIO_BLK_S_UNSUPP;
	/* One range, as max_discard_seg and max_write_zeroes_seg say. */
	if (backend->read_only || data->length != sizeof(range))
		return VIRTIO_BLK_S_IOERR;
	take_front(data, &range, sizeof(range));
	request->sector = virtio_le64(range.sector);
	request->sectors = virtio_le32(range.num_sectors);
	request->flags = virtio_le32(range.flags);
	/* 5.2.6.2: unknown flags, and unmap in a discard, are unsupported. */
	if (request->flags & ~(discard ? 0 : VIRTIO_BLK_WRITE_ZEROES_F_UNMAP))
		return VIRTIO_BLK_S_UNSUPP;
	if (request->sectors >
	    (discard ? backend->discard_max : backend->write_zeroes_max))
		return VIRTIO_BLK_S_IOERR;
	return check_range(block, request->sector, request->sectors);
}

static unsigned int answer_id(const struct loopback_block_server *block,
			      struct loopback_block_server_slot *slot,
			      struct cursor *data)
{
	unsigned int i;

	/* Stops a buffer too short, or so long that filling it is work. */
	if (data->length != VIRTIO_BLK_ID_BYTES)
		return VIRTIO_BLK_S_IOERR;
	for (i = 0; i < VIRTIO_BLK_ID_BYTES; i++) {
		struct virtq_segment *segment = data->segments;

		port_store((uint8_t *)segment->pointer,
			   (uint8_t)block->config.id[i]);
		segment->pointer = (uint8_t *)segment->pointer + 1;
		if (!--segment->len)
			data->segments++;
	}
	slot->written = VIRTIO_BLK_ID_BYTES + 1;
	return VIRTIO_BLK_S_OK;
}

static unsigned int parse_type(struct loopback_block_server *block,
			       struct loopback_block_server_slot *slot,
			       const struct virtio_blk_req_header *header,
			       struct cursor *out, struct cursor *in)
{
	struct loopback_block_request *request = &slot->request;

	request->type = virtio_le32(header->type);
	slot->written = in->length + 1;
	switch (request->type) {
	case VIRTIO_BLK_T_IN:
		/* Stops data that would be neither read nor written. */
		return out->length ? VIRTIO_BLK_S_IOERR :
				     parse_data(block, request, in,
						virtio_le64(header->sector));
	case VIRTIO_BLK_T_OUT:
		if (in->length || block->config.backend->read_only)
			return VIRTIO_BLK_S_IOERR;
		return parse_data(block, request, out,
				  virtio_le64(header->sector));
	case VIRTIO_BLK_T_FLUSH:
		if (!loopback_block_is_negotiated(block, VIRTIO_BLK_F_FLUSH))
			return VIRTIO_BLK_S_UNSUPP;
		return out->length || in->length ? VIRTIO_BLK_S_IOERR :
						   BLOCK_SUBMIT;
	case VIRTIO_BLK_T_GET_ID:
		return out->length ? VIRTIO_BLK_S_IOERR :
				     answer_id(block, slot, in);
	case VIRTIO_BLK_T_DISCARD:
		return in->length ? VIRTIO_BLK_S_IOERR :
				    parse_zeroing(block, request, out,
						  VIRTIO_BLK_F_DISCARD);
	case VIRTIO_BLK_T_WRITE_ZEROES:
		return in->length ? VIRTIO_BLK_S_IOERR :
				    parse_zeroing(block, request, out,
						  VIRTIO_BLK_F_WRITE_ZEROES);
	default:
		return VIRTIO_BLK_S_UNSUPP;
	}
}

unsigned int loopback_block_parse(struct loopback_block_server *block,
				  struct loopback_block_server_slot *slot,
				  struct virtq_chain *chain)
{
	struct cursor out = { chain->segments, chain->readable,
			      chain->readable_len };
	struct cursor in = { chain->segments + chain->readable, chain->writable,
			     chain->writable_len };
	struct virtio_blk_req_header header;

	/*
	 * Stops a status byte in memory we may not write, or none at all:
	 * there is nobody to tell, the chain goes back unserved.
	 */
	if (!in.length)
		return VIRTIO_BLK_S_IOERR;
	slot->status = take_last(&in);
	/* Stops a header that is short or lies in writable memory. */
	if (out.length < sizeof(header)) {
		slot->written = in.length + 1;
		return VIRTIO_BLK_S_IOERR;
	}
	take_front(&out, &header, sizeof(header));
	return parse_type(block, slot, &header, &out, &in);
}
