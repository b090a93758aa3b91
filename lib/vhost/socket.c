/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vhost/socket.h>

/* What Linux lets one message carry (unix(7)). */
#define SCM_FDS_MAX	253

void vhost_socket_init(struct vhost_socket *sock, int fd,
		       enum vhost_user_sender peer)
{
	memset(sock, 0, sizeof(*sock));
	sock->fd = fd;
	sock->peer = peer;
	sock->stop_fd = -1;
	sock->timeout = -1;
}

static void drop_fds(struct vhost_socket *sock)
{
	while (sock->fd_count)
		close(sock->fds[--sock->fd_count]);
}

void vhost_socket_close(struct vhost_socket *sock)
{
	drop_fds(sock);
	if (sock->fd >= 0)
		close(sock->fd);
	sock->fd = -1;
	sock->filled = 0;
}

/* Keep the descriptors of one recvmsg(), or close those that are too many. */
static int keep_fds(struct vhost_socket *sock, struct msghdr *msg,
		    struct vhost_fault *fault)
{
	unsigned int surplus = 0;
	struct cmsghdr *c;
	size_t count, i;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			       sizeof(fd));
			if (sock->fd_count < VHOST_DESCRIPTORS_MAX) {
				sock->fds[sock->fd_count++] = fd;
				continue;
			}
			close(fd);
			surplus++;
		}
	}
	if (!surplus && !(msg->msg_flags & MSG_CTRUNC))
		return VHOST_OK;
	/* Stops a peer from filling this process with descriptors. */
	drop_fds(sock);
	if (surplus)
		return vhost_fault_set(
			fault, VHOST_ERR_DESCRIPTORS,
			"a message came with more than %u descriptors",
			VHOST_DESCRIPTORS_MAX);
	/* There was room for all that a message can carry. */
	return vhost_fault_set(
		fault, VHOST_ERR_DESCRIPTORS,
		"descriptors of a message were cut off: this process may open no more");
}

/* Read until @goal bytes are there: 1, or 0: no more now, or an error. */
static int fill(struct vhost_socket *sock, size_t goal,
		struct vhost_fault *fault)
{
	/* Room for all that may come: a surplus is closed, not cut off. */
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(SCM_FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov;
	struct msghdr msg;
	ssize_t got;
	int ret;

	while (sock->filled < goal) {
		iov = (struct iovec){ sock->bytes + sock->filled,
				      goal - sock->filled };
		msg = (struct msghdr){
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};
		got = recvmsg(sock->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (got < 0 && errno != ECONNRESET)
			return vhost_fault_system(fault, "recvmsg");
		if (got <= 0)
			return sock->filled || sock->fd_count ?
				       vhost_fault_set(
					       fault, VHOST_ERR_TRUNCATED,
					       "the connection ended within a message") :
				       vhost_fault_set(
					       fault, VHOST_ERR_CLOSED,
					       "the connection was closed");
		ret = keep_fds(sock, &msg, fault);
		if (ret)
			return ret;
		sock->filled += (size_t)got;
	}
	return 1;
}

int vhost_socket_receive(struct vhost_socket *sock, struct vhost_fault *fault)
{
	int ret;

	/* What came with the last message has been taken over. */
	if (!sock->filled)
		sock->fd_count = 0;
	ret = fill(sock, VHOST_USER_HEADER_SIZE, fault);
	if (ret == 1) {
		ret = vhost_user_decode_header(&sock->message, sock->bytes,
					       sock->peer, fault);
		if (!ret)
			ret = fill(sock,
				   VHOST_USER_HEADER_SIZE + sock->message.size,
				   fault);
	}
	if (ret == 1) {
		ret = vhost_user_decode_payload(
			&sock->message, sock->bytes + VHOST_USER_HEADER_SIZE,
			sock->peer, fault);
		if (!ret) {
			sock->filled = 0;
			return 1;
		}
	}
	if (ret < 0)
		drop_fds(sock);
	return ret;
}

static int wait_writable(struct vhost_socket *sock, struct vhost_fault *fault)
{
	struct pollfd fds[2] = {
		{ .fd = sock->fd, .events = POLLOUT },
		{ .fd = sock->stop_fd, .events = POLLIN },
	};
	int ret;

	do
		ret = poll(fds, 2, sock->timeout);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return vhost_fault_system(fault, "poll");
	if (!ret)
		return vhost_fault_set(fault, VHOST_ERR_TIMEOUT,
				       "the peer reads nothing");
	if (fds[1].revents)
		return vhost_fault_set(fault, VHOST_ERR_STOPPED,
				       "asked to stop");
	return VHOST_OK;
}

int vhost_socket_send(struct vhost_socket *sock,
		      const struct vhost_user_message *message, const int *fds,
		      unsigned int count, struct vhost_fault *fault)
{
	uint8_t bytes[VHOST_USER_MESSAGE_MAX];
	size_t size = vhost_user_encode(message, bytes), sent = 0;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(VHOST_DESCRIPTORS_MAX * sizeof(int))];
	} control = { 0 };
	struct iovec iov;
	struct msghdr msg;
	ssize_t ret;
	int error;

	while (sent < size) {
		iov = (struct iovec){ bytes + sent, size - sent };
		msg = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
		/* They go with the first byte, once. */
		if (count && !sent) {
			control.align.cmsg_level = SOL_SOCKET;
			control.align.cmsg_type = SCM_RIGHTS;
			control.align.cmsg_len = CMSG_LEN(count * sizeof(int));
			memcpy(CMSG_DATA(&control.align), fds,
			       count * sizeof(int));
			msg.msg_control = control.bytes;
			msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		}
		ret = sendmsg(sock->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (ret > 0) {
			sent += (size_t)ret;
			continue;
		}
		if (ret < 0 && errno == EINTR)
			continue;
		if (ret < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			return errno == EPIPE || errno == ECONNRESET ?
				       vhost_fault_set(
					       fault, VHOST_ERR_CLOSED,
					       "the connection was closed") :
				       vhost_fault_system(fault, "sendmsg");
		error = wait_writable(sock, fault);
		if (error)
			return error;
	}
	return VHOST_OK;
}
