/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings up and down: num, base, addresses and descriptors are collected, and
 * SET_VRING_KICK starts the ring. It is live, that is, served, while it is
 * started, enabled and not broken.
 */
#include <fcntl.h>

#include <port/port.h>
#include <virtio/error.h>

#include "fd.h"
#include "session_private.h"

static int refuse(struct vhost_session *session,
		  const struct vhost_user_message *message, unsigned int ring,
		  int error, const char *why)
{
	return vhost_fault_set(&session->fault, error, "%s: ring %u: %s",
			       vhost_user_request_name(message->request), ring,
			       why);
}

/* The ring that a message names, or NULL with the fault set. */
static struct vhost_ring *find_ring(struct vhost_session *session,
				    const struct vhost_user_message *message,
				    uint64_t index)
{
	if (index < session->config.device->queue_count)
		return &session->rings[index];
	vhost_fault_set(&session->fault, VHOST_ERR_VALUE,
			"%s: ring %llu, but the device has %u",
			vhost_user_request_name(message->request),
			(unsigned long long)index,
			session->config.device->queue_count);
	return NULL;
}

/* The same, but only one that may be changed: it is not running. */
static struct vhost_ring *
find_resting_ring(struct vhost_session *session,
		  const struct vhost_user_message *message, uint32_t index)
{
	struct vhost_ring *ring = find_ring(session, message, index);

	if (!ring || !ring->started)
		return ring;
	refuse(session, message, index, VHOST_ERR_ORDER,
	       "it is running; GET_VRING_BASE stops it");
	return NULL;
}

/* Tell the device what is so now, and the loop what to do. */
static void update(struct vhost_session *session, struct vhost_ring *ring)
{
	const struct loopback_device *device = session->config.device;
	unsigned int index = (unsigned int)(ring - session->rings);
	bool live = ring->started && ring->enabled && !ring->broken;

	if (live == ring->live)
		return;
	if (live) {
		ring->live = true;
		device->start_queue(device->ctx, index);
		session->effects |= VHOST_EFFECT_SERVE;
	} else {
		device->stop_queue(device->ctx, index);
		ring->live = false;
	}
	session->effects |= VHOST_EFFECT_KICKS;
}

static void stop(struct vhost_session *session, struct vhost_ring *ring)
{
	if (ring->started) {
		/* What is in flight is in the log, and nowhere else. */
		ring->base = virtq_device_position(&ring->virtq).used;
		virtq_device_latch(&ring->virtq, VIRTIO_ERR_NEEDS_RESET);
	}
	ring->started = false;
	update(session, ring);
	ring->broken = false;
	ring->again_count = ring->again_next = 0;
	ring->staged = 0;
	vhost_close_fd(&ring->kick);
}

void vhost_rings_stop(struct vhost_session *session)
{
	unsigned int i;

	for (i = 0; i < VHOST_RINGS_MAX; i++) {
		stop(session, &session->rings[i]);
		vhost_close_fd(&session->rings[i].call);
		vhost_close_fd(&session->rings[i].err);
	}
}

int vhost_ring_set_num(struct vhost_session *session,
		       const struct vhost_user_message *message, int *fds)
{
	const struct vhost_vring_state *state = &message->payload.state;
	struct vhost_ring *ring =
		find_resting_ring(session, message, state->index);

	(void)fds;
	if (!ring)
		return session->fault.error;
	/* Stops a ring larger than the private arrays. */
	if (!virtq_size_is_valid(state->num) ||
	    state->num > session->config.queue_size_max)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"SET_VRING_NUM: ring %u: %u entries, but a power of two up to %u is right",
			state->index, state->num,
			session->config.queue_size_max);
	ring->num = state->num;
	return VHOST_OK;
}

int vhost_ring_set_base(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds)
{
	const struct vhost_vring_state *state = &message->payload.state;
	struct vhost_ring *ring =
		find_resting_ring(session, message, state->index);

	(void)fds;
	if (!ring)
		return session->fault.error;
	if (state->num > UINT16_MAX)
		return refuse(session, message, state->index, VHOST_ERR_VALUE,
			      "a split ring's index has 16 bits");
	ring->base = (uint16_t)state->num;
	return VHOST_OK;
}

/* The three user addresses as the guest calls them, or nothing. */
static bool find_addresses(const struct vhost_session *session,
			   const struct vhost_ring *ring,
			   struct virtq_addresses *addresses)
{
	addresses->num = ring->num;
	return vhost_memory_find_user(&session->memory,
				      ring->addr.desc_user_addr,
				      &addresses->desc) &&
	       vhost_memory_find_user(&session->memory,
				      ring->addr.avail_user_addr,
				      &addresses->driver) &&
	       vhost_memory_find_user(&session->memory,
				      ring->addr.used_user_addr,
				      &addresses->device);
}

