/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the session share: session.c (what all messages have in
 * common), session_ring.c (rings up and down), session_memory.c (memory and
 * in-flight log), session_transport.c (what the device sees).
 *
 * Ownership, concurrency: as session.h. Trust: a handler gets a message whose
 * size is right and whose descriptors are counted; each field is its to check.
 * A descriptor that a handler keeps it takes out of fds by writing -1.
 */
#ifndef VHOST_SESSION_PRIVATE_H
#define VHOST_SESSION_PRIVATE_H

#include <vhost/session.h>

typedef int (*vhost_session_handler)(struct vhost_session *session,
				     const struct vhost_user_message *message,
				     int *fds);

/* session_ring.c */
int vhost_ring_set_num(struct vhost_session *session,
		       const struct vhost_user_message *message, int *fds);
int vhost_ring_set_base(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds);
int vhost_ring_set_addr(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds);
int vhost_ring_get_base(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds);
int vhost_ring_set_enable(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds);
int vhost_ring_set_fd(struct vhost_session *session,
		      const struct vhost_user_message *message, int *fds);
/* Stop every ring, as RESET_OWNER and the end of the session do. */
void vhost_rings_stop(struct vhost_session *session);
/* The memory table has changed: look every started ring up anew. */
int vhost_rings_remap(struct vhost_session *session);

/* session_memory.c */
int vhost_memory_set_table(struct vhost_session *session,
			   const struct vhost_user_message *message, int *fds);
int vhost_memory_add_reg(struct vhost_session *session,
			 const struct vhost_user_message *message, int *fds);
int vhost_memory_rem_reg(struct vhost_session *session,
			 const struct vhost_user_message *message, int *fds);
int vhost_inflight_get_fd(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds);
int vhost_inflight_set_fd(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds);

/* Answer with a number. */
int vhost_session_reply_u64(struct vhost_session *session, uint64_t value);

#endif
