/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "front_private.h"

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Read the answer to @request, or give up. */
static int await_answer(struct vhost_front *front, uint32_t request)
{
	struct pollfd fd = { .fd = front->socket.fd, .events = POLLIN };
	int64_t end = now() + front->timeout;
	int ret;

	for (;;) {
		ret = vhost_socket_receive(&front->socket, &front->fault);
		if (ret)
			return ret < 0 ? ret : VHOST_OK;
		if (now() >= end)
			return vhost_fault_set(
				&front->fault, VHOST_ERR_TIMEOUT,
				"%s: no answer within %d ms",
				vhost_user_request_name(request),
				front->timeout);
		ret = poll(&fd, 1, (int)(end - now() > 0 ? end - now() : 0));
		if (ret < 0 && errno != EINTR)
			return vhost_fault_system(&front->fault, "poll");
	}
}

static int check_answer(struct vhost_front *front,
			const struct vhost_user_message *message)
{
	const struct vhost_user_message *answer = &front->socket.message;
	const char *name = vhost_user_request_name(message->request);

	if (answer->request != message->request)
		return vhost_fault_set(
			&front->fault, VHOST_ERR_REQUEST,
			"%s: answered as if it had been %s", name,
			vhost_user_request_name(answer->request));
	if (!vhost_user_has_reply(message->request) && answer->payload.u64)
		return vhost_fault_set(&front->fault, VHOST_ERR_REFUSED,
				       "%s: the back end refused it", name);
	return VHOST_OK;
}

/* The first descriptor if somebody wants it; the others go. */
static void keep_fd(struct vhost_front *front, int *reply_fd)
{
	struct vhost_socket *sock = &front->socket;
	unsigned int i;

	for (i = 0; i < sock->fd_count; i++)
		if (!i && reply_fd)
			*reply_fd = sock->fds[i];
		else
			close(sock->fds[i]);
	sock->fd_count = 0;
}

int vhost_front_call(struct vhost_front *front,
		     struct vhost_user_message *message, const int *fds,
		     unsigned int count, int *reply_fd)
{
	bool acknowledge =
		front->protocol_features &
		VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK);
	bool answer = vhost_user_has_reply(message->request);
	int ret;

	if (front->dead)
		return VHOST_ERR_STATE;
	message->flags = VHOST_USER_VERSION |
			 (acknowledge && !answer ? VHOST_USER_NEED_REPLY : 0);
	ret = vhost_socket_send(&front->socket, message, fds, count,
				&front->fault);
	if (!ret && (answer || acknowledge)) {
		ret = await_answer(front, message->request);
		if (!ret) {
			keep_fd(front, reply_fd);
			ret = check_answer(front, message);
			*message = front->socket.message;
		}
	}
	/* Whose answers are not to be relied on is not asked again. */
	if (ret && ret != VHOST_ERR_REFUSED) {
		front->dead = true;
		front->running = false;
	}
	return ret;
}

int vhost_front_set(struct vhost_front *front, uint32_t request, uint64_t value)
{
	struct vhost_user_message message = {
		.request = request,
		.size = sizeof(value),
		.payload.u64 = value,
	};

	return vhost_front_call(front, &message, NULL, 0, NULL);
}

int vhost_front_set_state(struct vhost_front *front, uint32_t request,
			  uint32_t value)
{
	struct vhost_user_message message = {
		.request = request,
		.size = sizeof(message.payload.state),
		.payload.state = { .index = 0, .num = value },
	};

	return vhost_front_call(front, &message, NULL, 0, NULL);
}

int vhost_front_set_fd(struct vhost_front *front, uint32_t request, int fd)
{
	struct vhost_user_message message = {
		.request = request,
		.size = sizeof(message.payload.u64),
	};

	return vhost_front_call(front, &message, &fd, 1, NULL);
}

int vhost_front_get(struct vhost_front *front, uint32_t request,
		    uint64_t *value)
{
	struct vhost_user_message message = { .request = request };
	int ret = vhost_front_call(front, &message, NULL, 0, NULL);

	*value = message.payload.u64;
	return ret;
}
