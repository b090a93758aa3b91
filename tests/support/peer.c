/* SPDX-License-Identifier: BSD-2-Clause */
/* The hostile peer's block, and what it does in either format. */
#include <stdlib.h>
#include <string.h>

#include <port/port.h>

#include "peer.h"

struct peer *peer_new(uint32_t num)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		abort();
	peer->memory = aligned_alloc(64, PEER_BYTES);
	if (!peer->memory)
		abort();
	memset(peer->memory, 0, PEER_BYTES);
	peer->ring = virtq_layout_ring(peer->memory, num);
	peer->addresses = virtq_layout_addresses(PEER_BUS, num);
	peer->regions[0] = (struct virtio_region){
		.addr = PEER_BUS,
		.size = PEER_BYTES,
		.base = peer->memory,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	if (virtio_region_table_init(&peer->table, peer->regions, 1))
		abort();
	peer->chain.segments = peer->segments;
	peer->chain.capacity = PEER_NUM_MAX;
	return peer;
}

void peer_free(struct peer *peer)
{
	free(peer->memory);
	free(peer);
}

static void start_raw_side(struct peer *peer, uint64_t features)
{
	peer->packed = features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	peer->avail = (struct peer_place){ .wrap = true };
	peer->used = (struct peer_place){ .wrap = true };
	peer->next_id = 0;
	peer->features = features;
	memset(peer->lengths, 0, sizeof(peer->lengths));
}

int peer_resume_device(struct peer *peer, uint64_t features,
		       const struct virtq_position *resume)
{
	struct virtq_device_config config = {
		.addresses = peer->addresses,
		.features = features,
		.regions = &peer->table,
		.slots = peer->device_slots,
		.resume = resume,
	};

	return virtq_device_init(&peer->device, &config);
}

int peer_start_device(struct peer *peer, uint64_t features)
{
	memset(peer->memory, 0, PEER_BUFFERS);
	start_raw_side(peer, features);
	return peer_resume_device(peer, features, NULL);
}

int peer_restart_driver(struct peer *peer, uint64_t features)
{
	struct virtq_driver_config config = {
		.ring = peer->ring,
		.features = features,
		.slots = peer->slots,
		.tables = peer->table_entries ? peer_at(peer, PEER_TABLES) :
						NULL,
		.tables_addr = peer_bus(PEER_TABLES),
		.table_entries = peer->table_entries,
	};

	return virtq_driver_init(&peer->driver, &config);
}

int peer_start_driver(struct peer *peer, uint64_t features)
{
	start_raw_side(peer, features);
	return peer_restart_driver(peer, features);
}

uint16_t peer_avail_lap(const struct peer_place *place)
{
	return place->wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
}

uint16_t peer_used_lap(const struct peer_place *place)
{
	return place->wrap ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
}

void peer_advance(const struct peer *peer, struct peer_place *place,
		  uint32_t count)
{
	for (; count; count--) {
		place->idx++;
		if (peer->packed && place->idx == peer->ring.num) {
			place->idx = 0;
			place->wrap = !place->wrap;
		}
	}
}

static uint16_t piece_flags(const struct peer_piece *pieces, uint16_t count,
			    uint16_t i)
{
	return pieces[i].flags | (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0);
}

static void post_split(struct peer *peer, uint16_t id,
		       const struct peer_piece *pieces, uint16_t count)
{
	uint32_t num = peer->ring.num;
	uint16_t i;

	for (i = 0; i < count; i++)
		peer_desc(peer, (uint16_t)((id + i) % num), pieces[i].addr,
			  pieces[i].len, piece_flags(pieces, count, i),
			  (uint16_t)((id + i + 1u) % num));
	peer_avail(peer, id);
}

/* The first descriptor's flags last: they make all of it available. */
static void post_packed(struct peer *peer, uint16_t id,
			const struct peer_piece *pieces, uint16_t count)
{
	struct peer_place place = peer->avail;
	uint16_t i, flags, first = 0;

	for (i = 0; i < count; i++) {
		struct pvirtq_desc *desc = &peer->ring.packed[place.idx];

		flags = piece_flags(pieces, count, i) | peer_avail_lap(&place);
		if (!i)
			first = flags;
		port_store(&desc->addr, virtio_le64(pieces[i].addr));
		port_store(&desc->len, virtio_le32(pieces[i].len));
		port_store(&desc->id, virtio_le16(id));
		if (i)
			port_store(&desc->flags, virtio_le16(flags));
		peer_advance(peer, &place, 1);
	}
	port_store_release(&peer->ring.packed[peer->avail.idx].flags,
			   virtio_le16(first));
	peer->avail = place;
}

