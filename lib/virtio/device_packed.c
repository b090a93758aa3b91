/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's half of the packed format (2.8). */
#include <port/port.h>

#include "device_private.h"
#include "packed_private.h"
#include "wish.h"

int virtq_packed_start_device(struct virtq_device *vq,
			      const struct virtq_position *position)
{
	uint16_t at = position ? position->avail : PVIRTQ_WRAP;

	/* Chains popped and not pushed cannot be found again (device.h). */
	if (position && position->used != at)
		return VIRTIO_ERR_INVALID;
	vq->avail_idx = at & (uint16_t)~PVIRTQ_WRAP;
	/* Would index the descriptors past their end. */
	if (vq->avail_idx >= vq->ring.num)
		return VIRTIO_ERR_INVALID;
	vq->used_idx = vq->avail_idx;
	vq->avail_lap = PACKED_LAP_AVAIL;
	vq->used_lap = PACKED_LAP_USED;
	if (!(at & PVIRTQ_WRAP)) {
		vq->avail_lap ^= PACKED_LAP_USED;
		vq->used_lap ^= PACKED_LAP_USED;
	}
	port_store(&vq->ring.device_event->flags, 0);
	return VIRTIO_OK;
}

static uint16_t flags_read(const struct pvirtq_desc *desc)
{
	return virtio_le16(port_load(&desc->flags));
}

/* The driver may change a descriptor under our eyes: look at a copy only. */
static struct pvirtq_desc desc_read(const struct pvirtq_desc *desc,
				    uint16_t flags)
{
	struct pvirtq_desc copy = {
		.addr = virtio_le64(port_load(&desc->addr)),
		.len = virtio_le32(port_load(&desc->len)),
		.id = virtio_le16(port_load(&desc->id)),
		.flags = flags,
	};

	return copy;
}

/* Is the next descriptor available? */
static bool packed_is_available(const struct virtq_device *vq, uint16_t flags)
{
	return (flags & PACKED_LAP_USED) == vq->avail_lap;
}

/* Walk the table of an indirect descriptor: no links, one piece an entry. */
static int packed_walk_table(const struct virtq_device *vq,
			     struct virtq_walk *walk,
			     const struct pvirtq_desc *desc)
{
	int error = VIRTIO_ERR_INDIRECT;
	const struct pvirtq_desc *table;
	uint32_t i;

	/* Links out of or into a table would lift the bound on the work. */
	if (walk->visited || desc->flags & VIRTQ_DESC_F_NEXT)
		return error;
	table = virtq_find_table(vq, desc->addr, desc->len, &error);
	if (!table)
		return error;
	for (i = 0; i < desc->len / sizeof(*table); i++) {
		struct pvirtq_desc entry = desc_read(&table[i], flags_read(&table[i]));

		/* A table in a table: its bytes would pass for data. */
		if (entry.flags & VIRTQ_DESC_F_INDIRECT)
			return VIRTIO_ERR_INDIRECT;
		error = virtq_walk_append(
			vq, walk,
			&(struct virtq_piece){ entry.addr, entry.len,
					       entry.flags &
						       VIRTQ_DESC_F_WRITE });
		if (error)
			return error;
	}
	return VIRTIO_OK;
}

/*
 * Copy, check and translate the chain at vq->avail_idx, whose first flags were
 * read already; count its descriptors and learn its id from the last of them
 * (2.8.6).
 */
static int packed_walk_chain(const struct virtq_device *vq, uint16_t flags,
			     struct virtq_chain *chain, uint16_t *count)
{
	const unsigned int known = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE |
				   PACKED_LAP_USED |
				   (vq->indirect ? VIRTQ_DESC_F_INDIRECT : 0);
	uint16_t idx = vq->avail_idx, lap = vq->avail_lap;
	struct virtq_walk walk;
	struct pvirtq_desc desc;
	int error;

	virtq_walk_start(&walk, chain);
	*count = 0;
	for (;;) {
		desc = desc_read(&vq->ring.packed[idx], flags);
		/* A flag that was not agreed on has no meaning to guess. */
		if (desc.flags & ~known)
			return VIRTIO_ERR_FLAGS;
		if (desc.flags & VIRTQ_DESC_F_INDIRECT)
			error = packed_walk_table(vq, &walk, &desc);
		else
			error = virtq_walk_append(
				vq, &walk,
				&(struct virtq_piece){
					desc.addr, desc.len,
					desc.flags & VIRTQ_DESC_F_WRITE });
		if (error)
			return error;
		(*count)++;
		if (!(desc.flags & VIRTQ_DESC_F_NEXT))
			break;
		packed_advance(&idx, &lap, vq->ring.num, 1);
		flags = flags_read(&vq->ring.packed[idx]);
	}
	virtq_walk_end(&walk);
	chain->head = desc.id;
	return VIRTIO_OK;
}

