/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device side of a virtqueue: what both formats share. The contract is in the
 * header, the formats are in device_split.c and device_packed.c.
 */
#include <port/port.h>

#include "device_private.h"

/* In virtq_device_slot.next, above every head: pushed, waits for its turn. */
#define SLOT_PUSHED	0x8000u

static int device_latch(struct virtq_device *vq, int error)
{
	vq->error = error;
	return error;
}

void virtq_device_latch(struct virtq_device *vq, int error)
{
	/* Forget what was pushed and not published: the ring may be gone. */
	vq->exposed_idx = vq->used_idx;
	vq->unexposed = 0;
	vq->unasked = 0;
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
			   const struct virtq_device_config *config)
{
	const struct virtio_region_table *regions = config->regions;
	const struct virtq_addresses *at = &config->addresses;
	uint64_t desc_len = virtq_desc_bytes(at->num);
	uint64_t driver_len = vq->packed ? sizeof(*vq->ring.driver_event) :
					   virtq_avail_bytes(at->num);
	uint64_t device_len = vq->packed ? sizeof(*vq->ring.device_event) :
					   virtq_used_bytes(at->num);

	/* Misaligned parts would fault, or tear, on some machines (2.7). */
	if (at->desc % VIRTQ_DESC_ALIGN ||
	    at->driver % (vq->packed ? PVIRTQ_EVENT_SUPPRESS_ALIGN :
				       VIRTQ_AVAIL_ALIGN) ||
	    at->device % VIRTQ_USED_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;
	/* A packed ring's descriptors are also where used ones are written. */
	vq->ring.desc = virtio_region_translate(
		regions, at->desc, desc_len,
		VIRTIO_REGION_READ | (vq->packed ? VIRTIO_REGION_WRITE : 0));
	vq->ring.avail = virtio_region_translate(regions, at->driver,
						 driver_len,
						 VIRTIO_REGION_READ);
	vq->ring.used = virtio_region_translate(regions, at->device, device_len,
						VIRTIO_REGION_READ |
							VIRTIO_REGION_WRITE);
	if (!vq->ring.desc || !vq->ring.avail || !vq->ring.used)
		return VIRTIO_ERR_RANGE;
	/* Used entries written over descriptors would rewrite what was
	 * checked; the walk would follow this side's own stores. */
	if (ranges_overlap(at->desc, desc_len, at->driver, driver_len) ||
	    ranges_overlap(at->desc, desc_len, at->device, device_len) ||
	    ranges_overlap(at->driver, driver_len, at->device, device_len))
		return VIRTIO_ERR_OVERLAP;
	return VIRTIO_OK;
}

int virtq_device_init(struct virtq_device *vq,
		      const struct virtq_device_config *config)
{
	uint64_t features = config->features;
	uint32_t i;
	int error;

	/* Until the end, and for good on an error, the queue refuses all. */
	vq->error = VIRTIO_ERR_INVALID;
	vq->avail_idx = 0;
	vq->used_idx = 0;
	vq->exposed_idx = 0;
	vq->unexposed = 0;
	vq->unasked = 0;
	vq->in_flight = 0;
	vq->to_repop = 0;
	vq->held = 0;
	vq->waiting = 0;
	vq->wish = 0;
	vq->avail_lap = 0;
	vq->used_lap = 0;
	vq->packed = features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	vq->event_idx = features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	vq->indirect = features & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC);
	vq->in_order = features & VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	vq->regions = config->regions;
	vq->slots = config->slots;
	if (!config->regions || !config->slots)
		return VIRTIO_ERR_INVALID;
	if (!virtq_size_is_valid_for(config->addresses.num, features))
		return device_latch(vq, VIRTIO_ERR_QUEUE_SIZE);
	vq->ring.num = config->addresses.num;
	error = device_map_ring(vq, config);
	if (error)
		return device_latch(vq, error);
	error = DEVICE_FORMAT(start_device, vq, config->resume);
	if (error)
		return device_latch(vq, error);
	/* port_store() keeps compilers from making this loop a memset(). */
	for (i = 0; i < vq->ring.num; i++)
		port_store(&vq->slots[i].count, 0);
	vq->error = VIRTIO_OK;
	return VIRTIO_OK;
}

void virtq_walk_start(struct virtq_walk *walk, struct virtq_chain *chain)
{
	walk->chain = chain;
	walk->visited = 0;
	walk->readable_len = 0;
	walk->total = 0;
	chain->readable = 0;
	chain->writable = 0;
}

int virtq_walk_append(const struct virtq_device *vq, struct virtq_walk *walk,
		      const struct virtq_piece *piece)
{
	struct virtq_chain *chain = walk->chain;
	struct virtq_segment *segment;
	unsigned int count;

	/* A loop in the chain would keep this side busy for ever (2.7.5.2). */
	if (++walk->visited > vq->ring.num)
		return VIRTIO_ERR_TOO_LONG;
	/* What follows a writable segment as readable would be cut out of the
	 * request by whoever splits it at the first writable one. */
	if (!piece->write && chain->writable)
		return VIRTIO_ERR_ORDER;
	if (!piece->len)
		return VIRTIO_OK;
	count = (unsigned int)chain->readable + chain->writable;
	/* The segment array is private memory behind which other state lies. */
	if (count >= chain->capacity)
		return VIRTIO_ERR_TOO_LONG;
	walk->total += piece->len;
	/* 32-bit sums of lengths would wrap, and pass later checks. */
	if (walk->total > UINT32_MAX)
		return VIRTIO_ERR_LENGTH;

	segment = &chain->segments[count];
	segment->addr = piece->addr;
	segment->len = piece->len;
	/* The driver's addresses reach nothing but the regions. */
	segment->pointer = virtio_region_translate(
		vq->regions, piece->addr, piece->len,
		piece->write ? VIRTIO_REGION_WRITE : VIRTIO_REGION_READ);
	if (!segment->pointer)
		return VIRTIO_ERR_RANGE;
	if (piece->write) {
		chain->writable++;
	} else {
		chain->readable++;
		walk->readable_len += piece->len;
	}
	return VIRTIO_OK;
}

