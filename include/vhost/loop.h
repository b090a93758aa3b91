/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop of a back end: one connection, its messages, its kicks.
 *
 * Ownership: the structure and what it names are the caller's; the connection
 * is taken over and closed.
 * Concurrency: one thread; nothing else may touch the session meanwhile.
 * Trust: none in the front end. Work per turn is bounded by `budget`, and after
 * each turn the socket and the stop descriptor are looked at: kicks without
 * end keep neither a message nor a SIGTERM waiting.
 */
#ifndef VHOST_LOOP_H
#define VHOST_LOOP_H

#include <vhost/session.h>
#include <vhost/socket.h>

struct vhost_loop {
	struct vhost_session *session;
	/*
	 * Serve a live ring: take up to @budget requests. Positive: there may
	 * be more to do, call again. Zero or an error: wait for a kick. The
	 * backend must have ended every request on return.
	 */
	int (*serve)(void *ctx, unsigned int ring, unsigned int budget);
	void *ctx;
	unsigned int budget;
	int stop_fd;		/* -1: none; readable: end */
};

/*
 * For struct vhost_session_config: writes to an event descriptor or pipe. The
 * process ignores SIGPIPE: a front end may close the other end of its pipe.
 */
void vhost_loop_signal(void *ctx, int fd);

/*
 * Serve the connection @fd until it ends, then close it and the session.
 * Returns VHOST_ERR_CLOSED when the front end went in order, VHOST_ERR_STOPPED
 * when asked to, any other error for a reason that @fault gives.
 */
int vhost_loop_run(struct vhost_loop *loop, int fd, struct vhost_fault *fault);

#endif
