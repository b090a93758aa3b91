/* SPDX-License-Identifier: BSD-2-Clause */
/* Device side of a split virtqueue; the contract is in the header. */
#include <port/port.h>
#include <virtio/device.h>

static int device_latch(struct virtq_device *vq, int error)
{
	vq->error = error;
	return error;
}

void virtq_device_latch(struct virtq_device *vq, int error)
{
	/* Forget what was pushed and not published: the ring may be gone. */
	vq->published_idx = vq->used_idx;
	if (!vq->error)
		vq->error = error < 0 ? error : VIRTIO_ERR_INVALID;
}

static bool ranges_overlap(uint64_t a, uint64_t a_len, uint64_t b,
			   uint64_t b_len)
{
	return a - b < b_len || b - a < a_len;
}

/* Turn the driver's three addresses into vq->ring, or refuse them. */
static int device_map_ring(struct virtq_device *vq,
			   const struct virtq_addresses *at)
{
	const struct virtio_region_table *regions = vq->regions;
	uint64_t desc_len, avail_len, used_len;

	if (!virtq_size_is_valid(at->num))
		return VIRTIO_ERR_QUEUE_SIZE;
	/* Misaligned parts would fault, or tear, on some machines (2.7). */
	if (at->desc % VIRTQ_DESC_ALIGN || at->avail % VIRTQ_AVAIL_ALIGN ||
	    at->used % VIRTQ_USED_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;

	desc_len = virtq_desc_bytes(at->num);
	avail_len = virtq_avail_bytes(at->num);
	used_len = virtq_used_bytes(at->num);
	/* Rings outside the grant would make this side the driver's tool. */
	vq->ring.num = at->num;
	vq->ring.desc = virtio_region_translate(regions, at->desc, desc_len,
						VIRTIO_REGION_READ);
	vq->ring.avail = virtio_region_translate(regions, at->avail, avail_len,
						 VIRTIO_REGION_READ);
	vq->ring.used = virtio_region_translate(regions, at->used, used_len,
						VIRTIO_REGION_READ |
							VIRTIO_REGION_WRITE);
	if (!vq->ring.desc || !vq->ring.avail || !vq->ring.used)
		return VIRTIO_ERR_RANGE;

	/* Used entries written into the other parts would be read back as the
	 * driver's input. */
	if (ranges_overlap(at->desc, desc_len, at->avail, avail_len) ||
	    ranges_overlap(at->desc, desc_len, at->used, used_len) ||
	    ranges_overlap(at->avail, avail_len, at->used, used_len))
		return VIRTIO_ERR_OVERLAP;
	return VIRTIO_OK;
}

int virtq_device_init(struct virtq_device *vq,
		      const struct virtq_device_config *config)
{
	uint32_t i;
	int error;

	vq->ring.num = 0;
	vq->avail_idx = config->avail_idx;
	vq->avail_cached = config->avail_idx;
	vq->used_idx = config->used_idx;
	vq->published_idx = config->used_idx;
	vq->regions = config->regions;
	vq->in_flight = config->in_flight;
	if (!config->regions || !config->in_flight)
		return device_latch(vq, VIRTIO_ERR_INVALID);
	error = device_map_ring(vq, &config->addresses);
	if (error)
		return device_latch(vq, error);
	if (virtq_device_in_flight(vq) > vq->ring.num)
		return device_latch(vq, VIRTIO_ERR_INVALID);

	vq->mask = (uint16_t)(vq->ring.num - 1);
	vq->event_idx = config->features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	vq->indirect =
		config->features & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	/* port_store() keeps compilers from making this loop a memset(). */
	for (i = 0; i < vq->ring.num; i++)
		port_store(&vq->in_flight[i], 0);
	vq->used_flags = 0;
	port_store(&vq->ring.used->flags, 0);
	vq->error = VIRTIO_OK;
	return VIRTIO_OK;
}

/* Look for available entries: 1 if there are any, 0, or the latched error. */
static int device_refill(struct virtq_device *vq)
{
	/* Pairs with the release in virtq_driver_publish() (2.7.13.3). */
	uint16_t idx = virtio_le16(port_load_acquire(&vq->ring.avail->idx));

	/* More entries than the ring holds, those in flight included: an index
	 * that jumped, ran backwards or runs away while being drained. */
	if ((uint16_t)(idx - vq->used_idx) > vq->ring.num ||
	    (uint16_t)(idx - vq->used_idx) <
		    (uint16_t)(vq->avail_idx - vq->used_idx))
		return device_latch(vq, VIRTIO_ERR_INDEX);
	vq->avail_cached = idx;
	return idx != vq->avail_idx;
}

/* A walk along one chain: the table it is in and what it has seen so far. */
struct device_walk {
	const struct virtq_desc *table;
	uint32_t entries;
	uint32_t visited;
	uint64_t total;
	uint32_t readable_len;
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
static int walk_enter_table(const struct virtq_device *vq,
			    struct device_walk *walk,
			    const struct virtq_desc *desc)
{
	/* A table in a table would lift the bound on the work per chain, and
	 * the ring itself named as a table would be a loop. */
	if (walk->in_table || (desc->flags & VIRTQ_DESC_F_NEXT))
		return VIRTIO_ERR_INDIRECT;
	walk->in_table = true;
	/* A part of an entry would be read past the end of the table; eight
	 * is what a descriptor's loads need, and all that drivers promise. */
	if (!desc->len || desc->len % sizeof(struct virtq_desc) ||
	    desc->addr % sizeof(uint64_t))
		return VIRTIO_ERR_INDIRECT;
	walk->table = virtio_region_translate(vq->regions, desc->addr,
					      desc->len, VIRTIO_REGION_READ);
	if (!walk->table)
		return VIRTIO_ERR_RANGE;
	walk->entries = desc->len / sizeof(struct virtq_desc);
	return VIRTIO_OK;
}

/* Check one buffer descriptor and append it to @chain. */
static int walk_append(const struct virtq_device *vq, struct device_walk *walk,
		       const struct virtq_desc *desc, struct virtq_chain *chain)
{
	bool write = desc->flags & VIRTQ_DESC_F_WRITE;
	struct virtq_segment *segment;
	unsigned int count;

	/* A loop in the chain would keep this side busy for ever (2.7.5.2). */
	if (++walk->visited > vq->ring.num)
		return VIRTIO_ERR_TOO_LONG;
	/* What follows a writable segment as readable would be cut out of the
	 * request by whoever splits it at the first writable one. */
	if (!write && chain->writable)
		return VIRTIO_ERR_ORDER;
	if (!desc->len)
		return VIRTIO_OK;
	count = (unsigned int)chain->readable + chain->writable;
	/* The segment array is private memory behind which other state lies. */
	if (count >= chain->capacity)
		return VIRTIO_ERR_TOO_LONG;
	walk->total += desc->len;
	/* 32-bit sums of lengths would wrap, and pass later checks. */
	if (walk->total > UINT32_MAX)
		return VIRTIO_ERR_LENGTH;

	segment = &chain->segments[count];
	segment->addr = desc->addr;
	segment->len = desc->len;
	/* The driver's addresses reach nothing but the regions. */
	segment->pointer = virtio_region_translate(
		vq->regions, desc->addr, desc->len,
		write ? VIRTIO_REGION_WRITE : VIRTIO_REGION_READ);
	if (!segment->pointer)
		return VIRTIO_ERR_RANGE;
	if (write) {
		chain->writable++;
	} else {
		chain->readable++;
		walk->readable_len += desc->len;
	}
	return VIRTIO_OK;
}

/* Copy, check and translate the chain that starts at @head. */
static int device_walk_chain(const struct virtq_device *vq, uint16_t head,
			     struct virtq_chain *chain)
{
	const unsigned int known = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE |
				   (vq->indirect ? VIRTQ_DESC_F_INDIRECT : 0);
	struct device_walk walk = {
		.table = vq->ring.desc,
		.entries = vq->ring.num,
	};
	struct virtq_desc desc;
	uint16_t index = head;
	int error;

	chain->head = head;
	chain->readable = 0;
	chain->writable = 0;
	for (;;) {
		desc = desc_read(&walk.table[index]);
		/* A flag that was not agreed on has no meaning to guess. */
		if (desc.flags & ~known)
			return VIRTIO_ERR_FLAGS;
		if (desc.flags & VIRTQ_DESC_F_INDIRECT) {
			error = walk_enter_table(vq, &walk, &desc);
			if (error)
				return error;
			index = 0;
			continue;
		}
		error = walk_append(vq, &walk, &desc, chain);
		if (error)
			return error;
		if (!(desc.flags & VIRTQ_DESC_F_NEXT))
			break;
		index = desc.next;
		/* Would read a descriptor from behind the table. */
		if (index >= walk.entries)
			return VIRTIO_ERR_NEXT;
	}
	chain->readable_len = walk.readable_len;
	chain->writable_len = (uint32_t)walk.total - walk.readable_len;
	return VIRTIO_OK;
}

static int device_take(struct virtq_device *vq, uint16_t head,
		       struct virtq_chain *chain)
{
	int error;

	/* Would index the descriptors and the marks past their end. */
	if (head >= vq->ring.num)
		return device_latch(vq, VIRTIO_ERR_HEAD);
	/* One head twice: two requests would share one slot of the server. */
	if (vq->in_flight[head])
		return device_latch(vq, VIRTIO_ERR_REUSED);
	error = device_walk_chain(vq, head, chain);
	if (error)
		return device_latch(vq, error);
	vq->in_flight[head] = 1;
	return 1;
}

int virtq_device_pop(struct virtq_device *vq, struct virtq_chain *chain)
{
	uint16_t head;
	int result;

	if (vq->error)
		return vq->error;
	if (vq->avail_idx == vq->avail_cached) {
		result = device_refill(vq);
		if (result <= 0)
			return result;
	}
	head = virtio_le16(
		port_load(&vq->ring.avail->ring[vq->avail_idx & vq->mask]));
	result = device_take(vq, head, chain);
	if (result > 0)
		vq->avail_idx++;
	return result;
}

int virtq_device_repop(struct virtq_device *vq, uint16_t head,
		       struct virtq_chain *chain)
{
	return vq->error ? vq->error : device_take(vq, head, chain);
}

int virtq_device_push(struct virtq_device *vq, uint16_t head, uint32_t len)
{
	struct virtq_used_elem *elem;

	if (vq->error)
		return vq->error;
	/* A completion from before a reset would complete a new request, or
	 * write into a ring that is no ring any more. */
	if (head >= vq->ring.num || !vq->in_flight[head])
		return VIRTIO_ERR_NOT_IN_FLIGHT;
	vq->in_flight[head] = 0;
	elem = &vq->ring.used->ring[vq->used_idx & vq->mask];
	elem->id = virtio_le32(head);
	elem->len = virtio_le32(len);
	vq->used_idx++;
	return VIRTIO_OK;
}

bool virtq_device_publish(struct virtq_device *vq)
{
	uint16_t old = vq->published_idx, new = vq->used_idx;

	if (old == new)
		return false;
	/* Pairs with the acquire of used.idx in driver_refill(): data and used
	 * entries before the index (2.7.8.2). */
	port_store_release(&vq->ring.used->idx, virtio_le16(new));
	vq->published_idx = new;
	/* Pairs with the barrier of driver_enable_ahead(): either this sees its
	 * wish or it sees this index (2.7.10). */
	port_full_barrier();
	if (vq->event_idx) {
		uint16_t event =
			virtio_le16(port_load(virtq_used_event(&vq->ring)));

		return virtq_need_event(event, new, old);
	}
	return !(virtio_le16(port_load(&vq->ring.avail->flags)) &
		 VIRTQ_AVAIL_F_NO_INTERRUPT);
}

static void device_set_flags(struct virtq_device *vq, uint16_t flags)
{
	if (vq->used_flags == flags)
		return;
	vq->used_flags = flags;
	port_store(&vq->ring.used->flags, virtio_le16(flags));
}

void virtq_device_disable_notifications(struct virtq_device *vq)
{
	if (!vq->error && !vq->event_idx)
		device_set_flags(vq, VIRTQ_USED_F_NO_NOTIFY);
}

bool virtq_device_enable_notifications(struct virtq_device *vq)
{
	uint16_t idx;

	if (vq->error)
		return false;
	if (vq->event_idx)
		port_store(virtq_avail_event(&vq->ring),
			   virtio_le16(vq->avail_idx));
	else
		device_set_flags(vq, 0);
	/* Pairs with the barrier of virtq_driver_publish(): either it sees this
	 * wish or this sees its index (2.7.10). */
	port_full_barrier();
	idx = virtio_le16(port_load(&vq->ring.avail->idx));
	return idx != vq->avail_idx;
}
