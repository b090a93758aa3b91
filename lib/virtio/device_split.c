/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's half of the split format (2.7). */
#include <port/port.h>

#include "device_private.h"
#include "wish.h"

int virtq_split_start_device(struct virtq_device *vq,
			     const struct virtq_position *position)
{
	uint16_t avail = position ? position->avail : 0;
	uint16_t used = position ? position->used : 0;

	vq->avail_idx = avail;
	vq->avail_cached = avail;
	vq->used_idx = used;
	vq->exposed_idx = used;
	/* More in flight than there are descriptors is no state that this side
	 * left behind. */
	if ((uint16_t)(avail - used) > vq->ring.num)
		return VIRTIO_ERR_INVALID;
	vq->in_flight = (uint16_t)(avail - used);
	vq->to_repop = vq->in_flight;
	port_store(&vq->ring.used->flags, 0);
	return VIRTIO_OK;
}

/* Look for available entries: 1 if there are any, 0, or an error. */
static int split_refill(struct virtq_device *vq)
{
	/* Pairs with the release in virtq_split_expose_avail(): entries and
	 * descriptors after the index (2.7.13.3). */
	uint16_t idx = virtio_le16(port_load_acquire(&vq->ring.avail->idx));

	/* More entries than the ring holds, those in flight included: an index
	 * that jumped, ran backwards or runs away while being drained. */
	if ((uint16_t)(idx - vq->used_idx) > vq->ring.num ||
	    (uint16_t)(idx - vq->used_idx) <
		    (uint16_t)(vq->avail_idx - vq->used_idx))
		return VIRTIO_ERR_INDEX;
	vq->avail_cached = idx;
	return idx != vq->avail_idx;
}

/* A walk along one chain: the table it is in, of how many entries. */
struct split_walk {
	struct virtq_walk walk;
	const struct virtq_desc *table;
	uint32_t entries;
	bool in_table;
};

/* The driver may change a descriptor under our eyes: look at a copy only. */
static struct virtq_desc desc_read(const struct virtq_desc *desc)
{
	struct virtq_desc copy = {
		.addr = virtio_le64(port_load(&desc->addr)),
		.len = virtio_le32(port_load(&desc->len)),
		.flags = virtio_le16(port_load(&desc->flags)),
		.next = virtio_le16(port_load(&desc->next)),
	};

	return copy;
}

/* Go on in the table that @desc points to (2.7.5.3.2). */
static int split_enter_table(const struct virtq_device *vq,
			     struct split_walk *at,
			     const struct virtq_desc *desc)
{
	int error = VIRTIO_ERR_INDIRECT;

	/* A table in a table would lift the bound on the work per chain, and
	 * the ring itself named as a table would be a loop. */
	if (at->in_table || (desc->flags & VIRTQ_DESC_F_NEXT))
		return error;
	at->in_table = true;
	at->table = virtq_find_table(vq, desc->addr, desc->len, &error);
	if (!at->table)
		return error;
	at->entries = desc->len / sizeof(*at->table);
	return VIRTIO_OK;
}

/* Copy, check and translate the chain that starts at @head. */
static int split_walk_chain(const struct virtq_device *vq, uint16_t head,
			    struct virtq_chain *chain)
{
	const unsigned int known = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE |
				   (vq->indirect ? VIRTQ_DESC_F_INDIRECT : 0);
	struct split_walk at = {
		.table = vq->ring.desc,
		.entries = vq->ring.num,
	};
	struct virtq_desc desc;
	uint16_t index = head;
	int error;

	virtq_walk_start(&at.walk, chain);
	for (;;) {
		desc = desc_read(&at.table[index]);
		/* A flag that was not agreed on has no meaning to guess. */
		if (desc.flags & ~known)
			return VIRTIO_ERR_FLAGS;
		if (desc.flags & VIRTQ_DESC_F_INDIRECT) {
			error = split_enter_table(vq, &at, &desc);
			if (error)
				return error;
			index = 0;
			continue;
		}
		error = virtq_walk_append(vq, &at.walk,
					  &(struct virtq_piece){
						  desc.addr, desc.len,
						  desc.flags &
							  VIRTQ_DESC_F_WRITE });
		if (error)
			return error;
		if (!(desc.flags & VIRTQ_DESC_F_NEXT))
			break;
		index = desc.next;
		/* Would read a descriptor from behind the table. */
		if (index >= at.entries)
			return VIRTIO_ERR_NEXT;
	}
	virtq_walk_end(&at.walk);
	return VIRTIO_OK;
}

