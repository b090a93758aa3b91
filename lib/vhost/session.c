/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message at a time: what all of them have in common, and the small ones.
 */
#include <string.h>
#include <unistd.h>

#include "session_private.h"

#define PROTOCOL_FEATURES						\
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_MQ) |			\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD) |	\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS))

int vhost_session_init(struct vhost_session *session,
		       const struct vhost_session_config *config)
{
	unsigned int i;

	if (!config->device || !config->device->queue_count ||
	    !config->device->start_queue || !config->device->stop_queue ||
	    !config->device->count_in_flight ||
	    config->device->queue_count > VHOST_RINGS_MAX ||
	    config->device->config_size > VHOST_USER_CONFIG_MAX ||
	    !virtq_size_is_valid(config->queue_size_max) ||
	    config->queue_size_max > VHOST_RING_SIZE_MAX || !config->signal ||
	    !config->report)
		return VHOST_ERR_INVALID;
	memset(session, 0, sizeof(*session));
	session->config = *config;
	/* Stops a device from offering what no ring here can do. */
	session->features = (config->device->features &
			     ~VIRTIO_TRANSPORT_BITS) |
			    VHOST_RING_FEATURES |
			    VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES);
	session->reply_fd = -1;
	vhost_memory_init(&session->memory);
	for (i = 0; i < VHOST_RINGS_MAX; i++)
		session->rings[i].kick = session->rings[i].call =
			session->rings[i].err = -1;
	return VHOST_OK;
}

int vhost_session_reply_u64(struct vhost_session *session, uint64_t value)
{
	session->reply.size = sizeof(value);
	session->reply.payload.u64 = value;
	session->effects |= VHOST_EFFECT_REPLY;
	return VHOST_OK;
}

static int get_features(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds)
{
	(void)message;
	(void)fds;
	return vhost_session_reply_u64(session, session->features);
}

static int set_features(struct vhost_session *session,
			const struct vhost_user_message *message, int *fds)
{
	uint64_t features = message->payload.u64;
	unsigned int i;

	(void)fds;
	/* Stops the use of what was never offered. */
	if (features & ~session->features)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"SET_FEATURES: 0x%llx was not offered (0x%llx was)",
			(unsigned long long)(features & ~session->features),
			(unsigned long long)session->features);
	if (!(features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"SET_FEATURES: 0x%llx lacks VIRTIO_F_VERSION_1: legacy drivers are not served",
			(unsigned long long)features);
	/* Stops rings from being read by other rules than they began with. */
	for (i = 0; i < session->config.device->queue_count; i++)
		if (session->rings[i].started &&
		    features != session->driver_features)
			return vhost_fault_set(
				&session->fault, VHOST_ERR_ORDER,
				"SET_FEATURES: ring %u is running; GET_VRING_BASE stops it",
				i);
	session->driver_features = features;
	/* Without protocol features there is no SET_VRING_ENABLE. */
	if (!(features & VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES)))
		for (i = 0; i < VHOST_RINGS_MAX; i++)
			session->rings[i].enabled = true;
	return VHOST_OK;
}

static int set_owner(struct vhost_session *session,
		     const struct vhost_user_message *message, int *fds)
{
	(void)session;
	(void)message;
	(void)fds;
	return VHOST_OK;
}

static int reset_owner(struct vhost_session *session,
		       const struct vhost_user_message *message, int *fds)
{
	(void)message;
	(void)fds;
	vhost_rings_stop(session);
	return VHOST_OK;
}

static int get_protocol_features(struct vhost_session *session,
				 const struct vhost_user_message *message,
				 int *fds)
{
	(void)message;
	(void)fds;
	return vhost_session_reply_u64(session, PROTOCOL_FEATURES);
}

static int set_protocol_features(struct vhost_session *session,
				 const struct vhost_user_message *message,
				 int *fds)
{
	(void)fds;
	if (message->payload.u64 & ~(uint64_t)PROTOCOL_FEATURES)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"SET_PROTOCOL_FEATURES: 0x%llx was not offered (0x%llx was)",
			(unsigned long long)(message->payload.u64 &
					     ~(uint64_t)PROTOCOL_FEATURES),
			(unsigned long long)PROTOCOL_FEATURES);
	session->protocol_features = message->payload.u64;
	return VHOST_OK;
}

