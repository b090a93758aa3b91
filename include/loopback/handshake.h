/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end of a channel's control page: what the server published, the
 * requests, the answers, the server's lives. Shared by the native client
 * (client.h), whose rings lie beside the page, and by a front end, which speaks
 * for a guest and has no rings of its own.
 *
 * Ownership: a struct loopback_handshake is the caller's. The page is named in
 * each call, because a front end reaches it only for as long as it needs it.
 * Concurrency: one caller at a time per page. The server runs concurrently.
 * Trust: the server is not trusted: each of its words is loaded once, checked,
 * and only then used. No loop here is bounded by one.
 * Specification: docs/channel.md, 2, 4 and 6.
 *
 * Nothing here waits, and nothing rings: whoever has sent a request rings
 * LOOPBACK_BIT_CONTROL next. All stores are ordered before that.
 */
#ifndef LOOPBACK_HANDSHAKE_H
#define LOOPBACK_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loopback/error.h>
#include <loopback/layout.h>
#include <virtio/ring.h>

/* What a driver that is up has set. */
#define LOOPBACK_STATUS_RUNNING                             \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK)

struct loopback_handshake {
	/* last request word sent */
	uint64_t request;
	/* the server's life, and the one whose rings it continues (0: none) */
	uint64_t server_generation;
	uint64_t resumed_from;
	/* its header, checked */
	uint64_t device_features;
	uint32_t queue_count;
	uint32_t queue_size_max;
	uint32_t config_size;
	uint32_t data_mode;
};

/*
 * Read what a server has published, all of one life. On failure everything but
 * `request` is undefined.
 * Errors: LOOPBACK_ERR_NOT_READY (retry upon the doorbell),
 * LOOPBACK_ERR_VERSION, LOOPBACK_ERR_DEVICE, LOOPBACK_ERR_PROTOCOL (a header no
 * server may publish).
 */
int loopback_handshake_read(struct loopback_handshake *hs,
			    const struct loopback_control *control,
			    uint32_t device_id);

/*
 * Begin a new life of the client with the server's life that was read: the
 * requests that follow are this one's. The first must be a reset.
 */
void loopback_handshake_attach(struct loopback_handshake *hs,
			       struct loopback_control *control);

/*
 * Go on with a server's life that says that it continues the one attached to
 * and that offers the same: it answers the last request, too. False, with
 * nothing changed, if it does not. For a client that has said that it adopts.
 */
bool loopback_handshake_adopt(struct loopback_handshake *hs,
			      struct loopback_control *control,
			      const struct loopback_handshake *next);

/*
 * End this life of the client without an answer, because the server's life has
 * ended, and before the next has begun: that one continues nothing.
 */
void loopback_handshake_abandon(struct loopback_control *control);

/* Is the server's life that we attached to still the current one? */
bool loopback_handshake_is_current(const struct loopback_handshake *hs,
				   const struct loopback_control *control);

/* Request a device status; a reset is 0, with how present the client is. */
void loopback_handshake_request(struct loopback_handshake *hs,
				struct loopback_control *control,
				uint32_t status);
void loopback_handshake_reset(struct loopback_handshake *hs,
			      struct loopback_control *control,
			      enum loopback_client_presence presence);

/*
 * The answer to the last request; after success, all that the server did
 * before it is over.
 * Errors: LOOPBACK_ERR_AGAIN (none yet), LOOPBACK_ERR_REFUSED. Either may come
 * from a new life whose generation was written before it.
 */
int loopback_handshake_get_answer(const struct loopback_handshake *hs,
				  const struct loopback_control *control);

/* What the next request is about: features, a queue's place (NULL: not to be
 * used), no queue at all. */
void loopback_handshake_set_features(struct loopback_control *control,
				     uint64_t features);
void loopback_handshake_set_queue(struct loopback_control *control,
				  unsigned int queue,
				  const struct virtq_addresses *at);
void loopback_handshake_clear_queues(struct loopback_control *control);

/* The largest size of a queue: a power of two, or 0 if there is no such. */
uint32_t loopback_handshake_get_size(const struct loopback_handshake *hs,
				     const struct loopback_control *control,
				     unsigned int queue);

/*
 * Copy `length` bytes of device configuration at `offset`, which lie in it, all
 * from one configuration generation.
 * Errors: LOOPBACK_ERR_AGAIN (kept changing: retry upon the doorbell).
 */
int loopback_handshake_read_config(const struct loopback_control *control,
				   uint32_t offset, void *buffer,
				   uint32_t length);

#endif