void virtq_walk_end(struct virtq_walk *walk)
{
	walk->chain->readable_len = walk->readable_len;
	walk->chain->writable_len =
		(uint32_t)walk->total - walk->readable_len;
}

const void *virtq_find_table(const struct virtq_device *vq, uint64_t addr,
			     uint32_t len, int *error)
{
	const void *table;

	/* A part of an entry would be read past the end of the table; eight
	 * is what a descriptor's loads need, and all that drivers promise. */
	if (!len || len % sizeof(struct virtq_desc) ||
	    addr % sizeof(uint64_t)) {
		*error = VIRTIO_ERR_INDIRECT;
		return NULL;
	}
	table = virtio_region_translate(vq->regions, addr, len,
					VIRTIO_REGION_READ);
	if (!table)
		*error = VIRTIO_ERR_RANGE;
	return table;
}

/* The chain is this side's from now on. */
static void device_note_taken(struct virtq_device *vq, uint16_t head,
			      uint16_t count)
{
	struct virtq_device_slot *slot = &vq->slots[head];

	slot->count = count;
	if (!vq->in_order)
		return;
	slot->next = 0;
	if (vq->waiting++)
		vq->slots[vq->newest].next |= head;
	else
		vq->oldest = head;
	vq->newest = head;
}

int virtq_device_pop(struct virtq_device *vq, struct virtq_chain *chain)
{
	uint16_t count;
	int result;

	if (vq->error)
		return vq->error;
	/* What is taken again is older, and in order it is used first. */
	if (vq->in_order && vq->to_repop)
		return VIRTIO_ERR_INVALID;
	result = DEVICE_FORMAT(read_avail, vq, chain, &count);
	if (result <= 0)
		return result < 0 ? device_latch(vq, result) : 0;
	device_note_taken(vq, chain->head, count);
	vq->in_flight++;
	DEVICE_FORMAT(take_avail, vq, count);
	return 1;
}

int virtq_device_repop(struct virtq_device *vq, uint16_t head,
		       struct virtq_chain *chain)
{
	int error;

	if (vq->error)
		return vq->error;
	if (!vq->to_repop)
		return VIRTIO_ERR_INVALID;
	error = virtq_split_read_chain(vq, head, chain);
	if (error)
		return device_latch(vq, error);
	device_note_taken(vq, head, 1);
	vq->to_repop--;
	return 1;
}

static void device_use(struct virtq_device *vq, uint16_t head, uint32_t len)
{
	struct virtq_device_slot *slot = &vq->slots[head];

	DEVICE_FORMAT(write_used, vq, head, len, slot->count);
	slot->count = 0;
}

int virtq_device_push(struct virtq_device *vq, uint16_t head, uint32_t len)
{
	struct virtq_device_slot *slot;

	if (vq->error)
		return vq->error;
	/* A completion from before a reset would complete a new request, or
	 * write into a ring that is no ring any more. */
	if (head >= vq->ring.num || !vq->slots[head].count)
		return VIRTIO_ERR_NOT_IN_FLIGHT;
	if (!vq->in_order) {
		device_use(vq, head, len);
		vq->in_flight--;
		return VIRTIO_OK;
	}

	slot = &vq->slots[head];
	/* A second push would count one chain in flight too few. */
	if (slot->next & SLOT_PUSHED)
		return VIRTIO_ERR_NOT_IN_FLIGHT;
	slot->len = len;
	slot->next |= SLOT_PUSHED;
	vq->in_flight--;
	while (vq->waiting && vq->slots[vq->oldest].next & SLOT_PUSHED) {
		slot = &vq->slots[vq->oldest];
		device_use(vq, vq->oldest, slot->len);
		vq->oldest = slot->next & (uint16_t)~SLOT_PUSHED;
		vq->waiting--;
	}
	return VIRTIO_OK;
}

void virtq_device_expose(struct virtq_device *vq)
{
	unsigned int count = vq->unasked + DEVICE_FORMAT(expose_used, vq);

	/* Saturated, it still covers every event that the driver can name. */
	vq->unasked = (uint16_t)(count < UINT16_MAX ? count : UINT16_MAX);
}

bool virtq_device_publish(struct virtq_device *vq)
{
	uint16_t count;

	virtq_device_expose(vq);
	if (!vq->unasked)
		return false;
	count = vq->unasked;
	vq->unasked = 0;
	/* Pairs with the barrier of virtq_driver_enable_callbacks(): either
	 * this sees its wish or it sees the entries (2.7.7.2, 2.8.22). */
	port_full_barrier();
	return DEVICE_FORMAT(driver_wants, vq, count);
}

bool virtq_device_has_available(const struct virtq_device *vq)
{
	if (vq->error)
		return true;
	return DEVICE_FORMAT(has_available, vq);
}

struct virtq_position virtq_device_position(const struct virtq_device *vq)
{
	return DEVICE_FORMAT(position, vq);
}

void virtq_device_disable_notifications(struct virtq_device *vq)
{
	if (!vq->error)
		DEVICE_FORMAT(disable_notifications, vq);
}

bool virtq_device_enable_notifications(struct virtq_device *vq)
{
	if (vq->error)
		return true;
	return DEVICE_FORMAT(enable_notifications, vq);
}