static int get_queue_num(struct vhost_session *session,
			 const struct vhost_user_message *message, int *fds)
{
	(void)message;
	(void)fds;
	return vhost_session_reply_u64(session,
				       session->config.device->queue_count);
}

static int get_max_mem_slots(struct vhost_session *session,
			     const struct vhost_user_message *message, int *fds)
{
	(void)message;
	(void)fds;
	return vhost_session_reply_u64(session, VHOST_USER_REGIONS_MAX);
}

static int check_config(struct vhost_session *session,
			const struct vhost_user_message *message)
{
	const struct vhost_user_config *config = &message->payload.config;

	/* Stops an offset whose end would wrap, or lie outside any device. */
	if (config->offset > VHOST_USER_CONFIG_MAX ||
	    config->size > VHOST_USER_CONFIG_MAX - config->offset)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_VALUE,
			"%s: %u bytes at %u, past the %u of a configuration",
			vhost_user_request_name(message->request), config->size,
			config->offset, VHOST_USER_CONFIG_MAX);
	return VHOST_OK;
}

static int get_config(struct vhost_session *session,
		      const struct vhost_user_message *message, int *fds)
{
	const struct loopback_device *device = session->config.device;
	struct vhost_user_config *config = &session->reply.payload.config;
	int ret = check_config(session, message);
	uint32_t i;

	(void)fds;
	if (ret)
		return ret;
	*config = message->payload.config;
	/* A front end may know a longer structure: what is not there is 0. */
	for (i = 0; i < config->size; i++)
		config->region[i] =
			config->offset + i < device->config_size ?
				((const uint8_t *)device->config)
					[config->offset + i] :
				0;
	session->reply.size = message->size;
	session->effects |= VHOST_EFFECT_REPLY;
	return VHOST_OK;
}

/* A guest may try to write what cannot be written; that ends no session. */
static int set_config(struct vhost_session *session,
		      const struct vhost_user_message *message, int *fds)
{
	(void)fds;
	session->refused = true;
	return check_config(session, message);
}

/* Requests that may change what a ring in use rests on. */
#define IDLE	1u

struct handler {
	vhost_session_handler handle;
	uint64_t feature;	/* protocol features that it needs */
	uint8_t fds_min;
	uint8_t fds_max;
	uint8_t flags;
};

#define NEEDS(bit)	VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_##bit)

static const struct handler handlers[] = {
	[VHOST_USER_GET_FEATURES] = { get_features, 0, 0, 0, 0 },
	[VHOST_USER_SET_FEATURES] = { set_features, 0, 0, 0, 0 },
	[VHOST_USER_SET_OWNER] = { set_owner, 0, 0, 0, 0 },
	[VHOST_USER_RESET_OWNER] = { reset_owner, 0, 0, 0, IDLE },
	[VHOST_USER_SET_MEM_TABLE] = { vhost_memory_set_table, 0, 0,
				       VHOST_USER_REGIONS_MAX, IDLE },
	[VHOST_USER_SET_VRING_NUM] = { vhost_ring_set_num, 0, 0, 0, 0 },
	[VHOST_USER_SET_VRING_ADDR] = { vhost_ring_set_addr, 0, 0, 0, 0 },
	[VHOST_USER_SET_VRING_BASE] = { vhost_ring_set_base, 0, 0, 0, 0 },
	[VHOST_USER_GET_VRING_BASE] = { vhost_ring_get_base, 0, 0, 0, IDLE },
	[VHOST_USER_SET_VRING_KICK] = { vhost_ring_set_fd, 0, 0, 1, IDLE },
	[VHOST_USER_SET_VRING_CALL] = { vhost_ring_set_fd, 0, 0, 1, 0 },
	[VHOST_USER_SET_VRING_ERR] = { vhost_ring_set_fd, 0, 0, 1, 0 },
	[VHOST_USER_GET_PROTOCOL_FEATURES] = { get_protocol_features, 0, 0, 0,
					       0 },
	[VHOST_USER_SET_PROTOCOL_FEATURES] = { set_protocol_features, 0, 0, 0,
					       0 },
	[VHOST_USER_GET_QUEUE_NUM] = { get_queue_num, NEEDS(MQ), 0, 0, 0 },
	[VHOST_USER_SET_VRING_ENABLE] = { vhost_ring_set_enable, 0, 0, 0,
					  IDLE },
	[VHOST_USER_GET_CONFIG] = { get_config, NEEDS(CONFIG), 0, 0, 0 },
	[VHOST_USER_SET_CONFIG] = { set_config, NEEDS(CONFIG), 0, 0, 0 },
	[VHOST_USER_GET_INFLIGHT_FD] = { vhost_inflight_get_fd,
					 NEEDS(INFLIGHT_SHMFD), 0, 0, 0 },
	[VHOST_USER_SET_INFLIGHT_FD] = { vhost_inflight_set_fd,
					 NEEDS(INFLIGHT_SHMFD), 1, 1, 0 },
	[VHOST_USER_GET_MAX_MEM_SLOTS] = { get_max_mem_slots,
					   NEEDS(CONFIGURE_MEM_SLOTS), 0, 0,
					   0 },
	[VHOST_USER_ADD_MEM_REG] = { vhost_memory_add_reg,
				     NEEDS(CONFIGURE_MEM_SLOTS), 1, 1, IDLE },
	/* Some send a descriptor with it; it means nothing. */
	[VHOST_USER_REM_MEM_REG] = { vhost_memory_rem_reg,
				     NEEDS(CONFIGURE_MEM_SLOTS), 0, 1, IDLE },
};