uint16_t peer_post_id(struct peer *peer, uint16_t id,
		      const struct peer_piece *pieces, uint16_t count)
{
	if (id < PEER_NUM_MAX)
		peer->lengths[id] = count;
	if (peer->packed)
		post_packed(peer, id, pieces, count);
	else
		post_split(peer, id, pieces, count);
	return id;
}

uint16_t peer_post(struct peer *peer, const struct peer_piece *pieces,
		   uint16_t count)
{
	uint16_t id = peer->next_id;

	peer->next_id = (uint16_t)((id + count) % peer->ring.num);
	return peer_post_id(peer, id, pieces, count);
}

void peer_table(struct peer *peer, uint32_t offset,
		const struct peer_piece *pieces, uint16_t count)
{
	uint16_t i;

	for (i = 0; i < count; i++, offset += sizeof(struct virtq_desc)) {
		if (peer->packed)
			peer_packed_at(peer, offset, pieces[i].addr,
				       pieces[i].len, 0, pieces[i].flags);
		else
			peer_desc_at(peer, offset, pieces[i].addr,
				     pieces[i].len,
				     piece_flags(pieces, count, i),
				     (uint16_t)(i + 1));
	}
}

/* Descriptors of the buffer @id, at least one. */
static uint16_t length_of(const struct peer *peer, uint32_t id)
{
	return id < PEER_NUM_MAX && peer->lengths[id] ? peer->lengths[id] : 1;
}

bool peer_collect(struct peer *peer, struct virtq_used_elem *used)
{
	struct pvirtq_desc desc;
	uint16_t entry;

	if (!peer->packed) {
		entry = peer->used.idx;
		if (peer_read_used_idx(peer) == entry)
			return false;
		*used = peer_read_used(peer, entry);
		peer_advance(peer, &peer->used, 1);
		return true;
	}
	desc = peer_read_packed(peer, peer->used.idx);
	if ((desc.flags & (VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED)) !=
	    peer_used_lap(&peer->used))
		return false;
	*used = (struct virtq_used_elem){ desc.id, desc.len };
	peer_advance(peer, &peer->used, length_of(peer, desc.id));
	return true;
}

static int take_packed(struct peer *peer)
{
	const uint16_t lap = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
	struct peer_place place = peer->avail;
	struct pvirtq_desc desc = peer_read_packed(peer, place.idx);
	uint16_t count = 1;

	if ((desc.flags & lap) != peer_avail_lap(&place))
		return -1;
	while (desc.flags & VIRTQ_DESC_F_NEXT && count < peer->ring.num) {
		peer_advance(peer, &place, 1);
		desc = peer_read_packed(peer, place.idx);
		count++;
	}
	peer_advance(peer, &peer->avail, count);
	if (desc.id < PEER_NUM_MAX)
		peer->lengths[desc.id] = count;
	return desc.id;
}

int peer_take(struct peer *peer)
{
	uint16_t entry = peer->avail.idx;

	if (peer->packed)
		return take_packed(peer);
	if (peer_read_avail_idx(peer) == entry)
		return -1;
	peer_advance(peer, &peer->avail, 1);
	return peer_read_avail(peer, entry);
}

static void write_used(struct peer *peer, uint32_t id, uint32_t len)
{
	struct virtq_used_elem *elem;
	struct pvirtq_desc *desc;

	if (peer->packed) {
		desc = &peer->ring.packed[peer->used.idx];
		port_store(&desc->id, virtio_le16((uint16_t)id));
		port_store(&desc->len, virtio_le32(len));
		port_store_release(&desc->flags,
				   virtio_le16((uint16_t)(
					   peer_used_lap(&peer->used) |
					   (len ? VIRTQ_DESC_F_WRITE : 0))));
		return;
	}
	elem = &peer->ring.used->ring[peer->used.idx % peer->ring.num];
	port_store(&elem->id, virtio_le32(id));
	port_store(&elem->len, virtio_le32(len));
}

void peer_complete_batch(struct peer *peer, const uint16_t *ids,
			 unsigned int count, uint32_t len)
{
	unsigned int i;

	write_used(peer, ids[count - 1], len);
	for (i = 0; i < count; i++)
		peer_advance(peer, &peer->used,
			     peer->packed ? length_of(peer, ids[i]) : 1);
	if (!peer->packed)
		peer_set_used_idx(peer, peer->used.idx);
}

void peer_complete(struct peer *peer, uint32_t id, uint32_t len)
{
	write_used(peer, id, len);
	peer_advance(peer, &peer->used,
		     peer->packed ? length_of(peer, (uint16_t)id) : 1);
	if (!peer->packed)
		peer_set_used_idx(peer, peer->used.idx);
}
