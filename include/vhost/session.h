/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The back end of one vhost-user connection: a state machine without I/O. A
 * decoded message and the descriptors that came with it go in; a reply and what
 * to do next come out. The device (loopback/server.h) serves the rings over
 * vhost_session_get_transport(), the same code as over a channel.
 *
 * Who is trusted with what. The front end (QEMU, say) and the guest behind it
 * are one party, and it is trusted with nothing of ours: it can stop its own
 * device, spoil its own data and waste the time of its own session, and that is
 * all. Every message is checked for size, flags, order and each field; what
 * breaks a rule closes the session with one line, and whatever came with it is
 * closed too. Guest memory is reached only through the region table; ring
 * addresses are translated by it, and so is every descriptor. A file that is
 * shorter than its region is refused, and one that shrinks later costs the
 * session, not the process (guard.h). Descriptors to wait for or to signal are
 * event descriptors or pipes (told apart from other things by what
 * /proc/self/fd calls them, so that has to be there), made non-blocking: a
 * front end that makes them blocking again stalls only itself. The in-flight
 * log is checked as inflight.h says. In turn the front end trusts the back end
 * with the guest's memory, which it hands over, and with the device's answers.
 * The image is ours; no byte outside of it is reached on behalf of any request.
 *
 * Ownership: the caller's structure; the session owns each descriptor that is
 * given to it, from the call on, unless the call returns VHOST_ERR_BUSY: then
 * it has taken none.
 * Concurrency: one thread. Messages are handled only while no request is at a
 * backend (vhost_session_is_busy()).
 * Specification: "Vhost-user Protocol" of the QEMU documentation. Split rings
 * only, as VHOST_RING_FEATURES says.
 */
#ifndef VHOST_SESSION_H
#define VHOST_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/server.h>
#include <loopback/transport.h>
#include <vhost/codec.h>
#include <vhost/inflight.h>
#include <vhost/memory.h>

/* What vhost_session_handle() asks for: a set of these. */

/* Send session->reply, and with it session->reply_fd if that is not -1. */
#define VHOST_EFFECT_REPLY	(1 << 0)
/* Kick descriptors changed: look at vhost_session_get_kick() anew. */
#define VHOST_EFFECT_KICKS	(1 << 1)
/* A ring went live: serve without waiting for a kick. */
#define VHOST_EFFECT_SERVE	(1 << 2)

struct vhost_ring {
	int kick;		/* -1: none */
	int call;
	int err;
	uint32_t num;		/* 0: not set */
	uint16_t base;		/* where to start */
	bool addressed;
	bool enabled;
	bool started;		/* between SET_VRING_KICK and GET_VRING_BASE */
	bool live;		/* the device was told to serve it */
	bool broken;
	struct vhost_vring_addr addr;
	struct virtq_device virtq;
	struct virtq_device_slot slots[VHOST_RING_SIZE_MAX];
	/* in flight when the former life ended, oldest first */
	uint16_t again[VHOST_RING_SIZE_MAX];
	unsigned int again_count;
	unsigned int again_next;
	uint64_t counter;
	unsigned int staged;
};

struct vhost_session_config {
	const struct loopback_device *device;
	uint16_t queue_size_max;	/* up to VHOST_RING_SIZE_MAX */
	/* Signal an event descriptor of the front end's. */
	void (*signal)(void *ctx, int fd);
	/* One line for people: a ring broke the rules and rests. */
	void (*report)(void *ctx, const char *line);
	void *ctx;
};

struct vhost_session {
	struct vhost_session_config config;
	uint64_t features;		/* offered */
	uint64_t driver_features;	/* accepted */
	uint64_t protocol_features;	/* accepted */
	struct vhost_memory memory;
	struct vhost_inflight inflight;
	struct vhost_ring rings[VHOST_RINGS_MAX];
	struct vhost_user_message reply;
	int reply_fd;			/* owned until taken */
	struct vhost_fault fault;
	int effects;			/* of the message being handled */
	bool refused;			/* acknowledge it as not done */
};

/*
 * Prepare for one connection. Nothing of a former one is continued.
 * Of the device's features only those of its type count: a ring's are
 * VHOST_RING_FEATURES.
 * Errors: VHOST_ERR_INVALID (more queues or larger ones than fit, no callback).
 */
int vhost_session_init(struct vhost_session *session,
		       const struct vhost_session_config *config);

/*
 * Handle one message with its descriptors, all of which the session takes.
 * Returns a set of VHOST_EFFECT_*. Errors: the session is over, session->fault
 * says why, and only vhost_session_close() may follow; but VHOST_ERR_BUSY: a
 * request is at a backend, nothing was taken and every descriptor is still the
 * caller's; call again with the same, or close them.
 */
int vhost_session_handle(struct vhost_session *session,
			 const struct vhost_user_message *message,
			 const int *fds, unsigned int count);

/*
 * Stop the rings, unmap everything, close every descriptor. Only while no
 * request is at a backend: one that is would write to memory that is unmapped.
 */
void vhost_session_close(struct vhost_session *session);

/*
 * Is any chain of a live ring taken and not given back, or any request of any
 * ring, live or broken, at a backend?
 */
bool vhost_session_is_busy(const struct vhost_session *session);

/*
 * Did the memory go away under the session (guard.h)? Then it is over, and
 * session->fault says so.
 */
bool vhost_session_is_lost(struct vhost_session *session);

/* The descriptor to wait for on behalf of a ring that is live, or -1. */
int vhost_session_get_kick(const struct vhost_session *session,
			   unsigned int ring);

/* What carries the device's queues. */
struct loopback_server_transport
vhost_session_get_transport(struct vhost_session *session);

#endif
