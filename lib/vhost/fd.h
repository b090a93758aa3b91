/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor that is owned, or -1: none.
 *
 * Ownership: closing takes it from its owner; asking about it does not.
 * Concurrency: one thread for each. Trust: a descriptor is this process' own,
 * whoever sent what it stands for.
 */
#ifndef VHOST_FD_H
#define VHOST_FD_H

#include <stdbool.h>
#include <unistd.h>

static inline void vhost_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * Can it be waited for and signalled, and does nothing else: is it an event
 * descriptor or a pipe? Of one that is not open, false.
 */
bool vhost_fd_is_event(int fd);

#endif
