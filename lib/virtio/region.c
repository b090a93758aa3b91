/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking a region table; looking addresses up in it is in the header. */
#include <virtio/error.h>
#include <virtio/region.h>

#define RIGHTS_ALL	(VIRTIO_REGION_READ | VIRTIO_REGION_WRITE)
#define BASE_ALIGN	16u

static int region_check(const struct virtio_region *region)
{
	uint64_t base = (uint64_t)(uintptr_t)region->base;

	if (!region->size || !region->base || !region->rights ||
	    (region->rights & ~RIGHTS_ALL))
		return VIRTIO_ERR_INVALID;
	/* The lookup's subtraction relies on neither end wrapping. */
	if (region->size - 1 > UINT64_MAX - region->addr ||
	    region->size - 1 > UINTPTR_MAX - base)
		return VIRTIO_ERR_INVALID;
	if ((base ^ region->addr) & (BASE_ALIGN - 1))
		return VIRTIO_ERR_ALIGNMENT;
	return VIRTIO_OK;
}

static int regions_overlap(const struct virtio_region *a,
			   const struct virtio_region *b)
{
	return a->addr <= b->addr + (b->size - 1) &&
	       b->addr <= a->addr + (a->size - 1);
}

int virtio_region_table_init(struct virtio_region_table *table,
			     const struct virtio_region *regions,
			     unsigned int count)
{
	unsigned int i, j;
	int error;

	table->regions = NULL;
	table->count = 0;

	if (!regions || !count || count > VIRTIO_REGION_MAX)
		return VIRTIO_ERR_INVALID;

	for (i = 0; i < count; i++) {
		error = region_check(&regions[i]);
		if (error)
			return error;
		for (j = 0; j < i; j++) {
			if (regions_overlap(&regions[i], &regions[j]))
				return VIRTIO_ERR_OVERLAP;
		}
	}

	table->regions = regions;
	table->count = count;
	return VIRTIO_OK;
}
