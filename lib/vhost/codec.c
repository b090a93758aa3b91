/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <vhost/codec.h>

enum payload {
	PAYLOAD_NONE,
	PAYLOAD_U64,
	PAYLOAD_STATE,
	PAYLOAD_ADDR,
	PAYLOAD_MEMORY,
	PAYLOAD_MEM_REG,
	PAYLOAD_CONFIG,
	PAYLOAD_INFLIGHT,
};

#define MEMORY_HEADER	offsetof(struct vhost_user_memory, regions)
#define CONFIG_HEADER	offsetof(struct vhost_user_config, region)
#define INFLIGHT_SHORT	offsetof(struct vhost_user_inflight, padding)

/* Bounds of each payload's size. */
static const struct {
	uint32_t min;
	uint32_t max;
} payload_sizes[] = {
	[PAYLOAD_NONE] = { 0, 0 },
	[PAYLOAD_U64] = { 8, 8 },
	[PAYLOAD_STATE] = { 8, 8 },
	[PAYLOAD_ADDR] = { 40, 40 },
	[PAYLOAD_MEMORY] = { MEMORY_HEADER, sizeof(struct vhost_user_memory) },
	[PAYLOAD_MEM_REG] = { 40, 40 },
	[PAYLOAD_CONFIG] = { CONFIG_HEADER, sizeof(struct vhost_user_config) },
	[PAYLOAD_INFLIGHT] = { INFLIGHT_SHORT,
			       sizeof(struct vhost_user_inflight) },
};

struct request {
	const char *name;
	enum payload front;	/* from the front end */
	enum payload back;	/* in the answer; NONE: there is none */
};

