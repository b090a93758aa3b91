/* SPDX-License-Identifier: BSD-2-Clause */
/* Every field of either ring, raw, in the ring's byte order. */
#include <port/port.h>

#include "peer.h"

static uint16_t load16(const uint16_t *field)
{
	return virtio_le16(port_load(field));
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
	uint16_t entry = (uint16_t)(peer->avail.idx % peer->ring.num);

	port_store(&peer->ring.avail->ring[entry], virtio_le16(head));
	peer_set_avail_idx(peer, (uint16_t)(peer->avail.idx + 1));
}

void peer_set_avail_idx(struct peer *peer, uint16_t idx)
{
	peer->avail.idx = idx;
	port_store_release(&peer->ring.avail->idx, virtio_le16(idx));
}

void peer_set_avail_flags(struct peer *peer, uint16_t flags)
{
	port_store(&peer->ring.avail->flags, virtio_le16(flags));
}

void peer_set_used_event(struct peer *peer, uint16_t event)
{
	port_store(virtq_used_event(&peer->ring), virtio_le16(event));
}

void peer_used(struct peer *peer, uint32_t id, uint32_t len)
{
	uint16_t entry = (uint16_t)(peer->used.idx % peer->ring.num);

	port_store(&peer->ring.used->ring[entry].id, virtio_le32(id));
	port_store(&peer->ring.used->ring[entry].len, virtio_le32(len));
	peer_set_used_idx(peer, (uint16_t)(peer->used.idx + 1));
}

void peer_set_used_idx(struct peer *peer, uint16_t idx)
{
	peer->used.idx = idx;
	port_store_release(&peer->ring.used->idx, virtio_le16(idx));
}

void peer_set_used_flags(struct peer *peer, uint16_t flags)
{
	port_store(&peer->ring.used->flags, virtio_le16(flags));
}

void peer_set_avail_event(struct peer *peer, uint16_t event)
{
	port_store(virtq_avail_event(&peer->ring), virtio_le16(event));
}

struct virtq_desc peer_read_desc(const struct peer *peer, uint16_t index)
{
	const struct virtq_desc *desc = &peer->ring.desc[index];

	return (struct virtq_desc){
		.addr = virtio_le64(port_load(&desc->addr)),
		.len = virtio_le32(port_load(&desc->len)),
		.flags = load16(&desc->flags),
		.next = load16(&desc->next),
	};
}

uint16_t peer_read_avail(const struct peer *peer, uint16_t entry)
{
	return load16(&peer->ring.avail->ring[entry % peer->ring.num]);
}

uint16_t peer_read_avail_idx(const struct peer *peer)
{
	return virtio_le16(port_load_acquire(&peer->ring.avail->idx));
}

uint16_t peer_read_avail_flags(const struct peer *peer)
{
	return load16(&peer->ring.avail->flags);
}

uint16_t peer_read_used_event(const struct peer *peer)
{
	return load16(virtq_used_event(&peer->ring));
}

struct virtq_used_elem peer_read_used(const struct peer *peer, uint16_t entry)
{
	const struct virtq_used_elem *elem =
		&peer->ring.used->ring[entry % peer->ring.num];

	return (struct virtq_used_elem){
		.id = virtio_le32(port_load(&elem->id)),
		.len = virtio_le32(port_load(&elem->len)),
	};
}

uint16_t peer_read_used_idx(const struct peer *peer)
{
	return virtio_le16(port_load_acquire(&peer->ring.used->idx));
}

uint16_t peer_read_used_flags(const struct peer *peer)
{
	return load16(&peer->ring.used->flags);
}

uint16_t peer_read_avail_event(const struct peer *peer)
{
	return load16(virtq_avail_event(&peer->ring));
}

static void packed_write(struct pvirtq_desc *desc, uint64_t addr, uint32_t len,
			 uint16_t id, uint16_t flags)
{
	port_store(&desc->addr, virtio_le64(addr));
	port_store(&desc->len, virtio_le32(len));
	port_store(&desc->id, virtio_le16(id));
	port_store_release(&desc->flags, virtio_le16(flags));
}

void peer_packed(struct peer *peer, uint16_t index, uint64_t addr, uint32_t len,
		 uint16_t id, uint16_t flags)
{
	packed_write(&peer->ring.packed[index], addr, len, id, flags);
}

void peer_packed_at(struct peer *peer, uint32_t offset, uint64_t addr,
		    uint32_t len, uint16_t id, uint16_t flags)
{
	packed_write(peer_at(peer, offset), addr, len, id, flags);
}

struct pvirtq_desc peer_read_packed(const struct peer *peer, uint16_t index)
{
	const struct pvirtq_desc *desc = &peer->ring.packed[index];
	uint16_t flags = virtio_le16(port_load_acquire(&desc->flags));

	return (struct pvirtq_desc){
		.addr = virtio_le64(port_load(&desc->addr)),
		.len = virtio_le32(port_load(&desc->len)),
		.id = load16(&desc->id),
		.flags = flags,
	};
}

static void event_write(struct pvirtq_event_suppress *event, uint16_t off_wrap,
			uint16_t flags)
{
	port_store(&event->off_wrap, virtio_le16(off_wrap));
	port_store(&event->flags, virtio_le16(flags));
}

static struct pvirtq_event_suppress
event_read(const struct pvirtq_event_suppress *event)
{
	return (struct pvirtq_event_suppress){
		.off_wrap = load16(&event->off_wrap),
		.flags = load16(&event->flags),
	};
}

void peer_set_driver_event(struct peer *peer, uint16_t off_wrap, uint16_t flags)
{
	event_write(peer->ring.driver_event, off_wrap, flags);
}

void peer_set_device_event(struct peer *peer, uint16_t off_wrap, uint16_t flags)
{
	event_write(peer->ring.device_event, off_wrap, flags);
}

struct pvirtq_event_suppress peer_read_driver_event(const struct peer *peer)
{
	return event_read(peer->ring.driver_event);
}

struct pvirtq_event_suppress peer_read_device_event(const struct peer *peer)
{
	return event_read(peer->ring.device_event);
}
