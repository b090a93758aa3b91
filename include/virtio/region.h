/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The region table: which bus addresses a peer may name, and where they are.
 *
 * A descriptor carries an address of the peer's choosing. It becomes a pointer
 * in virtio_region_translate() and nowhere else.
 *
 * Memory: regions and table belong to the caller and stay unchanged while any
 * queue uses them. Concurrency: read-only after initialisation, so any number
 * of queues and threads may share a table. Trust: the regions come from the
 * manifest or another trusted source; addresses and lengths looked up in them
 * do not. Specification: VirtIO 1.2, 2.7.5 (the address of a descriptor).
 */
#ifndef VIRTIO_REGION_H
#define VIRTIO_REGION_H

#include <stddef.h>
#include <stdint.h>

#define VIRTIO_REGION_MAX	16

/* What this side may do with the bytes of a region. */
#define VIRTIO_REGION_READ	1u
#define VIRTIO_REGION_WRITE	2u

struct virtio_region {
	uint64_t addr;		/* first bus address, as the peer names it */
	uint64_t size;		/* bytes */
	void *base;		/* where `addr` is here */
	uint32_t rights;	/* VIRTIO_REGION_* */
};

/* Filled by virtio_region_table_init(); in any order, adjacent allowed. */
struct virtio_region_table {
	const struct virtio_region *regions;
	unsigned int count;
};

/* A piece of a buffer: both names of the same bytes. */
struct virtq_segment {
	uint64_t addr;		/* bus address, as another device takes it */
	void *pointer;		/* the bytes here; NULL where nobody looks */
	uint32_t len;		/* bytes */
};

/*
 * Check @count regions and make @table of them.
 *
 * @regions must outlive @table. Errors: VIRTIO_ERR_INVALID (no region or more
 * than VIRTIO_REGION_MAX; one that is empty, wraps, has no base or no rights),
 * VIRTIO_ERR_ALIGNMENT (a base and its address differ modulo 16, so alignment
 * of an address would say nothing about its pointer), VIRTIO_ERR_OVERLAP (two
 * regions claim one address). On an error the table is empty and refuses all.
 */
int virtio_region_table_init(struct virtio_region_table *table,
			     const struct virtio_region *regions,
			     unsigned int count);

/*
 * Return the pointer to bus addresses [@addr, @addr + @len), or NULL if they do
 * not lie in one region that grants all of @rights. A range that straddles two
 * regions is refused even if they are adjacent: their pointers need not be.
 * With @len 0 the address itself must still lie inside a region.
 */
static inline void *virtio_region_translate(
	const struct virtio_region_table *table, uint64_t addr, uint64_t len,
	uint32_t rights)
{
	unsigned int i;

	for (i = 0; i < table->count; i++) {
		const struct virtio_region *region = &table->regions[i];
		/* Below the region this wraps to at least its size. */
		uint64_t offset = addr - region->addr;

		if (offset >= region->size)
			continue;
		/* Written without addr + len: a length chosen to wrap that
		 * sum would pass a check of the end address. */
		if (len > region->size - offset)
			return NULL;
		if ((region->rights & rights) != rights)
			return NULL;
		return (char *)region->base + offset;
	}
	return NULL;
}

#endif
