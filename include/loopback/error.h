/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one error enumeration of lib/loopback.
 *
 * The constants are negative already: compare and return them as they stand,
 * never negate them. They also travel in the `error` field of the control page
 * (docs/channel.md), so values are only ever added, never renumbered.
 */
#ifndef LOOPBACK_ERROR_H
#define LOOPBACK_ERROR_H

enum loopback_error {
	LOOPBACK_OK = 0,
	/* The caller's mistake. */
	/* an argument breaks a documented precondition */
	LOOPBACK_EINVAL = -1,
	/* not allowed in the endpoint's present state */
	LOOPBACK_ESTATE = -2,
	/* Try again, later and for a reason: nothing is lost. */
	LOOPBACK_ENOTREADY = -3,/* no server has published a device yet */
	/* the peer has not answered yet: wait for its doorbell */
	LOOPBACK_EAGAIN = -4,
	LOOPBACK_EBUSY = -5,	/* every slot or descriptor is in use */
	/* The peer. */
	/* the peer's life ended; what was in flight ended with it */
	LOOPBACK_EPEER = -6,
	LOOPBACK_EREFUSED = -7,	/* the peer validated the request and said no */
	/* the peer broke the protocol of the channel or its ring */
	LOOPBACK_EPROTO = -8,
	/* What a validation found; also sent to the peer as the reason. */
	LOOPBACK_EVERSION = -9,	/* wrong magic or unknown layout version */
	LOOPBACK_EDEVICE = -10,	/* another device type than the one asked for */
	/* feature bits nobody offered, or one that must be there is missing */
	LOOPBACK_EFEATURES = -11,
	LOOPBACK_ESTATUS = -12,	/* device status bits in an impossible order */
	/* queue size zero, no power of two, or too large */
	LOOPBACK_ESIZE = -13,
	LOOPBACK_EALIGN = -14,	/* a ring area is misaligned */
	/* an address or range leaves the pool, or wraps */
	LOOPBACK_ERANGE = -15,
	LOOPBACK_EOVERLAP = -16,/* two ring areas overlap */
	LOOPBACK_ESTALE = -17,	/* addressed to an earlier life of the server */
	/* Block device. */
	LOOPBACK_EIO = -18,	/* the device answered VIRTIO_BLK_S_IOERR */
	/*
	 * the device answered VIRTIO_BLK_S_UNSUPP, or the feature was not
	 * negotiated
	 */
	LOOPBACK_EUNSUPPORTED = -19,
};

#endif
