/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the channel's front end share: channel.c (the guest's side
 * and the lock), channel_server.c (the server's lives and answers),
 * channel_device.c (which device is shown, and the image of its registers).
 *
 * Ownership, concurrency: all with the lock of the front end held. "With the
 * page": between open_control and close, when nothing rings or interrupts.
 * Trust: the server's words come in through loopback/handshake.h alone.
 */
#ifndef FRONTEND_CHANNEL_PRIVATE_H
#define FRONTEND_CHANNEL_PRIVATE_H

#include <frontend/channel.h>

/* With the page: request what the link then waits for; the bell comes later. */
static inline void frontend_request_start(struct frontend_channel *fe,
					  struct loopback_control *page)
{
	loopback_handshake_set_features(page, fe->device.accepted);
	loopback_handshake_request(&fe->handshake, page,
				   LOOPBACK_STATUS_RUNNING);
	fe->link = FRONTEND_STARTING;
	fe->bits |= 1u << LOOPBACK_BIT_CONTROL;
}

static inline void frontend_request_reset(struct frontend_channel *fe,
					  struct loopback_control *page)
{
	loopback_handshake_reset(&fe->handshake, page,
				 fe->closed ? LOOPBACK_CLIENT_CLOSED :
					      LOOPBACK_CLIENT_ADOPTING);
	fe->link = FRONTEND_RESETTING;
	fe->bits |= 1u << LOOPBACK_BIT_CONTROL;
}

/* The driver may have something to see: interrupt it. */
static inline void frontend_signal(struct frontend_channel *fe)
{
	fe->interrupt |= virtio_mmio_device_interrupts(&fe->device);
}

/* ---- channel.c ---- */
extern const struct virtio_mmio_device_ops frontend_device_ops;

/* ---- channel_server.c ---- */
/* With the page: take note of what the server says. */
void frontend_follow_server(struct frontend_channel *fe,
			    struct loopback_control *page);
/* Nothing touches the rings of queues that the driver ends. */
void frontend_finish_stops(struct frontend_channel *fe);
/* With the page: nothing touches the rings of a driver that waits for that. */
void frontend_finish_reset(struct frontend_channel *fe,
			   struct loopback_control *page);
/* With the page: the same without the server's word, which is down. */
void frontend_finish_unanswered(struct frontend_channel *fe,
				struct loopback_control *page);

/* With the page: another device from now on, or from the driver's reset on. */
void frontend_replace_device(struct frontend_channel *fe,
			     struct loopback_control *page);

/* ---- channel_device.c ---- */
/* With the page: show the device of the handshake, or none. */
void frontend_show_device(struct frontend_channel *fe,
			  const struct loopback_control *page);
/* With the page: whether frontend_show_device() would change anything. */
bool frontend_shows_other(const struct frontend_channel *fe,
			  const struct loopback_control *page);
/* With the page: take a changed configuration space over. */
void frontend_follow_space(struct frontend_channel *fe,
			   const struct loopback_control *page);
/* Bring the image up to date: one register, all, all and the space. */
void frontend_write_interrupts(struct frontend_channel *fe);
void frontend_write_image(struct frontend_channel *fe);

#endif
