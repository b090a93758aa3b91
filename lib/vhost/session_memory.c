/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages about guest memory and about the log of requests in flight. */
#include <string.h>
#include <unistd.h>

#include "session_private.h"

/* A descriptor for each region, or the message is not what it says. */
static int count_descriptors(const int *fds)
{
	unsigned int count = 0;

	while (count < VHOST_DESCRIPTORS_MAX && fds[count] >= 0)
		count++;
	return (int)count;
}

int vhost_memory_set_table(struct vhost_session *session,
			   const struct vhost_user_message *message, int *fds)
{
	const struct vhost_user_memory *table = &message->payload.memory;
	struct vhost_memory memory;
	unsigned int i;
	int ret = VHOST_OK;

	if (!table->nregions ||
	    (int)table->nregions != count_descriptors(fds))
		return vhost_fault_set(
			&session->fault, VHOST_ERR_DESCRIPTORS,
			"SET_MEM_TABLE: %u regions with %d descriptors, but one for each of 1 to %u is right",
			table->nregions, count_descriptors(fds),
			VHOST_USER_REGIONS_MAX);
	vhost_memory_init(&memory);
	for (i = 0; i < table->nregions && !ret; i++)
		ret = vhost_memory_add(&memory, &table->regions[i], fds[i],
				       &session->fault);
	if (ret) {
		vhost_memory_clear(&memory);
		return ret;
	}
	/* Nothing is in flight, so nothing but rings points into the old. */
	vhost_memory_clear(&session->memory);
	vhost_memory_move(&session->memory, &memory);
	return vhost_rings_remap(session);
}

int vhost_memory_add_reg(struct vhost_session *session,
			 const struct vhost_user_message *message, int *fds)
{
	int ret = vhost_memory_add(&session->memory,
				   &message->payload.mem_reg.region, fds[0],
				   &session->fault);

	return ret ? ret : vhost_rings_remap(session);
}

int vhost_memory_rem_reg(struct vhost_session *session,
			 const struct vhost_user_message *message, int *fds)
{
	int ret = vhost_memory_remove(&session->memory,
				      &message->payload.mem_reg.region,
				      &session->fault);

	(void)fds;
	return ret ? ret : vhost_rings_remap(session);
}

int vhost_inflight_get_fd(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds)
{
	const struct vhost_user_inflight *wish = &message->payload.inflight;
	struct vhost_user_inflight *reply = &session->reply.payload.inflight;
	int fd;

	(void)fds;
	/* Stops a front end that asks for memory without end. */
	if (!wish->num_queues ||
	    wish->num_queues > session->config.device->queue_count ||
	    !wish->queue_size ||
	    wish->queue_size > session->config.queue_size_max)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"GET_INFLIGHT_FD: %u queues of %u, but 1 to %u of 1 to %u are served",
			wish->num_queues, wish->queue_size,
			session->config.device->queue_count,
			session->config.queue_size_max);
	/* Room for the largest ring: over virtio-mmio a driver may choose one
	 * larger than what QEMU believes to be its size. */
	fd = vhost_inflight_create(wish->num_queues,
				   session->config.queue_size_max,
				   &session->fault);
	if (fd < 0)
		return fd;
	if (session->reply_fd >= 0)
		close(session->reply_fd);
	session->reply_fd = fd;
	*reply = (struct vhost_user_inflight){
		.mmap_size = vhost_inflight_bytes(
			wish->num_queues, session->config.queue_size_max),
		.num_queues = wish->num_queues,
		.queue_size = wish->queue_size,
	};
	session->reply.size = message->size;
	session->effects |= VHOST_EFFECT_REPLY;
	return VHOST_OK;
}

int vhost_inflight_set_fd(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds)
{
	unsigned int i;

	/* Stops the log from being taken away from under a ring. */
	for (i = 0; i < session->config.device->queue_count; i++)
		if (session->rings[i].started)
			return vhost_fault_set(
				&session->fault, VHOST_ERR_ORDER,
				"SET_INFLIGHT_FD: ring %u is running; GET_VRING_BASE stops it",
				i);
	vhost_inflight_unmap(&session->inflight);
	return vhost_inflight_map(&session->inflight,
				  &message->payload.inflight, fds[0],
				  session->config.device->queue_count,
				  session->config.queue_size_max,
				  &session->fault);
}