int vhost_ring_set_addr(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds)
{
	const struct vhost_vring_addr *addr = &message->payload.addr;
	struct vhost_ring *ring =
		find_resting_ring(session, message, addr->index);
	struct virtq_addresses addresses;

	(void)fds;
	if (!ring)
		return session->fault.error;
	if (addr->flags)
		return refuse(session, message, addr->index, VHOST_ERR_VALUE,
			      "flags are set, but no logging was offered");
	ring->addr = *addr;
	ring->addressed = find_addresses(session, ring, &addresses);
	if (!ring->addressed)
		return refuse(session, message, addr->index, VHOST_ERR_MEMORY,
			      "an address lies in no region of SET_MEM_TABLE");
	return VHOST_OK;
}

static const char *describe_set_up(int error)
{
	switch (error) {
	case VIRTIO_ERR_QUEUE_SIZE:
		return "no size that a split ring may have";
	case VIRTIO_ERR_ALIGNMENT:
		return "a part of it is not aligned";
	case VIRTIO_ERR_OVERLAP:
		return "two parts of it share bytes";
	case VIRTIO_ERR_RANGE:
		return "a part of it does not lie in one memory region";
	default:
		return "it cannot be set up";
	}
}

/*
 * Where a ring goes on whose log of requests in flight another life may have
 * written: behind what is used, with what is in flight to be taken again.
 */
static int read_log(struct vhost_session *session, struct vhost_ring *ring,
		    const struct virtq_addresses *addresses,
		    struct virtq_position *position)
{
	unsigned int index = (unsigned int)(ring - session->rings);
	struct vhost_inflight_queue *log =
		vhost_inflight_get_queue(&session->inflight, index);
	const struct virtq_used *used;
	int count;

	if (!log)
		return VHOST_OK;
	/* Stops a ring whose heads the log has no room for. */
	if (ring->num > session->inflight.queue_size)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"ring %u: %u entries, but SET_INFLIGHT_FD said %u",
			index, ring->num, session->inflight.queue_size);
	used = virtio_region_translate(&session->memory.table,
				       addresses->device, sizeof(*used),
				       VIRTIO_REGION_READ);
	if (!used || addresses->device % VIRTQ_USED_ALIGN)
		return vhost_fault_set(&session->fault, VHOST_ERR_MEMORY,
				       "ring %u: %s", index,
				       describe_set_up(used ?
						VIRTIO_ERR_ALIGNMENT :
						VIRTIO_ERR_RANGE));
	position->used = virtio_le16(port_load(&used->idx));
	count = vhost_inflight_resume(log, ring->num,
				      session->driver_features, position->used,
				      ring->again, &ring->counter,
				      &session->fault);
	if (count < 0)
		return count;
	ring->again_count = (unsigned int)count;
	position->avail = (uint16_t)(position->used + count);
	return VHOST_OK;
}

/* Look the ring up in memory and go on at @position. */
static int map_ring(struct vhost_session *session, struct vhost_ring *ring,
		    const struct virtq_addresses *addresses,
		    const struct virtq_position *position)
{
	struct virtq_device_config config = {
		.addresses = *addresses,
		.features = session->driver_features,
		.regions = &session->memory.table,
		.slots = ring->slots,
		.resume = position,
	};
	int ret = virtq_device_init(&ring->virtq, &config);

	if (ret)
		return vhost_fault_set(&session->fault, VHOST_ERR_MEMORY,
				       "ring %u of %u entries: %s",
				       (unsigned int)(ring - session->rings),
				       ring->num, describe_set_up(ret));
	return VHOST_OK;
}

/*
 * A former life may have died between showing a completion and telling of it.
 * Its driver would wait for ever, since with EVENT_IDX later completions lie
 * behind the one it asked for. One notification too many does no harm.
 */
static void wake_driver(struct vhost_session *session, struct vhost_ring *ring)
{
	if (ring->started && ring->call >= 0)
		session->config.signal(session->config.ctx, ring->call);
}

static int start(struct vhost_session *session, struct vhost_ring *ring)
{
	struct virtq_position position = { ring->base, ring->base };
	struct virtq_addresses addresses;
	int ret;

	if (!find_addresses(session, ring, &addresses))
		return vhost_fault_set(
			&session->fault, VHOST_ERR_MEMORY,
			"ring %u: an address lies in no memory region any more",
			(unsigned int)(ring - session->rings));
	ring->again_count = ring->again_next = 0;
	ring->counter = 0;
	ret = read_log(session, ring, &addresses, &position);
	if (!ret)
		ret = map_ring(session, ring, &addresses, &position);
	if (ret)
		return ret;
	ring->started = true;
	update(session, ring);
	wake_driver(session, ring);
	return VHOST_OK;
}