int virtq_packed_read_avail(struct virtq_device *vq, struct virtq_chain *chain,
			    uint16_t *count)
{
	const struct pvirtq_desc *next = &vq->ring.packed[vq->avail_idx];
	/* Pairs with the release in virtq_packed_expose_avail(): the rest of
	 * the descriptors and the data after these flags (2.8.21.1.1). */
	uint16_t flags = virtio_le16(port_load_acquire(&next->flags));
	int error;

	if (!packed_is_available(vq, flags))
		return 0;
	error = packed_walk_chain(vq, flags, chain, count);
	if (error)
		return error;
	/* Would index the slots past their end. */
	if (chain->head >= vq->ring.num)
		return VIRTIO_ERR_HEAD;
	/* One id twice: two requests would share one slot of the server. */
	if (vq->slots[chain->head].count)
		return VIRTIO_ERR_REUSED;
	/* More than the ring holds: made available again before it was used. */
	if ((uint32_t)vq->held + *count > vq->ring.num)
		return VIRTIO_ERR_INDEX;
	return 1;
}

void virtq_packed_take_avail(struct virtq_device *vq, uint16_t count)
{
	vq->held += count;
	packed_advance(&vq->avail_idx, &vq->avail_lap, vq->ring.num, count);
}

/*
 * The driver looks at used descriptors in order, so the flags of the first
 * since the last expose are kept back: they make it and all behind it visible.
 */
void virtq_packed_write_used(struct virtq_device *vq, uint16_t id, uint32_t len,
			     uint16_t count)
{
	struct pvirtq_desc *desc = &vq->ring.packed[vq->used_idx];
	uint16_t flags = vq->used_lap | (len ? VIRTQ_DESC_F_WRITE : 0);

	port_store(&desc->id, virtio_le16(id));
	port_store(&desc->len, virtio_le32(len));
	if (vq->unexposed) {
		port_store(&desc->flags, virtio_le16(flags));
	} else {
		vq->exposed_idx = vq->used_idx;
		vq->head_flags = flags;
	}
	vq->unexposed += count;
	vq->held -= count;
	packed_advance(&vq->used_idx, &vq->used_lap, vq->ring.num, count);
}

unsigned int virtq_packed_expose_used(struct virtq_device *vq)
{
	unsigned int count = vq->unexposed;

	if (!count)
		return 0;
	/* Pairs with the acquire in virtq_packed_read_used(): data, id and
	 * length, and the descriptors behind, before these flags (2.8.22). */
	port_store_release(&vq->ring.packed[vq->exposed_idx].flags,
			   virtio_le16(vq->head_flags));
	vq->unexposed = 0;
	return count;
}

bool virtq_packed_driver_wants(const struct virtq_device *vq, uint16_t count)
{
	return packed_wants(&vq->ring, vq->ring.driver_event, vq->event_idx,
			    packed_position(vq->used_idx, vq->used_lap), count);
}

struct virtq_position virtq_packed_position(const struct virtq_device *vq)
{
	return (struct virtq_position){
		packed_position(vq->avail_idx, vq->avail_lap),
		packed_position(vq->used_idx, vq->used_lap),
	};
}

bool virtq_packed_has_available(const struct virtq_device *vq)
{
	const struct pvirtq_desc *next = &vq->ring.packed[vq->avail_idx];

	return packed_is_available(vq, flags_read(next));
}

void virtq_packed_disable_notifications(struct virtq_device *vq)
{
	virtq_set_wish(&vq->wish, &vq->ring.device_event->flags,
		       RING_EVENT_FLAGS_DISABLE);
}

bool virtq_packed_enable_notifications(struct virtq_device *vq)
{
	if (vq->event_idx)
		port_store(&vq->ring.device_event->off_wrap,
			   virtio_le16(packed_position(vq->avail_idx,
						       vq->avail_lap)));
	virtq_set_wish(&vq->wish, &vq->ring.device_event->flags,
		       vq->event_idx ? RING_EVENT_FLAGS_DESC :
				       RING_EVENT_FLAGS_ENABLE);
	/* Pairs with the barrier of virtq_driver_publish(): either it sees this
	 * wish or this sees its descriptor (2.8.21.3.1). */
	port_full_barrier();
	return virtq_packed_has_available(vq);
}
