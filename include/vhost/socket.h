/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vhost-user messages over a local socket, for both ends.
 *
 * Ownership: the structure is the caller's and owns the connection and the
 * descriptors that came with a message not complete yet.
 * Concurrency: one thread per socket. Nothing here waits but
 * vhost_socket_send(), and that only for a peer that does not read.
 * Trust: none in the peer. A message is bounded before it is read, and so are
 * the descriptors that come with it.
 */
#ifndef VHOST_SOCKET_H
#define VHOST_SOCKET_H

#include <vhost/codec.h>

struct vhost_socket {
	int fd;
	enum vhost_user_sender peer;
	int stop_fd;		/* -1: none; readable: give up sending */
	int timeout;		/* milliseconds to send in, -1: no limit */
	uint8_t bytes[VHOST_USER_MESSAGE_MAX];
	size_t filled;
	struct vhost_user_message message;
	int fds[VHOST_DESCRIPTORS_MAX];
	unsigned int fd_count;
};

/*
 * Listen at @path. A socket file there that nobody listens on is replaced;
 * anything else is not. Returns a descriptor, or VHOST_ERR_INVALID (path too
 * long), VHOST_ERR_STATE (taken), VHOST_ERR_SYSTEM.
 */
int vhost_socket_listen(const char *path, struct vhost_fault *fault);

/* Connect to @path. Returns a descriptor, or an error as above. */
int vhost_socket_connect(const char *path, struct vhost_fault *fault);

/* Take over the connection @fd to a @peer. */
void vhost_socket_init(struct vhost_socket *socket, int fd,
		       enum vhost_user_sender peer);

/* Close the connection and what came with an incomplete message. */
void vhost_socket_close(struct vhost_socket *socket);

/*
 * Read what there is without waiting. Returns 1: socket->message is complete,
 * and the first socket->fd_count of socket->fds came with it; they are the
 * caller's now. 0: not complete; wait until socket->fd is readable.
 * Errors: VHOST_ERR_CLOSED, VHOST_ERR_TRUNCATED, VHOST_ERR_DESCRIPTORS (more
 * than VHOST_DESCRIPTORS_MAX, or than this process may open), VHOST_ERR_SYSTEM,
 * those of codec.h.
 */
int vhost_socket_receive(struct vhost_socket *socket,
			 struct vhost_fault *fault);

/*
 * Send a message with @count descriptors, which stay the caller's.
 * Errors: VHOST_ERR_CLOSED, VHOST_ERR_TIMEOUT, VHOST_ERR_STOPPED,
 * VHOST_ERR_SYSTEM.
 */
int vhost_socket_send(struct vhost_socket *socket,
		      const struct vhost_user_message *message, const int *fds,
		      unsigned int count, struct vhost_fault *fault);

#endif
