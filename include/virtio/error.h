/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every failure that lib/virtio can report. Values are negative and are passed
 * on as they are; a seam that speaks another error language (errno, SBI)
 * converts them in one function of its own.
 *
 * Four groups tell who is at fault, because what to do differs: the caller (fix
 * the program), whoever set the queue up, the peer (the queue is latched, reset
 * it), the device.
 */
#ifndef VIRTIO_ERROR_H
#define VIRTIO_ERROR_H

enum virtio_error {
	VIRTIO_OK = 0,

	/* The caller's: nothing was changed. */
	VIRTIO_ERR_INVALID = -1,	/* a parameter out of range */
	VIRTIO_ERR_FULL = -2,		/* not enough free descriptors now */
	VIRTIO_ERR_NOT_IN_FLIGHT = -3,	/* no popped chain has this head */

	/* Set-up values, usually the peer's: the queue was not started. */
	VIRTIO_ERR_QUEUE_SIZE = -8,	/* zero, too large; split: no power of 2 */
	VIRTIO_ERR_ALIGNMENT = -9,	/* ring or region not aligned */
	VIRTIO_ERR_OVERLAP = -10,	/* ring parts or regions overlap */

	/* The peer's: the queue is latched with this value until its reset. */
	VIRTIO_ERR_RANGE = -16,		/* outside the regions, or rights */
	VIRTIO_ERR_INDEX = -17,		/* index moved further than possible */
	VIRTIO_ERR_HEAD = -18,		/* head or used id beyond the queue */
	VIRTIO_ERR_NEXT = -19,		/* next beyond its table */
	VIRTIO_ERR_TOO_LONG = -20,	/* too many descriptors, or a loop */
	VIRTIO_ERR_ORDER = -21,		/* readable after writable */
	VIRTIO_ERR_FLAGS = -22,		/* unknown flag, or not negotiated */
	VIRTIO_ERR_INDIRECT = -23,	/* nested, with NEXT, bad size, odd */
	VIRTIO_ERR_LENGTH = -24,	/* chain passes 2^32 bytes; from add:
					 * the caller's, nothing is latched */
	VIRTIO_ERR_REUSED = -25,	/* head available or used out of turn */

	/* A device behind registers. */
	VIRTIO_ERR_NO_DEVICE = -32,	/* no magic, or another device id */
	VIRTIO_ERR_VERSION = -33,	/* not a version 2 device */
	VIRTIO_ERR_FEATURES = -34,	/* a required feature is not offered */
	VIRTIO_ERR_NO_QUEUE = -35,	/* queue absent, busy, or too small */
	VIRTIO_ERR_TIMEOUT = -36,	/* register did not change in time */
	VIRTIO_ERR_CONFIG = -37,	/* configuration never stood still */
	VIRTIO_ERR_NEEDS_RESET = -38,	/* the device asks for a reset */
};

#endif
