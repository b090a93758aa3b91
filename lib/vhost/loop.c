/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

#include <vhost/loop.h>

/* Places in the array for poll(): two, then one for each ring. */
enum {
	AT_SOCKET,
	AT_STOP,
	AT_RINGS,
};

#define POLL_COUNT	(AT_RINGS + VHOST_RINGS_MAX)

void vhost_loop_signal(void *ctx, int fd)
{
	uint64_t one = 1;
	ssize_t ret;

	(void)ctx;
	/* A counter or pipe that is full is a signal that stands already. */
	do
		ret = write(fd, &one, sizeof(one));
	while (ret < 0 && errno == EINTR);
}

/* Empty a kick descriptor. */
static int take_kick(int fd, unsigned int ring, struct vhost_fault *fault)
{
	uint64_t value;
	ssize_t ret;

	do
		ret = read(fd, &value, sizeof(value));
	while (ret < 0 && errno == EINTR);
	if (ret > 0 || (ret < 0 && errno == EAGAIN))
		return VHOST_OK;
	/* Stops a descriptor that is readable for ever and never says why. */
	return vhost_fault_set(fault, VHOST_ERR_DESCRIPTORS,
			       "ring %u: its kick descriptor cannot be read",
			       ring);
}

static int handle_message(struct vhost_loop *loop, struct vhost_socket *sock,
			  bool *serve, struct vhost_fault *fault)
{
	struct vhost_session *session = loop->session;
	int effects = vhost_session_handle(session, &sock->message, sock->fds,
					   sock->fd_count);
	int ret = VHOST_OK;

	/* Nothing was taken then: they go with the connection. */
	if (effects != VHOST_ERR_BUSY)
		sock->fd_count = 0;
	if (effects < 0) {
		*fault = session->fault;
		return effects;
	}
	if (effects & VHOST_EFFECT_SERVE)
		*serve = true;
	if (effects & VHOST_EFFECT_REPLY)
		ret = vhost_socket_send(sock, &session->reply,
					&session->reply_fd,
					session->reply_fd >= 0, fault);
	if (session->reply_fd >= 0)
		close(session->reply_fd);
	session->reply_fd = -1;
	return ret;
}

/* Serve each ring that was kicked, or all of them; true: there is more. */
static int serve_rings(struct vhost_loop *loop, const struct pollfd *fds,
		       bool all, bool *more, struct vhost_fault *fault)
{
	struct vhost_session *session = loop->session;
	unsigned int ring;
	int ret;

	*more = false;
	for (ring = 0; ring < VHOST_RINGS_MAX; ring++) {
		bool kicked = fds[AT_RINGS + ring].revents;

		if (kicked) {
			ret = take_kick(fds[AT_RINGS + ring].fd, ring, fault);
			if (ret)
				return ret;
		}
		if ((kicked || all) && session->rings[ring].live &&
		    loop->serve(loop->ctx, ring, loop->budget) > 0)
			*more = true;
	}
	if (vhost_session_is_lost(session)) {
		*fault = session->fault;
		return fault->error;
	}
	return VHOST_OK;
}

static int wait_events(struct vhost_loop *loop, struct vhost_socket *sock,
		       struct pollfd *fds, bool more, struct vhost_fault *fault)
{
	unsigned int ring;
	int ret;

	fds[AT_SOCKET] = (struct pollfd){ .fd = sock->fd, .events = POLLIN };
	fds[AT_STOP] = (struct pollfd){ .fd = loop->stop_fd,
					.events = POLLIN };
	for (ring = 0; ring < VHOST_RINGS_MAX; ring++)
		fds[AT_RINGS + ring] = (struct pollfd){
			.fd = vhost_session_get_kick(loop->session, ring),
			.events = POLLIN,
		};
	do
		ret = poll(fds, POLL_COUNT, more ? 0 : -1);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return vhost_fault_system(fault, "poll");
	if (fds[AT_STOP].revents)
		return vhost_fault_set(fault, VHOST_ERR_STOPPED,
				       "asked to stop");
	return VHOST_OK;
}

static int run(struct vhost_loop *loop, struct vhost_socket *sock,
	       struct vhost_fault *fault)
{
	struct pollfd fds[POLL_COUNT];
	bool more = false;
	int ret;

	for (;;) {
		ret = wait_events(loop, sock, fds, more, fault);
		if (!ret)
			ret = serve_rings(loop, fds, more, &more, fault);
		/* Requests that are resumed end first: then it is idle. */
		if (!ret && fds[AT_SOCKET].revents &&
		    !vhost_session_is_busy(loop->session)) {
			ret = vhost_socket_receive(sock, fault);
			if (ret == 1)
				ret = handle_message(loop, sock, &more, fault);
		}
		if (ret < 0)
			return ret;
	}
}

int vhost_loop_run(struct vhost_loop *loop, int fd, struct vhost_fault *fault)
{
	struct vhost_socket sock;
	int ret;

	vhost_socket_init(&sock, fd, VHOST_USER_FRONT_END);
	sock.stop_fd = loop->stop_fd;
	ret = run(loop, &sock, fault);
	vhost_session_close(loop->session);
	vhost_socket_close(&sock);
	return ret;
}