static int check_message(struct vhost_session *session,
			 const struct vhost_user_message *message,
			 const struct handler *handler, unsigned int count)
{
	const char *name = vhost_user_request_name(message->request);

	if (handler->feature & ~session->protocol_features)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_REQUEST,
			"%s: needs protocol features 0x%llx, which SET_PROTOCOL_FEATURES did not accept",
			name, (unsigned long long)handler->feature);
	if (message->flags & VHOST_USER_NEED_REPLY &&
	    !(session->protocol_features & NEEDS(REPLY_ACK)))
		return vhost_fault_set(
			&session->fault, VHOST_ERR_HEADER,
			"%s: asks for an acknowledgement without having accepted REPLY_ACK",
			name);
	/* Stops descriptors from piling up in this process, unused. */
	if (count < handler->fds_min || count > handler->fds_max)
		return vhost_fault_set(
			&session->fault, VHOST_ERR_DESCRIPTORS,
			"%s: came with %u descriptors, but %u to %u are right",
			name, count, handler->fds_min, handler->fds_max);
	return VHOST_OK;
}

static void acknowledge(struct vhost_session *session,
			const struct vhost_user_message *message)
{
	if (message->flags & VHOST_USER_NEED_REPLY &&
	    !(session->effects & VHOST_EFFECT_REPLY))
		vhost_session_reply_u64(session, session->refused);
}

int vhost_session_handle(struct vhost_session *session,
			 const struct vhost_user_message *message,
			 const int *fds, unsigned int count)
{
	const struct handler *handler = NULL;
	int mine[VHOST_DESCRIPTORS_MAX];
	unsigned int i;
	int ret;

	if (message->request < sizeof(handlers) / sizeof(handlers[0]))
		handler = &handlers[message->request];
	if (handler && handler->flags & IDLE && vhost_session_is_busy(session))
		return VHOST_ERR_BUSY;

	session->effects = 0;
	session->refused = false;
	session->reply = (struct vhost_user_message){
		.request = message->request,
		.flags = VHOST_USER_VERSION | VHOST_USER_REPLY,
	};
	for (i = 0; i < VHOST_DESCRIPTORS_MAX; i++)
		mine[i] = i < count ? fds[i] : -1;
	if (!handler || !handler->handle)
		ret = vhost_fault_set(
			&session->fault, VHOST_ERR_REQUEST,
			"%s: not a request that is served here",
			vhost_user_request_name(message->request));
	else
		ret = check_message(session, message, handler, count);
	if (!ret)
		ret = handler->handle(session, message, mine);
	for (i = 0; i < VHOST_DESCRIPTORS_MAX; i++)
		if (mine[i] >= 0)
			close(mine[i]);
	for (; i < count; i++)
		close(fds[i]);
	if (ret)
		return ret;
	acknowledge(session, message);
	return session->effects;
}

void vhost_session_close(struct vhost_session *session)
{
	vhost_rings_stop(session);
	vhost_memory_clear(&session->memory);
	vhost_inflight_unmap(&session->inflight);
	if (session->reply_fd >= 0)
		close(session->reply_fd);
	session->reply_fd = -1;
}
