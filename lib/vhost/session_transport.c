/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session as the device sees it. Each step of a request is in the log
 * before it can have an effect that the next life would have to know of.
 */
#include <stdio.h>

#include <virtio/error.h>
#include <vhost/session.h>

static struct virtq_device *get_queue(void *ctx, unsigned int queue)
{
	struct vhost_session *session = ctx;

	if (queue >= VHOST_RINGS_MAX || !session->rings[queue].live)
		return NULL;
	return &session->rings[queue].virtq;
}

static uint64_t get_features(void *ctx)
{
	return ((struct vhost_session *)ctx)->driver_features;
}

/* Once more what the former life left; it is in the log already. */
static int pop_again(struct vhost_ring *ring, struct virtq_chain *chain)
{
	int ret = virtq_device_repop(&ring->virtq,
				     ring->again[ring->again_next], chain);

	if (ret > 0)
		ring->again_next++;
	return ret;
}

static int pop(void *ctx, unsigned int queue, struct virtq_chain *chain)
{
	struct vhost_session *session = ctx;
	struct vhost_ring *ring = &session->rings[queue];
	struct vhost_inflight_queue *log =
		vhost_inflight_get_queue(&session->inflight, queue);
	int ret;

	if (ring->again_next < ring->again_count)
		return pop_again(ring, chain);
	ret = virtq_device_pop(&ring->virtq, chain);
	if (ret > 0 && log)
		vhost_inflight_take(log, chain->head, ring->counter++);
	return ret;
}

static int push(void *ctx, unsigned int queue, uint16_t head, uint32_t len)
{
	struct vhost_session *session = ctx;
	struct vhost_ring *ring = &session->rings[queue];
	struct vhost_inflight_queue *log =
		vhost_inflight_get_queue(&session->inflight, queue);

	if (log) {
		vhost_inflight_stage(log, head);
		ring->staged++;
	}
	return virtq_device_push(&ring->virtq, head, len);
}

static void signal_fd(const struct vhost_session *session, int fd)
{
	if (fd >= 0)
		session->config.signal(session->config.ctx, fd);
}

static void publish(void *ctx, unsigned int queue)
{
	struct vhost_session *session = ctx;
	struct vhost_ring *ring = &session->rings[queue];
	struct vhost_inflight_queue *log =
		vhost_inflight_get_queue(&session->inflight, queue);
	bool notify = virtq_device_publish(&ring->virtq);

	if (log)
		vhost_inflight_publish(
			log, ring->num, ring->staged,
			virtq_device_position(&ring->virtq).used);
	ring->staged = 0;
	if (notify)
		signal_fd(session, ring->call);
}

static const char *describe(int error)
{
	switch (error) {
	case VIRTIO_ERR_RANGE:
		return "an address outside of the guest's memory";
	case VIRTIO_ERR_INDEX:
		return "an index that moved too far";
	case VIRTIO_ERR_HEAD:
	case VIRTIO_ERR_NEXT:
		return "a descriptor that does not exist";
	case VIRTIO_ERR_TOO_LONG:
		return "a chain that is too long, or a loop";
	case VIRTIO_ERR_ORDER:
		return "memory to read behind memory to write";
	case VIRTIO_ERR_FLAGS:
		return "descriptor flags that were not negotiated";
	case VIRTIO_ERR_INDIRECT:
		return "a bad indirect table";
	case VIRTIO_ERR_LENGTH:
		return "a chain of 2^32 bytes or more";
	case VIRTIO_ERR_REUSED:
		return "a buffer that is in flight already";
	default:
		return "something that no driver may do";
	}
}

static void break_queue(void *ctx, unsigned int queue, int error)
{
	struct vhost_session *session = ctx;
	struct vhost_ring *ring = &session->rings[queue];
	const struct loopback_device *device = session->config.device;
	char line[160];

	(void)error;
	if (!ring->live)
		return;
	device->stop_queue(device->ctx, queue);
	ring->live = false;
	ring->broken = true;
	snprintf(line, sizeof(line),
		 "ring %u: the driver made %s; the ring rests until it is reset",
		 queue, describe(virtq_device_error(&ring->virtq)));
	session->config.report(session->config.ctx, line);
	signal_fd(session, ring->err);
}

struct loopback_server_transport
vhost_session_get_transport(struct vhost_session *session)
{
	return (struct loopback_server_transport){
		.get_queue = get_queue,
		.get_features = get_features,
		.pop = pop,
		.push = push,
		.publish = publish,
		.break_queue = break_queue,
		.ctx = session,
	};
}

bool vhost_session_is_busy(const struct vhost_session *session)
{
	const struct loopback_device *device = session->config.device;
	unsigned int i;

	/*
	 * A ring that broke is not live, but what it had at a backend may still
	 * write to guest memory: stops that from being unmapped under it.
	 */
	for (i = 0; i < device->queue_count; i++)
		if ((session->rings[i].live &&
		     virtq_device_in_flight(&session->rings[i].virtq)) ||
		    device->count_in_flight(device->ctx, i))
			return true;
	return false;
}

bool vhost_session_is_lost(struct vhost_session *session)
{
	if (!vhost_memory_is_lost(&session->memory))
		return false;
	vhost_fault_set(&session->fault, VHOST_ERR_MEMORY,
			"a file of guest memory was truncated while in use");
	return true;
}

int vhost_session_get_kick(const struct vhost_session *session,
			   unsigned int ring)
{
	return session->rings[ring].live ? session->rings[ring].kick : -1;
}
