/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one error enumeration of lib/loopback.
 *
 * The constants are negative already: compare and return them as they stand,
 * never negate them. They also travel in the `error` field of the control page
 * (docs/channel.md, 5), so values are only ever added, never renumbered.
 *
 * Ownership, concurrency: constants; nothing to own or to share.
 * Trust: a value that comes from the page is the peer's word, for people only.
 * One that is not listed here counts as LOOPBACK_ERR_PROTOCOL.
 */
#ifndef LOOPBACK_ERROR_H
#define LOOPBACK_ERROR_H

enum loopback_error {
	LOOPBACK_OK = 0,

	/* ---- The caller's mistake ---- */

	/* an argument breaks a documented precondition */
	LOOPBACK_ERR_INVALID = -1,
	/* not allowed in the endpoint's present state */
	LOOPBACK_ERR_STATE = -2,

	/* ---- Try again, later and for a reason: nothing is lost ---- */

	/* no server has published a device yet */
	LOOPBACK_ERR_NOT_READY = -3,
	/* the peer has not answered yet: wait for its doorbell */
	LOOPBACK_ERR_AGAIN = -4,
	/* every slot or descriptor is in use */
	LOOPBACK_ERR_BUSY = -5,

	/* ---- The peer ---- */

	/* the peer's life ended; what was in flight ended with it */
	LOOPBACK_ERR_PEER = -6,
	/* the peer validated the request and said no */
	LOOPBACK_ERR_REFUSED = -7,
	/* the peer broke the protocol of the channel or its ring */
	LOOPBACK_ERR_PROTOCOL = -8,

	/* ---- What a validation found; sent to the peer as the reason ---- */

	/* wrong magic or unknown layout version */
	LOOPBACK_ERR_VERSION = -9,
	/* another device type than the one asked for */
	LOOPBACK_ERR_DEVICE = -10,
	/* feature bits nobody offered, or one that must be there is missing */
	LOOPBACK_ERR_FEATURES = -11,
	/* device status bits unknown or in an impossible order */
	LOOPBACK_ERR_STATUS = -12,
	/* queue size zero, no power of two, or too large */
	LOOPBACK_ERR_SIZE = -13,
	/* a ring area is misaligned */
	LOOPBACK_ERR_ALIGNMENT = -14,
	/* an address or range leaves the pool, or wraps */
	LOOPBACK_ERR_RANGE = -15,
	/* two ring areas overlap */
	LOOPBACK_ERR_OVERLAP = -16,
	/* addressed to an earlier life of the server */
	LOOPBACK_ERR_STALE = -17,

	/* ---- Block device ---- */

	/* the device answered VIRTIO_BLK_S_IOERR */
	LOOPBACK_ERR_IO = -18,
	/* it answered VIRTIO_BLK_S_UNSUPP, or the feature was not negotiated */
	LOOPBACK_ERR_UNSUPPORTED = -19,
};

#endif
