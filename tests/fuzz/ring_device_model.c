/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/mman.h>

#include "ring_device_model.h"

static void *huge;

void device_model_set_regions(struct peer *peer, bool many)
{
	const uint32_t both = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE;
	struct virtio_region *regions = peer->regions;
	if (!huge)
		huge = mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	FUZZ_REQUIRE(huge != MAP_FAILED);
	regions[0] = (struct virtio_region){ PEER_BUS, PEER_BYTES, peer->memory,
					     both };
	regions[1] = (struct virtio_region){ HUGE_BUS, HUGE_BYTES, huge, both };
	if (many) {
		regions[0].size = READ_ONLY;
		regions[1] = (struct virtio_region){ peer_bus(READ_ONLY),
						     HOLE - READ_ONLY,
						     peer->memory + READ_ONLY,
						     VIRTIO_REGION_READ };
		regions[2] = (struct virtio_region){ peer_bus(WRITE_ONLY),
						     PEER_BYTES - WRITE_ONLY,
						     peer->memory + WRITE_ONLY,
						     VIRTIO_REGION_WRITE };
	}
	FUZZ_REQUIRE(
		!virtio_region_table_init(&peer->table, regions, many ? 3 : 2));
}

void device_model_forget_huge(void)
{
	FUZZ_REQUIRE(!madvise(huge, HUGE_BYTES, MADV_DONTNEED));
}

void device_model_forget(struct device_run *run)
{
	run->count = 0;
	run->unpushed = 0;
	run->held = 0;
}

void device_model_start(struct device_run *run)
{
	FUZZ_REQUIRE(!peer_start_device(run->peer, run->features));
	device_model_forget(run);
}

static struct taken *find(struct device_run *run, uint16_t head)
{
	unsigned int i;

	for (i = 0; i < run->count; i++) {
		if (run->taken[i].head == head)
			return &run->taken[i];
	}
	return NULL;
}

void device_model_check_segment(const struct peer *peer,
				const struct virtq_segment *segment, bool write)
{
	const uint32_t right = write ? VIRTIO_REGION_WRITE : VIRTIO_REGION_READ;
	unsigned int i;

	FUZZ_REQUIRE(segment->len);
	for (i = 0; i < peer->table.count; i++) {
		const struct virtio_region *region = &peer->regions[i];

		if (segment->addr < region->addr ||
		    segment->addr - region->addr >= region->size)
			continue;
		FUZZ_REQUIRE(segment->len <=
			     region->addr + region->size - segment->addr);
		FUZZ_REQUIRE(region->rights & right);
		FUZZ_REQUIRE(segment->pointer ==
			     (char *)region->base +
				     (segment->addr - region->addr));
		return;
	}
	FUZZ_REQUIRE(!"a segment outside of the regions");
}

static void check_chain(const struct device_run *run)
{
	const struct virtq_chain *chain = &run->peer->chain;
	unsigned int i, count = (unsigned int)chain->readable + chain->writable;
	uint64_t readable_len = 0, writable_len = 0;

	FUZZ_REQUIRE(count <= chain->capacity);
	FUZZ_REQUIRE(count <= run->peer->ring.num);
	FUZZ_REQUIRE(chain->head < run->peer->ring.num);
	for (i = 0; i < count; i++) {
		bool write = i >= chain->readable;

		device_model_check_segment(run->peer, &chain->segments[i],
					   write);
		*(write ? &writable_len : &readable_len) +=
			chain->segments[i].len;
	}
	FUZZ_REQUIRE(readable_len == chain->readable_len);
	FUZZ_REQUIRE(writable_len == chain->writable_len);
	FUZZ_REQUIRE(readable_len + writable_len <= UINT32_MAX);
}

static void check_counts(const struct device_run *run)
{
	if (!virtq_device_error(&run->peer->device))
		FUZZ_REQUIRE(virtq_device_in_flight(&run->peer->device) ==
			     run->unpushed + run->held);
}

/* @result is what a pop or repop returned. */
static int take(struct device_run *run, int result)
{
	struct peer *peer = run->peer;

	if (result <= 0) {
		FUZZ_REQUIRE(result == virtq_device_error(&peer->device));
		return result;
	}
	FUZZ_REQUIRE(result == 1);
	FUZZ_REQUIRE(run->count < peer->ring.num);
	FUZZ_REQUIRE(!find(run, peer->chain.head));
	check_chain(run);
	run->taken[run->count++] = (struct taken){ peer->chain.head, false };
	run->unpushed++;
	check_counts(run);
	return result;
}

int device_model_pop(struct device_run *run)
{
	return take(run,
		    virtq_device_pop(&run->peer->device, &run->peer->chain));
}

static void remove_taken(struct device_run *run, unsigned int i)
{
	run->count--;
	memmove(&run->taken[i], &run->taken[i + 1],
		(run->count - i) * sizeof(run->taken[0]));
}

void device_model_push(struct device_run *run, uint16_t head, uint32_t len)
{
	struct virtq_device *vq = &run->peer->device;
	int error = virtq_device_error(vq);
	struct taken *taken = find(run, head);
	int result = virtq_device_push(vq, head, len);

	if (error) {
		FUZZ_REQUIRE(result == error);
		return;
	}
	if (!taken || taken->pushed) {
		FUZZ_REQUIRE(result == VIRTIO_ERR_NOT_IN_FLIGHT);
		return;
	}
	FUZZ_REQUIRE(!result);
	run->unpushed--;
	if (run->features & VIRTIO_FEATURE(VIRTIO_F_IN_ORDER)) {
		taken->pushed = true;
		while (run->count && run->taken[0].pushed)
			remove_taken(run, 0);
	} else {
		remove_taken(run, (unsigned int)(taken - run->taken));
	}
	check_counts(run);
}

void device_model_resume(struct device_run *run)
{
	struct peer *peer = run->peer;
	struct virtq_position position;
	unsigned int i, count = run->count;

	if (virtq_device_error(&peer->device))
		return;
	virtq_device_publish(&peer->device);
	position = virtq_device_position(&peer->device);
	/* Packed: only a side that pushed in the order of popping can. */
	if (peer->packed) {
		if (!(run->features & VIRTIO_FEATURE(VIRTIO_F_IN_ORDER)))
			return;
		position.avail = position.used;
		FUZZ_REQUIRE(
			!peer_resume_device(peer, run->features, &position));
		device_model_forget(run);
		return;
	}
	FUZZ_REQUIRE((uint16_t)(position.avail - position.used) == count);
	FUZZ_REQUIRE(!peer_resume_device(peer, run->features, &position));
	device_model_forget(run);
	for (i = 0; i < count; i++) {
		run->held = count - i - 1;
		if (take(run,
			 virtq_device_repop(&peer->device, run->taken[i].head,
					    &peer->chain)) < 0)
			return;
	}
	FUZZ_REQUIRE(virtq_device_repop(&peer->device, 0, &peer->chain) ==
		     VIRTIO_ERR_INVALID);
}
