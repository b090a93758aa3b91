/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front end's memory as the back end reaches it: mapped files, and the
 * region table that the rings translate with.
 *
 * Ownership: the structure is the caller's and owns its mappings; descriptors
 * stay the caller's and may be closed once a region is mapped.
 * Concurrency: one thread; nothing may use the table while it changes.
 * Trust: none in the regions. What is refused: empty, wrapping, or overlapping
 * ranges, files that are no regular ones or shorter than the region, more than
 * VHOST_USER_REGIONS_MAX. A file that shrinks later is guard.h's affair.
 * Specification: vhost-user, "Memory regions description".
 */
#ifndef VHOST_MEMORY_H
#define VHOST_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include <vhost/error.h>
#include <vhost/user.h>
#include <virtio/region.h>

struct vhost_mapping {
	void *base;		/* page-aligned, as munmap() takes it */
	size_t size;
	uint64_t user_addr;	/* what the front end calls the first byte */
	int guard;
};

struct vhost_memory {
	unsigned int count;
	struct virtio_region regions[VHOST_USER_REGIONS_MAX];
	struct vhost_mapping mappings[VHOST_USER_REGIONS_MAX];
	struct virtio_region_table table;
};

_Static_assert(VHOST_USER_REGIONS_MAX == VIRTIO_REGION_MAX, "one table");

/* No memory: every address is refused. */
void vhost_memory_init(struct vhost_memory *memory);

/*
 * Map one more region of the file @fd. On an error nothing has changed.
 * Errors: VHOST_ERR_MEMORY, VHOST_ERR_SYSTEM.
 */
int vhost_memory_add(struct vhost_memory *memory,
		     const struct vhost_user_region *region, int fd,
		     struct vhost_fault *fault);

/* Unmap the region with these addresses and size. VHOST_ERR_MEMORY: none. */
int vhost_memory_remove(struct vhost_memory *memory,
			const struct vhost_user_region *region,
			struct vhost_fault *fault);

/* Unmap everything. */
void vhost_memory_clear(struct vhost_memory *memory);

/* Make @to, which holds nothing, what @from was. */
void vhost_memory_move(struct vhost_memory *to, struct vhost_memory *from);

/*
 * The guest address of the front end's user address @user_addr, for the table.
 * False: it lies in no region. Two regions may show one user address under two
 * guest addresses; either reaches the same bytes.
 */
bool vhost_memory_find_user(const struct vhost_memory *memory,
			    uint64_t user_addr, uint64_t *guest_addr);

/* Has a file shrunk under us? Then what is there is not the peer's any more. */
bool vhost_memory_is_lost(const struct vhost_memory *memory);

#endif
