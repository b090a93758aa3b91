/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions and answers of the front end (front_call.c), for front.c and
 * front_transport.c. Ownership, concurrency, trust: as front.h.
 */
#ifndef VHOST_FRONT_PRIVATE_H
#define VHOST_FRONT_PRIVATE_H

#include <vhost/front.h>

/*
 * Send @message (its request, size and payload) with @count descriptors, and
 * wait for an answer if the request has one or the back end acknowledges. The
 * answer replaces @message; a descriptor that comes with it goes to *@reply_fd
 * if that is not NULL. On an error the back end is dead to us.
 */
int vhost_front_call(struct vhost_front *front,
		     struct vhost_user_message *message, const int *fds,
		     unsigned int count, int *reply_fd);

/* Requests with one number, with a ring's state, and without a payload. */
int vhost_front_set(struct vhost_front *front, uint32_t request,
		    uint64_t value);
int vhost_front_set_state(struct vhost_front *front, uint32_t request,
			  uint32_t value);
int vhost_front_set_fd(struct vhost_front *front, uint32_t request, int fd);
int vhost_front_get(struct vhost_front *front, uint32_t request,
		    uint64_t *value);

#endif
