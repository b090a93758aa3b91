/* SPDX-License-Identifier: BSD-2-Clause */
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

int peer_start_device(struct peer *peer, uint64_t features)
{
	struct virtq_device_config config = {
		.addresses = peer->addresses,
		.features = features,
		.regions = &peer->table,
		.slots = peer->device_slots,
	};

	memset(peer->memory, 0, PEER_BUFFERS);
	peer->avail_idx = 0;
	return virtq_device_init(&peer->device, &config);
}

int peer_start_driver(struct peer *peer, uint64_t features)
{
	struct virtq_driver_config config = {
		.ring = peer->ring,
		.features = features,
		.slots = peer->slots,
	};

	peer->used_idx = 0;
	return virtq_driver_init(&peer->driver, &config);
}

static void desc_write(struct virtq_desc *desc, uint64_t addr, uint32_t len,
		       uint16_t flags, uint16_t next)
{
	port_store(&desc->addr, virtio_le64(addr));
	port_store(&desc->len, virtio_le32(len));
	port_store(&desc->flags, virtio_le16(flags));
	port_store(&desc->next, virtio_le16(next));
}

void peer_desc(struct peer *peer, uint16_t index, uint64_t addr, uint32_t len,
	       uint16_t flags, uint16_t next)
{
	desc_write(&peer->ring.desc[index], addr, len, flags, next);
}

void peer_desc_at(struct peer *peer, uint32_t offset, uint64_t addr,
		  uint32_t len, uint16_t flags, uint16_t next)
{
	desc_write(peer_at(peer, offset), addr, len, flags, next);
}

void peer_avail(struct peer *peer, uint16_t head)
{
	uint16_t entry = peer->avail_idx & (uint16_t)(peer->ring.num - 1);

	port_store(&peer->ring.avail->ring[entry], virtio_le16(head));
	peer_set_avail_idx(peer, (uint16_t)(peer->avail_idx + 1));
}

void peer_set_avail_idx(struct peer *peer, uint16_t idx)
{
	peer->avail_idx = idx;
	port_store_release(&peer->ring.avail->idx, virtio_le16(idx));
}

void peer_set_used_event(struct peer *peer, uint16_t event)
{
	port_store(virtq_used_event(&peer->ring), virtio_le16(event));
}

void peer_used(struct peer *peer, uint32_t id, uint32_t len)
{
	uint16_t entry = peer->used_idx & (uint16_t)(peer->ring.num - 1);

	port_store(&peer->ring.used->ring[entry].id, virtio_le32(id));
	port_store(&peer->ring.used->ring[entry].len, virtio_le32(len));
	peer_set_used_idx(peer, (uint16_t)(peer->used_idx + 1));
}

void peer_set_used_idx(struct peer *peer, uint16_t idx)
{
	peer->used_idx = idx;
	port_store_release(&peer->ring.used->idx, virtio_le16(idx));
}

void peer_set_avail_event(struct peer *peer, uint16_t event)
{
	port_store(virtq_avail_event(&peer->ring), virtio_le16(event));
}
