/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <virtio/features.h>

#include "fd.h"
#include "front_private.h"

#define PROTOCOL_FEATURES						\
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))

static bool has_protocol(const struct vhost_front *front, unsigned int bit)
{
	return front->protocol_features & VHOST_USER_FEATURE(bit);
}

/* What the back end offers, and the part of the protocol that we take. */
static int negotiate_protocol(struct vhost_front *front)
{
	uint64_t offered;
	int ret;

	front->protocol_features = 0;
	ret = vhost_front_get(front, VHOST_USER_GET_FEATURES, &front->features);
	if (ret)
		return ret;
	if (!(front->features &
	      VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES)))
		return VHOST_OK;
	ret = vhost_front_get(front, VHOST_USER_GET_PROTOCOL_FEATURES,
			      &offered);
	if (ret)
		return ret;
	offered &= PROTOCOL_FEATURES;
	ret = vhost_front_set(front, VHOST_USER_SET_PROTOCOL_FEATURES, offered);
	if (!ret)
		front->protocol_features = offered;
	return ret;
}

static int make_memory(struct vhost_front *front, uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	front->memory_size = (size + page - 1) & ~(page - 1);
	front->memory_fd =
		memfd_create("vhost-front", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (front->memory_fd < 0 ||
	    ftruncate(front->memory_fd, (off_t)front->memory_size) ||
	    fcntl(front->memory_fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return vhost_fault_system(&front->fault, "shared memory");
	front->memory = mmap(NULL, front->memory_size, PROT_READ | PROT_WRITE,
			     MAP_SHARED, front->memory_fd, 0);
	if (front->memory == MAP_FAILED) {
		front->memory = NULL;
		return vhost_fault_system(&front->fault, "shared memory");
	}
	return VHOST_OK;
}

int vhost_front_open(struct vhost_front *front, int fd, uint64_t memory_size,
		     int timeout)
{
	int ret;

	memset(front, 0, sizeof(*front));
	front->memory_fd = front->inflight_fd = -1;
	front->timeout = timeout;
	vhost_socket_init(&front->socket, fd, VHOST_USER_BACK_END);
	front->socket.timeout = timeout;
	front->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	front->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ret = front->kick < 0 || front->call < 0 ?
		      vhost_fault_system(&front->fault, "eventfd") :
		      make_memory(front, memory_size);
	if (!ret)
		ret = negotiate_protocol(front);
	if (!ret) {
		front->ring = vhost_front_take(
			front, virtq_layout_bytes(VHOST_FRONT_RING_SIZE),
			VIRTQ_LAYOUT_LINE);
		if (!front->ring)
			ret = vhost_fault_set(&front->fault, VHOST_ERR_INVALID,
					      "no memory for the ring");
	}
	if (ret)
		vhost_front_close(front);
	return ret;
}

void *vhost_front_take(struct vhost_front *front, uint64_t size,
		       uint64_t alignment)
{
	uint64_t start =
		(front->memory_taken + alignment - 1) & ~(alignment - 1);

	if (start > front->memory_size || size > front->memory_size - start)
		return NULL;
	front->memory_taken = start + size;
	return front->memory + start;
}

static int share_memory(struct vhost_front *front)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_MEM_TABLE,
		.size = offsetof(struct vhost_user_memory, regions) +
			sizeof(struct vhost_user_region),
		.payload.memory = {
			.nregions = 1,
			.regions[0] = {
				.guest_phys_addr = VHOST_FRONT_ADDRESS,
				.memory_size = front->memory_size,
				.userspace_addr = (uintptr_t)front->memory,
			},
		},
	};

	return vhost_front_call(front, &message, &front->memory_fd, 1, NULL);
}

/* Let the back end make a log, once for all of its lives. */
static int get_inflight(struct vhost_front *front)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_INFLIGHT_FD,
		.size = sizeof(message.payload.inflight),
		.payload.inflight = {
			.num_queues = 1,
			.queue_size = VHOST_FRONT_RING_SIZE,
		},
	};
	int ret = vhost_front_call(front, &message, NULL, 0,
				   &front->inflight_fd);

	if (ret)
		return ret;
	front->inflight = message.payload.inflight;
	if (front->inflight_fd < 0)
		return vhost_fault_set(&front->fault, VHOST_ERR_DESCRIPTORS,
				       "GET_INFLIGHT_FD: no descriptor came");
	return VHOST_OK;
}

