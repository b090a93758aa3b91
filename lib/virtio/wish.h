/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flags by which either side of either format says whether it wants
 * notifications (2.7.7, 2.7.10, 2.8.10): this side's word in shared memory, and
 * its private copy, so that nobody reads back what the peer could change.
 */
#ifndef VIRTIO_WISH_H
#define VIRTIO_WISH_H

#include <port/port.h>
#include <virtio/ring.h>

/* Write this side's flags if they change. */
static inline void virtq_set_wish(uint16_t *wish, uint16_t *shared,
				  uint16_t flags)
{
	if (*wish == flags)
		return;
	*wish = flags;
	port_store(shared, virtio_le16(flags));
}

#endif
