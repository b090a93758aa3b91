/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver side of a virtqueue: what both formats share. The contract is in the
 * header, the formats are in driver_split.c and driver_packed.c.
 */
#include <port/port.h>

#include "driver_private.h"

static int driver_latch(struct virtq_driver *vq, int error)
{
	vq->error = error;
	return error;
}

static int driver_check_config(const struct virtq_driver_config *config)
{
	bool packed = config->features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	const struct virtq_ring *ring = &config->ring;

	if (!virtq_size_is_valid_for(ring->num, config->features))
		return VIRTIO_ERR_QUEUE_SIZE;
	if (!ring->desc || !ring->avail || !ring->used || !config->slots)
		return VIRTIO_ERR_INVALID;
	if ((uintptr_t)ring->desc % VIRTQ_DESC_ALIGN ||
	    (uintptr_t)ring->avail % (packed ? PVIRTQ_EVENT_SUPPRESS_ALIGN :
					       VIRTQ_AVAIL_ALIGN) ||
	    (uintptr_t)ring->used % VIRTQ_USED_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;
	if (config->tables && !config->table_entries)
		return VIRTIO_ERR_INVALID;
	if (((uintptr_t)config->tables | config->tables_addr) %
	    VIRTQ_DESC_ALIGN)
		return VIRTIO_ERR_ALIGNMENT;
	return VIRTIO_OK;
}

static void driver_take_features(struct virtq_driver *vq, uint64_t features)
{
	vq->packed = features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
	vq->event_idx = features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
	vq->in_order = features & VIRTIO_FEATURE(VIRTIO_F_IN_ORDER);
	vq->notification_data =
		features & VIRTIO_FEATURE(VIRTIO_F_NOTIFICATION_DATA);
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
	vq->ring.num = 0;
	vq->detached = 0;
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
	vq->free_head = 0;
	vq->free_tail = (uint16_t)(config->ring.num - 1);
	vq->free_count = (uint16_t)config->ring.num;
	vq->avail_idx = 0;
	vq->exposed_idx = 0;
	vq->used_idx = 0;
	vq->unasked = 0;
	vq->wish = 0;
	vq->oldest = 0;
	vq->in_batch = false;
	driver_take_features(vq, config->features);

	for (i = 0; i < config->ring.num; i++) {
		vq->slots[i].cookie = NULL;
		vq->slots[i].writable_len = 0;
		vq->slots[i].count = 0;
		vq->slots[i].next =
			(uint16_t)(i + 1 < config->ring.num ? i + 1 : 0);
	}
	DRIVER_FORMAT(start_driver, vq);
	vq->error = VIRTIO_OK;
	return VIRTIO_OK;
}

/* Check the lengths and sum up what the device may write. */
static int driver_measure(const struct virtq_buffer *buffer,
			  uint32_t *writable_len)
{
	uint64_t sum = 0, readable_sum = 0;
	unsigned int i;

	for (i = 0; i < buffer->total; i++) {
		if (!buffer->segments[i].len)
			return VIRTIO_ERR_INVALID;
		if (i == buffer->readable)
			readable_sum = sum;
		sum += buffer->segments[i].len;
	}
	if (sum > UINT32_MAX)
		return VIRTIO_ERR_LENGTH;
	*writable_len = buffer->readable < buffer->total ?
				(uint32_t)(sum - readable_sum) :
				0;
	return VIRTIO_OK;
}

int virtq_driver_add(struct virtq_driver *vq,
		     const struct virtq_segment *segments,
		     unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtq_buffer buffer = { segments, readable,
				       readable + writable };
	struct virtq_driver_slot *slot;
	uint32_t writable_len;
	unsigned int count;
	uint16_t last;
	bool indirect;
	int error;

	if (vq->error)
		return vq->error;
	/* The same limit holds for indirect tables (2.7.5.3.1, 2.8.19). */
	if (!buffer.total || readable > vq->ring.num ||
	    writable > vq->ring.num || buffer.total > vq->ring.num)
		return VIRTIO_ERR_INVALID;
	error = driver_measure(&buffer, &writable_len);
	if (error)
		return error;
	indirect = vq->tables && buffer.total > 1 &&
		   buffer.total <= vq->table_entries;
	count = indirect ? 1 : buffer.total;
	if (count > vq->free_count)
		return VIRTIO_ERR_FULL;

	slot = &vq->slots[vq->free_head];
	slot->cookie = cookie;
	slot->writable_len = writable_len;
	slot->count = (uint16_t)count;
	last = indirect ? DRIVER_FORMAT(add_table, vq, &buffer) :
			  DRIVER_FORMAT(add_chain, vq, &buffer);
	vq->free_head = vq->slots[last].next;
	vq->free_count -= (uint16_t)count;
	return VIRTIO_OK;
}

void virtq_driver_expose(struct virtq_driver *vq)
{
	unsigned int count;

	if (vq->error)
		return;
	count = vq->unasked + DRIVER_FORMAT(expose_avail, vq);
	/* Saturated, it still covers every event that the device can name. */
	vq->unasked = (uint16_t)(count < UINT16_MAX ? count : UINT16_MAX);
}

bool virtq_driver_publish(struct virtq_driver *vq)
{
	uint16_t count;

	virtq_driver_expose(vq);
	if (!vq->unasked || vq->error)
		return false;
	count = vq->unasked;
	vq->unasked = 0;
	/* Pairs with the barrier of virtq_device_enable_notifications(): either
	 * this sees its wish or it sees the entries (2.7.13.4.1, 2.8.21.3.1). */
	port_full_barrier();
	return DRIVER_FORMAT(device_wants, vq, count);
}

uint32_t virtq_driver_notification(const struct virtq_driver *vq,
				   uint16_t queue)
{
	if (!vq->notification_data)
		return queue;
	return (uint32_t)DRIVER_FORMAT(progress, vq) << 16 | queue;
}

/*
 * In order, one entry may stand for all buffers up to the one it names (2.7.9,
 * 2.8.8). Those before it were used whole, as far as the device says.
 */
static int driver_next_in_order(struct virtq_driver *vq, uint32_t *id,
				uint32_t *len)
{
	*id = vq->oldest;
	/* An id that is not in flight would return every buffer that is, and
	 * then go on with those that are not; one too far ahead, buffers that
	 * the index does not count as used. */
	if (!vq->slots[*id].count ||
	    (!vq->packed && vq->used_idx == vq->used_cached))
		return driver_latch(vq, VIRTIO_ERR_INDEX);
	vq->in_batch = *id != vq->batch_id;
	*len = vq->in_batch ? UINT32_MAX : vq->batch_len;
	return 1;
}

static int driver_next_used(struct virtq_driver *vq, uint32_t *id,
			    uint32_t *len)
{
	int ready;

	if (vq->in_batch)
		return driver_next_in_order(vq, id, len);
	ready = DRIVER_FORMAT(read_used, vq, id, len);
	if (ready <= 0)
		return ready < 0 ? driver_latch(vq, ready) : 0;
	/* An id past the slots would free, and return, foreign memory. */
	if (*id >= vq->ring.num)
		return driver_latch(vq, VIRTIO_ERR_HEAD);
	if (!vq->in_order)
		return 1;
	vq->batch_id = (uint16_t)*id;
	vq->batch_len = *len;
	vq->in_batch = true;
	return driver_next_in_order(vq, id, len);
}

/*
 * Is there a list that begins at free_head? If not, free_head is where the last
 * one ended. A packed ring may have free ids and no free descriptor, but all
 * its ids are in flight, that one too, when none is free.
 */
static bool driver_has_free_slot(const struct virtq_driver *vq)
{
	return vq->packed ? !vq->slots[vq->free_head].count : vq->free_count;
}

/*
 * Put the slots of a buffer behind the last free one. First in, first out: so
 * in order of use they stay in the order of the ring (2.7.9), and the
 * descriptor that the device has just read is the last to be written again.
 */
static void driver_free_slots(struct virtq_driver *vq, uint16_t head)
{
	struct virtq_driver_slot *slot = &vq->slots[head];
	/* Split: a slot for each descriptor. Packed: one id for the buffer. */
	uint16_t count = vq->packed ? 1 : slot->count;
	uint16_t last = head, i;

	/* Never by desc.next: the device could have rewritten it. */
	for (i = 1; i < count; i++)
		last = vq->slots[last].next;
	vq->oldest = vq->slots[last].next;
	if (driver_has_free_slot(vq))
		vq->slots[vq->free_tail].next = head;
	else
		vq->free_head = head;
	vq->free_tail = last;
	vq->free_count += slot->count;
	slot->count = 0;
}

int virtq_driver_get(struct virtq_driver *vq,
		     struct virtq_completion *completion)
{
	struct virtq_driver_slot *slot;
	uint32_t id, len;
	uint16_t count;
	int ready;

	if (vq->error)
		return vq->error;
	ready = driver_next_used(vq, &id, &len);
	if (ready <= 0)
		return ready;
	slot = &vq->slots[id];
	/* A replayed id, or one inside a chain, would free twice. */
	if (!slot->count)
		return driver_latch(vq, VIRTIO_ERR_REUSED);

	completion->cookie = slot->cookie;
	/* A length past the buffer would make the caller read past it. */
	completion->len = len < slot->writable_len ? len : slot->writable_len;
	count = slot->count;
	driver_free_slots(vq, (uint16_t)id);
	DRIVER_FORMAT(advance_used, vq, count);
	return 1;
}

bool virtq_driver_has_used(const struct virtq_driver *vq)
{
	if (vq->error || vq->in_batch)
		return true;
	return DRIVER_FORMAT(has_used, vq);
}

void virtq_driver_disable_callbacks(struct virtq_driver *vq)
{
	if (!vq->error)
		DRIVER_FORMAT(disable_callbacks, vq);
}

static bool driver_enable(struct virtq_driver *vq, bool delayed)
{
	if (vq->error || vq->in_batch)
		return true;
	return DRIVER_FORMAT(enable_callbacks, vq, delayed);
}

bool virtq_driver_enable_callbacks(struct virtq_driver *vq)
{
	return driver_enable(vq, false);
}

bool virtq_driver_enable_callbacks_delayed(struct virtq_driver *vq)
{
	return driver_enable(vq, vq->event_idx);
}

bool virtq_driver_detach(struct virtq_driver *vq, void **cookie)
{
	vq->error = VIRTIO_ERR_NEEDS_RESET;
	while (vq->detached < vq->ring.num) {
		struct virtq_driver_slot *slot = &vq->slots[vq->detached++];

		if (!slot->count)
			continue;
		*cookie = slot->cookie;
		vq->free_count += slot->count;
		slot->count = 0;
		return true;
	}
	return false;
}