static int share_inflight(struct vhost_front *front)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_INFLIGHT_FD,
		.size = sizeof(message.payload.inflight),
	};
	int ret;

	if (!has_protocol(front, VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))
		return VHOST_OK;
	if (front->inflight_fd < 0) {
		ret = get_inflight(front);
		if (ret)
			return ret;
	}
	message.payload.inflight = front->inflight;
	return vhost_front_call(front, &message, &front->inflight_fd, 1, NULL);
}

static int share_ring(struct vhost_front *front)
{
	uint64_t ring = (uintptr_t)front->ring;
	struct virtq_addresses at =
		virtq_layout_addresses(ring, VHOST_FRONT_RING_SIZE);
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_VRING_ADDR,
		.size = sizeof(message.payload.addr),
		.payload.addr = {
			.desc_user_addr = at.desc,
			.avail_user_addr = at.driver,
			.used_user_addr = at.device,
		},
	};
	int ret = vhost_front_set_state(front, VHOST_USER_SET_VRING_NUM,
					VHOST_FRONT_RING_SIZE);

	if (!ret)
		ret = vhost_front_set_state(front, VHOST_USER_SET_VRING_BASE,
					    front->base);
	if (!ret)
		ret = vhost_front_call(front, &message, NULL, 0, NULL);
	if (!ret)
		ret = vhost_front_set_fd(front, VHOST_USER_SET_VRING_CALL,
					 front->call);
	if (!ret)
		ret = vhost_front_set_fd(front, VHOST_USER_SET_VRING_KICK,
					 front->kick);
	if (!ret && front->driver_features &
			    VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES))
		ret = vhost_front_set_state(front, VHOST_USER_SET_VRING_ENABLE,
					    1);
	return ret;
}

static int share_all(struct vhost_front *front)
{
	struct vhost_user_message owner = { .request = VHOST_USER_SET_OWNER };
	int ret = vhost_front_call(front, &owner, NULL, 0, NULL);

	if (!ret)
		ret = vhost_front_set(front, VHOST_USER_SET_FEATURES,
				      front->driver_features);
	if (!ret)
		ret = share_memory(front);
	if (!ret)
		ret = share_inflight(front);
	if (!ret)
		ret = share_ring(front);
	front->running = !ret;
	return ret;
}

int vhost_front_start(struct vhost_front *front, uint64_t features)
{
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(front->ring, VHOST_FRONT_RING_SIZE),
		.slots = front->slots,
	};

	if (front->running || front->dead)
		return VHOST_ERR_STATE;
	if (!(front->features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
		return vhost_fault_set(
			&front->fault, VHOST_ERR_REFUSED,
			"features 0x%llx: the back end lacks VIRTIO_F_VERSION_1",
			(unsigned long long)front->features);
	front->driver_features =
		front->features &
		((features & ~VIRTIO_TRANSPORT_BITS) | VHOST_RING_FEATURES |
		 VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES));
	config.features = front->driver_features;
	if (virtq_driver_init(&front->virtq, &config))
		return VHOST_ERR_INVALID;
	/* The ring is empty: a log of its former contents would mislead. */
	vhost_close_fd(&front->inflight_fd);
	front->base = 0;
	front->broken = false;
	return share_all(front);
}

int vhost_front_reopen(struct vhost_front *front, int fd)
{
	uint64_t accepted = front->protocol_features;
	int ret;

	vhost_socket_close(&front->socket);
	vhost_socket_init(&front->socket, fd, VHOST_USER_BACK_END);
	front->socket.timeout = front->timeout;
	front->dead = front->running = false;
	ret = negotiate_protocol(front);
	if (ret)
		return ret;
	if (front->inflight_fd < 0 ||
	    front->driver_features & ~front->features ||
	    accepted & ~front->protocol_features)
		return vhost_fault_set(
			&front->fault, VHOST_ERR_REFUSED,
			"the back end cannot go on with what is in flight");
	return share_all(front);
}

int vhost_front_stop(struct vhost_front *front)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_VRING_BASE,
		.size = sizeof(message.payload.state),
	};
	int ret = vhost_front_call(front, &message, NULL, 0, NULL);

	/* One that is alive and silent hears of it, and ends its session. */
	if (ret) {
		vhost_socket_close(&front->socket);
		front->dead = true;
	}
	front->running = false;
	front->epoch++;
	return ret;
}

void vhost_front_close(struct vhost_front *front)
{
	vhost_socket_close(&front->socket);
	vhost_close_fd(&front->kick);
	vhost_close_fd(&front->call);
	vhost_close_fd(&front->memory_fd);
	vhost_close_fd(&front->inflight_fd);
	if (front->memory)
		munmap(front->memory, front->memory_size);
	front->memory = NULL;
	front->running = false;
	front->dead = true;
}
