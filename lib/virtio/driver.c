/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver side of a split virtqueue; the contract is in the header. */
#include <port/port.h>
#include <virtio/driver.h>

static int driver_latch(struct virtq_driver *vq, int error)
{
	vq->error = error;
	return error;
}

static int driver_check_config(const struct virtq_driver_config *config)
{
	const struct virtq_ring *ring = &config->ring;

	if (!virtq_size_is_valid(ring->num))
		return VIRTIO_ERR_QUEUE_SIZE;
	if (!ring->desc || !ring->avail || !ring->used || !config->slots)
		return VIRTIO_ERR_INVALID;
	if ((uintptr_t)ring->desc % VIRTQ_DESC_ALIGN ||
	    (uintptr_t)ring->avail % VIRTQ_AVAIL_ALIGN ||
	    (uintptr_t)ring->used % VIRTQ_USED_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;
	if (config->tables && !config->table_entries)
		return VIRTIO_ERR_INVALID;
	if (((uintptr_t)config->tables | config->tables_addr) %
	    VIRTQ_DESC_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;
	return VIRTIO_OK;
}

/* port_store() also keeps compilers from making these loops a memset(). */
static void driver_clear_ring(const struct virtq_ring *ring)
{
	uint32_t i;

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

int virtq_driver_init(struct virtq_driver *vq,
		      const struct virtq_driver_config *config)
{
	bool indirect =
		config->features & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	uint32_t i;
	int error;

	/* Until the end, and for good on an error, the queue refuses all. */
	vq->error = VIRTIO_ERR_INVALID;
	vq->avail_idx = 0;
	vq->published_idx = 0;
	error = driver_check_config(config);
	if (error)
		return driver_latch(vq, error);

	/* Member by member: copied whole, it becomes a call of memcpy(). */
	vq->ring.num = config->ring.num;
	vq->ring.desc = config->ring.desc;
	vq->ring.avail = config->ring.avail;
	vq->ring.used = config->ring.used;
	vq->slots = config->slots;
	vq->tables = indirect ? config->tables : NULL;
	vq->tables_addr = config->tables_addr;
	vq->table_entries = config->table_entries;
	vq->mask = (uint16_t)(config->ring.num - 1);
	vq->free_head = 0;
	vq->free_count = (uint16_t)config->ring.num;
	vq->used_idx = 0;
	vq->used_cached = 0;
	vq->avail_flags = 0;
	vq->event_idx = config->features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);

	for (i = 0; i < config->ring.num; i++) {
		vq->slots[i].cookie = NULL;
		vq->slots[i].writable_len = 0;
		vq->slots[i].count = 0;
		vq->slots[i].next = (uint16_t)((i + 1) & vq->mask);
	}
	driver_clear_ring(&vq->ring);
	vq->error = VIRTIO_OK;
	return VIRTIO_OK;
}

/* Check the lengths and sum up what the device may write. */
static int driver_measure(const struct virtq_segment *segments,
			  unsigned int readable, unsigned int total,
			  uint32_t *writable_len)
{
	uint64_t sum = 0, readable_sum = 0;
	unsigned int i;

	for (i = 0; i < total; i++) {
		if (!segments[i].len)
			return VIRTIO_ERR_INVALID;
		if (i == readable)
			readable_sum = sum;
		sum += segments[i].len;
	}
	if (sum > UINT32_MAX)
		return VIRTIO_ERR_LENGTH;
	*writable_len = readable < total ? (uint32_t)(sum - readable_sum) : 0;
	return VIRTIO_OK;
}

static void driver_write_desc(struct virtq_desc *desc,
			      const struct virtq_segment *segment,
			      unsigned int flags, uint16_t next)
{
	desc->addr = virtio_le64(segment->addr);
	desc->len = virtio_le32(segment->len);
	desc->flags = virtio_le16((uint16_t)flags);
	desc->next = virtio_le16(next);
}

/*
 * Write the chain into free descriptors. The free list is already the chain:
 * the slots' links are the descriptors' links, and stay for the freeing.
 */
static void driver_write_chain(struct virtq_driver *vq,
			       const struct virtq_segment *segments,
			       unsigned int readable, unsigned int total)
{
	uint16_t index = vq->free_head;
	unsigned int i;

	for (i = 0; i < total; i++) {
		uint16_t next = vq->slots[index].next;
		unsigned int flags = i < readable ? 0 : VIRTQ_DESC_F_WRITE;

		if (i + 1 < total)
			flags |= VIRTQ_DESC_F_NEXT;
		driver_write_desc(&vq->ring.desc[index], &segments[i], flags,
				  next);
		index = next;
	}
	vq->free_head = index;
}

/* Write the chain into the table of the first free descriptor (2.7.5.3). */
static void driver_write_table(struct virtq_driver *vq,
			       const struct virtq_segment *segments,
			       unsigned int readable, unsigned int total)
{
	uint16_t head = vq->free_head;
	size_t first = (size_t)head * vq->table_entries;
	struct virtq_desc *table = &vq->tables[first];
	struct virtq_segment whole = {
		.addr = vq->tables_addr + first * sizeof(*table),
		.len = (uint32_t)(total * sizeof(*table)),
	};
	unsigned int i;

	for (i = 0; i < total; i++) {
		unsigned int flags = i < readable ? 0 : VIRTQ_DESC_F_WRITE;

		if (i + 1 < total)
			flags |= VIRTQ_DESC_F_NEXT;
		driver_write_desc(&table[i], &segments[i], flags,
				  (uint16_t)(i + 1));
	}
	driver_write_desc(&vq->ring.desc[head], &whole, VIRTQ_DESC_F_INDIRECT,
			  0);
	vq->free_head = vq->slots[head].next;
}

int virtq_driver_add(struct virtq_driver *vq,
		     const struct virtq_segment *segments,
		     unsigned int readable, unsigned int writable, void *cookie)
{
	unsigned int total = readable + writable;
	struct virtq_driver_slot *slot;
	uint32_t writable_len;
	uint16_t head;
	bool indirect;
	int error;

	if (vq->error)
		return vq->error;
	/* The same limit holds for indirect tables (2.7.5.3.1). */
	if (!total || readable > vq->ring.num || writable > vq->ring.num ||
	    total > vq->ring.num)
		return VIRTIO_ERR_INVALID;
	error = driver_measure(segments, readable, total, &writable_len);
	if (error)
		return error;
	indirect = vq->tables && total > 1 && total <= vq->table_entries;
	if ((indirect ? 1 : total) > vq->free_count)
		return VIRTIO_ERR_FULL;

	head = vq->free_head;
	slot = &vq->slots[head];
	slot->cookie = cookie;
	slot->writable_len = writable_len;
	slot->count = indirect ? 1 : (uint16_t)total;
	vq->free_count -= slot->count;
	if (indirect)
		driver_write_table(vq, segments, readable, total);
	else
		driver_write_chain(vq, segments, readable, total);

	vq->ring.avail->ring[vq->avail_idx & vq->mask] = virtio_le16(head);
	vq->avail_idx++;
	return VIRTIO_OK;
}

bool virtq_driver_publish(struct virtq_driver *vq)
{
	uint16_t old = vq->published_idx, new = vq->avail_idx;

	if (old == new || vq->error)
		return false;
	/* Pairs with the acquire of avail.idx in device_refill(): descriptors
	 * and ring entries before the index (2.7.13.3). */
	port_store_release(&vq->ring.avail->idx, virtio_le16(new));
	vq->published_idx = new;
	/* Pairs with the barrier of virtq_device_enable_notifications(): either
	 * this sees its wish or it sees this index (2.7.13.4.1). */
	port_full_barrier();
	if (vq->event_idx) {
		uint16_t event =
			virtio_le16(port_load(virtq_avail_event(&vq->ring)));

		return virtq_need_event(event, new, old);
	}
	return !(virtio_le16(port_load(&vq->ring.used->flags)) &
		 VIRTQ_USED_F_NO_NOTIFY);
}

/* Look for used entries: 1 if there are any, 0, or the latched error. */
static int driver_refill(struct virtq_driver *vq)
{
	/* Pairs with the release in virtq_device_publish() (2.7.14). */
	uint16_t idx = virtio_le16(port_load_acquire(&vq->ring.used->idx));

	/* An index past what is outstanding, backwards included, would replay
	 * old entries as completions. */
	if ((uint16_t)(idx - vq->used_idx) >
	    (uint16_t)(vq->published_idx - vq->used_idx))
		return driver_latch(vq, VIRTIO_ERR_INDEX);
	vq->used_cached = idx;
	return idx != vq->used_idx;
}

static void driver_free_chain(struct virtq_driver *vq, uint16_t head)
{
	struct virtq_driver_slot *slot = &vq->slots[head];
	uint16_t last = head, i;

	/* Never by desc.next: the device could have rewritten it. */
	for (i = 1; i < slot->count; i++)
		last = vq->slots[last].next;
	vq->slots[last].next = vq->free_head;
	vq->free_head = head;
	vq->free_count += slot->count;
	slot->count = 0;
}

int virtq_driver_get(struct virtq_driver *vq,
		     struct virtq_completion *completion)
{
	const struct virtq_used_elem *elem;
	struct virtq_driver_slot *slot;
	uint32_t id, len;
	int ready;

	if (vq->error)
		return vq->error;
	if (vq->used_idx == vq->used_cached) {
		ready = driver_refill(vq);
		if (ready <= 0)
			return ready;
	}

	elem = &vq->ring.used->ring[vq->used_idx & vq->mask];
	id = virtio_le32(port_load(&elem->id));
	len = virtio_le32(port_load(&elem->len));
	/* An id past the slots would free, and return, foreign memory. */
	if (id >= vq->ring.num)
		return driver_latch(vq, VIRTIO_ERR_HEAD);
	slot = &vq->slots[id];
	/* A replayed id, or one inside a chain, would free twice. */
	if (!slot->count)
		return driver_latch(vq, VIRTIO_ERR_REUSED);

	completion->cookie = slot->cookie;
	/* A length past the buffer would make the caller read past it. */
	completion->len = len < slot->writable_len ? len : slot->writable_len;
	driver_free_chain(vq, (uint16_t)id);
	vq->used_idx++;
	return 1;
}

static void driver_set_flags(struct virtq_driver *vq, uint16_t flags)
{
	if (vq->avail_flags == flags)
		return;
	vq->avail_flags = flags;
	port_store(&vq->ring.avail->flags, virtio_le16(flags));
}

void virtq_driver_disable_callbacks(struct virtq_driver *vq)
{
	if (!vq->error && !vq->event_idx)
		driver_set_flags(vq, VIRTQ_AVAIL_F_NO_INTERRUPT);
}

/* Ask for the interrupt after @ahead more entries; is it due already? */
static bool driver_enable_ahead(struct virtq_driver *vq, uint16_t ahead)
{
	uint16_t idx;

	if (vq->error)
		return true;
	if (vq->event_idx)
		port_store(virtq_used_event(&vq->ring),
			   virtio_le16((uint16_t)(vq->used_idx + ahead)));
	else
		driver_set_flags(vq, 0);
	/* Pairs with the barrier of virtq_device_publish(): either it sees this
	 * wish or this sees its index (2.7.14). */
	port_full_barrier();
	idx = virtio_le16(port_load(&vq->ring.used->idx));
	return (uint16_t)(idx - vq->used_idx) > ahead;
}

bool virtq_driver_enable_callbacks(struct virtq_driver *vq)
{
	return driver_enable_ahead(vq, 0);
}

bool virtq_driver_enable_callbacks_delayed(struct virtq_driver *vq)
{
	unsigned int outstanding = (uint16_t)(vq->published_idx - vq->used_idx);

	return driver_enable_ahead(
		vq, vq->event_idx ? (uint16_t)(outstanding * 3 / 4) : 0);
}

bool virtq_driver_detach(struct virtq_driver *vq, void **cookie)
{
	uint32_t i;

	vq->error = VIRTIO_ERR_NEEDS_RESET;
	for (i = 0; i < vq->ring.num; i++) {
		if (!vq->slots[i].count)
			continue;
		*cookie = vq->slots[i].cookie;
		driver_free_chain(vq, (uint16_t)i);
		return true;
	}
	return false;
}