int virtq_split_read_chain(const struct virtq_device *vq, uint16_t head,
			   struct virtq_chain *chain)
{
	/* Would index the descriptors and the slots past their end. */
	if (head >= vq->ring.num)
		return VIRTIO_ERR_HEAD;
	/* One head twice: two requests would share one slot of the server. */
	if (vq->slots[head].count)
		return VIRTIO_ERR_REUSED;
	chain->head = head;
	return split_walk_chain(vq, head, chain);
}

int virtq_split_read_avail(struct virtq_device *vq, struct virtq_chain *chain,
			   uint16_t *count)
{
	uint32_t entry = vq->avail_idx & (vq->ring.num - 1);
	int ret;

	if (vq->avail_idx == vq->avail_cached) {
		ret = split_refill(vq);
		if (ret <= 0)
			return ret;
	}
	ret = virtq_split_read_chain(
		vq, virtio_le16(port_load(&vq->ring.avail->ring[entry])),
		chain);
	if (ret)
		return ret;
	*count = 1;
	return 1;
}

void virtq_split_take_avail(struct virtq_device *vq, uint16_t count)
{
	(void)count;
	vq->avail_idx++;
}

void virtq_split_write_used(struct virtq_device *vq, uint16_t head,
			    uint32_t len, uint16_t count)
{
	struct virtq_used_elem *elem =
		&vq->ring.used->ring[vq->used_idx & (vq->ring.num - 1)];

	(void)count;
	port_store(&elem->id, virtio_le32(head));
	port_store(&elem->len, virtio_le32(len));
	vq->used_idx++;
}

unsigned int virtq_split_expose_used(struct virtq_device *vq)
{
	uint16_t count = (uint16_t)(vq->used_idx - vq->exposed_idx);

	if (!count)
		return 0;
	/* Pairs with the acquire of used.idx in the driver's split_refill():
	 * data and used entries before the index (2.7.8.2). */
	port_store_release(&vq->ring.used->idx, virtio_le16(vq->used_idx));
	vq->exposed_idx = vq->used_idx;
	return count;
}

bool virtq_split_driver_wants(const struct virtq_device *vq, uint16_t count)
{
	uint16_t event, flags;

	if (vq->event_idx) {
		event = virtio_le16(port_load(virtq_used_event(&vq->ring)));
		return virtq_need_event(event, vq->exposed_idx,
					(uint16_t)(vq->exposed_idx - count));
	}
	flags = virtio_le16(port_load(&vq->ring.avail->flags));
	return !(flags & VIRTQ_AVAIL_F_NO_INTERRUPT);
}

struct virtq_position virtq_split_position(const struct virtq_device *vq)
{
	return (struct virtq_position){ vq->avail_idx, vq->used_idx };
}

bool virtq_split_has_available(const struct virtq_device *vq)
{
	return vq->avail_idx != vq->avail_cached ||
	       virtio_le16(port_load(&vq->ring.avail->idx)) != vq->avail_idx;
}

void virtq_split_disable_notifications(struct virtq_device *vq)
{
	if (!vq->event_idx)
		virtq_set_wish(&vq->wish, &vq->ring.used->flags,
			       VIRTQ_USED_F_NO_NOTIFY);
}

bool virtq_split_enable_notifications(struct virtq_device *vq)
{
	if (vq->event_idx)
		port_store(virtq_avail_event(&vq->ring),
			   virtio_le16(vq->avail_idx));
	else
		virtq_set_wish(&vq->wish, &vq->ring.used->flags, 0);
	/* Pairs with the barrier of virtq_driver_publish(): either it sees this
	 * wish or this sees its index (2.7.10). */
	port_full_barrier();
	return virtio_le16(port_load(&vq->ring.avail->idx)) != vq->avail_idx;
}