#define REQUEST(request, front, back)					\
	[VHOST_USER_##request] = { #request, PAYLOAD_##front, PAYLOAD_##back }

static const struct request requests[] = {
	REQUEST(GET_FEATURES, NONE, U64),
	REQUEST(SET_FEATURES, U64, NONE),
	REQUEST(SET_OWNER, NONE, NONE),
	REQUEST(RESET_OWNER, NONE, NONE),
	REQUEST(SET_MEM_TABLE, MEMORY, NONE),
	REQUEST(SET_VRING_NUM, STATE, NONE),
	REQUEST(SET_VRING_ADDR, ADDR, NONE),
	REQUEST(SET_VRING_BASE, STATE, NONE),
	REQUEST(GET_VRING_BASE, STATE, STATE),
	REQUEST(SET_VRING_KICK, U64, NONE),
	REQUEST(SET_VRING_CALL, U64, NONE),
	REQUEST(SET_VRING_ERR, U64, NONE),
	REQUEST(GET_PROTOCOL_FEATURES, NONE, U64),
	REQUEST(SET_PROTOCOL_FEATURES, U64, NONE),
	REQUEST(GET_QUEUE_NUM, NONE, U64),
	REQUEST(SET_VRING_ENABLE, STATE, NONE),
	REQUEST(GET_CONFIG, CONFIG, CONFIG),
	REQUEST(SET_CONFIG, CONFIG, NONE),
	REQUEST(GET_INFLIGHT_FD, INFLIGHT, INFLIGHT),
	REQUEST(SET_INFLIGHT_FD, INFLIGHT, NONE),
	REQUEST(GET_MAX_MEM_SLOTS, NONE, U64),
	REQUEST(ADD_MEM_REG, MEM_REG, NONE),
	REQUEST(REM_MEM_REG, MEM_REG, NONE),
};

static const struct request *find_request(uint32_t request)
{
	if (request >= sizeof(requests) / sizeof(requests[0]) ||
	    !requests[request].name)
		return NULL;
	return &requests[request];
}

const char *vhost_user_request_name(uint32_t request)
{
	static __thread char unknown[24];
	const struct request *known = find_request(request);

	if (known)
		return known->name;
	snprintf(unknown, sizeof(unknown), "request %u", request);
	return unknown;
}

bool vhost_user_has_reply(uint32_t request)
{
	const struct request *known = find_request(request);

	return known && known->back != PAYLOAD_NONE;
}

static enum payload payload_of(uint32_t request, enum vhost_user_sender sender)
{
	const struct request *known = find_request(request);

	if (sender == VHOST_USER_FRONT_END)
		return known->front;
	/* An acknowledgement is a number (VHOST_USER_PROTOCOL_F_REPLY_ACK). */
	return known->back == PAYLOAD_NONE ? PAYLOAD_U64 : known->back;
}

static int check_flags(const struct vhost_user_message *message,
		       enum vhost_user_sender sender, struct vhost_fault *fault)
{
	uint32_t allowed = VHOST_USER_VERSION_MASK |
			   (sender == VHOST_USER_FRONT_END ?
				    VHOST_USER_NEED_REPLY :
				    VHOST_USER_REPLY | VHOST_USER_NEED_REPLY);

	if ((message->flags & VHOST_USER_VERSION_MASK) != VHOST_USER_VERSION)
		return vhost_fault_set(
			fault, VHOST_ERR_HEADER,
			"%s: protocol version %u, but only %u exists",
			vhost_user_request_name(message->request),
			message->flags & VHOST_USER_VERSION_MASK,
			VHOST_USER_VERSION);
	/* Stops a request from passing for an answer, and bits of a meaning
	 * that this program does not know. */
	if (message->flags & ~allowed)
		return vhost_fault_set(
			fault, VHOST_ERR_HEADER,
			"%s: flags 0x%x, of which only 0x%x may be set",
			vhost_user_request_name(message->request),
			message->flags, allowed);
	if (sender == VHOST_USER_BACK_END &&
	    !(message->flags & VHOST_USER_REPLY))
		return vhost_fault_set(
			fault, VHOST_ERR_HEADER,
			"%s: flags 0x%x of an answer lack the reply flag",
			vhost_user_request_name(message->request),
			message->flags);
	return VHOST_OK;
}

int vhost_user_decode_header(struct vhost_user_message *message,
			     const void *bytes, enum vhost_user_sender sender,
			     struct vhost_fault *fault)
{
	uint32_t words[3];
	enum payload payload;
	int ret;

	memcpy(words, bytes, sizeof(words));
	message->request = words[0];
	message->flags = words[1];
	message->size = words[2];
	ret = check_flags(message, sender, fault);
	if (ret)
		return ret;
	if (!find_request(message->request))
		return vhost_fault_set(
			fault, VHOST_ERR_REQUEST,
			"%s: not a request that is served here",
			vhost_user_request_name(message->request));
	payload = payload_of(message->request, sender);
	/* Stops a size that no buffer here could hold. */
	if (message->size < payload_sizes[payload].min ||
	    message->size > payload_sizes[payload].max)
		return vhost_fault_set(
			fault, VHOST_ERR_SIZE,
			"%s: %u bytes of payload, but %u to %u are right",
			vhost_user_request_name(message->request),
			message->size, payload_sizes[payload].min,
			payload_sizes[payload].max);
	return VHOST_OK;
}

/* The size that the payload's own fields ask for. */
static uint64_t expected_size(const struct vhost_user_message *message,
			      enum payload payload)
{
	switch (payload) {
	case PAYLOAD_MEMORY:
		return MEMORY_HEADER +
		       (uint64_t)message->payload.memory.nregions *
			       sizeof(struct vhost_user_region);
	case PAYLOAD_CONFIG:
		return CONFIG_HEADER + (uint64_t)message->payload.config.size;
	case PAYLOAD_INFLIGHT:
		return message->size > INFLIGHT_SHORT ?
			       sizeof(struct vhost_user_inflight) :
			       INFLIGHT_SHORT;
	default:
		return message->size;
	}
}

int vhost_user_decode_payload(struct vhost_user_message *message,
			      const void *bytes, enum vhost_user_sender sender,
			      struct vhost_fault *fault)
{
	enum payload payload = payload_of(message->request, sender);
	uint64_t expected;

	memset(&message->payload, 0, sizeof(message->payload));
	if (message->size)
		memcpy(&message->payload, bytes, message->size);
	expected = expected_size(message, payload);
	/* Stops a count that promises more, or less, than was sent. */
	if (message->size != expected)
		return vhost_fault_set(
			fault, VHOST_ERR_SIZE,
			"%s: %u bytes of payload, but its own count says %llu",
			vhost_user_request_name(message->request),
			message->size, (unsigned long long)expected);
	return VHOST_OK;
}

size_t vhost_user_encode(const struct vhost_user_message *message, void *bytes)
{
	uint32_t words[3] = { message->request, message->flags, message->size };

	memcpy(bytes, words, sizeof(words));
	if (message->size)
		memcpy((char *)bytes + sizeof(words), &message->payload,
		       message->size);
	return sizeof(words) + message->size;
}
