/* SPDX-License-Identifier: BSD-2-Clause */
/* The front end as a client device sees it, and its waiting. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front_private.h"

static void lose(struct vhost_front *front)
{
	front->dead = true;
	front->running = false;
}

int vhost_front_wait(struct vhost_front *front, int timeout)
{
	struct pollfd fds[2] = {
		{ .fd = front->call, .events = POLLIN },
		{ .fd = front->socket.fd, .events = POLLIN },
	};
	uint64_t value;
	char byte;
	int ret;

	if (front->dead)
		return VHOST_ERR_CLOSED;
	do
		ret = poll(fds, 2, timeout);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return vhost_fault_system(&front->fault, "poll");
	if (fds[0].revents) {
		if (read(front->call, &value, sizeof(value)) < 0 &&
		    errno != EAGAIN)
			return vhost_fault_system(&front->fault, "eventfd");
		return 1;
	}
	if (!fds[1].revents)
		return 0;
	/* Nothing was asked: whatever this is, the back end is no more. */
	lose(front);
	if (recv(front->socket.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		return vhost_fault_set(
			&front->fault, VHOST_ERR_ORDER,
			"the back end sent a message that nobody asked for");
	return vhost_fault_set(&front->fault, VHOST_ERR_CLOSED,
			       "the back end closed the connection");
}

static int check(void *ctx)
{
	struct vhost_front *front = ctx;

	if (front->dead)
		return LOOPBACK_ERR_PEER;
	if (front->broken)
		return LOOPBACK_ERR_PROTOCOL;
	return front->running ? LOOPBACK_OK : LOOPBACK_ERR_AGAIN;
}

static bool is_running(void *ctx)
{
	struct vhost_front *front = ctx;

	return front->running && !front->broken;
}

static uint32_t get_epoch(void *ctx)
{
	return ((struct vhost_front *)ctx)->epoch;
}

static uint64_t get_features(void *ctx)
{
	return ((struct vhost_front *)ctx)->driver_features;
}

static struct virtq_driver *get_queue(void *ctx, unsigned int queue)
{
	(void)queue;
	return &((struct vhost_front *)ctx)->virtq;
}

static int read_config(void *ctx, void *buffer, uint32_t length)
{
	struct vhost_front *front = ctx;
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_CONFIG,
	};

	if (!(front->protocol_features &
	      VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG)))
		return LOOPBACK_ERR_UNSUPPORTED;
	if (length > VHOST_USER_CONFIG_MAX)
		length = VHOST_USER_CONFIG_MAX;
	message.size =
		offsetof(struct vhost_user_config, region) + length;
	message.payload.config.size = length;
	if (vhost_front_call(front, &message, NULL, 0, NULL))
		return LOOPBACK_ERR_PEER;
	if (message.payload.config.size < length)
		length = message.payload.config.size;
	memcpy(buffer, message.payload.config.region, length);
	return (int)length;
}

static bool get_address(void *ctx, const void *memory, uint64_t size,
			uint64_t *address)
{
	const struct vhost_front *front = ctx;
	uint64_t offset =
		(uint64_t)((uintptr_t)memory - (uintptr_t)front->memory);

	if (offset >= front->memory_size ||
	    size > front->memory_size - offset)
		return false;
	*address = VHOST_FRONT_ADDRESS + offset;
	return true;
}

static void break_device(void *ctx)
{
	((struct vhost_front *)ctx)->broken = true;
}

static void notify(void *ctx, unsigned int queue)
{
	uint64_t one = 1;
	ssize_t ret;

	(void)queue;
	/* A counter that is full is a kick that stands already. */
	do
		ret = write(((struct vhost_front *)ctx)->kick, &one,
			    sizeof(one));
	while (ret < 0 && errno == EINTR);
}

struct loopback_client_transport
vhost_front_get_transport(struct vhost_front *front)
{
	return (struct loopback_client_transport){
		.check = check,
		.is_running = is_running,
		.get_epoch = get_epoch,
		.get_features = get_features,
		.get_queue = get_queue,
		.read_config = read_config,
		.get_address = get_address,
		.break_device = break_device,
		.notify = notify,
		.ctx = front,
	};
}
