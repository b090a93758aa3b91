/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vhost-user messages to bytes and back, for both ends. No I/O.
 *
 * Ownership: all memory is the caller's. Concurrency: pure functions.
 * Trust: none in the bytes. A decoded message has a header that the
 * specification allows, a request that it names, and a payload of exactly the
 * size that its request has; what the fields mean is the session's to judge.
 */
#ifndef VHOST_CODEC_H
#define VHOST_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include <vhost/error.h>
#include <vhost/user.h>

/* Who sent it: that decides about VHOST_USER_REPLY and the payload. */
enum vhost_user_sender {
	VHOST_USER_FRONT_END,
	VHOST_USER_BACK_END,
};

/* "SET_MEM_TABLE", or "request 77" in a buffer of the calling thread. */
const char *vhost_user_request_name(uint32_t request);

/* Does the back end answer this request with a payload of its own? */
bool vhost_user_has_reply(uint32_t request);

/*
 * Decode the VHOST_USER_HEADER_SIZE bytes at @bytes. On success message->size
 * is how many bytes of payload follow, at most VHOST_USER_PAYLOAD_MAX.
 * Errors: VHOST_ERR_HEADER, VHOST_ERR_REQUEST (not in the specification, or not
 * implemented here), VHOST_ERR_SIZE (no payload of that size exists).
 */
int vhost_user_decode_header(struct vhost_user_message *message,
			     const void *bytes, enum vhost_user_sender sender,
			     struct vhost_fault *fault);

/*
 * Decode the message->size bytes of payload at @bytes.
 * Errors: VHOST_ERR_SIZE (not what this request has, or not what a count within
 * it says).
 */
int vhost_user_decode_payload(struct vhost_user_message *message,
			      const void *bytes,
			      enum vhost_user_sender sender,
			      struct vhost_fault *fault);

/*
 * Encode a message of this program's own making into VHOST_USER_MESSAGE_MAX
 * bytes; returns their number. message->size counts.
 */
size_t vhost_user_encode(const struct vhost_user_message *message, void *bytes);

#endif
