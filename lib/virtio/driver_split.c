/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's half of the split format (2.7). */
#include <port/port.h>

#include "driver_private.h"
#include "wish.h"

/* port_store() also keeps compilers from making this loop a memset(). */
void virtq_split_start_driver(struct virtq_driver *vq)
{
	const struct virtq_ring *ring = &vq->ring;
	uint32_t i;

	vq->used_cached = 0;
	for (i = 0; i < ring->num; i++) {
		port_store(&ring->desc[i].addr, 0);
		port_store(&ring->desc[i].len, 0);
		port_store(&ring->desc[i].flags, 0);
		port_store(&ring->desc[i].next, 0);
		port_store(&ring->avail->ring[i], 0);
		port_store(&ring->used->ring[i].id, 0);
		port_store(&ring->used->ring[i].len, 0);
	}
	port_store(virtq_used_event(ring), 0);
	port_store(virtq_avail_event(ring), 0);
	port_store(&ring->avail->flags, 0);
	port_store(&ring->used->flags, 0);
	port_store(&ring->avail->idx, 0);
	port_store(&ring->used->idx, 0);
}

static void desc_write(struct virtq_desc *desc, uint64_t addr, uint32_t len,
		       unsigned int flags, uint16_t next)
{
	port_store(&desc->addr, virtio_le64(addr));
	port_store(&desc->len, virtio_le32(len));
	port_store(&desc->flags, virtio_le16((uint16_t)flags));
	port_store(&desc->next, virtio_le16(next));
}

static void desc_write_segment(struct virtq_desc *desc,
			       const struct virtq_buffer *buffer,
			       unsigned int i, uint16_t next)
{
	unsigned int flags = i < buffer->readable ? 0 : VIRTQ_DESC_F_WRITE;

	if (i + 1 < buffer->total)
		flags |= VIRTQ_DESC_F_NEXT;
	desc_write(desc, buffer->segments[i].addr, buffer->segments[i].len,
		   flags, next);
}

/* Make the next available entry of @head; seen when the index is. */
static void split_write_entry(struct virtq_driver *vq, uint16_t head)
{
	port_store(&vq->ring.avail->ring[vq->avail_idx & (vq->ring.num - 1)],
		   virtio_le16(head));
	vq->avail_idx++;
}

/* The free list is already the chain: the slots' links are the descriptors'
 * links, and stay for the freeing. */
uint16_t virtq_split_add_chain(struct virtq_driver *vq,
			       const struct virtq_buffer *buffer)
{
	uint16_t index = vq->free_head, last = index;
	unsigned int i;

	for (i = 0; i < buffer->total; i++) {
		last = index;
		index = vq->slots[index].next;
		desc_write_segment(&vq->ring.desc[last], buffer, i, index);
	}
	split_write_entry(vq, vq->free_head);
	return last;
}

uint16_t virtq_split_add_table(struct virtq_driver *vq,
			       const struct virtq_buffer *buffer)
{
	uint16_t head = vq->free_head;
	size_t first = (size_t)head * vq->table_entries;
	struct virtq_desc *table = &vq->tables[first];
	unsigned int i;

	for (i = 0; i < buffer->total; i++)
		desc_write_segment(&table[i], buffer, i, (uint16_t)(i + 1));
	desc_write(&vq->ring.desc[head],
		   vq->tables_addr + first * sizeof(*table),
		   (uint32_t)(buffer->total * sizeof(*table)),
		   VIRTQ_DESC_F_INDIRECT, 0);
	split_write_entry(vq, head);
	return head;
}

unsigned int virtq_split_expose_avail(struct virtq_driver *vq)
{
	uint16_t count = (uint16_t)(vq->avail_idx - vq->exposed_idx);

	if (!count)
		return 0;
	/* Pairs with the acquire of avail.idx in split_refill(): descriptors
	 * and ring entries before the index (2.7.13.3). */
	port_store_release(&vq->ring.avail->idx, virtio_le16(vq->avail_idx));
	vq->exposed_idx = vq->avail_idx;
	return count;
}

bool virtq_split_device_wants(const struct virtq_driver *vq, uint16_t count)
{
	uint16_t event, flags;

	if (vq->event_idx) {
		event = virtio_le16(port_load(virtq_avail_event(&vq->ring)));
		return virtq_need_event(event, vq->exposed_idx,
					(uint16_t)(vq->exposed_idx - count));
	}
	flags = virtio_le16(port_load(&vq->ring.used->flags));
	return !(flags & VIRTQ_USED_F_NO_NOTIFY);
}

/* Look for used entries: 1 if there are any, 0, or an error. */
static int split_refill(struct virtq_driver *vq)
{
	/* Pairs with the release in virtq_split_expose_used(): entries and
	 * data after the index (2.7.14). */
	uint16_t idx = virtio_le16(port_load_acquire(&vq->ring.used->idx));

	/* An index past what is outstanding, backwards included, would replay
	 * old entries as completions. */
	if ((uint16_t)(idx - vq->used_idx) >
	    (uint16_t)(vq->exposed_idx - vq->used_idx))
		return VIRTIO_ERR_INDEX;
	vq->used_cached = idx;
	return idx != vq->used_idx;
}

int virtq_split_read_used(struct virtq_driver *vq, uint32_t *id, uint32_t *len)
{
	const struct virtq_used_elem *elem;
	int ready;

	if (vq->used_idx == vq->used_cached) {
		ready = split_refill(vq);
		if (ready <= 0)
			return ready;
	}
	elem = &vq->ring.used->ring[vq->used_idx & (vq->ring.num - 1)];
	*id = virtio_le32(port_load(&elem->id));
	*len = virtio_le32(port_load(&elem->len));
	return 1;
}

void virtq_split_advance_used(struct virtq_driver *vq, uint16_t count)
{
	(void)count;
	vq->used_idx++;
}

bool virtq_split_has_used(const struct virtq_driver *vq)
{
	return vq->used_idx != vq->used_cached ||
	       virtio_le16(port_load(&vq->ring.used->idx)) != vq->used_idx;
}

void virtq_split_disable_callbacks(struct virtq_driver *vq)
{
	if (!vq->event_idx)
		virtq_set_wish(&vq->wish, &vq->ring.avail->flags,
			       VIRTQ_AVAIL_F_NO_INTERRUPT);
}

bool virtq_split_enable_callbacks(struct virtq_driver *vq, bool delayed)
{
	unsigned int outstanding = (uint16_t)(vq->exposed_idx - vq->used_idx);
	uint16_t ahead = delayed ? (uint16_t)(outstanding * 3 / 4) : 0;
	uint16_t idx;

	if (vq->event_idx)
		port_store(virtq_used_event(&vq->ring),
			   virtio_le16((uint16_t)(vq->used_idx + ahead)));
	else
		virtq_set_wish(&vq->wish, &vq->ring.avail->flags, 0);
	/* Pairs with the barrier of virtq_device_publish(): either it sees this
	 * wish or this sees its index (2.7.14). */
	port_full_barrier();
	idx = virtio_le16(port_load(&vq->ring.used->idx));
	return (uint16_t)(idx - vq->used_idx) > ahead;
}

uint16_t virtq_split_progress(const struct virtq_driver *vq)
{
	return vq->exposed_idx;
}
