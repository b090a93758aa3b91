/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's half of the packed format (2.8). */
#include <port/port.h>

#include "driver_private.h"
#include "packed_private.h"
#include "wish.h"

void virtq_packed_start_driver(struct virtq_driver *vq)
{
	const struct virtq_ring *ring = &vq->ring;
	uint32_t i;

	vq->unexposed = 0;
	vq->avail_lap = PACKED_LAP_AVAIL;
	vq->exposed_lap = PACKED_LAP_AVAIL;
	vq->used_lap = PACKED_LAP_USED;
	for (i = 0; i < ring->num; i++) {
		port_store(&ring->packed[i].addr, 0);
		port_store(&ring->packed[i].len, 0);
		port_store(&ring->packed[i].id, 0);
		port_store(&ring->packed[i].flags, 0);
	}
	port_store(&ring->driver_event->off_wrap, 0);
	port_store(&ring->driver_event->flags, 0);
	port_store(&ring->device_event->off_wrap, 0);
	port_store(&ring->device_event->flags, 0);
}

static void desc_write(struct pvirtq_desc *desc, uint64_t addr, uint32_t len,
		       uint16_t id)
{
	port_store(&desc->addr, virtio_le64(addr));
	port_store(&desc->len, virtio_le32(len));
	port_store(&desc->id, virtio_le16(id));
}

/*
 * Write the next descriptor of the ring. The device looks at them in order, so
 * the flags of the first since the last expose are kept back: they are what
 * makes it and all behind it visible.
 */
static void packed_write(struct virtq_driver *vq, uint64_t addr, uint32_t len,
			 unsigned int flags)
{
	struct pvirtq_desc *desc = &vq->ring.packed[vq->avail_idx];

	desc_write(desc, addr, len, vq->free_head);
	flags |= vq->avail_lap;
	if (vq->unexposed++)
		port_store(&desc->flags, virtio_le16((uint16_t)flags));
	else
		vq->head_flags = (uint16_t)flags;
	packed_advance(&vq->avail_idx, &vq->avail_lap, vq->ring.num, 1);
}

uint16_t virtq_packed_add_chain(struct virtq_driver *vq,
				const struct virtq_buffer *buffer)
{
	unsigned int i;

	for (i = 0; i < buffer->total; i++) {
		unsigned int flags =
			i < buffer->readable ? 0 : VIRTQ_DESC_F_WRITE;

		if (i + 1 < buffer->total)
			flags |= VIRTQ_DESC_F_NEXT;
		packed_write(vq, buffer->segments[i].addr,
			     buffer->segments[i].len, flags);
	}
	return vq->free_head;
}

uint16_t virtq_packed_add_table(struct virtq_driver *vq,
				const struct virtq_buffer *buffer)
{
	size_t first = (size_t)vq->free_head * vq->table_entries;
	struct pvirtq_desc *table = &vq->packed_tables[first];
	unsigned int i;

	for (i = 0; i < buffer->total; i++) {
		desc_write(&table[i], buffer->segments[i].addr,
			   buffer->segments[i].len, 0);
		port_store(&table[i].flags,
			   virtio_le16(i < buffer->readable ?
					       0 :
					       VIRTQ_DESC_F_WRITE));
	}
	packed_write(vq, vq->tables_addr + first * sizeof(*table),
		     (uint32_t)(buffer->total * sizeof(*table)),
		     VIRTQ_DESC_F_INDIRECT);
	return vq->free_head;
}

unsigned int virtq_packed_expose_avail(struct virtq_driver *vq)
{
	unsigned int count = vq->unexposed;

	if (!count)
		return 0;
	/* Pairs with the acquire in virtq_packed_read_avail(): all else in the
	 * descriptors, and those behind, before these flags (2.8.21.1.1). */
	port_store_release(&vq->ring.packed[vq->exposed_idx].flags,
			   virtio_le16(vq->head_flags));
	vq->exposed_idx = vq->avail_idx;
	vq->exposed_lap = vq->avail_lap;
	vq->unexposed = 0;
	return count;
}

bool virtq_packed_device_wants(const struct virtq_driver *vq, uint16_t count)
{
	return packed_wants(&vq->ring, vq->ring.device_event, vq->event_idx,
			    packed_position(vq->exposed_idx, vq->exposed_lap),
			    count);
}

static const struct pvirtq_desc *packed_next_used(const struct virtq_driver *vq)
{
	return &vq->ring.packed[vq->used_idx];
}

int virtq_packed_read_used(struct virtq_driver *vq, uint32_t *id, uint32_t *len)
{
	const struct pvirtq_desc *desc = packed_next_used(vq);
	/* Pairs with the release in virtq_packed_expose_used(): id, length and
	 * data after the flags (2.8.22). */
	uint16_t flags = virtio_le16(port_load_acquire(&desc->flags));

	if ((flags & PACKED_LAP_USED) != vq->used_lap)
		return 0;
	*id = virtio_le16(port_load(&desc->id));
	/* Some devices write a length and not VIRTQ_DESC_F_WRITE. */
	*len = virtio_le32(port_load(&desc->len));
	return 1;
}

void virtq_packed_advance_used(struct virtq_driver *vq, uint16_t count)
{
	packed_advance(&vq->used_idx, &vq->used_lap, vq->ring.num, count);
}

bool virtq_packed_has_used(const struct virtq_driver *vq)
{
	uint16_t flags = virtio_le16(port_load(&packed_next_used(vq)->flags));

	return (flags & PACKED_LAP_USED) == vq->used_lap;
}

void virtq_packed_disable_callbacks(struct virtq_driver *vq)
{
	virtq_set_wish(&vq->wish, &vq->ring.driver_event->flags,
		       RING_EVENT_FLAGS_DISABLE);
}

bool virtq_packed_enable_callbacks(struct virtq_driver *vq, bool delayed)
{
	unsigned int outstanding = vq->ring.num - vq->free_count;
	uint16_t idx = vq->used_idx, lap = vq->used_lap;

	/* Fewer, if the device used what it had not been shown. */
	outstanding -= vq->unexposed < outstanding ? vq->unexposed :
						     outstanding;

	if (vq->event_idx) {
		if (delayed)
			packed_advance(&idx, &lap, vq->ring.num,
				       outstanding * 3 / 4);
		port_store(&vq->ring.driver_event->off_wrap,
			   virtio_le16(packed_position(idx, lap)));
	}
	virtq_set_wish(&vq->wish, &vq->ring.driver_event->flags,
		       vq->event_idx ? RING_EVENT_FLAGS_DESC :
				       RING_EVENT_FLAGS_ENABLE);
	/* Pairs with the barrier of virtq_device_publish(): either it sees this
	 * wish or this sees its descriptor (2.8.22). */
	port_full_barrier();
	return virtq_packed_has_used(vq);
}

uint16_t virtq_packed_progress(const struct virtq_driver *vq)
{
	return packed_position(vq->exposed_idx, vq->exposed_lap);
}
