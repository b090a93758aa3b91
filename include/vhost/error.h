/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one error enumeration of lib/vhost, and a fault: an error together with
 * one line for people that says what, in which message, and what would be
 * right.
 *
 * Values are negative and passed on as they are. Ownership: a fault is the
 * caller's. Concurrency: one thread per fault. Trust: the text may hold numbers
 * that came from the peer, never its bytes.
 */
#ifndef VHOST_ERROR_H
#define VHOST_ERROR_H

enum vhost_error {
	VHOST_OK = 0,

	/* ---- The caller's mistake, or its turn ---- */

	VHOST_ERR_INVALID = -1,
	/* not in this state of the object */
	VHOST_ERR_STATE = -2,
	/* requests are at a backend: let them end, then call again */
	VHOST_ERR_BUSY = -3,

	/* ---- The system ---- */

	/* a system call failed; the text says which and why */
	VHOST_ERR_SYSTEM = -8,
	/* the peer did not answer in time */
	VHOST_ERR_TIMEOUT = -9,
	/* the caller's stop descriptor became readable */
	VHOST_ERR_STOPPED = -10,

	/* ---- The peer: the session is over ---- */

	/* it closed the connection between two messages */
	VHOST_ERR_CLOSED = -16,
	/* it closed the connection within a message */
	VHOST_ERR_TRUNCATED = -17,
	/* version, or flags that the message may not have */
	VHOST_ERR_HEADER = -18,
	/* unknown request, or one whose feature was not negotiated */
	VHOST_ERR_REQUEST = -19,
	/* payload size */
	VHOST_ERR_SIZE = -20,
	/* too many descriptors, too few, or of a wrong kind */
	VHOST_ERR_DESCRIPTORS = -21,
	/* a field of the payload */
	VHOST_ERR_VALUE = -22,
	/* a good message at the wrong time */
	VHOST_ERR_ORDER = -23,
	/* a memory region, or an address outside all of them */
	VHOST_ERR_MEMORY = -24,
	/* it said no to a request */
	VHOST_ERR_REFUSED = -25,
};

#define VHOST_FAULT_TEXT	200

struct vhost_fault {
	int error;
	char text[VHOST_FAULT_TEXT];
};

/* Fill @fault in and return @error. */
int vhost_fault_set(struct vhost_fault *fault, int error, const char *format,
		    ...) __attribute__((format(printf, 3, 4)));

/* The same with VHOST_ERR_SYSTEM, and errno's meaning behind the text. */
int vhost_fault_system(struct vhost_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