static int remap(struct vhost_session *session, struct vhost_ring *ring)
{
	struct virtq_position position = virtq_device_position(&ring->virtq);
	struct virtq_addresses addresses;

	if (!find_addresses(session, ring, &addresses))
		return vhost_fault_set(
			&session->fault, VHOST_ERR_MEMORY,
			"ring %u is running, and its memory region is gone",
			(unsigned int)(ring - session->rings));
	return map_ring(session, ring, &addresses, &position);
}

int vhost_rings_remap(struct vhost_session *session)
{
	unsigned int i;
	int ret = VHOST_OK;

	for (i = 0; i < VHOST_RINGS_MAX && !ret; i++)
		if (session->rings[i].started && !session->rings[i].broken)
			ret = remap(session, &session->rings[i]);
	/* No ring may be left that points to where memory was. */
	for (i = 0; i < VHOST_RINGS_MAX && ret; i++)
		stop(session, &session->rings[i]);
	return ret;
}

int vhost_ring_get_base(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds)
{
	const struct vhost_vring_state *state = &message->payload.state;
	struct vhost_ring *ring = find_ring(session, message, state->index);

	(void)fds;
	if (!ring)
		return session->fault.error;
	stop(session, ring);
	session->reply.size = sizeof(*state);
	session->reply.payload.state = (struct vhost_vring_state){
		.index = state->index,
		.num = ring->base,
	};
	session->effects |= VHOST_EFFECT_REPLY;
	return VHOST_OK;
}

int vhost_ring_set_enable(struct vhost_session *session,
			  const struct vhost_user_message *message, int *fds)
{
	const struct vhost_vring_state *state = &message->payload.state;
	struct vhost_ring *ring = find_ring(session, message, state->index);

	(void)fds;
	if (!ring)
		return session->fault.error;
	if (state->num > 1)
		return refuse(session, message, state->index, VHOST_ERR_VALUE,
			      "neither 0 (disable) nor 1 (enable)");
	ring->enabled = state->num;
	update(session, ring);
	return VHOST_OK;
}

/* Only what can be waited for and signalled, and does so without blocking. */
static int adopt_fd(struct vhost_session *session,
		    const struct vhost_user_message *message,
		    unsigned int index, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	/* Stops a regular file, which would be readable for ever, and a socket
	 * or a device, which might do anything. */
	if (flags < 0 || !vhost_fd_is_event(fd))
		return refuse(session, message, index, VHOST_ERR_DESCRIPTORS,
			      "neither an event descriptor nor a pipe");
	/* Stops this process from waiting for the front end to read. */
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return vhost_fault_system(&session->fault, "%s: fcntl",
					  vhost_user_request_name(
						  message->request));
	return VHOST_OK;
}

static int set_kick(struct vhost_session *session,
		    const struct vhost_user_message *message,
		    struct vhost_ring *ring, unsigned int index, int *fd)
{
	if (*fd < 0)
		return refuse(session, message, index, VHOST_ERR_DESCRIPTORS,
			      "without a descriptor: polled rings are not served");
	if (!ring->num || !ring->addressed || !session->driver_features)
		return refuse(session, message, index, VHOST_ERR_ORDER,
			      "SET_FEATURES, SET_VRING_NUM and SET_VRING_ADDR come first");
	vhost_close_fd(&ring->kick);
	ring->kick = *fd;
	*fd = -1;
	session->effects |= VHOST_EFFECT_KICKS;
	return ring->started ? VHOST_OK : start(session, ring);
}

int vhost_ring_set_fd(struct vhost_session *session,
		      const struct vhost_user_message *message, int *fds)
{
	uint64_t value = message->payload.u64;
	unsigned int index = value & VHOST_USER_VRING_IDX_MASK;
	struct vhost_ring *ring = find_ring(session, message, index);
	int *place;
	int ret;

	if (!ring)
		return session->fault.error;
	if (value & ~(uint64_t)(VHOST_USER_VRING_IDX_MASK |
				VHOST_USER_VRING_NOFD_MASK))
		return refuse(session, message, index, VHOST_ERR_VALUE,
			      "bits are set that mean nothing");
	if (!(value & VHOST_USER_VRING_NOFD_MASK) != (fds[0] >= 0))
		return refuse(session, message, index, VHOST_ERR_DESCRIPTORS,
			      fds[0] >= 0 ? "a descriptor that it denies" :
					    "no descriptor came with it");
	ret = fds[0] >= 0 ? adopt_fd(session, message, index, fds[0]) : 0;
	if (ret)
		return ret;
	if (message->request == VHOST_USER_SET_VRING_KICK)
		return set_kick(session, message, ring, index, &fds[0]);
	place = message->request == VHOST_USER_SET_VRING_CALL ? &ring->call :
								&ring->err;
	vhost_close_fd(place);
	*place = fds[0];
	fds[0] = -1;
	if (message->request == VHOST_USER_SET_VRING_CALL)
		wake_driver(session, ring);
	return VHOST_OK;
}
